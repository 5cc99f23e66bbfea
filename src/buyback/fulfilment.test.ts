// Goal: after a win, by bid or at auction, one way hands the card over: paid in first, reported in time, once, by its
// buyer; lies are found by the issuer's own words, and whoever does not pay is covered to the fen.
// Method: the whole house with real shops over the API on a fake clock; the books and the scorecard are read at the end.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { balanceOf, reconcile } from '#ledger';
import { DAY, fen, HOUR, inTransaction, MINUTE, newId, plus } from '#platform';
import { topUp } from '#settlement';
import { type Answer, openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { openShop, topUpShop } from '#test/recyclers.ts';

const SKU = 'weihe-gift';
const RATE_BPS = 9_000;

interface Shop {
  readonly id: string;
  readonly boss: Person;
}
interface World {
  readonly house: TestHouse;
  readonly seller: Person;
  readonly shop: Shop;
  readonly rival: Shop;
}

let named = 0;
async function aShop(house: TestHouse, moneyFen: string): Promise<Shop> {
  const boss = await house.seller();
  const id = await openShop(house, boss, { legalName: `模拟第${++named}卡券店` });
  if (moneyFen !== '0') await topUpShop(house, boss, id, { amountFen: moneyFen });
  return { id, boss };
}

async function world(t: TestContext, money: readonly [string, string] = ['60000', '60000']) {
  const house = await openTestHouse(t);
  const shop = await aShop(house, money[0]);
  const rival = await aShop(house, money[1]);
  const made: World = { house, seller: await house.seller(), shop, rival };
  return made;
}

const code = ({ status, body }: Answer): string => (status < 400 ? 'ok' : body.code);
const on = async (
  { house }: World,
  { id, boss }: Shop,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
) => await house.http(boss, method, `/v1/recyclers/${id}/${path}`, body);

/** A bid that pays more than the platform. */
async function bid(w: World, shop: Shop, faceMaxFen = '10000'): Promise<void> {
  const placed = await on(w, shop, 'POST', 'bids', {
    ...{ sku: SKU, faceMinFen: '10000', faceMaxFen, gradeMin: 'V2' },
    ...{ weekdays: [0, 1, 2, 3, 4, 5, 6], fromHour: 0, toHour: 24, dailyBudgetFen: '1000000' },
    curve: [{ rateBps: RATE_BPS, quantity: 20 }],
  });
  assert.equal(placed.status, 201, placed.text);
}

/** Bought by the bid; gives the order and the number of the card as it was handed over. */
async function bought(w: World, shop: Shop): Promise<string> {
  const { order } = await w.house.sell(w.seller, { sku: SKU });
  await w.house.settle();
  const { body } = await on(w, shop, 'GET', `orders/${order.id}`);
  assert.equal(body.state, 'settled', JSON.stringify(body));
  return order.id;
}

async function wonAtAuction(w: World, shop: Shop): Promise<{ auction: string; order: string }> {
  const { house, seller } = w;
  const { number, pin } = house.card(SKU);
  const now = house.clock.now();
  const put = await house.http(seller, 'POST', '/v1/auctions', {
    ...{ kind: 'dutch', sku: SKU, faceFen: '10000', reserveFen: '6000', number, pin },
    ...{ opensAt: plus(now, MINUTE), closesAt: plus(now, HOUR) },
    dutch: { startFen: '9000', stepFen: '100', everyMs: 60_000 },
  });
  assert.equal(put.status, 201, put.text);
  await house.settle();
  await house.forward(MINUTE);
  const { body: seen } = await house.http(undefined, 'GET', `/v1/auctions/${put.body.id}`);
  const { functionHash } = seen['dutch'] as { functionHash: string };
  const yes = { maxFen: '9000', functionHash };
  const said = await on(w, shop, 'POST', `auctions/${put.body.id}/yes`, yes);
  assert.equal(said.status, 200, said.text);
  return { auction: put.body.id, order: String(said.body['orderId']) };
}

const open = async (w: World, shop: Shop, order: string) =>
  await on(w, shop, 'POST', `orders/${order}/card`, {});
const report = async (w: World, shop: Shop, order: string, reason = 'USED_OR_VOID') =>
  await on(w, shop, 'POST', `orders/${order}/report`, { reason, note: '门店刷卡失败' });
const look = async (w: World, shop: Shop, order: string) =>
  (await on(w, shop, 'GET', `orders/${order}`)).body;
const reportOf = (body: Record<string, unknown>) => body['report'] as Record<string, unknown>;
const scoreOf = async (w: World, shop: Shop) => (await on(w, shop, 'GET', 'scorecard')).body;
const wallet = async ({ house: { db } }: World, { id }: Shop) =>
  await balanceOf(db, `WALLET:${id}`);
const spend = async (w: World, number: unknown, amountFen = '10000') =>
  await w.house.control('issuer', '/control/cards', {
    sku: SKU,
    number,
    action: 'spend',
    amountFen,
  });

async function end({ house }: World): Promise<void> {
  assert.deepEqual(await reconcile(house.db), []);
  const { rows } = await house.pool.query<{ sum: bigint }>(
    `select sum(balance)::int8 as sum from ledger.book`,
  );
  assert.equal(rows[0]?.sum, 0n);
  const escrow = await house.pool.query(
    `select code from ledger.book where code like 'ESCROW:%' and balance <> 0`,
  );
  assert.deepEqual(escrow.rows, [], 'nothing is left in escrow');
}

test('a win at auction is an order like any other: paid in, opened once, settled, closed by silence', async (t) => {
  const w = await world(t);
  const { house, shop, rival, seller } = w;
  const { auction, order } = await wonAtAuction(w, shop);
  assert.match(order, /^[0-9a-f-]{36}$/);
  assert.deepEqual(await wallet(w, shop), { balance: 51_000n, held: 0n }, 'paid in at the yes');
  assert.equal(code(await open(w, rival, order)), 'not_found', 'another recycler');
  assert.equal(code(await on(w, rival, 'POST', `auctions/${auction}/card`, {})), 'not_found');
  assert.equal(code(await open(w, shop, order)), 'ok');
  assert.equal(code(await on(w, shop, 'POST', `auctions/${auction}/card`, {})), 'already_revealed');
  await house.settle();
  const { body: mine } = await house.http(seller, 'GET', `/v1/orders/${order}`);
  assert.deepEqual([mine.state, mine['auctionId'], mine['quote']], ['settled', auction, undefined]);
  assert.equal(mine['priceFen'], '9000');
  const score = await scoreOf(w, shop);
  assert.deepEqual([score['settled'], score['settledFen']], [1, '9000']);
  const { body: home } = await house.http(shop.boss, 'GET', `/v1/recyclers/${shop.id}`);
  assert.deepEqual([home['settledCount'], home['settledFen']], [1, '9000'], 'its cap may rise');
  const { deadline } = await look(w, shop, order);
  const seen = new Date((deadline as { at: string }).at);
  house.clock.moveTo(plus(seen, -1));
  assert.equal((await look(w, shop, order))['mayReport'], true);
  house.clock.moveTo(seen);
  assert.equal(code(await report(w, shop, order)), 'report_late', 'the instant of the end is late');
  await house.settle();
  assert.equal((await look(w, shop, order)).state, 'closed');
  assert.equal(code(await report(w, shop, order)), 'report_late');
  await end(w);
});

test('a false report is found by the issuer’s own words, once; the seller keeps the money', async (t) => {
  const w = await world(t);
  const { house, shop, rival, seller } = w;
  await bid(w, shop);
  const order = await bought(w, shop);
  assert.equal(code(await report(w, rival, order)), 'not_found', 'of another recycler');
  assert.equal(code(await report(w, shop, order, 'OK')), 'invalid_input');
  assert.equal(code(await report(w, shop, order, 'NONSENSE')), 'invalid_input');
  assert.equal(code(await report(w, shop, order)), 'ok');
  assert.equal(code(await report(w, shop, order)), 'already_reported');
  assert.equal((await look(w, shop, order)).state, 'contested');
  await house.settle();
  const after = await look(w, shop, order);
  assert.deepEqual(
    [after.state, reportOf(after)['finding'], reportOf(after)['outcome']],
    ['settled', 'false', 'release'],
  );
  assert.equal(code(await report(w, shop, order)), 'already_reported');
  const { body: mine } = await house.http(seller, 'GET', `/v1/orders/${order}`);
  assert.equal(reportOf(mine)['finding'], 'false');
  // The second lie, told after the card was opened and spent at a till.
  const two = await bought(w, shop);
  const card = await open(w, shop, two);
  await house.settle();
  await house.forward(HOUR);
  await spend(w, card.body['number']);
  assert.equal(code(await report(w, shop, two)), 'ok');
  await house.settle();
  assert.equal(reportOf(await look(w, shop, two))['finding'], 'false');
  assert.equal((await scoreOf(w, shop))['falseReports'], 2);
  // A third one restricts: no bids any more, and those that stood are stopped.
  const three = await bought(w, shop);
  assert.equal(code(await report(w, shop, three)), 'ok');
  await house.settle();
  const { body: home } = await house.http(shop.boss, 'GET', `/v1/recyclers/${shop.id}`);
  assert.deepEqual([home.state, home['reason']], ['restricted', 'false_reports']);
  const { body: bids } = await on(w, shop, 'GET', 'bids');
  assert(
    bids.items.every((one) => one['active'] === false),
    'its bids are stopped',
  );
  assert.equal((await scoreOf(w, shop))['rank'], 2);
  await house.forward(8 * DAY);
  const { body: payouts } = await house.http(seller, 'GET', '/v1/me/payouts');
  assert.equal(payouts.items.filter(({ state }) => state === 'paid').length, 3);
  await end(w);
});

test('what is true costs the seller nothing but the sale: agreed to, or proved and left to the clock', async (t) => {
  const w = await world(t);
  const { house, shop, seller } = w;
  await bid(w, shop);
  const agreed = await bought(w, shop);
  const card = await open(w, shop, agreed);
  await house.settle();
  // The last use and the opening are one moment: the issuer's clock is not ours, so nobody is called a liar.
  await spend(w, card.body['number']);
  assert.equal(code(await report(w, shop, agreed)), 'ok');
  await house.settle();
  assert.equal(reportOf(await look(w, shop, agreed))['finding'], 'unclear');
  const answer = async (order: string, as: Person, body: object) =>
    code(await house.http(as, 'POST', `/v1/orders/${order}/answer`, body));
  assert.equal(await answer(agreed, shop.boss, { answer: 'agrees' }), 'not_found');
  assert.equal(await answer(agreed, seller, { answer: 'agrees' }), 'ok');
  assert.equal(await answer(agreed, seller, { answer: 'contests' }), 'wrong_state');
  assert.equal((await look(w, shop, agreed)).state, 'closed');

  // Frozen by its issuer before anybody saw it: confirmed, and the seller contests.
  const proved = await bought(w, shop);
  const { rows } = await house.pool.query<{ id: string }>(
    `select card_id as id from buyback."order" where id = $1`,
    [proved],
  );
  await freeze(w, rows[0]?.id ?? '');
  assert.equal(code(await report(w, shop, proved, 'FROZEN_BY_ISSUER')), 'ok');
  await house.settle();
  assert.equal(reportOf(await look(w, shop, proved))['finding'], 'confirmed');
  const note = '我交卡时是好的';
  assert.equal(await answer(proved, seller, { answer: 'contests', note }), 'ok');
  const risk = await house.staff('risk');
  const { body: detail } = await house.http(risk, 'GET', `/v1/console/orders/${proved}`);
  assert.equal(detail['answerNote'], note);
  await house.forward(5 * DAY);
  const after = await look(w, shop, proved);
  assert.deepEqual([after.state, reportOf(after)['outcome']], ['closed', 'clawback']);
  const score = await scoreOf(w, shop);
  assert.deepEqual([score['trueReports'], score['falseReports'], score['disputesLost']], [2, 0, 0]);
  // What came back is the net each time; the fee stays a line of the order.
  const { balance } = await wallet(w, shop);
  assert(balance > 40_000n && balance < 60_000n, String(balance));
  await end(w);
});

/** The issuer's desk freezes the card, whatever its number is by now. */
async function freeze({ house }: World, cardId: string): Promise<void> {
  const { takeOut } = await import('../cards/vault/keep.ts');
  const { number } = await takeOut(house.db, house.keys, cardId);
  await house.control('issuer', '/control/cards', {
    ...{ sku: SKU, number: number.reveal(), action: 'freeze' },
  });
}

test('money back and the card spent all the same: found a day later, owed, and paid by wallet and reserve', async (t) => {
  const w = await world(t, ['10000', '60000']);
  const { house, shop, seller } = w;
  await bid(w, shop);
  const order = await bought(w, shop);
  const card = await open(w, shop, order);
  await house.settle();
  await house.control('issuer', '/control/issuers/weihe', { profile: 'outage' });
  assert.equal(code(await report(w, shop, order)), 'ok');
  assert.equal(
    code(await house.http(seller, 'POST', `/v1/orders/${order}/answer`, { answer: 'agrees' })),
    'ok',
  );
  const back = (await wallet(w, shop)).balance;
  assert(back > 9_000n, 'the money is back');
  // It takes the money out, leaves a little, and spends the card.
  await house.prove(shop.boss);
  const refund = BigInt(String(reportOf(await look(w, shop, order))['refundFen']));
  const out = back - 1_000n;
  const drawn = await on(w, shop, 'POST', 'withdrawals', { amountFen: String(out) });
  assert.equal(drawn.status, 200, drawn.text);
  await house.control('issuer', '/control/issuers/weihe', { profile: 'healthy' });
  await house.forward(HOUR);
  await spend(w, card.body['number']);
  await fillReserve(w, 100_000n);
  await house.forward(DAY);
  await house.house.tidyUp();
  await house.settle();
  const { rows } = await house.pool.query(`select * from settlement.cover where subject = $1`, [
    order,
  ]);
  assert.equal(rows.length, 1, 'it is owed');
  assert.deepEqual(
    [rows[0].owed_fen, rows[0].wallet_fen, rows[0].deposit_fen, rows[0].reserve_fen],
    [refund, 1_000n, 0n, refund - 1_000n],
  );
  const { body: home } = await house.http(shop.boss, 'GET', `/v1/recyclers/${shop.id}`);
  assert.deepEqual([home.state, home['reason']], ['restricted', 'default']);
  const finance = await house.staff('finance');
  const seen = await house.http(finance, 'GET', `/v1/console/recyclers/${shop.id}/defaults`);
  assert.equal((seen.body['covers'] as unknown[]).length, 1);
  await house.house.tidyUp();
  const again = await house.pool.query(`select count(*)::int4 as n from settlement.cover`);
  assert.equal(again.rows[0].n, 1, 'once');
  // The next money of the shop belongs to the reserve first.
  await topUpShop(house, shop.boss, shop.id, { amountFen: '20000' });
  assert.equal((await wallet(w, shop)).balance, 20_000n - (refund - 1_000n));
  await end(w);
});

async function fillReserve({ house }: World, amountFen: bigint): Promise<void> {
  const at = house.clock.now();
  const by = newId(at);
  await inTransaction(house.db, (tx) =>
    topUp(tx, { recycler: 'house', target: 'reserve', amountFen: fen(amountFen), by, at }),
  );
  await house.settle();
}

test('two rounds, money for one: the seller of the other is owed a bond, and the reserve pays what is not there', async (t) => {
  const w = await world(t, ['18500', '60000']);
  const { house, shop, seller } = w;
  await fillReserve(w, 100_000n);
  await bid(w, shop, '20000');
  const ids: string[] = [];
  for (const [faceFen, reserveFen] of [
    ['10000', '7000'],
    ['20000', '16000'],
  ] as const) {
    const { number, pin } = house.card(SKU, 'good', BigInt(faceFen));
    const now = house.clock.now();
    const put = await house.http(seller, 'POST', '/v1/auctions', {
      ...{ kind: 'batch', sku: SKU, faceFen, reserveFen, number, pin },
      ...{ opensAt: now, closesAt: plus(now, 2 * HOUR) },
    });
    assert.equal(put.status, 201, put.text);
    ids.push(put.body.id);
  }
  await house.forward(5 * MINUTE);
  const stateOf = async (id: string) =>
    (await house.http(undefined, 'GET', `/v1/auctions/${id}`)).body.state;
  const states = await Promise.all(ids.map(stateOf));
  assert.deepEqual(states.toSorted(), ['awaiting_settlement', 'settled']);
  const unpaid = ids[states.indexOf('awaiting_settlement')] ?? '';
  await house.prove(shop.boss);
  const { balance: free } = await wallet(w, shop);
  assert.equal(code(await on(w, shop, 'POST', 'withdrawals', { amountFen: String(free) })), 'ok');
  await house.forward(31 * MINUTE);
  assert.equal(await stateOf(unpaid), 'open', 'it waits for the next round, without that buyer');
  const { rows } = await house.pool.query(`select * from settlement.cover`);
  const owed = unpaid === ids[0] ? 500n : 1_000n;
  assert.deepEqual(
    [rows.length, rows[0]?.subject, rows[0]?.owed_fen, rows[0]?.wallet_fen, rows[0]?.reserve_fen],
    [1, unpaid, owed, 0n, owed],
  );
  assert.equal((await scoreOf(w, shop))['defaults'], 1);
  const { body: home } = await house.http(shop.boss, 'GET', `/v1/recyclers/${shop.id}`);
  assert.deepEqual([home.state, home['reason']], ['restricted', 'default']);
  await end(w);
});

test('with anything open nobody leaves; a stopped shop’s key opens nothing', async (t) => {
  const w = await world(t);
  const { house, shop } = w;
  const leave = async () => {
    await house.prove(shop.boss);
    return code(await on(w, shop, 'POST', 'leave'));
  };
  await bid(w, shop);
  assert.equal(await leave(), 'open_business', 'a standing bid');
  const order = await bought(w, shop);
  await on(w, shop, 'POST', 'bids/stop', {});
  assert.equal(await leave(), 'open_business', 'an order whose report may still come');
  await house.prove(shop.boss);
  const made = await on(w, shop, 'POST', 'keys', {
    name: '收银',
    scopes: ['read', 'report'],
    networks: [],
  });
  assert.equal(made.status, 201, made.text);
  const headers = { authorization: `Bearer ${String(made.body['key'])}` };
  const byKey = async (path: string) =>
    await house.http(undefined, 'GET', `/v1/recyclers/${shop.id}/${path}`, undefined, headers);
  assert.equal((await byKey(`orders/${order}`)).status, 200);
  const risk = await house.staff('risk');
  const stop = `/v1/console/recyclers/${shop.id}/suspend`;
  assert.equal((await house.http(risk, 'POST', stop, { reason: 'risk' })).status, 200);
  assert.equal((await byKey(`orders/${order}`)).status, 401, 'at once');
  await end(w);
});
