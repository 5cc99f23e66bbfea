/** What wallets sign and send about auctions on the chain: terms, and bids with the permit for their money. */
import { type Address, encodeFunctionData, type Hex, parseAbi, parseSignature } from 'viem';
import { englishMessage, exchangeDomain, typed } from '../../../src/exchange/schema.ts';
import { type Reply, serverNow } from '../../api.ts';
import type { Token } from './house.ts';
import { type By, inADay, sendOwn, signPermit } from './own.ts';
import { confirmWords, type What } from './sign.tsx';

export type Auction = Reply<'GET /v1/exchange/auctions/:id'>;

const ABI = parseAbi([
  'struct AuctionTerms { uint256 cardId; uint96 reserve; uint32 duration; uint16 feeBps; uint16 charityBps; uint16 charityId; uint8 delivery; uint40 deadline; uint32 nonce; }',
  'function permitMoney(address owner, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
  'function openAuction(AuctionTerms terms, bytes sellerSignature, uint96 amount)',
  'function bid(uint256 cardId, uint96 amount)',
  'function multicall(bytes[] calls)',
]);

type Fields = Readonly<Record<string, bigint | number | string>>;
const shown = async ({ chain }: By, what: What, fields: Fields): Promise<void> =>
  await confirmWords({ what, fields, chainId: chain.id, contract: chain.exchange });

const cardOf = ({ tokenId, nonce }: Token) => ({
  tokenId: (tokenId ?? '0x') as Hex,
  nonce: BigInt(nonce ?? '0'),
});
export const inSeconds = (s: number): number => Math.floor(serverNow() / 1000) + s;
const domainOf = ({ chain }: By) => exchangeDomain(chain.id, chain.exchange as Address);

/** How long terms wait for a first bid. */
const BEGIN_S = 7 * 86_400;

export async function signEnglish(
  by: By,
  { token, reserveFen, durationS }: { token: Token; reserveFen: string; durationS: number },
) {
  const { tokenId, nonce } = cardOf(token);
  const deadline = inSeconds(BEGIN_S);
  const message = englishMessage({
    ...{ tokenId, nonce, reserveFen: BigInt(reserveFen), durationS, deadline },
  });
  await shown(by, 'AuctionTerms', message);
  const signature = await by.signer.signTyped(typed('AuctionTerms', domainOf(by), message));
  const signed = { walletId: by.wallet.id, tokenId, nonce: String(nonce), signature };
  return { ...signed, reserveFen, durationS, deadline };
}

/** The permit and these calls in one transaction of the wallet. */
async function sendPaid(
  by: By,
  { valueFen, calls, say }: { valueFen: bigint; calls: readonly Hex[]; say: () => Promise<void> },
): Promise<void> {
  const deadline = inADay();
  const { r, s, v } = parseSignature(await signPermit(by, { valueFen, deadline }));
  await say();
  const permit = [by.signer.address, valueFen, BigInt(deadline), Number(v), r, s] as const;
  const paid = encodeFunctionData({ abi: ABI, functionName: 'permitMoney', args: permit });
  const args = [[paid, ...calls]] as const;
  await sendOwn(by, encodeFunctionData({ abi: ABI, functionName: 'multicall', args }));
}

/** The first bid brings the seller's terms and signature to the contract. */
export async function sendBid(
  by: By,
  { one, amountFen }: { one: Auction; amountFen: string },
): Promise<void> {
  const amount = BigInt(amountFen);
  const cardId = BigInt(one.token.tokenId ?? '0x0');
  const call =
    one.state === 'offered'
      ? encodeFunctionData({ abi: ABI, functionName: 'openAuction', args: opening(one, amount) })
      : encodeFunctionData({ abi: ABI, functionName: 'bid', args: [cardId, amount] });
  const say = () => shown(by, 'auctionBid', { cardId, amount });
  await sendPaid(by, { valueFen: amount, calls: [call], say });
}

function opening({ token, nonce, terms, signature }: Auction, amount: bigint) {
  const message = englishMessage({
    ...cardOf({ ...token, nonce }),
    ...{ reserveFen: BigInt(terms['reserve'] ?? '0'), durationS: Number(terms['duration']) },
    deadline: Number(terms['deadline']),
  });
  return [message, (signature ?? '0x') as Hex, amount] as const;
}
