-- The number of each permit that the house sent: a wallet that is looked at while one is on its way is not given it again.
create table exchange.permit (
  relay_id uuid primary key references exchange.relay,
  owner    exchange.address not null,
  number   int8 not null check (number >= 0)
);
create index permit_of on exchange.permit (owner, number);
