/** Sending a payout to the bank and asking what became of it: one number at a time, stored before the call. */
import assert from 'node:assert/strict';
import { inTransaction, newId, Refused, Secret, type Tx, WorldError } from '#platform';
import type { FollowUp } from '#process';
import { findAccount, findAccountById } from './account_store.ts';
import { hear } from './hear.ts';
import type { BankView } from './psp.ts';
import { ASK_JOB, askDue, type Changed, jobFor, type SettlementDeps, stepPayout } from './step.ts';
import {
  type Attempt,
  countAsk,
  insertAttempt,
  lockPayout,
  openAttemptOf,
  type Payout,
} from './store.ts';

type Deps = Pick<SettlementDeps, 'db' | 'clock' | 'keys' | 'psp' | 'log' | 'changed' | 'sendSms'>;

/** The task behind SUBMIT_JOB. Run twice, side by side or after a crash, the bank still executes one number once. */
export async function submitPayout(deps: Deps, payoutId: string): Promise<void> {
  const attempt = await begin(deps, payoutId);
  if (!attempt) return;
  let view: BankView;
  try {
    view = await sendAttempt(deps, attempt);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    // Certainly not sent: the worker tries again, and if it gives up the clock goes on to ask.
    if (error.kind === 'retry') throw error;
    if (error.kind === 'ask') return await loseSight(deps, payoutId, error.code);
    view = refused(attempt);
  }
  await learn(deps, attempt.outNo, view);
}

/** The task behind ASK_JOB. */
export async function askPayout(deps: Deps, payoutId: string): Promise<void> {
  const attempt = await openAttemptOf(deps.db, payoutId);
  if (attempt) await askNumber(deps, attempt);
}

/** Asks what became of a number. One that may still be open and that the bank never heard of is sent again. */
export async function askNumber(deps: Deps, attempt: Attempt): Promise<void> {
  const { outNo, payoutId, status } = attempt;
  let view: BankView | undefined;
  try {
    view = await deps.psp.queryTransfer(outNo);
    if (!view && status === 'open') view = await sendAttempt(deps, attempt);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    if (error.kind !== 'reject') {
      // The clock asks again, later each time.
      deps.log.warn({ payout: payoutId, code: error.code }, 'the bank did not answer');
      return;
    }
    view = refused(attempt);
  }
  if (view) await learn(deps, outNo, view);
}

const refused = ({ amount }: Attempt): BankView => ({
  ...{ status: 'failed', amount, reason: undefined },
  ...{ paidAt: undefined, returnedAt: undefined },
});

async function learn(deps: Deps, outNo: string, view: BankView): Promise<void> {
  const at = deps.clock.now();
  await inTransaction(deps.db, (tx) => hear(tx, { outNo, view, at }, deps));
}

/** The number to send: of a payout just begun, or of one whose call may never have left. */
async function begin(deps: Deps, payoutId: string): Promise<Attempt | undefined> {
  const at = deps.clock.now();
  try {
    return await inTransaction(deps.db, async (tx) => {
      const payout = await lockPayout(tx, payoutId);
      if (payout?.state === 'approved')
        return await beginAttempt(tx, payout, { by: 'system', at }, deps.changed);
      return payout?.state === 'submitting' ? await openAttemptOf(tx, payoutId) : undefined;
    });
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.code !== 'insufficient_funds') throw error;
    deps.log.error({ payout: payoutId }, 'a payout is not covered by what we owe its recipient');
    await starve(deps, payoutId, at);
    return undefined;
  }
}

/** PAYABLE → IN_FLIGHT and a number, in one commit, before anybody is called. */
export async function beginAttempt(
  tx: Tx,
  payout: Payout,
  begun: { by: 'system' | 'clock'; at: Date; jobs?: readonly FollowUp[] },
  changed: Changed | undefined,
): Promise<Attempt> {
  const { at } = begun;
  const account = await findAccount(tx, payout.userId);
  assert(account, 'a run takes only who has an account, and accounts are replaced, never removed');
  const outNo = newId(at).replaceAll('-', '');
  await insertAttempt(tx, {
    ...{ outNo, payoutId: payout.id, accountId: account.id },
    ...{ amount: payout.amount, startedAt: at },
  });
  await stepPayout(tx, payout, { transition: 'submit', ...begun, record: { outNo } }, changed);
  const attempt = await openAttemptOf(tx, payout.id);
  assert(attempt?.outNo === outNo);
  return attempt;
}

async function starve(deps: Deps, payoutId: string, at: Date): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const payout = await lockPayout(tx, payoutId);
    if (payout?.state !== 'approved') return;
    const step = { transition: 'starve', by: 'system', at } as const;
    await stepPayout(tx, payout, { ...step, patch: { failure: 'short_of_funds' } }, deps.changed);
  });
}

/** The account as it was when the number was made: the same number always means the same transfer. */
async function sendAttempt(deps: Deps, attempt: Attempt): Promise<BankView> {
  const account = await findAccountById(deps.db, attempt.accountId);
  assert(account);
  const { id, bankCode, number, name } = account;
  return await deps.psp.submitTransfer({
    outNo: attempt.outNo,
    amount: attempt.amount,
    bankCode,
    accountNumber: new Secret(deps.keys.open('payout_account_number', number, id)),
    accountName: new Secret(deps.keys.open('payout_account_name', name, id)),
    remark: attempt.payoutId,
  });
}

/** The call may have reached the bank: from here on only its own word counts. */
async function loseSight(deps: Deps, payoutId: string, note: string): Promise<void> {
  const at = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const payout = await lockPayout(tx, payoutId);
    if (payout?.state !== 'submitting') return;
    const due = askDue(at, 0);
    const step = { transition: 'lose', by: 'system', at, due, note } as const;
    await stepPayout(tx, payout, step, deps.changed);
  });
}

/** The clock's part: nobody answered in time, so the bank is asked again. */
export async function askAgain(
  tx: Tx,
  payout: Payout,
  step: { transition: 'lose' | 'chase' | 'ask'; at: Date },
  changed: Changed | undefined,
): Promise<void> {
  const attempt = await openAttemptOf(tx, payout.id);
  assert(attempt, 'a payout on its way has an open number');
  const asks = await countAsk(tx, attempt.outNo);
  const { transition, at } = step;
  const jobs = [jobFor(ASK_JOB, payout.id)];
  const due = transition === 'chase' ? {} : { due: askDue(at, asks) };
  await stepPayout(tx, payout, { transition, by: 'clock', at, jobs, ...due }, changed);
}
