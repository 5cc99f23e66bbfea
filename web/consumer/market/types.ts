/** The market's answers by the names the screens use. */
import type { Reply } from '../../api.ts';

export type MarketOrder = Reply<'GET /v1/market/orders/:id'>;
export type MarketOrderState = MarketOrder['state'];
export type Listing = Reply<'GET /v1/market/listings/:id'>;
export type OwnListing = Reply<'GET /v1/market/my/listings/:id'>;
export type Offer = Reply<'GET /v1/market/offers'>['items'][number];
export type Restriction = Listing['restrictions'][number];
export type Found = Reply<'GET /v1/market/search'>['items'][number];
export type MyWant = Reply<'GET /v1/market/wants'>['items'][number];
export type Wish = Omit<Reply<'GET /v1/market/wanted'>['items'][number], 'priceFen'>;
export type SavedSearch = Reply<'GET /v1/market/searches'>['items'][number];
export type Claim = Reply<'GET /v1/disputes/:id'>;
