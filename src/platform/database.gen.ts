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

export type Numeric = ColumnType<string, number | string, number | string>;

export type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface AuctionsAuction {
  bid_count: Generated<number>;
  bidder_count: Generated<number>;
  bond_fen: bigint;
  card_id: string;
  card_last4: string;
  closes_at: Timestamp;
  created_at: Timestamp;
  defaulted: Generated<string[]>;
  ends_at: Timestamp;
  every_ms: bigint | null;
  expires_on: string | null;
  extensions: Generated<number>;
  face_fen: bigint;
  function_hash: string | null;
  grade: string | null;
  id: string;
  kind: string;
  leader_bid: string | null;
  net_fen: bigint | null;
  offer_fen: bigint | null;
  offer_net_fen: bigint | null;
  opens_at: Timestamp;
  price_fen: bigint | null;
  reserve_fen: bigint;
  second_bid: string | null;
  seller_id: string;
  settled_at: Timestamp | null;
  sku: string;
  start_fen: bigint | null;
  state: string;
  step_fen: bigint | null;
  winner: string | null;
}

export interface AuctionsBid {
  at: Timestamp;
  auction_id: string;
  by: string;
  commitment: string | null;
  id: string;
  max_ct: Buffer | null;
  no: bigint;
  price_fen: bigint | null;
  recycler_id: string;
  revealed_at: Timestamp | null;
  salt: string | null;
  shown_fen: bigint | null;
}

export interface AuctionsBidStep {
  bid_id: string;
  quantity: number;
  rate_bps: number;
  step: number;
}

export interface AuctionsBidTake {
  bid_id: string;
  day: string;
  order_id: string;
  price_fen: bigint;
  taken_at: Timestamp;
  undone_at: Timestamp | null;
}

export interface AuctionsBond {
  auction_id: string;
  no: number;
  recycler_id: string;
  state: string;
}

export interface AuctionsFlag {
  bid_id: string;
  id: string;
  kind: string;
  other_id: string;
  raised_at: Timestamp;
  reviewed_at: Timestamp | null;
  reviewed_by: string | null;
  sku: string;
}

export interface AuctionsRound {
  at: Timestamp;
  expires_on: string | null;
  face_fen: bigint;
  id: string;
  price_fen: bigint | null;
  sku: string;
  slot: Timestamp;
  volume: number;
}

export interface AuctionsStandingBid {
  active: boolean;
  created_at: Timestamp;
  created_by: string;
  curve_digest: Buffer;
  daily_budget_fen: bigint;
  days_left_max: number | null;
  days_left_min: number | null;
  face_max_fen: bigint;
  face_min_fen: bigint;
  from_hour: number;
  grade_min: string;
  id: string;
  no: bigint;
  recycler_id: string;
  sku: string;
  stopped_at: Timestamp | null;
  to_hour: number;
  weekdays: number[];
}

export interface BuybackOrder {
  auction_id: string | null;
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
  opened_at: Timestamp | null;
  price_fen: bigint;
  quote_id: string | null;
  recycler: string;
  requote_id: string | null;
  resale_id: string | null;
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

export interface BuybackReport {
  answer: string | null;
  answer_note: Buffer | null;
  answered_at: Timestamp | null;
  audited_at: Timestamp | null;
  decided_at: Timestamp | null;
  finding: string | null;
  found_at: Timestamp | null;
  order_id: string;
  outcome: string | null;
  probe_id: string | null;
  reason: string;
  recycler: string;
  refund_fen: bigint | null;
  reported_at: Timestamp;
}

export interface BuybackTill {
  closed_through: string | null;
  name: string;
  recycler: string;
}

export interface BuybackTillClose {
  closed_at: Timestamp;
  closed_by: string;
  counted: number;
  day: string;
  expected: number;
  face_fen: bigint;
  id: string;
  net_fen: bigint;
  note: string | null;
  recycler: string;
  returned: number;
  till: string;
  unsent: number;
  waiting: number;
}

export interface BuybackVisit {
  agreed_by: string | null;
  arrived_at: Timestamp;
  booked_on: string | null;
  box: Buffer | null;
  clerk_id: string;
  digest: Buffer;
  ended_at: Timestamp | null;
  expires_on: string | null;
  face_fen: bigint;
  id: string;
  is_offline: boolean;
  order_id: string | null;
  phone_seal: Buffer | null;
  quote_id: string;
  recycler: string;
  seller_id: string | null;
  sku: string;
  state: string;
  taken_at: Timestamp;
  till: string;
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
  sent_at: Timestamp | null;
  state: string;
  tries: Generated<number>;
}

export interface CardsIssuerEvent {
  at: Timestamp;
  card_id: string | null;
  digest: Buffer;
  event_id: string;
  issuer_id: string;
  what: string;
}

export interface CardsIssuerHealth {
  changed_at: Timestamp;
  error: string | null;
  failures: number;
  issuer_id: string;
  open_until: Timestamp | null;
}

export interface CardsNotice {
  decided_at: Timestamp | null;
  decided_by: string | null;
  digest: Buffer;
  entered_at: Timestamp;
  entered_by: string;
  id: string;
  letter: Buffer;
  proposed_by: string | null;
  reason: string | null;
  received_on: string;
  source: string;
  state: string;
  victim: Buffer | null;
}

export interface CardsNoticeCard {
  hmac: Buffer;
  last4: string;
  notice_id: string;
  sku: string;
}

export interface CardsNoticeMatch {
  at: Timestamp;
  card_id: string | null;
  hmac: Buffer;
  how: string;
  id: string;
  notice_id: string;
  person_id: string;
}

export interface CardsOpening {
  card_id: string;
  cause: string;
  opened_at: Timestamp;
  person_id: string;
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
  sold_at: Timestamp | null;
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

export interface DisputesClaim {
  appealed_at: Timestamp | null;
  appealed_by: string | null;
  assigned_at: Timestamp | null;
  assigned_to: string | null;
  at_stake_fen: bigint;
  claimant_id: string;
  claimant_role: string;
  decide_by: Timestamp;
  desk_until: Timestamp | null;
  executed_at: Timestamp | null;
  first_reviewer: string | null;
  id: string;
  offer_fen: bigint | null;
  offered_at: Timestamp | null;
  offered_by: string | null;
  open: boolean;
  opened_at: Timestamp;
  reason: string;
  respond_by: Timestamp;
  respondent_id: string;
  respondent_role: string;
  subject: string;
  venue: string;
}

export interface DisputesClaimDecision {
  at: Timestamp;
  basis: string;
  claim_id: string;
  decided_by: string | null;
  facts: number | null;
  fault: string;
  outcome: string;
  penalty_fen: bigint;
  reason_en: string;
  reason_zh: string;
  refund_fen: bigint;
  round: number;
  rule: string;
  words: string | null;
}

export interface DisputesClaimFacts {
  at: Timestamp;
  claim_id: string;
  digest: Buffer;
  doc: string;
  version: number;
}

export interface DisputesClaimPhoto {
  at: Timestamp;
  author_id: string;
  claim_id: string;
  digest: Buffer;
  height: number;
  id: string;
  kek_id: string;
  sealed: Buffer;
  width: number;
  wrapped_key: Buffer;
}

export interface DisputesClaimStatement {
  at: Timestamp;
  author_id: string;
  claim_id: string;
  id: string;
  sealed: Buffer;
}

export interface ExchangeAssignment {
  balance_fen: bigint | null;
  buyer_id: string | null;
  card_id: string;
  card_ref: string | null;
  channel: string | null;
  code_print: Buffer;
  created_at: Timestamp;
  expires_on: string | null;
  face_fen: bigint;
  fee_fen: bigint;
  id: string;
  last4: string;
  pay_by: Timestamp | null;
  price_fen: bigint;
  product_en: string;
  product_zh: string;
  reason: string | null;
  salt: Buffer | null;
  secret_commit: string | null;
  seller_id: string;
  sku: string;
  state: string;
}

export interface ExchangeAuction {
  buyer: string | null;
  created_at: Timestamp;
  deadline: Timestamp;
  digest: string;
  ends_at: Timestamp | null;
  id: string;
  kind: string;
  nonce: bigint;
  price_fen: bigint;
  reason: string | null;
  signature: string;
  signer: string;
  sold_fen: bigint | null;
  state: string;
  terms: Json;
  token_id: string;
  token_ref: string;
  user_id: string;
}

export interface ExchangeAuctionBidder {
  auction_id: string;
  bidder: string;
}

export interface ExchangeBalance {
  address: string;
  amount: bigint;
}

export interface ExchangeBid {
  bidder: string;
  bidder_id: string;
  created_at: Timestamp;
  deadline: Timestamp;
  digest: string;
  epoch: bigint;
  id: string;
  nonce: bigint;
  owner: string;
  owner_id: string;
  price_fen: bigint;
  reason: string | null;
  relay_id: string | null;
  signature: string;
  state: string;
  token_id: string;
  token_ref: string;
}

export interface ExchangeBlock {
  at: Timestamp;
  hash: string;
  number: bigint;
}

export interface ExchangeCardCase {
  case_hash: string;
  id: string;
  kind: string;
  opened_at: Timestamp;
  opened_by: string | null;
  reason: string;
  state: string;
  token_ref: string;
  tries: Generated<number>;
}

export interface ExchangeCardLock {
  created_at: Timestamp;
  id: string;
  rounds: Generated<number>;
  state: string;
  token_ref: string;
  until: Timestamp;
}

export interface ExchangeChallenge {
  expires_at: Timestamp;
  made_at: Timestamp;
  nonce: string;
  used_at: Timestamp | null;
  user_id: string | null;
}

export interface ExchangeCursor {
  final: bigint;
  head: bigint;
  head_at: Timestamp | null;
  next_block: bigint;
  one: Generated<boolean>;
  read_at: Timestamp;
  rollbacks: Generated<bigint>;
}

export interface ExchangeDelivery {
  buyer: string;
  buyer_id: string;
  created_at: Timestamp;
  deadline: Timestamp;
  digest: string;
  epoch: bigint;
  id: string;
  nonce: bigint;
  price_fen: bigint;
  public_key: string;
  reason: string | null;
  record_hash: string | null;
  sealed: Json | null;
  seller: string;
  seller_id: string;
  session: string;
  signature: string;
  state: string;
  token_id: string;
  token_ref: string;
  until: Timestamp | null;
}

export interface ExchangeDeployment {
  addresses: Json;
  block_number: bigint;
  chain_id: bigint;
  deployed_at: Timestamp;
  features: bigint;
  id: string;
  profile: string;
  retired_at: Timestamp | null;
  source_hash: string;
}

export interface ExchangeDocument {
  assignment_id: string;
  digest: string;
  kind: string;
  message: Json;
  no: Generated<bigint>;
  signature: string;
  signed_at: Timestamp;
  signer: string;
}

export interface ExchangeFraction {
  block: bigint;
  floor_fen: Numeric;
  proceeds_fen: bigint | null;
  share_id: string;
  split_by: string;
  state: string;
  supply: bigint;
  token_id: string;
}

export interface ExchangeHolding {
  block: bigint;
  last_owner: string | null;
  nonce: bigint;
  owner: string | null;
  state: string;
  token_id: string;
}

export interface ExchangeIssuerClass {
  class: Generated<number>;
  issuer_id: string;
}

export interface ExchangeLog {
  args: Json;
  block: bigint;
  contract: string;
  event: string;
  index: number;
  settled: Generated<boolean>;
  token_id: string | null;
  tx: string;
}

export interface ExchangePermit {
  number: bigint;
  owner: string;
  relay_id: string;
}

export interface ExchangeReconciliation {
  at: Timestamp;
  block: bigint;
  checked: number;
  findings: Json;
  id: string;
}

export interface ExchangeReissue {
  answer: string | null;
  ask_until: Timestamp | null;
  buyer: string;
  buyer_id: string | null;
  created_at: Timestamp;
  ending: string | null;
  id: string;
  new_commit: string | null;
  nonce: bigint;
  order_id: string | null;
  price_fen: bigint;
  reason: string | null;
  seller: string;
  seller_id: string | null;
  state: string;
  token_id: string;
  token_ref: string;
  until: Timestamp;
}

export interface ExchangeRelay {
  after: string | null;
  block: bigint | null;
  calldata: string;
  created_at: Timestamp;
  error: string | null;
  gas_max: bigint;
  gas_used: bigint | null;
  id: string;
  nonce: bigint | null;
  purpose: string;
  sender: string;
  state: string;
  subject: string | null;
  target: string;
  user_id: string | null;
  value: Generated<Numeric>;
}

export interface ExchangeRelayer {
  address: string;
  made_at: Timestamp;
  retired_at: Timestamp | null;
  sends_from: Timestamp | null;
  takes_until: Timestamp | null;
  version: number;
}

export interface ExchangeRelayTry {
  at: Timestamp;
  hash: string;
  max_fee: Numeric;
  raw: string;
  relay_id: string;
}

export interface ExchangeSale {
  at: Timestamp;
  block: bigint;
  buyer: string;
  charity_fen: bigint;
  fee_fen: bigint;
  index: number;
  net_fen: bigint;
  price_fen: bigint;
  seller: string;
  token_id: string;
}

export interface ExchangeSender {
  address: string;
  next_nonce: bigint;
}

export interface ExchangeShare {
  amount: bigint;
  cashed_fen: bigint;
  holder: string;
  share_id: string;
}

export interface ExchangeSignedOrder {
  bid: Json | null;
  bid_signature: string | null;
  buyer: string | null;
  buyer_id: string | null;
  created_at: Timestamp;
  deadline: Timestamp;
  delivery: Generated<string>;
  digest: string;
  id: string;
  kind: string;
  message: Json;
  nonce: bigint;
  price_fen: bigint;
  reason: string | null;
  relay_id: string | null;
  signature: string;
  signer: string;
  state: string;
  token_id: string;
  user_id: string;
}

export interface ExchangeSigner {
  address: string;
  awaits_chain: Generated<boolean>;
  issuer_class: number | null;
  kind: string;
  revoked_at: Timestamp | null;
  valid_from: Timestamp;
  valid_until: Timestamp;
  version: number;
}

export interface ExchangeSwap {
  created_at: Timestamp;
  deadline: Timestamp;
  digest: string;
  epoch: bigint;
  give_id: string;
  give_ref: string;
  id: string;
  maker: string;
  maker_id: string;
  maker_pays: boolean;
  nonce: bigint;
  reason: string | null;
  relay_id: string | null;
  signature: string;
  state: string;
  taker: string;
  taker_id: string;
  top_up_fen: bigint;
  want_id: string;
  want_nonce: bigint;
  want_ref: string;
}

export interface ExchangeToken {
  balance_fen: bigint | null;
  card_id: string;
  created_at: Timestamp;
  expires_on: string | null;
  face_fen: bigint;
  grade: string | null;
  id: string;
  issuer_class: number;
  last4: string;
  mint_relay: string | null;
  opened_by: string | null;
  own_secret: Generated<boolean>;
  product_en: string;
  product_zh: string;
  reason: string | null;
  salt: Buffer | null;
  secret_commit: string | null;
  sku: string;
  state: string;
  token_id: string | null;
  user_id: string;
  wallet: string;
}

export interface ExchangeWallet {
  address: string;
  admitted_until: Timestamp | null;
  allowance: Generated<bigint>;
  bound_at: Timestamp;
  ended_at: Timestamp | null;
  epoch: Generated<bigint>;
  id: string;
  kind: string;
  looked_at: Timestamp | null;
  next_nonce: Generated<bigint>;
  permit_nonce: Generated<bigint>;
  user_id: string;
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
  digest: Buffer | null;
  id: Generated<bigint>;
  mark: bigint;
  prints: Buffer | null;
  rejects: number;
  seal: bigint | null;
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

export interface LedgerDayEnd {
  accounts: bigint;
  balance: bigint;
  class: string;
  day: string;
  taken_at: Timestamp;
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

export interface LedgerPeriod {
  closed_at: Timestamp | null;
  closed_by: string | null;
  ends_at: Timestamp;
  month: string;
  proposed_at: Timestamp;
  proposed_by: string;
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

export interface LedgerSeal {
  at: Timestamp;
  batches: number;
  no: bigint;
  root: Buffer;
  rows: bigint;
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

export interface LotsBid {
  at: Timestamp;
  bidder_id: string;
  commitment: string;
  id: string;
  lot_id: string;
  made_by: string;
  no: Generated<bigint>;
  part_no: number;
  price_ct: Buffer;
  price_fen: bigint | null;
  state: string;
}

export interface LotsDeal {
  buyer_id: string;
  contract: string;
  contract_hash: string;
  created_at: Timestamp;
  id: string;
  lot_id: string;
  part_no: number;
  price_fen: bigint;
  seller_id: string;
  state: string;
}

export interface LotsLot {
  checked_bad: Generated<number>;
  checked_by: string | null;
  checked_good: Generated<number>;
  closes_at: Timestamp | null;
  commitment: string;
  company_id: string;
  created_at: Timestamp;
  declared_rows: number;
  fault: string | null;
  fault_row: number | null;
  file_bytes: bigint | null;
  file_digest: Buffer | null;
  format: string | null;
  id: string;
  kind: string | null;
  made_by: string;
  plan: string;
  reason: string | null;
  rows_bad: Generated<number>;
  rows_good: Generated<number>;
  rows_read: Generated<number>;
  sample_size: number | null;
  seed: string | null;
  seed_sealed: Buffer;
  split: string | null;
  state: string;
  title: string;
  tranches: number | null;
}

export interface LotsPaper {
  added_by: string;
  at: Timestamp;
  digest: Buffer;
  id: string;
  kek_id: string;
  kind: string;
  lot_id: string;
  media: string;
  sealed: Buffer;
  wrapped_key: Buffer;
}

export interface LotsPart {
  cards: number;
  face_fen: bigint;
  lot_id: string;
  no: number;
  reserve_fen: bigint | null;
  sku: string | null;
}

export interface LotsPiece {
  bytes: number;
  lot_id: string;
  no: number;
  sealed: Buffer;
}

export interface LotsRow {
  card_id: string | null;
  expires_on: string | null;
  face_fen: bigint | null;
  fault: string | null;
  lot_id: string;
  no: number;
  part_no: number | null;
  place: string | null;
  price_fen: bigint | null;
  probed: string | null;
  reissued: Generated<boolean>;
  reported: string | null;
  returned_at: Timestamp | null;
  sample_no: number | null;
  sample_ok: boolean | null;
  sku: string | null;
  state: string;
  tranche_id: string | null;
}

export interface LotsSignature {
  at: Timestamp;
  deal_id: string;
  person_id: string;
  role: string;
  side: string;
}

export interface LotsTranche {
  back_fen: Generated<bigint>;
  cards: number;
  deal_id: string;
  delivered_at: Timestamp | null;
  failing_fen: Generated<bigint>;
  fee_fen: Generated<bigint>;
  id: string;
  no: number;
  opened_at: Timestamp | null;
  opened_by: string | null;
  paid_fen: Generated<bigint>;
  price_fen: bigint;
  refund_fen: Generated<bigint>;
  state: string;
}

export interface LotsUpload {
  at: Timestamp;
  kek_id: string;
  lot_id: string;
  wrapped_key: Buffer;
}

export interface MarketAlertHit {
  at: Timestamp;
  listing_id: string;
  person_id: string;
  price_fen: bigint;
  search_id: string;
  texted: boolean;
}

export interface MarketBasket {
  buyer_id: string;
  channel: string;
  created_at: Timestamp;
  fill: string;
  id: string;
  pay_by: Timestamp;
  total_fen: bigint;
}

export interface MarketCardSeen {
  at: Timestamp;
  print: Buffer;
}

export interface MarketDeed {
  at: Timestamp;
  counterparty: string | null;
  fresh_card: boolean;
  id: string;
  kind: string;
  person_id: string;
  subject: string;
  value_fen: bigint;
}

export interface MarketFeePolicy {
  announced_on: string;
  cap_bps: number;
  commission_bps: number;
  effective_from: string;
  guarantee_days: number;
  tax_bps: number;
  version: number;
}

export interface MarketFindProduct {
  category: string;
  chinese: string;
  form: string;
  latin: string;
  name_en: string;
  name_zh: string;
  no: Generated<number>;
  sku: string;
}

export interface MarketFindSeller {
  score: number;
  seller_id: string;
}

export interface MarketFindTrait {
  delivery: string;
  grade: number;
  no: Generated<number>;
  restrictions: number;
  score_tens: number;
}

export interface MarketGuaranteeOption {
  days: number;
  premium_bps: number;
  version: number;
}

export interface MarketListing {
  asked_fen: bigint;
  balance_fen: bigint | null;
  card_back: string | null;
  card_id: string | null;
  card_last4: string | null;
  category: string;
  charity_bps: Generated<number>;
  charity_id: string | null;
  created_at: Timestamp;
  declared_fen: bigint;
  delivery: string;
  ends_at: Timestamp | null;
  expires_on: string | null;
  face_fen: bigint;
  form: string;
  grade: Generated<number>;
  held_ref: string | null;
  id: string;
  listed_at: Timestamp | null;
  markdown_floor_fen: bigint | null;
  note: string;
  price_fen: bigint;
  product_name_en: string;
  product_name_zh: string;
  recycler_id: string | null;
  restrictions: Json;
  seller_id: string;
  series: Buffer | null;
  sku: string;
  state: string;
  stock_id: string | null;
  suspended_reason: string | null;
  title: string;
  updated_at: Timestamp;
}

export interface MarketLiveListing {
  discount_bp: number;
  expires_on: string;
  id: string;
  listed_at: Timestamp;
  price_fen: bigint;
  product_no: number;
  seller_id: string;
  tags: string[];
  title: string;
  trait_no: number;
  value_fen: bigint;
}

export interface MarketMessage {
  at: Timestamp;
  author_id: string | null;
  body: Buffer | null;
  code: string | null;
  id: string;
  order_id: string;
  params: Generated<Json>;
  seq: Generated<bigint>;
}

export interface MarketMessageRead {
  order_id: string;
  person_id: string;
  until: string;
}

export interface MarketOffer {
  buyer_id: string;
  created_at: Timestamp;
  id: string;
  listing_id: string;
  order_id: string | null;
  price_fen: bigint;
  seller_id: string;
  state: string;
  updated_at: Timestamp;
}

export interface MarketOrder {
  basket_id: string;
  buyer_id: string;
  cap_bps: number;
  card_id: string | null;
  carrier: string | null;
  charity_fen: bigint;
  charity_id: string | null;
  claim_reason: string | null;
  claim_statement: Buffer | null;
  claims: Generated<number>;
  confirmed_at: Timestamp | null;
  created_at: Timestamp;
  delivery: string;
  face_fen: bigint;
  fee_fen: bigint;
  guarantee_days: number;
  guarantee_until: Timestamp | null;
  held_ref: string | null;
  id: string;
  inspect_until: Timestamp | null;
  listing_id: string;
  net_fen: bigint;
  offer_id: string | null;
  paid_at: Timestamp | null;
  policy_version: number;
  premium_fen: bigint;
  price_fen: bigint;
  probe_code: string | null;
  probe_id: string | null;
  promised_fen: bigint;
  ready_at: Timestamp | null;
  recycler_id: string | null;
  refund_fen: bigint | null;
  refund_reason: string | null;
  reminded_at: Timestamp | null;
  revealed_at: Timestamp | null;
  seller_id: string;
  ship_to: Buffer | null;
  sku: string;
  state: string;
  tax_fen: bigint;
  total_fen: bigint;
  tracking: string | null;
  waiver_at: Timestamp | null;
  waiver_version: number | null;
}

export interface MarketReview {
  at: Timestamp;
  author_id: string;
  body: string;
  opens_at: Timestamp;
  order_id: string;
  stars: number;
  subject_id: string;
  value_fen: bigint;
}

export interface MarketSavedSearch {
  alert: boolean;
  category: string | null;
  created_at: Timestamp;
  discount_max: number | null;
  filter: Json;
  id: string;
  name: string;
  person_id: string;
  price_max: bigint | null;
  seen_at: Timestamp | null;
  sku: string | null;
  until: Timestamp;
}

export interface MarketSpotCheck {
  card_id: string;
  cause: string;
  code: string | null;
  day: string;
  done_at: Timestamp | null;
  id: string;
  listing_id: string;
  ordered_at: Timestamp;
  outcome: string | null;
  seller_id: string;
}

export interface MarketVouch {
  at: Timestamp;
  person_id: string;
  share: number;
}

export interface MarketWant {
  bought: Generated<number>;
  buyer_id: string;
  category: string;
  created_at: Timestamp;
  expires_from: string | null;
  grade_min: number;
  id: string;
  max_bps: number;
  max_price_fen: bigint | null;
  offer_id: string | null;
  refused: number;
  sku: string | null;
  state: string;
  until: Timestamp;
  value_max_fen: bigint;
  value_min_fen: bigint;
  wished: number;
}

export interface MarketWantHit {
  at: Timestamp;
  listing_id: string;
  person_id: string;
  texted: boolean;
  want_id: string;
}

export interface PartiesApiKey {
  digest: Buffer;
  expires_at: Timestamp | null;
  id: string;
  made_at: Timestamp;
  made_by: string;
  name: string;
  networks: string[];
  recycler_id: string;
  revoked_at: Timestamp | null;
  scopes: string[];
  tail: string;
  used_at: Timestamp | null;
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

export interface PartiesLicenceCheck {
  answered_at: Timestamp | null;
  asked_at: Timestamp;
  credit_code: string;
  doubt: string | null;
  id: string;
  legal_name: string;
  legal_person: Buffer;
  recycler_id: string;
  request_no: string;
  state: string;
}

export interface PartiesLicencePhoto {
  added_by: string;
  at: Timestamp;
  digest: Buffer;
  height: number;
  id: string;
  kek_id: string;
  recycler_id: string;
  sealed: Buffer;
  width: number;
  wrapped_key: Buffer;
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

export interface PartiesOwnEntry {
  changed_at: Timestamp;
  decided_by: string | null;
  ending_by: string | null;
  id: string;
  proposed_at: Timestamp;
  proposed_by: string;
  sealed: Buffer;
  state: string;
  until: string;
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

export interface PartiesRecycler {
  address: string | null;
  alert_below_fen: bigint | null;
  alerted_at: Timestamp | null;
  created_at: Timestamp;
  created_by: string;
  credit_code: string;
  id: string;
  judged_from: Timestamp | null;
  legal_name: string;
  legal_person: Buffer;
  licence_until: string | null;
  opened_at: Timestamp | null;
  operator_is_legal: boolean;
  rank: Generated<number>;
  reason: string | null;
  refund_on: string | null;
  settled_count: Generated<number>;
  settled_fen: Generated<bigint>;
  state: string;
  tier: string;
  verified_at: Timestamp | null;
  verified_until: Timestamp | null;
}

export interface PartiesRecyclerDeed {
  at: Timestamp;
  id: string;
  kind: string;
  recycler: string;
  subject: string;
  value: Generated<bigint>;
}

export interface PartiesRecyclerInvite {
  at: Timestamp;
  expires_at: Timestamp;
  id: string;
  invited_by: string;
  phone_masked: string;
  phone_print: Buffer;
  recycler_id: string;
  role: string;
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

export interface PartiesWatchCase {
  decided_at: Timestamp | null;
  decided_by: string | null;
  entry_print: Buffer;
  entry_ref: string;
  features: Json;
  id: string;
  kind: string;
  opened_at: Timestamp;
  reason: string | null;
  role: string;
  score: number;
  state: string;
  subject_id: string;
  subject_kind: string;
  version_id: string;
}

export interface PartiesWatchList {
  failure: string | null;
  kind: string;
  looked_at: Timestamp | null;
  screened_at: Timestamp | null;
  version_id: string | null;
}

export interface PartiesWatchVersion {
  at: Timestamp;
  digest: Buffer;
  entries: number;
  id: string;
  kind: string;
  previous_id: string | null;
  sealed: Buffer;
  version: string;
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

export interface RiskCase {
  amount_fen: bigint;
  decided_at: Timestamp | null;
  decided_by: string | null;
  decision: string | null;
  facts: Json;
  id: string;
  kind: string;
  opened_at: Timestamp;
  party_id: string;
  party_kind: string;
  reasons: string[];
  report_id: string | null;
  state: string;
  subject: string | null;
}

export interface RiskDelay {
  proved_at: Timestamp | null;
  subject: string;
  until: Timestamp;
  user_id: string;
}

export interface RiskFlowDay {
  day: string;
  done_at: Timestamp;
  parties: number;
  reports: number;
}

export interface RiskReport {
  day: string;
  digest: Buffer;
  due_on: string;
  ended_at: Timestamp | null;
  failure: string | null;
  id: string;
  in_fen: bigint;
  kind: string;
  made_at: Timestamp;
  out_fen: bigint;
  out_no: string;
  party_id: string;
  party_kind: string;
  reasons: string[];
  receipt_no: string | null;
  rule: string;
  sealed: Buffer;
  state: string;
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

export interface SettlementCharity {
  approved_by: string | null;
  created_at: Timestamp;
  credit_code: string;
  failure: string | null;
  id: string;
  licence_no: string;
  name_en: string;
  name_zh: string;
  proposed_by: string;
  state: string;
  valid_until: string | null;
  verified_at: Timestamp | null;
}

export interface SettlementCompensation {
  amount_fen: bigint;
  at: Timestamp;
  days_late: number;
  paid_by: string;
  payout_id: string;
}

export interface SettlementCover {
  at: Timestamp;
  deposit_fen: bigint;
  id: string;
  is_debt: boolean;
  owed_fen: bigint;
  payee_id: string;
  reason: string;
  recycler: string;
  reserve_fen: bigint;
  subject: string;
  wallet_fen: bigint;
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

export interface SettlementDepositDefault {
  amount_fen: bigint;
  decided_at: Timestamp | null;
  decided_by: string | null;
  id: string;
  payee_id: string;
  proposed_at: Timestamp;
  proposed_by: string;
  recycler: string;
  state: string;
  subject: string;
  words: string;
}

export interface SettlementDonation {
  amount_fen: bigint;
  batch_id: string | null;
  charity_id: string;
  donor_id: string;
  given_at: Timestamp;
  id: string;
  is_public: boolean;
  returned_at: Timestamp | null;
  subject: string;
}

export interface SettlementDonationBatch {
  amount_fen: bigint;
  batch_no: string;
  charity_id: string;
  count: number;
  created_at: Timestamp;
  id: string;
  month: string;
}

export interface SettlementPayIn {
  amount_fen: bigint;
  asks: Generated<number>;
  channel: string;
  created_at: Timestamp;
  expires_at: Timestamp;
  id: string;
  out_no: string;
  paid_at: Timestamp | null;
  pay_url: string | null;
  payer_id: string;
  state: string;
  subject: string;
  thaws_at: Timestamp | null;
}

export interface SettlementPayout {
  amount_fen: bigint;
  card_id: string | null;
  created_at: Timestamp;
  failure: string | null;
  id: string;
  on_hold: Generated<boolean>;
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

export interface SettlementPspRequest {
  asks: Generated<number>;
  kind: string;
  known_at: Timestamp | null;
  out_no: string;
  owner: string;
  started_at: Timestamp;
  status: string;
}

export interface SettlementReceipt {
  amount_fen: bigint;
  bank_at: Timestamp;
  fate: string;
  heard_at: Timestamp;
  pay_in_id: string;
  trade_no: string;
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

export interface SettlementRecovery {
  amount_fen: bigint;
  collected_fen: Generated<bigint>;
  created_at: Timestamp;
  id: string;
  reason: string;
  subject: string;
  user_id: string;
}

export interface SettlementRefund {
  amount_fen: bigint;
  created_at: Timestamp;
  done_at: Timestamp | null;
  failure: string | null;
  id: string;
  pay_in_id: string;
  reason: string;
  source: string;
  state: string;
  subject: string;
  trade_no: string;
}

export interface SettlementSplit {
  amount_fen: bigint;
  created_at: Timestamp;
  done_at: Timestamp | null;
  failure: string | null;
  id: string;
  key: string;
  mode: string;
  part: number;
  pay_in_id: string;
  state: string;
}

export interface SettlementSplitShare {
  amount_fen: bigint;
  done_at: Timestamp | null;
  done_under: string | null;
  receiver: string;
  role: string;
  split_id: string;
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
  target: Generated<string>;
}

export interface WebhooksAttempt {
  at: Timestamp;
  delivery_id: string;
  failure: string | null;
  ms: number;
  number: number;
  status: number | null;
  status_line: string | null;
}

export interface WebhooksDelivery {
  at: Timestamp;
  cause: string;
  endpoint_id: string;
  id: string;
  message_id: string;
  next_at: Timestamp | null;
  state: string;
  tries: Generated<number>;
}

export interface WebhooksEndpoint {
  events: string[];
  failing_since: Timestamp | null;
  id: string;
  made_at: Timestamp;
  made_by: string;
  old_secret_sealed: Buffer | null;
  old_until: Timestamp | null;
  reason: string | null;
  recycler_id: string;
  secret_sealed: Buffer;
  signs_v1a: boolean;
  state: string;
  url: string;
}

export interface WebhooksMessage {
  at: Timestamp;
  body: string;
  id: string;
  recycler_id: string;
  type: string;
}

export interface DB {
  "auctions.auction": AuctionsAuction;
  "auctions.bid": AuctionsBid;
  "auctions.bid_step": AuctionsBidStep;
  "auctions.bid_take": AuctionsBidTake;
  "auctions.bond": AuctionsBond;
  "auctions.flag": AuctionsFlag;
  "auctions.round": AuctionsRound;
  "auctions.standing_bid": AuctionsStandingBid;
  "buyback.order": BuybackOrder;
  "buyback.quote_holder": BuybackQuoteHolder;
  "buyback.report": BuybackReport;
  "buyback.till": BuybackTill;
  "buyback.till_close": BuybackTillClose;
  "buyback.visit": BuybackVisit;
  "cards.bad_attempt": CardsBadAttempt;
  "cards.card": CardsCard;
  "cards.encumbrance": CardsEncumbrance;
  "cards.fingerprint": CardsFingerprint;
  "cards.issuer": CardsIssuer;
  "cards.issuer_call": CardsIssuerCall;
  "cards.issuer_event": CardsIssuerEvent;
  "cards.issuer_health": CardsIssuerHealth;
  "cards.notice": CardsNotice;
  "cards.notice_card": CardsNoticeCard;
  "cards.notice_match": CardsNoticeMatch;
  "cards.opening": CardsOpening;
  "cards.probe": CardsProbe;
  "cards.product": CardsProduct;
  "cards.reveal": CardsReveal;
  "cards.secret": CardsSecret;
  "cards.verification": CardsVerification;
  "disputes.case": DisputesCase;
  "disputes.claim": DisputesClaim;
  "disputes.claim_decision": DisputesClaimDecision;
  "disputes.claim_facts": DisputesClaimFacts;
  "disputes.claim_photo": DisputesClaimPhoto;
  "disputes.claim_statement": DisputesClaimStatement;
  "exchange.assignment": ExchangeAssignment;
  "exchange.auction": ExchangeAuction;
  "exchange.auction_bidder": ExchangeAuctionBidder;
  "exchange.balance": ExchangeBalance;
  "exchange.bid": ExchangeBid;
  "exchange.block": ExchangeBlock;
  "exchange.card_case": ExchangeCardCase;
  "exchange.card_lock": ExchangeCardLock;
  "exchange.challenge": ExchangeChallenge;
  "exchange.cursor": ExchangeCursor;
  "exchange.delivery": ExchangeDelivery;
  "exchange.deployment": ExchangeDeployment;
  "exchange.document": ExchangeDocument;
  "exchange.fraction": ExchangeFraction;
  "exchange.holding": ExchangeHolding;
  "exchange.issuer_class": ExchangeIssuerClass;
  "exchange.log": ExchangeLog;
  "exchange.permit": ExchangePermit;
  "exchange.reconciliation": ExchangeReconciliation;
  "exchange.reissue": ExchangeReissue;
  "exchange.relay": ExchangeRelay;
  "exchange.relay_try": ExchangeRelayTry;
  "exchange.relayer": ExchangeRelayer;
  "exchange.sale": ExchangeSale;
  "exchange.sender": ExchangeSender;
  "exchange.share": ExchangeShare;
  "exchange.signed_order": ExchangeSignedOrder;
  "exchange.signer": ExchangeSigner;
  "exchange.swap": ExchangeSwap;
  "exchange.token": ExchangeToken;
  "exchange.wallet": ExchangeWallet;
  "ledger.account": LedgerAccount;
  "ledger.account_info": LedgerAccountInfo;
  "ledger.asset": LedgerAsset;
  "ledger.batch": LedgerBatch;
  "ledger.book": LedgerBook;
  "ledger.day_end": LedgerDayEnd;
  "ledger.entry": LedgerEntry;
  "ledger.hold": LedgerHold;
  "ledger.named_hold": LedgerNamedHold;
  "ledger.period": LedgerPeriod;
  "ledger.posting": LedgerPosting;
  "ledger.reason": LedgerReason;
  "ledger.reject": LedgerReject;
  "ledger.seal": LedgerSeal;
  "ledger.transfer": LedgerTransfer;
  "lots.bid": LotsBid;
  "lots.deal": LotsDeal;
  "lots.lot": LotsLot;
  "lots.paper": LotsPaper;
  "lots.part": LotsPart;
  "lots.piece": LotsPiece;
  "lots.row": LotsRow;
  "lots.signature": LotsSignature;
  "lots.tranche": LotsTranche;
  "lots.upload": LotsUpload;
  "market.alert_hit": MarketAlertHit;
  "market.basket": MarketBasket;
  "market.card_seen": MarketCardSeen;
  "market.deed": MarketDeed;
  "market.fee_policy": MarketFeePolicy;
  "market.find_product": MarketFindProduct;
  "market.find_seller": MarketFindSeller;
  "market.find_trait": MarketFindTrait;
  "market.guarantee_option": MarketGuaranteeOption;
  "market.listing": MarketListing;
  "market.live_listing": MarketLiveListing;
  "market.message": MarketMessage;
  "market.message_read": MarketMessageRead;
  "market.offer": MarketOffer;
  "market.order": MarketOrder;
  "market.review": MarketReview;
  "market.saved_search": MarketSavedSearch;
  "market.spot_check": MarketSpotCheck;
  "market.vouch": MarketVouch;
  "market.want": MarketWant;
  "market.want_hit": MarketWantHit;
  "parties.api_key": PartiesApiKey;
  "parties.ceremony": PartiesCeremony;
  "parties.code": PartiesCode;
  "parties.consent": PartiesConsent;
  "parties.licence_check": PartiesLicenceCheck;
  "parties.licence_photo": PartiesLicencePhoto;
  "parties.membership": PartiesMembership;
  "parties.message": PartiesMessage;
  "parties.organisation": PartiesOrganisation;
  "parties.own_entry": PartiesOwnEntry;
  "parties.passkey": PartiesPasskey;
  "parties.person": PartiesPerson;
  "parties.real_name": PartiesRealName;
  "parties.recycler": PartiesRecycler;
  "parties.recycler_deed": PartiesRecyclerDeed;
  "parties.recycler_invite": PartiesRecyclerInvite;
  "parties.session": PartiesSession;
  "parties.throttle": PartiesThrottle;
  "parties.totp": PartiesTotp;
  "parties.watch_case": PartiesWatchCase;
  "parties.watch_list": PartiesWatchList;
  "parties.watch_version": PartiesWatchVersion;
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
  "risk.case": RiskCase;
  "risk.delay": RiskDelay;
  "risk.flow_day": RiskFlowDay;
  "risk.report": RiskReport;
  "rules.regulation": RulesRegulation;
  "settlement.attempt": SettlementAttempt;
  "settlement.callback_refusal": SettlementCallbackRefusal;
  "settlement.charity": SettlementCharity;
  "settlement.compensation": SettlementCompensation;
  "settlement.cover": SettlementCover;
  "settlement.custody_movement": SettlementCustodyMovement;
  "settlement.deposit_default": SettlementDepositDefault;
  "settlement.donation": SettlementDonation;
  "settlement.donation_batch": SettlementDonationBatch;
  "settlement.pay_in": SettlementPayIn;
  "settlement.payout": SettlementPayout;
  "settlement.payout_account": SettlementPayoutAccount;
  "settlement.payout_run": SettlementPayoutRun;
  "settlement.psp_event": SettlementPspEvent;
  "settlement.psp_request": SettlementPspRequest;
  "settlement.receipt": SettlementReceipt;
  "settlement.reconciliation": SettlementReconciliation;
  "settlement.reconciliation_item": SettlementReconciliationItem;
  "settlement.recovery": SettlementRecovery;
  "settlement.refund": SettlementRefund;
  "settlement.split": SettlementSplit;
  "settlement.split_share": SettlementSplitShare;
  "settlement.top_up": SettlementTopUp;
  "webhooks.attempt": WebhooksAttempt;
  "webhooks.delivery": WebhooksDelivery;
  "webhooks.endpoint": WebhooksEndpoint;
  "webhooks.message": WebhooksMessage;
}
