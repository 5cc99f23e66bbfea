/** The published table of a moment, compiled once and kept: a published version never changes. */
import assert from 'node:assert/strict';
import { type Reader, Refused } from '#platform';
import { dataOf, inForce } from './store.ts';
import { compile, type Table } from './table.ts';

/** More versions than anybody looks at in one day. */
const KEPT_MAX = 64;
const kept = new Map<string, Table>();

export interface Current {
  readonly table: Table;
  /** When a version already published takes over. */
  readonly until: Date | undefined;
}

export async function currentTable(reader: Reader, at: Date): Promise<Current> {
  const found = await findCurrent(reader, at);
  if (!found) throw new Refused('no_prices');
  return found;
}

export async function findCurrent(reader: Reader, at: Date): Promise<Current | undefined> {
  const head = await inForce(reader, at);
  if (!head) return undefined;
  return { table: await compiled(reader, head), until: head.until ?? undefined };
}

/** `head` must be of a published version. */
export async function compiled(
  reader: Reader,
  head: {
    id: string;
    version: number | null;
    hash: Buffer | null;
    effective_from: Date | null;
  },
): Promise<Table> {
  const { id, version, hash, effective_from: effectiveFrom } = head;
  assert(version !== null && hash !== null && effectiveFrom !== null, 'a published version');
  const key = hash.toString('hex');
  const known = kept.get(key);
  if (known) return known;
  const table = compile(await dataOf(reader, id), { version, hash: key, effectiveFrom });
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(key, table);
  return table;
}
