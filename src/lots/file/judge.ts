/** What a row of a lot must be: its columns by their heads, its card, or what is wrong and how to cure it. Pure. */
import { type BulkCard, checkFaceOffered, type Product, parseCard } from '#cards';
import { type Fen, fen, Refused } from '#platform';
import type { Cell, SheetRow } from './row.ts';

export const COLUMNS = ['product', 'number', 'pin', 'face', 'expires'] as const;
export type Column = (typeof COLUMNS)[number];
export type Columns = Readonly<Partial<Record<Column, number>>>;

/** The head of the template comes first. */
export const HEADS: Readonly<Record<Column, readonly string[]>> = {
  product: ['商品编码', '商品', '卡种', 'product', 'sku'],
  number: ['卡号', '券码', '兑换码', 'number', 'cardnumber', 'code'],
  pin: ['卡密', '密码', 'pin'],
  face: ['面值（元）', '面值', '面值(元)', 'face', 'faceyuan', 'face(yuan)'],
  expires: ['到期日', '有效期', '有效期至', 'expires', 'expiry', 'expireson'],
};
const NEEDED: readonly Column[] = ['product', 'number', 'face'];

const headOf = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\s*_-]/gu, '')
    .toLowerCase();

/** Refuses lot_file_heads: which are missing, or come twice. */
export function columnsIn(head: SheetRow): Columns {
  const found: Partial<Record<Column, number>> = {};
  head.cells.forEach((cell, index) => {
    const said = headOf(cell?.text ?? '');
    const column = COLUMNS.find((one) => HEADS[one].some((name) => headOf(name) === said));
    if (!column) return;
    if (found[column] !== undefined)
      throw new Refused('lot_file_heads', { heads: HEADS[column][0] ?? '' });
    found[column] = index;
  });
  const missing = NEEDED.filter((column) => found[column] === undefined);
  if (missing.length > 0)
    throw new Refused('lot_file_heads', { heads: missing.map((one) => HEADS[one][0]).join('、') });
  return found;
}

export const ROW_FAULTS = [
  'scientific',
  'formula',
  'broken_cell',
  'extra_cells',
  'product_missing',
  'product_unknown',
  'number_missing',
  'number_wrong',
  'bank_card',
  'pin_wrong',
  'not_transferable',
  'face_wrong',
  'face_not_offered',
  'not_accepted',
  'expires_wrong',
  'expired',
  'double_in_file',
  'already_here',
  'card_stopped',
] as const;
export type RowFault = (typeof ROW_FAULTS)[number];

export type Judged =
  | { readonly ok: true; readonly card: BulkCard }
  | { readonly ok: false; readonly fault: RowFault; readonly column: Column };

const no = (fault: RowFault, column: Column): Judged => ({ ok: false, fault, column });

export interface Bench {
  readonly columns: Columns;
  /** By code and by either name. */
  readonly products: ReadonlyMap<string, Product>;
  /** Calendar day in China. */
  readonly day: string;
  /** May such a card be traded at all on this day? */
  readonly isAccepted: (product: Product, faceFen: Fen) => boolean;
}

/** `1.23E+15` is what a spreadsheet makes of a long number: the digits behind are gone and no guess brings them back. */
const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+$/;
/** A spreadsheet keeps 15 digits of a number; of a longer one the last are zeros. */
const NUMBER_DIGITS_MAX = 15;

export function judgeRow(row: SheetRow, bench: Bench): Judged {
  const { columns } = bench;
  const at = (column: Column): Cell | undefined => {
    const index = columns[column];
    return index === undefined ? undefined : row.cells[index];
  };
  for (const column of COLUMNS) {
    const cell = at(column);
    const fault = cell && faultOf(cell, column);
    if (fault) return no(fault, column);
  }
  const width = Math.max(...Object.values(columns));
  if (row.cells.some((cell, index) => index > width && cell && cell.text.trim() !== ''))
    return no('extra_cells', 'product');
  const said = at('product')?.text.trim() ?? '';
  if (said === '') return no('product_missing', 'product');
  const product = bench.products.get(productKey(said));
  if (!product) return no('product_unknown', 'product');
  const faceFen = faceIn(at('face'));
  if (faceFen === undefined) return no('face_wrong', 'face');
  if (checkFaceOffered(product, faceFen)) return no('face_not_offered', 'face');
  if (!bench.isAccepted(product, faceFen)) return no('not_accepted', 'product');
  const expiresOn = dayIn(at('expires'));
  if (expiresOn === false) return no('expires_wrong', 'expires');
  if (expiresOn !== undefined && expiresOn < bench.day) return no('expired', 'expires');
  return withNumber({ product, faceFen, expiresOn }, at('number'), at('pin'));
}

export const productKey = (text: string): string =>
  text.normalize('NFKC').replace(/\s+/gu, '').toLowerCase();

function withNumber(
  facts: Pick<BulkCard, 'product' | 'faceFen' | 'expiresOn'>,
  number: Cell | undefined,
  pin: Cell | undefined,
): Judged {
  const typed = number?.text.trim() ?? '';
  if (typed === '') return no('number_missing', 'number');
  const parsed = parseCard(facts.product, { number: typed, pin: pin?.text });
  if (parsed.ok) return { ok: true, card: { ...facts, number: parsed.number, pin: parsed.pin } };
  switch (parsed.code) {
    case 'pin_invalid':
      return no('pin_wrong', 'pin');
    case 'bank_card_refused':
      return no('bank_card', 'number');
    case 'non_transferable':
      return no('not_transferable', 'product');
    default:
      return no('number_wrong', 'number');
  }
}

function faultOf({ text, kind }: Cell, column: Column): RowFault | undefined {
  if (kind === 'formula') return 'formula';
  if (kind === 'broken') return 'broken_cell';
  if (column !== 'number' && column !== 'pin') return undefined;
  if (SCIENTIFIC.test(text.trim())) return 'scientific';
  // A product may be coded in digits and E; a number cell never was: there the digits are lost.
  if (kind === 'number' && !new RegExp(`^\\d{1,${NUMBER_DIGITS_MAX}}$`).test(text))
    return 'scientific';
  return undefined;
}

const YUAN = /^(\d{1,7})(?:\.(\d{1,2}))?$/;

/** Yuan as typed, `¥1,000.00` included; a number cell may carry the noise of a float, which is rounded away. */
function faceIn(cell: Cell | undefined): Fen | undefined {
  const typed = (cell?.text ?? '')
    .normalize('NFKC')
    .trim()
    .replace(/^[¥￥]/u, '')
    .replace(/元$/u, '');
  const grouped = /^\d{1,3}(,\d{3})+(\.\d{1,2})?$/.test(typed) ? typed.replaceAll(',', '') : typed;
  const noise = cell?.kind === 'number' && /^\d{1,7}\.\d{3,}$/.test(grouped);
  const [, whole, part = ''] = YUAN.exec(noise ? Number(grouped).toFixed(2) : grouped) ?? [];
  if (whole === undefined) return undefined;
  const amount = BigInt(whole) * 100n + BigInt(part.padEnd(2, '0'));
  return amount > 0n ? fen(amount) : undefined;
}

/** Days of a spreadsheet since 1899-12-30; these are 1982 to 2119. */
const SERIAL = /^([34567]\d{4})(?:\.0+)?$/;
const SERIAL_ZERO = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;
const WRITTEN =
  /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?: 00:00(?::00)?)?$/;

/** Undefined when there is none, false when it is no day. */
function dayIn(cell: Cell | undefined): string | undefined | false {
  const text = (cell?.text ?? '').normalize('NFKC').trim();
  if (text === '') return undefined;
  const [, serial] = cell?.kind === 'number' ? (SERIAL.exec(text) ?? []) : [];
  if (serial !== undefined)
    return new Date(SERIAL_ZERO + Number(serial) * DAY_MS).toISOString().slice(0, 10);
  const [, year, m1, d1, m2, d2] = WRITTEN.exec(text) ?? [];
  if (year === undefined) return false;
  const day = `${year}-${(m1 ?? m2 ?? '').padStart(2, '0')}-${(d1 ?? d2 ?? '').padStart(2, '0')}`;
  const real = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(real.getTime()) && real.toISOString().startsWith(day) ? day : false;
}
