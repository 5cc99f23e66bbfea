-- Buyers are reminded once before an inspection ends; a longer inspection has a new end and a new reminder.
alter table market."order" add column reminded_at timestamptz;
create index order_ending on market."order" (inspect_until)
  where reminded_at is null and state in ('revealed', 'shipped', 'extended');
