-- The books laid out for batches: one row a transfer carries both sides, entries are a view over it, and
-- ledger.post_batch decides a whole batch in memory and writes each table once. Rows of the first layout are
-- carried over at the end of this file. Figures: docs/ledger.md.
alter schema ledger rename to ledger_before;
create schema ledger;

create table ledger.asset (
  id    int2 primary key,
  code  text not null unique,
  scale int2 not null check (scale between 0 and 18) -- digits after the point of what people see
);
insert into ledger.asset values (1, 'CNY', 2);

-- Why a transfer was made, for transfers that carry no posting of their own. Each number is for ever.
create table ledger.reason (
  code int2 primary key check (code >= 0),
  name text not null unique check (length(name) between 1 and 100)
);
insert into ledger.reason values (0, 'posting'), (1, 'transfer'), (2, 'rebalance');

-- What is said of an account and hardly ever changes; an account of many stripes has a row for each.
create table ledger.account_info (
  id          int8 generated always as identity primary key,
  code        text not null check (code ~ '^[A-Z_]{2,20}(:[A-Za-z0-9._-]{1,64})?$'),
  stripe      int2 not null default 0 check (stripe between 0 and 255),
  class       text not null check (class = split_part(code, ':', 1)),
  credit_line int8 not null default 0 check (credit_line between 0 and 1000000000000000),
  constraint account_once unique (code, stripe)
);

-- What every batch locks and rewrites: narrow, half empty pages, and never an index on what changes.
create table ledger.account (
  id          int8 primary key,
  min_balance int8 check (abs(min_balance) <= 1000000000000000), -- of balance − held; null: no bound
  max_balance int8 check (abs(max_balance) <= 1000000000000000), -- of balance; null: no bound, assets have 0
  balance     int8 not null default 0 check (balance between -1000000000000000 and 1000000000000000),
  held        int8 not null default 0 check (held between 0 and 1000000000000000),
  incoming    int8 not null default 0 check (incoming between 0 and 1000000000000000),
  version     int8 not null default 0 check (version >= 0),      -- number of entries so far
  last_at     timestamptz not null default '-infinity',          -- time of the last transfer: it never runs back
  asset       int2 not null default 1,
  closed      bool not null default false,
  constraint account_not_overdrawn check (balance - held >= min_balance),
  constraint account_not_above check (balance <= max_balance)
) with (fillfactor = 40);

-- `mark`, here and below, is hash_record_extended over the other columns that never change: `reconcile` names the row
-- that was changed behind our back. Who can also compute a new mark is found by the seal.
-- One row a call: how many rows came with it, and the transaction, whose order is the order of the seal.
create table ledger.batch (
  id        int8 primary key,
  xid       xid8 not null,
  at        timestamptz not null,
  transfers int4 not null check (transfers >= 0),
  rejects   int4 not null check (rejects >= 0),
  mark      int8 not null,
  check (transfers + rejects > 0)
);
create sequence ledger.batch_id_seq owned by ledger.batch.id;
create index batch_xid on ledger.batch (xid, id);

-- kind: 0 post, 1 hold, 2 capture, 3 void, 4 expire. Only what moves money (0, 2) has versions and balances.
-- No foreign keys: post_batch has the accounts locked, and a key check per row would lock the hot one again.
create table ledger.transfer (
  debit          int8 not null,
  credit         int8 not null,
  amount         int8 not null check (amount between 1 and 1000000000000000),
  debit_version  int8,
  credit_version int8,
  debit_balance  int8,                      -- after this transfer
  credit_balance int8,
  batch          int8 not null,
  at             timestamptz not null,
  id             uuid primary key,          -- the caller's: the same id again is the same transfer
  ref            uuid,                      -- whom it concerns: posting, order, payout
  pending_id     uuid,                      -- the hold that a capture, void or expiry closes
  kind           int2 not null check (kind between 0 and 4),
  code           int2 not null,
  mark           int8 not null,
  check (debit <> credit),
  check ((kind >= 2) = (pending_id is not null)),
  check ((kind in (0, 2)) = (debit_version is not null and credit_version is not null
    and debit_balance is not null and credit_balance is not null))
);
-- A number used twice on one account is a lost update.
create unique index transfer_debit on ledger.transfer (debit, debit_version) where debit_version is not null;
create unique index transfer_credit on ledger.transfer (credit, credit_version) where credit_version is not null;
create unique index transfer_pending on ledger.transfer (pending_id) where pending_id is not null;
-- Rows of a batch lie together. Who reads by batch (the seal, the audit) calls brin_summarize_new_values first.
create index transfer_batch on ledger.transfer using brin (batch) with (pages_per_range = 32);

create table ledger.hold (
  id         uuid primary key,              -- that of its transfer
  debit      int8 not null,
  credit     int8 not null,
  amount     int8 not null check (amount between 1 and 1000000000000000),
  expires_at timestamptz not null check (isfinite(expires_at)),
  state      int2 not null default 0 check (state between 0 and 3), -- open, captured, voided, expired
  mark       int8 not null
);
create index hold_due on ledger.hold (expires_at) where state = 0;

-- Ids that were refused stay refused, or a retry after a top-up would get another answer than the first call.
create table ledger.reject (
  id         uuid primary key,
  answer     int2 not null check (answer between 3 and 99),
  kind       int2,
  debit      int8,
  credit     int8,
  amount     int8,
  pending_id uuid,
  code       int2,
  ref        uuid,
  batch      int8 not null,
  at         timestamptz,
  mark       int8 not null
);

-- A transfer that the house gives a name: legs are the transfers id + 1, id + 2, … (the last two bytes count).
create table ledger.posting (
  id      uuid primary key,                 -- ledger.derived_id of (is_hold, kind, ref): so (kind, ref) is once
  no      int8 generated always as identity unique, -- order of posting
  is_hold bool not null,
  legs    int4 not null check (legs between 1 and 1000),
  kind    text not null check (length(kind) between 1 and 100),
  ref     text not null check (length(ref) between 1 and 200),
  subject text not null check (length(subject) between 1 and 200),
  at      timestamptz not null,             -- as the caller said; its transfers may be later
  digest  bytea not null check (length(digest) = 32) -- of kind, ref, subject and legs
);
create index posting_subject on ledger.posting (subject, no);

-- An id made of a name: version 8 (RFC 9562), 90 bits of its SHA-256, then a number. It begins with 0000, where
-- no UUIDv7 of this century lies, so ids made later by the clock stay above all these.
create function ledger.derived_id(name text, number int4) returns uuid
language sql immutable strict parallel safe as $$
  select encode('\x0000'::bytea
    || set_byte(set_byte(h, 4, (get_byte(h, 4) & 15) | 128), 6, (get_byte(h, 6) & 63) | 128)
    || substring(int4send(number) from 3), 'hex')::uuid
  from substring(sha256(convert_to(name, 'UTF8')) from 1 for 12) as h
$$;

-- Id of a leg of a posting.
create function ledger.leg_id(posting uuid, number int4) returns uuid
language sql immutable strict parallel safe as $$
  select overlay(posting::text placing lpad(to_hex(number), 4, '0') from 33)::uuid
$$;

create view ledger.entry as
  select debit as account, debit_version as version, -amount as amount, debit_balance as balance,
    credit as other, id as transfer, kind, code, ref, batch, at
  from ledger.transfer where debit_version is not null
  union all
  select credit, credit_version, amount, credit_balance, debit, id, kind, code, ref, batch, at
  from ledger.transfer where credit_version is not null;

-- An account as people know it: all stripes together.
create view ledger.book as
  select i.code, i.class, count(*)::int4 as stripes, sum(a.balance)::int8 as balance, sum(a.held)::int8 as held,
    sum(a.incoming)::int8 as incoming, sum(a.version)::int8 as version, max(a.last_at) as last_at,
    bool_and(a.closed) as closed
  from ledger.account_info i join ledger.account a on a.id = i.id
  group by i.code, i.class;

-- A hold that the house gave a name.
create view ledger.named_hold as
  select h.id, p.kind, p.ref, p.subject, d.code as source, c.code as target, h.amount,
    (array['pending', 'posted', 'voided', 'expired'])[h.state + 1] as state, p.at, h.expires_at,
    r.at as closed_at, r.id as closed_by
  from ledger.posting p
  join ledger.hold h on h.id = ledger.leg_id(p.id, 1)
  join ledger.account_info d on d.id = h.debit
  join ledger.account_info c on c.id = h.credit
  left join ledger.transfer r on r.pending_id = h.id
  where p.is_hold;

-- How many entries the account had before `moment`: its times never run back, so halving finds it.
create function ledger.version_before(account_id int8, moment timestamptz) returns int8
language plpgsql stable set enable_seqscan = off as $$
declare
  low int8 := 0;                            -- the entry of this number is before, or there is none
  high int8 := (select version + 1 from ledger.account where id = account_id);
  middle int8;
  then_at timestamptz;
begin
  while high - low > 1 loop
    middle := (low + high) / 2;
    select at into then_at from ledger.transfer where debit = account_id and debit_version = middle;
    if not found then
      select at into then_at from ledger.transfer where credit = account_id and credit_version = middle;
    end if;
    if then_at < moment then low := middle; else high := middle; end if;
  end loop;
  return low;
end $$;

-- The short way of a lone transfer that is new and can be done: a caller who is alone waits for this, and half of it
-- is not done 1000 times (0.44 ms a call with its commit, 0.59 the long way). False, and nothing done, when anything
-- is out of the ordinary: post_batch then says what.
create function ledger.post_one(
  new_id uuid, debit_id int8, credit_id int8, paid int8, reason int2, given timestamptz, about uuid
) returns bool
language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  bound constant int8 := 1000000000000000;
  d record; c record; t timestamptz; batch_id int8; affected int4; debit_after int8; credit_after int8;
begin
  if debit_id < credit_id then
    select * into d from ledger.account where id = debit_id for no key update;
    select * into c from ledger.account where id = credit_id for no key update;
  else
    select * into c from ledger.account where id = credit_id for no key update;
    select * into d from ledger.account where id = debit_id for no key update;
  end if;
  if paid not between 1 and bound then return false; end if;
  debit_after := d.balance - paid;
  credit_after := c.balance + paid;
  if (debit_id <> credit_id and paid > 0 and reason is not null and isfinite(given)
      and d.asset = c.asset and not d.closed and not c.closed
      and coalesce(debit_after - d.held >= d.min_balance, true) and debit_after >= -bound
      and coalesce(credit_after <= c.max_balance, true) and credit_after <= bound) is not true
    or exists (select from ledger.transfer where id = new_id)
    or exists (select from ledger.reject where id = new_id)
  then return false; end if;
  t := greatest(given, d.last_at, c.last_at);
  batch_id := nextval('ledger.batch_id_seq');
  insert into ledger.batch (id, xid, at, transfers, rejects, mark)
  values (batch_id, pg_current_xact_id(), t, 1, 0,
    hash_record_extended(row(batch_id, pg_current_xact_id(), t, 1::int4, 0::int4), 0));
  insert into ledger.transfer (id, kind, code, debit, credit, amount, debit_version, credit_version,
    debit_balance, credit_balance, pending_id, ref, batch, at, mark)
  values (new_id, 0, reason, debit_id, credit_id, paid, d.version + 1, c.version + 1,
    debit_after, credit_after, null, about, batch_id, t,
    hash_record_extended(row(new_id, 0::int2, reason, debit_id, credit_id, paid, d.version + 1, c.version + 1,
      debit_after, credit_after, null::uuid, about, batch_id, t), 0));
  update ledger.account
  set balance = balance + case id when debit_id then -paid else paid end, version = version + 1, last_at = t
  where id in (debit_id, credit_id);
  get diagnostics affected = row_count;
  if affected <> 2 then raise exception 'ledger: % accounts for one transfer', affected; end if;
  return true;
end $$;

-- Posts a batch: one answer a leg, a leg that cannot be done never fails the others. docs/ledger.md has the rules
-- and the codes. `accounts` are the ids of all accounts touched, sorted, each once; `debits` and `credits` are
-- positions in it. Legs are judged strictly in their order, in memory, with the accounts and then the holds locked.
-- Raises only when the books would be wrong (our bug), or when another call with the same id won the race (23505:
-- the caller tries again, which is always safe).
create function ledger.post_batch(
  accounts int8[], ids uuid[], kinds int2[], debits int4[], credits int4[], amounts int8[], codes int2[],
  ats timestamptz[], refs uuid[], pendings uuid[], expiries timestamptz[], links bool[]
) returns int2[]
language plpgsql
set enable_seqscan = off -- or plans made while the tables were empty stay (10 times slower, measured)
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  bound constant int8 := 1000000000000000;  -- of an amount and of a balance either way: no sum here overflows
  n constant int4 := cardinality(ids);
  answers int2[];
  -- accounts, by position
  found int8[]; mins int8[]; maxs int8[]; balances int8[]; helds int8[]; incomings int8[];
  versions int8[]; lasts timestamptz[]; assets int2[]; shut bool[];
  -- holds, by slot: first those of the table, then one for each leg that may make one
  open_n int4 := 0; hold_ids uuid[]; hold_debits int8[]; hold_credits int8[]; hold_amounts int8[];
  hold_expiries timestamptz[]; hold_states int2[]; hold_befores int2[]; slots int4[];
  -- what this batch writes, by leg
  debit_versions int8[]; credit_versions int8[]; debit_balances int8[]; credit_balances int8[];
  times timestamptz[];
  -- for undoing a chain
  debit_lasts timestamptz[]; credit_lasts timestamptz[];
  chain int4 := 0; chain_broken bool; chain_known bool; chain_done int4; is_linked bool;
  firsts int4[];                            -- leg that had the id first, where an id comes twice
  known int2[];                             -- answers that the tables give
  top uuid; k int2; a int8; d int4; c int4; s int4; t timestamptz; answer int2;
  debit_after int8; credit_after int8; r record;
  is_plain bool; v int8; done_n int4 := 0; money_n int4 := 0; hold_n int4 := 0; closed_n int4 := 0; reject_n int4 := 0;
  batch_id int8; affected int4; moved_sum int8; moved_n int8;
begin
  if n is null or n = 0 then return '{}'; end if;
  if n = 1 and kinds[1] = 0 and pendings[1] is null and expiries[1] is null and links[1] is not true
    and ledger.post_one(ids[1], accounts[debits[1]], accounts[credits[1]], amounts[1], codes[1], ats[1], refs[1])
  then return '{0}'; end if;
  answers := array_fill(null::int2, array[n]);
  debit_versions := array_fill(null::int8, array[n]); credit_versions := debit_versions;
  debit_balances := debit_versions; credit_balances := debit_versions;
  times := array_fill(null::timestamptz, array[n]);

  -- 1. Locks: accounts by id, then holds by id. Every caller keeps this order.
  select array_agg(id), array_agg(min_balance), array_agg(max_balance), array_agg(balance), array_agg(held),
    array_agg(incoming), array_agg(version), array_agg(last_at), array_agg(asset), array_agg(closed)
  into found, mins, maxs, balances, helds, incomings, versions, lasts, assets, shut
  from (select * from ledger.account where id = any(accounts) order by id for no key update) as account;
  if found is distinct from accounts then
    select array_agg(min_balance order by i), array_agg(max_balance order by i), array_agg(balance order by i),
      array_agg(held order by i), array_agg(incoming order by i), array_agg(version order by i),
      array_agg(last_at order by i), array_agg(asset order by i), array_agg(closed order by i)
    into mins, maxs, balances, helds, incomings, versions, lasts, assets, shut
    from unnest(accounts) with ordinality as asked(id, i)
    left join unnest(found, mins, maxs, balances, helds, incomings, versions, lasts, assets, shut)
      as account(id, min_balance, max_balance, balance, held, incoming, version, last_at, asset, closed) using (id);
  end if;
  if pendings is not null then
    select coalesce(array_agg(id), '{}'), coalesce(array_agg(debit), '{}'), coalesce(array_agg(credit), '{}'),
      coalesce(array_agg(amount), '{}'), coalesce(array_agg(expires_at), '{}'), coalesce(array_agg(state), '{}')
    into hold_ids, hold_debits, hold_credits, hold_amounts, hold_expiries, hold_states
    from (select * from ledger.hold where id = any(pendings) order by id for no key update) as hold;
    open_n := cardinality(hold_ids);
    hold_befores := hold_states;
    select array_agg(coalesce(array_position(hold_ids, leg.pending_id), open_n + maker.i) order by leg.i)
    into slots
    from unnest(pendings) with ordinality as leg(pending_id, i)
    left join (select id, min(i)::int4 as i from unnest(ids, kinds) with ordinality as x(id, kind, i)
      where kind = 1 group by id) as maker on maker.id = leg.pending_id;
  end if;

  -- 2. Ids that are there already, seen after the locks: equal calls queue up on the same accounts. Ids by the
  -- clock are mostly above all that exist, so one look at the end of the index spares most of the look-ups.
  top := greatest((select id from ledger.transfer order by id desc limit 1),
    (select id from ledger.reject order by id desc limit 1));
  if exists (select from unnest(ids) as id where id <= top) then
    for r in
      select leg.i, 100 + reject.answer as answer
      from unnest(ids) with ordinality as leg(id, i)
      join ledger.reject on reject.id = leg.id where leg.id <= top
      union all
      select leg.i, case when t.kind = leg.kind and t.debit = accounts[leg.debit]
          and t.credit = accounts[leg.credit] and t.amount = leg.amount and t.code = leg.code
          and t.ref is not distinct from leg.ref and t.pending_id is not distinct from leg.pending_id
        then 1 else 2 end
      from unnest(ids, kinds, debits, credits, amounts, codes, refs, pendings) with ordinality
        as leg(id, kind, debit, credit, amount, code, ref, pending_id, i)
      join ledger.transfer t on t.id = leg.id where leg.id <= top
    loop
      known := coalesce(known, array_fill(null::int2, array[n]));
      known[r.i] := r.answer;
    end loop;
  end if;
  if n > 1 and (select count(distinct id) from unnest(ids) as id) < n then
    select array_agg(first order by i) into firsts
    from (select i, min(i) over (partition by id)::int4 as first from unnest(ids) with ordinality as leg(id, i)) as x;
  end if;

  -- 3. Judge leg by leg; each sees what those before it did. A batch of plain, well-formed, new transfers takes the
  -- short loop (1.7 µs a leg; window functions over both sides took 2.3, the long loop about 4).
  is_plain := known is null and firsts is null and pendings is null and expiries is null and links is null
    and found = accounts and not (true = any(shut)) and assets[1] = all(assets)
    and (select count(*) = n from unnest(kinds, debits, credits, amounts, codes, ats)
        as leg(kind, debit, credit, amount, code, at)
      where kind = 0 and debit <> credit and amount between 1 and bound and code is not null and isfinite(at));
  if is_plain then
    answers := array_fill(0::int2, array[n]);
    for i in 1..n loop
      a := amounts[i]; d := debits[i]; c := credits[i];
      debit_after := balances[d] - a; credit_after := balances[c] + a;
      if debit_after - helds[d] < mins[d] or credit_after > maxs[c] or debit_after < -bound
          or credit_after > bound then
        answers[i] := case when debit_after - helds[d] < mins[d] then 3 when credit_after > maxs[c] then 15
          else 14 end;
        reject_n := reject_n + 1;
        continue;
      end if;
      balances[d] := debit_after; balances[c] := credit_after;
      debit_balances[i] := debit_after; credit_balances[i] := credit_after;
      v := versions[d] + 1; versions[d] := v; debit_versions[i] := v;
      v := versions[c] + 1; versions[c] := v; credit_versions[i] := v;
      t := greatest(ats[i], lasts[d], lasts[c]);
      lasts[d] := t; lasts[c] := t; times[i] := t;
    end loop;
    done_n := n - reject_n; money_n := done_n;
  else
    for i in 1..n loop
      k := kinds[i]; a := amounts[i]; d := debits[i]; c := credits[i];
      is_linked := coalesce(links[i], false);
      if chain = 0 and is_linked then
        chain := i; chain_broken := false; chain_known := false; chain_done := 0;
      end if;
      answer := known[i];
      if answer is null and firsts[i] < i then
        s := firsts[i];
        answer := case when chain > 0 and s >= chain then 16
          when answers[s] > 0 then 100 + answers[s]
          when (kinds[s], accounts[debits[s]], accounts[credits[s]], amounts[s], codes[s], refs[s], pendings[s])
            is not distinct from (k, accounts[d], accounts[c], a, codes[i], refs[i], pendings[i]) then 1
          else 2 end;
      end if;
      if answer is not null then
        -- Known ids answer for themselves; a chain that has some and lacks others cannot be made whole any more.
        chain_known := true;
      elsif chain > 0 and (chain_broken or chain_known) then
        answer := 8;
      else
        answer := case
          when k is null or k < 0 or k > 4 or codes[i] is null or not isfinite(ats[i]) or ats[i] is null
            or (k >= 2) <> (pendings[i] is not null) or (k = 1) <> (expiries[i] is not null)
            or not isfinite(expiries[i]) or (is_linked and i = n) then 16
          when a is null or a < 1 or a > bound then 6
          when d = c then 7
          when versions[d] is null or versions[c] is null then 4
          when assets[d] <> assets[c] then 5
          when k < 3 and (shut[d] or shut[c]) then 12
          else 0 end;
        if answer = 0 then
          t := greatest(ats[i], lasts[d], lasts[c]);
          if k = 0 then
            debit_after := balances[d] - a; credit_after := balances[c] + a;
            answer := case when debit_after - helds[d] < mins[d] then 3
              when credit_after > maxs[c] then 15
              when debit_after < -bound or credit_after > bound then 14
              else 0 end;
          elsif k = 1 then
            answer := case when expiries[i] <= t then 13
              when balances[d] - helds[d] - a < mins[d] then 3
              when helds[d] + a > bound or incomings[c] + a > bound then 14
              else 0 end;
          else
            s := slots[i];
            debit_after := balances[d] - a; credit_after := balances[c] + a;
            answer := case when hold_states[s] is null or hold_debits[s] <> accounts[d]
                or hold_credits[s] <> accounts[c] then 9
              when hold_states[s] > 0 then 10
              when k = 2 and t >= hold_expiries[s] then 13
              when k = 4 and t < hold_expiries[s] then 17
              when a > hold_amounts[s] or (k > 2 and a < hold_amounts[s]) then 11
              when k = 2 and credit_after > maxs[c] then 15
              when k = 2 and (debit_after < -bound or credit_after > bound) then 14
              else 0 end;
          end if;
        end if;

        if answer = 0 then
          if chain > 0 then
            debit_lasts[i] := lasts[d]; credit_lasts[i] := lasts[c]; chain_done := chain_done + 1;
          end if;
          if k = 0 or k = 2 then
            balances[d] := debit_after; balances[c] := credit_after;
            debit_balances[i] := debit_after; credit_balances[i] := credit_after;
            versions[d] := versions[d] + 1; versions[c] := versions[c] + 1;
            debit_versions[i] := versions[d]; credit_versions[i] := versions[c];
          elsif k = 1 then
            helds[d] := helds[d] + a; incomings[c] := incomings[c] + a;
            if pendings is not null then
              s := open_n + i;
              hold_ids[s] := ids[i]; hold_debits[s] := accounts[d]; hold_credits[s] := accounts[c];
              hold_amounts[s] := a; hold_expiries[s] := expiries[i]; hold_states[s] := 0;
            end if;
          end if;
          if k >= 2 then
            helds[d] := helds[d] - hold_amounts[s]; incomings[c] := incomings[c] - hold_amounts[s];
            hold_states[s] := k - 1;
          end if;
          lasts[d] := t; lasts[c] := t; times[i] := t;
        elsif chain > 0 then
          chain_broken := true;
        end if;
      end if;
      answers[i] := answer;

      -- A chain that breaks, or meets a known id after new ones, takes back what it did.
      if chain > 0 and chain_done > 0 and (chain_broken or chain_known) then
        for j in reverse i - 1 .. chain loop
          continue when answers[j] > 0;
          k := kinds[j]; a := amounts[j]; d := debits[j]; c := credits[j];
          if k = 0 or k = 2 then
            balances[d] := balances[d] + a; balances[c] := balances[c] - a;
            versions[d] := versions[d] - 1; versions[c] := versions[c] - 1;
            debit_versions[j] := null; credit_versions[j] := null;
            debit_balances[j] := null; credit_balances[j] := null;
          elsif k = 1 then
            helds[d] := helds[d] - a; incomings[c] := incomings[c] - a;
            if pendings is not null then hold_states[open_n + j] := null; end if;
          end if;
          if k >= 2 then
            s := slots[j];
            helds[d] := helds[d] + hold_amounts[s]; incomings[c] := incomings[c] + hold_amounts[s];
            hold_states[s] := 0;
          end if;
          lasts[d] := debit_lasts[j]; lasts[c] := credit_lasts[j];
          answers[j] := 8;
        end loop;
        chain_done := 0;
      end if;
      if not is_linked then chain := 0; end if;
    end loop;
    select count(*) filter (where answer = 0), count(*) filter (where answer = 0 and kind in (0, 2)),
      count(*) filter (where answer = 0 and kind = 1), count(*) filter (where answer = 0 and kind >= 2),
      count(*) filter (where answer between 3 and 99 and coalesce(first = i, true))
    into done_n, money_n, hold_n, closed_n, reject_n
    from unnest(answers, kinds, firsts) with ordinality as leg(answer, kind, first, i);
  end if;

  -- 4. Write each table once, and count: what the tables did must be what was decided.
  if done_n + reject_n = 0 then return answers; end if;
  batch_id := nextval('ledger.batch_id_seq');
  t := coalesce((select max(t) from unnest(times) as t), clock_timestamp());
  insert into ledger.batch (id, xid, at, transfers, rejects, mark)
  values (batch_id, pg_current_xact_id(), t, done_n, reject_n,
    hash_record_extended(row(batch_id, pg_current_xact_id(), t, done_n, reject_n), 0));
  if done_n > 0 then
    insert into ledger.transfer (id, kind, code, debit, credit, amount, debit_version, credit_version,
      debit_balance, credit_balance, pending_id, ref, batch, at, mark)
    select id, kind, code, accounts[debit], accounts[credit], amount, debit_version, credit_version,
      debit_balance, credit_balance, pending_id, ref, batch_id, at,
      hash_record_extended(row(id, kind, code, accounts[debit], accounts[credit], amount, debit_version,
        credit_version, debit_balance, credit_balance, pending_id, ref, batch_id, at), 0)
    from unnest(answers, ids, kinds, codes, debits, credits, amounts, debit_versions, credit_versions,
      debit_balances, credit_balances, pendings, refs, times)
      as leg(answer, id, kind, code, debit, credit, amount, debit_version, credit_version,
        debit_balance, credit_balance, pending_id, ref, at)
    where answer = 0;
    get diagnostics affected = row_count;
    if affected <> done_n then raise exception 'ledger: % transfers for %', affected, done_n; end if;

    with moved as (
      update ledger.account as a
      set balance = now.balance, held = now.held, incoming = now.incoming, version = now.version,
        last_at = now.last_at
      from (select * from unnest(accounts, balances, helds, incomings, versions, lasts)
          as x(id, balance, held, incoming, version, last_at) order by id) as now
      where a.id = now.id and (a.version <> now.version or a.held <> now.held
        or a.incoming <> now.incoming or a.last_at <> now.last_at)
      returning new.balance - old.balance as amount, new.version - old.version as steps)
    select coalesce(sum(amount), 0), coalesce(sum(steps), 0) into moved_sum, moved_n from moved;
    if moved_sum <> 0 or moved_n <> 2 * money_n then
      raise exception 'ledger: accounts moved by % in % entries for % transfers', moved_sum, moved_n, money_n;
    end if;
  end if;
  if hold_n > 0 then
    insert into ledger.hold (id, debit, credit, amount, expires_at, state, mark)
    select id, accounts[debit], accounts[credit], amount, expires_at, coalesce(hold_states[open_n + i], 0),
      hash_record_extended(row(id, accounts[debit], accounts[credit], amount, expires_at), 0)
    from unnest(answers, kinds, ids, debits, credits, amounts, expiries) with ordinality
      as leg(answer, kind, id, debit, credit, amount, expires_at, i)
    where answer = 0 and kind = 1;
    get diagnostics affected = row_count;
    if affected <> hold_n then raise exception 'ledger: % holds for %', affected, hold_n; end if;
  end if;
  if closed_n > 0 then
    update ledger.hold as h set state = now.state
    from unnest(hold_ids[1:open_n], hold_states[1:open_n], hold_befores) as now(id, state, before)
    where h.id = now.id and now.state <> now.before;
    get diagnostics affected = row_count;
    select affected + count(*) into affected
    from unnest(answers, kinds, slots) as leg(answer, kind, slot)
    where answer = 0 and kind >= 2 and slot > open_n;
    if affected <> closed_n then raise exception 'ledger: % holds closed for %', affected, closed_n; end if;
  end if;
  if reject_n > 0 then
    insert into ledger.reject (id, answer, kind, debit, credit, amount, pending_id, code, ref, batch, at, mark)
    select id, answer, kind, accounts[debit], accounts[credit], amount, pending_id, code, ref, batch_id, at,
      hash_record_extended(row(id, answer, kind, accounts[debit], accounts[credit], amount, pending_id, code, ref,
        batch_id, at), 0)
    from unnest(answers, firsts, ids, kinds, debits, credits, amounts, pendings, codes, refs, ats) with ordinality
      as leg(answer, first, id, kind, debit, credit, amount, pending_id, code, ref, at, i)
    where answer between 3 and 99 and coalesce(first = i, true);
    get diagnostics affected = row_count;
    if affected <> reject_n then raise exception 'ledger: % rejects for %', affected, reject_n; end if;
  end if;
  return answers;
end $$;

create function ledger.forbid_change() returns trigger language plpgsql as $$
begin
  raise exception 'ledger.% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger append_only before update or delete or truncate on ledger.transfer
  for each statement execute function ledger.forbid_change();
create trigger append_only before update or delete or truncate on ledger.reject
  for each statement execute function ledger.forbid_change();
create trigger append_only before update or delete or truncate on ledger.batch
  for each statement execute function ledger.forbid_change();
create trigger append_only before update or delete or truncate on ledger.posting
  for each statement execute function ledger.forbid_change();
create trigger append_only before delete or truncate on ledger.account
  for each statement execute function ledger.forbid_change();
create trigger append_only before delete or truncate on ledger.account_info
  for each statement execute function ledger.forbid_change();
create trigger append_only before delete or truncate on ledger.hold
  for each statement execute function ledger.forbid_change();

-- A hold is closed once, and nothing else of it ever changes.
create function ledger.forbid_reopening() returns trigger language plpgsql as $$
begin
  raise exception 'hold % is closed once and else never changed', old.id using errcode = 'restrict_violation';
end $$;
create trigger closed_once before update on ledger.hold
  for each row when (old.state <> 0 or (new.id, new.debit, new.credit, new.amount, new.expires_at, new.mark)
    is distinct from (old.id, old.debit, old.credit, old.amount, old.expires_at, old.mark))
  execute function ledger.forbid_reopening();

-- Rows of the first layout. A leg becomes a transfer, a transfer or hold a posting, a closed hold its resolution.
insert into ledger.account_info (code, class)
select code, class from (
  select code, class from ledger_before.account
  union select target, split_part(target, ':', 1) from ledger_before.hold) as account
order by code;

insert into ledger.posting (id, is_hold, legs, kind, ref, subject, at, digest)
select ledger.derived_id(format(e'%s\n%s\n%s', case when is_hold then 'hold' else 'post' end, kind, ref), 0),
  is_hold, legs, kind, ref, subject, at, digest
from (
  select false as is_hold, kind, ref, subject, at, no, digest,
    (select count(*) / 2 from ledger_before.entry e where e.transfer_id = t.id) as legs
  from ledger_before.transfer t
  union all
  select true, kind, ref, subject, at, 0, sha256(convert_to(
    format(e'%s\n%s\n%s\n%s>%s:%s', kind, ref, subject, source, target, amount), 'UTF8')), 1
  from ledger_before.hold) as posting
order by at, no;

create table ledger_before.leg as
select ledger.derived_id(format(e'post\n%s\n%s', t.kind, t.ref), debit.leg) as id,
  ledger.derived_id(format(e'post\n%s\n%s', t.kind, t.ref), 0) as ref,
  a.id as debit, b.id as credit, credit.amount, debit.version as debit_version,
  credit.version as credit_version, debit.balance_after as debit_balance, credit.balance_after as credit_balance,
  t.at, case when h.id is not null then ledger.derived_id(format(e'hold\n%s\n%s', h.kind, h.ref), 1) end
    as pending_id
from ledger_before.transfer t
join ledger_before.entry debit on debit.transfer_id = t.id and debit.amount < 0
join ledger_before.entry credit on credit.transfer_id = t.id and credit.leg = debit.leg and credit.amount > 0
join ledger.account_info a on a.code = debit.account
join ledger.account_info b on b.code = credit.account
left join ledger_before.hold h on h.transfer_id = t.id;

-- Times of one account never run back here: a leg is moved to the time of the entry before it, until all are right.
do $$
begin
  loop
    with side as (
      select id, debit as account, debit_version as version, at from ledger_before.leg
      union all select id, credit, credit_version, at from ledger_before.leg),
    late as (
      select id, max(so_far) as at from (
        select id, max(at) over (partition by account order by version) as so_far from side) as x group by id)
    update ledger_before.leg set at = late.at from late where late.id = leg.id and late.at > leg.at;
    exit when not found;
  end loop;
end $$;

create table ledger_before.held as
select ledger.derived_id(format(e'hold\n%s\n%s', h.kind, h.ref), 1) as id,
  ledger.derived_id(format(e'hold\n%s\n%s', h.kind, h.ref), 0) as ref,
  a.id as debit, b.id as credit, h.amount, h.at, h.expires_at, h.closed_at,
  array_position(array['pending', 'posted', 'voided', 'expired'], h.state) - 1 as state
from ledger_before.hold h
join ledger.account_info a on a.code = h.source
join ledger.account_info b on b.code = h.target;
insert into ledger.hold (id, debit, credit, amount, expires_at, state, mark)
select id, debit, credit, amount, expires_at, state,
  hash_record_extended(row(id, debit, credit, amount, expires_at), 0)
from ledger_before.held;

create table ledger_before.row as
select id, ref, debit, credit, amount, debit_version, credit_version, debit_balance, credit_balance,
  (case when pending_id is null then 0 else 2 end)::int2 as kind, pending_id, at
from ledger_before.leg
union all
select id, ref, debit, credit, amount, null, null, null, null, 1, null, at from ledger_before.held
union all
select ledger.derived_id(format(e'%s\n%s', case state when 2 then 'void' else 'expire' end, id), 0), null,
  debit, credit, amount, null, null, null, null, state + 1, id, closed_at
from ledger_before.held where state >= 2;

insert into ledger.account (id, min_balance, max_balance, balance, held, incoming, version, last_at)
select i.id,
  case when i.class in ('CUSTODY', 'RECEIVABLE', 'LOSS') then null else 0 end,
  case when i.class in ('CUSTODY', 'RECEIVABLE') then 0 end,
  coalesce(a.balance, 0), coalesce(a.held, 0),
  coalesce((select sum(amount) from ledger_before.held h where h.credit = i.id and h.state = 0), 0),
  coalesce(a.version, 0),
  coalesce((select max(at) from ledger_before.row r where i.id in (r.debit, r.credit)), '-infinity')
from ledger.account_info i left join ledger_before.account a on a.code = i.code;

insert into ledger.batch (id, xid, at, transfers, rejects, mark)
select id, xid, at, transfers, 0, hash_record_extended(row(id, xid, at, transfers, 0), 0)
from (select nextval('ledger.batch_id_seq') as id, pg_current_xact_id() as xid, max(at) as at,
    count(*)::int4 as transfers
  from ledger_before.row having count(*) > 0) as x;
insert into ledger.transfer (id, kind, code, debit, credit, amount, debit_version, credit_version,
  debit_balance, credit_balance, pending_id, ref, batch, at, mark)
select id, kind, code, debit, credit, amount, debit_version, credit_version, debit_balance, credit_balance,
  pending_id, ref, batch, at, hash_record_extended(row(id, kind, code, debit, credit, amount, debit_version,
    credit_version, debit_balance, credit_balance, pending_id, ref, batch, at), 0)
from (select r.*, 0::int2 as code, b.id as batch from ledger_before.row r cross join ledger.batch b) as x;

drop schema ledger_before cascade;
