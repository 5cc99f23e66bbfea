// Goal: whatever a claim ends with, each fen goes where the decision says: a part back, the reserve pays and is owed,
//   a debt is taken from the next sale, a penalty changes hands, a gift reaches its charity, a price falls to its floor.
// Method: whole sales over the API, the desk's decisions by two people, the books read to the fen after each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AccountCode, balanceOf } from '#ledger';
import { DAY, fen, HOUR, inTransaction } from '#platform';
import { topUp } from '#settlement';
import type { Person } from '#test/house.ts';
import { ASK_ONLY, type Market, openMarket } from '#test/market.ts';

const RESERVE = fen(1_000_000n);

async function funded(t: Parameters<typeof openMarket>[0]): Promise<Market> {
  const m = await openMarket(t);
  const { userId: by } = await m.staff('finance');
  const ask = { recycler: 'house', target: 'reserve', amountFen: RESERVE, by } as const;
  await inTransaction(m.db, (tx) => topUp(tx, { ...ask, at: m.clock.now() }));
  await m.settle();
  return m;
}

const held = async (m: Market, code: AccountCode): Promise<bigint> =>
  (await balanceOf(m.db, code)).balance;

async function seen(m: Market, people?: { seller: Person; buyer: Person }) {
  const seller = people?.seller ?? (await m.seller());
  const buyer = people?.buyer ?? (await m.seller());
  // Days have passed: sign in again.
  for (const person of [seller, buyer]) await m.prove(person);
  const { listing } = await m.list(seller, { sku: ASK_ONLY });
  const order = await m.buy(buyer, listing);
  await m.pay(order);
  await m.see(buyer, order);
  return { seller, buyer, listing, order, price: BigInt(String(order['priceFen'])) };
}

/** Contested by the seller, taken by the desk and decided; executed when nobody has appealed. */
async function decided(
  m: Market,
  { seller, buyer, order }: Awaited<ReturnType<typeof seen>>,
  verdict: Record<string, unknown>,
): Promise<void> {
  await m.prove(buyer);
  await m.prove(seller);
  const said = await m.act(buyer, 'orders/:id/dispute', order.id, { reason: 'RESTRICTED' });
  assert.equal(said.status, 200, JSON.stringify(said));
  await m.settle();
  const { rows } = await m.pool.query(
    'select id from disputes.claim where subject = $1 order by opened_at desc limit 1',
    [order.id],
  );
  const id = rows[0].id as string;
  await m.http(seller, 'POST', `/v1/disputes/${id}/answer`, { answer: 'contest' });
  const desk = await m.staff('support');
  const path = `/v1/console/claims/${id}`;
  for (const what of ['assign', 'hear']) await m.http(desk, 'POST', `${path}/${what}`, {});
  const body = {
    penalty: false,
    template: 'both_responsible',
    words: '已核对双方证据。',
    ...verdict,
  };
  const made = await m.http(desk, 'POST', `${path}/decide`, body);
  assert.equal(made.status, 200, made.text);
  await m.forward(3 * DAY + HOUR);
}

test('a part goes back: buyer, seller and every line keep their share of the rest', async (t) => {
  const m = await openMarket(t);
  const sale = await seen(m);
  const fees = await held(m, 'FEE');
  const refundFen = sale.price / 3n;
  await decided(m, sale, { outcome: 'partial', refundFen: String(refundFen), fault: 'seller' });
  assert.equal(await m.stateOf(sale.order.id), 'confirmed');
  await m.prove(sale.buyer);
  const after = await m.order(sale.buyer, sale.order.id);
  assert.deepEqual(after['refund'], { fen: String(refundFen), reason: 'CLAIM' });
  const { rows } = await m.pool.query<{ paid: bigint; back: bigint }>(
    `select (select sum(amount_fen)::int8 from settlement.payout where subject = $1 and part = 'main') as paid,
       (select sum(amount_fen)::int8 from settlement.refund where state = 'refunded') as back`,
    [sale.order.id],
  );
  const { paid = 0n, back = 0n } = rows[0] ?? {};
  const fee = (await held(m, 'FEE')) - fees;
  assert.equal(back, refundFen);
  assert.equal(paid + fee + back, sale.price, 'and not a fen besides');
  const full = BigInt(String(sale.order['netFen'] ?? after['netFen']));
  assert(paid > 0n && paid < full, 'the seller has less than the whole');
  assert(
    fee * sale.price <= (sale.price - refundFen) * (sale.price - full) + sale.price,
    'fees too',
  );
  assert.deepEqual(await m.books(), { total: 0n, escrow: 0n });
});

test("nobody's fault: the reserve makes the buyer whole, the seller keeps the sale, nobody owes", async (t) => {
  const m = await funded(t);
  const sale = await seen(m);
  await decided(m, sale, { outcome: 'refund', fault: 'issuer', template: 'issuer_caused' });
  assert.equal(await m.stateOf(sale.order.id), 'reimbursed');
  assert.equal(await held(m, 'RESERVE:cash'), RESERVE - sale.price);
  assert.equal(await held(m, `RECEIVABLE:${sale.seller.userId}`), 0n);
  await m.forward(4 * DAY);
  const { rows } = await m.pool.query<{ user_id: string; state: string }>(
    `select user_id, state from settlement.payout where subject = $1 and part not like '%-late'`,
    [sale.order.id],
  );
  assert.deepEqual(
    new Set(rows.map(({ user_id: who, state }) => `${who} ${state}`)),
    new Set([`${sale.seller.userId} paid`, `${sale.buyer.userId} paid`]),
  );
  assert.deepEqual(await m.books(), { total: 0n, escrow: 0n });
});

test('what a seller owes the reserve is taken from the next sale, and the rest is paid', async (t) => {
  const m = await funded(t);
  const sale = await seen(m);
  await m.act(sale.buyer, 'orders/:id/confirm', sale.order.id);
  await m.forward(3 * DAY);
  const refundFen = sale.price / 2n;
  await decided(m, sale, { outcome: 'partial', refundFen: String(refundFen), fault: 'seller' });
  assert.equal(await m.stateOf(sale.order.id), 'reimbursed');
  const receivable: AccountCode = `RECEIVABLE:${sale.seller.userId}`;
  assert.equal(await held(m, receivable), -refundFen);
  assert.equal(await held(m, 'RESERVE:cash'), RESERVE - refundFen);
  const next = await seen(m, { seller: sale.seller, buyer: await m.seller() });
  await m.act(next.buyer, 'orders/:id/confirm', next.order.id);
  await m.settle();
  assert.equal(await held(m, receivable), 0n, 'paid back');
  assert.equal(await held(m, 'RESERVE:cash'), RESERVE);
  const { rows } = await m.pool.query<{ amount_fen: bigint }>(
    'select amount_fen from settlement.payout where subject = $1',
    [next.order.id],
  );
  await m.prove(sale.seller);
  const net = BigInt(String((await m.order(sale.seller, next.order.id))['netFen']));
  assert.equal(rows[0]?.amount_fen, net - refundFen);
  assert.equal((await m.books()).total, 0n);
});

for (const side of ['seller', 'buyer'] as const)
  test(`a penalty for the ${side}: the other side has it, and who was at fault owes it`, async (t) => {
    const m = await funded(t);
    const sale = await seen(m);
    const outcome = side === 'seller' ? 'refund' : 'release';
    const template = side === 'seller' ? 'for_buyer' : 'for_seller';
    await decided(m, sale, { outcome, fault: side, penalty: true, template });
    assert.equal(await m.stateOf(sale.order.id), side === 'seller' ? 'refunded' : 'confirmed');
    const penalty = sale.price / 100n;
    const [owes, gets] = side === 'seller' ? [sale.seller, sale.buyer] : [sale.buyer, sale.seller];
    assert.equal(await held(m, `RECEIVABLE:${owes.userId}`), -penalty);
    assert.equal(await held(m, 'RESERVE:cash'), RESERVE - penalty);
    const { rows } = await m.pool.query<{ amount_fen: bigint }>(
      `select amount_fen from settlement.payout where user_id = $1 and part like 'reserve-penalty%'`,
      [gets.userId],
    );
    assert.deepEqual(rows, [{ amount_fen: penalty }]);
    assert.equal((await m.books()).total, 0n);
  });

test('a gift is a line of the order, stands in an account of its own, and reaches the charity', async (t) => {
  const m = await openMarket(t);
  const [maker, checker] = [await m.staff('finance'), await m.staff('finance')];
  const proposed = await m.http(maker, 'POST', '/v1/console/charities', {
    ...{ creditCode: '531000005000000014', nameZh: '模拟助学基金会', nameEn: 'Model School Fund' },
    ...{ licenceNo: '530100001', bankCode: 'state', accountNumber: '4111111111111111' },
  });
  assert.equal(proposed.status, 200, proposed.text);
  await m.settle();
  const { rows } = await m.pool.query('select id from settlement.charity');
  const id = rows[0].id as string;
  const approved = await m.http(checker, 'POST', `/v1/console/charities/${id}/approve`, {});
  assert.equal(approved.status, 200, approved.text);
  const [seller, buyer] = [await m.seller(), await m.seller()];
  const { listing } = await m.list(seller, { over: { charity: { id, shareBps: 2_500 } } });
  const order = await m.buy(buyer, listing);
  await m.pay(order);
  await m.see(buyer, order);
  assert.equal(await held(m, `CHARITY:${id}`), 0n, 'promised, and not given yet');
  await m.act(buyer, 'orders/:id/confirm', order.id);
  await m.settle();
  const sold = await m.order(seller, order.id);
  const lines = sold['lines'] as { code: string; fen: string }[];
  const gift = lines.find(({ code }) => /charity/i.test(code));
  assert(gift, JSON.stringify(lines));
  const price = BigInt(String(sold['priceFen']));
  const net = BigInt(String(sold['netFen']));
  const given = BigInt(gift.fen) < 0n ? -BigInt(gift.fen) : BigInt(gift.fen);
  assert.equal(await held(m, `CHARITY:${id}`), given);
  assert.equal(given, (net + given) / 4n, 'a quarter of what was the seller’s');
  assert(net + given <= price);
  const mine = await m.http<{ items: { amountFen: string }[] }>(seller, 'GET', '/v1/me/donations');
  assert.deepEqual(
    mine.body.items.map(({ amountFen }) => amountFen),
    [String(given)],
  );
  assert.equal((await m.books()).total, 0n);
});

test('a price falls in a straight line to its floor and never below; the buyer pays the price of the day', async (t) => {
  const m = await openMarket(t);
  const [seller, buyer] = [await m.seller(), await m.seller()];
  const over = { expiresOn: '2026-12-23', markdownFloorFen: '6000' };
  const { listing } = await m.list(seller, { over });
  const asked = BigInt(String(listing['priceFen']));
  const shown = async () => {
    await m.house.tidyUp();
    return BigInt(
      String(
        (await m.http(undefined, 'GET', `/v1/market/listings/${listing.id}`)).body['priceFen'],
      ),
    );
  };
  assert.equal(await shown(), asked, 'nothing on the first day');
  const prices: bigint[] = [];
  for (let day = 0; day < 29; day++) {
    await m.forward(DAY);
    prices.push(await shown());
  }
  for (const [day, price] of prices.entries()) {
    assert(price >= 6_000n && price <= (prices[day - 1] ?? asked), `day ${day}: ${price}`);
  }
  const middle = prices[14] ?? 0n;
  assert(middle > 7_300n && middle < 7_700n, `half way it is ${middle}`);
  assert((prices.at(-1) ?? 0n) < 6_200n, `near the end it is ${prices.at(-1)}`);
  await m.prove(buyer);
  const order = await m.buy(buyer, listing, { maxPriceFen: String(asked) });
  assert.equal(order['priceFen'], String(prices.at(-1)));
  assert.equal(await shown(), prices.at(-1), 'what is being bought does not fall any more');
});

test('what the market holds on a person leaves in their export; open business keeps the account', async (t) => {
  const m = await openMarket(t);
  const sale = await seen(m);
  const exported = async (who: Person) => {
    await m.prove(who);
    const { body } = await m.http(who, 'GET', '/v1/me/export');
    const { market } = body['parts'] as { market: Record<string, Record<string, string>[]> };
    return market;
  };
  const market = await exported(sale.seller);
  assert.equal(market['listings']?.[0]?.['id'], sale.listing.id);
  assert.equal(market['sold']?.[0]?.['id'], sale.order.id);
  const bought = await exported(sale.buyer);
  assert.deepEqual(bought['sold'], []);
  assert.equal(bought['bought']?.[0]?.['paidFen'], sale.order['totalFen']);
  assert(!JSON.stringify([market, bought]).includes(sale.buyer.userId), 'and nobody else in it');
  for (const who of [sale.seller, sale.buyer]) {
    await m.prove(who);
    const erased = await m.http(who, 'POST', '/v1/me/erasure', {});
    assert.equal(erased.body.code, 'open_business', erased.text);
  }
  await m.prove(sale.buyer);
  await m.act(sale.buyer, 'orders/:id/confirm', sale.order.id);
  await m.forward(50 * DAY);
  await m.forward(DAY);
  assert.equal(await m.stateOf(sale.order.id), 'completed');
  await m.prove(sale.buyer);
  const erased = await m.http(sale.buyer, 'POST', '/v1/me/erasure', {});
  assert.equal(erased.status, 200, erased.text);
});

test('staff see listings and orders and no secret; only risk takes a listing down and puts it back', async (t) => {
  const m = await openMarket(t);
  const sale = await seen(m);
  const other = await m.list(await m.seller());
  const [risk, support] = [await m.staff('risk'), await m.staff('support')];
  const root = '/v1/console/market';
  for (const path of ['listings', 'orders', `orders/${sale.order.id}`]) {
    const read = await m.http(support, 'GET', `${root}/${path}`);
    assert.equal(read.status, 200, read.text);
    assert(!read.text.includes(other.card.number), 'no number');
    for (const nobody of [undefined, sale.seller])
      assert((await m.http(nobody, 'GET', `${root}/${path}`)).status >= 401, path);
  }
  const page = await m.http(support, 'GET', `${root}/listings?state=live&limit=1`);
  assert.deepEqual(
    page.body.items.map(({ id }) => id),
    [other.listing.id],
  );
  const story = (await m.http(support, 'GET', `${root}/orders/${sale.order.id}`)).body;
  const kinds = new Set((story['timeline'] as { kind: string }[]).map(({ kind }) => kind));
  assert.deepEqual(kinds, new Set(['state', 'money', 'record', 'job']));
  const guess = '01a20621-ad00-7a41-bc25-72ddb0a81990';
  assert.equal((await m.http(support, 'GET', `${root}/orders/${guess}`)).status, 404);
  const down = (as: Person, id: unknown, reason: unknown = 'RESTRICTED') =>
    m.http(as, 'POST', `${root}/listings/${id}/suspend`, { reason });
  assert.equal((await down(support, other.listing.id)).status, 403);
  assert.equal((await down(risk, other.listing.id, '<b>')).status, 400);
  assert.equal((await down(risk, guess)).status, 404);
  assert.equal((await down(risk, other.listing.id)).body.state, 'suspended');
  assert.equal((await m.buy(sale.buyer, other.listing)).code, 'listing_gone');
  const back = await m.http(risk, 'POST', `${root}/listings/${other.listing.id}/reinstate`, {});
  assert.equal(back.body.state, 'live', back.text);
  assert.equal((await m.buy(sale.buyer, other.listing)).state, 'placed');
});
