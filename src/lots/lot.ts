/** A lot from its first word to the papers: who may, which file, whose second pair of eyes, and the way back. */
import { randomBytes } from 'node:crypto';
import { BULK_MAX, returnCards } from '#cards';
import { requireCompany, requireMember } from '#parties';
import { addJob, type Keys, newId, notify, type Reader, Refused, type Tx } from '#platform';
import { type Move, move, start } from '#process';
import { append } from '#record';
import { lotProcess } from './life.ts';
import { commitSeed, type Plan } from './sampling.ts';
import { dropUpload, findLot, insertLot, type Lot, lockLot, papersOf, saveLot } from './store.ts';
import { dropRows, listRows } from './store-rows.ts';

export interface Actor {
  readonly companyId: string;
  readonly userId: string;
  readonly at: Date;
}
export type OnLot = Actor & { readonly lotId: string };

export const lotTopic = (id: string): string => `lot:${id}`;
const ROLE = 'buyer';

/** Members of the company, viewers too. Refuses not_found to everybody else, and for another company's lot. */
export async function lotFor(
  reader: Reader,
  { companyId, userId, lotId }: Omit<OnLot, 'at'>,
): Promise<Lot> {
  await requireMember(reader, { recyclerId: companyId, userId });
  const lot = await findLot(reader, lotId);
  if (lot?.company_id !== companyId) throw new Refused('not_found');
  return lot;
}

/** Locked, for a member who may act. */
export async function takeOwn(
  tx: Tx,
  { companyId, userId, lotId }: Omit<OnLot, 'at'>,
): Promise<Lot> {
  await requireMember(tx, { recyclerId: companyId, userId, role: ROLE });
  const lot = await lockLot(tx, lotId);
  if (lot?.company_id !== companyId) throw new Refused('not_found');
  return lot;
}

export interface Step extends Omit<Move<typeof lotProcess>, 'id'> {
  readonly save?: Parameters<typeof saveLot>[2];
}

/** Locked by the caller. What is left of a lot that is over goes back by a job. */
export async function step(tx: Tx, { id }: Lot, { save, ...to }: Step): Promise<Lot> {
  const after = await move(tx, lotProcess, { id, ...to });
  const now = await saveLot(tx, id, { ...save, state: after.state });
  if (now.state === 'withdrawn' || now.state === 'terminated') {
    await dropUpload(tx, id);
    await addJob(tx, LET_GO, { lotId: id });
  }
  notify(tx, lotTopic(id));
  return now;
}
export const LET_GO = 'lots.let_go';

const seedPlace = (lotId: string): string => `lots/${lotId}/seed`;
export const openSeed = (keys: Keys, lot: Lot): string =>
  keys.open('lot_seed', lot.seed_sealed, seedPlace(lot.id));

/**
 * A new lot of a company whose licence is confirmed. The seed of its sample is drawn and committed to now, before
 * anybody has seen a card. Refuses recycler_not_active, team_role_needed and not_found.
 */
export async function createLot(
  tx: Tx,
  input: Actor & { keys: Keys; title: string; declaredRows: number; plan: Plan },
): Promise<string> {
  const { keys, companyId, userId, title, declaredRows, plan, at } = input;
  await requireMember(tx, { recyclerId: companyId, userId, role: ROLE });
  await requireCompany(tx, { recyclerId: companyId, at });
  const id = newId(at);
  const seed = randomBytes(32).toString('hex');
  const commitment = commitSeed(seed);
  await insertLot(tx, {
    ...{ id, company_id: companyId, title, made_by: userId, plan, commitment, created_at: at },
    ...{ declared_rows: declaredRows, state: 'draft' },
    seed_sealed: keys.seal('lot_seed', seed, seedPlace(id)),
  });
  const record = { companyId, declaredRows: String(declaredRows), plan, commitment };
  await start(tx, lotProcess, { id, at, by: 'seller', actor: userId, record });
  return id;
}

/** Another file instead: every card that was taken goes back first, in the same commit. */
export async function beginAgain(tx: Tx, on: OnLot): Promise<Lot> {
  const lot = await takeOwn(tx, on);
  const after = await step(tx, lot, {
    ...{ transition: 'again', by: 'seller', actor: on.userId, at: on.at },
    save: { ...NOTHING_READ, made_by: on.userId, fault: null, fault_row: null },
  });
  await clearRows(tx, lot.id, on.at);
  return after;
}

/** What a lot knows of no file. */
export const NOTHING_READ = {
  ...{ rows_read: 0, rows_good: 0, rows_bad: 0 },
  ...{ file_bytes: null, file_digest: null, format: null },
};

/**
 * The cards of a file that is not kept go back at once: the next one may bring the same numbers. What a notice names is no
 * row any more, and goes back when the notice is lifted.
 */
export async function clearRows(tx: Tx, lotId: string, at: Date): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await listRows(tx, { lotId, states: ['sealed', 'bad'], after, limit: BULK_MAX });
    const cardIds = rows.flatMap(({ card_id }) => (card_id === null ? [] : [card_id]));
    if (cardIds.length > 0) await returnCards(tx, { cardIds, ref: lotId, at });
    const last = rows.at(-1);
    if (!last || rows.length < BULK_MAX) break;
    after = last.no;
  }
  await dropRows(tx, lotId);
}

/**
 * The second person of the company stands for file and papers. Refuses second_person_needed to whoever made the lot,
 * lot_papers_missing, lot_no_good_rows.
 */
export async function submitLot(tx: Tx, on: OnLot): Promise<Lot> {
  const lot = await takeOwn(tx, on);
  if (lot.made_by === on.userId) throw new Refused('second_person_needed');
  const kinds = new Set((await papersOf(tx, lot.id)).map(({ kind }) => kind));
  if (!kinds.has('authorisation') || !kinds.has('purchase'))
    throw new Refused('lot_papers_missing');
  if (lot.state === 'papers' && lot.rows_good === 0) throw new Refused('lot_no_good_rows');
  return await step(tx, lot, {
    ...{ transition: 'submit', by: 'seller', actor: on.userId, at: on.at },
    save: { checked_by: on.userId, reason: null },
    record: { madeBy: lot.made_by, checkedBy: on.userId, cards: String(lot.rows_good) },
  });
}

export async function withdrawLot(tx: Tx, on: OnLot): Promise<Lot> {
  const lot = await takeOwn(tx, on);
  return await step(tx, lot, { transition: 'withdraw', by: 'seller', actor: on.userId, at: on.at });
}

// staff

export async function takeLot(tx: Tx, lotId: string): Promise<Lot> {
  const lot = await lockLot(tx, lotId);
  if (!lot) throw new Refused('not_found');
  return lot;
}

type ByStaff = { readonly lotId: string; readonly operator: string; readonly at: Date };

/** The papers are in order: from here on the issuers are asked. */
export async function approvePapers(tx: Tx, { lotId, operator, at }: ByStaff): Promise<Lot> {
  const lot = await takeLot(tx, lotId);
  return await step(tx, lot, {
    ...{ transition: 'approve', by: 'operator', actor: operator, at },
    jobs: [{ task: CHECK, payload: { lotId } }],
  });
}
export const CHECK = 'lots.check';

export const REASONS = [
  'paper_unreadable',
  'paper_wrong',
  'title_unproven',
  'sample_failed',
] as const;
export type Reason = (typeof REASONS)[number];

export async function sendBack(tx: Tx, input: ByStaff & { reason: Reason }): Promise<Lot> {
  const { lotId, operator, reason, at } = input;
  const lot = await takeLot(tx, lotId);
  const by = { transition: 'send_back', by: 'operator', actor: operator, at } as const;
  return await step(tx, lot, { ...by, record: { reason }, save: { reason, checked_by: null } });
}

export async function stopLot(tx: Tx, input: ByStaff & { reason: Reason }): Promise<Lot> {
  const { lotId, operator, reason, at } = input;
  const lot = await takeLot(tx, lotId);
  const by = { transition: 'stop', by: 'operator', actor: operator, at } as const;
  return await step(tx, lot, { ...by, record: { reason }, save: { reason } });
}

export const noteLot = async (
  tx: Tx,
  lotId: string,
  { type, data, at }: { type: string; data: Parameters<typeof append>[1]['data']; at: Date },
): Promise<void> => await append(tx, { subject: lotId, type, data, at });
