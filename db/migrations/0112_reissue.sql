-- Delivery by re-issue (M1): the price waits in the contract until the card's issuer has given it a new PIN and signed for that.

alter table cards.issuer_call drop constraint issuer_call_op_check;
alter table cards.issuer_call add constraint issuer_call_op_check
  check (op in ('inquire', 'lock', 'transfer', 'release', 'void', 'reissue'));
-- What left may be under way for a while: only after that does "never heard of it" mean that it will not happen.
alter table cards.issuer_call add column sent_at timestamptz;

-- Keys of issuers, which the contract knows by the class of their cards. One may come again, for its next window.
alter table exchange.signer add column issuer_class int references exchange.issuer_class (class);
alter table exchange.signer drop constraint signer_kind_check;
alter table exchange.signer add constraint signer_kind_check
  check (kind in ('verifier', 'issuer', 'bank', 'desk', 'reissuer'));
alter table exchange.signer add constraint signer_class_check
  check ((kind = 'reissuer') = (issuer_class is not null));
alter table exchange.signer drop constraint signer_address_key;
create unique index signer_address on exchange.signer (address) where kind <> 'reissuer';

alter table exchange.signed_order add column delivery text not null default 'vault' check (delivery in ('vault', 'reissue'));
alter table exchange.signed_order drop constraint signed_order_state_check;
alter table exchange.signed_order add constraint signed_order_state_check
  check (state in ('open', 'filling', 'held', 'filled', 'refunded', 'cancelled', 'void', 'lapsed'));

create table exchange.reissue (
  id         uuid primary key,
  token_ref  uuid not null references exchange.token,
  token_id   exchange.word not null,
  order_id   uuid references exchange.signed_order,  -- null: sold past the house
  seller_id  uuid,
  seller     exchange.address not null,
  buyer_id   uuid,
  buyer      exchange.address not null,
  price_fen  int8 not null check (price_fen > 0),
  nonce      int8 not null check (nonce >= 0),       -- the card's number of orders while it is held
  until      timestamptz not null,                   -- from then on the money goes back, as the contract says
  state      text not null check (state in (
    'asking', 'confirming', 'waiting', 'refunding', 'resolving', 'sold', 'kept', 'refunded', 'stuck', 'unresolved')),
  answer     text check (answer in ('reissued', 'refused')),  -- the issuer's, once it is known and carried out here
  ending     text check (ending in ('sold', 'kept', 'refunded')),  -- the chain's, where it was there before the answer
  over_at    timestamptz,
  new_commit exchange.word,
  reason     text,                                   -- why the money goes back
  created_at timestamptz not null,
  check ((new_commit is null) or answer = 'reissued'),
  check ((ending is null) = (over_at is null)),
  check ((state = 'resolving') <= (ending is not null))
);
create unique index reissue_one_held on exchange.reissue (token_id)
  where state in ('asking', 'confirming', 'waiting', 'refunding');
create index reissue_live on exchange.reissue (token_id)
  where state in ('asking', 'confirming', 'waiting', 'refunding', 'resolving');
create unique index reissue_order on exchange.reissue (order_id);
create index reissue_seller on exchange.reissue (seller_id, id);
create index reissue_buyer on exchange.reissue (buyer_id, id);
