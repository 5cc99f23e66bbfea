/** A card of a lot that somebody tells is bad: it is not sold any more; what was delivered is reported by its buyer. */
import { type CardTold, returnCard } from '#cards';
import { addJob, type Tx } from '#platform';
import { TRIES } from './check.ts';
import { LET_GO, takeLot } from './lot.ts';
import { findLot } from './store.ts';
import { rowOfCard, saveRowStates } from './store-rows.ts';

export async function stopLotCard(tx: Tx, { cardId, promise }: CardTold): Promise<void> {
  if (promise.kind !== 'lot') return;
  const { id: lotId } = await takeLot(tx, promise.ref);
  const row = await rowOfCard(tx, { lotId, cardId });
  if (!row || row.tranche_id !== null || (row.state !== 'sealed' && row.state !== 'good')) return;
  await saveRowStates(tx, {
    lotId,
    rows: [{ no: row.no, state: 'bad', fault: 'card_stopped' }],
  });
}

/** The notice was lifted: what was to go back goes back now; a card whose file was replaced since, from here. */
export async function freeLotCards(
  tx: Tx,
  { cardId, refs, at }: { cardId: string; refs: readonly string[]; at: Date },
): Promise<void> {
  for (const lotId of refs) {
    if (!(await findLot(tx, lotId))) continue;
    if (await rowOfCard(tx, { lotId, cardId }))
      await addJob(tx, LET_GO, { lotId }, { attempts: TRIES });
    else await returnCard(tx, { cardId, ref: lotId, at });
  }
}
