/** Signatures between the custody bank and its merchants: Ed25519 over method, path, time, nonce and body digest. */
import {
  createHash,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface Signed {
  /** `POST /v1/transfers` of a request, the status of a reply. */
  subject: string;
  timestamp: string;
  nonce: string;
  body: string;
}

export const signedText = ({ subject, timestamp, nonce, body }: Signed): Buffer =>
  Buffer.from([subject, timestamp, nonce, sha256(body)].join('\n'));

export function signatureHeaders(
  key: KeyObject,
  merchant: string,
  what: { subject: string; at: number; body: string; nonce?: string },
): Record<string, string> {
  const nonce = what.nonce ?? randomBytes(16).toString('hex');
  const timestamp = String(what.at);
  const text = signedText({ subject: what.subject, timestamp, nonce, body: what.body });
  return {
    'psp-merchant': merchant,
    'psp-timestamp': timestamp,
    'psp-nonce': nonce,
    'psp-signature': sign(null, text, key).toString('base64'),
  };
}

export function isSigned(publicKeyPem: string, signature: string, what: Signed): boolean {
  try {
    const key = createPublicKey(publicKeyPem);
    return verify(null, signedText(what), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
