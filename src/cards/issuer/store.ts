/** SQL of what passes between us and the issuers: calls, probes, verifications, health, wrong attempts. */
import { type Insertable, type Selectable, sql } from 'kysely';
import { type Database, type Db, type Fen, fen, type Reader, type Tx } from '#platform';
import type { Code, Grade } from '../schema.ts';
import type { Facts, Op } from './adapter.ts';

/** open: never sent, or surely not done · unknown: sent, no answer believed yet · done, refused: settled. */
export type CallState = 'open' | 'unknown' | 'done' | 'refused';
export type CallOp = Exclude<Op, 'redeem' | 'chain_key'>;

export interface Call {
  readonly requestNo: string;
  readonly cardId: string;
  readonly ref: string;
  readonly issuerId: string;
  readonly op: CallOp;
  readonly state: CallState;
  readonly tries: number;
  /** When it left last, by the clock of the house. */
  readonly sentAt: Date | undefined;
  readonly result: {
    readonly facts?: Facts;
    readonly value?: unknown;
    readonly proven?: boolean;
  } | null;
  readonly secretCt: Buffer | undefined;
  readonly error: string | undefined;
}

const selectCall = (reader: Reader, key: { cardId: string; ref: string; op: CallOp }) =>
  reader
    .selectFrom('cards.issuer_call')
    .selectAll()
    .where('card_id', '=', key.cardId)
    .where('ref', '=', key.ref)
    .where('op', '=', key.op);

export async function findCall(
  reader: Reader,
  key: { cardId: string; ref: string; op: CallOp },
): Promise<Call | undefined> {
  const row = await selectCall(reader, key).executeTakeFirst();
  return row && toCall(row);
}

/** The lock of this cause and its renewals, in the order in which they were asked for. */
export async function locksOf(
  reader: Reader,
  { cardId, ref }: { cardId: string; ref: string },
): Promise<Call[]> {
  const rows = await reader
    .selectFrom('cards.issuer_call')
    .selectAll()
    .where('card_id', '=', cardId)
    .where('op', '=', 'lock')
    .where(sql<boolean>`(ref = ${ref} or starts_with(ref, ${`${ref}/lock/`}))`)
    .orderBy('request_no')
    .execute();
  return rows.map(toCall);
}

type CallRow = NonNullable<Awaited<ReturnType<ReturnType<typeof selectCall>['executeTakeFirst']>>>;
const toCall = (row: CallRow): Call => ({
  requestNo: row.request_no,
  cardId: row.card_id,
  ref: row.ref,
  issuerId: row.issuer_id,
  op: row.op as CallOp,
  state: row.state as CallState,
  tries: row.tries,
  sentAt: row.sent_at ?? undefined,
  result: row.result as Call['result'],
  secretCt: row.secret_ct ?? undefined,
  error: row.error ?? undefined,
});

/** The one call of this operation for this cause: made with `requestNo`, or the one that is there already. */
export async function openCall(
  db: Reader,
  call: Pick<Call, 'requestNo' | 'cardId' | 'ref' | 'issuerId' | 'op'> & { at: Date },
): Promise<Call> {
  const { requestNo, cardId, ref, issuerId, op, at } = call;
  const fresh = await db
    .insertInto('cards.issuer_call')
    .values({
      request_no: requestNo,
      card_id: cardId,
      ref,
      issuer_id: issuerId,
      op,
      state: 'open',
      opened_at: at,
    })
    .onConflict((on) => on.columns(['card_id', 'ref', 'op']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return toCall(fresh ?? (await selectCall(db, { cardId, ref, op }).executeTakeFirstOrThrow()));
}

/** Committed before the call leaves: from here on it may have happened. False when it is settled or cancelled. */
export async function markSent(db: Db, requestNo: string, at: Date): Promise<boolean> {
  const row = await db
    .updateTable('cards.issuer_call')
    .set({ state: 'unknown', tries: sql`tries + 1`, sent_at: at })
    .where('request_no', '=', requestNo)
    .where('state', 'in', ['open', 'unknown'])
    .returning('request_no')
    .executeTakeFirst();
  return row !== undefined;
}

/** Surely not done: may be sent again under the same number. */
export async function markNotDone(db: Db, requestNo: string, error: string): Promise<void> {
  await db
    .updateTable('cards.issuer_call')
    .set({ state: 'open', error })
    .where('request_no', '=', requestNo)
    .where('state', '=', 'unknown')
    .execute();
}

/** It will not be sent any more, unless it was sent again or answered since `call` was read. */
export async function cancelCall(db: Db, call: Call, at: Date): Promise<void> {
  await db
    .updateTable('cards.issuer_call')
    .set({ state: 'refused', result: '{}', error: 'cancelled', answered_at: at })
    .where('request_no', '=', call.requestNo)
    .where('state', 'in', ['open', 'unknown'])
    .where('tries', '=', call.tries)
    .execute();
}

/** Settles a call once; a second answer to the same number changes nothing. Gives what is stored then. */
export async function settleCall(
  db: Db,
  call: {
    requestNo: string;
    state: 'done' | 'refused';
    result: NonNullable<Call['result']>;
    secretCt?: Buffer | undefined;
    error?: string | undefined;
    at: Date;
  },
): Promise<Call> {
  const row = await db
    .updateTable('cards.issuer_call')
    .set({
      state: call.state,
      result: JSON.stringify(call.result),
      secret_ct: call.secretCt ?? null,
      error: call.error ?? null,
      answered_at: call.at,
    })
    .where('request_no', '=', call.requestNo)
    .where('state', 'in', ['open', 'unknown'])
    .returningAll()
    .executeTakeFirst();
  return toCall(row ?? (await callByNo(db, call.requestNo)));
}

const callByNo = (reader: Reader, requestNo: string): Promise<CallRow> =>
  reader
    .selectFrom('cards.issuer_call')
    .selectAll()
    .where('request_no', '=', requestNo)
    .executeTakeFirstOrThrow();

/** Copies of re-issued numbers beside the calls: the card has taken them over, or has left the house. */
export async function dropCallSecrets(tx: Tx, cardId: string): Promise<void> {
  await tx
    .updateTable('cards.issuer_call')
    .set({ secret_ct: null })
    .where('card_id', '=', cardId)
    .where('secret_ct', 'is not', null)
    .execute();
}

export async function insertProbe(
  tx: Tx,
  probe: {
    id: string;
    cardId: string;
    ref: string;
    requestNo: string;
    seen: string;
    signature: Buffer;
    at: Date;
  },
): Promise<void> {
  await tx
    .insertInto('cards.probe')
    .values({
      id: probe.id,
      card_id: probe.cardId,
      ref: probe.ref,
      request_no: probe.requestNo,
      seen: probe.seen,
      signature: probe.signature,
      at: probe.at,
    })
    .execute();
}

export interface Probe {
  readonly probeId: string;
  readonly ref: string;
  readonly seen: string;
  readonly signature: string;
  readonly at: Date;
}

export async function probesOf(reader: Reader, cardId: string): Promise<Probe[]> {
  const rows = await reader
    .selectFrom('cards.probe')
    .selectAll()
    .where('card_id', '=', cardId)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    probeId: row.id,
    ref: row.ref,
    seen: row.seen,
    signature: row.signature.toString('base64'),
    at: row.at,
  }));
}

export interface Verification {
  readonly code: Code;
  readonly grade: Grade;
  readonly balanceFen?: Fen;
  readonly expiresOn?: string;
  readonly probeId?: string;
  /** When the issuer sold or activated it, where it says so. */
  readonly soldAt?: Date;
  /** Only with ISSUER_UNAVAILABLE: when to call again. Such an answer is never kept. */
  readonly retryAfterMs?: number;
}

export async function findVerification(
  reader: Reader,
  { cardId, ref }: { cardId: string; ref: string },
): Promise<Verification | undefined> {
  const row = await reader
    .selectFrom('cards.verification')
    .selectAll()
    .where('card_id', '=', cardId)
    .where('ref', '=', ref)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    code: row.code as Code,
    grade: row.grade as Grade,
    ...(row.balance_fen !== null && { balanceFen: fen(row.balance_fen) }),
    ...(row.expires_on !== null && { expiresOn: row.expires_on }),
    ...(row.probe_id !== null && { probeId: row.probe_id }),
    ...(row.sold_at !== null && { soldAt: row.sold_at }),
  };
}

/** When the issuer had sold this card, where it ever said so. */
export async function soldAtOf(reader: Reader, cardId: string): Promise<Date | undefined> {
  const row = await reader
    .selectFrom('cards.verification')
    .select((eb) => eb.fn.max('sold_at').as('sold'))
    .where('card_id', '=', cardId)
    .executeTakeFirst();
  return row?.sold ?? undefined;
}

/** False when this verification was finished by somebody else meanwhile. */
export async function insertVerification(
  tx: Tx,
  input: { cardId: string; ref: string; verification: Verification; at: Date },
): Promise<boolean> {
  const { cardId, ref, verification, at } = input;
  const row = await tx
    .insertInto('cards.verification')
    .values({
      card_id: cardId,
      ref,
      code: verification.code,
      grade: verification.grade,
      balance_fen: verification.balanceFen ?? null,
      expires_on: verification.expiresOn ?? null,
      probe_id: verification.probeId ?? null,
      sold_at: verification.soldAt ?? null,
      at,
    })
    .onConflict((on) => on.columns(['card_id', 'ref']).doNothing())
    .returning('card_id')
    .executeTakeFirst();
  return row !== undefined;
}

export interface Health {
  readonly failures: number;
  readonly openUntil: Date | undefined;
}

export async function healthOf(reader: Reader, issuerId: string): Promise<Health> {
  const row = await reader
    .selectFrom('cards.issuer_health')
    .select(['failures', 'open_until'])
    .where('issuer_id', '=', issuerId)
    .executeTakeFirst();
  return { failures: row?.failures ?? 0, openUntil: row?.open_until ?? undefined };
}

export async function saveHealth(
  db: Db,
  input: {
    issuerId: string;
    failures: number;
    openUntil: Date | undefined;
    error: string | undefined;
    at: Date;
  },
): Promise<void> {
  const columns = {
    failures: input.failures,
    open_until: input.openUntil ?? null,
    error: input.error ?? null,
    changed_at: input.at,
  };
  await db
    .insertInto('cards.issuer_health')
    .values({ issuer_id: input.issuerId, ...columns })
    .onConflict((on) => on.column('issuer_id').doUpdateSet(columns))
    .execute();
}

export async function insertBadAttempt(
  tx: Tx,
  { id, userId, issuerId, at }: { id: string; userId: string; issuerId: string; at: Date },
): Promise<void> {
  await tx
    .insertInto('cards.bad_attempt')
    .values({ id, user_id: userId, issuer_id: issuerId, at })
    .execute();
}

export async function countBadOfUser(
  reader: Reader,
  { userId, issuerId, since }: { userId: string; issuerId: string; since: Date },
): Promise<{ count: number; oldest: Date | undefined }> {
  const row = await reader
    .selectFrom('cards.bad_attempt')
    .select((eb) => [eb.fn.countAll<bigint>().as('count'), eb.fn.min('at').as('oldest')])
    .where('user_id', '=', userId)
    .where('issuer_id', '=', issuerId)
    .where('at', '>', since)
    .executeTakeFirstOrThrow();
  return { count: Number(row.count), oldest: row.oldest ?? undefined };
}

export async function countBadOfIssuer(
  reader: Reader,
  { issuerId, since }: { issuerId: string; since: Date },
): Promise<number> {
  const row = await reader
    .selectFrom('cards.bad_attempt')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('issuer_id', '=', issuerId)
    .where('at', '>', since)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Cards of this person and issuer that nobody has asked the issuer about yet. */
export async function countUnverified(
  reader: Reader,
  { userId, issuerId }: { userId: string; issuerId: string },
): Promise<number> {
  const row = await reader
    .selectFrom('cards.card')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('owner_id', '=', userId)
    .where('issuer_id', '=', issuerId)
    .where('custody', '=', 'vault')
    .where('verified_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** The very text that was signed. */
export async function probeText(reader: Reader, id: string): Promise<string | undefined> {
  const row = await reader
    .selectFrom('cards.probe')
    .select('seen')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.seen;
}

/** False when an event of this number is here already. */
export async function insertIssuerEvent(
  tx: Tx,
  row: Insertable<Database['cards.issuer_event']>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows: rows = 0n } = await tx
    .insertInto('cards.issuer_event')
    .values(row)
    .onConflict((on) => on.columns(['issuer_id', 'event_id']).doNothing())
    .executeTakeFirstOrThrow();
  return rows > 0n;
}

export async function issuerEvent(
  reader: Reader,
  { issuerId, eventId }: { issuerId: string; eventId: string },
): Promise<Selectable<Database['cards.issuer_event']> | undefined> {
  return await reader
    .selectFrom('cards.issuer_event')
    .selectAll()
    .where('issuer_id', '=', issuerId)
    .where('event_id', '=', eventId)
    .executeTakeFirst();
}
