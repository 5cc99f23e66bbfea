/** What each line of a quote is and why it exists, by its code, for people. */
import type { Entry } from './words.ts';

interface LineWords {
  name: Entry;
  why: Entry;
}
const line = (name: [string, string], why: [string, string]): LineWords => ({
  name: { zh: name[0], en: name[1] },
  why: { zh: why[0], en: why[1] },
});

const words: Readonly<Record<string, LineWords>> = {
  DENOMINATION_ADJ: line(
    ['面值调整', 'Denomination'],
    ['面值越大，转手越慢，超出部分的价格略低。', 'Large faces resell more slowly.'],
  ),
  EXPIRY_ADJ: line(
    ['有效期调整', 'Time to expiry'],
    ['离到期越近，下一位持卡人可用的时间越短。', 'The nearer the expiry, the less time to use it.'],
  ),
  SLOT_ADJ: line(
    ['时段调整', 'Time of the week'],
    [
      '不同时段的收卡需求不同，对所有人一样。',
      'Demand differs by the hour, the same for everyone.',
    ],
  ),
  HOLIDAY_ADJ: line(
    ['节假日调整', 'Holiday'],
    [
      '节前需求上升，按官方放假日历计算。',
      'Demand rises before holidays, by the official calendar.',
    ],
  ),
  BID_ADJ: line(
    ['回收商加价', 'Best bid'],
    [
      '有回收商出价高于平台自营价，差额全部归您。',
      'A recycler bids more than the platform; all of the difference is yours.',
    ],
  ),
  PLATFORM_FEE: line(
    ['平台服务费', 'Platform fee'],
    ['这是我们的收入，除此之外不赚差价。', 'This is what we earn; nothing is hidden in the price.'],
  ),
  VERIFICATION: line(
    ['验卡费', 'Verification'],
    ['向发卡方查询和锁定余额的费用。', 'What it costs to check and lock the card at the issuer.'],
  ),
  PAYOUT_RAIL: line(
    ['打款通道费', 'Bank transfer'],
    ['存管银行转账的费用。', 'What the custody bank charges for the transfer.'],
  ),
  INSURANCE: line(
    ['交易保障费', 'Insurance'],
    ['卡券在途风险由保险承担，不由您承担。', 'The risk on the way is insured, and not yours.'],
  ),
};

/** Undefined for a code this build does not know; its basis is shown all the same. */
export const lineWords = (code: string): LineWords | undefined => words[code];
