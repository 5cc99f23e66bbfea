/**
 * A statement of any length as a file for spreadsheets: CSV or XLSX, written page by page from one snapshot, so that
 * neither memory nor the database carries it all. The file ends with its own check: opening + amounts = closing.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import ExcelJS from 'exceljs';
import type { FastifyReply } from 'fastify';
import { type Db, type Fen, fen, type Language, Refused, type Tx, ZERO } from '#platform';
import { balanceAt, type PageEnd, statementPage } from './books.ts';
import { BOM, chinaTime, csvLine, decimal, ends, heads } from './csv.ts';
import type { AccountCode } from './domain.ts';

export type Format = 'csv' | 'xlsx';

/** As the answer's `content-type` says it. */
export const MEDIA = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const satisfies Record<Format, string>;

export function sendFile(
  reply: FastifyReply,
  { format, name, file }: { format: Format; name: string; file: Readable | Buffer },
): FastifyReply {
  return reply
    .type(format === 'csv' ? `${MEDIA.csv}; charset=utf-8` : MEDIA.xlsx)
    .header('content-disposition', `attachment; filename="${name}.${format}"`)
    .send(file);
}

/** What a sheet can hold, less our own lines. */
export const EXPORT_ENTRIES_MAX = 1_000_000;
const PAGE = 2_000;
/** Numbers of a spreadsheet carry 15 digits; a larger amount is written as text, never rounded. */
const NUMBER_FEN_MAX = 99_999_999_999_999n;

export interface ExportInput {
  readonly code: AccountCode;
  readonly from: Date;
  readonly to: Date;
  readonly language: Language;
  readonly format: Format;
  /** Where to write it. */
  readonly file: string;
  readonly entriesMax?: number;
}

export interface Exported {
  readonly entries: number;
  readonly opening: Fen;
  readonly closing: Fen;
}

/** Text cells, then the amount and the balance. */
interface Line {
  readonly texts: readonly [string, string, string, string, string];
  readonly amount: Fen | undefined;
  readonly balance: Fen | undefined;
}
interface Sheet {
  add(line: Line): Promise<void>;
  end(): Promise<void>;
}

/** Refuses `statement_too_long`. All reads see the books of one moment, whatever is posted meanwhile. */
export async function exportStatement(db: Db, input: ExportInput): Promise<Exported> {
  const open = input.format === 'csv' ? openCsv : openXlsx;
  const sheet = await open(input);
  try {
    return await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute((tx) => writeAll(tx, sheet, input));
  } finally {
    await sheet.end();
  }
}

async function writeAll(tx: Tx, sheet: Sheet, input: ExportInput): Promise<Exported> {
  const { code, from, to, language, entriesMax = EXPORT_ENTRIES_MAX } = input;
  const words = ends[language];
  const opening = await balanceAt(tx, code, from);
  await sheet.add(plain(chinaTime(from), words.opening, { balance: opening }));
  let total: bigint = ZERO;
  let entries = 0;
  let after: PageEnd | undefined;
  do {
    const page = await statementPage(tx, code, { from, to, after, limit: PAGE });
    for (const { at, kind, ref, subject, other, amount, balance } of page.entries) {
      await sheet.add({ texts: [chinaTime(at), kind, ref, subject, other], amount, balance });
      total += amount;
    }
    entries += page.entries.length;
    if (entries > entriesMax) throw new Refused('statement_too_long', { max: entriesMax });
    after = page.next;
  } while (after);
  const closing = await balanceAt(tx, code, to);
  assert(opening + total === closing, `${code}: opening + entries is not closing`);
  await sheet.add(plain(chinaTime(to), words.closing, { balance: closing }));
  await sheet.add(plain('', words.sum, { amount: fen(total) }));
  return { entries, opening, closing };
}

const plain = (time: string, words: string, money: { amount?: Fen; balance?: Fen }): Line => ({
  texts: [time, words, '', '', ''],
  amount: money.amount,
  balance: money.balance,
});

async function openCsv({ file, language }: ExportInput): Promise<Sheet> {
  const out = createWriteStream(file);
  const write = async (text: string): Promise<void> => {
    if (!out.write(text)) await once(out, 'drain');
  };
  const money = (amount: Fen | undefined): string => (amount === undefined ? '' : decimal(amount));
  await write(BOM + csvLine(heads[language]));
  return {
    add: ({ texts, amount, balance }) => write(csvLine([...texts, money(amount), money(balance)])),
    end: async () => {
      out.end();
      await finished(out);
    },
  };
}

const WIDTHS = [20, 26, 44, 40, 44, 18, 18];
const TEXT_COLUMNS = 5;

/** Texts are text cells, whatever they begin with: a sheet takes only a formula cell for a formula. */
async function openXlsx({ file, language, code }: ExportInput): Promise<Sheet> {
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: file, useStyles: true });
  const sheet = book.addWorksheet(code.replace(/[:]/g, ' ').slice(0, 31), {
    views: [{ state: 'frozen', ySplit: 1 }],
  });
  sheet.columns = WIDTHS.map((width, column) => ({
    width,
    style: { numFmt: column < TEXT_COLUMNS ? '@' : '#,##0.00' },
  }));
  const head = sheet.addRow([...heads[language]]);
  head.font = { bold: true };
  head.commit();
  return {
    add: async ({ texts, amount, balance }) => {
      sheet.addRow([...texts, figure(amount), figure(balance)]).commit();
    },
    end: async () => {
      sheet.commit();
      await book.commit();
    },
  };
}

/** Yuan for a cell of a sheet. */
export function figure(amount: Fen | undefined): number | string | null {
  if (amount === undefined) return null;
  const size = amount < 0n ? -amount : amount;
  return size > NUMBER_FEN_MAX ? decimal(amount) : Number(amount) / 100;
}
