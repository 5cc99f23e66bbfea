/** Appending: what happened is written down in the transaction in which it happened. */
import { canonicalJson, newId, type Tx } from '#platform';
import { type Data, digestOf } from './domain.ts';
import { insertEntry } from './store.ts';

/**
 * `data` holds ids, codes and amounts; of personal data only commitments. The digest is made from the values as
 * the database will give them back, so it can be recomputed from the stored row alone.
 */
export async function append(
  tx: Tx,
  entry: { subject: string; type: string; data: Data; at: Date },
): Promise<void> {
  const { subject, type, at } = entry;
  const id = newId(at);
  const json = canonicalJson(entry.data);
  const digest = digestOf({ id, subject, type, data: JSON.parse(json), at });
  await insertEntry(tx, { id, subject, type, json, at, digest });
}
