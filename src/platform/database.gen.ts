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

export interface PlatformIdempotency {
  body: string | null;
  caller: string;
  input_digest: Buffer;
  key: string;
  route: string;
  started_at: Timestamp;
  status: number | null;
}

export interface PlatformMigration {
  applied_at: Generated<Timestamp>;
  digest: Buffer;
  name: string;
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

export interface DB {
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
  "ledger.account": LedgerAccount;
  "ledger.entry": LedgerEntry;
  "ledger.hold": LedgerHold;
  "ledger.transfer": LedgerTransfer;
  "platform.idempotency": PlatformIdempotency;
  "platform.migration": PlatformMigration;
  "record.entry": RecordEntry;
  "record.link": RecordLink;
  "record.unsealed": RecordUnsealed;
  "rules.regulation": RulesRegulation;
}
