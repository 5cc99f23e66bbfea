-- What a wallet signs next and what it has beside its money: its own number of bids, and its purse in the contract.

-- As the contract has it; `cancelBids` adds one, which voids every bid and swap signed before.
alter table exchange.wallet add column epoch int8 not null default 0 check (epoch >= 0);

-- A purse is what the newest log says of it.
create index log_purse on exchange.log ((args ->> 'account'), block, index) where event = 'PurseChanged';
