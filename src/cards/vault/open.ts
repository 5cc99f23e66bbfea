/**
 * How a person opens the one card that became theirs: written down first, once a cause, then decrypted. The caller
 * has made sure that the card is theirs to see; an operator's way is the four-eyes reveal.
 */
import { type Keys, type Reader, Refused, type Tx } from '#platform';
import { append } from '#record';
import { refuseStopped } from '../stop/gate.ts';
import type { CardSecret } from './envelope.ts';
import { takeOut } from './keep.ts';
import { findOpening, getSecret, insertOpening, lockCard } from './store.ts';

export interface Opening {
  readonly cardId: string;
  /** The order or the return that makes the card theirs. */
  readonly cause: string;
  readonly personId: string;
}

/** Refused: already_revealed the second time, card_stopped, card_shredded. Nothing is decrypted before this has committed. */
export async function recordOpening(tx: Tx, opening: Opening & { at: Date }): Promise<void> {
  const { cardId, cause, personId, at } = opening;
  if (!(await lockCard(tx, cardId))) throw new Refused('not_found');
  await refuseStopped(tx, [cardId]);
  if ((await getSecret(tx, cardId)) === 'shredded') throw new Refused('card_shredded');
  if (!(await insertOpening(tx, opening))) throw new Refused('already_revealed');
  await append(tx, { subject: cardId, type: 'card.opened', data: { cause, personId }, at });
}

/** Only after a recorded opening of this very person; anybody else finds nothing. */
export async function openRecorded(
  { db, keys }: { db: Reader; keys: Keys },
  { cardId, cause, personId }: Opening,
): Promise<CardSecret> {
  const opened = await findOpening(db, { cardId, cause });
  if (opened?.personId !== personId) throw new Refused('not_found');
  await refuseStopped(db, [cardId]);
  return await takeOut(db, keys, cardId);
}
