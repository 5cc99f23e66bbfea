-- How people are paid: their bank accounts, payouts and their attempts at the custody bank, runs,
-- what the bank told us, and the daily comparison with its statement.
create schema settlement;

-- A row per version: a payout already sent keeps the account it was sent to.
create table settlement.payout_account (
  id          uuid primary key,
  user_id     text not null,
  bank_code   text not null,
  number      bytea not null,              -- sealed, bound to id
  fingerprint bytea not null,              -- HMAC of the number: equal numbers can be found
  last4       text not null check (last4 ~ '^[0-9]{4}$'),
  name        bytea not null,              -- sealed, bound to id
  created_at  timestamptz not null,
  replaced_at timestamptz check (replaced_at >= created_at)
);
create unique index payout_account_current on settlement.payout_account (user_id)
  where replaced_at is null;
create index payout_account_fingerprint on settlement.payout_account (fingerprint);

create table settlement.payout_run (
  id         uuid primary key,
  day        date not null,                -- China day it settles
  maker      text not null,                -- user id, or 'clock' at the cut-off
  checker    text,
  state      text not null check (state in ('done', 'awaiting_approval', 'approved', 'lapsed')),
  count      int not null check (count > 0),
  total_fen  int8 not null check (total_fen > 0),
  over_count int not null check (over_count between 0 and count),
  over_fen   int8 not null check (over_fen between 0 and total_fen),
  made_at    timestamptz not null,
  checked_at timestamptz,
  check (checker is distinct from maker),
  check ((state = 'approved') = (checker is not null)),
  check ((checker is null) = (checked_at is null))
);

create table settlement.payout (
  id          uuid primary key,            -- also the id of its `payout` process
  user_id     text not null,
  subject     text not null,               -- what it pays for: an order
  part        text not null,               -- 'main', 'compensation', …: one payout each per subject
  amount_fen  int8 not null check (amount_fen > 0),
  state       text not null,               -- mirror of the process, written with every move
  settle_on   date not null,               -- China day whose cut-off takes it
  promised_on date not null,               -- moves only when the recipient was at fault
  run_id      uuid references settlement.payout_run,
  failure     text,                        -- why the last attempt failed
  paid_at     timestamptz,                 -- the bank's time
  created_at  timestamptz not null,
  unique (subject, part)
);
create index payout_user on settlement.payout (user_id, id);
create index payout_state on settlement.payout (state, id);
create index payout_run_id on settlement.payout (run_id) where run_id is not null;

-- The number the bank knows a transfer by, stored before the bank is called.
create table settlement.attempt (
  out_no     text primary key check (length(out_no) = 32),
  payout_id  uuid not null references settlement.payout,
  account_id uuid not null references settlement.payout_account,
  amount_fen int8 not null check (amount_fen > 0),
  status     text not null check (status in ('open', 'paid', 'failed', 'returned')),
  asks       int not null default 0,       -- times we asked for its outcome in vain
  started_at timestamptz not null,
  known_at   timestamptz
);
create index attempt_payout on settlement.attempt (payout_id);
-- No second number while the first may still pay.
create unique index attempt_live on settlement.attempt (payout_id)
  where status in ('open', 'paid');

create table settlement.compensation (
  payout_id  uuid primary key references settlement.payout,   -- the late one: once each
  paid_by    uuid not null unique references settlement.payout,
  days_late  int not null check (days_late > 0),
  amount_fen int8 not null check (amount_fen > 0),
  at         timestamptz not null
);

create table settlement.top_up (
  id          uuid primary key,            -- also the id of its `top_up` process
  out_no      text not null unique check (length(out_no) = 32),
  recycler    text not null,
  amount_fen  int8 not null check (amount_fen > 0),
  asked_by    text not null,
  state       text not null,
  asks        int not null default 0,
  created_at  timestamptz not null,
  received_at timestamptz
);

-- What the bank told us, each event once.
create table settlement.psp_event (
  event_id    text primary key check (length(event_id) between 1 and 64),
  kind        text not null check (kind in ('transfer', 'collection')),
  out_no      text not null,
  status      text not null check (status in ('accepted', 'paid', 'failed', 'returned')),
  amount_fen  int8 not null,
  bank_at     timestamptz not null,
  reason      text,
  received_at timestamptz not null,
  handled_at  timestamptz
);
create index psp_event_out_no on settlement.psp_event (out_no);

-- Callbacks we did not believe; no content, a forger must not be able to fill our disks.
create table settlement.callback_refusal (
  body_digest bytea not null,
  reason      text not null,
  times       int not null default 1,
  first_at    timestamptz not null,
  last_at     timestamptz not null,
  primary key (body_digest, reason)
);
create index callback_refusal_last_at on settlement.callback_refusal (last_at);

-- Which ledger transfer stands for which line of the bank's statement.
create table settlement.custody_movement (
  out_no        text not null,
  kind          text not null check (kind in ('transfer', 'return', 'collection')),
  amount_fen    int8 not null check (amount_fen > 0),
  bank_at       timestamptz not null,
  bank_day      date not null,
  posted_at     timestamptz not null,      -- when the ledger learned of it
  transfer_kind text not null,
  transfer_ref  text not null,
  primary key (out_no, kind),
  unique (transfer_kind, transfer_ref)
);
create index custody_movement_day on settlement.custody_movement (bank_day);

create table settlement.reconciliation (
  day       date primary key,
  queued_at timestamptz not null,
  done_at   timestamptz,
  matched   int not null default 0,
  findings  int not null default 0,
  in_fen    int8 not null default 0,       -- by the bank's statement
  out_fen   int8 not null default 0
);

create table settlement.reconciliation_item (
  day        date not null references settlement.reconciliation,
  kind       text not null check (kind in ('transfer', 'return', 'collection', 'ledger')),
  ref        text not null,                -- number at the bank, or kind and ref of a ledger transfer
  result     text not null check (result in ('matched', 'missing_here', 'missing_there', 'amount_differs')),
  ours_fen   int8,
  theirs_fen int8,
  primary key (day, kind, ref)
);
