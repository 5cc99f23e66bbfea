/** Every text of the console in Chinese and English, one table per area. */
import { amlTexts } from './texts/aml.ts';
import { auctionTexts } from './texts/auctions.ts';
import { bidTexts } from './texts/bids.ts';
import { claimTexts } from './texts/claims.ts';
import { frozenTexts } from './texts/frozen.ts';
import { incomingTexts } from './texts/incoming.ts';
import { lotTexts } from './texts/lots.ts';
import { marketTexts } from './texts/market.ts';
import { moneyTexts } from './texts/money.ts';
import { noticeTexts } from './texts/notices.ts';
import { proofTexts } from './texts/proof.ts';
import { shellTexts } from './texts/shell.ts';
import { shopTexts } from './texts/shop.ts';
import { stockTexts } from './texts/stock.ts';
import { watchTexts } from './texts/watch.ts';
import { webhookTexts } from './texts/webhooks.ts';
import { workTexts } from './texts/work.ts';

export const texts = {
  ...shellTexts,
  ...workTexts,
  ...claimTexts,
  ...marketTexts,
  ...moneyTexts,
  ...incomingTexts,
  ...proofTexts,
  ...shopTexts,
  ...lotTexts,
  ...bidTexts,
  ...auctionTexts,
  ...stockTexts,
  ...amlTexts,
  ...noticeTexts,
  ...watchTexts,
  ...frozenTexts,
  ...webhookTexts,
};
