/**
 * Months that close and days that end. A month is proposed by one person and closed by another, in order, when it is
 * over; from then on it takes no entry, and nobody can open it again. What is posted later with an earlier time is
 * entered at the first instant of the month after; the posting keeps the time that its caller said.
 */
import assert from 'node:assert/strict';
import {
  addDays,
  chinaDay,
  chinaInstant,
  type Db,
  fen,
  HOUR,
  inTransaction,
  plus,
  type Reader,
  Refused,
  sum,
  type Tx,
} from '#platform';
import {
  classesBefore,
  closePeriodRows,
  type DayClass,
  type DayEnd,
  daysToTake,
  firstDay,
  insertPeriod,
  listDays,
  listPeriods,
  lockDayEnds,
  type Period,
  replaceDay,
} from './period_store.ts';

export type { DayClass, DayEnd, Period };

/** Jobs that began before midnight may still post for the day that is over. */
const DAY_END_AFTER_MS = HOUR;
const DAYS_AT_ONCE = 62;

export interface Periods {
  readonly items: readonly Period[];
  /** The only month that may be proposed or closed next; undefined while the books are empty. */
  readonly next: { month: string; endsAt: Date; isOver: boolean } | undefined;
}

export async function periods(reader: Reader, at: Date): Promise<Periods> {
  const items = await listPeriods(reader);
  const last = items.find(({ closedAt }) => closedAt);
  const day = last ? chinaDay(last.endsAt) : await firstDay(reader);
  if (!day) return { items, next: undefined };
  const month = day.slice(0, 7);
  const endsAt = endOf(month);
  return { items, next: { month, endsAt, isOver: endsAt <= at } };
}

export const endOf = (month: string): Date =>
  chinaInstant(`${addDays(`${month}-28`, 4).slice(0, 7)}-01`);

interface Act {
  readonly month: string;
  readonly by: string;
  readonly at: Date;
}

/** Refuses `period_out_of_order`, `period_not_over`, and `wrong_state` when it is proposed already. */
export async function proposeClose(tx: Tx, { month, by, at }: Act): Promise<void> {
  const { endsAt } = await theNext(tx, { month, at });
  if (!(await insertPeriod(tx, { month, endsAt, proposedBy: by, proposedAt: at })))
    throw new Refused('wrong_state', { state: 'proposed' });
}

/** Refuses as `proposeClose` does, and `maker_cannot_approve`: it takes a second person. */
export async function closePeriod(tx: Tx, { month, by, at }: Act): Promise<void> {
  await theNext(tx, { month, at });
  const proposed = (await listPeriods(tx)).find((one) => one.month === month);
  if (!proposed) throw new Refused('wrong_state', { state: 'open' });
  if (proposed.proposedBy === by) throw new Refused('maker_cannot_approve');
  await closePeriodRows(tx, { month, closedBy: by, closedAt: at });
  const total = sum((await classesBefore(tx, proposed.endsAt)).map(({ balance }) => balance));
  assert(total === 0n, `the books of ${month} do not balance`);
}

async function theNext(
  tx: Tx,
  { month, at }: Pick<Act, 'month' | 'at'>,
): Promise<NonNullable<Periods['next']>> {
  const { next } = await periods(tx, at);
  if (next?.month !== month)
    throw new Refused('period_out_of_order', { expected: next?.month ?? '–' });
  if (!next.isOver) throw new Refused('period_not_over', { month });
  return next;
}

/** Stores the ends of all days that are over, and again those of a month that closed since; gives how many. */
export async function takeDayEnds(db: Db, at: Date): Promise<number> {
  const first = await firstDay(db);
  if (!first) return 0;
  const last = addDays(chinaDay(plus(at, -DAY_END_AFTER_MS)), -1);
  const days = await daysToTake(db, { first, last, limit: DAYS_AT_ONCE });
  let taken = 0;
  for (const day of days) if (await inTransaction(db, (tx) => takeDay(tx, day, at))) taken += 1;
  return taken;
}

/** False: another process took it since it was found to be due. */
async function takeDay(tx: Tx, day: string, at: Date): Promise<boolean> {
  await lockDayEnds(tx);
  const due = await daysToTake(tx, { first: day, last: day, limit: 1 });
  if (due.length === 0) return false;
  await replaceDay(tx, day, await classesBefore(tx, chinaInstant(addDays(day, 1))), at);
  return true;
}

export interface DayView extends DayEnd {
  readonly debit: bigint;
  readonly credit: bigint;
  /** Its month is closed: nothing can change it any more. */
  readonly isFinal: boolean;
}

/** The newest first; one more than `limit`. */
export async function dayEnds(
  db: Db,
  input: { before: string | undefined; only?: string; limit: number },
): Promise<DayView[]> {
  const closed = new Map((await listPeriods(db)).map((one) => [one.month, one.closedAt]));
  return (await listDays(db, input)).map((day) => {
    const balances = day.classes.map(({ balance }) => balance);
    const closedAt = closed.get(day.day.slice(0, 7));
    return {
      ...day,
      debit: fen(-sum(balances.filter((balance) => balance < 0n))),
      credit: sum(balances.filter((balance) => balance > 0n)),
      isFinal: closedAt !== undefined && day.takenAt >= closedAt,
    };
  });
}

/** What the entries say of the end of that day now: the same, unless something was posted for it later. */
export const recomputeDay = (reader: Reader, day: string): Promise<DayClass[]> =>
  classesBefore(reader, chinaInstant(addDays(day, 1)));
