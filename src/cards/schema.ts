/** Shapes and words of cards that leave the house; safe in a browser, so it imports nothing but TypeBox. */
import { type Static, type TSchema, Type } from 'typebox';

const oneOf = <const T extends readonly string[]>(values: T) =>
  Type.Union(values.map((value) => Type.Literal(value))) as unknown as TSchema & {
    static: T[number];
  } & ReturnType<typeof Type.Unsafe<T[number]>>;

/** Fen as a decimal string, as everywhere in our JSON. */
const FenText = Type.String({ pattern: '^(0|[1-9][0-9]{0,15})$', description: 'Fen' });
const Words = Type.Object({ zh: Type.String(), en: Type.String() });

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
export const Category = oneOf(CATEGORIES);

export const CATEGORY_WORDS: Readonly<Record<Category, { zh: string; en: string }>> = {
  dining: { zh: '餐饮', en: 'Dining' },
  grocery: { zh: '商超', en: 'Supermarkets' },
  cinema: { zh: '影视', en: 'Cinema' },
  fresh: { zh: '生鲜', en: 'Fresh food' },
  fuel: { zh: '加油', en: 'Fuel' },
  ecommerce: { zh: '电商', en: 'Online shops' },
  cafe: { zh: '咖啡茶饮', en: 'Coffee and tea' },
  membership: { zh: '会员', en: 'Memberships' },
};

/** What the law sees in a card; the limits of `rules` hang on it. */
export const LEGAL_KINDS = [
  'single_purpose_bearer',
  'single_purpose_named',
  'one_shot_voucher',
  'multi_purpose',
] as const;
export const FORMS = ['code', 'plastic', 'voucher'] as const;
export const TRANSFERS = ['free', 'issuer_notice', 'rebind', 'none'] as const;
export const CAPS = ['inquire', 'rules', 'lock', 'transfer', 'void', 'webhook', 'signed'] as const;
export type Cap = (typeof CAPS)[number];
export const BARCODE_FORMATS = ['EAN13', 'Code128', 'QRCode', 'PDF417', 'DataMatrix'] as const;
export type BarcodeFormat = (typeof BARCODE_FORMATS)[number];

/** Symbols a number may be made of; `safe` has no 0/O, 1/I, so that nobody misreads it. */
export const ALPHABETS = {
  digits: '0123456789',
  safe: '23456789ABCDEFGHJKLMNPQRSTUVWXYZ',
  alnum: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
} as const;
export const CHECKS = ['none', 'luhn', 'mod97', 'ean13'] as const;

export const NumberRule = Type.Object({
  /** Characters in all, prefix and check included. */
  length: Type.Integer({ minimum: 8, maximum: 32 }),
  prefix: Type.String({ pattern: '^[0-9A-Z]{0,8}$' }),
  alphabet: oneOf(['digits', 'safe', 'alnum']),
  check: oneOf(CHECKS),
});
export type NumberRule = Static<typeof NumberRule>;
export const PinRule = Type.Object({
  length: Type.Integer({ minimum: 3, maximum: 16 }),
  alphabet: oneOf(['digits', 'safe', 'alnum']),
});
export type PinRule = Static<typeof PinRule>;

export const REGIONS = {
  beijing: { zh: '北京', en: 'Beijing' },
  shanghai: { zh: '上海', en: 'Shanghai' },
  guangdong: { zh: '广东', en: 'Guangdong' },
  zhejiang: { zh: '浙江', en: 'Zhejiang' },
  jiangsu: { zh: '江苏', en: 'Jiangsu' },
  sichuan: { zh: '四川', en: 'Sichuan' },
  hubei: { zh: '湖北', en: 'Hubei' },
  shandong: { zh: '山东', en: 'Shandong' },
} as const;
export type Region = keyof typeof REGIONS;

export const STORE_KINDS = {
  direct: { zh: '直营门店', en: 'company-run shops' },
  franchise: { zh: '加盟门店', en: 'franchised shops' },
  airport: { zh: '机场和车站门店', en: 'airport and station shops' },
  online: { zh: '线上商城', en: 'the online shop' },
  app: { zh: '品牌 App', en: 'the brand’s app' },
} as const;
export type StoreKind = keyof typeof STORE_KINDS;

export const GOODS = {
  tobacco: { zh: '烟酒', en: 'tobacco and alcohol' },
  gold: { zh: '黄金首饰', en: 'gold and jewellery' },
  infant: { zh: '婴幼儿奶粉', en: 'infant formula' },
  partners: { zh: '联营专柜商品', en: 'goods of partner counters' },
} as const;
export type Goods = keyof typeof GOODS;

const regionKeys = Object.keys(REGIONS) as Region[];
const storeKeys = Object.keys(STORE_KINDS) as StoreKind[];
const goodsKeys = Object.keys(GOODS) as Goods[];
const Minute = Type.String({ pattern: '^([01][0-9]|2[0-4]):[0-5][0-9]$' });

export const Restriction = Type.Union([
  Type.Object({
    kind: Type.Literal('regions'),
    only: Type.Array(oneOf(regionKeys), { minItems: 1 }),
  }),
  Type.Object({
    kind: Type.Literal('storeKinds'),
    rule: oneOf(['only', 'except']),
    stores: Type.Array(oneOf(storeKeys), { minItems: 1 }),
  }),
  Type.Object({
    kind: Type.Literal('timeWindows'),
    /** ISO days of the week, 1 = Monday. */
    days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1 }),
    from: Minute,
    to: Minute,
    notOnHolidays: Type.Boolean(),
  }),
  Type.Object({ kind: Type.Literal('minSpend'), fen: FenText }),
  Type.Object({
    kind: Type.Literal('notForGoods'),
    goods: Type.Array(oneOf(goodsKeys), { minItems: 1 }),
  }),
  Type.Object({ kind: Type.Literal('notCombinable') }),
  Type.Object({ kind: Type.Literal('singleUse') }),
  Type.Object({ kind: Type.Literal('nameBound') }),
  Type.Object({ kind: Type.Literal('none') }),
]);
export type Restriction = Static<typeof Restriction>;

export const ValidityRule = Type.Union([
  Type.Object({ kind: Type.Literal('none') }),
  Type.Object({ kind: Type.Literal('months'), months: Type.Integer({ minimum: 1 }) }),
  Type.Object({ kind: Type.Literal('printed') }),
]);
export type ValidityRule = Static<typeof ValidityRule>;

/** A product as published: the catalogue file, the database and the API hold this same shape. */
export const ProductView = Type.Object(
  {
    sku: Type.String({ pattern: '^[a-z][a-z0-9-]{2,40}$' }),
    issuerId: Type.String(),
    issuerName: Words,
    name: Words,
    category: Category,
    denominationsFen: Type.Array(FenText),
    openAmount: Type.Optional(Type.Object({ minFen: FenText, maxFen: FenText })),
    form: oneOf(FORMS),
    numberRule: NumberRule,
    pinRule: Type.Optional(PinRule),
    barcodeFormat: oneOf(BARCODE_FORMATS),
    restrictions: Type.Array(Restriction),
    transferability: oneOf(TRANSFERS),
    validity: ValidityRule,
    legalKind: oneOf(LEGAL_KINDS),
    issuerCaps: Type.Array(oneOf(CAPS)),
    brandColour: Type.String({ pattern: '^#[0-9a-f]{6}$' }),
    icon: Type.String(),
    version: Type.Integer(),
  },
  { $id: 'Product' },
);
export type ProductView = Static<typeof ProductView>;

export const ScanView = Type.Object({
  text: Type.String(),
  format: oneOf(BARCODE_FORMATS),
  /** False when the code was read well but is not a number of this product. */
  fits: Type.Boolean(),
});

export const REVEAL_REASONS = [
  'dispute_evidence',
  'manual_check',
  'hand_over',
  'court_order',
] as const;
export const RevealView = Type.Object({
  id: Type.String(),
  cardId: Type.String(),
  last4: Type.String(),
  sku: Type.String(),
  orderRef: Type.String(),
  reasonCode: oneOf(REVEAL_REASONS),
  note: Type.String(),
  state: oneOf(['waiting', 'approved', 'lapsed', 'opened']),
  requestedBy: Type.String(),
  requestedAt: Type.String(),
  requestExpiresAt: Type.String(),
  approvedBy: Type.Optional(Type.String()),
  approvedAt: Type.Optional(Type.String()),
  approvalExpiresAt: Type.Optional(Type.String()),
  openedAt: Type.Optional(Type.String()),
});
export type RevealView = Static<typeof RevealView>;
/** The one answer of the API that holds a secret; shown for `showSeconds`, then gone. */
export const OpenedView = Type.Object({
  id: Type.String(),
  number: Type.String(),
  pin: Type.Optional(Type.String()),
  showSeconds: Type.Integer(),
});

export const GRADES = ['V0', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] as const;
export type Grade = (typeof GRADES)[number];
export const GRADE_WORDS: Readonly<Record<Grade, { zh: string; en: string }>> = {
  V0: { zh: '只核对了卡号规则', en: 'Only the form of the number was checked' },
  V1: { zh: '核对了卡图和本站登记', en: 'Photo and our own register were checked' },
  V2: { zh: '已向发卡方查询余额', en: 'The issuer confirmed the balance' },
  V3: { zh: '结算时再次查询余额', en: 'The balance was confirmed again at settlement' },
  V4: { zh: '发卡方已锁定卡内余额', en: 'The issuer holds the balance for this sale' },
  V5: { zh: '已换新卡号，旧卡作废', en: 'Re-issued: a new number, the old one is dead' },
  V6: { zh: '发卡方签名换卡，可离线验证', en: 'Re-issued under the issuer’s own signature' },
};
