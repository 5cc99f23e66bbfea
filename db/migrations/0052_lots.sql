-- Bulk lots: a company's file of up to 100,000 cards, its check, its parts, sealed bids, contracts and tranches. The
-- life cycles are process.instance; `state` here is a copy of the same commit. No number and no PIN stands here.
create schema lots;

create table lots.lot (
  id            uuid primary key,
  company_id    uuid not null,
  title         text not null check (length(title) between 1 and 80),
  made_by       uuid not null,
  checked_by    uuid,
  declared_rows int not null check (declared_rows between 1 and 100000),
  state         text not null,
  plan          text not null check (plan in ('zero', 'sprt')),
  seed_sealed   bytea not null,                 -- of the sample, until it is revealed
  commitment    text not null check (commitment ~ '^[0-9a-f]{64}$'),
  seed          text check (seed ~ '^[0-9a-f]{64}$'),
  sample_size   int check (sample_size > 0),
  format        text check (format in ('csv', 'xlsx')),
  file_bytes    int8 check (file_bytes > 0),
  file_digest   bytea check (length(file_digest) = 32),  -- keyed: nobody tries cards against it
  rows_read     int not null default 0 check (rows_read >= 0),
  rows_good     int not null default 0 check (rows_good >= 0),
  rows_bad      int not null default 0 check (rows_bad >= 0),
  fault         text,                           -- why the last file was not taken: a refusal code
  fault_row     int,
  checked_good  int not null default 0 check (checked_good >= 0),
  checked_bad   int not null default 0 check (checked_bad >= 0),
  reason        text,                           -- why staff sent it back or ended it: a code
  kind          text check (kind in ('rfq', 'auction')),
  split         text check (split in ('whole', 'product')),
  tranches      int check (tranches between 1 and 5),
  closes_at     timestamptz,
  created_at    timestamptz not null,
  check (rows_good + rows_bad = rows_read),
  check (checked_good + checked_bad <= rows_good),
  check ((kind is null) = (closes_at is null)),
  check (checked_by <> made_by)
);
create index lot_company on lots.lot (company_id, id desc);
create index lot_state on lots.lot (state, id desc);
-- One file, one lot: a file comes back only when its lot is over without a sale.
create unique index lot_file on lots.lot (file_digest) where state not in ('withdrawn', 'terminated');

-- The uploaded file under a key of its own, in pieces, until it is imported. Then nothing is left of it.
create table lots.upload (
  lot_id      uuid primary key references lots.lot,
  kek_id      text not null,
  wrapped_key bytea not null,
  at          timestamptz not null
);
create table lots.piece (
  lot_id uuid not null references lots.upload on delete cascade,
  no     int not null check (no >= 0),
  bytes  int not null check (bytes > 0),
  sealed bytea not null,
  primary key (lot_id, no)
);

create table lots.row (
  lot_id     uuid not null references lots.lot,
  no         int not null check (no > 0),       -- as the spreadsheet counts
  state      text not null check (state in
               ('refused', 'sealed', 'good', 'bad', 'sold', 'disputed', 'paid', 'refunded', 'returned')),
  fault      text,                              -- why the row was refused, or what the issuer said: a code
  place      text,                              -- the column it is about
  card_id    uuid unique,
  sku        text,
  face_fen   int8 check (face_fen > 0),
  expires_on date,
  part_no    int,
  tranche_id uuid,
  price_fen  int8 check (price_fen >= 0),
  sample_no  int check (sample_no > 0),
  sample_ok  boolean,
  reported   text,                              -- what the buyer said of it: a code
  probed     text,                              -- what the issuer said then: a code
  returned_at timestamptz,                      -- our copy is destroyed
  reissued   boolean not null default false,    -- to be given back under its new number: the old one is dead
  primary key (lot_id, no),
  check ((state = 'refused') = (card_id is null))
);
create index row_state on lots.row (lot_id, state, no);
create index row_sample on lots.row (lot_id, sample_no) where sample_no is not null;
create index row_tranche on lots.row (tranche_id, no) where tranche_id is not null;
create index row_part on lots.row (lot_id, part_no, no) where part_no is not null;

-- Authorisation and proof of purchase: photos encoded anew, or PDF files as they came; each sealed under its own key.
create table lots.paper (
  id          uuid primary key,
  lot_id      uuid not null references lots.lot,
  kind        text not null check (kind in ('authorisation', 'purchase')),
  media       text not null check (media in ('image/webp', 'application/pdf')),
  digest      bytea not null check (length(digest) = 32),
  kek_id      text not null,
  wrapped_key bytea not null,
  sealed      bytea not null,
  added_by    uuid not null,
  at          timestamptz not null
);
create index paper_lot on lots.paper (lot_id, id);

create table lots.part (
  lot_id      uuid not null references lots.lot,
  no          int not null check (no > 0),
  sku         text,                             -- null: of every product
  cards       int not null check (cards > 0),
  face_fen    int8 not null check (face_fen > 0),
  reserve_fen int8 check (reserve_fen > 0),
  primary key (lot_id, no)
);

-- A sealed bid, whole in the wallet from the moment it is made until it has lost or become tranches.
create table lots.bid (
  id          uuid primary key,
  no          int8 generated always as identity,  -- arrival: the earlier wins a tie
  lot_id      uuid not null,
  part_no     int not null,
  bidder_id   uuid not null,
  made_by     uuid not null,
  price_ct    bytea not null,                   -- sealed until the deadline, salt included
  commitment  text not null check (commitment ~ '^[0-9a-f]{64}$'),
  price_fen   int8 check (price_fen > 0),       -- opened
  state       text not null check (state in ('held', 'lost', 'won')),
  at          timestamptz not null,
  unique (lot_id, part_no, bidder_id),
  foreign key (lot_id, part_no) references lots.part
);
create index bid_bidder on lots.bid (bidder_id, id desc);

create table lots.deal (
  id            uuid primary key,
  lot_id        uuid not null,
  part_no       int not null,
  seller_id     uuid not null,
  buyer_id      uuid not null,
  price_fen     int8 not null check (price_fen > 0),
  state         text not null,
  contract      text not null,
  contract_hash text not null check (contract_hash ~ '^[0-9a-f]{64}$'),
  created_at    timestamptz not null,
  unique (lot_id, part_no),
  foreign key (lot_id, part_no) references lots.part,
  check (seller_id <> buyer_id)
);
create index deal_buyer on lots.deal (buyer_id, id desc);
create index deal_seller on lots.deal (seller_id, id desc);

-- Two people of each side; nobody signs twice.
create table lots.signature (
  deal_id   uuid not null references lots.deal,
  side      text not null check (side in ('seller', 'buyer')),
  role      text not null check (role in ('maker', 'checker')),
  person_id uuid not null,
  at        timestamptz not null,
  primary key (deal_id, side, role),
  unique (deal_id, person_id)
);

create table lots.tranche (
  id          uuid primary key,
  deal_id     uuid not null references lots.deal,
  no          int not null check (no > 0),
  cards       int not null check (cards > 0),
  price_fen   int8 not null check (price_fen > 0),
  state       text not null,
  back_fen    int8 not null default 0 check (back_fen >= 0),
  failing_fen int8 not null default 0 check (failing_fen >= 0),
  refund_fen  int8 not null default 0 check (refund_fen >= 0),
  paid_fen    int8 not null default 0 check (paid_fen >= 0),     -- to the seller, net
  fee_fen     int8 not null default 0 check (fee_fen >= 0),
  opened_by   uuid,                             -- of the buyer's people, who took the card numbers
  opened_at   timestamptz,
  delivered_at timestamptz,
  unique (deal_id, no),
  check (paid_fen + fee_fen + refund_fen <= price_fen),
  check ((opened_by is null) = (opened_at is null))
);
