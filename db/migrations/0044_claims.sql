-- Claims between two people about one sale: what each said and showed, what was known, and how and by whom it was decided.
create table disputes.claim (
  id              uuid primary key,
  venue           text not null check (venue in ('market')),
  subject         text not null,                -- the order
  claimant_id     uuid not null,
  claimant_role   text not null check (claimant_role in ('buyer', 'seller')),
  respondent_id   uuid not null,
  respondent_role text not null check (respondent_role in ('buyer', 'seller')),
  reason          text not null check (reason ~ '^[A-Z][A-Z_]{1,39}$'),   -- canonical verification code
  at_stake_fen    int8 not null check (at_stake_fen > 0),
  opened_at       timestamptz not null,
  respond_by      timestamptz not null check (respond_by > opened_at),
  decide_by       timestamptz not null check (decide_by > opened_at),     -- the desk's last moment
  open            boolean not null,
  offer_fen       int8 check (offer_fen > 0 and offer_fen < at_stake_fen),
  offered_by      uuid,
  offered_at      timestamptz,
  assigned_to     uuid,
  assigned_at     timestamptz,
  first_reviewer  uuid,                         -- who decided before the appeal
  appealed_by     uuid check (appealed_by in (claimant_id, respondent_id)),
  appealed_at     timestamptz,
  desk_until      timestamptz,                  -- waits for the desk, on appeal too; null: not there
  executed_at     timestamptz,
  constraint two_people check (claimant_id <> respondent_id and claimant_role <> respondent_role),
  constraint offer_is_whole check (
    (offer_fen is null) = (offered_by is null) and (offer_fen is null) = (offered_at is null)),
  constraint offer_by_a_party check (offered_by in (claimant_id, respondent_id)),
  constraint appeal_is_whole check ((appealed_by is null) = (appealed_at is null)),
  constraint assignment_is_whole check ((assigned_to is null) = (assigned_at is null)),
  constraint claim_reviewer_is_no_party check (assigned_to not in (claimant_id, respondent_id)),
  constraint claim_reviewer_differs check (assigned_to <> first_reviewer)
);
create unique index claim_one_open on disputes.claim (venue, subject) where open;
create index claim_subject on disputes.claim (subject, id);
create index claim_claimant on disputes.claim (claimant_id, id);
create index claim_respondent on disputes.claim (respondent_id, id);
create index claim_desk on disputes.claim (desk_until, id) where desk_until is not null;
create index claim_opened on disputes.claim (opened_at);

-- What the house knew, frozen: a later probe makes a new version, and no version is ever changed.
create table disputes.claim_facts (
  claim_id uuid not null references disputes.claim,
  version  int not null check (version > 0),
  doc      text not null,                       -- canonical JSON, exactly the bytes of the digest
  digest   bytea not null check (length(digest) = 32),
  at       timestamptz not null,
  primary key (claim_id, version)
);

create table disputes.claim_decision (
  claim_id    uuid not null references disputes.claim,
  round       int2 not null check (round in (1, 2)),      -- 2: on appeal
  basis       text not null check (basis in
                ('rule', 'silence', 'agreement', 'settlement', 'desk', 'burden_of_proof')),
  outcome     text not null check (outcome in ('refund', 'partial', 'release')),
  refund_fen  int8 not null check (refund_fen >= 0),
  fault       text not null check (fault in ('seller', 'buyer', 'issuer', 'platform', 'unknown')),
  penalty_fen int8 not null check (penalty_fen >= 0),     -- from who is at fault to the other party
  rule        text not null check (rule ~ '^[a-z][a-z_]{1,39}$'),         -- or the desk's template
  reason_zh   text not null check (length(reason_zh) between 1 and 1000),
  reason_en   text not null check (length(reason_en) between 1 and 1000),
  words       text check (length(words) between 1 and 2000),
  facts       int,                              -- version that it was decided on
  decided_by  uuid,                             -- null: no person
  at          timestamptz not null,
  primary key (claim_id, round),
  foreign key (claim_id, facts) references disputes.claim_facts,
  constraint desk_has_a_person check ((basis = 'desk') = (decided_by is not null)),
  constraint refund_fits_outcome check ((outcome = 'release') = (refund_fen = 0)),
  constraint penalty_has_a_payer check (penalty_fen = 0 or fault in ('seller', 'buyer'))
);
-- Nobody decides the same claim twice: the appeal needs another person.
create unique index claim_decider_once on disputes.claim_decision (claim_id, decided_by);
create index claim_decision_at on disputes.claim_decision (at);

create table disputes.claim_statement (
  id        uuid primary key,
  claim_id  uuid not null references disputes.claim,
  author_id uuid not null,
  sealed    bytea not null,
  at        timestamptz not null
);
create index claim_statement_claim on disputes.claim_statement (claim_id, id);

-- Re-encoded pictures without their metadata, each under a key of its own: deleting wrapped_key shreds it.
create table disputes.claim_photo (
  id          uuid primary key,
  claim_id    uuid not null references disputes.claim,
  author_id   uuid not null,
  kek_id      text not null,
  wrapped_key bytea not null,
  sealed      bytea not null,
  digest      bytea not null check (length(digest) = 32),   -- of the re-encoded picture
  width       int not null check (width between 1 and 4096),
  height      int not null check (height between 1 and 4096),
  at          timestamptz not null
);
create unique index claim_photo_once on disputes.claim_photo (claim_id, author_id, digest);
