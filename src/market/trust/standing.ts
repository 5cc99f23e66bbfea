/** What a person's deeds come to: noted as they happen, scored when asked, vouched for once a day. */
import {
  DAY,
  type Db,
  type Fen,
  HOUR,
  inTransaction,
  newId,
  plus,
  type Reader,
  type Tx,
} from '#platform';
import { scoreSeller } from '../find/project.ts';
import { type DeedKind, type Score, scoreOf } from './score.ts';
import {
  insertDeed,
  listDeeds,
  listSellersOnSale,
  listTrades,
  saveVouches,
  vouchedSince,
} from './store.ts';
import { vouches } from './vouch.ts';

/** Notes a deed once; repeating it is no second deed. */
export async function noteDeed(
  tx: Tx,
  deed: {
    personId: string;
    kind: DeedKind;
    subject: string;
    counterparty?: string | undefined;
    valueFen: Fen;
    freshCard?: boolean;
    at: Date;
  },
): Promise<void> {
  await insertDeed(tx, { ...deed, id: newId(deed.at), freshCard: deed.freshCard ?? true });
}

export const standingOf = async (reader: Reader, personId: string, at: Date): Promise<Score> =>
  scoreOf(await listDeeds(reader, personId), at);

/** Who knows whom changes slowly, and the walk costs n·log n. */
const REFRESH_HOURS = 20;
/** Trades older than two years say little about who knows whom. */
const TRADES_DAYS = 730;

/**
 * Walks trust along all trades anew. `anchors` are people whom the house knows from its own dealings, for example
 * by cards that they sold to a recycler. A person without trades has no share, and counts as a stranger.
 */
export async function refreshVouches(
  db: Db,
  input: { anchors: readonly string[]; at: Date },
): Promise<number> {
  const { at } = input;
  if (await vouchedSince(db, plus(at, -REFRESH_HOURS * HOUR))) return 0;
  return await inTransaction(db, async (tx) => {
    const shares = vouches(
      await listTrades(tx, plus(at, -TRADES_DAYS * DAY)),
      new Set(input.anchors),
    );
    await saveVouches(tx, shares, at);
    return shares.size;
  });
}

/** Brings the scores of those who sell now into the search; tens are as fine as anybody filters. */
export async function refreshScores(db: Db, at: Date): Promise<number> {
  const stale: { sellerId: string; score: number }[] = [];
  for (const { sellerId, shown } of await listSellersOnSale(db)) {
    const score = Math.floor((await standingOf(db, sellerId, at)).score / TENTHS);
    if (score !== shown) stale.push({ sellerId, score });
  }
  for (const { sellerId, score } of stale)
    await inTransaction(db, (tx) => scoreSeller(tx, sellerId, score));
  return stale.length;
}
/** Search counts to a hundred, the score to a thousand. */
const TENTHS = 10;
