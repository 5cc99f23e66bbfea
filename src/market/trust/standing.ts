/** What a person's deeds come to: noted as they happen, scored when asked, vouched for once a day. */
import {
  DAY,
  type Db,
  type Fen,
  inTransaction,
  newId,
  plus,
  type Reader,
  type Tx,
} from '#platform';
import { type DeedKind, type Score, scoreOf } from './score.ts';
import { insertDeed, listDeeds, listTrades, saveVouches } from './store.ts';
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
  return await inTransaction(db, async (tx) => {
    const shares = vouches(
      await listTrades(tx, plus(at, -TRADES_DAYS * DAY)),
      new Set(input.anchors),
    );
    await saveVouches(tx, shares, at);
    return shares.size;
  });
}
