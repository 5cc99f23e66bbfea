// Goal: an operator's books survive migration 0012: every balance, leg, hold and time is there, and goes on from there.
// Method: the first layout made again and filled as its own code did, then migrated; the new face is asked.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type pg from 'pg';
import { fen, HOUR, inTransaction, MIGRATIONS_DIR, newId, plus, Refused, sha256 } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { transferText } from './domain.ts';
import {
  balanceOf,
  capture,
  expireHolds,
  hold,
  movementsOf,
  post,
  reconcile,
  release,
  statement,
  trialBalance,
} from './index.ts';
import { listHolds } from './posting_store.ts';

const START = new Date('2026-03-01T00:00:00Z');
const hours = (count: number): Date => plus(START, count * HOUR);
const leg = (from: string, to: string, amount: number) => ({ from, to, amount: fen(amount) });
type Leg = ReturnType<typeof leg>;
const migration = (name: string): string => readFileSync(join(MIGRATIONS_DIR, name), 'utf8');

/** The books as the first layout kept them. */
class Before {
  readonly balances = new Map<string, { balance: number; version: number; held: number }>();
  readonly pool: pg.Pool;
  constructor(pool: pg.Pool) {
    this.pool = pool;
  }
  private of(code: string) {
    const found = this.balances.get(code) ?? { balance: 0, version: 0, held: 0 };
    this.balances.set(code, found);
    return found;
  }
  async open(...codes: string[]): Promise<void> {
    for (const code of codes) {
      this.of(code);
      const isAsset = /^(CUSTODY|RECEIVABLE)/.test(code);
      await this.pool.query(
        `insert into ledger.account (code, class, min_balance, max_balance) values ($1, $2, $3, $4)`,
        [code, code.split(':')[0], isAsset || code === 'LOSS' ? null : 0, isAsset ? 0 : null],
      );
    }
  }
  async post(
    kind: string,
    ref: string,
    at: Date,
    legs: Leg[],
    subject = 'order-1',
  ): Promise<string> {
    const id = newId(at);
    await this.pool.query(
      'insert into ledger.transfer (id, kind, ref, subject, at, digest) values ($1, $2, $3, $4, $5, $6)',
      [id, kind, ref, subject, at, sha256(transferText({ kind, ref, subject, legs }))],
    );
    for (const [index, { from, to, amount }] of legs.entries())
      for (const [account, other, signed] of [
        [from, to, -Number(amount)],
        [to, from, Number(amount)],
      ] as const) {
        const now = this.of(account);
        now.balance += signed;
        now.version += 1;
        await this.pool.query(
          `insert into ledger.entry (transfer_id, leg, account, other, amount, balance_after, version, at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)`,
          [id, index + 1, account, other, signed, now.balance, now.version, at],
        );
      }
    return id;
  }
  async hold(
    ref: string,
    at: Date,
    one: Leg,
    closed?: { state: string; at: Date; transfer?: string },
  ) {
    await this.pool.query(
      `insert into ledger.hold (id, kind, ref, subject, source, target, amount, state, at, expires_at, closed_at, transfer_id)
       values ($1, 'h', $2, 'order-1', $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        newId(at),
        ref,
        one.from,
        one.to,
        one.amount,
        closed?.state ?? 'pending',
        at,
        closed?.state === 'expired' ? hours(10) : hours(90),
        closed?.at,
        closed?.transfer,
      ],
    );
    if (!closed) this.of(one.from).held += Number(one.amount);
  }
  async save(): Promise<void> {
    for (const [code, { balance, version, held }] of this.balances)
      await this.pool.query(
        'update ledger.account set balance = $2, version = $3, held = $4 where code = $1',
        [code, balance, version, held],
      );
  }
}

async function fill(pool: pg.Pool): Promise<void> {
  const books = new Before(pool);
  await books.open('CUSTODY:bank', 'WALLET:w', 'ESCROW:o', 'PAYABLE:u', 'FEE', 'LOSS');
  await books.post('in', '1', hours(1), [leg('CUSTODY:bank', 'WALLET:w', 1_000)]);
  const out = [
    leg('WALLET:w', 'ESCROW:o', 100),
    leg('ESCROW:o', 'PAYABLE:u', 90),
    leg('ESCROW:o', 'FEE', 10),
  ];
  await books.post('sale', '1', hours(5), out);
  // Booked later, said to be earlier: two clocks that disagreed.
  await books.post('late', '1', hours(4), [leg('WALLET:w', 'FEE', 7)]);
  await books.post('other', '1', hours(2), [leg('LOSS', 'PAYABLE:u', 5)], 'order-2');
  const taken = await books.post('h.capture', 'taken', hours(7), [leg('WALLET:w', 'ESCROW:o', 20)]);
  await books.hold('taken', hours(6), leg('WALLET:w', 'ESCROW:o', 30), {
    state: 'posted',
    at: hours(7),
    transfer: taken,
  });
  await books.hold('voided', hours(6), leg('WALLET:w', 'ESCROW:o', 40), {
    state: 'voided',
    at: hours(8),
  });
  await books.hold('expired', hours(6), leg('WALLET:w', 'ESCROW:o', 41), {
    state: 'expired',
    at: hours(11),
  });
  await books.hold('open', hours(9), leg('WALLET:w', 'ESCROW:never-seen', 50));
  await books.save();
}

test('books of the first layout are carried over whole', async (t) => {
  const { db, pool } = await freshDatabase(t);
  await pool.query('drop schema ledger cascade');
  await pool.query(migration('0010_ledger.sql'));
  await fill(pool);
  await pool.query(migration('0012_ledger_batches.sql'));
  await pool.query(migration('0014_ledger_periods.sql'));
  await pool.query(migration('0015_ledger_guess.sql'));
  assert.deepEqual(await reconcile(db), []);
  const of = async (code: string) => Object.values(await balanceOf(db, code)).map(Number);
  assert.deepEqual(await of('CUSTODY:bank'), [-1_000, 0]);
  assert.deepEqual(await of('WALLET:w'), [873, 50]);
  assert.deepEqual(await of('ESCROW:o'), [20, 0]);
  assert.deepEqual(await of('PAYABLE:u'), [95, 0]);
  const { debit, credit } = await trialBalance(db);
  assert.deepEqual([debit, credit], [1_005n, 1_005n]);
  const movements = await movementsOf(db, 'order-1');
  assert.deepEqual(
    movements.map(({ kind, ref, at, legs }) => [kind, ref, at, legs.length]),
    [
      ['in', '1', hours(1), 1],
      ['late', '1', hours(4), 1],
      ['sale', '1', hours(5), 3],
      ['h.capture', 'taken', hours(7), 1],
    ],
  );
  const { entries } = await statement(db, 'WALLET:w', { from: START, to: hours(200) });
  assert.deepEqual(
    entries.map(({ kind, other, amount, at }) => [kind, other, Number(amount), at]),
    [
      ['in', 'CUSTODY:bank', 1_000, hours(1)],
      ['sale', 'ESCROW:o', -100, hours(5)],
      ['late', 'FEE', -7, hours(5)],
      ['h.capture', 'ESCROW:o', -20, hours(7)],
    ],
  );
  assert.deepEqual(
    (await listHolds(db, 'order-1'))
      .map(({ ref, state, closedAt }) => [ref, state, closedAt])
      .sort(),
    [
      ['expired', 'expired', hours(11)],
      ['open', 'pending', undefined],
      ['taken', 'posted', hours(7)],
      ['voided', 'voided', hours(8)],
    ],
  );
});

test('old commands repeated are the same commands, and open holds can still be closed', async (t) => {
  const { db, pool } = await freshDatabase(t);
  await pool.query('drop schema ledger cascade');
  await pool.query(migration('0010_ledger.sql'));
  await fill(pool);
  await pool.query(migration('0012_ledger_batches.sql'));
  await pool.query(migration('0014_ledger_periods.sql'));
  await pool.query(migration('0015_ledger_guess.sql'));
  const at = hours(20);
  const repeat = (legs: Leg[]) =>
    inTransaction(db, (tx) => post(tx, { kind: 'in', ref: '1', subject: 'order-1', at, legs }));
  assert.equal(await repeat([leg('CUSTODY:bank', 'WALLET:w', 1_000)]), false);
  await assert.rejects(repeat([leg('CUSTODY:bank', 'WALLET:w', 1_001)]), /other content/);
  const open = {
    kind: 'h',
    ref: 'open',
    subject: 'order-1',
    from: 'WALLET:w',
    to: 'ESCROW:never-seen',
  };
  const again = { ...open, at, amount: fen(50), expiresAt: hours(99) };
  assert.equal(await inTransaction(db, (tx) => hold(tx, again)), false);
  const releasing = (ref: string) => inTransaction(db, (tx) => release(tx, { kind: 'h', ref, at }));
  assert.equal(await releasing('voided'), false);
  assert.equal(await releasing('expired'), false);
  await assert.rejects(releasing('taken'), (error) => error instanceof Refused);
  await inTransaction(db, (tx) => capture(tx, { kind: 'h', ref: 'open', at, amount: fen(45) }));
  assert.equal((await balanceOf(db, 'ESCROW:never-seen')).balance, 45n);
  assert.equal(await expireHolds(db, hours(500)), 0);
  assert.deepEqual(await reconcile(db), []);
});

test('a house without a single transfer migrates too', async (t) => {
  const { db, pool } = await freshDatabase(t);
  await pool.query('drop schema ledger cascade');
  await pool.query(migration('0010_ledger.sql'));
  await pool.query(migration('0012_ledger_batches.sql'));
  await pool.query(migration('0014_ledger_periods.sql'));
  await pool.query(migration('0015_ledger_guess.sql'));
  assert.deepEqual(await reconcile(db), []);
});
