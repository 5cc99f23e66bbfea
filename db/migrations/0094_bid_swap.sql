-- Promises that a wallet signs about somebody else's card: a price for it, or a card of its own against it.

create table exchange.bid (
  id         uuid primary key,
  token_ref  uuid not null references exchange.token,
  token_id   exchange.word not null,
  owner_id   uuid not null,
  owner      exchange.address not null,      -- of the card when the bid was made; with another one its number is another one
  bidder_id  uuid not null check (bidder_id <> owner_id),
  bidder     exchange.address not null,
  price_fen  int8 not null check (price_fen > 0),
  nonce      int8 not null,
  epoch      int8 not null,
  deadline   timestamptz not null,
  signature  text not null check (signature ~ '^0x([0-9a-f]{2}){64,65}$'),
  digest     exchange.word not null unique,
  state      text not null check (state in ('open', 'filling', 'filled', 'withdrawn', 'void', 'lapsed')),
  relay_id   uuid,
  reason     text,
  created_at timestamptz not null
);
create unique index bid_one_live on exchange.bid (token_id, bidder) where state in ('open', 'filling');
create unique index bid_one_filling on exchange.bid (token_id) where state = 'filling';
create index bid_live on exchange.bid (bidder) where state in ('open', 'filling');
create index bid_of_owner on exchange.bid (owner_id, id);
create index bid_of_bidder on exchange.bid (bidder_id, id);

create table exchange.swap (
  id         uuid primary key,
  give_ref   uuid not null references exchange.token,
  give_id    exchange.word not null,
  want_ref   uuid not null references exchange.token,
  want_id    exchange.word not null check (want_id <> give_id),
  maker_id   uuid not null,
  maker      exchange.address not null,
  taker_id   uuid not null check (taker_id <> maker_id),
  taker      exchange.address not null,
  top_up_fen int8 not null check (top_up_fen >= 0),
  maker_pays boolean not null check (not maker_pays or top_up_fen > 0),
  nonce      int8 not null,                  -- of the card that is given, which is signed
  want_nonce int8 not null,                  -- of the card that is wanted, as the maker saw it
  epoch      int8 not null,
  deadline   timestamptz not null,
  signature  text not null check (signature ~ '^0x([0-9a-f]{2}){64,65}$'),
  digest     exchange.word not null unique,
  state      text not null
    check (state in ('open', 'filling', 'swapped', 'withdrawn', 'refused', 'void', 'lapsed')),
  relay_id   uuid,
  reason     text,
  created_at timestamptz not null
);
create unique index swap_one_live on exchange.swap (give_id, want_id) where state in ('open', 'filling');
create unique index swap_give_filling on exchange.swap (give_id) where state = 'filling';
create unique index swap_want_filling on exchange.swap (want_id) where state = 'filling';
create index swap_live on exchange.swap (maker) where state in ('open', 'filling');
create index swap_give on exchange.swap (give_id) where state in ('open', 'filling');
create index swap_want on exchange.swap (want_id) where state in ('open', 'filling');
create index swap_of_maker on exchange.swap (maker_id, id);
create index swap_of_taker on exchange.swap (taker_id, id);
