-- Reports of the Anti-Money Laundering Law: the day sums that were looked at, and each report as it was handed to the payment
-- institution. A report names a person, so its text is sealed; outside of it stand ids, sums and the digest of the text.
create schema risk;

create table risk.flow_day (
  day      date primary key,                 -- of China; by the time at which the ledger booked
  done_at  timestamptz not null,
  parties  int not null check (parties >= 0),
  reports  int not null check (reports >= 0)
);

create table risk.report (
  id         uuid primary key,
  kind       text not null check (kind in ('large', 'suspicious')),
  party_kind text not null check (party_kind in ('person', 'entity')),
  party_id   uuid not null,
  day        date not null,
  in_fen     bigint not null check (in_fen >= 0),
  out_fen    bigint not null check (out_fen >= 0),
  reasons    text[] not null check (cardinality(reasons) > 0),
  rule       text not null,                  -- the regulation and its version, as R50.1
  sealed     bytea not null,
  digest     bytea not null check (length(digest) = 32),
  out_no     text not null unique check (length(out_no) = 32),
  state      text not null,
  receipt_no text check (length(receipt_no) between 1 and 64),
  failure    text,
  made_at    timestamptz not null,
  due_on     date not null,                  -- the last day on which it is in time
  ended_at   timestamptz
);
-- One a party and day, whoever comes to make it.
create unique index report_once on risk.report (party_id, day) where kind = 'large';
create index report_party on risk.report (party_id);
create index report_state on risk.report (state, id);

-- Day sums are read by the time of booking.
create index custody_movement_posted on settlement.custody_movement (posted_at);
