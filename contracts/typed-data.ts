/** The signed messages as wallets see them (EIP-712), field by field as in IExchange.sol and IAttestedSettlement.sol. */
import type { Address, Hex, TypedDataDomain } from 'viem';
import { concat, numberToHex, size, slice } from 'viem/utils';

export const EXCHANGE_TYPES = {
  Attest: [
    { name: 'cardId', type: 'uint256' },
    { name: 'holder', type: 'address' },
    { name: 'issuerClass', type: 'uint16' },
    { name: 'secretCommit', type: 'bytes32' },
    { name: 'deadline', type: 'uint40' },
  ],
  BatchAttest: [
    { name: 'holder', type: 'address' },
    { name: 'itemsHash', type: 'bytes32' },
    { name: 'deadline', type: 'uint40' },
  ],
  Listing: [
    { name: 'cardId', type: 'uint256' },
    { name: 'price', type: 'uint96' },
    { name: 'feeBps', type: 'uint16' },
    { name: 'charityBps', type: 'uint16' },
    { name: 'charityId', type: 'uint16' },
    { name: 'delivery', type: 'uint8' },
    { name: 'taker', type: 'address' },
    { name: 'deadline', type: 'uint40' },
    { name: 'nonce', type: 'uint32' },
  ],
  DutchTerms: [
    { name: 'cardId', type: 'uint256' },
    { name: 'startPrice', type: 'uint96' },
    { name: 'endPrice', type: 'uint96' },
    { name: 'startsAt', type: 'uint40' },
    { name: 'endsAt', type: 'uint40' },
    { name: 'feeBps', type: 'uint16' },
    { name: 'charityBps', type: 'uint16' },
    { name: 'charityId', type: 'uint16' },
    { name: 'delivery', type: 'uint8' },
    { name: 'nonce', type: 'uint32' },
  ],
  AuctionTerms: [
    { name: 'cardId', type: 'uint256' },
    { name: 'reserve', type: 'uint96' },
    { name: 'duration', type: 'uint32' },
    { name: 'feeBps', type: 'uint16' },
    { name: 'charityBps', type: 'uint16' },
    { name: 'charityId', type: 'uint16' },
    { name: 'delivery', type: 'uint8' },
    { name: 'deadline', type: 'uint40' },
    { name: 'nonce', type: 'uint32' },
  ],
  SealedTerms: [
    { name: 'cardId', type: 'uint256' },
    { name: 'reserve', type: 'uint96' },
    { name: 'bond', type: 'uint96' },
    { name: 'commitUntil', type: 'uint40' },
    { name: 'revealUntil', type: 'uint40' },
    { name: 'secondPrice', type: 'bool' },
    { name: 'feeBps', type: 'uint16' },
    { name: 'charityBps', type: 'uint16' },
    { name: 'charityId', type: 'uint16' },
    { name: 'delivery', type: 'uint8' },
    { name: 'nonce', type: 'uint32' },
  ],
  Bid: [
    { name: 'cardId', type: 'uint256' },
    { name: 'bidder', type: 'address' },
    { name: 'price', type: 'uint96' },
    { name: 'feeBps', type: 'uint16' },
    { name: 'session', type: 'address' },
    { name: 'secretCommit', type: 'bytes32' },
    { name: 'nonce', type: 'uint32' },
    { name: 'epoch', type: 'uint32' },
    { name: 'deadline', type: 'uint40' },
  ],
  SwapOffer: [
    { name: 'give', type: 'uint256' },
    { name: 'want', type: 'uint256' },
    { name: 'topUp', type: 'uint96' },
    { name: 'makerPays', type: 'bool' },
    { name: 'feeBps', type: 'uint16' },
    { name: 'nonce', type: 'uint32' },
    { name: 'epoch', type: 'uint32' },
    { name: 'deadline', type: 'uint40' },
  ],
  Reissued: [
    { name: 'cardId', type: 'uint256' },
    { name: 'buyer', type: 'address' },
    { name: 'newCommit', type: 'bytes32' },
    { name: 'nonce', type: 'uint32' },
    { name: 'deadline', type: 'uint40' },
  ],
  BalanceAttest: [
    { name: 'cardId', type: 'uint256' },
    { name: 'balance', type: 'uint96' },
    { name: 'asOf', type: 'uint40' },
  ],
} as const;

export const SETTLEMENT_TYPES = {
  CardAttest: [
    { name: 'cardRef', type: 'bytes32' },
    { name: 'secretCommit', type: 'bytes32' },
    { name: 'balance', type: 'uint96' },
    { name: 'asOf', type: 'uint40' },
    { name: 'deadline', type: 'uint40' },
  ],
  Order: [
    { name: 'orderId', type: 'bytes32' },
    { name: 'cardRef', type: 'bytes32' },
    { name: 'payee', type: 'bytes32' },
    { name: 'buyer', type: 'bytes32' },
    { name: 'price', type: 'uint96' },
    { name: 'feeBps', type: 'uint16' },
    { name: 'charityBps', type: 'uint16' },
    { name: 'charityId', type: 'uint16' },
    { name: 'deadline', type: 'uint40' },
  ],
  AssignmentNotice: [
    { name: 'orderId', type: 'bytes32' },
    { name: 'noticeHash', type: 'bytes32' },
    { name: 'receivedAt', type: 'uint40' },
  ],
  PaymentProof: [
    { name: 'orderId', type: 'bytes32' },
    { name: 'payee', type: 'bytes32' },
    { name: 'amount', type: 'uint96' },
    { name: 'bankRef', type: 'bytes32' },
    { name: 'time', type: 'uint40' },
  ],
} as const;

export const exchangeDomain = (chainId: number, verifyingContract: Address) =>
  ({
    ...{ name: 'Huiquan Exchange', version: '1', chainId, verifyingContract },
  }) satisfies TypedDataDomain;

export const settlementDomain = (chainId: number, verifyingContract: Address) =>
  ({
    ...{ name: 'Huiquan Attested Settlement', version: '1', chainId, verifyingContract },
  }) satisfies TypedDataDomain;

/**
 * A key's 65 bytes as the 64 of EIP-2098, 140 gas cheaper to send: s with the parity of v, which wallets write as 27 and 28
 * or as 0 and 1, in its top bit. What is no key's stays as it is.
 */
export function compactSignature(signature: Hex): Hex {
  if (size(signature) !== 65) return signature;
  const isOdd = Number(slice(signature, 64)) % 27 === 1;
  const s = BigInt(slice(signature, 32, 64)) | (isOdd ? 1n << 255n : 0n);
  return `${slice(signature, 0, 32)}${numberToHex(s, { size: 32 }).slice(2)}`;
}

/** What `buyLazy` is given of a first sale: its two messages in the four words of `FirstSale`. Throws when one does not fit. */
export const packFirstSale = (attest: Attest, listing: FirstListing) => ({
  cardId: attest.cardId,
  secretCommit: attest.secretCommit,
  offer: concat([
    attest.holder,
    numberToHex(listing.price, { size: 6 }),
    numberToHex(listing.feeBps, { size: 2 }),
    numberToHex(listing.charityBps, { size: 2 }),
    numberToHex(listing.charityId, { size: 2 }),
  ]),
  limits: concat([
    listing.taker,
    numberToHex(listing.deadline, { size: 5 }),
    numberToHex(attest.deadline, { size: 5 }),
    numberToHex(attest.issuerClass, { size: 2 }),
  ]),
});
interface Attest {
  readonly cardId: bigint;
  readonly holder: Address;
  readonly issuerClass: bigint | number;
  readonly secretCommit: Hex;
  readonly deadline: bigint | number;
}
interface FirstListing {
  readonly price: bigint;
  readonly feeBps: bigint | number;
  readonly charityBps: bigint | number;
  readonly charityId: bigint | number;
  readonly taker: Address;
  readonly deadline: bigint | number;
}
