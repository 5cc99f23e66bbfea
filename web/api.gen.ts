/** The routes of the API as the web sees them: what goes in, what comes back. */

export interface Words {
  zh: string;
  en: string;
}

export interface QuoteLine {
  code: string;
  fen: string;
  basis: string;
  policyVersion: string;
}

export interface QuoteDoc {
  quoteId: string;
  sku: string;
  faceFen: string;
  expiresOn: string | null;
  form: string;
  venue: 'buyback';
  grossFen: string;
  lines: QuoteLine[];
  netFen: string;
  feesFen: string;
  model: string;
  inputsHash: string;
  calendarVersion: string;
  alternatives: { venue: string; netFen?: string; note?: string }[];
  validUntil: string;
  belowFloor: boolean;
  floorBps: number;
  betterSlot?: { at: string; netFen: string };
  signature: string;
}

export interface PriceRow {
  sku: string;
  faceFen: string;
  netFen: string;
  rateBps: number;
}

export interface PricePoint {
  at: string;
  rateBps: number;
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
  | 'disputed';

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
  quote: QuoteDoc;
  requote?: QuoteDoc;
  cardLast4?: string;
  verification?: {
    code: string;
    grade: string;
    balanceFen?: string;
    at: string;
    waitingFor?: string;
  };
  secretSeen: boolean;
  payout?: {
    state: string;
    promisedOn: string;
    amountFen: string;
    paidAt?: string;
    compensationFen?: string;
  };
  steps: { key: 'accepted' | 'submitted' | 'verified' | 'settled' | 'paid'; at?: string }[];
  allowed: string[];
  createdAt: string;
}

export interface Me {
  id: string;
  phoneMasked: string;
  roles: string[];
  realName: { state: 'none' | 'pending' | 'verified' | 'rejected'; nameMasked?: string };
  factors: { totp: boolean; passkeys: number };
  steppedUpUntil?: string;
  demo: boolean;
  createdAt: string;
}

export interface Consent {
  purpose: string;
  grantedAt?: string;
  withdrawnAt?: string;
}

export interface SessionView {
  id: string;
  createdAt: string;
  lastSeenAt?: string;
  device?: string;
  current: boolean;
}

export interface PayoutAccount {
  bankCode: string;
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
}

export interface Product {
  sku: string;
  issuerId: string;
  issuerName: Words;
  name: Words;
  category: string;
  denominationsFen: string[];
  openAmount?: { minFen: string; maxFen: string };
  form: string;
  numberRule: { length: number; prefix: string; alphabet: string; check: string };
  pinRule?: { length: number; alphabet: string };
  barcodeFormat: string;
  restrictions: { kind: string }[];
  transferability: string;
  validity: { kind: string; months?: number };
  issuerCaps: string[];
  brandColour: string;
  icon: string;
}

export interface Page<T> {
  items: T[];
  next?: string;
}
interface PageQuery {
  cursor?: string;
  limit?: number;
}
type Nothing = Record<string, never>;

export interface Routes {
  'GET /v1/products': {
    query: { category?: string; q?: string } & PageQuery;
    reply: Page<Product>;
  };
  'GET /v1/products/:sku': { params: { sku: string }; reply: Product };
  'GET /v1/prices': { query: PageQuery; reply: { items: PriceRow[] } };
  'GET /v1/price-history': { query: { sku: string }; reply: { items: PricePoint[] } };
  'POST /v1/quotes': {
    body: { sku: string; faceFen: string; expiresOn?: string };
    reply: QuoteDoc;
  };
  'GET /v1/quotes/:id': { params: { id: string }; reply: QuoteDoc };
  'POST /v1/quotes/:id/reminder': { params: { id: string }; body: Nothing; reply: unknown };
  'POST /v1/scan': {
    query: { sku: string };
    reply: { text: string; format: string; fits?: boolean };
  };
  'POST /v1/auth/otp': {
    body: { phone: string };
    reply: { sentTo: string; expiresInSeconds: number };
  };
  'POST /v1/auth/otp/verify': { body: { phone: string; code: string }; reply: { user: Me } };
  'POST /v1/auth/sign-out': { body: Nothing; reply: unknown };
  'GET /v1/me': { reply: Me };
  'POST /v1/me/step-up/otp': { body: Nothing; reply: unknown };
  'POST /v1/me/step-up': { body: { method: 'otp' | 'totp'; code: string }; reply: unknown };
  'POST /v1/me/real-name': {
    body: { name: string; idNumber: string; consent: true };
    reply: { state: string };
  };
  'GET /v1/me/consents': { reply: { items: Consent[] } };
  'POST /v1/me/consents': { body: { purpose: string }; reply: unknown };
  'DELETE /v1/me/consents/:purpose': { params: { purpose: string }; reply: unknown };
  'GET /v1/me/export': { reply: unknown };
  'POST /v1/me/erasure': { body: Nothing; reply: unknown };
  'GET /v1/me/sessions': { reply: { items: SessionView[] } };
  'DELETE /v1/me/sessions/:id': { params: { id: string }; reply: unknown };
  'GET /v1/me/payout-account': { reply: { account?: PayoutAccount } };
  'PUT /v1/me/payout-account': {
    body: { bankCode: string; accountNumber: string; accountName: string };
    reply: PayoutAccount;
  };
  'POST /v1/orders': { body: { quoteId: string; signature: string }; reply: OrderView };
  'GET /v1/orders': { query: PageQuery; reply: Page<OrderView> };
  'GET /v1/orders/:id': { params: { id: string }; reply: OrderView };
  'POST /v1/orders/:id/card': {
    params: { id: string };
    body: { number: string; pin?: string };
    reply: OrderView;
  };
  'POST /v1/orders/:id/cancel': { params: { id: string }; body: Nothing; reply: OrderView };
  'POST /v1/orders/:id/accept-requote': { params: { id: string }; body: Nothing; reply: OrderView };
  'POST /v1/orders/:id/decline-requote': {
    params: { id: string };
    body: Nothing;
    reply: OrderView;
  };
}
