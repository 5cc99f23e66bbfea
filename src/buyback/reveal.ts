/** The recycler opens the card it has paid for: once, written down first, whatever way the card was bought. */
import {
  type CardSecret,
  cardOf,
  disencumber,
  type IssuerDeps,
  openRecorded,
  recordOpening,
  setCustody,
} from '#cards';
import { addJob, type Db, inTransaction, type Keys, type Reader, Refused } from '#platform';
import { takeOrder } from './change.ts';
import type { State } from './life.ts';
import { findWon, type Order, saveOrder } from './store.ts';

export interface RevealDeps {
  readonly db: Db;
  readonly keys: Keys;
  readonly cards: IssuerDeps;
}

/** The money has left the wallet, and the card is not being argued about. */
const PAID_IN: ReadonlySet<State> = new Set(['verified', 'settled', 'closed']);

export const mayReveal = ({ state, card_id, opened_at }: Order): boolean =>
  PAID_IN.has(state) && card_id !== null && opened_at === null;

/** The card carries the promise of this very purchase; while it is on the market it carries another one. */
export async function isInStock(reader: Reader, { id, card_id: cardId }: Order): Promise<boolean> {
  return cardId !== null && (await cardOf(reader, cardId))?.encumbrance?.ref === id;
}

/**
 * Refuses wrong_state before the money is paid in, card_resold while it is on the market, already_revealed the second
 * time. The issuer's lock ends by a job.
 */
export async function revealBought(
  { db, keys }: Pick<RevealDeps, 'db' | 'keys'>,
  who: { recyclerId: string; userId: string; orderId: string; at: Date },
): Promise<CardSecret> {
  const { recyclerId, userId: personId, orderId: cause, at } = who;
  const cardId = await inTransaction(db, async (tx) => {
    const order = await takeOrder(tx, cause);
    const { card_id: bought } = order;
    if (order.recycler !== recyclerId) throw new Refused('not_found');
    if (order.resale_id !== null && !order.opened_at && !(await isInStock(tx, order)))
      throw new Refused('card_resold');
    if (!PAID_IN.has(order.state) || bought === null) throw new Refused('wrong_state');
    await recordOpening(tx, { cardId: bought, cause, personId, at });
    await saveOrder(tx, cause, { opened_at: at });
    // Whoever has seen it holds it: no other promise of ours can be made on this card.
    await setCustody(tx, { cardId: bought, custody: 'buyer', at });
    if (order.state === 'closed') await disencumber(tx, { cardId: bought, ref: cause, at });
    await addJob(tx, 'buyback.unlock', { orderId: cause });
    return bought;
  });
  return await openRecorded({ db, keys }, { cardId, cause, personId });
}

/** The same, named by the auction that it was won at. */
export async function revealWon(
  deps: Pick<RevealDeps, 'db' | 'keys'>,
  {
    auctionId,
    ...who
  }: {
    recyclerId: string;
    userId: string;
    auctionId: string;
    at: Date;
  },
): Promise<CardSecret> {
  const orderId = await findWon(deps.db, auctionId);
  if (!orderId) throw new Refused('not_found');
  return await revealBought(deps, { ...who, orderId });
}
