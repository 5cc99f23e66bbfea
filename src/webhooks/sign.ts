/** Secrets of endpoints and the three headers of Standard Webhooks. */
import { createPublicKey } from 'node:crypto';
import { hmac, type Keys, randomToken, Secret } from '#platform';
import type { Endpoint } from './store.ts';

const PREFIX = 'whsec_';
const PURPOSE = 'webhook.secret';

/** 32 random bytes: `whsec_` and base64. */
export const freshSecret = (): Secret =>
  new Secret(PREFIX + Buffer.from(randomToken(), 'base64url').toString('base64'));

export const sealSecret = (keys: Keys, secret: Secret, endpointId: string): Buffer =>
  keys.seal(PURPOSE, secret.reveal(), endpointId);

type Signer = Pick<Endpoint, 'id' | 'secretSealed' | 'oldSecretSealed' | 'oldUntil' | 'signsV1a'>;

/** Signed anew with each try; while two secrets are good there are two signatures, the new one first. */
export function signedHeaders(
  keys: Keys,
  message: { id: string; body: string; endpoint: Signer; at: Date },
): Record<string, string> {
  const { id, body, endpoint, at } = message;
  // Rounded down to whole seconds, as the specification has it.
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const content = `${id}.${timestamp}.${body}`;
  const byHmac = (sealed: Buffer): string => {
    const secret = keys.open(PURPOSE, sealed, endpoint.id).slice(PREFIX.length);
    return `v1,${hmac(Buffer.from(secret, 'base64'), content).toString('base64')}`;
  };
  const { secretSealed, oldSecretSealed, oldUntil, signsV1a } = endpoint;
  const signatures = [byHmac(secretSealed)];
  if (oldSecretSealed && oldUntil && at < oldUntil) signatures.push(byHmac(oldSecretSealed));
  if (signsV1a) signatures.push(`v1a,${keys.sign(Buffer.from(content)).toString('base64')}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

const RAW_BYTES = 32;

/** The house's public key as Standard Webhooks writes it: `whpk_` and the raw bytes in base64. */
export function publicKeyText(keys: Keys): string {
  const spki = createPublicKey(keys.publicKeyPem).export({ type: 'spki', format: 'der' });
  return `whpk_${spki.subarray(-RAW_BYTES).toString('base64')}`;
}
