/**
 * Auctions on the chain: the seller's wallet signs terms, bidders' wallets send their bids to the contract themselves. The
 * house shows both, follows the chain, and settles when the end has come, which anyone may.
 */
import assert from 'node:assert/strict';
import type { Hex } from 'viem';
import { encodeFunctionData, hashTypedData } from 'viem/utils';
import { exchangeAbi } from '#contracts';
import { compactSignature } from '#contracts/messages';
import { requireRealName } from '#parties';
import { type Fen, inTransaction, newId, plus, Refused, type Tx } from '#platform';
import { type ClockHandler, type Move, move, start } from '#process';
import { stillSealed } from './auction-fold.ts';
import { chainAuction, READ_MS } from './auction-life.ts';
import {
  type AuctionKind,
  type ChainAuction,
  insertAuction,
  insertBidder,
  liveAuction,
  lockAuction,
  saveAuction,
  takenDown,
} from './auction-store.ts';
import {
  type DutchTerms,
  dutchMessage,
  type EnglishTerms,
  EXTENSION_S_MAX,
  englishMessage,
  isBegunBy,
  type SealedTerms,
  sealedMessage,
  WINDOW_S_MAX,
  WINDOW_S_MIN,
} from './auction-terms.ts';
import { standingAt } from './auction-view.ts';
import type { ChainDeps, ExchangeDeps } from './deps.ts';
import { typed } from './domain.ts';
import type { Log, LogOf, Told } from './log.ts';
import { findHolding } from './log-store.ts';
import { relay } from './relay.ts';
import type { MESSAGES } from './schema.ts';
import { liveOrder } from './store.ts';
import { plainMessage, requireOnOffer, requireSigner, requireUnderCap } from './trade.ts';
import { requireWallet } from './wallet.ts';

const SETTLE_GAS = 300_000n;
const OPEN_GAS = 300_000n;
const FORFEIT_GAS = 150_000n;
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

/** The price falls by the second, and whoever takes it first has the card. Refusals: as English, and auction_terms. */
export async function putUpDutch(
  deps: ChainDeps,
  input: Signed & DutchTerms & { startFen: Fen },
): Promise<ChainAuction> {
  const { startsAt, endsAt, startFen, endFen, at } = input;
  const now = at.getTime() / MS_A_SECOND;
  const fits = endFen <= startFen && startsAt < endsAt && startsAt <= now + START_S_MAX;
  if (!fits) throw new Refused('auction_terms');
  return await putUp(deps, input, {
    ...{ kind: 'dutch', type: 'DutchTerms', message: dutchMessage(input) },
    ...{ priceFen: startFen, deadline: dateOf(endsAt), over: dateOf(endsAt) },
  });
}
const START_S_MAX = 7 * 86_400;

/**
 * Bids come sealed and are opened after each other's end; the house opens the auction at once. Refusals: as English, and
 * auction_terms, relay_budget.
 */
export async function putUpSealed(
  deps: ChainDeps,
  input: Signed & SealedTerms & { reserveFen: Fen },
): Promise<ChainAuction> {
  const { commitUntil, revealUntil, reserveFen, at } = input;
  const fits = (from: number, until: number): boolean =>
    until >= from + WINDOW_S_MIN && until <= from + WINDOW_S_MAX;
  // The window is counted from the block that opens it, which is still to come.
  const opened = Math.floor(at.getTime() / MS_A_SECOND);
  if (!fits(opened + OPENING_S, commitUntil) || !fits(commitUntil, revealUntil))
    throw new Refused('auction_terms');
  return await putUp(deps, input, {
    ...{ kind: 'sealed', type: 'SealedTerms', message: sealedMessage(input) },
    ...{ priceFen: reserveFen, deadline: dateOf(commitUntil), over: dateOf(revealUntil) },
  });
}
const OPENING_S = 300;

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
    if (kind === 'sealed') await sendOpening(tx, deps, { id, userId, message, signature, at });
    return await take(tx, id);
  });
}

async function sendOpening(
  tx: Tx,
  { on, config }: ChainDeps,
  of: { id: string; userId: string; message: object; signature: Hex; at: Date },
): Promise<void> {
  const { id, userId, message, signature, at } = of;
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  await relay(tx, sender, {
    ...{ purpose: 'open_sealed', subject: id, userId, to: on.exchange, gasMax: OPEN_GAS, at },
    data: encodeFunctionData({
      ...{ abi: exchangeAbi, functionName: 'openSealed' },
      args: [message as ReturnType<typeof sealedMessage>, compactSignature(signature)],
    }),
  });
}

/** A sealed auction that the contract would not open is void. */
export async function openingEnded(
  tx: Tx,
  { subject, state, error }: { subject: string | null; state: string; error: string | null },
  at: Date,
): Promise<void> {
  const one = subject === null || state === 'mined' ? undefined : await lockAuction(tx, subject);
  if (one) await annul(tx, one, { at, reason: error ?? state });
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
 * wallet sends `cancelAll`; the house then follows it from the log. Refusals: not_found, wrong_state once somebody has bid.
 */
export async function cancelAuction(
  deps: ChainDeps,
  { id, userId, at }: { id: string; userId: string; at: Date },
): Promise<ChainAuction> {
  return await inTransaction(deps.db, async (tx) => {
    const before = await lockAuction(tx, id);
    if (before?.user_id !== userId) throw new Refused('not_found');
    // The house has sent its opening already.
    if (before.kind === 'sealed') throw new Refused('wrong_state', { state: before.state });
    return await change(tx, before, { transition: 'cancel', by: 'seller', actor: userId, at });
  });
}

// ------------------------------------------------------------------ what the chain says

/** In the transaction that marks the log as followed. */
export async function auctionTold(tx: Tx, log: Told, at: Date): Promise<void> {
  if (!HEARD.has(log.event)) return;
  const one = await concerned(tx, log, at);
  if (!one) return;
  if (log.event === 'AuctionBid') await bidCame(tx, one, { log, at });
  if (log.event === 'SealedOpened') await sealedOpened(tx, one, { log, at });
  if (log.event === 'SealedCommitted')
    await insertBidder(tx, { auctionId: one.id, bidder: log.args.bidder });
  if (log.event === 'Settled') await soldTo(tx, one, { log, at });
  if (log.event === 'SaleUnwound' && one.state !== 'offered')
    await change(tx, one, { transition: 'unwind', by: 'system', at });
}
const HEARD: ReadonlySet<Log['event']> = new Set<Log['event']>([
  'AuctionBid',
  'SealedOpened',
  'SealedCommitted',
  'Settled',
  'SaleUnwound',
]);

/** The auction that the log is about: the one on offer, or one taken down whose copied signature somebody has used. */
async function concerned(tx: Tx, log: Told, at: Date): Promise<ChainAuction | undefined> {
  const found = await liveAuction(tx, log.tokenId);
  const live = found && (await lockAuction(tx, found.id));
  const begins = log.event === 'AuctionBid' || log.event === 'Settled';
  if (!begins || (live && (live.state !== 'offered' || isBegunBy(live, log)))) return live;
  const copied = (await takenDown(tx, log.tokenId)).find((one) => isBegunBy(one, log));
  if (!copied) return live;
  if (live) await annul(tx, live, { at, reason: 'nonce' });
  return await followCopied(tx, copied, at);
}

/** From here on it is one of the house's own: shown, settled at its end, and found among the seller's. */
async function followCopied(tx: Tx, of: ChainAuction, at: Date): Promise<ChainAuction> {
  const { kind, token_ref, token_id, user_id, signer, price_fen, terms, signature } = of;
  const { digest, nonce, deadline } = of;
  const id = newId(at);
  const fresh = await insertAuction(tx, {
    ...{ id, kind, token_ref, token_id, user_id, signer, price_fen, signature, digest, nonce },
    ...{ terms: JSON.stringify(terms), deadline, state: chainAuction.initial, created_at: at },
  });
  assert(fresh, 'terms that nobody has begun are followed once');
  await start(tx, chainAuction, {
    ...{ id, at, by: 'system', due: plus(deadline > at ? deadline : at, READ_MS) },
    record: { kind, tokenId: token_id, priceFen: String(price_fen), digest, copiedFrom: of.id },
  });
  return await take(tx, id);
}

interface Heard<E extends Log['event']> {
  readonly log: LogOf<E>;
  readonly at: Date;
}

/** The first bid starts the clock, a late one moves the end; also one that is read after the end had come here. */
async function bidCame(tx: Tx, one: ChainAuction, { log, at }: Heard<'AuctionBid'>): Promise<void> {
  const { bidder, amount, end } = log.args;
  const endsAt = dateOf(end);
  await insertBidder(tx, { auctionId: one.id, bidder });
  await change(tx, one, {
    transition: one.state === 'offered' ? 'begin' : 'bid',
    ...{ by: 'system', at, due: plus(endsAt, READ_MS) },
    record: { bidder, amountFen: amount, block: String(log.block) },
    save: { ends_at: endsAt },
  });
}

async function sealedOpened(
  tx: Tx,
  one: ChainAuction,
  { log, at }: Heard<'SealedOpened'>,
): Promise<void> {
  if (one.state !== 'offered') return;
  const endsAt = dateOf(log.args.revealUntil);
  await change(tx, one, {
    ...{ transition: 'begin', by: 'system', at, due: plus(endsAt, READ_MS) },
    ...{ record: { block: String(log.block) }, save: { ends_at: endsAt } },
  });
}

async function soldTo(tx: Tx, one: ChainAuction, { log, at }: Heard<'Settled'>): Promise<void> {
  const { buyer, seller } = log.args;
  const priceFen = BigInt(log.args.price);
  // One that nobody has begun is sold by its own terms only: its card may go to a bid or past the house.
  const ours = one.state === 'offered' ? isBegunBy(one, log) : seller === one.signer;
  if (!ours) return await annul(tx, one, { at, reason: 'nonce' });
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
  await annul(tx, await take(tx, found.id), { at, reason: 'nonce' });
}

async function annul(
  tx: Tx,
  one: ChainAuction,
  { at, reason }: { at: Date; reason: string },
): Promise<void> {
  if (one.state !== 'offered') return;
  const save = { reason };
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

/** Bonds of bids that nobody opened go first, so that nothing is left behind when the card has gone. */
async function settle(
  tx: Tx,
  { on, config }: ChainDeps,
  { one, at }: { one: ChainAuction; at: Date },
): Promise<void> {
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  const cardId = BigInt(one.token_id);
  const sealed = one.kind === 'sealed';
  let after: string | undefined;
  const send = async (purpose: string, gasMax: bigint, data: Hex): Promise<void> => {
    const call = { purpose, subject: one.id, to: on.exchange, gasMax, data, at };
    after = await relay(tx, sender, { ...call, ...(after !== undefined && { after }) });
  };
  for (const { bidder } of sealed ? stillSealed(await standingAt(tx, one, on.exchange)) : []) {
    const args = [cardId, Number(one.nonce), bidder] as const;
    const data = encodeFunctionData({ abi: exchangeAbi, functionName: 'forfeitBond', args });
    await send('forfeit_bond', FORFEIT_GAS, data);
  }
  const functionName = sealed ? 'settleSealed' : 'settleAuction';
  const data = encodeFunctionData({ abi: exchangeAbi, functionName, args: [cardId] });
  await send('settle_auction', SETTLE_GAS, data);
}
