/** What auctions on the chain are signed for, and the sums on which contract, house and page must agree. */
import type { Hex } from 'viem';
import { BY_VAULT, FEE_BPS } from './fees.ts';

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
