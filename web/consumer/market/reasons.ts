/** Why a listing came down or money went back, in words: what the issuer said, what ran out, what the platform saw. */
import { type Code, RESULTS } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/index.ts';
import { type PlainKey, useTexts } from '../texts.ts';

/** On the market the seller promised and the buyer reads; the issuer's words for a seller say "you" to the wrong one. */
const words: Readonly<Record<string, PlainKey>> = {
  OK: 'mkSeenGood',
  FACE_MISMATCH_BOUND: 'mkSeenOther',
  FACE_MISMATCH_UNBOUND: 'mkSeenOther',
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
  return (code) => {
    const key = words[code];
    if (key) return t(key);
    return isCode(code) ? pick(RESULTS[code].text) : t('mkWhyOther');
  };
}
