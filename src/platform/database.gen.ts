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

export interface DB {
  "platform.idempotency": PlatformIdempotency;
  "platform.migration": PlatformMigration;
  "pricing.price_table": PricingPriceTable;
  "pricing.quote": PricingQuote;
  "pricing.reminder": PricingReminder;
}
