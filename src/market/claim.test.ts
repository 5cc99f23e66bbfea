// Goal: a complaint ends by itself where the issuer's word settles it, and the money goes where the truth is.
// Method: drained and unspent cards at the issuer's simulator, claims over the API, the clock moved through answer,
// appeal and guarantee; the books must be even after each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balanceOf, post } from '#ledger';
import { DAY, fen, HOUR, inTransaction, MINUTE } from '#platform';
import type { Person } from '#test/house.ts';
import { ASK_ONLY, type Market, openMarket } from '#test/market.ts';

async function revealed(m: Market, sku?: string) {
  const [seller, buyer] = [await m.seller(), await m.seller()];
  const { listing } = await m.list(seller, sku === undefined ? {} : { sku });
  const order = await m.buy(buyer, listing);
  await m.pay(order);
  const secret = await m.see(buyer, order);
  return { seller, buyer, listing, order, secret, sku: sku ?? 'weihe-gift' };
}

/** Somebody spends the card at a till, a minute after one thing and a minute before the next. */
async function spend(m: Market, sku: string, number: string): Promise<void> {
  await m.forward(MINUTE);
  await m.control('issuer', '/control/cards', { sku, number, action: 'drain' });
  await m.forward(MINUTE);
}

const complain = (m: Market, buyer: Person, id: unknown) =>
  m.act(buyer, 'orders/:id/dispute', id, { reason: 'USED_OR_VOID', statement: '到店发现余额为零' });

async function claimOf(m: Market, orderId: unknown) {
  const { rows } = await m.pool.query(
    `select d.rule, d.basis, d.outcome, d.fault, c.open from disputes.claim c
     left join disputes.claim_decision d on d.claim_id = c.id where c.subject = $1
     order by d.round desc limit 1`,
    [orderId],
  );
  return rows[0] as { rule: string; basis: string; outcome: string; fault: string; open: boolean };
}

test('a buyer who spends a re-issued card and says it was empty: decided by the issuer, for the seller', async (t) => {
  const m = await openMarket(t);
  const { buyer, seller, order, secret, sku } = await revealed(m);
  await spend(m, sku, secret.number);
  assert.equal((await complain(m, buyer, order.id)).state, 'disputed');
  await m.settle();
  const decided = await claimOf(m, order.id);
  assert.equal(decided.basis, 'rule', JSON.stringify(decided));
  assert.equal(decided.outcome, 'release');
  assert.equal(decided.fault, 'buyer');
  assert.equal(
    (await m.books()).escrow,
    BigInt(String(order['totalFen'])),
    'it waits for the appeal',
  );
  await m.forward(4 * DAY);
  assert.equal(await m.stateOf(order.id), 'confirmed');
  const sold = await m.order(seller, order.id);
  assert.equal((sold['payout'] as { amountFen: string }).amountFen, sold['netFen']);
  await m.forward(5 * DAY);
  assert.deepEqual(await m.books(), { total: 0n, escrow: 0n });
});

test("silence of the seller gives the money back; the card is nobody else's to buy again", async (t) => {
  const m = await openMarket(t);
  const { buyer, seller, listing, order } = await revealed(m, ASK_ONLY);
  const said = await m.act(buyer, 'orders/:id/dispute', order.id, { reason: 'RESTRICTED' });
  assert.equal(said.state, 'disputed', JSON.stringify(said));
  assert.equal((await m.act(buyer, 'orders/:id/confirm', order.id)).code, 'wrong_state');
  await m.settle();
  await m.forward(DAY + HOUR);
  await m.forward(4 * DAY);
  const after = await m.order(buyer, order.id);
  assert.equal(after.state, 'refunded', m.logged.filter((line) => line.includes('put off')).join());
  assert.deepEqual(after['refund'], { fen: after['totalFen'], reason: 'CLAIM' });
  assert.equal((await m.listing(seller, listing.id)).state, 'withdrawn');
  await m.forward(DAY);
  assert.deepEqual(await m.books(), { total: 0n, escrow: 0n });
});

test('inside the guarantee the reserve pays first, and the seller at fault owes it', async (t) => {
  const m = await openMarket(t);
  await inTransaction(m.db, (tx) =>
    post(tx, {
      ...{ kind: 'test.reserve', ref: 'r', subject: 'r', at: m.clock.now() },
      legs: [{ from: 'CUSTODY:bank', to: 'RESERVE:cash', amount: fen(1_000_000n) }],
    }),
  );
  const { buyer, seller, order } = await revealed(m, ASK_ONLY);
  await m.act(buyer, 'orders/:id/confirm', order.id);
  await m.forward(3 * DAY);
  const price = BigInt(String(order['priceFen']));
  const said = await m.act(buyer, 'orders/:id/dispute', order.id, { reason: 'RESTRICTED' });
  assert.equal(said.state, 'claimed', JSON.stringify(said));
  await m.settle();
  await m.forward(DAY + HOUR);
  await m.forward(4 * DAY);
  const putOff = m.logged.filter((line) => line.includes('put off')).join();
  assert.equal(await m.stateOf(order.id), 'reimbursed', putOff);
  assert.equal((await balanceOf(m.db, 'RESERVE:cash')).balance, 1_000_000n - price);
  assert.equal((await balanceOf(m.db, `RECEIVABLE:${seller.userId}`)).balance, -price);
  const again = await complain(m, buyer, order.id);
  assert.equal(again.code, 'wrong_state', 'one guarantee, once');
  assert.equal((await m.books()).total, 0n);
});

test("a complaint must name a known reason, be the buyer's, and come in time", async (t) => {
  const m = await openMarket(t);
  const { buyer, seller, order } = await revealed(m);
  const say = (as: Person, body: object) => m.act(as, 'orders/:id/dispute', order.id, body);
  assert.equal((await say(buyer, { reason: 'BECAUSE' })).code, 'invalid_input');
  assert.equal((await say(buyer, { reason: 'OK' })).code, 'invalid_input');
  assert.equal((await say(seller, { reason: 'USED_OR_VOID' })).status, 404);
  const dirty = await say(buyer, { reason: 'OTHER', statement: '加微信 abc12345' });
  assert.equal(dirty.code, 'text_contact');
  await m.forward(DAY);
  assert.equal(await m.stateOf(order.id), 'confirmed');
  await m.forward(20 * DAY);
  assert.equal(await m.stateOf(order.id), 'confirmed', 'still guaranteed');
});
