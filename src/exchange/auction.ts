/**
 * Auctions on the chain: the seller's wallet signs terms, bidders' wallets send their bids to the contract themselves. The
 * house shows both, follows the chain, and settles when the end has come, which anyone may.
 */
import { encodeFunctionData, type Hex, hashTypedData } from 'viem';
import { exchangeAbi } from '#contracts';
import { requireRealName } from '#parties';
import { type Fen, inTransaction, newId, plus, Refused, type Tx } from '#platform';
import { type ClockHandler, type Move, move, start } from '#process';
import { chainAuction, READ_MS } from './auction-life.ts';
import {
  type AuctionKind,
  type ChainAuction,
  insertAuction,
  insertBidder,
  liveAuction,
  lockAuction,
  saveAuction,
} from './auction-store.ts';
import { type EnglishTerms, EXTENSION_S_MAX, englishMessage } from './auction-terms.ts';
import type { ChainDeps, ExchangeDeps } from './deps.ts';
import { typed } from './domain.ts';
import { findHolding, type Log } from './log-store.ts';
import { relay } from './relay.ts';
import type { MESSAGES } from './schema.ts';
import { liveOrder } from './store.ts';
import { plainMessage, requireOnOffer, requireSigner, requireUnderCap } from './trade.ts';
import { requireWallet } from './wallet.ts';

const SETTLE_GAS = 300_000n;
const MS_A_SECOND = 1000;
const dateOf = (seconds: number): Date => new Date(seconds * MS_A_SECOND);

interface Signed {
  readonly userId: string;
  readonly walletId: string;
  readonly tokenId: Hex;
  readonly nonce: bigint;
  readonly signature: Hex;
  readonly at: Date;
}

/** What the three kinds differ in, before anything is stored. */
interface Terms {
  readonly kind: AuctionKind;
  readonly type: keyof typeof MESSAGES;
  readonly message: object;
  readonly priceFen: Fen;
  /** Until then it can begin. */
  readonly deadline: Date;
  /** Later than this it cannot run: the card must not expire before. */
  readonly over: Date;
}

/**
 * The card is sold to who bids most. Nothing is sent: the first bid brings the terms to the contract. Refusals: not_found,
 * wrong_state, bad_signature, deadline_invalid, price_above_cap, already_on_offer.
 */
export async function putUpEnglish(
  deps: ChainDeps,
  input: Signed & EnglishTerms & { reserveFen: Fen },
): Promise<ChainAuction> {
  const { deadline, durationS, reserveFen } = input;
  return await putUp(deps, input, {
    ...{ kind: 'english', type: 'AuctionTerms', message: englishMessage(input) },
    ...{ priceFen: reserveFen, deadline: dateOf(deadline) },
    over: dateOf(deadline + durationS + EXTENSION_S_MAX),
  });
}

async function putUp(deps: ChainDeps, signed: Signed, terms: Terms): Promise<ChainAuction> {
  const { userId, walletId, tokenId, nonce, signature, at } = signed;
  const { kind, message, priceFen, deadline } = terms;
  const digest = hashTypedData(typed(terms.type, deps.on.domains.exchange, message) as never);
  return await inTransaction(deps.db, async (tx) => {
    await requireRealName(tx, userId);
    const wallet = await requireWallet(tx, { walletId, userId });
    const of = { tokenId, owner: wallet.address, nonce, at };
    const { id: token_ref } = await requireOnOffer(tx, { ...of, deadline, over: terms.over });
    if (await liveOrder(tx, tokenId)) throw new Refused('already_on_offer');
    requireUnderCap(deps, priceFen);
    await requireSigner(digest, signature, wallet);
    const id = newId(at);
    const fresh = await insertAuction(tx, {
      ...{ id, kind, token_ref, token_id: tokenId, user_id: userId, signer: wallet.address },
      ...{ price_fen: priceFen, terms: JSON.stringify(asText(message)), signature, digest },
      ...{ nonce, deadline, state: chainAuction.initial, created_at: at },
    });
    if (!fresh) throw new Refused('already_on_offer');
    await start(tx, chainAuction, {
      ...{ id, at, by: 'seller', actor: userId, due: plus(deadline, READ_MS) },
      record: { kind, tokenId, priceFen: String(priceFen), digest },
    });
    return await take(tx, id);
  });
}

const asText = (message: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(plainMessage(message)).map(([key, value]) => [key, String(value)]),
  );

async function take(tx: Tx, id: string): Promise<ChainAuction> {
  const found = await lockAuction(tx, id);
  if (!found) throw new Refused('not_found');
  return found;
}

type Step = Omit<Move<typeof chainAuction>, 'id'> & {
  readonly save?: Parameters<typeof saveAuction>[2];
};

async function change(tx: Tx, before: ChainAuction, step: Step): Promise<ChainAuction> {
  const { save = {}, ...rest } = step;
  const after = await move(tx, chainAuction, { ...rest, id: before.id });
  await saveAuction(tx, before.id, { ...save, state: after.state });
  return await take(tx, before.id);
}

/**
 * The house shows it no more. Whoever has copied the signature can still begin it, until its deadline or until the owner's
 * wallet sends `cancelOrders`. Refusals: not_found, wrong_state once somebody has bid.
 */
export async function cancelAuction(
  deps: ChainDeps,
  { id, userId, at }: { id: string; userId: string; at: Date },
): Promise<ChainAuction> {
  return await inTransaction(deps.db, async (tx) => {
    const before = await lockAuction(tx, id);
    if (before?.user_id !== userId) throw new Refused('not_found');
    return await change(tx, before, { transition: 'cancel', by: 'seller', actor: userId, at });
  });
}

// ------------------------------------------------------------------ what the chain says

type Told = Log & { readonly tokenId: Hex };

/** In the transaction that marks the log as followed. */
export async function auctionTold(tx: Tx, log: Told, at: Date): Promise<void> {
  if (!HEARD.has(log.event)) return;
  const found = await liveAuction(tx, log.tokenId);
  const one = found && (await lockAuction(tx, found.id));
  if (!one) return;
  if (log.event === 'AuctionBid') await bidCame(tx, one, { log, at });
  if (log.event === 'Settled') await soldTo(tx, one, { log, at });
  if (log.event === 'SaleUnwound' && one.state !== 'offered')
    await change(tx, one, { transition: 'unwind', by: 'system', at });
}
const HEARD: ReadonlySet<string> = new Set(['AuctionBid', 'Settled', 'SaleUnwound']);

interface Heard {
  readonly log: Told;
  readonly at: Date;
}

/** The first bid starts the clock, a late one moves the end; also one that is read after the end had come here. */
async function bidCame(tx: Tx, one: ChainAuction, { log, at }: Heard): Promise<void> {
  const { bidder, amount, end } = log.args;
  const endsAt = dateOf(Number(end));
  await insertBidder(tx, { auctionId: one.id, bidder: String(bidder) });
  await change(tx, one, {
    transition: one.state === 'offered' ? 'begin' : 'bid',
    ...{ by: 'system', at, due: plus(endsAt, READ_MS) },
    record: { bidder: String(bidder), amountFen: String(amount), block: String(log.block) },
    save: { ends_at: endsAt },
  });
}

async function soldTo(tx: Tx, one: ChainAuction, { log, at }: Heard): Promise<void> {
  const [buyer, seller] = [String(log.args['buyer']), String(log.args['seller'])];
  const priceFen = BigInt(String(log.args['price']));
  const ours = seller === one.signer && (one.state !== 'offered' || one.kind === 'dutch');
  if (!ours) return await annul(tx, one, at);
  await change(tx, one, {
    ...{ transition: 'settle', by: 'system', at },
    record: { buyer, priceFen: String(priceFen), block: String(log.block) },
    save: { buyer, sold_fen: priceFen },
  });
}

/** The card has another number of orders: terms signed with an older one can never begin. */
export async function voidAuction(tx: Tx, tokenId: Hex, at: Date): Promise<void> {
  const found = await liveAuction(tx, tokenId);
  const holding = await findHolding(tx, tokenId);
  if (!found || !holding || found.nonce >= holding.nonce) return;
  const one = await take(tx, found.id);
  if (one.state === 'offered') await annul(tx, one, at);
}

async function annul(tx: Tx, one: ChainAuction, at: Date): Promise<void> {
  if (one.state !== 'offered') return;
  const save = { reason: 'nonce' };
  await change(tx, one, { transition: 'annul', by: 'system', at, record: save, save });
}

// ------------------------------------------------------------------ the clock

/** Terms that nobody took lapse by themselves; what has ended is settled, again until the chain says that it is. */
export function auctionClock(deps: ExchangeDeps): Record<string, ClockHandler> {
  return {
    chain_auction: async (db, { id, transition, at }) =>
      await inTransaction(db, async (tx) => {
        const before = await lockAuction(tx, id);
        if (!before) return;
        const after = await change(tx, before, {
          ...{ transition: transition as 'lapse', by: 'clock', at },
          ...(transition === 'unsettled' && { save: { reason: 'UNSETTLED' } }),
        });
        const { on } = deps;
        if (after.state === 'settling' && on) await settle(tx, { ...deps, on }, { one: after, at });
      }),
  };
}

async function settle(
  tx: Tx,
  { on, config }: ChainDeps,
  { one, at }: { one: ChainAuction; at: Date },
): Promise<void> {
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  const call = { subject: one.id, to: on.exchange, gasMax: SETTLE_GAS, at };
  const args = [BigInt(one.token_id)] as const;
  await relay(tx, sender, {
    ...{ ...call, purpose: 'settle_auction' },
    data: encodeFunctionData({ abi: exchangeAbi, functionName: 'settleAuction', args }),
  });
}
