/** Leaving: everything personal is emptied in one transaction; what the law keeps stays without a name. */
import { Refused, type Tx } from '#platform';
import { append } from '#record';
import type { Kept, PartiesDeps } from './deps.ts';
import { isLastOwner } from './recycler/store.ts';
import { clearPerson, grantedRoles, lockPerson } from './store.ts';

/** E-Commerce Law art. 31: trade information is kept for three years after the trade. */
const TRADES: Kept = {
  zh: '依《电子商务法》第三十一条，交易记录自交易完成之日起保存三年；其中不含您的姓名、手机号和证件号',
  en: 'By article 31 of the E-Commerce Law trade records are kept for three years after the trade; they hold no name, phone or id number of yours',
};
const RECORD: Kept = {
  zh: '防篡改记录只含无法指认您的编号和操作类型，不会删除',
  en: 'The tamper-evident record holds only ids and kinds of actions that no longer point to you, and stays',
};

/** Refuses staff_account and open_business. Ends every session; the number is free for a new account at once. */
export async function eraseAccount(
  tx: Tx,
  { erasers = {}, mayErase }: Pick<PartiesDeps, 'erasers' | 'mayErase'>,
  { userId, at }: { userId: string; at: Date },
): Promise<Kept[]> {
  if (!(await lockPerson(tx, userId))) throw new Refused('not_found');
  if ((await grantedRoles(tx, userId)).length > 0) throw new Refused('staff_account');
  if (await isLastOwner(tx, userId)) throw new Refused('open_business');
  if (mayErase && !(await mayErase(tx, userId))) throw new Refused('open_business');
  const kept: Kept[] = [TRADES, RECORD];
  for (const erase of Object.values(erasers)) kept.push(...(await erase(tx, userId, at)));
  await clearPerson(tx, userId, at);
  await append(tx, { subject: userId, type: 'person.erased', data: {}, at });
  return kept;
}
