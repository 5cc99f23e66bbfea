/**
 * Photos as evidence: decoded and encoded anew, so that no metadata, no program and no flood of pixels survives; each
 * sealed under a key of its own. Hides image formats and the memory they may take.
 */
import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import {
  type Db,
  decrypt,
  encrypt,
  inTransaction,
  type Keys,
  newId,
  notify,
  type Reader,
  Refused,
  type Sealed,
  sha256,
  type Tx,
  UPLOAD_BYTES_MAX,
} from '#platform';
import { append } from '#record';
import { hearing } from './statement.ts';

/** Of one side in one claim. */
export const PHOTOS_MAX = 6;
/** A phone photo has 12–50 million pixels; a file that claims more is an attack on our memory. */
const PIXELS_MAX = 50_000_000;
const SIDE_MAX = 2_000;
const QUALITY = 82;
/** Decodes side by side; each may hold 200 MB of pixels before it is made smaller. */
const DECODES_MAX = 2;

export interface Photo {
  readonly id: string;
  readonly authorId: string;
  readonly width: number;
  readonly height: number;
  readonly at: Date;
}
export interface CleanPhoto {
  readonly webp: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Turned upright and made small; refuses image_too_large, image_not_supported, image_unreadable. */
export async function cleanPhoto(file: Buffer): Promise<CleanPhoto> {
  if (file.length > UPLOAD_BYTES_MAX) throw photoTooLarge();
  if (!isPhoto(file)) throw new Refused('image_not_supported');
  return await oneOfFew(async () => {
    try {
      // The header alone says the size: a flood is refused before a pixel is unpacked.
      const { width, height } = await sharp(file, { limitInputPixels: false }).metadata();
      if (width * height > PIXELS_MAX) throw photoTooLarge();
      const { data, info } = await sharp(file, {
        ...{ limitInputPixels: PIXELS_MAX, failOn: 'error', animated: false, unlimited: false },
      })
        .autoOrient()
        .resize({ width: SIDE_MAX, height: SIDE_MAX, fit: 'inside', withoutEnlargement: true })
        .webp({ quality: QUALITY })
        .toBuffer({ resolveWithObject: true });
      return { webp: data, width: info.width, height: info.height };
    } catch (error) {
      if (error instanceof Refused) throw error;
      throw new Refused('image_unreadable');
    }
  });
}

export const photoTooLarge = (): Refused =>
  new Refused('image_too_large', {
    maxMb: UPLOAD_BYTES_MAX / 1024 / 1024,
    maxMegapixels: PIXELS_MAX / 1_000_000,
  });

/** By the first bytes, never by name or declared type: JPEG, PNG, WebP. */
function isPhoto(bytes: Buffer): boolean {
  const starts = (hex: string): boolean =>
    bytes.subarray(0, hex.length / 2).toString('hex') === hex;
  const isWebp = starts('52494646') && bytes.subarray(8, 12).toString('latin1') === 'WEBP';
  return starts('ffd8ff') || starts('89504e470d0a1a0a') || isWebp;
}

let busy = 0;
const waiting: (() => void)[] = [];
async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
  if (busy >= DECODES_MAX) await new Promise<void>((go) => waiting.push(go));
  else busy++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else busy--;
  }
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
  const dataKey = randomBytes(32);
  await tx
    .insertInto('disputes.claim_photo')
    .values({
      ...{ id, claim_id: claimId, author_id: author, digest, width, height, at },
      ...{ kek_id: keys.kekId, wrapped_key: keys.wrap(dataKey) },
      sealed: encrypt(dataKey, webp, boundTo(id)),
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
  const sealed: Sealed = row.sealed;
  return decrypt(keys.unwrap(row.kek_id, row.wrapped_key), sealed, boundTo(photoId));
}
