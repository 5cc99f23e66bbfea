/**
 * Only in the sandbox: what a recycler's program needs to try everything out by itself, with its API key. Its clock is
 * the house's own test clock, and a made-up seller brings a card whenever it is asked to.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Static, Type } from 'typebox';
import type { Recyclers } from '#auctions';
import { accept, handOver } from '#buyback';
import { hasRealName, requireMember, signUp, submitRealName } from '#parties';
import {
  type App,
  Body,
  callerOf,
  type Db,
  HOUR,
  Id,
  inTransaction,
  type Keys,
  Problem,
  plus,
  Refused,
  Secret,
} from '#platform';
import type { QuoteDoc } from '#pricing';
import { hasPayoutAccount, putAccount, type SettlementDeps } from '#settlement';
import { chance, idNumberOf, luhnNumber } from './demo-people.ts';
import { type DemoControls, moveOn } from './demo-routes.ts';

export interface SandboxDeps {
  readonly db: Db;
  readonly keys: Keys;
  readonly controls: DemoControls;
  readonly recyclers: Recyclers;
  readonly settlement: SettlementDeps;
  readonly price: (card: { sku: string; faceFen: string }) => Promise<QuoteDoc>;
}

/** Behind the numbers of the demo's sellers. */
const SELLER = { phone: '13800019999', name: '模拟卖家', number: 901 };
const READY_MS = 15_000;
const ASK_MS = 100;
const HOURS_MAX = 24 * 14;
const CHOICES = 6;

const tags = ['sandbox'];
const no = { '4xx': Problem };
const ByShop = Body({ id: Id });
const Now = Type.Object({ now: Type.String({ description: 'RFC 3339' }) });
const SaleBody = Body({
  sku: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' }),
  /** As the issuer knows it; `good` sells. */
  state: Type.Optional(Type.Enum(['good', 'used', 'half_used', 'frozen'])),
});
const SaleView = Type.Object({
  orderId: Id,
  buyer: Type.Enum(['house', 'recycler']),
  isYours: Type.Boolean(),
  priceFen: Type.String({ description: 'What the buyer pays' }),
});

export function sandboxRoutes(app: App, deps: SandboxDeps): void {
  clockRoutes(app, deps);
  app.post(
    '/v1/recyclers/:id/sandbox/sales',
    {
      config: { access: 'user', scope: 'bid' },
      schema: {
        tags,
        summary:
          'A made-up seller sells a card of the simulator to the best bid, or to the platform.',
        params: ByShop,
        body: SaleBody,
        response: { 201: SaleView, ...no },
      },
    },
    async (request, reply) => {
      const { id: recyclerId } = request.params;
      const { userId } = callerOf(request);
      await requireMember(deps.db, { recyclerId, userId, role: 'buyer' });
      const { recycler, ...sold } = await sellOne(deps, request.body);
      return reply.code(201).send({ ...sold, isYours: recycler === recyclerId });
    },
  );
}

function clockRoutes(app: App, { db, controls }: SandboxDeps): void {
  app.get(
    '/v1/recyclers/:id/sandbox/clock',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'What time it is here.',
        params: ByShop,
        response: { 200: Now, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      await requireMember(db, { recyclerId: request.params.id, userId });
      return { now: controls.clock.now().toISOString() };
    },
  );
  app.post(
    '/v1/recyclers/:id/sandbox/clock',
    {
      config: { access: 'user', scope: 'bid' },
      schema: {
        tags,
        summary:
          'Moves the time of the whole sandbox on; what falls due then happens within a second.',
        params: ByShop,
        body: Body({ hours: Type.Integer({ minimum: 1, maximum: HOURS_MAX }) }),
        response: { 200: Now, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      await requireMember(db, { recyclerId: request.params.id, userId, role: 'buyer' });
      await moveOn(controls, plus(controls.clock.now(), request.body.hours * HOUR));
      return { now: controls.clock.now().toISOString() };
    },
  );
}

interface MadeCard {
  number: string;
  pin?: string;
  faceFen: string;
  state: string;
}

/** The same steps as a seller's own. Refuses unknown_product, and what accepting and handing over refuse. */
async function sellOne(
  { db, keys, controls, recyclers, settlement, price }: SandboxDeps,
  { sku, state = 'good' }: Static<typeof SaleBody>,
) {
  const { clock, simulators } = controls;
  const userId = await seller({ db, keys, controls, settlement });
  const address = `${simulators.urls.ISSUER_URL}/demo-cards?sku=${encodeURIComponent(sku)}&n=${CHOICES}`;
  const answer = await fetch(address, { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Refused('unknown_product');
  const { cards } = (await answer.json()) as { cards: MadeCard[] };
  // The smallest face: a purse of the sandbox is not deep.
  const [card] = cards
    .filter((one) => one.state === state)
    .sort((a, b) => Number(a.faceFen) - Number(b.faceFen));
  if (!card) throw new Refused('not_found');
  const { quoteId, signature, buyer } = await price({ sku, faceFen: card.faceFen });
  const at = clock.now();
  const order = await accept({ db, keys, recyclers }, { userId, quoteId, signature, at });
  await handOver(db, keys, {
    ...{ orderId: order.id, userId, at, number: new Secret(card.number) },
    pin: card.pin === undefined ? undefined : new Secret(card.pin),
  });
  return {
    ...{ orderId: order.id, recycler: order.recycler, priceFen: String(order.price_fen) },
    buyer: buyer?.kind ?? 'house',
  };
}

/** One person for all cards: made at the first one, named by the register like everybody. */
async function seller({
  db,
  keys,
  controls: { clock },
  settlement,
}: Pick<SandboxDeps, 'db' | 'keys' | 'controls' | 'settlement'>): Promise<string> {
  const at = clock.now();
  const { phone, name, number } = SELLER;
  const dice = chance(number);
  const userId = await inTransaction(db, (tx) => signUp(tx, { keys, phone, at }));
  if (!(await hasRealName(db, userId))) {
    const idNumber = idNumberOf(dice, number);
    await inTransaction(db, (tx) => submitRealName(tx, { keys, userId, name, idNumber, at }));
    for (const end = Date.now() + READY_MS; !(await hasRealName(db, userId)); await sleep(ASK_MS))
      if (Date.now() > end) throw new Refused('real_name_needed');
  }
  if (!(await hasPayoutAccount(db, userId))) {
    const accountNumber = luhnNumber(dice, '622202', 19);
    const account = { userId, bankCode: 'state', accountNumber, accountName: name } as const;
    await putAccount(settlement, account);
  }
  return userId;
}
