/** What every play has at hand: who is there, what they own, and orders with sane values. */
import { type Hex, zeroAddress } from 'viem';
import type { Point } from './curve.ts';
import type { Inner } from './exchange.ts';
import type {
  Address,
  Bid,
  DeliveryRecord,
  Listing,
  Message,
  MessageName,
  Signature,
} from './messages.ts';
import type { Random } from './random.ts';
import { type Card, DELIVERY, type State, type World } from './world.ts';

/** Who plays which part; `users` may own cards. */
export interface Cast {
  readonly admin: Address;
  readonly verifier: Address;
  readonly issuer: Address;
  readonly users: readonly Address[];
  readonly stranger: Address;
  readonly anchorer: Address;
  readonly payee: Address;
  readonly charity: Address;
  readonly puppet: Address;
  readonly puppetOwner: Address;
}
/** What people keep to themselves: openings of sealed bids, session keys, and what was delivered. */
export interface Memory {
  readonly openings: Map<string, { amount: bigint; salt: Hex }>;
  readonly keys: Map<string, { k: bigint; r?: Point }>;
  readonly records: DeliveryRecord[];
}
export interface Scene {
  readonly world: World;
  readonly cast: Cast;
  readonly memory: Memory;
  readonly random: Random;
}
export interface Proposal extends Inner {
  readonly from: Address;
  readonly to?: 'exchange' | 'money' | 'anchor' | 'puppet';
  /** Not before; the clock is moved there. */
  readonly at?: bigint;
}
export type Play = (scene: Scene) => Proposal | undefined;

export const HOUR = 3_600n;
export const DAY = 24n * HOUR;

export const cardsIn = ({ world }: Scene, ...states: State[]): Card[] =>
  [...world.cards.values()].filter(({ state }) => states.includes(state));
export const aCard = (scene: Scene, ...states: State[]): Card | undefined =>
  scene.random.pick(cardsIn(scene, ...states));
export const user = ({ cast, random }: Scene): Address => random.pick(cast.users) ?? cast.admin;
export const other = (scene: Scene, than: Address): Address =>
  scene.random.pick(scene.cast.users.filter((who) => who !== than)) ?? than;
export const price = ({ random }: Scene): bigint =>
  random.pick([
    random.between(1n, 60n),
    random.between(100n, 9_999n),
    random.between(10_000n, 60_000n),
  ]) ?? 1n;
export const soon = ({ world, random }: Scene): bigint =>
  world.now + random.between(HOUR, 20n * DAY);
export const isUser = ({ cast }: Scene, who: Address): boolean => cast.users.includes(who);

export function signed(scene: Scene, who: Address, type: MessageName, over: Message): Signature {
  const { cast, random, world } = scene;
  const puppet = who === cast.puppet;
  const form = !puppet && random.chance(40) ? 'COMPACT' : 'FULL';
  // The exchange owns cards too, and has no key.
  const key = who === world.setting.exchange ? cast.stranger : who;
  return { by: puppet ? cast.puppetOwner : key, type, over, form };
}
export function split({ random }: Scene): {
  feeBps: bigint;
  charityBps: bigint;
  charityId: bigint;
} {
  const charityBps = random.pick([0n, 0n, 1n, 100n, 400n]) ?? 0n;
  const charityId = charityBps === 0n ? 0n : (random.pick([1n, 2n, 1n]) ?? 1n);
  const fees = [0n, 100n, 250n, 333n, 500n].filter((feeBps) => feeBps + charityBps <= 500n);
  return { feeBps: random.pick(fees) ?? 0n, charityBps, charityId };
}
export const delivery = ({ random }: Scene): bigint =>
  random.chance(35) ? DELIVERY.REISSUE : DELIVERY.VAULT;

export function newCard({ world, random }: Scene): bigint {
  const expiry = random.pick([0n, 0n, world.now + random.between(DAY, 90n * DAY)]) ?? 0n;
  return ((BigInt(random.bytes32()) >> 40n) << 40n) | expiry;
}
export const secretWords = ({ random }: Scene): [Hex, Hex, Hex] => [
  random.bytes32(),
  random.bytes32(),
  random.bytes32(),
];
export const issuerClass = ({ random }: Scene): bigint => random.pick([7n, 7n, 7n, 8n]) ?? 7n;

export const listing = (
  scene: Scene,
  { id: cardId, nonce }: Pick<Card, 'id' | 'nonce'>,
  change = {},
): Listing => ({
  ...{ cardId, price: price(scene), ...split(scene), delivery: delivery(scene) },
  ...{ taker: zeroAddress, deadline: soon(scene), nonce, ...change },
});
export const bidOf = (
  scene: Scene,
  { id: cardId, nonce }: Card,
  bidder: Address,
  change = {},
): Bid => ({
  ...{ cardId, bidder, price: price(scene), feeBps: split(scene).feeBps, session: zeroAddress },
  ...{ secretCommit: scene.random.bytes32(), nonce },
  ...{ epoch: scene.world.accounts.get(bidder)?.epoch ?? 0n, deadline: soon(scene), ...change },
});

export const attestOf = (scene: Scene, cardId: bigint, holder: Address) => ({
  ...{ cardId, holder, issuerClass: issuerClass(scene) },
  ...{ secretCommit: scene.random.bytes32(), deadline: scene.world.now + DAY },
});
export const hex = (word: bigint): Hex => `0x${word.toString(16).padStart(64, '0')}`;
