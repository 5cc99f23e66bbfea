/** Reads CSV as people have it: UTF-8, GB18030 or UTF-16, with a mark or without, cut by comma, semicolon or tab. */
import { Refused } from '#platform';
import { CELL_CHARS_MAX, type Cell, COLUMNS_MAX, type SheetRow, unreadable } from './row.ts';

const DECODE_BYTES = 256 * 1024;
const DELIMITERS = [',', ';', '\t', '，'] as const;

/** Refuses lot_file_encoding and lot_file_unreadable with the row where it stopped making sense. */
export function* csvRows(file: Buffer): Generator<SheetRow> {
  const encoding = encodingOf(file);
  const rows = parse(textOf(file, encoding));
  for (const { no, fields } of rows) {
    const cells = fields.map((text): Cell => ({ text, kind: 'text' }));
    if (cells.some(({ text }) => text.trim() !== '')) yield { no, cells };
  }
}

type Encoding = 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be';

/** By its mark, else the first that reads the whole file without a fault. */
function encodingOf(file: Buffer): Encoding {
  if (file.length >= 2 && file.readUInt16BE(0) === 0xfffe) return 'utf-16le';
  if (file.length >= 2 && file.readUInt16BE(0) === 0xfeff) return 'utf-16be';
  for (const encoding of ['utf-8', 'gb18030'] as const)
    try {
      for (const _ of textOf(file, encoding));
      return encoding;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  throw new Refused('lot_file_encoding');
}

/** In slices, so that the text is never whole in memory; the decoder drops the mark. */
function* textOf(file: Buffer, encoding: Encoding): Generator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let from = 0; from < file.length; from += DECODE_BYTES)
    yield decoder.decode(file.subarray(from, from + DECODE_BYTES), { stream: true });
  yield decoder.decode();
}

interface Line {
  readonly no: number;
  readonly fields: string[];
}

/** RFC 4180 and a little mercy: any line end, blanks around nothing. A quote inside an unquoted field is a character. */
function* parse(slices: Iterable<string>): Generator<Line> {
  let no = 1;
  let fields: string[] = [];
  let field = '';
  let state: 'start' | 'plain' | 'quoted' | 'after' = 'start';
  let delimiter: string | undefined;
  let skipNewline = false;
  const endField = (): void => {
    if (field.length > CELL_CHARS_MAX || fields.length >= COLUMNS_MAX) throw unreadable(no);
    fields.push(field);
    field = '';
    state = 'start';
  };
  for (const slice of slices) {
    delimiter ??= delimiterIn(slice);
    for (const sign of slice) {
      if (skipNewline) {
        skipNewline = false;
        if (sign === '\n') continue;
      }
      if (sign === '\0') throw unreadable(no);
      if (state === 'quoted') {
        if (sign === '"') state = 'after';
        else field += sign;
        if (field.length > CELL_CHARS_MAX) throw unreadable(no);
        continue;
      }
      if (sign === delimiter) endField();
      else if (sign === '\n' || sign === '\r') {
        endField();
        yield { no, fields };
        no++;
        fields = [];
        skipNewline = sign === '\r';
      } else if (sign === '"' && state !== 'plain') {
        if (state === 'after') field += '"';
        state = 'quoted';
      } else {
        if (state === 'after') throw unreadable(no);
        field += sign;
        state = 'plain';
        if (field.length > CELL_CHARS_MAX) throw unreadable(no);
      }
    }
  }
  if (state === 'quoted') throw unreadable(no);
  if (field !== '' || fields.length > 0) {
    endField();
    yield { no, fields };
  }
}

/** The one that cuts the first line most often; a comma where none does. */
function delimiterIn(slice: string): string {
  const [line = ''] = slice.replace(/"[^"]*"/g, '').split(/[\r\n]/, 1);
  const counts = DELIMITERS.map((sign) => ({ sign, count: line.split(sign).length }));
  counts.sort((a, b) => b.count - a.count);
  return counts[0]?.sign ?? ',';
}
