/** Opens the exchange's side of the chain for this house: profile, self-test, contracts. */
import type { Config, Db, Keys } from '#platform';
import { openChain } from './chain/chain.ts';
import { contractsOf, deploy } from './chain/deploy.ts';
import type { OnChain } from './deps.ts';
import { accountFor } from './keys.ts';
import { requireProfile } from './profile.ts';

/** Undefined in CN, which needs no chain. Throws what is expected, in words, when the chain is not fit. */
export async function openExchange(input: {
  readonly db: Db;
  readonly keys: Keys;
  readonly config: Config;
  readonly at: Date;
}): Promise<OnChain | undefined> {
  const { db, keys, config, at } = input;
  const profile = requireProfile(config, at);
  if (profile === 'CN') return undefined;
  if (config.CHAIN_URL === '')
    throw Object.assign(
      new Error(`profile ${profile} needs a chain: set HUIQUAN_CHAIN_URL, or use start`),
      { expected: true },
    );
  const chain = await openChain({
    ...{ url: config.CHAIN_URL, chainId: config.CHAIN_ID, now: () => at },
  });
  return await contractsOf({ db, keys, config, profile, chain, at });
}

/** The command: deploys what the profile has to the configured chain. Gives where, and whose coins paid for it. */
export async function deployExchange(input: {
  readonly db: Db;
  readonly keys: Keys;
  readonly config: Config;
  readonly at: Date;
}): Promise<{ exchange?: string; settlement: string; deployer: string }> {
  const { db, keys, config, at } = input;
  const profile = requireProfile(config, at);
  if (config.CHAIN_URL === '')
    throw Object.assign(new Error('set HUIQUAN_CHAIN_URL'), { expected: true });
  const chain = await openChain({
    ...{ url: config.CHAIN_URL, chainId: config.CHAIN_ID, now: () => at },
  });
  const { addresses } = await deploy({ db, keys, config, profile, chain, at });
  const { Exchange: exchange, AttestedSettlement: settlement = '' } = addresses as Record<
    string,
    string
  >;
  const deployer = accountFor(keys, 'deployer').address;
  return { ...(exchange && { exchange }), settlement, deployer };
}
