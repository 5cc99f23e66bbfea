/** The whole state as the exchange's views must tell it: which to ask, and what they must answer. */
import { zeroAddress, zeroHash } from 'viem';
import { approvedOf } from './desk.ts';
import type { Address } from './messages.ts';
import { Call } from './rules.ts';
import {
  accountOf,
  at,
  cardsOf,
  expiryOf,
  purseOf,
  SIGNER,
  STATE,
  sharesOf,
  type World,
} from './world.ts';

export interface Look {
  readonly fn: string;
  readonly args: readonly unknown[];
  readonly value: unknown;
}

const NO_SPLIT = { feeBps: 0n, charityBps: 0n, charityId: 0n };
const NO_AUCTION = {
  ...{ bidder: zeroAddress, amount: 0n, end: 0n, hardEnd: 0n },
  ...{ ...NO_SPLIT, delivery: 0n },
};
const NO_HOLD = { buyer: zeroAddress, price: 0n, until: 0n, ...NO_SPLIT };
const NO_SIGNER = { kind: SIGNER.NONE, from: 0n, until: 0n, issuerClass: 0n };

export function looks(world: World, people: readonly Address[]): Look[] {
  return [
    { fn: 'houseOf', args: [], value: [world.owed, world.pausedUntil, world.setting.treasury] },
    { fn: 'feePayee', args: [], value: world.feePayee },
    ...people.flatMap((who) => ofPerson(world, who, people)),
    ...[...world.cards.keys()].flatMap((key) => ofCard(world, key)),
    ...[...world.sealed.keys()].flatMap((place) => ofSealed(world, place, people)),
    ...[...world.fractions.keys()].flatMap((shareId) => ofShares(world, shareId, people)),
    ...[...world.deliveries].map(([hash, bond]) => ({
      ...{ fn: 'deliveryBondOf', args: [hash], value: bond },
    })),
    ...[...world.charities].map(([id, { payee, credit }]) => ({
      ...{ fn: 'charityOf', args: [id], value: [payee, credit] },
    })),
    ...[...world.redemptions].flatMap(([list, ids]) => ofRedemptions(list, ids)),
  ];
}

function ofPerson(world: World, who: Address, people: readonly Address[]): Look[] {
  const balance = cardsOf(world, who);
  const account = accountOf(world, who);
  const { free, locked } = purseOf(world, who);
  const admitted = account.kycUntil >= world.now && !account.frozen;
  return [
    { fn: 'accountOf', args: [who], value: { balance, ...account } },
    { fn: 'balanceOf', args: [who], value: balance },
    { fn: 'purseOf', args: [who], value: [free, locked] },
    { fn: 'signerOf', args: [who], value: world.signers.get(who) ?? NO_SIGNER },
    { fn: 'canSend', args: [who], value: !account.frozen },
    { fn: 'canReceive', args: [who], value: admitted },
    ...people
      .filter((other) => world.operators.has(at(who, other)))
      .map((other) => ({ fn: 'isApprovedForAll', args: [who, other], value: true })),
  ];
}

function ofCard(world: World, key: bigint): Look[] {
  const card = world.cards.get(key);
  if (!card) return [];
  const { id, owner, nonce, state, issuerClass } = card;
  const expiry = expiryOf(id);
  const live: Look[] = [
    { fn: 'ownerOf', args: [id], value: owner },
    { fn: 'getApproved', args: [id], value: approvedOf(new Call(world, zeroAddress), card) },
    { fn: 'isTokenExpired', args: [id], value: expiry !== 0n && world.now >= expiry },
    { fn: 'endTime', args: [id], value: expiry },
    { fn: 'tokenURI', args: [id], value: `${world.baseUri}${id}` },
    { fn: 'getFrozenTokens', args: [owner, id], value: state === STATE.FROZEN },
  ];
  return [
    { fn: 'cardOf', args: [id], value: { owner, nonce, expiry, state, issuerClass } },
    { fn: 'auctionOf', args: [id], value: world.auctions.get(id) ?? NO_AUCTION },
    { fn: 'holdOf', args: [id], value: world.holds.get(id) ?? NO_HOLD },
    { fn: 'caseOf', args: [id], value: world.cases.get(id) ?? zeroHash },
    ...(owner === zeroAddress ? [] : live),
  ];
}

function ofSealed(world: World, place: string, people: readonly Address[]): Look[] {
  const [cardId = 0n, nonce = 0n] = place.split('/').map(BigInt);
  return [
    { fn: 'sealedOf', args: [cardId, nonce], value: world.sealed.get(place) },
    ...people.map((who) => ({
      fn: 'commitmentOf',
      args: [cardId, nonce, who],
      value: world.commitments.get(at(cardId, nonce, who)) ?? zeroHash,
    })),
  ];
}

function ofShares(world: World, shareId: bigint, people: readonly Address[]): Look[] {
  return [
    { fn: 'fractionOf', args: [shareId], value: world.fractions.get(shareId) },
    ...people.map((who) => ({
      fn: 'sharesOf',
      args: [shareId, who],
      value: sharesOf(world, shareId, who),
    })),
  ];
}

function ofRedemptions(list: string, ids: readonly string[]): Look[] {
  const [operator, cardId = '0'] = list.split('/');
  return ids.map((id) => ({ fn: 'isRedeemed', args: [operator, id, BigInt(cardId)], value: true }));
}

/** For comparison: numbers as text, names in one case, fields in one order. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.startsWith('0x') ? value.toLowerCase() : value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, field]) => [name, plain(field)]),
    );
  return value;
}
