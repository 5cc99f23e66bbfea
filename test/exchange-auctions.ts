/** What wallets sign and send about auctions on the chain, in tests. */
import assert from 'node:assert/strict';
import { encodeFunctionData, type Hex, parseSignature } from 'viem';
import { exchangeAbi } from '#contracts';
import type { ChainHouse, Holder } from '#test/chain.ts';
import type { Common } from '#test/house.ts';
import { englishMessage } from '../src/exchange/auction-terms.ts';
import { typed } from '../src/exchange/domain.ts';

const DAY_S = 86_400;
const HOUR_S = 3_600;
const onOf = (house: ChainHouse) => {
  const { on } = house.house.exchange;
  assert(on);
  return on;
};
const nowS = (house: ChainHouse): number => Math.floor(house.clock.now().getTime() / 1000);
const called = (functionName: string, args: readonly unknown[]): Hex =>
  encodeFunctionData({ abi: exchangeAbi, functionName, args } as never);

/** The body that puts a card up for an hour, from 50 yuan. */
export async function englishBody(
  house: ChainHouse,
  as: Holder,
  token: Common,
  reserveFen = 5_000n,
) {
  const of = {
    ...{ tokenId: String(token['tokenId']) as Hex, nonce: BigInt(String(token['nonce'])) },
    ...{ reserveFen, durationS: HOUR_S, deadline: nowS(house) + DAY_S },
  };
  const message = typed('AuctionTerms', onOf(house).domains.exchange, englishMessage(of));
  const signature = await as.account.signTypedData(message);
  const { tokenId, durationS, deadline } = of;
  return {
    ...{ walletId: as.walletId, tokenId, nonce: String(of.nonce), signature },
    ...{ reserveFen: String(reserveFen), durationS, deadline },
  };
}

/** One transaction of the wallet: the permit for the money, then the calls. */
export async function sendPaid(
  house: ChainHouse,
  as: Holder,
  { valueFen, calls }: { valueFen: bigint; calls: readonly Hex[] },
): Promise<void> {
  const on = onOf(house);
  const { address } = as.account;
  const deadline = BigInt(nowS(house) + DAY_S);
  const [wallet] = (await house.http(as, 'GET', '/v1/exchange/wallets')).body.items;
  const nonce = BigInt(String(wallet?.['permitNonce']));
  const permit = { owner: address, spender: on.exchange, value: valueFen, nonce, deadline };
  const signed = await as.account.signTypedData(typed('Permit', on.domains.money, permit));
  const { r, s, v } = parseSignature(signed);
  const paid = called('permitMoney', [address, valueFen, deadline, Number(v), r, s]);
  const sent = await house.send(as, called('multicall', [[paid, ...calls]]));
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
}

export async function auctionAt(house: ChainHouse, as: Holder | undefined, id: string) {
  const { status, body, text } = await house.http(as, 'GET', `/v1/exchange/auctions/${id}`);
  assert.equal(status, 200, text);
  return body as Common & {
    bids: { bidder: string; amountFen?: string; mine: boolean }[];
    terms: Record<string, string>;
    signature?: Hex;
  };
}
type Auction = Awaited<ReturnType<typeof auctionAt>>;

/** The wallet's bid: the first one brings the seller's terms. */
export async function bid(
  house: ChainHouse,
  as: Holder,
  of: { auction: Auction; amount: bigint },
): Promise<void> {
  const { auction, amount } = of;
  const { terms, signature, state } = auction;
  const { cardId = '0' } = terms;
  const call =
    state === 'offered'
      ? called('openAuction', [numbers(terms), signature, amount])
      : called('bid', [BigInt(cardId), amount]);
  await sendPaid(house, as, { valueFen: amount, calls: [call] });
}

const WIDE = ['cardId', 'reserve'];
const numbers = (terms: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(terms).map(([key, text]) => [
      key,
      WIDE.includes(key) ? BigInt(text) : Number(text),
    ]),
  );
