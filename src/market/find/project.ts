/** Brings one listing into what buyers search; called in the transaction that changes it. */
import { notify, type Tx } from '#platform';

/** Buyers search the listings themselves, so nothing is copied; open pages hear of the change. */
export async function project(tx: Tx, listingId: string): Promise<void> {
  await notify(tx, `listing:${listingId}`);
}
