/**
 * Photos that people upload: decoded and encoded anew, so that no metadata, no program and no flood of pixels survives;
 * each sealed under a key of its own. Hides image formats and the memory they may take.
 */
import { randomBytes } from 'node:crypto';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import sharp from 'sharp';
import { decrypt, encrypt, type Keys, type Sealed } from './crypto.ts';
import { UPLOAD_BYTES_MAX } from './http.ts';
import { Refused } from './refusals.ts';

/** A phone photo has 12–50 million pixels; a file that claims more is an attack on our memory. */
const PIXELS_MAX = 50_000_000;
const SIDE_MAX = 2_000;
const QUALITY = 82;
/** Decodes side by side; each may hold 200 MB of pixels before it is made smaller. */
const DECODES_MAX = 2;

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

const photoTooLarge = (): Refused =>
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

/** The one photo of a multipart request. Check whose request it is before: strangers do not make us decode. */
export async function uploadedPhoto(request: FastifyRequest): Promise<CleanPhoto> {
  if (!request.isMultipart()) throw new Refused('image_not_supported');
  const file = await request.file({ limits: { fileSize: UPLOAD_BYTES_MAX } });
  if (!file) throw new Refused('image_unreadable');
  return await cleanPhoto(await bytesOf(file));
}

async function bytesOf(file: MultipartFile): Promise<Buffer> {
  try {
    const bytes = await file.toBuffer();
    // The library looks at the limit chunk by chunk and misses one that is reached with the last.
    if (file.file.truncated) throw photoTooLarge();
    return bytes;
  } catch (error) {
    if ((error as { code?: string }).code === 'FST_REQ_FILE_TOO_LARGE') throw photoTooLarge();
    throw error;
  }
}

/** As it is stored: under a key of its own, bound to its place. */
export interface SealedPhoto {
  readonly kek_id: string;
  readonly wrapped_key: Sealed;
  readonly sealed: Sealed;
}

export function sealPhoto(keys: Keys, webp: Buffer, boundTo: string): SealedPhoto {
  const dataKey = randomBytes(32);
  return {
    kek_id: keys.kekId,
    wrapped_key: keys.wrap(dataKey),
    sealed: encrypt(dataKey, webp, boundTo),
  };
}

export const unsealPhoto = (keys: Keys, photo: SealedPhoto, boundTo: string): Buffer =>
  decrypt(keys.unwrap(photo.kek_id, photo.wrapped_key), photo.sealed, boundTo);
