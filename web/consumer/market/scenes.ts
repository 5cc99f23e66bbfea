/** What buyer and seller see in each state of a market order; a state without a scene does not compile. */
import type { PlainKey } from '../texts.ts';
import type { MarketOrder, MarketOrderState } from './types.ts';

export type Role = MarketOrder['role'];
/** act: this person must do something · wait: somebody else does · good and bad: how it ended or will. */
export type Tone = 'act' | 'wait' | 'good' | 'bad';
/** The part of the page that belongs to the state. */
export type Part =
  | 'pay'
  | 'deliver'
  | 'reveal'
  | 'inspect'
  | 'claim'
  | 'done'
  | 'undone'
  | 'nothing';

export interface Scene {
  readonly tone: Tone;
  readonly say: PlainKey;
  readonly more: PlainKey;
  readonly part: Part;
  readonly over?: true;
}

/** What the next move of the clock means to the person, by its transition. */
export const deadlines: Readonly<Record<string, PlainKey>> = {
  payment_lapse: 'mkTimePay',
  not_delivered: 'mkTimeDeliver',
  never_seen: 'mkTimeUnseen',
  not_opened: 'mkTimeOpen',
  confirm: 'mkTimeConfirm',
  receive: 'mkTimeConfirm',
  confirm_extended: 'mkTimeConfirm',
  undecided: 'mkTimeDecide',
  deny_late: 'mkTimeDecide',
};

export const scenes = {
  placed: {
    buyer: { tone: 'act', say: 'mkPlacedB', more: 'mkPlacedBMore', part: 'pay' },
    seller: { tone: 'wait', say: 'mkPlacedS', more: 'mkPlacedSMore', part: 'nothing' },
  },
  preparing: {
    buyer: { tone: 'wait', say: 'mkPreparingB', more: 'mkPreparingBMore', part: 'nothing' },
    seller: { tone: 'act', say: 'mkPreparingS', more: 'mkPreparingSMore', part: 'deliver' },
  },
  ready: {
    buyer: { tone: 'act', say: 'mkReadyB', more: 'mkReadyBMore', part: 'reveal' },
    seller: { tone: 'wait', say: 'mkReadyS', more: 'mkReadySMore', part: 'nothing' },
  },
  probing: {
    buyer: { tone: 'wait', say: 'mkProbingB', more: 'mkProbingBMore', part: 'reveal' },
    seller: { tone: 'wait', say: 'mkReadyS', more: 'mkReadySMore', part: 'nothing' },
  },
  proven: {
    buyer: { tone: 'act', say: 'mkProvenB', more: 'mkProvenBMore', part: 'reveal' },
    seller: { tone: 'wait', say: 'mkReadyS', more: 'mkReadySMore', part: 'nothing' },
  },
  revealed: {
    buyer: { tone: 'act', say: 'mkRevealedB', more: 'mkRevealedBMore', part: 'inspect' },
    seller: { tone: 'wait', say: 'mkRevealedS', more: 'mkRevealedSMore', part: 'nothing' },
  },
  shipped: {
    buyer: { tone: 'act', say: 'mkShippedB', more: 'mkShippedBMore', part: 'inspect' },
    seller: { tone: 'wait', say: 'mkShippedS', more: 'mkShippedSMore', part: 'nothing' },
  },
  extended: {
    buyer: { tone: 'act', say: 'mkExtendedB', more: 'mkRevealedBMore', part: 'inspect' },
    seller: { tone: 'wait', say: 'mkExtendedS', more: 'mkRevealedSMore', part: 'nothing' },
  },
  disputed: {
    buyer: { tone: 'wait', say: 'mkDisputed', more: 'mkDisputedMore', part: 'claim' },
    seller: { tone: 'act', say: 'mkDisputedS', more: 'mkDisputedMore', part: 'claim' },
  },
  confirmed: {
    buyer: { tone: 'good', say: 'mkConfirmedB', more: 'mkConfirmedBMore', part: 'done' },
    seller: { tone: 'good', say: 'mkConfirmedS', more: 'mkConfirmedSMore', part: 'done' },
  },
  claimed: {
    buyer: { tone: 'wait', say: 'mkClaimedB', more: 'mkClaimedMore', part: 'claim' },
    seller: { tone: 'act', say: 'mkClaimedS', more: 'mkClaimedMore', part: 'claim' },
  },
  completed: {
    buyer: { tone: 'good', say: 'mkCompleted', more: 'mkCompletedMore', part: 'done', over: true },
    seller: { tone: 'good', say: 'mkCompleted', more: 'mkCompletedMore', part: 'done', over: true },
  },
  reimbursed: {
    buyer: {
      ...{ tone: 'good', say: 'mkReimbursedB', more: 'mkReimbursedBMore' },
      ...{ part: 'done', over: true },
    },
    seller: {
      ...{ tone: 'bad', say: 'mkReimbursedS', more: 'mkReimbursedSMore' },
      ...{ part: 'done', over: true },
    },
  },
  payment_expired: {
    buyer: {
      ...{ tone: 'bad', say: 'mkUnpaidB', more: 'mkUnpaidBMore' },
      ...{ part: 'undone', over: true },
    },
    seller: {
      ...{ tone: 'wait', say: 'mkUnpaidS', more: 'mkBackOnSale' },
      ...{ part: 'undone', over: true },
    },
  },
  cancelled: {
    buyer: {
      ...{ tone: 'bad', say: 'mkCancelled', more: 'mkCancelledBMore' },
      ...{ part: 'undone', over: true },
    },
    seller: {
      ...{ tone: 'bad', say: 'mkCancelled', more: 'mkBackOnSale' },
      ...{ part: 'undone', over: true },
    },
  },
  refunded: {
    buyer: {
      ...{ tone: 'good', say: 'mkRefundedB', more: 'mkRefundedBMore' },
      ...{ part: 'undone', over: true },
    },
    seller: {
      ...{ tone: 'bad', say: 'mkRefundedS', more: 'mkRefundedSMore' },
      ...{ part: 'undone', over: true },
    },
  },
} as const satisfies Record<MarketOrderState, Record<Role, Scene>>;

export const sceneOf = (order: MarketOrder): Scene => scenes[order.state][order.role];
