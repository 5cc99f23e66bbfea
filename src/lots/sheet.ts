/** Tables of a lot as files: CSV and XLSX, row by row, every cell a text that no spreadsheet takes for a formula. */
import { PassThrough, Readable } from 'node:stream';
import ExcelJS from 'exceljs';
import { findProduct } from '#cards';
import { BOM, csvLine, decimal } from '#ledger';
import { fen, type Language, type Reader } from '#platform';
import { lineHash } from './deal.ts';
import { COLUMNS, HEADS } from './file/judge.ts';
import { eachRow, type Row, type RowState } from './store-rows.ts';
import type { OpenedCard } from './take-cards.ts';
import { codeSaid, faultWords } from './view-words.ts';

export type SheetFormat = 'csv' | 'xlsx';
type Cells = readonly string[];
type Source = AsyncIterable<Cells> | Iterable<Cells>;

export function tableFile(format: SheetFormat, heads: Cells, rows: Source): Readable {
  return format === 'csv' ? Readable.from(csvLines(heads, rows)) : xlsxFile(heads, rows);
}

async function* csvLines(heads: Cells, rows: Source): AsyncGenerator<string> {
  yield BOM + csvLine(heads);
  for await (const row of rows) yield csvLine(row);
}

function xlsxFile(heads: Cells, rows: Source): Readable {
  const out = new PassThrough();
  const write = async (): Promise<void> => {
    const book = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true });
    const sheet = book.addWorksheet('回券', { views: [{ state: 'frozen', ySplit: 1 }] });
    // The whole column is text, also where nothing stands yet: long numbers stay as they are typed.
    sheet.columns = heads.map(() => ({ width: 24, style: { numFmt: '@' } }));
    const head = sheet.addRow([...heads]);
    head.font = { bold: true };
    head.commit();
    for await (const row of rows) sheet.addRow([...row]).commit();
    sheet.commit();
    await book.commit();
  };
  write().catch((error: Error) => out.destroy(error));
  return out;
}

/** Heads and nothing else: an example row would be somebody's card one day. */
export const templateFile = (format: SheetFormat): Readable =>
  tableFile(
    format,
    COLUMNS.map((column) => HEADS[column][0] ?? column),
    [],
  );

const RESULT_HEADS: Record<Language, Cells> = {
  zh: ['行号', '结果', '问题列', '说明', '怎么改', '商品编码', '面值（元）', '到期日'],
  en: ['Row', 'Outcome', 'Column', 'What is wrong', 'Cure', 'Product', 'Face (yuan)', 'Expires'],
};
const TAKEN: Record<Language, { yes: string; no: string }> = {
  zh: { yes: '已导入', no: '未导入' },
  en: { yes: 'Taken', no: 'Not taken' },
};

/** Every row of the file by its number; no card number, not even of a row that was refused. */
export const resultFile = (
  reader: Reader,
  { lotId, format, language }: { lotId: string; format: SheetFormat; language: Language },
): Readable => tableFile(format, RESULT_HEADS[language], resultRows(reader, lotId, language));

async function* resultRows(
  reader: Reader,
  lotId: string,
  language: Language,
): AsyncGenerator<Cells> {
  for await (const row of eachRow(reader, { lotId })) {
    const told = row.fault === null ? undefined : faultWords(row.fault);
    yield [
      String(row.no),
      TAKEN[language][row.state === 'refused' ? 'no' : 'yes'],
      row.place === null
        ? ''
        : (HEADS[row.place as 'number'][language === 'zh' ? 0 : 3] ?? row.place),
      told?.said[language] ?? '',
      told?.cure[language] ?? '',
      ...factsOf(row),
    ];
  }
}

const yuan = (amount: bigint | null): string => (amount === null ? '' : decimal(fen(amount)));
const factsOf = (row: Row): Cells => [row.sku ?? '', yuan(row.face_fen), row.expires_on ?? ''];

const STATEMENT_HEADS: Record<Language, Cells> = {
  zh: [
    '行号',
    '批次',
    '商品编码',
    '面值（元）',
    '到期日',
    '价款（元）',
    '结果',
    '买方反馈',
    '发卡方核验',
    '行哈希',
  ],
  en: [
    'Row',
    'Tranche',
    'Product',
    'Face (yuan)',
    'Expires',
    'Price (yuan)',
    'Outcome',
    'Reported',
    'Issuer',
    'Hash',
  ],
};
export const OUTCOME: Record<RowState, Record<Language, string>> = {
  refused: { zh: '未导入', en: 'Not taken' },
  sealed: { zh: '已入库', en: 'Sealed' },
  good: { zh: '待交付', en: 'To be delivered' },
  bad: { zh: '验卡未过，已退回', en: 'Failed the check, returned' },
  sold: { zh: '已交付，待验收', en: 'Delivered, not reported yet' },
  disputed: { zh: '异议中，价款暂缓', en: 'Disputed, its price waits' },
  paid: { zh: '已成交', en: 'Paid' },
  refunded: { zh: '已退款', en: 'Refunded' },
  returned: { zh: '已退回', en: 'Returned' },
};
const TOTALS: Record<Language, { sold: string; refunded: string; sum: string }> = {
  zh: { sold: '成交合计', refunded: '退款合计', sum: '成交 + 退款 = 合同价' },
  en: { sold: 'Paid in all', refunded: 'Refunded in all', sum: 'Paid + refunded = the price' },
};

/** One line a card, then the sums, which are the price of the contract once all is settled. */
export async function statementFile(
  reader: Reader,
  input: {
    lotId: string;
    partNo?: number;
    tranches: ReadonlyMap<string, number>;
    format: SheetFormat;
    language: Language;
  },
): Promise<Readable> {
  const { lotId, partNo, tranches, format, language } = input;
  async function* rows(): AsyncGenerator<Cells> {
    const sums = { sold: 0n, refunded: 0n };
    for await (const row of eachRow(reader, { lotId, partNo })) {
      const price: bigint = row.price_fen ?? 0n;
      if (row.state === 'refunded') sums.refunded += price;
      else if (row.state !== 'returned' && row.state !== 'good') sums.sold += price;
      const tranche = row.tranche_id === null ? undefined : tranches.get(row.tranche_id);
      yield [
        ...[String(row.no), tranche === undefined ? '' : String(tranche), ...factsOf(row)],
        ...[yuan(row.price_fen), OUTCOME[row.state][language]],
        ...[codeSaid(row.reported)?.[language] ?? '', codeSaid(row.probed)?.[language] ?? ''],
        lineHash(row),
      ];
    }
    const words = TOTALS[language];
    const line = (said: string, amount: bigint): Cells => [said, '', '', '', '', yuan(amount)];
    yield line(words.sold, sums.sold);
    yield line(words.refunded, sums.refunded);
    yield line(words.sum, sums.sold + sums.refunded);
  }
  return tableFile(format, STATEMENT_HEADS[language], rows());
}

const CARD_HEADS: Record<Language, Cells> = {
  zh: ['行号', '商品编码', '商品', '卡号', '卡密', '面值（元）', '到期日'],
  en: ['Row', 'Product', 'Name', 'Number', 'PIN', 'Face (yuan)', 'Expires'],
};

/** The numbers for the one who opened them: made while it is sent, kept nowhere. */
export async function cardsFile(
  reader: Reader,
  input: { opened: readonly OpenedCard[]; format: SheetFormat; language: Language },
): Promise<Readable> {
  const { opened, format, language } = input;
  const names = new Map<string, string>();
  for (const { row } of opened)
    if (row.sku !== null && !names.has(row.sku))
      names.set(row.sku, (await findProduct(reader, row.sku))?.name[language] ?? row.sku);
  function* rows(): Generator<Cells> {
    for (const { row, secret } of opened)
      yield [
        ...[String(row.no), row.sku ?? '', names.get(row.sku ?? '') ?? ''],
        ...[secret.number.reveal(), secret.pin?.reveal() ?? ''],
        ...[yuan(row.face_fen), row.expires_on ?? ''],
      ];
  }
  return tableFile(format, CARD_HEADS[language], rows());
}
