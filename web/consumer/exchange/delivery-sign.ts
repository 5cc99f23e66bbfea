/** What the wallets of a delivery sign: the bid for the secret, the delivery, the proof, the bond taken back. */

import { type Address, encodeFunctionData, type Hex, parseAbi, parseSignature } from 'viem';
import { compactSignature } from '../../../contracts/typed-data.ts';
import { bondOf, deliveryBid, exchangeDomain, typed } from '../../../src/exchange/schema.ts';
import type { Reply } from '../../api.ts';
import type { Opened, SaleKey, seal } from './delivery-seal.ts';
import type { Token } from './house.ts';
import { type By, inADay, sendOwn, signPermit, withPromised } from './own.ts';
import { confirmWords } from './sign.tsx';

export type Delivery = Reply<'GET /v1/exchange/deliveries/:id'>;
const ABI = parseAbi([
  'struct Bid { uint256 cardId; address bidder; uint96 price; uint16 feeBps; address session; bytes32 secretCommit; uint32 nonce; uint32 epoch; uint40 deadline; }',
  'struct SealedSecret { uint256 x; uint8 v; bytes32[3] c; }',
  'struct DeliveryRecord { Bid bid; address seller; uint40 until; SealedSecret secret; }',
  'function permitMoney(address owner, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
  'function deposit(uint96 amount)',
  'function withdraw(address to, uint96 amount)',
  'function deliver(Bid bid, bytes bidderSignature, SealedSecret secret)',
  'function proveWrongDelivery(DeliveryRecord record, uint256 k, uint256 sx, uint256 sy)',
  'function multicall(bytes[] calls)',
]);

/** The buyer's two signatures; the commitment is the attested one, as the house tells it. */
export async function signBid(
  by: By,
  of: { token: Token; priceFen: string; key: SaleKey; secretCommit: Hex },
) {
  const { chain, signer, wallet } = by;
  const { token, priceFen, key, secretCommit } = of;
  const deadline = inADay();
  const price = BigInt(priceFen);
  const value = withPromised(by, price);
  const permit = await signPermit(by, { valueFen: value, deadline });
  const bid = deliveryBid({
    ...{ tokenId: (token.tokenId ?? '0x') as Hex, bidder: signer.address, priceFen: price },
    ...{ session: key.session, secretCommit, deadline, epoch: BigInt(wallet.epoch) },
    nonce: BigInt(token.nonce ?? '0'),
  });
  const { id: chainId, exchange: contract } = chain;
  await confirmWords({ what: 'BidForSecret', fields: bid, chainId, contract });
  const domain = exchangeDomain(chainId, contract as Address);
  const signature = await signer.signTyped(typed('Bid', domain, bid));
  return {
    ...{ walletId: wallet.id, priceFen, publicKey: key.publicKey, deadline },
    ...{ epoch: wallet.epoch, signature },
    permit: { valueFen: String(value), deadline, signature: permit },
  };
}

const bidOf = (of: Delivery) =>
  deliveryBid({
    ...{ tokenId: (of.token.tokenId ?? '0x') as Hex, bidder: of.buyer as Address },
    ...{ priceFen: BigInt(of.priceFen), session: of.session as Address, deadline: of.deadline },
    ...{ secretCommit: of.secretCommit as Hex, nonce: BigInt(of.nonce), epoch: BigInt(of.epoch) },
  });

/** The seller's one transaction: permit for the bond, bond into the purse, delivery against the price. */
export async function signDelivery(
  by: By,
  { one, secret }: { one: Delivery; secret: ReturnType<typeof seal> },
): Promise<void> {
  const { chain, signer } = by;
  const bid = bidOf(one);
  const bond = bondOf(bid.price);
  const deadline = inADay();
  const value = withPromised(by, bond);
  const { r, s, v } = parseSignature(await signPermit(by, { valueFen: value, deadline }));
  const { id: chainId, exchange: contract } = chain;
  const { cardId, price, feeBps, bidder, session } = bid;
  const fields = { cardId, price, feeBps, bond, bidder, session };
  await confirmWords({ what: 'deliver', fields, chainId, contract });
  const permit = [signer.address, value, BigInt(deadline), Number(v), r, s] as const;
  const signature = one.signature as Hex;
  await sendOwn(
    by,
    all(
      encodeFunctionData({ abi: ABI, functionName: 'permitMoney', args: permit }),
      encodeFunctionData({ abi: ABI, functionName: 'deposit', args: [bond] }),
      encodeFunctionData({
        abi: ABI,
        functionName: 'deliver',
        args: [bid, compactSignature(signature), secret],
      }),
    ),
  );
}

const all = (...calls: Hex[]): Hex =>
  encodeFunctionData({ abi: ABI, functionName: 'multicall', args: [calls] });

/** The buyer's one transaction: the key opened, the bond paid into the purse and out of it. Offered for wrong ones only. */
export async function signProof(
  by: By,
  { one, key, opened }: { one: Delivery; key: SaleKey; opened: Opened | undefined },
): Promise<void> {
  const { chain, signer } = by;
  const { sealed, until = 0, seller, bondFen } = one;
  if (!sealed) return;
  const bid = bidOf(one);
  const bond = BigInt(bondFen);
  const { id: chainId, exchange: contract } = chain;
  const fields = { cardId: bid.cardId, session: bid.session, paid: bond };
  await confirmWords({ what: 'prove', fields, chainId, contract });
  const [c0, c1, c2] = sealed.c as [Hex, Hex, Hex];
  const secret = { x: BigInt(sealed.x), v: sealed.v, c: [c0, c1, c2] as const };
  const record = { bid, seller: seller as Address, until, secret };
  // Where there is no point nobody can tell a shared one, and none is asked for.
  const { sx = 0n, sy = 0n } = opened ?? {};
  const args = [record, BigInt(key.k), sx, sy] as const;
  await sendOwn(
    by,
    all(
      encodeFunctionData({ abi: ABI, functionName: 'proveWrongDelivery', args }),
      encodeFunctionData({ abi: ABI, functionName: 'withdraw', args: [signer.address, bond] }),
    ),
  );
}

/** The seller's bond, free again, out of the purse. */
export async function signReclaim(by: By, one: Delivery): Promise<void> {
  const { chain, signer } = by;
  const { id: chainId, exchange: contract } = chain;
  const bond = BigInt(one.bondFen);
  await confirmWords({ what: 'reclaim', fields: { value: bond }, chainId, contract });
  const args = [signer.address, bond] as const;
  await sendOwn(by, encodeFunctionData({ abi: ABI, functionName: 'withdraw', args }));
}
