/** What auctions on the chain are signed for, and the sums on which contract, house and page must agree. */
import type { Address, Hex } from 'viem';
import { encodeAbiParameters, keccak256 } from 'viem/utils';
import { BY_VAULT, FEE_BPS } from './fees.ts';
import type { LogOf } from './log.ts';

// The contract's rules (ExchangeBase).

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

export interface DutchTerms {
  readonly startFen: bigint;
  readonly endFen: bigint;
  /** Unix seconds. */
  readonly startsAt: number;
  readonly endsAt: number;
}
export const dutchMessage = (of: OfCard & DutchTerms) =>
  ({
    ...{ cardId: BigInt(of.tokenId), startPrice: of.startFen, endPrice: of.endFen },
    ...{ startsAt: of.startsAt, endsAt: of.endsAt, ...shares, nonce: Number(of.nonce) },
  }) as const;

/** The price of that second: a straight line, rounded up; before it starts, where it starts. */
export function dutchPrice({ startFen, endFen, startsAt, endsAt }: DutchTerms, at: number): bigint {
  const passed = BigInt(Math.min(Math.max(at - startsAt, 0), endsAt - startsAt));
  return startFen - ((startFen - endFen) * passed) / BigInt(endsAt - startsAt);
}

/** What the chain says of a card's first bid, or of its sale. */
export type Begun =
  | Pick<LogOf<'AuctionBid'>, 'event' | 'args' | 'at'>
  | Pick<LogOf<'Settled'>, 'event' | 'args' | 'at'>;

/** Could it be by these very terms? Reserve and length of an English auction, the price of that second of a Dutch one. */
export function isBegunBy(
  of: { kind: string; signer: string; deadline: Date; terms: Readonly<Record<string, string>> },
  begun: Begun,
): boolean {
  const { at } = begun;
  const term = (name: string): bigint => BigInt(of.terms[name] ?? '0');
  const second = BigInt(Math.floor(at.getTime() / 1000));
  if (at > of.deadline) return false;
  if (begun.event === 'AuctionBid') {
    const { amount, end } = begun.args;
    const isItsLength = BigInt(end) - second === term('duration');
    return of.kind === 'english' && BigInt(amount) >= term('reserve') && isItsLength;
  }
  const { seller, price } = begun.args;
  if (of.kind !== 'dutch' || seller !== of.signer) return false;
  const [startsAt, endsAt] = [Number(term('startsAt')), Number(term('endsAt'))];
  const terms = { startFen: term('startPrice'), endFen: term('endPrice'), startsAt, endsAt };
  return second >= term('startsAt') && dutchPrice(terms, Number(second)) === BigInt(price);
}

export interface SealedTerms {
  readonly reserveFen: bigint;
  readonly bondFen: bigint;
  /** Unix seconds: bids come until then, and are opened until `revealUntil`. */
  readonly commitUntil: number;
  readonly revealUntil: number;
  readonly secondPrice: boolean;
}
export const sealedMessage = (of: OfCard & SealedTerms) =>
  ({
    ...{ cardId: BigInt(of.tokenId), reserve: of.reserveFen, bond: of.bondFen },
    ...{ commitUntil: of.commitUntil, revealUntil: of.revealUntil, secondPrice: of.secondPrice },
    ...{ ...shares, nonce: Number(of.nonce) },
  }) as const;

const SEALED_BID = [
  { type: 'uint256' },
  { type: 'uint32' },
  { type: 'address' },
  { type: 'uint96' },
  { type: 'bytes32' },
] as const;
/** What a sealed bid is known by until it is opened; the bidder is in it, so that nobody else can use it. */
export const commitmentOf = (
  of: OfCard & { readonly bidder: Address; readonly amountFen: bigint; readonly salt: Hex },
): Hex =>
  keccak256(
    encodeAbiParameters(SEALED_BID, [
      BigInt(of.tokenId),
      Number(of.nonce),
      of.bidder,
      of.amountFen,
      of.salt,
    ]),
  );
