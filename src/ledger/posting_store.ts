/** SQL of what the house names: postings with their transfers, and holds. */
import { sql } from 'kysely';
import { type Fen, fen, type Reader, type Tx } from '#platform';
import { type BatchQuery, postBatchCall } from './batch_store.ts';
import type { AccountCode, HoldState } from './domain.ts';

export interface NewPosting {
  readonly id: string;
  readonly isHold: boolean;
  readonly legs: number;
  readonly kind: string;
  readonly ref: string;
  readonly subject: string;
  readonly at: Date;
  readonly digest: Buffer;
}

/**
 * Answers of the transfers; undefined, and nothing done, when the id is there already. The name is locked before
 * the accounts, or two posters of one command would wait for each other.
 */
export async function insertPosting(
  tx: Tx,
  { id, isHold, legs, kind, ref, subject, at, digest }: NewPosting,
  query: BatchQuery,
): Promise<number[] | undefined> {
  const { rows } = await sql<{ answers: number[] }>`
    with fresh as (
      insert into ledger.posting (id, is_hold, legs, kind, ref, subject, at, digest)
      values (${id}, ${isHold}, ${legs}, ${kind}, ${ref}, ${subject}, ${at}, ${digest})
      on conflict (id) do nothing
      returning 1)
    select ${postBatchCall(query)} as answers from fresh`.execute(tx);
  return rows[0]?.answers;
}

export async function findDigest(reader: Reader, id: string): Promise<Buffer | undefined> {
  const row = await reader
    .selectFrom('ledger.posting')
    .select('digest')
    .where('id', '=', id)
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

export async function listHolds(reader: Reader, subject: string): Promise<Hold[]> {
  const { rows } = await sql<Omit<Hold, 'closedAt'> & { amount: bigint; closedAt: Date | null }>`
    select id, kind, ref, subject, source as "from", target as "to", amount, state, at,
      expires_at as "expiresAt", closed_at as "closedAt"
    from ledger.named_hold where subject = ${subject} order by at, id`.execute(reader);
  return rows.map((row) => ({
    ...row,
    amount: fen(row.amount),
    closedAt: row.closedAt ?? undefined,
  }));
}

/** Money of this account that is set aside now, what ends first at the top. */
export async function openHoldsOf(
  reader: Reader,
  code: AccountCode,
  limit: number,
): Promise<Omit<Hold, 'closedAt'>[]> {
  const { rows } = await sql<Omit<Hold, 'closedAt'> & { amount: bigint }>`
    select id, kind, ref, subject, source as "from", target as "to", amount, state, at,
      expires_at as "expiresAt"
    from ledger.named_hold where source = ${code} and state = 'pending'
    order by expires_at, id limit ${limit}`.execute(reader);
  return rows.map((row) => ({ ...row, amount: fen(row.amount) }));
}

/** A hold as the batch needs it. */
export interface OpenHold {
  readonly id: string;
  readonly debit: bigint;
  readonly credit: bigint;
  readonly amount: bigint;
  readonly state: HoldState;
}

export interface NamedHold extends OpenHold {
  readonly subject: string;
  readonly from: AccountCode;
  readonly to: AccountCode;
}

/** Without a lock: it may be closed by somebody else before the batch decides. */
export async function findHold(reader: Reader, posting: string): Promise<NamedHold | undefined> {
  const { rows } = await sql<NamedHold>`
    select h.id, h.debit, h.credit, h.amount, p.subject, d.code as "from", c.code as "to",
      (array['pending', 'posted', 'voided', 'expired'])[h.state + 1] as state
    from ledger.posting p
    join ledger.hold h on h.id = ledger.leg_id(p.id, 1)
    join ledger.account_info d on d.id = h.debit
    join ledger.account_info c on c.id = h.credit
    where p.id = ${posting}`.execute(reader);
  return rows[0];
}

export async function listDue(reader: Reader, at: Date, limit: number): Promise<OpenHold[]> {
  const { rows } = await sql<OpenHold>`
    select id, debit, credit, amount, 'pending' as state
    from ledger.hold where state = 0 and expires_at <= ${at}
    order by expires_at, id limit ${limit}`.execute(reader);
  return rows;
}
