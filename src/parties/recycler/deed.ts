/** What a recycler did, good or bad, and what follows at once: its rank in the books, or a restriction with a reason. */
import { DAY, newId, plus, type Reader, type Tx } from '#platform';
import { append } from '#record';
import { isRecyclerId, mayBid, type Reason } from './domain.ts';
import { type DeedKind, restrictionFor, type Scorecard, scorecard, WINDOW_DAYS } from './score.ts';
import { step } from './standing.ts';
import { lockRecycler, type RecyclerRow, saveRecycler } from './store.ts';
import { deedsSince, insertDeed } from './store-deeds.ts';
import type { RecyclerNews } from './tell.ts';

export interface Deed {
  readonly recyclerId: string;
  readonly kind: DeedKind;
  /** The order or auction; the same fact is noted once. */
  readonly subject: string;
  /** Of `settled`: fen; of `reported`: minutes since the card was theirs; of `defaulted`: what others had to pay. */
  readonly value?: bigint;
  readonly at: Date;
  readonly news: RecyclerNews;
}

const windowOf = (at: Date): Date => plus(at, -WINDOW_DAYS * DAY);

/** Locks the recycler, so call it before money moves. The house is not judged: staff see all it does. */
export async function noteDeed(tx: Tx, deed: Deed): Promise<void> {
  const { recyclerId: recycler, kind, subject, value = 0n, at, news } = deed;
  if (!isRecyclerId(recycler)) return;
  const row = await lockRecycler(tx, recycler);
  if (!(await insertDeed(tx, { id: newId(at), recycler, kind, subject, value, at }))) return;
  if (kind !== 'settled' && kind !== 'reported')
    await append(tx, { subject: recycler, type: 'recycler.deed', data: { kind, subject }, at });
  if (!row) return;
  const { rank } = await scorecardOf(tx, { recyclerId: recycler, at });
  if (rank !== row.rank) await saveRecycler(tx, recycler, { rank });
  // Whoever let its deposit or the reserve pay may not go on as if nothing had happened.
  const reason = kind === 'defaulted' && value > 0n ? 'default' : undefined;
  await restrictIfDue(tx, row, { at, news, reason });
}

async function restrictIfDue(
  tx: Tx,
  row: RecyclerRow,
  { at, news, reason: given }: Pick<Deed, 'at' | 'news'> & { reason: Reason | undefined },
): Promise<void> {
  if (!mayBid(row.state)) return;
  const start = windowOf(at);
  const since = row.judgedFrom && row.judgedFrom > start ? row.judgedFrom : start;
  const reason = given ?? restrictionFor(await deedsSince(tx, { recycler: row.id, since }));
  if (!reason) return;
  const to = { transition: 'restrict', by: 'system', at, news } as const;
  await step(tx, row, { ...to, record: { reason }, patch: { reason } });
}

export const scorecardOf = async (
  reader: Reader,
  { recyclerId: recycler, at }: { recyclerId: string; at: Date },
): Promise<Scorecard> => scorecard(await deedsSince(reader, { recycler, since: windowOf(at) }));
