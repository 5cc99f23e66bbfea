// Goal: the seller gets the best price that can be paid now, from whoever pays it, and no bid promises what it has not.
// Method: the whole house with small recyclers; people act over the API, money is real, and the books balance at the end.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { balanceOf, reconcile } from '#ledger';
import { HOUR, MINUTE } from '#platform';
import { type QuoteDoc, verifyQuote } from '#pricing';
import { type Common, openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { fill, type Shops, smallShops } from '#test/shops.ts';

const SKU = 'weihe-gift';
const FACE = '10000';
const TERMS = {
  sku: SKU,
  faceMinFen: '10000',
  faceMaxFen: '50000',
  gradeMin: 'V2',
  weekdays: [0, 1, 2, 3, 4, 5, 6],
  fromHour: 0,
  toHour: 24,
  dailyBudgetFen: '1000000',
  curve: [{ rateBps: 9_500, quantity: 10 }],
};

interface World {
  readonly test: TestHouse;
  readonly shops: Shops;
  readonly boss: Person;
  readonly shop: string;
}

async function world(t: TestContext, wallet = 1_000_000n): Promise<World> {
  const shops = smallShops();
  const house = await openTestHouse(t, { recyclers: shops.recyclers });
  const boss = await house.seller();
  const shop = shops.admit('小满回收', boss);
  if (wallet > 0n) await fill(house, shop, wallet);
  return { test: house, shops, boss, shop };
}

const place = async (
  { test: house, boss, shop }: World,
  terms: object = {},
  as = boss,
  of = shop,
) => await house.http(as, 'POST', `/v1/recyclers/${of}/bids`, { ...TERMS, ...terms });

async function quoted(
  { test: house }: World,
  as: Person | undefined,
  more: object = {},
): Promise<QuoteDoc> {
  const body = { sku: SKU, faceFen: FACE, ...more };
  const { status, body: quote, text } = await house.http<QuoteDoc>(as, 'POST', '/v1/quotes', body);
  assert.equal(status, 201, text);
  return quote;
}

const accepted = async ({ test: house }: World, as: Person, { quoteId, signature }: QuoteDoc) =>
  await house.http(as, 'POST', '/v1/orders', { quoteId, signature });

async function handOver(
  { test: house }: World,
  as: Person,
  order: Common,
  card = house.card(SKU),
): Promise<void> {
  const { number, pin } = card;
  const { status, text } = await house.http(as, 'POST', `/v1/orders/${order.id}/card`, {
    number,
    pin,
  });
  assert.equal(status, 200, text);
  await house.settle();
}

const wallet = async ({ test: { db } }: World, id: string) => await balanceOf(db, `WALLET:${id}`);

async function balanced({ test: { db } }: World): Promise<void> {
  assert.deepEqual(await reconcile(db), []);
}

test('the best bid buys: the quote says who and why, the wallet pays, the seller gets the net', async (t) => {
  const w = await world(t);
  const { test: house, shop } = w;
  const before = await quoted(w, undefined);
  assert.equal(before.buyer?.kind, 'house');
  assert.equal(before.buyer?.because, 'no_bid');
  assert.equal((await place(w)).status, 201);
  const [ann, bob] = [await house.seller(), await house.seller()];
  const quote = await quoted(w, ann);
  const { buyer } = quote;
  assert.deepEqual(
    [buyer?.kind, buyer?.id, buyer?.because, buyer?.name.zh],
    ['recycler', shop, 'best_bid', '小满回收'],
  );
  assert.equal(quote.priceFen, '9500');
  assert.equal(
    BigInt(quote.grossFen) + quote.lines.reduce((sum, { fen }) => sum + BigInt(fen), 0n),
    BigInt(quote.netFen),
  );
  assert(BigInt(quote.netFen) > BigInt(before.netFen), 'the seller gains');
  assert(verifyQuote(house.keys.publicKeyPem, quote));
  assert(
    !verifyQuote(house.keys.publicKeyPem, { ...quote, buyer: before.buyer }),
    'who buys is signed',
  );
  // The price never reads the person.
  const other = await quoted(w, bob);
  assert.deepEqual(
    [other.netFen, other.lines, other.buyer],
    [quote.netFen, quote.lines, quote.buyer],
  );

  const order = await accepted(w, ann, quote);
  assert.equal(order.status, 201, order.text);
  assert.equal((await wallet(w, shop)).held, 9_500n);
  await handOver(w, ann, order.body);
  await house.forward(3 * HOUR);
  const { body } = await house.http(ann, 'GET', `/v1/orders/${order.body.id}`);
  assert.equal(body['netFen'], quote.netFen);
  assert(['settled', 'closed'].includes(body.state), body.state);
  assert.deepEqual(await wallet(w, shop), { balance: 990_500n, held: 0n });
  const { body: book } = await house.http(undefined, 'GET', `/v1/books/${SKU}`);
  assert.deepEqual(book['levels'], [{ rateBps: 9_500, quantity: 9, bids: 1 }]);
  await balanced(w);
});

test('a lower bid leaves the sale with the platform, labelled and explained', async (t) => {
  const w = await world(t);
  await place(w, { curve: [{ rateBps: 5_000, quantity: 10 }] });
  const { buyer } = await quoted(w, undefined);
  assert.deepEqual([buyer?.kind, buyer?.because], ['house', 'own_price_better']);
  assert.match(buyer?.zh ?? '', /不高于自营价/);
});

test('equal prices: the earlier bid buys; a replaced bid goes to the back', async (t) => {
  const w = await world(t);
  const { test: house, shops, shop } = w;
  const late = await house.seller();
  const second = shops.admit('晚到回收', late);
  await fill(house, second, 1_000_000n);
  const first = await place(w);
  await place(w, {}, late, second);
  assert.equal((await quoted(w, undefined)).buyer?.id, shop);
  assert.equal((await place(w, { replaces: first.body.id })).status, 201);
  assert.equal((await quoted(w, undefined)).buyer?.id, second);
  const { body: staff } = await house.http(
    await house.staff('risk'),
    'GET',
    '/v1/console/auctions/flags',
  );
  assert(staff.items.length >= 1, 'equal curves of two recyclers are flagged, and still bid');
  assert.deepEqual([staff.items[0]?.['kind'], staff.items[0]?.['sku']], ['equal_curves', SKU]);
});

test('a bid that cannot fund itself never shows, and cannot be placed', async (t) => {
  const w = await world(t, 9_000n);
  const { test: house, shop } = w;
  const poor = await place(w);
  assert.deepEqual([poor.status, poor.body.code], [422, 'bid_unfunded']);
  await fill(house, shop, 500n);
  assert.equal((await place(w)).status, 201);
  assert.equal((await quoted(w, undefined)).buyer?.id, shop);
  assert.equal(
    (await quoted(w, undefined, { faceFen: '20000' })).buyer?.kind,
    'house',
    'too dear for it',
  );
  const seller = await house.seller();
  await accepted(w, seller, await quoted(w, seller));
  assert.equal((await quoted(w, undefined)).buyer?.kind, 'house', 'its last money is held');
  const { body: book } = await house.http(undefined, 'GET', `/v1/books/${SKU}`);
  assert.deepEqual(book['levels'], []);
});

test('a book promises each fen once, over all bids of a recycler and all steps of a bid', async (t) => {
  const w = await world(t, 40_000n);
  const book = async (): Promise<readonly object[]> => {
    const { body } = await w.test.http<{ levels: object[] }>(undefined, 'GET', `/v1/books/${SKU}`);
    return body.levels;
  };
  const curve = [
    { rateBps: 9_000, quantity: 3 },
    { rateBps: 8_000, quantity: 9 },
  ];
  assert.equal((await place(w, { curve })).status, 201);
  assert.deepEqual(await book(), [
    { rateBps: 9_000, quantity: 3, bids: 1 },
    { rateBps: 8_000, quantity: 1, bids: 1 },
  ]);
  assert.equal((await place(w, { curve: [{ rateBps: 9_500, quantity: 2 }] })).status, 201);
  assert.deepEqual(await book(), [
    { rateBps: 9_500, quantity: 2, bids: 1 },
    { rateBps: 9_000, quantity: 2, bids: 1 },
  ]);
  const budget = { curve: [{ rateBps: 9_900, quantity: 5 }], dailyBudgetFen: '10000' };
  assert.equal((await place(w, budget)).status, 201);
  assert.deepEqual((await book())[0], { rateBps: 9_900, quantity: 1, bids: 1 });
});

test('two sellers race for the last money of a wallet: one sells, the other is told and asks again', async (t) => {
  const w = await world(t, 10_000n);
  const { test: house, shop } = w;
  await place(w);
  const [ann, bob] = [await house.seller(), await house.seller()];
  const [one, two] = [await quoted(w, ann), await quoted(w, bob)];
  assert.deepEqual([one.buyer?.id, two.buyer?.id], [shop, shop]);
  const answers = await Promise.all([accepted(w, ann, one), accepted(w, bob, two)]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409]);
  const loser = answers.find(({ status }) => status === 409);
  assert.equal(loser?.body.code, 'buyer_gone');
  const unlucky = answers[0]?.status === 409 ? ann : bob;
  const again = await quoted(w, unlucky);
  assert.equal(again.buyer?.kind, 'house');
  assert.equal((await accepted(w, unlucky, again)).status, 201);
  await balanced(w);
});

test('the switch works at once: what it backed is refused honestly, and the next quote is of another', async (t) => {
  const w = await world(t);
  const { test: house, boss, shop } = w;
  await place(w);
  const seller = await house.seller();
  const quote = await quoted(w, seller);
  const stopped = await house.http(boss, 'POST', `/v1/recyclers/${shop}/bids/stop`, {});
  assert.deepEqual(stopped.body, { stopped: 1 });
  const late = await accepted(w, seller, quote);
  assert.deepEqual([late.status, late.body.code], [409, 'buyer_gone']);
  assert.equal((await quoted(w, seller)).buyer?.kind, 'house');
  assert.deepEqual(await wallet(w, shop), { balance: 1_000_000n, held: 0n });
});

test('a suspended recycler buys nothing from that moment, not even what was quoted', async (t) => {
  const w = await world(t);
  const { test: house, shops, shop } = w;
  await place(w);
  const seller = await house.seller();
  const quote = await quoted(w, seller);
  shops.suspend(shop);
  assert.equal((await accepted(w, seller, quote)).body.code, 'buyer_gone');
  assert.equal((await quoted(w, seller)).buyer?.kind, 'house');
  assert.equal((await place(w)).body.code, 'recycler_not_active');
});

test("nobody sells to a recycler of one's own; the platform's own price is one question away", async (t) => {
  const w = await world(t);
  const { test: house, shops, shop, boss } = w;
  await place(w);
  const cousin = await house.seller();
  shops.relate(shop, cousin);
  for (const insider of [boss, cousin]) {
    const no = await accepted(w, insider, await quoted(w, insider));
    assert.deepEqual([no.status, no.body.code], [403, 'own_card']);
  }
  const own = await quoted(w, cousin, { buyer: 'house' });
  assert.deepEqual([own.buyer?.kind, own.buyer?.because], ['house', 'asked']);
  assert.equal((await accepted(w, cousin, own)).status, 201);
});

test('curve and budget are counted by the day, and a sale that ends without the card frees its place', async (t) => {
  const w = await world(t);
  const { test: house, shop } = w;
  await place(w, {
    curve: [
      { rateBps: 9_500, quantity: 1 },
      { rateBps: 9_400, quantity: 1 },
    ],
  });
  const seller = await house.seller();
  const [first, same] = [await quoted(w, seller), await quoted(w, seller)];
  const order = await accepted(w, seller, first);
  assert.equal(order.status, 201);
  assert.equal((await accepted(w, seller, same)).body.code, 'buyer_gone', 'the step had one card');
  assert.equal((await quoted(w, seller)).priceFen, '9400');
  await accepted(w, seller, await quoted(w, seller));
  assert.equal((await quoted(w, seller)).buyer?.kind, 'house', 'the curve is used up');
  const called = await house.http(seller, 'POST', `/v1/orders/${order.body.id}/cancel`, {});
  assert.equal(called.body.state, 'cancelled');
  assert.equal((await quoted(w, seller)).priceFen, '9400', 'one place is free again');
  await house.forward(24 * HOUR);
  const next = await quoted(w, seller);
  assert.deepEqual([next.priceFen, next.buyer?.id], ['9500', shop], 'a new day');

  await place(w, { curve: [{ rateBps: 9_600, quantity: 9 }], dailyBudgetFen: '19199' });
  await accepted(w, seller, await quoted(w, seller));
  assert.equal(
    (await quoted(w, seller)).priceFen,
    '9500',
    'another 9600 would be beyond the budget',
  );
});

test('unsound bids are refused with words, and strangers learn nothing', async (t) => {
  const w = await world(t);
  const { test: house, shop, boss } = w;
  const code = async (terms: object) => {
    const { status, body } = await place(w, terms);
    return `${status} ${body.code}`;
  };
  for (const step of [
    { rateBps: 0, quantity: 1 },
    { rateBps: -5, quantity: 1 },
    { rateBps: 9_000, quantity: 0 },
  ])
    assert.equal(await code({ curve: [step] }), '400 invalid_input');
  const rising = [
    { rateBps: 8_000, quantity: 1 },
    { rateBps: 9_000, quantity: 1 },
  ];
  assert.equal(await code({ curve: rising }), '422 curve_unsound');
  assert.equal(await code({ faceMinFen: '60000' }), '422 bid_range_unsound');
  assert.equal(await code({ sku: 'nothing-here' }), '404 unknown_product');
  const stranger = await house.seller();
  assert.equal((await place(w, {}, stranger)).status, 404);
  assert.equal((await house.http(stranger, 'GET', `/v1/recyclers/${shop}/bids`)).status, 404);
  const bid = await place(w);
  assert.equal(
    (await house.http(stranger, 'POST', `/v1/recyclers/${shop}/bids/${bid.body.id}/stop`, {}))
      .status,
    404,
  );
  const mine = await house.http(boss, 'GET', `/v1/recyclers/${shop}/bids`);
  assert.equal(mine.body.items.length, 1);
});

test('a card with less on it: the recycler keeps its share of what is there; outside its range the platform buys', async (t) => {
  const w = await world(t);
  const { test: house, shop } = w;
  await place(w);
  const seller = await house.seller();
  for (const [face, balance, buyer] of [
    ['20000', 15_000n, shop],
    ['10000', 5_000n, 'house'],
  ] as const) {
    const quote = await quoted(w, seller, { faceFen: face });
    assert.equal(quote.buyer?.id, shop);
    const order = await accepted(w, seller, quote);
    const held = (await wallet(w, shop)).held;
    assert(held > 0n);
    await handOver(w, seller, order.body, house.card(SKU, 'good', balance));
    const { body } = await house.http<Common & { requote?: QuoteDoc }>(
      seller,
      'GET',
      `/v1/orders/${order.body.id}`,
    );
    assert.equal(body.state, 'requoted');
    assert.equal(body.requote?.buyer?.id, buyer);
    assert.equal((await wallet(w, shop)).held, 0n, 'the old promise is over');
    if (buyer === shop) assert.equal(body.requote?.priceFen, String((balance * 95n) / 100n));
    const yes = await house.http(seller, 'POST', `/v1/orders/${order.body.id}/accept-requote`, {});
    assert.equal(yes.status, 200, yes.text);
    await house.settle();
    await house.forward(3 * HOUR);
    const { body: after } = await house.http(seller, 'GET', `/v1/orders/${order.body.id}`);
    assert(['settled', 'closed'].includes(after.state), after.state);
  }
  assert.deepEqual(await wallet(w, shop), { balance: 1_000_000n - 14_250n, held: 0n });
  await balanced(w);
});

test('the recycler sees its card once it is paid for, once, and may report it; others find nothing', async (t) => {
  const w = await world(t);
  const { test: house, shops, shop, boss } = w;
  await place(w);
  const seller = await house.seller();
  const rival = await house.seller();
  const other = shops.admit('隔壁回收', rival);
  const order = await accepted(w, seller, await quoted(w, seller));
  const base = `/v1/recyclers/${shop}/orders/${order.body.id}`;
  assert.equal((await house.http(boss, 'POST', `${base}/card`, {})).body.code, 'wrong_state');
  const card = house.card(SKU);
  await handOver(w, seller, order.body, card);
  assert.equal((await house.http(boss, 'GET', base)).body['mayReveal'], true);
  assert.equal((await house.http(rival, 'POST', `${base}/card`, {})).status, 404);
  const foreign = `/v1/recyclers/${other}/orders/${order.body.id}`;
  assert.equal((await house.http(rival, 'GET', foreign)).status, 404);
  assert.equal((await house.http(rival, 'POST', `${foreign}/card`, {})).status, 404);
  const shown = await house.http(boss, 'POST', `${base}/card`, {});
  assert.equal(shown.status, 200, shown.text);
  assert.match(String(shown.body['number']), /^\d{16}$/);
  assert.equal((await house.http(boss, 'POST', `${base}/card`, {})).body.code, 'already_revealed');
  const { body: seen } = await house.http(seller, 'GET', `/v1/orders/${order.body.id}`);
  assert.equal(seen['secretSeen'], true);
  await house.settle();

  const report = { reason: 'USED_OR_VOID', note: '门店核销失败' };
  assert.equal((await house.http(rival, 'POST', `${foreign}/report`, report)).status, 404);
  const said = await house.http(boss, 'POST', `${base}/report`, report);
  assert.equal(said.status, 200, said.text);
  assert(['disputed', 'contested'].includes(said.body.state));
  const risk = await house.staff('risk');
  const detail = await house.http<Common & { case?: Common }>(
    risk,
    'GET',
    `/v1/console/orders/${order.body.id}`,
  );
  const decided = await house.http(
    risk,
    'POST',
    `/v1/console/disputes/${detail.body.case?.id}/decide`,
    {
      outcome: 'clawback',
      reason: '发卡方确认卡已作废',
    },
  );
  assert.equal(decided.status, 200, decided.text);
  const { balance } = await wallet(w, shop);
  assert(
    balance > 990_500n && balance <= 1_000_000n,
    `the wallet has its money back, but for the fee: ${balance}`,
  );
  await balanced(w);
});

test('a week of sales tells what a bid would have won', async (t) => {
  const w = await world(t);
  const { test: house, shop, boss } = w;
  const seller = await house.seller();
  for (let n = 0; n < 3; n++) await house.sell(seller, { sku: SKU });
  await house.settle();
  await house.forward(3 * HOUR);
  const tried = await house.http(boss, 'POST', `/v1/recyclers/${shop}/bids/try`, {
    ...TERMS,
    curve: [{ rateBps: 9_500, quantity: 2 }],
  });
  assert.equal(tried.status, 200, tried.text);
  assert.deepEqual([tried.body['sales'], tried.body['won'], tried.body['usedUp']], [3, 2, 1]);
  assert.equal((await house.http(boss, 'GET', `/v1/recyclers/${shop}/bids`)).body.items.length, 0);
  await house.forward(MINUTE);
});
