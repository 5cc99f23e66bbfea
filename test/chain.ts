/** The house with a chain of its own, and people with wallets who sign what the pages would have them sign. */
import assert from 'node:assert/strict';
import {
  encodeFunctionData,
  type Hex,
  numberToHex,
  type PrivateKeyAccount,
  parseEther,
} from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import { exchangeAbi } from '#contracts';
import { openExchange, startAnvil } from '#exchange';
import { type Config, type Db, type Keys, SECOND } from '#platform';
import { type Common, openTestHouse, type Person, START, type TestHouse } from '#test/house.ts';
import type { MadeCard } from '../simulators/issuer/index.ts';
import { openChain } from '../src/exchange/chain/chain.ts';
import { contractsOf, deploy } from '../src/exchange/chain/deploy.ts';
import { bidMessage, listingMessage, typed } from '../src/exchange/domain.ts';
import { accountFor } from '../src/exchange/keys.ts';
import { freePort } from '../src/platform/postgres.ts';

export const CHAIN_ID = 31_337;
const DAY_S = 86_400;

export interface Holder extends Person {
  readonly account: PrivateKeyAccount;
  readonly walletId: string;
}
export interface ChainHouse extends TestHouse {
  /** Of the chain, for tests that take its side. */
  readonly rpcUrl: string;
  rpc(method: string, ...params: unknown[]): Promise<unknown>;
  /** A verified person with a wallet that is bound, admitted and has test money. */
  holder(): Promise<Holder>;
  /** Lets time pass until all that is on its way to the chain is there and deep enough. */
  mined(): Promise<void>;
  /** The message that binds an address, as the page writes it. */
  siwe(as: Person, account: PrivateKeyAccount, change?: Record<string, unknown>): Promise<string>;
  /** A card of this person's, on the chain. */
  tokenised(
    as: Holder,
    options?: { sku?: string; expiresOn?: string; card?: MadeCard },
  ): Promise<Common>;
  listed(
    as: Holder,
    token: Common,
    priceFen?: string,
    delivery?: 'vault' | 'reissue',
  ): Promise<Common>;
  /** The body by which the offer is taken. */
  buying(as: Holder, order: Common): Promise<Record<string, unknown>>;
  /** A transaction the wallet signs itself, passed on by the house. */
  send(as: Holder, data: Hex, to?: Hex): Promise<{ status: number; body: Common }>;
  /** The same, signed and not yet passed on. */
  raw(as: Holder, data: Hex, to?: Hex): Promise<Hex>;
  domains(): { exchange: never; money: never };
}

/** Options of the test house for a profile with a chain: an anvil of its own, deployed to when the house opens. */
export async function ownChain(
  t: { after(work: () => Promise<void>): void },
  profile: Config['PROFILE'],
  at: Date = START,
) {
  const own = await startAnvil({ port: await freePort(), chainId: CHAIN_ID, at });
  t.after(() => own.stop());
  return {
    url: own.url,
    config: {
      ...{ PROFILE: profile, CHAIN_ID, CHAIN_URL: own.url },
      ...(profile === 'SANDBOX' && { SANDBOX_APPROVAL: 'TEST-1', SANDBOX_UNTIL: '2027-06-30' }),
    },
    chain: openExchange,
  };
}

const COINS = numberToHex(parseEther('1000'));

/** For `openChainHouse`: our own anvil, with the delays of somebody else's chain. */
export async function deployedAsElsewhere(input: { db: Db; keys: Keys; config: Config; at: Date }) {
  const { keys, config, at } = input;
  const chain = await openChain({ url: config.CHAIN_URL, chainId: CHAIN_ID, now: () => at });
  for (const kind of ['deployer', 'relayer'] as const)
    await chain.rpc('anvil_setBalance', [accountFor(keys, kind).address, COINS]);
  await deploy({ ...input, profile: 'INTL', chain: { ...chain, own: false } });
  return await contractsOf({ ...input, profile: 'INTL', chain });
}

export async function openChainHouse(
  t: { after(work: () => Promise<void>): void },
  {
    profile = 'INTL',
    config = {},
    chain = openExchange,
  }: {
    profile?: Config['PROFILE'];
    config?: Partial<Config>;
    chain?: typeof openExchange;
  } = {},
): Promise<ChainHouse> {
  const own = await ownChain(t, profile);
  const { url } = own;
  const house = await openTestHouse(t, { chain, config: { ...own.config, ...config } });
  const rpc: ChainHouse['rpc'] = async (method, ...params) => {
    const reply = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { result, error } = (await reply.json()) as { result?: unknown; error?: object };
    assert(!error, JSON.stringify(error));
    return result;
  };
  const made = { ...house, rpcUrl: url, rpc };
  return { ...made, ...acts(made) };
}

type Made = TestHouse & Pick<ChainHouse, 'rpc' | 'rpcUrl'>;
const ROUNDS_MAX = 40;

function acts(house: Made): Omit<ChainHouse, keyof Made> {
  const { http, clock } = house;
  const on = house.house.exchange.on;
  assert(on, 'the house has a chain');
  const underWay = async () => {
    const { rows } = await house.pool.query<{ what: string }>(
      `select concat_ws(' ', 'relay', state, purpose, id::text) as what from exchange.relay
        where state in ('waiting', 'sent')
       union all
       select concat_ws(' ', 'log', event, block) from exchange.log where not settled`,
    );
    return rows.map(({ what }) => what);
  };
  const mined = async (): Promise<void> => {
    let open: string[] = [];
    for (let round = 0; round < ROUNDS_MAX; round++) {
      await house.forward(5 * SECOND);
      open = await underWay();
      if (open.length === 0) return await house.settle();
    }
    assert.fail(`something is on its way to the chain for ever: ${JSON.stringify(open)}`);
  };
  const siwe: ChainHouse['siwe'] = async (as, account, change = {}) => {
    const { body } = await http(as, 'POST', '/v1/exchange/wallets/challenge', {});
    return createSiweMessage({
      ...{ address: account.address, chainId: CHAIN_ID, version: '1' },
      ...{ domain: 'localhost', uri: 'http://localhost', nonce: String(body['nonce']) },
      issuedAt: clock.now(),
      ...change,
    });
  };
  const raw: ChainHouse['raw'] = async (as, data, to = on.exchange) => {
    const wallets = await http(as, 'GET', '/v1/exchange/wallets');
    return await as.account.signTransaction({
      ...{ type: 'eip1559', chainId: CHAIN_ID, to, data, gas: 800_000n },
      ...{ nonce: Number(wallets.body.items[0]?.['nextNonce']) },
      ...{ maxFeePerGas: 0n, maxPriorityFeePerGas: 0n },
    });
  };
  const inSeconds = (s: number): number => Math.floor(clock.now().getTime() / 1000) + s;
  return {
    mined,
    siwe,
    domains: () => on.domains as never,
    holder: async () => {
      const person = await house.seller();
      const account = privateKeyToAccount(generatePrivateKey());
      const message = await siwe(person, account);
      const signature = await account.signMessage({ message });
      const body = { message, signature, kind: 'demo' };
      const bound = await http(person, 'POST', '/v1/exchange/wallets', body);
      assert.equal(bound.status, 200, bound.text);
      await mined();
      return { ...person, account, walletId: bound.body.id };
    },
    tokenised: async (as, { sku: wanted = 'weihe-gift', expiresOn, card } = {}) => {
      const { sku, number, pin, faceFen } = card ?? house.card(wanted);
      const made = await http(as, 'POST', '/v1/exchange/tokens', {
        ...{ walletId: as.walletId, sku, faceFen, number },
        ...(pin !== undefined && { pin }),
        ...(expiresOn !== undefined && { expiresOn }),
      });
      assert.equal(made.status, 201, made.text);
      await house.settle();
      await mined();
      const token = await http(as, 'GET', `/v1/exchange/tokens/${made.body.id}`);
      assert.equal(token.body.state, 'on_chain', token.text);
      return token.body;
    },
    listed: async (as, token, priceFen = '9000', delivery = 'vault') => {
      const [deadline, tokenId] = [inSeconds(7 * DAY_S), String(token['tokenId']) as Hex];
      const nonce = BigInt(String(token['nonce']));
      const message = listingMessage({
        ...{ tokenId, priceFen: BigInt(priceFen), deadline, nonce, delivery },
      });
      const signature = await as.account.signTypedData(
        typed('Listing', on.domains.exchange, message),
      );
      const listed = await http(as, 'POST', '/v1/exchange/listings', {
        ...{ walletId: as.walletId, tokenId, priceFen, deadline, nonce: String(nonce), signature },
        ...(delivery !== 'vault' && { delivery }),
      });
      assert.equal(listed.status, 201, listed.text);
      return listed.body;
    },
    buying: async (as, order) => {
      const deadline = inSeconds(DAY_S);
      const priceFen = String(order['priceFen']);
      const { tokenId } = order['token'] as { tokenId: Hex };
      const bid = bidMessage({
        ...{ tokenId, bidder: as.account.address, priceFen: BigInt(priceFen), deadline },
        ...{ nonce: BigInt(String(order['nonce'])), epoch: 0n },
      });
      const wallets = await http(as, 'GET', '/v1/exchange/wallets');
      const permit = {
        ...{ owner: as.account.address, spender: on.exchange, value: BigInt(priceFen) },
        nonce: BigInt(String(wallets.body.items[0]?.['permitNonce'])),
        deadline: BigInt(deadline),
      };
      return {
        ...{ walletId: as.walletId, deadline, epoch: '0' },
        signature: await as.account.signTypedData(typed('Bid', on.domains.exchange, bid)),
        permit: {
          ...{ valueFen: priceFen, deadline },
          signature: await as.account.signTypedData(typed('Permit', on.domains.money, permit)),
        },
      };
    },
    raw,
    send: async (as, data, to) => {
      const { status, body } = await http(as, 'POST', '/v1/exchange/transactions', {
        ...{ walletId: as.walletId, raw: await raw(as, data, to) },
      });
      return { status, body };
    },
  };
}

export const burning = (token: Common): Hex =>
  encodeFunctionData({
    ...{ abi: exchangeAbi, functionName: 'burn', args: [BigInt(String(token['tokenId']))] },
  });
