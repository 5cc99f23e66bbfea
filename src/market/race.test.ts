// Goal: whoever races whom on the market, exactly one wins, the other is told so, and no fen and no card is lost.
// Method: the use cases called side by side on the real database, a thousand buyers among them, with the clock one
// tick before, at and after each deadline.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balanceOf, movementsOf } from '#ledger';
import { DAY, fen, MINUTE, plus, Refused } from '#platform';
import type { Person, TestHouse } from '#test/house.ts';
import { openMarket } from '#test/market.ts';
import {
  buy,
  cancel,
  complain,
  confirm,
  findListing,
  findOrder,
  type MarketDeps,
  marketClock,
  reveal,
  withdraw,
} from './index.ts';

const depsOf = ({ db, clock, keys, house }: TestHouse): MarketDeps => ({
  ...{ db, clock, keys, cards: house.issuers },
});

const outcomeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof Refused) return error.refusal.code;
    throw error;
  }
};

test('a thousand buyers press at once: exactly one has the card', async (t) => {
  const m = await openMarket(t);
  const seller = await m.seller();
  const buyers: Person[] = [];
  for (let i = 0; i < 20; i++) buyers.push(await m.seller());
  const { listing } = await m.list(seller);
  const of = await findListing(m.db, listing.id);
  assert.ok(of);
  const at = m.clock.now();
  const started = performance.now();
  const outcomes = await Promise.all(
    Array.from({ length: 1_000 }, async (_, index) => {
      const userId = buyers[index % buyers.length]?.userId ?? '';
      const items = [{ listingId: of.id, maxPriceFen: of.price_fen }];
      return await outcomeOf(buy(depsOf(m), { userId, items, fill: 'all', channel: 'alipay', at }));
    }),
  );
  t.diagnostic(`1000 buyers in ${Math.round(performance.now() - started)} ms`);
  const counts = Object.groupBy(outcomes, (one) => one);
  assert.equal(counts['done']?.length, 1);
  assert.equal(counts['listing_taken']?.length, 999);
  const { rows } = await m.pool.query('select count(*) from market."order"');
  assert.equal(rows[0].count, 1n);
  const asked = await m.pool.query('select count(*) from settlement.pay_in');
  assert.equal(asked.rows[0].count, 1n, 'one of them is asked for money');
});

test('a withdrawal and a purchase at once: one of them', async (t) => {
  const m = await openMarket(t);
  const [seller, buyer] = [await m.seller(), await m.seller()];
  for (let round = 0; round < 5; round++) {
    const { listing } = await m.list(seller, { delivery: 'seller' });
    const of = await findListing(m.db, listing.id);
    assert.ok(of);
    const at = m.clock.now();
    const items = [{ listingId: of.id, maxPriceFen: of.price_fen }];
    const outcomes = await Promise.all([
      outcomeOf(buy(depsOf(m), { userId: buyer.userId, items, fill: 'all', channel: 'bank', at })),
      outcomeOf(withdraw(m.db, { listingId: of.id, userId: seller.userId, at })),
    ]);
    assert.equal(outcomes.filter((one) => one === 'done').length, 1, outcomes.join());
  }
});

async function revealed(m: Awaited<ReturnType<typeof openMarket>>) {
  const [seller, buyer] = [await m.seller(), await m.seller()];
  const { listing } = await m.list(seller);
  const order = await m.buy(buyer, listing);
  await m.pay(order);
  await m.see(buyer, order);
  const row = await findOrder(m.db, order.id);
  assert.ok(row?.inspect_until);
  return { seller, buyer, order: row, until: row.inspect_until };
}

test('a dispute one tick before the clock confirms wins; at the tick it is refused; never both', async (t) => {
  const m = await openMarket(t);
  const early = await revealed(m);
  const say = (order: { id: string }, userId: string, at: Date) =>
    outcomeOf(complain(depsOf(m), { orderId: order.id, userId, reason: 'USED_OR_VOID', at }));
  const clock = (id: string, at: Date) =>
    outcomeOf(marketClock.market_order(m.db, { id, transition: 'confirm', at }));

  assert.equal(await say(early.order, early.buyer.userId, plus(early.until, -1)), 'done');
  assert.equal(await clock(early.order.id, early.until), 'wrong_state');
  const late = await revealed(m);
  assert.equal(await say(late.order, late.buyer.userId, late.until), 'wrong_state');
  assert.equal(await clock(late.order.id, late.until), 'done');
  for (let round = 0; round < 3; round++) {
    const { order, buyer, until } = await revealed(m);
    const both = await Promise.all([
      say(order, buyer.userId, plus(until, -1)),
      clock(order.id, until),
    ]);
    // Confirmed first, the complaint is a guarantee claim on a settled order; the escrow is spent once either way.
    assert.ok(both.includes('done'), both.join());
    const state = await m.stateOf(order.id);
    assert.ok(state === 'disputed' || state === 'claimed' || state === 'confirmed', state);
    const moved = await movementsOf(m.db, order.id);
    const settled = moved.filter(({ kind }) => kind === 'market_order.confirm').length;
    assert.equal(settled, state === 'disputed' ? 0 : 1);
  }
});

test('confirming, cancelling and revealing side by side: the money leaves escrow once', async (t) => {
  const m = await openMarket(t);
  const { order, buyer, seller } = await revealed(m);
  const at = m.clock.now();
  const act = { orderId: order.id, at };
  const outcomes = await Promise.all([
    outcomeOf(confirm(m.db, { ...act, userId: buyer.userId })),
    outcomeOf(confirm(m.db, { ...act, userId: buyer.userId })),
    outcomeOf(cancel(m.db, { ...act, userId: buyer.userId, by: 'buyer' })),
    outcomeOf(cancel(m.db, { ...act, userId: seller.userId, by: 'seller' })),
    outcomeOf(reveal(depsOf(m), { ...act, userId: buyer.userId })),
  ]);
  // Either of the two confirmations may come first.
  assert.deepEqual(outcomes.toSorted(), [
    ...['already_revealed', 'done'],
    ...['wrong_state', 'wrong_state', 'wrong_state'],
  ]);
  await m.forward(3 * DAY);
  assert.deepEqual(await m.books(), { total: 0n, escrow: 0n });
});

test('paying and calling off at once: taken, or given back, never half', async (t) => {
  const m = await openMarket(t);
  const [seller, buyer] = [await m.seller(), await m.seller()];
  for (let round = 0; round < 3; round++) {
    const { listing } = await m.list(seller);
    const order = await m.buy(buyer, listing);
    await m.settle();
    await Promise.all([m.pay(order), m.act(buyer, 'orders/:id/cancel', order.id)]);
    await m.forward(20 * MINUTE);
    const state = await m.stateOf(order.id);
    const { balance: held } = await balanceOf(m.db, `ESCROW:${order.id}`);
    if (state === 'ready') assert.equal(held, BigInt(String(order['totalFen'])));
    else {
      assert.equal(state, 'cancelled');
      assert.equal(held, fen(0n));
    }
    assert.equal((await m.books()).total, 0n);
  }
});
