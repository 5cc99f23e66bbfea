/**
 * What buyer and seller are told by text message, for nobody has to keep a page open: product, amounts and times,
 * never a number of a card, a name or a reason. Why something happened stands on the page of the order.
 */
import { sendSms } from '#parties';
import { chinaMinute, type Fen, type Tx, yuan } from '#platform';
import type { OfferTransition, OrderTransition } from './life.ts';
import type { Offer, Order } from './order-store.ts';
import { findListing } from './store.ts';

type Template = Parameters<typeof sendSms>[1]['template'];
type Side = 'buyer' | 'seller';
interface Notice {
  readonly to: Side;
  readonly template: Template;
}

const back: Notice = { to: 'buyer', template: 'market_refund' };
const undone: Notice = { to: 'seller', template: 'market_undone' };
const settled: readonly Notice[] = [{ to: 'seller', template: 'market_settled' }];
const ready: Notice = { to: 'buyer', template: 'market_ready' };

/** Only what somebody must know or answer; a step that a person has just made themselves is on their screen. */
const ORDER: Readonly<Partial<Record<OrderTransition, readonly Notice[]>>> = {
  pay: [{ to: 'seller', template: 'market_sold' }, ready],
  pay_first: [{ to: 'seller', template: 'market_hand_over' }],
  deliver: [ready],
  ship: [{ to: 'buyer', template: 'market_shipped' }],
  confirm: settled,
  receive: settled,
  confirm_extended: settled,
  settle_claim: settled,
  cancel: [back, undone],
  fail: [back, undone],
  not_delivered: [back, undone],
  never_seen: [back, undone],
  not_opened: [back, undone],
  unanswered: [back, undone],
  undecided: [back, undone],
  give_back: [back, undone],
  settle_part: [back],
  make_whole: [back],
  reimburse: [back],
};

/** In the transaction of the step, so that nothing is told that did not happen. */
export async function tellOrder(
  tx: Tx,
  order: Order,
  step: { transition: OrderTransition; at: Date; dueAt?: Date | undefined },
): Promise<void> {
  const { transition, at, dueAt } = step;
  for (const { to, template } of ORDER[transition] ?? []) {
    const amountFen = to === 'seller' ? order.net_fen : (order.refund_fen ?? order.total_fen);
    const userId = to === 'seller' ? order.seller_id : order.buyer_id;
    await tell(tx, order.listing_id, { userId, template, amountFen, until: dueAt, at });
  }
}

export async function tellBeforeConfirm(tx: Tx, order: Order, at: Date): Promise<void> {
  const until = order.inspect_until ?? undefined;
  const amountFen = order.total_fen;
  const template = 'market_confirm_soon';
  await tell(tx, order.listing_id, { userId: order.buyer_id, template, amountFen, until, at });
}

const OFFER: Readonly<Partial<Record<OfferTransition | 'bid', Notice>>> = {
  bid: { to: 'seller', template: 'offer_made' },
  bid_again: { to: 'seller', template: 'offer_made' },
  counter: { to: 'buyer', template: 'offer_countered' },
  accept: { to: 'buyer', template: 'offer_agreed' },
  take: { to: 'seller', template: 'offer_taken' },
};

export async function tellOffer(
  tx: Tx,
  offer: Offer,
  step: { transition: OfferTransition | 'bid'; at: Date; dueAt?: Date | undefined },
): Promise<void> {
  const notice = OFFER[step.transition];
  if (!notice) return;
  const userId = notice.to === 'seller' ? offer.seller_id : offer.buyer_id;
  const { template } = notice;
  const { at, dueAt: until } = step;
  await tell(tx, offer.listing_id, { userId, template, amountFen: offer.price_fen, until, at });
}

async function tell(
  tx: Tx,
  listingId: string,
  letter: { userId: string; template: Template; amountFen: Fen; until: Date | undefined; at: Date },
): Promise<void> {
  const { userId, template, amountFen, until, at } = letter;
  const of = await findListing(tx, listingId);
  const params = {
    product: of?.product_name_zh ?? '',
    amount: yuan(amountFen).slice(1),
    ...(until && { deadline: chinaMinute(until) }),
  };
  await sendSms(tx, { userId, template, params, at });
}
