/** What a recycler does with its money: top up, withdraw, name its bank account; and what a default costs it. */
import { post } from '#ledger';
import { hasRealName, lockedRecycler, type Recycler, tellMembers } from '#parties';
import { type Fen, fen, newId, Refused, Secret, type Tx, yuan } from '#platform';
import { append } from '#record';
import { type AccountFacts, putAccount } from '../account.ts';
import type { TopUp } from '../bank_store.ts';
import { createPayout } from '../create.ts';
import type { BankCode } from '../schema.ts';
import { payableOf, type SettlementDeps } from '../step.ts';
import { topUp } from '../top_up.ts';
import { payeeOfRecycler } from './domain.ts';
import { depositOf, hasCompanyAccount, payDebts, payOut, walletOf } from './money.ts';
import {
  countOpenTopUps,
  type Default,
  decideDefault,
  insertDefault,
  lockDefault,
} from './store.ts';

/** Ten million yuan: what is more goes through the counter of the bank. */
const TOP_UP_MAX: Fen = fen(1_000_000_000n);
const TOP_UP_MIN: Fen = fen(100n);
const TOP_UPS_OPEN_MAX = 10;

type Who = { recyclerId: string; userId: string; at: Date };

async function locked(tx: Tx, recyclerId: string): Promise<Recycler> {
  const shop = await lockedRecycler(tx, recyclerId);
  if (!shop) throw new Refused('not_found');
  return shop;
}

/**
 * Asks the bank for the money; it is credited when the bank has it. Refuses `recycler_money_stopped` before the
 * licence is verified and after business ended, `top_up_amount`, and `top_up_limit`.
 */
export async function askTopUp(
  tx: Tx,
  ask: Who & { target: 'wallet' | 'deposit'; amountFen: Fen },
): Promise<TopUp> {
  const { recyclerId: recycler, target, amountFen, userId: by, at } = ask;
  const { state } = await locked(tx, recycler);
  if (state === 'applied' || state === 'suspended' || state === 'exiting' || state === 'closed')
    throw new Refused('recycler_money_stopped');
  if (amountFen < TOP_UP_MIN || amountFen > TOP_UP_MAX)
    throw new Refused('top_up_amount', {
      least: yuan(TOP_UP_MIN).slice(1),
      most: yuan(TOP_UP_MAX).slice(1),
    });
  if ((await countOpenTopUps(tx, recycler)) >= TOP_UPS_OPEN_MAX)
    throw new Refused('top_up_limit', { most: TOP_UPS_OPEN_MAX });
  return await topUp(tx, { recycler, target, amountFen, by, at });
}

/** Free wallet money to the company's own account. Refuses `company_account_needed` and `insufficient_funds`. */
export async function withdraw(
  tx: Tx,
  ask: Who & { amountFen: Fen },
): Promise<{ payoutId: string; promisedOn: string }> {
  const { recyclerId, userId, amountFen: amount, at } = ask;
  const { state } = await locked(tx, recyclerId);
  // Money of a suspended one waits for the decision, and goes back when it is sent away.
  if (state === 'suspended') throw new Refused('recycler_money_stopped');
  if (!(await hasCompanyAccount(tx, recyclerId))) throw new Refused('company_account_needed');
  const ref = newId(at);
  const from = walletOf(recyclerId);
  await payDebts(tx, { recyclerId, from, at });
  const paid = await payOut(tx, { recyclerId, from, ref, kind: 'recycler.withdraw', amount, at });
  const data = { by: userId, ref, amountFen: String(amount), promisedOn: paid.promisedOn };
  await append(tx, { subject: recyclerId, type: 'recycler.withdrawn', data, at });
  return paid;
}

/** The account must be in the company's registered name; its owners hear of the change. */
export async function putCompanyAccount(
  deps: SettlementDeps,
  ask: Omit<Who, 'userId'> & { name: string; bankCode: BankCode; accountNumber: string },
): Promise<AccountFacts> {
  const { recyclerId, name, bankCode, accountNumber, at } = ask;
  return await putAccount(
    {
      ...deps,
      realNameOf: async () => ({ name: new Secret(name) }),
      sendSms: async (tx, { params }) =>
        await tellMembers(tx, { recyclerId, template: 'payout_account_changed', params, at }),
    },
    { userId: payeeOfRecycler(recyclerId), bankCode, accountNumber, accountName: name },
  );
}

/** Deposit → seller: one person proposes it. Refuses `default_known`, `insufficient_funds` is found at approval. */
export async function proposeDefault(
  tx: Tx,
  ask: Omit<Default, 'id' | 'state' | 'proposedAt' | 'decidedBy' | 'decidedAt'> & { at: Date },
): Promise<void> {
  const { recycler, payeeId, subject, amount, proposedBy, at } = ask;
  await locked(tx, recycler);
  if (!(await hasRealName(tx, payeeId))) throw new Refused('payee_unknown');
  const id = newId(at);
  await insertDefault(tx, { ...ask, id, proposedAt: at });
  const data = { id, payeeId, order: subject, amountFen: String(amount), by: proposedBy };
  await append(tx, { subject: recycler, type: 'recycler.default_proposed', data, at });
}

/** A second person pays it out of the deposit, or anybody drops it. Refuses `maker_cannot_approve`. */
export async function settleDefault(
  tx: Tx,
  ask: { id: string; recycler: string; act: 'approve' | 'drop'; actor: string; at: Date },
): Promise<void> {
  const { id, recycler, act, actor, at } = ask;
  await locked(tx, recycler);
  const row = await lockDefault(tx, { id, recycler });
  if (!row) throw new Refused('not_found');
  if (row.state !== 'proposed') throw new Refused('wrong_state', { state: row.state });
  if (act === 'approve') {
    if (row.proposedBy === actor) throw new Refused('maker_cannot_approve');
    const { payeeId: userId, amount } = row;
    const legs = [{ from: depositOf(recycler), to: payableOf(userId), amount }];
    await post(tx, { kind: 'recycler.default', ref: id, subject: row.subject, at, legs });
    await createPayout(tx, { userId, subject: id, part: 'default', amountFen: amount, at });
  }
  await decideDefault(tx, { id, state: act === 'approve' ? 'paid' : 'dropped', by: actor, at });
  const data = { id, act, by: actor };
  await append(tx, { subject: recycler, type: 'recycler.default_decided', data, at });
}
