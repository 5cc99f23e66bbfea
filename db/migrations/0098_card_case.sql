-- Why a card on the chain is stopped or freed, and how far that has got there.
create table exchange.card_case (
  id         uuid primary key,
  token_ref  uuid not null references exchange.token,
  kind       text not null check (kind in ('freeze', 'thaw')),
  reason     text not null check (length(reason) between 1 and 400),
  case_hash  exchange.word not null unique,
  opened_by  uuid,  -- who of the house; null when its issuer or a check did
  state      text not null,
  tries      int4 not null default 0 check (tries >= 0),
  opened_at  timestamptz not null
);
-- A card is being stopped or freed, never both.
create unique index card_case_one on exchange.card_case (token_ref) where state = 'sending';
create index card_case_token on exchange.card_case (token_ref, id desc);
create index token_frozen on exchange.token (id desc) where state = 'frozen';
