/** The ledger as the house runs it: real accounts, the queue with its writers, callers that wait for their answer. */
import assert from 'node:assert/strict';
import type pg from 'pg';
import {
  accountIds,
  type LedgerQueue,
  type Outcome,
  openQueue,
  STRIPES,
  stripeIds,
  type Transfer,
} from '#ledger';
import { newId, openDatabase } from '#platform';
import type { Load } from './ledger-load.ts';
import { pairOf, type Shape, USERS } from './ledger-peers.ts';

export interface Subject {
  ours(shape: Shape, callers: number): Load;
  holds(callers: number): Load;
  close(): Promise<void>;
}

const FUNDS = 1_000_000_000n;
const CODE = 1;

export async function openSubject(pool: pg.Pool, url: string): Promise<Subject> {
  const db = openDatabase(pool);
  const users = await accountIds(
    db,
    Array.from({ length: USERS }, (_, index) => `WALLET:bench-${index}`),
  );
  const [hub, source] = (await accountIds(db, ['ESCROW:bench', 'LOSS'])) as [bigint, bigint];
  const stripes = await stripeIds(db, 'FEE', STRIPES);
  const plain = openQueue({ url, db });
  // Two writers, for two cores is what we have to show that they do not wait for each other.
  const striped = openQueue({
    ...{ url, db, writers: 2 },
    hubs: new Map([[stripes[0] as bigint, stripes]]),
  });
  const transfer = (debit: bigint, credit: bigint, amount: bigint): Transfer => {
    const at = new Date();
    return { id: newId(at), kind: 'post', debit, credit, amount, code: CODE, at };
  };
  await Promise.all(users.map((user) => done(plain, transfer(source, user, FUNDS))));
  await pool.query('vacuum analyze ledger.account, ledger.transfer');

  const amount = (): bigint => BigInt(2 + Math.floor(Math.random() * 100));
  const user = (number: number): bigint => users[number - 1] as bigint;
  const once = (shape: Shape) => (): Promise<void> => {
    const { debit, credit } = pairOf(shape);
    const target = credit > 0 ? user(credit) : shape === 'striped' ? (stripes[0] as bigint) : hub;
    return done(shape === 'striped' ? striped : plain, transfer(user(debit), target, amount()));
  };
  const holdAndCapture = async (): Promise<void> => {
    const held = transfer(user(pairOf('hot').debit), hub, amount());
    const expiresAt = new Date(held.at.getTime() + 3_600_000);
    await done(plain, { ...held, kind: 'hold', expiresAt });
    const part = held.amount / 2n;
    await done(plain, { ...held, id: newId(), kind: 'capture', amount: part, pendingId: held.id });
  };
  return {
    ours: (shape, callers) => ({ name: `ledger, ${shape}`, callers, once: once(shape) }),
    holds: (callers) => ({
      name: 'ledger, hold + capture',
      callers,
      each: 2,
      once: holdAndCapture,
    }),
    close: async () => {
      await plain.close();
      await striped.close();
    },
  };
}

async function done(queue: LedgerQueue, transfer: Transfer): Promise<void> {
  const outcome: Outcome = await queue.post(transfer);
  assert(outcome !== 'unknown' && outcome.name === 'ok', JSON.stringify(outcome));
}
