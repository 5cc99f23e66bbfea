// Goal: every file that people really have is read right, and no file, however made, hurts the house or is half believed.
// Method: files written by hand byte by byte and by a spreadsheet library; zip bombs, entities and lies built here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import ExcelJS from 'exceljs';
import { type Product, parseCard, readCatalogue } from '#cards';
import { fen, Refused } from '#platform';
import { type Bench, columnsIn, type Judged, judgeRow, productKey } from './judge.ts';
import { cardRows } from './read.ts';
import type { SheetRow } from './row.ts';

const HEAD = '商品编码,卡号,卡密,面值（元）,到期日';

async function read(file: Buffer): Promise<SheetRow[]> {
  const rows: SheetRow[] = [];
  for await (const row of cardRows(file)) rows.push(row);
  return rows;
}
const texts = async (file: Buffer): Promise<string[][]> =>
  (await read(file)).map(({ cells }) => cells.map((cell) => cell?.text ?? ''));

async function refusedAs(code: string, file: Buffer, params?: object): Promise<void> {
  await assert.rejects(read(file), (error) => {
    assert(error instanceof Refused, String(error));
    assert.equal(error.refusal.code, code);
    if (params) assert.deepEqual(error.refusal.params, params);
    return true;
  });
}

test('CSV in every encoding and cut that people have', async () => {
  const row = '味禾礼品卡,9101,"12,3",100,2027-06-30';
  const want = [['味禾礼品卡', '9101', '12,3', '100', '2027-06-30']];
  const text = `${HEAD}\r\n${row}\r\n`;
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  const files: Record<string, Buffer> = {
    'UTF-8': Buffer.from(text),
    'UTF-8 with a mark': Buffer.from(`\ufeff${text}`),
    'UTF-16LE': utf16,
    'UTF-16BE': Buffer.from(utf16).swap16(),
    'old line ends': Buffer.from(text.replaceAll('\r\n', '\r')),
    'no last line end': Buffer.from(text.trimEnd()),
    semicolons: Buffer.from(`${HEAD.replaceAll(',', ';')}\n味禾礼品卡;9101;"12,3";100;2027-06-30`),
    tabs: Buffer.from(`${HEAD.replaceAll(',', '\t')}\n味禾礼品卡\t9101\t12,3\t100\t2027-06-30`),
    // 商品,卡号,面值 in GB18030, then 味 and the rest.
    GB18030: Buffer.concat([
      Buffer.from('c9ccc6b7', 'hex'),
      Buffer.from(','),
      Buffer.from('bfa8bac5', 'hex'),
      Buffer.from(',pin,'),
      Buffer.from('c3e6d6b5', 'hex'),
      Buffer.from(',expires\n'),
      Buffer.from('ceb6bacc', 'hex'),
      Buffer.from(',9101,"12,3",100,2027-06-30\n'),
    ]),
  };
  for (const [name, file] of Object.entries(files)) {
    const [found = []] = await texts(file);
    const expected = name === 'GB18030' ? ['味禾', ...(want[0] ?? []).slice(1)] : want[0];
    assert.deepEqual(found, expected, name);
  }
});

test('CSV that cannot be believed says where', async () => {
  await refusedAs('lot_file_encoding', Buffer.from([0x61, 0xff, 0xff, 0x2c, 0x0a]));
  await refusedAs('lot_file_unreadable', Buffer.from(`${HEAD}\na,b,c,d,e\n"open,b`), { row: 3 });
  await refusedAs('lot_file_unreadable', Buffer.from(`${HEAD}\n${'x'.repeat(501)}`), { row: 2 });
  await refusedAs('lot_file_unreadable', Buffer.from(`${HEAD}\na\0b,c`), { row: 2 });
  await refusedAs('lot_file_unreadable', Buffer.from(`${HEAD}\n${','.repeat(70)}`), { row: 2 });
  await refusedAs('lot_file_heads', Buffer.from('商品编码,卡密\na,b'), {
    heads: '卡号、面值（元）',
  });
  await refusedAs('lot_file_heads', Buffer.from(`${HEAD},卡号\na,b`), { heads: '卡号' });
  await refusedAs('lot_file_empty', Buffer.from(`${HEAD}\n\n ,, \n`));
  await refusedAs('lot_file_old', Buffer.from('d0cf11e0a1b11ae1', 'hex'));
  const many = Buffer.from(`${HEAD}\n${'a,b,c,1,\n'.repeat(100_001)}`);
  await refusedAs('lot_file_rows', many, { max: 100_000 });
});

// spreadsheets

interface PartOf {
  name: string;
  text: string | Buffer;
}
/** A zip of these parts; what the directory claims of sizes is the truth unless a test says otherwise. */
function zipOf(parts: readonly PartOf[], lie: { flags?: number; offset?: number } = {}): Buffer {
  const bodies: Buffer[] = [];
  const heads: Buffer[] = [];
  let at = 0;
  for (const { name, text } of parts) {
    const data = Buffer.from(text);
    const packed = deflateRawSync(data);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50);
    central.writeUInt16LE(lie.flags ?? 0, 8);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(crc32(data), 16);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(data.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(lie.offset ?? at, 42);
    bodies.push(local, Buffer.from(name), packed);
    heads.push(central, Buffer.from(name));
    at += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(heads);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, directory, end]);
}

const BOOK =
  '<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>';
const RELATIONS =
  '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>';
const HEAD_ROW = `<row r="1">${HEAD.split(',')
  .map((text, n) => `<c r="${'ABCDE'[n]}1" t="inlineStr"><is><t>${text}</t></is></c>`)
  .join('')}</row>`;
const sheet = (rows: string, before = ''): string =>
  `${before}<worksheet><dimension ref="A1:E2"/><sheetData>${HEAD_ROW}${rows}</sheetData></worksheet>`;
const workbook = (sheetText: string, more: readonly PartOf[] = [], book = BOOK): Buffer =>
  zipOf([
    { name: 'xl/workbook.xml', text: book },
    { name: 'xl/_rels/workbook.xml.rels', text: RELATIONS },
    { name: 'xl/worksheets/sheet1.xml', text: sheetText },
    ...more,
  ]);

test('XLSX as a spreadsheet writes it: shared texts, text cells, gaps', async () => {
  const book = new ExcelJS.Workbook();
  const page = book.addWorksheet('cards');
  page.addRow(HEAD.split(','));
  page.addRow(['weihe-gift', '0012345678901234', '000123', '100', '2027-06-30']);
  page.addRow([]);
  page.addRow(['weihe-gift', '9101', null, 100, new Date('2027-06-30T00:00:00Z')]);
  const rows = await read(Buffer.from(await book.xlsx.writeBuffer()));
  assert.deepEqual(
    rows.map(({ no }) => no),
    [2, 4],
  );
  assert.equal(rows[0]?.cells[1]?.text, '0012345678901234');
  assert.deepEqual(rows[1]?.cells[3], { text: '100', kind: 'number' });
  assert.equal(rows[1]?.cells[2], undefined);
});

test('XLSX that lies, explodes or reaches outside is refused, each with its own word', async () => {
  const ok = '<row r="2"><c r="A2" t="inlineStr"><is><t>a</t></is></c></row>';
  assert.equal((await read(workbook(sheet(ok)))).length, 1, 'the control');
  const entity = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>';
  await refusedAs('lot_file_entity', workbook(sheet(ok, entity)));
  await refusedAs(
    'lot_file_unreadable',
    workbook(sheet('<row r="2"><c r="A2"><v>&b;</v></c></row>')),
  );
  const two = BOOK.replace('</sheets>', '<sheet name="b" sheetId="2" r:id="rId2"/></sheets>');
  await refusedAs('lot_file_sheets', workbook(sheet(ok), [], two), { count: 2 });
  const bomb = sheet(ok) + ' '.repeat(40 * 1024 * 1024);
  await refusedAs('lot_file_bomb', workbook(bomb));
  const shared = `<sst>${'<si><t>a</t></si>'.repeat(700_000)}</sst>`;
  await refusedAs(
    'lot_file_bomb',
    workbook(sheet(ok), [{ name: 'xl/sharedStrings.xml', text: shared }]),
  );
  const crowd = Array.from({ length: 501 }, (_, n) => ({ name: `x${n}`, text: 'a' }));
  await refusedAs('lot_file_bomb', workbook(sheet(ok), crowd));
  // The dimension says two rows; there are more than a lot may have.
  const many = Array.from(
    { length: 100_002 },
    (_, n) => `<row r="${n + 2}"><c r="A${n + 2}"><v>${n}</v></c></row>`,
  );
  await refusedAs('lot_file_rows', workbook(sheet(many.join(''))), { max: 100_000 });
  await refusedAs(
    'lot_file_unreadable',
    workbook(sheet('<row r="1"><c r="A1"><v>1</v></c></row>')),
  );
  await refusedAs(
    'lot_file_unreadable',
    workbook(sheet('<row r="2"><c r="ZZZZ2"><v>1</v></c></row>')),
  );
  await refusedAs('lot_file_unreadable', workbook('<worksheet><sheetData>'));
  await refusedAs('lot_file_unreadable', workbook(sheet(ok)).subarray(0, 200));
  await refusedAs('lot_file_unreadable', zipOf([{ name: 'xl/workbook.xml', text: BOOK }]));
  const parts = [
    { name: 'xl/workbook.xml', text: BOOK },
    { name: 'xl/_rels/workbook.xml.rels', text: RELATIONS },
  ];
  await refusedAs('lot_file_unreadable', zipOf(parts, { flags: 1 }));
  await refusedAs('lot_file_unreadable', zipOf(parts, { offset: 1_000_000 }));
});

// rows

const products = new Map(
  readCatalogue().products.map((data): [string, Product] => [
    data.sku,
    {
      ...(data as unknown as Product),
      denominationsFen: data.denominationsFen.map((text) => fen(BigInt(text))),
      version: 1,
    },
  ]),
);
const named = new Map(
  [...products].flatMap(([sku, one]) => [
    [productKey(sku), one] as const,
    [productKey(one.name.zh), one] as const,
  ]),
);
const columns = columnsIn({
  no: 1,
  cells: HEAD.split(',').map((text) => ({ text, kind: 'text' })),
});
const bench: Bench = {
  columns,
  products: named,
  day: '2026-11-23',
  isAccepted: ({ sku }) => sku !== 'hemu-year',
};

/** With the check digit that fits. */
function numberOf(body: string): string {
  const product = products.get('weihe-gift');
  assert(product);
  const digit = [...'0123456789'].find(
    (last) => parseCard(product, { number: body + last, pin: '123456' }).ok,
  );
  return body + digit;
}
type Typed = string | number | { formula: string };
const judge = (...cells: Typed[]): Judged =>
  judgeRow(
    {
      no: 2,
      cells: cells.map((cell) =>
        typeof cell === 'string'
          ? { text: cell, kind: 'text' }
          : typeof cell === 'number'
            ? { text: String(cell), kind: 'number' }
            : { text: cell.formula, kind: 'formula' },
      ),
    },
    bench,
  );
const faultOf = (...cells: Typed[]): string | undefined => {
  const told = judge(...cells);
  return told.ok ? undefined : `${told.fault}/${told.column}`;
};

test('a row is a card, or one fault at one column with a cure', () => {
  const good = numberOf('910100000000000');
  const ok = judge('味禾礼品卡', ` ${good} `, '123456', '¥100.00', '2027/6/30');
  assert(ok.ok);
  assert.deepEqual(
    [ok.card.product.sku, ok.card.faceFen, ok.card.expiresOn],
    ['weihe-gift', 10_000n, '2027-06-30'],
  );
  const sku = 'weihe-gift';
  const cases: [string | undefined, Typed[]][] = [
    ['scientific/number', [sku, '1.23E+15', '123456', '100', '']],
    ['scientific/number', [sku, '9.1E15', '123456', '100', '']],
    ['scientific/number', [sku, 9.101e21, '123456', '100', '']],
    ['scientific/number', [sku, 9.101e15, '123456', '100', '']],
    ['scientific/pin', [sku, good, '1,2E+5', '100', '']],
    ['formula/number', [sku, { formula: '=A1' }, '123456', '100', '']],
    ['product_missing/product', ['', good, '123456', '100', '']],
    ['product_unknown/product', ['=cmd()', good, '123456', '100', '']],
    ['number_missing/number', [sku, '', '123456', '100', '']],
    [
      'number_wrong/number',
      [sku, `${good.slice(0, -1)}${(Number(good.at(-1)) + 1) % 10}`, '123456', '100', ''],
    ],
    ['bank_card/number', [sku, '6222021234567890128', '123456', '100', '']],
    ['pin_wrong/pin', [sku, good, '12345', '100', '']],
    ['face_wrong/face', [sku, good, '123456', '1e4', '']],
    ['face_wrong/face', [sku, good, '123456', '-100', '']],
    ['face_not_offered/face', [sku, good, '123456', '101', '']],
    ['expires_wrong/expires', [sku, good, '123456', '100', '2027-02-30']],
    ['expired/expires', [sku, good, '123456', '100', '2026-11-22']],
    ['not_accepted/product', ['hemu-year', 'x', '', '238', '']],
    ['not_transferable/product', ['hemu-bound', 'x', '', '388', '']],
    ['extra_cells/product', [sku, good, '123456', '100', '', 'more']],
    [undefined, [sku, good, '123456', '1,000.00', '']],
    [undefined, [sku, good, 123456, 100, 46568]],
    [undefined, [sku, good, '123456', 99.99999999999999 + 0.00000000000001, '20270630']],
  ];
  for (const [want, cells] of cases) assert.equal(faultOf(...cells), want, JSON.stringify(cells));
});
