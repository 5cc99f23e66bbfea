/** What becomes of a recycler's account: opened, graduated, restricted, suspended, left, closed with its money returned. */
import assert from 'node:assert/strict';
import { balanceOf } from '#ledger';
import {
  type Db,
  type Fen,
  inTransaction,
  notify,
  plus,
  type Reader,
  Refused,
  type Tx,
} from '#platform';
import { type ClockHandler, move, type RoleOf, type TransitionOf } from '#process';
import { append } from '#record';
import { hasRealName } from '../real-name.ts';
import {
  type CheckItem,
  checklist,
  DEPOSIT,
  depositOf,
  EXTEND_MS,
  graduates,
  isComplete,
  isJoining,
  isRecyclerId,
  type Reason,
  refundAt,
  refundDay,
  type Tier,
} from './domain.ts';
import { recyclerAccount } from './life.ts';
import { lockRecycler, membersOf, type RecyclerRow, saveRecycler } from './store.ts';
import { hasLicencePhoto, lastLicenceCheck } from './store-licence.ts';
import { type RecyclerNews, tellMembers } from './tell.ts';

/** What this room is told by those who know the money. */
export interface RecyclerMoney {
  /** Has it an account in the company's name to be paid to? */
  hasPayoutAccount(reader: Reader, recyclerId: string): Promise<boolean>;
  /** Open bids, orders, or claims on it: the deposit may not go yet. */
  hasOpenBusiness(reader: Reader, recyclerId: string): Promise<boolean>;
  /** Deposit and wallet go back by payout, in this transaction. */
  refund(tx: Tx, left: { recyclerId: string; at: Date }): Promise<void>;
}

type Step = {
  transition: TransitionOf<typeof recyclerAccount>;
  by: RoleOf<typeof recyclerAccount> | 'clock';
  at: Date;
  actor?: string;
  due?: Date;
  record?: Readonly<Record<string, string>>;
  patch?: Parameters<typeof saveRecycler>[2];
  /** Asked of whoever stops business or lets it go on. */
  news?: RecyclerNews;
};

/** What programs are told of; the other steps their owner takes on a page. */
const NEWS = {
  restrict: 'account.restricted',
  expire: 'account.restricted',
  suspend: 'account.suspended',
  neglect: 'account.suspended',
  restore: 'account.restored',
} as const satisfies Partial<Record<Step['transition'], string>>;

/** The row must be locked by the caller. Owners hear when business stops. Refuses as `move` does. */
export async function step(tx: Tx, row: RecyclerRow, { patch, news, ...to }: Step): Promise<void> {
  const { id: recyclerId, legalName: shop } = row;
  const { state, dueAt } = await move(tx, recyclerAccount, { id: recyclerId, ...to });
  await saveRecycler(tx, recyclerId, { ...patch, state });
  if (to.transition in NEWS) {
    assert(news, `${to.transition} is told to programs`);
    const { reason = '' } = { reason: row.reason, ...patch };
    const data = { state, ...(reason && { reason }), ...(dueAt && { dueAt: dueAt.toISOString() }) };
    const type = NEWS[to.transition as keyof typeof NEWS];
    await news(tx, { recycler: recyclerId, type, data, at: to.at });
  }
  if (state !== 'restricted' && state !== 'suspended') return;
  const params = { shop, state: recyclerAccount.states[state]?.zh ?? state };
  await tellMembers(tx, { recyclerId, template: 'shop_stopped', params, at: to.at });
}

async function locked(tx: Tx, id: string): Promise<RecyclerRow> {
  const row = await lockRecycler(tx, id);
  if (!row) throw new Refused('not_found');
  return row;
}

/** Everything that is asked of it before it may open, each with what is missing and why. */
export async function checklistOf(
  reader: Reader,
  money: Pick<RecyclerMoney, 'hasPayoutAccount'>,
  row: RecyclerRow,
): Promise<CheckItem[]> {
  const { id, tier, verifiedAt } = row;
  const check = await lastLicenceCheck(reader, id);
  const owners = (await membersOf(reader, id)).filter(({ role }) => role === 'owner');
  let hasName = false;
  for (const { userId } of owners) hasName ||= await hasRealName(reader, userId);
  return checklist({
    hasRealName: hasName,
    verified: verifiedAt !== undefined,
    check: check && { state: check.state, ...(check.doubt && { doubt: check.doubt }) },
    hasPhoto: await hasLicencePhoto(reader, id),
    hasPayoutAccount: await money.hasPayoutAccount(reader, id),
    tier,
    depositFen: (await balanceOf(reader, depositOf(id))).balance,
  });
}

/** Opens for business. Refuses `checklist_open` while something is missing. */
export async function beginBusiness(
  tx: Tx,
  money: Pick<RecyclerMoney, 'hasPayoutAccount'>,
  { recyclerId, userId, at }: { recyclerId: string; userId: string; at: Date },
): Promise<void> {
  const row = await locked(tx, recyclerId);
  const items = await checklistOf(tx, money, row);
  if (isJoining(row.state) && !isComplete(items)) throw new Refused('checklist_open');
  const { verifiedUntil: due } = row;
  await step(tx, row, {
    ...{ transition: 'begin', by: 'owner', actor: userId, at },
    ...(due && { due }),
    patch: { opened_at: at },
  });
}

/** Another tier: upwards as soon as its deposit is there, downwards only before the first day of business. */
export async function changeTier(
  tx: Tx,
  { recyclerId, tier, userId, at }: { recyclerId: string; tier: Tier; userId: string; at: Date },
): Promise<void> {
  const row = await locked(tx, recyclerId);
  if (row.tier === tier) return;
  const open = row.state === 'probation' || row.state === 'active';
  if (!isJoining(row.state) && !(open && tier === 'standard'))
    throw new Refused('wrong_state', { state: row.state });
  const { balance: deposit } = await balanceOf(tx, depositOf(recyclerId));
  if (open && deposit < DEPOSIT[tier]) throw new Refused('deposit_needed');
  await saveRecycler(tx, recyclerId, { tier });
  await noteTier(tx, { row, tier, userId, at });
  await depositChanged(tx, { recyclerId, at });
}

async function noteTier(
  tx: Tx,
  { row, tier, userId, at }: { row: RecyclerRow; tier: Tier; userId: string; at: Date },
): Promise<void> {
  const data = { from: row.tier, to: tier, by: userId };
  await append(tx, { subject: row.id, type: 'recycler.tier', data, at });
  notify(tx, `recycler_account:${row.id}`);
}

/** Money came into DEPOSIT: enough of it takes the account a step further. */
export async function depositChanged(
  tx: Tx,
  { recyclerId, at }: { recyclerId: string; at: Date },
): Promise<void> {
  const row = isRecyclerId(recyclerId) ? await lockRecycler(tx, recyclerId) : undefined;
  if (!row) return;
  notify(tx, `recycler_account:${recyclerId}`);
  const { balance: deposit } = await balanceOf(tx, depositOf(recyclerId));
  const needed = DEPOSIT[row.tier];
  if (row.state !== 'kyb_verified' || needed === 0n || deposit < needed) return;
  await step(tx, row, { transition: 'fund', by: 'system', at });
}

/**
 * One more order of this recycler was settled: its cap and its standing grow with it. Locks the recycler, so call it
 * before money moves: whoever withdraws locks in that order.
 */
export async function noteSettled(
  tx: Tx,
  { recyclerId, amountFen, at }: { recyclerId: string; amountFen: Fen; at: Date },
): Promise<void> {
  assert(amountFen > 0n, 'an order is more than zero');
  const row = isRecyclerId(recyclerId) ? await lockRecycler(tx, recyclerId) : undefined;
  if (!row) return;
  await saveRecycler(tx, recyclerId, {
    settled_fen: row.settledFen + amountFen,
    settled_count: row.settledCount + 1,
  });
  await graduateIfDue(tx, { recyclerId, at });
}

export async function graduateIfDue(
  tx: Tx,
  { recyclerId, at }: { recyclerId: string; at: Date },
): Promise<void> {
  const row = await lockRecycler(tx, recyclerId);
  if (row?.state !== 'probation' || !graduates(row) || !row.verifiedUntil) return;
  await step(tx, row, { transition: 'graduate', by: 'system', at, due: row.verifiedUntil });
}

/** By an operator, with a reason. Refuses as `move` does. */
export async function judge(
  tx: Tx,
  input: {
    recyclerId: string;
    act: 'restrict' | 'suspend' | 'restore' | 'expel';
    reason: Reason;
    actor: string;
    at: Date;
    news: RecyclerNews;
  },
): Promise<void> {
  const { recyclerId, act, reason, actor, at, news } = input;
  const row = await locked(tx, recyclerId);
  const to = { by: 'operator', actor, at, record: { reason }, news } as const;
  if (act === 'expel') return await exit(tx, row, { ...to, transition: act, patch: { reason } });
  if (act !== 'restore') return await step(tx, row, { ...to, transition: act, patch: { reason } });
  const { verifiedUntil: due } = row;
  if (!due || due <= at) throw new Refused('licence_check_needed');
  await step(tx, row, { ...to, transition: act, due, patch: { reason: null, judged_from: at } });
  await graduateIfDue(tx, { recyclerId, at });
}

/** Stops business for good and states the day on which the deposit goes back. */
export async function leaveBusiness(
  tx: Tx,
  money: Pick<RecyclerMoney, 'hasOpenBusiness'>,
  { recyclerId, userId, at }: { recyclerId: string; userId: string; at: Date },
): Promise<void> {
  const row = await locked(tx, recyclerId);
  const by = { by: 'owner', actor: userId, at } as const;
  if (row.state === 'applied') return await step(tx, row, { ...by, transition: 'withdraw' });
  if (await money.hasOpenBusiness(tx, recyclerId)) throw new Refused('open_business');
  await exit(tx, row, { ...by, transition: 'leave' });
}

async function exit(tx: Tx, row: RecyclerRow, to: Omit<Step, 'due'>): Promise<void> {
  const due = refundAt({ openedAt: row.openedAt, at: to.at });
  const refundOn = refundDay(due);
  await step(tx, row, {
    ...{ ...to, due, record: { ...to.record, refundOn } },
    patch: { ...to.patch, refund_on: refundOn },
  });
  const params = { shop: row.legalName, day: refundOn };
  await tellMembers(tx, { recyclerId: row.id, template: 'shop_refund', params, at: to.at });
}

/** The clock's part. */
export const recyclerClock = (
  money: RecyclerMoney,
  news: RecyclerNews,
): { recycler_account: ClockHandler } => ({
  recycler_account: async (db: Db, { id, transition, at }) => {
    await inTransaction(db, async (tx) => {
      const row = await locked(tx, id);
      const by = { by: 'clock', at } as const;
      switch (transition) {
        case 'lapse':
          return await step(tx, row, { ...by, transition });
        case 'forget':
        case 'expel':
          return await exit(tx, row, { ...by, transition });
        case 'expire':
          return await step(tx, row, {
            ...by,
            transition,
            patch: { reason: 'licence_expired' },
            news,
          });
        case 'neglect':
          return await step(tx, row, { ...by, transition, patch: { reason: 'neglected' }, news });
        default:
          assert.equal(transition, 'close');
          return await close(tx, money, { row, at });
      }
    });
  },
});

async function close(
  tx: Tx,
  money: RecyclerMoney,
  { row, at }: { row: RecyclerRow; at: Date },
): Promise<void> {
  const { id: recyclerId } = row;
  if (await money.hasOpenBusiness(tx, recyclerId)) {
    const due = plus(at, EXTEND_MS);
    const patch = { refund_on: refundDay(due) };
    return await step(tx, row, { transition: 'extend', by: 'system', at, due, patch });
  }
  await step(tx, row, { transition: 'close', by: 'clock', at });
  await money.refund(tx, { recyclerId, at });
}
