/** The one way a listing, an order or an offer changes: lock, move its process, save, in the caller's transaction. */
import assert from 'node:assert/strict';
import { refuseStopped } from '#cards';
import { Refused, type Tx } from '#platform';
import { type Move, move } from '#process';
import { project } from './find/project.ts';
import { listing, marketOrder, offer } from './life.ts';
import { tellOrder } from './notices.ts';
import {
  lockOffer,
  lockOrder,
  type Offer,
  type Order,
  type OrderChange,
  saveOffer,
  saveOrder,
} from './order-store.ts';
import { type Listing, type ListingChange, lockListing, saveListing } from './store.ts';
import { afterStep } from './trust/deeds.ts';

export interface ListingStep extends Omit<Move<typeof listing>, 'id'> {
  readonly save?: ListingChange;
}
export interface OrderStep extends Omit<Move<typeof marketOrder>, 'id'> {
  readonly save?: OrderChange;
}
export interface OfferStep extends Omit<Move<typeof offer>, 'id'> {
  readonly save?: Parameters<typeof saveOffer>[2];
}

/** Locks a listing that must exist and, where a seller is named, be theirs; strangers see nothing. */
export async function takeListing(tx: Tx, id: string, sellerId?: string): Promise<Listing> {
  const found = await lockListing(tx, id);
  if (!found || (sellerId !== undefined && found.seller_id !== sellerId))
    throw new Refused('not_found');
  return found;
}

/** Steps after which somebody may buy, and the purchase itself. */
const OPENS: ReadonlySet<string> = new Set(['publish', 'resume', 'reinstate', 'reserve']);

/** A reason stands beside a suspension and goes with it. Refused card_stopped before a step that sells a stopped card. */
export async function changeListing(tx: Tx, before: Listing, step: ListingStep): Promise<Listing> {
  const { save = {}, ...rest } = step;
  if (OPENS.has(rest.transition) && before.card_id) await refuseStopped(tx, [before.card_id]);
  const endsAt = (save.ends_at as Date | undefined) ?? before.ends_at ?? undefined;
  const after = await move(tx, listing, {
    ...(endsAt && { due: endsAt }),
    ...rest,
    id: before.id,
  });
  await saveListing(tx, before.id, {
    suspended_reason: null,
    ...save,
    state: after.state,
    updated_at: rest.at,
  });
  await project(tx, before.id);
  const now = await lockListing(tx, before.id);
  assert(now?.state === after.state, 'the listing and its process agree');
  return now;
}

/** Locks an order that must exist and be this person's, on the side that is named. */
export async function takeOrder(
  tx: Tx,
  id: string,
  side: { buyerId?: string; sellerId?: string } = {},
): Promise<Order> {
  const found = await lockOrder(tx, id);
  if (!found) throw new Refused('not_found');
  if (side.buyerId !== undefined && found.buyer_id !== side.buyerId) throw new Refused('not_found');
  if (side.sellerId !== undefined && found.seller_id !== side.sellerId)
    throw new Refused('not_found');
  return found;
}

export const buyersAccount = ({ buyer_id }: Pick<Order, 'buyer_id'>): string =>
  `PAYABLE:${buyer_id}`;

/** A shop's money goes to its wallet, to buy with again. */
export const sellersAccount = ({
  seller_id,
  recycler_id,
}: Pick<Order, 'seller_id' | 'recycler_id'>): string =>
  recycler_id === null ? `PAYABLE:${seller_id}` : `WALLET:${recycler_id}`;

const accountsOf = (order: Order) => ({
  ESCROW: `ESCROW:${order.id}`,
  BUYER: buyersAccount(order),
  PAYABLE: sellersAccount(order),
  FEE: 'FEE',
  TAX: 'TAX',
  PREMIUM: 'PREMIUM:house',
  ...(order.charity_id && { CHARITY: `CHARITY:${order.charity_id}` }),
});

const amountsOf = (order: Order) => ({
  total: order.total_fen,
  net: order.net_fen,
  fee: order.fee_fen,
  charity: order.charity_fen,
  tax: order.tax_fen,
  premium: order.premium_fen,
});

export async function changeOrder(tx: Tx, before: Order, step: OrderStep): Promise<Order> {
  const { save = {}, accounts, amounts, ...rest } = step;
  const after = await move(tx, marketOrder, {
    id: before.id,
    ...rest,
    accounts: { ...accountsOf(before), ...accounts },
    amounts: { ...amountsOf(before), ...amounts },
  });
  await saveOrder(tx, before.id, { ...save, state: after.state });
  const now = await lockOrder(tx, before.id);
  assert(now?.state === after.state, 'the order and its process agree');
  await afterStep(tx, now, rest);
  await tellOrder(tx, now, { ...rest, dueAt: after.dueAt });
  return now;
}

export async function takeOffer(
  tx: Tx,
  id: string,
  side: { buyerId?: string; sellerId?: string },
): Promise<Offer> {
  const found = await lockOffer(tx, id);
  if (!found) throw new Refused('not_found');
  if (side.buyerId !== undefined && found.buyer_id !== side.buyerId) throw new Refused('not_found');
  if (side.sellerId !== undefined && found.seller_id !== side.sellerId)
    throw new Refused('not_found');
  return found;
}

export async function changeOffer(tx: Tx, before: Offer, step: OfferStep): Promise<Offer> {
  const { save = {}, ...rest } = step;
  const after = await move(tx, offer, { id: before.id, ...rest });
  await saveOffer(tx, before.id, { ...save, state: after.state, updated_at: rest.at });
  const now = await lockOffer(tx, before.id);
  assert(now?.state === after.state, 'the offer and its process agree');
  return now;
}
