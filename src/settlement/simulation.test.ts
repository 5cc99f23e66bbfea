// Goal: under any mixture of bank faults, lost time and people's acts, nobody is paid twice, no fen is lost, all ends.
// Method: seeded random steps through the real use cases on a fake clock, the real bank simulator misbehaving at
// random; the books are checked after every step, and every state must have been reached.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, inTransaction, MINUTE, Refused } from '#platform';
import { dice } from './dice.fixture.ts';
import {
  cancelPayout,
  dailyReconcile,
  freezePayout,
  payoutProcess,
  unfreezePayout,
} from './index.ts';
import { openWorld, type World } from './world.fixture.ts';

const SEED = 20_260_310;
const STEPS_MIN = 80;
const STEPS_MAX = 400;
const DAYS_MAX = 60;
const CARDS = ['4111111111111111', '5555555555554444', '6011000990139424'];

interface Play {
  world: World;
  rolls: ReturnType<typeof dice>;
  owed: { subject: string; payoutId: string; userId: string }[];
}

const steps: Record<string, (play: Play) => Promise<unknown>> = {
  owe: async ({ world, rolls, owed }) => {
    const account = rolls.upTo(6) > 0;
    owed.push(await world.owe(rolls.one([1, 88.8, 300, 4_999.99, 5_000, 12_000]), { account }));
  },
  oweMore: async (play) => await steps['owe']?.(play),
  cutOff: async ({ world }) => await world.advance(untilHour(world, 17)),
  morning: async ({ world }) => await world.advance(untilHour(world, 9)),
  minutes: async ({ world, rolls }) => await world.advance(rolls.one([1, 3, 15]) * MINUTE),
  hours: async ({ world }) => await world.advance(2 * HOUR),
  quietDays: async ({ world, rolls }) => await world.advance(rolls.one([1, 2, 8]) * DAY),
  run: async ({ world }) => await world.call('m finance', 'POST', '/v1/console/payout-runs', {}),
  approve: async ({ world }) => {
    const { rows } = await world.pool.query<{ id: string }>(
      "select id from settlement.payout_run where state = 'awaiting_approval'",
    );
    for (const { id } of rows)
      await world.call('c finance', 'POST', `/v1/console/payout-runs/${id}/approve`, {});
  },
  badNet: async ({ world, rolls }) =>
    await world.control('faults', {
      dieAfterCommit: rolls.upTo(3),
      dieBeforeCommit: rolls.upTo(3),
      copies: 1 + rolls.upTo(3),
      drop: rolls.upTo(3) === 0,
      hold: rolls.upTo(3) === 0,
    }),
  badAccounts: async ({ world, rolls }) =>
    await world.control('faults', {
      reject: rolls.upTo(2),
      rejectReason: rolls.one(['ACCOUNT_UNKNOWN', 'NO_IDEA']),
      bounce: rolls.upTo(3),
    }),
  outage: async ({ world }) => await world.control('faults', { down: true }),
  allWell: async ({ world }) =>
    await world.control('faults', { down: false, drop: false, hold: false, copies: 1 }),
  allWellAgain: async (play) => await steps['allWell']?.(play),
  letters: async ({ world, rolls }) =>
    await world.control('release', { order: rolls.one(['first', 'last']) }),
  freeze: (play) => act(play, freezePayout),
  unfreeze: (play) => act(play, unfreezePayout),
  cancel: (play) => (play.rolls.upTo(3) === 0 ? act(play, cancelPayout) : Promise.resolve()),
  newAccount: async ({ world, rolls, owed }) => {
    if (owed.length > 0) await world.account(rolls.one(owed).userId, rolls.one(CARDS));
  },
  retry: async ({ world, rolls, owed }) => {
    if (owed.length === 0) return;
    await world.call(
      'f finance',
      'POST',
      `/v1/console/payouts/${rolls.one(owed).payoutId}/retry`,
      {},
    );
  },
  topUp: async ({ world }) => {
    const body = { recycler: 'r2', amountFen: '100000' };
    await world.call('f finance', 'POST', '/v1/console/treasury/top-ups', body);
  },
};

const untilHour = ({ clock }: World, hour: number): number => {
  const sinceHour = (clock.now().getTime() + 8 * HOUR - hour * HOUR) % DAY;
  return DAY - sinceHour;
};

async function act(
  { world, rolls, owed }: Play,
  what: typeof freezePayout | typeof unfreezePayout | typeof cancelPayout,
): Promise<void> {
  if (owed.length === 0) return;
  // Of the latest few: the older ones are mostly paid.
  const { subject } = rolls.one(owed.slice(-4));
  try {
    await inTransaction(
      world.db,
      async (tx) => void (await what(tx, { subject, at: world.clock.now() })),
    );
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

/** What must be true after every step, whatever it was. */
async function check(world: World): Promise<void> {
  await world.checkBooks();
  const { rows: open } = await world.pool.query<{ total: string }>(
    "select coalesce(sum(amount_fen), 0)::text as total from settlement.attempt where status = 'open'",
  );
  assert.equal(String(await world.inFlight()), open[0]?.total, 'in flight is what is at the bank');
  const { rows: strays } = await world.pool.query(
    `select p.id from settlement.payout p join process.instance i on i.id = p.id where i.state <> p.state`,
  );
  assert.deepEqual(strays, [], 'the row says what the process says');
  const { entries } = await world.state();
  const paid = new Map<string, number>();
  for (const { remark, status, kind } of entries)
    if (kind === 'transfer' && status !== 'failed' && status !== 'returned')
      paid.set(remark, (paid.get(remark) ?? 0) + 1);
  for (const [payoutId, times] of paid)
    assert.equal(times, 1, `${payoutId} is paid ${times} times`);
}

/** Every state that anything has been in so far. */
async function reachedIn(world: World): Promise<Set<string>> {
  const { rows } = await world.pool.query<{ name: string }>(
    `select distinct i.process || ' ' || s.to_state as name
     from process.step s join process.instance i on i.id = s.instance`,
  );
  return new Set(rows.map(({ name }) => name));
}
const WANTED = [
  ...Object.keys(payoutProcess.states).map((state) => `payout ${state}`),
  ...['top_up requested', 'top_up waiting', 'top_up received'],
];
const LAST = 'payout closed';

/** Random steps until everything was reached that does not take thirty quiet days. */
async function walk(play: Play): Promise<void> {
  const { world, rolls } = play;
  const names = Object.keys(steps);
  for (let number = 0; number < STEPS_MAX; number++) {
    const name = rolls.one(names);
    try {
      await steps[name]?.(play);
      await dailyReconcile(world.db, world.clock.now());
      await world.run();
      await check(world);
    } catch (error) {
      throw new Error(`seed ${SEED}, step ${number} (${name})`, { cause: error });
    }
    const reached = await reachedIn(world);
    if (number >= STEPS_MIN && WANTED.every((name) => name === LAST || reached.has(name))) return;
  }
}

/** Peace: the bank works, everybody has an account, finance does its job; then everything must end. */
async function rest(play: Play): Promise<void> {
  const { world } = play;
  await steps['allWell']?.(play);
  await world.control('faults', { dieAfterCommit: 0, dieBeforeCommit: 0, reject: 0, bounce: 0 });
  await world.control('release', { order: 'last' });
  for (const { userId } of play.owed) await world.account(userId, CARDS[0]);
  for (let day = 0; day < DAYS_MAX; day++) {
    await world.advance(day < 10 ? untilHour(world, 17) : 9 * DAY);
    await steps['approve']?.(play);
    await dailyReconcile(world.db, world.clock.now());
    await world.run();
    const { rows } = await world.pool.query<{ open: bigint }>(
      'select count(*) as open from process.instance where not terminal',
    );
    if (rows[0]?.open === 0n) return;
  }
}

test('random faults, people and time: no double payment, no lost fen, every state, every end', async (t) => {
  const world = await openWorld(t);
  const play: Play = { world, rolls: dice(SEED), owed: [] };
  await walk(play);
  await rest(play);
  await check(world);
  const { rows: left } = await world.pool.query(
    'select process, state, due_at from process.instance where not terminal',
  );
  assert.deepEqual(left, [], 'everything ended');
  assert.equal(await world.inFlight(), 0n);
  const reached = await reachedIn(world);
  for (const name of WANTED) assert(reached.has(name), `never reached ${name}`);

  const reconcile = world.tasks['settlement.reconcile'];
  const { rows: days } = await world.pool.query<{ day: string }>(
    'select day::text from settlement.reconciliation',
  );
  for (const { day } of days)
    await reconcile?.({ day }, { ...world.deps, attempt: 1, lastAttempt: false });
  const { rows: different } = await world.pool.query(
    "select * from settlement.reconciliation_item where result <> 'matched'",
  );
  assert.deepEqual(different, [], 'line by line, the bank and our books agree');

  const { entries } = await world.state();
  const paidByBank = entries.filter(({ kind, status }) => kind === 'transfer' && status === 'paid');
  const { rows: closed } = await world.pool.query<{ id: string }>(
    "select id from settlement.payout where state = 'closed'",
  );
  assert.deepEqual(
    paidByBank.map(({ remark }) => remark).sort(),
    closed.map(({ id }) => id).sort(),
    'who was paid by our books was paid by the bank, and nobody else',
  );
});
