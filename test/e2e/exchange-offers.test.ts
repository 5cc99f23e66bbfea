// Goal: what people promise each other on the chain, by the pages alone: each sees what is theirs and what to do next.
// Method: Chromium on a phone for each side against one house with a chain of its own; the truth read from the mirror and
//   the wallets.
import { test } from 'node:test';
import { audit, openWorld, reads } from './browser.ts';
import { bindDemoWallet, bringCard } from './exchange-parts.ts';

const SKU = 'weihe-gift';

test('assets and offers in INTL', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t, { profile: 'INTL' });
  const ann = await world.seller();
  const annes = await world.visit(t, '/exchange/cards', { as: ann });
  await reads(annes, '请先绑定钱包');
  await audit(annes);
  await bindDemoWallet(world, annes);
  await annes.getByTestId('tab-cards').click();
  await annes.getByTestId('my-money').waitFor();
  await reads(annes, '还没有链上的卡', '看看在售的卡', '1,000');
  await audit(annes);
  await bringCard(world, annes, SKU);
  await annes.goto(`${world.url}/exchange/cards`);
  await annes.getByTestId('tokens-held').getByRole('link').first().waitFor();
  await audit(annes);
  const desk = await world.visit(t, '/exchange/cards', { as: ann, english: true, wide: true });
  await desk.getByTestId('tokens-held').waitFor();
  await reads(desk, 'Held', 'On chain');
  await audit(desk);
});
