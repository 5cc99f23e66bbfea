/** What wallets sign about cards that somebody else holds: purchases, bids, and the sale to a bid. */
import type { Address, Hex } from 'viem';
import { bidMessage, listingMessage, typed } from '../../../src/exchange/schema.ts';
import type { Reply } from '../../api.ts';
import { domainOf, inSeconds, type Offer, type Token } from './house.ts';
import { type By, signPermit, withPromised } from './own.ts';
import { confirmWords, type What } from './sign.tsx';

export type Bid = Reply<'GET /v1/exchange/bids/:id'>;

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
  const { priceFen, nonce } = offer;
  const deadline = inSeconds(PURCHASE_S);
  return await signBid(by, { what: 'Bid', tokenId, nonce, priceFen, deadline });
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
