// Goal: under any mixture of bank faults, lost time and people's acts, nobody is paid twice, no fen is lost, all ends.
// Method: seeded random steps through the real use cases on a fake clock, the real bank simulator misbehaving at
// random; the books are checked after every step, and every state must have been reached.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, inTransaction, MINUTE, Refused } from '#platform';
import {
  cancelPayout,
  dailyReconcile,
  freezePayout,
  payoutProcess,
  topUpProcess,
  unfreezePayout,
} from './index.ts';
import { openWorld, type World } from './world.fixture.ts';

const SEED = Number(20_260_310);
const STEPS = 110;
const CARDS = ['4111111111111111', '5555555555554444', '6011000990139424'];

/** mulberry32: small, seeded, good enough to choose steps. */
function dice(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    upTo: (max: number): number => Math.floor(next() * max),
    one: <T>(of: readonly T[]): T => {
      const found = of[Math.floor(next() * of.length)];
      assert(found !== undefined);
      return found;
    },
  };
}

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
  const { subject } = rolls.one(owed);
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

test('random faults, people and time: no double payment, no lost fen, every state, every end', async (t) => {
  const world = await openWorld(t);
  const rolls = dice(SEED);
  const play: Play = { world, rolls, owed: [] };
  const names = Object.keys(steps);
  for (let number = 0; number < STEPS; number++) {
    const name = rolls.one(names);
    try {
      await steps[name]?.(play);
      await dailyReconcile(world.db, world.clock.now());
      await world.run();
      await check(world);
    } catch (error) {
      throw new Error(`seed ${SEED}, step ${number} (${name})`, { cause: error });
    }
  }
  // Peace: the bank works, everybody has an account, finance does its job; then everything must end.
  await steps['allWell']?.(play);
  await world.control('faults', { dieAfterCommit: 0, dieBeforeCommit: 0, reject: 0, bounce: 0 });
  await world.control('release', { order: 'last' });
  for (const { userId } of play.owed) await world.account(userId, CARDS[0]);
  for (let day = 0; day < 110; day += 1) {
    await world.advance(untilHour(world, 17));
    await steps['approve']?.(play);
    await dailyReconcile(world.db, world.clock.now());
    await world.run();
    const { rows } = await world.pool.query<{ open: bigint }>(
      'select count(*) as open from process.instance where not terminal',
    );
    if (rows[0]?.open === 0n) break;
    if (day > 8) await world.advance(9 * DAY);
  }
  await check(world);
  const { rows: left } = await world.pool.query(
    'select process, state, due_at from process.instance where not terminal',
  );
  assert.deepEqual(left, [], 'everything ended');
  assert.equal(await world.inFlight(), 0n);

  const { rows: passed } = await world.pool.query<{ process: string; state: string }>(
    'select distinct i.process, s.to_state as state from process.step s join process.instance i on i.id = s.instance',
  );
  const reached = new Set(passed.map(({ process, state }) => `${process} ${state}`));
  for (const state of Object.keys(payoutProcess.states))
    assert(reached.has(`payout ${state}`), `never reached payout ${state}`);
  for (const state of ['requested', 'waiting', 'received'])
    assert(state in topUpProcess.states && reached.has(`top_up ${state}`), `never ${state}`);

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
