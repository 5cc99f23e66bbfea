/** Shapes and words of cards that leave the house; safe in a browser, like all it imports. */
import { type Static, Type } from 'typebox';
import { FenText } from '#platform/schema';

import {
  CATEGORIES,
  GOODS,
  type Goods,
  REGIONS,
  type Region,
  STORES,
  type Store,
} from './words.ts';

export * from './results.ts';
export * from './words.ts';

const Words = Type.Object({ zh: Type.String(), en: Type.String() });

const CategoryName = Type.Enum(CATEGORIES);

/** What the law sees in a card; the limits of `rules` hang on it. */
export const LEGAL_KINDS = [
  'single_purpose_bearer',
  'single_purpose_named',
  'one_shot_voucher',
  'multi_purpose',
] as const;
export const FORMS = ['code', 'plastic', 'voucher'] as const;
export const TRANSFERS = ['free', 'issuer_notice', 'rebind', 'none'] as const;
export const CAPS = [
  'inquire',
  'rules',
  'lock',
  'transfer',
  'reissue',
  'redeem',
  'void',
  'webhook',
  'signed',
] as const;
export type Cap = (typeof CAPS)[number];
/** What an issuer may tell of a card without being asked. */
export const ISSUER_EVENTS = ['used', 'stolen', 'blocked'] as const;
export type IssuerEventKind = (typeof ISSUER_EVENTS)[number];
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
  alphabet: Type.Enum(['digits', 'safe', 'alnum']),
  check: Type.Enum(CHECKS),
});
export type NumberRule = Static<typeof NumberRule>;
export const PinRule = Type.Object({
  length: Type.Integer({ minimum: 3, maximum: 16 }),
  alphabet: Type.Enum(['digits', 'safe', 'alnum']),
});
export type PinRule = Static<typeof PinRule>;

const regions = Object.keys(REGIONS) as Region[];
const stores = Object.keys(STORES) as Store[];
const goods = Object.keys(GOODS) as Goods[];
const Minute = Type.String({ pattern: '^([01][0-9]|2[0-4]):[0-5][0-9]$' });

export const Restriction = Type.Union([
  Type.Object({
    kind: Type.Literal('regions'),
    only: Type.Array(Type.Enum(regions), { minItems: 1 }),
  }),
  Type.Object({
    kind: Type.Literal('storeKinds'),
    rule: Type.Enum(['only', 'except']),
    stores: Type.Array(Type.Enum(stores), { minItems: 1 }),
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
    goods: Type.Array(Type.Enum(goods), { minItems: 1 }),
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
    category: CategoryName,
    denominationsFen: Type.Array(FenText),
    openAmount: Type.Optional(Type.Object({ minFen: FenText, maxFen: FenText })),
    form: Type.Enum(FORMS),
    numberRule: NumberRule,
    pinRule: Type.Optional(PinRule),
    barcodeFormat: Type.Enum(BARCODE_FORMATS),
    restrictions: Type.Array(Restriction),
    transferability: Type.Enum(TRANSFERS),
    validity: ValidityRule,
    legalKind: Type.Enum(LEGAL_KINDS),
    issuerCaps: Type.Array(Type.Enum(CAPS)),
    brandColour: Type.String({ pattern: '^#[0-9a-f]{6}$' }),
    icon: Type.String(),
    version: Type.Integer(),
  },
  { description: 'A product as published' },
);
export type ProductView = Static<typeof ProductView>;

export const ScanView = Type.Object({
  text: Type.String(),
  format: Type.Enum(BARCODE_FORMATS),
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
  reasonCode: Type.Enum(REVEAL_REASONS),
  note: Type.String(),
  state: Type.Enum(['waiting', 'approved', 'lapsed', 'opened']),
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
