/** Shapes of what the console sees of stopped cards. */
import { Type } from 'typebox';
import { AmountText, Body, Id, Instant } from '#platform/schema';
import { AddressText, Word } from './schema.ts';

export const ThawBody = Body({ reason: Type.String({ minLength: 10, maxLength: 400 }) });

const CaseView = Type.Object({
  id: Id,
  kind: Type.Enum(['freeze', 'thaw', 'hand_over']),
  reason: Type.String(),
  /** As the chain's own events name it. */
  caseHash: Word,
  state: Type.String(),
  openedAt: Instant,
});
export const FrozenCardView = Type.Object({
  id: Id,
  product: Type.Object({ zh: Type.String(), en: Type.String() }),
  faceFen: AmountText,
  last4: Type.String(),
  tokenId: Type.Optional(Word),
  owner: Type.Optional(AddressText),
  /** What the chain says of it: FROZEN once it is stopped there too. */
  holding: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  /** Newest first: why it was stopped and freed. */
  cases: Type.Array(CaseView),
});
