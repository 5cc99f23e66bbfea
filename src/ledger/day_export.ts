/** The trial balance of a day as a file for spreadsheets, CSV or XLSX: a line a class, the two sides and their sum. */
import ExcelJS from 'exceljs';
import { type Fen, fen, type Language } from '#platform';
import { BOM, chinaTime, csvLine, decimal } from './csv.ts';
import { type Format, figure } from './export.ts';
import type { DayView } from './period.ts';

const words = {
  zh: {
    heads: ['科目', '账户数', '借方（元）', '贷方（元）'],
    sum: '合计',
    final: (at: string) => `已结账，${at} 存定`,
    open: (at: string) => `未结账，${at} 存`,
  },
  en: {
    heads: ['Class', 'Accounts', 'Debit (yuan)', 'Credit (yuan)'],
    sum: 'Total',
    final: (at: string) => `Final: its month is closed; stored at ${at}`,
    open: (at: string) => `Its month is open; stored at ${at}`,
  },
} as const satisfies Record<Language, unknown>;

interface Line {
  readonly name: string;
  readonly accounts: number | undefined;
  readonly debit: Fen | undefined;
  readonly credit: Fen | undefined;
}

function linesOf({ classes, debit, credit }: DayView, language: Language): Line[] {
  const lines: Line[] = classes.map(({ class: name, accounts, balance }) => ({
    ...{ name, accounts },
    debit: balance < 0n ? fen(-balance) : undefined,
    credit: balance < 0n ? undefined : balance,
  }));
  return [
    ...lines,
    { name: words[language].sum, accounts: undefined, debit: fen(debit), credit: fen(credit) },
  ];
}

/** The last line says when it was stored, and whether anything can still change it. */
const noteOf = ({ isFinal, takenAt }: DayView, language: Language): string =>
  words[language][isFinal ? 'final' : 'open'](chinaTime(takenAt));

export async function dayFile(
  day: DayView,
  { language, format }: { language: Language; format: Format },
): Promise<Buffer> {
  return format === 'csv' ? csvOf(day, language) : await xlsxOf(day, language);
}

function csvOf(day: DayView, language: Language): Buffer {
  const money = (amount: Fen | undefined): string => (amount === undefined ? '' : decimal(amount));
  const rows = linesOf(day, language).map(({ name, accounts, debit, credit }) =>
    csvLine([name, String(accounts ?? ''), money(debit), money(credit)]),
  );
  const head = csvLine(words[language].heads);
  return Buffer.from([BOM, head, ...rows, csvLine([noteOf(day, language)])].join(''));
}

const WIDTHS = [24, 12, 20, 20];

async function xlsxOf(day: DayView, language: Language): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet(day.day, { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = WIDTHS.map((width, column) => ({
    width,
    style: { numFmt: column === 0 ? '@' : column === 1 ? '0' : '#,##0.00' },
  }));
  sheet.addRow([...words[language].heads]).font = { bold: true };
  for (const { name, accounts, debit, credit } of linesOf(day, language))
    sheet.addRow([name, accounts ?? null, figure(debit), figure(credit)]);
  sheet.addRow([noteOf(day, language)]);
  return Buffer.from(await book.xlsx.writeBuffer());
}
