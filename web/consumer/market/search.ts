/** What the market's address says of a search, so that a search can be shared, bookmarked and gone back to. */
import type { Input } from '../../api.ts';

type Query = NonNullable<Input<'GET /v1/market/search'>['query']>;
export type MarketSearch = Omit<Query, 'cursor' | 'limit'>;

const TEXTS = ['q', 'category', 'sku', 'grade', 'expiresAfter', 'delivery', 'sort', 'form'] as const;
const NUMBERS = ['maxDiscountBp', 'minScore'] as const;
const LENGTH_MAX = 80;

/** Anything may be typed into an address: what is not a search is left out, and the API checks the rest. */
export function readSearch(search: Record<string, unknown>): MarketSearch {
  const read: Record<string, unknown> = {};
  for (const name of TEXTS) {
    const value = search[name];
    if (typeof value === 'string' && value !== '') read[name] = value.slice(0, LENGTH_MAX);
  }
  for (const name of NUMBERS) {
    const value = Number(search[name]);
    if (search[name] !== undefined && Number.isSafeInteger(value)) read[name] = value;
  }
  return read as MarketSearch;
}
