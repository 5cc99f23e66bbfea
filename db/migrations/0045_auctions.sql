-- Price discovery among recyclers: standing bids with their curves, what was taken of them, and what a person should look at.
create schema auctions;

-- A bid is never edited: a changed price is a new bid, behind those that stood before it.
create table auctions.standing_bid (
  id               uuid primary key,
  no               int8 not null,                -- arrival; the earlier of two equal prices buys first
  recycler_id      text not null check (recycler_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  sku              text not null,
  face_min_fen     int8 not null check (face_min_fen > 0),
  face_max_fen     int8 not null,
  days_left_min    int check (days_left_min >= 0),   -- whole days to the card's last one; null: any
  days_left_max    int,                              -- null: also cards without an end
  grade_min        text not null check (grade_min ~ '^V[0-6]$'),
  weekdays         int2[] not null check (weekdays <@ '{0,1,2,3,4,5,6}' and cardinality(weekdays) > 0),  -- 0 Monday
  from_hour        int2 not null check (from_hour between 0 and 23),   -- in China
  to_hour          int2 not null check (to_hour between 1 and 24),
  daily_budget_fen int8 not null check (daily_budget_fen > 0),
  curve_digest     bytea not null check (length(curve_digest) = 32),   -- equal curves of two recyclers are looked at
  active           boolean not null,
  created_by       uuid not null,
  created_at       timestamptz not null,
  stopped_at       timestamptz,
  check (face_min_fen <= face_max_fen),
  check (from_hour < to_hour),
  check (coalesce(days_left_min, 0) <= days_left_max),
  check (active = (stopped_at is null))
);
create sequence auctions.arrival;
create unique index standing_bid_no on auctions.standing_bid (no);
create index standing_bid_live on auctions.standing_bid (sku, no) where active;
create index standing_bid_recycler on auctions.standing_bid (recycler_id, id);
create index standing_bid_curve on auctions.standing_bid (sku, curve_digest) where active;

-- So many cards a day at this share of the face, then so many at the next, which is lower.
create table auctions.bid_step (
  bid_id   uuid not null references auctions.standing_bid,
  step     int2 not null check (step >= 0),
  rate_bps int not null check (rate_bps between 1 and 10000),
  quantity int not null check (quantity between 1 and 100000),
  primary key (bid_id, step)
);

-- One card bought by a bid. It counts against the bid's day until the sale ends without the card.
create table auctions.bid_take (
  order_id  uuid primary key,
  bid_id    uuid not null references auctions.standing_bid,
  day       date not null,                       -- in China
  price_fen int8 not null check (price_fen > 0),
  taken_at  timestamptz not null,
  undone_at timestamptz
);
create index bid_take_day on auctions.bid_take (bid_id, day) where undone_at is null;

-- What looks like an agreement between competitors (R43). Nothing is blocked by it: a person looks.
create table auctions.flag (
  id          uuid primary key,
  kind        text not null check (kind in ('equal_curves')),
  sku         text not null,
  bid_id      uuid not null references auctions.standing_bid,
  other_id    uuid not null references auctions.standing_bid,
  raised_at   timestamptz not null,
  reviewed_by uuid,
  reviewed_at timestamptz,
  check (bid_id <> other_id),
  check ((reviewed_by is null) = (reviewed_at is null))
);
create index flag_open on auctions.flag (raised_at, id) where reviewed_at is null;
