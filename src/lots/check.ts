/** Every card of a lot asked of its issuer, in bounded batches; then the sample, by the seed that stood before the file. */
import {
  handOverCards,
  probeCard,
  RESULTS,
  releaseAtIssuer,
  returnCards,
  setCustody,
  stoppedAmong,
  verifyCard,
} from '#cards';
import {
  addJob,
  type Db,
  fen,
  inTransaction,
  notify,
  Refused,
  sha256,
  type Tx,
  WorldError,
} from '#platform';
import type { LotDeps } from './deps.ts';
import { tooManyBad } from './domain.ts';
import { CHECK, LET_GO, lotTopic, noteLot, openSeed, step, takeLot } from './lot.ts';
import { drawSample, drawSize, sampleVerdict } from './sampling.ts';
import { seenAmong } from './seen.ts';
import { findLot, type Lot, saveLot } from './store.ts';
import { findTranche } from './store-deal.ts';
import {
  listRows,
  markReissued,
  markReturned,
  type Row,
  rowNos,
  rowsToReturn,
  sampleOf,
  saveRowStates,
  saveSample,
  saveSampleResults,
} from './store-rows.ts';

/** So many cards a job: a job that dies costs little, and others get their turn between two. */
const BATCH = 200;
const NAMED_MAX = 500;
const idsOf = (rows: readonly Row[]): string[] =>
  rows.flatMap(({ card_id }) => (card_id === null ? [] : [card_id]));
const SIDE_BY_SIDE = 8;
/** A resting issuer is waited for: the clock of the state ends it, not the number of tries. */
export const TRIES = 60;

export async function sideBySide<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, items.length) }, lane));
}

interface Checked {
  readonly no: number;
  readonly state: 'good' | 'bad';
  readonly fault?: string;
}

/** A job: one batch, then the next job. Throws while an issuer gives no answer at all, so that it comes again. */
export async function checkLot(deps: LotDeps, lotId: string, at: Date): Promise<void> {
  const { db } = deps;
  const lot = await findLot(db, lotId);
  if (lot?.state !== 'checking') return;
  const rows = await listRows(db, { lotId, states: ['sealed'], limit: BATCH });
  const checked: Checked[] = [];
  await sideBySide(rows, async (row) => {
    const result = await checkRow(deps, row, { lotId, at });
    if (result) checked.push(result);
  });
  const done = await inTransaction(
    db,
    async (tx) => await keepChecked(tx, deps, { lotId, checked, at }),
  );
  if (!done && rows.length > 0 && checked.length === 0)
    throw new Error('the issuers have not answered yet');
}

/** Undefined while the issuer does not say. Only a card that holds what was declared, to the fen, is good. */
async function checkRow(
  { cards }: LotDeps,
  row: Row,
  { lotId, at }: { lotId: string; at: Date },
): Promise<Checked | undefined> {
  const { no, card_id: cardId, face_fen: faceFen, expires_on } = row;
  if (cardId === null) return undefined;
  const seen = await verifyCard(cards, {
    ...{ cardId, ref: lotId, expectFen: fen(faceFen), bounded: true, at },
    ...(expires_on !== null && { expectExpiresOn: expires_on }),
  });
  const { outcome } = RESULTS[seen.code];
  if (outcome === 'wait') return undefined;
  const isGood = outcome === 'pass' && seen.balanceFen === faceFen;
  return isGood ? { no, state: 'good' } : { no, state: 'bad', fault: seen.code };
}

/** True when there is nothing left to check. */
async function keepChecked(
  tx: Tx,
  deps: LotDeps,
  { lotId, checked, at }: { lotId: string; checked: readonly Checked[]; at: Date },
): Promise<boolean> {
  const lot = await takeLot(tx, lotId);
  if (lot.state !== 'checking') return true;
  // Two workers may have asked about the same rows: only those that still wait are counted.
  const waiting = new Set(await rowNos(tx, { lotId, state: 'sealed' }));
  const fresh = checked.filter(({ no }) => waiting.has(no));
  await saveRowStates(tx, { lotId, rows: fresh });
  const good = fresh.filter(({ state }) => state === 'good').length;
  const now = await saveLot(tx, lotId, {
    checked_good: lot.checked_good + good,
    checked_bad: lot.checked_bad + fresh.length - good,
  });
  const { checked_bad: bad, checked_good } = now;
  if (tooManyBad({ checked: bad + checked_good, bad })) {
    const by = { transition: 'stop', by: 'system', at } as const;
    await step(tx, now, { ...by, save: { reason: 'too_many_bad' }, record: { bad: String(bad) } });
    return true;
  }
  if (waiting.size > fresh.length) {
    notify(tx, lotTopic(lotId));
    if (fresh.length > 0) await addJob(tx, CHECK, { lotId }, { attempts: TRIES });
    return false;
  }
  await draw(tx, deps, now, at);
  return true;
}

/** The seed is opened, and with it the sample: anyone can draw it again from what stands in the record. */
async function draw(tx: Tx, { keys }: LotDeps, lot: Lot, at: Date): Promise<void> {
  const { id: lotId, plan, commitment, file_digest } = lot;
  const rows = await rowNos(tx, { lotId, state: 'good' });
  if (rows.length === 0 || file_digest === null) {
    const by = { transition: 'stop', by: 'system', at } as const;
    await step(tx, lot, { ...by, save: { reason: 'no_good_card' } });
    return;
  }
  const seed = openSeed(keys, lot);
  const fileDigest = file_digest.toString('hex');
  const size = drawSize(plan, rows.length);
  const nos = drawSample({ seed, fileDigest, rows, size });
  await saveSample(tx, { lotId, nos });
  await step(tx, lot, { transition: 'check', by: 'system', at, save: { seed, sample_size: size } });
  const rowsHash = sha256(rows.join(',')).toString('hex');
  await noteLot(tx, lotId, {
    ...{ type: 'lots.sample_drawn', at },
    data: { seed, commitment, fileDigest, plan, rowsHash, good: rows.length, sample: nos },
  });
}

/**
 * What was found by hand, in the order of the draw, as many at a time as one likes. Refuses lot_sample_order when it
 * is not the next cards that are named.
 */
export async function recordSample(
  tx: Tx,
  input: {
    lotId: string;
    operator: string;
    results: readonly { no: number; ok: boolean }[];
    at: Date;
  },
): Promise<Lot> {
  const { lotId, operator, results, at } = input;
  const lot = await takeLot(tx, lotId);
  if (lot.state !== 'sampling') throw new Refused('wrong_state', { state: lot.state });
  const sample = await sampleOf(tx, lotId);
  const before = sample.filter(({ sample_ok }) => sample_ok !== null);
  const next = sample.slice(before.length, before.length + results.length);
  if (next.length < results.length || results.some(({ no }, index) => next[index]?.no !== no))
    throw new Refused('lot_sample_order');
  await saveSampleResults(tx, { lotId, results });
  const data = { by: operator, results: results.map(({ no, ok }) => [no, ok]) };
  await noteLot(tx, lotId, { type: 'lots.sampled', data, at });
  const verdict = sampleVerdict({
    ...{ plan: lot.plan, lot: lot.checked_good },
    results: [...before.map(({ sample_ok }) => sample_ok === true), ...results.map(({ ok }) => ok)],
  });
  const by = { by: 'operator', actor: operator, at } as const;
  if (verdict === 'pass') return await step(tx, lot, { ...by, transition: 'pass' });
  if (verdict === 'fail')
    return await step(tx, lot, { ...by, transition: 'stop', save: { reason: 'sample_failed' } });
  notify(tx, lotTopic(lotId));
  return lot;
}

/**
 * A job: cards that are not sold go back, a batch at a time: free at the issuer, destroyed here. Safe to run again.
 * Throws while an issuer does not answer.
 */
export async function letGo(deps: LotDeps, lotId: string, at: Date): Promise<void> {
  const { db } = deps;
  // What a notice names stays; a letter names no more of them than this.
  const all = await rowsToReturn(db, { lotId, limit: BATCH + NAMED_MAX });
  const stopped = await stoppedAmong(db, idsOf(all));
  const rows = all.filter(({ card_id }) => !stopped.has(card_id ?? '')).slice(0, BATCH);
  if (rows.length === 0) return;
  const freed: Row[] = [];
  const reissued: Row[] = [];
  let silent = 0;
  await sideBySide(rows, async (row) => {
    const told = await freeAtIssuer(deps, row, { lotId, at });
    if (told === 'silent') silent++;
    else (told === 'free' ? freed : reissued).push(row);
  });
  await inTransaction(db, async (tx) => {
    await returnCards(tx, { cardIds: idsOf(freed), ref: lotId, at });
    await keepReissued(tx, { lotId, rows: reissued, at });
    await markReturned(tx, { lotId, nos: freed.map(({ no }) => no), at });
    if (silent < rows.length) await addJob(tx, LET_GO, { lotId }, { attempts: TRIES });
  });
  if (silent === rows.length) throw new Error('the issuers have not answered yet');
}

/** A re-issue that can no longer be undone: the old number is dead, the owner takes the new one out of the vault. */
async function keepReissued(
  tx: Tx,
  { lotId, rows, at }: { lotId: string; rows: readonly Row[]; at: Date },
): Promise<void> {
  await handOverCards(tx, { cardIds: idsOf(rows), ref: lotId, custody: 'vault', at });
  // Of these the promise ended with their sale.
  for (const cardId of idsOf(rows.filter(({ state }) => state === 'refunded')))
    await setCustody(tx, { cardId, custody: 'vault', at });
  await markReissued(tx, { lotId, nos: rows.map(({ no }) => no), at });
}

/**
 * What was never asked of the issuer holds nothing there; what the buyer had is the buyer's to have spent. A refunded
 * card that it never had was stopped by a notice, and is its owner's as if it had not been sold.
 */
async function freeAtIssuer(
  { db, cards }: LotDeps,
  { card_id: cardId, state, tranche_id }: Row,
  { lotId: ref, at }: { lotId: string; at: Date },
): Promise<'free' | 'reissued' | 'silent'> {
  if (cardId === null || state === 'sealed') return 'free';
  const tranche = tranche_id === null ? undefined : await findTranche(db, tranche_id);
  if (state === 'refunded' && tranche && (await seenAmong(db, tranche, [cardId])).size > 0)
    return 'free';
  try {
    const { released } = await releaseAtIssuer(cards, { cardId, ref, at });
    return released ? 'free' : 'reissued';
  } catch (error) {
    if (error instanceof WorldError) return 'silent';
    throw error;
  }
}

/** A job: what the issuer says now of each card that the buyer disputes. */
export async function probeDisputed(
  deps: LotDeps,
  input: { lotId: string; trancheId: string; at: Date },
  keep: (db: Db, told: { lotId: string; no: number; code: string }) => Promise<void>,
): Promise<void> {
  const { lotId, trancheId, at } = input;
  const rows = await listRows(deps.db, { lotId, trancheId, states: ['disputed'], limit: 100_000 });
  let silent = 0;
  await sideBySide(
    rows.filter(({ probed }) => probed === null),
    async ({ no, card_id: cardId, face_fen: expectFen }) => {
      if (cardId === null) return;
      const asked = { cardId, ref: `report:${trancheId}`, heldBy: lotId, expectFen, at };
      const { code } = await probeCard(deps.cards, asked);
      if (code === 'ISSUER_UNAVAILABLE') silent++;
      else await keep(deps.db, { lotId, no, code });
    },
  );
  if (silent > 0) throw new Error('the issuers have not answered yet');
}
