// Goal: one card, one promise: whichever two of market, buyback, token, assignment and lot are given the same card at once, one
//   of them has it.
// Method: the whole house with a real anvil; each pair of ways raced over the API, the lot by its file and the import's job; who
//   has it counted from the answers, and from the vault's live fingerprints.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openChainHouse } from '#test/chain.ts';
import { company, csvOf, newLot, upload } from '#test/lots.ts';
import { marketIn } from '#test/market.ts';
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
  const { rows } = await house.pool.query<{ live: bigint }>(
    `select count(*) as live from cards.encumbrance where ended_at is null group by card_id
     having count(*) > 1`,
  );
  assert.deepEqual(rows, []);
});
