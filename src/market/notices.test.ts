// Goal: people hear by text message what they must know or answer, once, and no text holds a secret or a name.
// Method: sales, a claim, an inspection near its end and a bargain over the API; the gateway's own list is read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chinaMinute, DAY, HOUR, MINUTE, plus } from '#platform';
import type { Common, Person } from '#test/house.ts';
import { ASK_ONLY, type Market, openMarket } from '#test/market.ts';
import { INSPECT_MS } from './life.ts';
import { REMIND_MS, remindBuyers } from './remind.ts';

/** What the gateway has for this person, oldest first, without codes. */
async function textsOf(m: Market, { phone }: Person): Promise<string[]> {
  await m.settle();
  const reply = await fetch(`${m.simulators.sms}/messages?to=${phone}`);
  const { items } = (await reply.json()) as { items: { text: string }[] };
  const texts = items.map(({ text }) => text).filter((text) => !text.includes('验证码'));
  return texts.reverse();
}

const has = (texts: readonly string[], ...words: readonly string[]): void => {
  const found = texts.filter((text) => words.every((word) => text.includes(word)));
  assert.equal(found.length, 1, `${words.join(' + ')} once in ${JSON.stringify(texts)}`);
};

async function sold(m: Market, options: Parameters<Market['list']>[1] = {}) {
  const [seller, buyer] = [await m.seller(), await m.seller()];
  const { listing, card } = await m.list(seller, options);
  const order = await m.buy(buyer, listing);
  await m.pay(order);
  return { seller, buyer, listing, order, card };
}

test('sold, ready, about to be confirmed, settled: each side hears its part, and no secret', async (t) => {
  const m = await openMarket(t);
  const { seller, buyer, order, card } = await sold(m);
  has(await textsOf(m, seller), '已售出', '味禾礼品卡');
  has(await textsOf(m, buyer), '可以查看了', chinaMinute(plus(m.clock.now(), 5 * DAY)));
  const secret = await m.see(buyer, order);
  const until = plus(m.clock.now(), INSPECT_MS.vault);
  await m.forward(INSPECT_MS.vault - REMIND_MS - MINUTE);
  const early = (await textsOf(m, buyer)).some((text) => text.includes('自动确认收货'));
  assert.ok(!early, 'not before it is time');
  await m.forward(2 * MINUTE);
  await Promise.all([1, 2, 3].map(() => remindBuyers(m.db, m.clock.now())));
  has(await textsOf(m, buyer), '自动确认收货', chinaMinute(until));
  await m.forward(REMIND_MS);
  has(await textsOf(m, seller), '已成交', '将打到您的收款账户');
  const all = [...(await textsOf(m, seller)), ...(await textsOf(m, buyer))].join('\n');
  for (const word of [card.number, secret.number, seller.name, buyer.name])
    assert.ok(!all.includes(word));
});

test('two more days are a new end, and a new reminder', async (t) => {
  const m = await openMarket(t);
  const { buyer, order } = await sold(m);
  await m.see(buyer, order);
  await m.forward(INSPECT_MS.vault - HOUR);
  assert.equal((await m.act(buyer, 'orders/:id/extend', order.id)).state, 'extended');
  await m.forward(2 * DAY - HOUR);
  const reminded = (await textsOf(m, buyer)).filter((text) => text.includes('自动确认收货'));
  assert.equal(reminded.length, 2);
  assert.notEqual(reminded[0], reminded[1]);
});

test('a claim: the seller hears by when to answer, both hear the decision, the buyer the refund', async (t) => {
  const m = await openMarket(t);
  const { seller, buyer, order } = await sold(m, { sku: ASK_ONLY });
  await m.see(buyer, order);
  await m.act(buyer, 'orders/:id/dispute', order.id, { reason: 'RESTRICTED' });
  has(await textsOf(m, seller), '请在', '前答复', order.id.slice(-12));
  await m.forward(DAY + HOUR);
  for (const side of [seller, buyer]) has(await textsOf(m, side), '前申诉一次');
  await m.forward(4 * DAY);
  has(await textsOf(m, buyer), '退款', '已发起');
  has(await textsOf(m, seller), '没有成交');
});

test('a claim that a rule decides at once: both hear the decision, nobody is asked to answer', async (t) => {
  const m = await openMarket(t);
  const { seller, buyer, order } = await sold(m);
  const { number } = await m.see(buyer, order);
  await m.forward(MINUTE);
  await m.control('issuer', '/control/cards', { sku: 'weihe-gift', number, action: 'drain' });
  await m.forward(MINUTE);
  await m.act(buyer, 'orders/:id/dispute', order.id, { reason: 'USED_OR_VOID' });
  for (const side of [seller, buyer]) has(await textsOf(m, side), '前申诉一次');
  assert.ok(!(await textsOf(m, seller)).some((text) => text.includes('前答复')));
});

test('a seller who has to bring or post the card is told by when', async (t) => {
  const m = await openMarket(t);
  const { seller, buyer } = await sold(m, { sku: ASK_ONLY, delivery: 'seller' });
  has(await textsOf(m, seller), '前交卡', chinaMinute(plus(m.clock.now(), 2 * DAY)));
  await m.forward(2 * DAY + MINUTE);
  has(await textsOf(m, buyer), '退款', '已发起');
  has(await textsOf(m, seller), '没有成交');
});

test('offer, counter-offer, taken: whoever is to answer next is told the price', async (t) => {
  const m = await openMarket(t);
  const [seller, buyer] = [await m.seller(), await m.seller()];
  const { listing } = await m.list(seller);
  const made = await m.act(buyer, 'listings/:id/offers', listing.id, { priceFen: '7000' });
  has(await textsOf(m, seller), '出价 70.00 元', chinaMinute(plus(m.clock.now(), DAY)));
  const say = (as: Person, what: string, body: object = {}): Promise<Common> =>
    m.act(as, `offers/:id/${what}`, made.id, body);
  await say(seller, 'counter', { priceFen: '8000' });
  has(await textsOf(m, buyer), '还价 80.00 元');
  await say(buyer, 'take');
  has(await textsOf(m, seller), '还价 80.00 元', '接受');
});
