/** Traces: two of three steps are honest plays, which lead deep; the third is bent, stolen, late or said before. */
import { type Abi, type AbiParameter, zeroAddress } from 'viem';
import { exchangeAbi } from '../abi.gen.ts';
import type { Inner, Step } from './exchange.ts';
import { type Address, isFirstSale, isSignature, isWord, type Signature } from './messages.ts';
import { DECK, FOLLOWING, PLAYS } from './plays.ts';
import type { Random } from './random.ts';
import type { Cast, Proposal, Scene } from './scene.ts';
import { accountOf, MANNER, MOOD, SIGNER } from './world.ts';

const HOSTILE_PERCENT = 30;
const REPAIR_PERCENT = 25;
const FOLLOW_PERCENT = 30;
const DAY = 86_400n;

/** How a trace begins: signers, real names, money. */
export function prologue({ world, cast, random }: Scene): Proposal[] {
  const { admin, verifier, issuer, users } = cast;
  const until = world.now + 80n * DAY;
  const entry = { from: world.now, until, issuerClass: 0n };
  const all = 2n ** 256n - 1n;
  const { exchange } = world.setting;
  const desk = (fn: string, ...args: unknown[]): Proposal => ({ from: admin, fn, args });
  return [
    desk('setSigner', verifier, { ...entry, kind: SIGNER.VERIFIER }),
    desk('setSigner', issuer, { ...entry, kind: SIGNER.ISSUER, issuerClass: 7n }),
    desk(
      'setKyc',
      users.map((account) => ({ account, until, tier: 1n })),
    ),
    desk('setCharity', 1n, cast.charity),
    ...(random.chance(80) ? [desk('setFeePayee', cast.payee)] : []),
    ...users.flatMap((who): Proposal[] => [
      { from: admin, to: 'money', fn: 'give', args: [who, 5_000_000n] },
      { from: who, to: 'money', fn: 'approve', args: [exchange, all] },
      { from: who, fn: 'deposit', args: [random.between(1n, 90_000n)] },
    ]),
  ];
}

export function nextStep(scene: Scene, history: readonly Step[]): Step {
  const { random } = scene;
  const proposal = repairs(scene) ?? honest(scene, history);
  const bent = proposal.to === undefined && random.chance(HOSTILE_PERCENT);
  return stepOf(scene, bent ? bend(scene, proposal, history) : proposal);
}

export function stepOf({ world, cast, random }: Scene, { at, ...rest }: Proposal): Step {
  const pause = random.pick([1n, 1n, 7n, 60n, 600n, 3_000n]) ?? 1n;
  const soonest = world.now + 1n;
  const planned = at ?? world.now + pause;
  // The exchange owns cards too, and sends nothing.
  const from = rest.from === world.setting.exchange ? cast.stranger : rest.from;
  return { to: 'exchange', ...rest, from, at: planned < soonest ? soonest : planned };
}

function honest(scene: Scene, history: readonly Step[]): Proposal {
  const { random } = scene;
  if (random.chance(4)) return several(scene);
  for (;;) {
    const deck = random.chance(FOLLOW_PERCENT) ? FOLLOWING : DECK;
    const proposal = PLAYS[random.pick(deck) ?? '']?.(scene);
    if (proposal) return proposal;
    if (history.length > 0 && random.chance(2)) return again(random, history);
  }
}
function again(random: Random, history: readonly Step[]): Proposal {
  const { at: _, ...rest } = random.pick(history.filter(({ to }) => to === 'exchange')) ?? fallback;
  return rest;
}
const fallback: Step = { at: 0n, from: zeroAddress, to: 'exchange', fn: 'cancelBids', args: [] };

/** Several calls of one person in a transaction. */
function several(scene: Scene): Proposal {
  const calls: Inner[] = [];
  let from: Address | undefined;
  for (let tries = 0; tries < 30 && calls.length < 3; tries += 1) {
    const proposal = PLAYS[scene.random.pick(DECK) ?? '']?.(scene);
    if (!proposal || (proposal.to ?? 'exchange') !== 'exchange') continue;
    if (proposal.from !== (from ?? proposal.from)) continue;
    from = proposal.from;
    calls.push({ fn: proposal.fn, args: proposal.args });
  }
  return { from: from ?? scene.cast.stranger, fn: 'multicall', args: [calls] };
}

/** Puts one thing right that keeps the trace from going anywhere. */
function repairs({ world, cast, random }: Scene): Proposal | undefined {
  if (!random.chance(REPAIR_PERCENT)) return undefined;
  const { admin, verifier, issuer } = cast;
  const lapsed = cast.users.filter((who) => accountOf(world, who).kycUntil < world.now + 4n * DAY);
  const until = world.now + 40n * DAY;
  const from = world.now;
  const todo: Proposal[] = [];
  const todoIf = (wrong: boolean, fn: string, args: unknown[], to?: 'money' | 'puppet'): void => {
    if (wrong) todo.push({ from: admin, fn, args, ...(to ? { to } : {}) });
  };
  const writes = lapsed.map((account) => ({ account, until, tier: 1n }));
  todoIf(lapsed.length > 0, 'setKyc', [writes]);
  for (const who of cast.users)
    todoIf(accountOf(world, who).frozen, 'setAccountFrozen', [who, false, random.bytes32()]);
  todoIf(world.money.mood !== MOOD.HONEST, 'setMood', [MOOD.HONEST], 'money');
  for (const who of world.money.refuses)
    todoIf(random.chance(50), 'setRefuses', [who, false], 'money');
  const manner = world.manners.get(cast.puppet) ?? MANNER.KIND;
  todoIf(manner !== MANNER.KIND && random.chance(30), 'setManner', [MANNER.KIND], 'puppet');
  for (const [who, kind] of [
    [verifier, SIGNER.VERIFIER],
    [issuer, SIGNER.ISSUER],
  ] as const) {
    const lives = (world.signers.get(who)?.until ?? 0n) > world.now + DAY;
    todoIf(!lives, 'setSigner', [who, { kind, from, until, issuerClass: 7n }]);
  }
  todoIf(world.pausedUntil > world.now && random.chance(50), 'unpause', []);
  return random.pick(todo);
}

// ------------------------------------------------------------------ hostile

function bend(scene: Scene, proposal: Proposal, history: readonly Step[]): Proposal {
  const { random, cast } = scene;
  const way = random.below(10);
  if (way === 0) return { ...proposal, from: someone(cast, random) };
  if (way === 1 && history.length > 0) return again(random, history);
  if (way === 2) return { ...proposal, at: scene.world.now + random.between(1n, 30n * DAY) };
  if (way <= 4) return bendSignature(scene, proposal);
  return bendValue(scene, proposal);
}
const someone = (cast: Cast, random: Random): Address =>
  random.pick([...cast.users, cast.admin, cast.stranger, cast.verifier]) ?? cast.admin;

function bendSignature({ random, cast, world }: Scene, proposal: Proposal): Proposal {
  const signature = random.pick(
    proposal.args.flatMap((value) =>
      isSignature(value) ? [value] : isWord(value) && value.word === 'r' ? [value.of] : [],
    ),
  );
  if (signature === undefined) return { ...proposal, from: someone(cast, random) };
  const forged: Signature =
    random.pick<Signature>([
      { ...signature, by: random.pick([cast.stranger, cast.verifier, cast.issuer]) ?? cast.admin },
      { ...signature, elsewhere: { chainId: 1 } },
      { ...signature, elsewhere: { verifyingContract: cast.stranger } },
      { ...signature, form: random.pick(['BENT', 'TORN', 'COMPACT', 'FULL'] as const) ?? 'TORN' },
      { ...signature, elsewhere: { verifyingContract: world.setting.exchange, chainId: 56 } },
    ]) ?? signature;
  const bent = (value: unknown): unknown => {
    if (isWord(value)) return value.of === signature ? { ...value, of: forged } : value;
    return value === signature ? forged : value;
  };
  return { ...proposal, args: proposal.args.map(bent) };
}

/** Another value in one place; the message is signed so, or was changed after it was signed. */
function bendValue(scene: Scene, proposal: Proposal): Proposal {
  const { random } = scene;
  const inputs = inputsOf(proposal);
  const places = proposal.args.flatMap((value, i) =>
    isSignature(value) || isWord(value) ? [] : [i],
  );
  const place = random.pick(places);
  const input = place === undefined ? undefined : inputs[place];
  if (place === undefined || !input) return { ...proposal, from: someone(scene.cast, random) };
  const whole = proposal.args[place];
  const first = isFirstSale(whole) ? random.pick(['attest', 'listing'] as const) : undefined;
  const before = isFirstSale(whole) && first ? whole[first] : whole;
  const after = nasty(scene, first ? inputOf[first] : input, before);
  const agreed = random.chance(70);
  const bent = isFirstSale(whole) && first ? { ...whole, [first]: after } : after;
  const args = proposal.args.with(place, bent).map((value) => {
    if (agreed && isWord(value)) return { ...value, of: resigned(value.of, before, after) };
    return agreed && isSignature(value) ? resigned(value, before, after) : value;
  });
  return { ...proposal, args };
}
const resigned = (signature: Signature, before: unknown, after: unknown): Signature =>
  signature.over === before && typeof after === 'object' && after !== null
    ? { ...signature, over: after }
    : signature;

const structOf = (fn: string): Component => {
  const [input] = inputsOf({ fn, args: [undefined] });
  if (!input) throw new Error(`the contract has no ${fn}`);
  return input;
};
/** A first sale is packed: its two messages are told by the views that hash them. */
const inputOf = { attest: structOf('hashAttest'), listing: structOf('hashListing') };

function inputsOf({ fn, args }: Inner): readonly AbiParameter[] {
  const found = (exchangeAbi as Abi).find(
    (item) => item.type === 'function' && item.name === fn && item.inputs.length === args.length,
  );
  return found?.type === 'function' ? found.inputs : [];
}

interface Component {
  readonly name?: string | undefined;
  readonly type: string;
  readonly internalType?: string | undefined;
  readonly components?: readonly Component[];
}
function nasty(scene: Scene, input: Component, value: unknown): unknown {
  const { random, cast, world } = scene;
  const { type } = input;
  if (type.endsWith('[]') && Array.isArray(value)) {
    const place = random.below(value.length + 1);
    if (place === value.length || random.chance(20))
      return random.chance(50) ? value.slice(1) : [...value, ...value.slice(0, 1)];
    return isSignature(value[place]) || isInner(value[place])
      ? value.slice(1)
      : value.with(place, nasty(scene, { ...input, type: type.slice(0, -2) }, value[place]));
  }
  if (type === 'tuple') return nastyStruct(scene, input.components ?? [], value as object);
  if (type === 'address')
    return random.pick([zeroAddress, world.setting.exchange, someone(cast, random)]);
  if (type === 'bool') return value !== true;
  if (type === 'bytes32') return random.pick([`0x${'0'.repeat(64)}`, random.bytes32()]);
  if (type.startsWith('uint')) return nastyNumber(scene, input, BigInt(value as bigint));
  return value;
}
const isInner = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'fn' in value;

function nastyStruct(scene: Scene, components: readonly Component[], value: object): object {
  const part = scene.random.pick(components);
  if (!part?.name || !(part.name in value)) return value;
  const before = (value as Record<string, unknown>)[part.name];
  return { ...value, [part.name]: nasty(scene, part, before) };
}

function nastyNumber({ random, world }: Scene, input: Component, value: bigint): bigint {
  const enums = /enum \w+\.(\w+)/.exec(input.internalType ?? '')?.[1];
  if (enums === 'Delivery') return 1n - value;
  if (enums === 'SignerKind') return BigInt(random.below(3));
  const max = 2n ** BigInt(input.type.slice(4)) - 1n;
  const values = [0n, 1n, max, value + 1n, value - 1n, 501n, 10_001n, world.now, world.now - 1n];
  // Another expiry of the same card.
  const kinds = input.name === 'cardId' ? [...values, value ^ 1n, value ^ 7n] : values;
  const chosen = random.pick(kinds.filter((n) => n >= 0n && n <= max)) ?? 0n;
  return input.name === 'floor' && chosen === max ? 1n : chosen;
}
