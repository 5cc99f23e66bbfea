/** Photos as evidence of one side in one claim: kept sealed, the same picture once. */
import {
  type CleanPhoto,
  type Db,
  inTransaction,
  type Keys,
  newId,
  notify,
  type Reader,
  Refused,
  sealPhoto,
  sha256,
  type Tx,
  unsealPhoto,
} from '#platform';
import { append } from '#record';
import { hearing } from './statement.ts';

/** Of one side in one claim. */
export const PHOTOS_MAX = 6;

export interface Photo {
  readonly id: string;
  readonly authorId: string;
  readonly width: number;
  readonly height: number;
  readonly at: Date;
}

/** Refuses `wrong_state` once nothing is heard any more, and `file_full`. The same picture twice is kept once. */
export async function addPhoto(
  tx: Tx,
  keys: Keys,
  shown: { claimId: string; author: string; photo: CleanPhoto; at: Date },
): Promise<void> {
  const { claimId, author, photo, at } = shown;
  const { webp, width, height } = photo;
  await hearing(tx, claimId);
  const own = await tx
    .selectFrom('disputes.claim_photo')
    .select('digest')
    .where('claim_id', '=', claimId)
    .where('author_id', '=', author)
    .execute();
  const digest = sha256(webp);
  if (own.some((one) => one.digest.equals(digest))) return;
  if (own.length >= PHOTOS_MAX) throw new Refused('file_full', { most: PHOTOS_MAX });
  const id = newId(at);
  await tx
    .insertInto('disputes.claim_photo')
    .values({
      ...{ id, claim_id: claimId, author_id: author, digest, width, height, at },
      ...sealPhoto(keys, webp, boundTo(id)),
    })
    .execute();
  await append(tx, {
    ...{ subject: claimId, type: 'claim.photo', at },
    data: { id, author, digest: digest.toString('hex') },
  });
  notify(tx, `claim:${claimId}`);
}

const boundTo = (id: string): string => `claim-photo/${id}`;

export async function photosOf(reader: Reader, claimId: string): Promise<Photo[]> {
  const rows = await reader
    .selectFrom('disputes.claim_photo')
    .select(['id', 'author_id', 'width', 'height', 'at'])
    .where('claim_id', '=', claimId)
    .orderBy('id')
    .execute();
  return rows.map(({ author_id, ...photo }) => ({ ...photo, authorId: author_id }));
}

/** How many photos have their key wrapped under one of these. */
export async function countPhotosUnder(reader: Reader, kekIds: readonly string[]): Promise<number> {
  const { count } = await reader
    .selectFrom('disputes.claim_photo')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('kek_id', 'in', kekIds)
    .executeTakeFirstOrThrow();
  return Number(count);
}

const REWRAP_BATCH = 200;

/** After a rotation: wraps the keys of photos anew, without touching a picture. Gives how many were done now. */
export async function rewrapPhotos(db: Db, keys: Keys): Promise<number> {
  for (let done = 0; ; ) {
    const batch = await inTransaction(db, async (tx) => {
      const rows = await tx
        .selectFrom('disputes.claim_photo')
        .select(['id', 'kek_id', 'wrapped_key'])
        .where('kek_id', '<>', keys.kekId)
        .orderBy('id')
        .limit(REWRAP_BATCH)
        .forUpdate()
        .execute();
      for (const { id, kek_id: kekId, wrapped_key: wrapped } of rows) {
        const dataKey = keys.unwrap(kekId, wrapped);
        await tx
          .updateTable('disputes.claim_photo')
          .set({ kek_id: keys.kekId, wrapped_key: keys.wrap(dataKey) })
          .where('id', '=', id)
          .execute();
        dataKey.fill(0);
      }
      return rows.length;
    });
    done += batch;
    if (batch < REWRAP_BATCH) return done;
  }
}

/** The picture as WebP; `not_found` unless it belongs to this claim. */
export async function openPhoto(
  reader: Reader,
  keys: Keys,
  { claimId, photoId }: { claimId: string; photoId: string },
): Promise<Buffer> {
  const row = await reader
    .selectFrom('disputes.claim_photo')
    .select(['kek_id', 'wrapped_key', 'sealed'])
    .where('id', '=', photoId)
    .where('claim_id', '=', claimId)
    .executeTakeFirst();
  if (!row) throw new Refused('not_found');
  return unsealPhoto(keys, row, boundTo(photoId));
}
