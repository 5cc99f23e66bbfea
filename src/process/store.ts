/** The kernel's rows: instances and their steps; hides the SQL, the locks and how workers share what is due. */
import { type Selectable, sql } from 'kysely';
import { type Database, type Db, type Fen, fen, type Reader, type Tx } from '#platform';
import type { Process, StateOf } from './define.ts';
import type { Kept, Standing } from './domain.ts';

/** Where one thing stands in its life cycle. */
export interface Instance<State extends string = string> {
  readonly id: string;
  readonly process: string;
  /** Of the table it started with, and keeps. */
  readonly version: number;
  readonly state: State;
  readonly enteredAt: Date;
  /** When the clock moves it on, and how; absent in a terminal state. */
  readonly dueAt?: Date;
  readonly dueTransition?: string;
  /** Number of steps so far; 0 after the start. */
  readonly seq: number;
  readonly terminal: boolean;
  /** What stands in its escrow slots now. */
  readonly escrowFen: Fen;
}

/** One line of the history. */
export interface StepTaken {
  readonly seq: number;
  readonly transition: string;
  readonly by: string;
  readonly actor?: string;
  readonly from?: string;
  readonly to: string;
  readonly at: Date;
  readonly note?: string;
}

/** Everything that one move writes about its instance. */
export interface Saved {
  id: string;
  process: string;
  version: number;
  standing: Standing;
  seq: number;
  terminal: boolean;
  due: { at: Date; transition: string } | undefined;
  kept: Kept;
  holds: number;
}

type InstanceRow = Selectable<Database['process.instance']>;

export async function insertInstance(tx: Tx, saved: Saved): Promise<void> {
  const { id, process, version } = saved;
  await tx
    .insertInto('process.instance')
    .values({ id, process, version, ...columns(saved) })
    .execute();
}

export async function updateInstance(tx: Tx, saved: Saved): Promise<void> {
  await tx
    .updateTable('process.instance')
    .set(columns(saved))
    .where('id', '=', saved.id)
    .executeTakeFirstOrThrow();
}

function columns({ standing, seq, terminal, due, kept, holds }: Saved) {
  return {
    state: standing.state,
    entered_at: standing.enteredAt,
    promised_at: standing.promisedAt ?? null,
    taken: JSON.stringify(standing.taken),
    seq,
    terminal,
    due_at: due?.at ?? null,
    due_transition: due?.transition ?? null,
    wake_at: due?.at ?? null,
    failures: 0,
    last_failure: null,
    holds,
    hold_ref: kept.hold?.ref ?? null,
    hold_to: kept.hold?.to ?? null,
    hold_fen: kept.hold?.amount ?? null,
    escrow_fen: kept.escrow,
  };
}

/** Locks the instance until commit: two actors on one instance take turns. */
export async function lockRow(tx: Tx, p: Process, id: string): Promise<Saved | undefined> {
  const row = await one(tx, id).where('process', '=', p.name).forUpdate().executeTakeFirst();
  return row && savedOf(row);
}

export async function findRow(reader: Reader, id: string): Promise<Saved | undefined> {
  const row = await one(reader, id).executeTakeFirst();
  return row && savedOf(row);
}

const one = (reader: Reader, id: string) =>
  reader.selectFrom('process.instance').selectAll().where('id', '=', id);

function savedOf(row: InstanceRow): Saved {
  const { id, process, version, seq, terminal, holds } = row;
  const hold =
    row.hold_ref !== null && row.hold_to !== null && row.hold_fen !== null
      ? { ref: row.hold_ref, to: row.hold_to, amount: fen(row.hold_fen) }
      : undefined;
  const due =
    row.due_at && row.due_transition !== null
      ? { at: row.due_at, transition: row.due_transition }
      : undefined;
  const standing = {
    state: row.state,
    enteredAt: row.entered_at,
    promisedAt: row.promised_at ?? undefined,
    taken: row.taken as Record<string, number>,
  };
  const kept = { escrow: fen(row.escrow_fen), hold };
  return { id, process, version, seq, terminal, holds, standing, due, kept };
}

export function instanceOf<P extends Process>(saved: Saved): Instance<StateOf<P>> {
  const { id, process, version, seq, terminal, standing, due } = saved;
  return {
    id,
    process,
    version,
    // The names of a process hold the states of all its versions.
    state: standing.state as StateOf<P>,
    enteredAt: standing.enteredAt,
    ...(due && { dueAt: due.at, dueTransition: due.transition }),
    seq,
    terminal,
    escrowFen: saved.kept.escrow,
  };
}

export async function insertStep(tx: Tx, instance: string, step: StepTaken): Promise<void> {
  await tx
    .insertInto('process.step')
    .values({
      instance,
      seq: step.seq,
      transition: step.transition,
      by: step.by,
      actor: step.actor ?? null,
      from_state: step.from ?? null,
      to_state: step.to,
      at: step.at,
      note: step.note ?? null,
    })
    .execute();
}

/** Every step of one instance, the first one first. */
export async function historyOf(reader: Reader, id: string): Promise<StepTaken[]> {
  const rows = await reader
    .selectFrom('process.step')
    .selectAll()
    .where('instance', '=', id)
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({
    seq: row.seq,
    transition: row.transition,
    by: row.by,
    ...(row.actor !== null && { actor: row.actor }),
    ...(row.from_state !== null && { from: row.from_state }),
    to: row.to_state,
    at: row.at,
    ...(row.note !== null && { note: row.note }),
  }));
}

/** How many instances stand in each state, all versions together; states that nobody is in count 0. */
export async function liveCounts<P extends Process>(
  reader: Reader,
  p: P,
): Promise<Record<StateOf<P>, number>> {
  const rows = await reader
    .selectFrom('process.instance')
    .select(['state', (eb) => eb.fn.countAll<bigint>().as('count')])
    .where('process', '=', p.name)
    .groupBy('state')
    .execute();
  const counts = Object.fromEntries(p.names.states.map((state) => [state, 0]));
  for (const row of rows) counts[row.state] = Number(row.count);
  return counts as Record<StateOf<P>, number>;
}

/** How many instances the clock could not move at its last try. */
export async function failingCount(reader: Reader, p: Process): Promise<number> {
  const row = await reader
    .selectFrom('process.instance')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('process', '=', p.name)
    .where('failures', '>', 0)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** A due instance that one worker has taken on. */
export interface Claim {
  id: string;
  process: string;
  transition: string;
  seq: number;
  failures: number;
}

/**
 * Takes up to `limit` due instances, the longest waiting first, so that no other worker takes them before
 * `until`. Nothing stays locked: the handler locks the row itself, in its own transaction.
 */
export async function claimDue(
  db: Db,
  input: { at: Date; until: Date; processes: string[]; limit: number },
): Promise<Claim[]> {
  const { rows } = await sql<Claim>`
    with due as (
      select id from process.instance
      where wake_at <= ${input.at} and process = any(${input.processes})
      order by wake_at
      limit ${input.limit}
      for update skip locked)
    update process.instance i set wake_at = ${input.until}
    from due where i.id = due.id
    returning i.id, i.process, i.due_transition as transition, i.seq, i.failures`.execute(db);
  return rows;
}

/** Puts off an instance that did not move; false when it has moved meanwhile. */
export async function putOff(
  db: Db,
  claim: Claim,
  input: { until: Date; failure: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('process.instance')
    .set((eb) => ({
      wake_at: input.until,
      failures: eb('failures', '+', 1),
      last_failure: input.failure,
    }))
    .where('id', '=', claim.id)
    .where('seq', '=', claim.seq)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}
