/** A recycler's money as its people see it. */
import type { Static } from 'typebox';
import { balanceOf, openHoldsOf } from '#ledger';
import type { Reader } from '#platform';
import { type AccountFacts, accountOf } from '../account.ts';
import { shownState } from '../create.ts';
import type { SettlementDeps } from '../step.ts';
import { payeeOfRecycler } from './domain.ts';
import { depositOf, walletOf } from './money.ts';
import type { DepositDefaults, WalletView } from './schema.ts';
import { type Default, defaultsOf, type Outgoing, payoutsOf, topUpsOf } from './store.ts';
import { type CoverRow, coversOf } from './store-cover.ts';

const SHOWN = 50;

type Whole = Static<typeof WalletView>;

export async function walletView(
  { db, keys }: Pick<SettlementDeps, 'db' | 'keys'>,
  recyclerId: string,
): Promise<Whole> {
  const [wallet, deposit, holds, topUps, payouts, account] = await Promise.all([
    balanceOf(db, walletOf(recyclerId)),
    balanceOf(db, depositOf(recyclerId)),
    openHoldsOf(db, walletOf(recyclerId), SHOWN),
    topUpsOf(db, recyclerId, SHOWN),
    payoutsOf(db, recyclerId, SHOWN),
    accountOf({ db, keys }, payeeOfRecycler(recyclerId)),
  ]);
  return {
    freeFen: String(wallet.balance - wallet.held),
    heldFen: String(wallet.held),
    depositFen: String(deposit.balance),
    ...(account && { account: companyAccountView(account) }),
    holds: holds.map(({ kind, subject, amount, at, expiresAt }) => ({
      ...{ kind, subject, amountFen: String(amount) },
      ...{ at: at.toISOString(), expiresAt: expiresAt.toISOString() },
    })),
    topUps: topUps.map(({ id, target, amount, state, createdAt, receivedAt }) => ({
      ...{ id, amountFen: String(amount), createdAt: createdAt.toISOString() },
      target: target as 'wallet' | 'deposit',
      state: state as Whole['topUps'][number]['state'],
      ...(receivedAt && { receivedAt: receivedAt.toISOString() }),
    })),
    payouts: payouts.map(payoutView),
  };
}

export const companyAccountView = ({ bankCode, numberMasked, nameMasked }: AccountFacts) => ({
  ...{ bankCode, numberMasked, nameMasked },
});

function payoutView(row: Outgoing): Whole['payouts'][number] {
  const { id: payoutId, subject, part, amount, state, promisedOn, paidAt, failure } = row;
  const refund = /\.(wallet|deposit)$/.exec(subject)?.[1];
  const what = part.endsWith('-late')
    ? 'late'
    : refund === undefined
      ? 'wallet'
      : refund === 'deposit'
        ? 'deposit_refund'
        : 'wallet_refund';
  return {
    ...{ payoutId, what, amountFen: String(amount), state: shownState(state), promisedOn },
    ...(paidAt && { paidAt: paidAt.toISOString() }),
    ...(failure !== undefined && { failure }),
  };
}

/** What staff see of a recycler that did not do what it owed: decided by people, and made good by rule. */
export async function defaultsView(
  reader: Reader,
  recycler: string,
): Promise<Static<typeof DepositDefaults>> {
  const items = defaultViews(await defaultsOf(reader, recycler));
  return { items, covers: (await coversOf(reader, recycler)).map(coverView) };
}

const coverView = (row: CoverRow): Static<typeof DepositDefaults>['covers'][number] => {
  const { id, payeeId, subject, reason, owedFen, walletFen, depositFen, reserveFen, at } = row;
  return {
    ...{ id, payeeId, subject, reason, owedFen: String(owedFen), walletFen: String(walletFen) },
    ...{ depositFen: String(depositFen), reserveFen: String(reserveFen), at: at.toISOString() },
    openFen: String(owedFen - walletFen - depositFen - reserveFen),
  };
};

const defaultViews = (rows: readonly Default[]): Static<typeof DepositDefaults>['items'] =>
  rows.map(({ id, payeeId, subject, amount, words, state, ...row }) => ({
    ...{ id, payeeId, subject, words, state, amountFen: String(amount) },
    ...{ proposedBy: row.proposedBy, proposedAt: row.proposedAt.toISOString() },
    ...(row.decidedBy !== undefined && { decidedBy: row.decidedBy }),
    ...(row.decidedAt && { decidedAt: row.decidedAt.toISOString() }),
  }));
