/** SQL of what the bank told us: each event once, and a count of what we did not believe. */
import type { Selectable } from 'kysely';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';
import type { BankStatus } from './domain.ts';

export interface BankEvent {
  readonly eventId: string;
  readonly kind: 'transfer' | 'collection' | 'pay_in' | 'refund' | 'split';
  readonly outNo: string;
  readonly status: BankStatus | 'closed' | 'done' | 'partial';
  readonly amount: Fen;
  readonly bankAt: Date;
  readonly reason: string | undefined;
  readonly receivedAt: Date;
  readonly handledAt: Date | undefined;
}

const toEvent = (row: Selectable<Database['settlement.psp_event']>): BankEvent => ({
  eventId: row.event_id,
  kind: row.kind as BankEvent['kind'],
  outNo: row.out_no,
  status: row.status as BankEvent['status'],
  amount: fen(row.amount_fen),
  bankAt: row.bank_at,
  reason: row.reason ?? undefined,
  receivedAt: row.received_at,
  handledAt: row.handled_at ?? undefined,
});

/** False when the bank told us this before. */
export async function insertEvent(tx: Tx, event: Omit<BankEvent, 'handledAt'>): Promise<boolean> {
  const row = await tx
    .insertInto('settlement.psp_event')
    .values({
      event_id: event.eventId,
      kind: event.kind,
      out_no: event.outNo,
      status: event.status,
      amount_fen: event.amount,
      bank_at: event.bankAt,
      reason: event.reason ?? null,
      received_at: event.receivedAt,
    })
    .onConflict((on) => on.column('event_id').doNothing())
    .returning('event_id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function findEvent(reader: Reader, eventId: string): Promise<BankEvent | undefined> {
  const row = await reader
    .selectFrom('settlement.psp_event')
    .selectAll()
    .where('event_id', '=', eventId)
    .executeTakeFirst();
  return row && toEvent(row);
}

export async function saveHandled(tx: Tx, eventId: string, at: Date): Promise<void> {
  await tx
    .updateTable('settlement.psp_event')
    .set({ handled_at: at })
    .where('event_id', '=', eventId)
    .where('handled_at', 'is', null)
    .execute();
}

export async function listEvents(reader: Reader, outNos: readonly string[]): Promise<BankEvent[]> {
  if (outNos.length === 0) return [];
  const rows = await reader
    .selectFrom('settlement.psp_event')
    .selectAll()
    .where('out_no', 'in', outNos)
    .orderBy('received_at')
    .orderBy('event_id')
    .execute();
  return rows.map(toEvent);
}

/** Counts a callback that was not believed; its content is not kept. */
export async function countRefusal(
  reader: Reader,
  refusal: { digest: Buffer; reason: string; at: Date },
): Promise<void> {
  await reader
    .insertInto('settlement.callback_refusal')
    .values({
      body_digest: refusal.digest,
      reason: refusal.reason,
      first_at: refusal.at,
      last_at: refusal.at,
    })
    .onConflict((on) =>
      on.columns(['body_digest', 'reason']).doUpdateSet((eb) => ({
        times: eb('settlement.callback_refusal.times', '+', 1),
        last_at: refusal.at,
      })),
    )
    .execute();
}

export async function forgetRefusals(reader: Reader, before: Date): Promise<void> {
  await reader.deleteFrom('settlement.callback_refusal').where('last_at', '<', before).execute();
}
