/** What the readers of files give: one row of cells after the other; and why a file is not taken. */
import { Refused } from '#platform';

export interface Cell {
  readonly text: string;
  /** `number`: a spreadsheet kept a number here, not what was typed. */
  readonly kind: 'text' | 'number' | 'formula' | 'broken';
}
export interface SheetRow {
  /** As the spreadsheet counts, from 1. */
  readonly no: number;
  readonly cells: readonly (Cell | undefined)[];
}
export type Rows = AsyncIterable<SheetRow> | Iterable<SheetRow>;

/** What the largest honest file of 100,000 cards needs, twice. */
export const FILE_BYTES_MAX = 16 * 1024 * 1024;
export const ROWS_MAX = 100_000;
/** More in one cell is no card, no product and no day. */
export const CELL_CHARS_MAX = 500;
export const COLUMNS_MAX = 64;

export const tooManyRows = (): Refused => new Refused('lot_file_rows', { max: ROWS_MAX });
export const unreadable = (row = 0): Refused => new Refused('lot_file_unreadable', { row });
