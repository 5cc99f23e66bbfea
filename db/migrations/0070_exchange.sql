-- The exchange: cards as tokens on a chain, seen from the house. Life cycles are process.instance; `state` is a copy
-- written in the same transaction. Addresses and hashes are lower-case hex with 0x.
create schema exchange;

create domain exchange.address as text check (value ~ '^0x[0-9a-f]{40}$');
create domain exchange.word as text check (value ~ '^0x[0-9a-f]{64}$');

-- Where our contracts are. A new version is a new row: nothing on the chain is ever upgraded.
create table exchange.deployment (
  id           uuid primary key,
  chain_id     int8 not null,
  profile      text not null check (profile in ('CN', 'SANDBOX', 'INTL')),
  features     int8 not null,
  source_hash  text not null,
  addresses    jsonb not null,                 -- name of the contract → address
  block_number int8 not null check (block_number >= 0),
  deployed_at  timestamptz not null,
  retired_at   timestamptz
);
create unique index deployment_live on exchange.deployment (chain_id) where retired_at is null;

-- Keys that sign attestations. The private halves are derived from the vault's key file and never stored.
create table exchange.signer (
  kind        text not null check (kind in ('verifier', 'issuer', 'bank', 'desk')),
  version     int not null check (version > 0),
  address     exchange.address not null unique,
  valid_from  timestamptz not null,
  valid_until timestamptz not null check (valid_until > valid_from),
  revoked_at  timestamptz,
  primary key (kind, version)
);

-- A wallet speaks for one person at a time.
create table exchange.wallet (
  id         uuid primary key,
  address    exchange.address not null,
  user_id    uuid not null,
  kind       text not null check (kind in ('injected', 'demo')),
  bound_at   timestamptz not null,
  ended_at   timestamptz,
  -- What the chain says of it, as we last looked: by these it signs its next transaction and its next permit.
  next_nonce   int8 not null default 0 check (next_nonce >= 0),
  permit_nonce int8 not null default 0 check (permit_nonce >= 0),
  allowance    int8 not null default 0 check (allowance >= 0),
  admitted_until timestamptz,                  -- real-name check, as written on the chain
  looked_at    timestamptz
);
create unique index wallet_live on exchange.wallet (address) where ended_at is null;
create index wallet_of on exchange.wallet (user_id, bound_at);

-- Numbers that a sign-in message must carry: each used once, by whom it was made for.
create table exchange.challenge (
  nonce      text primary key check (length(nonce) between 16 and 64),
  user_id    uuid,
  made_at    timestamptz not null,
  expires_at timestamptz not null,
  used_at    timestamptz
);
create index challenge_old on exchange.challenge (expires_at);

-- A card on its way to the chain, on it, and back.
create table exchange.token (
  id            uuid primary key,
  card_id       uuid not null unique,
  user_id       uuid not null,                 -- who brought it
  wallet        exchange.address not null,     -- who holds it first
  sku           text not null,
  product_zh    text not null,
  product_en    text not null,
  face_fen      int8 not null check (face_fen > 0),
  balance_fen   int8 check (balance_fen >= 0),
  expires_on    date,
  last4         text not null check (length(last4) <= 4),
  grade         text,
  token_id      exchange.word unique,          -- the id on the chain
  issuer_class  int not null check (issuer_class between 1 and 65535),
  secret_commit exchange.word,
  salt          bytea,                         -- sealed
  state         text not null check (state in ('checking', 'minting', 'on_chain', 'frozen', 'burnt', 'opened',
                  'turned_down', 'expired')),
  reason        text,
  mint_relay    uuid,
  opened_by     uuid,
  created_at    timestamptz not null
);
create index token_of on exchange.token (user_id, id);

-- What the chain says of a token: folded from its logs, so that it can be folded again after a reorganisation.
create table exchange.holding (
  token_id   exchange.word primary key,
  owner      exchange.address,                 -- null: never minted, or burnt
  last_owner exchange.address,
  nonce      int8 not null check (nonce >= 0),
  state      text not null check (state in ('NONE', 'ACTIVE', 'AUCTION', 'SEALED', 'HELD', 'FRACTION', 'FROZEN', 'REDEEMED')),
  block      int8 not null
);
create index holding_owner on exchange.holding (owner);

create table exchange.balance (
  address exchange.address primary key,
  amount  int8 not null                        -- fen of the settlement money
);

-- Signed orders that wait for their other side.
create table exchange.signed_order (
  id          uuid primary key,
  kind        text not null check (kind in ('listing')),
  token_id    exchange.word not null,
  user_id     uuid not null,
  signer      exchange.address not null,
  price_fen   int8 not null check (price_fen > 0),
  message     jsonb not null,
  signature   text not null check (signature ~ '^0x([0-9a-f]{2}){64,65}$'),
  digest      exchange.word not null unique,
  nonce       int8 not null,
  deadline    timestamptz not null,
  state       text not null check (state in ('open', 'filling', 'filled', 'cancelled', 'void', 'lapsed')),
  buyer_id    uuid,
  buyer       exchange.address,
  bid         jsonb,
  bid_signature text,
  relay_id    uuid,
  reason      text,
  created_at  timestamptz not null
);
create unique index signed_order_one_open on exchange.signed_order (token_id) where state in ('open', 'filling');
create index signed_order_of on exchange.signed_order (user_id, id);
create index signed_order_buyer on exchange.signed_order (buyer_id, id) where buyer_id is not null;
create index signed_order_state on exchange.signed_order (state, id);

-- Transactions that the house sends, or passes on for a wallet; stored before they leave.
create table exchange.relay (
  id         uuid primary key,
  purpose    text not null,
  subject    uuid,
  after      uuid references exchange.relay,   -- goes after this one, whose effects it needs
  user_id    uuid,
  sender     exchange.address not null,
  target     exchange.address not null,
  calldata   text not null,
  gas_max    int8 not null check (gas_max > 0),
  nonce      int8 check (nonce >= 0),
  state      text not null check (state in ('waiting', 'sent', 'mined', 'reverted', 'refused', 'lost')),
  gas_used   int8,
  block      int8,
  error      text,
  created_at timestamptz not null
);
create unique index relay_nonce on exchange.relay (sender, nonce);
create index relay_budget on exchange.relay (user_id, created_at) where user_id is not null;
create index relay_live on exchange.relay (sender, nonce) where state in ('waiting', 'sent');
create index relay_subject on exchange.relay (subject);

create table exchange.relay_try (
  relay_id uuid not null references exchange.relay,
  hash     exchange.word primary key,
  raw      text not null,
  max_fee  numeric(40) not null check (max_fee >= 0),
  at       timestamptz not null
);
create index relay_try_of on exchange.relay_try (relay_id, at);

-- The next number of each sender of ours: taken with the row locked.
create table exchange.sender (
  address    exchange.address primary key,
  next_nonce int8 not null check (next_nonce >= 0)
);

-- The chain as far as we have read it. Blocks with logs of ours, and the newest of each round.
create table exchange.block (
  number int8 primary key,
  hash   exchange.word not null,
  at     timestamptz not null
);
create table exchange.log (
  block     int8 not null references exchange.block on delete cascade,
  index     int4 not null,
  tx        exchange.word not null,
  contract  text not null,
  event     text not null,
  args      jsonb not null,
  token_id  exchange.word,
  settled   boolean not null default false,    -- deep enough: its effects are in ledger and processes
  primary key (block, index)
);
create index log_token on exchange.log (token_id, block, index) where token_id is not null;
create index log_unsettled on exchange.log (block, index) where not settled;
create index log_event on exchange.log (event, block);

create table exchange.cursor (
  one        boolean primary key default true check (one),
  next_block int8 not null,
  head       int8 not null,
  final      int8 not null,
  head_at    timestamptz,
  read_at    timestamptz not null,
  rollbacks  int8 not null default 0
);

-- Final sales, as the chain settled them.
create table exchange.sale (
  block       int8 not null,
  index       int4 not null,
  token_id    exchange.word not null,
  seller      exchange.address not null,
  buyer       exchange.address not null,
  price_fen   int8 not null,
  fee_fen     int8 not null,
  charity_fen int8 not null,
  net_fen     int8 not null check (price_fen = net_fen + fee_fen + charity_fen),
  at          timestamptz not null,
  primary key (block, index)
);
create index sale_token on exchange.sale (token_id);

-- Ledger ⇄ chain ⇄ custody, laid beside each other.
create table exchange.reconciliation (
  id       uuid primary key,
  block    int8 not null,
  at       timestamptz not null,
  checked  int4 not null,
  findings jsonb not null
);
create index reconciliation_at on exchange.reconciliation (at);

-- The contract knows issuers by a number of 16 bits.
create table exchange.issuer_class (
  issuer_id text primary key,
  class     int generated always as identity unique check (class between 1 and 65535)
);
