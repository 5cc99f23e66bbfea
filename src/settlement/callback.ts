/** The bank calls us: believed only when signed, fresh and about a number of ours; kept once, handled by a job. */
import type { IncomingHttpHeaders } from 'node:http';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { addJob, type Fen, inTransaction, parseFen, type Reader, Refused, sha256 } from '#platform';
import { findTopUp } from './bank_store.ts';
import {
  type BankEvent,
  countRefusal,
  findEvent,
  insertEvent,
  saveHandled,
} from './event_store.ts';
import { hear } from './hear.ts';
import { askTill } from './payin/ask.ts';
import { findRequest } from './payin/request_store.ts';
import { findPayIn } from './payin/store.ts';
import type { BankView } from './psp.ts';
import { askPayout } from './send.ts';
import type { HearingDeps } from './step.ts';
import { findAttempt } from './store.ts';
import { hearTopUp } from './top_up.ts';

export const EVENT_JOB = 'settlement.handle_event';

const one = <T extends string>(value: T) => Type.Literal(value);
const EventBody = Type.Object({
  eventId: Type.String({ pattern: '^[0-9A-Za-z-]{8,64}$' }),
  merchant: Type.String({ maxLength: 64 }),
  kind: Type.Union([
    one('transfer'),
    one('collection'),
    one('pay_in'),
    one('refund'),
    one('split'),
  ]),
  outNo: Type.String({ pattern: '^[0-9a-z]{32}$' }),
  status: Type.Union([
    one('accepted'),
    one('paid'),
    one('failed'),
    one('returned'),
    one('closed'),
    one('done'),
    one('partial'),
  ]),
  amountFen: Type.String({ maxLength: 20 }),
  at: Type.String({ maxLength: 40 }),
  reason: Type.Optional(Type.String({ maxLength: 64 })),
});

/**
 * Stores the event and returns at once; a repeated one is success. Refuses `callback_forged` (signature, time,
 * shape or merchant) and `callback_unknown` (a number or an amount that is not ours), and counts both.
 */
export async function receiveCallback(
  deps: Pick<HearingDeps, 'db' | 'clock' | 'psp' | 'log'>,
  { headers, body }: { headers: IncomingHttpHeaders; body: Buffer },
): Promise<void> {
  const { db, clock, psp, log } = deps;
  const at = clock.now();
  const refuse = async (code: 'callback_forged' | 'callback_unknown', reason: string) => {
    log.warn({ reason }, 'callback refused');
    await countRefusal(db, { digest: sha256(body), reason, at });
    return new Refused(code);
  };
  const doubt = await psp.doubt(headers, body);
  if (doubt) throw await refuse('callback_forged', doubt);
  const event = eventIn(body, at);
  if (!event) throw await refuse('callback_forged', 'malformed');
  if (event.merchant !== psp.merchant) throw await refuse('callback_forged', 'other_merchant');
  const known = await whatWeKnow(db, event);
  if (!known) throw await refuse('callback_unknown', 'other_number');
  if (known.amount !== undefined && known.amount !== event.amount)
    throw await refuse('callback_unknown', 'other_amount');
  await inTransaction(db, async (tx) => {
    const { eventId } = event;
    if (await insertEvent(tx, event)) await addJob(tx, EVENT_JOB, { eventId }, { key: eventId });
  });
}

type NewEvent = Omit<BankEvent, 'handledAt'> & { merchant: string };

function eventIn(body: Buffer, receivedAt: Date): NewEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  if (!Value.Check(EventBody, value)) return undefined;
  const { amountFen, at, reason, ...rest } = value;
  const amount = parseFen(amountFen);
  const bankAt = new Date(at);
  if (amount === undefined || Number.isNaN(bankAt.getTime())) return undefined;
  return { ...rest, amount, bankAt, reason, receivedAt };
}

/** A payer may pay another amount than we asked for, so the till's amounts are asked, never read from here. */
async function whatWeKnow(
  reader: Reader,
  { kind, outNo }: NewEvent,
): Promise<{ amount: Fen | undefined } | undefined> {
  switch (kind) {
    case 'transfer':
      return await findAttempt(reader, outNo);
    case 'collection':
      return await findTopUp(reader, { outNo });
    case 'pay_in':
      return (await findPayIn(reader, { outNo })) && { amount: undefined };
    case 'refund':
    case 'split':
      return (await findRequest(reader, outNo))?.kind === kind ? { amount: undefined } : undefined;
  }
}

/** The task behind EVENT_JOB. */
export async function handleEvent(deps: HearingDeps, eventId: string): Promise<void> {
  const { db, clock } = deps;
  const event = await findEvent(db, eventId);
  if (!event || event.handledAt) return;
  const { kind, outNo, status } = event;
  const at = clock.now();
  if (kind === 'pay_in' || kind === 'refund' || kind === 'split') {
    await askTill(deps, { kind, outNo });
    await inTransaction(db, (tx) => saveHandled(tx, eventId, at));
    return;
  }
  const attempt = kind === 'transfer' ? await findAttempt(db, outNo) : undefined;
  if (attempt?.status === 'open' && status === 'returned') {
    // We never heard that it was paid, nor when: the bank knows both.
    await askPayout(deps, attempt.payoutId);
    await inTransaction(db, (tx) => saveHandled(tx, eventId, at));
    return;
  }
  await inTransaction(db, async (tx) => {
    const view = viewOf(event);
    if (!view) return await saveHandled(tx, eventId, at);
    if (kind === 'transfer') await hear(tx, { outNo, view, at }, deps);
    else {
      const topUp = await findTopUp(tx, { outNo });
      if (topUp) await hearTopUp(tx, { id: topUp.id, view, at }, deps);
    }
    await saveHandled(tx, eventId, at);
  });
}

/** Undefined: no word that a transfer or a collection can have. */
const viewOf = ({ status, amount, bankAt, reason }: BankEvent): BankView | undefined =>
  status === 'closed' || status === 'done' || status === 'partial'
    ? undefined
    : {
        ...{ status, amount, reason },
        paidAt: status === 'paid' ? bankAt : undefined,
        returnedAt: status === 'returned' ? bankAt : undefined,
      };
