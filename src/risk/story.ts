/** A suspicion in words: the draft of its report, from reasons and figures alone. Pure. */
import { chinaMinute, fen, yuan } from '#platform';
import type { Case } from './case-store.ts';

const says: Readonly<Record<string, (facts: Case['facts']) => string>> = {
  new_account: ({ accountDays }) => `账户注册 ${accountDays} 天`,
  fresh_card: ({ cardHours }) => `电子卡售出后 ${Number(cardHours) + 1} 小时内转卖`,
  instant_cash_out: () => '电子卡售出后 1 小时内变现',
  crime_victims: ({ crimeCards, victims }) => `已确认涉案卡 ${crimeCards} 张，被害人 ${victims} 名`,
  crime_settled: ({ settledFen }) => `涉案结算金额累计 ${yuan(fen(BigInt(settledFen ?? 0)))}`,
  crime_profit: ({ profitFen }) => `涉案所得累计 ${yuan(fen(BigInt(profitFen ?? 0)))}`,
  many_issuers: ({ issuers }) => `24 小时内转卖 ${issuers} 家发卡方的卡`,
};

export function storyOf(
  found: Pick<Case, 'reasons' | 'facts' | 'subject' | 'amountFen' | 'openedAt'>,
) {
  const { reasons, facts, subject, amountFen, openedAt } = found;
  const seen = reasons.map((reason) => says[reason]?.(facts) ?? reason).join('；');
  const about = subject === undefined ? '' : `交易 ${subject}，`;
  return `${chinaMinute(openedAt)} 发现：${about}金额 ${yuan(amountFen)}；${seen}。`;
}
