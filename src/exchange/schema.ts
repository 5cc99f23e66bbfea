/** Shapes of the exchange's requests and answers, and the messages that wallets sign; the web reads them too. */
import { type Static, Type } from 'typebox';
import type { Address, Hex } from 'viem';
import { EXCHANGE_TYPES } from '#contracts/messages';
import { AmountText, BalanceText, Body, Day, FenText, Id, Instant } from '#platform/schema';
import { BY_REISSUE, BY_VAULT, FEE_BPS } from './fees.ts';

export * from './auction-terms.ts';
export { BY_REISSUE, FEE_BPS } from './fees.ts';

export const AddressText = Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' });
export const Word = Type.String({ pattern: '^0x[0-9a-f]{64}$' });
export const SignatureText = Type.String({ pattern: '^0x([0-9a-fA-F]{2}){64,65}$' });
const Whole = Type.String({ pattern: '^(0|[1-9][0-9]{0,77})$', description: 'A whole number' });

/** What wallets sign: the exchange's own messages, and the settlement money's permit (ERC-2612). */
export const MESSAGES = {
  ...EXCHANGE_TYPES,
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const;

/** What the house is, so that a page knows what to show and a wallet what it signs for. */
export const ExchangeView = Type.Object({
  profile: Type.Enum(['CN', 'SANDBOX', 'INTL']),
  features: Type.Array(Type.String()),
  chain: Type.Optional(
    Type.Object({
      id: Type.Integer(),
      exchange: AddressText,
      money: AddressText,
      moneyName: Type.String(),
      /** A chain of our own: it costs nothing, and test money is given away. */
      test: Type.Boolean(),
      /** The house's own key on the chain, which alone may bring an accepted bid to the contract. */
      relayer: AddressText,
      feeBps: Type.Integer(),
      approval: Type.Optional(Type.Object({ id: Type.String(), until: Day })),
      priceCapFen: Type.Optional(FenText),
    }),
  ),
});

export const ChallengeView = Type.Object({ nonce: Type.String(), expiresAt: Instant });
/** A wallet's signed word on who it is. Longer than any key's own signature, so that a contract's is refused by name. */
const proof = {
  message: Type.String({ minLength: 50, maxLength: 2_000 }),
  signature: Type.String({ pattern: '^0x([0-9a-fA-F]{2}){64,2048}$' }),
};
export const BindBody = Body({ ...proof, kind: Type.Enum(['injected', 'demo']) });
export const WalletSignInBody = Body(proof);
export const WalletView = Type.Object({
  id: Id,
  address: AddressText,
  kind: Type.Enum(['injected', 'demo']),
  boundAt: Instant,
  admittedUntil: Type.Optional(Instant),
  balanceFen: FenText,
  allowanceFen: FenText,
  nextNonce: Type.String(),
  permitNonce: Type.String(),
  /** What the exchange may still take from it by bids, deliveries and swaps that it signed; none of it is set aside. */
  promisedFen: FenText,
  /** What its next bid or swap has to name. */
  epoch: Type.String(),
  /** Its money in the contract: free to be taken out, and behind bonds and sealed bids. */
  purseFreeFen: FenText,
  purseLockedFen: FenText,
});
export const WalletList = Type.Object({ items: Type.Array(WalletView) });

export const TokeniseBody = Body({
  walletId: Id,
  sku: Type.String({ minLength: 1, maxLength: 60 }),
  faceFen: AmountText,
  expiresOn: Type.Optional(Day),
  number: Type.String({ minLength: 4, maxLength: 64 }),
  pin: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
});
export const TokenView = Type.Object({
  id: Id,
  state: Type.String(),
  tokenId: Type.Optional(Word),
  sku: Type.String(),
  product: Type.Object({ zh: Type.String(), en: Type.String() }),
  faceFen: AmountText,
  balanceFen: Type.Optional(BalanceText),
  expiresOn: Type.Optional(Day),
  last4: Type.String(),
  grade: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  owner: Type.Optional(AddressText),
  nonce: Type.Optional(Type.String()),
  holding: Type.Optional(Type.String()),
  /** The viewer holds it by one of the viewer's wallets. */
  mine: Type.Boolean(),
  /** The viewer may fetch the secret now. */
  canOpen: Type.Boolean(),
  listing: Type.Optional(Type.Object({ id: Id, priceFen: AmountText })),
  /** The auction that it is in, or that its owner has put up. */
  auctionId: Type.Optional(Id),
  /** The share id, while the card is split. */
  shareId: Type.Optional(Word),
  /** Who brought it holds it and still knows its secret: delivery by the seller (M2) is possible. */
  ownSecret: Type.Boolean(),
  /** Its issuer locks it no longer: to be burnt, fetched and used before then. For its owner alone. */
  lockEndsAt: Type.Optional(Instant),
  /** What number, PIN and salt were bound to when the card was attested. */
  secretCommit: Type.Optional(Word),
  /** Its issuer can give it a new PIN for its buyer: an offer with delivery `reissue` (M1) is possible. */
  reissuable: Type.Boolean(),
});
export type TokenViewOf = Static<typeof TokenView>;
export const TokenList = Type.Object({ items: Type.Array(TokenView) });
export const TokenPageView = Type.Object({
  items: Type.Array(TokenView),
  next: Type.Optional(Type.String()),
});
export const TokenSecret = Type.Object({
  number: Type.String(),
  pin: Type.Optional(Type.String()),
});

/** How a card that is sold at a fixed price comes to its buyer: M3 or M1. */
export const DELIVERIES = ['vault', 'reissue'] as const;
export type Delivery = (typeof DELIVERIES)[number];

export const ListBody = Body({
  walletId: Id,
  tokenId: Word,
  priceFen: AmountText,
  /** By the vault (M3) where it is left out; what the signature says. */
  delivery: Type.Optional(Type.Enum(DELIVERIES)),
  deadline: Type.Integer({ minimum: 1, maximum: 4_000_000_000, description: 'Unix seconds' }),
  nonce: Whole,
  signature: SignatureText,
});
/** How a sale by re-issue stands, for its two sides. */
export const ReissueView = Type.Object({
  id: Id,
  state: Type.String(),
  /** From then on the price goes back. */
  until: Instant,
  paidAt: Type.Optional(Instant),
  renewedAt: Type.Optional(Instant),
  /** When the money moved for good. */
  endedAt: Type.Optional(Instant),
  /** Why it goes back. */
  reason: Type.Optional(Type.String()),
});
export const ListingOnChainView = Type.Object({
  id: Id,
  state: Type.String(),
  delivery: Type.Enum(DELIVERIES),
  reissue: Type.Optional(ReissueView),
  token: TokenView,
  priceFen: AmountText,
  feeFen: BalanceText,
  seller: AddressText,
  nonce: Type.String(),
  deadline: Instant,
  mine: Type.Boolean(),
  /** The viewer is the one who took it. */
  taken: Type.Boolean(),
  reason: Type.Optional(Type.String()),
});
export const ListingOnChainPage = Type.Object({
  items: Type.Array(ListingOnChainView),
  next: Type.Optional(Type.String()),
});
export const BuyBody = Body({
  walletId: Id,
  deadline: Type.Integer({ minimum: 1, maximum: 4_000_000_000, description: 'Unix seconds' }),
  epoch: Whole,
  signature: SignatureText,
  permit: Type.Optional(
    Body({
      valueFen: AmountText,
      deadline: Type.Integer({ minimum: 1, maximum: 4_000_000_000 }),
      signature: SignatureText,
    }),
  ),
});
export const RawBody = Body({
  walletId: Id,
  raw: Type.String({ pattern: '^0x([0-9a-f]{2}){40,6000}$' }),
});
export const RelayView = Type.Object({
  id: Id,
  purpose: Type.String(),
  state: Type.String(),
  hash: Type.Optional(Type.String()),
  error: Type.Optional(Type.String()),
  at: Instant,
});
export const RelayList = Type.Object({
  items: Type.Array(RelayView),
  gasLeft: Type.String(),
});

export const ChainStatusView = Type.Object({
  head: Type.String(),
  read: Type.String(),
  final: Type.String(),
  lag: Type.Integer(),
  headAt: Type.Optional(Instant),
  readAt: Type.Optional(Instant),
  rollbacks: Type.String(),
  waiting: Type.Integer(),
});
export const ReconciliationView = Type.Object({
  id: Id,
  block: Type.String(),
  at: Instant,
  checked: Type.Integer(),
  findings: Type.Array(
    Type.Object({
      kind: Type.String(),
      subject: Type.String(),
      ledger: Type.Optional(Type.String()),
      chain: Type.Optional(Type.String()),
      custody: Type.Optional(Type.String()),
    }),
  ),
});
export const ReconciliationList = Type.Object({ items: Type.Array(ReconciliationView) });

export const ZERO: Address = '0x0000000000000000000000000000000000000000';
export const ZERO_WORD: Hex = `0x${'0'.repeat(64)}`;

export interface Domain {
  readonly name: string;
  readonly version: string;
  readonly chainId: number;
  readonly verifyingContract: Address;
}

export const exchangeDomain = (chainId: number, exchange: Address): Domain => ({
  name: 'Huiquan Exchange',
  version: '1',
  chainId,
  verifyingContract: exchange,
});

/** The message of a fixed-price offer; what the seller's wallet signs. */
export function listingMessage(of: {
  tokenId: Hex;
  priceFen: bigint;
  deadline: number;
  nonce: bigint;
  /** By the vault where it is left out. */
  delivery?: Delivery | undefined;
  /** Who alone may bring it to the contract; anyone where it is left out. */
  taker?: Address | undefined;
}) {
  return {
    cardId: BigInt(of.tokenId),
    price: of.priceFen,
    feeBps: FEE_BPS,
    charityBps: 0,
    charityId: 0,
    delivery: of.delivery === 'reissue' ? BY_REISSUE : BY_VAULT,
    taker: of.taker ?? ZERO,
    deadline: of.deadline,
    nonce: Number(of.nonce),
  } as const;
}

/** The message of the buyer who takes it at its price. */
export function bidMessage(of: {
  tokenId: Hex;
  bidder: Address;
  priceFen: bigint;
  deadline: number;
  nonce: bigint;
  epoch: bigint;
}) {
  return {
    cardId: BigInt(of.tokenId),
    bidder: of.bidder,
    price: of.priceFen,
    feeBps: FEE_BPS,
    session: ZERO,
    secretCommit: ZERO_WORD,
    nonce: Number(of.nonce),
    epoch: Number(of.epoch),
    deadline: of.deadline,
  } as const;
}

/** The message of a swap: the maker's card for another, with money on top from either side. */
export function swapMessage(of: {
  give: Hex;
  want: Hex;
  topUpFen: bigint;
  makerPays: boolean;
  nonce: bigint;
  epoch: bigint;
  deadline: number;
}) {
  return {
    give: BigInt(of.give),
    want: BigInt(of.want),
    topUp: of.topUpFen,
    makerPays: of.makerPays,
    feeBps: FEE_BPS,
    nonce: Number(of.nonce),
    epoch: Number(of.epoch),
    deadline: of.deadline,
  } as const;
}

export const typed = <T extends keyof typeof MESSAGES, M>(type: T, domain: Domain, message: M) => ({
  domain,
  types: { [type]: MESSAGES[type] } as Pick<typeof MESSAGES, T>,
  primaryType: type,
  message,
});

export { SETTLEMENT_TYPES as SETTLEMENT_MESSAGES } from '#contracts/messages';
/** Of documents that no chain has: chain 0, no contract. */
export const settlementDomain = {
  name: 'Huiquan Attested Settlement',
  version: '1',
  chainId: 0,
  verifyingContract: ZERO,
} as const;

export const OfferBody = Body({
  sku: Type.String({ minLength: 1, maxLength: 60 }),
  faceFen: AmountText,
  priceFen: AmountText,
  number: Type.String({ minLength: 4, maxLength: 64 }),
  pin: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
});
export const CodeBody = Body({ code: Type.String({ pattern: '^[0-9]{12}$' }) });
export const AgreeBody = Body({
  code: Type.String({ pattern: '^[0-9]{12}$' }),
  channel: Type.Enum(['alipay', 'wechat', 'bank']),
});
export const AssignmentView = Type.Object({
  id: Id,
  role: Type.Enum(['seller', 'buyer']),
  state: Type.String(),
  sku: Type.String(),
  product: Type.Object({ zh: Type.String(), en: Type.String() }),
  faceFen: AmountText,
  balanceFen: Type.Optional(BalanceText),
  priceFen: AmountText,
  feeFen: BalanceText,
  last4: Type.String(),
  cardRef: Type.Optional(Word),
  payUrl: Type.Optional(Type.String()),
  payBy: Type.Optional(Instant),
  reason: Type.Optional(Type.String()),
});
export const NewAssignmentView = Type.Object({
  assignment: AssignmentView,
  /** Shown once: whoever has it may take the assignment up. */
  code: Type.String(),
});
export const AssignmentPage = Type.Object({
  items: Type.Array(AssignmentView),
  next: Type.Optional(Type.String()),
});
export const DocumentList = Type.Object({
  domain: Type.Object({
    name: Type.String(),
    version: Type.String(),
    chainId: Type.Integer(),
    verifyingContract: Type.String(),
  }),
  items: Type.Array(
    Type.Object({
      kind: Type.String(),
      message: Type.Record(Type.String(), Type.String()),
      digest: Word,
      signer: AddressText,
      signature: Type.String(),
      signedAt: Instant,
    }),
  ),
});

// ------------------------------------------------------------------ delivery against payment (M2)

const BPS = 10_000n;
const BOND_EXTRA_BPS = 1_000n;

/** As the contract computes it (BOND_EXTRA_BPS of ExchangeBase), in fen. */
export const bondOf = (priceFen: bigint): bigint =>
  priceFen + (priceFen * BOND_EXTRA_BPS + BPS - 1n) / BPS;

/** The message of a bid that is filled by the secret only. */
export function deliveryBid(of: {
  tokenId: Hex;
  bidder: Address;
  priceFen: bigint;
  session: Address;
  secretCommit: Hex;
  deadline: number;
  nonce: bigint;
  epoch: bigint;
}) {
  return {
    cardId: BigInt(of.tokenId),
    bidder: of.bidder,
    price: of.priceFen,
    feeBps: FEE_BPS,
    session: of.session,
    secretCommit: of.secretCommit,
    nonce: Number(of.nonce),
    epoch: Number(of.epoch),
    deadline: of.deadline,
  } as const;
}
