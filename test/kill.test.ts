// Goal: whoever pulls the plug, whenever: every sale comes to its end, nobody is paid twice, nothing is lost or doubled.
// Method: 200 sales over HTTP against api and worker as real processes, each killed (-9) at random moments while the
// sales are under way; clients repeat what they got no answer to. Then books, bank, issuer, record and jobs are compared;
// then the worker alone, in the middle of a lot's import and return and of winners' defaults (kill-bulk.ts).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { reconcile } from '#ledger';
import {
  chinaDay,
  chinaInstant,
  FakeClock,
  HOUR,
  MINUTE,
  nextWorkday,
  systemClock,
} from '#platform';
import { seal, verifyRecord } from '#record';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import {
  defaultsUnderKills,
  importUnderKills,
  peopleOfBulk,
  type Scene,
  setClocks,
} from '#test/kill-bulk.ts';
import { type Part, startPart } from '#test/parts.ts';
import { chance } from '../src/demo-people.ts';
import { freePort } from '../src/platform/postgres.ts';

const SALES = 200;
const SELLERS = 10;
const LANES = 8;
const KILLS_EACH = 8;
const FACE_FEN = 20_000n;
const SEED = 20_261_123;
/** Far more than needed: a busy machine starts a process slowly, and here one is always starting. */
const END_MS_MAX = 120_000;
/** Issuers that can transfer: such cards need no inspection, so a sale ends at once. */
const SKUS = [
  'weihe-gift',
  'weihe-ecard',
  'manhecang-card',
  'chizhang-card',
  'yunlu-card',
  'tianbo-card',
];
/** `verified` is a new price that was taken: such a sale waits out its inspection. */
const CALM = ['settled', 'verified', 'rejected', 'returned'];
const INSPECTION_MS = 2 * HOUR;

interface Client {
  house: TestHouse;
  url: string;
  retries: number;
  isOver: boolean;
}
interface Reply {
  status: number;
  body: Record<string, unknown> & { id: string; state: string; code: string };
}

/** Asks until there is an answer; the same key makes a repeated command the same command. */
async function ask(client: Client, as: Person, line: string, body?: unknown): Promise<Reply> {
  const [method = '', path = ''] = line.split(' ');
  const key = `kill-${++keys}`;
  const deadline = Date.now() + END_MS_MAX;
  for (let looks = 0; ; ) {
    try {
      const reply = await fetch(`${client.url}${path}`, {
        method,
        headers: {
          cookie: as.cookie,
          'x-forwarded-for': as.address,
          ...(body !== undefined && { 'content-type': 'application/json', 'idempotency-key': key }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(20_000),
      });
      const answer = { status: reply.status, body: (await reply.json()) as Reply['body'] };
      // The first try died with its process; after a few looks the caller sees for itself how things stand.
      if (answer.body.code !== 'in_flight' || ++looks > 5) {
        assert(answer.status < 500, `${line}: ${JSON.stringify(answer.body)}`);
        return answer;
      }
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      client.retries++;
      assert(Date.now() < deadline && !client.isOver, `${line} meets nobody`);
    }
    await sleep(100);
  }
}
let keys = 0;

/** One sale as a patient person makes it; gives the order it led to. */
async function sellOne(
  client: Client,
  as: Person,
  card: ReturnType<TestHouse['card']>,
): Promise<string> {
  const { sku, faceFen, number, pin } = card;
  const quoted = await ask(client, as, 'POST /v1/quotes', { sku, faceFen });
  // A quote that died with the api binds nobody; a patient person asks for another one.
  if (quoted.body.code === 'in_flight') return await sellOne(client, as, card);
  assert.equal(quoted.status, 201, JSON.stringify(quoted.body));
  const { quoteId, signature } = quoted.body;
  const order = async (): Promise<string> => {
    const { status, body } = await ask(client, as, 'POST /v1/orders', { quoteId, signature });
    if (status === 201) return body.id;
    assert(['in_flight', 'quote_used'].includes(body.code), JSON.stringify(body));
    const { body: mine } = await ask(client, as, 'GET /v1/orders?limit=100');
    const items = mine['items'] as { id: string; quote: { quoteId: string } }[];
    return items.find((one) => one.quote.quoteId === quoteId)?.id ?? (await order());
  };
  const id = await order();
  for (;;) {
    const secret = { number, ...(pin !== undefined && { pin }) };
    const { status, body } = await ask(client, as, `POST /v1/orders/${id}/card`, secret);
    if (status === 200 || body.code === 'wrong_state') return id;
    assert.equal(body.code, 'in_flight', JSON.stringify(body));
  }
}

/** Answers new quotes, half of them with yes, until nothing is left to do but to wait. */
async function untilCalm(client: Client, as: Person, id: string, yes: boolean): Promise<string> {
  const deadline = Date.now() + END_MS_MAX;
  for (;;) {
    const { body } = await ask(client, as, `GET /v1/orders/${id}`);
    if (CALM.includes(body.state)) return body.state;
    if (body.state === 'requoted')
      await ask(client, as, `POST /v1/orders/${id}/${yes ? 'accept' : 'decline'}-requote`, {});
    assert(Date.now() < deadline, await storyOf(client, body));
    await sleep(250);
  }
}

/** Why an order does not move: what was seen of its card, what the issuer was asked, what the jobs said. */
async function storyOf({ house }: Client, order: Reply['body']): Promise<string> {
  const look = async (sql: string): Promise<string> =>
    JSON.stringify((await house.pool.query(sql, [order.id])).rows);
  return [
    `order ${order.id} stays ${order.state} ${JSON.stringify(order['verification'])}`,
    await look('select op, state, tries, error, result from cards.issuer_call where ref = $1'),
    await look('select task, attempt, error from platform.job_run where about @> array[$1]'),
  ].join('\n');
}

test('api and worker are killed again and again, and every sale still comes to its end', async (t) => {
  // The processes and this test live on one morning to come, or the hour of the run would set the prices.
  const morning = chinaInstant(nextWorkday(chinaDay(systemClock.now())), 10);
  const house = await openTestHouse(t, { clock: new FakeClock(morning) });
  const aheadMs = house.clock.now().getTime() - Date.now();
  const sellers: Person[] = [];
  for (let index = 0; index < SELLERS; index++) sellers.push(await house.seller());
  const finance = await house.staff('finance');
  const bulk = await peopleOfBulk(house);
  await setClocks(house, aheadMs);
  const port = await freePort();
  const config = { ...house.config, PORT: port, DATABASE_POOL: 8, DEMO: true };
  // Each seller sits at an address of their own, or the limit of quotes a minute would stop them all.
  config.TRUSTED_PROXIES = '127.0.0.1';
  const api = await startPart('api', config);
  const worker = await startPart('worker', config);
  const parts = [api, worker];
  t.after(async () => void (await Promise.all(parts.map((part) => part.stop()))));
  const client: Client = { house, url: `http://127.0.0.1:${port}`, retries: 0, isOver: false };
  t.after(() => {
    client.isOver = true;
  });

  const begun = { sales: 0 };
  const dice = chance(SEED);
  const killing = parts.map((part) => killAtRandom(part, dice.within(1, 1e9), begun));
  const pace = (): number => parts.reduce((sum, { kills }) => sum + kills, 0) / (2 * KILLS_EACH);
  const orders: string[] = [];
  const states = new Map<string, number>();
  const lane = async (): Promise<void> => {
    while (begun.sales < SALES) {
      // Sales are spread over the whole time of the killing, or the last kills would meet nobody.
      if (begun.sales / SALES > pace() + 0.1) {
        await sleep(20);
        continue;
      }
      const index = begun.sales++;
      const seller = sellers[index % SELLERS];
      assert(seller);
      const draw = dice.within(0, 99);
      const fate = draw < 82 ? 'good' : draw < 94 ? 'half_used' : 'used';
      const card = house.card(SKUS[index % SKUS.length] ?? '', fate, FACE_FEN);
      const id = await sellOne(client, seller, card);
      orders.push(id);
      if (index % 40 === 39) await ask(client, finance, 'POST /v1/console/payout-runs', {});
      const state = await untilCalm(client, seller, id, draw % 2 === 0);
      states.set(state, (states.get(state) ?? 0) + 1);
    }
  };
  await Promise.all([...Array.from({ length: LANES }, lane), ...killing]);
  for (const { kills } of parts) assert(kills >= KILLS_EACH, `${kills} kills`);
  assert(client.retries > 0, 'some calls met a dead api');
  for (const state of CALM) assert(states.get(state), `no sale came to be ${state}`);

  await passTime(house, parts, aheadMs + INSPECTION_MS + MINUTE);
  await payAll(client, finance);
  await untilQuiet(house);
  await compare(house, orders);

  // What one person does to many cards is work of the worker's alone.
  const scene: Scene = { house, worker, aheadMs: aheadMs + INSPECTION_MS + MINUTE };
  await t.test('the import of a lot, and its return', () => importUnderKills(scene, bulk));
  await t.test('winners who do not pay', () => defaultsUnderKills(scene, bulk));
  await untilQuiet(house);
  await soundBooks(house);
});

async function killAtRandom(part: Part, seed: number, begun: { sales: number }): Promise<void> {
  const dice = chance(seed);
  while (part.kills < KILLS_EACH) {
    await sleep(dice.within(200, 1_500));
    if (begun.sales > 0) await part.killAndRestart();
  }
}

/** One more kill each; who is started after it lives later, and what was under inspection settles. */
async function passTime(house: TestHouse, parts: readonly Part[], aheadMs: number): Promise<void> {
  await setClocks(house, aheadMs);
  await Promise.all(parts.map((part) => part.killAndRestart()));
  const deadline = Date.now() + END_MS_MAX;
  const waiting = `select 1 from buyback."order" where state = 'verified'`;
  while ((await house.pool.query(waiting)).rows.length > 0) {
    assert(Date.now() < deadline, 'inspections end');
    await sleep(100);
  }
}

/** The finance desk sends everything on its way; the bank pays at once and calls back. */
async function payAll(client: Client, finance: Person): Promise<void> {
  const deadline = Date.now() + END_MS_MAX;
  for (;;) {
    await ask(client, finance, 'POST /v1/console/payout-runs', {});
    const { rows } = await client.house.pool.query<{ state: string; count: string }>(
      `select state, count(*)::text as count from settlement.payout where state <> 'paid' group by 1`,
    );
    if (rows.length === 0) return;
    assert(Date.now() < deadline, `payouts stay ${JSON.stringify(rows)}`);
    await sleep(250);
  }
}

/** No job is left: what was in the hands of a dead worker was done by a living one. */
async function untilQuiet({ pool }: TestHouse): Promise<void> {
  const deadline = Date.now() + END_MS_MAX;
  for (;;) {
    const { rows } = await pool.query(
      'select task_identifier, attempts, locked_by, last_error from graphile_worker.jobs',
    );
    if (rows.length === 0) return;
    assert(Date.now() < deadline, `jobs are left: ${JSON.stringify(rows)}`);
    await sleep(250);
  }
}

interface Paid {
  kind: string;
  status: string;
  remark: string;
  amountFen: string;
}

async function compare(house: TestHouse, orders: readonly string[]): Promise<void> {
  const { pool } = house;
  const count = counter(house);
  assert.equal(new Set(orders).size, SALES);
  assert.equal(await count('select count(*) from buyback."order"'), SALES, 'no order by the way');
  const { rows: owed } = await pool.query<{ id: string; net: string }>(
    `select p.id, o.net_fen::text as net from buyback."order" o
     left join settlement.payout p on p.subject = o.id::text where o.state = 'settled'`,
  );
  const { entries } = (await house.control('psp', '/control/state')) as { entries: Paid[] };
  const sent = entries.filter(({ kind }) => kind === 'transfer');
  const paid = (list: readonly { id: string; net: string }[]): string[] =>
    list.map(({ id, net }) => `${id} paid ${net}`).sort();
  assert.deepEqual(
    paid(sent.map(({ remark, amountFen }) => ({ id: remark, net: amountFen }))),
    paid(owed),
    'each settled order was paid once, to the fen, and nothing else was',
  );
  assert(sent.every(({ status }) => status === 'paid'));

  const { done } = (await house.control('issuer', '/control/state')) as {
    done: { transfer: number; void?: number };
  };
  const moved = `select count(*) from buyback."order" where state = 'settled' and grade in ('V5', 'V6')`;
  assert.equal(done.transfer - (done.void ?? 0), await count(moved), 'each card was moved once');
  const open = `select count(*) from buyback."order" where state not in ('settled', 'rejected', 'returned')`;
  assert.equal(await count(open), 0);
  await soundBooks(house);
  const escrow = `select count(*) from ledger.book where code like 'ESCROW:%' and balance <> 0`;
  assert.equal(await count(escrow), 0);
}

const counter =
  ({ pool }: TestHouse) =>
  async (sql: string): Promise<number> =>
    Number((await pool.query<{ count: string }>(sql)).rows[0]?.count);

/** Whatever was done: no fen made or lost or still held, no card promised twice, the record whole. */
async function soundBooks(house: TestHouse): Promise<void> {
  const { db } = house;
  const count = counter(house);
  assert.deepEqual(await reconcile(db), []);
  assert.equal(await count('select coalesce(sum(balance), 0) as count from ledger.account'), 0);
  assert.equal(await count('select count(*) from ledger.account where held <> 0'), 0);
  const promised = `select count(*) from (select card_id from cards.encumbrance
    where ended_at is null group by card_id having count(*) > 1) as twice`;
  assert.equal(await count(promised), 0);
  await seal(db, house.clock.now());
  const verdict = await verifyRecord(db);
  assert(verdict.ok, JSON.stringify(verdict));
}
