/** What the exchange is given by the one file that knows every room, and what it knows of its chain. */
import type { Abi, Address } from 'viem';
import type { IssuerDeps } from '#cards';
import type { Clock, Config, Db, Keys, Log } from '#platform';
import type { Chain } from './chain/chain.ts';
import type { Domain } from './domain.ts';
import type { Relayers } from './keys.ts';
import type { Profile } from './profile.ts';

/** Where the contracts are, and by which keys the house acts on them. */
export interface OnChain {
  readonly chain: Chain;
  readonly exchange: Address;
  readonly money: Address;
  /** EIP-712 domains, as the contracts tell them. */
  readonly domains: { readonly exchange: Domain; readonly money: Domain };
  readonly abis: { readonly exchange: Abi; readonly money: Abi };
  /** The block of the deployment. */
  readonly from: bigint;
  readonly relayer: Relayers;
  /** Through which roles act and keys are planned (OpenZeppelin's AccessManager). */
  readonly manager: Address;
  /** How long the contract makes a new key wait; zero on a chain of our own. */
  readonly keyDelayMs: number;
}

export interface ExchangeDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly log: Log;
  readonly config: Config;
  readonly profile: Profile;
  readonly cards: IssuerDeps;
  /** Undefined where the profile needs no chain and none is configured. */
  readonly on: OnChain | undefined;
}
export type ChainDeps = ExchangeDeps & { readonly on: OnChain };
