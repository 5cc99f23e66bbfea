/**
 * A person at a browser in front of the whole house: opens pages, notices whatever goes wrong on them, reads them as
 * people do, and signs in with the code that arrived by text message.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page, Response } from 'playwright-core';
import { submitRealName } from '#parties';
import { inTransaction } from '#platform';
import { putAccount } from '#settlement';
import { ownChain } from '#test/chain.ts';
import { openTestHouse, type Person, START, type TestHouse } from '#test/house.ts';
import { buildWeb, isWebStale } from '../../src/web-build.ts';
import { launchChromium } from './chromium.ts';

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };
/** A page that does not come to what is expected in this time fails; generous, for busy machines. */
export const WAIT_MS = 20_000;

/** Pages that ask again every few seconds ask that much more often, since nothing else waits for the wall clock here. */
const FASTER = 8;

export interface Look {
  wide?: boolean;
  dark?: boolean;
  english?: boolean;
  /** Signed in as this person already. */
  as?: Person;
  /** Refusals that belong to the journey, e.g. `409 POST /v1/orders`; any other answer from 400 on fails it. */
  refusals?: readonly string[];
  /** Loses its network on the way: what then fails is no fault. */
  offline?: boolean;
}

export interface World extends TestHouse {
  readonly browser: Browser;
  /** A page of a browser of its own, closed and judged when the test ends. */
  visit(t: Pick<TestContext, 'after'>, path: string, look?: Look): Promise<Page>;
  /** The code in the newest text message to this number that was not read before. */
  codeFor(phone: string): Promise<string>;
  /** Moves the clocks of house and bank; what that brings is done by the worker and the sweep. */
  later(to: number | Date): Promise<void>;
  /** The first row of a query, for the truth behind the page. */
  row(sql: string, values?: unknown[]): Promise<Record<string, unknown>>;
  /** Waits until a query gives the expected first column. */
  until(expected: unknown, sql: string, values?: unknown[]): Promise<void>;
}

/** The house with worker and sweep running, and one browser. */
export async function openWorld(
  t: Pick<TestContext, 'after'>,
  { profile }: { profile?: 'INTL' | 'SANDBOX' } = {},
): Promise<World> {
  if (isWebStale()) buildWeb();
  const closing: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const close of closing.reverse()) await close();
  });
  const after = { after: (work: () => Promise<void>) => void closing.push(work) };
  const chain = profile && (await ownChain(after, profile));
  const house = await openTestHouse(after, { demo: true, ...chain });
  closing.push(await house.house.work());
  const browser = await launchChromium();
  closing.push(() => browser.close());
  const row: World['row'] = async (sql, values = []) =>
    (await house.pool.query(sql, values)).rows[0] ?? {};
  const until: World['until'] = async (expected, sql, values) => {
    let last: unknown;
    for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(100)) {
      last = Object.values(await row(sql, values))[0];
      if (last === expected) return;
    }
    assert.equal(last, expected, sql);
  };
  return {
    ...house,
    browser,
    row,
    seller: () => sellerOf(house, until),
    until,
    visit: (after, path, look = {}) => visit(house, browser, after, { path, look }),
    codeFor: reader(house),
    later: async (to) => {
      if (typeof to === 'number') house.clock.advance(to);
      else house.clock.moveTo(to);
      await house.control('psp', '/control/clock', { now: house.clock.now().toISOString() });
    },
  };
}

/** The worker is running, so the answer about the name is waited for, not fetched. */
async function sellerOf(house: TestHouse, until: World['until']): Promise<Person> {
  const person = await house.seller({ verified: false });
  const { userId, name, idNumber, accountNumber } = person;
  const at = house.clock.now();
  await inTransaction(house.db, (tx) =>
    submitRealName(tx, { keys: house.keys, userId, name, idNumber, at }),
  );
  await until('verified', 'select state from parties.real_name where person_id = $1', [userId]);
  const account = { userId, bankCode: 'state' as const, accountNumber, accountName: name };
  await putAccount(house.house.settlement, account);
  return person;
}

async function visit(
  house: TestHouse,
  browser: Browser,
  t: Pick<TestContext, 'after'>,
  { path, look }: { path: string; look: Look },
): Promise<Page> {
  const context = await browser.newContext({
    viewport: look.wide ? DESK : PHONE,
    colorScheme: look.dark ? 'dark' : 'light',
    locale: look.english ? 'en-GB' : 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    hasTouch: !look.wide,
  });
  context.setDefaultTimeout(WAIT_MS);
  await context.addInitScript((faster) => {
    const { setInterval } = window;
    window.setInterval = ((work: () => void, ms: number, ...args: []) =>
      setInterval(work, ms / faster, ...args)) as typeof window.setInterval;
  }, FASTER);
  if (look.as) await signIn(context, house, look.as);
  const page = await context.newPage();
  const faults = watch(page, house, look);
  t.after(async () => {
    await context.close();
    assert.deepEqual(faults, [], `nothing goes wrong on the way through ${path}`);
  });
  await page.goto(house.url + path);
  return page;
}

/** Puts the session of somebody who signed in before into the browser. */
export async function signIn(
  context: BrowserContext,
  { url }: Pick<TestHouse, 'url'>,
  { cookie }: Person,
): Promise<void> {
  const [name = '', value = ''] = cookie.split('=');
  await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }]);
}

/** What the pages ask by themselves and may be refused: who I am, and what needs a fresh proof first. */
const USUAL = ['401 GET /v1/me', '403 PUT /v1/me/payout-account'];

/** What may explain a page: what went wrong on it, and the last warnings of the house. */
const whyOn = new WeakMap<Page, () => string[]>();

function watch(page: Page, house: TestHouse, { refusals = [], offline }: Look): string[] {
  const faults: string[] = [];
  const warned = (): string[] => house.logged.filter((line) => /"level":[456]0/.test(line));
  whyOn.set(page, () => [...faults, ...warned().slice(-LOG_LINES)]);
  const origin = house.url;
  const expected = new Set([...USUAL, ...refusals]);
  page.on('pageerror', (error) => faults.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    // A refused request is judged by its answer below; the browser's own line about it names no reason.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) faults.push(`asks outside: ${url}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // A page that is left breaks off what it was still asking for.
    const isNoNet = offline && why === 'net::ERR_INTERNET_DISCONNECTED';
    if (why !== 'net::ERR_ABORTED' && !isNoNet) faults.push(`${why} ${request.url()}`);
  });
  page.on('response', (response) => {
    const asked = nameOf(response);
    if (response.status() >= 400 && !expected.has(asked)) faults.push(asked);
    if (response.status() >= 500) faults.push(`the house logged: ${lastError(house.logged)}`);
  });
  return faults;
}

/** The newest line of the log at level error or above. */
const lastError = (logged: readonly string[]): string | undefined =>
  logged.findLast((line) => /"level":[56]0/.test(line));
const LOG_LINES = 5;

const ID = /[0-9a-f]{8}-[0-9a-f-]{27}/g;
const nameOf = (response: Response): string =>
  `${response.status()} ${response.request().method()} ${new URL(response.url()).pathname.replace(ID, ':id')}`;

function reader({ simulators }: TestHouse): World['codeFor'] {
  const read = new Set<string>();
  return async (phone) => {
    for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(100)) {
      const reply = await fetch(`${simulators.sms}/messages?to=${phone}`);
      const { items } = (await reply.json()) as { items: { requestNo: string; text: string }[] };
      const fresh = items.find(({ requestNo, text }) => /\d{6}/.test(text) && !read.has(requestNo));
      if (!fresh) continue;
      for (const { requestNo } of items) read.add(requestNo);
      return /\d{6}/.exec(fresh.text)?.[0] ?? '';
    }
    throw new Error(`no code came to ${phone}`);
  };
}

/**
 * No serious or critical issue by axe, in the page as it stands. What a fixed bar covers in part is too small a target
 * only if it still is after the page was moved on.
 */
export async function audit(page: Page): Promise<void> {
  await still(page);
  await picture(page);
  let found = await graveIn(page);
  if (found.some(isTargetSize)) {
    await page.mouse.wheel(0, 90);
    await still(page);
    const again = await graveIn(page);
    found = found.filter((one) => !isTargetSize(one) || again.includes(one));
  }
  assert.deepEqual(found, [], `axe on ${new URL(page.url()).pathname}`);
}

const isTargetSize = (found: string): boolean => found.startsWith('target-size:');

/** One line for each element that is at fault. axe is put into a document once, and describes nothing but its noes. */
async function graveIn(page: Page): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in window);
  if (!isThere) await page.evaluate(axe.source);
  return await page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run({
      ...{ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] },
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 140)}`));
  }, TAGS);
}
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let pictures = 0;

/** With `PICTURES=folder` every page that is judged is kept there as a picture, to be looked at. */
async function picture(page: Page): Promise<void> {
  const folder = process.env['PICTURES'];
  if (!folder) return;
  const { pathname } = new URL(page.url());
  const name = pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id').replaceAll('/', '-');
  const path = join(folder, `${process.pid}-${String(++pictures).padStart(2, '0')}${name}.png`);
  await page.screenshot({ path, fullPage: true });
}

/** Fonts are there and nothing is on its way any more, live connections aside. */
export async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.all(
      document.getAnimations().map(async (one) => {
        if (one.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
          await one.finished.catch(() => undefined);
      }),
    );
  });
}

/** The words on the page that are meant for people: code samples, ids and drawings left out. */
export async function wordsOf(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent?.trim();
      const parent = node.parentElement;
      if (!text || !parent || parent.closest('code, pre, script, style, noscript, svg')) continue;
      if (parent.checkVisibility()) found.push(text);
    }
    return found.join('\n');
  });
}

/** Asserts that all these words can be read, and nothing that only a program would say. */
export async function reads(page: Page, ...words: readonly string[]): Promise<void> {
  const where = new URL(page.url()).pathname;
  for (const word of words) {
    const seen = page.getByText(word).locator('visible=true').first().waitFor();
    await seen.catch(async () => {
      const said = await wordsOf(page);
      const why = whyOn.get(page)?.() ?? [];
      assert.fail([`“${word}” cannot be read on ${where}`, ...why, said].join('\n'));
    });
  }
  const text = await wordsOf(page);
  for (const line of text.split('\n'))
    for (const [what, pattern] of Object.entries(SLIPS))
      assert.doesNotMatch(line, pattern, `${what} on ${where}`);
  const keys = text.split('\n').filter((line) => textKeys.has(line));
  assert.deepEqual(keys, [], `keys of texts instead of texts on ${where}`);
}

/** What slips through when a value is missing or a code was never put into words. */
const SLIPS: Readonly<Record<string, RegExp>> = {
  'a missing value': /\bundefined\b|\bNaN\b|\[object |\bnull\b|Invalid Date|Infinity/,
  'an unfilled hole': /\{[a-zA-Z]+\}/,
  'a raw code': /\b[A-Z]{2,}_[A-Z_]+\b|\b[a-z]{2,}_[a-z]+(_[a-z]+)*\b/,
};

const WEB = join(import.meta.dirname, '../../web');
const TABLES = ['consumer/texts-shop.ts', 'consumer/texts-order.ts', 'consumer/texts-me.ts'].concat(
  [
    'consumer/texts-counter.ts',
    'counter/texts.ts',
    'consumer/texts-market.ts',
    'consumer/texts-auction.ts',
    'console/texts/auctions.ts',
    'console/texts/bids.ts',
    'console/texts/claims.ts',
    'console/texts/incoming.ts',
  ],
  ['console/texts/money.ts', 'console/texts/proof.ts', 'console/texts/shell.ts'],
  ['console/texts/work.ts', 'console/texts/shop.ts', 'kit/texts.ts'],
);
/** Keys that cannot be a word by themselves: with a capital or a dot inside. */
const textKeys: ReadonlySet<string> = new Set(
  TABLES.flatMap((file) => [
    ...readFileSync(join(WEB, file), 'utf8').matchAll(/^ {2}'?([\w.]+)'?: \{/gm),
  ]).flatMap(([, key]) => (key && /[A-Z.]/.test(key) ? [key] : [])),
);

/** The consumer's sign-in form, wherever it is on the page. */
export async function signInHere(page: Page, world: World, phone: string): Promise<void> {
  await page.getByTestId('phone').fill(phone);
  await page.getByTestId('send-code').click();
  await page.getByTestId('code').fill(await world.codeFor(phone));
  await page.getByTestId('verify-code').click();
}

export { START };
