/**
 * Keys that the contract takes only after its manager's delay, as on a chain of others: asked for in public, waited for,
 * then set. Where a key stands is read from the chain each time, so what one round lost the next one makes up.
 */
import type { Address, Hex } from 'viem';
import { encodeFunctionData } from 'viem/utils';
import { accessManagerAbi, exchangeAbi } from '#contracts';
import { inTransaction } from '#platform';
import { append } from '#record';
import { SET_SIGNER_GAS, signerCall } from './attest.ts';
import type { ChainDeps } from './deps.ts';
import { relay } from './relay.ts';
import { isUnderWay } from './relay-store.ts';
import { awaitingSigners, lockSigners, type SignerRow, signerTaken } from './store.ts';

interface Call {
  readonly purpose: string;
  readonly to: Address;
  readonly data: Hex;
}

/** Once an hour: each key that waits goes one step further. */
export async function introduceSigners(deps: ChainDeps, at: Date): Promise<void> {
  for (const row of await awaitingSigners(deps.db)) {
    if (await isTaken(deps, row)) await noteTaken(deps, row, at);
    else await ask(deps, await nextCall(deps, row, at), at);
  }
}

async function isTaken({ on }: ChainDeps, row: SignerRow): Promise<boolean> {
  const entry = await on.chain.client.readContract({
    ...{ abi: exchangeAbi, address: on.exchange, functionName: 'signerOf' },
    args: [row.address as Address],
  });
  return entry.kind !== 0;
}

async function noteTaken({ db }: ChainDeps, row: SignerRow, at: Date): Promise<void> {
  const { kind, version } = row;
  await inTransaction(db, async (tx) => {
    if (!(await signerTaken(tx, row))) return;
    await append(tx, { subject: `signer/${kind}`, type: 'signer.taken', data: { version }, at });
  });
}

/** Undefined while the delay runs. A plan that nobody carried out within the manager's week is made again. */
async function nextCall({ on }: ChainDeps, row: SignerRow, at: Date): Promise<Call | undefined> {
  const { chain, manager, exchange, relayer } = on;
  const data = signerCall(row);
  const here = { abi: accessManagerAbi, address: manager } as const;
  const id = await chain.client.readContract({
    ...{ ...here, functionName: 'hashOperation', args: [relayer.address, exchange, data] },
  });
  const from = await chain.client.readContract({
    ...{ ...here, functionName: 'getSchedule', args: [id] },
  });
  if (from === 0) {
    // Zero for when: as soon as the delay allows.
    const plan = { abi: accessManagerAbi, functionName: 'schedule', args: [exchange, data, 0] };
    return { purpose: 'signer_plan', to: manager, data: encodeFunctionData(plan as never) };
  }
  return at.getTime() >= from * MS_A_SECOND ? { purpose: 'signer', to: exchange, data } : undefined;
}
const MS_A_SECOND = 1000;

async function ask(deps: ChainDeps, call: Call | undefined, at: Date): Promise<void> {
  if (!call) return;
  const { relayer } = deps.on;
  await inTransaction(deps.db, async (tx) => {
    await lockSigners(tx);
    if (await isUnderWay(tx, call)) return;
    await relay(tx, { relayer, gasPerDay: 0n }, { ...call, gasMax: SET_SIGNER_GAS, at });
  });
}
