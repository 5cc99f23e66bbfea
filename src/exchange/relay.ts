/**
 * The relayer: whatever the house sends to the chain is stored before it leaves, with its number and its hash; an
 * unknown outcome is asked for by that hash, a stuck transaction is replaced at a higher fee under the same number.
 */
import assert from 'node:assert/strict';
import type { Address, BaseError, Hex, LocalAccount } from 'viem';
import { keccak256, numberToHex } from 'viem/utils';
import {
  DAY,
  type Db,
  inTransaction,
  type Log,
  newId,
  plus,
  Refused,
  SECOND,
  type Tx,
  violated,
  type WorldError,
} from '#platform';
import { type ClockHandler, look, move, start } from '#process';
import { type Chain, keepTime, worldError } from './chain/chain.ts';
import type { Relayers } from './keys.ts';
import { LOOK_MS_MAX, LOOK_MS_MIN, relayLife } from './life.ts';
import {
  findRelay,
  freeNumbers,
  gasSince,
  insertRelay,
  insertTry,
  lockBudget,
  lockLive,
  lockRelay,
  type Relay,
  saveRelay,
  type Try,
  takeNonce,
  triesOf,
} from './relay-store.ts';

export const SEND_TASK = 'exchange.send';
/** One after the other, so that numbers arrive in their order. */
const QUEUE = 'exchange.relay';
/** Not mined after so long: sent again, dearer. */
const STUCK_MS = 30 * SECOND;
/** Nodes replace a transaction only for a tenth more. */
const BUMP_PERCENT = 25n;
const TRIES_MAX = 12;
const GAS_SPARE_PERCENT = 15n;

export interface RelayDeps {
  readonly db: Db;
  readonly chain: Chain;
  readonly relayer: Relayers;
  readonly gasPerDay: bigint;
  readonly finality: number;
  readonly log: Log;
  /** Told, in the transaction that ends it, how a transaction ended. */
  readonly ended: (tx: Tx, relay: Relay, at: Date) => Promise<void>;
}

export interface NewRelay {
  readonly purpose: string;
  readonly subject?: string;
  readonly userId?: string;
  readonly to: Address;
  readonly data: Hex;
  readonly gasMax: bigint;
  /** A transaction whose effects this one needs: it goes out once they are there. */
  readonly after?: string;
  /** The key of the house that has to send it, where that is not the one in use. */
  readonly from?: Address;
  /** Coins that go along, in the chain's smallest unit. */
  readonly value?: bigint;
  readonly at: Date;
}

/** Queues a call of the house's own key. Refused relay_budget when the person has used up today's gas. */
export async function relay(
  tx: Tx,
  deps: Pick<RelayDeps, 'relayer' | 'gasPerDay'>,
  input: NewRelay,
): Promise<string> {
  const { purpose, subject, userId, to, data, gasMax, after, value = 0n, at } = input;
  const sender = input.from ?? (await deps.relayer.current(tx));
  if (userId !== undefined) await requireBudget(tx, { userId, gasMax, perDay: deps.gasPerDay, at });
  const id = newId(at);
  await insertRelay(tx, {
    ...{ id, purpose, subject: subject ?? null, user_id: userId ?? null },
    ...{ sender, value: String(value) },
    ...{ target: to, calldata: data, gas_max: gasMax, after: after ?? null, created_at: at },
  });
  await begin(tx, { id, purpose, at });
  return id;
}

async function requireBudget(
  tx: Tx,
  { userId, gasMax, perDay, at }: { userId: string; gasMax: bigint; perDay: bigint; at: Date },
): Promise<void> {
  await lockBudget(tx, userId);
  const used = await gasSince(tx, userId, plus(at, -DAY));
  if (used + gasMax > perDay) throw new Refused('relay_budget');
}

async function begin(
  tx: Tx,
  { id, purpose, at }: { id: string; purpose: string; at: Date },
): Promise<void> {
  await start(tx, relayLife, {
    ...{ id, at, by: 'system', record: { purpose }, due: plus(at, LOOK_MS_MIN) },
    jobs: [{ task: SEND_TASK, payload: { relayId: id }, queue: QUEUE }],
  });
}

export interface SignedCall {
  readonly purpose: string;
  readonly subject?: string;
  readonly userId: string;
  readonly sender: Address;
  readonly to: Address;
  readonly data: Hex;
  readonly nonce: bigint;
  readonly gas: bigint;
  readonly raw: Hex;
  readonly gasPerDay: bigint;
  readonly at: Date;
}

/** Passes on what a wallet has signed itself; the house can neither change nor replace it. Refused nonce_used. */
export async function passOn(tx: Tx, call: SignedCall): Promise<string> {
  const { purpose, subject, userId, sender, to, data, nonce, gas, raw, at } = call;
  await requireBudget(tx, { userId, gasMax: gas, perDay: call.gasPerDay, at });
  const id = newId(at);
  try {
    await insertRelay(tx, {
      ...{ id, purpose, subject: subject ?? null, user_id: userId, sender, target: to },
      ...{ calldata: data, gas_max: gas, nonce, created_at: at },
    });
  } catch (error) {
    if (violated(error) === 'relay_nonce') throw new Refused('nonce_used');
    throw error;
  }
  await insertTry(tx, id, { hash: keccak256(raw), raw, maxFee: 0n, at });
  await begin(tx, { id, purpose, at });
  return id;
}

/** The task: brings one transaction a step further. Safe to run again at any moment, by any number of workers. */
export async function sendRelay(deps: RelayDeps, relayId: string, at: Date): Promise<void> {
  const one = await findRelay(deps.db, relayId);
  if (!one) return;
  if (one.state === 'waiting') await firstSend(deps, one, at);
  else if (one.state === 'sent') await lookAt(deps, one, at);
}

async function firstSend(deps: RelayDeps, one: Relay, at: Date): Promise<void> {
  const { db, chain } = deps;
  const own = await deps.relayer.account(db, one.sender);
  // What is signed with this very second has to be past for the node that is asked.
  await keepTime(chain, at);
  if (own) {
    const plan = await estimate(deps, one);
    if ('reason' in plan) {
      if (await isPending(db, one.after)) return;
      return await refuse(deps, one, plan.reason, at);
    }
    const [onChain, fee] = [await chainNonce(chain, one.sender), await feeNow(chain)];
    const signed = await inTransaction(db, async (tx) => {
      const now = await lockRelay(tx, one.id);
      if (now?.state !== 'waiting') return undefined;
      const nonce = await takeNonce(tx, one.sender, onChain);
      const made = await sign({ ...deps, own }, one, { nonce, gas: plan.gas, maxFee: fee, at });
      await insertTry(tx, one.id, made);
      await sent(tx, one, { nonce, at });
      return made;
    });
    if (signed) await broadcast(deps, signed, at);
    return;
  }
  const [only] = await triesOf(db, one.id);
  assert(only, 'what a wallet signed is stored with it');
  const moved = await inTransaction(db, async (tx) => {
    const now = await lockRelay(tx, one.id);
    if (now?.state !== 'waiting') return false;
    await sent(tx, one, { at });
    return true;
  });
  if (moved) await broadcast(deps, only, at);
}

/** A no means nothing yet while that which goes before is on its way. */
async function isPending(db: Db, before: string | null): Promise<boolean> {
  if (before === null) return false;
  const state = (await findRelay(db, before))?.state;
  return state === 'waiting' || state === 'sent';
}

async function sent(
  tx: Tx,
  one: Relay,
  { nonce, at }: { nonce?: bigint; at: Date },
): Promise<void> {
  const after = await move(tx, relayLife, {
    ...{ id: one.id, transition: 'send', by: 'system', at, due: plus(at, LOOK_MS_MIN) },
    ...(nonce !== undefined && { record: { nonce: String(nonce) } }),
  });
  await saveRelay(tx, one.id, { state: after.state, ...(nonce !== undefined && { nonce }) });
}

type Signing = RelayDeps & { readonly own: LocalAccount };
async function sign(
  { chain, own }: Signing,
  one: Relay,
  { nonce, gas, maxFee, at }: { nonce: bigint; gas: bigint; maxFee: bigint; at: Date },
): Promise<Try> {
  const raw = await own.signTransaction({
    ...{ type: 'eip1559', chainId: chain.id, nonce: Number(nonce), gas },
    ...{ to: one.target, data: one.calldata, value: BigInt(one.value) },
    ...{ maxFeePerGas: maxFee, maxPriorityFeePerGas: maxFee },
  });
  return { hash: keccak256(raw), raw, maxFee, at };
}

/** The fee of the newest block twice over: it holds for six full blocks. Zero on chains without fees. */
export async function feeNow(chain: Chain): Promise<bigint> {
  const block = (await chain.rpc('eth_getBlockByNumber', ['latest', false])) as {
    baseFeePerGas?: Hex;
  };
  const price = BigInt(String(await chain.rpc('eth_gasPrice', [])));
  const twice = 2n * BigInt(block.baseFeePerGas ?? '0x0');
  return price > twice ? price : twice;
}

const chainNonce = async (chain: Chain, address: Address): Promise<bigint> =>
  BigInt(String(await chain.rpc('eth_getTransactionCount', [address, 'latest'])));

type Plan = { gas: bigint } | { reason: string };
/** Asks the node what the call would do. A plain no costs nothing and takes no number. */
async function estimate({ chain }: RelayDeps, one: Relay): Promise<Plan> {
  try {
    const gas = await chain.client.estimateGas({
      ...{ account: one.sender, to: one.target, data: one.calldata, blockTag: 'pending' },
      value: BigInt(one.value),
    });
    const spare = gas + (gas * GAS_SPARE_PERCENT) / 100n;
    return { gas: spare < one.gas_max ? spare : one.gas_max };
  } catch (error) {
    const reason = revertOf(error);
    if (reason === undefined) throw worldError(error);
    return { reason };
  }
}

/** An error of viem, told by its shape: the class itself comes with the whole client. */
const isChained = (error: unknown): error is Pick<BaseError, 'walk'> =>
  error instanceof Error && 'walk' in error && typeof error.walk === 'function';

/** The four bytes of the contract's own error, or its words; undefined when the node did not say. */
export function revertOf(error: unknown): string | undefined {
  if (!isChained(error)) return undefined;
  let found: string | undefined;
  error.walk((inner) => {
    const { data, code, details } = inner as { data?: unknown; code?: number; details?: string };
    if (typeof data === 'string' && data.startsWith('0x')) found = data.slice(0, 10);
    else if (code === 3 || /revert/i.test(details ?? '')) found ??= 'reverted';
    return false;
  });
  return found;
}

async function refuse(deps: RelayDeps, one: Relay, error: string, at: Date): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const now = await lockRelay(tx, one.id);
    if (now?.state !== 'waiting') return;
    const step = { id: one.id, transition: 'refuse', by: 'system', at, record: { error } } as const;
    const after = await move(tx, relayLife, step);
    await saveRelay(tx, one.id, { state: after.state, error });
    await deps.ended(tx, { ...now, state: after.state, error }, at);
  });
}

/** What a node says about a transaction it has is as good as taking it. */
const KNOWN =
  /already known|already imported|known transaction|nonce too low|replacement transaction underpriced/i;

async function broadcast(deps: RelayDeps, one: Try, at: Date): Promise<void> {
  await keepTime(deps.chain, at);
  try {
    await deps.chain.rpc('eth_sendRawTransaction', [one.raw]);
  } catch (error) {
    // Whatever was said, the hash is stored: the next look asks for it.
    const words = String((error as WorldError).cause ?? error);
    if (!KNOWN.test(words))
      deps.log.warn({ hash: one.hash, err: error }, 'the chain did not take it');
  }
}

interface Receipt {
  readonly status: Hex;
  readonly blockNumber: Hex;
  readonly gasUsed: Hex;
}

async function lookAt(deps: RelayDeps, one: Relay, at: Date): Promise<void> {
  const { db, chain, finality } = deps;
  const tries = await triesOf(db, one.id);
  const found = await receiptOf(chain, tries);
  if (found) {
    const head = BigInt(String(await chain.rpc('eth_blockNumber', [])));
    if (head - BigInt(found.blockNumber) < BigInt(finality)) return await nudge(deps);
    return await conclude(deps, one, found, at);
  }
  const last = tries.at(-1);
  assert(last, 'what was sent has a hash');
  const own = await deps.relayer.account(db, one.sender);
  const stuck = at.getTime() - last.at.getTime() >= STUCK_MS;
  if (!own || !stuck || tries.length >= TRIES_MAX) return await broadcast(deps, last, at);
  await replace({ ...deps, own }, one, last, at);
}

/** On a chain of our own nobody else makes blocks, so depth is made by us. */
async function nudge({ chain, finality }: RelayDeps): Promise<void> {
  if (chain.own) await chain.rpc('anvil_mine', [numberToHex(finality)]);
}

async function receiptOf(chain: Chain, tries: readonly Try[]): Promise<Receipt | undefined> {
  for (const { hash } of tries) {
    const receipt = (await chain.rpc('eth_getTransactionReceipt', [hash])) as Receipt | null;
    if (receipt) return receipt;
  }
  return undefined;
}

async function replace(deps: Signing, one: Relay, last: Try, at: Date): Promise<void> {
  const { nonce } = one;
  assert(nonce !== null, 'what was sent has a number');
  const now = await feeNow(deps.chain);
  const dearer = last.maxFee + (last.maxFee * BUMP_PERCENT) / 100n + 1n;
  const maxFee = now > dearer ? now : dearer;
  const made = await sign(deps, one, { nonce, gas: one.gas_max, maxFee, at });
  await inTransaction(deps.db, (tx) => insertTry(tx, one.id, made));
  await broadcast(deps, made, at);
}

async function conclude(deps: RelayDeps, one: Relay, receipt: Receipt, at: Date): Promise<void> {
  const good = BigInt(receipt.status) === 1n;
  const found = { gas_used: BigInt(receipt.gasUsed), block: BigInt(receipt.blockNumber) };
  const error = good ? null : await whyReverted(deps.chain, one, found.block);
  await inTransaction(deps.db, async (tx) => {
    const now = await lockRelay(tx, one.id);
    if (now?.state !== 'sent') return;
    const after = await move(tx, relayLife, {
      ...{ id: one.id, transition: good ? 'mine' : 'revert', by: 'system', at },
      record: { block: String(found.block), gas: String(found.gas_used) },
    });
    const change = { state: after.state, ...found, error };
    await saveRelay(tx, one.id, change);
    await deps.ended(tx, { ...now, ...change }, at);
  });
}

async function whyReverted(chain: Chain, one: Relay, block: bigint): Promise<string> {
  try {
    await chain.client.call({
      ...{ account: one.sender, to: one.target, data: one.calldata, blockNumber: block - 1n },
    });
  } catch (error) {
    return revertOf(error) ?? 'reverted';
  }
  return 'reverted';
}

/**
 * For a deployment that takes another's place: what was to be sent for the one before is not sent any more. On a chain
 * that was begun anew what was sent is gone too. It must not be passed on again, since it is good there as well: the
 * contracts lie at the same addresses.
 */
export async function forgetRelays(
  tx: Tx,
  { ended, sameChain, at }: Pick<RelayDeps, 'ended'> & { sameChain: boolean; at: Date },
): Promise<void> {
  const error = 'chain_forgotten';
  for (const one of await lockLive(tx)) {
    if (one.state === 'sent' && sameChain) continue;
    const transition = one.state === 'sent' ? 'lose' : 'give_up';
    const step = { id: one.id, transition, by: 'system', at, record: { error } } as const;
    const { state } = await move(tx, relayLife, step);
    await saveRelay(tx, one.id, { state, error });
    await ended(tx, { ...one, state, error }, at);
  }
  if (!sameChain) await freeNumbers(tx);
}

/** Grown by looks and not by hours: after a house has slept, its first looks are as quick as ever. */
const PATIENCE = 1.25;

/** Deadlines of transactions: looked at again with growing patience, lost only after days. */
export function relayClock(deps: Pick<RelayDeps, 'ended' | 'log'>): Record<string, ClockHandler> {
  return {
    relay: async (db, { id, transition, at }) =>
      await inTransaction(db, async (tx) => {
        const before = await lockRelay(tx, id);
        if (!before) return;
        const again = transition === 'look' || transition === 'try_again';
        const steps = (await look(tx, id))?.seq ?? 0;
        const patience = Math.min(LOOK_MS_MIN * PATIENCE ** steps, LOOK_MS_MAX);
        const after = await move(tx, relayLife, {
          ...{ id, transition: transition as 'look', by: 'clock', at },
          ...(again && {
            due: plus(at, patience),
            jobs: [{ task: SEND_TASK, payload: { relayId: id }, queue: QUEUE }],
          }),
        });
        if (again) return;
        const change = { state: after.state, error: before.error ?? 'no_answer' };
        deps.log.error({ relay: id, state: after.state }, 'a transaction was given up');
        await saveRelay(tx, id, change);
        await deps.ended(tx, { ...before, ...change }, at);
      }),
  };
}
