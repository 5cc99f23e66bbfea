/** The one way a payout moves: process, row, money and whoever wants to know, in the caller's transaction. */
import { type AccountCode, post } from '#ledger';
import {
  type Clock,
  chinaDay,
  type Db,
  type Fen,
  type Keys,
  type Log,
  plus,
  type Reader,
  type Secret,
  type Tx,
} from '#platform';
import { type FollowUp, type Instance, move, type RoleOf, type TransitionOf } from '#process';
import { insertMovement } from './bank_store.ts';
import type { CharityRegistry } from './charity/registry.ts';
import { askAgainMs, cutOffOf, type LineKind } from './domain.ts';
import { payoutProcess } from './life.ts';
import type { Psp } from './psp.ts';
import { type Payout, type PayoutPatch, savePayout } from './store.ts';

/** What settlement is given by the one file that knows everybody. */
export interface SettlementDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly psp: Psp;
  readonly log: Log;
  /** Name of a person whose identity was verified; undefined for everybody else. */
  readonly realNameOf: (
    reader: Reader,
    keys: Keys,
    userId: string,
  ) => Promise<{ name: Secret } | undefined>;
  readonly sendSms?: SendSms | undefined;
  /** Hears of every move, in its transaction: a page to refresh, an order to close. */
  readonly changed?: Changed | undefined;
  /** The public register of charities; without it none can be confirmed, and so none chosen. */
  readonly registry?: CharityRegistry | undefined;
  /** Who sells is told that the price is there. Without it nobody sells, and all that comes in goes back. */
  readonly paidIn?: PaidIn | undefined;
  /** Nothing came for this pay-in, or it went back: whoever waited for it may stop. */
  readonly payInClosed?: PayInClosed | undefined;
  /** A recycler's money has arrived in its wallet or deposit; in the transaction that books it. */
  readonly toppedUp?: ToppedUp | undefined;
}
/** What asking the bank about any number, and doing what it says, takes. */
export type HearingDeps = Pick<
  SettlementDeps,
  | 'db'
  | 'clock'
  | 'keys'
  | 'psp'
  | 'log'
  | 'changed'
  | 'sendSms'
  | 'paidIn'
  | 'payInClosed'
  | 'toppedUp'
>;
export type ToppedUp = (
  tx: Tx,
  filled: { recycler: string; target: 'wallet' | 'deposit' | 'reserve'; amountFen: Fen; at: Date },
) => Promise<void>;
/**
 * Offers a payment of exactly the asked amount, in the transaction that books it. 'taken': all of it was moved out
 * of `from`. 'late' (or a refusal): nobody wants it any more, and it goes back to the payer by itself.
 */
export type PaidIn = (
  tx: Tx,
  paid: { subject: string; payInId: string; amountFen: Fen; from: AccountCode; at: Date },
) => Promise<'taken' | 'late'>;
export type PayInClosed = (
  tx: Tx,
  closed: { subject: string; payInId: string; at: Date },
) => Promise<void>;
/** Queues a text message in the transaction that causes it. */
export type SendSms = (
  tx: Tx,
  message: {
    userId: string;
    template: 'payout_account_changed' | 'payout_sent' | 'payout_late' | 'payout_returned';
    params: Record<string, string>;
  },
) => Promise<void>;
export type Changed = (
  tx: Tx,
  change: { payoutId: string; subject: string; part: string; state: string; at: Date },
) => Promise<void>;

/** The rail that payouts leave by. */
export const CUSTODY: AccountCode = 'CUSTODY:bank';
export const payableOf = (userId: string): AccountCode => `PAYABLE:${userId}`;
/** Of a payout or a refund. */
export const inFlightOf = (id: string): AccountCode => `IN_FLIGHT:${id}`;

export const SUBMIT_JOB = 'settlement.submit_payout';
export const ASK_JOB = 'settlement.ask_payout';
/** One job of a kind per payout waits at a time. */
export const jobFor = (task: typeof SUBMIT_JOB | typeof ASK_JOB, payoutId: string): FollowUp => ({
  task,
  payload: { payoutId },
  key: `${task}/${payoutId}`,
});

export interface Step {
  transition: TransitionOf<typeof payoutProcess>;
  by: RoleOf<typeof payoutProcess> | 'clock';
  at: Date;
  actor?: string;
  due?: Date;
  jobs?: readonly FollowUp[];
  record?: Record<string, unknown>;
  note?: string;
  patch?: PayoutPatch;
}

/** The payout's row must be locked by the caller. Refuses as `move` does. */
export async function stepPayout(
  tx: Tx,
  payout: Payout,
  { patch, ...step }: Step,
  changed?: Changed,
): Promise<{ payout: Payout; instance: Instance }> {
  const instance = await move(tx, payoutProcess, {
    id: payout.id,
    ...step,
    accounts: {
      PAYABLE: payableOf(payout.userId),
      IN_FLIGHT: inFlightOf(payout.id),
      CUSTODY,
    },
    amounts: { amount: payout.amount },
    record: { ...step.record, subject: payout.subject },
  });
  await savePayout(tx, payout.id, { ...patch, state: instance.state });
  const { id: payoutId, subject, part } = payout;
  await changed?.(tx, { payoutId, subject, part, state: instance.state, at: step.at });
  const { settleOn = payout.settleOn, promisedOn = payout.promisedOn } = patch ?? {};
  return { payout: { ...payout, state: instance.state, settleOn, promisedOn }, instance };
}

/** Back to waiting for a cut-off. A new promise only when the delay was not ours. */
export async function backToCreated(
  tx: Tx,
  payout: Payout,
  step: Pick<Step, 'transition' | 'by' | 'at' | 'actor'> & {
    to: { settleOn: string; promisedOn: string };
    isOurs: boolean;
  },
  changed?: Changed,
): Promise<void> {
  const { to, isOurs, ...rest } = step;
  const promisedOn = isOurs ? payout.promisedOn : to.promisedOn;
  await stepPayout(
    tx,
    payout,
    {
      ...rest,
      due: cutOffOf(to.settleOn),
      record: { settleOn: to.settleOn, promisedOn },
      patch: { settleOn: to.settleOn, promisedOn, runId: null, failure: null, onHold: false },
    },
    changed,
  );
}

/** Which line of the bank's statement the ledger transfer of this step stands for. */
export async function noteMovement(
  tx: Tx,
  line: { outNo: string; kind: LineKind; amount: Fen; bankAt: Date },
  step: { process: string; transition: string; instance: Instance; at: Date },
): Promise<void> {
  await insertMovement(tx, {
    ...line,
    bankDay: chinaDay(line.bankAt),
    postedAt: step.at,
    transferKind: `${step.process}.${step.transition}`,
    transferRef: `${step.instance.id}/${step.instance.seq}`,
  });
}

export const askDue = (at: Date, asks: number): Date => plus(at, askAgainMs(asks));

/** What lateness costs is ours: from our own pocket into what we owe the person. */
export async function postCompensation(
  tx: Tx,
  late: { payoutId: string; userId: string; amount: Fen; at: Date },
): Promise<void> {
  await post(tx, {
    kind: 'payout.compensation',
    ref: late.payoutId,
    subject: late.payoutId,
    at: late.at,
    legs: [{ from: 'LOSS', to: payableOf(late.userId), amount: late.amount }],
  });
}
