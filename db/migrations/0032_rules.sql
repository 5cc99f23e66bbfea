-- Rules: which regulation texts this house has published, and when. Rows are never changed or deleted (R30).
create schema rules;

create table rules.regulation (
  id             text not null check (id ~ '^R[0-9]{2}$'),
  version        int not null check (version > 0),
  effective_from date not null,
  effective_to   date,
  doc            jsonb not null,
  digest         bytea not null,
  published_at   timestamptz not null,
  primary key (id, version),
  check (effective_to is null or effective_to >= effective_from)
);
