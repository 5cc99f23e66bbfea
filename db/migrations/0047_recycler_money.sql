-- A recycler's own top-ups: into its wallet, or into its deposit, which never mix.
alter table settlement.top_up drop constraint top_up_target_check;
alter table settlement.top_up add constraint top_up_target_check check (target in ('wallet', 'reserve', 'deposit'));
create index top_up_recycler on settlement.top_up (recycler, id);

-- A recycler that did not do what it owed: part of its deposit goes to the seller. One person proposes, another decides.
create table settlement.deposit_default (
  id          uuid primary key,
  recycler    uuid not null,
  payee_id    uuid not null,                 -- the seller
  subject     text not null check (length(subject) between 1 and 64),   -- the order it is about
  amount_fen  int8 not null check (amount_fen > 0),
  words       text not null check (length(words) between 1 and 300),
  state       text not null check (state in ('proposed', 'paid', 'dropped')),
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  decided_by  uuid,
  decided_at  timestamptz,
  constraint default_two_people check (decided_by is null or decided_by <> proposed_by or state = 'dropped'),
  check ((state = 'proposed') = (decided_at is null)),
  check ((decided_by is null) = (decided_at is null))
);
create unique index deposit_default_once on settlement.deposit_default (recycler, subject) where state <> 'dropped';
create index deposit_default_recycler on settlement.deposit_default (recycler, id);
