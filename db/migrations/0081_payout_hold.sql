-- Frozen because its recipient is on hold, not for a dispute; it is let go when the hold ends.
alter table settlement.payout add column on_hold boolean not null default false;
create index payout_on_hold on settlement.payout (user_id) where on_hold;
