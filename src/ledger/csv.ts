/** A statement as CSV that opens right in a spreadsheet: UTF-8 with BOM, and no cell that is read as a formula. */
import { type Fen, HOUR, type Language, plus } from '#platform';
import type { Statement } from './books.ts';

const heads: Record<Language, readonly string[]> = {
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
const ends: Record<Language, { opening: string; closing: string }> = {
  zh: { opening: '期初余额', closing: '期末余额' },
  en: { opening: 'Opening balance', closing: 'Closing balance' },
};

const BOM = '\ufeff';
const PLAIN_NUMBER = /^-?\d+\.\d{2}$/;
/** Spreadsheets take these at the start of a cell for a formula, also after a tab or a line break. */
const FORMULA_START = /^[=+\-@\t\r\n\uFF0B\uFF1D\uFF0D\uFF20]/;

export function statementCsv(of: Statement, language: Language): string {
  const { opening, closing } = ends[language];
  const rows = [
    heads[language],
    [chinaTime(of.from), opening, '', '', '', '', decimal(of.opening)],
    ...of.entries.map((entry) => [
      chinaTime(entry.at),
      entry.kind,
      entry.ref,
      entry.subject,
      entry.other,
      decimal(entry.amount),
      decimal(entry.balance),
    ]),
    [chinaTime(of.to), closing, '', '', '', '', decimal(of.closing)],
  ];
  return BOM + rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

export function cell(text: string): string {
  const safe = FORMULA_START.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Yuan with two decimals and a plain minus, which is what a spreadsheet reads as a number. */
function decimal(amount: Fen): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const chinaTime = (at: Date): string =>
  plus(at, 8 * HOUR)
    .toISOString()
    .slice(0, 19)
    .replace('T', ' ');
