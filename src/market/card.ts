/** The card itself: checked with its issuer when it is listed, proved again before it is seen, and given back. */
import assert from 'node:assert/strict';
import {
  type CardSecret,
  cardOf,
  findOpening,
  type Grade,
  openRecorded,
  type ProbeResult,
  probeCard,
  recordOpening,
  releaseAtIssuer,
  returnCard,
  unlockAtIssuer,
  verifyCard,
} from '#cards';
import { inTransaction, Refused } from '#platform';
import { changeListing, changeOrder, takeListing, takeOrder } from './change.ts';
import type { MarketDeps } from './deps.ts';
import { gradeNumber } from './domain.ts';
import { putUp } from './list.ts';
import { findOrder, type Order } from './order-store.ts';
import { refundOrder } from './settle.ts';
import { findListing, type Listing, saveListing } from './store.ts';

/** Asks the issuer about a listed card, then lets the listing go up or come down. Safe to run again. */
export async function checkListed(deps: MarketDeps, listingId: string, at: Date): Promise<void> {
  const asked = await findListing(deps.db, listingId);
  if (asked?.state !== 'checking') return;
  assert(asked.card_id, 'a listing that is checked has a card');
  const seen = await firstLook(deps, asked, at);
  // The clock asks again in two minutes, for half an hour.
  if (seen.code === 'ISSUER_UNAVAILABLE') return;
  await inTransaction(deps.db, async (tx) => {
    const now = await takeListing(tx, listingId);
    if (now.state !== 'checking') return;
    const { code, grade, balanceFen, probeId } = seen;
    // A look changes nothing about how surely the card is ours.
    const found = {
      ...(grade && { grade: gradeNumber(grade) }),
      balance_fen: balanceFen ?? null,
    };
    const record = { code, ...(grade && { grade }), ...(probeId && { probe: probeId }) };
    if (code === 'OK') {
      const up = putUp(now, at);
      await changeListing(tx, now, {
        ...{ transition: 'admit', by: 'system', at, record, due: up.ends_at },
        save: { ...found, ...up },
      });
      return;
    }
    await changeListing(tx, now, {
      ...{ transition: 'turn_down', by: 'system', at, record },
      save: { ...found, suspended_reason: code },
    });
  });
}

/** A card of a shop's stock is held already, under the cause of its purchase: it is only asked about. */
async function firstLook(
  { cards }: MarketDeps,
  of: Listing,
  at: Date,
): Promise<ProbeResult & { grade?: Grade }> {
  const { card_id: cardId, id: ref, declared_fen: expectFen, held_ref: heldBy } = of;
  assert(cardId, 'a listing that is checked has a card');
  if (heldBy !== null) return await probeCard(cards, { cardId, ref, heldBy, expectFen, at });
  return await verifyCard(cards, {
    ...{ cardId, ref, expectFen, at },
    ...(of.expires_on !== null && { expectExpiresOn: of.expires_on }),
  });
}

/** The look before the buyer's look. Worse than promised: the money goes back and the listing comes down. */
export async function proveOrder(deps: MarketDeps, orderId: string, at: Date): Promise<void> {
  const asked = await findOrder(deps.db, orderId);
  if (asked?.state !== 'probing') return;
  const seen = await look(deps, asked, at);
  if (seen.code === 'ISSUER_UNAVAILABLE') return;
  await inTransaction(deps.db, async (tx) => {
    const now = await takeOrder(tx, orderId);
    if (now.state !== 'probing') return;
    const { code, probeId, balanceFen } = seen;
    const kept = isWorse(now, seen) ? undefined : { probe_code: code, probe_id: probeId ?? null };
    const record = {
      code,
      ...(probeId && { probe: probeId }),
      ...(balanceFen !== undefined && { balanceFen: String(balanceFen) }),
    };
    const step = { by: 'system', at, record } as const;
    if (kept) {
      await changeOrder(tx, now, { ...step, transition: 'prove', save: kept });
      return;
    }
    await refundOrder(tx, now, {
      step: { ...step, transition: 'fail', save: { probe_code: code, probe_id: probeId ?? null } },
      reason: code,
      fate: 'suspend',
    });
  });
}

/** A card that nobody has secured yet is secured now, as far as its issuer can; one in the vault is only asked about. */
async function look(deps: MarketDeps, order: Order, at: Date) {
  const { card_id: cardId, id: ref, promised_fen: expectFen } = order;
  assert(cardId, 'an order that is proved has a card');
  if (order.delivery === 'vault')
    return await probeCard(deps.cards, { cardId, ref, heldBy: heldRef(order), expectFen, at });
  return await verifyCard(deps.cards, { cardId, ref, expectFen, at });
}

/** The cause under which we hold it: the listing, or the purchase that a shop sells it from. */
const heldRef = ({ held_ref, listing_id }: Order): string => held_ref ?? listing_id;

/** More than was promised is no fault; anything else that is not what was promised is. */
const isWorse = (order: Order, seen: { code: string; balanceFen?: bigint | undefined }): boolean =>
  seen.code !== 'OK' &&
  !(seen.code.startsWith('FACE_MISMATCH') && (seen.balanceFen ?? 0n) > order.promised_fen);

/** Our own lock ends when the card is its buyer's to spend. */
export async function unlock(deps: MarketDeps, orderId: string, at: Date): Promise<void> {
  const order = await findOrder(deps.db, orderId);
  if (!order?.card_id) return;
  const ref = order.delivery === 'vault' ? heldRef(order) : order.id;
  await unlockAtIssuer(deps.cards, { cardId: order.card_id, ref, at });
}

/** Gives a listed card back: free at the issuer, shredded here. Safe to run again. */
export async function letGoListed(deps: MarketDeps, listingId: string, at: Date): Promise<void> {
  const of = await findListing(deps.db, listingId);
  if (!of?.card_id || of.card_back !== 'pending') return;
  const back = await letGo(deps, { cardId: of.card_id, ref: listingId, at });
  if (back === 'stopped') return;
  await inTransaction(deps.db, (tx) => saveListing(tx, listingId, { card_back: back }));
}

/** The same for a card that its seller brought only for one order. */
export async function letGoOrdered(deps: MarketDeps, orderId: string, at: Date): Promise<void> {
  const order = await findOrder(deps.db, orderId);
  if (!order?.card_id || order.delivery !== 'seller') return;
  const card = await cardOf(deps.db, order.card_id);
  if (card?.custody !== 'vault') return;
  await letGo(deps, { cardId: order.card_id, ref: orderId, at });
}

/** A re-issue that can no longer be undone leaves a new number, which its owner may open once. */
async function letGo(
  deps: MarketDeps,
  { cardId, ref, at }: { cardId: string; ref: string; at: Date },
): Promise<'returned' | 'new_number' | 'stopped'> {
  const { released, code } = await releaseAtIssuer(deps.cards, { cardId, ref, at });
  if (!released) return code === 'card_stopped' ? 'stopped' : 'new_number';
  await inTransaction(deps.db, (tx) => returnCard(tx, { cardId, ref, at }));
  return 'returned';
}

const causeOfReturn = (ref: string): string => `return/${ref}`;

/** May the owner open the number that the card has now? */
export async function canTakeBack(deps: Pick<MarketDeps, 'db'>, of: Listing): Promise<boolean> {
  if (of.card_back !== 'new_number' || !of.card_id) return false;
  return !(await findOpening(deps.db, { cardId: of.card_id, cause: causeOfReturn(of.id) }));
}

/** The seller opens the re-issued number of a card that did not sell: recorded first, once. */
export async function takeBack(
  deps: MarketDeps,
  { listingId, userId, at }: { listingId: string; userId: string; at: Date },
): Promise<CardSecret> {
  const opening = await inTransaction(deps.db, async (tx) => {
    const of = await takeListing(tx, listingId, userId);
    if (of.card_back !== 'new_number' || !of.card_id) throw new Refused('wrong_state');
    const found = { cardId: of.card_id, cause: causeOfReturn(of.id), personId: userId };
    await recordOpening(tx, { ...found, at });
    return found;
  });
  return await openRecorded(deps, opening);
}
