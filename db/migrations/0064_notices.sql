-- A thread is read in the order in which it was written, also where two lines bear the same millisecond.
alter table market.message add column seq int8 generated always as identity;
drop index market.message_order;
create unique index message_order on market.message (order_id, seq);

-- Buyers are reminded once before an inspection ends; a longer inspection has a new end and a new reminder.
alter table market."order" add column reminded_at timestamptz;
create index order_ending on market."order" (inspect_until)
  where reminded_at is null and state in ('revealed', 'shipped', 'extended');
