/** Random batches for the books and for the reference, side by side: every answer and every row must be the same. */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { type Db, fen, inTransaction, MINUTE, newId, plus } from '#platform';
import {
  type AccountId,
  accountIds,
  closeAccount,
  postBatch,
  setCreditLine,
  type Transfer,
  type TransferKind,
} from './index.ts';
import { Reference } from './reference.ts';

const START = new Date('2026-03-01T00:00:00Z');
const BOUND = 1_000_000_000_000_000n;
/** A new set of accounts after so many batches: empty ones see other refusals than full ones. */
const WORLD_BATCHES = 40;
const LEGS_MAX = 12;

export type Random = (below: number) => number;

/** Mulberry32: a seed makes a run again. */
export function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Accounts of every kind, in the books and in the reference. */
export interface World {
  readonly reference: Reference;
  readonly accounts: readonly AccountId[];
  readonly past: Transfer[];
  minute: number;
}

let worlds = 0;

export async function newWorld(db: Db): Promise<World> {
  const name = `m${process.pid}-${++worlds}`;
  const codes = ['CUSTODY', 'RECEIVABLE', 'WALLET', 'ESCROW', 'PAYABLE', 'HELD', 'CLEARING'];
  const plain = [...codes.map((code) => `${code}:${name}`), `LOSS:${name}`, `LOSS:${name}-2`];
  const [shut, credit, points, more] = [
    `CHARITY:${name}`,
    `DEPOSIT:${name}`,
    `PREMIUM:${name}`,
    `FEE:${name}`,
  ];
  const ids = await accountIds(db, [...plain, shut, credit, points, more]);
  await inTransaction(db, async (tx) => {
    assert(await closeAccount(tx, shut));
    assert(await setCreditLine(tx, credit, fen(50)));
    const other = ids.slice(-2);
    await sql`update ledger.account set asset = 2, min_balance = null
      where id = any(${other}::int8[])`.execute(tx);
  });
  const reference = new Reference();
  const { rows } = await sql<{
    id: bigint;
    asset: number;
    min: bigint | null;
    max: bigint | null;
    closed: boolean;
  }>`select id, asset, min_balance as min, max_balance as max, closed
     from ledger.account where id = any(${ids}::int8[])`.execute(db);
  for (const { id, ...rest } of rows) {
    const zero = { balance: 0n, held: 0n, incoming: 0n, version: 0n, lastAt: -Infinity };
    reference.accounts.set(id, { ...rest, ...zero });
  }
  const nobody = 4_000_000_000_000_000_000n + BigInt(worlds);
  return { reference, accounts: [...ids, nobody], past: [], minute: 0 };
}

const EXTREMES = [
  0n,
  -1n,
  BOUND,
  BOUND,
  BOUND + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 64n,
  BOUND - 3n,
];

/** Now and then just what the account can give or take, or one fen more; or what no sane caller would send. */
function anAmount(world: World, random: Random, debit: AccountId, credit: AccountId): bigint {
  const from = world.reference.accounts.get(debit);
  const to = world.reference.accounts.get(credit);
  const more = BigInt(random(2));
  switch (random(14)) {
    case 0:
      return from?.min != null ? from.balance - from.held - from.min + more : 2n;
    case 1:
      return to?.max != null ? to.max - to.balance + more : 3n;
    case 2:
      if (random(2)) return 1n;
      // Once an account is as full as can be, the world is a dull one: not too often.
      if (random(4)) return EXTREMES[random(EXTREMES.length)] as bigint;
      return to ? BOUND - to.balance + more : BOUND;
    default:
      return BigInt(1 + random(60));
  }
}

/** Whole minutes most of the time, so that a moment is often just that of an expiry. */
const aMoment = ({ minute }: World, random: Random): Date =>
  plus(START, (minute + random(3) - 1) * MINUTE + (random(4) ? 0 : random(1_000)));

/** One leg: mostly sensible, now and then not. */
function aLeg(world: World, random: Random, soFar: readonly Transfer[]): Transfer {
  const { accounts } = world;
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const at = aMoment(world, random);
  const older = [...soFar, ...world.past.slice(-25)];
  if (older.length > 0 && random(10) === 0) return repeated(pick(older), random, pick(accounts));
  // Half of the accounts most of the time: money has to come in before it can go out.
  const main = accounts.slice(0, random(4) ? 5 : accounts.length);
  const debit = random(3) ? pick(main) : (accounts[0] as AccountId);
  const credit = pick(main);
  const amount = anAmount(world, random, debit, credit);
  const id = random(8) ? newId(plus(at, random(2) * MINUTE)) : newId(new Date(random(1e12)));
  const ref = random(2) ? { ref: newId(at) } : {};
  const kind = pick<TransferKind>([
    ...(['post', 'post', 'post', 'post', 'hold', 'hold', 'hold'] as const),
    ...(['capture', 'capture', 'void', 'expire', 'expire'] as const),
  ]);
  const base = { id, kind, debit, credit, amount, code: 1 + random(3), at, ...ref };
  const odd = random(60) === 0;
  if (kind === 'post') return odd ? { ...base, pendingId: newId(at) } : base;
  if (kind === 'hold') {
    const expiresAt = plus(at, random(random(2) ? 3 : 12) * MINUTE);
    return odd ? base : { ...base, expiresAt };
  }
  if (odd) return base;
  const holds = older.filter((one) => one.kind === 'hold');
  // Mostly one that is open, or few captures get as far as the bounds of the account.
  const open = holds.filter(({ id }) => world.reference.holds.get(id)?.state === 0);
  const choice = open.length > 0 && random(4) ? open : holds;
  const hold = holds.length > 0 && random(10) ? pick(choice.slice(-8)) : undefined;
  if (!hold) return { ...base, pendingId: newId(at) };
  const part = kind === 'capture' && random(2) ? 1n : hold.amount;
  return {
    ...base,
    pendingId: hold.id,
    debit: random(15) ? hold.debit : debit,
    credit: random(15) ? hold.credit : credit,
    amount: random(6) ? part : hold.amount + (random(2) ? 1n : -1n),
    ...(random(4) === 0 && hold.expiresAt && { at: hold.expiresAt }),
  };
}

/** A leg of the kind that the short loop of post_batch is for. */
function aPlainLeg(world: World, random: Random): Transfer {
  const main = world.accounts.slice(0, random(4) ? 5 : 13);
  const pick = (): AccountId => main[random(main.length)] as AccountId;
  const [debit, credit] = [random(3) ? pick() : (main[0] as AccountId), pick()];
  const at = aMoment(world, random);
  const amount = anAmount(world, random, debit, credit);
  // By the real clock, above all other ids here, as ids in life are.
  const id = newId();
  return { id, kind: 'post', debit, credit, amount, code: 1 + random(3), at };
}

/** The same transfer again, or nearly the same. */
function repeated(first: Transfer, random: Random, account: AccountId): Transfer {
  const { linked: _, ...same } = first;
  const changes: Partial<Transfer>[] = [
    ...[{}, {}, {}, {}, {}],
    { debit: account },
    { credit: account },
    { amount: first.amount + 1n },
    { code: first.code + 1 },
    { ref: newId(first.at) },
    { kind: first.kind === 'post' ? 'hold' : 'post' },
    { pendingId: newId(first.at) },
  ];
  return { ...same, ...changes[random(changes.length)] };
}

export function aBatch(world: World, random: Random): Transfer[] {
  world.minute += random(3) === 0 ? 1 : 0;
  const batch: Transfer[] = [];
  const last = world.past.at(-1);
  if (last && random(12) === 0) return [{ ...last, linked: false }];
  const size = 1 + random(random(6) ? 5 : LEGS_MAX);
  if (random(3) === 0) {
    const legs = Array.from({ length: size }, () => aPlainLeg(world, random));
    const isOdd = ({ debit, credit, amount }: Transfer): boolean =>
      debit === credit || amount < 1n || amount > BOUND;
    return random(2) ? legs.filter((leg) => !isOdd(leg)) : legs;
  }
  while (batch.length < size) {
    const leg = aLeg(world, random, batch);
    batch.push(random(4) === 0 ? { ...leg, linked: true } : leg);
  }
  const end = batch.length - 1;
  if (random(12)) batch[end] = { ...(batch[end] as Transfer), linked: false };
  return batch;
}

/** Answers of the books, in the words of the reference. */
export async function answersOf(db: Db, batch: readonly Transfer[]): Promise<string[]> {
  const results = await postBatch(db, batch);
  return results.map(({ name, replayed }) => (replayed ? `again:${name}` : name));
}

/** Every row of the world's accounts, transfers, holds and rejects against the reference. */
export async function compareRows(db: Db, { reference, accounts }: World): Promise<void> {
  const among = sql`any(${accounts}::int8[])`;
  const { rows: books } = await sql<{ id: bigint; row: unknown[] }>`
    select id, array[balance::text, held::text, incoming::text, version::text,
      extract(epoch from last_at)::text] as row
    from ledger.account where id = ${among} order by id`.execute(db);
  for (const { id, row } of books) {
    const { balance, held, incoming, version, lastAt } = found(reference.accounts.get(id));
    const at = Number.isFinite(lastAt) ? (lastAt / 1_000).toFixed(6) : '-Infinity';
    assert.deepEqual(
      row,
      [`${balance}`, `${held}`, `${incoming}`, `${version}`, at],
      `account ${id}`,
    );
  }
  const { rows: transfers } = await sql<{ id: string; at: Date; sides: bigint[] | null }>`
    select id, at, case when debit_version is not null
      then array[debit_version, credit_version, debit_balance, credit_balance] end as sides
    from ledger.transfer where debit = ${among}`.execute(db);
  assert.equal(transfers.length, reference.posted.size, 'transfers');
  for (const { id, at, sides } of transfers) {
    const expected = found(reference.posted.get(id));
    assert.deepEqual(
      [at.getTime(), sides?.map(BigInt) ?? undefined],
      [expected.at, expected.sides],
      `transfer ${id}`,
    );
  }
  const { rows: holds } = await sql<{ id: string; state: number }>`
    select id, state from ledger.hold where debit = ${among}`.execute(db);
  assert.deepEqual(
    new Map(holds.map(({ id, state }) => [id, state])),
    new Map([...reference.holds].sort().map(([id, { state }]) => [id, state])),
    'holds',
  );
  const { rows: rejects } = await sql<{ id: string }>`
    select id from ledger.reject where id = any(${[...reference.rejected.keys()]}::uuid[])`.execute(
    db,
  );
  assert.equal(rejects.length, reference.rejected.size, 'rejects');
}

function found<T>(value: T | undefined): T {
  assert(value !== undefined, 'not in the reference');
  return value;
}

/** Plays `batches` random batches; throws at the first difference. Returns the answers that were seen. */
export async function play(db: Db, seed: number, batches: number): Promise<Set<string>> {
  const random = randomFrom(seed);
  const seen = new Set<string>();
  for (let done = 0; done < batches; ) {
    const world = await newWorld(db);
    for (let n = 0; n < WORLD_BATCHES && done < batches; n++, done++) {
      const batch = aBatch(world, random);
      const expected = world.reference.post(batch);
      const answers = await answersOf(db, batch);
      assert.deepEqual(answers, expected, `seed ${seed}, batch ${done}: ${inWords(batch)}`);
      for (const answer of answers) seen.add(answer);
      world.past.push(...batch);
    }
    await compareRows(db, world);
  }
  return seen;
}

const inWords = (batch: readonly Transfer[]): string =>
  JSON.stringify(batch, (_, value) => (typeof value === 'bigint' ? String(value) : value));
