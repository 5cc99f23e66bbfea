/** Proves a table before anything runs by it: every state reachable, nothing waits forever, no money is left. */
import { DAY, HOUR, MINUTE } from '#platform';
import type { MoneyRow, Process, Row } from './define.ts';
import { CLOCK, inOrder, splits } from './domain.ts';
import {
  add,
  type Expr,
  isNegative,
  isNothing,
  NOTHING,
  named,
  normaliser,
  same,
  say,
} from './symbolic.ts';

/** What is wrong, each as `finding: where and why`, in earlier versions too; empty when all is sound. */
export function checkProcess(p: Process): string[] {
  const earlier = [...p.versions.values()].filter(({ version }) => version !== p.version);
  return [
    ...checkTable(p),
    ...earlier.flatMap((old) => checkTable(old).map((found) => `v${old.version} ${found}`)),
  ];
}

function checkTable(p: Process): string[] {
  const shape = checkShape(p);
  // Paths are followed only through a table whose rows make sense.
  if (shape.length > 0) return shape;
  const arrivals = followMoney(p);
  const found = [...checkGraph(p), ...checkClock(p), ...arrivals.found];
  for (const [state, kept] of arrivals.at) {
    if (!p.states[state]?.terminal) continue;
    for (const [slot, content] of kept.escrow)
      found.push(`escrow_left: ${state} keeps ${say(content)} in ${slot}`);
    if (kept.hold) found.push(`hold_left: ${state} keeps a hold of ${say(kept.hold.amount)}`);
  }
  const inEscrow = (state: string) => (arrivals.at.get(state)?.escrow.size ?? 0) > 0;
  const inHold = (state: string) => arrivals.at.get(state)?.hold !== undefined;
  found.push(...checkStay(p, 'escrow', inEscrow), ...checkStay(p, 'hold', inHold));
  return [...new Set(found)];
}

const NAME = /^[a-z][a-z0-9_]*$/;

/** Names, numbers and rows: what the compiler refuses in a literal, and a little that it cannot see. */
function checkShape(p: Process): string[] {
  const found: string[] = [];
  const known = (state: string) => state in p.states;
  for (const name of [p.name, ...Object.keys(p.states), ...Object.keys(p.transitions)])
    if (!NAME.test(name)) found.push(`bad_name: ${name}`);
  if (p.roles.includes(CLOCK)) found.push(`bad_name: ${CLOCK} is a role of its own`);
  if ('start' in p.transitions) found.push('bad_name: start is how every instance begins');
  if (!known(p.initial)) found.push(`unknown_state: initial ${p.initial}`);
  for (const [name, row] of Object.entries(p.transitions)) {
    for (const state of [...row.from, row.to])
      if (!known(state)) found.push(`unknown_state: ${name} names ${state}`);
    for (const role of row.by)
      if (role !== CLOCK && !p.roles.includes(role))
        found.push(`unknown_role: ${name} names ${role}`);
    if (row.by.length === 0) found.push(`nobody: ${name} has no one to do it`);
    const isClock = row.by.includes(CLOCK);
    if (isClock && row.after === undefined) found.push(`clock_without_deadline: ${name}`);
    if (!isClock && row.after !== undefined) found.push(`deadline_without_clock: ${name}`);
    for (const ms of [row.after, row.within])
      if (typeof ms === 'number' && !(ms > 0 && ms <= 366 * DAY))
        found.push(`bad_deadline: ${name} after ${ms} ms`);
    if (row.atMost !== undefined && !(Number.isInteger(row.atMost) && row.atMost > 0))
      found.push(`bad_limit: ${name} at most ${row.atMost}`);
  }
  return [...found, ...checkMoneyRows(p)];
}

function checkMoneyRows(p: Process): string[] {
  const found: string[] = [];
  const rows = [...p.opening, ...Object.values(p.transitions).flatMap((row) => row.money ?? [])];
  // A row takes from one slot what it puts into the other, so it nets to zero unless both are the same.
  for (const row of rows)
    if (row.from !== undefined && row.from === row.to)
      found.push(`money_not_netting: ${row.from} to itself`);
  const slots = new Set(rows.flatMap((row) => [row.from, row.to]));
  for (const slot of p.escrow) if (!slots.has(slot)) found.push(`unused_escrow: ${slot}`);
  const amounts = new Set(rows.map((row) => row.amount));
  const wholes = new Set(Object.keys(p.identities));
  for (const [whole, parts] of splits(p)) {
    if (parts.length === 0 || parts.includes(whole)) found.push(`bad_identity: ${whole}`);
    for (const name of [whole, ...parts])
      if (!amounts.has(name) && !wholes.has(name))
        found.push(`unused_amount: no row moves ${name}, named by an identity`);
  }
  return found;
}

/** Reachability both ways, and exits of terminal states. */
function checkGraph(p: Process): string[] {
  const found: string[] = [];
  const rows = Object.entries(p.transitions);
  const reached = closure([p.initial], (state) =>
    rows.filter(([, row]) => row.from.includes(state)).map(([, row]) => row.to),
  );
  const ends = Object.keys(p.states).filter((state) => p.states[state]?.terminal);
  const ending = closure(ends, (state) =>
    rows.filter(([, row]) => row.to === state).flatMap(([, row]) => [...row.from]),
  );
  for (const state of Object.keys(p.states)) {
    if (!reached.has(state)) found.push(`unreachable: ${state}`);
    if (!ending.has(state)) found.push(`no_way_out: ${state} never ends`);
  }
  for (const [name, row] of rows)
    for (const state of row.from)
      if (p.states[state]?.terminal) found.push(`terminal_exit: ${name} leaves ${state}`);
  return found;
}

function closure(start: readonly string[], next: (state: string) => string[]): Set<string> {
  const seen = new Set(start);
  for (const state of seen) for (const other of next(state)) seen.add(other);
  return seen;
}

/** Every state that is not the end has an exit by the clock that never runs out, and none that cannot fire. */
function checkClock(p: Process): string[] {
  const found: string[] = [];
  for (const [state, { terminal }] of Object.entries(p.states)) {
    if (terminal) continue;
    const lasting = clockRows(p, state).filter(([, row]) => row.atMost === undefined);
    if (lasting.length === 0) found.push(`no_deadline: ${state} can wait forever`);
    const fixed = lasting.filter(([, row]) => typeof row.after === 'number');
    const [first, ...others] = fixed.toSorted(([, a], [, b]) => Number(a.after) - Number(b.after));
    for (const [name, row] of others)
      if (row.by.length === 1) found.push(`clock_shadowed: ${name} comes after ${first?.[0]}`);
  }
  return found;
}

const clockRows = (p: Process, state: string): [string, Row][] =>
  Object.entries(p.transitions).filter(
    ([, row]) => row.by.includes(CLOCK) && row.from.includes(state),
  );

/** What an instance keeps in a state, whatever path it came by. */
interface Kept {
  readonly escrow: ReadonlyMap<string, Expr>;
  readonly hold: { readonly from: string; readonly to: string; readonly amount: Expr } | undefined;
}

/** Follows every path with amounts as names; a state must hold the same on each of them. */
function followMoney(p: Process): { at: Map<string, Kept>; found: string[] } {
  const found: string[] = [];
  const normal = normaliser(splits(p));
  const opening = applyMoney(p, 'start', p.opening, { escrow: new Map(), hold: undefined }, normal);
  found.push(...opening.found);
  const at = new Map([[p.initial, opening.kept]]);
  const open = [p.initial];
  for (const state of open) {
    const kept = at.get(state);
    if (!kept) continue;
    for (const [name, row] of Object.entries(p.transitions)) {
      if (!row.from.includes(state)) continue;
      const next = applyMoney(p, name, row.money ?? [], kept, normal);
      found.push(...next.found);
      const before = at.get(row.to);
      if (!before) {
        at.set(row.to, next.kept);
        open.push(row.to);
      } else found.push(...differences(p, row.to, `${state} by ${name}`, before, next.kept));
    }
  }
  return { at, found };
}

function applyMoney(
  p: Process,
  name: string,
  money: readonly MoneyRow[],
  before: Kept,
  normal: (expr: Expr) => Expr,
): { kept: Kept; found: string[] } {
  const found: string[] = [];
  const escrow = new Map(before.escrow);
  let { hold } = before;
  const book = (slot: string, amount: Expr, times: 1 | -1): void => {
    if (!p.escrow.includes(slot)) return;
    const content = normal(add(escrow.get(slot) ?? NOTHING, amount, times));
    if (isNothing(content)) escrow.delete(slot);
    else escrow.set(slot, content);
  };
  for (const row of inOrder(money)) {
    const amount = row.amount === undefined ? undefined : normal(named(row.amount));
    if (row.do === 'capture' || row.do === 'release') {
      if (!hold) found.push(`hold_missing: ${name} has no open hold to ${row.do}`);
      else if ((row.from ?? hold.from) !== hold.from || (row.to ?? hold.to) !== hold.to)
        found.push(`hold_mismatch: ${name} names other slots than ${hold.from} and ${hold.to}`);
      else if (row.do === 'capture') {
        const taken = amount ?? hold.amount;
        if (isNegative(normal(add(hold.amount, taken, -1))))
          found.push(`capture_over: ${name} takes ${say(taken)} of ${say(hold.amount)}`);
        book(hold.from, taken, -1);
        book(hold.to, taken, 1);
      }
      hold = undefined;
    } else if (row.do === 'hold') {
      if (hold) found.push(`hold_twice: ${name}`);
      hold = { from: row.from, to: row.to, amount: amount ?? NOTHING };
    } else {
      book(row.from, amount ?? NOTHING, -1);
      book(row.to, amount ?? NOTHING, 1);
    }
  }
  for (const [slot, content] of escrow)
    if (isNegative(content))
      found.push(`escrow_overdrawn: ${name} leaves ${say(content)} in ${slot}`);
  return { kept: { escrow, hold }, found };
}

function differences(p: Process, state: string, path: string, a: Kept, b: Kept): string[] {
  const found: string[] = [];
  for (const slot of p.escrow) {
    const [one, other] = [a.escrow.get(slot) ?? NOTHING, b.escrow.get(slot) ?? NOTHING];
    if (!same(one, other))
      found.push(
        `escrow_ambiguous: ${state} keeps ${say(one)} in ${slot}, but ${say(other)} from ${path}`,
      );
  }
  const [one, other] = [a.hold, b.hold];
  const alike =
    one && other
      ? one.from === other.from && one.to === other.to && same(one.amount, other.amount)
      : one === other;
  if (!alike) found.push(`hold_ambiguous: ${state} has another hold from ${path}`);
  return found;
}

/** Beyond these the loops of one table are too many to follow, one way after another or all in one. */
const NODES_MAX = 100_000;
const LOOPS_MAX = 1_000;

/**
 * The longest that money can stay: the sum of the deadlines along the worst path through the states that
 * keep it. A person may leave a state just before its deadline, so every exit counts as late as the clock's.
 */
function checkStay(
  p: Process,
  what: 'escrow' | 'hold',
  keeps: (state: string) => boolean,
): string[] {
  const inside = Object.keys(p.states).filter(
    (state) => keeps(state) && !p.states[state]?.terminal,
  );
  const found: string[] = [];
  for (const state of inside)
    for (const [name, row] of clockRows(p, state))
      if (row.after === 'due' && row.within === undefined)
        found.push(`due_unbounded: ${name} says no longest due, and ${state} keeps ${what}`);
  const endless = unboundedLoop(p, inside);
  if (endless) found.push(`${what}_unbounded: ${endless} can be repeated without end`);
  if (found.length > 0) return found;
  const longest = longestStay(p, inside);
  if (longest === undefined) return [`${what}_too_many_loops: lower some atMost`];
  if (longest.ms > p.escrowDaysMax * DAY)
    found.push(
      `${what}_too_long: ${longest.path.join(' → ')} = ${inWords(longest.ms)}, ` +
        `more than ${p.escrowDaysMax} days`,
    );
  return found;
}

/** A way from a state of `inside` back to itself whose transitions have no `atMost`. */
function unboundedLoop(p: Process, inside: readonly string[]): string | undefined {
  const next = (state: string): string[] =>
    Object.values(p.transitions)
      .filter((row) => row.atMost === undefined && row.from.includes(state))
      .map((row) => row.to)
      .filter((to) => inside.includes(to));
  return inside.find((state) => closure(next(state), next).has(state));
}

interface Stay {
  readonly ms: number;
  readonly path: readonly string[];
}

function longestStay(p: Process, inside: readonly string[]): Stay | undefined {
  const bounded = Object.entries(p.transitions).flatMap(([name, { atMost, from, to }]) =>
    atMost !== undefined && inside.includes(to) && from.some((state) => inside.includes(state))
      ? [{ name, atMost }]
      : [],
  );
  const nodes = bounded.reduce((product, { atMost }) => product * (atMost + 1), inside.length);
  const loops = bounded.reduce((sum, { atMost }) => sum + atMost, 0);
  if (nodes > NODES_MAX || loops > LOOPS_MAX) return undefined;
  const known = new Map<string, Stay>();
  const from = (state: string, taken: Readonly<Record<string, number>>): Stay => {
    const key = [state, ...bounded.map(({ name }) => taken[name] ?? 0)].join(' ');
    const before = known.get(key);
    if (before) return before;
    const left = (name: string, row: Row) =>
      row.atMost === undefined || (taken[name] ?? 0) < row.atMost;
    const waits = clockRows(p, state)
      .filter(([name, row]) => left(name, row))
      .map(([, row]) => (row.after === 'due' ? (row.within ?? 0) : (row.after ?? 0)));
    let worst: Stay = { ms: 0, path: [] };
    for (const [name, row] of Object.entries(p.transitions)) {
      if (!row.from.includes(state) || !inside.includes(row.to) || !left(name, row)) continue;
      const count = row.atMost === undefined ? taken : { ...taken, [name]: (taken[name] ?? 0) + 1 };
      const then = from(row.to, count);
      if (then.ms > worst.ms) worst = then;
    }
    const stay = {
      ms: (waits.length > 0 ? Math.min(...waits) : 0) + worst.ms,
      path: [state, ...worst.path],
    };
    known.set(key, stay);
    return stay;
  };
  let longest: Stay = { ms: 0, path: [] };
  for (const state of inside) {
    const stay = from(state, {});
    if (stay.ms > longest.ms) longest = stay;
  }
  return longest;
}

/** 90 000 → '1.5 min'; for findings, diagrams and pages. */
export function inWords(ms: number): string {
  const [size, unit] =
    ms >= DAY
      ? [DAY, 'd']
      : ms >= HOUR
        ? [HOUR, 'h']
        : ms >= MINUTE
          ? [MINUTE, 'min']
          : [1_000, 's'];
  return `${Math.round((ms / size) * 10) / 10} ${unit}`;
}
