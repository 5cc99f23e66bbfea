/** Our lock of a card at its issuer over all its renewals: which one stands, until when, and how all of it is ended. */
import { DAY, plus, type Reader } from '#platform';
import type { Answer } from './adapter.ts';
import { settleOrCancel } from './call.ts';
import { findCall, locksOf } from './store.ts';

/** Longer than any sale may take, so that a lock does not fall off before the money has moved. */
export const LOCK_TTL_MS = 25 * DAY;

export interface HoldOf {
  readonly cardId: string;
  /** The cause under which the card was locked first. */
  readonly ref: string;
}
/** What stands now, as the issuer said it last; undefined where we never locked it or have given it back. */
export async function holdOf(reader: Reader, key: HoldOf): Promise<Answer<'lock'> | undefined> {
  const released = await findCall(reader, { ...key, op: 'release' });
  if (released?.state === 'done') return undefined;
  const done = (await locksOf(reader, key)).filter(({ state }) => state === 'done');
  return done.at(-1)?.result?.value as Answer<'lock'> | undefined;
}

/** The end of our lock, never later than what we ask for. */
export async function heldUntil(
  reader: Reader,
  { at, ...key }: HoldOf & { at: Date },
): Promise<Date | undefined> {
  const held = await holdOf(reader, key);
  return held && endOf(held, at);
}

export function endOf({ until }: Answer<'lock'>, at: Date): Date {
  const [told, asked] = [new Date(until), plus(at, LOCK_TTL_MS)];
  return told < asked ? told : asked;
}

/** Ends what is still open of this lock and its renewals, so that none of them comes later; false while one may. */
export async function settleHolds(
  base: Omit<Parameters<typeof settleOrCancel>[0], 'op'>,
): Promise<boolean> {
  const { db, card, ref } = base;
  for (const call of await locksOf(db, { cardId: card.cardId, ref })) {
    if (call.state === 'done' || call.state === 'refused') continue;
    const after = await settleOrCancel({ ...base, ref: call.ref, op: 'lock' });
    if (after?.state === 'waiting') return false;
  }
  return true;
}
