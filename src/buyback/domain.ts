/** What follows from a verification, and how a partial recovery splits: pure, all of it. */
import { ASKS_MAX } from '#cards';
import { type Fen, fen, plus, type Refusal, refuse } from '#platform';
import { INSPECTION_MS, type State } from './life.ts';

/** How the cards room sorts a canonical verification code. */
export type CodeOutcome = 'pass' | 'requote' | 'reject' | 'wait' | 'manual';

export type Verdict = 'pass' | 'requote' | 'reject' | 'wait' | 'refer';

/**
 * A card passes only at the very balance that was promised: less would cheat the recycler, more would cheat
 * the seller. An empty card has nothing left to quote. An issuer that stays silent is left to a person.
 */
export function judge(seen: {
  outcome: CodeOutcome;
  faceFen: Fen;
  balanceFen: Fen | undefined;
  waits: number;
}): Verdict {
  switch (seen.outcome) {
    case 'pass':
      if (seen.balanceFen === undefined) return 'refer';
      if (seen.balanceFen === 0n) return 'reject';
      return seen.balanceFen === seen.faceFen ? 'pass' : 'requote';
    case 'requote':
      // Also at the promised balance: then it is the date on the card that differs.
      if (seen.balanceFen === undefined) return 'refer';
      return seen.balanceFen === 0n ? 'reject' : 'requote';
    case 'reject':
      return 'reject';
    case 'wait':
      return seen.waits >= ASKS_MAX ? 'refer' : 'wait';
    case 'manual':
      return 'refer';
  }
}

export interface Money {
  price: Fen;
  net: Fen;
  fees: Fen;
}

export interface Split {
  refund: Fen;
  keptNet: Fen;
  keptFees: Fen;
}

/**
 * The recycler gets `refund` back; what is kept is shared between seller and fees as it was before.
 * The fee part rounds down, so the seller keeps the odd fen. refund + keptNet + keptFees = price.
 */
export function splitRefund(money: Money, refund: Fen): Split | Refusal {
  if (refund <= 0n || refund >= money.price) return refuse('amount_out_of_range');
  const kept = money.price - refund;
  const keptFees = (kept * money.fees) / money.price;
  return { refund, keptFees: fen(keptFees), keptNet: fen(kept - keptFees) };
}

export type CaseOutcome = 'release' | 'partial' | 'clawback';

/**
 * Before settlement the money is still in escrow; after it, it is claimed back from what the seller has.
 * Undefined: the order is past its case.
 */
export function caseTransition(state: State, outcome: CaseOutcome) {
  if (state === 'disputed') {
    return ({ release: 'release', partial: 'settle_part', clawback: 'give_back' } as const)[
      outcome
    ];
  }
  if (state === 'contested') {
    return ({ release: 'uphold', partial: 'claw_back', clawback: 'claw_back' } as const)[outcome];
  }
  return undefined;
}

/** The five steps a seller sees, and the states in which each one is behind them. */
export const STEPS = ['accepted', 'submitted', 'verified', 'settled', 'paid'] as const;
export type Step = (typeof STEPS)[number];

/** V4 and up: the seller can no longer spend the card, so nobody has to wait. */
export const settleDue = (grade: string | null | undefined, at: Date): Date =>
  Number(grade?.slice(1) ?? 0) >= 4 ? at : plus(at, INSPECTION_MS);
