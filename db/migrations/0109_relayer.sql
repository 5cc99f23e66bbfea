-- The keys from which the house sends, one after the other. The private halves are derived from the vault's key file.
create table exchange.relayer (
  version     int primary key check (version > 0),
  address     exchange.address not null unique,
  made_at     timestamptz not null,
  sends_from  timestamptz,                     -- null: its coins and roles are on their way
  takes_until timestamptz,                     -- the next one sends; what names this one is taken until then
  retired_at  timestamptz,
  check (takes_until is null or sends_from is not null),
  check (retired_at is null or takes_until is not null)
);
create unique index relayer_sends on exchange.relayer ((true)) where sends_from is not null and takes_until is null;
create unique index relayer_coming on exchange.relayer ((true)) where sends_from is null;

-- Coins that go along with a transaction: what pays for gas has to get to the next key.
alter table exchange.relay add column value numeric(40) not null default 0 check (value >= 0);
