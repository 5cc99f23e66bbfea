/**
 * How long a lot of 100,000 cards takes from the uploaded file to sealed cards, CSV and XLSX, beside a plain insert of
 * one row a commit into the same database in the same run; and the most memory that the process of the import took, with
 * the heap that Node allows itself, and with one of 96 MB.
 * `node bench/lots.ts [rows]` prints a table, then JSON.
 */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
import { makeCard, type State } from '../simulators/issuer/index.ts';
import { startPostgres } from '../src/platform/postgres.ts';
import { publishAll } from '../src/publish.ts';

type Format = 'csv' | 'xlsx';
const [what = 'all', ...words] = process.argv.slice(2);
const asked = Number(what === 'all' ? 100_000 : what);
const ROWS = Number.isInteger(asked) ? asked : Number(words[0]);
const STATES: readonly State[] = ['good', 'used', 'half_used', 'extra_check'];
const PLAIN_ROWS = 3_000;
const SKUS = ['weihe-gift', 'luyu-card', 'manhecang-card'] as const;

if (what === 'make') await make(words[1] as Format, words[2] ?? '');
else if (what === 'import')
  console.log(JSON.stringify(await measure(words[1] ?? '', words[2] ?? '')));
else await compare();

/** Files are made, and imported, each in a process of its own: no writer's memory counts as the reader's. */
async function compare(): Promise<void> {
  const directory = join(tmpdir(), `huiquan-bench-lots-${process.pid}`);
  const postgres = await startPostgres({ directory, durable: true });
  const pool = openPool(postgres.url, { max: 4 });
  try {
    await migrate(pool);
    const db = openDatabase(pool);
    await publishAll(db, new Date());
    await aCompany(db, new Date());
    await sql`create table plain (id uuid primary key, at timestamptz not null)`.execute(db);
    const begun = performance.now();
    for (let n = 0; n < PLAIN_ROWS; n++)
      await sql`insert into plain values (${newId()}, ${new Date()})`.execute(db);
    const plainPerSecond = (PLAIN_ROWS * 1_000) / (performance.now() - begun);
    const rows = [];
    for (const [format, heap] of [
      ['csv', ''],
      ['xlsx', ''],
      ['csv', '--max-old-space-size=96'],
      ['xlsx', '--max-old-space-size=96'],
    ] as const) {
      const path = join(directory, `${rows.length}.${format}`);
      await self([], ['make', format, path, String(rows.length)]);
      const told = await self(heap ? [heap] : [], ['import', directory, path], postgres.url);
      const { seconds, fileMb, idleRssMb, peakRssMb } = JSON.parse(told);
      rows.push({
        ...{ format: `${format} ${heap}`.trim(), rows: ROWS, fileMb, seconds },
        perSecond: Math.round(ROWS / seconds),
        timesPlain: round(ROWS / seconds / plainPerSecond),
        ...{ idleRssMb, peakRssMb },
      });
      console.error(rows.at(-1));
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
}

async function self(flags: string[], [step = '', ...more]: string[], url = ''): Promise<string> {
  const line = [...flags, import.meta.filename, step, String(ROWS), ...more];
  const { stdout } = await promisify(execFile)(process.execPath, line, {
    env: { ...process.env, BENCH_DATABASE: url },
  });
  return stdout;
}

async function make(format: Format, path: string): Promise<void> {
  const state = STATES[Number(words[3])] ?? 'good';
  writeFileSync(path, await (format === 'csv' ? csvFile(state) : xlsxFile(state)));
}

async function measure(directory: string, path: string) {
  const pool = openPool(process.env['BENCH_DATABASE'] ?? '', { max: 4 });
  const db = openDatabase(pool);
  const at = new Date();
  const keys = fileKeys(join(directory, 'keys.json'));
  const company = await db
    .selectFrom('parties.recycler')
    .select(['id', 'created_by as userId'])
    .executeTakeFirstOrThrow();
  const file = readFileSync(path);
  const lotId = await uploaded({ db, keys, company, at, file });
  const idleRssMb = Math.round(process.memoryUsage().rss / 1e6);
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
  await pool.end();
  return {
    ...{ seconds: round(seconds), fileMb: round(file.length / 1e6), idleRssMb },
    peakRssMb: Math.round(peak() / 1e6),
  };
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
/** A product has fewer serials than four files have rows, so each file has cards of another state, which shows in the number. */
function card(n: number, state: State): Cells {
  const sku = SKUS[n % SKUS.length] ?? SKUS[0];
  const made = makeCard(sku, { serial: Math.floor(n / SKUS.length), faceFen: 50_000n, state });
  return { sku, number: made.number, pin: made.pin ?? '', face: '500.00' };
}

function csvFile(state: State): Buffer {
  const lines = ['商品编码,卡号,卡密,面值（元）,到期日'];
  for (let n = 0; n < ROWS; n++) {
    const { sku, number, pin, face } = card(n, state);
    lines.push(`${sku},${number},${pin},${face},`);
  }
  return Buffer.from(lines.join('\r\n'));
}

/** As spreadsheets write it: every text among the shared ones. */
async function xlsxFile(state: State): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('cards');
  sheet.addRow(['商品编码', '卡号', '卡密', '面值（元）', '到期日']);
  for (let n = 0; n < ROWS; n++) {
    const { sku, number, pin, face } = card(n, state);
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
async function aCompany(db: Db, at: Date): Promise<void> {
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
}
