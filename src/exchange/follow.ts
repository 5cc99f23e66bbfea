/**
 * The indexer: reads the chain's logs block by block, takes them back when the chain was reorganised, and hands those
 * that are deep enough to ledger and processes. It may die anywhere: each round is one transaction.
 */
import assert from 'node:assert/strict';
import { Counter, Gauge } from 'prom-client';
import type { Abi, Address, Hex } from 'viem';
import { decodeEventLog, numberToHex } from 'viem/utils';
import { type Db, inTransaction, type Log as Logger, metrics, type Tx } from '#platform';
import { tellAuctions } from './auction-store.ts';
import type { Chain } from './chain/chain.ts';
import { fold } from './fold.ts';
import { refoldFractions } from './fraction-store.ts';
import type { Log } from './log.ts';
import {
  addBalance,
  anySettledFrom,
  type BlockHead,
  dropHolding,
  findCursor,
  forgetFrom,
  insertBlock,
  insertLog,
  lockCursor,
  logsFrom,
  logsOf,
  markSettled,
  newestBlocks,
  noteRollback,
  pruneBlocks,
  saveCursor,
  saveHolding,
  unsettledUpTo,
} from './log-store.ts';

export interface Contract {
  readonly name: Log['contract'];
  readonly address: Address;
  readonly abi: Abi;
}
export interface FollowDeps {
  readonly db: Db;
  readonly chain: Chain;
  readonly contracts: readonly Contract[];
  /** The block of the deployment: nothing of ours is earlier. */
  readonly from: bigint;
  readonly finality: number;
  readonly log: Logger;
  /** Ledger and processes follow a log that will not be taken back; in the transaction that marks it. */
  readonly settle: (tx: Tx, log: Log, at: Date) => Promise<void>;
}

/** Nodes refuse wider spans. */
const SPAN_MAX = 2_000n;
const SETTLE_MAX = 500;
/** Heads kept below the final block, to find where a reorganisation began. */
const HEADS_KEPT = 64n;

const lag = new Gauge({
  name: 'huiquan_chain_lag_blocks',
  help: 'Blocks that the chain has and the exchange has not read',
  registers: [metrics],
});
const rollbacks = new Counter({
  name: 'huiquan_chain_rollbacks_total',
  help: 'Reorganisations of the chain that took back what was read',
  registers: [metrics],
});

/** A reorganisation deeper than the finality that was configured: ledger and chain disagree, people must look. */
export class DeepReorganisation extends Error {}

/** Reads until nothing new is there. Gives how many logs came or went. */
export async function follow(deps: FollowDeps, at: Date): Promise<number> {
  let changed = 0;
  for (;;) {
    const round = await readOnce(deps, at);
    changed += round.changed;
    if (round.done) break;
  }
  for (;;) {
    const settled = await settleSome(deps, at);
    if (settled < SETTLE_MAX) break;
  }
  return changed;
}

/** What one round has read of the chain, before anything is written. */
interface Seen {
  readonly head: BlockHead;
  /** The first block that is not on the chain any more. */
  readonly undoFrom: bigint | undefined;
  readonly next: bigint;
  readonly to: bigint;
  readonly came: readonly Found[];
  readonly top: BlockHead | undefined;
}

/** The chain is asked first; what it said is written only where the cursor still stands as it did. */
async function readOnce(deps: FollowDeps, at: Date): Promise<{ changed: number; done: boolean }> {
  const before = await findCursor(deps.db);
  const seen = await ask(deps, before?.next_block ?? deps.from);
  // Logs and their head must be of one chain: changed in between, the round is read again.
  if (seen === 'changed') return { changed: 0, done: false };
  return await inTransaction(deps.db, async (tx) => {
    if (!(await lockCursor(tx))) return { changed: 0, done: true };
    const now = await findCursor(tx);
    const moved = now?.next_block !== before?.next_block || now?.rollbacks !== before?.rollbacks;
    if (moved) return { changed: 0, done: true };
    return await write(deps, tx, seen, at);
  });
}

async function ask(deps: FollowDeps, cursor: bigint): Promise<Seen | 'changed'> {
  const { chain } = deps;
  const head = await headOf(chain, 'latest');
  const undoFrom = await forkAt(deps);
  const next = undoFrom ?? cursor;
  const to = head.number < next + SPAN_MAX - 1n ? head.number : next + SPAN_MAX - 1n;
  if (to < next) return { head, undoFrom, next, to, came: [], top: undefined };
  const top = await headOf(chain, to);
  const came = await readSpan(deps, next, to);
  if ((await headOf(chain, to)).hash !== top.hash) return 'changed';
  return { head, undoFrom, next, to, came, top };
}

async function write(
  deps: FollowDeps,
  tx: Tx,
  { head, undoFrom, next, to, came, top }: Seen,
  at: Date,
): Promise<{ changed: number; done: boolean }> {
  const undone = undoFrom === undefined ? 0 : await takeBack(deps, tx, undoFrom);
  if (top) await keep(deps, tx, came, top);
  const final = head.number - BigInt(deps.finality);
  await pruneBlocks(tx, final - HEADS_KEPT);
  const read = top ? to + 1n : next;
  lag.set(Number(head.number + 1n - read));
  await saveCursor(tx, { next: read, head: head.number, final, headAt: head.at, readAt: at });
  return { changed: came.length + undone, done: read > head.number };
}

async function headOf(chain: Chain, at: bigint | 'latest'): Promise<BlockHead> {
  const tag = at === 'latest' ? at : numberToHex(at);
  const block = (await chain.rpc('eth_getBlockByNumber', [tag, false])) as {
    number: Hex;
    hash: Hex;
    timestamp: Hex;
  } | null;
  if (!block) return { number: at === 'latest' ? 0n : at, hash: GONE, at: new Date(0) };
  return { number: BigInt(block.number), hash: block.hash, at: timeOf(block.timestamp) };
}
/** Of a block that the chain does not have any more: equal to no hash. */
const GONE: Hex = '0x';
const timeOf = (seconds: Hex): Date => new Date(Number(BigInt(seconds)) * 1000);

/** Compares what we read with what the chain has now: the first block that is not on it any more. */
async function forkAt(deps: FollowDeps): Promise<bigint | undefined> {
  const known = await newestBlocks(deps.db, Number(HEADS_KEPT) * 2);
  const [top] = known;
  if (!top || (await headOf(deps.chain, top.number)).hash === top.hash) return undefined;
  for (const block of known)
    if ((await headOf(deps.chain, block.number)).hash === block.hash) return block.number + 1n;
  return deps.from;
}

/** Forgets what is not on the chain any more, and folds anew what is left. */
async function takeBack(deps: FollowDeps, tx: Tx, from: bigint): Promise<number> {
  if (await anySettledFrom(tx, from))
    throw new DeepReorganisation(`the chain changed from block ${from} on, deeper than finality`);
  const gone = await logsFrom(tx, from);
  for (const log of gone) await moveBalance(tx, log, -1n);
  await forgetFrom(tx, from);
  await refold(deps, tx, gone);
  await noteRollback(tx);
  rollbacks.inc();
  deps.log.warn({ from: String(from), logs: gone.length }, 'the chain was reorganised');
  return gone.length;
}

interface RawLog {
  readonly address: Address;
  readonly topics: [Hex, ...Hex[]];
  readonly data: Hex;
  readonly blockNumber: Hex;
  readonly blockHash: Hex;
  readonly transactionHash: Hex;
  readonly logIndex: Hex;
}
type Found = Log & { readonly hash: Hex };

async function readSpan(deps: FollowDeps, from: bigint, to: bigint): Promise<Found[]> {
  const { chain, contracts } = deps;
  const address = contracts.map((one) => one.address);
  const span = { address, fromBlock: numberToHex(from), toBlock: numberToHex(to) };
  const raw = (await chain.rpc('eth_getLogs', [span])) as RawLog[];
  const times = new Map<bigint, Date>();
  const found: Found[] = [];
  for (const one of raw) {
    const block = BigInt(one.blockNumber);
    const at = times.get(block) ?? (await headOf(chain, block)).at;
    times.set(block, at);
    const log = decode(contracts, one, at);
    if (log) found.push({ ...log, hash: one.blockHash });
  }
  return found;
}

function decode(contracts: readonly Contract[], raw: RawLog, at: Date): Log | undefined {
  const contract = contracts.find((one) => one.address === raw.address.toLowerCase());
  if (!contract) return undefined;
  const said = eventOf(contract, raw);
  // The manager of roles and later versions say things that are not for us.
  if (!said) return undefined;
  const args = plain(said.args) as Log['args'];
  // By the ABI from which the type is made.
  return {
    ...{ block: BigInt(raw.blockNumber), index: Number(BigInt(raw.logIndex)) },
    ...{ tx: raw.transactionHash, contract: contract.name, event: said.eventName, args, at },
    tokenId: contract.name === 'Exchange' ? tokenIn(args) : undefined,
  } as Log;
}

function eventOf(contract: Contract, { topics, data }: RawLog) {
  try {
    const { eventName, args = {} } = decodeEventLog({ abi: contract.abi, topics, data });
    return eventName === undefined ? undefined : { eventName, args };
  } catch {
    return undefined;
  }
}

/** As JSON keeps it: numbers of any size as decimal text, hex in lower case. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return value.startsWith('0x') ? value.toLowerCase() : value;
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
  return value;
}

/** ERC-721 says `tokenId`, our own events `cardId`; shares and accounts are no token. */
function tokenIn(args: Log['args']): Hex | undefined {
  const idOf = (id: string): Hex => numberToHex(BigInt(id), { size: 32 });
  if ('cardId' in args) return idOf(args.cardId);
  return 'tokenId' in args ? idOf(args.tokenId) : undefined;
}

async function keep(
  deps: FollowDeps,
  tx: Tx,
  came: readonly Found[],
  top: BlockHead,
): Promise<void> {
  for (const { block, hash, at } of came) await insertBlock(tx, { number: block, hash, at });
  await insertBlock(tx, top);
  for (const log of came) {
    await insertLog(tx, log);
    await moveBalance(tx, log, 1n);
  }
  await refold(deps, tx, came);
}

const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000';

/** Each address has what came to it less what left it; money that is made or burnt has one side only. */
async function moveBalance(tx: Tx, log: Log, sign: 1n | -1n): Promise<void> {
  if (log.contract !== 'SandboxMoney' || log.event !== 'Transfer') return;
  const { from, to, value } = log.args;
  const amount = BigInt(value) * sign;
  if (from !== ZERO_ADDRESS) await addBalance(tx, from, -amount);
  if (to !== ZERO_ADDRESS) await addBalance(tx, to, amount);
}

async function refold(deps: FollowDeps, tx: Tx, logs: readonly Log[]): Promise<void> {
  const house = deps.contracts.find(({ name }) => name === 'Exchange')?.address;
  assert(house, 'the exchange is among the contracts that are followed');
  const touched = new Set(logs.flatMap(({ tokenId }) => (tokenId ? [tokenId] : [])));
  for (const tokenId of touched) {
    const now = fold(tokenId, await logsOf(tx, tokenId), house);
    if (now) await saveHolding(tx, now);
    else await dropHolding(tx, tokenId);
  }
  await refoldFractions(tx, logs);
  await tellAuctions(tx, touched);
}

async function settleSome(deps: FollowDeps, at: Date): Promise<number> {
  return await inTransaction(deps.db, async (tx) => {
    if (!(await lockCursor(tx))) return 0;
    const cursor = await findCursor(tx);
    if (!cursor) return 0;
    const ready = await unsettledUpTo(tx, { final: cursor.final, limit: SETTLE_MAX });
    for (const log of ready) {
      if (!(await markSettled(tx, log))) continue;
      await deps.settle(tx, log, at);
    }
    return ready.length;
  });
}
