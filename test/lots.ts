/** Lots for tests: companies with two people each, files of cards that the issuer simulator knows, a lot up to any state. */
import assert from 'node:assert/strict';
import ExcelJS from 'exceljs';
import sharp from 'sharp';
import { DAY, plus } from '#platform';
import type { Answer, Person, TestHouse } from '#test/house.ts';
import { openShop, topUpShop } from '#test/recyclers.ts';
import { type MadeCard, makeCard, type State } from '../simulators/issuer/index.ts';

export interface Company {
  readonly id: string;
  readonly maker: Person;
  readonly checker: Person;
}

/** A company that is open, with an owner and a second person who may act. */
export async function company(
  house: TestHouse,
  options: { legalName?: string; walletFen?: string } = {},
): Promise<Company> {
  const maker = await house.seller();
  const checker = await house.seller();
  const { legalName = '模拟福利礼品有限公司', walletFen } = options;
  const id = await openShop(house, maker, { legalName });
  const { phone } = checker;
  await house.prove(maker);
  const asked = await house.http(maker, 'POST', `/v1/recyclers/${id}/invites`, {
    phone,
    role: 'buyer',
  });
  assert(asked.status < 300, asked.text);
  const { body } = await house.http(checker, 'GET', '/v1/me/recycler-invites');
  const invite = body.items[0]?.id;
  const joined = await house.http(checker, 'POST', `/v1/me/recycler-invites/${invite}/accept`);
  assert(joined.status < 300, joined.text);
  if (walletFen) await topUpShop(house, maker, id, { amountFen: walletFen });
  return { id, maker, checker };
}

let serial = 0;
/** Cards of one product, never the same twice in a process. */
export const cardsOf = (
  sku: string,
  count: number,
  options: { state?: State; faceFen?: bigint } = {},
): MadeCard[] =>
  Array.from({ length: count }, () => makeCard(sku, { serial: 5_000 + serial++, ...options }));

export const HEAD = ['商品编码', '卡号', '卡密', '面值（元）', '到期日'];
const rowOf = ({ sku, number, pin, faceFen }: MadeCard): string[] => [
  ...[sku, number, pin ?? '', String(BigInt(faceFen) / 100n), ''],
];
export const csvOf = (cards: readonly MadeCard[]): Buffer =>
  Buffer.from(`\ufeff${[HEAD, ...cards.map(rowOf)].map((row) => row.join(',')).join('\r\n')}\r\n`);

export async function xlsxOf(rows: readonly (readonly unknown[])[]): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('cards');
  for (const row of rows) sheet.addRow([...row]);
  return Buffer.from(await book.xlsx.writeBuffer());
}
export const sheetOf = async (cards: readonly MadeCard[]): Promise<Buffer> =>
  await xlsxOf([HEAD, ...cards.map(rowOf)]);

export const lotPath = ({ id }: Pick<Company, 'id'>, lotId = ''): string =>
  `/v1/recyclers/${id}/lots${lotId && `/${lotId}`}`;

/** Anything an answer about a lot or a deal holds, for assertions. */
export type Told = Answer<Record<string, never> & { id: string; state: string; code: string }>;

export async function newLot(
  house: TestHouse,
  of: Company,
  { rows, plan = 'zero' }: { rows: number; plan?: 'zero' | 'sprt' },
): Promise<string> {
  const body = { title: '年货礼品卡', declaredRows: rows, plan };
  const made = await house.http(of.maker, 'POST', lotPath(of), body);
  assert.equal(made.status, 201, made.text);
  return made.body.id;
}

const PIECE = 1024 * 1024;

/** In pieces, as the page does; the answer to the last call. */
export async function upload(
  house: TestHouse,
  of: Company,
  lotId: string,
  file: Buffer,
): Promise<Answer> {
  const bytes = { 'content-type': 'application/octet-stream' };
  for (let no = 0; no * PIECE < file.length; no++) {
    const piece = file.subarray(no * PIECE, (no + 1) * PIECE);
    const path = `${lotPath(of, lotId)}/file/${no}`;
    const put = await house.http(of.maker, 'PUT', path, piece, bytes);
    if (put.status !== 200) return put;
  }
  const done = { bytes: file.length };
  return await house.http(of.maker, 'POST', `${lotPath(of, lotId)}/file`, done);
}

export async function addPapers(house: TestHouse, of: Company, lotId: string): Promise<void> {
  const photo = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#c33' } })
    .jpeg()
    .toBuffer();
  const pdf = Buffer.from('%PDF-1.4\n% a proof of purchase\n');
  for (const [kind, file] of [
    ['authorisation', photo],
    ['purchase', pdf],
  ] as const) {
    const head =
      '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\ncontent-type: application/octet-stream\r\n\r\n';
    const body = Buffer.concat([Buffer.from(head), file, Buffer.from('\r\n--x--\r\n')]);
    const type = { 'content-type': 'multipart/form-data; boundary=x' };
    const path = `${lotPath(of, lotId)}/papers?kind=${kind}`;
    const added = await house.http(of.maker, 'POST', path, body, type);
    assert.equal(added.status, 200, added.text);
  }
}

/** Uploaded, papers approved, every card checked, the sample passed: ready to open. */
export async function readyLot(
  house: TestHouse,
  of: Company,
  staff: Person,
  cards: readonly MadeCard[],
): Promise<string> {
  const lotId = await newLot(house, of, { rows: cards.length });
  const sent = await upload(house, of, lotId, csvOf(cards));
  assert.equal(sent.status, 200, sent.text);
  await house.settle();
  await addPapers(house, of, lotId);
  const submitted = await house.http(of.checker, 'POST', `${lotPath(of, lotId)}/submit`);
  assert.equal(submitted.status, 200, submitted.text);
  await house.prove(staff);
  const approved = await house.http(staff, 'POST', `/v1/console/lots/${lotId}/approve`);
  assert.equal(approved.status, 200, approved.text);
  await house.settle();
  await passSample(house, staff, lotId);
  return lotId;
}

/** Staff look at all that was drawn and find it good. */
export async function passSample(house: TestHouse, staff: Person, lotId: string): Promise<void> {
  const path = `/v1/console/lots/${lotId}`;
  const { body } = await house.http<{ toLookAt: { row: number }[]; state: string }>(
    staff,
    'GET',
    path,
  );
  assert.equal(body.state, 'sampling');
  const results = body.toLookAt.map(({ row }) => ({ row, ok: true }));
  const told = await house.http(staff, 'POST', `${path}/sample`, { results });
  assert.equal(told.body.state, 'ready', told.text);
}

// ------------------------------------------------------------------ from the offer to the statement

export interface LotBody {
  state: string;
  parts: { no: number; sku?: string; bestFen?: string; dealId?: string; bids: number }[];
  progress: { read: number; good: number; bad: number; checkedGood: number; checkedBad: number };
  faults: { fault: string; rows: number; firstRow: number }[];
  refused?: { code: string };
  code: string;
}
export interface DealBody {
  id: string;
  state: string;
  contract: string;
  contractHash: string;
  tranches: {
    no: number;
    state: string;
    priceFen: string;
    paidFen: string;
    feeFen: string;
    backFen: string;
    refundFen: string;
    failingFen: string;
    disputed: { row: number; probed?: string }[];
  }[];
  code: string;
}

export async function openFor(
  house: TestHouse,
  of: Company,
  lotId: string,
  more: Record<string, unknown> = {},
): Promise<void> {
  const closesAt = plus(house.clock.now(), 2 * DAY).toISOString();
  const body = { kind: 'rfq', split: 'whole', tranches: 2, closesAt, reserves: [], ...more };
  const opened = await house.http(of.maker, 'POST', `${lotPath(of, lotId)}/open`, body);
  assert.equal(opened.body.state, 'open', opened.text);
}

export async function bid(
  house: TestHouse,
  by: Company,
  lotId: string,
  priceFen: string,
  part = 1,
) {
  await house.prove(by.maker);
  const path = `/v1/recyclers/${by.id}/lot-offers/${lotId}/bids`;
  return await house.http(by.maker, 'POST', path, { part, priceFen });
}

export const dealPath = ({ id }: Company, dealId: string): string =>
  `/v1/recyclers/${id}/lot-deals/${dealId}`;
export const dealOf = async (house: TestHouse, of: Company, dealId: string): Promise<DealBody> =>
  (await house.http<DealBody>(of.maker, 'GET', dealPath(of, dealId))).body;

/** Two people of each side confirm. */
export async function sign(
  house: TestHouse,
  sides: readonly Company[],
  dealId: string,
): Promise<void> {
  for (const side of sides) {
    const { contractHash } = await dealOf(house, side, dealId);
    for (const person of [side.maker, side.checker]) {
      await house.prove(person);
      const told = await house.http(person, 'POST', `${dealPath(side, dealId)}/sign`, {
        contractHash,
      });
      assert.equal(told.status, 200, told.text);
    }
  }
}

export async function takeCards(
  house: TestHouse,
  buyer: Company,
  dealId: string,
  no: number,
  as?: Person,
) {
  const person = as ?? buyer.maker;
  await house.prove(person);
  return await house.http(person, 'POST', `${dealPath(buyer, dealId)}/tranches/${no}/cards.csv`);
}

/** One bid, taken and confirmed by all four; the first tranche is delivered. */
export async function dealFor(
  house: TestHouse,
  of: { seller: Company; buyer: Company; lotId: string; priceFen: string },
): Promise<string> {
  const { seller, buyer, lotId, priceFen } = of;
  await openFor(house, seller, lotId, { tranches: 1 });
  assert.equal((await bid(house, buyer, lotId, priceFen)).status, 201);
  await house.forward(2 * DAY);
  await house.prove(seller.checker);
  const award = `${lotPath(seller, lotId)}/award`;
  const { body } = await house.http<LotBody>(seller.checker, 'POST', award, { parts: [1] });
  const dealId = body.parts[0]?.dealId;
  assert(dealId, 'the part was awarded');
  await sign(house, [buyer, seller], dealId);
  return dealId;
}
