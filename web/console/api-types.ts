/** What the console asks of the server: every route it calls, with what goes in and what comes back. */

export type FenString = string;
export type Role = 'support' | 'risk' | 'finance' | 'compliance' | 'auditor' | 'admin';
export interface Page<T> {
  items: T[];
  next?: string;
}
interface Paging {
  cursor?: string;
  limit?: number;
}
export interface Named {
  zh: string;
  en: string;
}

export interface Me {
  id: string;
  phoneMasked: string;
  roles: Role[];
  factors: { totp: boolean; passkeys: number };
  steppedUpUntil?: string;
  secondFactorNeeded?: boolean;
  demo: boolean;
  createdAt: string;
}
export interface Session {
  id: string;
  current: boolean;
  userAgent?: string;
  createdAt: string;
  lastSeenAt?: string;
}
export interface Staff {
  id: string;
  phoneMasked: string;
  roles: Role[];
  createdAt: string;
}

export interface Overview {
  from: string;
  to: string;
  days: { day: string; orders: number; faceFen: FenString; netFen: FenString }[];
  /** 100 = the mean of the category's first day shown. */
  priceIndex: { day: string; category: string; index: number }[];
  timeToCash: {
    p50Hours: number;
    p90Hours: number;
    buckets: { fromHours: number; toHours: number | null; count: number }[];
  };
  onTimePct: number | null;
  queues: { reviews: number; approvals: number; failedJobs: number; cases: number };
  categoryMix: { category: string; faceFen: FenString }[];
  alarms: { code: AlarmCode; count: number }[];
}
export type AlarmCode = 'unsealed_record' | 'reconcile_mismatch' | 'failed_jobs' | 'late_payouts';

export interface QuoteLine {
  code: string;
  fen: FenString;
  basis: string;
  policyVersion: string;
}
export interface QuoteDoc {
  quoteId: string;
  faceFen: FenString;
  grossFen: FenString;
  lines: QuoteLine[];
  netFen: FenString;
  feesFen: FenString;
  model: string;
  inputsHash: string;
  validUntil: string;
  belowFloor: boolean;
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
    issuerName: Named | string;
    brandColour: string;
  };
  faceFen: FenString;
  quote: QuoteDoc;
  requote?: QuoteDoc;
  cardLast4?: string;
  verification?: {
    code: string;
    grade: string;
    balanceFen?: FenString;
    at: string;
    waitingFor?: string;
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
export interface ConsoleOrder {
  order: OrderView;
  sellerMasked?: string;
  cardId?: string;
  timeline: { at: string; kind: TimelineKind; title: string; detail?: string }[];
  caseId?: string;
}
export interface Review {
  orderId: string;
  product: { sku: string; name: Named; category: string };
  faceFen: FenString;
  netFen: FenString;
  cardLast4?: string;
  enteredAt: string;
  dueAt: string;
  reason?: string;
  expiresOn?: string;
  tries?: number;
}

export interface CaseView {
  id: string;
  subject: string;
  state: string;
  reason: string;
  note?: string;
  openedBy: string;
  openedAt: string;
  dueAt?: string;
  outcome?: CaseOutcome;
  amountFen?: FenString;
  decisionReason?: string;
  decidedAt?: string;
}
export type CaseOutcome = 'release' | 'partial' | 'clawback';

export interface PayoutView {
  id: string;
  subject: string;
  state: string;
  amountFen: FenString;
  promisedOn: string;
  createdAt: string;
  late: boolean;
  bankCode?: string;
  accountLast4?: string;
  paidAt?: string;
  compensationFen?: FenString;
  problem?: string;
  allowed: string[];
}
export interface PayoutRun {
  id: string;
  state: string;
  day: string;
  count: number;
  totalFen: FenString;
  madeBy: string;
  madeAt: string;
  needsChecker: boolean;
  checkedBy?: string;
  checkedAt?: string;
}
export interface Treasury {
  accounts: { code: string; balanceFen: FenString; heldFen: FenString }[];
  custodyFen: FenString;
  liabilitiesFen: FenString;
}
export interface Reconciliation {
  day: string;
  state: string;
  matched: number;
  mismatches: {
    kind: string;
    ref: string;
    oursFen?: FenString;
    theirsFen?: FenString;
    note?: string;
  }[];
}

export interface LedgerAccount {
  code: string;
  balanceFen: FenString;
  heldFen: FenString;
}
export interface Transfer {
  id: string;
  kind: string;
  ref: string;
  subject: string;
  at: string;
  legs: { from: string; to: string; amountFen: FenString }[];
}
export interface Statement {
  code: string;
  from: string;
  to: string;
  openingFen: FenString;
  closingFen: FenString;
  entries: {
    at: string;
    kind: string;
    ref: string;
    subject: string;
    amountFen: FenString;
    balanceFen: FenString;
  }[];
}
export interface TrialBalance {
  rows: { class: string; accounts: number; balanceFen: FenString; heldFen: FenString }[];
  sumFen: FenString;
}
export interface RecordEntry {
  seq?: string;
  subject: string;
  type: string;
  at: string;
  data: unknown;
  hash?: string;
}
export type RecordCheck =
  | { ok: true; entries: number; unsealed: number; head: string }
  | { ok: false; seq: string; reason: string };

export interface ProcessView {
  name: string;
  version: number;
  mermaid: string;
  initial?: string;
  states: (Named & { name: string; terminal: boolean; count: number })[];
  transitions: {
    name: string;
    by: string[];
    from: string[];
    to: string;
    afterSeconds?: number;
    after?: string;
  }[];
}
export interface FailedJob {
  id: string;
  task: string;
  payload: Record<string, string>;
  attempts: number;
  maxAttempts: number;
  lastError: string;
  failedAt: string;
}
export interface Reveal {
  id: string;
  cardId: string;
  orderId?: string;
  purpose: string;
  state: string;
  requestedBy: string;
  requestedAt: string;
  approvedBy?: string;
  approvedAt?: string;
  expiresAt?: string;
  openedAt?: string;
}
