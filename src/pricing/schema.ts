/** The shapes of pricing: what a price table is, what a quote promises, what leaves over HTTP. Nothing of a person. */
import { type Static, Type } from 'typebox';
import type { Fen } from '#platform';
import { Body, Day, FenText, Id, Instant } from '#platform/schema';

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

/** All that a price may know of a product. The catalogue's product fits it; pricing needs no more of the catalogue. */
export interface ProductFacts {
  readonly sku: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly category: Category;
  readonly form: string;
  readonly denominationsFen: readonly Fen[];
  /** Any face in this range, the listed ones included; absent: only the listed ones. */
  readonly openAmount?: { readonly minFen: Fen; readonly maxFen: Fen } | undefined;
}

export const Sku = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });
/** Faces fit in 12 digits (10 billion yuan); the rules decide on far lower limits. */
export const FaceText = Type.String({
  pattern: '^[1-9][0-9]{0,11}$',
  description: 'Face value in fen, a decimal string',
});
/** The pattern keeps the year plausible, the format refuses days that do not exist. */
export const RealDay = Type.String({ format: 'date', pattern: '^20[0-9]{2}-' });
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const FEE_CODES = ['PLATFORM_FEE', 'VERIFICATION', 'PAYOUT_RAIL', 'INSURANCE'] as const;
export const FACTOR_CODES = ['DENOMINATION_ADJ', 'EXPIRY_ADJ', 'SLOT_ADJ', 'HOLIDAY_ADJ'] as const;
/** What a recycler pays above the price table, when its bid is better for the seller. */
export const BID_CODE = 'BID_ADJ';
export type FactorCode = (typeof FACTOR_CODES)[number] | typeof BID_CODE;
export type FeeCode = (typeof FEE_CODES)[number];
export type LineCode = FactorCode | FeeCode;

const bps = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
const Label = Type.String({ minLength: 1, maxLength: 40 });
const literals = <const T extends string[]>(values: readonly [...T]) => Type.Enum([...values]);

/** Hours `fromHour` ≤ h < `toHour` in China on these weekdays; a category's slots cover all 168 hours once. */
export const SlotRow = Body({
  code: Type.String({ pattern: '^[a-z][a-z0-9_]{0,31}$' }),
  zh: Label,
  en: Label,
  days: Type.Array(literals(WEEKDAYS), { minItems: 1, maxItems: 7, uniqueItems: true }),
  fromHour: Type.Integer({ minimum: 0, maximum: 23 }),
  toHour: Type.Integer({ minimum: 1, maximum: 24 }),
  adjBps: bps(-5_000, 5_000),
});
/** From so many days before the last valid day, until the next row begins. */
export const ExpiryRow = Body({
  fromDays: Type.Integer({ minimum: 0, maximum: 3_650 }),
  adjBps: bps(-9_500, 2_000),
});
/** Like a tax bracket: applies to the part of the face from `fromFen` up to the next row. */
export const BandRow = Body({
  fromFen: Type.String({ pattern: '^(0|[1-9][0-9]{0,11})$' }),
  adjBps: bps(-5_000, 5_000),
});
export const CategoryRow = Body({
  baseBps: bps(1, 10_000),
  floorBps: bps(0, 10_000),
  slots: Type.Array(SlotRow, { minItems: 1, maxItems: 24 }),
  holiday: Type.Optional(
    Body({ daysBefore: Type.Integer({ minimum: 1, maximum: 30 }), adjBps: bps(-5_000, 5_000) }),
  ),
  expiry: Type.Array(ExpiryRow, { minItems: 1, maxItems: 12 }),
  denominations: Type.Array(BandRow, { minItems: 1, maxItems: 8 }),
});
/** A share of the price, never more than `capFen` a card. */
export const FeeRow = Body({
  code: literals(FEE_CODES),
  zh: Label,
  en: Label,
  rateBps: bps(0, 1_000),
  capFen: Type.String({ pattern: '^(0|[1-9][0-9]{0,8})$' }),
});
export const PriceTableData = Body({
  schema: Type.Literal(1),
  categories: Body({
    dining: CategoryRow,
    grocery: CategoryRow,
    cinema: CategoryRow,
    fresh: CategoryRow,
    fuel: CategoryRow,
    ecommerce: CategoryRow,
    cafe: CategoryRow,
    membership: CategoryRow,
  } satisfies Record<Category, typeof CategoryRow>),
  products: Type.Record(
    Sku,
    Body({
      baseBps: Type.Optional(bps(1, 10_000)),
      floorBps: Type.Optional(bps(0, 10_000)),
    }),
    { maxProperties: 2_000, additionalProperties: false },
  ),
  fees: Type.Array(FeeRow, { minItems: FEE_CODES.length, maxItems: FEE_CODES.length }),
});
export type PriceTableData = Static<typeof PriceTableData>;
export type SlotRow = Static<typeof SlotRow>;
export type CategoryRow = Static<typeof CategoryRow>;

/** Why a line is what it is: for people in words, for machines as rule, rate and the amount it was taken of. */
export const Basis = Type.Object({
  rule: Type.String({ description: 'The row of the price table, e.g. slot.weekend_noon' }),
  bps: Type.Integer({ description: 'Rate applied; 10000 = the whole' }),
  ofFen: FenText,
  zh: Type.String(),
  en: Type.String(),
});
export const QuoteLine = Type.Object({
  code: literals([...FACTOR_CODES, BID_CODE, ...FEE_CODES]),
  fen: FenText,
  basis: Basis,
  policyVersion: Type.String(),
});
/** An estimate by the same table for the same card at another time; not binding. */
export const SlotOffer = Type.Object({
  slot: Type.String(),
  zh: Type.String(),
  en: Type.String(),
  from: Instant,
  until: Instant,
  netFen: FenText,
  gainFen: FenText,
  meetsFloor: Type.Boolean(),
});
/** Who pays this price, and why it is they. A recycler's terms are kept, for a card that proves to hold another balance. */
export const QuoteBuyer = Type.Object({
  kind: literals(['house', 'recycler']),
  id: Type.String({ description: 'Whose wallet pays' }),
  name: Type.Object({ zh: Type.String(), en: Type.String() }),
  because: literals(['best_bid', 'own_price_better', 'no_bid', 'asked']),
  zh: Type.String(),
  en: Type.String(),
  bid: Type.Optional(
    Type.Object({
      bidId: Id,
      rateBps: Type.Integer(),
      faceMinFen: FenText,
      faceMaxFen: FenText,
    }),
  ),
});
export type QuoteBuyer = Static<typeof QuoteBuyer>;
/** What is signed: everything but the signature, as JSON with sorted keys. */
export const QuoteDoc = Type.Object(
  {
    type: Type.Literal('huiquan.quote.v1'),
    quoteId: Id,
    sku: Type.String(),
    category: literals(CATEGORIES),
    form: Type.String(),
    venue: Type.Literal('buyback'),
    buyer: Type.Optional(QuoteBuyer),
    faceFen: FenText,
    expiresOn: Type.Union([Day, Type.Null()]),
    grossFen: FenText,
    lines: Type.Array(QuoteLine),
    rounding: Type.Literal('price_down_fees_down', {
      description: 'The price is rounded down to the fen once, all fees together down once',
    }),
    priceFen: FenText,
    feesFen: FenText,
    netFen: FenText,
    rateBps: Type.Integer({ description: 'Net as a share of face, rounded down' }),
    floorBps: Type.Integer(),
    belowFloor: Type.Boolean(),
    betterSlot: Type.Optional(SlotOffer),
    alternatives: Type.Array(SlotOffer),
    model: Type.String({ description: 'Version and content hash of the published price table' }),
    inputsHash: Type.String(),
    calendarVersion: Type.String(),
    pricedAt: Instant,
    issuedAt: Instant,
    validUntil: Instant,
    replaces: Type.Optional(Id),
    signature: Type.String({ description: 'Ed25519, base64url; key at /v1/quote-key' }),
  },
  { description: 'grossFen + Σ lines = netFen; priceFen = netFen + feesFen' },
);
export type QuoteDoc = Static<typeof QuoteDoc>;
export type QuoteLine = Static<typeof QuoteLine>;
export type SlotOffer = Static<typeof SlotOffer>;

export const PriceRow = Type.Object({
  sku: Type.String(),
  name: Type.Object({ zh: Type.String(), en: Type.String() }),
  category: literals(CATEGORIES),
  faceFen: FenText,
  netFen: FenText,
  rateBps: Type.Integer(),
  floorBps: Type.Integer(),
  belowFloor: Type.Boolean(),
  changeFen: Type.Union([FenText, Type.Null()], {
    description: 'Against the same hour yesterday; null when no price was published then',
  }),
  bestSlot: Type.Optional(SlotOffer),
});
export const PriceList = Type.Object({
  at: Instant,
  tableVersion: Type.Integer(),
  tableHash: Type.String(),
  calendarVersion: Type.String(),
  calendarKnown: Type.Boolean({
    description: 'False: no holiday notice for today, only weekends count',
  }),
  upcoming: Type.Array(
    Type.Object({ version: Type.Integer(), title: Type.String(), effectiveFrom: Instant }),
    { description: 'Published versions that are not in force yet' },
  ),
  items: Type.Array(PriceRow),
});
export const PriceHistory = Type.Object({
  sku: Type.String(),
  faceFen: FenText,
  closingHour: Type.Integer(),
  days: Type.Array(
    Type.Object({
      day: Day,
      netFen: FenText,
      rateBps: Type.Integer(),
      bestRateBps: Type.Integer(),
      tableVersion: Type.Integer(),
    }),
  ),
});
export type PriceRow = Static<typeof PriceRow>;
export type PriceList = Static<typeof PriceList>;
export type PriceHistory = Static<typeof PriceHistory>;

export const TABLE_STATES = [
  'draft',
  'submitted',
  'scheduled',
  'in_force',
  'past',
  'withdrawn',
] as const;
export const PriceTableHead = Type.Object({
  id: Id,
  state: literals(TABLE_STATES),
  version: Type.Optional(Type.Integer()),
  title: Type.String(),
  note: Type.String(),
  author: Type.String(),
  approvedBy: Type.Optional(Type.String()),
  createdAt: Instant,
  updatedAt: Instant,
  submittedAt: Type.Optional(Instant),
  approvedAt: Type.Optional(Instant),
  effectiveFrom: Type.Optional(Instant),
  hash: Type.Optional(Type.String()),
  previousHash: Type.Optional(Type.String()),
});
export const PriceTableView = Type.Object({
  ...PriceTableHead.properties,
  data: PriceTableData,
  digest: Type.String({ description: 'Of the content; sent along with an approval' }),
  problems: Type.Array(Type.Object({ path: Type.String(), zh: Type.String(), en: Type.String() })),
});
export type PriceTableHead = Static<typeof PriceTableHead>;
export type PriceTableView = Static<typeof PriceTableView>;

export const PreviewRow = Type.Object({
  sku: Type.String(),
  name: Type.Object({ zh: Type.String(), en: Type.String() }),
  category: literals(CATEGORIES),
  faceFen: FenText,
  oldNetFen: FenText,
  newNetFen: FenText,
  changeFen: FenText,
  changeBps: Type.Integer({ description: 'Change as a share of face' }),
  belowFloor: Type.Boolean(),
});
export const Preview = Type.Object({
  at: Instant,
  comparedWith: Type.Integer({ description: 'Version in force at that time' }),
  rows: Type.Array(PreviewRow),
  count: Type.Integer(),
  raised: Type.Integer(),
  lowered: Type.Integer(),
  minChangeBps: Type.Integer(),
  maxChangeBps: Type.Integer(),
  meanChangeBps: Type.Integer(),
  belowFloorBefore: Type.Integer(),
  belowFloorAfter: Type.Integer(),
  worst: Type.Array(PreviewRow),
  noticeNeeded: Type.Boolean(),
  noticeBecause: Type.Array(Type.Object({ zh: Type.String(), en: Type.String() }), {
    description: 'Where somebody would get less or pay more; the first case of each kind',
  }),
  earliestFrom: Instant,
});
export type PreviewRow = Static<typeof PreviewRow>;
export type Preview = Static<typeof Preview>;
