-- What somebody would buy at once; a seller answers with a listing, which is the buyer's to order for a day.
create table market.want (
  id            uuid primary key,
  buyer_id      uuid not null,
  state         text not null,
  sku           text,                  -- one product, or any of a category
  category      text not null,
  value_min_fen int8 not null check (value_min_fen > 0),
  value_max_fen int8 not null check (value_max_fen >= value_min_fen),
  max_bps       int not null check (max_bps between 1 and 10000),   -- of the value
  max_price_fen int8 check (max_price_fen > 0),
  grade_min     int2 not null check (grade_min between 0 and 6),
  expires_from  date,                  -- good until this day at least
  refused       int not null,          -- restrictions that the buyer does not take, one bit a kind, see find/text.ts
  wished        int2 not null check (wished between 1 and 20),
  bought        int2 not null default 0 check (bought between 0 and wished),
  until         timestamptz not null check (until > created_at),
  offer_id      uuid references market.offer,
  created_at    timestamptz not null,
  constraint want_answered_has_offer check (state <> 'answered' or offer_id is not null)
);
create index want_buyer on market.want (buyer_id, id desc);
create index want_open_sku on market.want (sku, max_bps desc) where state = 'open' and sku is not null;
create index want_open_category on market.want (category, max_bps desc) where state = 'open' and sku is null;
create unique index want_offer on market.want (offer_id) where offer_id is not null;

-- A listing is told of once for each wish.
create table market.want_hit (
  want_id    uuid not null references market.want,
  listing_id uuid not null,
  person_id  uuid not null,
  texted     boolean not null,
  at         timestamptz not null,
  primary key (want_id, listing_id)
);
create index want_hit_person on market.want_hit (person_id, at);

-- What came since the person looked last is new to them.
alter table market.saved_search add column seen_at timestamptz;
