/**
 * Swaps, card for card with money on top: the maker's wallet signs the offer, the other side's wallet sends it to the
 * contract by its own transaction. Both secrets stay in the vault and belong to the new holders.
 */
import type { Hex } from 'viem';
import { decodeFunctionData, encodeFunctionData, hashTypedData, numberToHex } from 'viem/utils';
import { exchangeAbi } from '#contracts';
import { compactSignature } from '#contracts/messages';
import { requireRealName } from '#parties';
import { type Fen, inTransaction, newId, type Reader, Refused, type Tx } from '#platform';
import { type ClockHandler, type Move, move, start } from '#process';
import { secondsOf } from './bid.ts';
import type { ChainDeps } from './deps.ts';
import { typed } from './domain.ts';
import type { LogOf } from './log.ts';
import { balanceOfAddress, findHolding } from './log-store.ts';
import { canHonour, type Held, heldCard } from './offer.ts';
import { probeSoon } from './probe-soon.ts';
import { requireUnpromised } from './promise-store.ts';
import { passRaw, readRaw } from './raw.ts';
import type { Relay } from './relay-store.ts';
import { swapMessage } from './schema.ts';
import { tokenBy, type Wallet } from './store.ts';
import { SWAP_MS_MAX, swapLife } from './swap-life.ts';
import {
  findSwap,
  insertSwap,
  isSwap,
  lockLiveSwaps,
  lockSwap,
  type Swap,
  saveSwap,
} from './swap-store.ts';
import {
  dateOf,
  type Permit,
  requireDeadline,
  requireMoney,
  requireSigner,
  requireUnderCap,
  sendPermit,
} from './trade.ts';
import { requireWallet } from './wallet.ts';

export interface ProposeSwap {
  readonly userId: string;
  readonly walletId: string;
  /** Which of my cards, and for which of somebody else's: our own ids. */
  readonly give: string;
  readonly want: string;
  readonly topUpFen: Fen;
  readonly makerPays: boolean;
  /** Unix seconds. */
  readonly deadline: number;
  readonly epoch: bigint;
  readonly signature: Hex;
  readonly permit?: Permit | undefined;
  readonly at: Date;
}

/**
 * What the maker pays on top stays in the wallet until the other side accepts. Refusals: not_found, wrong_state, own_token,
 * price_above_cap, deadline_invalid, not_admitted, money_short, permit_needed, bad_signature, offer_exists, relay_budget.
 */
export async function proposeSwap(deps: ChainDeps, input: ProposeSwap): Promise<Swap> {
  const { userId, topUpFen, makerPays, permit, at } = input;
  return await inTransaction(deps.db, async (tx) => {
    await requireRealName(tx, userId);
    const wallet = await requireWallet(tx, { walletId: input.walletId, userId });
    const [give, want] = [await heldCard(tx, input.give), await heldCard(tx, input.want)];
    if (give.owner.id !== wallet.id) throw new Refused('not_found');
    if (want.owner.user_id === userId) throw new Refused('own_token');
    if (makerPays && topUpFen === 0n) throw new Refused('invalid_input');
    requireUnderCap(deps, topUpFen);
    for (const { token } of [give, want])
      requireDeadline(token, { deadline: dateOf(input.deadline), longestMs: SWAP_MS_MAX, at });
    await requireMoney(tx, { wallet, priceFen: makerPays ? topUpFen : 0n, permit, at });
    const id = await keep(tx, deps, { input, wallet, give, want });
    if (permit) await sendPermit(tx, deps, { subject: id, wallet, permit, at });
    return await take(tx, id);
  });
}

async function keep(
  tx: Tx,
  { on }: ChainDeps,
  of: { input: ProposeSwap; wallet: Wallet; give: Held; want: Held },
): Promise<string> {
  const { input, wallet, give, want } = of;
  const { userId, topUpFen, makerPays, epoch, at } = input;
  const [giveId, wantId] = [give.token.token_id, want.token.token_id];
  const message = swapMessage({
    ...{ give: giveId, want: wantId, topUpFen, makerPays, epoch },
    ...{ nonce: give.holding.nonce, deadline: input.deadline },
  });
  const digest = hashTypedData(typed('SwapOffer', on.domains.exchange, message));
  await requireSigner(digest, input.signature, wallet);
  const id = newId(at);
  const deadline = dateOf(input.deadline);
  const fresh = await insertSwap(tx, {
    ...{ id, give_ref: give.token.id, give_id: giveId, want_ref: want.token.id, want_id: wantId },
    ...{ maker_id: userId, maker: wallet.address, taker_id: want.owner.user_id },
    ...{ taker: want.owner.address, top_up_fen: topUpFen, maker_pays: makerPays },
    ...{ nonce: give.holding.nonce, want_nonce: want.holding.nonce, epoch, deadline, digest },
    ...{ signature: input.signature, state: swapLife.initial, created_at: at },
  });
  if (!fresh) throw new Refused('offer_exists');
  await start(tx, swapLife, {
    ...{ id, at, by: 'maker', actor: userId, due: deadline },
    record: { give: giveId, want: wantId, topUpFen: String(topUpFen), makerPays, digest },
  });
  return id;
}

async function take(tx: Tx, id: string): Promise<Swap> {
  const found = await lockSwap(tx, id);
  if (!found) throw new Refused('not_found');
  return found;
}

type Step = Omit<Move<typeof swapLife>, 'id'> & { readonly save?: Parameters<typeof saveSwap>[2] };

async function change(tx: Tx, before: Swap, step: Step): Promise<Swap> {
  const { save = {}, ...rest } = step;
  const after = await move(tx, swapLife, { ...rest, id: before.id });
  await saveSwap(tx, before.id, { ...save, state: after.state });
  return await take(tx, before.id);
}

/** Would the contract take the offer from its maker now? One that cannot pay is shown to nobody but who made it. */
export const isSwapFunded = async (reader: Reader, of: Swap, at: Date): Promise<boolean> =>
  await canHonour(reader, {
    ...{ address: of.maker, sumFen: of.maker_pays ? of.top_up_fen : 0n, epoch: of.epoch, at },
  });

const messageOf = (of: Swap) =>
  swapMessage({
    ...{ give: of.give_id, want: of.want_id, topUpFen: of.top_up_fen, makerPays: of.maker_pays },
    ...{ nonce: of.nonce, epoch: of.epoch, deadline: secondsOf(of.deadline) },
  });

/**
 * The other side's own transaction, which the house reads first: this very swap, alone or after a permit for the top-up.
 * Refusals: not_found, wrong_state, not_admitted, money_short, offer_unfunded, bad_signature, relay_budget, nonce_used.
 */
export async function acceptSwap(
  deps: ChainDeps,
  input: { swapId: string; userId: string; walletId: string; raw: Hex; at: Date },
): Promise<Swap> {
  const { swapId, userId, raw, at } = input;
  const call = await readRaw(deps, raw);
  return await inTransaction(deps.db, async (tx) => {
    await requireRealName(tx, userId);
    const seen = await findSwap(tx, swapId);
    if (seen?.taker_id !== userId) throw new Refused('not_found');
    await requireUnpromised(tx, [seen.give_id, seen.want_id]);
    const swap = await take(tx, swapId);
    if (swap.state !== 'open' || swap.deadline <= at)
      throw new Refused('wrong_state', { state: swap.state });
    const wallet = await requireWallet(tx, { walletId: input.walletId, userId });
    await requireBothHeld(tx, swap, wallet);
    await requireTaker(tx, { swap, wallet, at });
    if (!(await isSwapFunded(tx, swap, at))) throw new Refused('offer_unfunded');
    if (!isThisSwap(swap, call.data)) throw new Refused('bad_signature');
    const relayId = await passRaw(tx, deps, {
      ...{ call, raw, wallet, at, purpose: 'swap', subject: swap.id },
    });
    return await change(tx, swap, {
      ...{ transition: 'accept', by: 'taker', actor: userId, at, record: { relayId } },
      save: { relay_id: relayId, reason: null },
    });
  });
}

async function requireBothHeld(tx: Tx, swap: Swap, wallet: Wallet): Promise<void> {
  const [give, want] = [await heldCard(tx, swap.give_ref), await heldCard(tx, swap.want_ref)];
  const asSigned =
    give.holding.owner === swap.maker &&
    give.holding.nonce === swap.nonce &&
    want.holding.owner === wallet.address &&
    want.holding.nonce === swap.want_nonce;
  if (!asSigned) throw new Refused('wrong_state', { state: swap.state });
}

async function requireTaker(
  tx: Tx,
  { swap, wallet, at }: { swap: Swap; wallet: Wallet; at: Date },
): Promise<void> {
  const { admitted_until: until, address } = wallet;
  if (!until || until <= at) throw new Refused('not_admitted');
  const pays = swap.maker_pays ? 0n : swap.top_up_fen;
  if ((await balanceOfAddress(tx, address)) < pays) throw new Refused('money_short');
}

function isThisSwap(swap: Swap, data: Hex): boolean {
  const wanted = encodeFunctionData({
    ...{ abi: exchangeAbi, functionName: 'swap' },
    args: [messageOf(swap), compactSignature(swap.signature)],
  });
  if (data === wanted) return true;
  const { functionName, args } = decodeFunctionData({ abi: exchangeAbi, data });
  if (functionName !== 'multicall') return false;
  const [calls] = args;
  const [first, last] = calls;
  if (calls.length !== 2 || !first || last !== wanted) return false;
  return decodeFunctionData({ abi: exchangeAbi, data: first }).functionName === 'permitMoney';
}

/** Taken back by who made it, or declined by who was asked. Refused not_found, wrong_state. */
export async function endSwap(
  deps: ChainDeps,
  of: { swapId: string; userId: string; how: 'withdraw' | 'refuse'; at: Date },
): Promise<Swap> {
  const { swapId, userId, how, at } = of;
  return await inTransaction(deps.db, async (tx) => {
    const swap = await lockSwap(tx, swapId);
    const who = how === 'withdraw' ? swap?.maker_id : swap?.taker_id;
    if (!swap || who !== userId) throw new Refused('not_found');
    const by = how === 'withdraw' ? 'maker' : 'taker';
    return await change(tx, swap, { transition: how, by, actor: userId, at });
  });
}

// ------------------------------------------------------------------ what the chain says

/** How the transaction ended that was to swap: a no puts the offer back, or ends it where it can never be settled. */
export async function swapEnded(
  tx: Tx,
  { subject, state, error }: Pick<Relay, 'subject' | 'state' | 'error'>,
  at: Date,
): Promise<void> {
  if (subject === null || state === 'mined') return;
  const swap = await lockSwap(tx, subject);
  if (swap?.state !== 'filling') return;
  const alive = !(await isOutdated(tx, swap)) && swap.deadline > at;
  const reason = error ?? state;
  await change(tx, swap, {
    ...{ transition: alive ? 'put_back' : 'annul', by: 'system', at, record: { reason } },
    ...(alive && { due: swap.deadline }),
    save: { relay_id: null, reason },
  });
}

async function isOutdated(reader: Reader, swap: Swap): Promise<boolean> {
  const [give, want] = [
    await findHolding(reader, swap.give_id),
    await findHolding(reader, swap.want_id),
  ];
  return (give?.nonce ?? 0n) > swap.nonce || (want?.nonce ?? 0n) > swap.want_nonce;
}

/** Both cards have changed hands: this swap is done, every other about one of them can never be. */
export async function swapped(
  tx: Tx,
  { args, block, index }: LogOf<'Swapped' | 'SwappedWithTopUp'>,
  at: Date,
): Promise<void> {
  const idOf = (id: string): Hex => numberToHex(BigInt(id), { size: 32 });
  const [give, want] = [idOf(args.give), idOf(args.want)];
  // An even swap is told by an event of its own, which names no money.
  const topUp = 'topUp' in args ? BigInt(args.topUp) : 0n;
  for (const swap of await lockLiveSwaps(tx, { tokenIds: [give, want] })) {
    const done = swap.give_id === give && swap.want_id === want && swap.top_up_fen === topUp;
    await change(tx, swap, {
      ...{ transition: done ? 'settle' : 'annul', by: 'system', at },
      ...(!done && { save: { reason: 'swapped' } }),
    });
  }
  // What each got is attested on the chain, as after a sale.
  for (const id of [give, want]) {
    const token = await tokenBy(tx, id);
    if (token) await probeSoon(tx, token.id, `swap-${block}-${index}`);
  }
}

/** One of its cards has another number, or the maker has voided all: what is older can never be settled. */
export async function voidSwaps(
  tx: Tx,
  of: { tokenId: Hex; hash: string } | { maker: string; epoch: bigint },
  at: Date,
): Promise<void> {
  const live = await lockLiveSwaps(tx, 'maker' in of ? of : { tokenIds: [of.tokenId] });
  for (const swap of live) {
    const dead = 'maker' in of ? swap.epoch < of.epoch : await isOutdated(tx, swap);
    if (!dead || ('hash' in of && (await isSwap(tx, of.hash)))) continue;
    await change(tx, swap, {
      ...{ transition: 'annul', by: 'system', at, record: { reason: 'nonce' } },
      save: { reason: 'nonce' },
    });
  }
}

export function swapClock(): Record<string, ClockHandler> {
  return {
    swap: async (db, { id, transition, at }) =>
      await inTransaction(db, async (tx) => {
        const swap = await lockSwap(tx, id);
        if (swap) await change(tx, swap, { transition: transition as 'lapse', by: 'clock', at });
      }),
  };
}
