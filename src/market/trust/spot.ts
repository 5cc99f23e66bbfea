/** Spot checks: cards on sale are asked for again at their issuer, at random and on risk, so that none goes stale. */
import {
  addJob,
  chinaDay,
  type Db,
  type Fen,
  inTransaction,
  type Keys,
  newId,
  type Reader,
  type Tx,
} from '#platform';
import { append } from '#record';
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
  if (!(await insertSpotCheck(tx, { id, listingId, cardId, sellerId, cause, day, at }))) return false;
  await addJob(tx, 'market.spot_check', { spotCheckId: id }, { key: `spot_check/${id}` });
  return true;
}

export interface SpotDeps {
  readonly db: Db;
  /** Asks the issuer; `held` is undefined when the issuer did not answer. */
  readonly probe: (input: {
    cardId: string;
    ref: string;
    at: Date;
  }) => Promise<{ code: string; held: boolean | undefined }>;
  /** Takes the listing off sale and tells the seller why. */
  readonly suspend: (tx: Tx, input: { listingId: string; code: string; at: Date }) => Promise<void>;
}

/** The job: asks, keeps the answer, and suspends a listing whose card does not hold what it promises. */
export async function runSpotCheck(deps: SpotDeps, spotCheckId: string, at: Date): Promise<void> {
  const { db, probe, suspend } = deps;
  const open = await inTransaction(db, (tx) => lockSpotCheck(tx, spotCheckId));
  if (!open) return;
  const { code, held } = await probe({ cardId: open.cardId, ref: `spot:${open.id}`, at });
  await inTransaction(db, async (tx) => {
    const check = await lockSpotCheck(tx, spotCheckId);
    if (!check) return;
    const outcome = held === undefined ? 'unanswered' : held ? 'passed' : 'failed';
    await finishSpotCheck(tx, { id: check.id, outcome, code, at });
    const data = { listingId: check.listingId, cause: check.cause, outcome, code };
    await append(tx, { subject: check.listingId, type: 'market.spot_checked', data, at });
    if (held === undefined) return;
    const kind = held ? 'spot_passed' : 'spot_failed';
    const { sellerId: personId, valueFen } = check;
    await noteDeed(tx, { personId, kind, subject: check.id, valueFen, at });
    if (!held) await suspend(tx, { listingId: check.listingId, code, at });
  });
}

