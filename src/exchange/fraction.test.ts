// Goal: a card is split, its shares change hands, somebody buys it out and the holders take their parts to the fen; the mirror
//   says at each step what the contract says, a reorganisation included.
// Method: the whole house with a real anvil; wallets send what their pages would; contract, mirror and ledger compared.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFunctionData, type Hex, parseSignature } from 'viem';
import { exchangeAbi } from '#contracts';
import { type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import type { Common } from '#test/house.ts';
import type { ChainDeps } from './deps.ts';
import { typed } from './domain.ts';
import { follow } from './follow.ts';
import { reconcileChain } from './reconcile.ts';
import { followDeps } from './tasks.ts';

const FLOOR = 10_000n;
const DAY_S = 86_400;

const called = (functionName: string, args: readonly unknown[]): Hex =>
  encodeFunctionData({ abi: exchangeAbi, functionName, args } as never);

async function send(house: ChainHouse, as: Holder, data: Hex): Promise<void> {
  const sent = await house.send(as, data);
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  await house.mined();
}

async function buyingOut(house: ChainHouse, as: Holder, cardId: bigint): Promise<Hex> {
  const { on } = house.house.exchange;
  assert(on);
  const deadline = BigInt(Math.floor(house.clock.now().getTime() / 1000) + DAY_S);
  const { address } = as.account;
  const [wallet] = (await house.http(as, 'GET', '/v1/exchange/wallets')).body.items;
  const permit = {
    ...{ owner: address, spender: on.exchange, value: FLOOR, deadline },
    nonce: BigInt(String(wallet?.['permitNonce'])),
  };
  const signed = await as.account.signTypedData(typed('Permit', on.domains.money, permit));
  const { r, s, v } = parseSignature(signed);
  return called('multicall', [
    [
      called('permitMoney', [address, FLOOR, deadline, Number(v), r, s]),
      called('buyOut', [cardId]),
    ],
  ]);
}

type View = Common & {
  state: string;
  holders: { address: string; shares: string; cashedFen: string; cashFen?: string }[];
};

async function viewOf(house: ChainHouse, as: Holder, shareId: string): Promise<View> {
  const { body, status, text } = await house.http(as, 'GET', `/v1/exchange/fractions/${shareId}`);
  assert.equal(status, 200, text);
  return body as View;
}

const held = (view: View, of: Holder) =>
  view.holders.find(({ address }) => address === of.account.address.toLowerCase());

/** Each share in the mirror is the one that the contract has. */
async function sameAsContract(house: ChainHouse, view: View): Promise<void> {
  const { on } = house.house.exchange;
  assert(on);
  for (const { address, shares } of view.holders) {
    const said: bigint = await on.chain.client.readContract({
      ...{ abi: exchangeAbi, address: on.exchange, functionName: 'sharesOf' },
      args: [BigInt(view.id), address as Hex],
    });
    assert.equal(said, BigInt(shares), address);
  }
}

test('split, passed on, taken back by the chain, bought out, cashed', async (t) => {
  const house = await openChainHouse(t);
  const deps = house.house.exchange as ChainDeps;
  const [ann, bob, cee] = [await house.holder(), await house.holder(), await house.holder()];
  const token = await house.tokenised(ann);
  const cardId = BigInt(String(token['tokenId']));
  const offer = await house.listed(ann, token);
  await send(house, ann, called('fractionalise', [cardId, 3, FLOOR, 250]));
  const offered = await house.http(ann, 'GET', `/v1/exchange/listings/${offer.id}`);
  assert.equal(offered.body.state, 'void', 'a split voids what was signed');
  const split = (await house.http(ann, 'GET', `/v1/exchange/tokens/${token.id}`)).body;
  const shareId = String(split['shareId']);
  assert.equal(split['holding'], 'FRACTION');
  const list = await house.http(undefined, 'GET', '/v1/exchange/fractions');
  assert.deepEqual(
    list.body.items.map(({ id }) => id),
    [shareId],
  );

  await send(house, ann, called('transferShares', [BigInt(shareId), bob.account.address, 2]));
  const passed = await viewOf(house, bob, shareId);
  assert.deepEqual([held(passed, ann)?.shares, held(passed, bob)?.shares], ['1', '2']);
  await sameAsContract(house, passed);
  assert.deepEqual(await reconcileChain(deps, house.clock.now()), [], 'the books agree on it');

  // Not final yet: the chain takes it back, and the mirror with it; sent again, it is there again.
  const head = async () => Number(BigInt(String(await house.rpc('eth_blockNumber'))));
  const ofBob = async () => held(await viewOf(house, bob, shareId), bob)?.shares;
  const before = await head();
  await house.send(bob, called('transferShares', [BigInt(shareId), ann.account.address, 1]));
  await house.settle();
  await follow(followDeps(deps), house.clock.now());
  assert.equal(await ofBob(), '1', 'read before it is final');
  await house.rpc('anvil_reorg', (await head()) - before, []);
  await follow(followDeps(deps), house.clock.now());
  assert.equal(await ofBob(), '2', 'and taken back');
  await house.mined();
  assert.equal(await ofBob(), '1', 'and mined again');
  await sameAsContract(house, await viewOf(house, bob, shareId));
  await bought({ house, ann, bob, cee, cardId, shareId, token });
});

interface Split {
  readonly house: ChainHouse;
  readonly ann: Holder;
  readonly bob: Holder;
  readonly cee: Holder;
  readonly cardId: bigint;
  readonly shareId: string;
  readonly token: Common;
}

async function bought({ house, ann, bob, cee, cardId, shareId, token }: Split): Promise<void> {
  const before = await viewOf(house, bob, shareId);
  await send(house, cee, await buyingOut(house, cee, cardId));
  const out = await viewOf(house, cee, shareId);
  assert.deepEqual([out.state, out['proceedsFen']], ['bought_out', '9750'], 'fee off');
  const whole = (await house.http(cee, 'GET', `/v1/exchange/tokens/${token.id}`)).body;
  assert.deepEqual(
    [whole['mine'], whole['holding'], whole['shareId']],
    [true, 'ACTIVE', undefined],
  );
  for (const who of [ann, bob]) {
    const shares = BigInt(held(before, who)?.shares ?? '0');
    assert.equal(held(out, who)?.cashFen, String((9_750n * shares) / 3n));
    await send(house, who, called('cash', [BigInt(shareId)]));
  }
  const end = await viewOf(house, cee, shareId);
  const cashed = end.holders.reduce((sum, one) => sum + BigInt(one.cashedFen), 0n);
  assert.equal(cashed, 9_750n, 'all of it, to the fen');
  await sameAsContract(house, end);
  assert.deepEqual(await reconcileChain(house.house.exchange as ChainDeps, house.clock.now()), []);
  const mine = await house.http(bob, 'GET', '/v1/exchange/my/fractions');
  assert.equal(mine.body.items.length, 1);
}
