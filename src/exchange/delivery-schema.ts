/** Shapes of deliveries against payment (M2). */
import { Type } from 'typebox';
import { AmountText, BalanceText, Body, FenText, Id, Instant } from '#platform/schema';
import { AddressText, SignatureText, TokenView, Word } from './schema.ts';

export const PublicKeyText = Type.String({ pattern: '^0x04[0-9a-f]{128}$' });
const Whole = Type.String({ pattern: '^(0|[1-9][0-9]{0,9})$', description: 'A whole number' });
const Seconds = Type.Integer({ minimum: 1, maximum: 4_000_000_000, description: 'Unix seconds' });

export const PermitBody = Body({
  valueFen: AmountText,
  deadline: Seconds,
  signature: SignatureText,
});
export const DeliveryBody = Body({
  walletId: Id,
  priceFen: AmountText,
  publicKey: PublicKeyText,
  deadline: Seconds,
  epoch: Whole,
  signature: SignatureText,
  permit: Type.Optional(PermitBody),
});

export const SealedView = Type.Object({
  x: Type.String(),
  v: Type.Integer(),
  c: Type.Array(Word, { minItems: 3, maxItems: 3 }),
});
export const DeliveryView = Type.Object({
  id: Id,
  role: Type.Enum(['seller', 'buyer']),
  state: Type.String(),
  token: TokenView,
  priceFen: AmountText,
  feeFen: BalanceText,
  /** What the seller's purse must have: price + 10 %, rounded up. The buyer gets it for a wrong delivery. */
  bondFen: FenText,
  seller: AddressText,
  buyer: AddressText,
  publicKey: PublicKeyText,
  session: AddressText,
  secretCommit: Word,
  nonce: Type.String(),
  epoch: Type.String(),
  deadline: Type.Integer(),
  signature: SignatureText,
  until: Type.Optional(Type.Integer()),
  sealed: Type.Optional(SealedView),
  at: Instant,
});
export const DeliveryPage = Type.Object({
  items: Type.Array(DeliveryView),
  next: Type.Optional(Type.String()),
});
export const SaltView = Type.Object({ salt: Word });
