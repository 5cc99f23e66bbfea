-- Suspicious trades (Anti-Telecom Fraud Law arts. 22 and 25, Anti-Money Laundering Law art. 35): the case, which its party never
-- hears of, and beside it the delay of a payout, which its party is told of.
alter table cards.verification add column sold_at timestamptz;   -- when the issuer sold or activated the card, where it says so
create index card_owner_sealed on cards.card (owner_id, sealed_at);

create table risk.case (
  id         uuid primary key,
  kind       text not null check (kind in ('pattern', 'exposure')),
  party_kind text not null check (party_kind in ('person', 'entity')),
  party_id   uuid not null,
  subject    text,                             -- the sale that raised it
  amount_fen bigint not null check (amount_fen >= 0),
  reasons    text[] not null check (cardinality(reasons) > 0),
  facts      jsonb not null,                   -- figures only: hours, counts, amounts
  state      text not null,
  opened_at  timestamptz not null,
  decided_by uuid references parties.person,
  decided_at timestamptz,
  decision   text check (length(decision) between 2 and 500),
  report_id  uuid references risk.report,
  check ((kind = 'pattern') = (subject is not null)),
  check ((decided_by is null) = (decided_at is null))
);
create unique index case_once on risk.case (subject) where subject is not null;
create index case_party on risk.case (party_id);
create index case_state on risk.case (state, id);
create index case_decided_by on risk.case (decided_by);
create index case_report on risk.case (report_id);

create table risk.delay (
  subject   text primary key,                  -- the sale whose payout waits
  user_id   uuid not null,
  until     timestamptz not null,
  proved_at timestamptz                        -- when its seller proved again who they are
);
