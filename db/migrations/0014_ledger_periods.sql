-- Accounting periods: months that close for ever, and what the books said at the end of each day.

create table ledger.period (
  month       text primary key check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  ends_at     timestamptz not null unique,  -- first instant of the next month in China
  proposed_by text not null,
  proposed_at timestamptz not null,
  closed_by   text,
  closed_at   timestamptz,
  check ((closed_by is null) = (closed_at is null)),
  constraint period_two_people check (closed_by <> proposed_by)
);

create function ledger.keep_closed() returns trigger language plpgsql as $$
begin
  raise exception 'a closed period stays closed';
end $$;
create trigger period_stays_closed before update or delete on ledger.period
  for each row when (old.closed_at is not null) execute function ledger.keep_closed();
create trigger period_stays before truncate on ledger.period execute function ledger.keep_closed();

-- post_batch lets the time of an account never run back. So a month is closed by moving every account to its end:
-- what is posted later with an earlier time gets the first instant of the next month. New accounts begin there too.
create function ledger.begin_after_closed() returns trigger language plpgsql as $$
begin
  new.last_at := greatest(new.last_at, (select max(ends_at) from ledger.period where closed_at is not null));
  return new;
end $$;
create trigger account_begins before insert on ledger.account
  for each row execute function ledger.begin_after_closed();

-- The trial balance at the end of a day in China. `ledger.version_before` gives it again at any time.
create table ledger.day_end (
  day      date not null,
  class    text not null,
  accounts int8 not null check (accounts > 0), -- that had an entry by then
  balance  int8 not null,
  taken_at timestamptz not null,
  primary key (day, class)
);
