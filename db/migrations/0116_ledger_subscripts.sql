-- Rows of a batch are read from the arrays by their place. As sets of rows from `unnest` each array went through a
-- store of its own: a twentieth of a batch. Answers and tables stay as they were. Figures: docs/ledger.md.
-- Posts a batch: one answer a leg, a leg that cannot be done never fails the others. docs/ledger.md has the rules
-- and the codes. `accounts` are the ids of all accounts touched, sorted, each once; `debits` and `credits` are
-- positions in it. Legs are judged strictly in their order, in memory, with the accounts and then the holds locked.
-- `deltas`, `steps` and `latests`, given together or not at all, guess for each account what it will have moved, in how
-- many entries, and when last, if all legs are done: a right guess spares the second write of the row (a seventh of a
-- batch), a wrong one costs it and nothing else. Who guesses says, too, that no id comes twice in the batch: where one
-- does, it is not posted (23505).
-- Raises only when the books would be wrong (our bug), or when another call with the same id won the race (23505:
-- the caller tries again, which is always safe).
create or replace function ledger.post_batch(
  accounts int8[], ids uuid[], kinds int2[], debits int4[], credits int4[], amounts int8[], codes int2[],
  ats timestamptz[], refs uuid[], pendings uuid[], expiries timestamptz[], links bool[],
  deltas int8[], steps int4[], latests timestamptz[]
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
  written_balances int8[]; written_versions int8[]; written_lasts timestamptz[]; -- what the rows say now
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
  batch_id int8; affected int4; moved_sum int8 := 0; moved_n int8 := 0; more_sum int8; more_n int8;
begin
  if n is null or n = 0 then return '{}'; end if;
  if n = 1 and kinds[1] = 0 and pendings[1] is null and expiries[1] is null and links[1] is not true
    and ledger.post_one(ids[1], accounts[debits[1]], accounts[credits[1]], amounts[1], codes[1], ats[1], refs[1])
  then return '{0}'; end if;
  answers := array_fill(null::int2, array[n]);
  debit_versions := array_fill(null::int8, array[n]); credit_versions := debit_versions;
  debit_balances := debit_versions; credit_balances := debit_versions;
  times := array_fill(null::timestamptz, array[n]);

  -- 1. Locks: accounts by id, then holds by id. Every caller keeps this order. Where there is a guess that the bounds
  -- of the account allow, the lock is the write of it; what comes back is the row before and the row now.
  if deltas is null then
    select array_agg(id), array_agg(min_balance), array_agg(max_balance), array_agg(balance), array_agg(held),
      array_agg(incoming), array_agg(version), array_agg(last_at), array_agg(asset), array_agg(closed)
    into found, mins, maxs, balances, helds, incomings, versions, lasts, assets, shut
    from (select * from ledger.account where id = any(accounts) order by id for no key update) as account;
    written_balances := balances; written_versions := versions; written_lasts := lasts;
  else
    with moved as (
      update ledger.account as a
      set balance = case when ledger.fits(a, delta) then a.balance + delta else a.balance end,
        version = case when ledger.fits(a, delta) then a.version + step else a.version end,
        last_at = case when ledger.fits(a, delta) then greatest(a.last_at, latest) else a.last_at end
      from (select accounts[i] as id, deltas[i] as delta, steps[i] as step, latests[i] as latest
        from generate_series(1, cardinality(accounts)) as i order by i) as guess
      where a.id = guess.id
      returning old.*, new.balance as written_balance, new.version as written_version, new.last_at as written_last)
    select array_agg(id), array_agg(min_balance), array_agg(max_balance), array_agg(balance), array_agg(held),
      array_agg(incoming), array_agg(version), array_agg(last_at), array_agg(asset), array_agg(closed),
      array_agg(written_balance), array_agg(written_version), array_agg(written_last),
      coalesce(sum(written_balance - balance), 0), coalesce(sum(written_version - version), 0)
    into found, mins, maxs, balances, helds, incomings, versions, lasts, assets, shut,
      written_balances, written_versions, written_lasts, moved_sum, moved_n
    from moved;
  end if;
  if found is distinct from accounts then
    select array_agg(min_balance order by i), array_agg(max_balance order by i), array_agg(balance order by i),
      array_agg(held order by i), array_agg(incoming order by i), array_agg(version order by i),
      array_agg(last_at order by i), array_agg(asset order by i), array_agg(closed order by i)
    into mins, maxs, balances, helds, incomings, versions, lasts, assets, shut
    from unnest(accounts) with ordinality as asked(id, i)
    left join unnest(found, mins, maxs, balances, helds, incomings, versions, lasts, assets, shut)
      as account(id, min_balance, max_balance, balance, held, incoming, version, last_at, asset, closed) using (id);
    written_balances := null;
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
  if n > 1 and deltas is null and (select count(distinct id) from unnest(ids) as id) < n then
    select array_agg(first order by i) into firsts
    from (select i, min(i) over (partition by id)::int4 as first from unnest(ids) with ordinality as leg(id, i)) as x;
  end if;

  -- 3. Judge leg by leg; each sees what those before it did. A batch of plain, well-formed, new transfers takes the
  -- short loop (1.7 µs a leg; window functions over both sides took 2.3, the long loop about 4).
  is_plain := known is null and firsts is null and pendings is null and expiries is null and links is null
    and found = accounts and not (true = any(shut)) and assets[1] = all(assets)
    and 0 = all(kinds) and 1 <= all(amounts) and bound >= all(amounts) and array_position(codes, null) is null
    and '-infinity' < all(ats) and 'infinity' > all(ats)
    and not exists (select from generate_series(1, n) as i where debits[i] = credits[i]);
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
  if hold_n > 0 or closed_n > 0 or (balances = written_balances and versions = written_versions
      and lasts = written_lasts) is not true then
    with moved as (
      update ledger.account as a
      set balance = now.balance, held = now.held, incoming = now.incoming, version = now.version,
        last_at = now.last_at
      from (select * from unnest(accounts, balances, helds, incomings, versions, lasts)
          as x(id, balance, held, incoming, version, last_at) order by id) as now
      where a.id = now.id and (a.balance <> now.balance or a.version <> now.version or a.held <> now.held
        or a.incoming <> now.incoming or a.last_at <> now.last_at)
      returning new.balance - old.balance as amount, new.version - old.version as steps)
    select coalesce(sum(amount), 0), coalesce(sum(steps), 0) into more_sum, more_n from moved;
    moved_sum := moved_sum + more_sum; moved_n := moved_n + more_n;
  end if;
  if moved_sum <> 0 or moved_n <> 2 * money_n then
    raise exception 'ledger: accounts moved by % in % entries for % transfers', moved_sum, moved_n, money_n;
  end if;
  if done_n + reject_n = 0 then return answers; end if;
  batch_id := nextval('ledger.batch_id_seq');
  t := coalesce((select max(t) from unnest(times) as t), clock_timestamp());
  insert into ledger.batch (id, xid, at, transfers, rejects, mark)
  values (batch_id, pg_current_xact_id(), t, done_n, reject_n,
    hash_record_extended(row(batch_id, pg_current_xact_id(), t, done_n, reject_n), 0));
  if done_n > 0 then
    insert into ledger.transfer (id, kind, code, debit, credit, amount, debit_version, credit_version,
      debit_balance, credit_balance, pending_id, ref, batch, at, mark)
    select id, kind, code, debit, credit, amount, debit_version, credit_version,
      debit_balance, credit_balance, pending_id, ref, batch_id, at,
      hash_record_extended(row(id, kind, code, debit, credit, amount, debit_version,
        credit_version, debit_balance, credit_balance, pending_id, ref, batch_id, at), 0)
    from (select ids[i] as id, kinds[i] as kind, codes[i] as code, accounts[debits[i]] as debit,
        accounts[credits[i]] as credit, amounts[i] as amount, debit_versions[i] as debit_version,
        credit_versions[i] as credit_version, debit_balances[i] as debit_balance,
        credit_balances[i] as credit_balance, pendings[i] as pending_id, refs[i] as ref, times[i] as at
      from generate_series(1, n) as i where answers[i] = 0 offset 0) as leg;
    get diagnostics affected = row_count;
    if affected <> done_n then raise exception 'ledger: % transfers for %', affected, done_n; end if;
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
