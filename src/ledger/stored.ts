/**
 * Posting much, safely, outside the transaction of the state: the transfers are stored with their state and committed,
 * then the queue posts them, then the outcomes are stored. Whoever dies in between, running this again ends the same.
 */
import assert from 'node:assert/strict';
import { Refused } from '#platform';
import type { ResultName, Transfer } from './batch.ts';
import type { LedgerQueue, Outcome } from './queue.ts';

/** The caller's rows in the state "posting". */
export interface StoredTransfers {
  /** Stored, and without an outcome yet; the same rows give the same transfers, ids included, every time. */
  waiting(limit: number): Promise<readonly Transfer[]>;
  /** Stores what became of them, `ok` or why not, and commits. An outcome never changes when it is told again. */
  settle(outcomes: ReadonlyMap<string, ResultName>): Promise<void>;
}

const ROUND_MAX = 5_000;

/**
 * Posts all that waits; after storing some, and at every start. Gives how many came to an end. What the queue has no
 * room for, or answers `unknown`, waits for the next run.
 */
export async function postStored(queue: LedgerQueue, stored: StoredTransfers): Promise<number> {
  for (let ended = 0; ; ) {
    const transfers = await stored.waiting(ROUND_MAX);
    const outcomes = new Map<string, ResultName>();
    await Promise.all(
      transfers.map(async (transfer) => {
        const outcome = await postOrLeave(queue, transfer);
        if (outcome !== 'unknown') outcomes.set(transfer.id, lasting(outcome.name, transfer));
      }),
    );
    if (outcomes.size > 0) await stored.settle(outcomes);
    ended += outcomes.size;
    if (transfers.length < ROUND_MAX || outcomes.size < transfers.length) return ended;
  }
}

async function postOrLeave(queue: LedgerQueue, transfer: Transfer): Promise<Outcome> {
  try {
    return await queue.post(transfer);
  } catch (error) {
    if (error instanceof Refused && error.refusal.code === 'ledger_busy') return 'unknown';
    throw error;
  }
}

/** Told again, a posted transfer is still a posted one; another one under its id is the caller's bug. */
function lasting(name: ResultName, { id }: Transfer): ResultName {
  assert(name !== 'conflict', `another transfer has this id: ${id}`);
  return name === 'exists' ? 'ok' : name;
}
