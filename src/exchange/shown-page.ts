/** Pages of what not everybody is shown: read on until a page is full, so that a short one is the last. */
import { pageOf } from '#platform';

/** So many pages of rows are read for one page at most; then it is short, and goes on from where reading stopped. */
const READS_MAX = 10;

interface Of<Row, View> {
  /** Rows after this one, one more than a page where more follow. */
  readonly read: (cursor: string | undefined) => Promise<readonly Row[]>;
  /** Of these rows, what is shown. */
  readonly shown: (rows: readonly Row[]) => Promise<readonly View[]>;
  readonly cursor: string | undefined;
  readonly limit: number;
}

export async function shownPage<Row extends { id: string }, View extends { id: string }>(
  of: Of<Row, View>,
): Promise<{ items: View[]; next?: string }> {
  const { read, shown, limit } = of;
  const items: View[] = [];
  let cursor = of.cursor;
  for (let reads = 0; reads < READS_MAX; reads++) {
    const rows = await read(cursor);
    items.push(...(await shown(rows)));
    if (items.length > limit || rows.length <= limit) return pageOf(items, limit, (one) => one);
    cursor = rows.at(-1)?.id;
  }
  return { items, ...(cursor !== undefined && { next: cursor }) };
}
