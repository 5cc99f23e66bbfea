/** A table of any kind as a file for spreadsheets, CSV or XLSX: text cells stay text, amounts are numbers. */
import ExcelJS from 'exceljs';
import type { Fen } from '#platform';
import { BOM, csvLine, decimal } from './csv.ts';
import { type Format, figure } from './export.ts';

export interface SheetColumn<Row> {
  readonly head: string;
  readonly width?: number;
  /** Text, an amount, or nothing. */
  readonly of: (row: Row) => string | Fen | undefined;
}
export interface SheetInput<Row> {
  readonly name: string;
  readonly columns: readonly SheetColumn<Row>[];
  readonly rows: readonly Row[];
  /** Below the table: what its numbers mean. */
  readonly notes?: readonly (readonly [string, string])[];
}

const WIDTH = 22;
const NAME_MAX = 31;

export async function sheetFile<Row>(input: SheetInput<Row>, format: Format): Promise<Buffer> {
  return format === 'csv' ? csvOf(input) : await xlsxOf(input);
}

function csvOf<Row>({ columns, rows, notes = [] }: SheetInput<Row>): Buffer {
  const text = (value: string | Fen | undefined): string =>
    typeof value === 'bigint' ? decimal(value) : (value ?? '');
  const lines = rows.map((row) => csvLine(columns.map(({ of }) => text(of(row)))));
  const head = csvLine(columns.map((column) => column.head));
  return Buffer.from([BOM, head, ...lines, ...notes.map((note) => csvLine(note))].join(''));
}

async function xlsxOf<Row>({ name, columns, rows, notes = [] }: SheetInput<Row>): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet(name.slice(0, NAME_MAX), {
    views: [{ state: 'frozen', ySplit: 1 }],
  });
  sheet.columns = columns.map(({ width = WIDTH }) => ({ width }));
  sheet.addRow(columns.map((column) => column.head)).font = { bold: true };
  for (const row of rows) {
    const values = columns.map(({ of }) => of(row));
    const cells = sheet.addRow(
      values.map((value) => (typeof value === 'bigint' ? figure(value) : (value ?? ''))),
    );
    for (const [at, value] of values.entries())
      cells.getCell(at + 1).numFmt = typeof value === 'bigint' ? '#,##0.00' : '@';
  }
  for (const note of notes) sheet.addRow([...note]);
  return Buffer.from(await book.xlsx.writeBuffer());
}
