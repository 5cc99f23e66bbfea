/** What the market's address says of a search, so that a search can be shared, bookmarked and gone back to. */
import type { Input } from '../../api.ts';

type Query = NonNullable<Input<'GET /v1/market/search'>['query']>;
type Asked = Omit<Query, 'cursor' | 'limit'>;
/** With holes: a filter that was taken away is undefined for a moment. */
export type MarketSearch = { readonly [Name in keyof Asked]?: Asked[Name] | undefined };

export const SORTS = ['discount', 'price', 'newest', 'expiry'] as const;
export type Sort = (typeof SORTS)[number];

const TEXTS = [
  'q',
  'category',
  'sku',
  'form',
  'delivery',
  'gradeMin',
  'priceMin',
  'priceMax',
  'expiresFrom',
  'without',
  'sort',
] as const;
const NUMBERS = ['discountMin', 'discountMax', 'sellerScoreMin'] as const;
const LENGTH_MAX = 80;

/** Anything may be typed into an address: what is not a search is left out, and the API checks the rest. */
export function readSearch(search: Readonly<Record<string, unknown>>): Asked {
  const read: Record<string, unknown> = {};
  for (const name of TEXTS) {
    const value = search[name];
    if (typeof value === 'string' || typeof value === 'number')
      if (value !== '') read[name] = String(value).slice(0, LENGTH_MAX);
  }
  for (const name of NUMBERS) {
    const value = Number(search[name]);
    if (search[name] !== undefined && Number.isSafeInteger(value)) read[name] = value;
  }
  return read as Asked;
}

export const FILTERS = [
  'form',
  'delivery',
  'gradeMin',
  'priceMin',
  'priceMax',
  'discountMax',
  'expiresFrom',
  'without',
  'sellerScoreMin',
] as const satisfies readonly (keyof MarketSearch)[];

export const filtersOn = (search: MarketSearch): number =>
  FILTERS.filter((name) => search[name] !== undefined).length;
