/** Publishes the regulations that come with the house, each version once; a text changed afterwards is a bug. */
import assert from 'node:assert/strict';
import { canonicalJson, type Db, inTransaction, sha256 } from '#platform';
import { append } from '#record';
import { REGULATIONS, type Regulation } from './regulations.ts';
import { findDigest, insertRegulation } from './store.ts';

/** Idempotent; says how many versions are new. */
export async function publishRules(
  db: Db,
  at: Date,
  regulations: readonly Regulation[] = REGULATIONS,
): Promise<number> {
  return await inTransaction(db, async (tx) => {
    let added = 0;
    for (const doc of regulations) {
      const digest = sha256(canonicalJson(doc));
      if (await insertRegulation(tx, { doc, digest, at })) {
        added += 1;
        const data = { id: doc.id, version: doc.version, digest: digest.toString('hex') };
        await append(tx, { subject: `rule:${doc.id}`, type: 'rule.published', data, at });
        continue;
      }
      const stored = await findDigest(tx, doc);
      assert(stored?.equals(digest), `${doc.id} v${doc.version} changed: make a new version of it`);
    }
    return added;
  });
}
