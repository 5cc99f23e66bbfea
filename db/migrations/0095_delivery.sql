-- Delivery against payment (M2): a bid that only the secret fills, encrypted to the key of this one sale.

-- Who brought the card still knows its secret: the issuer has not replaced it.
alter table exchange.token add column own_secret boolean not null default false;

create table exchange.delivery (
  id          uuid primary key,
  token_ref   uuid not null references exchange.token,
  token_id    exchange.word not null,
  seller_id   uuid not null,
  seller      exchange.address not null,
  buyer_id    uuid not null check (buyer_id <> seller_id),
  buyer       exchange.address not null,
  price_fen   int8 not null check (price_fen > 0),
  public_key  text not null check (public_key ~ '^0x04[0-9a-f]{128}$'),  -- K of this sale; its private half never comes here
  session     exchange.address not null,                                 -- the address of K, which the bid names
  nonce       int8 not null,
  epoch       int8 not null,
  deadline    timestamptz not null,
  signature   text not null check (signature ~ '^0x([0-9a-f]{2}){64,65}$'),
  digest      exchange.word not null unique,
  state       text not null check (state in ('offered', 'delivered', 'releasing', 'closed', 'refunded', 'void', 'lapsed')),
  until       timestamptz,                      -- the end of the claim window, as the contract says
  sealed      jsonb,                            -- the ciphertext, as the chain has it
  record_hash exchange.word unique,
  reason      text,
  created_at  timestamptz not null,
  check ((record_hash is null) = (sealed is null) and (sealed is null) = (until is null))
);
create unique index delivery_one_bid on exchange.delivery (token_id, buyer) where state = 'offered';
create index delivery_seller on exchange.delivery (seller_id, id);
create index delivery_buyer on exchange.delivery (buyer_id, id);
create index delivery_token on exchange.delivery (token_id) where state = 'offered';
