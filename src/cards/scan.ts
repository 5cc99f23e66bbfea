/**
 * Reads the code on a photo of a card: one allowed format, in memory, nothing kept. Hides image formats, the
 * WebAssembly decoder and its trap: a buffer of the wrong size makes it answer from stale memory.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import sharp, { type Sharp } from 'sharp';
import { prepareZXingModule, type ReaderOptions, readBarcodes } from 'zxing-wasm/reader';
import { Refused, UPLOAD_BYTES_MAX } from '#platform';
import { normalise, numberFault } from './number.ts';
import type { BarcodeFormat, NumberRule } from './schema.ts';

/** A phone photo has 12–50 million pixels; a file that claims more is an attack on our memory. */
const PIXELS_MAX = 50_000_000;
/** Codes are read best, and fast, when the longer side is about this. */
const SIDE_MAX = 1_600;
const SIDE_SHARP = 1_200;
const SIDE_CLEAN = 900;
/** Decodes side by side; each may hold some 40 MB of pixels. */
const DECODES_MAX = 2;

export interface Scanned {
  readonly text: string;
  readonly format: BarcodeFormat;
  /** Whether it is a number of this product; a code of something else on the photo is not. */
  readonly fits: boolean;
}

/** Refusals: image_too_large, image_not_supported, image_unreadable. */
export async function scanPhoto(
  photo: Buffer,
  product: { barcodeFormat: BarcodeFormat; numberRule: NumberRule },
): Promise<Scanned> {
  if (photo.length > UPLOAD_BYTES_MAX) throw photoTooLarge();
  if (!isPhoto(photo)) throw new Refused('image_not_supported');
  return await oneOfFew(async () => {
    await checkSize(photo);
    for (const pass of PASSES) {
      const text = await decode(pass(open(photo)), product.barcodeFormat);
      if (text === undefined) continue;
      const fits = numberFault(product.numberRule, normalise(text)) === undefined;
      return { text, format: product.barcodeFormat, fits };
    }
    throw new Refused('image_unreadable');
  });
}

export const photoTooLarge = (): Refused =>
  new Refused('image_too_large', {
    maxMb: UPLOAD_BYTES_MAX / 1024 / 1024,
    maxMegapixels: PIXELS_MAX / 1_000_000,
  });

/** By the first bytes, never by name or declared type: JPEG, PNG, WebP. An SVG is a program, not a photo. */
function isPhoto(bytes: Buffer): boolean {
  const starts = (hex: string): boolean =>
    bytes.subarray(0, hex.length / 2).toString('hex') === hex;
  const isWebp =
    starts('52494646') && bytes.subarray(8, 12).toString('latin1') === 'WEBP' && bytes.length > 20;
  return starts('ffd8ff') || starts('89504e470d0a1a0a') || isWebp;
}

/** One frame, errors are errors, and no file may unfold to more than PIXELS_MAX. */
const open = (photo: Buffer): Sharp =>
  sharp(photo, {
    limitInputPixels: PIXELS_MAX,
    failOn: 'error',
    animated: false,
    unlimited: false,
  });

/** The header alone says the size: a flood is refused before a pixel is unpacked. */
async function checkSize(photo: Buffer): Promise<void> {
  const { width, height } = await readable(() =>
    sharp(photo, { limitInputPixels: false }).metadata(),
  );
  if (width * height > PIXELS_MAX) throw photoTooLarge();
}

async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused('image_unreadable');
  }
}

const fit = (side: number) => ({ width: side, height: side, fit: 'inside' as const });

/** As it is; then sharpened, small photos enlarged; then with specks taken out. About 0.1, 0.2 and 0.2 s. */
const PASSES: readonly ((image: Sharp) => Sharp)[] = [
  (image) => image.rotate().resize({ ...fit(SIDE_MAX), withoutEnlargement: true }),
  (image) => image.rotate().resize(fit(SIDE_SHARP)).normalise().sharpen({ sigma: 2 }),
  (image) => image.rotate().resize(fit(SIDE_CLEAN)).median(3).normalise(),
];

/** The text of the one code of `format`; none, or several different ones, is undefined. */
async function decode(image: Sharp, format: BarcodeFormat): Promise<string | undefined> {
  const { data, info } = await readable(() =>
    image.flatten({ background: '#fff' }).toColourspace('srgb').ensureAlpha().raw().toBuffer({
      resolveWithObject: true,
    }),
  );
  return await decodePixels({ data, width: info.width, height: info.height }, format);
}

/** Exactly four bytes a pixel, or the decoder would read another person's code from memory of the call before. */
export async function decodePixels(
  pixels: { data: Uint8Array; width: number; height: number },
  format: BarcodeFormat,
): Promise<string | undefined> {
  const { data, width, height } = pixels;
  assert.equal(data.length, 4 * width * height, 'pixels must be RGBA');
  await decoder();
  const image = { data: new Uint8ClampedArray(data), width, height } as ImageData;
  const results = await readBarcodes(image, { ...OPTIONS, formats: [format] });
  const texts = new Set(
    results
      .filter((result) => result.isValid && result.format === format)
      .map((result) => result.text)
      .filter((text) => text !== ''),
  );
  const [text] = texts;
  return texts.size === 1 ? text : undefined;
}

const OPTIONS: ReaderOptions = {
  // The default writes control characters of GS1 codes as words; a card number is taken as it is.
  textMode: 'Plain',
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  maxNumberOfSymbols: 4,
};

let ready: Promise<unknown> | undefined;
/** The decoder from our own node_modules: by default it would be fetched from a CDN. */
function decoder(): Promise<unknown> {
  ready ??= (async () => {
    const require = createRequire(import.meta.url);
    const file = readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm'));
    const wasmBinary = new Uint8Array(file).buffer;
    return await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  })();
  return ready;
}

let running = 0;
const waiting: (() => void)[] = [];
/** At most DECODES_MAX photos are unpacked at a time; the others wait their turn. */
async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
  if (running >= DECODES_MAX) await new Promise<void>((go) => waiting.push(go));
  else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}
