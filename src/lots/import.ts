/**
 * The import of a lot's file: rows judged one by one, good cards sealed a thousand to a commit, each commit a place to
 * go on from. Hides races on a number, workers that die, and two workers with one job.
 */
import { type BulkCard, listProducts, type Product, sealCards } from '#cards';
import { chinaDay, type Db, inTransaction, notify, Refused, violated } from '#platform';
import { checkFace } from '#rules';
import type { LotDeps } from './deps.ts';
import { type Bench, type Columns, judgeRow, productKey } from './file/judge.ts';
import { cardRows } from './file/read.ts';
import type { SheetRow } from './file/row.ts';
import { clearRows, lotTopic, NOTHING_READ, step, takeLot } from './lot.ts';
import { dropUpload, findLot, type Lot, saveLot } from './store.ts';
import { insertRows, lastRowNo, type NewRow, rowsOfCards } from './store-rows.ts';
import { fileOf } from './upload.ts';

const BATCH = 1_000;
/** Two lots that bring one number at the same time: the second finds it the next time round. */
const RACES_MAX = 5;

type Held = Pick<LotDeps, 'db' | 'keys'>;

/** A job; safe to run again, and side by side with itself. */
export async function importLot(deps: Held, lotId: string, at: Date): Promise<void> {
  const { db, keys } = deps;
  const lot = await findLot(db, lotId);
  if (lot?.state !== 'validating') return;
  const file = await fileOf(db, keys, lotId);
  const benchOf = await bench(db, at);
  try {
    let sealing: Promise<void> = Promise.resolve();
    let found = 0;
    for await (const rows of batches(cardRows(file), await lastRowNo(db, lotId))) {
      found += rows.counted;
      if (found > lot.declared_rows) throw rowsDiffer(lot, found);
      const judged = rows.fresh.map((row) => judge(row, benchOf(row.columns)));
      await sealing;
      // The next thousand are read while these are written.
      sealing = sealBatch(deps, { lot, judged, at });
      sealing.catch(() => undefined);
    }
    await sealing;
    if (found !== lot.declared_rows) throw rowsDiffer(lot, found);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await refuseFile(db, { lotId, refused: error, at });
    return;
  }
  await finish(db, lotId, at);
}

const rowsDiffer = ({ declared_rows: declared }: Lot, found: number): Refused =>
  new Refused('lot_rows_differ', { declared, found });

/** Rows up to `done` were written by an earlier run: they are counted and not judged again. */
async function* batches(
  rows: AsyncIterable<SheetRow & { columns: Columns }>,
  done: number,
): AsyncGenerator<{ counted: number; fresh: (SheetRow & { columns: Columns })[] }> {
  let fresh: (SheetRow & { columns: Columns })[] = [];
  let counted = 0;
  for await (const row of rows) {
    counted++;
    if (row.no > done) fresh.push(row);
    if (fresh.length < BATCH) continue;
    yield { counted, fresh };
    fresh = [];
    counted = 0;
  }
  yield { counted, fresh };
}

async function bench(db: Db, at: Date): Promise<(columns: Columns) => Bench> {
  const day = chinaDay(at);
  const products = new Map<string, Product>();
  for (const product of await listProducts(db))
    for (const name of [product.sku, product.name.zh, product.name.en])
      products.set(productKey(name), product);
  const known = new Map<string, boolean>();
  const isAccepted: Bench['isAccepted'] = (product, faceFen) => {
    const key = `${product.sku}/${faceFen}`;
    const before = known.get(key) ?? checkFace(product, faceFen, day) === undefined;
    known.set(key, before);
    return before;
  };
  return (columns) => ({ columns, products, day, isAccepted });
}

type JudgedRow =
  | { readonly no: number; readonly card: BulkCard }
  | { readonly no: number; readonly fault: string; readonly place: string };

function judge(row: SheetRow, on: Bench): JudgedRow {
  const told = judgeRow(row, on);
  return told.ok
    ? { no: row.no, card: told.card }
    : { no: row.no, fault: told.fault, place: told.column };
}

async function sealBatch(
  { db, keys }: Held,
  { lot, judged, at }: { lot: Lot; judged: readonly JudgedRow[]; at: Date },
): Promise<void> {
  for (let race = 1; ; race++)
    try {
      return await inTransaction(db, async (tx) => {
        const now = await takeLot(tx, lot.id);
        if (now.state !== 'validating') return;
        // Another worker with this job may have been here.
        const last = await lastRowNo(tx, lot.id);
        const fresh = judged.filter(({ no }) => no > last);
        if (fresh.length === 0) return;
        const good = fresh.filter((row) => 'card' in row);
        const cards = good.map(({ card }) => card);
        const promise = { kind: 'lot', ref: lot.id } as const;
        const sealed = await sealCards(tx, { keys, ownerId: lot.company_id, cards, promise, at });
        const here = sealed.flatMap((one) => ('alreadyHere' in one ? [one.alreadyHere] : []));
        const own = await rowsOfCards(tx, { lotId: lot.id, cardIds: here });
        const outcome = new Map(good.map(({ no }, index) => [no, sealed[index]]));
        const rows = fresh.map((row): NewRow => {
          if (!('card' in row)) return row;
          const { faceFen, expiresOn, product } = row.card;
          const facts = { no: row.no, sku: product.sku, faceFen, expiresOn };
          const told = outcome.get(row.no);
          if (told && 'cardId' in told) return { ...facts, cardId: told.cardId };
          if (told && 'stopped' in told)
            return { ...facts, fault: 'card_stopped', place: 'number' };
          const isDouble = told && ('doubleOf' in told || own.has(told.alreadyHere));
          return { ...facts, fault: isDouble ? 'double_in_file' : 'already_here', place: 'number' };
        });
        await insertRows(tx, { lotId: lot.id, rows });
        const taken = rows.filter(({ cardId }) => cardId !== undefined).length;
        await saveLot(tx, lot.id, {
          rows_read: now.rows_read + rows.length,
          rows_good: now.rows_good + taken,
          rows_bad: now.rows_bad + rows.length - taken,
        });
        notify(tx, lotTopic(lot.id));
      });
    } catch (error) {
      if (violated(error) !== 'fingerprint_live' || race === RACES_MAX) throw error;
    }
}

/** The file is not taken: what was sealed of it goes back, and the lot waits for a better one. */
async function refuseFile(
  db: Db,
  { lotId, refused, at }: { lotId: string; refused: Refused; at: Date },
): Promise<void> {
  const { code, params } = refused.refusal;
  const row = Number(params?.['row'] ?? params?.['found'] ?? 0);
  await inTransaction(db, async (tx) => {
    const lot = await takeLot(tx, lotId);
    if (lot.state !== 'validating') return;
    await step(tx, lot, {
      ...{ transition: 'refuse', by: 'system', at, record: { fault: code } },
      save: { ...NOTHING_READ, fault: code, fault_row: row > 0 ? row : null },
    });
    await clearRows(tx, lotId, at);
    await dropUpload(tx, lotId);
  });
}

async function finish(db: Db, lotId: string, at: Date): Promise<void> {
  await inTransaction(db, async (tx) => {
    const lot = await takeLot(tx, lotId);
    if (lot.state !== 'validating') return;
    const record = { good: String(lot.rows_good), bad: String(lot.rows_bad) };
    await step(tx, lot, { transition: 'import', by: 'system', at, record });
    // The cards are in the vault; of the file nothing is needed any more.
    await dropUpload(tx, lotId);
  });
}
