/** How a standing offer to buy changes, and what a payment means for it; buying knows no more of wishes than this. */
import { inTransaction, Refused, type Tx } from '#platform';
import { type ClockHandler, move } from '#process';
import { type WantTransition, want } from './want-life.ts';
import { lockWant, lockWantOf, saveWant, type Want } from './want-store.ts';

export interface WantStep {
  readonly transition: WantTransition;
  readonly by: 'buyer' | 'seller' | 'system' | 'clock';
  readonly actor?: string;
  readonly at: Date;
  readonly save?: { offer_id?: string | null; bought?: number };
}

export async function changeWant(tx: Tx, before: Want, step: WantStep): Promise<void> {
  const { save = {}, ...rest } = step;
  // Open again for what is left of its time; a wish whose time is up lapses in the next round.
  const due = before.until > rest.at ? before.until : rest.at;
  const after = await move(tx, want, { id: before.id, ...rest, due });
  await saveWant(tx, before.id, { state: after.state, ...save });
}

/** Paid for: one less is wanted, and with the last one the wish is met. */
export async function wantPaid(tx: Tx, offerId: string, at: Date): Promise<void> {
  const before = await lockWantOf(tx, offerId);
  if (!before) return;
  const bought = before.bought + 1;
  const isLast = bought === before.wished;
  await changeWant(tx, before, {
    ...{ transition: isLast ? 'meet' : 'again', by: 'system', at },
    save: { bought, ...(!isLast && { offer_id: null }) },
  });
}

/** A day after an answer that nobody paid for the wish is open again; at the end of its time it lapses. */
export const wantClock: ClockHandler = async (db, { id, transition, at }) =>
  await inTransaction(db, async (tx) => {
    const before = await lockWant(tx, id);
    if (!before) throw new Refused('not_found');
    await changeWant(tx, before, {
      ...{ transition: transition as WantTransition, by: 'clock', at },
      ...(transition === 'reopen' && { save: { offer_id: null } }),
    });
  });
