/** Every five minutes all cards of a kind that wait meet all standing bids that want them, and clear at one price. */
import {
  chinaDay,
  type Fen,
  fen,
  inTransaction,
  MINUTE,
  newId,
  notify,
  type Tx,
  ZERO,
} from '#platform';
import { type AuctionHouse, step } from './auction.ts';
import {
  type Auction,
  closeRound,
  insertRound,
  type Kindred,
  lockWaiting,
  waitingKinds,
} from './auction-store.ts';
import { bookTopic } from './bid.ts';
import { purseOf } from './book.ts';
import { affordable, type BatchOrder, worstCost } from './clear-batch.ts';
import { type CardFacts, priceAtRate, stillOpen, type Taken, wants } from './domain.ts';
import { tellIfUsedUp } from './notices.ts';
import { type BatchInput, type BatchOutcome, clearBatchInput, orderText } from './outcome.ts';
import { askToPay, publish } from './settle.ts';
import { insertTake, liveBids, lockBids, type StandingBid, takenOn } from './store.ts';

export const ROUND_MS = 5 * MINUTE;
const slotOf = (at: Date): Date => new Date(Math.floor(at.getTime() / ROUND_MS) * ROUND_MS);

/** Runs each round that is due, one transaction each; gives how many cards were sold. Safe to run side by side. */
export async function runRounds(house: AuctionHouse, at: Date): Promise<number> {
  const slot = slotOf(at);
  let sold = 0;
  for (const kindred of await waitingKinds(house.db, slot))
    sold += await inTransaction(house.db, (tx) => round(tx, house, { kindred, slot, at }));
  return sold;
}

async function round(
  tx: Tx,
  house: AuctionHouse,
  { kindred, slot, at }: { kindred: Kindred; slot: Date; at: Date },
): Promise<number> {
  const { sku, faceFen, expiresOn } = kindred;
  const id = newId(at);
  const row = { id, sku, face_fen: faceFen, expires_on: expiresOn, slot, at, volume: 0 };
  if (!(await insertRound(tx, row))) return 0;
  const cards = await lockWaiting(tx, { ...kindred, at });
  const offers = await buysOf(tx, house, { cards, kindred, at });
  const input: BatchInput = {
    kind: 'batch',
    buys: offers.map(({ order }) => orderText(order)),
    sells: cards.map((card, no) =>
      orderText({ id: card.id, no, limitFen: card.reserve_fen, quantity: 1 }),
    ),
  };
  const outcome = clearBatchInput(input);
  await publish(tx, id, { input, outcome, at });
  if (outcome.priceFen === null) return 0;
  const priceFen = fen(BigInt(outcome.priceFen));
  await closeRound(tx, { id, priceFen, volume: outcome.volume });
  const bidOf = new Map(offers.map(({ order, bid }) => [order.id, bid]));
  const { recyclers } = house;
  await handOut(tx, { round: id, outcome, cards, bidOf, priceFen, recyclers, at });
  notify(tx, bookTopic(sku));
  return outcome.volume;
}

interface Offer {
  readonly order: BatchOrder;
  readonly bid: StandingBid;
}

/** Everything that can be paid for, whatever the price will be. Who is related to a seller, or did not pay, sits it out. */
async function buysOf(
  tx: Tx,
  { recyclers }: AuctionHouse,
  { cards, kindred, at }: { cards: readonly Auction[]; kindred: Kindred; at: Date },
): Promise<Offer[]> {
  const { sku, faceFen } = kindred;
  const card: CardFacts = {
    ...{ sku, faceFen, at, grade: 'V4' },
    expiresOn: kindred.expiresOn ?? undefined,
  };
  const wanting = (await liveBids(tx, sku)).filter(({ terms }) => wants(terms, card));
  // Locked, as a sale by quote locks them: a stop, a sale and this round take turns.
  const standing = await lockBids(
    tx,
    wanting.map(({ id }) => id),
  );
  const bids = wanting.filter(({ id }) => standing.has(id));
  const bidIds = bids.map(({ id }) => id);
  const taken = await takenOn(tx, { bidIds, day: chinaDay(at) });
  const free = new Map<string, Fen>();
  for (const recyclerId of new Set(bids.map((bid) => bid.recyclerId))) {
    const purse = await purseOf(tx, recyclers, { recyclerId, at });
    let own = purse?.freeFen ?? ZERO;
    for (const { seller_id: userId, defaulted } of cards) {
      const out = defaulted.includes(recyclerId);
      if (own > ZERO && (out || (await recyclers.isRelated(tx, { recyclerId, userId }))))
        own = ZERO;
    }
    free.set(recyclerId, own);
  }
  return bids.flatMap((bid) => {
    const left = free.get(bid.recyclerId) ?? ZERO;
    const steps = payable(bid, { faceFen, left, today: taken.get(bid.id) });
    free.set(bid.recyclerId, fen(left - worstCost(steps)));
    return steps.map((one, index) => ({
      bid,
      order: { id: `${bid.id}/${index}`, no: Number(bid.no) * 32 + index, ...one },
    }));
  });
}

function payable(
  { terms }: StandingBid,
  { faceFen, left, today }: { faceFen: Fen; left: Fen; today: Taken | undefined },
) {
  const budget = fen(terms.dailyBudgetFen - (today?.fen ?? ZERO));
  const money = budget < left ? budget : left;
  if (money <= ZERO) return [];
  const rest = stillOpen(terms.curve, today?.cards ?? 0).map(({ rateBps, quantity }) => ({
    limitFen: priceAtRate(faceFen, rateBps),
    quantity,
  }));
  return affordable(
    rest.filter(({ limitFen }) => limitFen > ZERO),
    money,
  );
}

/** Cards and buyers in the order of their fills: which of equal cards goes to whom is no matter of price. */
async function handOut(
  tx: Tx,
  input: {
    round: string;
    outcome: BatchOutcome;
    cards: readonly Auction[];
    bidOf: ReadonlyMap<string, StandingBid>;
    priceFen: Fen;
    recyclers: AuctionHouse['recyclers'];
    at: Date;
  },
): Promise<void> {
  const { outcome, priceFen, at } = input;
  const cardOf = new Map(input.cards.map((card) => [card.id, card]));
  const buyers = outcome.buys.flatMap(({ id, quantity }) => Array<string>(quantity).fill(id));
  for (const [index, { id: orderId }] of outcome.sells.entries()) {
    const bid = input.bidOf.get(buyers[index] ?? '');
    const card = cardOf.get(orderId);
    if (!bid || !card) throw new Error('a fill has its card and its bid');
    await insertTake(tx, { orderId, bidId: bid.id, day: chinaDay(at), priceFen, at });
    await tellIfUsedUp(tx, input.recyclers, { bid, at });
    const record = { round: input.round, bid: bid.id };
    const cleared = await step(tx, card, { transition: 'match', by: 'system', at, record });
    await askToPay(tx, cleared, { winner: bid.recyclerId, price_fen: priceFen }, at);
  }
}
