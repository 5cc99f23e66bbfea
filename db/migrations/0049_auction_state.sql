-- An auction knows where it stands without reading its log again, and offers an unsold card to its seller's choice.
alter table auctions.auction
  add column bid_count     int not null default 0 check (bid_count >= 0),
  add column bidder_count  int not null default 0 check (bidder_count >= 0),
  add column leader_bid    uuid references auctions.bid,  -- English: whose sealed maximum leads, and the highest of the others
  add column second_bid    uuid references auctions.bid,
  add column net_fen       int8 check (net_fen > 0),      -- what the seller is paid of the price
  add column offer_fen     int8 check (offer_fen > 0),    -- nobody bought: the platform's own price, for the seller to take or not
  add column offer_net_fen int8 check (offer_net_fen > 0),
  add check (bidder_count <= bid_count),
  add check (second_bid is null or leader_bid is not null),
  add check ((offer_fen is null) = (offer_net_fen is null));
-- The platform's own price is not bound to the reserve: the seller says yes to it, or has the card back.
alter table auctions.auction
  drop constraint auction_check1,
  add constraint auction_price_reached check (price_fen >= reserve_fen or winner = 'house');

-- What each bid made of the price: public, while its maximum stays sealed.
alter table auctions.bid add column shown_fen int8 check (shown_fen > 0);

-- The how-manieth bidder of the auction: everybody sees it as a letter.
alter table auctions.bond
  add column no int not null check (no > 0),
  add unique (auction_id, no);
