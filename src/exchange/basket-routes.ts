/** The route by which a buyer's page learns what of a basket can be had now, and what its transaction needs. */
import { Type } from 'typebox';
import { type App, Body, callerOf, Id, Problem } from '#platform';
import { AmountText, BalanceText } from '#platform/schema';
import { fillBasket } from './basket.ts';
import { secondsOf } from './bid.ts';
import type { ChainDeps } from './deps.ts';
import { SignatureText, Word } from './schema.ts';

const no = { '4xx': Problem };
/** What one transaction carries with room to spare. */
const CARDS_MAX = 5;

const BasketBody = Body({
  walletId: Id,
  listings: Type.Array(Id, { minItems: 1, maxItems: CARDS_MAX, uniqueItems: true }),
});
const BasketView = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Id,
      tokenId: Word,
      priceFen: AmountText,
      nonce: Type.String(),
      deadline: Type.Integer(),
      signature: SignatureText,
    }),
  ),
  /** Sold, withdrawn or being settled meanwhile. */
  gone: Type.Array(Id),
  totalFen: BalanceText,
});

export function basketRoutes(app: App, deps: ChainDeps): void {
  app.post(
    '/v1/exchange/basket',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags: ['exchange'], summary: 'What of several offers can be had now, all at once.' },
        ...{ body: BasketBody, response: { 200: BasketView, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { walletId, listings: ids } = request.body;
      const { ready, gone } = await fillBasket(deps, {
        ...{ userId, walletId, ids, at: deps.clock.now() },
      });
      const items = ready.map((one) => ({
        ...{ id: one.id, tokenId: one.token_id, priceFen: String(one.price_fen) },
        ...{ nonce: String(one.nonce), deadline: secondsOf(one.deadline) },
        signature: one.signature,
      }));
      const total = ready.reduce((sum, one) => sum + one.price_fen, 0n);
      return { items, gone: [...gone], totalFen: String(total) };
    },
  );
}
