/** What wallets sign and send about auctions on the chain, in tests. */
import assert from 'node:assert/strict';
import { encodeFunctionData, type Hex, parseSignature } from 'viem';
import { exchangeAbi } from '#contracts';
import type { ChainHouse, Holder } from '#test/chain.ts';
import type { Common } from '#test/house.ts';
import {
  commitmentOf,
  dutchMessage,
  englishMessage,
  sealedMessage,
} from '../src/exchange/auction-terms.ts';
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

const cardOf = (token: Common) => ({
  ...{ tokenId: String(token['tokenId']) as Hex, nonce: BigInt(String(token['nonce'])) },
});

async function signedAs(
  house: ChainHouse,
  as: Holder,
  of: { token: Common; type: 'AuctionTerms' | 'DutchTerms' | 'SealedTerms'; message: object },
) {
  const { token, type, message } = of;
  const terms = typed(type, onOf(house).domains.exchange, message) as never;
  const signature = await as.account.signTypedData(terms);
  const { tokenId, nonce } = cardOf(token);
  return { walletId: as.walletId, tokenId, nonce: String(nonce), signature };
}

/** The body that puts a card up for an hour, from 50 yuan. */
export async function englishBody(
  house: ChainHouse,
  as: Holder,
  token: Common,
  reserveFen = 5_000n,
) {
  const of = { reserveFen, durationS: HOUR_S, deadline: nowS(house) + DAY_S };
  const message = englishMessage({ ...cardOf(token), ...of });
  const signed = await signedAs(house, as, { token, type: 'AuctionTerms', message });
  return { ...signed, ...of, reserveFen: String(reserveFen) };
}

/** From 90 yuan to 50, within two hours from now. */
export async function dutchBody(house: ChainHouse, as: Holder, token: Common) {
  const startsAt = nowS(house);
  const of = { startFen: 9_000n, endFen: 5_000n, startsAt, endsAt: startsAt + 2 * HOUR_S };
  const message = dutchMessage({ ...cardOf(token), ...of });
  const signed = await signedAs(house, as, { token, type: 'DutchTerms', message });
  return { ...signed, ...of, startFen: '9000', endFen: '5000' };
}

/** At least 50 yuan, a bond of 10, two hours to bid and two to open; the second price is paid. */
export async function sealedBody(house: ChainHouse, as: Holder, token: Common) {
  const commitUntil = nowS(house) + 2 * HOUR_S;
  const of = { reserveFen: 5_000n, bondFen: 1_000n, commitUntil, secondPrice: true };
  const windows = { commitUntil, revealUntil: commitUntil + 2 * HOUR_S };
  const message = sealedMessage({ ...cardOf(token), ...of, ...windows });
  const signed = await signedAs(house, as, { token, type: 'SealedTerms', message });
  return { ...signed, ...of, ...windows, reserveFen: '5000', bondFen: '1000' };
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
    bids: { bidder: string; amountFen?: string; mine: boolean; forfeited?: boolean }[];
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

/** Takes the card at the price of the second in which it is mined, up to this. */
export async function takeFalling(
  house: ChainHouse,
  as: Holder,
  { auction, maxFen }: { auction: Auction; maxFen: bigint },
): Promise<void> {
  const { terms, signature } = auction;
  const call = called('buyDutch', [numbers(terms), signature, maxFen]);
  await sendPaid(house, as, { valueFen: maxFen, calls: [call] });
}

const SALT = `0x${'5'.repeat(64)}` as const;

/** The bond goes in with the commitment; the bid itself is paid when it is opened. */
export async function commit(
  house: ChainHouse,
  as: Holder,
  { auction, amountFen }: { auction: Auction; amountFen: bigint },
): Promise<void> {
  const { cardId = '0', bond = '0' } = auction.terms;
  const token = auction['token'] as Common;
  const bidder = as.account.address;
  const nonce = BigInt(String(auction['nonce']));
  const commitment = commitmentOf({ ...cardOf(token), nonce, bidder, amountFen, salt: SALT });
  await sendPaid(house, as, {
    valueFen: BigInt(bond),
    calls: [called('deposit', [BigInt(bond)]), called('commitBid', [BigInt(cardId), commitment])],
  });
}

export async function reveal(
  house: ChainHouse,
  as: Holder,
  { auction, amountFen }: { auction: Auction; amountFen: bigint },
): Promise<void> {
  const { cardId = '0', bond = '0' } = auction.terms;
  const more = amountFen - BigInt(bond);
  await sendPaid(house, as, {
    valueFen: more,
    calls: [called('deposit', [more]), called('revealBid', [BigInt(cardId), amountFen, SALT])],
  });
}

const WIDE = ['cardId', 'reserve', 'startPrice', 'endPrice', 'bond'];
const numbers = (terms: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(terms).map(([key, text]) => [
      key,
      WIDE.includes(key) ? BigInt(text) : Number(text),
    ]),
  );
