/**
 * Boxes: what a device seals so that only the house can open it, though the device has no secret of its own. ECDH on
 * P-256 with a key made for one box, HKDF-SHA256, AES-256-GCM; the browser's half is `web/counter/box.ts`.
 */
import assert from 'node:assert/strict';
import { createDecipheriv, createECDH, hkdfSync } from 'node:crypto';

/** 1 ‖ public key of the box (65) ‖ nonce (12) ‖ ciphertext ‖ tag (16). */
const VERSION = 1;
const POINT_BYTES = 65;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + POINT_BYTES + NONCE_BYTES;
export const BOX_BYTES_MAX = 1_024;
const INFO = 'huiquan.box.v1';

/** The uncompressed point for which boxes are sealed. */
export function boxPublicKey(scalar: Buffer): Buffer {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(scalar);
  return ecdh.getPublicKey();
}

/** Undefined when it was sealed for another key or another purpose, or when a single bit is not what was sealed. */
export function openBoxWith(scalar: Buffer, box: Buffer, boundTo: string): string | undefined {
  if (box.length < HEAD_BYTES + TAG_BYTES || box.length > BOX_BYTES_MAX) return undefined;
  if (box[0] !== VERSION) return undefined;
  const theirs = box.subarray(1, 1 + POINT_BYTES);
  const nonce = box.subarray(1 + POINT_BYTES, HEAD_BYTES);
  const body = box.subarray(HEAD_BYTES, -TAG_BYTES);
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(scalar);
  try {
    const info = Buffer.concat([Buffer.from(INFO), theirs, ecdh.getPublicKey()]);
    const shared = ecdh.computeSecret(theirs);
    const key = Buffer.from(hkdfSync('sha256', shared, Buffer.alloc(0), info, 32));
    assert(key.length === 32);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(boundTo))
      .setAuthTag(box.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(body), decipher.final()]).toString();
  } catch {
    return undefined;
  }
}
