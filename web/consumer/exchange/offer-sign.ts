/** What wallets sign about cards that somebody else holds: purchases one by one or together, bids, swaps, and their end. */

import { type Address, encodeFunctionData, type Hex, parseAbi, parseSignature } from 'viem';
import { compactSignature } from '../../../contracts/typed-data.ts';
import { bidMessage, listingMessage, swapMessage, typed } from '../../../src/exchange/schema.ts';
import { call, type Reply } from '../../api.ts';
import { domainOf, inSeconds, type Offer, type Token } from './house.ts';
import { type By, inADay, sendOwn, signOwn, signPermit, withPromised } from './own.ts';
import { confirmWords, type What } from './sign.tsx';

export type Bid = Reply<'GET /v1/exchange/bids/:id'>;
export type Swap = Reply<'GET /v1/exchange/swaps/:id'>;
export type Basket = Reply<'POST /v1/exchange/basket'>;

const ABI = parseAbi([
  'struct SwapOffer { uint256 give; uint256 want; uint96 topUp; bool makerPays; uint16 feeBps; uint32 nonce; uint32 epoch; uint40 deadline; }',
  'struct Listing { uint256 cardId; uint96 price; uint16 feeBps; uint16 charityBps; uint16 charityId; uint8 delivery; address taker; uint40 deadline; uint32 nonce; }',
  'function permitMoney(address owner, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
  'function swap(SwapOffer offer, bytes makerSignature)',
  'function buyMany(Listing[] listings, bytes[] sellerSignatures)',
  'function cancelBids()',
  'function multicall(bytes[] calls)',
]);

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const PURCHASE_S = 2 * HOUR_S;

interface ToBid {
  readonly what: What;
  readonly tokenId: string;
  readonly nonce: string;
  readonly priceFen: string;
  readonly deadline: number;
}

/** Two signatures: what the contract may take, and the price for this very card. */
async function signBid(by: By, of: ToBid) {
  const { chain, signer, wallet } = by;
  const { what, tokenId, nonce, priceFen, deadline } = of;
  const value = withPromised(by, BigInt(priceFen));
  const permit = await signPermit(by, { valueFen: value, deadline });
  const bid = bidMessage({
    ...{ tokenId: tokenId as Hex, bidder: signer.address, priceFen: BigInt(priceFen), deadline },
    ...{ nonce: BigInt(nonce), epoch: BigInt(wallet.epoch) },
  });
  await confirmWords({ what, fields: bid, chainId: chain.id, contract: chain.exchange });
  const signature = await signer.signTyped(typed('Bid', domainOf(chain), bid));
  return {
    ...{ walletId: wallet.id, deadline, epoch: wallet.epoch, signature },
    permit: { valueFen: String(value), deadline, signature: permit },
  };
}

/** The buyer takes an offer at its price. */
export async function signPurchase(by: By, offer: Offer) {
  const { tokenId = '0x' } = offer.token;
  const { priceFen, nonce, delivery } = offer;
  const deadline = inSeconds(PURCHASE_S);
  const what = delivery === 'reissue' ? 'BidReissue' : 'Bid';
  return await signBid(by, { what, tokenId, nonce, priceFen, deadline });
}

/** A price for a card that somebody holds, good for some days. */
export async function signOpenBid(
  by: By,
  { token, priceFen, days }: { token: Token; priceFen: string; days: number },
) {
  const { tokenId = '0x', nonce = '0' } = token;
  const deadline = inSeconds(days * DAY_S);
  const signed = await signBid(by, { what: 'openBid', tokenId, nonce, priceFen, deadline });
  return { ...signed, priceFen };
}

/** The owner's one signature: the sale at the bid's price, which the house alone may bring. */
export async function signAccept(by: By, bid: Bid) {
  const { chain, signer, wallet } = by;
  const deadline = inSeconds(PURCHASE_S);
  const message = listingMessage({
    ...{ tokenId: (bid.token.tokenId ?? '0x') as Hex, priceFen: BigInt(bid.priceFen), deadline },
    ...{ nonce: BigInt(bid.nonce), taker: chain.relayer as Address },
  });
  const { id: chainId, exchange: contract } = chain;
  await confirmWords({ what: 'acceptBid', fields: message, chainId, contract });
  const signature = await signer.signTyped(typed('Listing', domainOf(chain), message));
  return { walletId: wallet.id, deadline, signature };
}

/** The maker's signature, and a permit where the maker pays on top. */
export async function signSwap(
  by: By,
  of: { give: Token; want: Token; topUpFen: string; makerPays: boolean; days: number },
) {
  const { chain, signer, wallet } = by;
  const { give, want, topUpFen, makerPays, days } = of;
  const deadline = inSeconds(days * DAY_S);
  const value = withPromised(by, BigInt(topUpFen));
  const permit = makerPays ? await signPermit(by, { valueFen: value, deadline }) : undefined;
  const message = swapMessage({
    ...{ give: (give.tokenId ?? '0x') as Hex, want: (want.tokenId ?? '0x') as Hex, makerPays },
    ...{ topUpFen: BigInt(topUpFen), nonce: BigInt(give.nonce ?? '0'), deadline },
    epoch: BigInt(wallet.epoch),
  });
  const { id: chainId, exchange: contract } = chain;
  await confirmWords({ what: 'proposeSwap', fields: message, chainId, contract });
  const signature = await signer.signTyped(typed('SwapOffer', domainOf(chain), message));
  return {
    ...{ walletId: wallet.id, give: give.id, want: want.id, topUpFen, makerPays, deadline },
    ...{ epoch: wallet.epoch, signature },
    ...(permit && { permit: { valueFen: String(value), deadline, signature: permit } }),
  };
}

/** The permit as a call in front of another one, for this much besides what was promised before. */
async function permitCall(by: By, fen: bigint): Promise<Hex> {
  const deadline = inADay();
  const value = withPromised(by, fen);
  const { r, s, v } = parseSignature(await signPermit(by, { valueFen: value, deadline }));
  const args = [by.signer.address, value, BigInt(deadline), Number(v), r, s] as const;
  return encodeFunctionData({ abi: ABI, functionName: 'permitMoney', args });
}

const all = (...calls: Hex[]): Hex =>
  encodeFunctionData({ abi: ABI, functionName: 'multicall', args: [calls] });

const MS_A_SECOND = 1000;

/** The other side's one transaction; a permit goes in front of it where this side pays. */
export async function takeSwap(by: By, one: Swap): Promise<void> {
  const { chain, wallet } = by;
  const offer = swapMessage({
    ...{ give: (one.give.tokenId ?? '0x') as Hex, want: (one.want.tokenId ?? '0x') as Hex },
    ...{ topUpFen: BigInt(one.topUpFen), makerPays: one.makerPays, nonce: BigInt(one.nonce) },
    ...{ epoch: BigInt(one.epoch), deadline: Math.floor(Date.parse(one.deadline) / MS_A_SECOND) },
  });
  const pays = !one.makerPays && one.topUpFen !== '0';
  const permit = pays ? await permitCall(by, offer.topUp) : undefined;
  const { give, want, topUp, makerPays, feeBps } = offer;
  // From where this side stands the cards are the other way round.
  const fields = { give: want, want: give, topUp, makerPays, feeBps };
  await confirmWords({ what: 'takeSwap', fields, chainId: chain.id, contract: chain.exchange });
  const args = [offer, compactSignature(one.signature as Hex)] as const;
  const swap = encodeFunctionData({ abi: ABI, functionName: 'swap', args });
  const raw = await signOwn(by, permit ? all(permit, swap) : swap);
  if (!raw) return;
  const body = { walletId: wallet.id, raw };
  await call('POST /v1/exchange/swaps/:id/accept', { params: { id: one.id }, body });
}

/** Several offers by one permit and one transaction: all of them or none. Gives the id under which it is followed. */
export async function buyBasket(by: By, { items, totalFen }: Basket): Promise<string | undefined> {
  const { chain } = by;
  const price = BigInt(totalFen);
  const permit = await permitCall(by, price);
  const fields = { cards: items.length, price };
  await confirmWords({ what: 'buyMany', fields, chainId: chain.id, contract: chain.exchange });
  const listings = items.map(({ tokenId, priceFen, nonce, deadline }) =>
    listingMessage({
      ...{ tokenId: tokenId as Hex, priceFen: BigInt(priceFen), deadline, nonce: BigInt(nonce) },
    }),
  );
  const signatures = items.map(({ signature }) => compactSignature(signature as Hex));
  const args = [listings, signatures] as const;
  const buy = encodeFunctionData({ abi: ABI, functionName: 'buyMany', args });
  return await sendOwn(by, all(permit, buy));
}

/** Every bid and swap that this wallet ever signed, void on the chain. */
export async function cancelAllBids(by: By): Promise<void> {
  const { chain, wallet } = by;
  const fields = { epoch: Number(wallet.epoch) };
  await confirmWords({ what: 'cancelBids', fields, chainId: chain.id, contract: chain.exchange });
  await sendOwn(by, encodeFunctionData({ abi: ABI, functionName: 'cancelBids' }));
}
