// Goal: in CN a card is attested, assigned to one invited person, paid at the bank, noticed to the issuer and fetched, by the
//   pages of both sides, with each signed document in words; and nothing of the exchange on chain can be seen.
// Method: Chromium on a phone for each side against the whole house without a chain; paid on the bank's till; the books read
//   in the end. (That each switched-off route is a 404 is in src/exchange/law.test.ts, that the contract refuses in forge.)
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balanceOf } from '#ledger';
import { audit, openWorld, reads } from './browser.ts';

const SKU = 'weihe-gift';

test('attest, notice of assignment, settlement by the bank’s proof in CN', {
  timeout: 240_000,
}, async (t) => {
  const world = await openWorld(t);
  const [seller, buyer] = [await world.seller(), await world.seller()];
  const selling = await world.visit(t, '/me', { as: seller });
  await selling.getByTestId('to-assign').click();
  assert.equal(await selling.getByTestId('to-exchange').count(), 0);
  await audit(selling);
  const card = world.card(SKU, 'good', 20_000n);
  await selling.getByTestId('assign-new').click();
  await selling.getByTestId('assign-sku').selectOption(SKU);
  await selling.getByLabel('面值').fill('200');
  await selling.getByLabel('转让价').fill('170');
  await selling.getByTestId('card-number').fill(card.number);
  await selling.getByTestId('card-pin').fill(card.pin ?? '');
  await audit(selling);
  await selling.getByTestId('assign-offer').click();
  const code = (await selling.getByTestId('assign-code').textContent()) ?? '';
  await audit(selling);
  await selling.getByTestId('assign-see').click();
  await selling.locator('[data-testid=assignment][data-state=attested]').waitFor();
  await reads(selling, '验真证书', '平台验真密钥', '文件哈希');

  const buying = await world.visit(t, '/assign/list', { as: buyer });
  await buying.getByTestId('code').fill(code);
  await buying.getByTestId('code-look').click();
  await buying.getByTestId('terms').waitFor();
  await reads(buying, '170');
  await audit(buying);
  await buying.getByTestId('agree').click();
  const pay = await buying.getByTestId('assign-pay').getAttribute('href');
  await audit(buying);
  const headers = { 'content-type': 'application/json' };
  const paid = await fetch(String(pay), {
    ...{ method: 'POST', headers, body: JSON.stringify({ action: 'pay' }) },
  });
  assert.equal(paid.ok, true);
  await buying.locator('[data-testid=assignment][data-state=noticed]').waitFor();
  await reads(buying, '转让协议', '银行付款证明', '债权转让通知', '发卡方已收到通知');
  await audit(buying);
  await buying.getByTestId('assign-fetch').click();
  await buying.getByTestId('secret-number').waitFor();
  await buying.getByTestId('secret-done').click();
  await buying.locator('[data-testid=assignment][data-state=settled]').waitFor();
  await selling.locator('[data-testid=assignment][data-state=settled]').waitFor();
  const desk = await world.visit(t, new URL(selling.url()).pathname, {
    ...{ as: seller, wide: true, english: true },
  });
  await reads(desk, 'Notice of assignment', 'Proof of payment', 'Settled');
  await audit(desk);
  assert.equal((await balanceOf(world.db, 'FEE')).balance, 425n);
  for (const part of ['offers', 'wallet', 'deliveries/x', 'auctions/x', 'auction/x']) {
    await buying.goto(`${world.url}/exchange/${part}`);
    await reads(buying, '没有这一页');
  }
});
