/**
 * A card on the chain is stopped when its issuer tells of it or a look finds it bad, and freed by compliance. Here it holds
 * at once; on the chain it takes two calls, the case and the act, against whoever owns the card there by then.
 */
import assert from 'node:assert/strict';
import { encodeFunctionData, type Hex, keccak256, stringToHex } from 'viem';
import { type CardTold, refuseStopped } from '#cards';
import { exchangeAbi } from '#contracts';
import { addJob, inTransaction, newId, Refused, type Tx } from '#platform';
import { type ClockHandler, type Move, move, start } from '#process';
import { cardCase } from './case-life.ts';
import {
  type CardCase,
  caseByHash,
  findCase,
  insertCase,
  liveTokenOfCard,
  lockCase,
  openCaseOf,
  saveCase,
} from './case-store.ts';
import type { ChainDeps, ExchangeDeps } from './deps.ts';
import { findHolding } from './log-store.ts';
import { type AdminStep, adminStep } from './planned.ts';
import { probeSoon } from './probe-soon.ts';
import { findReissue, keptReissue } from './reissue-store.ts';
import { relay } from './relay.ts';
import { anyUnderWay } from './relay-store.ts';
import { findToken, lockToken, type Token, tokenBy, walletAt } from './store.ts';
import { changeToken, LET_GO_TASK, turnDown, UNLOCK_TASK } from './token.ts';

export const CASE_TASK = 'exchange.case';
const CASE_GAS = 200_000n;
const HAND_OVER_GAS = 300_000n;
/** Sent again at once so often, as when the card was sold in between; after that the clock has patience. */
const TRIES_AT_ONCE = 5;

interface Why {
  readonly reason: string;
  /** Who of the house; undefined when its issuer or a check did. */
  readonly by?: string;
  readonly at: Date;
}

/** Nothing may come of the card from now on. One that is stopped already stays so, by the first case. */
export async function stopCard(tx: Tx, token: Token, { reason, at }: Why): Promise<void> {
  if (token.state === 'checking') return await turnDown(tx, token, { reason, at });
  if (token.state === 'minting') {
    // What is minted is stopped as soon as it is there.
    if (!(await openCaseOf(tx, token.id)))
      await openCase(tx, { token, kind: 'freeze', reason, at });
    return;
  }
  if (token.state !== 'on_chain') return;
  const caseHash = await openCase(tx, { token, kind: 'freeze', reason, at });
  await freezeToken(tx, token, { reason, caseHash, at });
}

async function freezeToken(
  tx: Tx,
  token: Token,
  { reason, caseHash, at }: { reason: string; caseHash: Hex; at: Date },
): Promise<void> {
  await changeToken(tx, token, {
    ...{ transition: 'freeze', by: 'system', at, record: { reason, caseHash } },
    save: { reason },
  });
}

/**
 * Compliance frees it. Refusals: not_found, card_stopped while a notice names it, wrong_state, card_with_contract. The issuer
 * is asked again once it is free; a card that is still bad is stopped anew.
 */
export async function thawCard(
  { db, on }: Pick<ChainDeps, 'db' | 'on'>,
  { id, by, reason, at }: Why & { id: string; by: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const token = await lockToken(tx, id);
    if (!token) throw new Refused('not_found');
    // What a notice names is for two people to undo. One that comes now waits for the lock, and freezes the card again.
    await refuseStopped(tx, [token.card_id]);
    if (token.state !== 'frozen') throw new Refused('wrong_state', { state: token.state });
    // Free with the contract it would be nobody's: it is handed over first, which ends the freeze there.
    const holding = token.token_id === null ? undefined : await findHolding(tx, token.token_id);
    if (holding?.owner === on.exchange) throw new Refused('card_with_contract');
    const caseHash = await openCase(tx, { token, kind: 'thaw', reason, by, at });
    await changeToken(tx, token, {
      ...{ transition: 'unfreeze', by: 'operator', actor: by, at, record: { reason, caseHash } },
      save: { reason: null },
    });
  });
}

/**
 * Compliance hands a re-issued card that the contract kept to its buyer, who is admitted again. Refusals: not_found,
 * card_stopped, wrong_state, buyer_not_admitted. It stays frozen here until the chain has done it.
 */
export async function handOver(
  { db, on }: Pick<ChainDeps, 'db' | 'on'>,
  { id, by, reason, at }: Why & { id: string; by: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const one = await findReissue(tx, id);
    const token = one && (await lockToken(tx, one.token_ref));
    if (one?.state !== 'kept' || !token) throw new Refused('not_found');
    await refuseStopped(tx, [token.card_id]);
    const holding = await findHolding(tx, one.token_id);
    const isOpen = (await openCaseOf(tx, token.id))?.kind === 'hand_over';
    if (token.state !== 'frozen' || holding?.owner !== on.exchange || isOpen)
      throw new Refused('wrong_state', { state: token.state });
    const until = (await walletAt(tx, one.buyer))?.admitted_until;
    if (!until || until <= at) throw new Refused('buyer_not_admitted');
    await openCase(tx, { token, kind: 'hand_over', reason, by, at });
  });
}

/** One case at a time is carried out on a card: the newer one ends the older. */
async function openCase(tx: Tx, of: Why & { token: Token; kind: CardCase['kind'] }): Promise<Hex> {
  const { token, kind, reason, by, at } = of;
  const before = await openCaseOf(tx, token.id);
  // Locked, it may have been done in the meantime.
  const now = before && (await lockCase(tx, before.id));
  if (now?.state === 'sending') await endCase(tx, now, { transition: 'drop', at });
  const id = newId(at);
  const caseHash = keccak256(stringToHex(`case/${id}/${kind}`));
  await insertCase(tx, {
    ...{ id, token_ref: token.id, kind, reason, case_hash: caseHash },
    ...{ opened_by: by ?? null, state: cardCase.initial, opened_at: at },
  });
  await start(tx, cardCase, {
    ...{ id, at, by: 'system', record: { tokenRef: token.id, kind, reason, caseHash } },
    jobs: [{ task: CASE_TASK, payload: { caseId: id } }],
  });
  return caseHash;
}

async function endCase(
  tx: Tx,
  { id, kind, token_ref: tokenRef }: CardCase,
  { transition, at }: { transition: 'carry_out' | 'drop'; at: Date },
): Promise<void> {
  const { state } = await move(tx, cardCase, { id, transition, by: 'system', at });
  await saveCase(tx, id, { state });
  const token = kind === 'hand_over' ? await lockToken(tx, tokenRef) : undefined;
  if (token?.state === 'frozen' && transition === 'carry_out') {
    const save = { reason: null };
    await changeToken(tx, token, { transition: 'unfreeze', by: 'system', at, save });
    await probeSoon(tx, tokenRef, `hand-over-${id}`);
  }
  // A card that was freed is looked at again: what its issuer still reports bad is stopped anew.
  if (kind === 'thaw' && transition === 'carry_out') await probeSoon(tx, tokenRef, `thaw-${id}`);
}

/** What of the card is here, or on its way to the chain, is stopped. */
export async function stopTold(tx: Tx, { cardId, reason, at }: CardTold): Promise<void> {
  const found = await liveTokenOfCard(tx, cardId);
  const token = found && (await lockToken(tx, found));
  if (token) await stopCard(tx, token, { reason, at });
}

/** The notice was lifted: what never came to the chain goes back, of what was fetched our lock ends. A person frees the rest. */
export async function freeTokens(tx: Tx, { refs }: { refs: readonly string[] }): Promise<void> {
  for (const tokenRef of refs) {
    const state = (await findToken(tx, tokenRef))?.state;
    if (state === 'turned_down') await addJob(tx, LET_GO_TASK, { tokenRef });
    if (state === 'opened') await addJob(tx, UNLOCK_TASK, { tokenRef });
  }
}

/** It was told of while it was being minted. */
export async function stopMinted(tx: Tx, tokenId: Hex, at: Date): Promise<void> {
  const token = await tokenBy(tx, tokenId);
  const open = token?.state === 'on_chain' ? await openCaseOf(tx, token.id) : undefined;
  if (!token || open?.kind !== 'freeze') return;
  await freezeToken(tx, token, { reason: open.reason, caseHash: open.case_hash, at });
  await addJob(tx, CASE_TASK, { caseId: open.id });
}

/** States of the contract (IExchange.State). */
const ON_CHAIN = { NONE: 0, FRACTION: 5, FROZEN: 6, REDEEMED: 7 } as const;
/** What the relayer sends for a case; the next one goes out when none of them is on its way. */
const PURPOSES: readonly string[] = ['case', 'freeze', 'thaw', 'hand_over', 'hand_over_plan'];
const OVER: ReadonlySet<string> = new Set(['turned_down', 'burnt', 'opened', 'expired']);

async function cardNow({ on }: ChainDeps, tokenId: Hex) {
  return await on.chain.client.readContract({
    ...{ abi: exchangeAbi, address: on.exchange, functionName: 'cardOf' },
    args: [BigInt(tokenId)],
  });
}

/** The task: brings the chain to what was decided. Safe to run again at any moment, by any number of workers. */
export async function carryOut(deps: ChainDeps, caseId: string, at: Date): Promise<void> {
  const asked = await findCase(deps.db, caseId);
  if (asked?.state !== 'sending') return;
  const known = await findToken(deps.db, asked.token_ref);
  const card = known?.token_id ? await cardNow(deps, known.token_id) : undefined;
  const isHandOver = asked.kind === 'hand_over';
  const step = isHandOver && known ? await stepOf(deps, known, at) : undefined;
  await inTransaction(deps.db, async (tx) => {
    const token = await lockToken(tx, asked.token_ref);
    const now = await lockCase(tx, caseId);
    if (!token || now?.state !== 'sending') return;
    if (OVER.has(token.state)) return await endCase(tx, now, { transition: 'drop', at });
    // Not there yet, or gone and not read yet; or what was sent before is still on its way: the clock comes back.
    if (!card || card.state === ON_CHAIN.NONE || card.state === ON_CHAIN.REDEEMED) return;
    if (await anyUnderWay(tx, { subject: token.id, purposes: PURPOSES })) return;
    if (isHandOver) return await handOn(tx, deps, { token, of: now, step, owner: card.owner, at });
    const isFrozen = card.state === ON_CHAIN.FROZEN;
    if (isFrozen === (now.kind === 'freeze'))
      return await endCase(tx, now, { transition: 'carry_out', at });
    // The contract stops no card in shares; once it is whole again it is stopped.
    if (card.state === ON_CHAIN.FRACTION) return;
    await send(tx, deps, { token, of: now, owner: card.owner, at });
  });
}

async function send(
  tx: Tx,
  { on, config }: ChainDeps,
  { token, of, owner, at }: { token: Token; of: CardCase; owner: Hex; at: Date },
): Promise<void> {
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  const call = { subject: token.id, to: on.exchange, gasMax: CASE_GAS, at };
  const after = await fileCase(tx, { on, config }, { token, of, at });
  const args = [owner, BigInt(token.token_id ?? ''), of.kind === 'freeze'] as const;
  const act = { abi: exchangeAbi, functionName: 'setFrozenTokens', args } as const;
  await relay(tx, sender, {
    ...{ ...call, purpose: of.kind, after, data: encodeFunctionData(act) },
  });
  await saveCase(tx, of.id, { tries: of.tries + 1 });
}

/** Gives the transaction after which the act may go out. */
async function fileCase(
  tx: Tx,
  { on, config }: Pick<ChainDeps, 'on' | 'config'>,
  { token, of, at }: { token: Token; of: CardCase; at: Date },
): Promise<string> {
  assert(token.token_id, 'what is on the chain has an id');
  const args = [BigInt(token.token_id), of.case_hash] as const;
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  return await relay(tx, sender, {
    ...{ subject: token.id, to: on.exchange, gasMax: CASE_GAS, at, purpose: 'case' },
    data: encodeFunctionData({ abi: exchangeAbi, functionName: 'fileCase', args }),
  });
}

/** `forcedTransfer` to the buyer is a power of the manager's admin. */
async function stepOf(deps: ChainDeps, token: Token, at: Date): Promise<AdminStep | undefined> {
  const kept = await keptReissue(deps.db, token.id);
  assert(kept, 'a case of handing over is of a re-issue that was kept');
  const target = deps.on.exchange;
  const args = [target, kept.buyer, BigInt(kept.token_id)] as const;
  const data = encodeFunctionData({ abi: exchangeAbi, functionName: 'forcedTransfer', args });
  return await adminStep(deps, { target, data, at });
}

/** Planned first where the admin has to wait; the case is filed in front of the act that uses it up. */
async function handOn(
  tx: Tx,
  { on, config }: ChainDeps,
  of: { token: Token; of: CardCase; step: AdminStep | undefined; owner: Hex; at: Date },
): Promise<void> {
  const { token, of: now, step, owner, at } = of;
  if (owner.toLowerCase() !== on.exchange.toLowerCase())
    return await endCase(tx, now, { transition: 'carry_out', at });
  if (!step) return;
  const sender = { relayer: on.relayer, gasPerDay: BigInt(config.RELAY_GAS_PER_DAY) };
  const { isPlan, ...call } = step;
  const sent = { ...call, subject: token.id, gasMax: HAND_OVER_GAS, at };
  if (isPlan) return void (await relay(tx, sender, { ...sent, purpose: 'hand_over_plan' }));
  const after = await fileCase(tx, { on, config }, { token, of: now, at });
  await relay(tx, sender, { ...sent, purpose: 'hand_over', after });
  await saveCase(tx, now.id, { tries: now.tries + 1 });
}

/** A transaction on the card ended: its case looks at the chain again, which has another owner where it said no. */
export async function caseEnded(
  tx: Tx,
  { purpose, subject }: { purpose: string; subject: string | null },
): Promise<void> {
  if (!PURPOSES.includes(purpose) || subject === null) return;
  const open = await openCaseOf(tx, subject);
  if (open && open.tries < TRIES_AT_ONCE) await addJob(tx, CASE_TASK, { caseId: open.id });
}

/** The chain has acted on a case, which is done by it. */
export async function caseActed(tx: Tx, hash: string, at: Date): Promise<void> {
  const found = await caseByHash(tx, hash);
  if (found) await lockToken(tx, found.token_ref);
  const now = found && (await lockCase(tx, found.id));
  if (now?.state === 'sending') await endCase(tx, now, { transition: 'carry_out', at });
}

export function caseClock({ log }: Pick<ExchangeDeps, 'log'>): Record<string, ClockHandler> {
  return {
    card_case: async (db, { id, transition, at }) =>
      await inTransaction(db, async (tx) => {
        const now = await lockCase(tx, id);
        if (!now) return;
        const again = transition === 'again';
        const step: Move<typeof cardCase> = {
          ...{ id, transition: transition as 'again', by: 'clock', at },
          ...(again && { jobs: [{ task: CASE_TASK, payload: { caseId: id } }] }),
        };
        const { state } = await move(tx, cardCase, step);
        await saveCase(tx, id, { state });
        if (!again) log.error({ case: id }, 'a card could not be stopped or freed on the chain');
      }),
  };
}
