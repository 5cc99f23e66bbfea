/** What wallets sign and send about auctions on the chain: terms, and bids with the permit for their money. */

import { type Address, encodeFunctionData, type Hex, parseAbi, parseSignature } from 'viem';
import { compactSignature } from '../../../contracts/typed-data.ts';
import {
  commitmentOf,
  type DutchTerms,
  dutchMessage,
  dutchPrice,
  englishMessage,
  type SealedTerms,
  sealedMessage,
  typed,
} from '../../../src/exchange/schema.ts';
import type { Reply } from '../../api.ts';
import { domainOf, inSeconds, type Token } from './house.ts';
import { type By, inADay, sendOwn, signPermit, withPromised } from './own.ts';
import { confirmWords, type Said, type What } from './sign.tsx';

export type Auction = Reply<'GET /v1/exchange/auctions/:id'>;

const ABI = parseAbi([
  'struct AuctionTerms { uint256 cardId; uint96 reserve; uint32 duration; uint16 feeBps; uint16 charityBps; uint16 charityId; uint8 delivery; uint40 deadline; uint32 nonce; }',
  'struct DutchTerms { uint256 cardId; uint96 startPrice; uint96 endPrice; uint40 startsAt; uint40 endsAt; uint16 feeBps; uint16 charityBps; uint16 charityId; uint8 delivery; uint32 nonce; }',
  'function permitMoney(address owner, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
  'function openAuction(AuctionTerms terms, bytes sellerSignature, uint96 amount)',
  'function bid(uint256 cardId, uint96 amount)',
  'function buyDutch(DutchTerms terms, bytes sellerSignature, uint96 maxPrice)',
  'function deposit(uint96 amount)',
  'function commitBid(uint256 cardId, bytes32 commitment)',
  'function revealBid(uint256 cardId, uint96 amount, bytes32 salt)',
  'function multicall(bytes[] calls)',
]);

type Fields = Said['fields'];
const shown = async ({ chain }: By, what: What, fields: Fields): Promise<void> =>
  await confirmWords({ what, fields, chainId: chain.id, contract: chain.exchange });

const cardOf = ({ tokenId, nonce }: Token) => ({
  tokenId: (tokenId ?? '0x') as Hex,
  nonce: BigInt(nonce ?? '0'),
});

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
  const signature = await by.signer.signTyped(typed('AuctionTerms', domainOf(by.chain), message));
  const signed = { walletId: by.wallet.id, tokenId, nonce: String(nonce), signature };
  return { ...signed, reserveFen, durationS, deadline };
}

export async function signDutch(by: By, { token, ...of }: DutchTerms & { token: Token }) {
  const { tokenId, nonce } = cardOf(token);
  const message = dutchMessage({ tokenId, nonce, ...of });
  await shown(by, 'DutchTerms', message);
  const signature = await by.signer.signTyped(typed('DutchTerms', domainOf(by.chain), message));
  const signed = { walletId: by.wallet.id, tokenId, nonce: String(nonce), signature };
  return { ...signed, ...of, startFen: String(of.startFen), endFen: String(of.endFen) };
}

export async function signSealed(by: By, { token, ...of }: SealedTerms & { token: Token }) {
  const { tokenId, nonce } = cardOf(token);
  const message = sealedMessage({ tokenId, nonce, ...of });
  await shown(by, 'SealedTerms', message);
  const signature = await by.signer.signTyped(typed('SealedTerms', domainOf(by.chain), message));
  const signed = { walletId: by.wallet.id, tokenId, nonce: String(nonce), signature };
  return { ...signed, ...of, reserveFen: String(of.reserveFen), bondFen: String(of.bondFen) };
}

/** The permit and these calls in one transaction of the wallet. */
async function sendPaid(
  by: By,
  { valueFen, calls, say }: { valueFen: bigint; calls: readonly Hex[]; say: () => Promise<void> },
): Promise<void> {
  const deadline = inADay();
  const value = withPromised(by, valueFen);
  const { r, s, v } = parseSignature(await signPermit(by, { valueFen: value, deadline }));
  await say();
  const permit = [by.signer.address, value, BigInt(deadline), Number(v), r, s] as const;
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

export const dutchTermsOf = ({ terms }: Auction): DutchTerms => ({
  ...{ startFen: BigInt(terms['startPrice'] ?? '0'), endFen: BigInt(terms['endPrice'] ?? '0') },
  ...{ startsAt: Number(terms['startsAt']), endsAt: Number(terms['endsAt']) },
});

/** The chain may be a little behind us, where the price has not fallen as far. */
const BEHIND_S = 60;

/** Taken at the price of the second in which it is mined. */
export async function sendTake(by: By, one: Auction): Promise<void> {
  const terms = dutchTermsOf(one);
  const maxPrice = dutchPrice(terms, inSeconds(-BEHIND_S));
  const message = dutchMessage({ ...cardOf({ ...one.token, nonce: one.nonce }), ...terms });
  const args = [message, compactSignature((one.signature ?? '0x') as Hex), maxPrice] as const;
  const call = encodeFunctionData({ abi: ABI, functionName: 'buyDutch', args });
  const say = () => shown(by, 'buyDutch', { cardId: message.cardId, maxPrice });
  await sendPaid(by, { valueFen: maxPrice, calls: [call], say });
}

/** What a sealed bid is opened with. */
export interface Opening {
  readonly amountFen: string;
  readonly salt: Hex;
}

export const commitmentFor = (one: Auction, bidder: string, opening: Opening): Hex =>
  commitmentOf({
    ...cardOf({ ...one.token, nonce: one.nonce }),
    ...{ bidder: bidder as Address, amountFen: BigInt(opening.amountFen), salt: opening.salt },
  });

const depositing = (sum: bigint): Hex =>
  encodeFunctionData({ abi: ABI, functionName: 'deposit', args: [sum] });

export async function sendCommit(by: By, one: Auction, opening: Opening): Promise<void> {
  const bond = BigInt(one.terms['bond'] ?? '0');
  const cardId = BigInt(one.token.tokenId ?? '0x0');
  const commitment = commitmentFor(one, by.signer.address, opening);
  const args = [cardId, commitment] as const;
  const call = encodeFunctionData({ abi: ABI, functionName: 'commitBid', args });
  const say = () => shown(by, 'commitBid', { cardId, bond, commitment });
  await sendPaid(by, { valueFen: bond, calls: [depositing(bond), call], say });
}

/** What has to be paid in beside bond and purse; nothing where the bid would not lead anyhow. */
export function missingFor(one: Auction, { amountFen }: Opening, purseFreeFen: string): bigint {
  const amount = BigInt(amountFen);
  if (one.bestFen !== undefined && amount <= BigInt(one.bestFen)) return 0n;
  const missing = amount - BigInt(one.terms['bond'] ?? '0') - BigInt(purseFreeFen);
  return missing > 0n ? missing : 0n;
}

export async function sendReveal(by: By, one: Auction, opening: Opening): Promise<void> {
  const amount = BigInt(opening.amountFen);
  const cardId = BigInt(one.token.tokenId ?? '0x0');
  const args = [cardId, amount, opening.salt] as const;
  const call = encodeFunctionData({ abi: ABI, functionName: 'revealBid', args });
  const say = () => shown(by, 'revealBid', { cardId, amount });
  const missing = missingFor(one, opening, by.wallet.purseFreeFen);
  if (missing > 0n)
    return await sendPaid(by, { valueFen: missing, calls: [depositing(missing), call], say });
  await say();
  await sendOwn(by, call);
}
