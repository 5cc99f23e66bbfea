import { batchHash, commitmentOf } from './hashes.ts';
import type { Address } from './messages.ts';
import {
  aCard,
  attestOf,
  bidOf,
  cardsIn,
  DAY,
  delivery,
  HOUR,
  issuerClass,
  listing,
  newCard,
  other,
  type Play,
  price,
  signed,
  soon,
  split,
  user,
} from './scene.ts';
import { DELIVERY, STATE } from './world.ts';

export const trade: Record<string, Play> = {
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
    const [r, vs] = (['r', 'vs'] as const).map((word) => ({ word, of: byVerifier }));
    return { from, fn: 'buyLazy', args: [{ attest, listing: order }, r, vs, bySeller] };
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
  cancelAll: (scene) => {
    const card = aCard(scene, STATE.ACTIVE);
    return card && { from: card.owner, fn: 'cancelAll', args: [card.id] };
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

export const auctions: Record<string, Play> = {
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
    const own = commitmentOf(card.id, card.nonce, from, opened, salt);
    scene.memory.openings.set(own, { amount: opened, salt });
    // Some copy what a rival has committed to, and hope to open it with his words.
    const copied =
      scene.random.chance(12) && scene.random.pick([...scene.world.commitments.values()]);
    return { from, fn: 'commitBid', args: [card.id, copied || own] };
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
