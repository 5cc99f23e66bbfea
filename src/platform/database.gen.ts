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
  balance: Generated<bigint>;
  class: string;
  code: string;
  held: Generated<bigint>;
  max_balance: bigint | null;
  min_balance: bigint | null;
  version: Generated<bigint>;
}

export interface LedgerEntry {
  account: string;
  amount: bigint;
  at: Timestamp;
  balance_after: bigint;
  leg: number;
  other: string;
  transfer_id: string;
  version: bigint;
}

export interface LedgerHold {
  amount: bigint;
  at: Timestamp;
  closed_at: Timestamp | null;
  expires_at: Timestamp;
  id: string;
  kind: string;
  ref: string;
  source: string;
  state: Generated<string>;
  subject: string;
  target: string;
  transfer_id: string | null;
}

export interface LedgerTransfer {
  at: Timestamp;
  digest: Buffer;
  id: string;
  kind: string;
  no: Generated<bigint>;
  ref: string;
  subject: string;
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

export interface DB {
  "buyback.order": BuybackOrder;
  "buyback.quote_holder": BuybackQuoteHolder;
  "disputes.case": DisputesCase;
  "ledger.account": LedgerAccount;
  "ledger.entry": LedgerEntry;
  "ledger.hold": LedgerHold;
  "ledger.transfer": LedgerTransfer;
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
}
