/** When all of a pay-in has found its owners, by splits and refunds, it is settled and no longer watched. */
import type { Tx } from '#platform';
import { move } from '#process';
import { payInProcess } from './life.ts';
import { refundsOfPayIn, splitsOf } from './request_store.ts';
import { lockPayIn, receiptsOf, savePayIn } from './store.ts';

export async function closeBooks(tx: Tx, payInId: string, at: Date): Promise<void> {
  const payIn = await lockPayIn(tx, payInId);
  if (payIn?.state !== 'held' && payIn?.state !== 'aging') return;
  const receipts = await receiptsOf(tx, payInId);
  const taken = receipts.find(({ fate }) => fate === 'taken');
  const refunds = (await refundsOfPayIn(tx, payInId)).filter(
    ({ tradeNo, state }) =>
      tradeNo === taken?.tradeNo && (state === 'refunded' || state === 'credited'),
  );
  const splits = (await splitsOf(tx, payInId)).filter(
    ({ state }) => state === 'done' || state === 'waived',
  );
  const gone = [...refunds, ...splits].reduce((total, { amount }) => total + amount, 0n);
  if (gone < payIn.amount) return;
  const { state } = await move(tx, payInProcess, {
    ...{ id: payInId, transition: 'settle', by: 'system', at, record: { subject: payIn.subject } },
  });
  await savePayIn(tx, payInId, { state });
}
