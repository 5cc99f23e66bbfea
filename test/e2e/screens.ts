/**
 * Takes the pictures in docs/screens of a running demo: `npm start`, then `node test/e2e/screens.ts [address [part…]]`.
 * Signs in as people of the demo do and sells a few cards, so that every picture shows what the house really did.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { chinaHour } from '#platform';
import { DESK, PHONE, still } from './browser.ts';
import { launchChromium } from './chromium.ts';

const FOLDER = join(import.meta.dirname, '../../docs/screens');
const BYTES_MAX = 120_000;
/** A seller of the demo's month, known to the bank and with a history. */
const SELLER = '13800010003';
const ADMIN = '13900000001';
const SHOP_OWNER = '13900000006';
const PAPER = '#efeae0';

const [address = 'http://127.0.0.1:8790', ...wanted] = process.argv.slice(2);
interface Demo {
  smsUrl: string;
  cardsUrl: string;
}
const demo = (await (await fetch(`${address}/v1/demo`)).json()) as Demo;
mkdirSync(FOLDER, { recursive: true });
const browser = await launchChromium();
try {
  await morning(browser);
  for (const part of [stranger, seller, desk, shop, readme])
    if (wanted.length === 0 || wanted.includes(part.name)) await part(browser);
} finally {
  await browser.close();
}

/** Pictures show a working day: the demo's clock goes on until shops are open in China. */
async function morning(on: Browser): Promise<void> {
  const page = await open(on, { signIn: SELLER });
  for (let steps = 0; steps < 12; steps++) {
    const { now } = (await (await fetch(`${address}/v1/demo`)).json()) as { now: string };
    const hour = chinaHour(new Date(now));
    if (hour >= 9 && hour < 16) break;
    const moved = await page.request.post(`${address}/v1/demo/forward`, {
      data: { to: 'two_hours' },
    });
    assert.ok(moved.ok(), await moved.text());
    await sleep(2_000);
  }
  await page.context().close();
}

interface Look {
  wide?: boolean;
  dark?: boolean;
  english?: boolean;
  signIn?: string;
}

async function open(on: Browser, look: Look = {}): Promise<Page> {
  const context = await on.newContext({
    viewport: look.wide ? DESK : PHONE,
    colorScheme: look.dark ? 'dark' : 'light',
    locale: look.english ? 'en-GB' : 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  if (look.signIn) await signIn(page, look.signIn);
  return page;
}

async function signIn(page: Page, phone: string): Promise<void> {
  const inbox = `${demo.smsUrl}/messages?to=${phone}`;
  const before = await (await fetch(inbox)).text();
  const asked = await page.request.post(`${address}/v1/auth/otp`, { data: { phone } });
  assert.ok(asked.ok(), `a code for ${phone}: ${asked.status()}`);
  let code: string | undefined;
  for (let tries = 0; !code && tries < 100; tries++) {
    await sleep(100);
    const now = await (await fetch(inbox)).text();
    if (now !== before) code = /验证码 (\d{6})/.exec(now)?.[1];
  }
  const data = { phone, code };
  const entered = await page.request.post(`${address}/v1/auth/otp/verify`, { data });
  assert.ok(entered.ok(), `${phone} signs in: ${entered.status()}`);
}

/** One picture of the screen as it is when all has come; smaller and smaller palettes until it is light enough. */
async function shot(page: Page, name: string, path?: string): Promise<void> {
  if (path !== undefined) await page.goto(address + path);
  await page.locator('main h1').first().waitFor();
  await page.locator('.hq-skeleton').first().waitFor({ state: 'detached' });
  await still(page);
  await sleep(700);
  await save(name, await page.screenshot());
  console.log(`✓ ${name}`);
}

async function save(name: string, picture: Buffer): Promise<void> {
  for (const colours of [256, 128, 64, 32]) {
    const small = sharp(picture).png({ palette: true, colours, effort: 10, dither: 0 });
    const data = await small.toBuffer();
    if (data.length > BYTES_MAX && colours > 32) continue;
    writeFileSync(join(FOLDER, `${name}.png`), data);
    return;
  }
}

async function stranger(on: Browser): Promise<void> {
  const phone = await open(on);
  await shot(phone, 'home-phone', '/');
  await shot(phone, 'product-phone', '/cards/weihe-gift');
  await phone.locator('[data-testid=quote-result][aria-busy=false]').waitFor();
  await phone.getByTestId('sell').click();
  await phone.getByTestId('phone').waitFor();
  await shot(phone, 'quote-phone');
  await shot(phone, 'how-phone', '/how');
  await shot(phone, 'market-phone', '/market');
  await phone.getByTestId('found').getByRole('link').first().click();
  await phone.getByTestId('listing').waitFor();
  await shot(phone, 'listing-phone');
  const wide = await open(on, { wide: true });
  await shot(wide, 'home-desk', '/');
  await shot(wide, 'product-desk', '/cards/weihe-gift');
  await shot(wide, 'market-desk', '/market');
  await shot(wide, 'market-product-desk', '/market/products/weihe-gift');
  const dark = await open(on, { dark: true, english: true });
  await shot(dark, 'home-phone-english-dark', '/');
  for (const page of [phone, wide, dark]) await page.context().close();
}

async function seller(on: Browser): Promise<void> {
  const page = await open(on, { signIn: SELLER });
  const open1 = await sell(page, { sku: 'weihe-gift', fate: undefined });
  await shot(page, 'order-hand-over-phone', `/orders/${open1}`);
  const requoted = await sell(page, { sku: 'luyu-card', fate: 'half_used' });
  await page.goto(`${address}/orders/${requoted}`);
  await page.getByTestId('requote').waitFor();
  await shot(page, 'order-new-quote-phone');
  const paid = await sell(page, { sku: 'weihe-gift', fate: 'good' });
  await page.goto(`${address}/orders/${paid}`);
  await page.getByTestId('payout').waitFor();
  await shot(page, 'order-credited-phone');
  await shot(page, 'orders-phone', '/orders');
  await shot(page, 'me-phone', '/me');
  await shot(page, 'market-sell-phone', '/market/sell?sku=weihe-gift');
  await page.goto(`${address}/market/orders/${await buyOnMarket(page)}`);
  await page.getByTestId('waiver').waitFor();
  await shot(page, 'market-order-phone');
  await shot(page, 'market-score-phone', '/market/mine?tab=score');
  await page.setViewportSize(DESK);
  await shot(page, 'order-credited-desk', `/orders/${paid}`);
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: 'dark' });
  await shot(page, 'order-credited-phone-dark', `/orders/${paid}`);
  await page.request.post(`${address}/v1/orders/${open1}/cancel`, { data: {} });
  await page.request.post(`${address}/v1/orders/${requoted}/decline-requote`, { data: {} });
  await page.context().close();
}

/** The first card on the shelf that this person may buy, paid for at the till. Gives the order's id. */
async function buyOnMarket(page: Page): Promise<string> {
  const found = await page.request.get(`${address}/v1/market/search?delivery=vault&limit=20`);
  const { items } = (await found.json()) as { items: { id: string; priceFen: string }[] };
  for (const { id: listingId, priceFen: maxPriceFen } of items) {
    const data = { listingId, maxPriceFen, channel: 'alipay' };
    const made = await page.request.post(`${address}/v1/market/orders`, { data });
    if (!made.ok()) continue;
    const { id } = (await made.json()) as { id: string };
    for (let tries = 0; tries < 60; tries++) {
      const seen = await page.request.get(`${address}/v1/market/orders/${id}`);
      const order = (await seen.json()) as { state: string; payment?: { payUrl?: string } };
      if (order.state === 'ready') return id;
      const payUrl = order.payment?.payUrl;
      if (payUrl) await page.request.post(payUrl, { data: { action: 'pay' } });
      await sleep(1_000);
    }
  }
  throw new Error('nothing on the shelf could be bought');
}

/** Quote, accept and, with a fate, hand over a card of the simulated issuer. Gives the order's id. */
async function sell(page: Page, { sku, fate }: { sku: string; fate: string | undefined }) {
  const post = async (path: string, data: object): Promise<Record<string, string>> => {
    const answer = await page.request.post(address + path, { data });
    assert.ok(answer.ok(), `${path}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, string>;
  };
  const reply = await fetch(`${demo.cardsUrl}/demo-cards?sku=${sku}&n=1`, {
    headers: { accept: 'application/json' },
  });
  const { cards } = (await reply.json()) as {
    cards: { number: string; pin: string; faceFen: string; state: string }[];
  };
  const card = cards.find(({ state }) => state === (fate ?? 'good'));
  assert.ok(card);
  const { quoteId, signature } = await post('/v1/quotes', { sku, faceFen: card.faceFen });
  const { id = '' } = await post('/v1/orders', { quoteId, signature });
  const { number, pin } = card;
  if (fate) await post(`/v1/orders/${id}/card`, { number, pin });
  return id;
}

async function desk(on: Browser): Promise<void> {
  const page = await open(on, { wide: true, signIn: ADMIN });
  await shot(page, 'console-overview', '/console');
  await shot(page, 'console-orders', '/console/orders');
  await page.goto(`${address}/console/orders?state=closed`);
  await page.getByRole('table').getByRole('link').first().click();
  await page.locator('.co-timeline').waitFor();
  await shot(page, 'console-order');
  await shot(page, 'console-market-listings', '/console/market-listings');
  await page.goto(`${address}/console/market-orders`);
  await page.getByRole('table').getByRole('link').first().click();
  await page.locator('.co-timeline').waitFor();
  await shot(page, 'console-market-order');
  await shot(page, 'console-reviews', '/console/reviews');
  await shot(page, 'console-claims', '/console/claims');
  await shot(page, 'console-payout-runs', '/console/payout-runs');
  await shot(page, 'console-prices', '/console/prices');
  await page.getByRole('table').getByRole('link').first().click();
  await page.locator('.co-edit').first().waitFor();
  await shot(page, 'console-price-table');
  await shot(page, 'console-ledger', '/console/ledger');
  await shot(page, 'console-processes', '/console/processes');
  await page.setViewportSize(PHONE);
  await shot(page, 'console-overview-phone', '/console');
  await page.context().close();
  const dark = await open(on, { wide: true, dark: true, english: true, signIn: ADMIN });
  await shot(dark, 'console-overview-english-dark', '/console');
  await dark.context().close();
}

/** A recycler's shop: its bids at a desk, the auction in which it leads on a phone. */
async function shop(on: Browser): Promise<void> {
  const page = await open(on, { wide: true, signIn: SHOP_OWNER });
  const mine = await page.request.get(`${address}/v1/recyclers`);
  const [first] = ((await mine.json()) as { items: { id: string }[] }).items;
  assert.ok(first);
  const home = `/console/shops/${first.id}`;
  await shot(page, 'shop-bids', `${home}/bids`);
  await shot(page, 'shop-book', `${home}/book?name=wuyan-card`);
  await page.setViewportSize(PHONE);
  await page.goto(`${address}${home}/auctions`);
  await page.locator('.co-listing').getByRole('link').first().click();
  await page.locator('.co-tiles').waitFor();
  await shot(page, 'shop-auction-phone');
  await page.context().close();
}

/** Home and an order side by side, as the first picture of the README. */
async function readme(): Promise<void> {
  const GAP = 40;
  const base = { width: 2 * PHONE.width + 3 * GAP, height: PHONE.height + 2 * GAP };
  const frame = Buffer.from(
    `<svg width="${PHONE.width}" height="${PHONE.height}"><rect width="100%" height="100%" rx="24"/></svg>`,
  );
  const rounded = (name: string): Promise<Buffer> =>
    sharp(join(FOLDER, `${name}.png`))
      .ensureAlpha()
      .composite([{ input: frame, blend: 'dest-in' }])
      .png()
      .toBuffer();
  const [home, order] = await Promise.all(['home-phone', 'order-credited-phone'].map(rounded));
  const picture = await sharp({ create: { ...base, channels: 3, background: PAPER } })
    .composite([
      { input: home as Buffer, left: GAP, top: GAP },
      { input: order as Buffer, left: 2 * GAP + PHONE.width, top: GAP },
    ])
    .png()
    .toBuffer();
  await save('readme', picture);
}
