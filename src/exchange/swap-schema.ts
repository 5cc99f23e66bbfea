/** Shapes of swaps, card for card. */
import { Type } from 'typebox';
import { BalanceText, Body, Id, Instant } from '#platform/schema';
import { PermitBody } from './delivery-schema.ts';
import { AddressText, RawBody, SignatureText, TokenView } from './schema.ts';

export const SwapBody = Body({
  walletId: Id,
  give: Id,
  want: Id,
  topUpFen: BalanceText,
  makerPays: Type.Boolean(),
  deadline: Type.Integer({ minimum: 1, maximum: 4_000_000_000, description: 'Unix seconds' }),
  epoch: Type.String({ pattern: '^(0|[1-9][0-9]{0,9})$', description: 'A whole number' }),
  signature: SignatureText,
  permit: Type.Optional(PermitBody),
});
export const AcceptSwapBody = RawBody;

export const SwapView = Type.Object({
  id: Id,
  role: Type.Enum(['maker', 'taker']),
  state: Type.String(),
  /** The maker's card, and the one it is offered for. */
  give: TokenView,
  want: TokenView,
  topUpFen: BalanceText,
  makerPays: Type.Boolean(),
  /** The house's part of the top-up, which whoever gets it pays. */
  feeFen: BalanceText,
  maker: AddressText,
  taker: AddressText,
  nonce: Type.String(),
  epoch: Type.String(),
  deadline: Instant,
  /** The contract would take it from its maker now. */
  funded: Type.Boolean(),
  /** For the one who may bring it to the contract, while it stands. */
  signature: Type.Optional(SignatureText),
  reason: Type.Optional(Type.String()),
  at: Instant,
});
export const SwapPage = Type.Object({
  items: Type.Array(SwapView),
  next: Type.Optional(Type.String()),
});
