/** Who buys: the best bid of a recycler, or the operator itself (自营), whichever leaves the seller more. Pure. */
import { type Fen, fen, yuan } from '#platform';
import { feesOf } from './arithmetic.ts';
import type { QuoteBuyer } from './schema.ts';
import { BPS, type Table } from './table.ts';

/** A bid as pricing sees it: a share of the face for cards of some range, and whose it is. Nothing of the seller. */
export interface BidOffer {
  readonly bidId: string;
  readonly recyclerId: string;
  readonly recyclerName: string;
  readonly rateBps: number;
  readonly faceMinFen: Fen;
  readonly faceMaxFen: Fen;
}

/** The operator's own recycler. */
export const HOUSE = 'house';
const HOUSE_NAME = { zh: '平台自营', en: 'The platform itself' } as const;

export interface Bought {
  readonly buyer: QuoteBuyer;
  readonly price: Fen;
}

/** What the seller keeps of a price; it never falls as the price rises, so the best price is also the best net. */
const netOf = (table: Table, price: Fen): Fen => fen(price - feesOf(table, price));

/**
 * The bid buys only when it leaves the seller more than the platform's own price; at equal nets the platform does, by
 * the price table that everybody can read. `houseAsked`: the seller wants the platform's own price.
 */
export function chooseBuyer(
  table: Table,
  card: { ownPrice: Fen; faceFen: Fen },
  { bid, houseAsked = false }: { bid?: BidOffer | undefined; houseAsked?: boolean },
): Bought {
  const { ownPrice, faceFen } = card;
  if (houseAsked) return { price: ownPrice, buyer: house('asked', ASKED) };
  if (!bid || faceFen < bid.faceMinFen || faceFen > bid.faceMaxFen)
    return { price: ownPrice, buyer: house('no_bid', NO_BID) };
  const price = fen((faceFen * BigInt(bid.rateBps)) / BPS);
  const [theirs, ours] = [netOf(table, price), netOf(table, ownPrice)];
  if (theirs <= ours) {
    const words = {
      zh: `回收商最高出价到手 ${yuan(theirs)}，不高于自营价 ${yuan(ours)}`,
      en: `The best bid would leave you ${yuan(theirs)}, not more than our own ${yuan(ours)}`,
    };
    return { price: ownPrice, buyer: house('own_price_better', words) };
  }
  return { price, buyer: recycler(bid, { theirs, ours }) };
}

const NO_BID = {
  zh: '目前没有回收商对这张卡出价，由平台按价目表收购',
  en: 'No recycler bids for this card now; the platform buys by its price table',
} as const;
const ASKED = {
  zh: '按您的选择，由平台自营收购',
  en: 'The platform itself buys, as you asked',
} as const;

const house = (because: QuoteBuyer['because'], words: { zh: string; en: string }): QuoteBuyer => ({
  kind: 'house',
  id: HOUSE,
  name: HOUSE_NAME,
  because,
  ...words,
});

function recycler(bid: BidOffer, nets: { theirs: Fen; ours: Fen }): QuoteBuyer {
  const { bidId, rateBps, faceMinFen, faceMaxFen, recyclerId, recyclerName: name } = bid;
  const more = yuan(fen(nets.theirs - nets.ours));
  return {
    kind: 'recycler',
    id: recyclerId,
    name: { zh: name, en: name },
    because: 'best_bid',
    zh: `${name} 出价最高，比自营多 ${more}`,
    en: `${name} bids highest, ${more} more than the platform itself`,
    bid: {
      bidId,
      rateBps,
      faceMinFen: faceMinFen.toString(),
      faceMaxFen: faceMaxFen.toString(),
    },
  };
}

/** The bid behind a quote, for a card that proved to hold another balance: the same share, the same range of faces. */
export function bidBehind(buyer: QuoteBuyer | undefined): BidOffer | undefined {
  if (!buyer?.bid) return undefined;
  const { bidId, rateBps, faceMinFen, faceMaxFen } = buyer.bid;
  return {
    ...{ bidId, rateBps, recyclerId: buyer.id, recyclerName: buyer.name.zh },
    ...{ faceMinFen: fen(BigInt(faceMinFen)), faceMaxFen: fen(BigInt(faceMaxFen)) },
  };
}
