/**
 * Keys that the contract takes only after its manager's delay, as on a chain of others: asked for in public, waited for,
 * then set. Where a key stands is read from the chain each time, so what one round lost the next one makes up.
 */
import type { Address } from 'viem';
import { exchangeAbi } from '#contracts';
import { inTransaction } from '#platform';
import { append } from '#record';
import { SET_SIGNER_GAS, signerCall } from './attest.ts';
import type { ChainDeps } from './deps.ts';
import { askOnce, type Call, plannedFrom, planning } from './planned.ts';
import { relayers } from './relayer-store.ts';
import { awaitingSigners, type SignerRow, signerTaken } from './store.ts';

/** Once an hour: each key that waits goes one step further. */
export async function introduceSigners(deps: ChainDeps, at: Date): Promise<void> {
  for (const row of await awaitingSigners(deps.db)) {
    if (await isTaken(deps, row)) await noteTaken(deps, row, at);
    else {
      const call = await nextCall(deps, row, at);
      if (call) await askOnce(deps, call, at);
    }
  }
}

const MS_A_SECOND = 1000;
const secondsOf = (at: Date): number => Math.floor(at.getTime() / MS_A_SECOND);

async function isTaken({ on }: ChainDeps, row: SignerRow): Promise<boolean> {
  const entry = await on.chain.client.readContract({
    ...{ abi: exchangeAbi, address: on.exchange, functionName: 'signerOf' },
    args: [row.address as Address],
  });
  // The window tells it from an earlier entry of the same key.
  return entry.kind !== 0 && entry.until === secondsOf(row.valid_until);
}

async function noteTaken({ db }: ChainDeps, row: SignerRow, at: Date): Promise<void> {
  const { kind, version } = row;
  await inTransaction(db, async (tx) => {
    if (!(await signerTaken(tx, row))) return;
    await append(tx, { subject: `signer/${kind}`, type: 'signer.taken', data: { version }, at });
  });
}

/** Undefined while the delay runs. Whoever planned it has to make it, though another key may send by now. */
async function nextCall(
  { db, on }: ChainDeps,
  row: SignerRow,
  at: Date,
): Promise<Call | undefined> {
  const { manager, exchange } = on;
  const [data, gasMax] = [signerCall(row), SET_SIGNER_GAS];
  for (const { address: from, retired_at: retired } of await relayers(db)) {
    if (retired) continue;
    const due = await plannedFrom(on, { caller: from, target: exchange, data });
    if (due) return at >= due ? { purpose: 'signer', to: exchange, data, gasMax, from } : undefined;
  }
  return { purpose: 'signer_plan', to: manager, data: planning(exchange, data), gasMax };
}
