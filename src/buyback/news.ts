/** Whoever may not bid any more has no bids: what stood is stopped in the same commit, and programs hear of it. */
import { silenceBids } from '#auctions';
import type { RecyclerNews } from '#parties';
import { announce } from '#webhooks';

export const recyclerNews: RecyclerNews = async (tx, news) => {
  const { recycler: recyclerId, type, at } = news;
  if (type === 'account.restricted' || type === 'account.suspended')
    await silenceBids(tx, { recyclerId, at });
  await announce(tx, news);
};
