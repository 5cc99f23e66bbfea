-- Trust: what people did, what they say about each other, what they say to each other, and spot checks of cards.

-- One row a deed, written in the transaction of the deed itself; the score is computed from these and nothing else.
create table market.deed (
  id           uuid primary key,
  person_id    uuid not null,
  kind         text not null check (kind in ('sold', 'bought', 'spot_passed', 'rated_well', 'rated_badly',
    'cancelled', 'delivered_late', 'lost_claim', 'false_claim', 'spot_failed')),
  subject      uuid not null,               -- the order, or the spot check
  counterparty uuid check (counterparty <> person_id),
  value_fen    int8 not null check (value_fen >= 0),
  fresh_card   boolean not null,            -- false: this card was sold here before
  at           timestamptz not null,
  constraint deed_once unique (person_id, kind, subject)
);
create index deed_person on market.deed (person_id, at desc);
create index deed_trades on market.deed (at) include (person_id, counterparty) where kind = 'sold' and fresh_card;

-- Which cards were sold here before, by the vault's own fingerprint: a card sent round a ring earns nothing twice.
create table market.card_seen (
  print bytea primary key,
  at    timestamptz not null
);

-- Recomputed once a day, as the walk along trades needs all of them at once.
create table market.vouch (
  person_id uuid primary key,
  share     float8 not null check (share between 0 and 1),
  at        timestamptz not null
);

create table market.review (
  order_id   uuid not null,
  author_id  uuid not null,
  subject_id uuid not null check (subject_id <> author_id),
  stars      int2 not null check (stars between 1 and 5),
  body       text not null check (length(body) <= 500),
  at         timestamptz not null,
  -- Both are shown once both are written, or at this hour: nobody answers a review with a review.
  opens_at   timestamptz not null check (opens_at > at),
  value_fen  int8 not null check (value_fen > 0),
  primary key (order_id, author_id)
);
create index review_subject on market.review (subject_id, at desc);

create table market.message (
  id        uuid primary key,
  order_id  uuid not null,
  author_id uuid,                           -- null: the platform
  body      bytea,                          -- sealed: people write names and addresses
  code      text check (code ~ '^[a-z_]{1,40}$'), -- of the platform's own messages, in the reader's language
  params    jsonb not null default '{}' check (jsonb_typeof(params) = 'object'),
  at        timestamptz not null,
  check ((author_id is null) = (body is null)),
  check ((author_id is null) = (code is not null))
);
create index message_order on market.message (order_id, id);

create table market.message_read (
  order_id  uuid not null,
  person_id uuid not null,
  until     uuid not null,
  primary key (order_id, person_id)
);

create table market.spot_check (
  id         uuid primary key,
  listing_id uuid not null,
  card_id    uuid not null,
  seller_id  uuid not null,
  cause      text not null check (cause in ('random', 'risk')),
  day        date not null,                 -- in China; one check a day
  ordered_at timestamptz not null,
  done_at    timestamptz,
  outcome    text check (outcome in ('passed', 'failed', 'unanswered')),
  code       text,                          -- canonical verification code
  check ((done_at is null) = (outcome is null))
);
create unique index spot_check_one_open on market.spot_check (listing_id) where done_at is null;
create unique index spot_check_once_a_day on market.spot_check (listing_id, day);
create index spot_check_listing on market.spot_check (listing_id, ordered_at desc);

create function market.forbid_change() returns trigger language plpgsql as $$
begin
  raise exception 'market.% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger append_only before update or delete or truncate on market.deed
  for each statement execute function market.forbid_change();
-- The law forbids an operator to delete what a consumer wrote (E-commerce law, articles 39 and 81).
create trigger append_only before update or delete or truncate on market.review
  for each statement execute function market.forbid_change();
create trigger append_only before update or delete or truncate on market.message
  for each statement execute function market.forbid_change();
