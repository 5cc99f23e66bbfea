/** Words and cells of a statement as a table that opens right in a spreadsheet: UTF-8 with BOM, and no cell that is read as a formula. */
import { type Fen, HOUR, type Language, plus } from '#platform';

export const heads: Record<Language, readonly string[]> = {
  zh: ['时间（北京）', '摘要', '编号', '事项', '对方账户', '发生额（元）', '余额（元）'],
  en: [
    'Time (China)',
    'Kind',
    'Reference',
    'Subject',
    'Other account',
    'Amount (yuan)',
    'Balance (yuan)',
  ],
};
export const ends: Record<Language, { opening: string; closing: string; sum: string }> = {
  zh: { opening: '期初余额', closing: '期末余额', sum: '合计：期初 + 发生额 = 期末，已核对' },
  en: {
    opening: 'Opening balance',
    closing: 'Closing balance',
    sum: 'Total: opening + amounts = closing, checked',
  },
};

export const BOM = '\ufeff';
const PLAIN_NUMBER = /^-?\d+\.\d{2}$/;
/** Spreadsheets take these at the start of a cell for a formula, also after a tab or a line break. */
const FORMULA_START = /^[=+\-@\t\r\n\uFF0B\uFF1D\uFF0D\uFF20]/;

export const csvLine = (row: readonly string[]): string => `${row.map(cell).join(',')}\r\n`;

export function cell(text: string): string {
  const safe = FORMULA_START.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Yuan with two decimals and a plain minus, which is what a spreadsheet reads as a number. */
export function decimal(amount: Fen): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export const chinaTime = (at: Date): string =>
  plus(at, 8 * HOUR)
    .toISOString()
    .slice(0, 19)
    .replace('T', ' ');
