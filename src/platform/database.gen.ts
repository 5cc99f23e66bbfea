/** Generated from the migrated database by db/generate.ts; do not edit. */

import type { ColumnType } from "kysely";

export type Generated<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S, I | undefined, U>
  : ColumnType<T, T | undefined, T>;

export type Json = JsonValue;

export type JsonArray = JsonValue[];

export type JsonObject = {
  [x: string]: JsonValue | undefined;
};

export type JsonPrimitive = boolean | number | string | null;

export type JsonValue = JsonArray | JsonObject | JsonPrimitive;

export type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface BuybackOrder {
  balance_fen: bigint | null;
  card_id: string | null;
  card_last4: string | null;
  checks: Generated<number>;
  created_at: Timestamp;
  expires_on: string | null;
  face_fen: bigint;
  fees_fen: bigint;
  grade: string | null;
  id: string;
  net_fen: bigint;
  price_fen: bigint;
  quote_id: string;
  recycler: string;
  requote_id: string | null;
  settled_at: Timestamp | null;
  sku: string;
  state: string;
  user_id: string;
  verification_code: string | null;
  verified_at: Timestamp | null;
  waits: Generated<number>;
}

export interface BuybackQuoteHolder {
  quote_id: string;
  user_id: string;
}

export interface CardsBadAttempt {
  at: Timestamp;
  id: string;
  issuer_id: string;
  user_id: string;
}

export interface CardsCard {
  balance_fen: bigint | null;
  custody: string;
  expires_on: string | null;
  face_fen: bigint;
  grade: string | null;
  id: string;
  issuer_id: string;
  last4: string;
  owner_id: string;
  product_version: number;
  sealed_at: Timestamp;
  sku: string;
  validity: string;
  verified_at: Timestamp | null;
}

export interface CardsEncumbrance {
  card_id: string;
  ended_at: Timestamp | null;
  id: string;
  kind: string;
  ref: string;
  started_at: Timestamp;
}

export interface CardsFingerprint {
  card_id: string;
  ended_at: Timestamp | null;
  hmac: Buffer;
  started_at: Timestamp;
}

export interface CardsIssuer {
  doc: Json;
  id: string;
  published_at: Timestamp;
}

export interface CardsIssuerCall {
  answered_at: Timestamp | null;
  card_id: string;
  error: string | null;
  issuer_id: string;
  op: string;
  opened_at: Timestamp;
  ref: string;
  request_no: string;
  result: Json | null;
  secret_ct: Buffer | null;
  state: string;
  tries: Generated<number>;
}

export interface CardsIssuerHealth {
  changed_at: Timestamp;
  error: string | null;
  failures: number;
  issuer_id: string;
  open_until: Timestamp | null;
}

export interface CardsProbe {
  at: Timestamp;
  card_id: string;
  id: string;
  ref: string;
  request_no: string;
  seen: string;
  signature: Buffer;
}

export interface CardsProduct {
  catalogue: string;
  category: string;
  digest: Buffer;
  doc: Json;
  issuer_id: string;
  published_at: Timestamp;
  search: string;
  sku: string;
  version: number;
  withdrawn_at: Timestamp | null;
}

export interface CardsReveal {
  approval_expires_at: Timestamp | null;
  approved_at: Timestamp | null;
  approved_by: string | null;
  card_id: string;
  id: string;
  note: string;
  opened_at: Timestamp | null;
  order_ref: string;
  reason_code: string;
  request_expires_at: Timestamp;
  requested_at: Timestamp;
  requested_by: string;
}

export interface CardsSecret {
  card_id: string;
  kek_id: string | null;
  number_ct: Buffer;
  pin_ct: Buffer | null;
  sealed_at: Timestamp;
  shredded_at: Timestamp | null;
  wrapped_dek: Buffer | null;
}

export interface CardsVerification {
  at: Timestamp;
  balance_fen: bigint | null;
  card_id: string;
  code: string;
  expires_on: string | null;
  grade: string;
  probe_id: string | null;
  ref: string;
}

export interface DisputesCase {
  amount_fen: bigint | null;
  deadline: Timestamp;
  decided_at: Timestamp | null;
  decided_by: string | null;
  id: string;
  note: Buffer | null;
  open: boolean;
  opened_at: Timestamp;
  opened_by: string;
  outcome: string | null;
  reason: string;
  reason_text: string | null;
  subject: string;
}

export interface LedgerAccount {
  asset: Generated<number>;
  balance: Generated<bigint>;
  closed: Generated<boolean>;
  held: Generated<bigint>;
  id: bigint;
  incoming: Generated<bigint>;
  last_at: Generated<Timestamp>;
  max_balance: bigint | null;
  min_balance: bigint | null;
  version: Generated<bigint>;
}

export interface LedgerAccountInfo {
  class: string;
  code: string;
  credit_line: Generated<bigint>;
  id: Generated<bigint>;
  stripe: Generated<number>;
}

export interface LedgerAsset {
  code: string;
  id: number;
  scale: number;
}

export interface LedgerBatch {
  at: Timestamp;
  id: Generated<bigint>;
  mark: bigint;
  rejects: number;
  transfers: number;
  xid: string;
}

export interface LedgerBook {
  balance: bigint | null;
  class: string | null;
  closed: boolean | null;
  code: string | null;
  held: bigint | null;
  incoming: bigint | null;
  last_at: Timestamp | null;
  stripes: number | null;
  version: bigint | null;
}

export interface LedgerEntry {
  account: bigint | null;
  amount: bigint | null;
  at: Timestamp | null;
  balance: bigint | null;
  batch: bigint | null;
  code: number | null;
  kind: number | null;
  other: bigint | null;
  ref: string | null;
  transfer: string | null;
  version: bigint | null;
}

export interface LedgerHold {
  amount: bigint;
  credit: bigint;
  debit: bigint;
  expires_at: Timestamp;
  id: string;
  mark: bigint;
  state: Generated<number>;
}

export interface LedgerNamedHold {
  amount: bigint | null;
  at: Timestamp | null;
  closed_at: Timestamp | null;
  closed_by: string | null;
  expires_at: Timestamp | null;
  id: string | null;
  kind: string | null;
  ref: string | null;
  source: string | null;
  state: string | null;
  subject: string | null;
  target: string | null;
}

export interface LedgerPosting {
  at: Timestamp;
  digest: Buffer;
  id: string;
  is_hold: boolean;
  kind: string;
  legs: number;
  no: Generated<bigint>;
  ref: string;
  subject: string;
}

export interface LedgerReason {
  code: number;
  name: string;
}

export interface LedgerReject {
  amount: bigint | null;
  answer: number;
  at: Timestamp | null;
  batch: bigint;
  code: number | null;
  credit: bigint | null;
  debit: bigint | null;
  id: string;
  kind: number | null;
  mark: bigint;
  pending_id: string | null;
  ref: string | null;
}

export interface LedgerTransfer {
  amount: bigint;
  at: Timestamp;
  batch: bigint;
  code: number;
  credit: bigint;
  credit_balance: bigint | null;
  credit_version: bigint | null;
  debit: bigint;
  debit_balance: bigint | null;
  debit_version: bigint | null;
  id: string;
  kind: number;
  mark: bigint;
  pending_id: string | null;
  ref: string | null;
}

export interface PartiesCeremony {
  challenge: string;
  expires_at: Timestamp;
  id: string;
  kind: string;
  session_id: string | null;
}

export interface PartiesCode {
  digest: Buffer;
  expires_at: Timestamp;
  id: string;
  phone_print: Buffer;
  purpose: string;
  wrong_tries: Generated<number>;
}

export interface PartiesConsent {
  granted_at: Timestamp;
  id: string;
  person_id: string;
  purpose: string;
  version: number;
  withdrawn_at: Timestamp | null;
}

export interface PartiesMembership {
  changed_at: Timestamp;
  organisation_id: string;
  person_id: string;
  roles: string[];
  since: Timestamp;
}

export interface PartiesMessage {
  code_sealed: Buffer | null;
  created_at: Timestamp;
  decided_at: Timestamp | null;
  expires_at: Timestamp | null;
  id: string;
  params: Json | null;
  person_id: string | null;
  state: string;
  template: string;
  to_sealed: Buffer | null;
}

export interface PartiesOrganisation {
  created_at: Timestamp;
  id: string;
  kind: string;
  name_en: string;
  name_zh: string;
}

export interface PartiesPasskey {
  backed_up: boolean;
  created_at: Timestamp;
  credential_id: string;
  id: string;
  name: string;
  person_id: string;
  public_key: Buffer;
  sign_count: bigint;
  transports: string[];
  used_at: Timestamp | null;
}

export interface PartiesPerson {
  created_at: Timestamp;
  erased_at: Timestamp | null;
  id: string;
  phone_print: Buffer | null;
  phone_sealed: Buffer | null;
}

export interface PartiesRealName {
  asked_at: Timestamp;
  decided_at: Timestamp | null;
  id: string;
  id_print: Buffer | null;
  id_sealed: Buffer | null;
  name_sealed: Buffer | null;
  person_id: string;
  reason: string | null;
  request_no: string;
  state: string;
}

export interface PartiesSession {
  address: string;
  agent: string;
  id: string;
  opened_at: Timestamp;
  opened_by: string;
  person_id: string;
  previous_digest: Buffer | null;
  rotated_at: Timestamp;
  second_factor_at: Timestamp | null;
  seen_at: Timestamp;
  stepped_up_at: Timestamp | null;
  token_digest: Buffer;
}

export interface PartiesThrottle {
  gate: string;
  key: Buffer;
  opened_at: Timestamp;
  used: number;
}

export interface PartiesTotp {
  confirmed_at: Timestamp | null;
  created_at: Timestamp;
  last_step: Generated<bigint>;
  person_id: string;
  secret_sealed: Buffer;
}

export interface PlatformDemoClock {
  ahead_ms: bigint;
  id: Generated<boolean>;
}

export interface PlatformIdempotency {
  body: string | null;
  caller: string;
  input_digest: Buffer;
  key: string;
  route: string;
  started_at: Timestamp;
  status: number | null;
}

export interface PlatformJobRun {
  about: string[];
  at: Timestamp;
  attempt: number;
  error: string | null;
  id: Generated<bigint>;
  task: string;
}

export interface PlatformMigration {
  applied_at: Generated<Timestamp>;
  digest: Buffer;
  name: string;
}

export interface PricingPriceTable {
  approved_at: Timestamp | null;
  approved_by: string | null;
  author: string;
  created_at: Timestamp;
  data: Json;
  editors: string[];
  effective_from: Timestamp | null;
  hash: Buffer | null;
  id: string;
  note: Generated<string>;
  previous_hash: Buffer | null;
  state: string;
  submitted_at: Timestamp | null;
  title: string;
  updated_at: Timestamp;
  version: number | null;
}

export interface PricingQuote {
  accepted_at: Timestamp | null;
  doc: Json;
  face_fen: bigint;
  id: string;
  issued_at: Timestamp;
  net_fen: bigint;
  replaces: string | null;
  sku: string;
  table_version: number;
  valid_until: Timestamp;
}

export interface PricingReminder {
  closed_at: Timestamp | null;
  created_at: Timestamp;
  due_at: Timestamp;
  expires_on: string | null;
  face_fen: bigint;
  id: string;
  outcome: string | null;
  quote_id: string;
  sku: string;
  subscriber: string;
  target_fen: bigint;
}

export interface ProcessInstance {
  due_at: Timestamp | null;
  due_transition: string | null;
  entered_at: Timestamp;
  escrow_fen: Generated<bigint>;
  failures: Generated<number>;
  hold_fen: bigint | null;
  hold_ref: string | null;
  hold_to: string | null;
  holds: Generated<number>;
  id: string;
  last_failure: string | null;
  process: string;
  promised_at: Timestamp | null;
  seq: number;
  state: string;
  taken: Generated<Json>;
  terminal: boolean;
  version: number;
  wake_at: Timestamp | null;
}

export interface ProcessStep {
  actor: string | null;
  at: Timestamp;
  by: string;
  from_state: string | null;
  instance: string;
  note: string | null;
  seq: number;
  to_state: string;
  transition: string;
}

export interface RecordEntry {
  at: Timestamp;
  data: Json;
  digest: Buffer;
  id: string;
  no: Generated<bigint>;
  subject: string;
  type: string;
}

export interface RecordLink {
  at: Timestamp;
  entry_id: string;
  hash: Buffer;
  prev: Buffer;
  seq: bigint;
}

export interface RecordUnsealed {
  entry_id: string;
  no: bigint;
}

export interface RulesRegulation {
  digest: Buffer;
  doc: Json;
  effective_from: string;
  effective_to: string | null;
  id: string;
  published_at: Timestamp;
  version: number;
}

export interface SettlementAttempt {
  account_id: string;
  amount_fen: bigint;
  asks: Generated<number>;
  known_at: Timestamp | null;
  out_no: string;
  payout_id: string;
  started_at: Timestamp;
  status: string;
}

export interface SettlementCallbackRefusal {
  body_digest: Buffer;
  first_at: Timestamp;
  last_at: Timestamp;
  reason: string;
  times: Generated<number>;
}

export interface SettlementCompensation {
  amount_fen: bigint;
  at: Timestamp;
  days_late: number;
  paid_by: string;
  payout_id: string;
}

export interface SettlementCustodyMovement {
  amount_fen: bigint;
  bank_at: Timestamp;
  bank_day: string;
  kind: string;
  out_no: string;
  posted_at: Timestamp;
  transfer_kind: string;
  transfer_ref: string;
}

export interface SettlementPayout {
  amount_fen: bigint;
  created_at: Timestamp;
  failure: string | null;
  id: string;
  paid_at: Timestamp | null;
  part: string;
  promised_on: string;
  run_id: string | null;
  settle_on: string;
  state: string;
  subject: string;
  user_id: string;
}

export interface SettlementPayoutAccount {
  bank_code: string;
  created_at: Timestamp;
  fingerprint: Buffer;
  id: string;
  last4: string;
  name: Buffer;
  number: Buffer;
  replaced_at: Timestamp | null;
  user_id: string;
}

export interface SettlementPayoutRun {
  checked_at: Timestamp | null;
  checker: string | null;
  count: number;
  day: string;
  id: string;
  made_at: Timestamp;
  maker: string;
  over_count: number;
  over_fen: bigint;
  state: string;
  total_fen: bigint;
}

export interface SettlementPspEvent {
  amount_fen: bigint;
  bank_at: Timestamp;
  event_id: string;
  handled_at: Timestamp | null;
  kind: string;
  out_no: string;
  reason: string | null;
  received_at: Timestamp;
  status: string;
}

export interface SettlementReconciliation {
  day: string;
  done_at: Timestamp | null;
  findings: Generated<number>;
  in_fen: Generated<bigint>;
  matched: Generated<number>;
  out_fen: Generated<bigint>;
  queued_at: Timestamp;
}

export interface SettlementReconciliationItem {
  day: string;
  kind: string;
  ours_fen: bigint | null;
  ref: string;
  result: string;
  theirs_fen: bigint | null;
}

export interface SettlementTopUp {
  amount_fen: bigint;
  asked_by: string;
  asks: Generated<number>;
  created_at: Timestamp;
  id: string;
  out_no: string;
  received_at: Timestamp | null;
  recycler: string;
  state: string;
}

export interface DB {
  "buyback.order": BuybackOrder;
  "buyback.quote_holder": BuybackQuoteHolder;
  "cards.bad_attempt": CardsBadAttempt;
  "cards.card": CardsCard;
  "cards.encumbrance": CardsEncumbrance;
  "cards.fingerprint": CardsFingerprint;
  "cards.issuer": CardsIssuer;
  "cards.issuer_call": CardsIssuerCall;
  "cards.issuer_health": CardsIssuerHealth;
  "cards.probe": CardsProbe;
  "cards.product": CardsProduct;
  "cards.reveal": CardsReveal;
  "cards.secret": CardsSecret;
  "cards.verification": CardsVerification;
  "disputes.case": DisputesCase;
  "ledger.account": LedgerAccount;
  "ledger.account_info": LedgerAccountInfo;
  "ledger.asset": LedgerAsset;
  "ledger.batch": LedgerBatch;
  "ledger.book": LedgerBook;
  "ledger.entry": LedgerEntry;
  "ledger.hold": LedgerHold;
  "ledger.named_hold": LedgerNamedHold;
  "ledger.posting": LedgerPosting;
  "ledger.reason": LedgerReason;
  "ledger.reject": LedgerReject;
  "ledger.transfer": LedgerTransfer;
  "parties.ceremony": PartiesCeremony;
  "parties.code": PartiesCode;
  "parties.consent": PartiesConsent;
  "parties.membership": PartiesMembership;
  "parties.message": PartiesMessage;
  "parties.organisation": PartiesOrganisation;
  "parties.passkey": PartiesPasskey;
  "parties.person": PartiesPerson;
  "parties.real_name": PartiesRealName;
  "parties.session": PartiesSession;
  "parties.throttle": PartiesThrottle;
  "parties.totp": PartiesTotp;
  "platform.demo_clock": PlatformDemoClock;
  "platform.idempotency": PlatformIdempotency;
  "platform.job_run": PlatformJobRun;
  "platform.migration": PlatformMigration;
  "pricing.price_table": PricingPriceTable;
  "pricing.quote": PricingQuote;
  "pricing.reminder": PricingReminder;
  "process.instance": ProcessInstance;
  "process.step": ProcessStep;
  "record.entry": RecordEntry;
  "record.link": RecordLink;
  "record.unsealed": RecordUnsealed;
  "rules.regulation": RulesRegulation;
  "settlement.attempt": SettlementAttempt;
  "settlement.callback_refusal": SettlementCallbackRefusal;
  "settlement.compensation": SettlementCompensation;
  "settlement.custody_movement": SettlementCustodyMovement;
  "settlement.payout": SettlementPayout;
  "settlement.payout_account": SettlementPayoutAccount;
  "settlement.payout_run": SettlementPayoutRun;
  "settlement.psp_event": SettlementPspEvent;
  "settlement.reconciliation": SettlementReconciliation;
  "settlement.reconciliation_item": SettlementReconciliationItem;
  "settlement.top_up": SettlementTopUp;
}
