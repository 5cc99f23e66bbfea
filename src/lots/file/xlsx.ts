/**
 * Reads the one sheet of an XLSX row by row. Hides where a spreadsheet keeps its texts. Whatever the file says of
 * itself is not believed: rows are counted, formulas are no values, entities and document types are refused.
 */
import saxes from 'saxes';
import { Refused } from '#platform';
import {
  CELL_CHARS_MAX,
  type Cell,
  COLUMNS_MAX,
  ROWS_MAX,
  type SheetRow,
  tooManyRows,
  unreadable,
} from './row.ts';
import { openZip, type Zip } from './zip.ts';

/** Three texts a card, and as many again for a careless writer. */
const TEXTS_MAX = 6 * ROWS_MAX;

export async function* xlsxRows(file: Buffer): AsyncGenerator<SheetRow> {
  const zip = openZip(file);
  const sheet = await sheetIn(zip);
  const texts = zip.has(TEXTS) ? await textsIn(zip) : [];
  yield* rowsIn(zip, sheet, texts);
}

const TEXTS = 'xl/sharedStrings.xml';
const BOOK = 'xl/workbook.xml';
const RELATIONS = 'xl/_rels/workbook.xml.rels';

type Attributes = Readonly<Record<string, string>>;
interface Hear {
  open?(name: string, attributes: Attributes): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Names without their namespace prefix: some writers put one before everything. */
const plain = (name: string): string => name.slice(name.indexOf(':') + 1);

/** One part of the file through the parser; after each piece the caller may take what was heard. */
async function* parse(zip: Zip, name: string, hear: Hear): AsyncGenerator<void> {
  const parser = new saxes.SaxesParser({ xmlns: false, position: false });
  parser.on('doctype', () => {
    throw new Refused('lot_file_entity');
  });
  parser.on('error', () => {
    throw unreadable();
  });
  parser.on('opentag', ({ name: tag, attributes }) =>
    hear.open?.(plain(tag), attributes as Attributes),
  );
  parser.on('text', (text) => hear.text?.(text));
  parser.on('cdata', (text) => hear.text?.(text));
  parser.on('closetag', ({ name: tag }) => hear.close?.(plain(tag)));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const piece of zip.read(name)) {
    parser.write(decode(decoder, piece));
    yield;
  }
  parser.close();
  yield;
}

function decode(decoder: TextDecoder, piece: Buffer): string {
  try {
    return decoder.decode(piece, { stream: true });
  } catch {
    throw unreadable();
  }
}

async function whole(zip: Zip, name: string, hear: Hear): Promise<void> {
  for await (const _ of parse(zip, name, hear));
}

/** The path of the only sheet. A second one would be cards that nobody reads: refused as lot_file_sheets. */
async function sheetIn(zip: Zip): Promise<string> {
  if (!zip.has(BOOK) || !zip.has(RELATIONS)) throw unreadable();
  const sheets: string[] = [];
  const targets = new Map<string, string>();
  await whole(zip, BOOK, {
    open: (name, attributes) => {
      if (name === 'sheet') sheets.push(attributes['r:id'] ?? attributes['relationships:id'] ?? '');
    },
  });
  await whole(zip, RELATIONS, {
    open: (name, { Id = '', Target = '' }) => {
      if (name === 'Relationship') targets.set(Id, Target);
    },
  });
  if (sheets.length !== 1) throw new Refused('lot_file_sheets', { count: sheets.length });
  const target = targets.get(sheets[0] ?? '') ?? '';
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
}

async function textsIn(zip: Zip): Promise<string[]> {
  const texts: string[] = [];
  let now = '';
  let inText = false;
  let inPhonetic = false;
  await whole(zip, TEXTS, {
    open: (name) => {
      if (name === 'si') now = '';
      if (name === 'rPh') inPhonetic = true;
      inText = name === 't' && !inPhonetic;
    },
    text: (text) => {
      if (inText && now.length <= CELL_CHARS_MAX) now += text;
    },
    close: (name) => {
      if (name === 't') inText = false;
      if (name === 'rPh') inPhonetic = false;
      if (name !== 'si') return;
      texts.push(now);
      if (texts.length > TEXTS_MAX) throw new Refused('lot_file_bomb');
    },
  });
  return texts;
}

/** What is being read of one cell. */
interface Reading {
  column: number;
  type: string;
  value: string;
  isFormula: boolean;
}

async function* rowsIn(
  zip: Zip,
  sheet: string,
  texts: readonly string[],
): AsyncGenerator<SheetRow> {
  const ready: SheetRow[] = [];
  let no = 0;
  let cells: (Cell | undefined)[] = [];
  let reading: Reading | undefined;
  let takes = false;
  let filled = 0;
  const part = parse(zip, sheet, {
    open: (name, attributes) => {
      if (name === 'row') {
        const said = Number(attributes['r'] ?? no + 1);
        if (!Number.isInteger(said) || said <= no) throw unreadable(no);
        no = said;
        cells = [];
      } else if (name === 'c') {
        const column = columnOf(attributes['r'], cells.length);
        reading = { column, type: attributes['t'] ?? 'n', value: '', isFormula: false };
      } else if (name === 'f' && reading) reading.isFormula = true;
      takes = name === 'v' || name === 't';
    },
    text: (text) => {
      if (takes && reading && reading.value.length <= CELL_CHARS_MAX) reading.value += text;
    },
    close: (name) => {
      if (name === 'v' || name === 't') takes = false;
      if (name === 'c' && reading) {
        if (reading.column >= COLUMNS_MAX) throw unreadable(no);
        cells[reading.column] = cellOf(reading, texts);
        reading = undefined;
      }
      if (name !== 'row') return;
      if (!cells.some((cell) => cell && cell.text.trim() !== '')) return;
      // Counted here, whatever the dimension of the sheet claims; one more for the heads.
      if (++filled > ROWS_MAX + 1) throw tooManyRows();
      ready.push({ no, cells });
    },
  });
  for await (const _ of part) yield* ready.splice(0);
}

/** `BC7` → 54; without an address the cell follows the one before. */
function columnOf(address: string | undefined, next: number): number {
  if (address === undefined) return next;
  const [, letters] = /^([A-Z]{1,3})[0-9]{1,7}$/.exec(address) ?? [];
  if (letters === undefined) throw unreadable();
  return [...letters].reduce((sum, sign) => sum * 26 + sign.charCodeAt(0) - 64, 0) - 1;
}

function cellOf({ type, value, isFormula }: Reading, texts: readonly string[]): Cell {
  if (isFormula) return { text: value === '' ? '=' : value, kind: 'formula' };
  switch (type) {
    case 's': {
      const text = texts[Number(value)];
      return text === undefined ? { text: value, kind: 'broken' } : { text, kind: 'text' };
    }
    case 'inlineStr':
    case 'str':
      return { text: value, kind: 'text' };
    case 'n':
      return { text: value, kind: 'number' };
    default:
      return { text: value, kind: value === '' ? 'text' : 'broken' };
  }
}
