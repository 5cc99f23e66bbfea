-- Auctions on the chain: terms that a seller's wallet signed, and how far the auction has come. Who bids what is read from
-- exchange.log, which a reorganisation takes back.
create table exchange.auction (
  id         uuid primary key,
  kind       text not null check (kind in ('english', 'dutch', 'sealed')),
  token_ref  uuid not null references exchange.token,
  token_id   exchange.word not null,
  user_id    uuid not null,
  signer     exchange.address not null,
  price_fen  int8 not null check (price_fen > 0),   -- the reserve; of a falling price, where it starts
  terms      jsonb not null,                        -- the message that was signed
  signature  text not null check (signature ~ '^0x([0-9a-f]{2}){64,65}$'),
  digest     exchange.word not null unique,
  nonce      int8 not null,
  deadline   timestamptz not null,                  -- until then it can begin; a falling price ends then
  state      text not null check (state in ('offered', 'running', 'settling', 'sold', 'unwound', 'cancelled', 'void', 'lapsed')),
  ends_at    timestamptz,                           -- of the running auction, as the final blocks say
  buyer      exchange.address,
  sold_fen   int8 check (sold_fen > 0),
  reason     text,
  created_at timestamptz not null,
  check (state = 'sold' or (buyer is null and sold_fen is null))
);
create unique index auction_one_live on exchange.auction (token_id) where state in ('offered', 'running', 'settling');
create index auction_of on exchange.auction (user_id, id);
create index auction_state on exchange.auction (state, id);

-- Where a wallet has bid, as final blocks say, so that its owner finds it again.
create table exchange.auction_bidder (
  auction_id uuid not null references exchange.auction,
  bidder     exchange.address not null,
  primary key (auction_id, bidder)
);
create index auction_bidder_of on exchange.auction_bidder (bidder);
