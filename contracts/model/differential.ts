/**
 * The model against the contract on anvil: the same random traces, and after every step the same answer, the same events
 * and the same state. `node contracts/model/differential.ts [traces] [seed] [port]` is the long run.
 */
import assert from 'node:assert/strict';
import type { HDAccount } from 'viem/accounts';
import {
  askRaw,
  type Code,
  moneyOn,
  ourCode,
  type Profile,
  person,
  play,
  type Seen,
  type Signers,
  type Stage,
  setStage,
  startNode,
  told,
} from './anvil.ts';
import { isFunction, type Outcome, type Step, step } from './exchange.ts';
import { looks, plain } from './look.ts';
import type { Address, DeliveryRecord } from './messages.ts';
import { type Random, randomOf } from './random.ts';
import { ANY, type Happening, type Reason } from './rules.ts';
import type { Cast, Scene } from './scene.ts';
import { nextStep, prologue, stepOf } from './traces.ts';
import {
  ALL_FEATURES,
  FEATURE,
  moneyOf,
  newWorld,
  type Setting,
  STATE,
  type World,
} from './world.ts';

/** Time of the first block of every trace; anvil's own start lies before it. */
const START = 1_750_100_000n;
const DAY = 86_400n;

const profile = (name: string, features: bigint, more: Partial<Profile> = {}): Profile => ({
  ...{ name, features, priceCap: 0n, approvalUntil: 0n },
  ...more,
});
export const PROFILES: readonly Profile[] = [
  profile('INTL', ALL_FEATURES),
  profile('SANDBOX', ALL_FEATURES ^ FEATURE.TRANSFER, {
    priceCap: 50_000n,
    approvalUntil: START + 60n * DAY,
  }),
  profile('INTL', ALL_FEATURES),
  // As a licence might have it: no issuer's re-issue, no shares.
  profile('partial', ALL_FEATURES ^ FEATURE.REISSUE ^ FEATURE.FRACTION),
  profile('INTL', ALL_FEATURES),
  profile('CN', 0n),
];

/** What the runs have been through, so that a run which goes nowhere is seen. */
export interface Reached {
  readonly done: Map<string, number>;
  readonly refused: Map<string, number>;
  readonly errors: Map<string, number>;
  readonly events: Map<string, number>;
  readonly states: Map<string, number>;
  steps: number;
}
export const nothingReached = (): Reached => ({
  done: new Map(),
  refused: new Map(),
  errors: new Map(),
  events: new Map(),
  states: new Map(),
  steps: 0,
});
const count = (map: Map<string, number>, name: string): void => {
  map.set(name, (map.get(name) ?? 0) + 1);
};

export class Difference extends Error {}

// ------------------------------------------------------------------ the stage

export interface Theatre {
  readonly stages: readonly Stage[];
  readonly cast: (stage: Stage) => Cast;
  readonly signers: Signers;
  /** Brings the chain back to where every trace begins. */
  rewind(): Promise<void>;
  stop(): Promise<void>;
}

const low = ({ address }: HDAccount): Address => address.toLowerCase() as Address;

export async function openTheatre(port: number, code: Code = ourCode()): Promise<Theatre> {
  const { coinbase } = code;
  const node = await startNode(port, { roomy: coinbase !== undefined });
  const setCoinbase = async () => {
    if (coinbase) await node.rpc('anvil_setCoinbase', coinbase);
  };
  try {
    await setCoinbase();
    const people = Array.from({ length: 12 }, (_, i) => person(i));
    const signers: Signers = new Map(people.map((account) => [low(account), account]));
    const [admin, verifier, issuer, alice, bob, carol, stranger, anchorer, payee, charity, owner] =
      people.map(low) as [Address, ...Address[]] & Record<number, Address>;
    const roles = { admin, anchorer, puppetOwner: owner } as Record<string, Address>;
    const stages: Stage[] = [];
    for (const profile of PROFILES)
      stages.push(
        await setStage(
          node,
          profile,
          roles as { admin: Address; anchorer: Address; puppetOwner: Address },
          code,
        ),
      );
    let snapshot = await node.rpc<string>('evm_snapshot');
    const cast = ({ puppet, puppetOwner }: Stage): Cast =>
      ({
        ...{ admin, verifier, issuer, stranger, anchorer, payee, charity, puppet, puppetOwner },
        users: [alice, bob, carol, puppet],
      }) as Cast;
    const rewind = async (): Promise<void> => {
      await node.rpc('evm_revert', snapshot);
      await setCoinbase();
      snapshot = await node.rpc<string>('evm_snapshot');
    };
    return { stages, cast, signers, rewind, stop: () => node.stop() };
  } catch (error) {
    await node.stop();
    throw error;
  }
}

// ------------------------------------------------------------------ one trace

export async function runTrace(
  theatre: Theatre,
  seed: number,
  { steps, reached }: { steps: number; reached: Reached },
): Promise<void> {
  const stage = theatre.stages[seed % theatre.stages.length];
  assert(stage);
  await theatre.rewind();
  const cast = theatre.cast(stage);
  const random = randomOf(seed);
  const setting: Setting = {
    ...{ exchange: stage.exchange, money: stage.money, treasury: stage.treasury },
    admin: cast.admin,
    ...stage.profile,
    puppets: new Map([[stage.puppet, stage.puppetOwner]]),
  };
  let world = newWorld(setting, START);
  const memory: Scene['memory'] = { openings: new Map(), keys: new Map(), records: [] };
  const history: Step[] = [];
  const agreed = new Map<string, string>();
  const first: Step = { ...anchorStep(cast, random), at: START };
  const opening = [first];
  for (let i = 0; i < steps; i += 1) {
    const scene: Scene = { world, cast, memory, random };
    if (i === 1) opening.push(...prologue(scene).map((proposal, n) => later(scene, proposal, n)));
    const next = opening.shift() ?? nextStep(scene, history);
    const outcome = step(world, next);
    const seen = await play(stage, theatre.signers, next);
    history.push(next);
    await compare({ stage, seed, history, outcome, seen, world });
    note(reached, next, outcome, seen);
    world = outcome.ok ? outcome.world : { ...world, now: next.at };
    if (outcome.ok) remember(scene, next, outcome.happenings);
    await compareState({ stage, seed, history, world, cast, agreed });
    for (const { state } of world.cards.values()) count(reached.states, String(state));
  }
}

const anchorStep = ({ anchorer }: Cast, random: Random): Omit<Step, 'at'> => ({
  ...{ from: anchorer, to: 'anchor', fn: 'anchor', args: [1n, random.bytes32()] },
});
function later(scene: Scene, proposal: Parameters<typeof stepOf>[1], n: number): Step {
  const { at: _, ...rest } = stepOf(scene, proposal);
  return { ...rest, at: scene.world.now + 1n + BigInt(n) };
}

/** The buyer keeps his bid: with it and `Delivered` the record is whole. */
function remember(
  { memory }: Scene,
  { fn, args, from }: Step,
  happenings: readonly Happening[],
): void {
  const told = happenings.find(({ event }) => event === 'Delivered');
  if (fn !== 'deliver' || !told) return;
  const [bid, , secret] = args as [DeliveryRecord['bid'], unknown, DeliveryRecord['secret']];
  memory.records.push({ bid, seller: from, until: told.args['until'] as bigint, secret });
}

function note(reached: Reached, { to, fn, args }: Step, outcome: Outcome, seen: Seen): void {
  reached.steps += 1;
  if (to !== 'exchange') return;
  const names = fn === 'multicall' ? (args[0] as Step[]).map((inner) => inner.fn) : [];
  for (const name of [fn, ...names]) count(outcome.ok ? reached.done : reached.refused, name);
  if (!seen.ok) {
    count(reached.errors, seen.reason.error);
    return;
  }
  for (const { event, args: told } of seen.happenings) {
    count(reached.events, event);
    if (event === 'Money.Answered') count(reached.errors, String(told['reason']));
  }
}

// ------------------------------------------------------------------ comparison

interface Compared {
  readonly stage: Stage;
  readonly seed: number;
  readonly history: readonly Step[];
}

async function compare(
  all: Compared & { outcome: Outcome; seen: Seen; world: World },
): Promise<void> {
  const { outcome, seen } = all;
  if (outcome.ok && !seen.ok) throw different(all, 'the model allows it', said(seen.reason));
  if (!outcome.ok && seen.ok)
    throw different(all, outcome.reasons.map(said).join(' | '), 'the contract allows it');
  if (!outcome.ok && !seen.ok && !outcome.reasons.some((reason) => fits(reason, seen.reason)))
    throw different(all, outcome.reasons.map(said).join(' | '), said(seen.reason));
  if (outcome.ok && seen.ok) {
    const [model, chain] = [sorted(outcome.happenings), sorted(seen.happenings)];
    if (JSON.stringify(model) !== JSON.stringify(chain))
      throw different(all, ...onlyIn(model, chain));
  }
}
const said = ({ error, args }: Reason): string => `${error}(${args.map((v) => String(plain(v)))})`;
const fits = (reason: Reason, seen: Reason): boolean =>
  reason.error === seen.error &&
  seen.args.every(
    (value, i) => reason.args[i] === ANY || String(plain(reason.args[i])) === String(plain(value)),
  );
const sorted = (happenings: readonly Happening[]): string[] =>
  happenings.map(({ event, args }) => `${event} ${JSON.stringify(plain(args))}`).sort();
function onlyIn(model: readonly string[], chain: readonly string[]): [string, string] {
  const without = (a: readonly string[], b: readonly string[]): string =>
    a.filter((line) => !b.includes(line)).join('; ') || `(${a.length} events)`;
  return [without(model, chain), without(chain, model)];
}

async function compareState(
  all: Compared & { world: World; cast: Cast; agreed: Map<string, string> },
): Promise<void> {
  const { stage, world, cast } = all;
  const { admin, verifier, issuer, users, payee, charity } = cast;
  const people = [
    ...users,
    stage.exchange,
    stage.treasury,
    payee,
    charity,
    admin,
    verifier,
    issuer,
  ];
  const expected = looks(world, people);
  const answers = await askRaw(stage, expected);
  for (const [i, look] of expected.entries()) {
    const model = JSON.stringify(plain(look.value));
    const place = `${look.fn} ${look.args.join()}`;
    // The same bytes for the same words were compared before.
    const pair = `${model} ${answers[i]}`;
    if (all.agreed.get(place) === pair) continue;
    const chain = JSON.stringify(plain(told(look, answers[i] ?? '0x')));
    if (model !== chain) throw different(all, `${place} ${model}`, chain);
    all.agreed.set(place, pair);
  }
  const who = people[all.history.length % people.length] ?? admin;
  const held = await moneyOn(stage, who);
  const mine = [moneyOf(world, who), world.money.allowances.get(who) ?? 0n];
  if (String(held) !== String(mine)) throw different(all, `money ${who} ${mine}`, String(held));
}

function different({ stage, seed, history }: Compared, model: string, chain: string): Difference {
  const lines = history.map(({ at, from, fn, args }) => `${at} ${from} ${fn}(${text(args)})`);
  const tail = lines.slice(-3).join('\n');
  return new Difference(
    `seed ${seed} (${stage.profile.name}), step ${history.length}\n` +
      `model:    ${model}\ncontract: ${chain}\n${tail}`,
  );
}
const text = (args: unknown): string => JSON.stringify(plain(args)).slice(1, -1);

// ------------------------------------------------------------------ the long run

export const STATES = Object.entries(STATE)
  .filter(([name]) => name !== 'NONE')
  .map(([name, number]) => ({ name, number: String(number) }));
export { isFunction };

if (process.argv[1] === import.meta.filename) {
  const [traces = 200, firstSeed = 1, port = 8710] = process.argv.slice(2).map(Number);
  const theatre = await openTheatre(port);
  const reached = nothingReached();
  let differences = 0;
  try {
    for (let seed = firstSeed; seed < firstSeed + traces; seed += 1) {
      try {
        await runTrace(theatre, seed, { steps: 120, reached });
      } catch (error) {
        if (!(error instanceof Difference)) throw error;
        differences += 1;
        console.error(error.message);
      }
    }
  } finally {
    await theatre.stop();
  }
  console.log(`${reached.steps} steps, ${differences} differences`);
  for (const [kind, map] of Object.entries(reached))
    if (map instanceof Map)
      console.log(
        `${kind}: ${[...map]
          .map(([name, n]) => `${name} ${n}`)
          .sort()
          .join(', ')}`,
      );
  process.exitCode = differences === 0 ? 0 : 1;
}
