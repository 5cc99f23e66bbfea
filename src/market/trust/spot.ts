/** Spot checks: cards on sale are asked for again at their issuer, at random and on risk, so that none goes stale. */
import { type ProbeResult, probeCard } from '#cards';
import { sendSms } from '#parties';
import {
  addJob,
  chinaDay,
  type Db,
  type Fen,
  inTransaction,
  type Keys,
  newId,
  type Tx,
} from '#platform';
import { append } from '#record';
import { changeListing, takeListing } from '../change.ts';
import type { MarketDeps } from '../deps.ts';
import { noteDeed, standingOf } from './standing.ts';
import {
  finishSpotCheck,
  insertSpotCheck,
  listCheckable,
  lockSpotCheck,
  type SpotCheck,
} from './store.ts';

/** Of the vaulted cards on sale, so many are asked for each day by chance alone. */
export const RANDOM_SHARE = 0.02;
/** And so many times more often where something speaks against the card. */
const RISK_FACTOR = 5;
/** At this part of its balance or less, a card is suspiciously cheap. */
const CHEAP_BPS = 6_000n;
/** A score below this has earned no benefit of the doubt. */
const LOW_SCORE = 400;
/** Nobody waits longer than this for a check: a chance of two in a hundred may miss a card for months. */
export const UNCHECKED_DAYS_MAX = 14;
const BATCH = 500;

export interface Checkable {
  readonly listingId: string;
  readonly cardId: string;
  readonly sellerId: string;
  readonly priceFen: Fen;
  readonly balanceFen: Fen;
  /** Whole days since the issuer last answered for this card. */
  readonly daysUnchecked: number;
}

/**
 * Is it this listing's turn today? `draw` is in [0, 1), the same all day for one listing and unknown to its seller.
 */
export function turnOf(
  listing: Checkable,
  input: { score: number; draw: number },
): 'random' | 'risk' | undefined {
  const { score, draw } = input;
  if (listing.daysUnchecked >= UNCHECKED_DAYS_MAX) return 'risk';
  if (draw < RANDOM_SHARE) return 'random';
  const cheap = listing.priceFen * 10_000n <= listing.balanceFen * CHEAP_BPS;
  const risky = cheap || score < LOW_SCORE;
  return risky && draw < RANDOM_SHARE * RISK_FACTOR ? 'risk' : undefined;
}

/** Orders today's checks; safe to run again, as a listing is drawn the same all day and has one open check at most. */
export async function orderSpotChecks(
  db: Db,
  { keys, at }: { keys: Keys; at: Date },
): Promise<number> {
  const day = chinaDay(at);
  let ordered = 0;
  for (let after = ''; ; ) {
    const page = await listCheckable(db, { after, at, limit: BATCH });
    for (const listing of page) {
      after = listing.listingId;
      const draw = drawOf(keys, day, listing.listingId);
      const { score } = await standingOf(db, listing.sellerId, at);
      const cause = turnOf(listing, { score, draw });
      if (!cause) continue;
      if (await inTransaction(db, (tx) => orderOne(tx, listing, { cause, day, at }))) ordered += 1;
    }
    if (page.length < BATCH) return ordered;
  }
}

/** 32 bits of a keyed hash: nobody outside can tell whose turn it will be. */
const drawOf = (keys: Keys, day: string, listingId: string): number =>
  keys.fingerprint('spot_check', `${day}/${listingId}`).readUInt32BE(0) / 2 ** 32;

async function orderOne(
  tx: Tx,
  listing: Checkable,
  { cause, day, at }: { cause: SpotCheck['cause']; day: string; at: Date },
): Promise<boolean> {
  const id = newId(at);
  const { listingId, cardId, sellerId } = listing;
  if (!(await insertSpotCheck(tx, { id, listingId, cardId, sellerId, cause, day, at })))
    return false;
  await addJob(tx, 'market.spot_check', { spotCheckId: id }, { key: `spot_check/${id}` });
  return true;
}

/** The job: asks the issuer, keeps the answer, and suspends a listing whose card does not hold what it promises. */
export async function spotCheck(deps: MarketDeps, spotCheckId: string, at: Date): Promise<void> {
  const { db, cards } = deps;
  const open = await inTransaction(db, (tx) => lockSpotCheck(tx, spotCheckId));
  if (!open) return;
  const { listingId, cardId, promisedFen, heldRef: heldBy } = open;
  const ref = `spot:${open.id}`;
  const seen = await probeCard(cards, {
    cardId,
    ref,
    heldBy,
    expectFen: promisedFen,
    at,
  });
  await inTransaction(db, async (tx) => {
    const listing = await takeListing(tx, listingId);
    const check = await lockSpotCheck(tx, spotCheckId);
    if (!check) return;
    const outcome = outcomeOf(seen, promisedFen);
    await finishSpotCheck(tx, { id: check.id, outcome, code: seen.code, at });
    const data = { cause: check.cause, outcome, code: seen.code };
    await append(tx, { subject: listingId, type: 'market.spot_checked', data, at });
    if (outcome === 'unanswered') return;
    const kind = outcome === 'passed' ? 'spot_passed' : 'spot_failed';
    const { sellerId: personId } = check;
    await noteDeed(tx, { personId, kind, subject: check.id, valueFen: promisedFen, at });
    if (outcome === 'passed' || !SUSPENDABLE.includes(listing.state)) return;
    await changeListing(tx, listing, {
      ...{ transition: 'suspend', by: 'system', at, record: { spotCheck: check.id } },
      save: { suspended_reason: seen.code },
    });
    const params = { product: listing.product_name_zh };
    await sendSms(tx, { userId: personId, template: 'listing_suspended', params, at });
  });
}

/** A listing that is being sold is proved anyway before its buyer sees the card. */
const SUSPENDABLE: readonly string[] = ['live', 'paused'];

/** More than was promised is no fault. */
function outcomeOf(seen: ProbeResult, promisedFen: Fen): 'passed' | 'failed' | 'unanswered' {
  if (seen.code === 'ISSUER_UNAVAILABLE' || seen.code === 'OTHER') return 'unanswered';
  const more = seen.code.startsWith('FACE_MISMATCH') && (seen.balanceFen ?? 0n) > promisedFen;
  return seen.code === 'OK' || more ? 'passed' : 'failed';
}
