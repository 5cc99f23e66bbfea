/** Which cards of a tranche its buyer has looked at, and which it cannot: those that a notice stopped before. */
import { openedBy, stoppedAmong } from '#cards';
import type { Reader } from '#platform';
import type { Tranche } from './store-deal.ts';
import { listRows, type Row } from './store-rows.ts';

const ROWS = 100_000;

export async function seenAmong(
  reader: Reader,
  { id: cause, opened_by: personId }: Pick<Tranche, 'id' | 'opened_by'>,
  cardIds: readonly string[],
): Promise<ReadonlySet<string>> {
  return personId === null ? new Set() : await openedBy(reader, { cardIds, cause, personId });
}

/** Who may not see a card does not pay for it, whatever its issuer says of it. */
export async function unseenStopped(
  reader: Reader,
  of: { lotId: string; tranche: Tranche; state: 'sold' | 'disputed' },
): Promise<Row[]> {
  const { lotId, tranche, state } = of;
  const rows = await listRows(reader, {
    ...{ lotId, trancheId: tranche.id, states: [state], limit: ROWS },
  });
  const ids = rows.flatMap(({ card_id }) => (card_id === null ? [] : [card_id]));
  const stopped = await stoppedAmong(reader, ids);
  if (stopped.size === 0) return [];
  const seen = await seenAmong(reader, tranche, [...stopped]);
  return rows.filter(({ card_id }) => stopped.has(card_id ?? '') && !seen.has(card_id ?? ''));
}
