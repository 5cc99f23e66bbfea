/** The routes of the API as the web sees them: what goes in, what comes back. */

export interface Words {
  zh: string;
  en: string;
}
export interface Page<T> {
  items: T[];
  next?: string;
}
interface PageQuery {
  cursor?: string;
  limit?: number;
}
interface ById {
  id: string;
}
type Nothing = Record<string, never>;

export interface Product {
  sku: string;
  issuerId: string;
  issuerName: Words;
  name: Words;
  category: string;
  denominationsFen: string[];
  openAmount?: { minFen: string; maxFen: string };
  form: 'code' | 'plastic' | 'voucher';
  numberRule: {
    length: number;
    prefix: string;
    alphabet: 'digits' | 'safe' | 'alnum';
    check: string;
  };
  pinRule?: { length: number; alphabet: 'digits' | 'safe' | 'alnum' };
  barcodeFormat: 'EAN13' | 'Code128' | 'QRCode' | 'PDF417' | 'DataMatrix';
  restrictions: Restriction[];
  transferability: 'free' | 'issuer_notice' | 'rebind' | 'none';
  validity: { kind: 'none' } | { kind: 'months'; months: number } | { kind: 'printed' };
  issuerCaps: string[];
  brandColour: string;
  icon: string;
}
export type Restriction = import('../src/cards/schema.ts').Restriction;

export interface QuoteLine {
  code: string;
  fen: string;
  basis: { rule: string; bps: number; ofFen: string; zh: string; en: string };
  policyVersion: string;
}
/** An estimate for the same card at another time; not binding. */
export interface SlotOffer {
  slot: string;
  zh: string;
  en: string;
  from: string;
  until: string;
  netFen: string;
  gainFen: string;
  meetsFloor: boolean;
}
export interface QuoteDoc {
  type: string;
  quoteId: string;
  sku: string;
  category: string;
  form: string;
  venue: 'buyback';
  faceFen: string;
  expiresOn: string | null;
  grossFen: string;
  lines: QuoteLine[];
  priceFen: string;
  feesFen: string;
  netFen: string;
  rateBps: number;
  floorBps: number;
  belowFloor: boolean;
  betterSlot?: SlotOffer;
  alternatives: SlotOffer[];
  model: string;
  inputsHash: string;
  calendarVersion: string;
  pricedAt: string;
  issuedAt: string;
  validUntil: string;
  replaces?: string;
  signature: string;
}
export interface PriceRow {
  sku: string;
  name: Words;
  category: string;
  faceFen: string;
  netFen: string;
  rateBps: number;
  floorBps: number;
  belowFloor: boolean;
  changeFen: string | null;
  bestSlot?: SlotOffer;
}
export interface PriceList {
  at: string;
  tableVersion: number;
  items: PriceRow[];
}
export interface PriceHistory {
  sku: string;
  faceFen: string;
  days: { day: string; netFen: string; rateBps: number; bestRateBps: number }[];
}

export type OrderState =
  | 'accepted'
  | 'submitted'
  | 'waiting_issuer'
  | 'manual_review'
  | 'requoted'
  | 'verified'
  | 'settled'
  | 'closed'
  | 'cancelled'
  | 'rejected'
  | 'returned'
  | 'refunded'
  | 'disputed'
  | 'contested';
export type StepKey = 'accepted' | 'submitted' | 'verified' | 'settled' | 'paid';
export interface OrderView {
  id: string;
  state: OrderState;
  stateSince: string;
  deadline?: { at: string; what: string };
  product: {
    sku: string;
    name: Words;
    category: string;
    issuerName: Words;
    brandColour: string;
  };
  faceFen: string;
  expiresOn?: string;
  quote: QuoteDoc;
  requote?: QuoteDoc;
  /** What the seller receives as things stand. */
  netFen: string;
  cardLast4?: string;
  verification?: {
    code: string;
    grade?: string;
    balanceFen?: string;
    at?: string;
  };
  secretSeen: boolean;
  payout?: {
    state: string;
    promisedOn: string;
    amountFen: string;
    paidAt?: string;
    compensationFen?: string;
  };
  steps: { key: StepKey; at?: string }[];
  allowed: string[];
  createdAt: string;
}

export interface Me {
  id: string;
  phoneMasked: string;
  roles: string[];
  secondFactorNeeded: boolean;
  realName: {
    state: 'none' | 'pending' | 'verified' | 'rejected';
    nameMasked?: string;
    reason?: string;
  };
  factors: { totp: boolean; passkeys: number };
  stepUpMethods: ('otp' | 'totp' | 'passkey')[];
  steppedUpUntil?: string;
  demo: boolean;
  createdAt: string;
}
export interface ConsentView {
  purpose: string;
  zh: string;
  en: string;
  version: number;
  granted: boolean;
  grantedAt?: string;
  withdrawnAt?: string;
}
export interface SessionView {
  id: string;
  current: boolean;
  openedBy: string;
  openedAt: string;
  seenAt: string;
  endsAt: string;
  agent: string;
  address: string;
}
export type BankCode = 'state' | 'joint' | 'city' | 'rural' | 'online' | 'foreign';
export interface PayoutAccount {
  bankCode: BankCode;
  numberMasked: string;
  nameMasked: string;
  since: string;
}
export interface PayoutPolicy {
  cutOffHour: number;
  settleOn: string;
  promisedOn: string;
  compensationBpsPerDay: number;
  compensationMinFenPerDay: string;
  compensationDaysMax: number;
  checkFromFen: string;
}

/** Only in the demo: what time it is there, and where the simulators of the outside are. */
export interface Demo {
  now: string;
  smsUrl: string;
  cardsUrl: string;
  bankUrl: string;
}

export interface Routes {
  'GET /v1/demo': { reply: Demo };
  'POST /v1/demo/forward': { body: { to: 'two_hours' | 'next_payout' }; reply: Demo };
  'GET /v1/products': {
    query: { category?: string; q?: string };
    reply: { items: Product[] };
  };
  'GET /v1/products/:sku': { params: { sku: string }; reply: Product };
  'GET /v1/prices': { reply: PriceList };
  'GET /v1/price-history': { query: { sku: string }; reply: PriceHistory };
  'POST /v1/quotes': {
    body: { sku: string; faceFen: string; expiresOn?: string };
    reply: QuoteDoc;
  };
  'GET /v1/quotes/:id': { params: ById; reply: QuoteDoc };
  'POST /v1/quotes/:id/reminder': { params: ById; body: Nothing; reply: unknown };
  'POST /v1/scan': {
    query: { sku: string };
    reply: { text: string; format: string; fits: boolean };
  };
  'POST /v1/auth/otp': {
    body: { phone: string };
    reply: { sentTo: string; expiresInSeconds: number };
  };
  'POST /v1/auth/otp/verify': { body: { phone: string; code: string }; reply: { user: Me } };
  'POST /v1/auth/sign-out': { body: Nothing; reply: unknown };
  'GET /v1/me': { reply: Me };
  'POST /v1/me/step-up/otp': {
    body: Nothing;
    reply: { sentTo: string; expiresInSeconds: number };
  };
  'POST /v1/me/step-up': {
    body: { method: 'otp' | 'totp'; code: string };
    reply: { steppedUpUntil: string };
  };
  'POST /v1/me/real-name': {
    body: { name: string; idNumber: string; consent: true };
    reply: Me['realName'];
  };
  'GET /v1/me/consents': { reply: { items: ConsentView[] } };
  'POST /v1/me/consents': { body: { purpose: string }; reply: unknown };
  'DELETE /v1/me/consents/:purpose': { params: { purpose: string }; reply: unknown };
  'GET /v1/me/export': { reply: unknown };
  'POST /v1/me/erasure': { body: Nothing; reply: { erasedAt: string; kept: Words[] } };
  'GET /v1/me/sessions': { reply: { items: SessionView[] } };
  'DELETE /v1/me/sessions/:id': { params: ById; reply: unknown };
  'GET /v1/payout-policy': { reply: PayoutPolicy };
  'GET /v1/me/payout-account': { reply: { account?: PayoutAccount } };
  'PUT /v1/me/payout-account': {
    body: { bankCode: BankCode; accountNumber: string; accountName: string };
    reply: PayoutAccount;
  };
  'POST /v1/orders': { body: { quoteId: string; signature: string }; reply: OrderView };
  'GET /v1/orders': { query: PageQuery; reply: Page<OrderView> };
  'GET /v1/orders/:id': { params: ById; reply: OrderView };
  'POST /v1/orders/:id/card': {
    params: ById;
    body: { number: string; pin?: string };
    reply: OrderView;
  };
  'POST /v1/orders/:id/cancel': { params: ById; body: Nothing; reply: OrderView };
  'POST /v1/orders/:id/accept-requote': { params: ById; body: Nothing; reply: OrderView };
  'POST /v1/orders/:id/decline-requote': { params: ById; body: Nothing; reply: OrderView };
}
