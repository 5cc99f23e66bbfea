/** Calls that the chain's AccessManager lets through after a delay: planned in public, waited for, then made. */
import type { Address, Hex } from 'viem';
import { encodeFunctionData } from 'viem/utils';
import { accessManagerAbi } from '#contracts';
import { inTransaction } from '#platform';
import type { Chain } from './chain/chain.ts';
import type { ChainDeps, OnChain } from './deps.ts';
import { accountFor } from './keys.ts';
import { relay } from './relay.ts';
import { isUnderWay } from './relay-store.ts';
import { lockSigners } from './store.ts';

export interface Call {
  readonly purpose: string;
  readonly to: Address;
  readonly data: Hex;
  readonly gasMax: bigint;
  readonly from?: Address;
  readonly value?: bigint;
}

export interface Planned {
  readonly caller: Address;
  readonly target: Address;
  readonly data: Hex;
}
const MS_A_SECOND = 1000;

/** The manager's own first role: it may do all that no other role may. */
export const ADMIN = 0n;

export async function roleOf(
  { chain, manager }: { readonly chain: Chain; readonly manager: Address },
  role: bigint,
  who: Address,
): Promise<{ isMember: boolean; delayS: number }> {
  const [isMember, delayS] = await chain.client.readContract({
    ...{ abi: accessManagerAbi, address: manager, functionName: 'hasRole', args: [role, who] },
  });
  return { isMember, delayS };
}

export interface AdminStep {
  readonly isPlan: boolean;
  readonly from: Address;
  readonly to: Address;
  readonly data: Hex;
}

/**
 * What the deployer's key sends next for a call that only the admin may make: its plan first where the admin has to wait.
 * Undefined while it waits.
 */
export async function adminStep(
  { on, keys }: ChainDeps,
  { target, data, at }: { target: Address; data: Hex; at: Date },
): Promise<AdminStep | undefined> {
  const from = accountFor(keys, 'deployer').address.toLowerCase() as Address;
  const act = { isPlan: false, from, to: target, data };
  if ((await roleOf(on, ADMIN, from)).delayS === 0) return act;
  const due = await plannedFrom(on, { caller: from, target, data });
  if (!due) return { isPlan: true, from, to: on.manager, data: planning(target, data) };
  return at >= due ? act : undefined;
}

/** From when the manager lets it through; undefined without a plan, as a week after one that nobody carried out. */
export async function plannedFrom(
  { chain, manager }: OnChain,
  { caller, target, data }: Planned,
): Promise<Date | undefined> {
  const here = { abi: accessManagerAbi, address: manager } as const;
  const id = await chain.client.readContract({
    ...{ ...here, functionName: 'hashOperation', args: [caller, target, data] },
  });
  const from = await chain.client.readContract({
    ...{ ...here, functionName: 'getSchedule', args: [id] },
  });
  return from === 0 ? undefined : new Date(from * MS_A_SECOND);
}

/** Zero for when: as soon as the delay allows. */
export const planning = (target: Address, data: Hex): Hex =>
  encodeFunctionData({
    ...{ abi: accessManagerAbi, functionName: 'schedule', args: [target, data, 0] },
  });

/** Queues a call of the house's unless this very one is on its way. */
export async function askOnce(deps: ChainDeps, call: Call, at: Date): Promise<void> {
  const { relayer } = deps.on;
  await inTransaction(deps.db, async (tx) => {
    await lockSigners(tx);
    if (await isUnderWay(tx, call)) return;
    await relay(tx, { relayer, gasPerDay: 0n }, { ...call, at });
  });
}
