/** What each role sees in each state of an order; a state without a scene does not compile. */
import type { OrderState, OrderView } from '../api.gen.ts';
import type { PlainKey } from './texts.ts';

/** Only sellers use the consumer app; the others look at an order in the console. */
export type Role = 'seller';

/** act: the person must do something · wait: we do · good and bad: how it ended or will. */
export type Tone = 'act' | 'wait' | 'good' | 'bad';
/** The part of the page that belongs to the state. */
export type Part =
  | 'hand-over'
  | 'checking'
  | 'requote'
  | 'result'
  | 'payout'
  | 'rejected'
  | 'returned'
  | 'ended';

export interface Scene {
  tag: PlainKey;
  tone: Tone;
  say: PlainKey;
  more: PlainKey;
  part: Part;
  over: boolean;
}

/** What the next move of the clock means to the person, by its transition; others are not worth counting down. */
export const deadlines: Readonly<Record<string, PlainKey>> = {
  lapse: 'timeHand',
  refer_late: 'timeIssuer',
  ask_again: 'timeAskAgain',
  ask_no_more: 'timeIssuer',
  give_up: 'timeReview',
  requote_lapse: 'timeRequote',
  settle: 'timeSettle',
  release_late: 'timeDispute',
  uphold_late: 'timeDispute',
};

export const scenes = {
  accepted: {
    seller: {
      tag: 'tagAccepted',
      tone: 'act',
      say: 'sayAccepted',
      more: 'moreAccepted',
      part: 'hand-over',
      over: false,
    },
  },
  submitted: {
    seller: {
      tag: 'tagSubmitted',
      tone: 'wait',
      say: 'saySubmitted',
      more: 'moreSubmitted',
      part: 'checking',
      over: false,
    },
  },
  waiting_issuer: {
    seller: {
      tag: 'tagWaiting',
      tone: 'wait',
      say: 'sayWaiting',
      more: 'moreWaiting',
      part: 'checking',
      over: false,
    },
  },
  manual_review: {
    seller: {
      tag: 'tagReview',
      tone: 'wait',
      say: 'sayReview',
      more: 'moreReview',
      part: 'checking',
      over: false,
    },
  },
  requoted: {
    seller: {
      tag: 'tagRequoted',
      tone: 'act',
      say: 'sayRequoted',
      more: 'moreRequoted',
      part: 'requote',
      over: false,
    },
  },
  verified: {
    seller: {
      tag: 'tagVerified',
      tone: 'good',
      say: 'sayVerified',
      more: 'moreVerified',
      part: 'result',
      over: false,
    },
  },
  settled: {
    seller: {
      tag: 'tagSettled',
      tone: 'good',
      say: 'saySettled',
      more: 'moreSettled',
      part: 'payout',
      over: false,
    },
  },
  closed: {
    seller: {
      tag: 'tagClosed',
      tone: 'good',
      say: 'sayClosed',
      more: 'moreClosed',
      part: 'payout',
      over: true,
    },
  },
  cancelled: {
    seller: {
      tag: 'tagCancelled',
      tone: 'bad',
      say: 'sayCancelled',
      more: 'moreCancelled',
      part: 'ended',
      over: true,
    },
  },
  rejected: {
    seller: {
      tag: 'tagRejected',
      tone: 'bad',
      say: 'sayRejected',
      more: 'moreRejected',
      part: 'rejected',
      over: true,
    },
  },
  returned: {
    seller: {
      tag: 'tagReturned',
      tone: 'bad',
      say: 'sayReturned',
      more: 'moreReturned',
      part: 'returned',
      over: true,
    },
  },
  disputed: {
    seller: {
      tag: 'tagDisputed',
      tone: 'wait',
      say: 'sayDisputed',
      more: 'moreDisputed',
      part: 'payout',
      over: false,
    },
  },
  contested: {
    seller: {
      tag: 'tagDisputed',
      tone: 'wait',
      say: 'sayContested',
      more: 'moreContested',
      part: 'payout',
      over: false,
    },
  },
  refunded: {
    seller: {
      tag: 'tagRefunded',
      tone: 'bad',
      say: 'sayRefunded',
      more: 'moreRefunded',
      part: 'rejected',
      over: true,
    },
  },
} as const satisfies Record<OrderState, Record<Role, Scene>>;

/** Settled stays open for after-sale, but once the bank has paid, the person is done. */
const paid: Scene = {
  tag: 'tagPaid',
  tone: 'good',
  say: 'sayPaid',
  more: 'morePaid',
  part: 'payout',
  over: true,
};

export const sceneOf = (order: OrderView, role: Role): Scene =>
  order.state === 'settled' && order.payout?.paidAt ? paid : scenes[order.state][role];
