/** What people read of a recycler's account: why something is missing, and why business was stopped. */
import type { CheckCode, Doubt, Reason } from './domain.ts';

interface Said {
  readonly zh: string;
  readonly en: string;
}

export const WHY: Readonly<
  Record<Doubt | `${CheckCode}_missing` | 'register_asked' | 'register_silent' | 'unknown', Said>
> = {
  real_name_missing: {
    zh: '经办人尚未完成实名认证',
    en: 'The owner has no verified real name yet',
  },
  licence_missing: { zh: '尚未填写营业执照', en: 'The licence is not filled in yet' },
  licence_photo_missing: { zh: '请上传营业执照照片', en: 'Add a photo of the licence' },
  payout_account_missing: {
    zh: '请填写以企业名称开立的收款账户',
    en: 'Name a bank account in the company’s name',
  },
  deposit_missing: { zh: '保证金未交足', en: 'The deposit is not complete' },
  register_asked: {
    zh: '正在向登记机关核验，通常一分钟内完成',
    en: 'The register is being asked; mostly it takes less than a minute',
  },
  register_silent: {
    zh: '登记机关没有答复，请稍后重新提交',
    en: 'The register did not answer; please submit again later',
  },
  not_registered: {
    zh: '登记机关查无此统一社会信用代码',
    en: 'The register does not know this credit code',
  },
  name_differs: {
    zh: '企业名称与登记不一致，请按执照逐字填写',
    en: 'The name is not the registered one; write it as the licence does',
  },
  person_differs: {
    zh: '法定代表人（经营者）与登记不一致',
    en: 'The legal person is not the registered one',
  },
  revoked: { zh: '该执照已被吊销或注销', en: 'The licence was revoked or cancelled' },
  expired: { zh: '执照已过经营期限', en: 'The term of the licence is over' },
  unknown: { zh: '核验未通过', en: 'Not confirmed' },
};

export const REASON: Readonly<Record<Reason, Said>> = {
  licence_expired: {
    zh: '执照核验已过期，请重新提交执照',
    en: 'The licence was not confirmed in time; please submit it again',
  },
  licence_doubtful: {
    zh: '执照信息与登记不一致，请更正后重新提交',
    en: 'The licence is not as registered; correct it and submit it again',
  },
  complaints: { zh: '投诉过多，平台正在核查', en: 'Too many complaints; we are looking into it' },
  default: { zh: '有订单未按时付款', en: 'An order was not funded in time' },
  false_reports: { zh: '验卡结果报告不实', en: 'Results were reported that are not true' },
  risk: { zh: '存在风险，平台正在核查', en: 'There is a risk; we are looking into it' },
  authority: { zh: '依有关部门要求', en: 'An authority asked for it' },
  neglected: {
    zh: '受限后一个月未整改',
    en: 'A month passed after the restriction and nothing was set right',
  },
};
