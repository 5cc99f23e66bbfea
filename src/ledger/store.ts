/** All SQL of the books. Every statement locks holds before accounts, and accounts in the order of their codes. */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { type Fen, fen, type Reader, type Tx, ZERO } from '#platform';
import {
  type AccountClass,
  type AccountCode,
  accountClasses,
  classOf,
  type HoldState,
  type Leg,
  ruleOf,
} from './domain.ts';

export interface NewTransfer {
  readonly id: string;
  readonly kind: string;
  readonly ref: string;
  readonly subject: string;
  readonly at: Date;
  readonly digest: Buffer;
  readonly legs: readonly Leg[];
}

/** Opens the accounts that do not exist yet; sorted, so that two openers wait for each other in one order. */
export async function openAccounts(tx: Tx, codes: readonly AccountCode[]): Promise<void> {
  const rows = [...new Set(codes)].sort().map((code) => {
    const name = classOf(code);
    const { min, max } = ruleOf(name);
    return { code, class: name, min_balance: min, max_balance: max };
  });
  await tx
    .insertInto('ledger.account')
    .values(rows)
    .onConflict((on) => on.doNothing())
    .execute();
}

/**
 * Moves money and writes the entries, in one statement; `freed` is given back from hold by the way.
 * False, and nothing done, when (kind, ref) was posted before. Overdrawn: SQLSTATE 23514.
 * `locked` waits for `fresh`: name first, accounts second, or two posters of one command deadlock.
 */
export async function move(
  tx: Tx,
  transfer: NewTransfer,
  freed?: { account: AccountCode; amount: Fen },
): Promise<boolean> {
  const { id, kind, ref, subject, at, digest, legs } = transfer;
  const sources = legs.map((leg) => leg.from);
  const targets = legs.map((leg) => leg.to);
  const amounts = legs.map((leg) => leg.amount);
  const { account: freedFrom, amount: freedFen } = freed ?? { account: '', amount: ZERO };
  const { rows } = await sql<{ fresh: bigint; kept: bigint }>`
    with fresh as (
      insert into ledger.transfer (id, kind, ref, subject, at, digest)
      values (${id}, ${kind}, ${ref}, ${subject}, ${at}, ${digest})
      on conflict on constraint transfer_once do nothing
      returning id, at),
    leg as (
      select * from unnest(${sources}::text[], ${targets}::text[], ${amounts}::int8[])
        with ordinality as leg(source, target, amount, no)),
    side as (
      select no, source as account, target as other, -amount as amount from leg
      union all
      select no, target, source, amount from leg),
    net as (
      select account, sum(amount)::int8 as amount, count(*) as entries from side group by account),
    locked as (
      select code from ledger.account
      where code in (select account from net) and exists (select from fresh)
      order by code for no key update),
    moved as (
      update ledger.account as a
      set balance = a.balance + net.amount,
          version = a.version + net.entries,
          held = a.held - case a.code when ${freedFrom} then ${freedFen}::int8 else 0 end
      from net join locked on locked.code = net.account
      where a.code = net.account
      returning a.code, old.balance, old.version),
    kept as (
      insert into ledger.entry
        (transfer_id, leg, account, other, amount, balance_after, version, at)
      select fresh.id, side.no, side.account, side.other, side.amount,
        moved.balance + sum(side.amount) over so_far,
        moved.version + row_number() over so_far, fresh.at
      from side join moved on moved.code = side.account cross join fresh
      window so_far as (partition by side.account order by side.no)
      returning 1)
    select (select count(*) from fresh) as fresh, (select count(*) from kept) as kept`.execute(tx);
  const [done] = rows;
  assert(done);
  assert(done.kept === done.fresh * BigInt(2 * legs.length), `entries missing: ${kind} ${ref}`);
  return done.fresh === 1n;
}

export async function findDigest(
  reader: Reader,
  key: { kind: string; ref: string },
): Promise<Buffer | undefined> {
  const row = await reader
    .selectFrom('ledger.transfer')
    .select('digest')
    .where('kind', '=', key.kind)
    .where('ref', '=', key.ref)
    .executeTakeFirst();
  return row?.digest;
}

export interface Hold {
  readonly id: string;
  readonly kind: string;
  readonly ref: string;
  readonly subject: string;
  readonly from: AccountCode;
  readonly to: AccountCode;
  readonly amount: Fen;
  readonly state: HoldState;
  readonly at: Date;
  readonly expiresAt: Date;
  readonly closedAt: Date | undefined;
}

interface HoldRow
  extends Omit<Hold, 'from' | 'to' | 'expiresAt' | 'closedAt' | 'amount' | 'state'> {
  source: string;
  target: string;
  amount: bigint;
  state: string;
  expires_at: Date;
  closed_at: Date | null;
}

const toHold = (row: HoldRow): Hold => ({
  id: row.id,
  kind: row.kind,
  ref: row.ref,
  subject: row.subject,
  from: row.source,
  to: row.target,
  amount: fen(row.amount),
  state: row.state as HoldState,
  at: row.at,
  expiresAt: row.expires_at,
  closedAt: row.closed_at ?? undefined,
});

/** Sets the money aside. False, and nothing done, when (kind, ref) was held before. Overdrawn: SQLSTATE 23514. */
export async function reserve(tx: Tx, hold: Omit<Hold, 'state' | 'closedAt'>): Promise<boolean> {
  const { rows } = await sql<{ fresh: bigint; reserved: bigint }>`
    with fresh as (
      insert into ledger.hold (id, kind, ref, subject, source, target, amount, at, expires_at)
      values (${hold.id}, ${hold.kind}, ${hold.ref}, ${hold.subject}, ${hold.from}, ${hold.to},
        ${hold.amount}, ${hold.at}, ${hold.expiresAt})
      on conflict on constraint hold_once do nothing
      returning source, amount),
    reserved as (
      update ledger.account as a set held = a.held + fresh.amount
      from fresh where a.code = fresh.source
      returning 1)
    select (select count(*) from fresh) as fresh,
      (select count(*) from reserved) as reserved`.execute(tx);
  const [done] = rows;
  assert(done);
  assert(done.reserved === done.fresh, `no account to hold in: ${hold.from}`);
  return done.fresh === 1n;
}

/** Locks the hold until commit: capture, release and expiry take turns. */
export async function lockHold(
  tx: Tx,
  key: { kind: string; ref: string },
): Promise<Hold | undefined> {
  const row = await tx
    .selectFrom('ledger.hold')
    .selectAll()
    .where('kind', '=', key.kind)
    .where('ref', '=', key.ref)
    .forUpdate()
    .executeTakeFirst();
  return row && toHold(row);
}

/** After `lockHold` and `move`: the hold became this transfer. */
export async function markPosted(
  tx: Tx,
  input: { holdId: string; transferId: string; at: Date },
): Promise<void> {
  await tx
    .updateTable('ledger.hold')
    .set({ state: 'posted', closed_at: input.at, transfer_id: input.transferId })
    .where('id', '=', input.holdId)
    .execute();
}

/** After `lockHold`: the whole amount is free again. */
export async function markVoided(tx: Tx, hold: Hold, at: Date): Promise<void> {
  await sql`
    with closed as (
      update ledger.hold set state = 'voided', closed_at = ${at} where id = ${hold.id}
      returning source, amount)
    update ledger.account as a set held = a.held - closed.amount
    from closed where a.code = closed.source`.execute(tx);
}

/** Frees up to `limit` holds whose time is over and returns how many. One in somebody's hands is left to them. */
export async function expireDue(tx: Tx, at: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ expired: bigint }>`
    with due as (
      select id from ledger.hold
      where state = 'pending' and expires_at <= ${at}
      order by expires_at limit ${limit} for update skip locked),
    closed as (
      update ledger.hold as h set state = 'expired', closed_at = ${at}
      from due where h.id = due.id
      returning h.source, h.amount),
    freed as (select source, sum(amount)::int8 as amount from closed group by source),
    locked as (
      select code from ledger.account where code in (select source from freed)
      order by code for no key update),
    unreserved as (
      update ledger.account as a set held = a.held - freed.amount
      from freed join locked on locked.code = freed.source
      where a.code = freed.source)
    select count(*) as expired from closed`.execute(tx);
  return Number(rows[0]?.expired ?? 0n);
}

export interface Account {
  readonly code: AccountCode;
  readonly class: AccountClass;
  readonly balance: Fen;
  readonly held: Fen;
  readonly version: number;
}

const ACCOUNT = ['code', 'class', 'balance', 'held', 'version'] as const;
const toAccount = (row: {
  code: string;
  class: string;
  balance: bigint;
  held: bigint;
  version: bigint;
}): Account => ({
  code: row.code,
  class: row.class as AccountClass,
  balance: fen(row.balance),
  held: fen(row.held),
  version: Number(row.version),
});

export async function findAccount(reader: Reader, code: AccountCode): Promise<Account | undefined> {
  const row = await reader
    .selectFrom('ledger.account')
    .select(ACCOUNT)
    .where('code', '=', code)
    .executeTakeFirst();
  return row && toAccount(row);
}

export async function listAccounts(
  reader: Reader,
  input: { prefix: string; after: string; limit: number },
): Promise<Account[]> {
  const rows = await reader
    .selectFrom('ledger.account')
    .select(ACCOUNT)
    .where(sql<boolean>`code ^@ ${input.prefix}`)
    .where('code', '>', input.after)
    .orderBy('code')
    .limit(input.limit)
    .execute();
  return rows.map(toAccount);
}

export async function sumBefore(reader: Reader, code: AccountCode, from: Date): Promise<Fen> {
  const row = await reader
    .selectFrom('ledger.entry')
    .select(sql<bigint>`coalesce(sum(amount), 0)::int8`.as('total'))
    .where('account', '=', code)
    .where('at', '<', from)
    .executeTakeFirstOrThrow();
  return fen(row.total);
}

export interface EntryRow {
  readonly transferId: string;
  readonly kind: string;
  readonly ref: string;
  readonly subject: string;
  readonly at: Date;
  readonly other: AccountCode;
  readonly amount: bigint;
  readonly version: bigint;
}

/** Entries of `code` in [from, to), in the order of their making. */
export async function listEntries(
  reader: Reader,
  code: AccountCode,
  period: { from: Date; to: Date; limit: number },
): Promise<EntryRow[]> {
  return await reader
    .selectFrom('ledger.entry as e')
    .innerJoin('ledger.transfer as t', 't.id', 'e.transfer_id')
    .select(['t.id as transferId', 't.kind', 't.ref', 't.subject', 'e.at'])
    .select(['e.other', 'e.amount', 'e.version'])
    .where('e.account', '=', code)
    .where('e.at', '>=', period.from)
    .where('e.at', '<', period.to)
    .orderBy('e.version')
    .limit(period.limit)
    .execute();
}

export interface ClassTotal {
  readonly class: AccountClass;
  readonly accounts: number;
  readonly balance: Fen;
  readonly held: Fen;
}

export async function sumByClass(reader: Reader): Promise<ClassTotal[]> {
  const rows = await reader
    .selectFrom('ledger.account')
    .select(['class', sql<bigint>`count(*)`.as('accounts')])
    .select(sql<bigint>`sum(balance)::int8`.as('balance'))
    .select(sql<bigint>`sum(held)::int8`.as('held'))
    .groupBy('class')
    .orderBy('class')
    .execute();
  return rows.map((row) => ({
    class: row.class as AccountClass,
    accounts: Number(row.accounts),
    balance: fen(row.balance),
    held: fen(row.held),
  }));
}

/** Transfers of one subject, one row a leg, in the order of posting. */
export async function listLegs(reader: Reader, subject: string) {
  return await reader
    .selectFrom('ledger.transfer as t')
    .innerJoin('ledger.entry as e', 'e.transfer_id', 't.id')
    .select(['t.id', 't.kind', 't.ref', 't.subject', 't.at'])
    .select(['e.other as from', 'e.account as to', 'e.amount'])
    .where('t.subject', '=', subject)
    .where('e.amount', '>', 0n)
    .orderBy('t.no')
    .orderBy('e.leg')
    .execute();
}

export async function listHolds(reader: Reader, subject: string): Promise<Hold[]> {
  const rows = await reader
    .selectFrom('ledger.hold')
    .selectAll()
    .where('subject', '=', subject)
    .orderBy('at')
    .orderBy('id')
    .execute();
  return rows.map(toHold);
}

export interface Finding {
  readonly what:
    | 'balance'
    | 'held'
    | 'version'
    | 'rule'
    | 'chain'
    | 'transfer'
    | 'payload'
    | 'time'
    | 'capture'
    | 'total';
  /** Account code, account and version, transfer id or hold id. */
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

/** One statement, so one snapshot: posting goes on while the books are checked. */
export async function findDifferences(reader: Reader): Promise<Finding[]> {
  const rules = accountClasses.map(ruleOf);
  const { rows } = await sql<Finding>`
    with total as (
      select account, sum(amount) as balance, count(*) as entries, max(version) as last
      from ledger.entry group by account),
    pending as (
      select source, sum(amount) as held from ledger.hold where state = 'pending' group by source),
    rule as (
      select * from unnest(${accountClasses}::text[], ${rules.map((rule) => rule.min)}::int8[],
        ${rules.map((rule) => rule.max)}::int8[]) as rule(class, min, max)),
    book as (
      select coalesce(a.code, t.account) as code, coalesce(a.balance, 0) as balance,
        coalesce(a.version, 0) as version, coalesce(a.held, 0) as held,
        a.min_balance, a.max_balance, coalesce(t.balance, 0) as entry_sum, coalesce(t.entries, 0) as entries,
        coalesce(t.last, 0) as last, coalesce(p.held, 0) as pending, r.min, r.max
      from ledger.account a full join total t on t.account = a.code
      left join pending p on p.source = a.code left join rule r on r.class = a.class),
    step as (
      select account, version, amount, balance_after,
        row_number() over history as expected_version,
        lag(balance_after, 1, 0::int8) over history + amount as expected_after
      from ledger.entry window history as (partition by account order by version)),
    moved as (
      select t.id, t.digest, t.at, t.kind || e'\n' || t.ref || e'\n' || t.subject as head,
        coalesce(sum(e.amount), 0) as total, count(e.*) as entries,
        count(*) filter (where e.at <> t.at) as elsewhere,
        string_agg(e'\n' || e.other || '>' || e.account || ':' || e.amount, '' order by e.leg)
          filter (where e.amount > 0) as legs
      from ledger.transfer t left join ledger.entry e on e.transfer_id = t.id group by t.id)
    select 'balance' as what, code as "where", entry_sum::text as expected, balance::text as found
      from book where balance <> entry_sum
    union all select 'version', code, greatest(entries, last)::text, version::text
      from book where version <> entries or version <> last
    union all select 'held', code, pending::text, held::text from book where held <> pending
    union all select 'rule', code, coalesce(min::text, '-') || '..' || coalesce(max::text, '-'),
        coalesce(min_balance::text, '-') || '..' || coalesce(max_balance::text, '-')
      from book where (min, max) is distinct from (min_balance, max_balance)
    union all select 'chain', account || ' #' || version,
        expected_after || ' #' || expected_version, balance_after || ' #' || version
      from step where version <> expected_version or balance_after <> expected_after
    union all select 'transfer', id::text, '0 in at least 2 entries', total || ' in ' || entries
      from moved where total <> 0 or entries < 2
    union all select 'payload', id::text, encode(digest, 'hex'),
        encode(sha256(convert_to(head || coalesce(legs, ''), 'UTF8')), 'hex')
      from moved where digest <> sha256(convert_to(head || coalesce(legs, ''), 'UTF8'))
    union all select 'time', id::text, at::text, elsewhere || ' entries at another time'
      from moved where elsewhere > 0
    union all select 'capture', h.id::text, h.source || '>' || h.target || ' up to ' || h.amount,
        coalesce(e.other || '>' || e.account || ' ' || e.amount, 'nothing')
      from ledger.hold h left join ledger.entry e on e.transfer_id = h.transfer_id and e.amount > 0
      where h.state = 'posted'
        and ((h.source, h.target) is distinct from (e.other, e.account) or e.amount > h.amount)
    union all select 'total', 'all accounts', '0', sum(balance)::text
      from ledger.account having sum(balance) <> 0`.execute(reader);
  return rows;
}
