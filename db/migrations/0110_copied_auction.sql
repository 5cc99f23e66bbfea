-- Terms that were taken down or lapsed may be begun by whoever copied their signature: they are then followed as an auction
-- of their own, so the same message may stand in a row that is over and in one that is followed.
alter table exchange.auction drop constraint auction_digest_key;
create unique index auction_digest_key on exchange.auction (digest) where state not in ('cancelled', 'lapsed');
create index auction_of_token on exchange.auction (token_id, id);
