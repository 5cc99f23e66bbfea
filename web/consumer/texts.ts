/** All words of the consumer app; a missing key or hole does not compile. */
import { textsHook } from '../kit/index.ts';
import { auctionTexts } from './texts-auction.ts';
import { counterTexts } from './texts-counter.ts';
import { marketTexts } from './texts-market.ts';
import { meTexts } from './texts-me.ts';
import { orderTexts } from './texts-order.ts';
import { shopTexts } from './texts-shop.ts';

export const texts = {
  ...shopTexts,
  ...orderTexts,
  ...meTexts,
  ...marketTexts,
  ...auctionTexts,
  ...counterTexts,
};
export type TextKey = keyof typeof texts;
/** Keys of texts that need no holes filled: for tables of words. */
export type PlainKey = {
  [K in TextKey]: (typeof texts)[K]['zh'] extends `${string}{${string}` ? never : K;
}[TextKey];

export const useTexts = textsHook('consumer', texts);
