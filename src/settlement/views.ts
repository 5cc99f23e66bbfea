/** From rows to what may be shown. */
import type { Reader } from '#platform';
import { last4Of } from './account_store.ts';
import type { TopUp } from './bank_store.ts';
import { shownState } from './create.ts';
import type { Run } from './run_store.ts';
import type { ConsolePayout, PayoutRunView, PayoutView, TopUpView } from './schema.ts';
import { compensationsOf, type Payout } from './store.ts';

const viewOf = (payout: Payout, state: string, compensation: bigint | undefined): PayoutView => ({
  id: payout.id,
  subject: payout.subject,
  part: payout.part,
  state,
  amountFen: String(payout.amount),
  settleOn: payout.settleOn,
  promisedOn: payout.promisedOn,
  ...(payout.paidAt && { paidAt: payout.paidAt.toISOString() }),
  ...(payout.failure !== undefined && { failure: payout.failure }),
  ...(compensation !== undefined && { compensationFen: String(compensation) }),
  createdAt: payout.createdAt.toISOString(),
});

/** For the person who is paid. */
export async function payoutViews(
  reader: Reader,
  payouts: readonly Payout[],
): Promise<(payout: Payout) => PayoutView> {
  const paid = await compensationsOf(
    reader,
    payouts.map(({ id }) => id),
  );
  return (payout) => viewOf(payout, shownState(payout.state), paid.get(payout.id));
}

/** For the console: the true state, whose it is, and which run took it. */
export async function consoleViews(
  reader: Reader,
  payouts: readonly Payout[],
): Promise<(payout: Payout) => ConsolePayout> {
  const [paid, last4] = await Promise.all([
    compensationsOf(
      reader,
      payouts.map(({ id }) => id),
    ),
    last4Of(
      reader,
      payouts.map(({ userId }) => userId),
    ),
  ]);
  return (payout) => {
    const accountLast4 = last4.get(payout.userId);
    return {
      ...viewOf(payout, payout.state, paid.get(payout.id)),
      userId: payout.userId,
      ...(payout.runId !== undefined && { runId: payout.runId }),
      ...(accountLast4 !== undefined && { accountLast4 }),
    };
  };
}

export const runView = (run: Run): PayoutRunView => ({
  id: run.id,
  day: run.day,
  maker: run.maker,
  ...(run.checker !== undefined && { checker: run.checker }),
  state: run.state,
  count: run.count,
  totalFen: String(run.total),
  overCount: run.overCount,
  overFen: String(run.over),
  madeAt: run.madeAt.toISOString(),
  ...(run.checkedAt && { checkedAt: run.checkedAt.toISOString() }),
});

export const topUpView = (topUp: TopUp): TopUpView => ({
  id: topUp.id,
  recycler: topUp.recycler,
  amountFen: String(topUp.amount),
  state: topUp.state,
  createdAt: topUp.createdAt.toISOString(),
  ...(topUp.receivedAt && { receivedAt: topUp.receivedAt.toISOString() }),
});
