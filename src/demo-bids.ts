/** The demo's recycler at work: standing bids for a few cards, and an auction that runs with its bid in it. */
import { DAY, plus } from '#platform';
import { type ShopStage, sessionOf, shopOwner } from './demo-shop.ts';

/** Products that the shop buys, at what share of the face; the dearer step first. */
const BIDS: readonly (readonly [sku: string, steps: readonly [bps: number, cards: number][]])[] = [
  [
    'wuyan-card',
    [
      [9_300, 2],
      [9_050, 5],
    ],
  ],
  ['shiju-gift', [[9_150, 3]]],
  ['mujing-card', [[8_800, 10]]],
];
const AUCTIONED = 'weihe-gift';
/** Not the shop's: who sells from a device of the buyer's is related to the buyer. */
const SELLER_DEVICE = { agent: 'demo seller', address: '192.0.2.7' };
const AUCTION_DAYS = 3;
/** Of the face, in hundredths. */
const RESERVE_PERCENT = 80n;
const MAX_PERCENT = 91n;

/** When the month is over: some standing bids, and an auction that runs with a first bid in it. */
export async function openDemoBids(stage: ShopStage, { sellerId, card }: DemoBids): Promise<void> {
  const { call, shop } = await shopOwner(stage);
  for (const [sku, steps] of BIDS)
    await call('POST', `/v1/recyclers/${shop}/bids`, {
      ...{ sku, faceMinFen: '5000', faceMaxFen: '50000', gradeMin: 'V2', fromHour: 0, toHour: 24 },
      ...{ weekdays: [0, 1, 2, 3, 4, 5, 6], dailyBudgetFen: '100000' },
      curve: steps.map(([rateBps, quantity]) => ({ rateBps, quantity })),
    });
  const sell = await sessionOf(stage, sellerId, SELLER_DEVICE);
  const { number, pin, faceFen } = card;
  const opens = stage.now();
  const percent = (part: bigint): string => String((BigInt(faceFen) * part) / 100n);
  const { id } = await sell('POST', '/v1/auctions', {
    ...{ kind: 'english', sku: AUCTIONED, faceFen, reserveFen: percent(RESERVE_PERCENT) },
    ...{ number, ...(pin !== undefined && { pin }), opensAt: opens.toISOString() },
    closesAt: plus(opens, AUCTION_DAYS * DAY).toISOString(),
  });
  await stage.settle();
  const bid = { maxFen: percent(MAX_PERCENT) };
  await call('POST', `/v1/recyclers/${shop}/auctions/${id}/bid`, bid);
}

export interface DemoBids {
  readonly sellerId: string;
  /** Of the product that is auctioned; the issuer's simulator knows it and nobody has used it. */
  readonly card: { number: string; pin?: string; faceFen: string };
}
export const DEMO_AUCTIONED = AUCTIONED;
