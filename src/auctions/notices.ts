/** Who is told of what in an auction, for nobody has to keep a page open: product, amounts and times, nothing personal. */
import { findProduct } from '#cards';
import { sendSms } from '#parties';
import { chinaDay, chinaMinute, type Fen, fen, type Reader, type Tx, yuan } from '#platform';
import type { Auction } from './auction-store.ts';
import { nextRate, priceAtRate } from './domain.ts';
import type { Recyclers } from './recyclers.ts';
import { type StandingBid, takenOn } from './store.ts';

interface Deps {
  readonly recyclers: Recyclers;
}

const nameOf = async (reader: Reader, sku: string): Promise<string> =>
  (await findProduct(reader, sku))?.name.zh ?? sku;

/** Somebody else leads now. */
export async function tellOutbid(
  tx: Tx,
  { recyclers }: Deps,
  news: { auction: Auction; recyclerId: string; priceFen: Fen; until: Date; at: Date },
): Promise<void> {
  const { auction, recyclerId, priceFen: amountFen, until, at } = news;
  const productName = await nameOf(tx, auction.sku);
  const subject = auction.id;
  await recyclers.tell(tx, {
    ...{ recyclerId, what: 'outbid', subject, productName, amountFen, until, at },
  });
}

/** Paid for already, or to be paid until then. */
export async function tellWinner(
  tx: Tx,
  { recyclers }: Deps,
  auction: Auction,
  news: { what: 'won' | 'pay_now'; until?: Date | undefined; at: Date },
): Promise<void> {
  const { winner: recyclerId, price_fen: amountFen, sku, id: subject } = auction;
  if (recyclerId === null || amountFen === null) return;
  const productName = await nameOf(tx, sku);
  await recyclers.tell(tx, { recyclerId, subject, productName, amountFen, ...news });
}

/** After this card the bid buys nothing more today: its curve or its budget is used up. */
export async function tellIfUsedUp(
  tx: Tx,
  recyclers: Recyclers,
  { bid, at }: { bid: StandingBid; at: Date },
): Promise<void> {
  const { terms, id, recyclerId } = bid;
  const today = (await takenOn(tx, { bidIds: [id], day: chinaDay(at) })).get(id);
  const spentFen = today?.fen ?? fen(0);
  const rate = nextRate(terms.curve, today?.cards ?? 0);
  const least = rate === undefined ? undefined : priceAtRate(terms.faceMinFen, rate);
  if (least !== undefined && spentFen + least <= terms.dailyBudgetFen) return;
  const productName = await nameOf(tx, terms.sku);
  const what = 'used_up';
  await recyclers.tell(tx, { recyclerId, what, subject: id, productName, amountFen: spentFen, at });
}

/** What became of the card, or what the platform asks about it. */
export async function tellSeller(
  tx: Tx,
  auction: Auction,
  news: {
    template: 'auction_sold' | 'auction_offer' | 'auction_unsold';
    amountFen?: Fen;
    until?: Date;
    at: Date;
  },
): Promise<void> {
  const { template, amountFen, until, at } = news;
  const params = {
    product: await nameOf(tx, auction.sku),
    ...(amountFen !== undefined && { amount: yuan(amountFen).slice(1) }),
    ...(until && { deadline: chinaMinute(until) }),
  };
  await sendSms(tx, { userId: auction.seller_id, template, params, at });
}
