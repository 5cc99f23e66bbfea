/** Shapes and messages of auctions on the chain, and the sums that contract, house and page must agree on. */
import { Type } from 'typebox';
import type { Hex } from 'viem';
import { AmountText, BalanceText, Body, Id, Instant } from '#platform/schema';
import { AddressText, BY_VAULT, FEE_BPS, SignatureText, TokenView, Word } from './schema.ts';

const Seconds = Type.Integer({ minimum: 1, maximum: 4_000_000_000, description: 'Unix seconds' });
const Whole = Type.String({ pattern: '^(0|[1-9][0-9]{0,77})$', description: 'A whole number' });

// ------------------------------------------------------------------ the contract's rules (ExchangeBase)

const BPS = 10_000n;
const STEP_BPS = 500n;
export const DURATION_S_MIN = 900;
export const DURATION_S_MAX = 14 * 86_400;
/** All extensions of an English auction together. */
export const EXTENSION_S_MAX = 7_200;
export const WINDOW_S_MIN = 3_600;
export const WINDOW_S_MAX = 14 * 86_400;

/** The least that the next bid must be: 5 % above the last, rounded up. */
export const nextBid = (bestFen: bigint): bigint => bestFen + (bestFen * STEP_BPS + BPS - 1n) / BPS;

// ------------------------------------------------------------------ messages

interface OfCard {
  readonly tokenId: Hex;
  readonly nonce: bigint;
}
const shares = { feeBps: FEE_BPS, charityBps: 0, charityId: 0, delivery: BY_VAULT } as const;

export interface EnglishTerms {
  readonly reserveFen: bigint;
  readonly durationS: number;
  readonly deadline: number;
}
export const englishMessage = (of: OfCard & EnglishTerms) =>
  ({
    ...{ cardId: BigInt(of.tokenId), reserve: of.reserveFen, duration: of.durationS },
    ...{ ...shares, deadline: of.deadline, nonce: Number(of.nonce) },
  }) as const;

// ------------------------------------------------------------------ requests and answers

const Signed = { walletId: Id, tokenId: Word, nonce: Whole, signature: SignatureText };
export const EnglishBody = Body({
  ...Signed,
  reserveFen: AmountText,
  durationS: Type.Integer({ minimum: DURATION_S_MIN, maximum: DURATION_S_MAX }),
  deadline: Seconds,
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
      amountFen: Type.Optional(BalanceText),
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
  /** One of the viewer's wallets leads, was outbid, or has it. */
  standing: Type.Optional(Type.Enum(['leads', 'outbid', 'won', 'lost'])),
  soldFen: Type.Optional(AmountText),
  buyer: Type.Optional(AddressText),
  reason: Type.Optional(Type.String()),
});
export const ChainAuctionList = Type.Object({ items: Type.Array(ChainAuctionView) });
