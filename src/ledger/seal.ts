/** The seal: digests of committed batches become a chain, off the path of who posts, and can be computed again. */
import { type Db, inTransaction, type Reader, sameBytes, type Tx } from '#platform';
import {
  checkSeal,
  countSeals,
  findStrays,
  type LeafRow,
  type Part,
  readBatch,
  sealNext,
  summarise,
  tryLockSeals,
} from './seal_store.ts';

/** At 1 000 transfers a batch about a third of a second of the database's time for one transaction. */
const BATCHES_MAX = 100;

/** One link of the chain: its root covers the root before it and every row of its batches. */
export interface Seal {
  readonly no: number;
  readonly batches: number;
  readonly rows: number;
  /** SHA-256 in hex. */
  readonly root: string;
}

/**
 * Seals all that is committed and waits, some batches a transaction; returns how many batches. `note` writes each
 * seal down elsewhere in the same transaction. Who posts never waits; who seals at the same time does nothing.
 */
export async function sealBatches(
  db: Db,
  at: Date,
  note: (tx: Tx, seal: Seal) => Promise<void>,
): Promise<number> {
  await summarise(db);
  for (let total = 0; ; ) {
    const sealed = await inTransaction(db, async (tx) => {
      if (!(await tryLockSeals(tx))) return 0;
      const row = await sealNext(tx, BATCHES_MAX, at);
      if (row) await note(tx, { ...row, root: row.root.toString('hex') });
      return row?.batches ?? 0;
    });
    total += sealed;
    if (sealed < BATCHES_MAX) return total;
  }
}

export interface SealFinding {
  readonly what: Part | 'batch' | 'seal';
  /** Id of the row, account code, or the number of the batch or seal. */
  readonly where: string;
  readonly batch?: string;
  readonly found: 'changed' | 'missing' | 'elsewhere';
}

export interface SealVerdict {
  readonly seals: number;
  readonly rows: number;
  /** Root of the last seal: note it elsewhere. */
  readonly root: string;
  /** Empty when every sealed row is what it was, and accounts and holds follow from them. */
  readonly findings: readonly SealFinding[];
}

/**
 * Computes every seal again from the rows as they are, and names what differs. `noted` are the roots that were written
 * down elsewhere, in order: they tell a forger who made rows, digests and roots agree.
 */
export async function verifySeals(
  reader: Reader,
  noted?: AsyncIterator<{ no: number; root: string }>,
): Promise<SealVerdict> {
  const findings: SealFinding[] = [];
  const last = await countSeals(reader);
  let root = Buffer.alloc(0);
  let rows = 0;
  for (let no = 1; no <= last; no++) {
    const seal = await checkSeal(reader, no, root);
    const elsewhere = noted && (await noted.next());
    if (!seal) {
      findings.push({ what: 'seal', where: String(no), found: 'missing' });
      continue;
    }
    for (const batch of seal.differing) findings.push(...(await nameRows(reader, batch)));
    if (seal.found !== seal.batches || !sameBytes(seal.expected, seal.root))
      findings.push({ what: 'seal', where: String(no), found: 'changed' });
    if (elsewhere && (elsewhere.done || elsewhere.value.root !== seal.root.toString('hex')))
      findings.push({ what: 'seal', where: String(no), found: 'elsewhere' });
    root = Buffer.from(seal.root);
    rows += seal.rows;
  }
  if (noted && !(await noted.next()).done)
    findings.push({ what: 'seal', where: String(last + 1), found: 'missing' });
  for (const { what, where, batch } of await findStrays(reader))
    findings.push({ what, where, found: 'changed', ...(batch !== null && { batch }) });
  return { seals: last, rows, root: root.toString('hex'), findings };
}

/** Rows without a print that was sealed have changed; prints without a row are of rows that are gone. */
async function nameRows(reader: Reader, batch: string): Promise<SealFinding[]> {
  const { prints, rows } = await readBatch(reader, batch);
  const left = new Map<string, number>();
  for (const print of prints) left.set(print, (left.get(print) ?? 0) + 1);
  const isSealed = ({ print }: LeafRow): boolean => {
    const times = left.get(print) ?? 0;
    left.set(print, times - 1);
    return times > 0;
  };
  const findings: SealFinding[] = rows
    .filter((row) => !isSealed(row))
    .map(({ part, id }) => ({ what: part, where: id, batch, found: 'changed' }));
  if (prints.length > rows.length)
    findings.push({ what: 'batch', where: batch, batch, found: 'missing' });
  if (findings.length === 0)
    findings.push({ what: 'batch', where: batch, batch, found: 'changed' });
  return findings;
}
