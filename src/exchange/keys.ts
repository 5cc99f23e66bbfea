/** The keys by which the house acts on the chain: derived from the vault's key file, by purpose and version. */
import type { Hex, LocalAccount } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { Keys } from '#platform';

export type KeyKind = 'relayer' | 'deployer' | 'verifier' | 'issuer' | 'bank' | 'desk';

/** A private key is a pseudo-random word under the file's root: nothing more to back up, nothing to store. */
export function accountFor(keys: Keys, kind: KeyKind, version = 1): LocalAccount {
  const secret = keys.fingerprint('exchange/key', `${kind}/${version}`);
  return privateKeyToAccount(`0x${secret.toString('hex')}` as Hex);
}
