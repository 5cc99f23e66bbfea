/**
 * The next key from which the house sends: it gets coins and roles, then it sends, and the one before it finishes what it
 * has begun, loses its roles and is retired. Where a key stands is read from the tables and the chain in each round, so
 * a round that was cut off is made up by the next.
 */
import type { Address } from 'viem';
import { encodeFunctionData } from 'viem/utils';
import { accessManagerAbi } from '#contracts';
import { DAY, inTransaction, type Keys, plus, type Reader, type Tx } from '#platform';
import { append } from '#record';
import { signerCall } from './attest.ts';
import { ROLES } from './chain/deploy.ts';
import type { ChainDeps } from './deps.ts';
import { accountFor } from './keys.ts';
import { adminStep, askOnce, plannedFrom, roleOf } from './planned.ts';
import { feeNow } from './relay.ts';
import {
  insertRelayer,
  leftToSend,
  type Relayer,
  relayers,
  saveRelayer,
  sendingRelayer,
} from './relayer-store.ts';
import { awaitingSigners, lockSigners } from './store.ts';

/** What a page had signed when the key changed names the one before: it is taken for so long. */
const TAKES_MS = DAY;
const ROLE_GAS = 200_000n;
const COINS_GAS = 100_000n;
/** Coins for so many transfers stay behind with a retired key: the fee may rise while the last one is on its way. */
const KEPT_TRANSFERS = 10n;

/**
 * The command: makes the next key, once. Gives the key that is on its way, or undefined in a house that never had a chain.
 */
export async function nextRelayer(tx: Tx, keys: Keys, at: Date): Promise<Relayer | undefined> {
  await lockSigners(tx);
  const [newest] = await relayers(tx);
  if (!newest?.sends_from) return newest;
  const version = newest.version + 1;
  const address = accountFor(keys, 'relayer', version).address.toLowerCase() as Address;
  await insertRelayer(tx, { version, address, made_at: at, sends_from: null });
  await append(tx, { subject: 'signer/relayer', type: 'relayer.made', data: { version }, at });
  return (await relayers(tx))[0];
}

/** What the command shows: each key and how far it is. */
export async function relayersShown(
  reader: Reader,
): Promise<{ version: number; address: Address; state: RelayerState; left: number }[]> {
  const shown = [];
  for (const one of await relayers(reader)) {
    const { version, address } = one;
    shown.push({ version, address, state: stateOf(one), left: await leftToSend(reader, address) });
  }
  return shown;
}
export type RelayerState = 'coming' | 'sending' | 'ending' | 'retired';

function stateOf(one: Relayer): RelayerState {
  if (one.retired_at) return 'retired';
  if (one.takes_until) return 'ending';
  return one.sends_from ? 'sending' : 'coming';
}

/** Once an hour: each key goes one step further. */
export async function tendRelayers(deps: ChainDeps, at: Date): Promise<void> {
  const sending = await sendingRelayer(deps.db);
  if (!sending) return;
  for (const one of await relayers(deps.db)) {
    const state = stateOf(one);
    if (state === 'coming') await bringIn(deps, { one, sending }, at);
    if (state === 'ending') await takeOut(deps, { one, sending }, at);
  }
}

interface Pair {
  readonly one: Relayer;
  readonly sending: Relayer;
}

async function bringIn(deps: ChainDeps, { one, sending }: Pair, at: Date): Promise<void> {
  const paid = await shareCoins(deps, { one, sending }, at);
  const asked = await askRoles(deps, { one, sending }, at);
  if (!paid || asked) return;
  await inTransaction(deps.db, async (tx) => {
    await lockSigners(tx);
    const now = await sendingRelayer(tx);
    if (now?.version !== sending.version) return;
    await saveRelayer(tx, sending.version, { takes_until: plus(at, TAKES_MS) });
    await saveRelayer(tx, one.version, { sends_from: at });
    const data = { version: one.version };
    await append(tx, { subject: 'signer/relayer', type: 'relayer.sends', data, at });
  });
}

const coinsOf = async ({ on }: ChainDeps, address: Address): Promise<bigint> =>
  BigInt(String(await on.chain.rpc('eth_getBalance', [address, 'latest'])));

/** Half of what the key in use has; true once it is there, or where the chain takes no coins. */
async function shareCoins(deps: ChainDeps, { one, sending }: Pair, at: Date): Promise<boolean> {
  if ((await coinsOf(deps, one.address)) > 0n) return true;
  const value = (await coinsOf(deps, sending.address)) / 2n;
  if (value === 0n) return true;
  await askOnce(
    deps,
    {
      ...{ purpose: 'relayer_coins', to: one.address, data: '0x', value },
      ...{ from: sending.address, gasMax: COINS_GAS },
    },
    at,
  );
  return false;
}

/** Asks for each role that the key in use has and this one has not. True while one is missing. */
async function askRoles(deps: ChainDeps, { one, sending }: Pair, at: Date): Promise<boolean> {
  let missing = false;
  for (const role of Object.values(ROLES)) {
    const [model, has] = [
      await roleOf(deps.on, role, sending.address),
      await roleOf(deps.on, role, one.address),
    ];
    if (!model.isMember || has.isMember) continue;
    missing = true;
    const args = [role, one.address, model.delayS] as const;
    await askAdmin(deps, { functionName: 'grantRole', args }, at);
  }
  return missing;
}

/** Only the deployer's key may change roles, after the admin's own delay where it has one. */
async function askAdmin(
  deps: ChainDeps,
  act:
    | { functionName: 'grantRole'; args: readonly [bigint, Address, number] }
    | { functionName: 'revokeRole'; args: readonly [bigint, Address] },
  at: Date,
): Promise<void> {
  const data = encodeFunctionData({ abi: accessManagerAbi, ...act } as never);
  const step = await adminStep(deps, { target: deps.on.manager, data, at });
  if (!step) return;
  const { isPlan: _, ...call } = step;
  await askOnce(deps, { ...call, purpose: 'relayer_role', gasMax: ROLE_GAS }, at);
}

/** What it has begun ends under it; then it loses its roles, its day runs out, and its coins go to its successor. */
async function takeOut(deps: ChainDeps, { one, sending }: Pair, at: Date): Promise<void> {
  if ((await leftToSend(deps.db, one.address)) > 0 || (await hasPlan(deps, one))) return;
  if (await askRevoked(deps, one, at)) return;
  if (one.takes_until === null || at < one.takes_until) return;
  if (await handBack(deps, { one, sending }, at)) return;
  await inTransaction(deps.db, async (tx) => {
    await lockSigners(tx);
    await saveRelayer(tx, one.version, { retired_at: at });
    const data = { version: one.version };
    await append(tx, { subject: 'signer/relayer', type: 'relayer.retired', data, at });
  });
}

/** Only who planned a key may set it. */
async function hasPlan({ db, on }: ChainDeps, { address }: Relayer): Promise<boolean> {
  for (const row of await awaitingSigners(db)) {
    const planned = { caller: address, target: on.exchange, data: signerCall(row) };
    if (await plannedFrom(on, planned)) return true;
  }
  return false;
}

async function askRevoked(deps: ChainDeps, one: Relayer, at: Date): Promise<boolean> {
  let left = false;
  for (const role of Object.values(ROLES)) {
    if (!(await roleOf(deps.on, role, one.address)).isMember) continue;
    left = true;
    await askAdmin(deps, { functionName: 'revokeRole', args: [role, one.address] }, at);
  }
  return left;
}

/** True while there are coins worth a transfer. */
async function handBack(deps: ChainDeps, { one, sending }: Pair, at: Date): Promise<boolean> {
  const keep = (await feeNow(deps.on.chain)) * COINS_GAS * KEPT_TRANSFERS;
  const value = (await coinsOf(deps, one.address)) - keep;
  if (value <= keep) return false;
  await askOnce(
    deps,
    {
      ...{ purpose: 'relayer_coins', to: sending.address, data: '0x', value },
      ...{ from: one.address, gasMax: COINS_GAS },
    },
    at,
  );
  return true;
}
