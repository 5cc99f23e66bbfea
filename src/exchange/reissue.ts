/**
 * Sales by re-issue (M1): the contract holds card and price, the issuer gives the card a new PIN and signs for it, and the
 * contract pays out on that word or pays back when its window is over. Whoever has the card in the end finds the secret
 * that is good in the vault: what the issuer brought takes the old one's place as soon as it is known, whatever follows.
 */
import assert from 'node:assert/strict';
import type { Hex } from 'viem';
import { encodeFunctionData } from 'viem/utils';
import { openReissue, type ReissueTold, reissueCard, settleReissue, takeOver } from '#cards';
import { exchangeAbi } from '#contracts';
import { compactSignature } from '#contracts/messages';
import { DAY, inTransaction, newId, plus, Refused, type Tx } from '#platform';
import { type ClockHandler, type Move, move, start } from '#process';
import { stopCard } from './case.ts';
import type { ChainDeps, ExchangeDeps } from './deps.ts';
import { ZERO } from './domain.ts';
import { fold } from './fold.ts';
import type { LogOf, Told } from './log.ts';
import { logsOf } from './log-store.ts';
import { probeSoon } from './probe-soon.ts';
import {
  REFUND_LATER_MS,
  RESOLVE_MS,
  type ReissueTransition,
  reissueLife,
  WINDOW_MS_MAX,
} from './reissue-life.ts';
import {
  type Ending,
  findReissue,
  insertReissue,
  isUnanswered,
  lockHeld,
  lockReissue,
  type Reissue,
  saveReissue,
} from './reissue-store.ts';
import { type Asked, faultIn, reissuedMessage } from './reissue-word.ts';
import { reissuersOf } from './reissuer.ts';
import { relay } from './relay.ts';
import { anyUnderWay, type Relay } from './relay-store.ts';
import {
  findToken,
  lockLiveOrder,
  lockOrder,
  lockToken,
  type SignedOrder,
  saveToken,
  type Token,
  tokenBy,
  walletAt,
} from './store.ts';
import { changeToken } from './token.ts';
import { changeOrder, dateOf } from './trade.ts';

export const REISSUE_TASK = 'exchange.reissue';
const CONFIRM = 'reissue_confirm';
const REFUND = 'reissue_refund';
const CONFIRM_GAS = 250_000n;
const REFUND_GAS = 150_000n;
/** The word stays good while somebody may still have to bring it to the contract. */
const WORD_LATER_MS = 4 * DAY;
const MS_A_SECOND = 1000;
const secondsOf = (at: Date): number => Math.floor(at.getTime() / MS_A_SECOND);

type Step = Omit<Move<typeof reissueLife>, 'id'> & {
  readonly save?: Parameters<typeof saveReissue>[2];
};

async function change(tx: Tx, before: Reissue, step: Step): Promise<void> {
  const { save = {}, ...rest } = step;
  const after = await move(tx, reissueLife, { ...rest, id: before.id });
  await saveReissue(tx, before.id, { ...save, state: after.state });
}

const job = (id: string) => ({ task: REISSUE_TASK, payload: { reissueId: id } });

/** A loop keeps the deadline with which its state was entered. */
const promised = (now: Reissue, at: Date): Date =>
  now.state === 'resolving' && now.ask_until ? now.ask_until : dueOf(now, at);

/** When the money goes back; the table's longest where the chain's clock is far ahead of ours. */
function dueOf({ until }: Pick<Reissue, 'until'>, at: Date): Date {
  const [due, latest] = [plus(until, REFUND_LATER_MS), plus(at, WINDOW_MS_MAX)];
  return due < latest ? due : latest;
}

// ------------------------------------------------------------------ what the chain says

/** In the transaction that marks the log as followed; before what was signed for the card is voided. */
export async function reissueTold(tx: Tx, log: Told, at: Date): Promise<void> {
  if (log.event === 'Held') await held(tx, log, at);
  if (log.event === 'ReissueConfirmed') await confirmed(tx, log, at);
  if (log.event === 'HoldRefunded') await over(tx, log, { ending: 'refunded', at });
}

/** Sold by whatever way. The issuer's request number is stored in this commit, so that every end can ask for it. */
async function held(tx: Tx, log: Told & LogOf<'Held'>, at: Date): Promise<void> {
  const { tokenId, args } = log;
  const known = await tokenBy(tx, tokenId);
  const token = known && (await lockToken(tx, known.id));
  if (!token) return;
  const { seller, buyer } = args;
  const price = BigInt(args.price);
  const nonce = await nonceAfter(tx, log);
  const order = await orderOf(tx, { tokenId, seller, price, nonce });
  const id = newId(at);
  const until = dateOf(args.until);
  const buyerId = (await walletAt(tx, buyer))?.user_id ?? null;
  const save = { buyer, buyer_id: buyerId };
  if (order) await changeOrder(tx, order, { transition: 'hold', by: 'system', at, save });
  await insertReissue(tx, {
    ...{ id, token_ref: token.id, token_id: tokenId, order_id: order?.id ?? null },
    ...{ seller, seller_id: order?.user_id ?? (await walletAt(tx, seller))?.user_id ?? null },
    ...{ buyer, buyer_id: buyerId, price_fen: price, nonce, until },
    ...{ state: reissueLife.initial, created_at: at },
  });
  await openReissue(tx, { cardId: token.card_id, ref: id, at });
  await start(tx, reissueLife, {
    ...{ id, at, by: 'system', due: dueOf({ until }, at), jobs: [job(id)] },
    record: { tokenId, priceFen: String(price), until: until.toISOString() },
  });
}

/** The card's number of orders as this log left it; the mirror may know later ones. */
async function nonceAfter(tx: Tx, { tokenId, block, index }: Told): Promise<bigint> {
  const until = (await logsOf(tx, tokenId)).filter(
    (one) => one.block < block || (one.block === block && one.index <= index),
  );
  const card = fold(tokenId, until, ZERO);
  assert(card, 'the log itself is among them');
  return card.nonce;
}

/** The offer of this house that was taken, if it was one. */
async function orderOf(
  tx: Tx,
  sale: { tokenId: Hex; seller: string; price: bigint; nonce: bigint },
): Promise<SignedOrder | undefined> {
  const order = await lockLiveOrder(tx, sale.tokenId);
  const isIt =
    order?.delivery === 'reissue' &&
    order.signer === sale.seller &&
    order.price_fen === sale.price &&
    order.nonce === sale.nonce - 1n;
  return isIt ? order : undefined;
}

/** The seller is paid. A buyer who is not admitted any more gets no card: it lies with the contract, frozen. */
async function confirmed(tx: Tx, log: Told, at: Date): Promise<void> {
  const beside = (await logsOf(tx, log.tokenId)).filter((one) => one.tx === log.tx);
  const kept = beside.some((one) => one.event === 'Frozen' && one.args.frozenStatus);
  await over(tx, log, { ending: kept ? 'kept' : 'sold', at });
  const known = kept ? await tokenBy(tx, log.tokenId) : undefined;
  const token = known && (await lockToken(tx, known.id));
  if (token?.state !== 'on_chain') return;
  const reason = 'BUYER_NOT_ADMITTED';
  await changeToken(tx, token, {
    ...{ transition: 'freeze', by: 'system', at, record: { reason } },
    save: { reason },
  });
}

const ENDS = {
  sold: { end: 'sell', resolve: 'resolve_sold', order: 'settle' },
  kept: { end: 'keep', resolve: 'resolve_kept', order: 'settle' },
  refunded: { end: 'pay_back', resolve: 'resolve_refunded', order: 'pay_back' },
} as const;

/** The chain has ended it. Where the issuer may have renewed the secret and has not said so, it is asked until it does. */
async function over(
  tx: Tx,
  { tokenId }: Told,
  { ending, at }: { ending: Ending; at: Date },
): Promise<void> {
  const known = await tokenBy(tx, tokenId);
  if (known) await lockToken(tx, known.id);
  const one = await lockHeld(tx, tokenId);
  if (!one) return;
  if (one.answer === null)
    await change(tx, one, {
      ...{ transition: 'over_unknown', by: 'system', at, record: { ending }, jobs: [job(one.id)] },
      ...{ due: plus(at, RESOLVE_MS), save: { ending, ask_until: plus(at, RESOLVE_MS) } },
    });
  else {
    await change(tx, one, { transition: ENDS[ending].end, by: 'system', at });
    // A sale is looked at anyway.
    if (ending === 'refunded') await lookAtCard(tx, one);
  }
  const order = one.order_id && (await lockOrder(tx, one.order_id));
  if (order && order.state === 'held')
    await changeOrder(tx, order, { transition: ENDS[ending].order, by: 'system', at });
}

/** Whose it is now should be told if it is not worth what it says; in the room of what was put off meanwhile. */
const lookAtCard = async (tx: Tx, one: Reissue): Promise<void> =>
  await probeSoon(tx, one.token_ref, `reissue-${one.id}`);

// ------------------------------------------------------------------ the issuer

function askedOf(one: Reissue): Asked {
  const { token_id: tokenId, buyer, nonce, until } = one;
  return { tokenId, buyer, nonce, deadline: secondsOf(plus(until, WORD_LATER_MS)) };
}

/** The task: asks the issuer, or what became of its answer, and brings the sale a step further. Safe to run again. */
export async function askIssuer(deps: ChainDeps, id: string, at: Date): Promise<void> {
  const { db } = deps;
  const one = await findReissue(db, id);
  const token = one && (await findToken(db, one.token_ref));
  if (!one || !token || !WORKED.has(one.state)) return;
  const told = one.answer === null ? await hear(deps, { one, token, at }) : undefined;
  await inTransaction(db, async (tx) => {
    const card = await lockToken(tx, token.id);
    const now = await lockReissue(tx, id);
    assert(card && now, 'neither is ever deleted');
    const learnt =
      told && told.state !== 'waiting' && now.answer === null
        ? await learn(tx, deps, { now, card, told, at })
        : undefined;
    await goOn(tx, deps, { now, card, learnt, at });
  });
}
const WORKED: ReadonlySet<Reissue['state']> = new Set(['asking', 'refunding', 'resolving']);

/** While the sale is open the issuer is asked to act; afterwards only what became of it. */
async function hear(
  deps: ChainDeps,
  { one, token, at }: { one: Reissue; token: Token; at: Date },
): Promise<ReissueTold> {
  const { on, cards, db } = deps;
  const of = { cardId: token.card_id, ref: one.id, at };
  if (one.state !== 'asking') return await settleReissue(cards, of);
  // A stopped card is not renewed; and of two sales the first one's secret comes first.
  if (token.state !== 'on_chain' || (await isUnanswered(db, one.token_id, one.id)))
    return { state: 'waiting' };
  const { tokenId: cardId, buyer, nonce, deadline } = askedOf(one);
  const terms = {
    ...{ chainId: on.chain.id, exchange: on.exchange, cardId: String(BigInt(cardId)), buyer },
    ...{ nonce: Number(nonce), deadline },
  };
  return await reissueCard(cards, { ...of, heldBy: token.id, terms });
}

type Learnt =
  | { readonly word: Extract<ReissueTold, { state: 'done' }>['value'] }
  | { readonly reason: string };

/** What the issuer has done holds in the vault from this commit on; whether it is worth paying out on is another question. */
async function learn(
  tx: Tx,
  deps: ChainDeps,
  of: { now: Reissue; card: Token; told: Exclude<ReissueTold, { state: 'waiting' }>; at: Date },
): Promise<Learnt> {
  const { now, card, told, at } = of;
  if (told.state === 'refused') {
    const reason = now.state === 'asking' ? told.code : 'NO_ANSWER';
    await saveReissue(tx, now.id, { answer: 'refused', reason });
    return { reason };
  }
  const { fresh, salt, value } = told;
  assert(fresh, 'what was not learnt yet was not taken over');
  await takeOver(tx, deps, { cardId: card.card_id, ref: now.id, at, fresh });
  const { issuer_class: issuerClass } = card;
  const fault = await faultIn(
    { fresh, salt, value },
    {
      ...{ asked: askedOf(now), domain: deps.on.domains.exchange },
      signers: await reissuersOf(tx, { issuerClass, at }),
      expectFen: card.balance_fen ?? card.face_fen,
    },
  );
  // Nobody outside knows the secret now, so nobody can deliver it by hand.
  await saveToken(tx, card.id, { own_secret: false });
  const reason = fault ?? null;
  await saveReissue(tx, now.id, { answer: 'reissued', new_commit: value.newCommit, reason });
  if (!fault) return { word: value };
  deps.log.error({ reissue: now.id, fault }, 'an issuer re-issued a card, and its word is no good');
  return { reason: fault };
}

interface Standing {
  readonly now: Reissue;
  readonly card: Token;
  readonly learnt: Learnt | undefined;
  readonly at: Date;
}

async function goOn(tx: Tx, deps: ChainDeps, standing: Standing): Promise<void> {
  const { now, card, learnt, at } = standing;
  if (now.state === 'resolving' && learnt) {
    assert(now.ending, 'the chain has ended it');
    await change(tx, now, { transition: ENDS[now.ending].resolve, by: 'system', at });
    return await lookAtCard(tx, now);
  }
  const isOpen = now.state === 'asking' || now.state === 'refunding';
  if (isOpen && learnt && 'word' in learnt && card.state === 'on_chain')
    return await confirm(tx, deps, { now, word: learnt.word, at });
  if (now.state === 'asking' && learnt) {
    const reason = 'reason' in learnt ? learnt.reason : 'CARD_STOPPED';
    return await giveUp(tx, now, { reason, at });
  }
  if (now.state === 'refunding') await payBack(tx, deps, now, at);
}

const giveUp = async (tx: Tx, now: Reissue, { reason, at }: { reason: string; at: Date }) =>
  await change(tx, now, {
    ...{ transition: 'give_up', by: 'system', at, due: dueOf(now, at), record: { reason } },
    save: { reason },
  });

async function confirm(
  tx: Tx,
  { on, config }: ChainDeps,
  of: { now: Reissue; word: Extract<Learnt, { word: unknown }>['word']; at: Date },
): Promise<void> {
  const { now, word, at } = of;
  const message = reissuedMessage(askedOf(now), word.newCommit as Hex);
  const args = [message, compactSignature(word.signature as Hex)] as const;
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  await relay(tx, sender, {
    ...{ purpose: CONFIRM, subject: now.id, to: on.exchange, gasMax: CONFIRM_GAS, at },
    data: encodeFunctionData({ abi: exchangeAbi, functionName: 'confirmReissue', args }),
  });
  const { newCommit } = word;
  await change(tx, now, { transition: 'confirm', by: 'system', at, record: { newCommit } });
}

async function payBack(
  tx: Tx,
  { on, config }: ChainDeps,
  { id, token_id: tokenId }: Reissue,
  at: Date,
): Promise<void> {
  if (await anyUnderWay(tx, { subject: id, purposes: [REFUND] })) return;
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  const args = [BigInt(tokenId)] as const;
  await relay(tx, sender, {
    ...{ purpose: REFUND, subject: id, to: on.exchange, gasMax: REFUND_GAS, at },
    data: encodeFunctionData({ abi: exchangeAbi, functionName: 'refundHold', args }),
  });
}

/** The desk has heard from the issuer: it is asked for another thirty days. Refusals: not_found, wrong_state. */
export async function askMore(
  { db }: Pick<ChainDeps, 'db'>,
  { id, by, at }: { id: string; by: string; at: Date },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const one = await findReissue(tx, id);
    const token = one && (await lockToken(tx, one.token_ref));
    const now = await lockReissue(tx, id);
    if (!token || !now) throw new Refused('not_found');
    const until = plus(at, RESOLVE_MS);
    await change(tx, now, {
      ...{ transition: 'ask_more', by: 'operator', actor: by, at, jobs: [job(id)] },
      ...{ due: until, save: { ask_until: until } },
    });
  });
}

/** The contract did not take the word: somebody was faster, or does not believe it. The log says which, or the window ends. */
export async function confirmEnded(
  tx: Tx,
  { purpose, subject, state, error }: Pick<Relay, 'purpose' | 'subject' | 'state' | 'error'>,
  at: Date,
): Promise<void> {
  if (purpose !== CONFIRM || subject === null || state === 'mined') return;
  const now = await lockReissue(tx, subject);
  if (now?.state === 'confirming') await giveUp(tx, now, { reason: error ?? state, at });
}

/** After these there is more to do. */
const AGAIN: ReadonlySet<string> = new Set<ReissueTransition>([
  ...(['ask_again', 'window_over', 'confirm_late', 'refund_again', 'resolve_again'] as const),
]);

export function reissueClock(deps: ExchangeDeps): Record<string, ClockHandler> {
  return {
    reissue: async (db, { id, transition, at }) =>
      await inTransaction(db, async (tx) => {
        const one = await findReissue(tx, id);
        const token = one && (await lockToken(tx, one.token_ref));
        const now = await lockReissue(tx, id);
        if (!token || !now) return;
        const isLast = !AGAIN.has(transition);
        await change(tx, now, {
          ...{ transition: transition as 'ask_again', by: 'clock', at },
          ...(!isLast && { due: promised(now, at), jobs: [job(id)] }),
        });
        if (!isLast || now.state === 'unresolved') return;
        deps.log.error({ reissue: id, transition }, 'a sale by re-issue came to no good end');
        if (transition === 'never_told') await stopCard(tx, token, { reason: 'ISSUER_SILENT', at });
      }),
  };
}
