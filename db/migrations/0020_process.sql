-- Everything with a life cycle: where it stands now, when the clock moves it, and every step it took.
create schema process;

create table process.instance (
  id             uuid primary key,
  process        text not null check (process ~ '^[a-z][a-z_]*$'),
  version        int not null check (version > 0),
  state          text not null,
  entered_at     timestamptz not null,      -- of the last entry: deadlines count from here
  promised_at    timestamptz,               -- the deadline that the caller named when it entered
  due_at         timestamptz,               -- when the clock moves it on, as people are told
  due_transition text,
  wake_at        timestamptz,               -- when a worker looks again: due_at, then later after failures
  failures       int not null default 0 check (failures >= 0),
  last_failure   text,                      -- a code, never a message: messages may quote data
  seq            int not null check (seq >= 0),
  terminal       boolean not null,
  taken          jsonb not null default '{}',   -- how often each transition with `atMost` was taken
  holds          int not null default 0 check (holds >= 0),
  hold_ref       text,                      -- the open hold in the ledger
  hold_to        text,                      -- the slot it pays when captured
  hold_fen       int8 check (hold_fen > 0),
  escrow_fen     int8 not null default 0 check (escrow_fen >= 0),
  constraint nothing_waits_forever check (terminal = (due_at is null)),
  constraint deadline_is_whole check (
    (due_at is null) = (due_transition is null) and (due_at is null) = (wake_at is null)),
  constraint hold_is_whole check (
    (hold_ref is null) = (hold_to is null) and (hold_ref is null) = (hold_fen is null)),
  constraint ends_without_money check (not terminal or (escrow_fen = 0 and hold_ref is null))
);
create index instance_wake_at on process.instance (wake_at) where wake_at is not null;
create index instance_process_state on process.instance (process, state);
create index instance_failing on process.instance (process) where failures > 0;

create table process.step (
  instance   uuid not null references process.instance (id),
  seq        int not null check (seq >= 0),
  transition text not null,
  by         text not null,                 -- the role: seller, operator, clock …
  actor      text,                          -- who it was, when it was a person
  from_state text check ((from_state is null) = (seq = 0)),
  to_state   text not null,
  at         timestamptz not null,
  note       text check (length(note) <= 500),
  primary key (instance, seq)
);

create function process.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'history is append-only';
end $$;
create trigger step_append_only before update or delete or truncate on process.step
  for each statement execute function process.refuse_change();
