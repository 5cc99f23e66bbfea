/** Appending: what happened is written down in the transaction in which it happened. */
import { canonicalJson, newId, type Tx } from '#platform';
import { type Data, digestOf } from './domain.ts';
import { insertEntries, insertEntry } from './store.ts';

/**
 * `data` holds ids, codes and amounts; of personal data only commitments. Its canonical JSON is the same before and
 * after jsonb, so the digest can be recomputed from the stored row alone.
 */
export async function append(
  tx: Tx,
  entry: { subject: string; type: string; data: Data; at: Date },
): Promise<void> {
  const { subject, type, data, at } = entry;
  const id = newId(at);
  const digest = digestOf({ id, subject, type, data, at });
  await insertEntry(tx, { id, subject, type, json: canonicalJson(data), at, digest });
}

/** Many entries in one statement, in the order given. */
export async function appendMany(
  tx: Tx,
  entries: readonly { subject: string; type: string; data: Data; at: Date }[],
): Promise<void> {
  if (entries.length === 0) return;
  await insertEntries(
    tx,
    entries.map(({ subject, type, data, at }) => {
      const id = newId(at);
      const digest = digestOf({ id, subject, type, data, at });
      return { id, subject, type, json: canonicalJson(data), at, digest };
    }),
  );
}
