/** SQL about real names, consents and text messages, and the sweep of what has had its day. */
import type { Reader, Tx } from '#platform';

// real names

export interface RealNameCheck {
  id: string;
  personId: string;
  state: 'pending' | 'verified' | 'rejected';
  reason: string | null;
  nameSealed: Buffer | null;
  idSealed: Buffer | null;
  requestNo: string;
  askedAt: Date;
  decidedAt: Date | null;
}
const CHECK = [
  'id',
  'person_id as personId',
  'state',
  'reason',
  'name_sealed as nameSealed',
  'id_sealed as idSealed',
  'request_no as requestNo',
  'asked_at as askedAt',
  'decided_at as decidedAt',
] as const;

type CheckRow = Omit<RealNameCheck, 'state'> & { state: string };
/** The column's CHECK constraint allows no other state. */
const toCheck = (row: CheckRow): RealNameCheck => ({
  ...row,
  state: row.state as RealNameCheck['state'],
});

export async function insertCheck(
  tx: Tx,
  row: {
    id: string;
    personId: string;
    requestNo: string;
    nameSealed: Buffer;
    idSealed: Buffer;
    idPrint: Buffer;
    at: Date;
  },
): Promise<boolean> {
  const inserted = await tx
    .insertInto('parties.real_name')
    .values({
      id: row.id,
      person_id: row.personId,
      state: 'pending',
      name_sealed: row.nameSealed,
      id_sealed: row.idSealed,
      id_print: row.idPrint,
      request_no: row.requestNo,
      asked_at: row.at,
    })
    .onConflict((on) => on.doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function lockCheck(tx: Tx, id: string): Promise<RealNameCheck | undefined> {
  const row = await tx
    .selectFrom('parties.real_name')
    .select(CHECK)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toCheck(row);
}

export async function findCheck(reader: Reader, id: string): Promise<RealNameCheck | undefined> {
  const row = await reader
    .selectFrom('parties.real_name')
    .select(CHECK)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toCheck(row);
}

/** Newest first; the first one that is not rejected, if any, is the one that counts. */
export async function checksOf(reader: Reader, personId: string): Promise<RealNameCheck[]> {
  const rows = await reader
    .selectFrom('parties.real_name')
    .select(CHECK)
    .where('person_id', '=', personId)
    .orderBy('asked_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(toCheck);
}

export async function verifiedCheck(
  reader: Reader,
  personId: string,
): Promise<RealNameCheck | undefined> {
  const row = await reader
    .selectFrom('parties.real_name')
    .select(CHECK)
    .where('person_id', '=', personId)
    .where('state', '=', 'verified')
    .executeTakeFirst();
  return row && toCheck(row);
}

/** A rejected check keeps no name and no number: they proved nothing. */
export async function decideCheck(
  tx: Tx,
  input: { id: string; at: Date } & ({ verified: true } | { verified: false; reason: string }),
): Promise<void> {
  await tx
    .updateTable('parties.real_name')
    .set({
      state: input.verified ? 'verified' : 'rejected',
      decided_at: input.at,
      ...(!input.verified && {
        reason: input.reason,
        name_sealed: null,
        id_sealed: null,
        id_print: null,
      }),
    })
    .where('id', '=', input.id)
    .where('state', '=', 'pending')
    .execute();
}

// consents

export interface Consent {
  purpose: string;
  version: number;
  grantedAt: Date;
  withdrawnAt: Date | null;
}

/** Newest first. */
export async function consentsOf(reader: Reader, personId: string): Promise<Consent[]> {
  return await reader
    .selectFrom('parties.consent')
    .select(['purpose', 'version', 'granted_at as grantedAt', 'withdrawn_at as withdrawnAt'])
    .where('person_id', '=', personId)
    .orderBy('granted_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

export async function liveConsent(
  reader: Reader,
  input: { personId: string; purpose: string },
): Promise<Consent | undefined> {
  return await reader
    .selectFrom('parties.consent')
    .select(['purpose', 'version', 'granted_at as grantedAt', 'withdrawn_at as withdrawnAt'])
    .where('person_id', '=', input.personId)
    .where('purpose', '=', input.purpose)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
}

export async function insertConsent(
  tx: Tx,
  row: { id: string; personId: string; purpose: string; version: number; at: Date },
): Promise<void> {
  await tx
    .insertInto('parties.consent')
    .values({
      id: row.id,
      person_id: row.personId,
      purpose: row.purpose,
      version: row.version,
      granted_at: row.at,
    })
    .execute();
}

export async function withdrawConsents(
  tx: Tx,
  input: { personId: string; purpose: string; at: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('parties.consent')
    .set({ withdrawn_at: input.at })
    .where('person_id', '=', input.personId)
    .where('purpose', '=', input.purpose)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

// text messages

export interface Message {
  id: string;
  personId: string | null;
  template: string;
  toSealed: Buffer | null;
  codeSealed: Buffer | null;
  params: unknown;
  state: string;
  createdAt: Date;
  expiresAt: Date | null;
}
const MESSAGE = [
  'id',
  'person_id as personId',
  'template',
  'to_sealed as toSealed',
  'code_sealed as codeSealed',
  'params',
  'state',
  'created_at as createdAt',
  'expires_at as expiresAt',
] as const;

export async function insertMessage(
  tx: Tx,
  row: {
    id: string;
    personId?: string;
    template: string;
    toSealed?: Buffer;
    codeSealed?: Buffer;
    params?: Readonly<Record<string, string>>;
    at: Date;
    expiresAt?: Date;
  },
): Promise<void> {
  await tx
    .insertInto('parties.message')
    .values({
      id: row.id,
      person_id: row.personId ?? null,
      template: row.template,
      to_sealed: row.toSealed ?? null,
      code_sealed: row.codeSealed ?? null,
      params: row.params ? JSON.stringify(row.params) : null,
      state: 'queued',
      created_at: row.at,
      expires_at: row.expiresAt ?? null,
    })
    .execute();
}

export async function findMessage(reader: Reader, id: string): Promise<Message | undefined> {
  return await reader
    .selectFrom('parties.message')
    .select(MESSAGE)
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function messagesOf(reader: Reader, personId: string): Promise<Message[]> {
  return await reader
    .selectFrom('parties.message')
    .select(MESSAGE)
    .where('person_id', '=', personId)
    .orderBy('created_at', 'desc')
    .execute();
}

/** Ends a message and empties it: a code, a number or an amount is not kept after it left. */
export async function closeMessage(
  reader: Reader,
  input: { id: string; state: 'sent' | 'failed' | 'dropped'; at: Date },
): Promise<void> {
  await reader
    .updateTable('parties.message')
    .set({
      state: input.state,
      decided_at: input.at,
      to_sealed: null,
      code_sealed: null,
      params: null,
    })
    .where('id', '=', input.id)
    .where('state', '=', 'queued')
    .execute();
}

/** Deletes what only had a meaning for a while. */
export async function sweepBefore(
  tx: Tx,
  before: { expired: Date; throttles: Date; messages: Date; sessions: Date },
): Promise<void> {
  await tx.deleteFrom('parties.code').where('expires_at', '<', before.expired).execute();
  await tx.deleteFrom('parties.ceremony').where('expires_at', '<', before.expired).execute();
  await tx.deleteFrom('parties.throttle').where('opened_at', '<', before.throttles).execute();
  await tx
    .deleteFrom('parties.message')
    .where((eb) =>
      eb.or([
        eb('expires_at', '<', before.expired),
        eb.and([eb('created_at', '<', before.messages), eb('state', '!=', 'queued')]),
      ]),
    )
    .execute();
  await tx.deleteFrom('parties.session').where('opened_at', '<', before.sessions).execute();
}
