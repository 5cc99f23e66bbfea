/** Both sides of a delivery against payment as their pages would act, and a seller who delivers something else. */
import assert from 'node:assert/strict';
import { createECDH } from 'node:crypto';
import { encodeFunctionData, type Hex, parseSignature, stringToHex } from 'viem';
import { publicKeyToAddress } from 'viem/utils';
import { exchangeAbi } from '#contracts';
import type { Common, TestHouse } from '#test/house.ts';
import { openSecret, type SecretWords, sealSecret } from '../contracts/secret.ts';
import type { MadeCard } from '../simulators/issuer/index.ts';
import { typed } from '../src/exchange/domain.ts';
import { bondOf, deliveryBid } from '../src/exchange/schema.ts';
import type { Holder } from './chain.ts';

/** A house with a chain, whoever opened it. */
type OnChainHouse = Pick<TestHouse, 'http' | 'clock' | 'house'>;

/** Locked at its issuer while it is on the chain, but never replaced: its seller knows the secret. */
export const OWN_SECRET = 'luyu-card';
const DAY_S = 86_400;

export interface SaleKey {
  readonly k: Buffer;
  readonly publicKey: Hex;
}

export function saleKey(): SaleKey {
  const pair = createECDH('secp256k1');
  const publicKey: Hex = `0x${pair.generateKeys('hex')}`;
  return { k: pair.getPrivateKey(), publicKey };
}

const word = (text: string): Hex => stringToHex(text, { size: 32 });
export const wordsOf = (card: MadeCard, salt: Hex): SecretWords => [
  word(card.number),
  card.pin === undefined ? `0x${'0'.repeat(64)}` : word(card.pin),
  salt,
];

export const permitted = async (
  house: OnChainHouse,
  as: Holder,
  valueFen: bigint,
  deadline: number,
) => {
  const { on } = house.house.exchange;
  assert(on);
  const wallets = await house.http(as, 'GET', '/v1/exchange/wallets');
  const permit = {
    ...{ owner: as.account.address, spender: on.exchange, value: valueFen },
    nonce: BigInt(String(wallets.body.items[0]?.['permitNonce'])),
    deadline: BigInt(deadline),
  };
  return await as.account.signTypedData(typed('Permit', on.domains.money, permit));
};

/** The body of a bid for the secret; `change` is made before it is signed. */
export async function bidding(
  house: OnChainHouse,
  as: Holder,
  { token, commit, key, priceFen = '9000', days = 1 }: BidFor,
): Promise<Record<string, unknown>> {
  const deadline = Math.floor(house.clock.now().getTime() / 1000) + days * DAY_S;
  const message = deliveryBid({
    ...{ tokenId: String(token['tokenId']) as Hex, bidder: as.account.address, deadline },
    ...{ priceFen: BigInt(priceFen), session: publicKeyToAddress(key.publicKey) },
    ...{ secretCommit: commit, nonce: BigInt(String(token['nonce'])), epoch: 0n },
  });
  const { on } = house.house.exchange;
  assert(on);
  const { exchange } = on.domains;
  return {
    ...{ walletId: as.walletId, priceFen, publicKey: key.publicKey, deadline, epoch: '0' },
    signature: await as.account.signTypedData(typed('Bid', exchange, message)),
    permit: {
      ...{ valueFen: priceFen, deadline },
      signature: await permitted(house, as, BigInt(priceFen), deadline),
    },
  };
}
interface BidFor {
  readonly token: Common;
  readonly commit: Hex;
  readonly key: SaleKey;
  readonly priceFen?: string;
  readonly days?: number;
}

export const bidArgs = (one: Common) => ({
  ...deliveryBid({
    ...{ tokenId: String((one['token'] as Common)['tokenId']) as Hex },
    ...{ bidder: String(one['buyer']) as Hex, priceFen: BigInt(String(one['priceFen'])) },
    ...{ session: String(one['session']) as Hex, deadline: Number(one['deadline']) },
    ...{ secretCommit: String(one['secretCommit']) as Hex },
    ...{ nonce: BigInt(String(one['nonce'])), epoch: BigInt(String(one['epoch'])) },
  }),
});

const exchangeCall = (functionName: string, args: readonly unknown[]): Hex =>
  encodeFunctionData({ abi: exchangeAbi, functionName, args } as never);

/** One transaction: permit for the bond, bond into the purse, delivery. */
export async function delivering(
  house: OnChainHouse,
  as: Holder,
  { one, words }: { one: Common; words: SecretWords },
): Promise<Hex> {
  const bond = bondOf(BigInt(String(one['priceFen'])));
  const deadline = Math.floor(house.clock.now().getTime() / 1000) + DAY_S;
  const { r, s, v } = parseSignature(await permitted(house, as, bond, deadline));
  const bid = bidArgs(one);
  const key = Buffer.from(String(one['publicKey']).slice(2), 'hex');
  const sealed = sealSecret(bid.cardId, words, key);
  const { address } = as.account;
  return exchangeCall('multicall', [
    [
      exchangeCall('permitMoney', [address, bond, BigInt(deadline), Number(v), r, s]),
      exchangeCall('deposit', [bond]),
      exchangeCall('deliver', [bid, one['signature'], sealed]),
    ],
  ]);
}

type Sealed = { x: string; v: 27 | 28; c: SecretWords };
const sealOf = (one: Common) => {
  const { x, v, c } = one['sealed'] as Sealed;
  return { x: BigInt(x), v, c };
};

export const opened = (one: Common, { k }: SaleKey) => {
  const found = openSecret(bidArgs(one).cardId, sealOf(one), k);
  assert(found, 'a point of the curve');
  return found;
};

/** The buyer opens the key, and takes the seller's bond out of the purse in the same transaction. */
export function proving(one: Common, key: SaleKey): Hex {
  const { sx, sy } = opened(one, key);
  const record = {
    ...{ bid: bidArgs(one), seller: one['seller'], until: Number(one['until']) },
    secret: sealOf(one),
  };
  const k = BigInt(`0x${key.k.toString('hex')}`);
  return exchangeCall('multicall', [
    [
      exchangeCall('proveWrongDelivery', [record, k, sx, sy]),
      exchangeCall('withdraw', [one['buyer'], BigInt(String(one['bondFen']))]),
    ],
  ]);
}
