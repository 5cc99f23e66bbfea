-- The seal of the books: each batch gets a digest of its rows, many batches become one link of a chain. All of it
-- happens after the commit; a batch that is not sealed yet is one whose `seal` is empty.
alter table ledger.batch
  add column seal   int8,                   -- number of its seal
  add column digest bytea,                  -- SHA-256 of the hashes of its rows, in the order of ledger.leaf
  add column prints bytea,                  -- the first four bytes of each of those hashes: which row was changed
  add constraint batch_sealed_whole check ((seal is null) = (digest is null) and (seal is null) = (prints is null)),
  add constraint batch_digest check (length(digest) = 32);
create index batch_unsealed on ledger.batch (id) where seal is null;
create index batch_seal on ledger.batch (seal, id) where seal is not null;
create index reject_batch on ledger.reject (batch);

create table ledger.seal (
  no      int8 primary key check (no > 0),  -- gapless
  batches int4 not null check (batches > 0),
  rows    int8 not null check (rows > 0),
  root    bytea not null unique check (length(root) = 32), -- SHA-256 of the root before and of the batches' digests
  at      timestamptz not null
);
create trigger append_only before update or delete or truncate on ledger.seal
  for each statement execute function ledger.forbid_change();

-- A batch is sealed once; nothing else of it ever changes.
drop trigger append_only on ledger.batch;
create trigger append_only before delete or truncate on ledger.batch
  for each statement execute function ledger.forbid_change();
create function ledger.forbid_resealing() returns trigger language plpgsql as $$
begin
  raise exception 'ledger.batch is append-only' using errcode = 'restrict_violation';
end $$;
create trigger sealed_once before update on ledger.batch
  for each row when (old.seal is not null or new.seal is null
    or (new.id, new.xid, new.at, new.transfers, new.rejects)
      is distinct from (old.id, old.xid, old.at, old.transfers, old.rejects))
  execute function ledger.forbid_resealing();

-- The rows that a seal covers, each as one line of text: fields between bars, an empty field is null, times in
-- seconds since 1970 with six decimals. An account is sealed with the batch that has its first entry, a posting and
-- a hold with the batch of their transfers. Anybody with the rows can redo it with nothing but SHA-256.
create function ledger.leaf(first_batch int8, last_batch int8)
returns table (batch int8, part int2, id text, line text)
language sql stable
set enable_seqscan = off                    -- a few batches out of millions, whatever the statistics say
set enable_hashjoin = off
set enable_mergejoin = off
as $$
  with moved as materialized (
    select * from ledger.transfer where batch between first_batch and last_batch)
  select batch, 1::int2, id::text, format('transfer|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s', id, kind, code, debit,
    credit, amount, debit_version, credit_version, debit_balance, credit_balance, pending_id, ref,
    extract(epoch from at))
  from moved
  union all
  select m.batch, 2::int2, h.id::text, format('hold|%s|%s|%s|%s|%s', h.id, h.debit, h.credit, h.amount,
    extract(epoch from h.expires_at))
  from moved m join ledger.hold h on h.id = m.id
  where m.kind = 1
  union all
  select batch, 3::int2, id::text, format('reject|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s', id, answer, kind, code, debit,
    credit, amount, pending_id, ref, extract(epoch from at))
  from ledger.reject where batch between first_batch and last_batch
  union all
  select m.batch, 4::int2, i.id::text, format('account|%s|%s|%s|%s|%s', i.id, i.code, i.stripe, i.class, a.asset)
  from moved m
  join ledger.account_info i on i.id = case when debit_version = 1 then debit end
    or i.id = case when credit_version = 1 then credit end
  join ledger.account a on a.id = i.id
  where m.debit_version = 1 or m.credit_version = 1
  union all
  select m.batch, 5::int2, p.id::text, format('posting|%s|%s|%s|%s|%s|%s|%s|%s', p.id, p.is_hold, p.legs, p.kind, p.ref,
    p.subject, encode(p.digest, 'hex'), extract(epoch from p.at))
  from (select distinct batch, ref from moved where ref < '00010000-0000-0000-0000-000000000000') m
  join ledger.posting p on p.id = m.ref
$$;
