// Goal: what a wallet signs about somebody else's card binds as it says and no further: a bid or swap is shown only while it
//   can be paid and settles once, a withdrawn or voided one never, and cards and money are where the contract says.
// Method: one house with a real anvil; both sides sign what their pages would; states over the API, money from the ledger's
//   mirror of the chain; the bidder's money taken away and brought back in between.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { encodeFunctionData, erc20Abi, type Hex } from 'viem';
import { exchangeAbi } from '#contracts';
import { balanceOf } from '#ledger';
import { DAY } from '#platform';
import { burning, type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import type { Common } from '#test/house.ts';
import {
  accepting,
  basketCall,
  bidding,
  depositCall,
  swapCall,
  swapping,
  tokenNow,
  walletNow,
} from '#test/offers.ts';
import type { ChainDeps } from './deps.ts';
import { onChainAccount } from './effects.ts';
import { lookAtWallet } from './wallet.ts';

const NOBODY = '0x0000000000000000000000000000000000000001';
const moneyOf = async (house: ChainHouse, of: Holder): Promise<bigint> =>
  (await balanceOf(house.db, onChainAccount(of.account.address.toLowerCase()))).balance;

async function own(house: ChainHouse, as: Holder, data: Hex): Promise<void> {
  const sent = await house.send(as, data);
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  await house.mined();
}

/** Behind the house's back, as an extension's wallet may. */
async function pastTheHouse(house: ChainHouse, as: Holder, data: Hex): Promise<void> {
  const { on } = house.house.exchange;
  assert(on);
  await house.rpc('anvil_impersonateAccount', as.account.address);
  const call = { from: as.account.address, to: on.exchange, data, gas: '0xf4240', gasPrice: '0x0' };
  await house.rpc('eth_sendTransaction', call);
  await house.rpc('anvil_mine', '0x4');
  await house.mined();
}

async function moveMoney(house: ChainHouse, from: Holder, to: Hex, fen: bigint): Promise<void> {
  const { on } = house.house.exchange;
  assert(on);
  const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to, fen] });
  await house.rpc('anvil_impersonateAccount', from.account.address);
  const call = { from: from.account.address, to: on.money, data, gasPrice: '0x0' };
  await house.rpc('eth_sendTransaction', call);
  await house.rpc('anvil_mine', '0x4');
}

async function bidOn(
  house: ChainHouse,
  as: Holder,
  { token, priceFen, days }: { token: Common; priceFen: string; days?: number },
): Promise<Common> {
  const body = await bidding(house, as, { token, priceFen, ...(days && { days }) });
  const made = await house.http(as, 'POST', `/v1/exchange/tokens/${token.id}/bids`, body);
  assert.equal(made.status, 201, made.text);
  return made.body;
}

const bidNow = async (house: ChainHouse, as: Holder, { id }: Common) =>
  (await house.http(as, 'GET', `/v1/exchange/bids/${id}`)).body;

async function accept(house: ChainHouse, as: Holder, bid: Common) {
  const path = `/v1/exchange/bids/${bid.id}/accept`;
  return await house.http(as, 'POST', path, await accepting(house, as, bid));
}

test('what wallets sign about cards of others', async (t) => {
  const house = await openChainHouse(t);
  await t.test('bids', async (here) => await bids(here, house));
  await t.test('swaps', async (here) => await swaps(here, house));
  await t.test('baskets', async (here) => await baskets(here, house));
  await t.test('pages', async () => await pages(house));
  await t.test('permits', async () => await permits(house));
});

async function bids(t: TestContext, house: ChainHouse): Promise<void> {
  const [ann, bob, cee] = [await house.holder(), await house.holder(), await house.holder()];
  const token = await house.tokenised(ann);
  const onCard = async (as: Holder): Promise<string[]> => {
    const { body } = await house.http(as, 'GET', `/v1/exchange/tokens/${token.id}/bids`);
    return body.items.map((one) => String((one as Common)['priceFen']));
  };

  await t.test('others see the card, its owner does not', async () => {
    const ids = async (as: Holder) =>
      (await house.http(as, 'GET', '/v1/exchange/cards')).body.items.map(({ id }) => id);
    assert.deepEqual([await ids(bob), await ids(ann)], [[token.id], []]);
  });

  let bid = { id: '' } as Common;
  await t.test('a bid is its owner’s to see once it can pay, and nobody else’s', async () => {
    bid = await bidOn(house, bob, { token, priceFen: '9000' });
    assert.deepEqual([bid['state'], bid['funded']], ['open', false]);
    assert.deepEqual(await onCard(ann), [], 'the permit is not on the chain yet');
    await house.mined();
    assert.deepEqual([await onCard(ann), await onCard(bob)], [['9000'], ['9000']]);
    assert.deepEqual(await onCard(cee), []);
    assert.equal((await house.http(cee, 'GET', `/v1/exchange/bids/${bid.id}`)).status, 404);
    assert.equal((await walletNow(house, bob))['promisedFen'], '9000');
    const again = await bidding(house, bob, { token, priceFen: '9100' });
    const path = `/v1/exchange/tokens/${token.id}/bids`;
    const twice = await house.http(bob, 'POST', path, again);
    assert.deepEqual([twice.status, twice.body['code']], [409, 'offer_exists']);
    const mine = await bidding(house, ann, { token, priceFen: '9000' });
    assert.equal((await house.http(ann, 'POST', path, mine)).body['code'], 'own_token');
    const foreign = { ...(await bidding(house, cee, { token, priceFen: '9000' })), epoch: '1' };
    assert.equal((await house.http(cee, 'POST', path, foreign)).body['code'], 'bad_signature');
  });

  await t.test('without the money it is not shown, and not accepted', async () => {
    await moveMoney(house, bob, cee.account.address, 95_000n);
    await house.mined();
    assert.deepEqual(await onCard(ann), []);
    const refused = await accept(house, ann, bid);
    assert.deepEqual([refused.status, refused.body['code']], [409, 'offer_unfunded']);
    await moveMoney(house, cee, bob.account.address, 95_000n);
    await house.mined();
    assert.deepEqual(await onCard(ann), ['9000']);
  });

  await t.test('what the contract refuses puts it back, with the reason', async () => {
    await moveMoney(house, bob, NOBODY, 95_000n);
    const taken = await accept(house, ann, bid);
    assert.equal(taken.body['state'], 'filling', taken.text);
    await house.mined();
    const back = await bidNow(house, bob, bid);
    assert.equal(back['state'], 'open', JSON.stringify(back));
    assert.equal(typeof back['reason'], 'string');
    await moveMoney(house, cee, bob.account.address, 50_000n);
    await house.mined();
  });

  await t.test(
    'accepted: the card and the money change hands, other bids and the offer fall',
    async () => {
      const order = await house.listed(ann, await tokenNow(house, ann, token), '9900');
      const other = await bidOn(house, cee, { token, priceFen: '8000' });
      await house.mined();
      const [before, had] = [await moneyOf(house, ann), await moneyOf(house, bob)];
      assert.equal((await accept(house, cee, bid)).status, 404, 'not the owner');
      const taken = await accept(house, ann, bid);
      assert.equal(taken.body['state'], 'filling', taken.text);
      const late = await house.http(
        ...([cee, 'POST', `/v1/exchange/listings/${order.id}/buy`] as const),
        await house.buying(cee, order),
      );
      assert.deepEqual([late.status, late.body['code']], [409, 'wrong_state'], 'one promise');
      await house.mined();
      assert.equal((await bidNow(house, bob, bid))['state'], 'filled');
      assert.equal((await bidNow(house, cee, other))['state'], 'void');
      assert.equal((await tokenNow(house, bob, token))['mine'], true);
      assert.equal(await moneyOf(house, ann), before + 9_000n - 225n);
      assert.equal(await moneyOf(house, bob), had - 9_000n);
      const offer = await house.http(ann, 'GET', `/v1/exchange/listings/${order.id}`);
      assert.equal(offer.body['state'], 'void');
    },
  );

  await t.test('withdrawn, lapsed or voided by the wallet it is never filled', async () => {
    const now = await tokenNow(house, bob, token);
    const first = await bidOn(house, ann, { token: now, priceFen: '7000' });
    await house.mined();
    const path = `/v1/exchange/bids/${first.id}/withdraw`;
    assert.equal((await house.http(bob, 'POST', path, {})).status, 404, 'not who made it');
    assert.equal((await house.http(ann, 'POST', path, {})).body['state'], 'withdrawn');
    assert.equal((await accept(house, bob, first)).status, 409);
    assert.equal((await walletNow(house, ann))['promisedFen'], '0');
    const second = await bidOn(house, ann, { token: now, priceFen: '7100', days: 1 });
    await house.forward(DAY);
    assert.equal((await bidNow(house, ann, second))['state'], 'lapsed');
    const third = await bidOn(house, ann, { token: now, priceFen: '7200' });
    await house.mined();
    await own(house, ann, encodeFunctionData({ abi: exchangeAbi, functionName: 'cancelBids' }));
    assert.equal((await bidNow(house, ann, third))['state'], 'void');
    assert.equal((await walletNow(house, ann))['epoch'], '1');
    const fourth = await bidOn(house, ann, { token: now, priceFen: '7300' });
    await house.mined();
    assert.equal((await bidNow(house, bob, fourth))['funded'], true, 'signed with the new epoch');
  });
}

async function propose(
  house: ChainHouse,
  as: Holder,
  of: Parameters<typeof swapping>[2],
): Promise<Common> {
  const made = await house.http(as, 'POST', '/v1/exchange/swaps', await swapping(house, as, of));
  assert.equal(made.status, 201, made.text);
  await house.mined();
  return made.body;
}

const swapNow = async (house: ChainHouse, as: Holder, { id }: Common) =>
  (await house.http(as, 'GET', `/v1/exchange/swaps/${id}`)).body;

async function takeUp(house: ChainHouse, as: Holder, swap: Common, change = {}) {
  const raw = await house.raw(as, await swapCall(house, as, { swap, change }));
  const body = { walletId: as.walletId, raw };
  return await house.http(as, 'POST', `/v1/exchange/swaps/${swap.id}/accept`, body);
}

async function swaps(t: TestContext, house: ChainHouse): Promise<void> {
  const [ann, bob, cee] = [await house.holder(), await house.holder(), await house.holder()];
  const [annes, bobs] = [await house.tokenised(ann), await house.tokenised(bob)];
  const path = '/v1/exchange/swaps';
  const shownTo = async (as: Holder) =>
    (await house.http(as, 'GET', path)).body.items.map(({ id }) => id);

  await t.test('only who holds the card may give it, and only the other side is told', async () => {
    const foreign = { give: bobs, want: annes, topUpFen: '0', makerPays: false };
    const body = await swapping(house, ann, foreign);
    assert.equal((await house.http(ann, 'POST', path, body)).status, 404);
    const swap = await propose(house, ann, { ...foreign, give: annes, want: bobs });
    assert.deepEqual(await shownTo(bob), [swap.id]);
    assert.deepEqual(await shownTo(cee), []);
    assert.equal((await house.http(cee, 'GET', `${path}/${swap.id}`)).status, 404);
    assert.equal(swap['signature'], undefined, 'the maker has it already');
    const twice = await swapping(house, ann, { ...foreign, give: annes, want: bobs });
    assert.equal((await house.http(ann, 'POST', path, twice)).body['code'], 'offer_exists');
    const no = await house.http(ann, 'POST', `${path}/${swap.id}/refuse`, {});
    assert.equal(no.status, 404, 'not the one who was asked');
    const refused = await house.http(bob, 'POST', `${path}/${swap.id}/refuse`, {});
    assert.equal(refused.body['state'], 'refused', refused.text);
  });

  await t.test('an offer whose maker cannot pay is not shown', async () => {
    const of = { give: annes, want: bobs, topUpFen: '3000', makerPays: true };
    const swap = await propose(house, ann, of);
    assert.deepEqual((await shownTo(bob)).includes(swap.id), true);
    await moveMoney(house, ann, cee.account.address, 99_000n);
    await house.mined();
    assert.deepEqual((await shownTo(bob)).includes(swap.id), false);
    const before = await swapNow(house, bob, swap);
    assert.deepEqual([before['funded'], before['signature']], [false, undefined]);
    await moveMoney(house, cee, ann.account.address, 99_000n);
    await house.mined();
    const withdrawn = await house.http(ann, 'POST', `${path}/${swap.id}/withdraw`, {});
    assert.equal(withdrawn.body['state'], 'withdrawn', withdrawn.text);
  });

  await t.test(
    'accepted: both cards and the top-up change hands, the secrets with them',
    async () => {
      const of = { give: annes, want: bobs, topUpFen: '2000', makerPays: false };
      const { id } = await propose(house, ann, of);
      const bid = await bidOn(house, cee, { token: annes, priceFen: '9000' });
      await house.mined();
      const swap = await swapNow(house, bob, { id } as Common);
      const cheaper = await takeUp(house, bob, swap, { topUp: 1n });
      assert.deepEqual([cheaper.status, cheaper.body['code']], [400, 'bad_signature']);
      const [hadAnn, hadBob] = [await moneyOf(house, ann), await moneyOf(house, bob)];
      const taken = await takeUp(house, bob, swap);
      assert.equal(taken.body['state'], 'filling', taken.text);
      const race = await accept(house, ann, await bidNow(house, ann, bid));
      assert.deepEqual([race.status, race.body['code']], [409, 'wrong_state'], 'one promise');
      await house.mined();
      assert.equal((await swapNow(house, ann, swap))['state'], 'swapped');
      assert.equal((await bidNow(house, cee, bid))['state'], 'void');
      assert.equal(await moneyOf(house, ann), hadAnn + 2_000n - 50n);
      assert.equal(await moneyOf(house, bob), hadBob - 2_000n);
      for (const [holder, token] of [
        [ann, bobs],
        [bob, annes],
      ] as const) {
        await own(house, holder, burning(token));
        const secret = await house.http(
          holder,
          'POST',
          `/v1/exchange/tokens/${token.id}/secret`,
          {},
        );
        assert.equal(secret.status, 200, secret.text);
      }
    },
  );

  await t.test('even: two cards change hands and no money does', async () => {
    const [give, want] = [await house.tokenised(ann), await house.tokenised(bob)];
    const of = { give, want, topUpFen: '0', makerPays: false };
    const swap = await swapNow(house, bob, await propose(house, ann, of));
    const had = [await moneyOf(house, ann), await moneyOf(house, bob)];
    const taken = await takeUp(house, bob, swap);
    assert.equal(taken.body['state'], 'filling', taken.text);
    await house.mined();
    assert.equal((await swapNow(house, ann, swap))['state'], 'swapped');
    assert.deepEqual([await moneyOf(house, ann), await moneyOf(house, bob)], had);
    assert.equal((await tokenNow(house, ann, want))['mine'], true);
    assert.equal((await tokenNow(house, bob, give))['mine'], true);
  });

  await t.test(
    'sent past the house: by a stranger it does nothing, by the other side it is settled',
    async () => {
      const [give, want] = [await house.tokenised(ann), await house.tokenised(bob)];
      const { id } = await propose(house, ann, { give, want, topUpFen: '300', makerPays: false });
      const other = await propose(house, bob, {
        give: want,
        want: give,
        topUpFen: '0',
        makerPays: false,
      });
      const swap = await swapNow(house, bob, { id } as Common);
      await pastTheHouse(house, cee, await swapCall(house, cee, { swap }));
      assert.equal((await swapNow(house, ann, swap))['state'], 'open');
      const had = await moneyOf(house, bob);
      await pastTheHouse(house, bob, await swapCall(house, bob, { swap }));
      assert.equal((await swapNow(house, ann, swap))['state'], 'swapped');
      assert.equal((await swapNow(house, bob, other))['state'], 'void');
      assert.equal(await moneyOf(house, bob), had - 300n);
      for (const [holder, token] of [
        [ann, want],
        [bob, give],
      ] as const)
        assert.equal((await tokenNow(house, holder, token))['mine'], true);
    },
  );

  await t.test('what can never be settled any more is void', async () => {
    const [give, want] = [await house.tokenised(ann), await house.tokenised(bob)];
    const swap = await propose(house, ann, { give, want, topUpFen: '0', makerPays: false });
    await own(house, bob, burning(want));
    assert.equal((await swapNow(house, ann, swap))['state'], 'void');
    const other = await house.tokenised(bob);
    const again = await propose(house, ann, { give, want: other, topUpFen: '0', makerPays: false });
    const seen = await swapNow(house, bob, again);
    await own(house, ann, encodeFunctionData({ abi: exchangeAbi, functionName: 'cancelBids' }));
    assert.equal((await swapNow(house, ann, again))['state'], 'void');
    assert.equal((await takeUp(house, bob, { ...again, ...seen })).status, 409);
  });
}

/** Looked at while a permit is on its way, a wallet is not given its number again; two at once do not share one. */
async function permits(house: ChainHouse): Promise<void> {
  const [ann, bob] = [await house.holder(), await house.holder()];
  const tokens: Common[] = [];
  for (let count = 0; count < 4; count++) tokens.push(await house.tokenised(ann));
  const [first, second, ...raced] = tokens;
  assert(first && second);
  await house.rpc('evm_setAutomine', false);
  const bids = [await bidOn(house, bob, { token: first, priceFen: '8000' })];
  await house.settle();
  await lookAtWallet(house.house.exchange as ChainDeps, bob.walletId, house.clock.now());
  bids.push(await bidOn(house, bob, { token: second, priceFen: '9000' }));
  await house.settle();
  await house.rpc('evm_setAutomine', true);
  await house.rpc('evm_mine');
  await house.mined();
  for (const bid of bids) assert.equal((await bidNow(house, bob, bid))['funded'], true);

  const ready = await Promise.all(
    raced.map(async (token) => ({
      path: `/v1/exchange/tokens/${token.id}/bids`,
      body: await bidding(house, bob, { token, priceFen: '100' }),
    })),
  );
  const both = await Promise.all(
    ready.map(async ({ path, body }) => (await house.http(bob, 'POST', path, body)).body),
  );
  assert.deepEqual(both.map(({ code }) => code ?? 'made').sort(), ['bad_signature', 'made']);
}

/** What cannot be paid stands in front, in between and where a page ends. */
async function pages(house: ChainHouse): Promise<void> {
  const [ann, bob, cee] = [await house.holder(), await house.holder(), await house.holder()];
  const wanted = [await house.tokenised(ann), await house.tokenised(ann)];
  const [bobs, cees] = [await house.tokenised(bob), await house.tokenised(cee)];
  const [bids, swaps]: [string[], string[]] = [[], []];
  for (const want of wanted) {
    const of = { want, topUpFen: '100', makerPays: true };
    bids.unshift((await bidOn(house, bob, { token: want, priceFen: '8000' })).id);
    await bidOn(house, cee, { token: want, priceFen: '9000' });
    swaps.unshift((await propose(house, bob, { ...of, give: bobs })).id);
    await propose(house, cee, { ...of, give: cees });
  }
  await moveMoney(house, cee, NOBODY, 100_000n);
  await house.mined();
  const read = async (path: string): Promise<string[][]> => {
    const found: string[][] = [];
    let next: string | undefined = '';
    while (next !== undefined && found.length < 9) {
      const cursor: string = next && `&cursor=${next}`;
      const { body }: { body: { items: { id: string }[]; next?: string } } = await house.http(
        ann,
        'GET',
        `${path}?limit=1${cursor}`,
      );
      found.push(body.items.map(({ id }) => id));
      next = body.next;
    }
    return found;
  };
  const inPages = (ids: readonly string[]) => ids.map((id) => [id]);
  assert.deepEqual(await read('/v1/exchange/bids'), inPages(bids));
  assert.deepEqual(await read('/v1/exchange/swaps'), inPages(swaps));
}

async function baskets(t: TestContext, house: ChainHouse): Promise<void> {
  const [ann, bob, cee] = [await house.holder(), await house.holder(), await house.holder()];
  const tokens = [await house.tokenised(ann), await house.tokenised(ann)];
  const offered = async (as: Holder): Promise<string[]> => {
    const ids: string[] = [];
    for (const token of tokens)
      ids.push((await house.listed(as, await tokenNow(house, as, token), '5000')).id);
    return ids;
  };
  const choose = async (as: Holder, listings: string[]) =>
    await house.http(as, 'POST', '/v1/exchange/basket', { walletId: as.walletId, listings });

  await t.test('all by one transaction, and they are shown as bought', async () => {
    const listings = await offered(ann);
    assert.equal((await choose(ann, listings)).body['code'], 'own_offer');
    const basket = await choose(bob, listings);
    assert.deepEqual([basket.body['totalFen'], basket.body['gone']], ['10000', []], basket.text);
    const had = await moneyOf(house, bob);
    await own(house, bob, await basketCall(house, bob, basket.body));
    for (const id of listings) {
      const order = await house.http(bob, 'GET', `/v1/exchange/listings/${id}`);
      assert.deepEqual([order.body['state'], order.body['taken']], ['filled', true], order.text);
    }
    assert.equal(await moneyOf(house, bob), had - 10_000n);
  });

  await t.test('one of them gone in between: none is bought, nothing is taken', async () => {
    const listings = await offered(bob);
    const basket = (await choose(cee, listings)).body;
    const [first] = tokens;
    const args = [BigInt(String(first?.['tokenId']))] as const;
    const [data, had] = [await basketCall(house, cee, basket), await moneyOf(house, cee)];
    const cancel = { abi: exchangeAbi, functionName: 'cancelAll', args } as const;
    await own(house, bob, encodeFunctionData(cancel));
    await own(house, cee, data);
    assert.equal(await moneyOf(house, cee), had);
    const again = await choose(cee, listings);
    assert.deepEqual(again.body['gone'], [listings[0]], again.text);
    assert.equal(again.body.items.length, 1);
  });

  await t.test('a purse is what the contract says, and comes out again', async () => {
    await own(house, cee, await depositCall(house, cee, 700n));
    assert.equal((await walletNow(house, cee))['purseFreeFen'], '700');
    const args = [cee.account.address, 700n] as const;
    const take = { abi: exchangeAbi, functionName: 'withdraw', args } as const;
    await own(house, cee, encodeFunctionData(take));
    assert.equal((await walletNow(house, cee))['purseFreeFen'], '0');
  });
}
