-- Watch lists (Anti-Money Laundering Law art. 40) and the cases that their matches open. Lists are sealed: notices of the
-- police name people. Cases name parties and entries by id and fingerprint only; their life is the process of the same id.
create table parties.watch_version (
  id          uuid primary key,
  kind        text not null check (kind in ('terror', 'un_sanctions', 'pboc_risk', 'police', 'internal')),
  version     text not null check (length(version) between 1 and 64),
  digest      bytea not null check (length(digest) = 32),
  entries     int not null check (entries >= 0),
  sealed      bytea not null,
  previous_id uuid references parties.watch_version,
  at          timestamptz not null
);
create index watch_version_kind on parties.watch_version (kind, at);
create index watch_version_previous on parties.watch_version (previous_id);

-- One row a list; locked by whoever brings a new version, shared by whoever is screened against it.
create table parties.watch_list (
  kind       text primary key check (kind in ('terror', 'un_sanctions', 'pboc_risk', 'police', 'internal')),
  version_id uuid references parties.watch_version,
  looked_at  timestamptz,                     -- last answer of the publisher, whether or not it had something new
  failure    text,                            -- why the last look brought nothing: a code
  screened_at timestamptz                     -- when everybody had been compared with this version
);
create index watch_list_version on parties.watch_list (version_id);
insert into parties.watch_list (kind)
  values ('terror'), ('un_sanctions'), ('pboc_risk'), ('police'), ('internal');

create table parties.watch_case (
  id           uuid primary key,
  subject_kind text not null check (subject_kind in ('person', 'recycler')),
  subject_id   uuid not null,
  role         text not null check (role in ('real_name', 'legal_name', 'legal_person')),
  version_id   uuid not null references parties.watch_version,
  kind         text not null,
  entry_ref    text not null check (length(entry_ref) between 1 and 64),
  entry_print  bytea not null check (length(entry_print) = 32),
  score        int not null check (score between 0 and 1000),
  features     jsonb not null,                -- how each feature compared, without the features themselves
  state        text not null,
  opened_at    timestamptz not null,
  decided_by   uuid references parties.person,
  decided_at   timestamptz,
  reason       text check (length(reason) between 2 and 500),
  check ((decided_by is null) = (decided_at is null))
);
-- What was cleared stays cleared until the publisher changes the entry.
create unique index watch_case_once
  on parties.watch_case (subject_id, role, kind, entry_ref, entry_print);
create index watch_case_held on parties.watch_case (subject_id) where state <> 'cleared';
create index watch_case_state on parties.watch_case (state, id);
create index watch_case_version on parties.watch_case (version_id);
create index watch_case_decided_by on parties.watch_case (decided_by);
