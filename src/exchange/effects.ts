/** What final logs mean for the house: money mirrored in the ledger, cards and offers moved on, wallets looked at. */
import type { Hex } from 'viem';
import { type Leg, post } from '#ledger';
import { fen, type Tx } from '#platform';
import { auctionTold, openingEnded, voidAuction } from './auction.ts';
import { bidEnded, bidSold, voidPlainBids } from './bid.ts';
import { caseActed, caseEnded, stopMinted } from './case.ts';
import { deliveryTold, voidBids } from './delivery.ts';
import { ZERO } from './domain.ts';
import { isTold, type Log, type LogOf, type Told } from './log.ts';
import { logsOf } from './log-store.ts';
import { probeSoon } from './probe-soon.ts';
import { confirmEnded, reissueTold } from './reissue.ts';
import type { Relay } from './relay-store.ts';
import { tokenBy, walletAt, walletsOf } from './store.ts';
import { swapEnded, swapped, voidSwaps } from './swap.ts';
import { burnt, mintEnded, minted } from './token.ts';
import { matchEnded, sold, voidOlder } from './trade.ts';
import { lookSoon } from './wallet.ts';

/** The asset that stands behind the money on the chain; for test money, the token contract's own total. */
export const CHAIN_CUSTODY = 'CUSTODY:chain';
export const onChainAccount = (address: string): string => `ONCHAIN:${address}`;

/** In the transaction that marks the log as followed, so that each is followed once. */
export async function settleLog(tx: Tx, log: Log, at: Date): Promise<void> {
  if (log.contract === 'SandboxMoney') return await settleMoney(tx, log, at);
  if (!isTold(log)) return await settleAccount(tx, log, at);
  const { tokenId, event, args } = log;
  if (event === 'Minted') {
    await minted(tx, tokenId, at);
    await stopMinted(tx, tokenId, at);
  }
  if (log.event === 'CaseActed') await caseActed(tx, log.args.caseHash, at);
  if (log.event === 'Settled') await delivered(tx, log, at);
  await reissueTold(tx, log, at);
  await deliveryTold(tx, log, at);
  await auctionTold(tx, log, at);
  if (log.event === 'Transfer') await cardMoved(tx, log, at);
  if (VOIDS.has(event)) await voidSigned(tx, tokenId, at);
  if (VOIDS.has(event) || event === 'Transfer') await voidSwaps(tx, { tokenId, hash: log.tx }, at);
  if (VOIDS.has(event) || event === 'Transfer') await voidBids(tx, { tokenId }, at);
  if ('seller' in args) await lookAt(tx, [args.seller]);
  if ('buyer' in args) await lookAt(tx, [args.buyer]);
}

/** After these the card has another number of orders, so that nothing signed before can fill. */
const VOIDS: ReadonlySet<Log['event']> = new Set<Log['event']>([
  'OrdersCancelled',
  'Frozen',
  'Fractionalised',
  'Held',
  'SaleUnwound',
  'WrongDelivery',
  'Fractionalised',
]);

/** What the buyer got is attested on the chain: the balance at delivery. */
async function delivered(tx: Tx, log: Told & LogOf<'Settled'>, at: Date): Promise<void> {
  await sold(tx, log);
  await bidSold(tx, log, at);
  const token = await tokenBy(tx, log.tokenId);
  if (token) await probeSoon(tx, token.id, `sale-${log.block}-${log.index}`);
}

async function cardMoved(tx: Tx, log: Told & LogOf<'Transfer'>, at: Date): Promise<void> {
  const { tokenId, args } = log;
  if (args.to === ZERO) await burnt(tx, tokenId, at);
  // A sale says more than the transfer that is part of it, and ends the offer as filled.
  const sale = (await logsOf(tx, tokenId)).some(
    (one) => one.tx === log.tx && one.event === 'Settled',
  );
  if (!sale) await voidSigned(tx, tokenId, at);
}

async function voidSigned(tx: Tx, tokenId: Hex, at: Date): Promise<void> {
  await voidOlder(tx, tokenId, at);
  await voidPlainBids(tx, { tokenId }, at);
  await voidAuction(tx, tokenId, at);
}

async function settleAccount(tx: Tx, log: Log, at: Date): Promise<void> {
  if (log.event === 'Swapped' || log.event === 'SwappedWithTopUp') await swapped(tx, log, at);
  if (log.event === 'BidsCancelled') await bidsCancelled(tx, log, at);
  if (log.event === 'KycSet' || log.event === 'PurseChanged') await lookAt(tx, [log.args.account]);
}

async function bidsCancelled(tx: Tx, { args }: LogOf<'BidsCancelled'>, at: Date): Promise<void> {
  const [buyer, epoch] = [args.bidder, BigInt(args.epoch)];
  await voidBids(tx, { buyer, epoch }, at);
  await voidPlainBids(tx, { bidder: buyer, epoch }, at);
  await voidSwaps(tx, { maker: buyer, epoch }, at);
  await lookAt(tx, [buyer]);
}

type OfMoney = Extract<Log, { contract: 'SandboxMoney' }>;

/** One posting a transfer of the settlement money; its block and place make it unique. */
async function settleMoney(tx: Tx, log: OfMoney, at: Date): Promise<void> {
  if (log.event === 'Approval') return await lookAt(tx, [log.args.owner]);
  const { args, block, index } = log;
  const { from, to } = args;
  const amount = fen(BigInt(args.value));
  if (amount === 0n || from === to) return;
  const account = (address: string) => (address === ZERO ? CHAIN_CUSTODY : onChainAccount(address));
  const leg: Leg = { from: account(from), to: account(to), amount };
  const ref = `${block}-${index}`;
  await post(tx, { kind: 'chain.transfer', ref, subject: log.tx, at, legs: [leg] });
  await lookAt(tx, [from, to]);
}

async function lookAt(tx: Tx, addresses: readonly unknown[]): Promise<void> {
  for (const address of addresses) {
    if (typeof address !== 'string') continue;
    const wallet = await walletAt(tx, address);
    if (wallet) await lookSoon(tx, wallet.id);
  }
}

/** Whoever waits for a transaction of the house is told how it ended. */
export async function relayEnded(tx: Tx, relay: Relay, at: Date): Promise<void> {
  if (relay.purpose === 'mint') await mintEnded(tx, relay, at);
  await caseEnded(tx, relay);
  await confirmEnded(tx, relay, at);
  if (relay.purpose === 'swap') await swapEnded(tx, relay, at);
  if (relay.purpose === 'match_bid') await bidEnded(tx, relay, at);
  if (relay.purpose === 'match') await matchEnded(tx, relay, at);
  if (relay.purpose === 'open_sealed') await openingEnded(tx, relay, at);
  if (relay.purpose === 'admit' && relay.subject) await lookSoon(tx, relay.subject);
  if (relay.purpose === 'permit' && relay.user_id !== null) await lookAtAllOf(tx, relay.user_id);
  const wallet = await walletAt(tx, relay.sender);
  if (wallet) await lookSoon(tx, wallet.id);
}

/** A permit that came to nothing has used no number up, though the wallet was said to be at the next one. */
async function lookAtAllOf(tx: Tx, userId: string): Promise<void> {
  for (const { id } of await walletsOf(tx, userId)) await lookSoon(tx, id);
}
