/** Fixed-price sales: the seller signs an offer, the buyer signs a bid, the house's relayer brings both to the contract. */
import type { Address, Hex } from 'viem';
import { encodeFunctionData, hashTypedData, recoverAddress } from 'viem/utils';
import { exchangeAbi } from '#contracts';
import { compactSignature } from '#contracts/messages';
import { requireRealName } from '#parties';
import {
  chinaInstant,
  type Fen,
  HOUR,
  inTransaction,
  newId,
  plus,
  Refused,
  type Tx,
} from '#platform';
import { type ClockHandler, type Move, move, start } from '#process';
import { liveAuction } from './auction-store.ts';
import type { ChainDeps } from './deps.ts';
import { bidMessage, type Delivery, FEE_BPS, feeOf, listingMessage, typed } from './domain.ts';
import { ORDER_MS_MAX, signedOrder } from './life.ts';
import { isLockEnding } from './lock-store.ts';
import type { LogOf, Told } from './log.ts';
import { balanceOfAddress, findHolding } from './log-store.ts';
import { moneyAbi } from './money-abi.ts';
import { insertPermit } from './permit-store.ts';
import { hasFeature } from './profile.ts';
import { isPromised, requireUnpromised } from './promise-store.ts';
import { WINDOW_MS_MAX } from './reissue-life.ts';
import { isReissuable } from './reissuer.ts';
import { relay } from './relay.ts';
import { livePermit } from './relay-store.ts';
import {
  findOrder,
  insertOrder,
  insertSale,
  lockLiveOrder,
  lockOrder,
  lockToken,
  lockWallet,
  type SignedOrder,
  saveOrder,
  saveWallet,
  type Token,
  tokenBy,
  type Wallet,
  walletAt,
} from './store.ts';
import { requireWallet } from './wallet.ts';

const PERMIT_GAS = 100_000n;
const MATCH_GAS = 250_000n;
/** The shortest offer: a transaction has to fit in. */
const DEADLINE_MS_MIN = HOUR / 2;

interface Signed {
  readonly userId: string;
  readonly walletId: string;
  readonly deadline: number;
  readonly signature: Hex;
  readonly at: Date;
}

/** Refused bad_signature unless this very wallet signed this very message. */
export async function requireSigner(digest: Hex, signature: Hex, wallet: Wallet): Promise<void> {
  if (!(await isSigner(digest, signature, wallet))) throw new Refused('bad_signature');
}

export async function isSigner(digest: Hex, signature: Hex, wallet: Wallet): Promise<boolean> {
  try {
    const signer = await recoverAddress({ hash: digest, signature });
    return signer.toLowerCase() === wallet.address;
  } catch {
    // Not a signature at all.
    return false;
  }
}

export const dateOf = (seconds: number): Date => new Date(seconds * 1000);

/**
 * Puts a token on offer. Refusals: not_found, wrong_state, no_reissue, bad_signature, deadline_invalid, price_above_cap,
 * already_on_offer.
 */
export async function placeListing(
  deps: ChainDeps,
  input: Signed & { tokenId: Hex; priceFen: Fen; nonce: bigint; delivery?: Delivery | undefined },
): Promise<SignedOrder> {
  const { db, on } = deps;
  const { userId, walletId, tokenId, priceFen, deadline, nonce, signature, at } = input;
  const { delivery = 'vault' } = input;
  const byReissue = delivery === 'reissue';
  const message = listingMessage({ tokenId, priceFen, deadline, nonce, delivery });
  const digest = hashTypedData(typed('Listing', on.domains.exchange, message));
  return await inTransaction(db, async (tx) => {
    await requireRealName(tx, userId);
    const wallet = await requireWallet(tx, { walletId, userId });
    const latest = dateOf(deadline);
    const over = byReissue ? plus(latest, WINDOW_MS_MAX) : latest;
    const token = await requireOnOffer(tx, {
      ...{ tokenId, owner: wallet.address, nonce, deadline: latest, over, at },
    });
    if (byReissue && !(await isReissuable(tx, { token, at }))) throw new Refused('no_reissue');
    requireUnderCap(deps, priceFen);
    await requireSigner(digest, signature, wallet);
    const id = newId(at);
    const fresh = await insertOrder(tx, {
      ...{ id, kind: 'listing', token_id: tokenId, user_id: userId, signer: wallet.address },
      ...{ price_fen: priceFen, message: JSON.stringify(plainMessage(message)), signature, digest },
      ...{ nonce, deadline: latest, state: signedOrder.initial, created_at: at, delivery },
    });
    if (!fresh) throw new Refused('already_on_offer');
    await start(tx, signedOrder, {
      ...{ id, at, by: 'maker', actor: userId, due: latest },
      record: { tokenId, priceFen: String(priceFen), delivery, digest },
    });
    return await takeOrder(tx, id);
  });
}

export const plainMessage = (message: object): object =>
  Object.fromEntries(
    Object.entries(message).map(([key, value]) => [
      key,
      typeof value === 'bigint' ? `${value}` : value,
    ]),
  );

async function takeOrder(tx: Tx, id: string): Promise<SignedOrder> {
  const found = await lockOrder(tx, id);
  if (!found) throw new Refused('not_found');
  return found;
}

/**
 * Locks the card of an owner who may put it on offer until `deadline`; `over`: later than this nothing can come of it. Whoever
 * offers a card, at a price or in an auction, goes through here, so that it is offered in one way at a time.
 */
export async function requireOnOffer(
  tx: Tx,
  of: {
    tokenId: Hex;
    owner: Address;
    nonce: bigint;
    deadline: Date;
    over?: Date;
    at: Date;
  },
): Promise<Token> {
  const { tokenId, owner, nonce, deadline, over = deadline, at } = of;
  const known = await tokenBy(tx, tokenId);
  const [token, holding] = [
    known && (await lockToken(tx, known.id)),
    await findHolding(tx, tokenId),
  ];
  if (!token || holding?.owner !== owner) throw new Refused('not_found');
  if (token.state === 'frozen' || holding.state === 'FROZEN') throw new Refused('card_frozen');
  if (holding.state !== 'ACTIVE' || holding.nonce !== nonce || token.state !== 'on_chain')
    throw new Refused('wrong_state', { state: holding.state });
  if (await isLockEnding(tx, [tokenId])) throw new Refused('card_lock_ends');
  requireDeadline(token, { deadline, over, longestMs: ORDER_MS_MAX, at });
  if (await liveAuction(tx, tokenId)) throw new Refused('already_on_offer');
  if (await isPromised(tx, [tokenId])) throw new Refused('wrong_state', { state: 'filling' });
  return token;
}

/** Refused deadline_invalid below half an hour, and where it is `over` after the longest time or the card's last day. */
export function requireDeadline(
  { expires_on: last }: { expires_on: string | null },
  of: { deadline: Date; over?: Date; longestMs: number; at: Date },
): void {
  const { deadline, over = deadline, longestMs, at } = of;
  const until = last ? chinaInstant(last, 24) : plus(at, longestMs);
  const soonest = plus(at, DEADLINE_MS_MIN);
  if (deadline < soonest || over > until || over > plus(at, longestMs))
    throw new Refused('deadline_invalid');
}

export function requireUnderCap({ profile, config }: ChainDeps, price: Fen): void {
  const cap = BigInt(config.SANDBOX_PRICE_CAP_FEN);
  if (profile === 'SANDBOX' && price > cap)
    throw new Refused('price_above_cap', { cap: String(cap) });
}

export interface Buy extends Signed {
  readonly orderId: string;
  readonly epoch: bigint;
  readonly permit?: { readonly valueFen: Fen; readonly deadline: number; readonly signature: Hex };
}

/**
 * Takes an offer at its price: the permit for the money and the pair of signatures go to the chain one after the
 * other. Refusals: not_found, card_frozen, wrong_state, no_reissue, bad_signature, not_admitted, money_short,
 * relay_budget.
 */
export async function buyListing(deps: ChainDeps, input: Buy): Promise<SignedOrder> {
  const { db } = deps;
  const { orderId, userId, walletId, at } = input;
  return await inTransaction(db, async (tx) => {
    await requireRealName(tx, userId);
    const wallet = await requireWallet(tx, { walletId, userId });
    const offered = await findOrder(tx, orderId);
    if (offered) await requireUnpromised(tx, [offered.token_id]);
    const order = await takeOrder(tx, orderId);
    if (order.state !== 'open' || order.deadline <= at)
      throw new Refused('wrong_state', { state: order.state });
    if (order.user_id === userId) throw new Refused('own_offer');
    if (order.delivery === 'reissue') await requireReissue(tx, { order, wallet, at });
    await requireMoney(tx, { wallet, priceFen: order.price_fen, permit: input.permit, at });
    const bid = await signedBid(deps, { order, wallet, ...input });
    const relayId = await sendPair(tx, deps, { order, wallet, bid, buy: input });
    return await changeOrder(tx, order, {
      ...{ transition: 'take', by: 'taker', actor: userId, at, record: { relayId } },
      save: {
        ...{ buyer_id: userId, buyer: wallet.address, relay_id: relayId },
        ...{ bid: JSON.stringify(plainMessage(bid)), bid_signature: input.signature, reason: null },
      },
    });
  });
}

/** Its issuer could have stopped, and the contract takes nobody whose check ends before the issuer may have signed. */
async function requireReissue(
  tx: Tx,
  { order, wallet, at }: { order: SignedOrder; wallet: Wallet; at: Date },
): Promise<void> {
  const token = await tokenBy(tx, order.token_id);
  if (!token || !(await isReissuable(tx, { token, at }))) throw new Refused('no_reissue');
  const { admitted_until: until } = wallet;
  if (until && until <= plus(at, WINDOW_MS_MAX)) throw new Refused('not_admitted');
}

async function signedBid(
  { on }: ChainDeps,
  of: { order: SignedOrder; wallet: Wallet } & Pick<Buy, 'deadline' | 'epoch' | 'signature' | 'at'>,
) {
  const { order, wallet, deadline, epoch, signature, at } = of;
  if (dateOf(deadline) < plus(at, DEADLINE_MS_MIN)) throw new Refused('deadline_invalid');
  const message = bidMessage({
    ...{ tokenId: order.token_id, bidder: wallet.address, priceFen: order.price_fen },
    ...{ deadline, nonce: order.nonce, epoch },
  });
  await requireSigner(hashTypedData(typed('Bid', on.domains.exchange, message)), signature, wallet);
  return message;
}

async function sendPair(
  tx: Tx,
  deps: ChainDeps,
  of: { order: SignedOrder; wallet: Wallet; bid: ReturnType<typeof bidMessage>; buy: Buy },
): Promise<string> {
  const { on, config } = deps;
  const { order, wallet, bid, buy } = of;
  const { userId, at, permit } = buy;
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  const common = { subject: order.id, userId, at };
  let after: string | undefined;
  if (permit) after = await sendPermit(tx, deps, { subject: order.id, wallet, permit, at });
  const listing = listingMessage({
    ...{ tokenId: order.token_id, priceFen: order.price_fen, nonce: order.nonce },
    delivery: order.delivery as Delivery,
    deadline: Math.floor(order.deadline.getTime() / 1000),
  });
  return await relay(tx, sender, {
    ...{ ...common, purpose: 'match', to: on.exchange, gasMax: MATCH_GAS },
    ...(after !== undefined && { after }),
    data: encodeFunctionData({
      ...{ abi: exchangeAbi, functionName: 'matchOrders' },
      args: [listing, compactSignature(order.signature), bid, compactSignature(buy.signature)],
    }),
  });
}

export type Permit = NonNullable<Buy['permit']>;

/**
 * A wallet that may pay this much when its bid is filled: the money is not set aside. Refusals: not_admitted, money_short,
 * permit_needed.
 */
export async function requireMoney(
  tx: Tx,
  of: { wallet: Wallet; priceFen: bigint; permit?: Permit | undefined; at: Date },
): Promise<void> {
  const { wallet, priceFen, permit, at } = of;
  const { admitted_until: until } = wallet;
  if (!until || until <= at) throw new Refused('not_admitted');
  if ((await balanceOfAddress(tx, wallet.address)) < priceFen) throw new Refused('money_short');
  if (permit ? permit.valueFen < priceFen : wallet.allowance < priceFen)
    throw new Refused('permit_needed');
}

/** The permit goes to the money; gives the transaction that carries it. Refused bad_signature, relay_budget. */
export async function sendPermit(
  tx: Tx,
  deps: ChainDeps,
  of: { subject: string; wallet: Wallet; permit: Permit; at: Date },
): Promise<string> {
  const { on, config } = deps;
  const { subject, permit, at } = of;
  // Two at once take turns: the second has signed for a number that is gone.
  const wallet = await lockWallet(tx, of.wallet.id);
  if (!wallet) throw new Refused('not_found');
  await requirePermit(deps, wallet, permit);
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  const after = await livePermit(tx, wallet.user_id);
  const number = wallet.permit_nonce;
  await saveWallet(tx, wallet.id, { permit_nonce: number + 1n });
  const relayId = await relay(tx, sender, {
    ...{ purpose: 'permit', subject, userId: wallet.user_id, at },
    ...{ to: on.money, gasMax: PERMIT_GAS, ...(after !== undefined && { after }) },
    data: permitCall(wallet.address, on.exchange, permit),
  });
  await insertPermit(tx, { relay_id: relayId, owner: wallet.address, number });
  return relayId;
}

async function requirePermit(deps: ChainDeps, wallet: Wallet, permit: Permit): Promise<void> {
  const { on } = deps;
  const message = {
    ...{ owner: wallet.address, spender: on.exchange, value: permit.valueFen },
    ...{ nonce: wallet.permit_nonce, deadline: BigInt(permit.deadline) },
  };
  const digest = hashTypedData(typed('Permit', on.domains.money, message));
  await requireSigner(digest, permit.signature, wallet);
}

function permitCall(owner: Address, spender: Address, permit: Permit): Hex {
  const { signature } = permit;
  const [r, s, v]: [Hex, Hex, number] = [
    `0x${signature.slice(2, 66)}`,
    `0x${signature.slice(66, 130)}`,
    Number.parseInt(signature.slice(130), 16),
  ];
  return encodeFunctionData({
    ...{ abi: moneyAbi, functionName: 'permit' },
    args: [owner, spender, permit.valueFen, BigInt(permit.deadline), v < 27 ? v + 27 : v, r, s],
  });
}

type OrderStep = Omit<Move<typeof signedOrder>, 'id'> & {
  readonly save?: Parameters<typeof saveOrder>[2];
};

export async function changeOrder(
  tx: Tx,
  before: SignedOrder,
  step: OrderStep,
): Promise<SignedOrder> {
  const { save = {}, ...rest } = step;
  const after = await move(tx, signedOrder, { ...rest, id: before.id });
  await saveOrder(tx, before.id, { ...save, state: after.state });
  return await takeOrder(tx, before.id);
}

/**
 * The house does not bring this offer to the contract any more. Whoever has copied the signature can, until the card's
 * number of orders is raised by `cancelAll`, which only the owner's wallet can send.
 */
export async function cancelListing(
  deps: ChainDeps,
  { orderId, userId, at }: { orderId: string; userId: string; at: Date },
): Promise<SignedOrder> {
  return await inTransaction(deps.db, async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (order?.user_id !== userId) throw new Refused('not_found');
    return await changeOrder(tx, order, { transition: 'cancel', by: 'maker', actor: userId, at });
  });
}

/** How the transaction of a pair ended: a no from the contract puts the offer back, or ends it where it can never fill. */
export async function matchEnded(
  tx: Tx,
  { subject, state, error }: { subject: string | null; state: string; error: string | null },
  at: Date,
): Promise<void> {
  if (subject === null || state === 'mined') return;
  const order = await lockOrder(tx, subject);
  if (order?.state !== 'filling') return;
  const holding = await findHolding(tx, order.token_id);
  const alive =
    holding?.owner === order.signer && holding.nonce === order.nonce && order.deadline > at;
  const none = { buyer_id: null, buyer: null, bid: null, bid_signature: null, relay_id: null };
  await changeOrder(tx, order, {
    ...{
      transition: alive ? 'put_back' : 'annul',
      by: 'system',
      at,
      record: { reason: error ?? state },
    },
    ...(alive && { due: order.deadline }),
    save: { ...none, reason: error ?? state },
  });
}

/** The chain settled a sale, by whatever way: the offer on it is filled, and the sale is written down. */
export async function sold(
  tx: Tx,
  { block, index, tokenId, args, at }: Told & LogOf<'Settled'>,
): Promise<void> {
  const { seller, buyer, price, fee, charity, net } = args;
  await insertSale(tx, {
    ...{ block, index, token_id: tokenId, seller, buyer, at },
    ...{ price_fen: BigInt(price), fee_fen: BigInt(fee) },
    ...{ charity_fen: BigInt(charity), net_fen: BigInt(net) },
  });
  const order = await lockLiveOrder(tx, tokenId);
  if (!order) return;
  const matched = order.signer === seller && order.price_fen === BigInt(price);
  await changeOrder(tx, order, {
    ...{ transition: matched ? 'settle' : 'annul', by: 'system', at },
    record: { priceFen: price, block: String(block) },
    ...(matched && { save: { buyer, buyer_id: (await walletAt(tx, buyer))?.user_id ?? null } }),
  });
}

/** The card changed hands or its orders were cancelled: an offer with an older number can never fill. */
export async function voidOlder(tx: Tx, tokenId: Hex, at: Date): Promise<void> {
  const order = await lockLiveOrder(tx, tokenId);
  const holding = await findHolding(tx, tokenId);
  if (!order || !holding || order.nonce >= holding.nonce) return;
  await changeOrder(tx, order, {
    ...{ transition: 'annul', by: 'system', at, record: { reason: 'nonce' } },
    save: { reason: 'nonce' },
  });
}

export const feeBps = FEE_BPS;
export const feeFen = feeOf;
export const mayTrade = ({ profile }: ChainDeps): boolean => hasFeature(profile, 'sale');

export function orderClock(): Record<string, ClockHandler> {
  return {
    signed_order: async (db, { id, transition, at }) =>
      await inTransaction(db, async (tx) => {
        const before = await findOrder(tx, id);
        if (!before) return;
        const step = { transition: transition as 'lapse', by: 'clock', at } as const;
        await changeOrder(tx, await takeOrder(tx, before.id), step);
      }),
  };
}
