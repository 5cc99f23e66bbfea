/** What is true about phones, names, identity numbers, codes and sessions. Pure: all that is known comes in. */
import { addDays, DAY, HOUR, MINUTE, plus, type RefusalCode, SECOND, STEP_UP_MS } from '#platform';
import type { Purpose } from './schema.ts';

export const CODE_MS = 5 * MINUTE;
export const CODE_TRIES_MAX = 3;
export const CEREMONY_MS = 5 * MINUTE;
/** A page that was already loading when the token changed may finish with the old one. */
export const ROTATION_GRACE_MS = 30 * SECOND;
export const SESSION_MS = 30 * DAY;
export const STAFF_SESSION_MS = 12 * HOUR;
/** Writing down each visit would double the cost of every request. */
export const SEEN_EVERY_MS = 10 * MINUTE;
export const REAL_NAME_OPEN_MS = DAY;
const ADULT_YEARS = 18;

/** Each gate counts per key in windows that open with the first pass. Wide enough for a shared mobile address. */
export const GATES = {
  'code.address': { limit: 60, windowMs: 10 * MINUTE },
  'code.phone': { limit: 5, windowMs: 10 * MINUTE },
  'code.phone.day': { limit: 20, windowMs: DAY },
  'code.all': { limit: 300, windowMs: MINUTE },
  'try.address': { limit: 100, windowMs: 10 * MINUTE },
  'try.phone': { limit: 15, windowMs: 10 * MINUTE },
  'totp.person': { limit: 5, windowMs: 5 * MINUTE },
  'invite.person': { limit: 30, windowMs: DAY },
  'passkey.address': { limit: 100, windowMs: 10 * MINUTE },
  'wallet.address': { limit: 100, windowMs: 10 * MINUTE },
  'real_name.person': { limit: 5, windowMs: DAY },
} as const;
export type Gate = keyof typeof GATES;
/** In demo mode every visitor, journey and bench comes from one machine. */
export const DEMO_GATE_FACTOR = 100;

export const normalised = (text: string): string => text.normalize('NFKC').trim();

/** The 11 digits, from whatever people paste; undefined when it is no mainland mobile number. */
export function parsePhone(text: string): string | undefined {
  const digits = normalised(text)
    .replace(/[\s‐-―-]/g, '')
    .replace(/^(\+|00)?86(?=1\d{10}$)/, '');
  return /^1[3-9]\d{9}$/.test(digits) ? digits : undefined;
}

export const maskPhone = (phone: string): string => `${phone.slice(0, 3)}****${phone.slice(-4)}`;

/** Han names keep the surname, others the first letter; the length is not told. */
export const maskName = (name: string): string => `${[...name][0] ?? ''}**`;

/** 2–50 letters, with the middle dot of minority names written one way. */
export function parseName(text: string): string | undefined {
  const name = normalised(text)
    .replace(/[・•‧∙⋅]/g, '·')
    .replace(/\s+/g, ' ');
  const length = [...name].length;
  const shaped =
    /^[\p{Script=Han}〇]+(·[\p{Script=Han}〇]+)*$|^\p{Script=Latin}[\p{Script=Latin}' .-]*$/u.test(
      name,
    );
  return shaped && length >= 2 && length <= 50 ? name : undefined;
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** GB 11643 / ISO 7064 MOD 11-2 over the first 17 digits. */
export function checkCharacter(first17: string): string {
  const total = WEIGHTS.reduce((sum, weight, index) => sum + weight * Number(first17[index]), 0);
  return '10X98765432'[total % 11] ?? '';
}

/** A resident identity number and the day of birth in it; the whole is checked against `today` in China. */
export function parseIdNumber(
  text: string,
  today: string,
): { idNumber: string; bornOn: string } | RefusalCode {
  const idNumber = normalised(text).replace(/\s/g, '').toUpperCase();
  if (!/^[1-9]\d{16}[\dX]$/.test(idNumber)) return 'id_number_invalid';
  const [year, month, day] = [
    idNumber.slice(6, 10),
    idNumber.slice(10, 12),
    idNumber.slice(12, 14),
  ];
  const bornOn = `${year}-${month}-${day}`;
  const isDay = !Number.isNaN(Date.parse(`${bornOn}T00:00:00Z`)) && addDays(bornOn, 0) === bornOn;
  if (!isDay || year < '1880' || bornOn > today) return 'id_number_invalid';
  if (checkCharacter(idNumber.slice(0, 17)) !== idNumber[17]) return 'id_number_invalid';
  // Compared as text: who was born on 29 February comes of age on 1 March of a common year.
  const adultOn = `${Number(year) + ADULT_YEARS}-${month}-${day}`;
  return today < adultOn ? 'not_adult' : { idNumber, bornOn };
}

export interface LiveCode {
  readonly wrongTries: number;
  readonly expiresAt: Date;
}

/** What one try at a code does to it: it is spent, or counts one wrong try, and dies at the third. */
export function tryCode(
  code: LiveCode | undefined,
  matches: boolean,
  at: Date,
): 'accept' | 'count' | 'gone' {
  if (!code || at >= code.expiresAt || code.wrongTries >= CODE_TRIES_MAX) return 'gone';
  return matches ? 'accept' : 'count';
}

export interface Factors {
  readonly totp: boolean;
  readonly passkeys: number;
}
export type StepUpMethod = 'otp' | 'totp' | 'passkey';

/** Staff who have a second factor must use it: a stolen SIM alone may open no door of the house. */
export function stepUpMethods(person: {
  isStaff: boolean;
  factors: Factors;
  demo: boolean;
}): StepUpMethod[] {
  const { isStaff, factors, demo } = person;
  const strong: StepUpMethod[] = [
    ...(factors.totp ? (['totp'] as const) : []),
    ...(factors.passkeys > 0 ? (['passkey'] as const) : []),
  ];
  return isStaff && !demo && strong.length > 0 ? strong : ['otp', ...strong];
}

export const sessionEndsAt = (openedAt: Date, isStaff: boolean): Date =>
  plus(openedAt, isStaff ? STAFF_SESSION_MS : SESSION_MS);

/** Granted roles work only in a session that proved a second factor; the demo has none to prove. */
export const rolesInForce = <R>(
  granted: readonly R[],
  session: { secondFactorAt: Date | null; demo: boolean },
): readonly R[] => (session.demo || session.secondFactorAt ? granted : []);

export const steppedUpUntil = (at: Date): Date => plus(at, STEP_UP_MS);

/** IPv6 users own a whole /64 and could rotate in it; an IPv4 address is itself. */
export function networkOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  if (v4 !== undefined || !address.includes(':')) return v4 ?? address;
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = tail === undefined ? left : [...left, ...zeros, ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

interface Template {
  readonly text: string;
  /** Sent only while the person agrees to this. */
  readonly consent?: Purpose;
}
/** `{hole}` is filled from params. Codes come sealed and only ever fill `{code}`. */
export const SMS_TEMPLATES = {
  sign_in_code: { text: '验证码 {code}，用于登录，5 分钟内有效。请勿告诉任何人。' },
  step_up_code: { text: '验证码 {code}，用于确认敏感操作，5 分钟内有效。非本人操作请勿提供。' },
  counter_code: {
    text: '{shop} 收您的 {product}，到手 {amount} 元。同意请把验证码 {code} 告诉店员，5 分钟内有效。',
  },
  counter_waiting: {
    text: '{shop} 收下的 {product} 可得 {amount} 元，请在 {deadline} 前打开凭条链接确认。',
  },
  real_name_verified: { text: '您的实名认证已通过。' },
  real_name_rejected: { text: '您的实名认证未通过，请打开应用查看原因。' },
  order_requoted: {
    text: '订单 {order} 的核验结果与申报不同，已给出新报价，请在 {deadline} 前确认。',
  },
  order_rejected: { text: '订单 {order} 未能通过核验，卡券仍归您所有，请打开应用查看原因。' },
  order_disputed: { text: '订单 {order} 有售后争议，相关款项已暂时冻结，请打开应用查看。' },
  listing_suspended: {
    text: '您在售的 {product} 抽检未通过，已暂时下架，请打开应用查看原因。',
  },
  listing_stopped: { text: '您在售的 {product} 需要核对，已暂时下架，请打开应用查看。' },
  market_sold: {
    text: '您在售的 {product} 已售出，货款由平台保管，成交后到手 {amount} 元。',
  },
  market_hand_over: {
    text: '您在售的 {product} 已售出，请在 {deadline} 前交卡；逾期订单取消，并影响信用分。',
  },
  market_ready: {
    text: '您买的 {product} 可以查看了，请在 {deadline} 前查看；逾期未查看，全额退款。',
  },
  market_shipped: {
    text: '您买的 {product} 已寄出，请收到后验卡；{deadline} 将自动确认收货。',
  },
  market_confirm_soon: {
    text: '您买的 {product} 将于 {deadline} 自动确认收货；卡有问题请在此之前提出。',
  },
  market_settled: { text: '您卖的 {product} 已成交，{amount} 元将打到您的收款账户。' },
  market_refund: { text: '您买的 {product} 退款 {amount} 元已发起，请留意到账。' },
  market_undone: { text: '您卖的 {product} 没有成交，货款已退给买家，请打开应用查看原因。' },
  offer_made: { text: '有买家为您的 {product} 出价 {amount} 元，请在 {deadline} 前答复。' },
  offer_countered: { text: '您想买的 {product}，卖家还价 {amount} 元，请在 {deadline} 前答复。' },
  offer_agreed: { text: '卖家接受了您对 {product} 的出价 {amount} 元，请在 {deadline} 前下单。' },
  offer_taken: { text: '买家接受了您对 {product} 的还价 {amount} 元，正等买家下单。' },
  claim_opened: {
    text: '订单 {order} 对方提出了问题，请在 {deadline} 前答复；逾期不答复，按对方的诉求处理。',
  },
  claim_decided: {
    text: '订单 {order} 的核查已有结果，请打开应用查看；不服可在 {deadline} 前申诉一次。',
  },
  auction_won: {
    text: '{shop} 拍得 {product}，{amount} 元已从钱包付清，请登录后台查看卡密。',
  },
  auction_pay: {
    text: '{shop} 拍得 {product}，请在 {deadline} 前付 {amount} 元；逾期作罢，保证金归卖家。',
  },
  auction_outbid: {
    text: '{shop} 对 {product} 的出价已被超过，现价 {amount} 元，{deadline} 截止。',
  },
  bid_used_up: {
    text: '{shop} 对 {product} 的挂单今日已满，共 {amount} 元，次日自动恢复。',
  },
  auction_sold: { text: '您拍卖的 {product} 已成交，{amount} 元将打到您的收款账户。' },
  auction_offer: {
    text: '您拍卖的 {product} 没有成交。平台自营愿收，到手 {amount} 元，请在 {deadline} 前答复；不答复则退卡。',
  },
  auction_unsold: { text: '您拍卖的 {product} 没有成交，卡券已退回，仍归您所有。' },
  payout_account_changed: {
    text: '您的收款账户已改为尾号 {last4}。非本人操作请立即联系客服。',
  },
  payout_sent: { text: '订单 {order} 的款项 {amount} 元已到账。' },
  payout_late: { text: '订单 {order} 的款项延迟到账，我们将按规则补偿 {amount} 元。' },
  payout_returned: { text: '订单 {order} 的款项被银行退回，请检查收款账户。' },
  price_reminder: { text: '{product} 现在的回收价为 {amount} 元。', consent: 'price_reminder' },
  want_on_sale: { text: '您求购的 {product} 有新上架，价格 {amount} 元，未超过您的最高价。' },
  want_answered: {
    text: '您求购的 {product} 有卖家以 {amount} 元应约，请在 24 小时内下单。',
  },
  market_alert: {
    text: '{product} 有新上架，价格 {amount} 元，符合您保存的搜索。',
    consent: 'price_reminder',
  },
  wallet_low: { text: '{shop} 的可用余额为 {amount} 元，已低于您设置的提醒额，请及时充值。' },
  shop_invite: { text: '{shop} 邀请您加入，请用本手机号登录商户后台查看。非您所知请忽略。' },
  shop_stopped: { text: '{shop} {state}，请登录后台查看原因和办法。' },
  webhook_stopped: { text: '{shop} 的一个消息推送地址无法送达，已停用，请登录后台处理。' },
  shop_refund: { text: '{shop} 已退出，保证金和余额将于 {day} 退还至企业账户。' },
  marketing: { text: '{words} 拒收请回复 R。', consent: 'marketing_sms' },
} as const satisfies Record<string, Template>;
export type SmsTemplate = keyof typeof SMS_TEMPLATES;

export function smsText(template: SmsTemplate, params: Readonly<Record<string, string>>): string {
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (hole, name: string) => params[name] ?? hole);
  return `【回券】${fill(SMS_TEMPLATES[template].text)}`;
}

export const consentFor = (template: SmsTemplate): Purpose | undefined =>
  (SMS_TEMPLATES[template] as Template).consent;
