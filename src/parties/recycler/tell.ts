/** Texts to the members of a shop who can act on them, and the alert when its free money is low. */
import { balanceOf } from '#ledger';
import { type Db, type Fen, inTransaction, notify, Refused, type Tx, yuan } from '#platform';
import { sendSms } from '../sms.ts';
import { outranks, type TeamRole, walletOf } from './domain.ts';
import { lockRecycler, membersOf, saveRecycler, watchedWallets } from './store.ts';

/** Whoever wants to hear, in the same transaction, what happens to an account. Ids, codes and amounts only. */
export type RecyclerNews = (
  tx: Tx,
  news: {
    recycler: string;
    type:
      | 'account.restricted'
      | 'account.suspended'
      | 'account.restored'
      | 'wallet.low'
      | 'key.revoked';
    data: Readonly<Record<string, string>>;
    at: Date;
  },
) => Promise<unknown>;

type ShopText =
  | 'payout_account_changed'
  | 'wallet_low'
  | 'shop_stopped'
  | 'shop_refund'
  | 'webhook_stopped'
  | 'auction_won'
  | 'auction_pay'
  | 'auction_outbid'
  | 'bid_used_up';

/** Who trades hears of trades; what concerns the company itself is its owners'. */
const HEARD_FROM: Readonly<Record<ShopText, TeamRole>> = {
  ...{ payout_account_changed: 'owner', shop_stopped: 'owner', shop_refund: 'owner' },
  ...{ webhook_stopped: 'owner', wallet_low: 'buyer', auction_won: 'buyer' },
  ...{ auction_pay: 'buyer', auction_outbid: 'buyer', bid_used_up: 'buyer' },
};

/** In the transaction that causes it. Params are names of companies, amounts and dates, nothing personal. */
export async function tellMembers(
  tx: Tx,
  news: {
    recyclerId: string;
    template: ShopText;
    params: Readonly<Record<string, string>>;
    at: Date;
  },
): Promise<void> {
  const { recyclerId, ...text } = news;
  for (const { userId, role } of await membersOf(tx, recyclerId))
    if (outranks(role, HEARD_FROM[news.template])) await sendSms(tx, { userId, ...text });
}

/** Undefined ends the alert. */
export async function setAlert(
  tx: Tx,
  { recyclerId, belowFen }: { recyclerId: string; belowFen: Fen | undefined },
): Promise<void> {
  if (!(await lockRecycler(tx, recyclerId))) throw new Refused('not_found');
  await saveRecycler(tx, recyclerId, { alert_below_fen: belowFen ?? null, alerted_at: null });
  notify(tx, `recycler_account:${recyclerId}`);
}

/** To be called now and then: one text when free money fell below the mark, and again only after it was filled. */
export async function alertLowWallets(
  db: Db,
  { at, news }: { at: Date; news: RecyclerNews },
): Promise<number> {
  let told = 0;
  for (const id of await watchedWallets(db))
    told += await inTransaction(db, async (tx) => {
      const row = await lockRecycler(tx, id);
      if (row?.alertBelowFen === undefined) return 0;
      const { balance, held } = await balanceOf(tx, walletOf(id));
      const free = balance - held;
      const isLow = free < row.alertBelowFen;
      if (isLow === (row.alertedAt !== undefined)) return 0;
      await saveRecycler(tx, id, { alerted_at: isLow ? at : null });
      if (!isLow) return 0;
      const params = { shop: row.legalName, amount: yuan(free as Fen).slice(1) };
      await tellMembers(tx, { recyclerId: id, template: 'wallet_low', params, at });
      const data = { freeFen: String(free), belowFen: String(row.alertBelowFen) };
      await news(tx, { recycler: id, type: 'wallet.low', data, at });
      return 1;
    });
  return told;
}
