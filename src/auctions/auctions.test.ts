// Goal: each of the five formats runs from a card in hand to money on its way, and every attack on it is refused.
// Method: the whole house with small recyclers over the API on a fake clock; the books balance and the replay agrees.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { balanceOf, reconcile } from '#ledger';
import { fen, HOUR, MINUTE, plus, SECOND } from '#platform';
import { type Answer, openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { fill, type Shops, smallShops } from '#test/shops.ts';
import { replayAuction } from './replay.ts';
import { commitTo } from './sealed.ts';

const SKU = 'weihe-gift';
const BOND = 500n;

interface Shop {
  readonly id: string;
  readonly boss: Person;
}
interface World {
  readonly test: TestHouse;
  readonly shops: Shops;
  readonly seller: Person;
  readonly rivals: readonly Shop[];
}

async function world(t: TestContext, wallets: readonly bigint[]): Promise<World> {
  const shops = smallShops();
  const house = await openTestHouse(t, { recyclers: shops.recyclers });
  const rivals: Shop[] = [];
  for (const [index, money] of wallets.entries()) {
    const boss = await house.seller();
    const id = shops.admit(`回收商${index + 1}`, boss);
    if (money > 0n) await fill(house, id, money);
    rivals.push({ id, boss });
  }
  return { test: house, shops, seller: await house.seller(), rivals };
}

/** Put up now, open in a minute for an hour; gives its id once it is open. */
async function opened(w: World, more: Record<string, unknown>): Promise<string> {
  const { test: house, seller } = w;
  const { number, pin } = house.card(SKU);
  const now = house.clock.now();
  const times = { opensAt: plus(now, MINUTE), closesAt: plus(now, HOUR + MINUTE) };
  const body = { sku: SKU, faceFen: '10000', reserveFen: '6000', number, pin, ...times, ...more };
  const put = await house.http(seller, 'POST', '/v1/auctions', body);
  assert.equal(put.status, 201, put.text);
  await house.settle();
  await house.forward(MINUTE);
  const { body: open } = await house.http(undefined, 'GET', `/v1/auctions/${put.body.id}`);
  assert.equal(open.state, 'open');
  return put.body.id;
}

const act = async (
  w: World,
  shop: Shop,
  id: string,
  what: string,
  body: object = {},
): Promise<Answer> =>
  await w.test.http(shop.boss, 'POST', `/v1/recyclers/${shop.id}/auctions/${id}/${what}`, body);
const look = async (w: World, id: string) =>
  (await w.test.http(undefined, 'GET', `/v1/auctions/${id}`)).body;
const wallet = async ({ test: { db } }: World, { id }: Shop) => await balanceOf(db, `WALLET:${id}`);
const code = ({ status, body }: Answer): string => (status < 400 ? 'ok' : body.code);

async function end(w: World, id: string): Promise<void> {
  assert.deepEqual(await reconcile(w.test.db), []);
  for (const { inputKept, same } of await replayAuction(w.test.db, id)) {
    assert(inputKept, 'the published input is what its hash says');
    assert(same, 'it clears again to the same result');
  }
}

const SALT = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(64));
const envelope = (shop: Shop, id: string, priceFen: number, salt = SALT[0] ?? '') => ({
  commitment: commitTo({ lot: id, bidder: shop.id, priceFen: fen(priceFen), salt }),
});

test('second price: envelopes, openings, a bond lost by silence, and the price of the next', async (t) => {
  const w = await world(t, [20_000n, 20_000n, 20_000n]);
  const { test: house, rivals, seller } = w;
  const [a, b, c] = rivals as [Shop, Shop, Shop];
  const id = await opened(w, { kind: 'second_price' });
  assert.equal(code(await act(w, a, id, 'bid', { maxFen: '7000' })), 'wrong_format');
  const first = envelope(a, id, 9_000);
  assert.equal(code(await act(w, a, id, 'commit', first)), 'ok');
  assert.equal(code(await act(w, b, id, 'commit', first)), 'envelope_used', 'a copy of another');
  assert.equal(
    code(await act(w, a, id, 'commit', envelope(a, id, 9_500))),
    'envelope_used',
    'a second one',
  );
  assert.equal(code(await act(w, b, id, 'commit', envelope(b, id, 8_000, SALT[1]))), 'ok');
  assert.equal(code(await act(w, c, id, 'commit', envelope(c, id, 9_900, SALT[2]))), 'ok');
  assert.equal((await wallet(w, a)).held, BOND);
  assert.equal(
    code(await house.http(seller, 'POST', `/v1/auctions/${id}/withdraw`, {})),
    'auction_has_bids',
  );
  assert.equal(
    code(await act(w, a, id, 'reveal', { priceFen: '9000', salt: SALT[0] })),
    'not_revealing',
  );
  const { text } = await house.http(undefined, 'GET', `/v1/auctions/${id}`);
  assert(
    !text.includes('9000"') && !text.includes('"priceFen"'),
    'nothing of a sealed bid is told',
  );

  const again = await act(w, a, id, 'commit', envelope(a, id, 9_500));
  assert.equal(code(again), 'envelope_used', 'still open');
  house.clock.moveTo(new Date(String((await look(w, id))['endsAt'])));
  const tooLate = envelope(a, id, 9_600, SALT[3]);
  assert.equal((await look(w, id)).state, 'open', 'no sweep has been there yet');
  assert.equal(
    code(await act(w, a, id, 'commit', tooLate)),
    'auction_closed',
    'the instant of the end',
  );
  await house.settle();
  assert.equal((await look(w, id)).state, 'closing');
  assert.equal(
    code(await act(w, a, id, 'commit', envelope(a, id, 9_999, SALT[3]))),
    'auction_closed',
  );
  assert.equal(
    code(await act(w, a, id, 'reveal', { priceFen: '9001', salt: SALT[0] })),
    'reveal_mismatch',
  );
  assert.equal(
    code(await act(w, b, id, 'reveal', { priceFen: '9000', salt: SALT[0] })),
    'reveal_mismatch',
  );
  assert.equal(code(await act(w, a, id, 'reveal', { priceFen: '9000', salt: SALT[0] })), 'ok');
  assert.equal(code(await act(w, b, id, 'reveal', { priceFen: '8000', salt: SALT[1] })), 'ok');
  // The third stays silent.
  await house.forward(10 * MINUTE);
  const after = await look(w, id);
  assert.equal(after.state, 'settled');
  assert.equal(after['priceFen'], '8000');
  assert.deepEqual(await wallet(w, a), { balance: 12_000n, held: 0n });
  assert.deepEqual(await wallet(w, b), { balance: 20_000n, held: 0n });
  assert.deepEqual(await wallet(w, c), { balance: 19_500n, held: 0n });
  const card = await act(w, a, id, 'card');
  assert.match(String(card.body['number']), /^\d{16}$/);
  assert.equal(code(await act(w, a, id, 'card')), 'already_revealed');
  assert.equal(code(await act(w, b, id, 'card')), 'not_found');
  const { body: payouts } = await house.http(seller, 'GET', '/v1/me/payouts');
  assert.equal(payouts.items.length, 2, 'the price and the lost bond');
  await end(w, id);
  const replayed = await house.http(undefined, 'GET', `/v1/auctions/${id}/replay`);
  assert.equal(replayed.body.items[0]?.['same'], true);
});

test('first price: a winner who cannot pay loses the bond, and the next valid bid wins, once', async (t) => {
  const w = await world(t, [10_000n, 10_000n, 10_000n]);
  const { test: house, rivals } = w;
  const [a, b, c] = rivals as [Shop, Shop, Shop];
  const [one, two] = [
    await opened(w, { kind: 'first_price' }),
    await opened(w, { kind: 'first_price' }),
  ];
  const prices = [
    [a, 9_000],
    [b, 8_500],
    [c, 5_999],
  ] as const;
  for (const id of [one, two])
    for (const [shop, price] of prices) await act(w, shop, id, 'commit', envelope(shop, id, price));
  await house.forward(HOUR + MINUTE);
  for (const id of [one, two])
    for (const [shop, price] of prices)
      assert.equal(
        code(await act(w, shop, id, 'reveal', { priceFen: String(price), salt: SALT[0] })),
        'ok',
      );
  await house.forward(10 * MINUTE);
  const states = async () => [(await look(w, one)).state, (await look(w, two)).state];
  // Its money is enough for one of the two.
  assert.deepEqual((await states()).sort(), ['awaiting_settlement', 'settled']);
  const open = (await look(w, one)).state === 'settled' ? two : one;
  assert.equal(code(await act(w, b, open, 'fund')), 'not_found');
  assert.equal(code(await act(w, a, open, 'fund')), 'insufficient_funds');
  await house.forward(30 * MINUTE);
  const after = await look(w, open);
  assert.deepEqual([after.state, after['priceFen']], ['settled', '8500']);
  assert.deepEqual(await wallet(w, a), { balance: 10_000n - 9_000n - BOND, held: 0n });
  assert.deepEqual(await wallet(w, b), { balance: 1_500n, held: 0n });
  assert.equal((await replayAuction(house.db, open)).length, 2);
  await end(w, one);
  await end(w, two);
});

test('English: a hidden maximum is raised step by step, the end moves, and a millisecond late is late', async (t) => {
  const w = await world(t, [20_000n, 20_000n, 7_000n, 20_000n]);
  const { test: house, rivals, shops, seller } = w;
  const [a, b, poor, rival] = rivals as [Shop, Shop, Shop, Shop];
  const id = await opened(w, { kind: 'english' });
  const bid = async (shop: Shop, maxFen: number) =>
    code(await act(w, shop, id, 'bid', { maxFen: String(maxFen) }));
  assert.equal(await bid(a, 5_999), 'bid_too_low');
  assert.equal((await wallet(w, a)).held, 0n, 'a refused bid holds nothing');
  assert.equal(await bid(a, 8_000), 'ok');
  assert.equal((await look(w, id))['priceFen'], '6000');
  assert.equal(await bid(poor, 7_001), 'bid_above_wallet');
  assert.equal(await bid(b, 7_000), 'ok');
  assert.equal((await look(w, id))['priceFen'], '7100', 'one step above the second');
  assert.equal((await look(w, id))['nextFen'], '7200');
  const { text } = await house.http(b.boss, 'GET', `/v1/recyclers/${b.id}/auctions/${id}`);
  assert(!text.includes('8000'), 'a maximum is hidden from others');
  const mine = await house.http(a.boss, 'GET', `/v1/recyclers/${a.id}/auctions/${id}`);
  assert.deepEqual([mine.body['leads'], mine.body['maxFen']], [true, '8000']);
  shops.relate(b.id, seller);
  assert.equal(await bid(b, 9_000), 'own_card');
  assert.equal(await bid(a, 10_001), 'bid_above_face');

  const before = new Date(String((await look(w, id))['endsAt']));
  house.clock.moveTo(plus(before, -2 * MINUTE));
  assert.equal(await bid(rival, 7_300), 'ok');
  const moved = new Date(String((await look(w, id))['endsAt']));
  assert.equal(moved.getTime() - before.getTime(), 2 * MINUTE);
  house.clock.moveTo(moved);
  assert.equal(await bid(rival, 9_900), 'auction_closed', 'at the very instant of the end');
  await house.settle();
  await house.settle();
  const after = await look(w, id);
  assert.deepEqual([after.state, after['priceFen']], ['settled', '7400']);
  assert.deepEqual(await wallet(w, a), { balance: 12_600n, held: 0n });
  await end(w, id);
});

test('an English bid opens two maxima, however long the log is', async (t) => {
  const w = await world(t, [90_000n, 90_000n]);
  const { test: house, rivals } = w;
  const id = await opened(w, { kind: 'english' });
  const seals = t.mock.method(house.keys, 'open');
  const per: number[] = [];
  for (let n = 0; n < 24; n++) {
    const before = seals.mock.callCount();
    const shop = rivals[n % 2] as Shop;
    assert.equal(code(await act(w, shop, id, 'bid', { maxFen: String(6_000 + n * 150) })), 'ok');
    per.push(seals.mock.callCount() - before);
  }
  assert.equal(per.at(-1), per[3], `seals opened with each bid: ${per}`);
  await house.forward(2 * HOUR);
  await end(w, id);
});

test('a storm in the last second moves the end ten times and no more', async (t) => {
  const w = await world(t, [20_000n, 20_000n]);
  const [a, b] = w.rivals as [Shop, Shop];
  const id = await opened(w, { kind: 'english', reserveFen: '1000' });
  const start = new Date(String((await look(w, id))['endsAt'])).getTime();
  let price = 1_000;
  for (let round = 0; round < 14; round++) {
    const ends = new Date(String((await look(w, id))['endsAt']));
    if (round < 10) w.test.clock.moveTo(plus(ends, -SECOND));
    const said = await act(w, round % 2 ? b : a, id, 'bid', { maxFen: String(price) });
    assert.equal(said.status, 200, said.text);
    price += 200;
  }
  const { endsAt, extensions } = await look(w, id);
  assert.deepEqual([new Date(String(endsAt)).getTime() - start, extensions], [20 * MINUTE, 10]);
  w.test.clock.moveTo(new Date(String(endsAt)));
  await w.test.settle();
  await w.test.settle();
  assert.equal((await look(w, id)).state, 'settled');
  await end(w, id);
});

test('Dutch: the first yes has it at the price of that moment; a changed function is refused', async (t) => {
  const w = await world(t, [20_000n, 20_000n, 5_000n]);
  const { test: house, rivals } = w;
  const [a, b, poor] = rivals as [Shop, Shop, Shop];
  const dutch = { startFen: '9000', stepFen: '100', everyMs: 60_000 };
  const id = await opened(w, { kind: 'dutch', dutch });
  const seen = await look(w, id);
  const { functionHash } = seen['dutch'] as { functionHash: string };
  assert.equal(seen['priceFen'], '9000');
  await house.forward(3 * MINUTE - 1);
  assert.equal((await look(w, id))['priceFen'], '8800');
  const yes = async (shop: Shop, maxFen: number, hash = functionHash) =>
    code(await act(w, shop, id, 'yes', { maxFen: String(maxFen), functionHash: hash }));
  assert.equal(await yes(a, 8_799), 'price_above_limit');
  assert.equal(await yes(a, 9_000, 'f'.repeat(64)), 'price_function_changed');
  assert.equal(await yes(poor, 9_000), 'bid_above_wallet');
  // Somebody with the keys to the database makes it fall slower: the hash no longer fits, and nobody pays more.
  await house.pool.query(`update auctions.auction set step_fen = 1 where id = $1`, [id]);
  assert.equal(await yes(a, 9_000), 'price_function_changed');
  await house.pool.query(`update auctions.auction set step_fen = 100 where id = $1`, [id]);
  const both = await Promise.all([yes(a, 9_000), yes(b, 9_000)]);
  assert.deepEqual(both.filter((one) => one === 'ok').length, 1, both.join());
  assert(both.includes('auction_closed'));
  const after = await look(w, id);
  assert.deepEqual([after.state, after['priceFen']], ['settled', '8800']);
  const winner = both[0] === 'ok' ? a : b;
  assert.deepEqual(await wallet(w, winner), { balance: 11_200n, held: 0n });
  await house.settle();
  await end(w, id);
});

test('the batch: cards of a kind meet standing bids every five minutes, at one price', async (t) => {
  const w = await world(t, [100_000n, 100_000n]);
  const { test: house, rivals, shops } = w;
  const [a, b] = rivals as [Shop, Shop];
  const terms = {
    sku: SKU,
    faceMinFen: '10000',
    faceMaxFen: '10000',
    gradeMin: 'V2',
    weekdays: [0, 1, 2, 3, 4, 5, 6],
  };
  const rest = { fromHour: 0, toHour: 24, dailyBudgetFen: '1000000' };
  for (const [shop, rateBps] of [
    [a, 9_000],
    [b, 8_000],
  ] as const) {
    const body = { ...terms, ...rest, curve: [{ rateBps, quantity: 1 }] };
    assert.equal(
      (await house.http(shop.boss, 'POST', `/v1/recyclers/${shop.id}/bids`, body)).status,
      201,
    );
  }
  const ids: string[] = [];
  for (const reserveFen of ['7000', '7600', '9500']) {
    const now = house.clock.now();
    const { number, pin } = house.card(SKU);
    const times = { opensAt: now, closesAt: plus(now, HOUR) };
    const body = { kind: 'batch', sku: SKU, faceFen: '10000', reserveFen, number, pin, ...times };
    const put = await house.http(w.seller, 'POST', '/v1/auctions', body);
    assert.equal(put.status, 201, put.text);
    ids.push(put.body.id);
  }
  await house.forward(5 * MINUTE);
  const seen = await Promise.all(ids.map((id) => look(w, id)));
  assert.deepEqual(
    seen.map(({ state }) => state),
    ['settled', 'settled', 'open'],
  );
  // Two cards and two buyers: any price from 7600 to 8000 clears them all, and the middle is taken.
  assert.deepEqual(
    seen.slice(0, 2).map((one) => one['priceFen']),
    ['7800', '7800'],
  );
  assert.deepEqual(
    [(await wallet(w, a)).balance, (await wallet(w, b)).balance],
    [92_200n, 92_200n],
  );
  const rounds = await house.pool.query<{ id: string }>(
    `select id from auctions.round where volume > 0`,
  );
  for (const { id } of rounds.rows) await end(w, id);
  const book = await house.http(undefined, 'GET', `/v1/books/${SKU}`);
  assert.deepEqual(book.body['levels'], [], 'both curves are used up');
  shops.relate(a.id, w.seller);
  await house.forward(HOUR);
  const left = ids[2] ?? '';
  assert.equal((await look(w, left)).state, 'offered', 'never sold to the platform in silence');
  const before = await balanceOf(house.db, 'WALLET:house');
  const offer = (
    await house.http<{ seller: { offer: { priceFen: string; netFen: string } } }>(
      w.seller,
      'GET',
      `/v1/auctions/${left}`,
    )
  ).body.seller.offer;
  const answer = async (as: Person, what: string) =>
    code(await house.http(as, 'POST', `/v1/auctions/${left}/offer/${what}`, {}));
  assert.equal(await answer(a.boss, 'accept'), 'not_found');
  assert.equal(await answer(w.seller, 'accept'), 'ok');
  assert.equal(await answer(w.seller, 'decline'), 'wrong_state');
  const { balance } = await balanceOf(house.db, 'WALLET:house');
  assert.equal(before.balance - balance, BigInt(offer.priceFen));
  assert.deepEqual(shops.told(a.id).slice(-1), ['won']);
  assert(shops.told(b.id).includes('used_up'));
  await end(w, left);
});

test('a card of the batch whose buyer does not pay waits for the next round, without that buyer', async (t) => {
  const w = await world(t, [17_000n, 60_000n]);
  const { test: house, rivals, shops } = w;
  const [a, b] = rivals as [Shop, Shop];
  const bid = async (shop: Shop, rateBps: number) =>
    code(
      await house.http(shop.boss, 'POST', `/v1/recyclers/${shop.id}/bids`, {
        ...{ sku: SKU, faceMinFen: '10000', faceMaxFen: '20000', gradeMin: 'V4', fromHour: 0 },
        ...{ toHour: 24, weekdays: [0, 1, 2, 3, 4, 5, 6], dailyBudgetFen: '90000' },
        curve: [{ rateBps, quantity: 5 }],
      }),
    );
  assert.equal(await bid(a, 8_000), 'ok');
  // Two kinds of card, each a round of its own: the wallet has enough for either and not for both.
  const cheap = await opened(w, { kind: 'batch' });
  const card = house.card(SKU, 'good', 20_000n);
  const dear = await opened(w, {
    ...{ kind: 'batch', faceFen: '20000', reserveFen: '12000', number: card.number, pin: card.pin },
  });
  await house.forward(10 * MINUTE);
  const state = async (id: string) => (await look(w, id)).state;
  assert.deepEqual([await state(cheap), await state(dear)], ['settled', 'awaiting_settlement']);
  assert.deepEqual(shops.told(a.id).toSorted(), ['pay_now', 'won']);
  await fill(house, a.id, 60_000n);
  assert.equal(await bid(b, 7_000), 'ok');
  await house.forward(30 * MINUTE);
  await house.forward(5 * MINUTE);
  const seen = await look(w, dear);
  assert.deepEqual([seen.state, seen['priceFen']], ['settled', '14000'], 'the other one has it');
  assert.deepEqual(shops.told(b.id), ['won']);
  await end(w, dear);
});

test('what cannot begin is refused, and what nobody wants goes back to its seller intact', async (t) => {
  const w = await world(t, [20_000n]);
  const { test: house, seller, rivals } = w;
  const now = house.clock.now();
  const put = async (more: object, card = house.card(SKU)) => {
    const times = { opensAt: plus(now, MINUTE), closesAt: plus(now, HOUR) };
    const body = { kind: 'english', sku: SKU, faceFen: '10000', reserveFen: '6000', ...times };
    return await house.http(seller, 'POST', '/v1/auctions', {
      ...body,
      number: card.number,
      pin: card.pin,
      ...more,
    });
  };
  assert.equal(code(await put({ reserveFen: '10001' })), 'reserve_above_face');
  assert.equal(code(await put({ closesAt: plus(now, MINUTE) })), 'auction_times_unsound');
  assert.equal(code(await put({ opensAt: plus(now, -1) })), 'auction_times_unsound');
  assert.equal(code(await put({ kind: 'dutch' })), 'price_function_unsound');
  const dutch = { startFen: '5000', stepFen: '1', everyMs: 1_000 };
  assert.equal(
    code(await put({ kind: 'dutch', dutch })),
    'price_function_unsound',
    'start below the reserve',
  );
  const used = await put({}, house.card(SKU, 'used'));
  assert.equal(used.status, 201);
  const card = house.card(SKU);
  const good = await put({}, card);
  assert.equal(code(await put({}, card)), 'card_already_here', 'one card, one promise');
  const shy = await put({});
  await house.settle();
  assert.equal((await look(w, used.body.id)).state, 'failed');
  const [shop] = rivals as [Shop];
  assert.equal(
    code(await act(w, shop, good.body.id, 'bid', { maxFen: '7000' })),
    'auction_not_open',
  );
  const gone = await house.http(seller, 'POST', `/v1/auctions/${shy.body.id}/withdraw`, {});
  assert.equal(gone.body.state, 'withdrawn');
  const stranger = await house.seller();
  assert.equal(
    (await house.http(stranger, 'POST', `/v1/auctions/${good.body.id}/withdraw`, {})).status,
    404,
  );
  assert.equal(
    (
      await house.http(stranger, 'POST', `/v1/recyclers/${shop.id}/auctions/${good.body.id}/bid`, {
        maxFen: '7000',
      })
    ).status,
    404,
  );
  await house.forward(2 * HOUR);
  await house.settle();
  assert.equal((await look(w, good.body.id)).state, 'offered');
  assert.equal(
    (await look(w, good.body.id))['seller'],
    undefined,
    'the offer is the seller’s alone',
  );
  const no = await house.http(seller, 'POST', `/v1/auctions/${good.body.id}/offer/decline`, {});
  assert.equal(no.body.state, 'unsold', no.text);
  await house.settle();
  const sold = await house.sell(seller, { card });
  assert.equal(sold.order.state, 'submitted', 'the card came back and can be sold elsewhere');
  assert.deepEqual(await reconcile(house.db), []);
});
