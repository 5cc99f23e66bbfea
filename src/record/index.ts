/** Face of the record: the append-only, hash-chained memory of what happened. Hides chaining and its proof. */
import type { Reader } from '#platform';
import { type EntryRow, listEntries } from './store.ts';

export { append } from './append.ts';
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

const toEntry = ({ id, subject, type, data, at, seq }: EntryRow): RecordEntry => ({
  id,
  subject,
  type,
  data,
  at,
  seq: seq === null ? undefined : Number(seq),
});
