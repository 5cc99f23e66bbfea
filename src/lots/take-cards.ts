/** The numbers of a delivered tranche, or of cards that came back anew, for one person's eyes; and the end of our locks. */
import {
  BULK_MAX,
  type CardSecret,
  openManyRecorded,
  recordOpenings,
  stoppedAmong,
  unlockAtIssuer,
} from '#cards';
import { addJob, inTransaction, Refused, type Tx } from '#platform';
import { sideBySide, TRIES } from './check.ts';
import { noteDeal, type OnDeal, takeDealFor } from './deal.ts';
import type { LotDeps } from './deps.ts';
import { type OnLot, takeOwn } from './lot.ts';
import {
  type Deal,
  findDeal,
  findTranche,
  saveTranche,
  type Tranche,
  tranchesOf,
} from './store-deal.ts';
import { listRows, type Row, reissuedRows } from './store-rows.ts';

export const UNLOCK = 'lots.unlock';

const ROWS = 100_000;
export type OnTranche = OnDeal & { readonly no: number; readonly at: Date };

export const rowsIn = async (
  tx: Parameters<typeof listRows>[0],
  deal: Deal,
  tranche: Tranche,
  states?: Row['state'][],
) => await listRows(tx, { lotId: deal.lot_id, trancheId: tranche.id, states, limit: ROWS });

/** Locked, with its deal. */
export async function takeTranche(
  tx: Tx,
  { no, ...on }: OnDeal & { no: number },
  only?: 'seller' | 'buyer',
): Promise<{ deal: Deal; tranche: Tranche }> {
  const { deal } = await takeDealFor(tx, on, only);
  const tranche = (await tranchesOf(tx, deal.id)).find((one) => one.no === no);
  if (!tranche) throw new Refused('not_found');
  return { deal, tranche };
}

export interface OpenedCard {
  readonly row: Row;
  readonly secret: CardSecret;
}

/**
 * One person of the buyer's takes the numbers, written down before anything is decrypted; nobody else does, and the
 * same person may again. From now on the issuer no longer holds the cards for us. Refuses not_your_turn to the seller,
 * wrong_state before the delivery, already_revealed to a second person. Cards that a notice has stopped since are left
 * out, and not paid for.
 */
export async function openTranche(deps: LotDeps, on: OnTranche): Promise<OpenedCard[]> {
  const { db, keys } = deps;
  const { userId: personId, at } = on;
  const { tranche, rows } = await inTransaction(db, async (tx) => {
    const { deal, tranche } = await takeTranche(tx, on, 'buyer');
    if (tranche.state === 'reserved' || tranche.state === 'cancelled')
      throw new Refused('wrong_state', { state: tranche.state });
    if (tranche.opened_by !== null && tranche.opened_by !== personId)
      throw new Refused('already_revealed');
    const all = await rowsIn(tx, deal, tranche, ['sold', 'paid', 'disputed']);
    if (all.length < tranche.cards && tranche.opened_by === null)
      throw new Refused('lot_handing_over');
    const stopped = await stoppedAmong(tx, idsOf(all));
    const rows = all.filter(({ card_id }) => !stopped.has(card_id ?? ''));
    for (let from = 0; from < rows.length; from += BULK_MAX) {
      const cardIds = idsOf(rows.slice(from, from + BULK_MAX));
      await recordOpenings(tx, { cardIds, cause: tranche.id, personId, at });
    }
    if (tranche.opened_by === null) {
      await saveTranche(tx, tranche.id, { opened_by: personId, opened_at: at });
      await noteDeal(tx, deal.id, {
        ...{ type: 'lots.opened_tranche', at, data: { trancheId: tranche.id, by: personId } },
      });
      await addUnlock(tx, tranche.id);
    }
    return { tranche, rows };
  });
  return await openRows({ db, keys }, { rows, cause: tranche.id, personId });
}

async function openRows(
  { db, keys }: Pick<LotDeps, 'db' | 'keys'>,
  { rows, cause, personId }: { rows: readonly Row[]; cause: string; personId: string },
): Promise<OpenedCard[]> {
  const opened: OpenedCard[] = [];
  for (let from = 0; from < rows.length; from += BULK_MAX) {
    const page = rows.slice(from, from + BULK_MAX);
    const secrets = await openManyRecorded({ db, keys }, { cardIds: idsOf(page), cause, personId });
    for (const row of page) {
      const secret = secrets.get(row.card_id ?? '');
      if (secret) opened.push({ row, secret });
    }
  }
  return opened;
}

/**
 * Cards that came back under a new number, for one person of the company they belong to. Recorded first; the same
 * person may again, another one finds nothing.
 */
export async function openReissued(
  deps: Pick<LotDeps, 'db' | 'keys'>,
  on: OnLot,
): Promise<OpenedCard[]> {
  const { lotId, userId: personId, at } = on;
  const cause = `returned:${lotId}`;
  const rows = await inTransaction(deps.db, async (tx) => {
    await takeOwn(tx, on);
    const all = await reissuedRows(tx, lotId);
    const stopped = await stoppedAmong(tx, idsOf(all));
    const found = all.filter(({ card_id }) => !stopped.has(card_id ?? ''));
    for (let from = 0; from < found.length; from += BULK_MAX) {
      const cardIds = idsOf(found.slice(from, from + BULK_MAX));
      await recordOpenings(tx, { cardIds, cause, personId, at });
    }
    return found;
  });
  return await openRows(deps, { rows, cause, personId });
}

const idsOf = (rows: readonly Row[]): string[] =>
  rows.flatMap(({ card_id }) => (card_id === null ? [] : [card_id]));

export const addUnlock = async (tx: Tx, trancheId: string): Promise<void> =>
  await addJob(tx, UNLOCK, { trancheId }, { attempts: TRIES });

/** A job: our locks end, the cards are the buyer's to spend; a re-issue stays. Safe to run again. */
export async function unlockTranche(deps: LotDeps, trancheId: string, at: Date): Promise<void> {
  const tranche = await findTranche(deps.db, trancheId);
  const deal = tranche && (await findDeal(deps.db, tranche.deal_id));
  if (!tranche || !deal) return;
  const rows = await rowsIn(deps.db, deal, tranche);
  await sideBySide(rows, async ({ card_id: cardId, state }) => {
    if (cardId === null || state === 'returned' || state === 'refunded') return;
    await unlockAtIssuer(deps.cards, { cardId, ref: deal.lot_id, at });
  });
}
