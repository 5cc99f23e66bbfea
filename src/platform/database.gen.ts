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

export interface DB {
  "ledger.account": LedgerAccount;
  "ledger.entry": LedgerEntry;
  "ledger.hold": LedgerHold;
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
  "platform.idempotency": PlatformIdempotency;
  "platform.migration": PlatformMigration;
  "record.entry": RecordEntry;
  "record.link": RecordLink;
  "record.unsealed": RecordUnsealed;
}
