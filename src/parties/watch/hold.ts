/** Whom a watch list stops: asked wherever somebody begins to trade. The words say nothing of the list. */
import { type Reader, Refused } from '#platform';
import { heldAmong } from './store.ts';

/** Which of these persons and recyclers may neither trade nor be paid now. */
export const heldParties = heldAmong;

/** Refuses `party_on_hold`, in words that anybody may be told for any reason. */
export async function requireFree(reader: Reader, partyId: string): Promise<void> {
  if ((await heldAmong(reader, [partyId])).size > 0) throw new Refused('party_on_hold');
}
