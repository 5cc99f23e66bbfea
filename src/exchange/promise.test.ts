// Goal: one card, one promise: whichever two of market, buyback, auction, token, assignment and lot are given the same card at
//   once, one of them has it; and of a purchase, an accepted bid, a swap and an auction of the same card on the chain, one is settled,
//   and no two are sent by the house.
// Method: the whole house with a real anvil; each pair of ways raced over the API, the lot by its file and the import's job; who
//   has it counted from the answers, and from the vault's live fingerprints; why the other has it not, by its refusal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, plus } from '#platform';
import { type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import {
  auctionAt,
  bid,
  dutchBody,
  englishBody,
  sealedBody,
  takeFalling,
} from '#test/exchange-auctions.ts';
import type { Common } from '#test/house.ts';
import { company, csvOf, newLot, upload } from '#test/lots.ts';
import { marketIn } from '#test/market.ts';
import { accepting, bidding, swapCall, swapping } from '#test/offers.ts';
import type { MadeCard } from '../../simulators/issuer/index.ts';

const SKU = 'weihe-gift';
/** By the vault's fingerprint, or by the one live promise of the card. */
const TAKEN = new Set(['card_already_here', 'card_encumbered']);

test('any two ways raced with one card: one has it', async (t) => {
  const house = await openChainHouse(t);
  const m = marketIn(house);
  const holder = await house.holder();
  const shop = await company(house);
  const secretOf = ({ number, pin }: MadeCard) => ({ number, ...(pin !== undefined && { pin }) });
  /** Made ready first, so that the race itself is one call. */
  type Way = (card: MadeCard) => Promise<() => Promise<boolean>>;
  /** Whoever comes second has come as far as the promise, and no earlier refusal has spared it the race. */
  const isMine = ({ status, code }: { status: number; code?: unknown }): boolean => {
    assert(status < 300 || TAKEN.has(String(code)), `${status} ${code}`);
    return status < 300;
  };
  const posts = (path: string, body: object) => async (): Promise<boolean> => {
    const { status, body: said } = await house.http(holder, 'POST', path, body);
    return isMine({ status, code: said.code });
  };
  const ways: Readonly<Record<string, Way>> = {
    market: async (card) => {
      const { id } = await m.act(holder, 'listings', '', await m.body(SKU));
      return async () => isMine(await m.act(holder, 'listings/:id/card', id, secretOf(card)));
    },
    buyback: async (card) => {
      const { sku, faceFen } = card;
      const { quoteId, signature } = (
        await house.http(holder, 'POST', '/v1/quotes', { sku, faceFen })
      ).body;
      const { id } = (await house.http(holder, 'POST', '/v1/orders', { quoteId, signature })).body;
      return posts(`/v1/orders/${id}/card`, secretOf(card));
    },
    token: async (card) => {
      const { sku, faceFen } = card;
      const body = { walletId: holder.walletId, sku, faceFen, ...secretOf(card) };
      return posts('/v1/exchange/tokens', body);
    },
    assignment: async (card) => {
      const { sku, faceFen } = card;
      const body = { sku, faceFen, priceFen: '9000', ...secretOf(card) };
      return posts('/v1/exchange/assignments', body);
    },
    auction: async (card) => {
      const { sku, faceFen } = card;
      const [opensAt, closesAt] = [MINUTE, 2 * HOUR].map((ms) => plus(house.clock.now(), ms));
      const terms = { kind: 'english', reserveFen: '6000', opensAt, closesAt };
      return posts('/v1/auctions', { sku, faceFen, ...terms, ...secretOf(card) });
    },
    lot: async (card) => {
      const lotId = await newLot(house, shop, { rows: 2 });
      return async () => {
        // Another card makes it another file: the same one is refused before its cards are looked at.
        await upload(house, shop, lotId, csvOf([card, house.card(SKU)]));
        await house.settle();
        const { rows } = await house.pool.query(
          'select card_id, fault from lots.row where lot_id = $1 order by no limit 1',
          [lotId],
        );
        const [row] = rows;
        assert(row?.fault === null || row?.fault === 'already_here', `${row?.fault}`);
        return row.card_id !== null;
      };
    },
  };
  const names = Object.keys(ways);
  for (const [place, one] of names.entries())
    for (const other of names.slice(place)) {
      const card = house.card(SKU);
      const made = await Promise.all([one, other].map((name) => ways[name]?.(card)));
      const got = await Promise.all(made.map((go) => go?.()));
      const had = got.filter(Boolean).length;
      assert.equal(had, 1, `${one} against ${other}: ${had} have it`);
      await house.settle();
    }
  await raceOnChain(house);
  const { rows } = await house.pool.query<{ live: bigint }>(
    `select count(*) as live from cards.encumbrance where ended_at is null group by card_id
     having count(*) > 1`,
  );
  assert.deepEqual(rows, []);
});

interface Sides {
  readonly owner: Holder;
  readonly other: Holder;
  readonly third: Holder;
  readonly token: Common;
  readonly against: Common;
}
/** Offered first, then signed, so that the race itself is one call. */
type OnChainWay = (house: ChainHouse, sides: Sides) => Promise<() => Promise<() => Promise<Sent>>>;
type Sent = { readonly status: number };

const onChainWays = {
  buy: async (house, { owner, other, token }) => {
    const order = await house.listed(owner, token);
    const path = `/v1/exchange/listings/${order.id}/buy`;
    return async () => {
      const body = await house.buying(other, order);
      return async () => await house.http(other, 'POST', path, body);
    };
  },
  bid: async (house, { owner, other, token }) => {
    const path = `/v1/exchange/tokens/${token.id}/bids`;
    const body = await bidding(house, other, { token, priceFen: '8000' });
    const bid = (await house.http(other, 'POST', path, body)).body;
    return async () => {
      const sale = await accepting(house, owner, bid);
      return async () =>
        await house.http(owner, 'POST', `/v1/exchange/bids/${bid.id}/accept`, sale);
    };
  },
  swap: async (house, { owner, other, token, against }) => {
    const of = { give: against, want: token, topUpFen: '0', makerPays: false };
    const body = await swapping(house, other, of);
    const { id } = (await house.http(other, 'POST', '/v1/exchange/swaps', body)).body;
    const path = `/v1/exchange/swaps/${id}`;
    return async () => {
      const swap = (await house.http(owner, 'GET', path)).body;
      const raw = await house.raw(owner, await swapCall(house, owner, { swap }));
      const sent = { walletId: owner.walletId, raw };
      return async () => await house.http(owner, 'POST', `${path}/accept`, sent);
    };
  },
  sealed:
    async (house, { owner, token }) =>
    async () => {
      const body = await sealedBody(house, owner, token);
      return async () => await house.http(owner, 'POST', '/v1/exchange/auctions/sealed', body);
    },
  english: async (house, { owner, third, token }) => {
    const body = await englishBody(house, owner, token);
    const { id } = (await house.http(owner, 'POST', '/v1/exchange/auctions/english', body)).body;
    return async () => {
      const auction = await auctionAt(house, third, id);
      return async () => await bid(house, third, { auction, amount: 6_000n }).then(passedOn);
    };
  },
  dutch: async (house, { owner, third, token }) => {
    const body = await dutchBody(house, owner, token);
    const { id } = (await house.http(owner, 'POST', '/v1/exchange/auctions/dutch', body)).body;
    return async () => {
      const auction = await auctionAt(house, third, id);
      return async () =>
        await takeFalling(house, third, { auction, maxFen: 9_000n }).then(passedOn);
    };
  },
} satisfies Record<string, OnChainWay>;
/** The wallet's own transaction: that the house took it is asserted where it is sent. */
const passedOn = (): Sent => ({ status: 200 });

/** Two of purchase, accepted bid, swap and auction at once: one is settled, and the house sends one. */
async function raceOnChain(house: ChainHouse): Promise<void> {
  const [owner, other, third] = [await house.holder(), await house.holder(), await house.holder()];
  // A listing and an auction of one card exclude each other before either is taken: `auction.test.ts` races those.
  const pairs = [
    ['buy', 'bid'],
    ['buy', 'swap'],
    ['bid', 'swap'],
    ['bid', 'sealed'],
    ['swap', 'sealed'],
    ['bid', 'english'],
    ['swap', 'english'],
    ['bid', 'dutch'],
    ['swap', 'dutch'],
  ] as const;
  for (const pair of pairs) {
    const what = pair.join(' against ');
    const token = await house.tokenised(owner);
    const against = await house.tokenised(other);
    const sides = { owner, other, third, token, against };
    const made = await Promise.all(pair.map((way) => onChainWays[way](house, sides)));
    await house.mined();
    const goes = [];
    for (const make of made) goes.push(await make());
    const said = (await Promise.all(goes.map((go) => go()))).map(({ status }) => status);
    // What a stranger's wallet sends is passed on whatever the house has sent: the contract takes one of the two.
    const byWallet = pair.some((way) => way === 'english' || way === 'dutch');
    assert.equal(
      said.filter((status) => status < 300).length,
      byWallet ? 2 : 1,
      `${what}: ${said}`,
    );
    if (!byWallet) assert(said.includes(409), `${what}: ${said}`);
    await house.mined();
    const { rows } = await house.pool.query<{ done: bigint }>(
      `select (select count(*) from exchange.signed_order where token_id = $1 and state = 'filled')
            + (select count(*) from exchange.bid where token_id = $1 and state = 'filled')
            + (select count(*) from exchange.swap where $1 in (give_id, want_id) and state = 'swapped')
            + (select count(*) from exchange.auction where token_id = $1 and state in ('running', 'sold'))
         as done`,
      [token['tokenId']],
    );
    assert.equal(rows[0]?.done, 1n, `${what}: settled once`);
  }
}
