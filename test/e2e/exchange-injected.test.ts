// Goal: who has a wallet of their own uses it: found as extensions are, asked for its account and its signatures, and found
//   again on a page that was opened anew; a browser without it says so. Bound once, it signs in on another day, and no
//   other wallet does.
// Method: Chromium in INTL with a provider announced by EIP-6963 whose key lies with the test; the truth read from the tables.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Hex, PrivateKeyAccount } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import type { Person } from '#test/house.ts';
import { audit, openWorld, reads, type World } from './browser.ts';
import { bringCard, offer, onward } from './exchange-parts.ts';

test('a wallet of one’s own in INTL', { timeout: 200_000 }, async (t) => {
  const world = await openWorld(t, { profile: 'INTL' });
  const seller = await world.seller();
  const page = await world.visit(t, '/me', { as: seller });
  const key = generatePrivateKey();
  const own = privateKeyToAccount(key);
  const asked = await extension(page, () => own);
  await page.goto(`${world.url}/exchange/wallet`);
  await page.getByTestId('wallet-injected').click();
  await reads(page, '证明这个钱包是您的', '不动用资金');
  await page.getByTestId('sign-yes').click();
  await onward(world, page, '[data-testid=wallet-admitted][data-yes=true]');
  await bringCard(world, page, 'weihe-gift');
  const card = page.url();
  const elsewhere = await world.visit(t, new URL(card).pathname, { as: seller });
  await elsewhere.getByTestId('price').fill('170');
  await elsewhere.getByTestId('list').click();
  await reads(elsewhere, '这个浏览器里没有这只钱包', '请在绑定它的浏览器里操作');
  await audit(elsewhere);
  // A page that never looked for extensions, as after coming back another day.
  await page.goto(card);
  await offer(world, page);
  const { maker, address } = await world.row(
    `select (select signer from exchange.signed_order) as maker, address from exchange.wallet
     where kind = 'injected'`,
  );
  assert.equal(maker, address);
  assert.deepEqual(
    [...asked],
    ['eth_requestAccounts', 'personal_sign', 'eth_accounts', 'eth_signTypedData_v4'],
  );
  await signedIn(t, world, { key, seller });
  await buysByItself(t, world);
});

/** A browser in which nobody is signed in: no wallet, the wallet of nobody, the bound one; once as the built-in wallet. */
async function signedIn(
  t: TestContext,
  world: World,
  { key, seller }: { key: Hex; seller: Person },
): Promise<void> {
  for (const english of [false, true]) {
    const wide = english;
    const refusals = ['403 POST /v1/exchange/sign-in'];
    const page = await world.visit(t, '/me', { wide, english, refusals });
    const open = async (): Promise<void> => {
      await page.getByTestId('sign-in').click();
      await audit(page);
      await page.getByTestId('wallet-sign-in').click();
    };
    await open();
    await reads(page, english ? 'No wallet found' : '没有找到钱包');
    await audit(page);
    await page.getByTestId('by-phone').click();
    await page.getByTestId('phone').waitFor();

    let account = privateKeyToAccount(generatePrivateKey());
    await extension(page, () => account);
    await page.reload();
    await open();
    await page.getByTestId('wallet-sign-in-injected').click();
    await reads(page, account.address, 'No money moves', english ? 'to sign in' : '只用于登录');
    await audit(page);
    await page.getByTestId('wallet-sign-in-yes').click();
    await reads(page, english ? 'No account has bound this wallet' : '这个钱包还没有绑定账户');
    await audit(page);
    account = privateKeyToAccount(key);
    if (english) {
      await page.evaluate((secret) => localStorage.setItem('hq-demo-wallet', secret), key);
      await page.reload();
      await open();
      await page.getByTestId('wallet-sign-in-demo').click();
    } else await page.getByTestId('wallet-sign-in-injected').click();
    await page.getByTestId('wallet-sign-in-yes').click();
    await page.getByTestId('sign-in-sheet').waitFor({ state: 'hidden' });
    await reads(page, `${seller.phone.slice(0, 3)}****${seller.phone.slice(-4)}`);
    await audit(page);
  }
  const { n } = await world.row(
    `select count(*) as n from parties.session where opened_by = 'wallet' and person_id = $1`,
    [seller.userId],
  );
  assert.equal(n, 2n);
}

/** The extension sends by itself, so the house hears of it from the chain alone. */
async function buysByItself(t: TestContext, world: World): Promise<void> {
  const page = await world.visit(t, '/me', { as: await world.seller() });
  const account = privateKeyToAccount(generatePrivateKey());
  const { on } = world.house.exchange;
  assert(on);
  await extension(
    page,
    () => account,
    async ({ to, data }) => {
      const [nonce, call] = [
        await on.chain.rpc('eth_getTransactionCount', [account.address, 'latest']),
        { to, data },
      ];
      const raw = await account.signTransaction({
        ...{ ...call, type: 'eip1559', chainId: on.chain.id, gas: 800_000n, nonce: Number(nonce) },
        ...{ maxFeePerGas: 0n, maxPriorityFeePerGas: 0n },
      });
      return await on.chain.rpc('eth_sendRawTransaction', [raw]);
    },
  );
  await page.goto(`${world.url}/exchange/wallet`);
  await page.getByTestId('wallet-injected').click();
  await page.getByTestId('sign-yes').click();
  await onward(world, page, '[data-testid=wallet-admitted][data-yes=true]');
  await page.goto(`${world.url}/exchange/basket/choose`);
  await page.getByTestId('basket').getByRole('checkbox').first().check();
  await page.getByTestId('basket-buy').click();
  for (const words of ['允许交易合约从您的钱包扣款', '一次买下这些卡']) {
    await reads(page, words);
    await page.getByTestId('sign-yes').click();
  }
  await page.getByTestId('basket-outcome').waitFor();
  await reads(page, '由您的钱包自己发出');
  await audit(page);
  await onward(world, page, '[data-testid=basket-outcome][data-state=mined]');
  await reads(page, '1 张卡都是您的了');
  await audit(page);
}

/** An extension in that browser; the methods that it was asked for, in the order of their first time. */
async function extension(
  page: Page,
  key: () => PrivateKeyAccount,
  send?: (call: { to: Hex; data: Hex }) => Promise<unknown>,
): Promise<ReadonlySet<string>> {
  const asked = new Set<string>();
  await page.exposeFunction('askWallet', async (method: string, params: never[]) => {
    asked.add(method);
    const [first = '', second = ''] = params as string[];
    const account = key();
    if (method === 'eth_requestAccounts' || method === 'eth_accounts') return [account.address];
    if (method === 'personal_sign')
      return await account.signMessage({ message: { raw: first as `0x${string}` } });
    if (method === 'eth_signTypedData_v4') return await account.signTypedData(JSON.parse(second));
    if (method === 'eth_sendTransaction' && send) return await send(params[0] as never);
    throw new Error(`not of this wallet: ${method}`);
  });
  await page.addInitScript(() => {
    const ask = (globalThis as unknown as Record<string, (...of: unknown[]) => unknown>)[
      'askWallet'
    ];
    const provider = {
      request: ({ method, params = [] }: { method: string; params?: unknown[] }) =>
        ask?.(method, params),
    };
    const info = { uuid: '6963', name: '测试钱包', icon: 'data:,', rdns: 'test.wallet' };
    addEventListener('eip6963:requestProvider', () =>
      dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: { info, provider } })),
    );
  });
  return asked;
}
