/**
 * How long a lot of 100,000 cards takes from the uploaded file to sealed cards, CSV and XLSX, beside a plain insert of
 * one row a commit into the same database in the same run; and the most memory the process took.
 * `node bench/lots.ts [rows]` prints a table, then JSON.
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { sql } from 'kysely';
import { completeFile, createLot, importLot, PIECE_BYTES_MAX, takePiece } from '#lots';
import {
  DAY,
  type Db,
  fileKeys,
  inTransaction,
  migrate,
  newId,
  openDatabase,
  openPool,
  plus,
} from '#platform';
import { makeCard } from '../simulators/issuer/index.ts';
import { startPostgres } from '../src/platform/postgres.ts';
import { publishAll } from '../src/publish.ts';

const ROWS = Number(process.argv[2] ?? 100_000);
const PLAIN_ROWS = 3_000;
const SKUS = ['weihe-gift', 'luyu-card', 'manhecang-card'] as const;

const directory = join(tmpdir(), `huiquan-bench-lots-${process.pid}`);
const postgres = await startPostgres({ directory, durable: true });
const pool = openPool(postgres.url, { max: 4 });
try {
  await migrate(pool);
  const db = openDatabase(pool);
  const at = new Date();
  await publishAll(db, at);
  const keys = fileKeys(join(directory, 'keys.json'));
  const company = await aCompany(db, at);
  await sql`create table plain (id uuid primary key, at timestamptz not null)`.execute(db);
  const begun = performance.now();
  for (let n = 0; n < PLAIN_ROWS; n++)
    await sql`insert into plain values (${newId()}, ${new Date()})`.execute(db);
  const plainPerSecond = (PLAIN_ROWS * 1_000) / (performance.now() - begun);

  const rows = [];
  for (const format of ['csv', 'xlsx'] as const) {
    const file = await (format === 'csv' ? csvFile(0) : xlsxFile(ROWS));
    const lotId = await uploaded({ db, keys, company, at, file });
    const peak = watchMemory();
    const start = performance.now();
    await importLot({ db, keys }, lotId, at);
    const seconds = (performance.now() - start) / 1_000;
    const told = await db
      .selectFrom('lots.lot')
      .selectAll()
      .where('id', '=', lotId)
      .executeTakeFirstOrThrow();
    if (told.state !== 'papers' || told.rows_good !== ROWS)
      throw new Error(`${told.state}: ${told.rows_good} of ${ROWS}, ${told.fault}`);
    rows.push({
      ...{ format, rows: ROWS, fileMb: round(file.length / 1e6), seconds: round(seconds) },
      perSecond: Math.round(ROWS / seconds),
      timesPlain: round(ROWS / seconds / plainPerSecond),
      peakRssMb: Math.round(peak() / 1e6),
    });
  }
  console.table([
    ...rows,
    { format: 'one plain row a commit', perSecond: Math.round(plainPerSecond) },
  ]);
  console.log(JSON.stringify({ rows, plainPerSecond: Math.round(plainPerSecond) }));
} finally {
  await pool.end();
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function watchMemory(): () => number {
  let most = 0;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage().rss);
  };
  const timer = setInterval(look, 50);
  return () => {
    clearInterval(timer);
    look();
    return most;
  };
}

interface Cells {
  sku: string;
  number: string;
  pin: string;
  face: string;
}
function card(n: number): Cells {
  const sku = SKUS[n % SKUS.length] ?? SKUS[0];
  const made = makeCard(sku, { serial: Math.floor(n / SKUS.length), faceFen: 50_000n });
  return { sku, number: made.number, pin: made.pin ?? '', face: '500.00' };
}

function csvFile(from: number): Buffer {
  const lines = ['商品编码,卡号,卡密,面值（元）,到期日'];
  for (let n = from; n < from + ROWS; n++) {
    const { sku, number, pin, face } = card(n);
    lines.push(`${sku},${number},${pin},${face},`);
  }
  return Buffer.from(lines.join('\r\n'));
}

/** As spreadsheets write it: every text among the shared ones. */
async function xlsxFile(from: number): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('cards');
  sheet.addRow(['商品编码', '卡号', '卡密', '面值（元）', '到期日']);
  for (let n = from; n < from + ROWS; n++) {
    const { sku, number, pin, face } = card(n);
    sheet.addRow([sku, number, pin, face, '']);
  }
  return Buffer.from(await book.xlsx.writeBuffer({ useSharedStrings: true } as never));
}

async function uploaded(input: {
  db: Db;
  keys: ReturnType<typeof fileKeys>;
  company: { id: string; userId: string };
  at: Date;
  file: Buffer;
}): Promise<string> {
  const { db, keys, company, at, file } = input;
  const who = { companyId: company.id, userId: company.userId, at };
  const lot = { ...who, keys, title: 'bench', declaredRows: ROWS, plan: 'zero' as const };
  const lotId = await inTransaction(db, (tx) => createLot(tx, lot));
  for (let no = 0; no * PIECE_BYTES_MAX < file.length; no++) {
    const bytes = file.subarray(no * PIECE_BYTES_MAX, (no + 1) * PIECE_BYTES_MAX);
    await inTransaction(db, (tx) => takePiece(tx, { ...who, keys, lotId, no, bytes }));
  }
  await inTransaction(db, (tx) => completeFile(tx, { ...who, keys, lotId, bytes: file.length }));
  return lotId;
}

/** A company whose licence is confirmed, and its owner; the register is not asked here. */
async function aCompany(db: Db, at: Date): Promise<{ id: string; userId: string }> {
  const [id, userId] = [newId(), newId()];
  await sql`insert into parties.person (id, created_at, erased_at) values (${userId}, ${at}, ${at})`.execute(
    db,
  );
  await sql`
    insert into parties.organisation (id, kind, name_zh, name_en, created_at)
    values (${id}, 'recycler', 'bench', 'bench', ${at})`.execute(db);
  await sql`
    insert into parties.recycler (id, credit_code, legal_name, legal_person, operator_is_legal, tier, state,
      verified_at, verified_until, created_by, created_at)
    values (${id}, '92110101MA0000001A', 'bench', '\\x00', true, 'tiny', 'probation',
      ${at}, ${plus(at, 90 * DAY)}, ${userId}, ${at})`.execute(db);
  await sql`
    insert into parties.membership (organisation_id, person_id, roles, since, changed_at)
    values (${id}, ${userId}, array['owner'], ${at}, ${at})`.execute(db);
  return { id, userId };
}
