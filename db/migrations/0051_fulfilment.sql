-- What follows a win: cards that were won at auction are orders like any other; what their recyclers report and what was
-- found of it; how a recycler keeps its word; and who paid where one did not.
alter table buyback."order"
  alter column quote_id drop not null,
  add column auction_id uuid unique,             -- won at auction: the price comes from there
  add column opened_at timestamptz,              -- the recycler has seen the secret
  add column resale_id uuid,                     -- its last listing on the market
  add constraint order_has_one_price check ((quote_id is null) <> (auction_id is null));
create index order_recycler on buyback."order" (recycler, id desc);
create index order_recycler_settled on buyback."order" (recycler, settled_at) where settled_at is not null;

-- One report an order. What was found compares what the issuer says with when the secret was shown.
create table buyback.report (
  order_id    uuid primary key references buyback."order",
  recycler    text not null,
  reason      text not null check (reason ~ '^[A-Z][A-Z_]{1,39}$'),   -- canonical verification code
  reported_at timestamptz not null,
  finding     text check (finding in ('false', 'confirmed', 'unclear')),
  probe_id    uuid,
  found_at    timestamptz,
  answer      text check (answer in ('agrees', 'contests')),          -- the seller's
  answer_note bytea,                             -- sealed: people write names and numbers into free text
  answered_at timestamptz,
  outcome     text check (outcome in ('release', 'partial', 'clawback')),
  refund_fen  int8 check (refund_fen > 0),       -- what went back to the recycler
  decided_at  timestamptz,
  audited_at  timestamptz,                       -- looked at again after the money went back
  check ((finding is null) = (found_at is null)),
  check ((answer is null) = (answered_at is null)),
  check ((outcome is null) = (decided_at is null)),
  check (refund_fen is null or outcome <> 'release')
);
create index report_recycler on buyback.report (recycler, reported_at);
create index report_audit on buyback.report (decided_at) where refund_fen is not null and audited_at is null;

-- How a recycler keeps its word: one row a fact, never changed. Formulas are in src/parties/recycler/score.ts.
create table parties.recycler_deed (
  id        uuid primary key,
  recycler  text not null,
  kind      text not null check (kind in ('settled', 'reported', 'report_true', 'report_false', 'dispute_lost', 'defaulted')),
  subject   text not null,                       -- the order or auction
  value     int8 not null default 0 check (value >= 0),   -- settled: fen; reported: minutes since the card was theirs
  at        timestamptz not null,
  unique (recycler, kind, subject)
);
create index recycler_deed_at on parties.recycler_deed (recycler, at);
alter table parties.recycler
  add column rank int2 not null default 1 check (rank between 0 and 2),   -- of equal bids the lower one buys first
  add column judged_from timestamptz;            -- restored by staff: what was before no longer restricts

-- A default made good: what was owed, and whose money paid it. The rest waits until the reserve has it.
create table settlement.cover (
  id          uuid primary key,
  recycler    uuid not null,
  payee_id    uuid not null,
  subject     text not null,
  reason      text not null check (reason in ('auction_unpaid', 'false_report')),
  is_debt     boolean not null,                -- it settles what the payee owes us; otherwise it is paid out
  owed_fen    int8 not null check (owed_fen > 0),
  wallet_fen  int8 not null check (wallet_fen >= 0),
  deposit_fen int8 not null check (deposit_fen >= 0),
  reserve_fen int8 not null check (reserve_fen >= 0),
  at          timestamptz not null,
  unique (subject, reason, recycler),
  check (wallet_fen + deposit_fen + reserve_fen <= owed_fen)
);
create index cover_recycler on settlement.cover (recycler, id desc);
create index cover_open on settlement.cover (id) where wallet_fen + deposit_fen + reserve_fen < owed_fen;
