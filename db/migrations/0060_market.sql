-- The market between people: listings, the orders on them, offers, and the fee policies orders were settled by.
-- Life cycles are process.instance; `state` here is a copy written in the same transaction.
create schema market;

-- Published like a law: a change is a new version, and an order keeps the version it was paid under.
create table market.fee_policy (
  version        int primary key check (version > 0),
  commission_bps int not null check (commission_bps >= 0),
  cap_bps        int not null check (cap_bps between 0 and 1000),
  tax_bps        int not null check (tax_bps between 0 and 2000),
  guarantee_days int not null check (guarantee_days between 1 and 365),
  announced_on   date not null,
  effective_from date not null check (effective_from >= announced_on + 7),
  constraint commission_within_cap check (commission_bps <= cap_bps)
);
create index fee_policy_effective on market.fee_policy (effective_from desc, version desc);

-- Longer guarantees that a buyer may pay for.
create table market.guarantee_option (
  version     int not null references market.fee_policy,
  days        int not null check (days between 46 and 365),
  premium_bps int not null check (premium_bps between 1 and 1000),
  primary key (version, days)
);

insert into market.fee_policy values (1, 250, 500, 0, 45, '2026-01-01', '2026-01-08');
insert into market.guarantee_option values (1, 90, 60), (1, 180, 120), (1, 365, 240);

create table market.listing (
  id                 uuid primary key,
  seller_id          uuid not null,
  sku                text not null,
  category           text not null,
  product_name_zh    text not null,
  product_name_en    text not null,
  form               text not null,
  face_fen           int8 not null check (face_fen > 0),
  declared_fen       int8 not null check (declared_fen > 0 and declared_fen <= face_fen),   -- what it promises
  balance_fen        int8 check (balance_fen >= 0),                 -- as the issuer confirmed it
  price_fen          int8 not null check (price_fen > 0),
  asked_fen          int8 not null check (asked_fen >= price_fen),  -- before any markdown
  markdown_floor_fen int8 check (markdown_floor_fen > 0 and markdown_floor_fen < asked_fen),
  delivery           text not null check (delivery in ('vault', 'seller', 'mail')),
  grade              int2 not null default 0 check (grade between 0 and 6),
  expires_on         date,
  restrictions       jsonb not null check (jsonb_array_length(restrictions) > 0),
  title              text not null check (length(title) between 2 and 40),
  note               text not null check (length(note) <= 500),
  charity_id         uuid,
  charity_bps        int not null default 0 check (charity_bps between 0 and 10000),
  state              text not null check (state in ('draft', 'checking', 'live', 'paused', 'reserved',
                       'sold', 'withdrawn', 'suspended', 'expired')),
  suspended_reason   text,
  card_id            uuid unique,
  card_last4         text check (length(card_last4) <= 4),
  card_back          text check (card_back in ('pending', 'returned', 'new_number')),
  series             bytea,                    -- HMAC of the number without its last places: numbers in a row match
  created_at         timestamptz not null,
  listed_at          timestamptz,
  ends_at            timestamptz check (ends_at > listed_at),
  updated_at         timestamptz not null,
  check (price_fen <= declared_fen),
  check (markdown_floor_fen is null or price_fen >= markdown_floor_fen),
  check ((charity_id is null) = (charity_bps = 0)),
  check ((state = 'suspended') = (suspended_reason is not null))
);
create index listing_seller on market.listing (seller_id, id desc);
create index listing_state on market.listing (state, id desc);
create index listing_series on market.listing (seller_id, series, created_at) where series is not null;
create index listing_markdown on market.listing (id) where state = 'live' and markdown_floor_fen is not null;

-- One payment, over one or several sellers.
create table market.basket (
  id         uuid primary key,
  buyer_id   uuid not null,
  fill       text not null check (fill in ('all', 'partial')),
  channel    text not null check (channel in ('alipay', 'wechat', 'bank')),
  total_fen  int8 not null check (total_fen > 0),
  created_at timestamptz not null,
  pay_by     timestamptz not null
);
create index basket_buyer on market.basket (buyer_id, id desc);

create table market."order" (
  id              uuid primary key,
  basket_id       uuid not null references market.basket,
  listing_id      uuid not null references market.listing,
  buyer_id        uuid not null,
  seller_id       uuid not null check (seller_id <> buyer_id),
  offer_id        uuid,
  state           text not null,
  sku             text not null,
  face_fen        int8 not null check (face_fen > 0),
  promised_fen    int8 not null check (promised_fen > 0),
  delivery        text not null check (delivery in ('vault', 'seller', 'mail')),
  price_fen       int8 not null check (price_fen > 0),
  fee_fen         int8 not null check (fee_fen >= 0),
  charity_fen     int8 not null check (charity_fen >= 0),
  charity_id      uuid,
  tax_fen         int8 not null check (tax_fen >= 0),
  net_fen         int8 not null check (net_fen >= 0),
  premium_fen     int8 not null check (premium_fen >= 0),
  total_fen       int8 not null check (total_fen > 0),
  policy_version  int not null references market.fee_policy,
  cap_bps         int not null,                -- copied, so that the cap is a law of the row itself
  guarantee_days  int not null check (guarantee_days between 1 and 365),
  card_id         uuid,
  probe_id        uuid,                        -- what the issuer said just before the secret was shown
  probe_code      text,
  ship_to         bytea,                       -- sealed; mailed cards only
  carrier         text check (length(carrier) <= 40),
  tracking        text check (length(tracking) <= 40),
  waiver_at       timestamptz,
  waiver_version  int,
  paid_at         timestamptz,
  ready_at        timestamptz,
  revealed_at     timestamptz,
  inspect_until   timestamptz,
  confirmed_at    timestamptz,
  guarantee_until timestamptz,
  claims          int not null default 0,
  claim_reason    text,                        -- what the buyer says, until the claim is opened with the facts
  claim_statement bytea,                       -- sealed; dropped with it
  refund_fen      int8 check (refund_fen > 0),
  refund_reason   text,
  created_at      timestamptz not null,
  constraint lines_sum_up check (price_fen = net_fen + fee_fen + charity_fen + tax_fen),
  constraint total_sums_up check (total_fen = price_fen + premium_fen),
  constraint fee_within_cap check (fee_fen <= price_fen * cap_bps / 10000),
  constraint charity_is_named check (charity_fen = 0 or charity_id is not null),
  constraint waiver_before_reveal check (revealed_at is null or (waiver_at is not null and waiver_at <= revealed_at))
);
-- Two buyers press at once: one of them has the listing.
create unique index order_one_live on market."order" (listing_id) where state in
  ('placed', 'preparing', 'ready', 'probing', 'proven', 'revealed', 'shipped', 'extended', 'disputed');
create index order_basket on market."order" (basket_id);
create index order_buyer on market."order" (buyer_id, id desc);
create index order_seller on market."order" (seller_id, id desc);
create index order_state on market."order" (state, id desc);
create index order_listing on market."order" (listing_id, id desc);
create index order_sold on market."order" (sku, confirmed_at) where confirmed_at is not null;

create table market.offer (
  id          uuid primary key,
  listing_id  uuid not null references market.listing,
  buyer_id    uuid not null,
  seller_id   uuid not null check (seller_id <> buyer_id),
  state       text not null,
  price_fen   int8 not null check (price_fen > 0),    -- what is on the table now
  order_id    uuid,
  created_at  timestamptz not null,
  updated_at  timestamptz not null
);
create unique index offer_one_live on market.offer (listing_id, buyer_id)
  where state in ('open', 'countered', 'agreed');
create index offer_buyer on market.offer (buyer_id, id desc);
create index offer_seller on market.offer (seller_id, id desc);

-- A listed card is promised to its listing until it is sold or withdrawn.
alter table cards.encumbrance
  drop constraint encumbrance_kind_check,
  add constraint encumbrance_kind_check check (
    kind in ('quote', 'order', 'listing', 'auction', 'lot', 'token', 'dispute'));

-- A buyer opens the one card they paid for: once per cause, and written down before it is decrypted.
create table cards.opening (
  card_id   uuid not null references cards.card,
  cause     text not null,
  person_id uuid not null,
  opened_at timestamptz not null,
  primary key (card_id, cause)
);
