-- Money that comes in for a purchase and where it goes: pay-ins, refunds, splits, the platform's own reserve,
-- charities and what was given to them.

create table settlement.pay_in (
  id         uuid primary key,             -- also the id of its `pay_in` process
  subject    text not null,                -- what is bought: an order, a basket
  payer_id   text not null,
  channel    text not null check (channel in ('alipay', 'wechat', 'bank')),
  out_no     text not null unique check (length(out_no) = 32),
  amount_fen int8 not null check (amount_fen > 0),
  state      text not null,                -- mirror of the process, written with every move
  pay_url    text,                         -- where the payer pays; known once the institution has the order
  asks       int not null default 0,       -- questions asked in a row in vain
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  paid_at    timestamptz,                  -- the institution's time of the payment that was taken
  thaws_at   timestamptz                   -- when the channel ends its freeze by itself
);
-- One number at a time that the payer is asked to pay; one that was paid and taken.
create unique index pay_in_asked on settlement.pay_in (subject) where state in ('requested', 'open');
create unique index pay_in_taken on settlement.pay_in (subject)
  where state in ('held', 'aging', 'settled', 'thawed');
create index pay_in_subject on settlement.pay_in (subject);
create index pay_in_payer on settlement.pay_in (payer_id, id);
create index pay_in_state on settlement.pay_in (state, id);

-- Each payment that arrived for a number of ours: the one that was taken, and those that go back.
create table settlement.receipt (
  trade_no   text primary key check (length(trade_no) between 1 and 64),
  pay_in_id  uuid not null references settlement.pay_in,
  amount_fen int8 not null check (amount_fen > 0),
  bank_at    timestamptz not null,
  heard_at   timestamptz not null,
  fate       text not null check (fate in ('taken', 'late', 'twice', 'other_amount'))
);
create index receipt_pay_in on settlement.receipt (pay_in_id);
create unique index receipt_one_taken on settlement.receipt (pay_in_id) where fate = 'taken';

create table settlement.refund (
  id         uuid primary key,             -- also the id of its `refund` process
  trade_no   text not null references settlement.receipt,
  pay_in_id  uuid not null references settlement.pay_in,
  subject    text not null,
  reason     text not null check (reason ~ '^[a-z0-9_:.-]{1,80}$'),
  source     text not null,                -- the account it is paid from
  amount_fen int8 not null check (amount_fen > 0),
  state      text not null,
  failure    text,
  created_at timestamptz not null,
  done_at    timestamptz,
  unique (subject, reason)
);
create index refund_pay_in on settlement.refund (pay_in_id);
create index refund_trade on settlement.refund (trade_no);
create index refund_state on settlement.refund (state, id);

create table settlement.split (
  id         uuid primary key,             -- also the id of its `split` process
  pay_in_id  uuid not null references settlement.pay_in,
  key        text not null,                -- what is settled: several orders may share one pay-in
  part       int not null check (part >= 0),   -- more receivers than one request takes: several parts
  mode       text not null check (mode in ('sync', 'async')),
  amount_fen int8 not null check (amount_fen > 0),
  state      text not null,
  failure    text,
  created_at timestamptz not null,
  done_at    timestamptz,
  unique (pay_in_id, key, part)
);
create index split_state on settlement.split (state, id);

create table settlement.split_share (
  split_id   uuid not null references settlement.split,
  receiver   text not null,                -- the account in our books that it is for
  role       text not null check (role in ('payee', 'platform', 'tax', 'insurer')),
  amount_fen int8 not null check (amount_fen > 0),
  done_under text,                         -- number under which the institution carried it out
  done_at    timestamptz,                  -- its time
  primary key (split_id, receiver),
  check ((done_under is null) = (done_at is null))
);
create index split_share_done on settlement.split_share (done_at) where done_at is not null;

-- The number of a refund or a split at the institution, stored before the call. A new one only when the
-- one before has failed for certain.
create table settlement.psp_request (
  out_no     text primary key check (length(out_no) = 32),
  kind       text not null check (kind in ('refund', 'split')),
  owner      uuid not null,
  status     text not null check (status in ('open', 'done', 'failed')),
  asks       int not null default 0,
  started_at timestamptz not null,
  known_at   timestamptz
);
create unique index psp_request_open on settlement.psp_request (owner) where status = 'open';
create index psp_request_owner on settlement.psp_request (owner, started_at);

-- What a party at fault owes the reserve after it has paid in their place.
create table settlement.recovery (
  id            uuid primary key,
  subject       text not null,
  reason        text not null check (reason ~ '^[a-z0-9_:.-]{1,80}$'),
  user_id       text not null,
  amount_fen    int8 not null check (amount_fen > 0),
  collected_fen int8 not null default 0 check (collected_fen between 0 and amount_fen),
  created_at    timestamptz not null,
  unique (subject, reason)
);
create index recovery_open on settlement.recovery (user_id, id) where collected_fen < amount_fen;

alter table settlement.top_up
  add column target text not null default 'wallet' check (target in ('wallet', 'reserve'));

create table settlement.charity (
  id            uuid primary key,          -- also the id of its `charity` process
  credit_code   text not null unique check (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
  name_zh       text not null check (length(name_zh) between 2 and 60),
  name_en       text not null check (length(name_en) between 2 and 120),
  licence_no    text not null check (length(licence_no) between 4 and 40),   -- public fundraising
  state         text not null,
  failure       text,                      -- what the registry said against it
  proposed_by   text not null,
  approved_by   text,
  verified_at   timestamptz,               -- when the registry last confirmed all of it
  valid_until   date,                      -- by the registry
  created_at    timestamptz not null,
  check (approved_by is distinct from proposed_by)
);
create index charity_state on settlement.charity (state, id);

-- What one month's gifts to one charity were paid out as.
create table settlement.donation_batch (
  id         uuid primary key,             -- also the subject of its payout
  batch_no   text not null unique,
  charity_id uuid not null references settlement.charity,
  month      text not null check (month ~ '^[0-9]{4}-[0-9]{2}$'),   -- China month before which it was given
  amount_fen int8 not null check (amount_fen > 0),
  count      int not null check (count > 0),
  created_at timestamptz not null,
  unique (charity_id, month)
);

create table settlement.donation (
  id          uuid primary key,
  subject     text not null,               -- the sale it comes from
  donor_id   text not null,
  charity_id uuid not null references settlement.charity,
  amount_fen int8 not null check (amount_fen > 0),
  is_public  boolean not null,             -- the donor agreed to be listed, under a masked name
  given_at   timestamptz not null,
  batch_id   uuid references settlement.donation_batch,
  returned_at timestamptz,                 -- the charity was struck off before it was paid
  check (batch_id is null or returned_at is null),
  unique (subject, charity_id)
);
create index donation_donor on settlement.donation (donor_id, id);
create index donation_waiting on settlement.donation (charity_id, id) where batch_id is null and returned_at is null;
create index donation_public on settlement.donation (id) where is_public;

alter table settlement.psp_event
  drop constraint psp_event_kind_check,
  drop constraint psp_event_status_check,
  add constraint psp_event_kind_check check (
    kind in ('transfer', 'collection', 'pay_in', 'refund', 'split')),
  add constraint psp_event_status_check check (
    status in ('accepted', 'paid', 'failed', 'returned', 'open', 'closed', 'done', 'partial'));
alter table settlement.custody_movement
  drop constraint custody_movement_kind_check,
  add constraint custody_movement_kind_check check (
    kind in ('transfer', 'return', 'collection', 'pay_in', 'refund'));
alter table settlement.reconciliation_item
  drop constraint reconciliation_item_kind_check,
  add constraint reconciliation_item_kind_check check (
    kind in ('transfer', 'return', 'collection', 'pay_in', 'refund', 'split', 'ledger'));
