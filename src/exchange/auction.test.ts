// Goal: an auction on the chain goes from signed terms to the highest bidder: who is outbid has the money back, the house
//   settles when the end has come, nobody is asked for it; a card is offered in one way at a time.
// Method: the whole house with a real anvil; wallets send what their pages would; contract, mirror and ledger compared, a
//   reorganisation included.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE } from '#platform';
import { type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import {
  auctionAt,
  bid,
  commit,
  dutchBody,
  englishBody,
  reveal,
  sealedBody,
  takeFalling,
} from '#test/exchange-auctions.ts';
import type { Common } from '#test/house.ts';
import { dutchPrice } from './auction-terms.ts';
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

async function walletOf(house: ChainHouse, as: Holder) {
  const [wallet] = (await house.http(as, 'GET', '/v1/exchange/wallets')).body.items;
  const fenIn = (name: string): bigint => BigInt(String(wallet?.[name]));
  return {
    balance: fenIn('balanceFen'),
    free: fenIn('purseFreeFen'),
    locked: fenIn('purseLockedFen'),
  };
}
const balanceOf = async (house: ChainHouse, as: Holder): Promise<bigint> =>
  (await walletOf(house, as)).balance;

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

test('taken down and begun with a copy of the signature: followed, settled, and told on its page', async (t) => {
  const house = await openChainHouse(t);
  const [ann, bob, cee] = [await house.holder(), await house.holder(), await house.holder()];
  const token = await house.tokenised(ann);
  const id = await putUp(house, ann, token);
  const copied = await auctionAt(house, bob, id);
  const cancel = async (as: Holder, which: string) =>
    assert.equal(
      (await house.http(as, 'POST', `/v1/exchange/auctions/${which}/cancel`, {})).status,
      200,
    );
  await cancel(ann, id);
  const other = await putUp(house, ann, token, 7_000n);
  await bid(house, bob, { auction: copied, amount: 5_000n });
  await house.mined();
  const told = await auctionAt(house, ann, id);
  assert.equal(told.state, 'cancelled');
  const again = String(told['begunAs']);
  const now = await auctionAt(house, bob, again);
  assert.deepEqual([now.state, now['bestFen'], now['standing']], ['running', '5000', 'leads']);
  assert.equal((await auctionAt(house, ann, other)).state, 'void', 'what can never begin any more');
  await bid(house, cee, { auction: now, amount: 5_250n });
  await house.mined();
  await house.forward(HOUR + 2 * MINUTE);
  await house.mined();
  const sold = await auctionAt(house, cee, again);
  assert.deepEqual([sold.state, sold['soldFen'], sold['standing']], ['sold', '5250', 'won']);
  assert.equal(await balanceOf(house, ann), 100_000n + 5_250n - 131n);

  const held = await house.http(cee, 'GET', `/v1/exchange/tokens/${token.id}`);
  const body = await dutchBody(house, cee, held.body);
  const falling = await house.http(cee, 'POST', '/v1/exchange/auctions/dutch', body);
  const auction = await auctionAt(house, bob, falling.body.id);
  await cancel(cee, falling.body.id);
  await house.forward(HOUR);
  await takeFalling(house, bob, { auction, maxFen: 7_000n });
  await house.mined();
  const over = await auctionAt(
    house,
    bob,
    String((await auctionAt(house, bob, auction.id))['begunAs']),
  );
  assert.deepEqual([over.state, over['standing']], ['sold', 'won']);
  await booksAgree(house);
});

test('a falling price: taken at the price of its second, and not for more', async (t) => {
  const house = await openChainHouse(t);
  const [ann, bob] = [await house.holder(), await house.holder()];
  const token = await house.tokenised(ann);
  const path = '/v1/exchange/auctions/dutch';
  const wrong = { ...(await dutchBody(house, ann, token)), endFen: '9001' };
  assert.equal((await house.http(ann, 'POST', path, wrong)).body.code, 'auction_terms');
  const made = await house.http(ann, 'POST', path, await dutchBody(house, ann, token));
  assert.equal(made.status, 201, made.text);
  const { id } = made.body;
  await house.forward(HOUR);
  const auction = await auctionAt(house, bob, id);
  await takeFalling(house, bob, { auction, maxFen: 6_900n });
  await house.mined();
  assert.equal((await auctionAt(house, bob, id)).state, 'offered', 'the contract would not');
  await takeFalling(house, bob, { auction, maxFen: 7_000n });
  await house.mined();
  const sold = await auctionAt(house, bob, id);
  assert.deepEqual([sold.state, sold['standing']], ['sold', 'won']);
  const { priceFen, at } = await saleOf(house);
  const terms = { startFen: 9_000n, endFen: 5_000n, ...secondsIn(sold.terms) };
  assert.equal(priceFen, dutchPrice(terms, Math.floor(at.getTime() / 1000)), 'to the fen');
  assert.equal(BigInt(String(sold['soldFen'])), priceFen);
  assert(priceFen <= 7_000n && priceFen > 6_950n, String(priceFen));
  await booksAgree(house);
});

const secondsIn = ({ startsAt, endsAt }: Record<string, string>) => ({
  ...{ startsAt: Number(startsAt), endsAt: Number(endsAt) },
});

async function saleOf(house: ChainHouse): Promise<{ priceFen: bigint; at: Date }> {
  const { rows } = await house.pool.query<{ price_fen: bigint; at: Date }>(
    `select s.price_fen, b.at from exchange.sale s join exchange.block b on b.number = s.block`,
  );
  const [row] = rows;
  assert(row);
  return { priceFen: BigInt(row.price_fen), at: row.at };
}

test('sealed: second price, money of the losers free, a bond of who never opened cut', async (t) => {
  const house = await openChainHouse(t);
  const [ann, bob, cee] = [await house.holder(), await house.holder(), await house.holder()];
  const dan = await house.holder();
  const token = await house.tokenised(ann);
  const path = '/v1/exchange/auctions/sealed';
  const body = await sealedBody(house, ann, token);
  const short = { ...body, revealUntil: body.commitUntil + 60 };
  assert.equal((await house.http(ann, 'POST', path, short)).body.code, 'auction_terms');
  const made = await house.http(ann, 'POST', path, body);
  assert.equal(made.status, 201, made.text);
  const { id } = made.body;
  await house.mined();
  const open = await auctionAt(house, bob, id);
  assert.equal(open.state, 'running', 'the house opens it');
  const cancel = await house.http(ann, 'POST', `/v1/exchange/auctions/${id}/cancel`, {});
  assert.equal(cancel.status, 409);
  await commit(house, bob, { auction: open, amountFen: 8_000n });
  await commit(house, cee, { auction: open, amountFen: 7_000n });
  await commit(house, dan, { auction: open, amountFen: 9_000n });
  await house.mined();
  const sealed = await auctionAt(house, bob, id);
  assert.deepEqual(
    sealed.bids.map(({ amountFen }) => amountFen),
    [undefined, undefined, undefined],
  );
  assert.equal(sealed['standing'], 'sealed');
  assert.equal((await walletOf(house, bob)).locked, 1_000n);
  await house.forward(2 * HOUR + MINUTE);
  await reveal(house, cee, { auction: open, amountFen: 7_000n });
  await house.mined();
  await reveal(house, bob, { auction: open, amountFen: 8_000n });
  await house.mined();
  assert.equal((await auctionAt(house, bob, id))['standing'], 'leads');
  assert.equal((await auctionAt(house, cee, id))['standing'], 'outbid');
  await booksAgree(house);

  await house.forward(2 * HOUR + 2 * MINUTE);
  await house.mined();
  const over = await auctionAt(house, bob, id);
  assert.deepEqual([over.state, over['soldFen'], over['standing']], ['sold', '7000', 'won']);
  const ofDan = over.bids.find(({ bidder }) => bidder === dan.account.address.toLowerCase());
  assert.equal(ofDan?.forfeited, true);
  const purses = await Promise.all([ann, bob, cee, dan].map((one) => walletOf(house, one)));
  assert.deepEqual(
    purses.map(({ free, locked }) => [free, locked]),
    [
      [200n, 0n],
      [1_000n, 0n],
      [7_000n, 0n],
      [800n, 0n],
    ],
    'a fifth of the bond to the seller, the rest of everybody free',
  );
  await booksAgree(house);
});
