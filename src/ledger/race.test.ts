// Goal: callers who race for the same accounts, holds or ids wait for each other, and nobody gets a wrong answer.
// Method: batches on many connections at once, without the retries of inTransaction; the books are asked afterwards.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, MINUTE, newId, plus } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { accountIds, postBatch, type Result, reconcile, type Transfer } from './index.ts';

const at = new Date('2026-03-01T08:00:00Z');
const expiresAt = plus(at, 30 * MINUTE);
const names = (results: readonly Result[]): string[] => results.map(({ name }) => name);
type Db = Awaited<ReturnType<typeof freshDatabase>>['db'];

const a = (debit: bigint, credit: bigint, more: Partial<Transfer> = {}): Transfer => ({
  id: newId(),
  kind: 'post',
  debit,
  credit,
  amount: 100n,
  code: 1,
  at,
  ...more,
});

async function someAccounts(db: Db, count: number): Promise<{ loss: bigint; users: bigint[] }> {
  const [loss, ...users] = await accountIds(db, [
    'LOSS',
    ...Array.from({ length: count }, (_, n) => `WALLET:u${n}`),
  ]);
  assert(loss !== undefined);
  return { loss, users };
}
const at0 = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

test('a storm of batches over the same accounts in opposite orders: no deadlock, nothing lost', async (t) => {
  const { db } = await freshDatabase(t);
  const { loss, users } = await someAccounts(db, 24);
  await postBatch(
    db,
    users.map((user) => a(loss, user, { amount: 1_000_000n })),
  );
  const storm = Array.from({ length: 120 }, (_, round) => {
    const legs = Array.from({ length: 30 }, (_, n) => {
      const from = at0(users, round * 5 + n * 7);
      const to = at0(users, round * 5 + n * 7 + 1 + (n % 5));
      return a(from, to, { amount: BigInt(1 + n) });
    });
    return round % 2 ? legs : legs.reverse();
  });
  const answers = await Promise.all(storm.map((batch) => postBatch(db, batch)));
  assert(names(answers.flat()).every((name) => name === 'ok'));
  assert.deepEqual(await reconcile(db), []);
});

test('capture, void and expiry of 300 holds on many connections: exactly one wins each', async (t) => {
  const { db } = await freshDatabase(t);
  const { loss, users } = await someAccounts(db, 600);
  const pairs = Array.from({ length: 300 }, (_, n) => ({
    from: at0(users, 2 * n),
    to: at0(users, 2 * n + 1),
  }));
  await postBatch(
    db,
    pairs.map(({ from }) => a(loss, from)),
  );
  const holds = pairs.map(({ from, to }) => a(from, to, { kind: 'hold', expiresAt }));
  assert(names(await postBatch(db, holds)).every((name) => name === 'ok'));
  const closing = (kind: 'capture' | 'void' | 'expire', hold: Transfer): Transfer => ({
    ...a(hold.debit, hold.credit, { kind, pendingId: hold.id }),
    at: kind === 'expire' ? expiresAt : at,
  });
  const kinds = ['capture', 'void', 'expire'] as const;
  const wins = { capture: 0, void: 0, expire: 0 };
  const race = async (kind: keyof typeof wins, part: readonly Transfer[]): Promise<void> => {
    for (const name of names(
      await postBatch(
        db,
        part.map((hold) => closing(kind, hold)),
      ),
    )) {
      if (name === 'ok') wins[kind] += 1;
      // The capture came when an expiry had already moved the time of the accounts.
      else assert(['hold_closed', 'expired'].includes(name), `${kind}: ${name}`);
    }
  };
  const racers = Array.from({ length: 30 }, (_, n) => holds.slice(n * 10, n * 10 + 10)).flatMap(
    (part, n) => kinds.map((_, k) => () => race(at0(kinds, n + k), part)),
  );
  await Promise.all(racers.map((racer) => racer()));
  t.diagnostic(JSON.stringify(wins));
  assert.equal(wins.capture + wins.void + wins.expire, holds.length);
  for (const [kind, count] of Object.entries(wins)) assert(count > 0, `${kind} never won`);
  assert.deepEqual(await reconcile(db), []);
});

test('the same ids from three connections at once: one makes them, all hear the same', async (t) => {
  const { db } = await freshDatabase(t);
  const { loss, users } = await someAccounts(db, 10);
  const [poor] = await accountIds(db, ['WALLET:poor']);
  assert(poor !== undefined);
  for (let round = 0; round < 25; round++) {
    const batch: Transfer[] = Array.from({ length: 20 }, (_, n) =>
      a(n % 4 ? loss : poor, at0(users, n + round)),
    );
    const three: Result[][] = await Promise.all([0, 1, 2].map(() => postBatch(db, batch)));
    for (const [n] of batch.entries()) {
      const told = three.map((answers) => at0(answers, n));
      const wanted = n % 4 ? ['exists', 'exists', 'ok'] : Array(3).fill('insufficient');
      assert.deepEqual(names(told).sort(), wanted);
      assert.equal(told.filter(({ replayed }) => replayed).length, n % 4 ? 0 : 2);
    }
  }
  assert.deepEqual(await reconcile(db), []);
});

test('the same id with another payload at the same moment: one is made, the other is a conflict', async (t) => {
  const { db } = await freshDatabase(t);
  const { loss, users } = await someAccounts(db, 2);
  for (let round = 0; round < 30; round++) {
    const one = a(loss, at0(users, 0));
    const answers = await Promise.all([
      postBatch(db, [one]),
      postBatch(db, [{ ...one, amount: 101n }]),
      postBatch(db, [{ ...one, ref: newId() }]),
    ]);
    assert.deepEqual(names(answers.flat()).sort(), ['conflict', 'conflict', 'ok']);
  }
  assert.deepEqual(await reconcile(db), []);
});

test('the clock of an account never runs back, whatever callers say the time is', async (t) => {
  const { db } = await freshDatabase(t);
  const { loss, users } = await someAccounts(db, 3);
  const times = Array.from({ length: 90 }, (_, n) => plus(at, ((n * 37) % 90) * MINUTE));
  await Promise.all(times.map((when, n) => postBatch(db, [a(loss, at0(users, n), { at: when })])));
  const late = a(loss, at0(users, 0), { at: plus(at, -DAY) });
  assert.deepEqual(names(await postBatch(db, [late])), ['ok']);
  assert.deepEqual(await reconcile(db), []); // `time` would be found
});
