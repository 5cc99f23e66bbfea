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
