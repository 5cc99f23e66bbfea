/** Bids and swaps as the pages of both sides would sign them. */
import assert from 'node:assert/strict';
import { encodeFunctionData, type Hex, parseSignature } from 'viem';
import { exchangeAbi } from '#contracts';
import { compactSignature } from '#contracts/messages';
import type { Common } from '#test/house.ts';
import { bidMessage, type Domain, listingMessage, typed } from '../src/exchange/domain.ts';
import { swapMessage } from '../src/exchange/schema.ts';
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
  const taker = await on.relayer.current(house.db);
  const deadline = inDays(house, 1);
  const { tokenId } = bid['token'] as { tokenId: Hex };
  const message = listingMessage({
    ...{ tokenId, priceFen: BigInt(String(bid['priceFen'])), deadline },
    ...{ nonce: BigInt(String(bid['nonce'])), taker },
  });
  const signature = await as.account.signTypedData(typed('Listing', on.domains.exchange, message));
  return { walletId: as.walletId, deadline, signature };
}

/** The body of a swap: `give` is the signer's card, `want` somebody else's. */
export async function swapping(
  house: ChainHouse,
  as: Holder,
  of: { give: Common; want: Common; topUpFen: string; makerPays: boolean },
): Promise<Record<string, unknown>> {
  const { on } = house.house.exchange;
  assert(on);
  const { give, want, topUpFen, makerPays } = of;
  const deadline = inDays(house, 3);
  const wallet = await walletNow(house, as);
  const epoch = String(wallet['epoch']);
  const message = swapMessage({
    ...{ give: String(give['tokenId']) as Hex, want: String(want['tokenId']) as Hex, makerPays },
    ...{ topUpFen: BigInt(topUpFen), nonce: BigInt(String(give['nonce'])), deadline },
    epoch: BigInt(epoch),
  });
  const value = BigInt(topUpFen) + BigInt(String(wallet['promisedFen']));
  return {
    ...{ walletId: as.walletId, give: give.id, want: want.id, topUpFen, makerPays, deadline },
    ...{ epoch, signature: await as.account.signTypedData(swapTyped(on.domains, message)) },
    ...(makerPays && {
      permit: {
        ...{ valueFen: String(value), deadline },
        signature: await permitted(house, as, value, deadline),
      },
    }),
  };
}
const swapTyped = ({ exchange }: { exchange: Domain }, message: ReturnType<typeof swapMessage>) =>
  typed('SwapOffer', exchange, message);

const call = (functionName: string, args: readonly unknown[]): Hex =>
  encodeFunctionData({ abi: exchangeAbi, functionName, args } as never);

/** The other side's transaction, with a permit first where it pays; `change` is made to what it says. */
export async function swapCall(
  house: ChainHouse,
  as: Holder,
  { swap, change = {} }: { swap: Common; change?: object },
): Promise<Hex> {
  const word = (side: 'give' | 'want') => (swap[side] as { tokenId: Hex }).tokenId;
  const topUp = BigInt(String(swap['topUpFen']));
  const offer = {
    ...swapMessage({
      ...{ give: word('give'), want: word('want'), topUpFen: topUp },
      ...{ makerPays: swap['makerPays'] === true, nonce: BigInt(String(swap['nonce'])) },
      ...{ epoch: BigInt(String(swap['epoch'])) },
      deadline: Math.floor(Date.parse(String(swap['deadline'])) / 1000),
    }),
    ...change,
  };
  const swapIt = call('swap', [offer, compactSignature(String(swap['signature']) as Hex)]);
  if (offer.makerPays || topUp === 0n) return swapIt;
  return call('multicall', [[await permitFor(house, as, topUp), swapIt]]);
}

/** The permit as a call in front of another one, for this much besides what was promised before. */
async function permitFor(house: ChainHouse, as: Holder, fen: bigint): Promise<Hex> {
  const deadline = inDays(house, 1);
  const value = fen + BigInt(String((await walletNow(house, as))['promisedFen']));
  const { r, s, v } = parseSignature(await permitted(house, as, value, deadline));
  return call('permitMoney', [as.account.address, value, BigInt(deadline), Number(v), r, s]);
}

/** One transaction for all of a basket. */
export async function basketCall(house: ChainHouse, as: Holder, basket: Common): Promise<Hex> {
  const items = basket.items as Common[];
  const listings = items.map((one) =>
    listingMessage({
      ...{ tokenId: String(one['tokenId']) as Hex, priceFen: BigInt(String(one['priceFen'])) },
      ...{ deadline: Number(one['deadline']), nonce: BigInt(String(one['nonce'])) },
    }),
  );
  const buy = call('buyMany', [listings, items.map((one) => one['signature'])]);
  const total = BigInt(String(basket['totalFen']));
  return call('multicall', [[await permitFor(house, as, total), buy]]);
}

/** Money of the wallet's own into its purse in the contract. */
export async function depositCall(house: ChainHouse, as: Holder, fen: bigint): Promise<Hex> {
  return call('multicall', [[await permitFor(house, as, fen), call('deposit', [fen])]]);
}
