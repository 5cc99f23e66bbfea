/** The price of a falling auction as it is this second. */
import { dutchPrice } from '../../../src/exchange/schema.ts';
import { useNow } from '../../kit/index.ts';
import { type Auction, dutchTermsOf } from './auction-sign.ts';

const MS_A_SECOND = 1000;
const at = (one: Auction, ms: number): bigint =>
  dutchPrice(dutchTermsOf(one), Math.floor(ms / MS_A_SECOND));

/** Zero for what does not fall. */
export function useFallingPrice(one: Auction): bigint {
  const now = useNow();
  return one.kind === 'dutch' ? at(one, now) : 0n;
}

/** What a list shows of an auction: sold for, leading, falling, or where it starts. */
export function figureOf(one: Auction, now: number): string {
  const falling = one.kind === 'dutch' && one.state === 'offered';
  return one.soldFen ?? (falling ? String(at(one, now)) : (one.bestFen ?? one.startFen));
}
