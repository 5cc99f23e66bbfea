/**
 * A card whose issuer only locks it is as good as that lock: whoever brought it knows its PIN. So the lock lasts as long as
 * its token does. Here it begins and ends with the token; lock-renew.ts asks for more of it.
 */
import { heldUntil } from '#cards';
import { newId, plus, type Tx } from '#platform';
import { type Move, move, start } from '#process';
import { cardLock, LEFT_OF_LOCK } from './lock-life.ts';
import { type CardLock, insertLock, lockOfToken, saveLock, takeLock } from './lock-store.ts';

type Step = Omit<Move<typeof cardLock>, 'id'> & { readonly save?: Parameters<typeof saveLock>[2] };

export async function changeLock(tx: Tx, before: CardLock, step: Step): Promise<void> {
  const { save = {}, ...rest } = step;
  const { state } = await move(tx, cardLock, { ...rest, id: before.id });
  await saveLock(tx, before.id, { ...save, state });
}

/** When a lock that ends at `until` is to be renewed. */
export const renewAt = (until: Date, at: Date): Date =>
  plus(until, -Math.max(0, until.getTime() - at.getTime()) / LEFT_OF_LOCK);

/** In the commit that admits the card. Nothing to do where the issuer has moved it to a number of ours instead. */
export async function keepLocked(
  tx: Tx,
  { id: ref, card_id: cardId }: { id: string; card_id: string },
  at: Date,
): Promise<void> {
  const until = await heldUntil(tx, { cardId, ref, at });
  if (!until) return;
  const id = newId(at);
  await insertLock(tx, { id, token_ref: ref, until, state: cardLock.initial, created_at: at });
  await start(tx, cardLock, {
    ...{ id, at, by: 'system', due: renewAt(until, at) },
    record: { tokenRef: ref, until: until.toISOString() },
  });
}

/** The card is its owner's to spend, or nobody's: the lock is not asked for any more. */
export async function endLock(tx: Tx, tokenRef: string, at: Date): Promise<void> {
  const known = await lockOfToken(tx, tokenRef);
  const now = known && (await takeLock(tx, known.id));
  if (now && now.state !== 'ended')
    await changeLock(tx, now, { transition: 'end', by: 'system', at });
}
