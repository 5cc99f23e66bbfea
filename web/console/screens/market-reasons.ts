/** Why a listing came down or money went back, in words for staff; the codes themselves are in the record. */
import { type Code, RESULTS } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/language.tsx';
import { type SayKey, useSay } from '../say.ts';

/** What a person may give as the reason of a suspension; its seller reads it in these words. */
export const SUSPENSIONS = [
  'WRONG_TERMS',
  'FORBIDDEN_WORDS',
  'SUSPECTED_FRAUD',
  'ISSUER_NOTICE',
] as const;
const OTHERS = [
  ...['BUYER_CANCELLED', 'SELLER_CANCELLED', 'NOT_DELIVERED', 'NEVER_REVEALED', 'UNDECIDED'],
  ...['CLAIM', 'RESERVE', 'GUARANTEE', 'ORDER_LOST'],
] as const;

export function useMarketReason(): (code: string) => string {
  const t = useSay();
  const pick = usePick();
  return (code) => {
    const result = RESULTS[code as Code];
    if (result) return pick(result.text);
    const isKnown = ([...SUSPENSIONS, ...OTHERS] as string[]).includes(code);
    return isKnown ? t(`market.why.${code}` as SayKey & `market.why.${string}`) : code;
  };
}
