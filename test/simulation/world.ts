/** The people, cards and faults of a simulated run, and how they speak to the house: over its API, like anybody. */
import assert from 'node:assert/strict';
import { caseOf } from '#disputes';
import { chinaDay, chinaInstant, HOUR, MINUTE } from '#platform';
import type { Common, Person, TestHouse } from '#test/house.ts';
import type { MadeCard, State } from '../../simulators/issuer/index.ts';
import { type Chance, luhnNumber } from '../../src/demo-people.ts';

export interface Tracked {
  readonly id: string;
  readonly seller: Person;
  readonly card: MadeCard;
}
export interface Decision {
  readonly outcome: 'release' | 'partial' | 'clawback';
  readonly amountFen: bigint | undefined;
}

export interface World {
  readonly test: TestHouse;
  readonly dice: Chance;
  readonly sellers: readonly Person[];
  readonly risk: Person;
  readonly maker: Person;
  readonly checker: Person;
  /** In the order of their making, so that one seed picks the same again. */
  readonly orders: Tracked[];
  readonly states: Map<string, string>;
  /** What operators decided about an order, in order; kept here, so that the house's own memory is checked by it. */
  readonly decisions: Map<string, Decision[]>;
  readonly quotesSeen: Set<string>;
  /** Issuers with a fault, and whether the bank has one. */
  readonly ill: Set<string>;
  /** How often each refusal was heard. */
  readonly refusals: Map<string, number>;
}

/** A product of every capability profile, and what sellers hold of it. */
const WARES: readonly { sku: string; issuer: string; faces: readonly bigint[] }[] = [
  { sku: 'weihe-gift', issuer: 'weihe', faces: [20_000n, 100_000n] },
  { sku: 'luyu-card', issuer: 'luyu', faces: [50_000n] },
  { sku: 'zhengliu-card', issuer: 'zhengliu', faces: [10_000n, 20_000n] },
  { sku: 'jiaoyetang-named', issuer: 'jiaoyetang', faces: [500_000n] },
  { sku: 'manhecang-card', issuer: 'manhecang', faces: [100_000n] },
  { sku: 'mujing-card', issuer: 'mujing', faces: [30_000n] },
  { sku: 'xingcha-card', issuer: 'xingcha', faces: [50_000n] },
  { sku: 'chizhang-named', issuer: 'chizhang', faces: [500_000n, 200_000n] },
  { sku: 'luxi-card', issuer: 'luxi', faces: [50_000n, 100_000n] },
  { sku: 'wuyan-card', issuer: 'wuyan', faces: [10_000n] },
];
export const ISSUERS = WARES.map(({ issuer }) => issuer);

const FATES: readonly (readonly [State | 'wrong_pin', number])[] = [
  ['good', 24],
  ['half_used', 9],
  ['used', 2],
  ['expired', 1],
  ['frozen', 1],
  ['inactive', 1],
  ['drained_later', 2],
  ['wrong_pin', 2],
  ['extra_check', 6],
  ['receipt', 3],
  ['held_elsewhere', 1],
  ['name_bound', 1],
];

export function weighted<T>(dice: Chance, list: readonly (readonly [T, number])[]): T {
  let left = dice.within(
    1,
    list.reduce((sum, [, weight]) => sum + weight, 0),
  );
  for (const [one, weight] of list) {
    left -= weight;
    if (left <= 0) return one;
  }
  throw new Error('weights add up');
}

/** Nothing that anybody does may break the house: every answer is a result or a clear no. */
export async function say(
  world: World,
  as: Person,
  line: string,
  body?: unknown,
): Promise<{ status: number; body: Common }> {
  const [method = '', path = ''] = line.split(' ');
  let answer = await world.test.http(as, method, path, body);
  if (answer.status === 401 || answer.body.code === 'step_up_needed') {
    // Days have passed: sign in again.
    await world.test.prove(as);
    answer = await world.test.http(as, method, path, body);
  }
  assert(answer.status < 500, `${line}: ${answer.text}`);
  if (answer.status >= 400) {
    const { code } = answer.body;
    world.refusals.set(code, (world.refusals.get(code) ?? 0) + 1);
  }
  return answer;
}

/** Some sellers come; most hand their card over at once. */
export async function offers(world: World): Promise<void> {
  const { dice } = world;
  for (let count = dice.within(1, 4); count > 0; count--) {
    const order = await offer(world);
    if (order && dice.within(0, 3) > 0) await handOver(world, order);
  }
}

/** A price, and often a yes to it. */
export async function offer(
  world: World,
  wanted: { sku?: string; fate?: State | 'wrong_pin' } = {},
): Promise<Tracked | undefined> {
  const { dice, test } = world;
  const ware = WARES.find(({ sku }) => sku === wanted.sku) ?? dice.pick(WARES);
  const { sku, faces } = ware;
  const fate = wanted.fate ?? weighted(dice, FATES);
  const made = test.card(sku, fate === 'wrong_pin' ? 'good' : fate, dice.pick(faces));
  const card = fate === 'wrong_pin' ? { ...made, ...spoilt(made) } : made;
  const seller = dice.pick(world.sellers);
  const quote = await say(world, seller, 'POST /v1/quotes', { sku, faceFen: card.faceFen });
  if (quote.status >= 300 || dice.within(0, 19) === 0) return undefined;
  const { quoteId, signature } = quote.body;
  const asks = dice.within(0, 4) === 0 ? 2 : 1;
  // Twice at once, as by a thumb that slips: one quote is one order.
  const answers = await Promise.all(
    Array.from({ length: asks }, () =>
      say(world, seller, 'POST /v1/orders', { quoteId, signature }),
    ),
  );
  const made200 = answers.filter(({ status }) => status < 300);
  assert(made200.length <= 1, 'one quote, one order');
  const [order] = made200;
  if (!order) return undefined;
  const tracked = { id: order.body.id, seller, card };
  world.orders.push(tracked);
  return tracked;
}

const spoilt = ({ number, pin }: MadeCard): Partial<MadeCard> =>
  pin === undefined
    ? { number: number.replace(/\d(?=\d{3}$)/, (digit) => String((Number(digit) + 1) % 10)) }
    : { pin: pin.replace(/^./, (first) => (first === '1' ? '2' : '1')) };

export async function handOver(world: World, order: Tracked): Promise<void> {
  const { dice } = world;
  const { card, seller, id } = order;
  const give = (to: string) =>
    say(world, seller, `POST /v1/orders/${to}/card`, {
      number: card.number,
      ...(card.pin !== undefined && { pin: card.pin }),
    });
  const other = world.orders.find(
    (one) => one.id !== id && one.seller === seller && one.card.sku === card.sku,
  );
  switch (dice.within(0, 5)) {
    case 0:
      await Promise.all([give(id), give(id)]);
      return;
    case 1:
      // One card for two orders at once: it can be promised only once.
      await Promise.all([give(id), give(other?.id ?? id)]);
      return;
    default:
      await give(id);
  }
}

export const act = (world: World, { seller, id }: Tracked, verb: string) =>
  say(world, seller, `POST /v1/orders/${id}/${verb}`, {});

export async function review(world: World, { id, card }: Tracked): Promise<void> {
  const { dice, risk } = world;
  const [code, balanceFen] = weighted<readonly [string, string | undefined]>(dice, [
    [['OK', card.faceFen], 4],
    [['FACE_MISMATCH_UNBOUND', String(BigInt(card.faceFen) / 2n)], 3],
    [['USED_OR_VOID', '0'], 1],
    [['RESTRICTED', undefined], 1],
    [['OK', undefined], 1],
  ]);
  await say(world, risk, `POST /v1/console/orders/${id}/review`, {
    ...{ code, note: 'looked at by a person' },
    ...(balanceFen !== undefined && { balanceFen }),
  });
}

export const dispute = (world: World, { id }: Tracked) =>
  say(world, world.risk, `POST /v1/console/orders/${id}/dispute`, {
    reason: 'USED_OR_VOID',
    note: 'the recycler says it is short',
  });

export async function decide(
  world: World,
  { id, card }: Tracked,
  wanted?: { outcome: Decision['outcome']; amountFen?: number },
): Promise<void> {
  const { dice, test, decisions, risk } = world;
  const found = await caseOf(test.db, id);
  if (!found) return;
  const outcome = wanted?.outcome ?? dice.pick(['release', 'partial', 'clawback'] as const);
  const face = Number(BigInt(card.faceFen));
  const drawn = dice.pick([dice.within(1, Math.floor(face / 3)), dice.within(1, face)]);
  const amount = wanted?.amountFen ?? drawn;
  const answer = await say(world, risk, `POST /v1/console/disputes/${found.id}/decide`, {
    ...{ outcome, reason: 'seen and weighed' },
    ...(outcome === 'partial' && { amountFen: String(amount) }),
  });
  if (answer.status >= 300) return;
  const amountFen = outcome === 'partial' ? BigInt(amount) : undefined;
  decisions.set(id, [...(decisions.get(id) ?? []), { outcome, amountFen }]);
}

/** Finance: a run ahead of the cut-off, a second signature (now and then by the same hand), a retry. */
export async function finance(world: World): Promise<void> {
  const { dice, maker, checker } = world;
  const what = dice.within(0, 3);
  if (what === 0) await say(world, maker, 'POST /v1/console/payout-runs', {});
  if (what === 1 || what === 2) await approveRuns(world, dice.within(0, 3) === 0 ? maker : checker);
  if (what === 3) {
    const state = dice.pick(['failed', 'returned', 'created']);
    const { body } = await say(world, maker, `GET /v1/console/payouts?state=${state}`);
    const [first] = body.items;
    if (first) await say(world, maker, `POST /v1/console/payouts/${first.id}/retry`, {});
  }
}

export async function approveRuns(world: World, hand: Person): Promise<void> {
  const { body } = await say(world, world.checker, 'GET /v1/console/payout-runs?limit=50');
  for (const { id } of body.items.filter(({ state }) => state === 'awaiting_approval'))
    await say(world, hand, `POST /v1/console/payout-runs/${id}/approve`, {});
}

/** Now and then the bank collects nothing, or its answer is lost. */
export async function topUp(world: World, fault?: object): Promise<void> {
  const { dice, maker, test } = world;
  const faults = dice.pick([{}, {}, { refuseCollections: 1 }, { dieAfterCommit: 1 }]);
  await test.control('psp', '/control/faults', fault ?? faults);
  const amountFen = String(dice.within(1, 40) * 100_000);
  await say(world, maker, 'POST /v1/console/treasury/top-ups', { recycler: 'house', amountFen });
}

/** One issuer misbehaves, or all of them are well again. */
export async function issuerFault(world: World): Promise<void> {
  const { dice, test, ill } = world;
  if (ill.size > 0 && dice.within(0, 1) === 0) return await heal(world);
  const issuer = dice.pick(ISSUERS);
  const fault = weighted<object>(dice, [
    [{ outage: true }, 4],
    [{ timeoutAfterCommit: dice.within(1, 3) }, 4],
    [{ timeoutBeforeCommit: dice.within(1, 2) }, 2],
    [{ rateLimited: 2 }, 1],
    [{ badSignature: 1 }, 1],
  ]);
  if ('outage' in fault) ill.add(issuer);
  await test.control('issuer', `/control/issuers/${issuer}`, fault);
}

export async function heal(world: World): Promise<void> {
  for (const issuer of ISSUERS)
    await world.test.control('issuer', `/control/issuers/${issuer}`, { profile: 'healthy' });
  world.ill.clear();
}

export async function bankFault(world: World): Promise<void> {
  const { dice, test, ill } = world;
  const fault = weighted<object>(dice, [
    [{ copies: 3 }, 2],
    [{ drop: true }, 2],
    [{ hold: true }, 2],
    [{ dieAfterCommit: 2 }, 2],
    [{ dieBeforeCommit: 2 }, 2],
    [{ reject: 1, rejectReason: 'ACCOUNT_UNKNOWN' }, 2],
    [{ reject: 1, rejectReason: 'ODD' }, 1],
    [{ bounce: 1 }, 3],
    [{ down: true }, 2],
  ]);
  if ('down' in fault) ill.add('bank');
  await test.control('psp', '/control/faults', fault);
}

/** The line is good again, and what was held back arrives in some order; what was drawn for a transfer stays. */
export async function healBank(world: World): Promise<void> {
  const { test, dice, ill } = world;
  const well = { copies: 1, drop: false, hold: false, down: false };
  await test.control('psp', '/control/faults', well);
  const order = dice.pick(['first', 'last', ['returned', 'paid', 'accepted']]);
  await test.control('psp', '/control/release', { order });
  ill.delete('bank');
}

/** A seller mends what the bank could not pay to. */
export async function newAccount(world: World, whose?: Person): Promise<void> {
  const { dice, test } = world;
  const seller = whose ?? dice.pick(world.sellers);
  await test.prove(seller);
  const number = luhnNumber(dice, '622202', 19);
  const fresh = whose ? number : dice.pick([number, seller.accountNumber]);
  await say(world, seller, 'PUT /v1/me/payout-account', {
    ...{ bankCode: 'state', accountNumber: fresh, accountName: seller.name },
  });
}

/** Minutes to days; some leaps end right after a cut-off. */
export async function leap(world: World): Promise<void> {
  const { dice, test } = world;
  const now = test.clock.now();
  const ms = weighted(dice, [
    [3 * MINUTE, 6],
    [12 * MINUTE, 3],
    [45 * MINUTE, 3],
    [3 * HOUR, 4],
    [26 * HOUR, 3],
    [75 * HOUR, 1],
    [8 * 24 * HOUR, 1],
  ]);
  const cutOff = chinaInstant(chinaDay(now), 17.02);
  if (cutOff > now && dice.within(0, 2) === 0) await test.forward(cutOff);
  else await test.forward(ms);
  if (world.ill.size === 0) await hurry(test);
}

/** Failed jobs wait in real time, which this run has none of. */
export async function hurry(test: TestHouse): Promise<void> {
  await test.pool.query(
    `select graphile_worker.reschedule_jobs(array_agg(id), run_at => now()) from graphile_worker.jobs
     where attempts < max_attempts and locked_at is null and run_at > now()`,
  );
}
