// Goal: a buyer who pays for a secret gets it or gets the money back with a tenth on top, whatever the seller sends; a
//   seller who delivers right is paid and has the bond back; a bid that nobody fills costs nothing.
// Method: the whole house with a real anvil; both wallets sign what their pages would; the truth read from the contract's
//   purses, the ledger and the state of each delivery.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFunctionData, type Hex } from 'viem';
import { exchangeAbi } from '#contracts';
import { balanceOf } from '#ledger';
import { DAY, HOUR } from '#platform';
import { type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import {
  bidding,
  delivering,
  OWN_SECRET,
  opened,
  proving,
  type SaleKey,
  saleKey,
  wordsOf,
} from '#test/delivery.ts';
import type { Common } from '#test/house.ts';
import { onChainAccount } from './effects.ts';

const PRICE = 9_000n;
const BOND = 9_900n;
const GIVEN = 100_000n;

async function opening(t: Parameters<typeof openChainHouse>[0]) {
  const house = await openChainHouse(t);
  const [seller, buyer] = [await house.holder(), await house.holder()];
  const card = house.card(OWN_SECRET);
  const token = await house.tokenised(seller, { card });
  assert.equal(token['ownSecret'], true, JSON.stringify(token));
  const key = saleKey();
  const commit = await commitOf(house, token);
  return { house, seller, buyer, card, token, key, commit };
}

const commitOf = async (house: ChainHouse, token: Common): Promise<Hex> => {
  const { rows } = await house.pool.query<{ secret_commit: Hex }>(
    'select secret_commit from exchange.token where id = $1',
    [token.id],
  );
  assert(rows[0]);
  return rows[0].secret_commit;
};

type Opened = Awaited<ReturnType<typeof opening>>;

async function bid({ house, buyer, token, key, commit }: Opened): Promise<Common> {
  const path = `/v1/exchange/tokens/${token.id}/deliveries`;
  const made = await house.http(
    ...([buyer, 'POST', path, await bidding(house, buyer, { token, commit, key })] as const),
  );
  assert.equal(made.status, 201, made.text);
  await house.mined();
  return made.body;
}

const seen = async (house: ChainHouse, as: Holder, { id }: Common): Promise<Common> =>
  (await house.http(as, 'GET', `/v1/exchange/deliveries/${id}`)).body;

async function saltOf({ house, seller, token }: Opened): Promise<Hex> {
  const path = `/v1/exchange/tokens/${token.id}/salt`;
  const { status, body, text } = await house.http(seller, 'POST', path, {});
  assert.equal(status, 200, text);
  return String(body['salt']) as Hex;
}

async function send(house: ChainHouse, as: Holder, data: Hex): Promise<void> {
  const sent = await house.send(as, data);
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  await house.mined();
}

const moneyOf = async (house: ChainHouse, of: Holder): Promise<bigint> =>
  (await balanceOf(house.db, onChainAccount(of.account.address.toLowerCase()))).balance;

async function purseOf(house: ChainHouse, of: Holder): Promise<readonly bigint[]> {
  const { on } = house.house.exchange;
  assert(on);
  return await on.chain.client.readContract({
    ...{ abi: exchangeAbi, address: on.exchange, functionName: 'purseOf' },
    args: [of.account.address],
  });
}

test('delivered right: the secret is the buyer’s, the seller is paid and gets the bond back', async (t) => {
  const here = await opening(t);
  const { house, seller, buyer, card, token, key } = here;
  const one = await bid(here);
  assert.equal((await moneyOf(house, buyer)) === GIVEN, true, 'nothing is taken before delivery');
  const stranger = await house.holder();
  const path = `/v1/exchange/deliveries/${one.id}`;
  assert.equal((await house.http(stranger, 'GET', path)).status, 404);
  const salted = `/v1/exchange/tokens/${token.id}/salt`;
  for (const other of [stranger, buyer])
    assert.equal((await house.http(other, 'POST', salted, {})).status, 404);

  const words = wordsOf(card, await saltOf(here));
  await send(house, seller, await delivering(house, seller, { one, words }));
  const got = await seen(house, buyer, one);
  assert.equal(got.state, 'delivered');
  assert.deepEqual(opened(got, key).secret, words, 'number, PIN and salt');
  assert.equal(await moneyOf(house, buyer), GIVEN - PRICE);
  assert.equal(await moneyOf(house, seller), GIVEN + PRICE - 225n - BOND);
  assert.deepEqual(await purseOf(house, seller), [0n, BOND]);
  const held = await house.http(buyer, 'GET', `/v1/exchange/tokens/${token.id}`);
  assert.equal(held.body['mine'], true);

  await send(house, buyer, proving(got, key));
  assert.equal((await seen(house, buyer, one)).state, 'delivered', 'there is nothing to prove');
  await house.forward(3 * DAY + HOUR);
  await house.mined();
  assert.equal((await seen(house, seller, one)).state, 'closed');
  assert.deepEqual(await purseOf(house, seller), [BOND, 0n]);
});

test('delivered wrong: proven on the chain, the price and a tenth come back, the card stands still', async (t) => {
  const here = await opening(t);
  const { house, seller, buyer, card, token, key } = here;
  const one = await bid(here);
  const words = wordsOf({ ...card, pin: '000000' }, await saltOf(here));
  await send(house, seller, await delivering(house, seller, { one, words }));
  const got = await seen(house, buyer, one);
  assert.equal(got.state, 'delivered', 'the contract cannot know yet');
  await send(house, buyer, proving(got, key));
  assert.equal((await seen(house, buyer, one)).state, 'refunded');
  assert.equal(await moneyOf(house, buyer), GIVEN - PRICE + BOND);
  assert.deepEqual(await purseOf(house, seller), [0n, 0n], 'the bond is gone');
  const frozen = (await house.http(buyer, 'GET', `/v1/exchange/tokens/${token.id}`)).body;
  assert.deepEqual([frozen.state, frozen['reason']], ['frozen', 'WRONG_DELIVERY']);
  await sameAsContract(house, token);
});

test('a second transaction under a number that was sent is refused, not a fault', async (t) => {
  const house = await openChainHouse(t);
  const holder = await house.holder();
  const [wallet] = (await house.http(holder, 'GET', '/v1/exchange/wallets')).body.items;
  const { on } = house.house.exchange;
  assert(wallet && on);
  const pass = async (amount: bigint) => {
    const data = encodeFunctionData({
      ...{ abi: exchangeAbi, functionName: 'withdraw', args: [holder.account.address, amount] },
    });
    const raw = await holder.account.signTransaction({
      ...{ type: 'eip1559', chainId: on.chain.id, to: on.exchange, data, gas: 800_000n },
      ...{ nonce: 0, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n },
    });
    const body = { walletId: wallet.id, raw };
    return await house.http(holder, 'POST', '/v1/exchange/transactions', body);
  };
  assert.equal((await pass(1n)).status, 200);
  assert.equal((await pass(2n)).body['code'], 'nonce_used');
});

/** The mirror's number of orders is the contract's own. */
async function sameAsContract(house: ChainHouse, token: Common): Promise<void> {
  const { on } = house.house.exchange;
  assert(on);
  const card = await on.chain.client.readContract({
    ...{ abi: exchangeAbi, address: on.exchange, functionName: 'cardOf' },
    args: [BigInt(String(token['tokenId']))],
  });
  const { rows } = await house.pool.query<{ nonce: bigint }>(
    'select nonce from exchange.holding where token_id = $1',
    [token['tokenId']],
  );
  assert.equal(rows[0]?.nonce, BigInt(card.nonce));
}

test('a bid that nobody fills lapses, one that no longer fits is void, and a wrong one is refused', async (t) => {
  const here = await opening(t);
  const { house, seller, buyer, token, key, commit } = here;
  const path = `/v1/exchange/tokens/${token.id}/deliveries`;
  const body = await bidding(house, buyer, { token, commit, key });
  const refused = async (as: Holder, change: Record<string, unknown>): Promise<unknown> =>
    (await house.http(as, 'POST', path, { ...body, ...change })).body['code'];
  assert.equal(await refused(buyer, { publicKey: saleKey().publicKey }), 'bad_signature');
  assert.equal(await refused(buyer, { deadline: 1_000 }), 'deadline_invalid');
  assert.equal(await refused(buyer, { permit: undefined }), 'permit_needed');
  assert.equal(await refused(buyer, { walletId: seller.walletId }), 'not_found');
  const own = await bidding(house, seller, { token, commit, key });
  assert.equal((await house.http(seller, 'POST', path, own)).body['code'], 'own_offer');
  const first = await bid(here);
  assert.equal(await refused(buyer, {}), 'already_bid');
  await house.forward(DAY + 2 * HOUR);
  assert.equal((await seen(house, buyer, first)).state, 'lapsed');
  assert.equal(await moneyOf(house, buyer), GIVEN);

  const second = await bid({ ...here, key: saleKey() as SaleKey });
  const order = await house.listed(seller, token, '9000');
  const third = await house.holder();
  const bought = await house.http(
    ...([third, 'POST', `/v1/exchange/listings/${order.id}/buy`] as const),
    await house.buying(third, order),
  );
  assert.equal(bought.status, 200, bought.text);
  await house.mined();
  assert.equal((await seen(house, buyer, second)).state, 'void', 'sold to somebody else');
  const now = (await house.http(third, 'GET', `/v1/exchange/tokens/${token.id}`)).body;
  assert.equal(now['ownSecret'], false, 'the new holder does not know it');
});

test('a card whose secret the issuer replaced cannot be delivered by its seller', async (t) => {
  const house = await openChainHouse(t);
  const [seller, buyer] = [await house.holder(), await house.holder()];
  const token = await house.tokenised(seller);
  assert.equal(token['ownSecret'], false);
  const commit = await commitOf(house, token);
  const body = await bidding(house, buyer, { token, commit, key: saleKey() });
  const made = await house.http(buyer, 'POST', `/v1/exchange/tokens/${token.id}/deliveries`, body);
  assert.equal(made.body['code'], 'no_own_secret', made.text);
});
