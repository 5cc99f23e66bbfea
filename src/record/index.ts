/** Face of the record: the append-only, hash-chained memory of what happened. Hides chaining and its proof. */
import type { Reader } from '#platform';
import { type EntryRow, listEntries, listSeries } from './store.ts';

export { append, appendMany } from './append.ts';
export { type Commitment, commitment, opens } from './commitment.ts';
export type { Break, Data, Json } from './domain.ts';
export { recordRoutes } from './routes.ts';
export { seal } from './seal.ts';
export { countUnsealed } from './store.ts';
export { type Verdict, verifyRecord } from './verify.ts';

const ENTRIES_MAX = 1_000;

export interface RecordEntry {
  readonly id: string;
  readonly subject: string;
  readonly type: string;
  readonly data: unknown;
  readonly at: Date;
  /** Place in the chain; undefined until sealed. */
  readonly seq: number | undefined;
}

/** The latest 1 000 entries of a subject, in the order of appending. */
export async function entriesOf(reader: Reader, subject: string): Promise<RecordEntry[]> {
  const rows = await listEntries(reader, { subject, before: undefined, limit: ENTRIES_MAX });
  return rows.reverse().map(toEntry);
}

/** All entries of a subject in the order of appending, read in pages. */
export async function* seriesOf(reader: Reader, subject: string): AsyncGenerator<RecordEntry> {
  for (let after = 0n; ; ) {
    const rows = await listSeries(reader, { subject, after, limit: ENTRIES_MAX });
    for (const row of rows) yield toEntry(row);
    const last = rows.at(-1);
    if (!last || rows.length < ENTRIES_MAX) return;
    after = last.no;
  }
}

const toEntry = ({ id, subject, type, data, at, seq }: EntryRow): RecordEntry => ({
  id,
  subject,
  type,
  data,
  at,
  seq: seq === null ? undefined : Number(seq),
});
