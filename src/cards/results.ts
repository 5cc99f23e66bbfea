/** The one table of what a verification may end in: what follows, who bears it, and what a person is told. */
import type { Said } from './words.ts';

export const CODES = [
  'OK',
  'FACE_MISMATCH_BOUND',
  'FACE_MISMATCH_UNBOUND',
  'BAD_CREDENTIALS',
  'NOT_ACTIVATED',
  'USED_OR_VOID',
  'EXPIRED',
  'RESTRICTED',
  'FROZEN_BY_ISSUER',
  'DUPLICATE',
  'IMAGE_UNREADABLE',
  'RECEIPT_REQUIRED',
  'ISSUER_EXTRA_CHECK',
  'NO_OFFER',
  'ISSUER_UNAVAILABLE',
  'OTHER',
] as const;
export type Code = (typeof CODES)[number];

/** pass: go on and pay · requote: a new price to accept or decline · reject: the card goes back · wait: ask again · manual: a person decides. */
export type ResultOutcome = 'pass' | 'requote' | 'reject' | 'wait' | 'manual';

export interface Result {
  readonly outcome: ResultOutcome;
  /** Who bears what this result costs. */
  readonly bearer: 'nobody' | 'seller' | 'platform' | 'issuer';
  readonly text: Said;
  readonly remedy: Said;
}

const result = (
  outcome: ResultOutcome,
  bearer: Result['bearer'],
  text: readonly [string, string],
  remedy: readonly [string, string],
): Result => ({
  outcome,
  bearer,
  text: { zh: text[0], en: text[1] },
  remedy: { zh: remedy[0], en: remedy[1] },
});

export const RESULTS: Readonly<Record<Code, Result>> = {
  OK: result(
    'pass',
    'nobody',
    ['卡片有效，余额与申报一致', 'The card is good and holds what you said'],
    ['无需操作，款项将按约定到账', 'Nothing to do; the money arrives as promised'],
  ),
  FACE_MISMATCH_BOUND: result(
    'requote',
    'platform',
    ['换卡后发现余额与申报不符', 'After the re-issue the balance differs from what you said'],
    [
      '我们按实际余额重新报价；不接受则由平台负责退回等值新卡',
      'We quote the real balance anew; if you decline, we return a card of that value',
    ],
  ),
  FACE_MISMATCH_UNBOUND: result(
    'requote',
    'nobody',
    ['余额或有效期与申报不符', 'The balance or the expiry differs from what you said'],
    [
      '请查看新报价，可以接受，也可以拒绝后原卡退回',
      'See the new quote: accept it, or decline and keep your card',
    ],
  ),
  BAD_CREDENTIALS: result(
    'reject',
    'nobody',
    ['卡号或卡密不正确', 'The card number or the PIN is not right'],
    [
      '请核对后重新提交；连续输错会暂停该品牌',
      'Check both and try again; repeated errors pause this brand',
    ],
  ),
  NOT_ACTIVATED: result(
    'reject',
    'nobody',
    ['卡片尚未激活', 'The card is not activated'],
    ['请先向售卡门店或发卡方激活', 'Ask the shop or the issuer to activate it first'],
  ),
  USED_OR_VOID: result(
    'reject',
    'nobody',
    ['卡片已使用或已作废', 'The card is used up or void'],
    ['如有疑问请凭购卡凭证联系发卡方', 'If you disagree, contact the issuer with your receipt'],
  ),
  EXPIRED: result(
    'reject',
    'nobody',
    ['卡片已过期', 'The card has expired'],
    [
      '仍有余额的，发卡方应依法为您激活或换卡，完成后可再出售',
      'If money is left, the issuer must reactivate or replace it by law; then sell it',
    ],
  ),
  RESTRICTED: result(
    'reject',
    'nobody',
    ['卡片已绑定他人或限制转让', 'The card is bound to a person or may not be passed on'],
    ['请先在发卡方解绑，或留作自用', 'Unbind it at the issuer first, or keep it for yourself'],
  ),
  FROZEN_BY_ISSUER: result(
    'reject',
    'nobody',
    ['卡片已被发卡方冻结', 'The issuer has frozen the card'],
    [
      '请联系发卡方了解原因；解冻后可再提交',
      'Ask the issuer why; submit it again once it is released',
    ],
  ),
  DUPLICATE: result(
    'reject',
    'nobody',
    ['卡片正在别处交易', 'The card is promised elsewhere'],
    ['请先撤回其他平台的出售', 'Withdraw it from the other sale first'],
  ),
  IMAGE_UNREADABLE: result(
    'manual',
    'nobody',
    ['照片无法辨认', 'The photo cannot be read'],
    ['请在光线充足处重拍，或直接输入卡号', 'Take it again in good light, or type the number'],
  ),
  RECEIPT_REQUIRED: result(
    'manual',
    'nobody',
    ['发卡方要求购卡凭证', 'The issuer asks for the receipt'],
    [
      '请准备购卡小票或电子发票，客服会与您联系',
      'Have the receipt or e-invoice ready; we will contact you',
    ],
  ),
  ISSUER_EXTRA_CHECK: result(
    'manual',
    'platform',
    ['发卡方需要进一步核验', 'The issuer wants a further check'],
    [
      '我们会在承诺时间内人工核验，无需操作',
      'A person checks it within the promised time; nothing to do',
    ],
  ),
  NO_OFFER: result(
    'reject',
    'platform',
    ['当前没有可接受的报价', 'There is no offer we can make now'],
    ['卡片已退回，可设置价格提醒', 'The card is yours again; you may set a price reminder'],
  ),
  ISSUER_UNAVAILABLE: result(
    'wait',
    'platform',
    ['发卡方系统暂时不可用', 'The issuer’s system is not reachable'],
    [
      '我们会自动重试；超时转人工核验，报价不变',
      'We keep trying; after that a person checks it; your quote stands',
    ],
  ),
  OTHER: result(
    'manual',
    'platform',
    ['核验结果需要人工确认', 'A person has to look at the result'],
    ['我们会在承诺时间内处理并告知原因', 'We will decide within the promised time and say why'],
  ),
};
