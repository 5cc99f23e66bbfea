// Goal: a photo of a code is read as what it says or not at all: never another format, never another person's code, and
// no file can make us unpack what we do not want.
// Method: codes drawn by another library, turned, blurred, shrunk and pressed through JPEG; hostile files by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import bwip from 'bwip-js/node';
import sharp, { type Sharp } from 'sharp';
import { Refused, UPLOAD_BYTES_MAX } from '#platform';
import { makeCard } from '../../simulators/issuer/index.ts';
import { readCatalogue } from './catalogue.ts';
import { decodePixels, scanPhoto } from './scan.ts';
import type { BarcodeFormat } from './schema.ts';

const BCID: Record<BarcodeFormat, string> = {
  EAN13: 'ean13',
  Code128: 'code128',
  QRCode: 'qrcode',
  PDF417: 'pdf417',
  DataMatrix: 'datamatrix',
};
const products = readCatalogue().products;
const productOf = (format: BarcodeFormat) => {
  const product = products.find((one) => one.barcodeFormat === format);
  assert(product, format);
  return product;
};

/** A card on a table: the code on white, on a larger grey ground. */
async function draw(format: BarcodeFormat, text: string): Promise<Buffer> {
  const code = await bwip.toBuffer({
    bcid: BCID[format],
    text,
    scale: 3,
    backgroundcolor: 'FFFFFF',
  });
  const { width = 0, height = 0 } = await sharp(code).metadata();
  const card = await sharp(code)
    .extend({ top: 60, bottom: 60, left: 60, right: 60, background: '#fff' })
    .png()
    .toBuffer();
  return await sharp({
    create: { width: width + 320, height: height + 320, channels: 3, background: '#8a8f94' },
  })
    .composite([{ input: card, left: 100, top: 100 }])
    .png()
    .toBuffer();
}

const treatments: Record<string, (image: Sharp) => Sharp> = {
  'as it is': (image) => image.png(),
  'as JPEG 55': (image) => image.jpeg({ quality: 55 }),
  'as WebP': (image) => image.webp({ quality: 70 }),
  'turned by 90°': (image) => image.rotate(90).jpeg(),
  'turned by 7°': (image) => image.rotate(7, { background: '#8a8f94' }).jpeg(),
  'turned by 180°': (image) => image.rotate(180).jpeg(),
  'a little blurred': (image) => image.blur(1).jpeg({ quality: 70 }),
  'pale and grey': (image) => image.greyscale().linear(0.5, 90).jpeg(),
  'half the size': (image) => image.resize({ width: 420 }).jpeg({ quality: 80 }),
  'small and soft': (image) => image.resize({ width: 400 }).blur(0.8).jpeg({ quality: 80 }),
  speckled: (image) => image.median(3).linear(0.8, 20).jpeg({ quality: 35 }),
  'a large photo': (image) => image.resize({ width: 3_800 }).jpeg({ quality: 60 }),
};

for (const format of Object.keys(BCID) as BarcodeFormat[])
  test(`${format}: read in every treatment, and read right`, async () => {
    const product = productOf(format);
    const { number } = makeCard(product.sku, { serial: 5 });
    const original = await draw(format, number);
    for (const [name, treat] of Object.entries(treatments)) {
      const photo = await treat(sharp(original)).toBuffer();
      const scanned = await scanPhoto(photo, product);
      assert.deepEqual(scanned, { text: number, format, fits: true }, name);
    }
  });

const refusedAs = (code: string) => (error: unknown) => {
  assert(error instanceof Refused, String(error));
  assert.equal(error.refusal.code, code);
  return true;
};

test('a code of another format than the product’s is not read', async () => {
  const { number } = makeCard('weihe-gift');
  for (const drawn of ['Code128', 'QRCode'] as const) {
    const photo = await draw(drawn, number);
    for (const allowed of Object.keys(BCID) as BarcodeFormat[]) {
      if (allowed === drawn) continue;
      await assert.rejects(scanPhoto(photo, productOf(allowed)), refusedAs('image_unreadable'));
    }
  }
});

test('a good code of something else is given back as not fitting', async () => {
  const photo = await draw('QRCode', 'https://example.org/not-a-card');
  const scanned = await scanPhoto(photo, productOf('QRCode'));
  assert.deepEqual([scanned.fits, scanned.text], [false, 'https://example.org/not-a-card']);
});

test('two different codes on one photo are no code', async () => {
  const [a, b] = [makeCard('weihe-ecard').number, makeCard('weihe-ecard', { serial: 9 }).number];
  const [left, right] = [await draw('QRCode', a), await draw('QRCode', b)];
  const { width = 0, height = 0 } = await sharp(left).metadata();
  const both = await sharp({
    create: { width: width * 2, height, channels: 3, background: '#8a8f94' },
  })
    .composite([
      { input: left, left: 0, top: 0 },
      { input: right, left: width, top: 0 },
    ])
    .png()
    .toBuffer();
  await assert.rejects(scanPhoto(both, productOf('QRCode')), refusedAs('image_unreadable'));
});

test('after a customer’s code, a photo without one gives nothing: no stale memory', async () => {
  const product = productOf('QRCode');
  const { number } = makeCard(product.sku, { serial: 3 });
  assert.equal((await scanPhoto(await draw('QRCode', number), product)).text, number);
  const { data, info } = await sharp(await draw('QRCode', number))
    .greyscale()
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.equal(info.channels, 1);
  await assert.rejects(
    decodePixels({ data, width: info.width, height: info.height }, 'QRCode'),
    /RGBA/,
  );
  const empty = sharp({ create: { width: 600, height: 400, channels: 3, background: '#777' } });
  const blank = await empty.png().toBuffer();
  await assert.rejects(scanPhoto(blank, product), refusedAs('image_unreadable'));
});

test('twenty photos at once come back each with its own number', async () => {
  const product = productOf('QRCode');
  await Promise.all(
    Array.from({ length: 20 }, async (_, serial) => {
      const { number } = makeCard(product.sku, { serial });
      assert.equal((await scanPhoto(await draw('QRCode', number), product)).text, number);
    }),
  );
});

test('hostile files are refused by what they are, not by what they say', async () => {
  const product = productOf('QRCode');
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
  );
  const gif = Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1');
  const pdf = Buffer.from('%PDF-1.7\n');
  const tiff = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
    .tiff()
    .toBuffer();
  for (const file of [svg, gif, pdf, tiff, Buffer.alloc(0), Buffer.from('BM'), Buffer.alloc(64)])
    await assert.rejects(scanPhoto(file, product), refusedAs('image_not_supported'));
  const broken = (await draw('QRCode', 'x')).subarray(0, 400);
  await assert.rejects(scanPhoto(broken, product), refusedAs('image_unreadable'));
  const svgInJpegClothes = Buffer.concat([Buffer.from('ffd8ff', 'hex'), svg]);
  await assert.rejects(scanPhoto(svgInJpegClothes, product), refusedAs('image_unreadable'));
  const huge = Buffer.concat([Buffer.from('ffd8ff', 'hex'), Buffer.alloc(UPLOAD_BYTES_MAX)]);
  await assert.rejects(scanPhoto(huge, product), refusedAs('image_too_large'));
});

test('a pixel flood is refused from its header, without unpacking', async () => {
  const product = productOf('QRCode');
  const before = process.memoryUsage().rss;
  const started = Date.now();
  for (const side of [50_000, 2_000_000_000])
    await assert.rejects(scanPhoto(floodPng(side), product), (error) => {
      assert(error instanceof Refused);
      return ['image_too_large', 'image_unreadable'].includes(error.refusal.code);
    });
  const real = await sharp({
    create: { width: 9_000, height: 9_000, channels: 3, background: '#fff' },
  })
    .png()
    .toBuffer();
  assert(real.length < UPLOAD_BYTES_MAX);
  await assert.rejects(scanPhoto(real, product), refusedAs('image_too_large'));
  assert(Date.now() - started < 20_000);
  assert(process.memoryUsage().rss - before < 400_000_000);
});

/** A PNG of a few hundred bytes whose header claims `side` × `side` pixels. */
function floodPng(side: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1_000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
