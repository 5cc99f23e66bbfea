/**
 * Bids on a card that somebody else holds, on offer or not: the bidder's wallet signs, the owner's wallet signs the sale
 * at that price for the house alone, and the relayer brings both to the contract.
 */
import type { Hex } from 'viem';
import { encodeFunctionData, hashTypedData } from 'viem/utils';
import { exchangeAbi } from '#contracts';
import { compactSignature } from '#contracts/messages';
import { requireRealName } from '#parties';
import { type Fen, inTransaction, newId, Refused, type Tx } from '#platform';
import { type ClockHandler, type Move, move, start } from '#process';
import { BID_MS_MAX, bidLife } from './bid-life.ts';
import { type Bid, findBid, insertBid, lockBid, lockLiveBids, saveBid } from './bid-store.ts';
import type { ChainDeps } from './deps.ts';
import { bidMessage, listingMessage, typed } from './domain.ts';
import type { LogOf } from './log.ts';
import { findHolding } from './log-store.ts';
import { canHonour, heldCard } from './offer.ts';
import { requireUnpromised } from './promise-store.ts';
import { relay } from './relay.ts';
import type { Relay } from './relay-store.ts';
import { takingRelayers } from './relayer-store.ts';
import type { Wallet } from './store.ts';
import {
  dateOf,
  isSigner,
  type Permit,
  requireDeadline,
  requireMoney,
  requireSigner,
  requireUnderCap,
  sendPermit,
} from './trade.ts';
import { requireWallet } from './wallet.ts';

const MATCH_GAS = 250_000n;
const MS_A_SECOND = 1000;
export const secondsOf = (at: Date): number => Math.floor(at.getTime() / MS_A_SECOND);

interface Signed {
  readonly userId: string;
  readonly walletId: string;
  /** Unix seconds. */
  readonly deadline: number;
  readonly signature: Hex;
  readonly at: Date;
}
export interface PlaceBid extends Signed {
  readonly tokenRef: string;
  readonly priceFen: Fen;
  readonly epoch: bigint;
  readonly permit?: Permit | undefined;
}

/**
 * The price stays in the bidder's wallet until the owner accepts. Refusals: not_found, wrong_state, own_token,
 * price_above_cap, deadline_invalid, not_admitted, money_short, permit_needed, bad_signature, offer_exists, relay_budget.
 */
export async function placeBid(deps: ChainDeps, input: PlaceBid): Promise<Bid> {
  const { userId, priceFen, permit, epoch, at } = input;
  const deadline = dateOf(input.deadline);
  return await inTransaction(deps.db, async (tx) => {
    await requireRealName(tx, userId);
    const wallet = await requireWallet(tx, { walletId: input.walletId, userId });
    const { token, holding, owner } = await heldCard(tx, input.tokenRef);
    if (owner.user_id === userId) throw new Refused('own_token');
    requireUnderCap(deps, priceFen);
    requireDeadline(token, { deadline, longestMs: BID_MS_MAX, at });
    await requireMoney(tx, { wallet, priceFen, permit, at });
    const { nonce } = holding;
    const message = messageOf({ token_id: token.token_id, priceFen, wallet, nonce, input });
    const digest = hashTypedData(typed('Bid', deps.on.domains.exchange, message));
    await requireSigner(digest, input.signature, wallet);
    const id = newId(at);
    const fresh = await insertBid(tx, {
      ...{ id, token_ref: token.id, token_id: token.token_id, price_fen: priceFen, nonce, epoch },
      ...{ owner_id: owner.user_id, owner: owner.address },
      ...{ bidder_id: userId, bidder: wallet.address, deadline, digest },
      ...{ signature: input.signature, state: bidLife.initial, created_at: at },
    });
    if (!fresh) throw new Refused('offer_exists');
    if (permit) await sendPermit(tx, deps, { subject: id, wallet, permit, at });
    await start(tx, bidLife, {
      ...{ id, at, by: 'bidder', actor: userId, due: deadline },
      record: { tokenId: token.token_id, priceFen: String(priceFen), digest },
    });
    return await take(tx, id);
  });
}

const messageOf = (of: {
  token_id: Hex;
  priceFen: bigint;
  wallet: Wallet;
  nonce: bigint;
  input: PlaceBid;
}) =>
  bidMessage({
    ...{ tokenId: of.token_id, bidder: of.wallet.address, priceFen: of.priceFen, nonce: of.nonce },
    ...{ deadline: of.input.deadline, epoch: of.input.epoch },
  });

async function take(tx: Tx, id: string): Promise<Bid> {
  const found = await lockBid(tx, id);
  if (!found) throw new Refused('not_found');
  return found;
}

type Step = Omit<Move<typeof bidLife>, 'id'> & { readonly save?: Parameters<typeof saveBid>[2] };

async function change(tx: Tx, before: Bid, step: Step): Promise<Bid> {
  const { save = {}, ...rest } = step;
  const after = await move(tx, bidLife, { ...rest, id: before.id });
  await saveBid(tx, before.id, { ...save, state: after.state });
  return await take(tx, before.id);
}

/** Would the contract take its price from the bidder now? A bid that cannot pay is shown to nobody but who made it. */
export const isFunded = async (reader: Tx | ChainDeps['db'], of: Bid, at: Date): Promise<boolean> =>
  await canHonour(reader, { address: of.bidder, sumFen: of.price_fen, epoch: of.epoch, at });

/**
 * The owner sells to this bid and to nobody else: what is signed names the house's relayer as the one that may bring it.
 * Refusals: not_found, wrong_state, offer_unfunded, deadline_invalid, bad_signature, relay_budget.
 */
export async function acceptBid(deps: ChainDeps, input: Signed & { bidId: string }): Promise<Bid> {
  const { bidId, userId, at } = input;
  return await inTransaction(deps.db, async (tx) => {
    await requireRealName(tx, userId);
    const seen = await findBid(tx, bidId);
    if (seen?.owner_id !== userId) throw new Refused('not_found');
    await requireUnpromised(tx, [seen.token_id]);
    const bid = await take(tx, bidId);
    if (bid.state !== 'open' || bid.deadline <= at)
      throw new Refused('wrong_state', { state: bid.state });
    const wallet = await requireWallet(tx, { walletId: input.walletId, userId });
    const { token, holding } = await heldCard(tx, bid.token_ref);
    if (holding.owner !== wallet.address || holding.nonce !== bid.nonce)
      throw new Refused('wrong_state', { state: bid.state });
    if (!(await isFunded(tx, bid, at))) throw new Refused('offer_unfunded');
    requireDeadline(token, { deadline: dateOf(input.deadline), longestMs: BID_MS_MAX, at });
    const relayId = await sendMatch(tx, deps, { bid, wallet, input });
    return await change(tx, bid, {
      ...{ transition: 'accept', by: 'owner', actor: userId, at, record: { relayId } },
      save: { relay_id: relayId, reason: null },
    });
  });
}

async function sendMatch(
  tx: Tx,
  deps: ChainDeps,
  of: { bid: Bid; wallet: Wallet; input: Signed },
): Promise<string> {
  const { on, config } = deps;
  const { bid, input } = of;
  const listing = await signedListing(tx, deps, of);
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  const signed = bidMessage({
    ...{ tokenId: bid.token_id, bidder: bid.bidder, priceFen: bid.price_fen, nonce: bid.nonce },
    ...{ deadline: secondsOf(bid.deadline), epoch: bid.epoch },
  });
  return await relay(tx, sender, {
    ...{ purpose: 'match_bid', subject: bid.id, userId: input.userId, at: input.at },
    ...{ to: on.exchange, gasMax: MATCH_GAS, from: listing.taker },
    data: encodeFunctionData({
      ...{ abi: exchangeAbi, functionName: 'matchOrders' },
      args: [listing, compactSignature(input.signature), signed, compactSignature(bid.signature)],
    }),
  });
}

/** A page that was opened before the house's key was changed names the one before. Refused bad_signature. */
async function signedListing(
  tx: Tx,
  { on }: ChainDeps,
  { bid, wallet, input }: { bid: Bid; wallet: Wallet; input: Signed },
) {
  for (const { address: taker } of await takingRelayers(tx, input.at)) {
    const listing = listingMessage({
      ...{ tokenId: bid.token_id, priceFen: bid.price_fen, deadline: input.deadline },
      ...{ nonce: bid.nonce, taker },
    });
    const digest = hashTypedData(typed('Listing', on.domains.exchange, listing));
    if (await isSigner(digest, input.signature, wallet)) return listing;
  }
  throw new Refused('bad_signature');
}

/** The house does not bring it to the contract any more, and nobody else was given its signature. */
export async function withdrawBid(
  deps: ChainDeps,
  { bidId, userId, at }: { bidId: string; userId: string; at: Date },
): Promise<Bid> {
  return await inTransaction(deps.db, async (tx) => {
    const bid = await lockBid(tx, bidId);
    if (bid?.bidder_id !== userId) throw new Refused('not_found');
    return await change(tx, bid, { transition: 'withdraw', by: 'bidder', actor: userId, at });
  });
}

// ------------------------------------------------------------------ what the chain says

/** How the transaction of an accepted bid ended: a no puts the bid back, or ends it where it can never fill. */
export async function bidEnded(
  tx: Tx,
  { subject, state, error }: Pick<Relay, 'subject' | 'state' | 'error'>,
  at: Date,
): Promise<void> {
  if (subject === null || state === 'mined') return;
  const bid = await lockBid(tx, subject);
  if (bid?.state !== 'filling') return;
  const holding = await findHolding(tx, bid.token_id);
  const alive = holding?.owner === bid.owner && holding.nonce === bid.nonce && bid.deadline > at;
  const reason = error ?? state;
  await change(tx, bid, {
    ...{ transition: alive ? 'put_back' : 'annul', by: 'system', at, record: { reason } },
    ...(alive && { due: bid.deadline }),
    save: { relay_id: null, reason },
  });
}

/** The chain settled a sale of the card: the bid it was sold to is filled, all others can never be. */
export async function bidSold(
  tx: Tx,
  { tokenId, args }: LogOf<'Settled'>,
  at: Date,
): Promise<void> {
  const { buyer, price } = args;
  for (const bid of await lockLiveBids(tx, { tokenId: tokenId ?? '' })) {
    const filled = bid.bidder === buyer && bid.price_fen === BigInt(price);
    await change(tx, bid, {
      ...{ transition: filled ? 'settle' : 'annul', by: 'system', at },
      ...(!filled && { save: { reason: 'sold' } }),
    });
  }
}

/** The card has another number, or the bidder has voided all bids: what is older can never fill. */
export async function voidPlainBids(
  tx: Tx,
  of: { tokenId: Hex } | { bidder: string; epoch: bigint },
  at: Date,
): Promise<void> {
  const holding = 'tokenId' in of ? await findHolding(tx, of.tokenId) : undefined;
  for (const bid of await lockLiveBids(tx, of)) {
    const alive = 'epoch' in of ? bid.epoch >= of.epoch : bid.nonce >= (holding?.nonce ?? 0n);
    if (alive) continue;
    await change(tx, bid, {
      ...{ transition: 'annul', by: 'system', at, record: { reason: 'nonce' } },
      save: { reason: 'nonce' },
    });
  }
}

export function bidClock(): Record<string, ClockHandler> {
  return {
    bid_on_chain: async (db, { id, transition, at }) =>
      await inTransaction(db, async (tx) => {
        const bid = await lockBid(tx, id);
        if (bid) await change(tx, bid, { transition: transition as 'lapse', by: 'clock', at });
      }),
  };
}
