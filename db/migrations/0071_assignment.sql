-- Profile CN: a claim is assigned from one person to another (债权转让), settled by the bank. No token, no order book.
create table exchange.assignment (
  id            uuid primary key,
  card_id       uuid not null unique,
  seller_id     uuid not null,
  buyer_id      uuid check (buyer_id <> seller_id),
  code_print    bytea not null unique,           -- HMAC of the code by which the buyer is invited
  sku           text not null,
  product_zh    text not null,
  product_en    text not null,
  face_fen      int8 not null check (face_fen > 0),
  balance_fen   int8 check (balance_fen >= 0),
  expires_on    date,
  last4         text not null check (length(last4) <= 4),
  price_fen     int8 not null check (price_fen > 0),
  fee_fen       int8 not null check (fee_fen >= 0 and fee_fen < price_fen),
  card_ref      exchange.word,                   -- salted: says nothing of the card by itself
  secret_commit exchange.word,
  salt          bytea,                           -- sealed
  channel       text check (channel in ('alipay', 'wechat', 'bank')),
  pay_by        timestamptz,
  state         text not null check (state in ('checking', 'attested', 'agreed', 'paid', 'noticed', 'settled', 'refunded',
                  'withdrawn', 'turned_down')),
  reason        text,
  created_at    timestamptz not null
);
create index assignment_seller on exchange.assignment (seller_id, id);
create index assignment_buyer on exchange.assignment (buyer_id, id) where buyer_id is not null;

-- What was signed, in its order: attestation, order, notice, proof of payment. Evidence with or without a chain.
create table exchange.document (
  no            int8 generated always as identity primary key,   -- the order of signing
  assignment_id uuid not null references exchange.assignment,
  kind          text not null check (kind in ('CardAttest', 'Order', 'PaymentProof', 'AssignmentNotice')),
  message       jsonb not null,
  digest        exchange.word not null unique,
  signer        exchange.address not null,
  signature     text not null,
  signed_at     timestamptz not null,
  unique (assignment_id, kind, signed_at)
);
