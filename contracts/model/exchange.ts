/**
 * The exchange as a reference: written from IExchange.sol's words and docs/contracts.md, to be read, not to be fast.
 * One call in, and out comes a new world with all that happened, or every reason that spoke against it.
 */
import assert from 'node:assert/strict';
import * as desk from './desk.ts';
import * as english from './english.ts';
import * as extension from './extension.ts';
import type { Address } from './messages.ts';
import { Call, type Happening, type Reason, RefusedCall } from './rules.ts';
import * as trade from './trade.ts';
import { copyOf, moneyOf, usersMoney, type World } from './world.ts';

/** One transaction: to the exchange, or to what the world around it is made of. */
export interface Step {
  readonly at: bigint;
  readonly from: Address;
  readonly to: 'exchange' | 'money' | 'anchor' | 'puppet';
  readonly fn: string;
  readonly args: readonly unknown[];
}
export type Inner = Pick<Step, 'fn' | 'args'>;

export type Outcome =
  | { readonly ok: true; readonly world: World; readonly happenings: readonly Happening[] }
  | { readonly ok: false; readonly reasons: readonly Reason[] };

type Act = (call: Call, ...args: never[]) => void;
const FUNCTIONS: Readonly<Record<string, Act>> = {
  ...trade,
  ...english,
  ...extension,
  ...desk,
  multicall,
};
export const isFunction = (name: string): boolean => Object.hasOwn(FUNCTIONS, name);

function act(call: Call, { fn, args }: Inner): void {
  const run = FUNCTIONS[fn];
  if (!run) throw new Error(`the model has no ${fn}`);
  call.guarded = !UNGUARDED.has(fn);
  run(call, ...(args as never[]));
  assertSolvent(call.world);
}

/** Money moves last there, after all that could be used twice is gone. */
const UNGUARDED = new Set(['buyLazy', 'cash', 'swap']);

/** With honest money everything that somebody owns in the exchange is there. */
function assertSolvent(world: World): void {
  const balance = moneyOf(world, world.setting.exchange);
  const needed = usersMoney(world) + world.owed;
  assert(balance >= needed || world.money.skimmed, `${balance} fen for ${needed}`);
}

/** Each as the caller, all or none. */
function multicall(call: Call, calls: readonly Inner[]): void {
  for (const inner of calls) act(call, inner);
}

/** What users and the outside do beside the exchange. */
type Around = (world: World, from: Address, ...args: never[]) => void;
const AROUND: Readonly<Record<string, Around>> = {
  give: ({ money }, _, to: Address, amount: bigint) => {
    money.balances.set(to, (money.balances.get(to) ?? 0n) + amount);
  },
  approve: ({ money }, from, _spender: Address, amount: bigint) => {
    money.allowances.set(from, amount);
  },
  setMood: ({ money }, _, mood: bigint) => {
    money.mood = mood;
  },
  setRefuses: ({ money }, _, who: Address, refuses: boolean) => {
    if (refuses) money.refuses.add(who);
    else money.refuses.delete(who);
  },
  setManner: ({ manners, setting }, _, manner: bigint) => {
    for (const puppet of setting.puppets.keys()) manners.set(puppet, manner);
  },
  anchor: (world) => {
    world.anchoredAt = world.now;
  },
};

export function step(before: World, { at, from, to, fn, args }: Step): Outcome {
  const world = copyOf(before);
  world.now = at;
  if (to !== 'exchange') {
    AROUND[fn]?.(world, from, ...(args as never[]));
    return { ok: true, world, happenings: [] };
  }
  const call = new Call(world, from);
  try {
    act(call, { fn, args });
    return { ok: true, world, happenings: call.happenings };
  } catch (error) {
    if (error instanceof RefusedCall) return { ok: false, reasons: error.reasons };
    throw error;
  }
}
