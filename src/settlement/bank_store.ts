/** SQL of the treasury side: top-ups, the statement lines our transfers stand for, and the daily comparison. */
import { type Selectable, sql } from 'kysely';
import { type Database, type Db, type Fen, fen, type Reader, type Tx } from '#platform';
import type { Comparison, LineKind } from './domain.ts';

export interface TopUp {
  readonly id: string;
  readonly outNo: string;
  readonly recycler: string;
  /** What it fills: the recycler's wallet or deposit, or the platform's reserve. */
  readonly target: 'wallet' | 'reserve' | 'deposit';
  readonly amount: Fen;
  readonly askedBy: string;
  readonly state: string;
  readonly createdAt: Date;
  readonly receivedAt: Date | undefined;
}

const toTopUp = (row: Selectable<Database['settlement.top_up']>): TopUp => ({
  id: row.id,
  outNo: row.out_no,
  recycler: row.recycler,
  target: row.target as TopUp['target'],
  amount: fen(row.amount_fen),
  askedBy: row.asked_by,
  state: row.state,
  createdAt: row.created_at,
  receivedAt: row.received_at ?? undefined,
});

export async function insertTopUp(tx: Tx, topUp: Omit<TopUp, 'receivedAt'>): Promise<void> {
  await tx
    .insertInto('settlement.top_up')
    .values({
      id: topUp.id,
      out_no: topUp.outNo,
      recycler: topUp.recycler,
      target: topUp.target,
      amount_fen: topUp.amount,
      asked_by: topUp.askedBy,
      state: topUp.state,
      created_at: topUp.createdAt,
    })
    .execute();
}

export async function lockTopUp(tx: Tx, id: string): Promise<TopUp | undefined> {
  const row = await tx
    .selectFrom('settlement.top_up')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toTopUp(row);
}

export async function findTopUp(
  reader: Reader,
  by: { id: string } | { outNo: string },
): Promise<TopUp | undefined> {
  const query = reader.selectFrom('settlement.top_up').selectAll();
  const row = await ('id' in by
    ? query.where('id', '=', by.id)
    : query.where('out_no', '=', by.outNo)
  ).executeTakeFirst();
  return row && toTopUp(row);
}

export async function saveTopUp(
  tx: Tx,
  id: string,
  { state, receivedAt }: { state: string; receivedAt?: Date },
): Promise<void> {
  await tx
    .updateTable('settlement.top_up')
    .set({ state, ...(receivedAt && { received_at: receivedAt }) })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** Newest first. */
export async function listTopUps(
  reader: Reader,
  limit: number,
  target: TopUp['target'] = 'wallet',
): Promise<TopUp[]> {
  const rows = await reader
    .selectFrom('settlement.top_up')
    .selectAll()
    .where('target', '=', target)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toTopUp);
}

export interface CustodyMovement {
  readonly outNo: string;
  readonly kind: LineKind;
  readonly amount: Fen;
  readonly bankAt: Date;
  readonly bankDay: string;
  readonly postedAt: Date;
  readonly transferKind: string;
  readonly transferRef: string;
}

export async function insertMovement(tx: Tx, line: CustodyMovement): Promise<void> {
  await tx
    .insertInto('settlement.custody_movement')
    .values({
      out_no: line.outNo,
      kind: line.kind,
      amount_fen: line.amount,
      bank_at: line.bankAt,
      bank_day: line.bankDay,
      posted_at: line.postedAt,
      transfer_kind: line.transferKind,
      transfer_ref: line.transferRef,
    })
    .execute();
}

const toMovement = (row: Selectable<Database['settlement.custody_movement']>): CustodyMovement => ({
  outNo: row.out_no,
  kind: row.kind as LineKind,
  amount: fen(row.amount_fen),
  bankAt: row.bank_at,
  bankDay: row.bank_day,
  postedAt: row.posted_at,
  transferKind: row.transfer_kind,
  transferRef: row.transfer_ref,
});

export async function listMovements(reader: Reader, bankDay: string): Promise<CustodyMovement[]> {
  const rows = await reader
    .selectFrom('settlement.custody_movement')
    .selectAll()
    .where('bank_day', '=', bankDay)
    .orderBy('out_no')
    .execute();
  return rows.map(toMovement);
}

export async function firstMovement(reader: Reader): Promise<Date | undefined> {
  const row = await reader
    .selectFrom('settlement.custody_movement')
    .select((eb) => eb.fn.min('posted_at').as('first'))
    .executeTakeFirst();
  return row?.first ?? undefined;
}

/** Who stands behind each line booked in the span, under the name of its transfer; lines of nobody are left out. */
export async function partiesBetween(
  reader: Reader,
  { from, to }: { from: Date; to: Date },
): Promise<
  {
    outNo: string;
    kind: 'transfer' | 'collection' | 'pay_in' | 'refund';
    name: string;
    party: string;
  }[]
> {
  const { rows } = await sql<{ out_no: string; kind: string; name: string; party: string }>`
    with line as (
      select * from settlement.custody_movement
      where posted_at >= ${from} and posted_at < ${to} and kind <> 'return')
    select m.out_no, m.kind, m.transfer_kind || ' ' || m.transfer_ref as name,
      coalesce(p.user_id, t.recycler, i.payer_id, b.payer_id) as party
    from line m
      left join settlement.attempt a on m.kind = 'transfer' and a.out_no = m.out_no
      left join settlement.payout p on p.id = a.payout_id
      left join settlement.top_up t on m.kind = 'collection' and t.out_no = m.out_no
      left join settlement.pay_in i on m.kind = 'pay_in' and i.out_no = split_part(m.out_no, '_', 1)
      left join settlement.psp_request q on m.kind = 'refund' and q.out_no = m.out_no
      left join settlement.refund r on r.id = q.owner
      left join settlement.pay_in b on b.id = r.pay_in_id
    where coalesce(p.user_id, t.recycler, i.payer_id, b.payer_id) is not null
    order by m.posted_at, m.out_no`.execute(reader);
  return rows.map(({ out_no: outNo, kind, name, party }) => ({
    ...{ outNo, name, party },
    kind: kind as 'transfer' | 'collection' | 'pay_in' | 'refund',
  }));
}

/** Which of these ledger transfers stand for a statement line, as `kind ref`. */
export async function knownTransfers(
  reader: Reader,
  refs: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ name: string }>`
    select transfer_kind || ' ' || transfer_ref as name
    from settlement.custody_movement
    where transfer_ref = any(${refs}::text[])`.execute(reader);
  return new Set(rows.map((row) => row.name));
}

export interface Reconciliation {
  readonly day: string;
  readonly queuedAt: Date;
  readonly doneAt: Date | undefined;
  readonly matched: number;
  readonly findings: number;
  readonly inFen: Fen;
  readonly outFen: Fen;
}

export async function findReconciliation(
  reader: Reader,
  day: string,
): Promise<Reconciliation | undefined> {
  const row = await reader
    .selectFrom('settlement.reconciliation')
    .selectAll()
    .where('day', '=', day)
    .executeTakeFirst();
  return (
    row && {
      day: row.day,
      queuedAt: row.queued_at,
      doneAt: row.done_at ?? undefined,
      matched: row.matched,
      findings: row.findings,
      inFen: fen(row.in_fen),
      outFen: fen(row.out_fen),
    }
  );
}

/** The last day compared or queued, and the first day on which anything was sent to the bank. */
export async function reconciledSpan(
  reader: Reader,
): Promise<{ last: string | undefined; first: Date | undefined }> {
  const { rows } = await sql<{ last: string | null; first: Date | null }>`
    select (select max(day) from settlement.reconciliation) as last,
      least((select min(started_at) from settlement.attempt),
            (select min(created_at) from settlement.top_up),
            (select min(created_at) from settlement.pay_in)) as first`.execute(reader);
  return { last: rows[0]?.last ?? undefined, first: rows[0]?.first ?? undefined };
}

/** Days queued before `before` whose job never finished. */
export async function stuckDays(reader: Reader, before: Date): Promise<string[]> {
  const rows = await reader
    .selectFrom('settlement.reconciliation')
    .select('day')
    .where('done_at', 'is', null)
    .where('queued_at', '<', before)
    .orderBy('day')
    .limit(31)
    .execute();
  return rows.map((row) => row.day);
}

export async function queueDay(tx: Tx, day: string, at: Date): Promise<void> {
  await tx
    .insertInto('settlement.reconciliation')
    .values({ day, queued_at: at })
    .onConflict((on) => on.column('day').doUpdateSet({ queued_at: at }))
    .execute();
}

/** The comparison of a day, in place of an earlier one. */
export async function saveReconciliation(
  tx: Tx,
  done: Omit<Reconciliation, 'queuedAt' | 'doneAt'> & { doneAt: Date },
  items: readonly Comparison[],
): Promise<void> {
  const { day, doneAt, matched, findings, inFen, outFen } = done;
  const values = { done_at: doneAt, matched, findings, in_fen: inFen, out_fen: outFen };
  await tx
    .insertInto('settlement.reconciliation')
    .values({ day, queued_at: doneAt, ...values })
    .onConflict((on) => on.column('day').doUpdateSet(values))
    .execute();
  await tx.deleteFrom('settlement.reconciliation_item').where('day', '=', day).execute();
  await sql`
    insert into settlement.reconciliation_item (day, kind, ref, result, ours_fen, theirs_fen)
    select ${day}, * from unnest(${items.map((item) => item.kind)}::text[],
      ${items.map((item) => item.ref)}::text[], ${items.map((item) => item.result)}::text[],
      ${items.map((item) => item.ours ?? null)}::int8[],
      ${items.map((item) => item.theirs ?? null)}::int8[])`.execute(tx);
}

/** Findings first. */
export async function listItems(db: Db, day: string, limit: number): Promise<Comparison[]> {
  const rows = await db
    .selectFrom('settlement.reconciliation_item')
    .selectAll()
    .where('day', '=', day)
    .orderBy((eb) => eb('result', '=', 'matched'))
    .orderBy('kind')
    .orderBy('ref')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    kind: row.kind as Comparison['kind'],
    ref: row.ref,
    result: row.result as Comparison['result'],
    ...(row.ours_fen !== null && { ours: fen(row.ours_fen) }),
    ...(row.theirs_fen !== null && { theirs: fen(row.theirs_fen) }),
  }));
}
