/** Plays of delivery and of shares, and the rare wrong moves. */
import { type Hex, zeroAddress } from 'viem';
import { GENERATOR, ORDER, type Point, times } from './curve.ts';
import { addressOfPoint, maskOf, secretCommitOf, shareIdOf } from './hashes.ts';
import type { Address, SealedSecret } from './messages.ts';
import {
  aCard,
  attestOf,
  bidOf,
  cardsIn,
  DAY,
  hex,
  isUser,
  listing,
  other,
  type Play,
  price,
  type Scene,
  secretWords,
  signed,
  soon,
  split,
  user,
} from './scene.ts';
import { DELIVERY, MOOD, STATE, sharesOf } from './world.ts';

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

export const delivering: Record<string, Play> = {
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
    const key = record && scene.memory.keys.get(record.bid.session.toLowerCase());
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

export const fractions: Record<string, Play> = {
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

/** Attempts that are well formed and wrong in one rare way. */
export const edges: Record<string, Play> = {
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
  giveMoreThanAllowed: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const charityBps = scene.random.pick([0n, 1n, 501n]);
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
  reissuedInBasket: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const order = listing(scene, card, { delivery: DELIVERY.REISSUE });
    const signature = signed(scene, card.owner, 'Listing', order);
    return { from: other(scene, card.owner), fn: 'buyMany', args: [[order], [signature]] };
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
  notTheTaker: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const order = listing(scene, card, { taker: scene.cast.stranger });
    const signature = signed(scene, card.owner, 'Listing', order);
    return { from: other(scene, card.owner), fn: 'buy', args: [order, signature] };
  },
  bidOnOwn: (scene) => {
    const card = aCard(scene, STATE.AUCTION);
    return card && { from: card.owner, fn: 'bid', args: [card.id, 1_000_000n] };
  },
  forNothing: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const order = listing(scene, card, { price: 0n });
    const signature = signed(scene, card.owner, 'Listing', order);
    return { from: other(scene, card.owner), fn: 'buy', args: [order, signature] };
  },
  oldEpoch: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const order = bidOf(scene, card, other(scene, card.owner), { epoch: 77n });
    const signature = signed(scene, order.bidder, 'Bid', order);
    return { from: card.owner, fn: 'acceptBid', args: [order, signature, 0n, 0n] };
  },
  pauseAgain: (scene) =>
    scene.world.pausedUntil > 0n
      ? { from: scene.cast.admin, fn: 'pause', args: [], at: scene.world.now + 5n }
      : undefined,
  redeemAgain: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    if (!card) return undefined;
    const one = { fn: 'redeem', args: [hex(1n), card.id, ''] };
    return { from: scene.cast.stranger, fn: 'multicall', args: [[one, one]] };
  },
  nobodyAsOperator: (scene) => ({
    from: user(scene),
    fn: 'setApprovalForAll',
    args: [zeroAddress, true],
  }),
  toRudePuppet: (scene) => {
    const { puppet } = scene.cast;
    const manner = scene.world.manners.get(puppet) ?? 0n;
    const cards = [...scene.world.cards.values()].filter(
      ({ owner, state }) => state === STATE.ACTIVE && owner !== puppet,
    );
    const card = manner === 0n ? undefined : scene.random.pick(cards);
    return (
      card && { from: card.owner, fn: 'safeTransferFrom', args: [card.owner, puppet, card.id] }
    );
  },
  soldByFrozen: (scene) => {
    const card = [...scene.world.cards.values()].find(
      ({ owner, state }) => state === STATE.ACTIVE && scene.world.accounts.get(owner)?.frozen,
    );
    return card && { from: card.owner, fn: 'burn', args: [card.id] };
  },
  depositWithCut: (scene) =>
    scene.world.money.mood === MOOD.SKIMMER
      ? { from: user(scene), fn: 'deposit', args: [500n] }
      : undefined,
  mintAgain: (scene) => {
    const card = aCard(scene, ...Object.values(STATE));
    if (!card) return undefined;
    // The same card under another expiry is the same card.
    const attest = attestOf(scene, card.id ^ (scene.random.chance(50) ? 0n : 1n), user(scene));
    const signature = signed(scene, scene.cast.verifier, 'Attest', attest);
    return { from: scene.cast.stranger, fn: 'mint', args: [attest, signature] };
  },
};
