-- Cases: someone says a sale went wrong; who said what, until when it must be decided, and how it was.
create schema disputes;

create table disputes.case (
  id          uuid primary key,
  subject     text not null,                -- the order
  opened_by   text not null,
  reason      text not null check (reason ~ '^[A-Z][A-Z_]{1,39}$'),   -- canonical verification code
  note        bytea,                        -- sealed: people write names and numbers into free text
  opened_at   timestamptz not null,
  deadline    timestamptz not null check (deadline > opened_at),
  open        boolean not null,
  outcome     text check (outcome in ('release', 'partial', 'clawback')),
  amount_fen  int8 check (amount_fen > 0),
  decided_by  text,                         -- null: the clock, by the burden of proof
  decided_at  timestamptz,
  reason_text text check (length(reason_text) between 1 and 500),
  constraint decision_is_whole check (
    (outcome is null) = (decided_at is null) and (outcome is null) = (reason_text is null)),
  constraint amount_fits_outcome check (
    case outcome when 'partial' then amount_fen is not null
                 when 'clawback' then true
                 else amount_fen is null end),
  constraint undecided_has_no_decider check (outcome is not null or decided_by is null)
);
create unique index case_one_open on disputes.case (subject) where open;
create index case_subject on disputes.case (subject, id);
