/**
 * Delivery against payment (M2): the buyer's bid names a key of its own, the seller's wallet sends the secret encrypted to
 * it and takes the money in the same transaction. The house keeps bids, follows the chain and frees bonds; it is given
 * neither the buyer's key nor the seller's words.
 */
import assert from 'node:assert/strict';
import type { Address, Hex } from 'viem';
import {
  encodeAbiParameters,
  encodeFunctionData,
  hashStruct,
  hashTypedData,
  keccak256,
  pad,
  publicKeyToAddress,
} from 'viem/utils';
import { exchangeAbi } from '#contracts';
import { requireRealName } from '#parties';
import { type Fen, HOUR, inTransaction, newId, plus, Refused, type Tx } from '#platform';
import { type ClockHandler, type Move, move, start } from '#process';
import { DELIVERY_BID_MS_MAX, deliveryLife, READ_LATE_MS } from './delivery-life.ts';
import {
  type Delivery,
  insertDelivery,
  lockByRecord,
  lockDelivery,
  lockOffered,
  type StoredSeal,
  saveDelivery,
} from './delivery-store.ts';
import type { ChainDeps, ExchangeDeps } from './deps.ts';
import { typed } from './domain.ts';
import { isLockEnding } from './lock-store.ts';
import type { LogOf, Told } from './log.ts';
import { findHolding } from './log-store.ts';
import { isReissuing } from './reissue-store.ts';
import { relay } from './relay.ts';
import { deliveryBid, MESSAGES } from './schema.ts';
import { findToken, lockToken, type Token, tokenBy, type Wallet, walletAt } from './store.ts';
import { changeToken } from './token.ts';
import {
  dateOf,
  type Permit,
  requireMoney,
  requireSigner,
  requireUnderCap,
  sendPermit,
} from './trade.ts';
import { lookSoon, requireWallet } from './wallet.ts';

const RELEASE_GAS = 150_000n;
const DEADLINE_MS_MIN = HOUR / 2;
const MS_A_SECOND = 1000;
const secondsOf = (at: Date): number => Math.floor(at.getTime() / MS_A_SECOND);

export interface BidForSecret {
  readonly userId: string;
  readonly walletId: string;
  readonly tokenRef: string;
  readonly priceFen: Fen;
  readonly publicKey: Hex;
  readonly deadline: number;
  readonly epoch: bigint;
  readonly signature: Hex;
  readonly permit?: Permit | undefined;
  readonly at: Date;
}

/**
 * A bid that only its seller's delivery fills. The price stays in the buyer's wallet until then. Refusals: not_found,
 * wrong_state, own_offer, no_own_secret, bad_signature, deadline_invalid, not_admitted, money_short, permit_needed,
 * already_bid, relay_budget.
 */
export async function bidForSecret(deps: ChainDeps, input: BidForSecret): Promise<Delivery> {
  const { db } = deps;
  const { userId, at, priceFen, permit } = input;
  return await inTransaction(db, async (tx) => {
    await requireRealName(tx, userId);
    const wallet = await requireWallet(tx, { walletId: input.walletId, userId });
    const { token, seller, nonce } = await deliverable(tx, input.tokenRef);
    if (seller.user_id === userId) throw new Refused('own_offer');
    requireUnderCap(deps, priceFen);
    await requireMoney(tx, { wallet, priceFen, permit, at });
    const { digest, session } = await requireBid(deps, { token, wallet, nonce, input });
    const id = newId(at);
    const fresh = await insertDelivery(tx, {
      ...{ id, token_ref: token.id, token_id: token.token_id ?? '', price_fen: priceFen },
      ...{ seller_id: seller.user_id, seller: seller.address },
      ...{ buyer_id: userId, buyer: wallet.address, public_key: input.publicKey, session },
      ...{ nonce, epoch: input.epoch, deadline: dateOf(input.deadline), digest },
      ...{ signature: input.signature, state: deliveryLife.initial, created_at: at },
    });
    if (!fresh) throw new Refused('already_bid');
    if (permit) await sendPermit(tx, deps, { subject: id, wallet, permit, at });
    await start(tx, deliveryLife, {
      ...{ id, at, by: 'buyer', actor: userId },
      due: plus(dateOf(input.deadline), READ_LATE_MS),
      record: { tokenId: token.token_id, priceFen: String(priceFen), digest },
    });
    return await take(tx, id);
  });
}

/** The card lies with a wallet of who brought it, and its issuer has not replaced the secret. */
async function deliverable(
  tx: Tx,
  tokenRef: string,
): Promise<{ token: Token; seller: Wallet; nonce: bigint }> {
  const token = await findToken(tx, tokenRef);
  const holding = token?.token_id ? await findHolding(tx, token.token_id) : undefined;
  const seller = holding?.owner && (await walletAt(tx, holding.owner));
  if (!token || !holding || !seller) throw new Refused('not_found');
  if (token.state === 'frozen' || holding.state === 'FROZEN') throw new Refused('card_frozen');
  if (token.state !== 'on_chain' || holding.state !== 'ACTIVE')
    throw new Refused('wrong_state', { state: holding.state });
  if (!token.own_secret || seller.user_id !== token.user_id) throw new Refused('no_own_secret');
  if (await isLockEnding(tx, [token.token_id as Hex])) throw new Refused('card_lock_ends');
  // Its issuer may have renewed the secret.
  if (await isReissuing(tx, token.token_id ?? ''))
    throw new Refused('wrong_state', { state: 'filling' });
  return { token, seller, nonce: holding.nonce };
}

async function requireBid(
  { on }: ChainDeps,
  of: { token: Token; wallet: Wallet; nonce: bigint; input: BidForSecret },
): Promise<{ digest: Hex; session: Address }> {
  const { token, wallet, nonce, input } = of;
  const { deadline, at } = input;
  const latest = plus(at, DELIVERY_BID_MS_MAX);
  if (dateOf(deadline) < plus(at, DEADLINE_MS_MIN) || dateOf(deadline) > latest)
    throw new Refused('deadline_invalid');
  const session = publicKeyToAddress(input.publicKey).toLowerCase() as Address;
  const { token_id: tokenId, secret_commit: secretCommit } = token;
  assert(tokenId && secretCommit, 'what is on the chain has an id and a commitment');
  const message = deliveryBid({
    ...{ tokenId, bidder: wallet.address, priceFen: input.priceFen, session, deadline, nonce },
    ...{ secretCommit: secretCommit as Hex, epoch: input.epoch },
  });
  const digest = hashTypedData(typed('Bid', on.domains.exchange, message));
  await requireSigner(digest, input.signature, wallet);
  return { digest, session };
}

async function take(tx: Tx, id: string): Promise<Delivery> {
  const found = await lockDelivery(tx, id);
  if (!found) throw new Refused('not_found');
  return found;
}

type Step = Omit<Move<typeof deliveryLife>, 'id'> & {
  readonly save?: Parameters<typeof saveDelivery>[2];
};

async function change(tx: Tx, before: Delivery, step: Step): Promise<void> {
  const { save = {}, ...rest } = step;
  const after = await move(tx, deliveryLife, { ...rest, id: before.id });
  await saveDelivery(tx, before.id, { ...save, state: after.state });
}

/**
 * What the card was bound to when it was attested. Only for who brought it and still holds it, who needs it to deliver;
 * by itself it opens nothing.
 */
export async function saltFor(
  { db, keys }: ChainDeps,
  { id, userId }: { id: string; userId: string },
): Promise<Hex> {
  return await inTransaction(db, async (tx) => {
    const { token, seller } = await deliverable(tx, id);
    if (seller.user_id !== userId || !token.salt) throw new Refused('not_found');
    return pad(keys.open('exchange/salt', token.salt, token.id) as Hex, { size: 32 });
  });
}

// ------------------------------------------------------------------ what the chain says

/** In the transaction that marks the log as followed. */
export async function deliveryTold(tx: Tx, log: Told, at: Date): Promise<void> {
  if (log.event === 'Delivered') await delivered(tx, log, at);
  if (log.event === 'WrongDelivery') await proven(tx, log, at);
  if (log.event === 'BondReleased') await released(tx, log, at);
}

/** Which of the bids was filled is told by the hash under which the contract remembers it. */
async function delivered(
  tx: Tx,
  { tokenId, args }: Told & LogOf<'Delivered'>,
  at: Date,
): Promise<void> {
  const { recordHash, until, secret: sealed } = args;
  const token = await tokenBy(tx, tokenId);
  for (const one of await lockOffered(tx, { tokenId })) {
    if (!token || recordHashOf(one, { token, until, sealed }) !== recordHash) continue;
    await change(tx, one, {
      ...{ transition: 'deliver', by: 'system', at, due: plus(dateOf(until), RELEASE_LATER_MS) },
      record: { recordHash },
      save: {
        ...{ until: dateOf(until), sealed: JSON.stringify(sealed) },
        record_hash: recordHash,
      },
    });
  }
}
/** The chain's clock has to be past the end too. */
const RELEASE_LATER_MS = 60_000;

export function bidOf(one: Delivery, token: Token) {
  const { token_id: tokenId, buyer: bidder, price_fen: priceFen, session, nonce, epoch } = one;
  const secretCommit = token.secret_commit as Hex;
  const deadline = secondsOf(one.deadline);
  return deliveryBid({
    ...{ tokenId, bidder, priceFen, session, secretCommit, deadline, nonce, epoch },
  });
}

const SEALED = {
  type: 'tuple',
  components: [
    { name: 'x', type: 'uint256' },
    { name: 'v', type: 'uint8' },
    { name: 'c', type: 'bytes32[3]' },
  ],
} as const;

/** As `_recordHash` of ExchangeBase. */
function recordHashOf(
  one: Delivery,
  { token, until, sealed }: { token: Token; until: number; sealed: StoredSeal },
): Hex {
  const bid = hashStruct({
    ...{ data: bidOf(one, token), primaryType: 'Bid', types: { Bid: MESSAGES.Bid } },
  });
  return keccak256(
    encodeAbiParameters(
      [{ type: 'bytes32' }, { type: 'address' }, { type: 'uint256' }, SEALED],
      [bid, one.seller, BigInt(until), { ...sealed, x: BigInt(sealed.x) }],
    ),
  );
}

/** The buyer has the seller's bond; nobody can say who knows the secret now, so the card stands still here too. */
async function proven(
  tx: Tx,
  { tokenId, args }: Told & LogOf<'WrongDelivery'>,
  at: Date,
): Promise<void> {
  const token = await tokenBy(tx, tokenId);
  const held = token && (await lockToken(tx, token.id));
  if (held?.state === 'on_chain')
    await changeToken(tx, held, {
      ...{ transition: 'freeze', by: 'system', at, record: { reason: 'WRONG_DELIVERY' } },
      save: { reason: 'WRONG_DELIVERY' },
    });
  const { recordHash, paid } = args;
  const one = await lockByRecord(tx, recordHash);
  if (one?.state !== 'delivered' && one?.state !== 'releasing') return;
  await change(tx, one, { transition: 'prove', by: 'system', at, record: { paid } });
  await lookAtBoth(tx, one);
}

async function released(tx: Tx, { args }: LogOf<'BondReleased'>, at: Date): Promise<void> {
  const one = await lockByRecord(tx, args.recordHash);
  if (one?.state !== 'delivered' && one?.state !== 'releasing') return;
  await change(tx, one, { transition: 'close', by: 'system', at });
  await lookAtBoth(tx, one);
}

async function lookAtBoth(tx: Tx, { seller, buyer }: Delivery): Promise<void> {
  for (const address of [seller, buyer]) {
    const wallet = await walletAt(tx, address);
    if (wallet) await lookSoon(tx, wallet.id);
  }
}

/** The card has another number of orders, or the buyer has voided all bids: what is older can never fill. */
export async function voidBids(
  tx: Tx,
  of: { tokenId: Hex } | { buyer: string; epoch: bigint },
  at: Date,
): Promise<void> {
  const holding = 'tokenId' in of ? await findHolding(tx, of.tokenId) : undefined;
  for (const one of await lockOffered(tx, of)) {
    const alive = 'epoch' in of ? one.epoch >= of.epoch : one.nonce >= (holding?.nonce ?? 0n);
    if (alive) continue;
    await change(tx, one, {
      ...{ transition: 'annul', by: 'system', at, record: { reason: 'nonce' } },
      save: { reason: 'nonce' },
    });
  }
}

/** Bids lapse by themselves; after the window the house frees the bond, which anyone may. */
export function deliveryClock(deps: ExchangeDeps): Record<string, ClockHandler> {
  return {
    delivery: async (db, { id, transition, at }) =>
      await inTransaction(db, async (tx) => {
        const before = await lockDelivery(tx, id);
        if (!before) return;
        await change(tx, before, { transition: transition as 'lapse', by: 'clock', at });
        const free = transition === 'window_over' || transition === 'release_again';
        if (free) await freeBond(tx, deps, before, at);
      }),
  };
}

async function freeBond(tx: Tx, deps: ExchangeDeps, one: Delivery, at: Date): Promise<void> {
  const { on, config } = deps;
  const token = await findToken(tx, one.token_ref);
  assert(on && token && one.sealed && one.until, 'what was delivered has its record');
  const { x, v, c } = one.sealed;
  const secret = { x: BigInt(x), v, c };
  const record = {
    bid: bidOf(one, token),
    seller: one.seller,
    until: secondsOf(one.until),
    secret,
  };
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  await relay(tx, sender, {
    ...{ purpose: 'release', subject: one.id, to: on.exchange, gasMax: RELEASE_GAS, at },
    data: encodeFunctionData({ abi: exchangeAbi, functionName: 'releaseBond', args: [record] }),
  });
}
