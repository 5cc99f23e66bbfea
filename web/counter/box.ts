/** Seals what only the house may read: the till keeps no key that opens it again. The other half is `platform/box.ts`. */

const INFO = 'huiquan.box.v1';
const CURVE = { name: 'ECDH', namedCurve: 'P-256' };
const NONCE_BYTES = 12;

/** Base64url of: 1, the public key made for this box, a nonce, ciphertext and tag. `boundTo` is not in it. */
export async function sealBox(boxKey: string, text: string, boundTo: string): Promise<string> {
  const house = bytesOf(boxKey);
  const houseKey = await crypto.subtle.importKey('raw', house, CURVE, false, []);
  const own = await crypto.subtle.generateKey(CURVE, false, ['deriveBits']);
  const ownPublic = new Uint8Array(await crypto.subtle.exportKey('raw', own.publicKey));
  const shared = await crypto.subtle.deriveBits(
    { name: 'ECDH', public: houseKey },
    own.privateKey,
    256,
  );
  const secret = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const info = joined(new TextEncoder().encode(INFO), ownPublic, house);
  const key = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
    secret,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt'],
  );
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const additionalData = new TextEncoder().encode(boundTo);
  const body = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData },
    key,
    new TextEncoder().encode(text),
  );
  return textOf(joined(new Uint8Array([1]), ownPublic, iv, new Uint8Array(body)));
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

const textOf = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
