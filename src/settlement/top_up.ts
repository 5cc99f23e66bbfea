/** A recycler's wallet, or the reserve, is filled by the custody bank: asked for under a stored number, credited on its word. */
import assert from 'node:assert/strict';
import type { AccountCode } from '#ledger';
import { type Fen, inTransaction, newId, type Tx, WorldError } from '#platform';
import { move, start } from '#process';
import { append } from '#record';
import { findTopUp, insertTopUp, lockTopUp, saveTopUp, type TopUp } from './bank_store.ts';
import { topUpProcess } from './life.ts';
import type { BankView } from './psp.ts';
import { depositOf, walletOf } from './recycler/money.ts';
import { RESERVE_CASH } from './reserve.ts';
import { CUSTODY, noteMovement, type SettlementDeps } from './step.ts';

type Deps = Pick<SettlementDeps, 'db' | 'clock' | 'psp' | 'log' | 'toppedUp'>;
export const COLLECT_JOB = 'settlement.collect_top_up';
const jobFor = (topUpId: string) => ({
  ...{ task: COLLECT_JOB, payload: { topUpId } },
  key: `${COLLECT_JOB}/${topUpId}`,
});

export async function topUp(
  tx: Tx,
  ask: { recycler: string; target?: TopUp['target']; amountFen: Fen; by: string; at: Date },
): Promise<TopUp> {
  const { recycler, target = 'wallet', amountFen: amount, by: askedBy, at } = ask;
  assert(amount > 0n, 'a top-up is more than zero');
  const id = newId(at);
  const outNo = id.replaceAll('-', '');
  const state = topUpProcess.initial;
  const made = { id, outNo, recycler, target, amount, askedBy, state, createdAt: at };
  await insertTopUp(tx, made);
  await start(tx, topUpProcess, {
    ...{ id, at, by: 'system', actor: askedBy, jobs: [jobFor(id)] },
    record: { recycler, target, amountFen: String(amount), outNo },
  });
  return { ...made, receivedAt: undefined };
}

/** The task: sends the number, or asks for it once it may have been sent. */
export async function collectTopUp(deps: Deps, topUpId: string): Promise<void> {
  const { db, psp, clock, log } = deps;
  const asked = await findTopUp(db, { id: topUpId });
  if (!asked || (asked.state !== 'requested' && asked.state !== 'waiting')) return;
  const { outNo, amount, recycler: payer } = asked;
  const submit = () => psp.submitCollection({ outNo, amount, payer });
  let view: BankView;
  try {
    view =
      asked.state === 'requested'
        ? await submit()
        : ((await psp.queryCollection(outNo)) ?? (await submit()));
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    if (error.kind !== 'reject') {
      // The clock asks for this number soon.
      log.warn({ topUp: topUpId, code: error.code }, 'the bank did not answer');
      return;
    }
    view = { ...{ status: 'failed', amount, reason: 'bank_refused' }, ...NO_TIMES };
  }
  await inTransaction(db, (tx) => hearTopUp(tx, { id: topUpId, view, at: clock.now() }, deps));
}
const NO_TIMES = { paidAt: undefined, returnedAt: undefined };

/** Brings the top-up to what the bank says; old news move nothing, contradictions are logged and recorded. */
export async function hearTopUp(
  tx: Tx,
  { id, view, at }: { id: string; view: BankView; at: Date },
  { log, toppedUp }: Pick<Deps, 'log' | 'toppedUp'>,
): Promise<void> {
  const known = await lockTopUp(tx, id);
  assert(known);
  const { state, amount, outNo, recycler, target } = known;
  const isOpen = state === 'requested' || state === 'waiting';
  const ended = { received: 'paid', failed: 'failed' }[state];
  const isOld = !isOpen && (view.status === 'accepted' || view.status === ended);
  if (isOld || (state === 'waiting' && view.status === 'accepted')) return;
  if (view.amount !== amount || !isOpen || view.status === 'returned') {
    log.error({ topUp: id, state, news: view.status }, 'bank contradicts');
    const data = { outNo, state, news: view.status, isSame: view.amount === amount };
    await append(tx, { subject: id, type: 'top_up.contradicted', data, at });
    return;
  }
  const transition = ({ accepted: 'accept', paid: 'receive', failed: 'fail' } as const)[
    view.status
  ];
  const instance = await move(tx, topUpProcess, {
    ...{ id, transition, by: 'bank', at, amounts: { amount } },
    accounts: { CUSTODY, WALLET: filled({ target, recycler }) },
  });
  await saveTopUp(tx, id, {
    state: instance.state,
    ...(transition === 'receive' && { receivedAt: view.paidAt ?? at }),
  });
  if (transition !== 'receive') return;
  const line = { outNo, kind: 'collection' as const, amount, bankAt: view.paidAt ?? at };
  await noteMovement(tx, line, { process: 'top_up', transition, instance, at });
  await toppedUp?.(tx, { recycler, target, amountFen: amount, at });
}

const filled = ({ target, recycler }: Pick<TopUp, 'target' | 'recycler'>): AccountCode =>
  ({ wallet: walletOf(recycler), deposit: depositOf(recycler), reserve: RESERVE_CASH })[target];

/** The clock's part: no news, so ask. */
export async function chaseTopUp(
  tx: Tx,
  { id, transition, at }: { id: string; transition: 'lose' | 'chase'; at: Date },
): Promise<void> {
  const known = await lockTopUp(tx, id);
  assert(known);
  const jobs = [jobFor(id)];
  const { state } = await move(tx, topUpProcess, { id, transition, by: 'clock', at, jobs });
  await saveTopUp(tx, id, { state });
}
