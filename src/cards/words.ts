/** What we say about cards, in Chinese and English: categories, grades, restrictions, verification results. */
export interface Said {
  readonly zh: string;
  readonly en: string;
}
type Language = keyof Said;

export const CATEGORIES = [
  'dining',
  'grocery',
  'cinema',
  'fresh',
  'fuel',
  'ecommerce',
  'cafe',
  'membership',
] as const;
export type Category = (typeof CATEGORIES)[number];

export const CATEGORY_WORDS: Readonly<Record<Category, Said>> = {
  dining: { zh: '餐饮', en: 'Dining' },
  grocery: { zh: '商超', en: 'Supermarkets' },
  cinema: { zh: '影视', en: 'Cinema' },
  fresh: { zh: '生鲜', en: 'Fresh food' },
  fuel: { zh: '加油', en: 'Fuel' },
  ecommerce: { zh: '电商', en: 'Online shops' },
  cafe: { zh: '咖啡茶饮', en: 'Coffee and tea' },
  membership: { zh: '会员', en: 'Memberships' },
};

/** How surely a card is what it claims; what each grade still leaves open is in the docs. */
export const GRADES = ['V0', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] as const;
export type Grade = (typeof GRADES)[number];
export const GRADE_WORDS: Readonly<Record<Grade, Said>> = {
  V0: { zh: '只核对了卡号规则', en: 'Only the form of the number was checked' },
  V1: { zh: '核对了卡图和本站登记', en: 'The photo and our own register were checked' },
  V2: { zh: '已向发卡方查询余额', en: 'The issuer confirmed the balance' },
  V3: { zh: '结算时再次查询余额', en: 'The balance was confirmed again at settlement' },
  V4: { zh: '发卡方已锁定卡内余额', en: 'The issuer holds the balance for this sale' },
  V5: { zh: '已换新卡号，旧卡作废', en: 'Re-issued: a new number, the old one is dead' },
  V6: { zh: '发卡方签名换卡，可离线验证', en: 'Re-issued under the issuer’s own signature' },
};

export const REGIONS = {
  beijing: { zh: '北京', en: 'Beijing' },
  shanghai: { zh: '上海', en: 'Shanghai' },
  guangdong: { zh: '广东', en: 'Guangdong' },
  zhejiang: { zh: '浙江', en: 'Zhejiang' },
  jiangsu: { zh: '江苏', en: 'Jiangsu' },
  sichuan: { zh: '四川', en: 'Sichuan' },
  hubei: { zh: '湖北', en: 'Hubei' },
  shandong: { zh: '山东', en: 'Shandong' },
} as const satisfies Record<string, Said>;
export type Region = keyof typeof REGIONS;

export const STORES = {
  direct: { zh: '直营门店', en: 'company-run shops' },
  franchise: { zh: '加盟门店', en: 'franchised shops' },
  transit: { zh: '机场和车站门店', en: 'airport and station shops' },
  online: { zh: '线上商城', en: 'the online shop' },
  app: { zh: '品牌 App', en: 'the brand’s app' },
} as const satisfies Record<string, Said>;
export type Store = keyof typeof STORES;

export const GOODS = {
  tobacco: { zh: '烟酒', en: 'tobacco and alcohol' },
  gold: { zh: '黄金首饰', en: 'gold and jewellery' },
  infant: { zh: '婴幼儿奶粉', en: 'infant formula' },
  partners: { zh: '联营专柜商品', en: 'goods of partner counters' },
} as const satisfies Record<string, Said>;
export type Goods = keyof typeof GOODS;

/** What a card may not be used for; typed, so that a machine can filter and a person can read it. */
export type RestrictionFact =
  | { kind: 'regions'; only: Region[] }
  | { kind: 'storeKinds'; rule: 'only' | 'except'; stores: Store[] }
  | { kind: 'timeWindows'; days: number[]; from: string; to: string; notOnHolidays: boolean }
  | { kind: 'minSpend'; fen: string }
  | { kind: 'notForGoods'; goods: Goods[] }
  | { kind: 'notCombinable' }
  | { kind: 'singleUse' }
  | { kind: 'nameBound' }
  | { kind: 'none' };

const WEEK: readonly Said[] = [
  { zh: '周一', en: 'Mon' },
  { zh: '周二', en: 'Tue' },
  { zh: '周三', en: 'Wed' },
  { zh: '周四', en: 'Thu' },
  { zh: '周五', en: 'Fri' },
  { zh: '周六', en: 'Sat' },
  { zh: '周日', en: 'Sun' },
];

const listed = (words: readonly (Said | undefined)[], language: Language): string =>
  words.map((word) => word?.[language] ?? '').join(language === 'zh' ? '、' : ', ');

function days(of: readonly number[], language: Language): string {
  const sorted = [...of].sort((a, b) => a - b).join('');
  if (sorted === '1234567') return language === 'zh' ? '每天' : 'daily';
  if (sorted === '12345') return language === 'zh' ? '周一至周五' : 'Mon–Fri';
  if (sorted === '67') return language === 'zh' ? '周末' : 'weekends';
  return listed(
    [...sorted].map((day) => WEEK[Number(day) - 1]),
    language,
  );
}

/** `10000` → `100`, `10050` → `100.50`. */
function yuanText(fen: string): string {
  const digits = fen.padStart(3, '0');
  const cents = digits.slice(-2);
  return digits.slice(0, -2) + (cents === '00' ? '' : `.${cents}`);
}

/** One restriction as one sentence, the same words on every screen. */
export function restrictionSentence(fact: RestrictionFact, language: Language): string {
  const zh = language === 'zh';
  switch (fact.kind) {
    case 'regions': {
      const places = listed(
        fact.only.map((region) => REGIONS[region]),
        language,
      );
      return zh ? `仅限${places}门店使用` : `Only in shops in ${places}`;
    }
    case 'storeKinds': {
      const stores = listed(
        fact.stores.map((store) => STORES[store]),
        language,
      );
      if (fact.rule === 'only') return zh ? `仅限${stores}使用` : `Only in ${stores}`;
      return zh ? `${stores}不可用` : `Not in ${stores}`;
    }
    case 'timeWindows': {
      const when = `${days(fact.days, language)} ${fact.from}–${fact.to}`;
      if (zh) return `限${when}使用${fact.notOnHolidays ? '，法定节假日不可用' : ''}`;
      return `Only ${when}${fact.notOnHolidays ? ', not on public holidays' : ''}`;
    }
    case 'minSpend':
      return zh
        ? `单笔满 ${yuanText(fact.fen)} 元可用`
        : `From ¥${yuanText(fact.fen)} on a single bill`;
    case 'notForGoods': {
      const goods = listed(
        fact.goods.map((one) => GOODS[one]),
        language,
      );
      return zh ? `不可购买${goods}` : `Not for ${goods}`;
    }
    case 'notCombinable':
      return zh ? '不与其他优惠同享' : 'Not together with other offers';
    case 'singleUse':
      return zh ? '一次用完，不找零、不退余额' : 'Used in one go; no change is given';
    case 'nameBound':
      return zh
        ? '记名使用，转让须通知发卡方'
        : 'Bound to a name; a transfer needs the issuer’s notice';
    case 'none':
      return zh ? '无特别限制' : 'No particular restriction';
  }
}
