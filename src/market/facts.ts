/** What the house knows about an order when somebody complains: probes, openings, the issuer's last use, custody. */
import { findOpening, type Probe, probesOf } from '#cards';
import type { Facts } from '#disputes';
import { fen, type Reader } from '#platform';
import { gradeNumber } from './domain.ts';
import type { Order } from './order-store.ts';
import { findListing } from './store.ts';

/** `claimRef` is the cause under which the card was looked at for this very claim. */
export async function factsOf(reader: Reader, order: Order, claimRef: string): Promise<Facts> {
  const { card_id: cardId } = order;
  const of = await findListing(reader, order.listing_id);
  const probes = cardId ? await probesOf(reader, cardId) : [];
  const by = (ref: string): Probe | null => probes.find((probe) => probe.ref === ref) ?? null;
  const opened = cardId ? await findOpening(reader, { cardId, cause: order.id }) : undefined;
  const revealedAt = opened?.openedAt ?? order.revealed_at;
  const listedAt = of?.created_at ?? order.created_at;
  const probeAtClaim = by(claimRef);
  return {
    delivery: order.delivery,
    verifiedAtListing: by(order.listing_id),
    probeAtReveal: by(order.id),
    probeAtClaim,
    issuerEvents: eventsIn(probeAtClaim),
    revealedAt,
    paidAt: order.paid_at ?? order.created_at,
    priceFen: order.price_fen,
    promisedBalanceFen: order.promised_fen,
    custody: custodyOf(order, { probes, listedAt, revealedAt }),
    ...(cardId !== null && { cardId }),
    ...(of?.expires_on && { promisedExpiresOn: of.expires_on }),
  };
}

interface Seen {
  readonly code?: string;
  readonly grade?: string;
  readonly asOf?: string;
  readonly lastUse?: { readonly at: string; readonly amountFen: string };
}
const seenIn = (probe: Probe): Seen => JSON.parse(probe.seen) as Seen;

/** The issuer answers when it was asked; its last use stands in the words that were signed. */
function eventsIn(probe: Probe | null): Facts['issuerEvents'] {
  if (!probe) return [];
  const { code, asOf, lastUse } = seenIn(probe);
  const at = asOf === undefined ? probe.at : new Date(asOf);
  const used = lastUse && {
    ...{ at: new Date(lastUse.at), kind: 'used' as const },
    amountFen: fen(BigInt(lastUse.amountFen)),
  };
  const frozen = code === 'FROZEN_BY_ISSUER' && { at, kind: 'frozen' as const, amountFen: null };
  const expired = code === 'EXPIRED' && { at, kind: 'expired' as const, amountFen: null };
  return [...(used ? [used] : []), ...(frozen ? [frozen] : []), ...(expired ? [expired] : [])];
}

const LOCKED = 4;
const REISSUED = 5;

/**
 * Who could spend the card, and when. A re-issue ends the seller's turn for good; a lock only until the buyer has
 * seen the code; without either the seller has known the number all along.
 */
function custodyOf(
  order: Order,
  known: { probes: readonly Probe[]; listedAt: Date; revealedAt: Date | null },
): Facts['custody'] {
  const { listedAt: from, revealedAt } = known;
  if (order.delivery === 'mail') {
    const sent = order.ready_at;
    if (!sent) return [{ holder: 'seller', from, to: null }];
    return [
      { holder: 'seller', from, to: null },
      { holder: 'carrier', from: sent, to: null },
      { holder: 'buyer', from: sent, to: null },
    ];
  }
  const buyers = revealedAt ? [{ holder: 'buyer' as const, from: revealedAt, to: null }] : [];
  const secured = known.probes.find((probe) => gradeNumber(seenIn(probe).grade) >= LOCKED);
  if (!secured) return [{ holder: 'seller', from, to: null }, ...buyers];
  const isReissued = gradeNumber(seenIn(secured).grade) >= REISSUED;
  return [
    { holder: 'seller', from, to: secured.at },
    { holder: 'vault', from: secured.at, to: revealedAt },
    ...(revealedAt && !isReissued
      ? [{ holder: 'seller' as const, from: revealedAt, to: null }]
      : []),
    ...buyers,
  ];
}
