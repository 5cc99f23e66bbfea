/** What compliance does with a match: confirm it, or clear it and let the party go; and the clock that keeps asking. */
import assert from 'node:assert/strict';
import { type Db, inTransaction, Refused, type Tx } from '#platform';
import { type ClockHandler, move } from '#process';
import { watchCase } from './life.ts';
import type { Holds } from './screen.ts';
import { findCase, heldAmong, reachOf, saveCase } from './store.ts';

export const CLEAR_REASONS = ['other_party', 'publisher_error', 'no_longer_listed'] as const;
export const CONFIRM_REASONS = ['same_party'] as const;
export type DecideReason = (typeof CLEAR_REASONS | typeof CONFIRM_REASONS)[number];

/** Refuses `not_found`, `wrong_state`. Whoever has another open match stays held. */
export async function decideCase(
  tx: Tx,
  holds: Holds,
  decided: {
    id: string;
    act: 'confirm' | 'clear';
    reason: DecideReason;
    actor: string;
    at: Date;
  },
): Promise<void> {
  const { id, act, reason, actor, at } = decided;
  const found = await findCase(tx, id);
  if (!found) throw new Refused('not_found');
  const to = { id, transition: act, by: 'compliance', actor, at, record: { reason } } as const;
  const { state } = await move(tx, watchCase, to);
  await saveCase(tx, id, { state, decided: { by: actor, at, reason } });
  if (act === 'confirm') return;
  const reach = await reachOf(tx, found.subjectId);
  const held = await heldAmong(tx, reach);
  await holds.free(tx, { partyIds: reach.filter((one) => !held.has(one)), at });
}

export const watchClock: { watch_case: ClockHandler } = {
  watch_case: async (db: Db, { id, transition, at }) => {
    assert(transition === 'remind' || transition === 'remind_again' || transition === 'review');
    await inTransaction(db, async (tx) => {
      const { state } = await move(tx, watchCase, { id, transition, by: 'clock', at });
      await saveCase(tx, id, { state });
    });
  },
};
