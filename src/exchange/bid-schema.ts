/** Shapes of bids on cards that somebody else holds. */
import { Type } from 'typebox';
import { AmountText, BalanceText, Body, Id, Instant } from '#platform/schema';
import { PermitBody } from './delivery-schema.ts';
import { AddressText, SignatureText, TokenView } from './schema.ts';

const Seconds = Type.Integer({ minimum: 1, maximum: 4_000_000_000, description: 'Unix seconds' });
const Whole = Type.String({ pattern: '^(0|[1-9][0-9]{0,9})$', description: 'A whole number' });

export const BidBody = Body({
  walletId: Id,
  priceFen: AmountText,
  deadline: Seconds,
  epoch: Whole,
  signature: SignatureText,
  permit: Type.Optional(PermitBody),
});
export const AcceptBody = Body({ walletId: Id, deadline: Seconds, signature: SignatureText });

export const BidView = Type.Object({
  id: Id,
  role: Type.Enum(['owner', 'bidder']),
  state: Type.String(),
  token: TokenView,
  priceFen: AmountText,
  /** The house's part, which the owner pays out of the price. */
  feeFen: BalanceText,
  owner: AddressText,
  bidder: AddressText,
  nonce: Type.String(),
  deadline: Instant,
  /** The contract could take the price from the bidder's wallet now. */
  funded: Type.Boolean(),
  reason: Type.Optional(Type.String()),
  at: Instant,
});
export const BidList = Type.Object({ items: Type.Array(BidView) });
export const BidPage = Type.Object({
  items: Type.Array(BidView),
  next: Type.Optional(Type.String()),
});
