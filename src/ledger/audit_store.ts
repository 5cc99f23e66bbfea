/** SQL of the check of the books: every number is computed again from the rows that it should follow from. */
import { sql } from 'kysely';
import type { Reader } from '#platform';
import { accountClasses, ruleOf } from './domain.ts';

export interface Finding {
  readonly what:
    | 'balance'
    | 'held'
    | 'incoming'
    | 'version'
    | 'rule'
    | 'chain'
    | 'time'
    | 'row'
    | 'batch'
    | 'hold'
    | 'payload'
    | 'reject'
    | 'total';
  /** Account code (with its stripe), account and version, or the id of a transfer, hold, posting, reject or batch. */
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

/** One statement each, in one snapshot when `reader` is a repeatable transaction. Posting goes on meanwhile. */
export async function findDifferences(reader: Reader): Promise<Finding[]> {
  const { rows } = await sql<Finding>`
    with ${accountParts()}, ${holdParts}, ${rowParts}
    select * from account_finding
    union all select * from hold_finding
    union all select * from row_finding`.execute(reader);
  return rows;
}

/** Accounts against their entries and holds, and each entry against the one before it. */
function accountParts() {
  const rules = accountClasses.map(ruleOf);
  return sql`
    name as (
      select id, class, credit_line, code || case stripe when 0 then '' else '#' || stripe end as code
      from ledger.account_info),
    rule as (
      select * from unnest(${accountClasses}::text[], ${rules.map((rule) => rule.min)}::int8[],
        ${rules.map((rule) => rule.max)}::int8[]) as rule(class, min, max)),
    step as (
      select account, version, balance, at, row_number() over history as expected_version,
        lag(balance, 1, 0::int8) over history + amount as expected_balance,
        lag(at, 1, '-infinity') over history as time_before
      from ledger.entry window history as (partition by account order by version)),
    total as (
      select account, sum(amount)::int8 as balance, count(*) as entries, max(version) as last
      from ledger.entry group by account),
    seen as (
      select account, max(at) as at from (
        select debit as account, at from ledger.transfer
        union all select credit, at from ledger.transfer) as side group by account),
    held as (select debit, sum(amount)::int8 as amount from ledger.hold where state = 0 group by debit),
    incoming as (
      select credit, sum(amount)::int8 as amount from ledger.hold where state = 0 group by credit),
    book as (
      select coalesce(n.code, '#' || coalesce(a.id, t.account)) as code, coalesce(a.balance, 0) as balance,
        coalesce(a.version, 0) as version, coalesce(a.held, 0) as held, coalesce(a.incoming, 0) as incoming,
        coalesce(a.last_at, '-infinity') as last_at, a.min_balance, a.max_balance,
        coalesce(t.balance, 0) as entry_sum, coalesce(t.entries, 0) as entries, coalesce(t.last, 0) as last,
        coalesce(h.amount, 0) as pending, coalesce(i.amount, 0) as expecting,
        coalesce(s.at, '-infinity') as seen_at, r.min - n.credit_line as min, r.max as max
      from ledger.account a full join total t on t.account = a.id
      left join name n on n.id = coalesce(a.id, t.account)
      left join held h on h.debit = a.id left join incoming i on i.credit = a.id
      left join seen s on s.account = coalesce(a.id, t.account) left join rule r on r.class = n.class),
    account_finding as (
      select 'balance' as what, code as "where", entry_sum::text as expected, balance::text as found
        from book where balance <> entry_sum
      union all select 'version', code, greatest(entries, last)::text, version::text
        from book where version <> entries or version <> last
      union all select 'held', code, pending::text, held::text from book where held <> pending
      union all select 'incoming', code, expecting::text, incoming::text from book where incoming <> expecting
      union all select 'time', code, seen_at::text, last_at::text from book
        -- A closed month moves all accounts to its end.
        where last_at < seen_at or last_at <> seen_at and last_at not in (
          select ends_at from ledger.period where closed_at is not null)
      union all select 'rule', code, coalesce(min::text, '-') || '..' || coalesce(max::text, '-'),
          coalesce(min_balance::text, '-') || '..' || coalesce(max_balance::text, '-')
        from book where (min, max) is distinct from (min_balance, max_balance)
      union all select 'chain', coalesce(n.code, '#' || s.account) || ' #' || s.version,
          expected_balance || ' #' || expected_version, balance || ' #' || version
        from step s left join name n on n.id = s.account
        where version <> expected_version or balance <> expected_balance
      union all select 'time', coalesce(n.code, '#' || s.account) || ' #' || s.version,
          'from ' || time_before, at::text
        from step s left join name n on n.id = s.account where at < time_before
      union all select 'total', 'asset ' || asset, '0', sum(balance)::text
        from ledger.account group by asset having sum(balance) <> 0
      union all select 'row', n.code, 'an account', 'none'
        from name n where not exists (select from ledger.account a where a.id = n.id))`;
}

/** Holds against the transfers that made and closed them. */
const holdParts = sql`
    life as (
      select coalesce(h.id, made.id) as id, h.id is null as lost, made.id is null as unmade,
        (h.debit, h.credit, h.amount) is distinct from (made.debit, made.credit, made.amount) as differs,
        h.state, h.mark, h.expires_at, h.amount, h.debit, h.credit,
        hash_record_extended(row(h.id, h.debit, h.credit, h.amount, h.expires_at), 0) as expected_mark,
        done.id as done_id, done.kind as done_kind, done.amount as done_amount, done.debit as done_debit,
        done.credit as done_credit, done.at as done_at
      from ledger.hold h
      full join (select * from ledger.transfer where kind = 1) as made on made.id = h.id
      left join ledger.transfer done on done.pending_id = coalesce(h.id, made.id)),
    hold_finding as (
      select 'hold' as what, id::text as "where", 'a hold and its transfer' as expected,
          case when lost then 'no hold' when unmade then 'no transfer' else 'they differ' end as found
        from life where lost or unmade or differs
      union all select 'row', id::text, expected_mark::text, mark::text from life where mark <> expected_mark
      union all select 'hold', id::text, 'state ' || coalesce(done_kind - 1, 0), 'state ' || state
        from life where state <> coalesce(done_kind - 1, 0)
      union all select 'hold', done_id::text, debit || '>' || credit || ' up to ' || amount,
          done_debit || '>' || done_credit || ' ' || done_amount
        from life where (debit, credit) <> (done_debit, done_credit) or done_amount > amount
          or (done_kind > 2 and done_amount <> amount)
      union all select 'hold', done_id::text, 'by ' || expires_at, done_at::text
        from life where (done_kind = 2 and done_at >= expires_at) or (done_kind = 4 and done_at < expires_at)
      union all select 'hold', t.id::text, 'a hold', 'none'
        from ledger.transfer t where t.kind >= 2
          and not exists (select from ledger.hold h where h.id = t.pending_id)
          and not exists (select from ledger.transfer m where m.kind = 1 and m.id = t.pending_id))`;

/** Rows against their marks, batches against their rows, postings against their legs, rejects against transfers. */
const rowParts = sql`
    legs as (
      select p.id, p.legs as expected, count(t.*) as found,
        string_agg(e'\\n' || d.code || '>' || c.code || ':' || t.amount, '' order by t.id) as text
      from ledger.posting p
      left join ledger.transfer t on t.id > p.id and t.id <= ledger.leg_id(p.id, p.legs)
      left join ledger.account_info d on d.id = t.debit
      left join ledger.account_info c on c.id = t.credit
      group by p.id),
    content as (
      select p.id, p.digest, l.expected, l.found,
        sha256(convert_to(p.kind || e'\\n' || p.ref || e'\\n' || p.subject || coalesce(l.text, ''), 'UTF8'))
          as expected_digest,
        ledger.derived_id(format(e'%s\\n%s\\n%s', case when p.is_hold then 'hold' else 'post' end, p.kind,
          p.ref), 0) as expected_id
      from ledger.posting p join legs l on l.id = p.id),
    transfers as (select batch, count(*) as n from ledger.transfer group by batch),
    rejects as (select batch, count(*) as n from ledger.reject group by batch),
    batches as (
      select coalesce(b.id, t.batch, r.batch) as id, b.id is null as lost, b.transfers, b.rejects,
        coalesce(t.n, 0) as transfers_found, coalesce(r.n, 0) as rejects_found
      from ledger.batch b full join transfers t on t.batch = b.id
      full join rejects r on r.batch = coalesce(b.id, t.batch)),
    row_finding as (
      select 'row' as what, id::text as "where", 'mark ' || mark as expected, 'another row' as found
        from ledger.transfer where mark <> hash_record_extended(row(id, kind, code, debit, credit, amount,
          debit_version, credit_version, debit_balance, credit_balance, pending_id, ref, batch, at), 0)
      union all select 'row', id::text, 'mark ' || mark, 'another row'
        from ledger.reject where mark <> hash_record_extended(row(id, answer, kind, debit, credit, amount,
          pending_id, code, ref, batch, at), 0)
      union all select 'row', 'batch ' || id, 'mark ' || mark, 'another row'
        from ledger.batch where mark <> hash_record_extended(row(id, xid, at, transfers, rejects), 0)
      union all select 'batch', 'batch ' || id, transfers || ' transfers, ' || rejects || ' rejects',
          transfers_found || ' transfers, ' || rejects_found || ' rejects'
        from batches where lost or transfers <> transfers_found or rejects <> rejects_found
      union all select 'payload', id::text, encode(expected_digest, 'hex'), encode(digest, 'hex')
        from content where digest <> expected_digest
      union all select 'payload', id::text, expected || ' legs', found || ' legs'
        from content where expected <> found
      union all select 'payload', id::text, expected_id::text, id::text from content where id <> expected_id
      union all select 'payload', t.id::text, 'a posting', 'none'
        from ledger.transfer t where t.code = 0 and t.kind < 3
          and not exists (select from ledger.posting p where p.id = t.ref)
      union all select 'reject', r.id::text, 'refused', 'posted as well'
        from ledger.reject r join ledger.transfer t on t.id = r.id)`;
