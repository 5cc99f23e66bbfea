/** Reading the books: balances, statements, movements of a subject, the trial balance, and the check of it all. */
import { type Fen, fen, type Reader, Refused, sum, ZERO } from '#platform';
import { type Finding, findDifferences } from './audit_store.ts';
import { type AccountCode, classOf, type Leg } from './domain.ts';
import {
  type ClassTotal,
  type EntryRow,
  findAccount,
  listEntries,
  listEntriesAfter,
  listLegs,
  type Mark,
  sumBefore,
  sumByClass,
} from './store.ts';

export const STATEMENT_ENTRIES_MAX = 20_000;

/** An account that nothing was ever posted to has nothing. */
export async function balanceOf(
  reader: Reader,
  code: AccountCode,
): Promise<{ balance: Fen; held: Fen }> {
  classOf(code);
  const account = await findAccount(reader, code);
  return { balance: account?.balance ?? ZERO, held: account?.held ?? ZERO };
}

export interface StatementEntry extends Omit<EntryRow, 'amount' | 'version'> {
  readonly amount: Fen;
  /** Balance after this entry: opening plus all entries so far. */
  readonly balance: Fen;
  readonly version: number;
}
export interface Statement {
  readonly account: AccountCode;
  readonly from: Date;
  readonly to: Date;
  readonly opening: Fen;
  readonly entries: readonly StatementEntry[];
  readonly closing: Fen;
}

/** Entries from `from` up to, not including, `to`. Refuses `statement_too_long`. */
export async function statement(
  reader: Reader,
  code: AccountCode,
  { from, to }: { from: Date; to: Date },
): Promise<Statement> {
  const limit = STATEMENT_ENTRIES_MAX + 1;
  const rows = await listEntries(reader, code, { from, to, limit });
  if (rows.length === limit)
    throw new Refused('statement_too_long', { max: STATEMENT_ENTRIES_MAX });
  const opening = await sumBefore(reader, code, from);
  let balance = opening;
  const entries = rows.map((row) => {
    const amount = fen(row.amount);
    balance = fen(balance + amount);
    return { ...row, amount, balance, version: Number(row.version) };
  });
  return { account: code, from, to, opening, entries, closing: balance };
}

/** What the account had just before `at`: found by halving, whatever its size. A hub is the sum of its stripes. */
export async function balanceAt(reader: Reader, code: AccountCode, at: Date): Promise<Fen> {
  classOf(code);
  return await sumBefore(reader, code, at);
}

export interface StatementPage {
  readonly entries: readonly (Omit<StatementEntry, 'version'> & { readonly no: number })[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: PageEnd | undefined;
}
export interface PageEnd extends Mark {
  /** Balance and number of entries so far. */
  readonly balance: Fen;
  readonly no: number;
}

/** A part of a statement of any length. Pages follow each other by where the last one ended. */
export async function statementPage(
  reader: Reader,
  code: AccountCode,
  page: { from: Date; to: Date; after: PageEnd | undefined; limit: number },
): Promise<StatementPage> {
  const { after, limit } = page;
  const rows = await listEntriesAfter(reader, code, { ...page, limit: limit + 1 });
  let balance = after?.balance ?? (await sumBefore(reader, code, page.from));
  let no = after?.no ?? 0;
  const shown = rows.slice(0, limit);
  const entries = shown.map(({ stripe: _stripe, version: _version, ...row }) => {
    const amount = fen(row.amount);
    balance = fen(balance + amount);
    return { ...row, amount, balance, no: ++no };
  });
  const last = shown.at(-1);
  const next =
    rows.length > limit && last
      ? { at: last.at, stripe: last.stripe, version: last.version, balance, no }
      : undefined;
  return { entries, next };
}

export interface Movement {
  readonly id: string;
  readonly kind: string;
  readonly ref: string;
  readonly subject: string;
  readonly at: Date;
  readonly legs: readonly Leg[];
}

/** All transfers of one subject with their legs, in the order of posting. */
export async function movementsOf(reader: Reader, subject: string): Promise<Movement[]> {
  const movements = new Map<string, Movement & { legs: Leg[] }>();
  for (const { from, to, amount, ...transfer } of await listLegs(reader, subject)) {
    const movement = movements.get(transfer.id) ?? { ...transfer, legs: [] };
    movement.legs.push({ from, to, amount: fen(amount) });
    movements.set(transfer.id, movement);
  }
  return [...movements.values()];
}

export interface TrialBalance {
  readonly classes: readonly ClassTotal[];
  /** What we hold or are owed (balances below zero), and what we owe or have earned; equal, or the books are wrong. */
  readonly debit: Fen;
  readonly credit: Fen;
}

export async function trialBalance(reader: Reader): Promise<TrialBalance> {
  const classes = await sumByClass(reader);
  const balances = classes.map((row) => row.balance);
  return {
    classes,
    debit: fen(-sum(balances.filter((balance) => balance < 0n))),
    credit: sum(balances.filter((balance) => balance > 0n)),
  };
}

/** Recomputes every balance, held amount and version from entries and holds; empty when the books are right. */
export const reconcile = (reader: Reader): Promise<Finding[]> => findDifferences(reader);
