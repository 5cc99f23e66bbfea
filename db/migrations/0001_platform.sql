-- What every room needs: the answers already given (Idempotency-Key).
create table platform.idempotency (
  key          text not null check (length(key) between 1 and 255),
  caller       text not null,               -- user id, or the address of a caller without a session
  route        text not null,
  input_digest bytea not null,
  status       int,                         -- null while the first call is in flight
  body         text,
  started_at   timestamptz not null,
  primary key (caller, route, key)
);
create index idempotency_started_at on platform.idempotency (started_at);

-- What became of each try of each job, for the timeline of an order; payloads are ids only.
create table platform.job_run (
  id      bigint generated always as identity primary key,
  task    text not null,
  about   text[] not null,                  -- the ids in the payload
  attempt int not null,
  at      timestamptz not null,
  error   text                              -- null: it worked
);
create index job_run_about on platform.job_run using gin (about);

-- How far the demo's clock is ahead of real time; one row, or none outside the demo.
create table platform.demo_clock (
  id       boolean primary key default true check (id),
  ahead_ms bigint not null check (ahead_ms >= 0)
);
