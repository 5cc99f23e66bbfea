// Goal: money on hold is spent by nobody else, and each hold ends once: taken, given back, or expired.
// Method: holds on PostgreSQL, with racers on many connections for the same hold.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Db, fen, inTransaction, MINUTE, plus, Refused, sqlState, type Tx } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { postingId } from './domain.ts';
import {
  balanceOf,
  capture,
  closingId,
  expireHolds,
  hold,
  movementsOf,
  type NewHold,
  post,
  postBatch,
  reconcile,
  release,
  type Transfer,
  trialBalance,
} from './index.ts';
import { findHold, listHolds } from './posting_store.ts';

const at = new Date('2026-03-01T08:00:00Z');
const expiresAt = plus(at, 30 * MINUTE);
const refused = (code: string) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;

const fund = (db: Db, amount: number): Promise<boolean> =>
  inTransaction(db, (tx) =>
    post(tx, {
      kind: 'fund',
      ref: '1',
      subject: 'fund',
      at,
      legs: [{ from: 'CUSTODY:bank', to: 'WALLET:w', amount: fen(amount) }],
    }),
  );
const aHold = (ref: string, more: Partial<NewHold> = {}): NewHold => ({
  kind: 'test.hold',
  ref,
  subject: `order-${ref}`,
  at,
  from: 'WALLET:w',
  to: `ESCROW:${ref}`,
  amount: fen(100),
  expiresAt,
  ...more,
});
const holding = (db: Db, input: NewHold): Promise<boolean> =>
  inTransaction(db, (tx) => hold(tx, input));
const key = (ref: string) => ({ kind: 'test.hold', ref, at });
const wallet = async (db: Db) => {
  const { balance, held } = await balanceOf(db, 'WALLET:w');
  return [balance, held];
};

test('a hold reserves, a capture takes, the rest of a partial capture is free again', async (t) => {
  const { db } = await freshDatabase(t);
  await fund(db, 250);
  assert.equal(await holding(db, aHold('a')), true);
  assert.equal(await holding(db, aHold('b')), true);
  await assert.rejects(holding(db, aHold('c')), refused('insufficient_funds'));
  await assert.rejects(
    holding(db, aHold('d', { from: 'WALLET:empty' })),
    refused('insufficient_funds'),
  );
  assert.deepEqual(await wallet(db), [250n, 200n]);
  await inTransaction(db, (tx) => capture(tx, key('a')));
  await inTransaction(db, (tx) => capture(tx, { ...key('b'), amount: fen(30) }));
  assert.deepEqual(await wallet(db), [120n, 0n]);
  assert.equal((await balanceOf(db, 'ESCROW:b')).balance, 30n);
  const [movement] = await movementsOf(db, 'order-b');
  assert.deepEqual(
    [movement?.kind, movement?.ref, movement?.legs],
    ['test.hold.capture', 'b', [{ from: 'WALLET:w', to: 'ESCROW:b', amount: 30n }]],
  );
  assert.deepEqual(await reconcile(db), []);
});

test('money on hold cannot be posted away', async (t) => {
  const { db } = await freshDatabase(t);
  await fund(db, 150);
  await holding(db, aHold('a'));
  const spend = (amount: number) =>
    inTransaction(db, (tx) =>
      post(tx, {
        kind: 'spend',
        ref: String(amount),
        subject: 's',
        at,
        legs: [{ from: 'WALLET:w', to: 'FEE', amount: fen(amount) }],
      }),
    );
  await assert.rejects(spend(51), refused('insufficient_funds'));
  assert.equal(await spend(50), true);
  await inTransaction(db, (tx) => capture(tx, key('a')));
  assert.deepEqual(await wallet(db), [0n, 0n]);
});

test('repeats: a hold again is the same hold, with other content a bug; a closed one stays closed', async (t) => {
  const { db } = await freshDatabase(t);
  await fund(db, 1_000);
  for (const ref of ['a', 'b']) await holding(db, aHold(ref));
  assert.equal(await holding(db, aHold('a', { expiresAt: plus(expiresAt, MINUTE) })), false);
  assert.deepEqual(await wallet(db), [1_000n, 200n]);
  for (const other of [
    { amount: fen(99) },
    { to: 'ESCROW:x' },
    { from: 'WALLET:x' },
    { subject: 'x' },
  ])
    await assert.rejects(
      holding(db, aHold('a', other)),
      /held before with other content|insufficient/,
    );
  await inTransaction(db, (tx) => capture(tx, key('a')));
  await assert.rejects(
    inTransaction(db, (tx) => capture(tx, key('a'))),
    refused('hold_closed'),
  );
  await assert.rejects(
    inTransaction(db, (tx) => release(tx, key('a'))),
    refused('hold_closed'),
  );
  assert.equal(await inTransaction(db, (tx) => release(tx, key('b'))), true);
  assert.equal(await inTransaction(db, (tx) => release(tx, key('b'))), false);
  await assert.rejects(
    inTransaction(db, (tx) => capture(tx, key('b'))),
    refused('hold_closed'),
  );
  assert.equal(await holding(db, aHold('a')), false);
  await assert.rejects(
    inTransaction(db, (tx) => release(tx, key('none'))),
    /no such hold/,
  );
  await assert.rejects(
    db.updateTable('ledger.hold').set({ state: 0 }).execute(),
    (error) => sqlState(error) === '23001',
  );
  assert.deepEqual(await wallet(db), [900n, 0n]);
});

test('the clock closes a hold even when the expiry job is late', async (t) => {
  const { db } = await freshDatabase(t);
  await fund(db, 300);
  for (const ref of ['a', 'b', 'c']) await holding(db, aHold(ref));
  const taking = (ref: string, when: Date) =>
    inTransaction(db, (tx) => capture(tx, { ...key(ref), at: when }));
  await assert.rejects(taking('a', expiresAt), refused('hold_closed'));
  await taking('b', plus(expiresAt, -1));
  assert.equal(await expireHolds(db, plus(expiresAt, -1)), 0);
  assert.equal(await expireHolds(db, expiresAt), 2);
  assert.equal(await expireHolds(db, expiresAt), 0);
  assert.deepEqual(await wallet(db), [200n, 0n]);
  assert.deepEqual(
    (await listHolds(db, 'order-a')).map(({ state, closedAt }) => ({ state, closedAt })),
    [{ state: 'expired', closedAt: expiresAt }],
  );
});

test('more holds than one batch expire in one call', async (t) => {
  const { db } = await freshDatabase(t);
  await fund(db, 120_000);
  await inTransaction(db, async (tx) => {
    for (let n = 0; n < 1_050; n++) await hold(tx, aHold(String(n)));
  });
  assert.equal(await expireHolds(db, expiresAt), 1_050);
  assert.deepEqual(await wallet(db), [120_000n, 0n]);
});

test('capture, release and expiry race for 90 holds: exactly one wins each', async (t) => {
  const { db } = await freshDatabase(t);
  const holds = 90;
  await inTransaction(db, async (tx) => {
    const legs = Array.from({ length: holds }, (_, n) => ({
      from: 'CUSTODY:bank',
      to: `WALLET:w${n}`,
      amount: fen(100),
    }));
    await post(tx, { kind: 'fund', ref: 'all', subject: 'fund', at, legs });
    for (let n = 0; n < holds; n++) await hold(tx, { ...aHold(String(n)), from: `WALLET:w${n}` });
  });
  const wins = { capture: 0, release: 0, expire: 0 };
  const tryTo = async (what: 'capture' | 'release', work: (tx: Tx) => Promise<unknown>) => {
    try {
      if ((await inTransaction(db, work)) !== false) wins[what] += 1;
    } catch (error) {
      if (!refused('hold_closed')(error)) throw error;
    }
  };
  const ends: Transfer[] = [];
  for (let n = 0; n < holds; n++) {
    const found = await findHold(db, postingId('hold', key(String(n))));
    assert(found);
    const { id: pendingId, debit, credit, amount } = found;
    const id = closingId('expire', pendingId);
    ends.push({ id, kind: 'expire', debit, credit, amount, pendingId, code: 0, at: expiresAt });
  }
  const expiring = async (n: number): Promise<void> => {
    // As many round trips as the others, or it wins every time.
    const [result] = await inTransaction(db, async (tx) => {
      await findHold(tx, postingId('hold', key(String(n))));
      return await postBatch(tx, ends.slice(n, n + 1));
    });
    assert(result);
    if (result.name === 'ok') wins.expire += 1;
    else assert.equal(result.name, 'hold_closed');
  };
  // The capture believes the time is not over, the expiry believes it is: only the lock decides.
  const racers = Array.from({ length: holds }, (_, n) => {
    const three = [
      () => tryTo('capture', (tx) => capture(tx, { ...key(String(n)), amount: fen(60) })),
      () => tryTo('release', (tx) => release(tx, key(String(n)))),
      () => expiring(n),
    ];
    return [...three.slice(n % 3), ...three.slice(0, n % 3)];
  }).flat();
  await Promise.all(racers.map((race) => race()));
  t.diagnostic(JSON.stringify(wins));
  assert.equal(wins.capture + wins.release + wins.expire, holds);
  for (const [what, count] of Object.entries(wins)) assert(count > 0, `${what} never won`);
  const { classes } = await trialBalance(db);
  assert(classes.every((row) => row.held === 0n));
  const escrow = classes.find((row) => row.class === 'ESCROW');
  assert.equal(escrow?.balance, BigInt(wins.capture * 60));
  assert.equal(await expireHolds(db, expiresAt), 0);
  assert.deepEqual(await reconcile(db), []);
});
