/** What the console asks of the server: every route it calls, with what goes in and what comes back. */

import type { QuoteDoc } from './price-types.ts';

export type FenString = string;
export type Role = 'support' | 'risk' | 'finance' | 'compliance' | 'auditor' | 'admin';
export interface Page<T> {
  items: T[];
  next?: string;
}
export interface Named {
  zh: string;
  en: string;
}

export type StepUpMethod = 'otp' | 'totp' | 'passkey';
export interface Me {
  id: string;
  phoneMasked: string;
  /** Roles in force now; empty for staff until a second factor is proven in this session. */
  roles: Role[];
  secondFactorNeeded: boolean;
  factors: { totp: boolean; passkeys: number };
  stepUpMethods: StepUpMethod[];
  steppedUpUntil?: string;
  demo: boolean;
  createdAt: string;
}
export interface Session {
  id: string;
  current: boolean;
  openedBy: string;
  openedAt: string;
  seenAt: string;
  endsAt: string;
  agent: string;
  address: string;
}
export interface Passkey {
  id: string;
  name: string;
  createdAt: string;
  usedAt?: string;
}
export interface Staff {
  id: string;
  phoneMasked: string;
  roles: Role[];
  factors: { totp: boolean; passkeys: number };
  since: string;
  changedAt: string;
}
/** Options of the browser's passkey dialogue, as JSON; the id ties the answer to them. */
export interface Ceremony<Options> {
  ceremonyId: string;
  options: Options;
}

export interface Overview {
  days: { day: string; orders: number; faceFen: FenString; netFen: FenString }[];
  /** What sellers got per 100 of face value. */
  priceIndex: { day: string; category: string; index: number }[];
  timeToCash: {
    p50Hours: number;
    p90Hours: number;
    /** By day: `hours` is where the bucket of 24 hours begins. */
    buckets: { hours: number; orders: number }[];
  };
  /** Absent until something was paid. */
  onTimePct?: number;
  queues: {
    reviews: number;
    approvals: number;
    failedJobs: number;
    cases: number;
    waitingIssuer: number;
    unsealed: number;
    latePayouts: number;
  };
  categoryMix: { category: string; faceFen: FenString; orders: number }[];
}

export interface OrderView {
  id: string;
  state: string;
  stateSince: string;
  deadline?: { at: string; what: string };
  product: {
    sku: string;
    name: Named;
    category: string;
    issuerName: Named;
    brandColour: string;
  };
  faceFen: FenString;
  expiresOn?: string;
  netFen: FenString;
  quote: QuoteDoc;
  requote?: QuoteDoc;
  cardLast4?: string;
  verification?: {
    code: string;
    grade?: string;
    balanceFen?: FenString;
    at?: string;
  };
  secretSeen: boolean;
  payout?: {
    state: string;
    promisedOn: string;
    amountFen: FenString;
    paidAt?: string;
    compensationFen?: FenString;
  };
  steps: { key: string; at?: string }[];
  allowed: string[];
  createdAt: string;
}
export type TimelineKind = 'state' | 'money' | 'record' | 'job';
/** An order as staff see it: everything but the secret and the person. */
export interface ConsoleOrder {
  id: string;
  state: string;
  stateSince: string;
  deadline?: { at: string; what: string };
  seller: string;
  recycler: string;
  sku: string;
  productName: Named;
  category: string;
  faceFen: FenString;
  priceFen: FenString;
  netFen: FenString;
  cardId?: string;
  cardLast4?: string;
  verificationCode?: string;
  grade?: string;
  balanceFen?: FenString;
  /** How often the issuer was waited for. */
  waits: number;
  createdAt: string;
}
export interface ConsoleOrderDetail {
  order: ConsoleOrder;
  view: OrderView;
  timeline: { at: string; kind: TimelineKind; title: string; detail: string }[];
  /** What staff may do now, by the life cycle. */
  allowed: string[];
  case?: {
    id: string;
    state: string;
    reason: string;
    openedAt: string;
    deadline?: string;
    outcome?: string;
    amountFen?: FenString;
    decision?: string;
  };
}

export interface CaseView {
  id: string;
  subject: string;
  state: 'opened' | 'decided' | 'closed' | 'withdrawn';
  openedBy: string;
  /** Canonical verification code. */
  reason: string;
  openedAt: string;
  deadline: string;
  hasNote: boolean;
  note?: string;
  decision?: {
    outcome: CaseOutcome;
    amountFen?: FenString;
    by?: string;
    at: string;
    reason: string;
  };
}
export type CaseOutcome = 'release' | 'partial' | 'clawback';

export interface PayoutView {
  id: string;
  subject: string;
  part: string;
  state: string;
  amountFen: FenString;
  settleOn: string;
  promisedOn: string;
  paidAt?: string;
  failure?: string;
  compensationFen?: FenString;
  createdAt: string;
  userId: string;
  runId?: string;
  accountLast4?: string;
}
export interface PayoutDetail {
  payout: PayoutView;
  allowed: string[];
  attempts: {
    outNo: string;
    status: string;
    asks: number;
    accountLast4: string;
    startedAt: string;
    knownAt?: string;
  }[];
  events: {
    eventId: string;
    status: string;
    bankAt: string;
    receivedAt: string;
    handledAt?: string;
  }[];
  timeline: { at: string; transition: string; by: string; to: string }[];
}
export interface PayoutRun {
  id: string;
  day: string;
  maker: string;
  checker?: string;
  state: string;
  count: number;
  totalFen: FenString;
  /** Payouts from the amount on that a second person approves. */
  overCount: number;
  overFen: FenString;
  madeAt: string;
  checkedAt?: string;
}
export interface TopUp {
  id: string;
  recycler: string;
  amountFen: FenString;
  state: string;
  createdAt: string;
  receivedAt?: string;
}
export interface Treasury {
  custodyFen: FenString;
  inFlightFen: FenString;
  waitingFen: FenString;
  compensationFen: FenString;
  topUps: TopUp[];
}
export interface Reconciliation {
  day: string;
  state: 'none' | 'queued' | 'done';
  doneAt?: string;
  matched: number;
  findings: number;
  inFen: FenString;
  outFen: FenString;
  items: {
    kind: string;
    ref: string;
    result: 'matched' | 'missing_here' | 'missing_there' | 'amount_differs';
    oursFen?: FenString;
    theirsFen?: FenString;
  }[];
}

export interface LedgerAccount {
  code: string;
  class: string;
  balanceFen: FenString;
  heldFen: FenString;
  entries: number;
}
export interface Statement {
  account: string;
  from: string;
  to: string;
  openingFen: FenString;
  closingFen: FenString;
  entries: {
    version: number;
    at: string;
    transferId: string;
    kind: string;
    ref: string;
    subject: string;
    other: string;
    amountFen: FenString;
    balanceFen: FenString;
  }[];
}
export interface Transfers {
  items: {
    id: string;
    kind: string;
    ref: string;
    subject: string;
    at: string;
    legs: { from: string; to: string; amountFen: FenString }[];
  }[];
  holds: {
    id: string;
    kind: string;
    ref: string;
    from: string;
    to: string;
    amountFen: FenString;
    state: string;
    at: string;
    expiresAt: string;
    closedAt?: string;
  }[];
}
export interface TrialBalance {
  at: string;
  classes: { class: string; accounts: number; balanceFen: FenString; heldFen: FenString }[];
  debitFen: FenString;
  creditFen: FenString;
  balanced: boolean;
}
export interface RecordEntry {
  id: string;
  subject: string;
  type: string;
  data: Record<string, unknown>;
  at: string;
  /** Its place in the chain; absent until the next sealing. */
  sealed?: { seq: number; hash: string };
}
export interface RecordCheck {
  ok: boolean;
  entries?: number;
  unsealed?: number;
  head?: { seq: number; hash: string };
  broken?: { seq?: number; entryId?: string; reason: RecordBreak };
}
export type RecordBreak =
  | 'link_missing'
  | 'link_out_of_order'
  | 'entry_missing'
  | 'entry_changed'
  | 'link_forged'
  | 'entry_unchained';

export interface TransitionView {
  name: string;
  by: string[];
  from: string[];
  to: string;
  afterMs?: number;
  /** The clock takes it at a time set when the state was entered. */
  due: boolean;
  withinMs?: number;
  atMost?: number;
  money: string[];
}
export interface ProcessView {
  name: string;
  version: number;
  mermaid: string;
  /** The first is where every instance starts. */
  states: (Named & { name: string; terminal: boolean; count: number })[];
  transitions: TransitionView[];
  escrowDaysMax: number;
  failing: number;
}
export interface FailedJob {
  id: string;
  task: string;
  attempts: number;
  maxAttempts: number;
  lastError: string;
  /** When it runs again by itself. */
  runAt: string;
}
export interface Demo {
  now: string;
  smsUrl: string;
}
export type RevealReason = 'dispute_evidence' | 'manual_check' | 'hand_over' | 'court_order';
export interface Reveal {
  id: string;
  cardId: string;
  last4: string;
  sku: string;
  orderRef: string;
  reasonCode: RevealReason;
  note: string;
  state: 'waiting' | 'approved' | 'lapsed' | 'opened';
  requestedBy: string;
  requestedAt: string;
  requestExpiresAt: string;
  approvedBy?: string;
  approvedAt?: string;
  approvalExpiresAt?: string;
  openedAt?: string;
}
export interface OpenedReveal {
  id: string;
  number: string;
  pin?: string;
  showSeconds: number;
}
