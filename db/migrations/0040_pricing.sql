-- Prices: published versions of the price table, the quotes made from them, and who waits for a better slot.
create schema pricing;

create table pricing.price_table (
  id             uuid primary key,
  state          text not null check (state in ('draft', 'submitted', 'published', 'withdrawn')),
  version        int unique check (version > 0),
  title          text not null check (length(title) between 1 and 80),
  note           text not null default '' check (length(note) <= 2000),
  data           jsonb not null,
  hash           bytea check (length(hash) = 32),       -- SHA-256 over version, previous hash, start and data
  previous_hash  bytea check (length(previous_hash) = 32),
  author         text not null,                         -- staff reference, opaque here
  editors        text[] not null check (author = any (editors)), -- every hand on it, the author's first
  approved_by    text,
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  submitted_at   timestamptz,
  approved_at    timestamptz,
  effective_from timestamptz,
  constraint four_eyes check (approved_by <> all (editors)),
  constraint published_is_complete check ((state = 'published') = (version is not null)),
  constraint published_has_all check (
    state <> 'published' or (hash is not null and approved_by is not null and approved_at is not null
      and effective_from is not null and (previous_hash is not null or version = 1)))
);
create index price_table_in_force on pricing.price_table (version desc, effective_from)
  where state = 'published';

-- Fee schedules are kept for years and a quote must stay explainable: a published version never changes.
create function pricing.keep_published() returns trigger language plpgsql as $$
begin
  if old.state = 'published' then
    raise exception 'price table version % is published and cannot change', old.version;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger keep_published before update or delete on pricing.price_table
  for each row execute function pricing.keep_published();

create table pricing.quote (
  id            uuid primary key,
  sku           text not null,
  face_fen      int8 not null check (face_fen > 0),
  net_fen       int8 not null check (net_fen >= 0),
  table_version int not null references pricing.price_table (version),
  doc           jsonb not null,                         -- the signed document, whole
  issued_at     timestamptz not null,
  valid_until   timestamptz not null check (valid_until > issued_at),
  accepted_at   timestamptz check (accepted_at <= valid_until),
  replaces      uuid references pricing.quote (id)
);
create index quote_unaccepted on pricing.quote (issued_at) where accepted_at is null;
create index quote_replaces on pricing.quote (replaces) where replaces is not null;

create table pricing.reminder (
  id         uuid primary key,
  quote_id   uuid not null,
  subscriber text not null check (length(subscriber) between 1 and 200), -- opaque: the caller knows who it is
  sku        text not null,
  face_fen   int8 not null check (face_fen > 0),
  expires_on date,
  target_fen int8 not null check (target_fen >= 0),     -- remind when the net reaches this
  due_at     timestamptz not null,
  created_at timestamptz not null,
  closed_at  timestamptz,
  outcome    text check (outcome in ('sent', 'lapsed')),
  unique (quote_id, subscriber),
  check ((closed_at is null) = (outcome is null))
);
create index reminder_due on pricing.reminder (due_at) where closed_at is null;
create index reminder_subscriber on pricing.reminder (subscriber);
