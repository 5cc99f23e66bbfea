/** SQL of accounting periods and day ends. */
import { sql } from 'kysely';
import { type Db, type Fen, fen, type Reader, type Tx } from '#platform';
import type { AccountClass } from './domain.ts';

export interface Period {
  /** `YYYY-MM`. */
  readonly month: string;
  /** The first instant that is no longer in it. */
  readonly endsAt: Date;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly closedBy: string | undefined;
  readonly closedAt: Date | undefined;
}

/** All that were ever proposed, the newest first. */
export async function listPeriods(reader: Reader): Promise<Period[]> {
  const rows = await reader
    .selectFrom('ledger.period')
    .selectAll()
    .orderBy('month', 'desc')
    .execute();
  return rows.map((row) => ({
    month: row.month,
    endsAt: row.ends_at,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    closedBy: row.closed_by ?? undefined,
    closedAt: row.closed_at ?? undefined,
  }));
}

/** The first day of the books. Only before any day end was stored are the entries looked through. */
export async function firstDay(reader: Reader): Promise<string | undefined> {
  const { rows } = await sql<{ day: string | null }>`
    select coalesce((select min(day) from ledger.day_end),
      (select (min(at) at time zone 'Asia/Shanghai')::date from ledger.transfer)) as day`.execute(
    reader,
  );
  return rows[0]?.day ?? undefined;
}

/** False when somebody proposed it before. */
export async function insertPeriod(
  tx: Tx,
  period: Pick<Period, 'month' | 'endsAt' | 'proposedBy' | 'proposedAt'>,
): Promise<boolean> {
  const row = await tx
    .insertInto('ledger.period')
    .values({
      month: period.month,
      ends_at: period.endsAt,
      proposed_by: period.proposedBy,
      proposed_at: period.proposedAt,
    })
    .onConflict((on) => on.column('month').doNothing())
    .returning('month')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Closes it and moves every account to its end. Postings wait meanwhile: those begun earlier end first and may still
 * lie in the month, those that come later find their accounts at its end. `exclusive`, as postings lock rows before they
 * change them: a weaker lock would be granted in between, and both would wait for each other.
 */
export async function closePeriodRows(
  tx: Tx,
  closing: { month: string; closedBy: string; closedAt: Date },
): Promise<void> {
  await sql`lock table ledger.account in exclusive mode`.execute(tx);
  await sql`
    with closed as (
      update ledger.period set closed_by = ${closing.closedBy}, closed_at = ${closing.closedAt}
      where month = ${closing.month} and closed_at is null returning ends_at)
    update ledger.account set last_at = closed.ends_at
    from closed where last_at < closed.ends_at`.execute(tx);
}

export interface DayClass {
  readonly class: AccountClass;
  readonly accounts: number;
  readonly balance: Fen;
}

const toClass = (row: { class: string; accounts: bigint; balance: bigint }): DayClass => ({
  class: row.class as AccountClass,
  accounts: Number(row.accounts),
  balance: fen(row.balance),
});

/** Totals by class of what all accounts had before `moment`, from the entries alone. */
export async function classesBefore(reader: Reader, moment: Date): Promise<DayClass[]> {
  const { rows } = await sql<{ class: string; accounts: bigint; balance: bigint }>`
    with stripe as materialized (
      select id, code, class, ledger.version_before(id, ${moment}) as version from ledger.account_info)
    select stripe.class, count(distinct stripe.code) as accounts, sum(e.balance)::int8 as balance
    from stripe cross join lateral (
      select balance from ledger.entry
      where account = stripe.id and entry.version = stripe.version limit 1) as e
    group by stripe.class order by stripe.class`.execute(reader);
  return rows.map(toClass);
}

/** Days whose end is not stored, or was stored before their month closed; the oldest first. */
export async function daysToTake(
  reader: Reader,
  input: { first: string; last: string; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`
    select day::date::text as day
    from generate_series(${input.first}::date, ${input.last}::date, interval '1 day') as day
    left join ledger.period p on p.month = to_char(day, 'YYYY-MM')
    left join lateral (
      select max(taken_at) as at from ledger.day_end d where d.day = day.day::date) as taken on true
    where taken.at is null or taken.at < p.closed_at
    order by day limit ${input.limit}`.execute(reader);
  return rows.map((row) => row.day);
}

/** Until commit. A day that nobody has stored yet has no row to lock. */
export async function lockDayEnds(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('ledger/day_end', 0))`.execute(tx);
}

export async function replaceDay(
  tx: Tx,
  day: string,
  classes: readonly DayClass[],
  takenAt: Date,
): Promise<void> {
  await tx.deleteFrom('ledger.day_end').where('day', '=', day).execute();
  if (classes.length === 0) return;
  const rows = classes.map(({ class: name, accounts, balance }) => ({
    ...{ day, class: name, balance, taken_at: takenAt },
    accounts: BigInt(accounts),
  }));
  await tx.insertInto('ledger.day_end').values(rows).execute();
}

export interface DayEnd {
  readonly day: string;
  readonly takenAt: Date;
  readonly classes: readonly DayClass[];
}

/** Stored day ends below `before`, the newest first. */
export async function listDays(
  db: Db,
  input: { before: string | undefined; only?: string | undefined; limit: number },
): Promise<DayEnd[]> {
  const { before, only, limit } = input;
  const { rows } = await sql<{
    day: string;
    taken_at: Date;
    class: string;
    accounts: bigint;
    balance: bigint;
  }>`
    select d.* from ledger.day_end d
    where d.day in (
      select distinct day from ledger.day_end
      where (${before ?? null}::date is null or day < ${before ?? null}::date)
        and (${only ?? null}::date is null or day = ${only ?? null}::date)
      order by day desc limit ${limit})
    order by d.day desc, d.class`.execute(db);
  const days = new Map<string, DayEnd & { classes: DayClass[] }>();
  for (const row of rows) {
    const one = days.get(row.day) ?? { day: row.day, takenAt: row.taken_at, classes: [] };
    one.classes.push(toClass(row));
    days.set(row.day, one);
  }
  return [...days.values()];
}
