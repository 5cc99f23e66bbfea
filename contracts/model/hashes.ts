/** The few hashes that name things on chain: batches, deliveries, share ids, sealed commitments, secrets. */
import {
  type AbiParameter,
  concat,
  encodeAbiParameters,
  type Hex,
  hashStruct,
  keccak256,
} from 'viem';
import { type Address, type DeliveryRecord, type MintItem, TYPES } from './messages.ts';

const words = (types: string, ...values: unknown[]): Hex =>
  encodeAbiParameters(
    types.split(' ').map((type): AbiParameter => ({ type })),
    values,
  );
const hashOf = (types: string, ...values: unknown[]): Hex => keccak256(words(types, ...values));

export const batchHash = (items: readonly MintItem[]): Hex =>
  keccak256(
    concat(
      items.map(({ cardId, issuerClass, secretCommit }) =>
        words('uint256 uint16 bytes32', cardId, issuerClass, secretCommit),
      ),
    ),
  );

const SECRET: AbiParameter = {
  type: 'tuple',
  components: [
    { name: 'x', type: 'uint256' },
    { name: 'v', type: 'uint8' },
    { name: 'c', type: 'bytes32[3]' },
  ],
} as AbiParameter;
/** What a delivery is remembered by. */
export function recordHash({ bid, seller, until, secret }: DeliveryRecord): Hex {
  const data = { ...bid };
  const filled = hashStruct({ data, types: { Bid: TYPES.Bid }, primaryType: 'Bid' });
  const types = [...['bytes32', 'address', 'uint256'].map((type) => ({ type })), SECRET];
  return keccak256(encodeAbiParameters(types, [filled, seller, until, secret]));
}

export const shareIdOf = (cardId: bigint, nonce: bigint): bigint =>
  BigInt(hashOf('uint256 uint32', cardId, nonce));

export const commitmentOf = (
  cardId: bigint,
  nonce: bigint,
  bidder: Address,
  amount: bigint,
  salt: Hex,
): Hex => hashOf('uint256 uint32 address uint96 bytes32', cardId, nonce, bidder, amount, salt);

export const secretCommitOf = (cardId: bigint, [m0, m1, salt]: readonly Hex[]): Hex =>
  hashOf('uint256 bytes32 bytes32 bytes32', cardId, m0, m1, salt);

/** The key stream of M2: word `i` of the secret is XORed with it. */
export const maskOf = (s: { x: bigint; y: bigint }, cardId: bigint, i: bigint): bigint =>
  BigInt(hashOf('uint256 uint256 uint256 uint256', s.x, s.y, cardId, i));

export const addressOfPoint = ({ x, y }: { x: bigint; y: bigint }): string =>
  `0x${hashOf('uint256 uint256', x, y).slice(-40)}`;
