/**
 * Decides a claim from what is proved, or not at all; pure. Liability follows whoever could use the card at the time:
 * up to the reveal the seller, after it the buyer. Evidence that is forged or contradicts itself decides nothing.
 */
import { chinaDay, type Fen, fen, MINUTE, plus, yuan } from '#platform';
import { type Facts, type Holder, type IssuerEvent, type Sight, sightOf } from './facts.ts';

export const CLAIM_OUTCOMES = ['refund', 'partial', 'release'] as const;
export type ClaimOutcome = (typeof CLAIM_OUTCOMES)[number];
/** Where it is neither side's, the platform's reserve bears the loss. */
export const FAULTS = ['seller', 'buyer', 'issuer', 'platform', 'unknown'] as const;
export type Fault = (typeof FAULTS)[number];

export interface Said {
  readonly zh: string;
  readonly en: string;
}

export interface Ruling {
  readonly outcome: ClaimOutcome;
  /** What the buyer gets back of the price: all, a part, or nothing. */
  readonly refundFen: Fen;
  readonly fault: Fault;
  readonly rule: string;
  readonly reasons: Said;
}

/** What the signed probes show; absent where there was none or the issuer said nothing. */
interface Seen {
  readonly listing: Sight | undefined;
  readonly reveal: Sight | undefined;
  readonly claim: Sight | undefined;
}
interface Found {
  /** How much of the promised balance the buyer did not get; 0 is for the seller. */
  readonly missingFen: bigint;
  readonly fault: Fault;
}
interface Rule {
  readonly find: (facts: Facts, seen: Seen) => Found | undefined;
  readonly why: Said;
}

/** Undefined: a person has to decide. */
export function decideByRule(facts: Facts, publicKeyPem: string): Ruling | undefined {
  const seen = seenIn(facts, publicKeyPem);
  if (!seen || contradicts(facts, seen)) return undefined;
  for (const [rule, { find, why }] of Object.entries(RULES)) {
    const found = find(facts, seen);
    if (found) return ruling(facts, rule, why, found);
  }
  return undefined;
}

function ruling(facts: Facts, rule: string, why: Said, found: Found): Ruling {
  const { priceFen, promisedBalanceFen: promised } = facts;
  // What was never handed over goes back whole, and so does the money.
  const isNothing = found.missingFen > 0n && handoverOf(facts) === undefined;
  const missing = isNothing || found.missingFen > promised ? promised : found.missingFen;
  // In the same share of the price, rounded up: the buyer is not to lose a part of a fen.
  const refundFen = fen((priceFen * missing + promised - 1n) / promised);
  const outcome = refundFen === 0n ? 'release' : refundFen === priceFen ? 'refund' : 'partial';
  const amounts = { promised: yuan(promised), missing: yuan(fen(missing)) };
  const fill = (text: string): string =>
    text.replace(/\{(promised|missing)\}/g, (_hole, name: keyof typeof amounts) => amounts[name]);
  const reasons = { zh: fill(why.zh), en: fill(why.en) };
  return { outcome, refundFen, fault: found.fault, rule, reasons };
}

/** Undefined when a probe is not ours, or not of this card. */
function seenIn(facts: Facts, publicKeyPem: string): Seen | undefined {
  const probes = [facts.verifiedAtListing, facts.probeAtReveal, facts.probeAtClaim];
  const sights = probes.map((probe) => probe && sightOf(probe, publicKeyPem));
  if (sights.includes(undefined)) return undefined;
  const cards = new Set(sights.flatMap((sight) => (sight ? [sight.cardId] : [])));
  if (facts.cardId !== undefined) cards.add(facts.cardId);
  if (cards.size > 1) return undefined;
  const [listing, reveal, claim] = sights.map((sight) =>
    sight && sight.shows !== 'nothing' ? sight : undefined,
  );
  return { listing, reveal, claim };
}

/** The issuer's clock and ours may differ by so much. */
const SKEW_MS = 2 * MINUTE;

/** Follows the balance through everything that was seen: it may fall and end, and never rise again. */
function contradicts(facts: Facts, seen: Seen): boolean {
  const { listing, reveal, claim } = seen;
  const order = [listing, reveal, claim].flatMap((sight) => (sight ? [sight.at.getTime()] : []));
  if (order.some((at, nth) => nth > 0 && at < (order[nth - 1] ?? at))) return true;
  const { revealedAt } = facts;
  if (reveal && revealedAt && reveal.at.getTime() > revealedAt.getTime() + SKEW_MS) return true;
  const steps = [
    ...[listing, reveal, claim].flatMap((sight) => (sight ? [{ at: sight.at, sight }] : [])),
    ...facts.issuerEvents.map((event) => ({ at: event.at, event })),
  ].toSorted((a, b) => a.at.getTime() - b.at.getTime());
  return !mayFollow(undefined, steps);
}

type Step =
  | { readonly at: Date; readonly sight: Sight }
  | { readonly at: Date; readonly event: IssuerEvent };

/**
 * Can these steps have happened in this order, when there was at most `most`? What bears the same instant may have
 * happened in any order: a probe that tells of a use this very moment contradicts nothing.
 */
function mayFollow(most: bigint | undefined, steps: readonly Step[]): boolean {
  const [first] = steps;
  if (!first) return true;
  const together = steps.filter(({ at }) => at.getTime() === first.at.getTime());
  return together.some((step) => {
    const taken = 'event' in step ? takenBy(step.event) : step.sight.balanceFen;
    if (most !== undefined && taken > most) return false;
    const rest = steps.filter((other) => other !== step);
    return mayFollow(leftAfter(most, step), rest);
  });
}

function leftAfter(most: bigint | undefined, step: Step): bigint | undefined {
  if ('sight' in step) return step.sight.shows === 'holds' ? step.sight.balanceFen : 0n;
  if (!isUse(step.event) || step.event.amountFen === null) return 0n;
  return most === undefined ? undefined : most - step.event.amountFen;
}

const isUse = ({ kind }: IssuerEvent): boolean => kind === 'used' || kind === 'transferred';
/** Least that must have been there for the event to happen. */
const takenBy = (event: IssuerEvent): bigint => (isUse(event) ? (event.amountFen ?? 1n) : 0n);

/** Whoever could use the card at that time. */
function holdersAt(facts: Facts, at: Date): Set<Holder> {
  const during = facts.custody.filter(({ from, to }) => from <= at && (to === null || at < to));
  return new Set(during.map(({ holder }) => holder));
}

/** Nobody but the buyer could use the card from the one moment to the other. */
function onlyBuyerHeld(facts: Facts, from: Date, to: Date): boolean {
  const others = facts.custody.filter(({ holder }) => holder !== 'buyer');
  const isShared = others.some(
    (other) => other.from <= to && (other.to === null || from < other.to),
  );
  return !isShared && holdersAt(facts, from).has('buyer') && holdersAt(facts, to).has('buyer');
}

/** The moment from which on the buyer could use the card. */
function handoverOf({ revealedAt, custody }: Facts): Date | undefined {
  return revealedAt ?? custody.find(({ holder }) => holder === 'buyer')?.from;
}

const isBefore = (facts: Facts, at: Date): boolean => {
  const handover = handoverOf(facts);
  return handover === undefined || at < handover;
};
const usesAfter = (facts: Facts): IssuerEvent[] =>
  facts.issuerEvents.filter((event) => isUse(event) && !isBefore(facts, event.at));
const isSellers = (event: IssuerEvent): boolean => event.by === 'seller';
/** By the issuer's word, or because nobody else could. */
const isBuyers = (facts: Facts, event: IssuerEvent): boolean =>
  event.by === 'buyer' || (event.by === undefined && onlyBuyerHeld(facts, event.at, event.at));

/** The sum of what was used, where "all of it" is all that was there; undefined when that is not known. */
function sumOf(uses: readonly IssuerEvent[], whole: bigint | undefined): bigint | undefined {
  let total = 0n;
  for (const { amountFen } of uses) {
    if (amountFen === null) return whole;
    total += amountFen;
  }
  return total;
}

/** What the buyer has not had, when the rest of the card died; nothing to decide when uses are unclear. */
function restMissing(facts: Facts): bigint | undefined {
  const uses = usesAfter(facts).filter((event) => !isSellers(event));
  if (!uses.every((event) => isBuyers(facts, event))) return undefined;
  const used = sumOf(uses, facts.promisedBalanceFen);
  if (used === undefined || used >= facts.promisedBalanceFen) return undefined;
  return facts.promisedBalanceFen - used;
}

const isGood = (facts: Facts, sight: Sight | undefined): sight is Sight =>
  sight?.shows === 'holds' && sight.balanceFen >= facts.promisedBalanceFen;

/** Claims about anything but validity and value are not answered by a balance. */
const OF_VALUE: ReadonlySet<string | undefined> = new Set([
  undefined,
  'FACE_MISMATCH_BOUND',
  'FACE_MISMATCH_UNBOUND',
  'BAD_CREDENTIALS',
  'NOT_ACTIVATED',
  'USED_OR_VOID',
  'EXPIRED',
  'FROZEN_BY_ISSUER',
]);

/** When the issuer called the card expired, after the last day that was promised or before. */
function expiryOf(facts: Facts, seen: Seen): { day: string; isEarly: boolean } | undefined {
  const { promisedExpiresOn: promised } = facts;
  const events = facts.issuerEvents.filter(({ kind }) => kind === 'expired');
  const sights = [seen.reveal, seen.claim].filter((sight) => sight?.shows === 'expired');
  const [first] = [...events, ...sights]
    .flatMap((one) => (one ? [one.at] : []))
    .toSorted((a, b) => a.getTime() - b.getTime());
  if (!first || promised === undefined) return undefined;
  const day = chinaDay(first);
  return { day, isEarly: day <= promised };
}

/** Asked in this order; the first that finds something decides. */
const RULES = {
  wrong_secret_at_reveal: {
    find: (facts, { listing, reveal }) => {
      if (reveal?.shows !== 'bad') return undefined;
      // It was right when it was sealed, so it was changed at the issuer: by whom, nothing proves.
      const wasRight = facts.delivery === 'vault' && listing?.shows === 'holds';
      return { missingFen: facts.promisedBalanceFen, fault: wasRight ? 'unknown' : 'seller' };
    },
    why: {
      zh: '查看卡密前的签名验卡凭证显示卡号或卡密不正确，买家从未得到可用的卡（承诺 {promised}）。',
      en: 'The signed probe before the reveal shows wrong credentials; the buyer never had a card that works (promised {promised}).',
    },
  },
  dead_at_reveal: {
    find: (facts, { reveal }) =>
      reveal && ['used', 'frozen', 'unusable'].includes(reveal.shows)
        ? { missingFen: facts.promisedBalanceFen, fault: 'seller' }
        : undefined,
    why: {
      zh: '查看卡密前的签名验卡凭证显示卡片已用完、被冻结或未激活（承诺 {promised}）。此时卡只在卖家一方，由卖家承担。',
      en: 'The signed probe before the reveal shows the card used up, frozen or not activated (promised {promised}). Only the seller’s side could use it until then, so the seller bears it.',
    },
  },
  expired_early: {
    find: (facts, seen) => {
      const expiry = expiryOf(facts, seen);
      const missingFen = restMissing(facts);
      if (!expiry?.isEarly || missingFen === undefined) return undefined;
      const promisedByIssuer = (seen.listing?.expiresOn ?? '') >= expiry.day;
      return { missingFen, fault: promisedByIssuer ? 'issuer' : 'seller' };
    },
    why: {
      zh: '发卡方在承诺的有效期之前已判定卡片过期，买家未能使用其中 {missing}（承诺 {promised}）。',
      en: 'The issuer called the card expired before the promised last day; {missing} of the promised {promised} could not be used.',
    },
  },
  frozen_for_earlier_cause: {
    find: (facts) => {
      const freeze = facts.issuerEvents.find(({ kind }) => kind === 'frozen');
      const cause = freeze && (freeze.causeAt ?? freeze.at);
      const missingFen = restMissing(facts);
      if (!cause || !isBefore(facts, cause) || missingFen === undefined) return undefined;
      const holders = holdersAt(facts, cause);
      if (holders.has('buyer')) return undefined;
      if (holders.has('seller') || holders.has('vault')) return { missingFen, fault: 'seller' };
      return { missingFen, fault: holders.has('issuer') ? 'issuer' : 'unknown' };
    },
    why: {
      zh: '发卡方冻结了卡片（例如挂失），原因发生在买家拿到卡之前，买家未能使用 {missing}（承诺 {promised}）。',
      en: 'The issuer froze the card, for instance as stolen, for a cause older than the handover; {missing} of {promised} could not be used.',
    },
  },
  short_at_reveal: {
    find: (facts, { reveal }) => {
      const { promisedBalanceFen: promised } = facts;
      if (reveal?.shows !== 'holds' || reveal.balanceFen >= promised) return undefined;
      const stolen = sumOf(usesAfter(facts).filter(isSellers), reveal.balanceFen) ?? 0n;
      return { missingFen: promised - reveal.balanceFen + stolen, fault: 'seller' };
    },
    why: {
      zh: '查看卡密前的签名验卡凭证显示余额比承诺的 {promised} 少 {missing}。此时卡只在卖家一方，由卖家承担。',
      en: 'The signed probe before the reveal shows {missing} less than the promised {promised}. Only the seller’s side could use the card until then, so the seller bears it.',
    },
  },
  used_before_reveal: {
    find: (facts, { listing, reveal }) => {
      const since = listing?.at;
      const uses = facts.issuerEvents.filter(
        (event) =>
          isUse(event) && isBefore(facts, event.at) && (since === undefined || event.at >= since),
      );
      if (reveal || uses.length === 0) return undefined;
      // The vault writes down every opening first, and there was none: only the seller knew the secret.
      if (uses.some(({ at }) => holdersAt(facts, at).has('buyer'))) return undefined;
      const before = listing?.shows === 'holds' ? listing.balanceFen : undefined;
      const isAll = uses.some(({ amountFen }) => amountFen === null);
      const used = sumOf(uses, before ?? facts.promisedBalanceFen) ?? 0n;
      if (before === undefined && !isAll) return undefined;
      const missingFen = facts.promisedBalanceFen - (isAll ? 0n : (before ?? 0n) - used);
      return missingFen > 0n ? { missingFen, fault: 'seller' } : undefined;
    },
    why: {
      zh: '发卡方的记录显示，卡片在买家看到卡密之前已被使用，少了 {missing}（承诺 {promised}）。当时只有卖家知道卡密，由卖家承担。',
      en: 'The issuer’s record shows use before the buyer saw the secret; {missing} of {promised} is gone. Only the seller knew the secret then, so the seller bears it.',
    },
  },
  used_after_last_look: {
    find: (facts, { reveal }) => {
      const { revealedAt, promisedBalanceFen: promised } = facts;
      // A re-issued number lay in the vault alone: who used that one, a person has to find out.
      if (!isGood(facts, reveal) || reveal.reissued || !revealedAt) return undefined;
      const until = plus(revealedAt, -SKEW_MS);
      const uses = facts.issuerEvents.filter(
        (event) => isUse(event) && event.at >= reveal.at && event.at < until,
      );
      if (uses.some(({ at }) => holdersAt(facts, at).has('buyer'))) return undefined;
      const missingFen = promised - reveal.balanceFen + (sumOf(uses, reveal.balanceFen) ?? 0n);
      return missingFen > 0n ? { missingFen, fault: 'seller' } : undefined;
    },
    why: {
      zh: '签名验卡之后、买家看到卡密之前，卡片已被使用，少了 {missing}（承诺 {promised}）。当时只有卖家知道卡密，由卖家承担。',
      en: 'The card was used after the signed probe and before the buyer saw the secret; {missing} of {promised} is gone. Only the seller knew the secret then, so the seller bears it.',
    },
  },
  seller_spent_after_reveal: {
    find: (facts, { reveal }) => {
      const sellers = usesAfter(facts).filter(isSellers);
      const whole = isGood(facts, reveal) ? reveal.balanceFen : facts.promisedBalanceFen;
      const missingFen = sumOf(sellers, whole) ?? 0n;
      return missingFen > 0n ? { missingFen, fault: 'seller' } : undefined;
    },
    why: {
      zh: '发卡方的记录显示，卖家在卖出之后又使用了这张卡，金额 {missing}（承诺 {promised}）。',
      en: 'The issuer’s record shows that the seller used {missing} of the promised {promised} after selling the card.',
    },
  },
  wrong_secret_delivered: {
    find: (facts, { reveal, claim }) => {
      const isBad = claim?.shows === 'bad' || claim?.shows === 'unusable';
      if (facts.delivery !== 'seller' || reveal || !isBad) return undefined;
      return { missingFen: facts.promisedBalanceFen, fault: 'seller' };
    },
    why: {
      zh: '卖家自行提交的卡密经发卡方核验不正确或未激活（承诺 {promised}），由卖家承担。',
      en: 'The issuer says that the secret the seller delivered is wrong or not activated (promised {promised}); the seller bears it.',
    },
  },
  buyer_spent: {
    find: (facts, { reveal, claim }) => {
      const uses = usesAfter(facts);
      if (uses.length === 0 || !uses.every((event) => isBuyers(facts, event))) return undefined;
      const whole = isGood(facts, reveal) ? reveal.balanceFen : undefined;
      const used = sumOf(uses, whole);
      if (used === undefined) return undefined;
      const left = claim?.shows === 'holds' && OF_VALUE.has(facts.reason) ? claim.balanceFen : 0n;
      const isAll = used + left >= facts.promisedBalanceFen;
      return isAll ? { missingFen: 0n, fault: 'buyer' } : undefined;
    },
    why: {
      zh: '发卡方的记录显示，买家看到卡密之后卡片被正常使用，承诺的 {promised} 全部可用。款项归卖家。',
      en: 'The issuer’s record shows the card in use after the buyer saw the secret; all of the promised {promised} was there. The money is the seller’s.',
    },
  },
  expired_as_promised: {
    find: (facts, seen) => {
      const expiry = expiryOf(facts, seen);
      const inTime = seen.reveal && isGood(facts, seen.reveal) && facts.revealedAt;
      return expiry && !expiry.isEarly && inTime && OF_VALUE.has(facts.reason)
        ? { missingFen: 0n, fault: 'buyer' }
        : undefined;
    },
    why: {
      zh: '签名验卡凭证显示买家拿到卡时 {promised} 可用；卡片在承诺的有效期之后才过期。款项归卖家。',
      en: 'The signed probe shows {promised} at the reveal, and the card expired only after the promised last day. The money is the seller’s.',
    },
  },
  lost_in_buyers_hands: {
    find: (facts, { reveal, claim }) => {
      if (!isGood(facts, reveal) || !reveal.reissued || !claim || !facts.revealedAt)
        return undefined;
      const isGone = claim.shows === 'used' || claim.shows === 'holds';
      const isShort = isGone && claim.balanceFen < facts.promisedBalanceFen;
      if (!isShort || !OF_VALUE.has(facts.reason)) return undefined;
      if (!onlyBuyerHeld(facts, facts.revealedAt, claim.at)) return undefined;
      return usesAfter(facts).some(isSellers) ? undefined : { missingFen: 0n, fault: 'buyer' };
    },
    why: {
      zh: '换发新卡密后的签名验卡凭证显示 {promised} 可用，此后只有买家知道新卡密，余额的减少由买家承担。',
      en: 'The signed probe after the re-issue shows {promised}; since then only the buyer knew the new secret, so what is gone was the buyer’s to keep.',
    },
  },
  works_as_promised: {
    find: (facts, { claim }) =>
      isGood(facts, claim) && handoverOf(facts) && OF_VALUE.has(facts.reason)
        ? { missingFen: 0n, fault: 'unknown' }
        : undefined,
    why: {
      zh: '投诉时的签名验卡凭证显示卡片有效，承诺的 {promised} 全部可用。款项归卖家。',
      en: 'The signed probe at the claim shows a good card with all of the promised {promised}. The money is the seller’s.',
    },
  },
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;
export const RULE_NAMES = Object.keys(RULES) as RuleName[];

/**
 * When nobody decided in time: whoever had to prove something did not. A seller proves a good card at the reveal by a
 * signed probe; without one the buyer gets the money back, and since the desk was late the reserve bears it.
 */
export function byBurdenOfProof(facts: Facts, publicKeyPem: string): Ruling {
  const seen = seenIn(facts, publicKeyPem);
  const isProved = seen && !contradicts(facts, seen) && isGood(facts, seen.reveal);
  const why = isProved ? PROVED : UNPROVED;
  const missingFen = isProved ? 0n : facts.promisedBalanceFen;
  const fault = isProved ? 'unknown' : 'platform';
  return ruling(facts, 'burden_of_proof', why, { missingFen, fault });
}

const PROVED: Said = {
  zh: '仲裁期限已到。签名验卡凭证证明买家拿到卡时 {promised} 可用，之后的举证责任在买家；未能证明，款项归卖家。',
  en: 'Time is up. A signed probe proves {promised} at the reveal; what happened after it was the buyer’s to prove and was not. The money is the seller’s.',
};
const UNPROVED: Said = {
  zh: '仲裁期限已到。没有签名验卡凭证证明交付时卡片完好（承诺 {promised}），款项退还买家；因平台逾期，损失由平台准备金承担。',
  en: 'Time is up. No signed probe proves a good card at the handover (promised {promised}); the buyer is refunded, and as the platform was late its reserve bears the loss.',
};
