-- The house's own list: compliance proposes an entry, another person puts it in force, and two end it.
create table parties.own_entry (
  id          uuid primary key,
  sealed      bytea not null,                                -- who it is: names, number, birth, region; and why
  state       text not null,
  until       date not null,                                 -- its last day
  proposed_by uuid not null,
  decided_by  uuid,
  ending_by   uuid,
  proposed_at timestamptz not null,
  changed_at  timestamptz not null,
  check (decided_by is distinct from proposed_by or state = 'refused')
);
create index own_entry_state on parties.own_entry (state, id);
