/** SQL of what a recycler is owed and owes: its top-ups, its payouts, and defaults on its deposit. */
import type { Selectable } from 'kysely';
import { type Database, type Fen, fen, type Reader, Refused, type Tx, violated } from '#platform';
import type { TopUp } from '../bank_store.ts';
import { payeeOfRecycler } from './domain.ts';

type Ask = Pick<TopUp, 'id' | 'target' | 'amount' | 'state' | 'createdAt' | 'receivedAt'>;

/** Newest first. */
export async function topUpsOf(reader: Reader, recycler: string, limit: number): Promise<Ask[]> {
  const rows = await reader
    .selectFrom('settlement.top_up')
    .select(['id', 'target', 'amount_fen', 'state', 'created_at', 'received_at'])
    .where('recycler', '=', recycler)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    target: row.target as TopUp['target'],
    amount: fen(row.amount_fen),
    state: row.state,
    createdAt: row.created_at,
    receivedAt: row.received_at ?? undefined,
  }));
}

/** Asked for and not yet decided by the bank. The caller holds a lock under which none is added. */
export async function countOpenTopUps(tx: Tx, recycler: string): Promise<number> {
  const { count } = await tx
    .selectFrom('settlement.top_up')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('recycler', '=', recycler)
    .where('state', 'in', ['requested', 'waiting'])
    .executeTakeFirstOrThrow();
  return Number(count);
}

export interface Outgoing {
  readonly id: string;
  readonly subject: string;
  readonly part: string;
  readonly amount: Fen;
  readonly state: string;
  readonly promisedOn: string;
  readonly paidAt: Date | undefined;
  readonly failure: string | undefined;
}

/** Newest first. */
export async function payoutsOf(
  reader: Reader,
  recycler: string,
  limit: number,
): Promise<Outgoing[]> {
  const rows = await reader
    .selectFrom('settlement.payout')
    .select(['id', 'subject', 'part', 'amount_fen', 'state', 'promised_on', 'paid_at', 'failure'])
    .where('user_id', '=', payeeOfRecycler(recycler))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...{ id: row.id, subject: row.subject, part: row.part, state: row.state },
    amount: fen(row.amount_fen),
    promisedOn: row.promised_on,
    paidAt: row.paid_at ?? undefined,
    failure: row.failure ?? undefined,
  }));
}

export interface Default {
  readonly id: string;
  readonly recycler: string;
  readonly payeeId: string;
  readonly subject: string;
  readonly amount: Fen;
  readonly words: string;
  readonly state: 'proposed' | 'paid' | 'dropped';
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly decidedBy: string | undefined;
  readonly decidedAt: Date | undefined;
}

const toDefault = (row: Selectable<Database['settlement.deposit_default']>): Default => ({
  id: row.id,
  recycler: row.recycler,
  payeeId: row.payee_id,
  subject: row.subject,
  amount: fen(row.amount_fen),
  words: row.words,
  state: row.state as Default['state'],
  proposedBy: row.proposed_by,
  proposedAt: row.proposed_at,
  decidedBy: row.decided_by ?? undefined,
  decidedAt: row.decided_at ?? undefined,
});

/** Refuses `default_known`: one order is made good once. */
export async function insertDefault(
  tx: Tx,
  row: Omit<Default, 'state' | 'decidedBy' | 'decidedAt'>,
): Promise<void> {
  try {
    await tx
      .insertInto('settlement.deposit_default')
      .values({
        id: row.id,
        recycler: row.recycler,
        payee_id: row.payeeId,
        subject: row.subject,
        amount_fen: row.amount,
        words: row.words,
        state: 'proposed',
        proposed_by: row.proposedBy,
        proposed_at: row.proposedAt,
      })
      .execute();
  } catch (error) {
    if (violated(error) === 'deposit_default_once') throw new Refused('default_known');
    throw error;
  }
}

export async function lockDefault(
  tx: Tx,
  { id, recycler }: { id: string; recycler: string },
): Promise<Default | undefined> {
  const row = await tx
    .selectFrom('settlement.deposit_default')
    .selectAll()
    .where('id', '=', id)
    .where('recycler', '=', recycler)
    .forUpdate()
    .executeTakeFirst();
  return row && toDefault(row);
}

export async function decideDefault(
  tx: Tx,
  decided: { id: string; state: 'paid' | 'dropped'; by: string; at: Date },
): Promise<void> {
  await tx
    .updateTable('settlement.deposit_default')
    .set({ state: decided.state, decided_by: decided.by, decided_at: decided.at })
    .where('id', '=', decided.id)
    .executeTakeFirstOrThrow();
}

/** Newest first. */
export async function defaultsOf(reader: Reader, recycler: string): Promise<Default[]> {
  const rows = await reader
    .selectFrom('settlement.deposit_default')
    .selectAll()
    .where('recycler', '=', recycler)
    .orderBy('id', 'desc')
    .limit(100)
    .execute();
  return rows.map(toDefault);
}
