/** The few primitives the house uses, each bound to a purpose; nobody else imports node:crypto for secrets. */
import assert from 'node:assert/strict';
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
  randomInt,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { boxPublicKey, openBoxWith } from './box.ts';
import { Secret } from './secret.ts';

/** AES-256-GCM output: 12-byte nonce ‖ 16-byte tag ‖ ciphertext. */
export type Sealed = Buffer;

/**
 * What a key store must do for us. The file provider below serves one machine; a KMS or an HSM implements
 * the same four calls without ever handing out a key.
 */
export interface Keys {
  /** Name of the key-encryption key that `wrap` uses now; older ones stay usable for `unwrap`. */
  readonly kekId: string;
  readonly olderKekIds: readonly string[];
  wrap(dataKey: Buffer): Sealed;
  unwrap(kekId: string, wrapped: Sealed): Buffer;
  /** HMAC-SHA256 under a pepper derived for `purpose`: equal inputs can be found, nothing can be read back. */
  fingerprint(purpose: string, value: string): Buffer;
  /** Signs with the house's Ed25519 key; the public half is published. */
  sign(message: Buffer): Buffer;
  readonly publicKeyPem: string;
  /** Seals small values (names, id numbers, account numbers) under a key derived for `purpose`. */
  seal(purpose: string, plain: string, boundTo: string): Sealed;
  open(purpose: string, sealed: Sealed, boundTo: string): string;
  /** The public half for devices that seal what only the house may read: an uncompressed point on P-256. */
  readonly boxKey: Buffer;
  /** Undefined when the box was not sealed for us and for this, or was touched. */
  openBox(box: Buffer, boundTo: string): Secret | undefined;
}

// Node 24 tries bytes as a key object first, by an exception, which costs 15 µs of the 20 of a short text; a key object
// made of them costs 1.
export function encrypt(key: Buffer, plain: Buffer, boundTo: string): Sealed {
  assert(key.length === 32);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), nonce).setAAD(
    Buffer.from(boundTo),
  );
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** Throws when the key, the binding or a single bit is not what was sealed. */
export function decrypt(key: Buffer, sealed: Sealed, boundTo: string): Buffer {
  assert(sealed.length >= 28, 'sealed value is truncated');
  const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), sealed.subarray(0, 12), {
    authTagLength: 16,
  })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}

/** 256 random bits as text: a token that nobody guesses and that needs no salt when digested. */
export const randomToken = (): string => randomBytes(32).toString('base64url');

/** Uniform decimal digits, for codes that people type. */
export const randomDigits = (count: number): string =>
  randomInt(10 ** count)
    .toString()
    .padStart(count, '0');

export const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

export function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

export function hmac(key: Buffer | string, data: string | Buffer): Buffer {
  const made = typeof key === 'string' ? createSecretKey(key, 'utf8') : createSecretKey(key);
  return createHmac('sha256', made).update(data).digest();
}

/** Ed25519 check of `message` against a PEM public key; malformed input is simply false. */
export function signedBy(publicKeyPem: string, message: Buffer, signature: Buffer): boolean {
  try {
    return verify(null, message, createPublicKey(publicKeyPem), signature);
  } catch {
    return false;
  }
}

/** JSON with sorted keys and bigint as decimal string, so that equal values have equal bytes. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return JSON.stringify(value.toString());
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    fields.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

interface KeyFile {
  current: string;
  keks: Record<string, string>;
  root: string;
  signing: string;
}

/** Keys in one file of mode 600. Losing it loses every card secret: `docs/operate.md` says how to back it up. */
export function fileKeys(path: string): Keys {
  if (!existsSync(path)) createKeyFile(path);
  const file = JSON.parse(readFileSync(path, 'utf8')) as KeyFile;
  const keks = new Map(
    Object.entries(file.keks).map(([id, key]) => [id, Buffer.from(key, 'base64')]),
  );
  const root = Buffer.from(file.root, 'base64');
  const signing: KeyObject = createPrivateKey(file.signing);
  const publicKeyPem = createPublicKey(signing).export({ type: 'spki', format: 'pem' }).toString();
  const derived = new Map<string, Buffer>();
  const derive = (purpose: string): Buffer => {
    const known = derived.get(purpose);
    if (known) return known;
    const key = Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), `huiquan/${purpose}`, 32));
    derived.set(purpose, key);
    return key;
  };
  const kek = (id: string): Buffer => {
    const key = keks.get(id);
    assert(key, `unknown key-encryption key ${id}`);
    return key;
  };
  return {
    kekId: file.current,
    olderKekIds: Object.keys(file.keks).filter((id) => id !== file.current),
    wrap: (dataKey) => encrypt(kek(file.current), dataKey, `kek/${file.current}`),
    unwrap: (kekId, wrapped) => decrypt(kek(kekId), wrapped, `kek/${kekId}`),
    fingerprint: (purpose, value) => hmac(derive(`fingerprint/${purpose}`), value),
    sign: (message) => sign(null, message, signing),
    publicKeyPem,
    seal: (purpose, plain, boundTo) =>
      encrypt(derive(`seal/${purpose}`), Buffer.from(plain), boundTo),
    open: (purpose, sealed, boundTo) =>
      decrypt(derive(`seal/${purpose}`), sealed, boundTo).toString(),
    boxKey: boxPublicKey(derive('box')),
    openBox: (box, boundTo) => {
      const text = openBoxWith(derive('box'), box, boundTo);
      return text === undefined ? undefined : new Secret(text);
    },
  };
}

/** Adds a new key-encryption key and makes it current; whoever starts with it has the older data keys wrapped anew. */
export function rotateKek(path: string): string {
  const file = JSON.parse(readFileSync(path, 'utf8')) as KeyFile;
  file.current = `kek-${Object.keys(file.keks).length + 1}`;
  file.keks[file.current] = randomBytes(32).toString('base64');
  writeFileSync(path, JSON.stringify(file, null, 2), { mode: 0o600 });
  return file.current;
}

function createKeyFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const { privateKey } = generateKeyPairSync('ed25519');
  const file: KeyFile = {
    current: 'kek-1',
    keks: { 'kek-1': randomBytes(32).toString('base64') },
    root: randomBytes(32).toString('base64'),
    signing: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  writeFileSync(path, JSON.stringify(file, null, 2), { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
}
