-- One sale by buyback. Its life cycle is process.instance; `state` here is a copy written in the same transaction,
-- so that lists can be filtered without naming another room's table.
create schema buyback;

create table buyback."order" (
  id                uuid primary key,
  user_id           uuid not null,
  recycler          text not null,
  state             text not null,
  sku               text not null,
  face_fen          bigint not null check (face_fen > 0),
  expires_on        date,
  quote_id          uuid not null unique,
  requote_id        uuid unique,
  price_fen         bigint not null check (price_fen > 0),
  net_fen           bigint not null check (net_fen > 0),
  fees_fen          bigint not null check (fees_fen >= 0),
  card_id           uuid unique,
  card_last4        text check (length(card_last4) <= 4),
  verification_code text,
  grade             text,
  balance_fen       bigint check (balance_fen >= 0),
  verified_at       timestamptz,
  waits             int not null default 0 check (waits >= 0),
  checks            int not null default 1 check (checks > 0),  -- one more after each accepted new quote
  settled_at        timestamptz,
  created_at        timestamptz not null,
  check (price_fen = net_fen + fees_fen),
  check (grade is null or verification_code is not null)
);
create index order_user on buyback."order" (user_id, id desc);
create index order_state on buyback."order" (state, id desc);
create index order_created_at on buyback."order" (created_at);

-- A quote that a signed-in person asked for is theirs alone. Pricing itself never learns who asked.
create table buyback.quote_holder (
  quote_id uuid primary key,
  user_id  uuid not null
);
