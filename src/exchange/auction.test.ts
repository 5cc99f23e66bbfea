// Goal: an auction on the chain goes from signed terms to the highest bidder: who is outbid has the money back, the house
//   settles when the end has come, nobody is asked for it; a card is offered in one way at a time.
// Method: the whole house with a real anvil; wallets send what their pages would; contract, mirror and ledger compared, a
//   reorganisation included.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE } from '#platform';
import { type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import { auctionAt, bid, englishBody } from '#test/exchange-auctions.ts';
import type { Common } from '#test/house.ts';
import type { ChainDeps } from './deps.ts';
import { follow } from './follow.ts';
import { reconcileChain } from './reconcile.ts';
import { followDeps } from './tasks.ts';

const ENGLISH = '/v1/exchange/auctions/english';

async function putUp(
  house: ChainHouse,
  as: Holder,
  token: Common,
  reserveFen?: bigint,
): Promise<string> {
  const made = await house.http(
    as,
    'POST',
    ENGLISH,
    await englishBody(house, as, token, reserveFen),
  );
  assert.equal(made.status, 201, made.text);
  return made.body.id;
}

async function balanceOf(house: ChainHouse, as: Holder): Promise<bigint> {
  const [wallet] = (await house.http(as, 'GET', '/v1/exchange/wallets')).body.items;
  return BigInt(String(wallet?.['balanceFen']));
}

const booksAgree = async (house: ChainHouse): Promise<void> =>
  assert.deepEqual(await reconcileChain(house.house.exchange as ChainDeps, house.clock.now()), []);

test('English: bid, outbid, taken back by the chain, settled by the clock, lapsed, cancelled', async (t) => {
  const house = await openChainHouse(t);
  const deps = house.house.exchange as ChainDeps;
  const [ann, bob, cee] = [await house.holder(), await house.holder(), await house.holder()];
  const token = await house.tokenised(ann);
  const id = await putUp(house, ann, token);
  const offered = await auctionAt(house, bob, id);
  assert.deepEqual([offered.state, offered['startFen'], offered.bids], ['offered', '5000', []]);
  assert(offered.signature, 'who may begin it is given the signature');
  assert.equal((await auctionAt(house, undefined, id)).signature, undefined);

  await bid(house, bob, { auction: offered, amount: 5_000n });
  await house.mined();
  const begun = await auctionAt(house, bob, id);
  assert.deepEqual(
    [begun.state, begun['bestFen'], begun['nextFen'], begun['standing']],
    ['running', '5000', '5250', 'leads'],
  );
  await booksAgree(house);

  // Not final yet: the chain takes the second bid back, and the page with it; mined again, it is there again.
  const head = async () => Number(BigInt(String(await house.rpc('eth_blockNumber'))));
  const before = await head();
  await bid(house, cee, { auction: await auctionAt(house, cee, id), amount: 5_250n });
  await house.settle();
  await follow(followDeps(deps), house.clock.now());
  assert.equal((await auctionAt(house, cee, id))['bestFen'], '5250', 'read before it is final');
  await house.rpc('anvil_reorg', (await head()) - before, []);
  await follow(followDeps(deps), house.clock.now());
  assert.equal((await auctionAt(house, cee, id))['bestFen'], '5000', 'and taken back');
  await house.mined();
  const outbid = await auctionAt(house, bob, id);
  assert.deepEqual([outbid['bestFen'], outbid['standing']], ['5250', 'outbid']);
  assert.equal(await balanceOf(house, bob), 100_000n, 'the money came back by itself');

  await house.forward(HOUR + 2 * MINUTE);
  await house.mined();
  const sold = await auctionAt(house, cee, id);
  assert.deepEqual([sold.state, sold['soldFen'], sold['standing']], ['sold', '5250', 'won']);
  assert.equal(await balanceOf(house, ann), 100_000n + 5_250n - 131n, 'price less 2.5 %');
  const held = await house.http(cee, 'GET', `/v1/exchange/tokens/${token.id}`);
  assert.deepEqual([held.body['mine'], held.body['auctionId']], [true, undefined]);
  await booksAgree(house);
  const mine = await house.http(bob, 'GET', '/v1/exchange/my/auctions');
  assert.deepEqual(
    mine.body.items.map((one) => [one.id, one['standing']]),
    [[id, 'lost']],
  );
  await oneWayAtATime(house, cee, held.body);
});

/** Listed or in an auction: whoever comes second is refused, also when both come at once. */
async function oneWayAtATime(house: ChainHouse, as: Holder, token: Common): Promise<void> {
  const body = await englishBody(house, as, token);
  const offer = await house.listed(as, token);
  const second = await house.http(as, 'POST', ENGLISH, body);
  assert.deepEqual([second.status, second.body.code], [409, 'already_on_offer']);
  await house.http(as, 'POST', `/v1/exchange/listings/${offer.id}/cancel`, {});
  const id = await putUp(house, as, token, 5_500n);
  await assert.rejects(house.listed(as, token), /already_on_offer/);
  const stranger = await house.holder();
  const cancel = `/v1/exchange/auctions/${id}/cancel`;
  assert.equal((await house.http(stranger, 'POST', cancel, {})).status, 404);
  assert.equal((await house.http(as, 'POST', cancel, {})).body.state, 'cancelled');
  for (const round of [1n, 2n, 3n]) {
    const price = 6_000n + round;
    const ready = await englishBody(house, as, token, price);
    const raced = await Promise.allSettled([
      house.listed(as, token, String(price)),
      house.http(as, 'POST', ENGLISH, ready).then(({ status }) => assert.equal(status, 201)),
    ]);
    const had = raced.filter(({ status }) => status === 'fulfilled').length;
    assert.equal(had, 1, `round ${round}: ${had} have it`);
    const now = (await house.http(as, 'GET', `/v1/exchange/tokens/${token.id}`)).body;
    const { listing } = now as { listing?: { id: string } };
    const path = listing ? `listings/${listing.id}` : `auctions/${String(now['auctionId'])}`;
    await house.http(as, 'POST', `/v1/exchange/${path}/cancel`, {});
  }
  const last = await putUp(house, as, token, 9_000n);
  await house.forward(DAY + 2 * MINUTE);
  await house.settle();
  assert.equal((await auctionAt(house, undefined, last)).state, 'lapsed', 'nobody came');
}
