-- A recycler sells a card of its stock on the market: the listing names the shop, the purchase it comes from, and the cause
-- under which the card is locked at its issuer; the money of such a sale goes to the shop's wallet.
alter table market.listing
  add column recycler_id uuid,
  add column stock_id uuid,                    -- the purchase; the card goes back to it
  add column held_ref text,
  add constraint stock_is_whole check (
    (recycler_id is null) = (stock_id is null) and (stock_id is null) = (held_ref is null));
create index listing_stock on market.listing (stock_id, id) where stock_id is not null;
-- A card of the stock may come up again after it was taken down; never twice at once.
alter table market.listing drop constraint listing_card_id_key;
create unique index listing_card on market.listing (card_id) where state not in ('withdrawn', 'expired');
alter table market."order"
  add column recycler_id uuid,
  add column held_ref text,
  add constraint stock_is_whole check ((recycler_id is null) = (held_ref is null));
