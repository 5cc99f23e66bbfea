/** The only way a state changes: state, history, money, record and follow-up work in one commit, or none. */
import assert from 'node:assert/strict';
import { type AccountCode, capture, hold, post, release } from '#ledger';
import {
  addJob,
  DAY,
  type Fen,
  notify,
  type Payload,
  plus,
  type Reader,
  Refused,
  type Tx,
  transitionsDone,
  ZERO,
} from '#platform';
import { append, type Data } from '#record';
import {
  type AmountOf,
  type MoneyRow,
  type Process,
  type RoleOf,
  type SlotOf,
  type StateOf,
  type TransitionOf,
  tableOf,
} from './define.ts';
import { allowedNow, decide, type Kept, nextDue, planMoney, type Standing } from './domain.ts';
import {
  findRow,
  type Instance,
  insertInstance,
  insertStep,
  instanceOf,
  lockRow,
  type Saved,
  updateInstance,
} from './store.ts';

/** What a step brings with it: money for the template, words for the record, work for the worker. */
export interface Brings<P extends Process> {
  readonly actor?: string | undefined;
  readonly accounts?: Readonly<Partial<Record<SlotOf<P>, AccountCode>>> | undefined;
  readonly amounts?: Readonly<Partial<Record<AmountOf<P>, Fen>>> | undefined;
  /** Goes into the record beside the transition: ids, codes and amounts, nothing personal. */
  readonly record?: Data | undefined;
  readonly jobs?: readonly FollowUp[] | undefined;
  /** The deadline of the state it enters, where the table says `after: 'due'`. */
  readonly due?: Date | undefined;
  /** For the history, shown to operators: nothing personal. */
  readonly note?: string | undefined;
}
export interface FollowUp {
  readonly task: string;
  readonly payload: Payload;
  readonly key?: string;
  readonly attempts?: number;
  readonly queue?: string;
}
export interface Start<P extends Process> extends Brings<P> {
  readonly id: string;
  readonly at: Date;
  readonly by: RoleOf<P>;
}
export interface Move<P extends Process> extends Brings<P> {
  readonly id: string;
  readonly transition: TransitionOf<P>;
  readonly by: RoleOf<P> | 'clock';
  readonly at: Date;
}

const START = 'start';
const HOLD_SPARE_DAYS = 5;

/** A new instance in the initial state, of the newest version. */
export async function start<P extends Process>(
  tx: Tx,
  p: P,
  input: Start<P>,
): Promise<Instance<StateOf<P>>> {
  const before: Saved = {
    id: input.id,
    process: p.name,
    version: p.version,
    standing: { state: p.initial, enteredAt: input.at, promisedAt: undefined, taken: {} },
    seq: -1,
    terminal: false,
    due: undefined,
    kept: { escrow: ZERO, hold: undefined },
    holds: 0,
  };
  const step = { transition: START, by: input.by, to: p.initial, money: p.opening };
  return await enter(tx, p, before, step, input);
}

/**
 * Locks the instance and takes one transition of its table. Refuses with `not_found`, `wrong_state` (and what
 * is allowed now), `not_your_turn`, or `not_due` when the clock comes early. Whatever throws rolls all back.
 */
export async function move<P extends Process>(
  tx: Tx,
  p: P,
  input: Move<P>,
): Promise<Instance<StateOf<P>>> {
  const before = await lockRow(tx, p, input.id);
  if (!before) throw new Refused('not_found');
  const table = tableOf(p, before.version);
  const { transition, by, at } = input;
  const decision = decide(table, before.standing, { transition, by, at });
  if (!decision.ok) throw new Refused(decision);
  const { to, money = [] } = decision.row;
  return await enter(tx, table, before, { transition, by, to, money }, input);
}

interface Entering {
  transition: string;
  by: string;
  to: string;
  money: readonly MoneyRow[];
}

async function enter<P extends Process>(
  tx: Tx,
  table: Process,
  before: Saved,
  step: Entering,
  input: Brings<P> & { readonly at: Date },
): Promise<Instance<StateOf<P>>> {
  const { id } = before;
  const { transition, by, to } = step;
  const seq = before.seq + 1;
  const { taken } = before.standing;
  const standing: Standing = {
    state: to,
    enteredAt: input.at,
    promisedAt: input.due,
    taken:
      table.transitions[transition]?.atMost === undefined
        ? taken
        : { ...taken, [transition]: (taken[transition] ?? 0) + 1 },
  };
  const terminal = table.states[to]?.terminal ?? false;
  const money = planMoney(table, step.money, before.kept, {
    accounts: input.accounts ?? {},
    amounts: input.amounts ?? {},
  });
  const holds = before.holds + (money.hold ? 1 : 0);
  const kept: Kept = {
    escrow: money.escrow,
    hold: money.hold
      ? { ref: `${id}/${holds}`, to: money.hold.slot, amount: money.hold.amount }
      : money.close
        ? undefined
        : before.kept.hold,
  };
  assert(!terminal || kept.escrow === ZERO, `${table.name}: ${to} would end with escrow`);
  assert(!terminal || !kept.hold, `${table.name}: ${to} would end with an open hold`);
  const due = nextDue(table, standing);
  const { process, version } = before;
  const after = { id, process, version, standing, seq, terminal, due, kept, holds };
  if (seq === 0) await insertInstance(tx, after);
  else await updateInstance(tx, after);
  const { actor, note, at } = input;
  const from = seq === 0 ? undefined : before.standing.state;
  await insertStep(tx, id, {
    ...{ seq, transition, by, to, at },
    ...(actor !== undefined && { actor }),
    ...(note !== undefined && { note }),
    ...(from !== undefined && { from }),
  });
  await append(tx, {
    subject: id,
    type: `${table.name}.${transition}`,
    data: { ...input.record, seq, by, to, ...(from && { from }), ...(actor && { actor }) },
    at,
  });
  for (const { task, payload, ...options } of input.jobs ?? [])
    await addJob(tx, task, payload, options);
  // Last: accounts that many share are locked from here to the commit only.
  await moveMoney(tx, table, { id, seq, transition, at }, money, kept);
  notify(tx, `${table.name}:${id}`);
  transitionsDone.inc({ process: table.name, transition });
  return instanceOf<P>(after);
}

async function moveMoney(
  tx: Tx,
  table: Process,
  step: { id: string; seq: number; transition: string; at: Date },
  money: ReturnType<typeof planMoney>,
  kept: Kept,
): Promise<void> {
  const { id, at } = step;
  const holdKind = `${table.name}.hold`;
  if (money.close) {
    const { ref, capture: amount } = money.close;
    if (amount === undefined) await release(tx, { kind: holdKind, ref, at });
    else await capture(tx, { kind: holdKind, ref, at, amount });
  }
  if (money.legs.length > 0) {
    const kind = `${table.name}.${step.transition}`;
    const fresh = await post(tx, {
      kind,
      ref: `${id}/${step.seq}`,
      subject: id,
      at,
      legs: money.legs,
    });
    assert(fresh, `${kind} ${id}/${step.seq} was posted before`);
  }
  if (money.hold && kept.hold) {
    const { from, to, amount } = money.hold;
    // No path keeps a hold longer than the days of the table (checkProcess); the rest is for late workers.
    const expiresAt = plus(at, (table.escrowDaysMax + HOLD_SPARE_DAYS) * DAY);
    const { ref } = kept.hold;
    await hold(tx, { kind: holdKind, ref, subject: id, at, from, to, amount, expiresAt });
  }
}

/** Locks the instance until commit; undefined when there is none of this process. */
export async function lock<P extends Process>(
  tx: Tx,
  p: P,
  id: string,
): Promise<Instance<StateOf<P>> | undefined> {
  const saved = await lockRow(tx, p, id);
  return saved && instanceOf<P>(saved);
}

/** Where an instance of any process stands. */
export async function look(reader: Reader, id: string): Promise<Instance | undefined> {
  const saved = await findRow(reader, id);
  return saved && instanceOf(saved);
}

/** What `role` may do with this very instance now: by its own version, without what is used up. */
export async function allowedFor<P extends Process>(
  reader: Reader,
  p: P,
  id: string,
  role: RoleOf<P> | 'clock',
): Promise<string[]> {
  const saved = await findRow(reader, id);
  return saved?.process === p.name
    ? allowedNow(tableOf(p, saved.version), saved.standing, role)
    : [];
}
