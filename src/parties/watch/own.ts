/** The house's own list, kept by compliance in the console: each change in force is a new version, compared with everybody. */
import { addDays, chinaDay, chinaInstant, inTransaction, newId, Refused, type Tx } from '#platform';
import { type ClockHandler, type Move, move, start } from '#process';
import type { Entry } from './domain.ts';
import { OWN_DAYS_MAX, type OwnState, ownEntry } from './own-life.ts';
import { insertOwn, type OwnRow, ownInForce, saveOwn, takeOwn } from './own-store.ts';
import { type Keeper, keepVersion } from './screen.ts';
import { lockList } from './store.ts';

/** Who is not served, and why; sealed, since both name people. */
export interface OwnFacts extends Omit<Entry, 'ref'> {
  readonly reason: string;
}

const boundTo = (id: string): string => `own_entry/${id}`;
/** The day after its last. */
const dueOf = (until: string): Date => chinaInstant(addDays(until, 1));

/** Refused: until_invalid for a last day in the past, or more than a year ahead. */
export async function proposeOwn(
  tx: Tx,
  { keys }: Keeper,
  proposed: { facts: OwnFacts; until: string; by: string; at: Date },
): Promise<string> {
  const { facts, until, by, at } = proposed;
  const today = chinaDay(at);
  if (until < today || until > addDays(today, OWN_DAYS_MAX)) throw new Refused('until_invalid');
  const id = newId(at);
  await insertOwn(tx, {
    ...{ id, sealed: keys.seal('own_entry', JSON.stringify(facts), boundTo(id)), until },
    ...{ state: ownEntry.initial, proposed_by: by, proposed_at: at, changed_at: at },
  });
  await start(tx, ownEntry, { id, at, by: 'compliance', actor: by, record: { until } });
  return id;
}

export const factsOf = ({ keys }: Keeper, { id, sealed }: OwnRow): OwnFacts =>
  JSON.parse(keys.open('own_entry', sealed, boundTo(id))) as OwnFacts;

export const OWN_ACTS = ['approve', 'refuse', 'propose_end', 'end', 'keep'] as const;
export type OwnAct = (typeof OWN_ACTS)[number];

/** Refused: not_found, wrong_state; maker_cannot_approve to whoever proposed what they would put in force or end. */
export async function decideOwn(
  tx: Tx,
  keeper: Keeper,
  { id, act, by, at }: { id: string; act: OwnAct; by: string; at: Date },
): Promise<void> {
  const before = await takeOwn(tx, id);
  if (act === 'approve' && before.proposedBy === by) throw new Refused('maker_cannot_approve');
  if (act === 'end' && before.endingBy === by) throw new Refused('maker_cannot_approve');
  await go(tx, keeper, before, { transition: act, by: 'compliance', actor: by, at });
}

type Step = Omit<Move<typeof ownEntry>, 'id'>;

async function go(tx: Tx, keeper: Keeper, before: OwnRow, step: Step): Promise<void> {
  const { id, until } = before;
  const { transition, actor, at } = step;
  const comes = transition === 'approve' || transition === 'keep';
  const { state } = await move(tx, ownEntry, { ...step, id, ...(comes && { due: dueOf(until) }) });
  await saveOwn(tx, id, {
    ...{ state: state as OwnState, changed_at: at },
    ...((transition === 'approve' || transition === 'refuse') && actor && { decided_by: actor }),
    ...(transition === 'propose_end' && actor && { ending_by: actor }),
    ...(transition === 'keep' && { ending_by: null }),
  });
  if (transition === 'approve' || transition === 'end' || transition === 'run_out')
    await publishOwn(tx, keeper, at);
}

/** A list of its own kind, as the publisher's are: what is new in it is compared with everybody. */
async function publishOwn(tx: Tx, keeper: Keeper, at: Date): Promise<void> {
  const kind = 'internal';
  const before = await lockList(tx, kind);
  const entries = (await ownInForce(tx)).map((row): Entry => {
    const { reason: _, ...entry } = factsOf(keeper, row);
    return { ref: row.id, ...entry };
  });
  const version = `${chinaDay(at)}-${newId(at).slice(-8)}`;
  const text = JSON.stringify({ kind, version, entries });
  await keepVersion(tx, keeper, { kind, version, text, entries: entries.length, before, at });
}

export const ownClock = (keeper: Keeper): { own_entry: ClockHandler } => ({
  own_entry: async (db, { id, transition, at }) =>
    await inTransaction(db, async (tx) => {
      await go(tx, keeper, await takeOwn(tx, id), { transition, by: 'clock', at } as Step);
    }),
});
