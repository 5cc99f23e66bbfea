-- What issuers told of their cards by themselves: each event once, whether the card is here or not.
create table cards.issuer_event (
  issuer_id text not null,
  event_id  text not null check (length(event_id) between 8 and 64),
  what      text not null check (what in ('used', 'stolen', 'blocked')),
  digest    bytea not null check (length(digest) = 32),  -- HMAC of what was said; the number is not kept
  card_id   uuid references cards.card,
  at        timestamptz not null,
  primary key (issuer_id, event_id)
);
create index issuer_event_card on cards.issuer_event (card_id) where card_id is not null;
