-- Cards that the police, a regulator, a court or somebody's report names (R54, R56): stopped from the commit that keeps the notice.
create table cards.notice (
  id          uuid primary key,
  source      text not null check (source in ('police', 'regulator', 'court', 'report')),
  received_on date not null,
  letter      bytea not null,                               -- sealed: who sent it, its number, the legal basis, a note, the victim
  digest      bytea not null check (length(digest) = 32),   -- HMAC of the letter, for the record
  victim      bytea check (length(victim) = 32),            -- HMAC of who was harmed, to count them (R55)
  state       text not null,
  entered_by  uuid not null,
  proposed_by uuid,
  decided_by  uuid,
  reason      text,
  entered_at  timestamptz not null,
  decided_at  timestamptz,
  check (decided_by is null or decided_by is distinct from proposed_by)
);

-- The numbers it names, as fingerprints: of cards that are here, were here, or may come.
create table cards.notice_card (
  notice_id uuid not null references cards.notice,
  hmac      bytea not null check (length(hmac) = 32),
  sku       text not null,
  last4     text not null check (length(last4) = 4),
  primary key (notice_id, hmac)
);
create index notice_card_print on cards.notice_card (hmac);

-- What was found: a card that is here, one that has left, and whoever brought one later and was refused.
create table cards.notice_match (
  id        uuid primary key,
  notice_id uuid not null,
  hmac      bytea not null,
  how       text not null check (how in ('here', 'gone', 'offered')),
  card_id   uuid references cards.card,
  person_id uuid not null,
  at        timestamptz not null,
  foreign key (notice_id, hmac) references cards.notice_card (notice_id, hmac),
  check ((how = 'offered') = (card_id is null))
);
create index notice_match_notice on cards.notice_match (notice_id);
create unique index notice_match_card on cards.notice_match (notice_id, card_id) where card_id is not null;

-- Which card a payout is for, so that its money waits while a notice names the card.
alter table settlement.payout add column card_id uuid;
update settlement.payout set card_id = sale.card_id from buyback.order sale where sale.id::text = payout.subject;
update settlement.payout set card_id = sale.card_id from market.order sale where sale.id::text = payout.subject;
create index payout_card on settlement.payout (card_id) where card_id is not null;
