/** The keys by which the house acts on the chain: derived from the vault's key file, by purpose and version. */
import assert from 'node:assert/strict';
import type { Address, Hex, LocalAccount } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { Keys, Reader } from '#platform';
import { relayerAt, sendingRelayer } from './relayer-store.ts';

export type KeyKind = 'relayer' | 'deployer' | 'verifier' | 'issuer' | 'bank' | 'desk';

/** A private key is a pseudo-random word under the file's root: nothing more to back up, nothing to store. */
export function accountFor(keys: Keys, kind: KeyKind, version = 1): LocalAccount {
  const secret = keys.fingerprint('exchange/key', `${kind}/${version}`);
  return privateKeyToAccount(`0x${secret.toString('hex')}` as Hex);
}

/** The keys from which the house sends: one at a time, and all of them known. */
export interface Relayers {
  /** Whose turn it is to send. */
  readonly current: (reader: Reader) => Promise<Address>;
  /** Undefined where the sender is no key of the house. */
  readonly account: (reader: Reader, sender: Address) => Promise<LocalAccount | undefined>;
}

export function relayersOf(keys: Keys): Relayers {
  const deployer = accountFor(keys, 'deployer');
  return {
    current: async (reader) => {
      const found = await sendingRelayer(reader);
      assert(found, 'a house with a chain has a key to send from');
      return found.address;
    },
    account: async (reader, sender) => {
      if (sender === deployer.address.toLowerCase()) return deployer;
      const found = await relayerAt(reader, sender);
      return found && accountFor(keys, 'relayer', found.version);
    },
  };
}
