/** Checking the record: walks the chain, redoes every hash from the stored rows, stops at the first lie. */
import { type Reader, sameBytes } from '#platform';
import { type Break, breakOf, digestOf, GENESIS, type Head } from './domain.ts';
import { listChained, listUnchained } from './store.ts';

const BATCH = 1_000;

export type Verdict =
  | {
      readonly ok: true;
      /** All entries, those not chained yet included. */
      readonly entries: number;
      readonly unsealed: number;
      /** Note it elsewhere: a chain cut off behind a head that somebody kept cannot be passed off as whole. */
      readonly head: { readonly seq: number; readonly hash: string };
    }
  | {
      readonly ok: false;
      /** Place in the chain; null for an entry that is not in it. */
      readonly seq: number | null;
      readonly entryId: string | null;
      readonly reason: Break;
    };

export async function verifyRecord(reader: Reader): Promise<Verdict> {
  let head: Head = { seq: 0, hash: GENESIS };
  for (;;) {
    const links = await listChained(reader, head.seq, BATCH);
    for (const { link, entryId, entry } of links) {
      const reason = breakOf(head, link, entry);
      if (reason) return { ok: false, seq: link.seq, entryId, reason };
      head = link;
    }
    if (links.length < BATCH) break;
  }
  return await verifyUnchained(reader, head);
}

/** What is not chained has to be whole too, and on the waiting list: else somebody took it off. */
async function verifyUnchained(reader: Reader, head: Head): Promise<Verdict> {
  let unsealed = 0;
  for (let after = 0n; ; ) {
    const rows = await listUnchained(reader, after, BATCH);
    for (const row of rows) {
      const changed = !sameBytes(digestOf(row), row.digest);
      const reason = changed ? 'entry_changed' : row.waiting ? undefined : 'entry_unchained';
      if (reason) return { ok: false, seq: null, entryId: row.id, reason };
      after = row.no;
    }
    unsealed += rows.length;
    if (rows.length < BATCH) break;
  }
  const entries = head.seq + unsealed;
  return { ok: true, entries, unsealed, head: { seq: head.seq, hash: head.hash.toString('hex') } };
}
