/**
 * What the chain has to be told for a card that the contract keeps to come to its buyer: `forcedTransfer`, a power of the
 * manager's admin, who on a chain of others plans it in public and waits.
 */
import type { Address, Hex } from 'viem';
import { encodeFunctionData } from 'viem/utils';
import { accessManagerAbi, exchangeAbi } from '#contracts';
import type { ChainDeps } from './deps.ts';
import { accountFor } from './keys.ts';
import { plannedFrom, planning } from './planned.ts';

export type HandOverStep =
  | { readonly what: 'wait' }
  | {
      readonly what: 'plan' | 'act';
      readonly from: Address;
      readonly to: Address;
      readonly data: Hex;
    };
/** The manager's own first role. */
const ADMIN = 0n;

export async function handOverStep(
  { on, keys }: ChainDeps,
  { tokenId, buyer, at }: { tokenId: Hex; buyer: Address; at: Date },
): Promise<HandOverStep> {
  const from = accountFor(keys, 'deployer').address.toLowerCase() as Address;
  const args = [on.exchange, buyer, BigInt(tokenId)] as const;
  const data = encodeFunctionData({ abi: exchangeAbi, functionName: 'forcedTransfer', args });
  const act = { what: 'act', from, to: on.exchange, data } as const;
  const [, delayS] = await on.chain.client.readContract({
    ...{ abi: accessManagerAbi, address: on.manager, functionName: 'hasRole' },
    args: [ADMIN, from],
  });
  if (delayS === 0) return act;
  const due = await plannedFrom(on, { caller: from, target: on.exchange, data });
  if (!due) return { what: 'plan', from, to: on.manager, data: planning(on.exchange, data) };
  return at >= due ? act : { what: 'wait' };
}
