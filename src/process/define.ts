/** What a life cycle is: one literal table of states and transitions, whose illegal rows do not compile. */
import assert from 'node:assert/strict';

export interface StateRow {
  readonly zh: string;
  readonly en: string;
  /** Nothing leaves a terminal state, and no money may be left in it. */
  readonly terminal?: true;
}

/**
 * One movement, between slots that the caller fills with accounts, of an amount that the caller names.
 * `hold` reserves in `from`; `capture` (of `amount`, or all of it; the rest is released) and `release`
 * act on the instance's one open hold. In one transition: captures and releases, then posts, then holds.
 */
export type MoneyRow =
  | (Moving & { readonly do?: 'post' })
  | (Moving & { readonly do: 'hold' })
  | (Partial<Moving> & { readonly do: 'capture' })
  | (Partial<Moving> & { readonly do: 'release' });

interface Moving {
  readonly from: string;
  readonly to: string;
  readonly amount: string;
}

interface Step<From, To> {
  readonly from: readonly From[];
  readonly to: To;
  readonly money?: readonly MoneyRow[];
  /** One instance takes this transition at most so often; it bounds a loop. */
  readonly atMost?: number;
}

/** Only a row with a deadline may be the clock's: `after` milliseconds in the state, or when the caller said. */
export type TransitionRow<Role, From, To> = Step<From, To> &
  (
    | { readonly by: readonly Role[]; readonly after?: never; readonly within?: never }
    | {
        readonly by: readonly (Role | 'clock')[];
        readonly after: number;
        readonly within?: never;
      }
    | {
        readonly by: readonly (Role | 'clock')[];
        readonly after: 'due';
        /** The longest `due` that callers may name, in milliseconds. */
        readonly within?: number;
      }
  );

/** `price: ['net', 'fees']` says price = net + fees; several splits of one whole are a list of lists. */
export type Identities = Readonly<
  Record<string, readonly string[] | readonly (readonly string[])[]>
>;

/** A row as the kernel reads it, whatever the table it comes from. */
export interface Row {
  readonly by: readonly string[];
  readonly from: readonly string[];
  readonly to: string;
  readonly after?: number | 'due';
  readonly within?: number;
  readonly atMost?: number;
  readonly money?: readonly MoneyRow[];
}

export interface Process<
  Name extends string = string,
  State extends string = string,
  Role extends string = string,
  Transition extends string = string,
  Slot extends string = string,
  Amount extends string = string,
> {
  readonly name: Name;
  readonly version: number;
  readonly initial: string;
  readonly states: Readonly<Record<string, StateRow>>;
  readonly roles: readonly string[];
  readonly transitions: Readonly<Record<string, Row>>;
  readonly opening: readonly MoneyRow[];
  readonly identities: Identities;
  /** Slots that must be empty in every terminal state. */
  readonly escrow: readonly string[];
  readonly escrowDaysMax: number;
  /** This version and those before it: an instance keeps the one it started with. */
  readonly versions: ReadonlyMap<number, Process>;
  /** What callers may name, in any version; checked by the compiler. */
  readonly names: {
    readonly states: readonly State[];
    readonly roles: readonly Role[];
    readonly transitions: readonly Transition[];
    readonly slots: readonly Slot[];
    readonly amounts: readonly Amount[];
  };
}

export type StateOf<P extends Process> = P['names']['states'][number];
export type RoleOf<P extends Process> = P['names']['roles'][number];
export type TransitionOf<P extends Process> = P['names']['transitions'][number];
export type SlotOf<P extends Process> = P['names']['slots'][number];
export type AmountOf<P extends Process> = P['names']['amounts'][number];

type Keys<T> = keyof T & string;
/** States that something may leave: all but the terminal ones. */
type Passing<States> = {
  [S in keyof States]: States[S] extends { readonly terminal: true } ? never : S;
}[keyof States] &
  string;
type MoneyIn<R> = R extends { readonly money: readonly (infer M)[] } ? M : never;
type SlotIn<M> =
  | (M extends { readonly from: infer F extends string } ? F : never)
  | (M extends { readonly to: infer T extends string } ? T : never);
type AmountIn<M> = M extends { readonly amount: infer A extends string } ? A : never;
type Rows<Role, From, To> = Readonly<Record<string, TransitionRow<Role, From, To>>>;

/** The longest that escrow may last: payment institutions end a freeze by themselves at 30 days. */
export const ESCROW_DAYS_MAX = 25;

export function defineProcess<
  const Name extends string,
  const States extends Readonly<Record<string, StateRow>>,
  const Role extends string,
  const Table extends Rows<NoInfer<Role>, Passing<NoInfer<States>>, Keys<NoInfer<States>>>,
  const Opening extends MoneyRow = never,
  const Earlier extends Process = never,
>(spec: {
  readonly name: Name;
  readonly version: number;
  readonly initial: NoInfer<Passing<States>>;
  readonly states: States;
  readonly roles: readonly Role[];
  readonly transitions: Table;
  /** Money that moves when an instance starts. */
  readonly opening?: readonly Opening[];
  readonly identities?: Identities;
  readonly escrow?: readonly string[];
  readonly escrowDaysMax?: number;
  /** Versions whose instances may still live. */
  readonly earlier?: readonly Earlier[];
}): Process<
  Name,
  Keys<States> | StateOf<Earlier>,
  Role | RoleOf<Earlier>,
  Keys<Table> | TransitionOf<Earlier>,
  SlotIn<MoneyIn<Table[keyof Table]> | Opening> | SlotOf<Earlier>,
  AmountIn<MoneyIn<Table[keyof Table]> | Opening> | AmountOf<Earlier>
> {
  const versions = new Map<number, Process>();
  const base = {
    name: spec.name,
    version: spec.version,
    initial: spec.initial,
    states: spec.states,
    roles: spec.roles,
    transitions: spec.transitions as Readonly<Record<string, Row>>,
    opening: spec.opening ?? [],
    identities: spec.identities ?? {},
    escrow: spec.escrow ?? [],
    escrowDaysMax: spec.escrowDaysMax ?? ESCROW_DAYS_MAX,
    versions,
  };
  const earlier: readonly Process[] = spec.earlier ?? [];
  for (const old of earlier) {
    assert(old.name === spec.name, `${old.name} is not an earlier ${spec.name}`);
    assert(old.version < spec.version, 'an earlier version has a lower number');
    for (const [number, table] of old.versions) versions.set(number, table);
  }
  const names = namesIn([base, ...versions.values()]);
  const made = { ...base, names };
  versions.set(spec.version, made);
  // The names were collected from the same literals that the type parameters were read from.
  return made as ReturnType<typeof defineProcess<Name, States, Role, Table, Opening, Earlier>>;
}

/** The table that the instance started with. */
export function tableOf(p: Process, version: number): Process {
  const table = p.versions.get(version);
  assert(table, `${p.name} v${version} is not among the known versions`);
  return table;
}

function namesIn(tables: readonly Omit<Process, 'names'>[]): Process['names'] {
  const money = tables.flatMap((table) => [
    ...table.opening,
    ...Object.values(table.transitions).flatMap((row) => row.money ?? []),
  ]);
  const all = (names: (string | undefined)[]): string[] =>
    [...new Set(names)].filter((name) => name !== undefined).sort();
  return {
    states: all(tables.flatMap((table) => Object.keys(table.states))),
    roles: all(tables.flatMap((table) => table.roles)),
    transitions: all(tables.flatMap((table) => Object.keys(table.transitions))),
    slots: all(money.flatMap((row) => [row.from, row.to])),
    amounts: all(money.map((row) => row.amount)),
  };
}
