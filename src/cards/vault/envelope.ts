/** Envelope encryption of one card: a data key of its own, wrapped by the key store; the only plaintext code. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { decrypt, encrypt, type Keys, Secret } from '#platform';
import type { SealedSecret } from './store.ts';

export interface CardSecret {
  readonly number: Secret;
  readonly pin?: Secret;
}
type Part = 'number' | 'pin';

/** Ties a ciphertext to its card and its part: moved to another row it does not open. */
const boundTo = (cardId: string, part: Part): string => `v1|${cardId}|${part}`;

export function sealSecret(keys: Keys, cardId: string, secret: CardSecret): SealedSecret {
  const dataKey = randomBytes(32);
  const part = (name: Part, value: Secret): Buffer =>
    encrypt(dataKey, Buffer.from(value.reveal()), boundTo(cardId, name));
  const sealed = {
    kekId: keys.kekId,
    wrappedDek: keys.wrap(dataKey),
    numberCt: part('number', secret.number),
    pinCt: secret.pin && part('pin', secret.pin),
  };
  dataKey.fill(0);
  return sealed;
}

/** Throws when the key, the card or a single bit is not what was sealed. */
export function openSecret(keys: Keys, cardId: string, sealed: SealedSecret): CardSecret {
  const dataKey = keys.unwrap(sealed.kekId, sealed.wrappedDek);
  assert.equal(dataKey.length, 32);
  try {
    const part = (name: Part, ct: Buffer): Secret =>
      new Secret(decrypt(dataKey, ct, boundTo(cardId, name)).toString());
    const number = part('number', sealed.numberCt);
    return sealed.pinCt ? { number, pin: part('pin', sealed.pinCt) } : { number };
  } finally {
    dataKey.fill(0);
  }
}

/** Equal numbers of one issuer have equal fingerprints; nothing can be read back from one. */
export const fingerprintOf = (keys: Keys, issuerId: string, number: Secret): Buffer =>
  keys.fingerprint(`card/${issuerId}`, number.reveal());
