/** The market's part of the demo: a month of sales between people, and a shelf of cards for the newcomer. */
import assert from 'node:assert/strict';
import type { Product } from '#cards';
import { claimOf, respondClaim } from '#disputes';
import {
  bid,
  buy,
  complain,
  confirm,
  draft,
  findListing,
  findOrder,
  listListings,
  lookAt,
  publish,
  putWant,
  reveal,
  review,
  sealListed,
  waive,
} from '#market';
import { type Fen, fen, inTransaction, Refused, Secret } from '#platform';
import { payInOf } from '#settlement';
import type { House } from './app.ts';
import type { Chance } from './demo-people.ts';

export interface MarketStage {
  readonly house: House;
  readonly dice: Chance;
  readonly now: () => Date;
  readonly people: readonly { userId: string }[];
  readonly products: readonly Product[];
  /** A card that the issuer's simulator knows and nobody has used yet. */
  readonly cardOf: (
    sku: string,
  ) => Promise<{ number: string; pin?: string; faceFen: string } | undefined>;
  readonly settle: () => Promise<void>;
}

/** Few products, so that each of them has a price history worth a chart. */
const TRADED = [
  'weihe-gift',
  'manhecang-card',
  'chizhang-card',
  'mujing-card',
  'shiju-gift',
  'wuyan-card',
];
const TRIES_MAX = 10;
const WORDS: readonly (readonly [string, string])[] = [
  ['年会抽奖所得，用不上转让', '卡面完好，密码未刮开'],
  ['公司福利卡，离家太远', '随时可验，欢迎先看余额凭证'],
  ['朋友送的礼品卡，自己用不到', ''],
  ['搬家转让，余额全新', '未使用过，请在有效期内使用'],
  ['多买了一张，低价出', '支持所有门店，限制见下方'],
];

/** What was put up yesterday is bought today, mostly; then today's cards go up. */
export async function marketDay(stage: MarketStage, sales: number): Promise<void> {
  const { house, dice } = stage;
  for (let i = 0; i < sales; i++) await listOne(stage, dice.pick(TRADED), 'vault');
  await stage.settle();
  const live = await listListings(house.db, { states: ['live'], limit: sales });
  const bought: string[] = [];
  for (const of of live) {
    const id = await buyOne(stage, of.id);
    if (id !== undefined) bought.push(id);
  }
  await stage.settle();
  await Promise.all(bought.map((id) => payFor(stage, id)));
  await heardOf(stage, bought);
  for (const id of bought) await lookInto(stage, id);
  await stage.settle();
  for (const id of bought) await takeIt(stage, id);
  for (const id of bought) await praise(stage, id);
}

/** The shelf that the newcomer finds: several kinds, ways of delivery, and one that falls in price. */
export async function fillShelf(stage: MarketStage): Promise<void> {
  const { dice, products } = stage;
  for (const sku of TRADED) await listOne(stage, sku, 'vault');
  for (let i = 0; i < 8; i++) await listOne(stage, dice.pick(products).sku, 'vault');
  await listOne(stage, 'zhengliu-card', 'seller');
  await listOne(stage, 'songyu-card', 'mail');
  await listOne(stage, 'tianbo-card', 'vault', true);
  await stage.settle();
  await wishAndBargain(stage);
  await complaints(stage);
}

const PRAISE = ['很快，余额和说的一样', '交易顺利，谢谢', '卡没问题', ''] as const;

/** Both sides say how it was; what they say follows from the order alone, so that the month stays as it is. */
async function praise({ house, now }: MarketStage, orderId: string): Promise<void> {
  const order = await findOrder(house.db, orderId);
  if (!order?.confirmed_at) return;
  const { buyer_id: buyerId, seller_id: sellerId, price_fen: valueFen } = order;
  const sale = { orderId, buyerId, sellerId, valueFen, endedAt: order.confirmed_at };
  const luck = Number.parseInt(orderId.slice(-1), 16);
  const body = PRAISE[luck % PRAISE.length] ?? '';
  for (const by of [buyerId, sellerId])
    await inTransaction(house.db, (tx) =>
      review(tx, sale, { by, stars: luck % 5 === 0 ? 4 : 5, body, at: now() }),
    );
}

/** What a no of the rules would end is left out of the demo. */
async function ifAllowed<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return undefined;
  }
}

/** Two standing wishes and an offer that waits for its seller. */
async function wishAndBargain({ house, dice, now, people }: MarketStage): Promise<void> {
  const range = { valueMinFen: fen(10_000n), valueMaxFen: fen(50_000n), gradeMin: 0, days: 30 };
  for (const [sku, maxBps] of [
    ['weihe-gift', 8_200],
    ['shiju-gift', 8_600],
  ] as const) {
    const { userId: buyerId } = dice.pick(people);
    await ifAllowed(() => putWant(house.db, { buyerId, sku, maxBps, ...range, at: now() }));
  }
  const [of] = await listListings(house.db, { states: ['live'], limit: 1 });
  if (!of) return;
  const { userId } = dice.pick(people);
  const offer = { listingId: of.id, userId, priceFen: part(of.price_fen, 92), at: now() };
  await ifAllowed(() => bid(house.db, offer));
}

/** A card whose issuer only answers questions, so that a complaint about it needs people. */
const ASKED_ONLY = 'huiyu-ecard';

/** Two complaints: one waits for the seller's answer, one was contested and goes on to the desk. */
async function complaints(stage: MarketStage): Promise<void> {
  const { house, now } = stage;
  for (let i = 0; i < 2; i++) await listOne(stage, ASKED_ONLY, 'vault');
  await stage.settle();
  const live = await listListings(house.db, { states: ['live'], limit: 20 });
  const bought: string[] = [];
  for (const { id, sku } of live) {
    if (sku !== ASKED_ONLY) continue;
    // Who is drawn may be the seller.
    const order = (await buyOne(stage, id)) ?? (await buyOne(stage, id));
    if (order !== undefined) bought.push(order);
  }
  await stage.settle();
  await Promise.all(bought.map((id) => payFor(stage, id)));
  await heardOf(stage, bought);
  for (const id of bought) await lookInto(stage, id);
  await stage.settle();
  for (const orderId of bought) await complainOf(stage, orderId);
  await stage.settle();
  const [subject] = bought;
  const claim = subject && (await claimOf(house.db, { venue: 'market', subject }));
  if (!claim) return;
  const answer = { id: claim.id, userId: claim.respondent.userId, answer: 'contest' } as const;
  await inTransaction(house.db, (tx) =>
    respondClaim(tx, () => assert.fail('to contest moves no money'), { ...answer, at: now() }),
  );
}

async function complainOf({ house, now }: MarketStage, orderId: string): Promise<void> {
  const order = await findOrder(house.db, orderId);
  if (order?.state !== 'proven') return;
  const act = { orderId, userId: order.buyer_id, at: now() };
  await reveal(house.market, act);
  const statement = '门店说这张卡不能在我所在的城市使用';
  await complain(house.market, { ...act, reason: 'RESTRICTED', statement });
}

/** Skips what the rules, the limits of a person or chance do not allow. */
async function listOne(
  stage: MarketStage,
  sku: string,
  delivery: 'vault' | 'seller' | 'mail',
  marksDown = false,
): Promise<void> {
  const { house, dice, people, products } = stage;
  const product = products.find((one) => one.sku === sku);
  const card = await stage.cardOf(sku);
  if (!product || !card) return;
  const { userId } = dice.pick(people);
  const faceFen = fen(BigInt(card.faceFen));
  const priceFen = part(faceFen, dice.within(78, 95));
  const [title, note] = dice.pick(WORDS);
  const at = stage.now();
  try {
    const made = await draft(house.db, {
      ...{ userId, sku, faceFen, priceFen, delivery, title, note, at },
      restrictions: product.restrictions,
      ...(marksDown && { markdownFloorFen: part(priceFen, 80) }),
    });
    const act = { listingId: made.id, userId, at };
    if (delivery !== 'vault') await publish(house.db, act);
    else
      await sealListed(house.market, {
        ...act,
        number: new Secret(card.number),
        pin: card.pin === undefined ? undefined : new Secret(card.pin),
      });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

const part = (of: Fen, percent: number): Fen => fen((of * BigInt(percent)) / 100n);

async function buyOne(stage: MarketStage, listingId: string): Promise<string | undefined> {
  const { house, dice, people } = stage;
  const of = await findListing(house.db, listingId);
  if (!of) return undefined;
  try {
    const { orders } = await buy(house.market, {
      userId: dice.pick(people).userId,
      items: [{ listingId, maxPriceFen: of.price_fen }],
      ...{ fill: 'all', channel: dice.pick(['alipay', 'wechat'] as const), at: stage.now() },
    });
    return orders[0]?.id;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return undefined;
  }
}

/** As a payer does: on the page of the institution. */
async function payFor({ house }: MarketStage, orderId: string): Promise<void> {
  const order = await findOrder(house.db, orderId);
  const payIn = order && (await payInOf(house.db, order.basket_id));
  if (!payIn?.payUrl) return;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ action: 'pay' });
  const { ok } = await fetch(payIn.payUrl, { method: 'POST', headers, body });
  assert(ok, 'the institution takes a payment in time');
}

/** The institution's word comes by a call of its own, a moment later. */
async function heardOf(stage: MarketStage, orderIds: readonly string[]): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    await stage.settle();
    const orders = await Promise.all(orderIds.map((id) => findOrder(stage.house.db, id)));
    if (orders.every((order) => order?.state !== 'placed')) return;
  }
}

async function lookInto({ house, now }: MarketStage, orderId: string): Promise<void> {
  const order = await findOrder(house.db, orderId);
  if (order?.state !== 'ready') return;
  const act = { orderId, userId: order.buyer_id, at: now() };
  await waive(house.db, { ...act, version: 1 });
  await lookAt(house.db, act);
}

async function takeIt({ house, now }: MarketStage, orderId: string): Promise<void> {
  const order = await findOrder(house.db, orderId);
  if (order?.state !== 'proven') return;
  const act = { orderId, userId: order.buyer_id, at: now() };
  await reveal(house.market, act);
  await confirm(house.db, act);
}
