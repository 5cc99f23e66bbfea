/** Where a card that a notice names is turned away: from a promise, from eyes, from the house's intake (R54, R56). */
import { afterRefusal, newId, type Reader, Refused, type Tx } from '#platform';
import { append } from '#record';
import { insertMatch, stoppedAmong, stoppedPrints } from './store.ts';

/** Refuses `card_stopped`, in words that say nothing of a notice. The caller holds the lock on what it changes. */
export async function refuseStopped(reader: Reader, cardIds: readonly string[]): Promise<void> {
  if ((await stoppedAmong(reader, cardIds)).size > 0) throw new Refused('card_stopped');
}

interface Offered {
  readonly userId: string;
  readonly at: Date;
}

/** Who brings a card that a notice names is refused like that too, and that they did is kept for the police. */
export async function refuseNamed(tx: Tx, print: Buffer, offered: Offered): Promise<void> {
  const noticeId = (await stoppedPrints(tx, [print])).get(print.toString('hex'));
  if (noticeId === undefined) return;
  afterRefusal(tx, async (own) => await noteOffered(own, { noticeId, print, ...offered }));
  throw new Refused('card_stopped');
}

export async function noteOffered(
  tx: Tx,
  { noticeId, print, userId, at }: Offered & { noticeId: string; print: Buffer },
): Promise<void> {
  const match = { id: newId(at), notice_id: noticeId, hmac: print, at };
  await insertMatch(tx, { ...match, how: 'offered', card_id: null, person_id: userId });
  await append(tx, { subject: noticeId, type: 'card_notice.offered', data: {}, at });
}
