/** The demo's recycler: a small shop that joined over the API as everybody does, with money in its wallet. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { findUser, openSession, signUp, submitRealName } from '#parties';
import { creditCodeCheck, type Db, inTransaction, type Keys } from '#platform';
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

export async function openDemoShop(stage: ShopStage): Promise<void> {
  const { dice } = stage;
  const call = await signedIn(stage);
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
}

interface Known {
  items: { id: string; name: string; revokedAt?: string }[];
}
const KEY_NAME = 'sandbox';

/** A key of the shop for programs that try things out; the one of the start before is dead from now on. */
export async function sandboxKey(
  stage: Pick<ShopStage, 'house' | 'db' | 'keys' | 'now'>,
): Promise<{ shop: string; key: string }> {
  const { call, shop } = await shopOwner(stage);
  const address = `/v1/recyclers/${shop}/keys`;
  const before = (await call('GET', address)) as unknown as Known;
  for (const { id, name, revokedAt } of before.items)
    if (name === KEY_NAME && !revokedAt) await call('DELETE', `${address}/${id}`);
  const scopes = ['read', 'bid', 'report', 'top_up', 'webhooks'];
  const made = await call('POST', address, { name: KEY_NAME, scopes, networks: [] });
  return { shop, key: (made as unknown as { key: string }).key };
}

/** The shop, and its owner in a session. */
export async function shopOwner(
  stage: Pick<ShopStage, 'house' | 'db' | 'keys' | 'now'>,
): Promise<{ shop: string; call: Call }> {
  const userId = await findUser(stage.db, { keys: stage.keys, phone: DEMO_OWNER });
  assert(userId, 'the demo has a shop');
  const call = await sessionOf(stage, userId);
  const [shop] = ((await call('GET', '/v1/recyclers')) as unknown as Known).items;
  assert(shop, 'the demo has a shop');
  return { shop: shop.id, call };
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Call = (method: Method, url: string, body?: object) => Promise<{ id: string }>;

/** The owner with a verified name, in a session that has just proved itself. */
async function signedIn({ house, db, keys, dice, now, settle }: ShopStage): Promise<Call> {
  const at = now();
  const userId = await inTransaction(db, async (tx) => {
    const id = await signUp(tx, { keys, phone: DEMO_OWNER, at });
    const idNumber = idNumberOf(dice, PERSON);
    await submitRealName(tx, { keys, userId: id, name: NAME, idNumber, at });
    return id;
  });
  await settle();
  return await sessionOf({ house, db, now }, userId);
}

/** A session that has just proved itself. */
export async function sessionOf(
  { house, db, now }: Pick<ShopStage, 'house' | 'db' | 'now'>,
  userId: string,
  device = { agent: 'demo', address: '192.0.2.6' },
): Promise<Call> {
  const { token } = await inTransaction(db, (tx) =>
    openSession(tx, { userId, how: 'passkey', device, at: now() }),
  );
  return async (method, url, body) => {
    const isPhoto = Buffer.isBuffer(body);
    const reply = await house.app.inject({
      ...{ method, url, ...(body && { payload: body }) },
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
