/** Bids and swaps as the pages of both sides would sign them. */
import assert from 'node:assert/strict';
import type { Hex } from 'viem';
import type { Common } from '#test/house.ts';
import { bidMessage, listingMessage, typed } from '../src/exchange/domain.ts';
import type { ChainHouse, Holder } from './chain.ts';
import { permitted } from './delivery.ts';

const DAY_S = 86_400;
const inDays = (house: ChainHouse, days: number): number =>
  Math.floor(house.clock.now().getTime() / 1000) + days * DAY_S;

export const tokenNow = async (house: ChainHouse, as: Holder, { id }: Common): Promise<Common> =>
  (await house.http(as, 'GET', `/v1/exchange/tokens/${id}`)).body;

export const walletNow = async (house: ChainHouse, as: Holder): Promise<Common> => {
  const { body } = await house.http(as, 'GET', '/v1/exchange/wallets');
  const [wallet] = body.items;
  assert(wallet);
  return wallet as Common;
};

/** The body of a bid; the permit is for what was promised before, too, as the page signs it. */
export async function bidding(
  house: ChainHouse,
  as: Holder,
  { token, priceFen, days = 7 }: { token: Common; priceFen: string; days?: number },
): Promise<Record<string, unknown>> {
  const { on } = house.house.exchange;
  assert(on);
  const deadline = inDays(house, days);
  const wallet = await walletNow(house, as);
  const value = BigInt(priceFen) + BigInt(String(wallet['promisedFen']));
  const epoch = String(wallet['epoch']);
  const message = bidMessage({
    ...{ tokenId: String(token['tokenId']) as Hex, bidder: as.account.address, deadline },
    ...{ priceFen: BigInt(priceFen), nonce: BigInt(String(token['nonce'])), epoch: BigInt(epoch) },
  });
  return {
    ...{ walletId: as.walletId, priceFen, deadline, epoch },
    signature: await as.account.signTypedData(typed('Bid', on.domains.exchange, message)),
    permit: {
      ...{ valueFen: String(value), deadline },
      signature: await permitted(house, as, value, deadline),
    },
  };
}

/** The body by which the owner sells to a bid: the house alone may bring it. */
export async function accepting(
  house: ChainHouse,
  as: Holder,
  bid: Common,
): Promise<Record<string, unknown>> {
  const { on } = house.house.exchange;
  assert(on);
  const deadline = inDays(house, 1);
  const { tokenId } = bid['token'] as { tokenId: Hex };
  const message = listingMessage({
    ...{ tokenId, priceFen: BigInt(String(bid['priceFen'])), deadline },
    ...{ nonce: BigInt(String(bid['nonce'])), taker: on.relayer.address },
  });
  const signature = await as.account.signTypedData(typed('Listing', on.domains.exchange, message));
  return { walletId: as.walletId, deadline, signature };
}
