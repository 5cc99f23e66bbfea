/** The price-table editor: draft, submit, approve by a second person, withdraw. Hides the chain of versions. */
import assert from 'node:assert/strict';
import { DAY, type Db, inTransaction, newId, plus, type Reader, Refused, type Tx } from '#platform';
import { append } from '#record';
import { effect, noticeNeeded } from './compare.ts';
import { compiled, currentTable, findCurrent } from './current.ts';
import type {
  Category,
  Preview,
  PriceTableData,
  PriceTableHead,
  PriceTableView,
  ProductFacts,
} from './schema.ts';
import { seedTable } from './seed.ts';
import {
  dataOf,
  findTable,
  insertTable,
  lockChain,
  lockTable,
  publishedHeads,
  publishTable,
  type TableHeadRow,
  type TableRow,
  updateTable,
} from './store.ts';
import { compile, digestOf, hashOf, problemsOf, type Table } from './table.ts';

/** E-commerce law art. 34: a change is shown this long before it takes effect. */
export const NOTICE_DAYS = 7;

interface Act {
  readonly id: string;
  /** Staff reference, opaque here. */
  readonly by: string;
  readonly at: Date;
}

/** A draft starts as a copy: of `from`, or of what is in force. */
export async function createDraft(
  tx: Tx,
  input: { title: string; note: string; from?: string | undefined; by: string; at: Date },
): Promise<string> {
  const { title, note, from, by, at } = input;
  const source = from === undefined ? await inForceRow(tx, at) : await findTable(tx, from);
  if (!source) throw new Refused('not_found');
  const id = newId(at);
  await insertTable(tx, { id, title, note, data: source.data, author: by, at });
  return id;
}

async function inForceRow(reader: Reader, at: Date): Promise<{ data: PriceTableData }> {
  const { table } = await currentTable(reader, at);
  const head = (await publishedHeads(reader)).find(({ version }) => version === table.version);
  assert(head, 'the table in force is published');
  return { data: await dataOf(reader, head.id) };
}

/** Every hand on a table is remembered: none of them may approve it. */
export async function editDraft(
  tx: Tx,
  input: Act & { title?: string; note?: string; data?: PriceTableData },
): Promise<void> {
  const { id, by, at, title, note, data } = input;
  const { editors } = await lockIn(tx, id, 'draft');
  await updateTable(tx, id, {
    editors: [...new Set([...editors, by])],
    at,
    ...(title !== undefined && { title }),
    ...(note !== undefined && { note }),
    ...(data && { data }),
  });
}

type TableState = TableRow['state'];
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  draft: ['edit', 'submit', 'withdraw'],
  submitted: ['approve', 'withdraw'],
};

async function lockIn(tx: Tx, id: string, ...states: TableState[]): Promise<TableRow> {
  const row = await lockTable(tx, id);
  if (!row) throw new Refused('not_found');
  if (!states.includes(row.state))
    throw new Refused('wrong_state', undefined, ALLOWED[row.state] ?? []);
  return row;
}

/** Refuses a table with problems, so that nobody is asked to approve one. */
export async function submitTable(
  tx: Tx,
  input: Act & { effectiveFrom?: Date | undefined; products: readonly ProductFacts[] },
): Promise<void> {
  const { id, by, at, effectiveFrom, products } = input;
  const row = await lockIn(tx, id, 'draft');
  refuseProblems(row.data, products);
  await updateTable(tx, id, {
    state: 'submitted',
    effectiveFrom: effectiveFrom ?? null,
    submittedAt: at,
    at,
  });
  await append(tx, {
    subject: id,
    type: 'price_table.submitted',
    data: { by, digest: digestOf(row.data), effectiveFrom: effectiveFrom?.toISOString() },
    at,
  });
}

function refuseProblems(data: PriceTableData, products: readonly ProductFacts[]): void {
  const problems = problemsOf(data, categoriesOf(products));
  const [first] = problems;
  if (first) throw new Refused('table_invalid', { count: problems.length, ...first });
}

const hex = (bytes: Buffer | null): string | null => bytes?.toString('hex') ?? null;

const categoriesOf = (products: readonly ProductFacts[]): Map<string, Category> =>
  new Map(products.map(({ sku, category }) => [sku, category]));

/** A submitted table goes back to its draft; a draft ends. */
export async function withdrawTable(tx: Tx, { id, by, at }: Act): Promise<void> {
  const row = await lockIn(tx, id, 'draft', 'submitted');
  const state = row.state === 'submitted' ? 'draft' : 'withdrawn';
  await updateTable(tx, id, { state, submittedAt: null, at });
  await append(tx, { subject: id, type: 'price_table.withdrawn', data: { by, state }, at });
}

export interface ApproveInput extends Act {
  readonly products: readonly ProductFacts[];
  /** Digest of the content that was looked at; a content that changed since is refused. */
  readonly digest?: string | undefined;
  readonly noticeDays?: number | undefined;
}

/**
 * The second pair of eyes publishes. Refuses: author_cannot_approve, content_changed, table_invalid,
 * price_notice_too_short. Without a date the table starts as soon as it may.
 */
export async function approveTable(tx: Tx, input: ApproveInput): Promise<void> {
  const { id, by, at, products, digest, noticeDays = NOTICE_DAYS } = input;
  const row = await lockIn(tx, id, 'submitted');
  if (row.editors.includes(by)) throw new Refused('author_cannot_approve');
  if (digest !== undefined && digest !== digestOf(row.data)) throw new Refused('content_changed');
  refuseProblems(row.data, products);
  await lockChain(tx);
  const heads = await publishedHeads(tx);
  const next = compile(row.data, { version: 0, hash: '', effectiveFrom: at });
  const because = await whyNotice(tx, heads, next, products, at);
  const earliest = because.length > 0 ? plus(at, noticeDays * DAY) : at;
  const wish = row.effective_from ?? earliest;
  if (because.length > 0 && wish < earliest)
    throw new Refused('price_notice_too_short', {
      days: noticeDays,
      earliest: earliest.toISOString(),
    });
  await publish(tx, row, heads, { by, at, effectiveFrom: wish < at ? at : wish });
}

async function publish(
  tx: Tx,
  row: TableRow,
  heads: readonly TableHeadRow[],
  how: { by: string; at: Date; effectiveFrom: Date },
): Promise<void> {
  const { by, at, effectiveFrom } = how;
  const last = heads.at(-1);
  const version = (last?.version ?? 0) + 1;
  const previousHash = last?.hash ?? null;
  const hash = hashOf({
    version,
    previousHash: hex(previousHash),
    effectiveFrom,
    data: row.data,
  });
  await publishTable(tx, row.id, {
    version,
    hash,
    previousHash,
    approvedBy: by,
    effectiveFrom,
    at,
  });
  await append(tx, {
    subject: row.id,
    type: 'price_table.published',
    data: {
      version,
      hash: hex(hash),
      previousHash: hex(previousHash),
      author: row.author,
      approvedBy: by,
      effectiveFrom: effectiveFrom.toISOString(),
    },
    at,
  });
}

/** Against what sellers get now and against what they were already promised. */
async function whyNotice(
  reader: Reader,
  heads: readonly TableHeadRow[],
  next: Table,
  products: readonly ProductFacts[],
  at: Date,
) {
  const now = heads.findLast(({ effective_from: from }) => from !== null && from <= at);
  const promised = heads.filter(
    (head) =>
      head === now ||
      (head.effective_from !== null &&
        head.effective_from > at &&
        (head.version ?? 0) > (now?.version ?? 0)),
  );
  const tables = await Promise.all(promised.map((head) => compiled(reader, head)));
  return tables.flatMap((old) => noticeNeeded(old, next, products));
}

/** What the table would change against the one in force at `at`. */
export async function previewTable(
  reader: Reader,
  input: {
    id: string;
    products: readonly ProductFacts[];
    at: Date;
    now: Date;
    noticeDays?: number | undefined;
  },
): Promise<Preview> {
  const { id, products, at, now, noticeDays = NOTICE_DAYS } = input;
  const row = await findTable(reader, id);
  if (!row) throw new Refused('not_found');
  refuseProblems(row.data, products);
  const { table: old } = await currentTable(reader, at);
  const next = compile(row.data, { version: 0, hash: '', effectiveFrom: at });
  const because = await whyNotice(reader, await publishedHeads(reader), next, products, now);
  return {
    at: at.toISOString(),
    comparedWith: old.version,
    ...effect(old, next, products, at),
    noticeNeeded: because.length > 0,
    noticeBecause: because,
    earliestFrom: (because.length > 0 ? plus(now, noticeDays * DAY) : now).toISOString(),
  };
}

/** First start: version 1, so that a fresh house has prices. Does nothing when a version is published. */
export async function publishSeedTable(db: Db, at: Date): Promise<boolean> {
  return await inTransaction(db, async (tx) => {
    await lockChain(tx);
    const heads = await publishedHeads(tx);
    if (heads.length > 0) return false;
    const id = newId(at);
    await insertTable(tx, {
      id,
      title: '首版价目表 First price table',
      note: '',
      data: seedTable,
      author: 'huiquan:seed',
      at,
    });
    const row = await lockTable(tx, id);
    assert(row);
    await publish(tx, row, heads, { by: 'huiquan:first-start', at, effectiveFrom: at });
    return true;
  });
}

/** Which versions are in force or still to come, by id. */
export async function statesAt(
  reader: Reader,
  at: Date,
): Promise<(row: TableHeadRow) => PriceTableHead['state']> {
  const current = await findCurrent(reader, at);
  return (row) => {
    if (row.state !== 'published') return row.state as 'draft' | 'submitted' | 'withdrawn';
    const version = row.version ?? 0;
    const inForce = current?.table.version ?? 0;
    if (version === inForce) return 'in_force';
    return version > inForce ? 'scheduled' : 'past';
  };
}

export function headView(row: TableHeadRow, state: PriceTableHead['state']): PriceTableHead {
  const iso = (date: Date | null): string | undefined => date?.toISOString();
  const optional = {
    version: row.version ?? undefined,
    approvedBy: row.approved_by ?? undefined,
    submittedAt: iso(row.submitted_at),
    approvedAt: iso(row.approved_at),
    effectiveFrom: iso(row.effective_from),
    hash: row.hash?.toString('hex'),
    previousHash: row.previous_hash?.toString('hex'),
  };
  return {
    id: row.id,
    state,
    title: row.title,
    note: row.note,
    author: row.author,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Partial<PriceTableHead>),
  };
}

export function tableView(
  row: TableRow,
  state: PriceTableHead['state'],
  products: readonly ProductFacts[],
): PriceTableView {
  return {
    ...headView(row, state),
    data: row.data,
    digest: digestOf(row.data),
    problems: problemsOf(row.data, categoriesOf(products)),
  };
}

/** Recomputes the hash of every published version; the first that does not fit its content or its forerunner. */
export async function verifyChain(reader: Reader): Promise<{ ok: boolean; brokenAt?: number }> {
  let previous: Buffer | null = null;
  for (const head of await publishedHeads(reader)) {
    const { version, hash, previous_hash: claimed, effective_from: effectiveFrom } = head;
    assert(version !== null && hash !== null && effectiveFrom !== null);
    const previousHash: string | null = hex(previous);
    const data = await dataOf(reader, head.id);
    const expected = hashOf({ version, previousHash, effectiveFrom, data });
    const linked = hex(claimed) === previousHash;
    if (!linked || !expected.equals(hash)) return { ok: false, brokenAt: version };
    previous = hash;
  }
  return { ok: true };
}
