/** The demo's recycler: a small shop that joined over the API as everybody does, funds itself, and bids. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { openSession, signUp, submitRealName } from '#parties';
import { creditCodeCheck, DAY, type Db, inTransaction, type Keys, plus } from '#platform';
import type { House } from './app.ts';
import { type Chance, idNumberOf, luhnNumber } from './demo-people.ts';

export const DEMO_OWNER = '13900000006';
const NAME = '韩梅梅';
const FIRST_17 = '92110101MA00DEM00';
const WALLET_FEN = '500000';
/** Behind the numbers of the sellers. */
const PERSON = 900;

export interface ShopStage {
  readonly house: House;
  readonly db: Db;
  readonly keys: Keys;
  readonly dice: Chance;
  now(): Date;
  /** Jobs, bank and register answer. */
  settle(): Promise<void>;
}

/** Gives the shop and who owns it. */
export async function openDemoShop(stage: ShopStage): Promise<{ shop: string; ownerId: string }> {
  const { dice } = stage;
  const ownerId = await owner(stage);
  const call = await asPerson(stage, ownerId);
  const { id } = await call('POST', '/v1/recyclers', {
    ...{ tier: 'tiny', creditCode: `${FIRST_17}${creditCodeCheck(FIRST_17)}` },
    ...{ legalName: '模拟梅梅卡券行', legalPerson: NAME },
  });
  await stage.settle();
  const shop = `/v1/recyclers/${id}`;
  await call('POST', `${shop}/licence/photo`, await photo());
  await call('PUT', `${shop}/payout-account`, {
    ...{ bankCode: 'city', accountNumber: luhnNumber(dice, '622202', 19) },
  });
  await call('POST', `${shop}/begin`, {});
  await call('POST', `${shop}/top-ups`, { target: 'wallet', amountFen: WALLET_FEN });
  await stage.settle();
  return { shop: id, ownerId };
}

/** Products that the shop buys, at what share of the face; the dearer step first. */
const BIDS: readonly (readonly [sku: string, steps: readonly [bps: number, cards: number][]])[] = [
  [
    'wuyan-card',
    [
      [9_300, 2],
      [9_050, 5],
    ],
  ],
  ['shiju-gift', [[9_150, 3]]],
  ['mujing-card', [[8_800, 10]]],
];
const AUCTIONED = 'weihe-gift';
const AUCTION_DAYS = 3;
/** Of the face, in hundredths. */
const RESERVE_PERCENT = 80n;
const MAX_PERCENT = 91n;

/** When the month is over: some standing bids, and an auction that runs with a first bid in it. */
export async function openDemoBids(
  stage: ShopStage,
  { shop, ownerId, sellerId, card }: DemoBids,
): Promise<void> {
  const call = await asPerson(stage, ownerId);
  for (const [sku, steps] of BIDS)
    await call('POST', `/v1/recyclers/${shop}/bids`, {
      ...{ sku, faceMinFen: '5000', faceMaxFen: '50000', gradeMin: 'V2', fromHour: 0, toHour: 24 },
      ...{ weekdays: [0, 1, 2, 3, 4, 5, 6], dailyBudgetFen: '100000' },
      curve: steps.map(([rateBps, quantity]) => ({ rateBps, quantity })),
    });
  const sell = await asPerson(stage, sellerId);
  const { number, pin, faceFen } = card;
  const opens = stage.now();
  const percent = (part: bigint): string => String((BigInt(faceFen) * part) / 100n);
  const { id } = await sell('POST', '/v1/auctions', {
    ...{ kind: 'english', sku: AUCTIONED, faceFen, reserveFen: percent(RESERVE_PERCENT) },
    ...{ number, ...(pin !== undefined && { pin }), opensAt: opens.toISOString() },
    closesAt: plus(opens, AUCTION_DAYS * DAY).toISOString(),
  });
  await stage.settle();
  const bid = { maxFen: percent(MAX_PERCENT) };
  await call('POST', `/v1/recyclers/${shop}/auctions/${id}/bid`, bid);
}

export interface DemoBids {
  readonly shop: string;
  readonly ownerId: string;
  readonly sellerId: string;
  /** Of the product that is auctioned; the issuer's simulator knows it and nobody has used it. */
  readonly card: { number: string; pin?: string; faceFen: string };
}
export const DEMO_AUCTIONED = AUCTIONED;

type Call = (method: 'POST' | 'PUT', url: string, body: object) => Promise<{ id: string }>;

/** With a verified name. */
async function owner({ db, keys, dice, now, settle }: ShopStage): Promise<string> {
  const at = now();
  const userId = await inTransaction(db, async (tx) => {
    const id = await signUp(tx, { keys, phone: DEMO_OWNER, at });
    const idNumber = idNumberOf(dice, PERSON);
    await submitRealName(tx, { keys, userId: id, name: NAME, idNumber, at });
    return id;
  });
  await settle();
  return userId;
}

/** In a session that has just proved itself. */
async function asPerson({ house, db, now }: ShopStage, userId: string): Promise<Call> {
  const device = { agent: 'demo', address: '192.0.2.6' };
  const { token } = await inTransaction(db, (tx) =>
    openSession(tx, { userId, how: 'passkey', device, at: now() }),
  );
  return async (method, url, body) => {
    const isPhoto = Buffer.isBuffer(body);
    const reply = await house.app.inject({
      ...{ method, url, payload: body },
      headers: {
        ...{ cookie: `huiquan=${token}; __Host-huiquan=${token}` },
        ...(isPhoto && { 'content-type': 'multipart/form-data; boundary=demo' }),
      },
    });
    assert(reply.statusCode < 300, `${method} ${url}: ${reply.body}`);
    return reply.json();
  };
}

/** A plain card in the colour of a licence: the demo shows no real paper. */
async function photo(): Promise<Buffer> {
  const picture = await sharp({
    create: { width: 840, height: 594, channels: 3, background: '#e9d8a6' },
  })
    .jpeg()
    .toBuffer();
  const head =
    'content-disposition: form-data; name="photo"; filename="licence.jpg"\r\ncontent-type: image/jpeg';
  return Buffer.concat([
    Buffer.from(`--demo\r\n${head}\r\n\r\n`),
    picture,
    Buffer.from('\r\n--demo--\r\n'),
  ]);
}
