/** One file, whatever its format by its first bytes: the columns by their heads, then each row. */
import { Refused } from '#platform';
import { csvRows } from './csv.ts';
import { type Columns, columnsIn } from './judge.ts';
import { ROWS_MAX, type Rows, type SheetRow, tooManyRows } from './row.ts';
import { xlsxRows } from './xlsx.ts';

export type FileFormat = 'csv' | 'xlsx';
const ZIP = Buffer.from('504b0304', 'hex');
/** Old spreadsheets, and files locked with a password, look like this. */
const OLD = Buffer.from('d0cf11e0', 'hex');

/** Never by name or declared type. Refuses lot_file_old. */
export function formatOf(file: Buffer): FileFormat {
  if (file.subarray(0, 4).equals(OLD)) throw new Refused('lot_file_old');
  return file.subarray(0, 4).equals(ZIP) ? 'xlsx' : 'csv';
}

/** Refuses what the readers do, lot_file_heads, lot_file_empty and lot_file_rows. */
export async function* cardRows(file: Buffer): AsyncGenerator<SheetRow & { columns: Columns }> {
  const rows: Rows = formatOf(file) === 'xlsx' ? xlsxRows(file) : csvRows(file);
  let columns: Columns | undefined;
  let count = 0;
  for await (const row of rows) {
    if (!columns) {
      columns = columnsIn(row);
      continue;
    }
    if (++count > ROWS_MAX) throw tooManyRows();
    yield { ...row, columns };
  }
  if (count === 0) throw new Refused('lot_file_empty');
}
