/** Asking the till about a number of ours, whatever it stands for. */
import { askPayIn, type PayInDeps } from './pay_in.ts';
import { pushRefund } from './refund.ts';
import { findRequest } from './request_store.ts';
import { pushSplit } from './split.ts';
import { findPayIn } from './store.ts';

/** An event of the till is only a reason to ask: the answer is signed, whole, and about this very moment. */
export async function askTill(
  deps: PayInDeps,
  { kind, outNo }: { kind: 'pay_in' | 'refund' | 'split'; outNo: string },
): Promise<void> {
  if (kind === 'pay_in') {
    const payIn = await findPayIn(deps.db, { outNo });
    if (payIn) await askPayIn(deps, payIn.id);
    return;
  }
  const owner = (await findRequest(deps.db, outNo))?.owner;
  if (owner === undefined) return;
  await (kind === 'refund' ? pushRefund(deps, owner) : pushSplit(deps, owner));
}
