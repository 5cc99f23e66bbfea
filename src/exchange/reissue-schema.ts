/** Shapes of what the console sees of sales by re-issue. */
import { Type } from 'typebox';
import { AmountText, Id, Instant } from '#platform/schema';

export const ReissueDeskView = Type.Object({
  id: Id,
  state: Type.String(),
  product: Type.Object({ zh: Type.String(), en: Type.String() }),
  last4: Type.String(),
  priceFen: AmountText,
  /** From then on the price goes back. */
  until: Instant,
  reason: Type.Optional(Type.String()),
  at: Instant,
});
export const ReissueDeskList = Type.Object({ items: Type.Array(ReissueDeskView) });
