-- The record: what happened, appended in the transaction in which it happened, later chained by hash.
create schema record;

create table record.entry (
  id      uuid primary key,
  no      int8 generated always as identity unique, -- order of appending
  subject text not null check (length(subject) between 1 and 200),
  type    text not null check (length(type) between 1 and 100),
  data    jsonb not null check (jsonb_typeof(data) = 'object'),
  at      timestamptz not null,
  digest  bytea not null check (length(digest) = 32) -- of id, subject, type, data and at
);
create index entry_subject on record.entry (subject, no);

-- What waits for the chain. Rows come with their entry and go with their link, so nothing is skipped:
-- neither an entry of a transaction that commits late, nor one written after a restore from a dump.
create table record.unsealed (
  no       int8 primary key,
  entry_id uuid not null unique references record.entry
);

create table record.link (
  seq      int8 primary key check (seq > 0), -- gapless
  entry_id uuid not null unique references record.entry,
  at       timestamptz not null,
  prev     bytea not null check (length(prev) = 32),
  hash     bytea not null unique check (length(hash) = 32) -- of seq, prev, the entry's digest and at
);

create function record.forbid_change() returns trigger language plpgsql as $$
begin
  raise exception 'record.% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger append_only before update or delete or truncate on record.entry
  for each statement execute function record.forbid_change();
create trigger append_only before update or delete or truncate on record.link
  for each statement execute function record.forbid_change();
