-- A key that the contract takes only after its manager's delay: nothing is signed with it before the contract has it.
alter table exchange.signer add column awaits_chain boolean not null default false;
