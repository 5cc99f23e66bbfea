-- Finding on the market: a narrow copy of what is on sale with the columns that search filters and sorts by, sold
-- prices, saved searches with their alerts, and what people want to buy. All of live_listing can be made again.
create extension if not exists pg_trgm;

-- Every single sign of a text and every pair of neighbours: an index over these finds one Chinese character as well
-- as ten, where trigrams need three. Dear to compute, and its cost says so: plans shall read it from the index.
create function market.grams(text text) returns text[] language sql immutable strict parallel safe cost 10000
  return (select coalesce(array_agg(distinct substr(text, at, size)), '{}')
          from generate_series(1, length(text)) as at, generate_series(1, 2) as size
          where at + size - 1 <= length(text));

create table market.find_product (
  no         int generated always as identity primary key,
  sku        text not null unique,
  category   text not null,
  form       text not null,
  name_zh    text not null,
  name_en    text not null,
  chinese    text not null,            -- names and category as one text, normalised
  latin      text not null             -- ' word word …': English, full pinyin and initials from every syllable on
);
create index find_product_latin on market.find_product using gin (latin gin_trgm_ops);

-- The nearest products to a mistyped word. Half of its trigrams is one slip in a word of six letters.
create function market.products_like(sound text) returns setof int language sql stable
  set pg_trgm.word_similarity_threshold = 0.5
  as $$ select no from market.find_product where sound <% latin
        order by word_similarity(sound, latin) desc, no limit 50 $$;

-- What a listing is apart from product, price and days: few hundreds of combinations, so one number stands for all.
create table market.find_trait (
  no           int generated always as identity primary key,
  delivery     text not null,
  grade        int2 not null,
  restrictions int not null,           -- one bit a kind, see find/text.ts
  score_tens   int2 not null check (score_tens between 0 and 10),
  unique (delivery, grade, restrictions, score_tens)
);

-- How well a seller is thought of; written by whoever keeps the score.
create table market.find_seller (
  seller_id uuid primary key,
  score     int2 not null check (score between 0 and 100)
);

create table market.live_listing (
  id          uuid primary key,
  seller_id   uuid not null,
  product_no  int not null references market.find_product,
  trait_no    int not null references market.find_trait,
  price_fen   int8 not null,
  value_fen   int8 not null,
  discount_bp int not null,            -- price per value: 8500 is 8.5 折
  expires_on  date not null,           -- 'infinity' when it never does
  listed_at   timestamptz not null,
  title       text not null,           -- normalised, without the product's own name, which the product has
  tags        text[] not null          -- category, form, delivery and each grade reached, to cut long lists of titles
);
-- One walk for each order of a result; what filters need lies in the index itself.
create index live_by_discount on market.live_listing (discount_bp, id)
  include (product_no, trait_no, price_fen, expires_on);
create index live_by_price on market.live_listing (price_fen, id)
  include (product_no, trait_no, discount_bp, expires_on);
create index live_by_age on market.live_listing (listed_at, id)
  include (product_no, trait_no, price_fen, discount_bp, expires_on);
create index live_by_expiry on market.live_listing (expires_on, id)
  include (product_no, trait_no, price_fen, discount_bp);
create index live_by_product on market.live_listing (product_no)
  include (trait_no, price_fen, discount_bp, expires_on, listed_at, id);
create index live_by_trait on market.live_listing (trait_no)
  include (product_no, price_fen, discount_bp, expires_on, listed_at, id);
create index live_title on market.live_listing using gin (market.grams(title), tags) with (fastupdate = off);
create index live_seller on market.live_listing (seller_id);

-- How long listings of a category stood before they sold, the latest first.
create index listing_spells on market.listing (category, listed_at desc) where listed_at is not null;
create index order_paid on market."order" (listing_id, paid_at) where paid_at is not null;

-- What somebody looks for again and again; with `alert`, they are told of each new listing that fits.
create table market.saved_search (
  id           uuid primary key,
  person_id    uuid not null,
  name         text not null check (length(name) between 1 and 40),
  filter       jsonb not null,
  alert        boolean not null,
  sku          text,                   -- of the filter, for a new listing to find its watchers by
  category     text,
  price_max    int8,
  discount_max int4,
  until        timestamptz not null check (until > created_at),
  created_at   timestamptz not null,
  constraint alert_has_a_mark check (not alert or
    ((sku is not null or category is not null) and (price_max is not null or discount_max is not null)))
);
create index saved_search_person on market.saved_search (person_id, id desc);
create index saved_search_sku on market.saved_search (sku, id) where alert and sku is not null;
create index saved_search_category on market.saved_search (category, id) where alert and sku is null;
create index saved_search_until on market.saved_search (until);

-- A listing is told of once for each search, whatever happens to it afterwards.
create table market.alert_hit (
  search_id  uuid not null references market.saved_search on delete cascade,
  listing_id uuid not null,
  person_id  uuid not null,
  price_fen  int8 not null,
  texted     boolean not null,
  at         timestamptz not null,
  primary key (search_id, listing_id)
);
create index alert_hit_person on market.alert_hit (person_id, at);
