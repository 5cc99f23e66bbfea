-- Shares of a card, folded from the chain's logs, so that they can be folded again after a reorganisation.
create table exchange.fraction (
  share_id     exchange.word primary key,
  token_id     exchange.word not null,
  split_by     exchange.address not null,
  supply       int8 not null check (supply > 0),
  floor_fen    numeric(29) not null check (floor_fen > 0),  -- what the contract took, which no money may ever reach
  proceeds_fen int8 check (proceeds_fen >= 0),
  state        text not null check (state in ('split', 'bought_out', 'united')),
  block        int8 not null,
  check ((state = 'bought_out') = (proceeds_fen is not null))
);
create index fraction_token on exchange.fraction (token_id);
create index fraction_state on exchange.fraction (state, block desc);

create table exchange.share (
  share_id   exchange.word not null references exchange.fraction on delete cascade,
  holder     exchange.address not null,
  amount     int8 not null check (amount >= 0),
  cashed_fen int8 not null check (cashed_fen >= 0),
  primary key (share_id, holder)
);
create index share_holder on exchange.share (holder);

create index log_share on exchange.log ((args ->> 'shareId'), block, index) where args ? 'shareId';
