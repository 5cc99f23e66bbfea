/** SQL of the questions to the register about a licence, and of its photo. */
import type { Selectable } from 'kysely';
import type { Database, Reader, SealedPhoto, Tx } from '#platform';
import type { Doubt } from './domain.ts';

// questions to the register

export interface LicenceCheck {
  readonly id: string;
  readonly recyclerId: string;
  readonly requestNo: string;
  readonly creditCode: string;
  readonly legalName: string;
  readonly legalPerson: Buffer;
  readonly state: 'pending' | 'confirmed' | 'doubtful' | 'unanswered';
  readonly doubt: Doubt | undefined;
  readonly askedAt: Date;
  readonly answeredAt: Date | undefined;
}

const toCheck = (row: Selectable<Database['parties.licence_check']>): LicenceCheck => ({
  id: row.id,
  recyclerId: row.recycler_id,
  requestNo: row.request_no,
  creditCode: row.credit_code,
  legalName: row.legal_name,
  legalPerson: row.legal_person,
  state: row.state as LicenceCheck['state'],
  doubt: (row.doubt ?? undefined) as Doubt | undefined,
  askedAt: row.asked_at,
  answeredAt: row.answered_at ?? undefined,
});

export async function insertLicenceCheck(
  tx: Tx,
  check: Pick<
    LicenceCheck,
    'id' | 'recyclerId' | 'requestNo' | 'creditCode' | 'legalName' | 'legalPerson' | 'askedAt'
  >,
): Promise<void> {
  await tx
    .insertInto('parties.licence_check')
    .values({
      id: check.id,
      recycler_id: check.recyclerId,
      request_no: check.requestNo,
      credit_code: check.creditCode,
      legal_name: check.legalName,
      legal_person: check.legalPerson,
      state: 'pending',
      asked_at: check.askedAt,
    })
    .execute();
}

export async function findLicenceCheck(
  reader: Reader,
  id: string,
): Promise<LicenceCheck | undefined> {
  const row = await reader
    .selectFrom('parties.licence_check')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toCheck(row);
}

/** The open one, else the newest. Who decides on it holds the lock of the recycler. */
export async function lastLicenceCheck(
  reader: Reader,
  recyclerId: string,
): Promise<LicenceCheck | undefined> {
  const row = await reader
    .selectFrom('parties.licence_check')
    .selectAll()
    .where('recycler_id', '=', recyclerId)
    .orderBy(({ eb }) => eb('state', '=', 'pending'), 'desc')
    .orderBy('asked_at', 'desc')
    .orderBy('answered_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toCheck(row);
}

export async function answerLicenceCheck(
  tx: Tx,
  answer: { id: string; state: LicenceCheck['state']; doubt?: Doubt; at: Date },
): Promise<void> {
  await tx
    .updateTable('parties.licence_check')
    .set({ state: answer.state, doubt: answer.doubt ?? null, answered_at: answer.at })
    .where('id', '=', answer.id)
    .executeTakeFirstOrThrow();
}

// the photo

export async function saveLicencePhoto(
  tx: Tx,
  photo: SealedPhoto & {
    recyclerId: string;
    id: string;
    digest: Buffer;
    width: number;
    height: number;
    addedBy: string;
    at: Date;
  },
): Promise<void> {
  const { recyclerId, addedBy, ...rest } = photo;
  const row = { ...rest, added_by: addedBy };
  await tx
    .insertInto('parties.licence_photo')
    .values({ recycler_id: recyclerId, ...row })
    .onConflict((on) => on.column('recycler_id').doUpdateSet(row))
    .execute();
}

export async function readLicencePhoto(
  reader: Reader,
  recyclerId: string,
): Promise<(SealedPhoto & { id: string }) | undefined> {
  return await reader
    .selectFrom('parties.licence_photo')
    .select(['id', 'kek_id', 'wrapped_key', 'sealed'])
    .where('recycler_id', '=', recyclerId)
    .executeTakeFirst();
}

export async function hasLicencePhoto(reader: Reader, recyclerId: string): Promise<boolean> {
  const row = await reader
    .selectFrom('parties.licence_photo')
    .select('id')
    .where('recycler_id', '=', recyclerId)
    .executeTakeFirst();
  return row !== undefined;
}

/** How many photos have their key wrapped under one of these. */
export async function countLicencePhotosUnder(
  reader: Reader,
  kekIds: readonly string[],
): Promise<number> {
  const { count } = await reader
    .selectFrom('parties.licence_photo')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('kek_id', 'in', kekIds)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Photos whose data key is wrapped under another key than this; locked, for they are wrapped anew. */
export async function lockOldPhotos(
  tx: Tx,
  { kekId, limit }: { kekId: string; limit: number },
): Promise<{ id: string; kekId: string; wrapped: Buffer }[]> {
  return await tx
    .selectFrom('parties.licence_photo')
    .select(['id', 'kek_id as kekId', 'wrapped_key as wrapped'])
    .where('kek_id', '<>', kekId)
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .execute();
}

export async function saveWrappedKey(
  tx: Tx,
  { id, kekId, wrapped }: { id: string; kekId: string; wrapped: Buffer },
): Promise<void> {
  await tx
    .updateTable('parties.licence_photo')
    .set({ kek_id: kekId, wrapped_key: wrapped })
    .where('id', '=', id)
    .execute();
}
