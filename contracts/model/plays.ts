/** What honest people do next in a given world: one well-formed call per kind, made from what is there. */
import { type Hex, zeroAddress } from 'viem';
import { GENERATOR, ORDER, type Point, times } from './curve.ts';
import type { Inner } from './exchange.ts';
import {
  addressOfPoint,
  batchHash,
  commitmentOf,
  maskOf,
  secretCommitOf,
  shareIdOf,
} from './hashes.ts';
import type {
  Address,
  Bid,
  DeliveryRecord,
  Listing,
  Message,
  MessageName,
  SealedSecret,
  Signature,
} from './messages.ts';
import type { Random } from './random.ts';
import { type Card, DELIVERY, SIGNER, STATE, type State, sharesOf, type World } from './world.ts';

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
type Play = (scene: Scene) => Proposal | undefined;

const HOUR = 3_600n;
const DAY = 24n * HOUR;

// ------------------------------------------------------------------ people and things at hand

const cardsIn = ({ world }: Scene, ...states: State[]): Card[] =>
  [...world.cards.values()].filter(({ state }) => states.includes(state));
const aCard = (scene: Scene, ...states: State[]): Card | undefined =>
  scene.random.pick(cardsIn(scene, ...states));
const user = ({ cast, random }: Scene): Address => random.pick(cast.users) ?? cast.admin;
const other = (scene: Scene, than: Address): Address =>
  scene.random.pick(scene.cast.users.filter((who) => who !== than)) ?? than;
const price = ({ random }: Scene): bigint =>
  random.pick([
    random.between(1n, 60n),
    random.between(100n, 9_999n),
    random.between(10_000n, 60_000n),
  ]) ?? 1n;
const soon = ({ world, random }: Scene): bigint => world.now + random.between(HOUR, 20n * DAY);
const isUser = ({ cast }: Scene, who: Address): boolean => cast.users.includes(who);

function signed(scene: Scene, who: Address, type: MessageName, over: Message): Signature {
  const { cast, random, world } = scene;
  const puppet = who === cast.puppet;
  const form = !puppet && random.chance(40) ? 'COMPACT' : 'FULL';
  // The exchange owns cards too, and has no key.
  const key = who === world.setting.exchange ? cast.stranger : who;
  return { by: puppet ? cast.puppetOwner : key, type, over, form };
}
function split({ random }: Scene): { feeBps: bigint; charityBps: bigint; charityId: bigint } {
  const charityBps = random.pick([0n, 0n, 100n, 1_000n, 9_500n]) ?? 0n;
  const charityId = charityBps === 0n ? 0n : (random.pick([1n, 2n, 1n]) ?? 1n);
  return { feeBps: random.pick([0n, 100n, 250n, 333n, 500n]) ?? 0n, charityBps, charityId };
}
const delivery = ({ random }: Scene): bigint =>
  random.chance(35) ? DELIVERY.REISSUE : DELIVERY.VAULT;

function newCard({ world, random }: Scene): bigint {
  const expiry = random.pick([0n, 0n, world.now + random.between(DAY, 90n * DAY)]) ?? 0n;
  return ((BigInt(random.bytes32()) >> 40n) << 40n) | expiry;
}
const secretWords = ({ random }: Scene): [Hex, Hex, Hex] => [
  random.bytes32(),
  random.bytes32(),
  random.bytes32(),
];
const issuerClass = ({ random }: Scene): bigint => random.pick([7n, 7n, 7n, 8n]) ?? 7n;

const listing = (
  scene: Scene,
  { id: cardId, nonce }: Pick<Card, 'id' | 'nonce'>,
  change = {},
): Listing => ({
  ...{ cardId, price: price(scene), ...split(scene), delivery: delivery(scene) },
  ...{ taker: zeroAddress, deadline: soon(scene), nonce, ...change },
});
const bidOf = (scene: Scene, { id: cardId, nonce }: Card, bidder: Address, change = {}): Bid => ({
  ...{ cardId, bidder, price: price(scene), feeBps: split(scene).feeBps, session: zeroAddress },
  ...{ secretCommit: scene.random.bytes32(), nonce },
  ...{ epoch: scene.world.accounts.get(bidder)?.epoch ?? 0n, deadline: soon(scene), ...change },
});

// ------------------------------------------------------------------ the house at its desk

const desk: Record<string, Play> = {
  setKyc: (scene) => {
    const { random, world, cast } = scene;
    const writes = cast.users
      .filter(() => random.chance(50))
      .map((account) => ({
        account,
        until: world.now + random.between(random.chance(12) ? 1n : 8n * DAY, 60n * DAY),
        tier: random.between(0n, 3n),
      }));
    return { from: cast.admin, fn: 'setKyc', args: [writes] };
  },
  setAccountFrozen: (scene) => {
    const { random, cast } = scene;
    return {
      from: cast.admin,
      fn: 'setAccountFrozen',
      args: [user(scene), random.chance(40), random.bytes32()],
    };
  },
  setSigner: ({ world, cast, random }) => {
    const verifier = random.chance(50);
    const kind = verifier ? SIGNER.VERIFIER : SIGNER.ISSUER;
    const until = world.now + random.between(5n * DAY, 90n * DAY);
    const entry = { kind, from: world.now, until, issuerClass: verifier ? 0n : 7n };
    return {
      from: cast.admin,
      fn: 'setSigner',
      args: [verifier ? cast.verifier : cast.issuer, entry],
    };
  },
  revokeSigner: ({ cast, random }) =>
    random.chance(30)
      ? { from: cast.admin, fn: 'revokeSigner', args: [random.pick([cast.verifier, cast.issuer])] }
      : undefined,
  fileCase: (scene) => {
    const card = aCard(scene, STATE.ACTIVE, STATE.FROZEN, STATE.AUCTION, STATE.SEALED, STATE.HELD);
    return (
      card && { from: scene.cast.admin, fn: 'fileCase', args: [card.id, scene.random.bytes32()] }
    );
  },
  setFrozenTokens: (scene) => {
    const filed = cardsIn(
      scene,
      STATE.ACTIVE,
      STATE.AUCTION,
      STATE.SEALED,
      STATE.HELD,
      STATE.FROZEN,
    );
    const card = scene.random.pick(filed.filter(({ id }) => scene.world.cases.has(id)));
    const frozen = card?.state !== STATE.FROZEN;
    return (
      card && { from: scene.cast.admin, fn: 'setFrozenTokens', args: [card.owner, card.id, frozen] }
    );
  },
  forcedTransfer: (scene) => {
    const filed = cardsIn(
      scene,
      STATE.ACTIVE,
      STATE.AUCTION,
      STATE.SEALED,
      STATE.HELD,
      STATE.FROZEN,
    );
    const card = scene.random.pick(filed.filter(({ id }) => scene.world.cases.has(id)));
    if (!card) return undefined;
    return {
      from: scene.cast.admin,
      fn: 'forcedTransfer',
      args: [card.owner, user(scene), card.id],
    };
  },
  setCharity: ({ cast, random }) => ({
    from: cast.admin,
    fn: 'setCharity',
    args: [random.pick([1n, 2n]), random.pick([cast.charity, cast.payee])],
  }),
  payCharity: ({ cast, random }) => ({
    from: cast.stranger,
    fn: 'payCharity',
    args: [random.pick([1n, 2n, 3n])],
  }),
  setFeePayee: ({ cast }) => ({ from: cast.admin, fn: 'setFeePayee', args: [cast.payee] }),
  sweepFees: ({ cast }) => ({ from: cast.stranger, fn: 'sweepFees', args: [] }),
  pause: ({ cast, random }) =>
    random.chance(25) ? { from: cast.admin, fn: 'pause', args: [] } : undefined,
  unpause: ({ cast }) => ({ from: cast.admin, fn: 'unpause', args: [] }),
  setBaseUri: ({ cast, random }) => ({
    from: cast.admin,
    fn: 'setBaseUri',
    args: [`https://card.example/${random.below(9)}/`],
  }),
  attestBalance: (scene) => {
    const card = aCard(scene, STATE.ACTIVE, STATE.HELD, STATE.FROZEN);
    if (!card) return undefined;
    const attest = { cardId: card.id, balance: price(scene), asOf: scene.world.now };
    const signature = signed(scene, scene.cast.verifier, 'BalanceAttest', attest);
    return { from: scene.cast.stranger, fn: 'attestBalance', args: [attest, signature] };
  },
};

// ------------------------------------------------------------------ minting and sales

const attestOf = (scene: Scene, cardId: bigint, holder: Address) => ({
  ...{ cardId, holder, issuerClass: issuerClass(scene) },
  ...{ secretCommit: scene.random.bytes32(), deadline: scene.world.now + DAY },
});

const trade: Record<string, Play> = {
  mint: (scene) => {
    const attest = attestOf(scene, newCard(scene), user(scene));
    const signature = signed(scene, scene.cast.verifier, 'Attest', attest);
    return { from: scene.cast.stranger, fn: 'mint', args: [attest, signature] };
  },
  mintBatch: (scene) => {
    const items = Array.from({ length: scene.random.below(3) + 1 }, () => ({
      cardId: newCard(scene),
      issuerClass: issuerClass(scene),
      secretCommit: scene.random.bytes32(),
    }));
    const deadline = scene.world.now + DAY;
    const attest = { holder: user(scene), itemsHash: batchHash(items), deadline };
    const signature = signed(scene, scene.cast.verifier, 'BatchAttest', attest);
    return { from: scene.cast.stranger, fn: 'mintBatch', args: [attest, items, signature] };
  },
  buy: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const from = other(scene, card.owner);
    const order = listing(scene, card, scene.random.chance(20) ? { taker: from } : {});
    return { from, fn: 'buy', args: [order, signed(scene, card.owner, 'Listing', order)] };
  },
  buyMany: (scene) => {
    const cards = cardsIn(scene, STATE.ACTIVE);
    const from = user(scene);
    const some = cards.filter(({ owner }) => owner !== from).slice(0, 3);
    if (some.length === 0) return undefined;
    const orders = some.map((card) => listing(scene, card, { delivery: DELIVERY.VAULT }));
    const signatures = orders.map((order, i) =>
      signed(scene, some[i]?.owner ?? from, 'Listing', order),
    );
    return { from, fn: 'buyMany', args: [orders, signatures] };
  },
  buyLazy: (scene) => {
    const seller = user(scene);
    const from = other(scene, seller);
    const attest = attestOf(scene, newCard(scene), seller);
    const order = listing(scene, { id: attest.cardId, nonce: 0n }, { delivery: DELIVERY.VAULT });
    const bySeller = signed(scene, seller, 'Listing', order);
    const byVerifier = signed(scene, scene.cast.verifier, 'Attest', attest);
    return { from, fn: 'buyLazy', args: [attest, byVerifier, order, bySeller] };
  },
  buyDutch: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const { now } = scene.world;
    const endPrice = price(scene);
    const terms = {
      ...{ cardId: card.id, startPrice: endPrice + price(scene), endPrice },
      startsAt: now - scene.random.between(0n, DAY),
      endsAt: now + scene.random.between(100n, DAY),
      ...{ ...split(scene), delivery: delivery(scene), nonce: card.nonce },
    };
    const signature = signed(scene, card.owner, 'DutchTerms', terms);
    const maxPrice = scene.random.chance(90) ? terms.startPrice : terms.endPrice;
    return { from: other(scene, card.owner), fn: 'buyDutch', args: [terms, signature, maxPrice] };
  },
  acceptBid: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const order = bidOf(scene, card, other(scene, card.owner));
    const { charityBps, charityId } = split(scene);
    const signature = signed(scene, order.bidder, 'Bid', order);
    return { from: card.owner, fn: 'acceptBid', args: [order, signature, charityBps, charityId] };
  },
  matchOrders: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const ask = listing(scene, card);
    const order = bidOf(scene, card, other(scene, card.owner), { price: ask.price + 5n });
    const signatures = [
      signed(scene, card.owner, 'Listing', ask),
      signed(scene, order.bidder, 'Bid', order),
    ];
    return {
      from: scene.cast.stranger,
      fn: 'matchOrders',
      args: [ask, signatures[0], order, signatures[1]],
    };
  },
  swap: (scene) => {
    const give = aCard(scene, STATE.ACTIVE);
    const others = cardsIn(scene, STATE.ACTIVE).filter(({ owner }) => owner !== give?.owner);
    const want = scene.random.pick(others);
    if (!give || !want) return undefined;
    const offer = {
      ...{ give: give.id, want: want.id, topUp: scene.random.pick([0n, price(scene)]) ?? 0n },
      ...{ makerPays: scene.random.chance(50), feeBps: split(scene).feeBps, nonce: give.nonce },
      epoch: scene.world.accounts.get(give.owner)?.epoch ?? 0n,
      deadline: soon(scene),
    };
    return {
      from: want.owner,
      fn: 'swap',
      args: [offer, signed(scene, give.owner, 'SwapOffer', offer)],
    };
  },
  cancelOrders: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    return card && { from: card.owner, fn: 'cancelOrders', args: [card.id] };
  },
  cancelBids: (scene) => ({ from: user(scene), fn: 'cancelBids', args: [] }),
  burn: (scene) => {
    const card = scene.random.chance(30) ? aCard(scene, STATE.ACTIVE) : undefined;
    return card && { from: card.owner, fn: 'burn', args: [card.id] };
  },
  deposit: (scene) => ({
    from: user(scene),
    fn: 'deposit',
    args: [scene.random.between(10_000n, 90_000n)],
  }),
  withdraw: (scene) => {
    const from = user(scene);
    const free = Number(scene.world.purses.get(from)?.free ?? 0n);
    return { from, fn: 'withdraw', args: [from, BigInt(scene.random.below(free + 1))] };
  },
};

// ------------------------------------------------------------------ auctions

const auctions: Record<string, Play> = {
  openAuction: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const reserve = price(scene);
    const terms = {
      ...{ cardId: card.id, reserve, duration: scene.random.between(900n, 2n * DAY) },
      ...{ ...split(scene), delivery: delivery(scene), deadline: soon(scene), nonce: card.nonce },
    };
    const signature = signed(scene, card.owner, 'AuctionTerms', terms);
    return { from: other(scene, card.owner), fn: 'openAuction', args: [terms, signature, reserve] };
  },
  bid: (scene) => {
    const card = aCard(scene, STATE.AUCTION);
    const auction = card && scene.world.auctions.get(card.id);
    if (!card || !auction) return undefined;
    const amount = auction.amount + auction.amount / 20n + scene.random.between(0n, 30n);
    const late = auction.end - scene.random.between(-1n, 1_000n);
    const at = scene.random.chance(40) && late > scene.world.now ? { at: late } : {};
    return { from: other(scene, card.owner), fn: 'bid', args: [card.id, amount], ...at };
  },
  settleAuction: (scene) => {
    const card = aCard(scene, STATE.AUCTION);
    const auction = card && scene.world.auctions.get(card.id);
    if (!card || !auction) return undefined;
    const at = auction.end - (scene.random.pick([0n, 0n, 1n, -500n]) ?? 0n);
    return { from: scene.cast.stranger, fn: 'settleAuction', args: [card.id], at };
  },
  openSealed: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const { now } = scene.world;
    const commitUntil = now + scene.random.between(HOUR, DAY) + 100n;
    const terms = {
      ...{ cardId: card.id, reserve: price(scene), bond: scene.random.between(1n, 3_000n) },
      ...{ commitUntil, revealUntil: commitUntil + scene.random.between(HOUR, DAY) },
      secondPrice: scene.random.chance(50),
      ...{ ...split(scene), delivery: delivery(scene), nonce: card.nonce },
    };
    const signature = signed(scene, card.owner, 'SealedTerms', terms);
    return { from: scene.cast.stranger, fn: 'openSealed', args: [terms, signature] };
  },
  commitBid: (scene) => {
    const card = aCard(scene, STATE.SEALED);
    if (!card) return undefined;
    const from = other(scene, card.owner);
    const auction = scene.world.sealed.get(`${card.id}/${card.nonce}`);
    const amount = (auction?.second ?? 1n) + scene.random.between(-20n, 4_000n);
    const salt = scene.random.bytes32();
    const opened = amount < 0n ? 0n : amount;
    const commitment = commitmentOf(card.id, card.nonce, from, opened, salt);
    scene.memory.openings.set(commitment, { amount: opened, salt });
    return { from, fn: 'commitBid', args: [card.id, commitment] };
  },
  revealBid: (scene) => {
    const { world, random, memory } = scene;
    const [place, commitment] = random.pick([...world.commitments]) ?? [];
    const opening = commitment && memory.openings.get(commitment);
    if (!place || !opening) return undefined;
    const [cardId = '0', nonce = '0', bidder = ''] = place.split('/');
    const auction = world.sealed.get(`${cardId}/${nonce}`);
    const at = (auction?.commitUntil ?? 0n) - (random.chance(5) ? 1n : 0n);
    const args = [BigInt(cardId), opening.amount, opening.salt];
    return { from: bidder as Address, fn: 'revealBid', args, at };
  },
  settleSealed: (scene) => {
    const card = aCard(scene, STATE.SEALED);
    const auction = card && scene.world.sealed.get(`${card.id}/${card.nonce}`);
    if (!card || !auction || scene.random.chance(50)) return undefined;
    const at = auction.revealUntil - (scene.random.chance(10) ? 1n : 0n);
    return { from: scene.cast.stranger, fn: 'settleSealed', args: [card.id], at };
  },
  forfeitBond: (scene) => {
    const [place] = scene.random.pick([...scene.world.commitments]) ?? [];
    if (!place) return undefined;
    const [cardId = '0', nonce = '0', bidder = ''] = place.split('/');
    const auction = scene.world.sealed.get(`${cardId}/${nonce}`);
    if (!auction || (auction.revealUntil > scene.world.now && scene.random.chance(60)))
      return undefined;
    const args = [BigInt(cardId), BigInt(nonce), bidder];
    return { from: scene.cast.stranger, fn: 'forfeitBond', args, at: auction.revealUntil };
  },
};

// ------------------------------------------------------------------ delivery

/** The secret sealed to K = kG: right, or wrong in one of the ways a seller may try. */
function seal(
  scene: Scene,
  cardId: bigint,
  words: readonly Hex[],
  session: Point,
): SealedSecret & { r?: Point } {
  const { random } = scene;
  const e = BigInt(random.bytes32()) % ORDER;
  const r = times(GENERATOR, e);
  const s = times(session, e);
  if (!r || !s) throw new Error('no point');
  const c = words.map((word, i) => hex(BigInt(word) ^ maskOf(s, cardId, BigInt(i)))) as [
    Hex,
    Hex,
    Hex,
  ];
  const right = { x: r.x, v: 27n + (r.y & 1n), c };
  const way = random.below(10);
  if (way < 4) return { ...right, r };
  if (way < 7) return { ...right, c: [random.bytes32(), c[1], c[2]], r };
  if (way === 7) return { ...right, v: right.v === 27n ? 28n : 27n, r: { x: r.x, y: -r.y } };
  if (way === 8) return { ...right, v: 0n };
  return { ...right, x: random.pick([0n, ORDER, 5n, 2n ** 256n - 1n]) ?? 0n };
}
const hex = (word: bigint): Hex => `0x${word.toString(16).padStart(64, '0')}`;

const delivering: Record<string, Play> = {
  deliver: (scene) => {
    const { world, random, memory } = scene;
    const rich = cardsIn(scene, STATE.ACTIVE).filter(
      ({ owner }) => (world.purses.get(owner)?.free ?? 0n) > 20n,
    );
    const card = random.pick(rich) ?? aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const k = BigInt(random.bytes32()) % ORDER;
    const point = times(GENERATOR, k);
    if (!point) return undefined;
    const words = secretWords(scene);
    const session = addressOfPoint(point) as Address;
    memory.keys.set(session, { k });
    const free = world.purses.get(card.owner)?.free ?? 0n;
    const change = {
      session,
      secretCommit: secretCommitOf(card.id, words),
      ...(free > 20n ? { price: random.between(1n, (free * 9n) / 10n) } : {}),
    };
    const order = bidOf(scene, card, other(scene, card.owner), change);
    const { r, ...secret } = seal(scene, card.id, words, point);
    if (r && r.y > 0n) memory.keys.set(session, { k, r });
    return {
      from: card.owner,
      fn: 'deliver',
      args: [order, signed(scene, order.bidder, 'Bid', order), secret],
    };
  },
  proveWrongDelivery: (scene) => {
    const live = scene.memory.records.filter((record) => record.until > scene.world.now);
    const record = scene.random.pick(live);
    const key = record && scene.memory.keys.get(record.session.toLowerCase());
    if (!record || !key) return undefined;
    const v = Number(record.secret.v);
    const r = key.r ?? undefined;
    const s = r && times(r, key.k);
    // The other root of the same abscissa gives the other S; what is no point needs none.
    const sy = s && (v === 27 ? 0n : 1n) === ((key.r?.y ?? 0n) & 1n) ? s.y : 1n;
    const at = scene.random.chance(5) ? { at: record.until } : {};
    const args = [record, key.k, s?.x ?? 1n, sy];
    return { from: scene.cast.stranger, fn: 'proveWrongDelivery', args, ...at };
  },
  releaseBond: (scene) => {
    const record = scene.random.pick(scene.memory.records);
    if (!record || scene.random.chance(60)) return undefined;
    const at = record.until - (scene.random.chance(15) ? 1n : 0n);
    return { from: scene.cast.stranger, fn: 'releaseBond', args: [record], at };
  },
  confirmReissue: (scene) => {
    const card = aCard(scene, STATE.HELD);
    const held = card && scene.world.holds.get(card.id);
    if (!card || !held) return undefined;
    const reissued = {
      ...{ cardId: card.id, buyer: held.buyer, newCommit: scene.random.bytes32() },
      ...{ nonce: card.nonce, deadline: soon(scene) },
    };
    const signature = signed(scene, scene.cast.issuer, 'Reissued', reissued);
    return { from: scene.cast.stranger, fn: 'confirmReissue', args: [reissued, signature] };
  },
  refundHold: (scene) => {
    const card = aCard(scene, STATE.HELD);
    const held = card && scene.world.holds.get(card.id);
    if (!card || !held || scene.random.chance(50)) return undefined;
    const at = held.until - (scene.random.chance(10) ? 1n : 0n);
    return { from: scene.cast.stranger, fn: 'refundHold', args: [card.id], at };
  },
  emergencyUnwind: (scene) => {
    const card = aCard(scene, STATE.AUCTION, STATE.SEALED, STATE.HELD);
    if (!card || scene.random.chance(60)) return undefined;
    const at = scene.world.anchoredAt + 7n * DAY - (scene.random.chance(30) ? 1n : 0n);
    return { from: scene.cast.stranger, fn: 'emergencyUnwind', args: [card.id], at };
  },
};

// ------------------------------------------------------------------ shares

const fractions: Record<string, Play> = {
  fractionalise: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const supply = scene.random.pick([1n, 7n, 100n, 1_000_000n]);
    return { from: card.owner, fn: 'fractionalise', args: [card.id, supply, price(scene), 250n] };
  },
  transferShares: (scene) => {
    const [shareId, from, have] = someShares(scene) ?? [];
    if (shareId === undefined || !from || !have) return undefined;
    const amount = scene.random.pick([have, have / 2n + 1n, 1n]);
    return { from, fn: 'transferShares', args: [shareId, other(scene, from), amount] };
  },
  buyOut: (scene) => {
    const card = aCard(scene, STATE.FRACTION);
    return card && { from: user(scene), fn: 'buyOut', args: [card.id] };
  },
  cash: (scene) => {
    const [shareId, from] = someShares(scene) ?? [];
    return from && { from, fn: 'cash', args: [shareId] };
  },
  unite: (scene) => {
    const card = aCard(scene, STATE.FRACTION);
    if (!card) return undefined;
    const shareId = shareIdOf(card.id, card.nonce);
    const holders = scene.cast.users.filter((who) => sharesOf(scene.world, shareId, who) > 0n);
    const from = scene.random.pick(holders);
    return from && { from, fn: 'unite', args: [card.id] };
  },
};
function someShares(scene: Scene): [bigint, Address, bigint] | undefined {
  const held = [...scene.world.shares].filter(([, amount]) => amount > 0n);
  const [place, amount = 0n] = scene.random.pick(held) ?? [];
  const [shareId = '0', holder = ''] = place?.split('/') ?? [];
  return isUser(scene, holder as Address)
    ? [BigInt(shareId), holder as Address, amount]
    : undefined;
}

// ------------------------------------------------------------------ the card as a token

const token: Record<string, Play> = {
  approve: (scene) => {
    const card = aCard(scene, STATE.ACTIVE, STATE.FROZEN);
    return card && { from: card.owner, fn: 'approve', args: [user(scene), card.id] };
  },
  setApprovalForAll: (scene) => {
    const from = user(scene);
    return { from, fn: 'setApprovalForAll', args: [other(scene, from), scene.random.chance(60)] };
  },
  transferFrom: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const spender = scene.world.approvals.get(card.id)?.spender ?? card.owner;
    const from = scene.random.chance(50) ? card.owner : spender;
    return { from, fn: 'transferFrom', args: [card.owner, other(scene, card.owner), card.id] };
  },
  safeTransferFrom: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const { cast, random } = scene;
    const to =
      random.chance(60) && card.owner !== cast.puppet ? cast.puppet : other(scene, card.owner);
    const more = random.chance(50) ? [random.bytes32()] : [];
    return { from: card.owner, fn: 'safeTransferFrom', args: [card.owner, to, card.id, ...more] };
  },
  redeem: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    const id = scene.random.pick([hex(1n), hex(2n), hex(3n)]);
    return card && { from: scene.cast.stranger, fn: 'redeem', args: [id, card.id, '一杯茶'] };
  },
  cancel: (scene) => {
    const [list, ids = []] = scene.random.pick([...scene.world.redemptions]) ?? [];
    const [shop, cardId] = list?.split('/') ?? [];
    if (!shop || !cardId) return undefined;
    const id = scene.random.pick([...ids, hex(1n)]);
    return { from: shop as Address, fn: 'cancel', args: [id, BigInt(cardId), ''] };
  },
};

// ------------------------------------------------------------------ around the exchange

const around: Record<string, Play> = {
  permitMoney: (scene) => {
    const v = scene.random.pick([27n, 27n, 28n]);
    const args = [user(scene), 2n ** 256n - 1n, 0n, v, hex(0n), hex(0n)];
    return { from: scene.cast.stranger, fn: 'permitMoney', args };
  },
  moneyApprove: (scene) => ({
    from:
      scene.random.pick(scene.cast.users.filter((who) => who !== scene.cast.puppet)) ?? user(scene),
    to: 'money',
    fn: 'approve',
    args: [
      scene.world.setting.exchange,
      scene.random.pick([2n ** 256n - 1n, scene.random.between(0n, 99_999n)]),
    ],
  }),
  give: (scene) => ({
    from: scene.cast.admin,
    to: 'money',
    fn: 'give',
    args: [user(scene), scene.random.between(1n, 500_000n)],
  }),
  setMood: ({ cast, random }) =>
    random.chance(40)
      ? { from: cast.admin, to: 'money', fn: 'setMood', args: [random.between(0n, 4n)] }
      : undefined,
  setRefuses: (scene) => ({
    from: scene.cast.admin,
    to: 'money',
    fn: 'setRefuses',
    args: [
      scene.random.pick([...scene.cast.users, scene.cast.charity, scene.cast.payee]),
      scene.random.chance(50),
    ],
  }),
  setManner: ({ cast, random }) => ({
    from: cast.admin,
    to: 'puppet',
    fn: 'setManner',
    args: [random.between(0n, 3n)],
  }),
  anchor: ({ cast, world, random }) => ({
    from: cast.anchorer,
    to: 'anchor',
    fn: 'anchor',
    args: [world.now, random.bytes32()],
  }),
};

// ------------------------------------------------------------------ what chance seldom finds

/** Attempts that are well formed and wrong in one rare way. */
const edges: Record<string, Play> = {
  bidBelowListing: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const ask = listing(scene, card, { price: 500n, delivery: DELIVERY.VAULT });
    const order = bidOf(scene, card, other(scene, card.owner), { price: 499n });
    const bySeller = signed(scene, card.owner, 'Listing', ask);
    const byBidder = signed(scene, order.bidder, 'Bid', order);
    return {
      ...{ from: scene.cast.stranger, fn: 'matchOrders' },
      args: [ask, bySeller, order, byBidder],
    };
  },
  giveMoreThanAll: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const charityBps = scene.random.pick([9_500n, 9_501n, 10_000n]);
    const order = listing(scene, card, { feeBps: 500n, charityBps, charityId: 1n });
    const signature = signed(scene, card.owner, 'Listing', order);
    return { from: other(scene, card.owner), fn: 'buy', args: [order, signature] };
  },
  dutchTooEarly: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const { now } = scene.world;
    const terms = {
      ...{ cardId: card.id, startPrice: 900n, endPrice: 100n, startsAt: now + DAY },
      ...{ endsAt: now + 2n * DAY, ...split(scene), delivery: 0n, nonce: card.nonce },
    };
    const signature = signed(scene, card.owner, 'DutchTerms', terms);
    return { from: other(scene, card.owner), fn: 'buyDutch', args: [terms, signature, 900n] };
  },
  moveWhatMayNot: (scene) => {
    const card = aCard(scene, STATE.FROZEN, STATE.AUCTION, STATE.SEALED, STATE.HELD);
    if (!card) return undefined;
    return {
      ...{ from: card.owner, fn: 'transferFrom' },
      args: [card.owner, other(scene, card.owner), card.id],
    };
  },
  cashWithoutShares: (scene) => {
    const sold = [...scene.world.fractions].filter(([, { proceeds }]) => proceeds > 0n);
    const [shareId] = scene.random.pick(sold) ?? [];
    return shareId === undefined
      ? undefined
      : { from: scene.cast.stranger, fn: 'cash', args: [shareId] };
  },
  commitTwice: (scene) => {
    const [place] = scene.random.pick([...scene.world.commitments]) ?? [];
    const [cardId = '0', , bidder = ''] = place?.split('/') ?? [];
    const args = [BigInt(cardId), scene.random.bytes32()];
    return place ? { from: bidder as Address, fn: 'commitBid', args } : undefined;
  },
  mintAgain: (scene) => {
    const card = aCard(scene, ...Object.values(STATE));
    if (!card) return undefined;
    // The same card under another expiry is the same card.
    const attest = attestOf(scene, card.id ^ (scene.random.chance(50) ? 0n : 1n), user(scene));
    const signature = signed(scene, scene.cast.verifier, 'Attest', attest);
    return { from: scene.cast.stranger, fn: 'mint', args: [attest, signature] };
  },
};

/** Kind of play → how often, and what it does. */
const WEIGHTS: Readonly<Record<string, number>> = {
  ...{ mint: 7, mintBatch: 3, buyLazy: 4, openAuction: 6, bid: 9, settleAuction: 5 },
  ...{ openSealed: 6, commitBid: 12, revealBid: 10, settleSealed: 5, forfeitBond: 6 },
  ...{ deliver: 8, proveWrongDelivery: 8, releaseBond: 5, confirmReissue: 6, refundHold: 4 },
  ...{ fractionalise: 4, transferShares: 5, buyOut: 5, cash: 9, unite: 3, deposit: 7, swap: 5 },
  ...{ setKyc: 6, fileCase: 5, setFrozenTokens: 4, forcedTransfer: 3, safeTransferFrom: 4 },
  ...{ cancel: 4, anchor: 5, emergencyUnwind: 3, setSigner: 1, setCharity: 1, setFeePayee: 1 },
  ...{ setBaseUri: 1, permitMoney: 1, pause: 1, payCharity: 1, sweepFees: 1, setAccountFrozen: 1 },
  ...{ mintAgain: 1, dutchTooEarly: 1, giveMoreThanAll: 1, commitTwice: 1, cancelBids: 1 },
};
export const PLAYS: Readonly<Record<string, Play>> = {
  ...desk,
  ...trade,
  ...auctions,
  ...delivering,
  ...fractions,
  ...token,
  ...around,
  ...edges,
};
export const DECK: readonly string[] = Object.keys(PLAYS).flatMap((name) =>
  Array.from({ length: WEIGHTS[name] ?? 2 }, () => name),
);
