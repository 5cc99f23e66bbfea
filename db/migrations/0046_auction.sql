-- One card at auction, and who bid for it. Its life cycle is process.instance; `state` here is a copy of the same commit.
create table auctions.auction (
  id            uuid primary key,
  kind          text not null check (kind in ('first_price', 'second_price', 'english', 'dutch', 'batch')),
  seller_id     uuid not null,
  sku           text not null,
  face_fen      int8 not null check (face_fen > 0),
  expires_on    date,
  card_id       uuid not null unique,
  card_last4    text not null check (length(card_last4) = 4),
  grade         text check (grade ~ '^V[0-6]$'),
  state         text not null,
  reserve_fen   int8 not null check (reserve_fen > 0 and reserve_fen <= face_fen),
  bond_fen      int8 not null check (bond_fen > 0),     -- 5 % of the face: it tells nothing of the bid
  opens_at      timestamptz not null,
  closes_at     timestamptz not null,                   -- as published
  ends_at       timestamptz not null,                   -- after extensions
  extensions    int not null default 0 check (extensions between 0 and 10),
  start_fen     int8,                                   -- Dutch: the price function, pinned by its hash
  step_fen      int8 check (step_fen > 0),
  every_ms      int8 check (every_ms > 0),
  function_hash text check (function_hash ~ '^[0-9a-f]{64}$'),
  winner        text,
  price_fen     int8 check (price_fen >= reserve_fen),
  defaulted     text[] not null default '{}',
  settled_at    timestamptz,
  created_at    timestamptz not null,
  check (opens_at < closes_at and closes_at <= ends_at),
  check ((kind = 'dutch') = (start_fen is not null)),
  check ((start_fen is null) = (step_fen is null) and (start_fen is null) = (every_ms is null)),
  check ((start_fen is null) = (function_hash is null)),
  check ((winner is null) = (price_fen is null)),
  check (winner <> all (defaulted))
);
create index auction_state on auctions.auction (state, ends_at, id);
create index auction_seller on auctions.auction (seller_id, id desc);
create index auction_sku on auctions.auction (sku, face_fen) where kind = 'batch' and state = 'open';
create sequence auctions.bid_no;

create table auctions.bid (
  id            uuid primary key,
  no            int8 not null unique,          -- place in the log
  auction_id    uuid not null references auctions.auction,
  recycler_id   text not null,
  by            uuid not null,
  at            timestamptz not null,
  commitment    text check (commitment ~ '^[0-9a-f]{64}$'),
  max_ct        bytea,                          -- a hidden maximum, sealed until the close
  price_fen     int8 check (price_fen > 0),    -- opened, or said yes to
  salt          text check (salt ~ '^[0-9a-f]{64}$'),
  revealed_at   timestamptz,
  check ((commitment is null) <> (max_ct is null)),
  check ((salt is null) = (revealed_at is null)),
  check (revealed_at is null or (commitment is not null and price_fen is not null))
);
create index bid_auction on auctions.bid (auction_id, no);
create index bid_recycler on auctions.bid (recycler_id, id desc);
-- One envelope a bidder, and no envelope twice: a copy of another's commitment is refused at once.
create unique index bid_one_envelope on auctions.bid (auction_id, recycler_id) where commitment is not null;
create unique index bid_commitment on auctions.bid (commitment) where commitment is not null;

-- One bond a bidder and auction: a hold in the ledger, until it is given back or lost to the seller.
create table auctions.bond (
  auction_id  uuid not null references auctions.auction,
  recycler_id text not null,
  state       text not null check (state in ('held', 'released', 'forfeited')),
  primary key (auction_id, recycler_id)
);

-- One round of the batch, every five minutes while cards wait: the book and what came of it are in the record under its id.
create table auctions.round (
  id         uuid primary key,
  sku        text not null,
  face_fen   int8 not null,
  expires_on date,
  slot       timestamptz not null,              -- the five minutes it belongs to
  at         timestamptz not null,
  price_fen  int8 check (price_fen > 0),        -- null: nobody's limit reached another's
  volume     int not null check (volume >= 0),
  check ((price_fen is null) = (volume = 0)),
  unique nulls not distinct (sku, face_fen, expires_on, slot)
);
