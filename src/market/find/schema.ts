/** What the outside asks of search and price history, and what it sees of them. */
import { type Static, Type } from 'typebox';
import { CATEGORIES, FORMS, GRADES, Restriction } from '#cards';
import { AmountText, Body, Day, FenText, Id, Instant } from '#platform/schema';
import { RealDay } from '#pricing';
import { RESTRICTION_KINDS } from './text.ts';

export const SORTS = ['discount', 'price', 'newest', 'expiry'] as const;
export type Sort = (typeof SORTS)[number];
export const DELIVERIES = ['vault', 'seller', 'mail'] as const;

const Words = Type.Object({ zh: Type.String(), en: Type.String() });
export const Sku = Type.String({ pattern: '^[a-z][a-z0-9-]{2,40}$' });
export const Bps = Type.Integer({
  minimum: 1,
  maximum: 10_000,
  description: 'Price per value in basis points: 8500 is 8.5 折',
});
const KINDS = RESTRICTION_KINDS.join('|');
export const GradeText = Type.Enum(GRADES);

/** What narrows a result; the same in a search and in a saved one. */
export const filters = {
  q: Type.Optional(Type.String({ maxLength: 64 })),
  category: Type.Optional(Type.Enum(CATEGORIES)),
  sku: Type.Optional(Sku),
  form: Type.Optional(Type.Enum(FORMS)),
  delivery: Type.Optional(Type.Enum(DELIVERIES)),
  gradeMin: Type.Optional(GradeText),
  priceMin: Type.Optional(AmountText),
  priceMax: Type.Optional(AmountText),
  discountMin: Type.Optional(Bps),
  discountMax: Type.Optional(Bps),
  /** Good until this day at least. */
  expiresFrom: Type.Optional(RealDay),
  /** None of these restrictions; commas between them. */
  without: Type.Optional(Type.String({ pattern: `^(${KINDS})(,(${KINDS})){0,7}$` })),
  sellerScoreMin: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, multipleOf: 10 })),
};
export const FilterBody = Body(filters);
export type Filter = Static<typeof FilterBody>;

export const SearchQuery = Body({
  ...filters,
  sort: Type.Optional(Type.Enum(SORTS)),
  cursor: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,200}$' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 20 })),
});
export type SearchQuery = Static<typeof SearchQuery>;

export const HitView = Type.Object({
  id: Id,
  product: Type.Object({
    sku: Type.String(),
    name: Words,
    category: Type.Enum(CATEGORIES),
    form: Type.Enum(FORMS),
  }),
  title: Type.String(),
  faceFen: FenText,
  /** What the card is promised to hold. */
  valueFen: FenText,
  priceFen: FenText,
  discountBps: Type.Integer(),
  delivery: Type.Enum(DELIVERIES),
  grade: GradeText,
  expiresOn: Type.Optional(Day),
  /** Beside the price and as large as it: nobody buys without having seen these. */
  restrictions: Type.Array(Restriction),
  sellerScore: Type.Optional(Type.Integer({ description: 'In tens' })),
  listedAt: Instant,
});
export type HitView = Static<typeof HitView>;
export const SearchView = Type.Object({
  items: Type.Array(HitView),
  next: Type.Optional(Type.String()),
  /** Nothing had these very words; what sounds or looks like them is shown. */
  guessed: Type.Boolean(),
});
export type SearchView = Static<typeof SearchView>;

const Count = Type.Object({ value: Type.String(), count: Type.Integer() });
export const FacetsView = Type.Object({
  count: Type.Integer(),
  /** False: there are more; the counts are of the first `count` in the order asked for. */
  complete: Type.Boolean(),
  category: Type.Array(Count),
  product: Type.Array(Count),
  form: Type.Array(Count),
  delivery: Type.Array(Count),
  grade: Type.Array(Count),
});
export type FacetsView = Static<typeof FacetsView>;
