/** What the database and the page's attributes say, for journeys to compare with the words on the page. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { WAIT_MS, type World } from './browser.ts';

/** The last part of the address: the id of an order or a payout. */
export const idOf = (page: Page): string => new URL(page.url()).pathname.split('/').at(-1) ?? '';

/** The first amount inside a part of the page, exact to the fen. */
export async function fenOf(page: Page, testId: string): Promise<bigint> {
  const amount = page.getByTestId(testId).locator('[data-fen]').first();
  return BigInt((await amount.getAttribute('data-fen', { timeout: WAIT_MS })) ?? '-1');
}

/** Chooses a face in the calculator and waits for its own quote. */
export async function chooseFace(page: Page, faceFen: string | bigint): Promise<void> {
  const face = page.getByRole('radio', { name: `¥${BigInt(faceFen) / 100n}`, exact: true });
  const quoted = (await face.isChecked())
    ? Promise.resolve()
    : page.waitForResponse(
        (answer) =>
          answer.url().endsWith('/v1/quotes') &&
          answer.request().postDataJSON()?.faceFen === String(faceFen),
      );
  await face.check();
  await quoted;
  await page.locator('[data-testid=quote-result][aria-busy=false]').waitFor();
}

export async function orderState({ row }: World, id: string): Promise<unknown> {
  return (await row('select state from buyback.order where id = $1', [id]))['state'];
}

/** Who is signed in on this page, by the API. */
export async function personIn({ url }: World, page: Page): Promise<string> {
  const reply = await page.request.get(`${url}/v1/me`);
  return ((await reply.json()) as { id: string }).id;
}

/** No fen appeared or vanished, and no escrow is left without an open order. */
export async function assertBalanced({ row }: World): Promise<void> {
  const { sum } = await row('select sum(balance)::text as sum from ledger.account');
  assert.equal(sum, '0');
  const { stray } = await row(`select count(*)::int as stray from ledger.book account
    join buyback.order on 'ESCROW:' || "order".id = account.code
    where account.balance <> 0 and "order".state not in ('verified', 'disputed')`);
  assert.equal(stray, 0, 'escrow belongs to orders that are being checked');
}

/** Full-width digits, as a phone's Chinese keyboard may type them. */
export const wide = (text: string): string =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
