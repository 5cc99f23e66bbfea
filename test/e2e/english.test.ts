// Goal: every main screen can be read in English, in the dark, and by axe; nothing Chinese is left where words are ours.
// Method: Chromium in English and dark over the screens of a seller and of an administrator, with orders in many states.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { post, takeDayEnds } from '#ledger';
import { DAY, fen, inTransaction, plus } from '#platform';
import { marketIn } from '#test/market.ts';
import { audit, openWorld, reads, type World, wordsOf } from './browser.ts';

const DARK_ENGLISH = { english: true, dark: true } as const;

test('in English and in the dark', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t);
  const seller = await world.seller();
  await world.sell(seller, { sku: 'weihe-gift' });
  await world.sell(seller, { sku: 'luyu-card', state: 'half_used' });
  const review = await world.sell(seller, { sku: 'luyu-card', state: 'extra_check' });
  const dead = await world.sell(seller, { sku: 'luyu-card', state: 'used' });
  await world.until('manual_review', 'select state from buyback.order where id = $1', [
    review.order.id,
  ]);
  await world.until('rejected', 'select state from buyback.order where id = $1', [dead.order.id]);

  await t.test('what a seller sees', async (t) => {
    const page = await world.visit(t, '/', { ...DARK_ENGLISH, as: seller });
    await page.getByTestId('quote-result').waitFor();
    await look(page, 'What is your idle card worth now?', 'Today’s buyback prices');
    await open(page, '/cards/weihe-gift', 'Restrictions of this card', 'About this card');
    await page.locator('[data-testid=quote-result][aria-busy=false]').waitFor();
    await page.getByTestId('sell').click();
    await look(page, 'Agree to this price', 'Line by line');
    await open(page, '/how', 'What we charge', 'Who can see the PIN');
    await open(page, '/me', 'Payout account', 'What you agreed to');
    await open(page, '/orders', 'My orders', 'In progress', 'Your decision');
    await open(page, `/orders/${review.order.id}`, 'A person is checking it', 'Promised within');
    await open(page, `/orders/${dead.order.id}`, 'The card did not pass');
    await open(page, '/nowhere', 'No such page');
  });
  await t.test('what people on the market see', async (t) => await marketScreens(world, t));
  await t.test('what an administrator sees', async (t) => await consoleScreens(world, t, review));
});

/** Titles and notes are the words of whoever wrote them; here they are English. */
async function marketScreens(world: World, t: TestContext): Promise<void> {
  const shop = { ...world, ...marketIn(world) };
  const [seller, buyer] = [await world.seller(), await world.seller()];
  const over = { title: 'A spare gift card', note: 'Won at the office party' };
  const { listing } = await shop.list(seller, { over });
  const { listing: other } = await shop.list(seller, { over });
  await shop.act(buyer, 'listings/:id/offers', other.id, { priceFen: '7000' });
  const page = await world.visit(t, '/market', { ...DARK_ENGLISH, as: buyer });
  await look(page, 'Discounted cards, balance guaranteed', 'Instant', '90.0% of balance');
  await open(page, `/market/listings/${listing.id}`, 'Restrictions', 'Make an offer', 'Seller');
  await open(page, '/market/products/weihe-gift', 'Sold prices', 'Wanted by buyers', 'On sale now');
  await open(page, '/market/sell?sku=weihe-gift', 'How it changes hands', 'You name the price');
  await open(page, '/market/basket', 'Your basket is empty');
  await open(page, '/donations', 'Who gave', 'Nobody is listed yet');
  const order = await shop.buy(buyer, listing);
  const ORDER = `/market/orders/${order.id}`;
  await open(page, ORDER, 'Please pay');
  await shop.pay(order);
  await world.until('ready', 'select state from market."order" where id = $1', [order.id]);
  await open(page, ORDER, 'Your card is ready', 'Before you look');
  await shop.see(buyer, order);
  await open(page, ORDER, 'Please check the card', 'Proof of the card');
  await shop.act(buyer, 'orders/:id/dispute', order.id, { reason: 'RESTRICTED' });
  await world.until(1, 'select count(*)::int from disputes.claim where subject = $1', [order.id]);
  await open(page, ORDER, 'Under review, the money is frozen');
  await page.getByTestId('claim').click();
  await look(page, 'Waiting for the seller', 'What the system knows');
  for (const [tab, words] of Object.entries(TABS))
    await open(page, `/market/mine?tab=${tab}`, words);
  const mine = await world.visit(t, '/market/mine?tab=listings', { ...DARK_ENGLISH, as: seller });
  await look(mine, 'You receive', 'Being sold');
  await open(mine, '/market/mine?tab=offers', 'An offer: please answer', 'Decline');
}
const TABS = {
  orders: 'Buying',
  offers: 'Waiting for the seller',
  wants: 'You have not asked for a card yet',
  searches: 'No saved searches yet',
  score: 'What it unlocks',
};

async function consoleScreens(
  world: World,
  t: TestContext,
  { order }: { order: { id: string } },
): Promise<void> {
  const admin = await world.staff('admin');
  const page = await world.visit(t, '/console', { ...DARK_ENGLISH, wide: true, as: admin });
  await look(page, 'Overview', 'Volume per day');
  await open(page, '/console/orders', 'All buyback orders, newest first');
  await open(page, `/console/orders/${order.id}`, 'Timeline', 'Verification');
  await open(page, '/console/market-orders', 'Market orders', 'Promised');
  await page.getByRole('table').getByRole('link').first().click();
  await look(page, 'Buyer pays', 'Timeline');
  await open(page, '/console/market-listings', 'Listings', 'Take down');
  await open(page, '/console/claims', 'Arbitration');
  await open(page, '/console/reviews', 'Manual verification', 'What is known');
  await open(page, '/console/cases', 'Cases');
  await open(page, '/console/reveals', 'Reveals');
  await open(page, '/console/jobs', 'Failed jobs');
  await open(page, '/console/payouts', 'Promised for T+1');
  await open(page, '/console/payout-runs', 'Payout runs');
  await open(page, '/console/treasury', 'Treasury', 'In custody');
  await open(page, '/console/reconciliation', 'Reconciliation');
  await open(page, '/console/prices', 'Price tables', 'In force');
  await page.getByRole('table').getByRole('link').first().click();
  await look(page, 'Rates per category', 'Content hash');
  await open(page, '/console/ledger', 'Trial balance', 'Balanced: the sum is zero');
  await before(world);
  await open(page, '/console/ledger/periods', 'Accounting months', 'Next to close: 2026-11');
  await open(page, '/console/ledger/day-ends', 'Day-end balances', 'Month is open', '2026-11-20');
  await open(page, '/console/ledger/day-ends/2026-11-20', 'The entries give the same');
  await open(page, '/console/record', 'Record', 'Verify the chain');
  await open(page, '/console/processes', 'Processes', 'Transitions');
  await open(page, '/console/staff', 'Staff and roles');
  await open(page, '/console/security', 'My security');
}

/** Money that came in three days ago, so that days of the books are over. */
async function before({ clock, db }: World): Promise<void> {
  const legs = [{ from: 'CUSTODY:before', to: 'WALLET:before', amount: fen(123_456n) }];
  const at = plus(clock.now(), -3 * DAY);
  await inTransaction(db, (tx) =>
    post(tx, { kind: 'opening', ref: '1', subject: 'opening', at, legs }),
  );
  await takeDayEnds(db, clock.now());
}

async function open(page: Page, path: string, ...words: string[]): Promise<void> {
  await page.goto(new URL(path, page.url()).href);
  await look(page, ...words);
}

async function look(page: Page, ...words: string[]): Promise<void> {
  await reads(page, ...words);
  await audit(page);
  const chinese = (await wordsOf(page)).split('\n').filter((line) => /\p{Script=Han}/u.test(line));
  // The way back to Chinese, what a person is called, and the title of our own first table.
  const allowed = chinese.filter(
    (line) => !/^(中|中文|\p{Script=Han}\*+|首版价目表 First price table)( ·)?$/u.test(line),
  );
  assert.deepEqual(allowed, [], `left in Chinese on ${new URL(page.url()).pathname}`);
  assert.equal(
    await page.evaluate(() => document.documentElement.dataset['theme']),
    'dark',
    'and it is dark',
  );
}
