/** What the outside asks of search and price history, and what it sees of them. */
import { type Static, Type } from 'typebox';
import { CATEGORIES, FORMS, GRADES, Restriction } from '#cards';
import { AmountText, Body, Day, FenText, Id, Instant, Page } from '#platform/schema';
import { RealDay } from '#pricing';
import { RESTRICTION_KINDS } from './text.ts';
import { want } from './want-life.ts';

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

export const SoldPrices = Type.Object({
  sku: Type.String(),
  name: Words,
  days: Type.Array(
    Type.Object({
      day: Day,
      count: Type.Integer(),
      lowBps: Type.Integer({ description: 'One in ten was sold at this discount or below' }),
      medianBps: Type.Integer(),
      highBps: Type.Integer({ description: 'Nine in ten were sold at this discount or below' }),
    }),
  ),
});
export type SoldPrices = Static<typeof SoldPrices>;

const Percent = Type.Optional(Type.Integer({ minimum: 0, maximum: 100 }));
export const Suggestion = Type.Object({
  sku: Type.String(),
  valueFen: FenText,
  /** What the house would pay at once, after its fees. */
  buybackNetFen: Type.Optional(FenText),
  sold: Type.Object({
    days: Type.Integer(),
    count: Type.Integer(),
    /** False: too few sales to name a price. */
    enough: Type.Boolean(),
    quarterFen: Type.Optional(FenText),
    medianFen: Type.Optional(FenText),
    threeQuartersFen: Type.Optional(FenText),
  }),
  chances: Type.Array(
    Type.Object({
      priceFen: FenText,
      /** False: too few listings at about this price to say. */
      enough: Type.Boolean(),
      pct1: Percent,
      pct3: Percent,
      pct7: Percent,
      ofProduct: Type.Optional(Type.Integer()),
      ofCategory: Type.Optional(Type.Integer()),
    }),
  ),
  /** Listings at about a price below which no chance is given. */
  spellsMin: Type.Integer(),
});
export type Suggestion = Static<typeof Suggestion>;

export const ProductPage = Type.Object({
  items: Type.Array(
    Type.Object({
      sku: Type.String(),
      name: Words,
      category: Type.Enum(CATEGORIES),
      form: Type.Enum(FORMS),
      /** Stops at a thousand. */
      count: Type.Integer(),
      fromFen: FenText,
      fromBps: Type.Integer(),
    }),
  ),
  next: Type.Optional(Sku),
});

const DAYS_MAX = 90;
const Days = Type.Optional(Type.Integer({ minimum: 1, maximum: DAYS_MAX, default: DAYS_MAX }));
export const SaveBody = Body({
  name: Type.String({ minLength: 1, maxLength: 40 }),
  filter: FilterBody,
  /** Text me when a new listing fits; needs a product or category, and a highest price or discount. */
  alert: Type.Boolean(),
  days: Days,
});
export const SavedSearch = Type.Object({
  id: Id,
  name: Type.String(),
  filter: FilterBody,
  alert: Type.Boolean(),
  hits: Type.Integer({ description: 'Listings that its alert has found' }),
  fresh: Type.Integer({ description: 'Of these, those that I have not looked at yet' }),
  until: Instant,
  createdAt: Instant,
});
export type SavedSearch = Static<typeof SavedSearch>;
export const AlertBody = Body({ alert: Type.Boolean() });
export const SavedList = Type.Object({ items: Type.Array(SavedSearch) });
export const AlertHits = Type.Object({
  items: Type.Array(
    Type.Object({ listingId: Id, priceFen: FenText, onSale: Type.Boolean(), at: Instant }),
  ),
});

const WISHED_MAX = 20;
/** What the buyer and the sellers are both told of a wish. */
const wishView = {
  id: Id,
  sku: Type.Optional(Type.String({ description: 'Absent: any product of the category' })),
  category: Type.Enum(CATEGORIES),
  valueMinFen: FenText,
  valueMaxFen: FenText,
  maxBps: Type.Integer({ description: 'The most that is paid, per value in basis points' }),
  maxPriceFen: Type.Optional(FenText),
  gradeMin: GradeText,
  expiresFrom: Type.Optional(Day),
  without: Type.Array(Type.Enum(RESTRICTION_KINDS), {
    description: 'Restrictions that the buyer does not take',
  }),
  left: Type.Integer({ description: 'How many are wanted still' }),
  until: Instant,
};
export const WantBody = Body({
  /** One of the two: a product, or any of a category. */
  sku: Type.Optional(Sku),
  category: Type.Optional(Type.Enum(CATEGORIES)),
  valueMinFen: AmountText,
  valueMaxFen: AmountText,
  /** The most I pay, in basis points of the value; with maxPriceFen too, the lower of the two. */
  maxBps: Bps,
  maxPriceFen: Type.Optional(AmountText),
  gradeMin: Type.Optional(GradeText),
  expiresFrom: Type.Optional(RealDay),
  without: filters.without,
  wished: Type.Optional(Type.Integer({ minimum: 1, maximum: WISHED_MAX, default: 1 })),
  days: Days,
});
export const WantPage = Page(
  Type.Object({
    ...wishView,
    state: Type.Enum(want.names.states),
    wished: Type.Integer(),
    bought: Type.Integer(),
    /** A seller answered: order by this offer until then, nobody else can. */
    offer: Type.Optional(
      Type.Object({
        id: Id,
        listingId: Id,
        title: Type.String(),
        priceFen: FenText,
        until: Instant,
        orderId: Type.Optional(Id),
      }),
    ),
    createdAt: Instant,
  }),
);
export const OpenWants = Type.Object({
  items: Type.Array(
    Type.Object({
      ...wishView,
      priceFen: Type.String({
        pattern: '^[0-9]+$',
        description: 'The most that is paid for the value asked about, or for the dearest taken',
      }),
    }),
  ),
});
export const AnswerBody = Body({ listingId: Id, priceFen: AmountText });
