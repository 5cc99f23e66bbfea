/**
 * The demo: a month of believable business, made by driving the real use cases on a fake clock. Sellers, brands and
 * cards are made up; no row is inserted by hand, so whatever the demo shows the house can do.
 */
import type pg from 'pg';
import { houseOnly } from '#auctions';
import {
  accept,
  acceptRequote,
  declineRequote,
  handOver,
  listOrders,
  openDispute,
  review,
} from '#buyback';
import { listProducts, type Product } from '#cards';
import { createStaff, signUp, submitRealName } from '#parties';
import {
  addDays,
  type Config,
  chinaDay,
  chinaInstant,
  type Db,
  daysBetween,
  FakeClock,
  fen,
  inTransaction,
  isWorkday,
  type Keys,
  type Log,
  Refused,
  type Role,
  Secret,
  silentLog,
} from '#platform';
import { issueQuote } from '#pricing';
import { approveRun, listRuns, putAccount, topUp } from '#settlement';
import { type House, openHouse } from './app.ts';
import { DEMO_AUCTIONED, openDemoBids } from './demo-bids.ts';
import type { DemoClock } from './demo-clock.ts';
import { fillShelf, type MarketStage, marketDay, putUp } from './demo-market.ts';
import {
  type Chance,
  chance,
  idNumberOf,
  luhnNumber,
  personName,
  phoneNumber,
} from './demo-people.ts';
import { DEMO_OWNER, openDemoShop } from './demo-shop.ts';
import { publishAll } from './publish.ts';

const DAYS = 31;
const SELLERS = 48;
const FLOAT_FEN = fen(200_000_000n);
/** Well above the mark at which the guarantee fund is called low. */
const RESERVE_FEN = fen(50_000_000n);
/** Sellers do not queue up for each other, and neither do jobs. */
const SIDE_BY_SIDE = 6;
const SEED = 20_261_101;
/** Sales between people, and how often there are any; few, for the newcomer waits for them. */
const MARKET_SALES = 5;
const MARKET_EVERY_DAYS = 6;
const MARKET_AHEAD_DAYS = 2;

interface DemoInput {
  config: Config;
  pool: pg.Pool;
  db: Db;
  keys: Keys;
  clock: DemoClock;
  log: Log;
  say: (line: string) => void;
}

export const STAFF: readonly { phone: string; roles: readonly Role[]; zh: string; en: string }[] = [
  { phone: '13900000001', roles: ['admin'], zh: '管理员', en: 'administrator' },
  { phone: '13900000002', roles: ['risk', 'support'], zh: '风控与客服', en: 'risk and support' },
  { phone: '13900000003', roles: ['finance'], zh: '财务（制单）', en: 'finance, maker' },
  {
    phone: '13900000004',
    roles: ['finance', 'compliance'],
    zh: '财务与合规（复核）',
    en: 'finance and compliance, checker',
  },
  { phone: '13900000005', roles: ['auditor'], zh: '审计（只读）', en: 'auditor, read only' },
  // What compliance undoes or puts on its own list takes two of them.
  { phone: '13900000007', roles: ['compliance'], zh: '合规（制单）', en: 'compliance, maker' },
];
export const DEMO_SELLER = '13800000000';

export function demoSignIns(): string {
  const line = (phone: string, what: string): string => `  ${phone}  ${what}`;
  return [
    'Demo sign-ins (the code arrives in the SMS inbox):',
    line(DEMO_SELLER, 'a seller, new: the whole way from price to payout'),
    line(DEMO_OWNER, '回收商户店主，在 /console · owner of a recycler’s shop, at /console'),
    ...STAFF.map(({ phone, zh, en }) => line(phone, `${zh} · ${en}`)),
  ].join('\n');
}

/** Does nothing when there are orders already. */
export async function loadDemo(input: DemoInput): Promise<void> {
  const { db, config, pool, keys } = input;
  if ((await listOrders(db, { limit: 1 })).length > 0) return;
  const today = chinaDay(input.clock.now());
  const clock = new FakeClock(chinaInstant(addDays(today, -DAYS), 9));
  await publishAll(db, clock.now());
  const house = await openHouse({
    config: { ...config, HOST: '127.0.0.1', PORT: 0 },
    pool,
    keys,
    clock,
    log: silentLog,
  });
  const bank = async (body: object): Promise<void> => {
    await reach(`${config.PSP_URL}/control/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  };
  try {
    await house.listen();
    await bank({ now: clock.now().toISOString() });
    const play = new Play({ ...input, house, fake: clock, bank });
    await play.open();
    for (let day = addDays(today, -DAYS); day < today; day = addDays(day, 1)) {
      input.say(day);
      await play.day(day);
    }
    await play.lastMorning(today, input.clock.now());
  } finally {
    await house.close();
    await bank({ mode: 'real' });
  }
}

/** A simulator may close an idle connection just as we use it again; then once more. */
async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch {
    return await fetch(url, init);
  }
}

interface Seller {
  userId: string;
}

/** The month itself. Who sells what and when follows from one seed. */
class Play {
  readonly #in: DemoInput & {
    house: House;
    fake: FakeClock;
    bank: (body: object) => Promise<void>;
  };
  readonly #dice: Chance = chance(SEED);
  #sellers: Seller[] = [];
  #products: Product[] = [];
  #risk = '';
  #checker = '';

  constructor(
    input: DemoInput & { house: House; fake: FakeClock; bank: (body: object) => Promise<void> },
  ) {
    this.#in = input;
  }

  /** Staff, the recycler's money, sellers with names and accounts. */
  async open(): Promise<void> {
    const { db, keys, fake, house } = this.#in;
    const at = fake.now();
    for (const { phone, roles } of STAFF) {
      const id = await inTransaction(db, (tx) => createStaff(tx, { keys, phone, roles, at }));
      if (roles.includes('risk')) this.#risk = id;
      if (roles.includes('finance')) this.#checker = id;
    }
    await inTransaction(db, async (tx) => {
      const by = this.#risk;
      await topUp(tx, { recycler: 'house', amountFen: FLOAT_FEN, by, at });
      const reserve = { recycler: 'platform', target: 'reserve', amountFen: RESERVE_FEN } as const;
      await topUp(tx, { ...reserve, by: this.#checker, at });
    });
    await house.settleDown(SIDE_BY_SIDE);
    await this.#moveTo(new Date(at.getTime() + 60_000));
    this.#products = (await listProducts(db)).filter(
      ({ transferability, legalKind }) =>
        transferability !== 'none' && legalKind !== 'multi_purpose',
    );
    this.#sellers = await this.#signUpSellers();
    // Dice of its own: the month stays the one it was.
    await openDemoShop({ ...this.#market(), dice: chance(SEED + 1), db, keys });
  }

  async #signUpSellers(): Promise<Seller[]> {
    const { db, keys, fake, house } = this.#in;
    const people = Array.from({ length: SELLERS }, (_, index) => ({
      name: personName(this.#dice),
      phone: phoneNumber(index),
      idNumber: idNumberOf(this.#dice, index),
      accountNumber: luhnNumber(this.#dice, '622202', 19),
    }));
    const at = fake.now();
    const sellers = await Promise.all(
      people.map(async ({ phone, name, idNumber, accountNumber }) => {
        const userId = await inTransaction(db, async (tx) => {
          const id = await signUp(tx, { keys, phone, at });
          await submitRealName(tx, { keys, userId: id, name, idNumber, at });
          return id;
        });
        return { userId, bankCode: 'state' as const, accountNumber, accountName: name };
      }),
    );
    await house.settleDown(SIDE_BY_SIDE);
    await Promise.all(sellers.map((seller) => putAccount(house.settlement, seller)));
    return sellers;
  }

  /** One day: sales at the hours people sell, the cut-off at 17:00, the bank a little later. */
  async day(day: string): Promise<void> {
    const weekend = !isWorkday(day);
    const plan: [number, readonly string[], number][] = weekend
      ? [
          [11.5, ['dining'], 3],
          [12.5, ['dining', 'cafe'], 3],
          [15, ['grocery'], 1],
          [20, ['cinema', 'dining'], 3],
        ]
      : [
          [12.2, ['dining', 'cafe', 'fuel'], 2],
          [14.5, ['grocery'], 2],
          [16.2, ['grocery', 'ecommerce', 'fresh'], 1],
          [20.5, ['cinema', 'dining', 'membership'], 3],
        ];
    let paid = false;
    for (const [hour, categories, sales] of plan) {
      if (!paid && hour > 17) {
        await this.#cutOff(day);
        paid = true;
      }
      await this.#moveTo(chinaInstant(day, hour));
      await Promise.all(
        Array.from({ length: sales }, () => this.#sell(this.#dice.pick(categories))),
      );
      await this.#in.house.settleDown(SIDE_BY_SIDE);
      await this.#afterwards();
    }
    const turn = daysBetween(day, chinaDay(this.#in.clock.now())) % MARKET_EVERY_DAYS;
    if (turn === MARKET_AHEAD_DAYS + 1) await putUp(this.#market(), Math.floor(MARKET_SALES / 2));
    if (turn === 1) await marketDay(this.#market(), MARKET_SALES);
  }

  #market(): MarketStage {
    const { house, fake, bank } = this.#in;
    return {
      ...{ house, dice: this.#dice, people: this.#sellers, products: this.#products },
      arbiter: this.#risk,
      now: () => fake.now(),
      cardOf: (sku) => this.#cardOf(sku, 'good'),
      settle: async () => {
        await house.settleDown(SIDE_BY_SIDE);
        // The institution tells what was paid, and that brings more to do.
        await bank({ now: fake.now().toISOString() });
        await house.settleDown(SIDE_BY_SIDE);
      },
    };
  }

  /** The day the newcomer sees: some orders still under way, so that no screen is empty. */
  async lastMorning(today: string, now: Date): Promise<void> {
    const { house } = this.#in;
    for (const hour of [8.5, 9.5, 10.5]) {
      const at = chinaInstant(today, hour);
      if (at >= now) break;
      await this.#moveTo(at);
    }
    if (this.#in.fake.now() < now) await this.#moveTo(now);
    // Whatever the hour, some category pays above its floor.
    for (const fate of ['good', 'extra_check', 'half_used', 'good', 'extra_check']) {
      for (const category of ['cafe', 'fuel', 'cinema', 'grocery', 'membership', 'ecommerce']) {
        if (await this.#sell(category, fate)) break;
      }
    }
    await house.settleDown(SIDE_BY_SIDE);
    await fillShelf(this.#market());
    await this.#compete();
  }

  /** Recyclers bid, and one card is at auction. */
  async #compete(): Promise<void> {
    const { db, keys } = this.#in;
    const card = await this.#cardOf(DEMO_AUCTIONED, 'good');
    const seller = this.#sellers[0];
    if (!card || !seller) return;
    const stage = { ...this.#market(), db, keys };
    await openDemoBids(stage, { sellerId: seller.userId, card });
    await stage.settle();
  }

  /** The run of 17:00, its second signature, and the bank a little later. The last run waits for the newcomer. */
  async #cutOff(day: string): Promise<void> {
    const { db, fake, clock } = this.#in;
    await this.#moveTo(chinaInstant(day, 17.05));
    const runs = (await listRuns(db, { before: undefined, limit: 5 })).filter(
      ({ state }) => state === 'awaiting_approval',
    );
    if (day < addDays(chinaDay(clock.now()), -1)) {
      for (const { id } of runs) {
        await inTransaction(db, (tx) =>
          approveRun(tx, { runId: id, checker: this.#checker, at: fake.now() }),
        );
      }
    }
    await this.#moveTo(chinaInstant(day, 17.4));
  }

  async #moveTo(at: Date): Promise<void> {
    const { fake, bank, house } = this.#in;
    if (at <= fake.now()) return;
    fake.moveTo(at);
    await bank({ now: at.toISOString() });
    await house.settleDown(SIDE_BY_SIDE);
    await bank({ now: at.toISOString() });
    await house.settleDown(SIDE_BY_SIDE);
  }

  /** False when the rules, the floor or chance had no deal for this seller; that happens too. */
  async #sell(category: string, wanted?: string): Promise<boolean> {
    const { db, keys, fake } = this.#in;
    const product = this.#dice.pick(this.#products.filter((one) => one.category === category));
    const { userId } = this.#dice.pick(this.#sellers);
    const card = await this.#cardOf(product.sku, wanted ?? this.#fate());
    if (!card) return false;
    const at = fake.now();
    const expiresOn =
      this.#dice.within(0, 3) === 0 ? addDays(chinaDay(at), this.#dice.within(20, 600)) : undefined;
    try {
      const quote = await issueQuote(db, {
        keys,
        product,
        faceFen: fen(BigInt(card.faceFen)),
        expiresOn,
        at,
      });
      const order = await accept(
        { db, keys, recyclers: houseOnly },
        {
          userId,
          quoteId: quote.quoteId,
          signature: quote.signature,
          at,
        },
      );
      await handOver(db, keys, {
        orderId: order.id,
        userId,
        number: new Secret(card.number),
        pin: card.pin === undefined ? undefined : new Secret(card.pin),
        at,
      });
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return false;
    }
  }

  /** What sellers and staff do about orders that wait for them. */
  async #afterwards(): Promise<void> {
    const { db, keys, fake, house } = this.#in;
    const at = fake.now();
    for (const order of await listOrders(db, { states: ['requoted'], limit: 20 })) {
      const answer = { orderId: order.id, userId: order.user_id, at };
      if (this.#dice.within(0, 9) < 6) await acceptRequote(db, keys, answer);
      else await declineRequote(db, answer);
    }
    for (const order of await listOrders(db, { states: ['manual_review'], limit: 20 })) {
      await review(db, keys, {
        orderId: order.id,
        operator: this.#risk,
        code: 'OK',
        balanceFen: order.face_fen,
        note: '已与发卡方电话核实 checked by phone',
        at,
      });
    }
    if (this.#dice.within(0, 59) === 0) {
      const [order] = await listOrders(db, { states: ['settled'], limit: 1 });
      if (order)
        await openDispute(db, keys, {
          orderId: order.id,
          actor: this.#risk,
          reason: 'USED_OR_VOID',
          note: '回收方反馈余额不足 recycler reports a short balance',
          at,
        });
    }
    await house.settleDown(SIDE_BY_SIDE);
  }

  /** Most cards are what their sellers say. */
  #fate(): string {
    const draw = this.#dice.within(0, 99);
    if (draw < 86) return 'good';
    if (draw < 91) return 'half_used';
    if (draw < 94) return 'used';
    if (draw < 96) return 'extra_check';
    return draw < 98 ? 'inactive' : 'frozen';
  }

  async #cardOf(
    sku: string,
    state: string,
  ): Promise<{ number: string; pin?: string; faceFen: string } | undefined> {
    const reply = await reach(`${this.#in.config.ISSUER_URL}/demo-cards?sku=${sku}&n=1`, {
      headers: { accept: 'application/json' },
    });
    const { cards } = (await reply.json()) as {
      cards: { number: string; pin?: string; faceFen: string; state: string }[];
    };
    return cards.find((card) => card.state === state);
  }
}
