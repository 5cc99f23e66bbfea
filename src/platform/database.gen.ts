/** Generated from the migrated database by db/generate.ts; do not edit. */

import type { ColumnType } from "kysely";

export type Generated<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S, I | undefined, U>
  : ColumnType<T, T | undefined, T>;

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

export interface DB {
  "platform.idempotency": PlatformIdempotency;
  "platform.job_run": PlatformJobRun;
  "platform.migration": PlatformMigration;
}
