// Goal: a card is sold by its issuer's re-issue by the pages alone: the mode is explained before it is signed, both sides see
//   where the sale stands and what comes next, the buyer reads a PIN that works and the seller's is dead; where the issuer does
//   not do it, the money comes back and both are told.
// Method: Chromium on a phone for each side, and at a desk in English, against the whole house with a chain of its own; the
//   issuer simulator told to be away, to refuse or to sign wrongly; the truth asked of the issuer and read from the mirror.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Person } from '#test/house.ts';
import { atIssuer, HELD_SKU, type Sale, secretOf } from '#test/reissue.ts';
import type { MadeCard } from '../../simulators/issuer/index.ts';
import { audit, openWorld, reads, type World } from './browser.ts';
import { bindDemoWallet, bringCard, onward } from './exchange-parts.ts';

const DAYS_3 = 3 * 86_400_000;
const HOUR = 3_600_000;
const MINUTES_5 = 300_000;

interface Sides {
  readonly world: World;
  readonly seller: Person;
  readonly buyer: Person;
  readonly selling: Page;
  readonly buying: Page;
  readonly card: MadeCard;
}

const issuerIs = async ({ world }: Sides, mood: object): Promise<void> =>
  void (await world.control('issuer', '/control/issuers/mujing', mood));

async function bothSides(
  t: { after(work: () => Promise<void>): void },
  profile: 'INTL' | 'SANDBOX',
): Promise<Sides> {
  const world = await openWorld(t, { profile });
  const [seller, buyer] = [await world.seller(), await world.seller()];
  const selling = await world.visit(t, '/exchange/wallet', { as: seller });
  await bindDemoWallet(world, selling);
  const card = await bringCard(world, selling, HELD_SKU);
  const buying = await world.visit(t, '/exchange/wallet', { as: buyer });
  await bindDemoWallet(world, buying);
  return { world, seller, buyer, selling, buying, card };
}

/** The mode is chosen for the seller, in words; the other one can be read; then the very message, in words. */
async function offers({ world, selling }: Sides): Promise<void> {
  await selling.getByTestId('price').fill('170');
  await reads(selling, '卡密怎么交给买方', '买方付款后，钱先锁在合约里', '旧密码作废', '¥165.75');
  await selling.getByRole('radio', { name: '平台保险库交付' }).check();
  await reads(selling, '一成交就付款过户', '建议换发');
  await audit(selling);
  await selling.getByRole('radio', { name: '发卡方换发新密码' }).check();
  await audit(selling);
  await selling.getByTestId('list').click();
  await selling.getByTestId('sign-yes').waitFor();
  await reads(
    selling,
    '由发卡方换发',
    '三天内没有换成，钱退回买方',
    '170',
    '2.5 %',
    '发卡方换发新密码',
  );
  await audit(selling);
  await selling.getByTestId('sign-yes').click();
  await selling.getByTestId('token-offer').waitFor();
  await world.until('open', 'select state from exchange.signed_order');
}

async function buys({ buying }: Sides): Promise<void> {
  await buying.getByTestId('tab-offers').click();
  await buying.getByTestId('offers').getByRole('link').first().click();
  await buying.getByTestId('offer').waitFor();
  await reads(buying, '发卡方换发新密码', '三天内没有换成，全额退回您的钱包');
  await audit(buying);
  await buying.getByTestId('buy').click();
  await buying.getByTestId('sign-yes').waitFor();
  await reads(buying, '允许交易合约从您的钱包扣款', '170');
  await buying.getByTestId('sign-yes').click();
  await reads(buying, '钱先锁在合约里，等发卡方为您换发新密码', '170');
  await audit(buying);
  await buying.getByTestId('sign-yes').click();
}

const at = (state: string): string => `[data-testid=reissue][data-state=${state}]`;

/** What both see while the issuer is away, on a phone and at a desk. */
async function waits(t: { after(work: () => Promise<void>): void }, sides: Sides): Promise<void> {
  const { world, buying, selling, buyer, seller } = sides;
  await onward(world, buying, at('asking'));
  await reads(buying, '正在请发卡方换发新密码', '价款锁进合约', '最迟退款时间');
  await audit(buying);
  await selling.reload();
  await reads(selling, '款已锁进合约');
  await audit(selling);
  await selling.getByTestId('token-offer').click();
  await reads(selling, '买方已付款，钱锁在合约里', '请不要再使用这张卡');
  await audit(selling);
  const path = new URL(buying.url()).pathname;
  const wide = { wide: true, english: true };
  for (const [as, words] of [
    [buyer, 'The issuer is asked for your new PIN'],
    [seller, 'do not use the card any more'],
  ] as const) {
    const desk = await world.visit(t, path, { as, ...wide });
    await reads(desk, words, 'Where this sale stands', 'Price locked in the contract');
    await audit(desk);
  }
}

for (const profile of ['INTL', 'SANDBOX'] as const)
  test(`tokenise, list, buy, a new PIN from the issuer in ${profile}`, {
    timeout: 280_000,
  }, async (t) => {
    const sides = await bothSides(t, profile);
    const { world, buying, selling } = sides;
    await issuerIs(sides, { outage: true });
    await offers(sides);
    await buys(sides);
    await waits(t, sides);
    await issuerIs(sides, { outage: false });
    await world.later(MINUTES_5);
    await onward(world, buying, at('sold'));
    await reads(buying, '已成交，卡是您的了，新密码封存在保险库');
    await audit(buying);
    await onward(world, selling, at('sold'));
    await reads(selling, '价款已到您的钱包', '旧密码已作废');
    await audit(selling);
    await selling.goto(new URL('/exchange/wallet', selling.url()).href);
    await reads(selling, '1,165.75');
    await fetches(sides);
    const desk = await world.visit(t, new URL('/exchange/cards', selling.url()).pathname, {
      ...{ as: sides.seller, wide: true, english: true },
    });
    await reads(desk, 'Selling · Settled');
    await audit(desk);
  });

/** The buyer burns the token and reads number and PIN; the issuer knows that PIN, and not the seller's. */
async function fetches(sides: Sides): Promise<void> {
  const { world, buying, card } = sides;
  await buying.getByTestId('to-card').click();
  await buying.getByTestId('burn').click();
  await buying.getByTestId('sign-yes').waitFor();
  await buying.getByTestId('sign-yes').click();
  await onward(world, buying, '[data-testid=fetch]');
  await buying.getByTestId('fetch').click();
  await buying.getByTestId('secret-number').waitFor();
  const number = (await buying.getByTestId('secret-number').textContent()) ?? '';
  const pin = (await buying.getByTestId('secret-pin').textContent()) ?? '';
  await audit(buying);
  assert.equal(number.replaceAll(/\s/g, ''), card.number);
  assert.notEqual(pin, card.pin);
  const sale = { house: world, card } as unknown as Sale;
  // Our lock at the issuer ends by a job of its own.
  assert.match(await atIssuer(sale, secretOf({ number: card.number, pin })), /^(active|held)$/);
  assert.equal(await atIssuer(sale), 'bad_secret');
  assert.equal(world.logged.join('\n').includes(card.number), false, 'no log has the number');
}

test('the issuer refuses: both are told at once, and the money comes back after three days', {
  timeout: 280_000,
}, async (t) => {
  const sides = await bothSides(t, 'INTL');
  const { world, buying, selling, buyer } = sides;
  await issuerIs(sides, { refused: 1 });
  await offers(sides);
  await buys(sides);
  await onward(world, buying, at('waiting'));
  await reads(buying, '这次没有换发成', '自动全额退回您的钱包', '发卡方没有同意换发');
  await audit(buying);
  await selling.getByTestId('token-offer').click();
  await onward(world, selling, at('waiting'));
  await reads(selling, '卡还是您的，之后可以重新挂单');
  await audit(selling);
  const path = new URL(buying.url()).pathname;
  const desk = await world.visit(t, path, { as: buyer, wide: true, english: true });
  await reads(desk, 'It could not be re-issued', 'The issuer refused', 'Price back to the buyer');
  await audit(desk);
  await world.later(DAYS_3 + HOUR);
  await onward(world, buying, at('refunded'));
  await reads(buying, '价款已全额退回您的钱包', '换发未成，已退款');
  await audit(buying);
  await buying.goto(new URL('/exchange/wallet', buying.url()).href);
  await reads(buying, '1,000');
  await onward(world, selling, at('refunded'));
  await reads(selling, '价款已退回买方，卡还是您的');
  await audit(selling);
  await selling.getByTestId('to-card').click();
  await selling.getByTestId('list').waitFor();
});

/** Compliance reads of it at once, on a desk and on a phone. */
async function deskSees(
  t: { after(work: () => Promise<void>): void },
  world: World,
): Promise<void> {
  const officer = await world.staff('compliance');
  const desk = await world.visit(t, '/console/frozen', { wide: true, as: officer });
  await reads(desk, '换发异常', '签字不是发卡方在链上的密钥', '没有换发成，到期退款');
  await audit(desk);
  const phone = await world.visit(t, '/console/frozen', { as: officer, english: true });
  await reads(phone, 'Re-issues gone wrong', 'Not signed by the issuer’s key');
  await audit(phone);
  // A session of staff does not outlive the days that follow, and a page left open goes on asking.
  for (const page of [desk, phone]) await page.close();
}

test('the issuer renews and signs wrongly: the money comes back, and the seller reads the new PIN', {
  timeout: 280_000,
}, async (t) => {
  const sides = await bothSides(t, 'SANDBOX');
  const { world, buying, selling, seller } = sides;
  await issuerIs(sides, { badChainSignature: 1 });
  await offers(sides);
  await buys(sides);
  await onward(world, buying, at('waiting'));
  await reads(buying, '发卡方的签字无效');
  await deskSees(t, world);
  await world.later(DAYS_3 + HOUR);
  await onward(world, buying, at('refunded'));
  await selling.getByTestId('token-offer').waitFor({ state: 'detached' });
  await selling.goto(new URL('/exchange/cards', selling.url()).href);
  await selling.getByTestId('my-listings').getByRole('link').first().click();
  await reads(selling, '您手里的旧密码不能用了', '新密码封存在保险库，归您所有');
  await audit(selling);
  const path = new URL(selling.url()).pathname;
  const desk = await world.visit(t, path, { as: seller, wide: true, english: true });
  await reads(desk, 'the one you know is dead');
  await audit(desk);
  await fetches({ ...sides, buying: selling });
});
