/** What refunds and splits share: a number stored before the call, sent or asked for, and heard under the locks. */
import assert from 'node:assert/strict';
import { type Tx, WorldError } from '#platform';
import type { SettlementDeps } from '../step.ts';
import { findRequest, type PspRequest } from './request_store.ts';
import { lockPayIn } from './store.ts';
import type { RequestView } from './till.ts';

type Log = SettlementDeps['log'];

/**
 * What the institution says of the number: sent where it never was, else asked for, and sent again where it never
 * arrived. Undefined where the call may have arrived and nothing is known: then `lose` has noted it. Throws what a
 * later try mends.
 */
export async function sendOrAsk(
  owner: { readonly id: string; readonly state: string },
  call: {
    submit: () => Promise<RequestView>;
    query: () => Promise<RequestView | undefined>;
    lose: (code: string) => Promise<void>;
  },
  log: Log,
): Promise<RequestView | undefined> {
  try {
    const known = owner.state === 'sending' ? undefined : await call.query();
    return known ?? (await call.submit());
  } catch (error) {
    if (!(error instanceof WorldError) || error.kind === 'retry') throw error;
    if (error.kind === 'ask') {
      log.warn({ request: owner.id, code: error.code }, 'the institution did not answer');
      await call.lose(error.code);
      return undefined;
    }
    return { status: 'failed', at: undefined, reason: error.code, receivers: [] };
  }
}

/** The owner of the number and the number, locked; undefined where old news can move nothing any more. */
export async function lockOpen<T extends { readonly id: string; readonly payInId: string }>(
  tx: Tx,
  { outNo, view }: { outNo: string; view: RequestView },
  read: {
    find: (id: string) => Promise<T | undefined>;
    lock: (id: string) => Promise<T | undefined>;
  },
  log: Log,
): Promise<{ row: T; request: PspRequest } | undefined> {
  const known = await findRequest(tx, outNo);
  assert(known, 'the number was stored before the call');
  const found = await read.find(known.owner);
  assert(found);
  await lockPayIn(tx, found.payInId);
  const row = await read.lock(known.owner);
  const request = await findRequest(tx, outNo);
  assert(row && request);
  if (request.status === 'open') return { row, request };
  const isOld = view.status === 'accepted' || view.status === request.status;
  if (!isOld) log.error({ request: row.id, known: request.status }, 'institution contradicts');
  return undefined;
}
