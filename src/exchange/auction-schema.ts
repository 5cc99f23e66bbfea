/** Shapes of the requests and answers about auctions on the chain. */
import { Type } from 'typebox';
import { AmountText, BalanceText, Body, Id, Instant } from '#platform/schema';
import { DURATION_S_MAX, DURATION_S_MIN } from './auction-terms.ts';
import { AddressText, SignatureText, TokenView, Word } from './schema.ts';

const Seconds = Type.Integer({ minimum: 1, maximum: 4_000_000_000, description: 'Unix seconds' });
const Whole = Type.String({ pattern: '^(0|[1-9][0-9]{0,77})$', description: 'A whole number' });

const Signed = { walletId: Id, tokenId: Word, nonce: Whole, signature: SignatureText };
export const EnglishBody = Body({
  ...Signed,
  reserveFen: AmountText,
  durationS: Type.Integer({ minimum: DURATION_S_MIN, maximum: DURATION_S_MAX }),
  deadline: Seconds,
});
export const DutchBody = Body({
  ...{ ...Signed, startFen: AmountText, endFen: AmountText },
  ...{ startsAt: Seconds, endsAt: Seconds },
});
export const SealedBody = Body({
  ...{ ...Signed, reserveFen: AmountText, bondFen: AmountText },
  ...{ commitUntil: Seconds, revealUntil: Seconds, secondPrice: Type.Boolean() },
});

export const ChainAuctionView = Type.Object({
  id: Id,
  kind: Type.Enum(['english', 'dutch', 'sealed']),
  state: Type.String(),
  token: TokenView,
  seller: AddressText,
  nonce: Type.String(),
  mine: Type.Boolean(),
  /** The reserve; of a falling price, where it starts. */
  startFen: AmountText,
  /** The message that the seller's wallet signed, numbers as text. */
  terms: Type.Record(Type.String(), Type.String()),
  /** The seller's signature, for who may begin or take it: signed in, and not the seller. */
  signature: Type.Optional(SignatureText),
  /** Until then it can begin. */
  deadline: Instant,
  /** As the newest block says: bids not yet final are among them. */
  bids: Type.Array(
    Type.Object({
      bidder: AddressText,
      /** Undefined while the bid is sealed. */
      amountFen: Type.Optional(BalanceText),
      commitment: Type.Optional(Word),
      /** Never opened: a fifth of the bond is the seller's. */
      forfeited: Type.Optional(Type.Boolean()),
      at: Instant,
      mine: Type.Boolean(),
    }),
  ),
  bestFen: Type.Optional(AmountText),
  /** The least that the next bid must be. */
  nextFen: Type.Optional(AmountText),
  endsAt: Type.Optional(Instant),
  /** Later than this no bid can move the end. */
  endsAtMost: Type.Optional(Instant),
  /** How one of the viewer's wallets stands in it. */
  standing: Type.Optional(Type.Enum(['sealed', 'leads', 'outbid', 'won', 'lost'])),
  soldFen: Type.Optional(AmountText),
  buyer: Type.Optional(AddressText),
  reason: Type.Optional(Type.String()),
  /** Taken down, and begun by somebody all the same, with a copy of the signature. */
  begunAs: Type.Optional(Id),
});
export const ChainAuctionList = Type.Object({ items: Type.Array(ChainAuctionView) });
