-- The books: accounts, the transfers between them, the entries those leave behind, and money on hold.
-- balance = sum of what came in − sum of what went out; over all accounts it is always zero.
create schema ledger;

create table ledger.account (
  code        text primary key check (code ~ '^[A-Z_]{2,20}(:[A-Za-z0-9._-]{1,64})?$'),
  class       text not null check (class = split_part(code, ':', 1)),
  min_balance int8,                         -- null: no bound below
  max_balance int8,                         -- null: no bound above; assets have 0
  balance     int8 not null default 0,
  held        int8 not null default 0 check (held >= 0),
  version     int8 not null default 0 check (version >= 0), -- number of entries so far
  constraint account_not_overdrawn check (min_balance is null or balance - held >= min_balance),
  constraint account_not_above check (max_balance is null or balance <= max_balance)
) with (fillfactor = 50);                   -- hot rows: room for updates inside the page

create table ledger.transfer (
  id      uuid primary key,
  no      int8 generated always as identity unique, -- order of posting
  kind    text not null check (length(kind) between 1 and 100),
  ref     text not null check (length(ref) between 1 and 200),
  subject text not null check (length(subject) between 1 and 200),
  at      timestamptz not null,
  digest  bytea not null check (length(digest) = 32), -- of kind, ref, subject and legs
  constraint transfer_once unique (kind, ref)
);
create index transfer_subject on ledger.transfer (subject, no);

-- Two rows a leg, one on each side, so that every leg is zero by itself.
create table ledger.entry (
  transfer_id   uuid not null references ledger.transfer,
  leg           int4 not null check (leg > 0),
  account       text not null references ledger.account,
  other         text not null references ledger.account check (other <> account),
  amount        int8 not null check (amount <> 0),
  balance_after int8 not null,
  version       int8 not null check (version > 0),
  at            timestamptz not null,       -- that of the transfer, so a statement needs one index
  primary key (transfer_id, leg, account),
  constraint entry_version_once unique (account, version)
);
create index entry_account_at on ledger.entry (account, at) include (amount);

create table ledger.hold (
  id          uuid primary key,
  kind        text not null check (length(kind) between 1 and 100),
  ref         text not null check (length(ref) between 1 and 200),
  subject     text not null check (length(subject) between 1 and 200),
  source      text not null references ledger.account,
  target      text not null check (target <> source),
  amount      int8 not null check (amount > 0),
  state       text not null default 'pending' check (state in ('pending', 'posted', 'voided', 'expired')),
  at          timestamptz not null,
  expires_at  timestamptz not null check (expires_at > at),
  closed_at   timestamptz,
  transfer_id uuid unique references ledger.transfer,
  constraint hold_once unique (kind, ref),
  check ((state = 'pending') = (closed_at is null)),
  check ((state = 'posted') = (transfer_id is not null))
);
create index hold_due on ledger.hold (expires_at) where state = 'pending';
create index hold_source on ledger.hold (source) where state = 'pending';
create index hold_subject on ledger.hold (subject);

create function ledger.forbid_change() returns trigger language plpgsql as $$
begin
  raise exception 'ledger.% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger append_only before update or delete or truncate on ledger.transfer
  for each statement execute function ledger.forbid_change();
create trigger append_only before update or delete or truncate on ledger.entry
  for each statement execute function ledger.forbid_change();

-- A hold is closed once: whoever posts, voids or expires it second finds it shut.
create function ledger.forbid_reopening() returns trigger language plpgsql as $$
begin
  raise exception 'hold % is already %', old.id, old.state using errcode = 'restrict_violation';
end $$;
create trigger closed_once before update on ledger.hold
  for each row when (old.state <> 'pending') execute function ledger.forbid_reopening();
create trigger append_only before delete or truncate on ledger.hold
  for each statement execute function ledger.forbid_change();
