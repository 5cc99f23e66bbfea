// Goal: one card, one promise: whichever two of market, buyback, token, assignment and lot are given the same card at once, one
//   of them has it; and of a purchase, an accepted bid and a swap of the same card on the chain, one is settled.
// Method: the whole house with a real anvil; each pair of ways raced over the API, the lot by its file and the import's job; who
//   has it counted from the answers, and from the vault's live fingerprints.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import type { Common } from '#test/house.ts';
import { company, csvOf, newLot, upload } from '#test/lots.ts';
import { marketIn } from '#test/market.ts';
import { accepting, bidding, swapCall, swapping } from '#test/offers.ts';
import type { MadeCard } from '../../simulators/issuer/index.ts';

const SKU = 'weihe-gift';

test('any two ways raced with one card: one has it', async (t) => {
  const house = await openChainHouse(t);
  const m = marketIn(house);
  const holder = await house.holder();
  const shop = await company(house);
  const secretOf = ({ number, pin }: MadeCard) => ({ number, ...(pin !== undefined && { pin }) });
  /** Made ready first, so that the race itself is one call. */
  type Way = (card: MadeCard) => Promise<() => Promise<boolean>>;
  const posts = (path: string, body: object) => async (): Promise<boolean> => {
    const { status, text } = await house.http(holder, 'POST', path, body);
    assert(status < 300 || status === 409, text);
    return status < 300;
  };
  const ways: Readonly<Record<string, Way>> = {
    market: async (card) => {
      const { id } = await m.act(holder, 'listings', '', await m.body(SKU));
      return async () =>
        (await m.act(holder, 'listings/:id/card', id, secretOf(card))).status < 300;
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
    lot: async (card) => {
      const lotId = await newLot(house, shop, { rows: 1 });
      return async () => {
        await upload(house, shop, lotId, csvOf([card]));
        await house.settle();
        const { rows } = await house.pool.query(
          'select 1 from lots.row where lot_id = $1 and card_id is not null',
          [lotId],
        );
        return rows.length > 0;
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
} satisfies Record<string, OnChainWay>;

/** Two of purchase, accepted bid and swap at once: the house sends one of them, and the card is with whom it was sent for. */
async function raceOnChain(house: ChainHouse): Promise<void> {
  const [owner, other] = [await house.holder(), await house.holder()];
  const pairs = [
    ['buy', 'bid'],
    ['buy', 'swap'],
    ['bid', 'swap'],
  ] as const;
  for (const pair of pairs) {
    const token = await house.tokenised(owner);
    const against = await house.tokenised(other);
    const made = await Promise.all(
      pair.map((way) => onChainWays[way](house, { owner, other, token, against })),
    );
    await house.mined();
    const goes = [];
    for (const make of made) goes.push(await make());
    const said = await Promise.all(goes.map((go) => go()));
    assert.deepEqual(
      said.map(({ status }) => status).sort(),
      [200, 409],
      `${pair.join(' against ')}`,
    );
    await house.mined();
    const { rows } = await house.pool.query<{ done: bigint }>(
      `select (select count(*) from exchange.signed_order where token_id = $1 and state = 'filled')
            + (select count(*) from exchange.bid where token_id = $1 and state = 'filled')
            + (select count(*) from exchange.swap where $1 in (give_id, want_id) and state = 'swapped')
         as done`,
      [token['tokenId']],
    );
    assert.equal(rows[0]?.done, 1n, `${pair.join(' against ')}: settled once`);
  }
}
