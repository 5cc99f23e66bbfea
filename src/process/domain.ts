/** Decides, pure: may this transition happen now, when does the clock act next, and what money moves with it. */
import assert from 'node:assert/strict';
import type { AccountCode, Leg } from '#ledger';
import { type Fen, fen, plus, type Refusal, refuse, ZERO } from '#platform';
import type { MoneyRow, Process, Row } from './define.ts';

export const CLOCK = 'clock';

/** Where an instance stands, as far as a decision needs it. */
export interface Standing {
  readonly state: string;
  readonly enteredAt: Date;
  /** The deadline that the caller named on entry, for rows `after: 'due'`. */
  readonly promisedAt: Date | undefined;
  /** How often each transition with `atMost` was taken. */
  readonly taken: Readonly<Record<string, number>>;
}

export type Decision = { readonly ok: true; readonly row: Row } | Refusal;

/** Refuses with the transitions that this role may take now. */
export function decide(
  table: Process,
  now: Standing,
  ask: { transition: string; by: string; at: Date },
): Decision {
  const row = table.transitions[ask.transition];
  const open = row?.from.includes(now.state) && !isSpent(table, now, ask.transition);
  const may = allowedNow(table, now, ask.by);
  if (!row || !open) return refuse('wrong_state', { state: now.state }, may);
  if (!row.by.includes(ask.by)) return refuse('not_your_turn', { state: now.state }, may);
  if (ask.by === CLOCK && ask.at < dueOf(row, now)) return refuse('not_due', { state: now.state });
  return { ok: true, row };
}

/** What `role` may do in `state`, by the table alone. */
export function allowed(table: Process, state: string, role: string): string[] {
  return Object.entries(table.transitions)
    .filter(([, row]) => row.from.includes(state) && row.by.includes(role))
    .map(([name]) => name);
}

/** The same for one instance: without what it has taken as often as it may. */
export function allowedNow(table: Process, now: Standing, role: string): string[] {
  return allowed(table, now.state, role).filter((name) => !isSpent(table, now, name));
}

/** The earliest deadline of the state; undefined in a terminal one. */
export function nextDue(
  table: Process,
  now: Standing,
): { at: Date; transition: string } | undefined {
  const exits = allowedNow(table, now, CLOCK).map((transition) => {
    const row = table.transitions[transition];
    assert(row);
    return { at: dueOf(row, now), transition };
  });
  exits.sort((a, b) => a.at.getTime() - b.at.getTime());
  assert(
    exits.length > 0 || table.states[now.state]?.terminal,
    `${table.name}: ${now.state} has no deadline`,
  );
  return exits[0];
}

function isSpent(table: Process, now: Standing, transition: string): boolean {
  const { atMost } = table.transitions[transition] ?? {};
  return atMost !== undefined && (now.taken[transition] ?? 0) >= atMost;
}

function dueOf(row: Row, now: Standing): Date {
  assert(row.after !== undefined, 'a clock row has a deadline');
  if (row.after !== 'due') return plus(now.enteredAt, row.after);
  assert(now.promisedAt, `entering ${now.state} needs a due date`);
  assert(
    row.within === undefined || now.promisedAt <= plus(now.enteredAt, row.within),
    `the due date in ${now.state} is later than its table allows`,
  );
  return now.promisedAt;
}

/** Money of an instance that is not yet where it belongs. */
export interface Kept {
  /** Sum of what stands in the escrow slots. */
  readonly escrow: Fen;
  readonly hold: { readonly ref: string; readonly to: string; readonly amount: Fen } | undefined;
}

export interface MoneyPlan {
  /** What becomes of the open hold. */
  readonly close: { ref: string; capture: Fen | undefined } | undefined;
  readonly legs: Leg[];
  readonly hold: { from: AccountCode; to: AccountCode; slot: string; amount: Fen } | undefined;
  /** Sum of the escrow slots afterwards. */
  readonly escrow: Fen;
}

/** Captures and releases free money, posts move it, holds reserve what is left: always in this order. */
const ORDER = { capture: 0, release: 0, post: 1, hold: 2 } as const;

export const inOrder = (money: readonly MoneyRow[]): MoneyRow[] =>
  money.toSorted((a, b) => ORDER[a.do ?? 'post'] - ORDER[b.do ?? 'post']);

/** Fills the template. A slot or amount that the caller did not give is our bug; a zero moves nothing. */
export function planMoney(
  table: Process,
  money: readonly MoneyRow[],
  kept: Kept,
  given: {
    accounts: Readonly<Record<string, AccountCode | undefined>>;
    amounts: Readonly<Record<string, Fen | undefined>>;
  },
): MoneyPlan {
  checkIdentities(table, given.amounts);
  const account = (slot: string): AccountCode => {
    const code = given.accounts[slot];
    assert(code, `${table.name}: no account for ${slot}`);
    return code;
  };
  const value = (name: string): Fen => {
    const amount = given.amounts[name];
    assert(amount !== undefined, `${table.name}: no amount for ${name}`);
    assert(amount >= 0n, `${table.name}: ${name} is negative`);
    return amount;
  };
  const kindOf = (slot: string): bigint => (table.escrow.includes(slot) ? 1n : 0n);
  let escrow: bigint = kept.escrow;
  let close: MoneyPlan['close'];
  let hold: MoneyPlan['hold'];
  const legs: Leg[] = [];
  for (const row of inOrder(money)) {
    if (row.do === 'capture' || row.do === 'release') {
      const wanted = row.amount === undefined ? undefined : value(row.amount);
      // A hold of zero was never made, so there is nothing to close.
      if (!kept.hold) {
        assert(row.do === 'release' || !wanted, `${table.name}: no open hold to capture`);
        continue;
      }
      assert(!close, `${table.name}: one open hold, closed once`);
      const taken = row.do === 'release' ? ZERO : (wanted ?? kept.hold.amount);
      assert(taken <= kept.hold.amount, `${table.name}: captures more than it holds`);
      close = { ref: kept.hold.ref, capture: taken > 0n ? taken : undefined };
      escrow += kindOf(kept.hold.to) * taken;
      continue;
    }
    const amount = value(row.amount);
    if (amount === 0n) continue;
    const leg = { from: account(row.from), to: account(row.to), amount };
    if (row.do === 'hold') {
      assert(!hold && (!kept.hold || close), `${table.name}: a second hold`);
      hold = { ...leg, slot: row.to };
    } else {
      legs.push(leg);
      escrow += (kindOf(row.to) - kindOf(row.from)) * amount;
    }
  }
  return { close, legs, hold, escrow: fen(escrow) };
}

/** The amounts given must be what the table says of them, or escrow would not come out even. */
function checkIdentities(table: Process, amounts: Readonly<Record<string, Fen | undefined>>): void {
  for (const [whole, parts] of splits(table)) {
    const values = [whole, ...parts].map((name) => amounts[name]);
    const [total, ...rest] = values.filter((value) => value !== undefined);
    if (total === undefined || rest.length < parts.length) continue;
    assert(
      rest.reduce((sum, part) => sum + part, 0n) === total,
      `${table.name}: ${whole} is not ${parts.join(' + ')}`,
    );
  }
}

/** Each identity as [whole, parts]. */
export function splits(table: Pick<Process, 'identities'>): [string, readonly string[]][] {
  return Object.entries(table.identities).flatMap(([whole, given]) => {
    const lists = given.every((part) => typeof part === 'string') ? [given] : given;
    return lists.map((parts): [string, readonly string[]] => [
      whole,
      typeof parts === 'string' ? [parts] : parts,
    ]);
  });
}
