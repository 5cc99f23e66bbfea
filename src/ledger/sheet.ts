/** A plain table as a file for spreadsheets, CSV or XLSX: texts stay texts, amounts are in yuan. */
import ExcelJS from 'exceljs';
import type { Fen } from '#platform';
import { BOM, csvLine, decimal } from './csv.ts';
import { type Format, figure } from './export.ts';

/** A text, an amount, a count, or nothing. */
export type Cell = string | Fen | number | undefined;

export interface Table {
  readonly name: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const WIDTH = 18;
const plain = (cell: Cell): string =>
  typeof cell === 'bigint' ? decimal(cell) : cell === undefined ? '' : String(cell);

export async function tableFile(table: Table, format: Format): Promise<Buffer> {
  if (format === 'xlsx') return await xlsxOf(table);
  const lines = [table.heads, ...table.rows.map((row) => row.map(plain))].map((row) =>
    csvLine([...row]),
  );
  return Buffer.from([BOM, ...lines].join(''));
}

async function xlsxOf({ name, heads, rows }: Table): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = heads.map(() => ({ width: WIDTH }));
  sheet.addRow([...heads]).font = { bold: true };
  for (const row of rows) {
    const line = sheet.addRow(
      row.map((cell) => (typeof cell === 'bigint' ? figure(cell) : (cell ?? null))),
    );
    row.forEach((cell, index) => {
      line.getCell(index + 1).numFmt =
        typeof cell === 'bigint' ? '#,##0.00' : typeof cell === 'number' ? '0' : '@';
    });
  }
  return Buffer.from(await book.xlsx.writeBuffer());
}
