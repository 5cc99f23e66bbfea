/** Why a listing came down or money went back, in words: what the issuer said, what ran out, what the platform saw. */
import { type Code, RESULTS } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/index.ts';
import { type PlainKey, useTexts } from '../texts.ts';

const words: Readonly<Record<string, PlainKey>> = {
  BUYER_CANCELLED: 'mkWhyBuyerCancelled',
  SELLER_CANCELLED: 'mkWhySellerCancelled',
  NOT_DELIVERED: 'mkWhyNotDelivered',
  NEVER_REVEALED: 'mkWhyNeverRevealed',
  UNDECIDED: 'mkWhyUndecided',
  CLAIM: 'mkWhyClaim',
  RESERVE: 'mkWhyReserve',
  GUARANTEE: 'mkWhyGuarantee',
  ORDER_LOST: 'mkWhyOrderLost',
  WRONG_TERMS: 'mkWhyWrongTerms',
  FORBIDDEN_WORDS: 'mkWhyForbiddenWords',
  SUSPECTED_FRAUD: 'mkWhySuspectedFraud',
  ISSUER_NOTICE: 'mkWhyIssuerNotice',
};
const isCode = (code: string): code is Code => code in RESULTS;

/** A code that nobody has words for yet still says what to do. */
export function useReason(): (code: string) => string {
  const t = useTexts();
  const pick = usePick();
  return (code) => (isCode(code) ? pick(RESULTS[code].text) : t(words[code] ?? 'mkWhyOther'));
}
