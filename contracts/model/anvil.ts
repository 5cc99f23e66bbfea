/** An anvil of the test's own, the contracts on it, and one step of a trace sent to them. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Abi,
  type AbiEvent,
  concat,
  decodeErrorResult,
  decodeEventLog,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  hexToBigInt,
  numberToHex,
  slice,
  toFunctionSelector,
  zeroHash,
} from 'viem';
import { type HDAccount, mnemonicToAccount } from 'viem/accounts';
import { exchangeAbi, logAnchorAbi } from '../abi.gen.ts';
import { type Artifact, compile, SETTINGS, sourcesOf } from '../build.ts';
import { foundryBinary } from '../foundry.ts';
import { packFirstSale } from '../typed-data.ts';
import { ORDER } from './curve.ts';
import type { Inner, Step } from './exchange.ts';
import type { Look } from './look.ts';
import {
  type Address,
  type FirstSale,
  isFirstSale,
  isSignature,
  isWord,
  OF_KEYS,
  type Signature,
  TYPES,
  type Word,
} from './messages.ts';
import type { Happening, Reason } from './rules.ts';

// ------------------------------------------------------------------ the node

const MNEMONIC = 'test test test test test test test test test test test junk';
export const PEOPLE_MAX = 12;
export const person = (addressIndex: number): HDAccount =>
  mnemonicToAccount(MNEMONIC, { addressIndex });

export interface Node {
  readonly url: string;
  /** Of each transaction. */
  readonly gas: number;
  rpc<T>(method: string, ...params: unknown[]): Promise<T>;
  stop(): Promise<void>;
}

const START_MS_MAX = 20_000;
/** A transaction is only looked at right after it was mined. */
const STATES_KEPT = 16;

/** Blocks come only by `evm_mine`. */
export async function startNode(
  port: number,
  { hardfork = 'cancun', roomy = false }: { hardfork?: string; roomy?: boolean } = {},
): Promise<Node> {
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    foundryBinary('anvil'),
    [
      ...['--host', '127.0.0.1', '--port', String(port), '--accounts', String(PEOPLE_MAX)],
      ...['--mnemonic', MNEMONIC, '--hardfork', hardfork, '--no-mining', '--quiet'],
      ...['--timestamp', '1750000000', '--block-base-fee-per-gas', '0'],
      '--disable-min-priority-fee',
      // Old states would go to disk, a gigabyte in half an hour, and stay there.
      ...['--prune-history', String(STATES_KEPT)],
      // Code with switches in it (mutate.ts) is larger than a chain would take.
      ...(roomy ? ['--disable-code-size-limit', '--gas-limit', String(GAS_ROOMY)] : []),
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  let id = 0;
  const rpc = async <T>(method: string, ...params: unknown[]): Promise<T> => {
    id += 1;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(url, { method: 'POST', body, headers });
    const { result, error } = (await reply.json()) as { result?: T; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result as T;
  };
  const stop = async (): Promise<void> => {
    const ended = new Promise((done) => child.once('exit', done));
    if (child.exitCode === null && child.kill('SIGTERM')) await ended;
  };
  for (const until = Date.now() + START_MS_MAX; ; await sleep(25)) {
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`anvil did not start on ${url}; is its port in use?`);
    }
    if (
      await rpc('eth_chainId').then(
        () => true,
        () => false,
      )
    )
      return { url, rpc, stop, gas: roomy ? GAS_ROOMY : GAS };
  }
}

interface Receipt {
  readonly status: Hex;
  readonly contractAddress: Address | null;
  readonly gasUsed: Hex;
  readonly logs: readonly { address: Address; data: Hex; topics: [Hex, ...Hex[]] }[];
}
const GAS = 8_000_000;
const GAS_ROOMY = 200_000_000;

/** One transaction in a block of its own, at `at` when that is given. */
export async function send(
  { rpc, gas }: Node,
  tx: { from: Address; to?: Address; data: Hex; at?: bigint },
): Promise<Receipt & { hash: Hex }> {
  const { at, ...rest } = tx;
  if (at !== undefined) await rpc('evm_setNextBlockTimestamp', numberToHex(at));
  const paid = { ...rest, gas: numberToHex(gas), gasPrice: '0x0' };
  const hash = await rpc<Hex>('eth_sendTransaction', paid);
  await rpc('evm_mine');
  const receipt = await rpc<Receipt | null>('eth_getTransactionReceipt', hash);
  if (!receipt) throw new Error(`no receipt for ${hash}`);
  return { ...receipt, hash };
}

export async function deploy(
  node: Node,
  from: Address,
  code: { readonly abi: readonly unknown[]; readonly bytecode: Hex },
  args: readonly unknown[] = [],
): Promise<Address> {
  const data = encodeDeployData({ abi: code.abi as Abi, bytecode: code.bytecode, args });
  const { contractAddress, status } = await send(node, { from, data });
  if (!contractAddress || status !== '0x1') throw new Error('not deployed');
  return contractAddress;
}

// ------------------------------------------------------------------ the contracts

export const artifact = (name: string): Artifact =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../artifacts/${name}.json`), 'utf8'));

/** The misbehaving money and wallet, compiled once and kept in the compiler's cache. */
export function actors(): { money: Compiled; puppet: Compiled } {
  const output = compile(SETTINGS, sourcesOf(['model/Actors.sol']))['model/Actors.sol'] ?? {};
  const of = (name: string): Compiled => {
    const made = output[name];
    if (!made) throw new Error(`no ${name}`);
    return { abi: made.abi, bytecode: `0x${made.evm.bytecode.object}` };
  };
  return { money: of('MoodyMoney'), puppet: of('Puppet') };
}
export interface Compiled {
  readonly abi: readonly unknown[];
  readonly bytecode: Hex;
}

export interface Profile {
  readonly name: string;
  readonly features: bigint;
  readonly priceCap: bigint;
  readonly approvalUntil: bigint;
}
/** Where a trace plays: one exchange with its money, its anchor, its puppet. */
export interface Stage {
  readonly node: Node;
  readonly profile: Profile;
  readonly chainId: number;
  readonly exchange: Address;
  readonly money: Address;
  readonly treasury: Address;
  readonly anchor: Address;
  readonly puppet: Address;
  readonly puppetOwner: Address;
  readonly abis: { readonly money: Abi; readonly puppet: Abi };
}

export interface Code {
  readonly actors: { readonly money: Compiled; readonly puppet: Compiled };
  readonly exchange: Compiled;
  readonly extension: Compiled;
  readonly desk: Compiled;
  /** Of each block, and a node that takes code of any size (mutate.ts). */
  readonly coinbase?: Hex;
}
export const ourCode = (): Code => ({
  actors: actors(),
  exchange: artifact('Exchange'),
  extension: artifact('ExchangeExtension'),
  desk: artifact('ExchangeDesk'),
});

export async function setStage(
  node: Node,
  profile: Profile,
  roles: { admin: Address; anchorer: Address; puppetOwner: Address },
  code: Code,
): Promise<Stage> {
  const { admin, anchorer, puppetOwner } = roles;
  const { money: moneyCode, puppet: puppetCode } = code.actors;
  const money = await deploy(node, admin, moneyCode);
  const puppet = await deploy(node, admin, puppetCode, [puppetOwner]);
  const authority = await deploy(node, admin, artifact('AccessManager'), [admin]);
  const heads = [anchorer, anchorer, zeroHash, 0n, zeroHash];
  const anchor = await deploy(node, admin, artifact('LogAnchor'), heads);
  const { features, priceCap, approvalUntil } = profile;
  const config = {
    ...{ money, authority, logAnchor: anchor },
    ...{ features, priceCap, approvalUntil, approvalId: zeroHash },
  };
  const desk = await deploy(node, admin, code.desk, [config]);
  const extension = await deploy(node, admin, code.extension, [config, desk]);
  const exchange = await deploy(node, admin, code.exchange, [config, extension]);
  const treasury = await treasuryOf(node, exchange);
  const chainId = Number(await node.rpc<Hex>('eth_chainId'));
  const abis = { money: moneyCode.abi as Abi, puppet: puppetCode.abi as Abi };
  return {
    ...{ node, profile, chainId, exchange, money, treasury },
    ...{ anchor, puppet, puppetOwner, abis },
  };
}

async function treasuryOf({ rpc }: Node, to: Address): Promise<Address> {
  const call = { abi: EXCHANGE, functionName: 'houseOf' } as const;
  const data = await rpc<Hex>('eth_call', { to, data: encodeFunctionData(call) }, 'latest');
  const [, , treasury] = decodeFunctionResult({ ...call, data }) as [bigint, number, Address];
  return treasury.toLowerCase() as Address;
}

// ------------------------------------------------------------------ one step

export type Seen =
  | { readonly ok: true; readonly happenings: readonly Happening[] }
  | { readonly ok: false; readonly reason: Reason };

export async function play(stage: Stage, signers: Signers, step: Step): Promise<Seen> {
  const { node, puppet } = stage;
  const [to, call] = await encode(stage, signers, step);
  const wrapped = step.from === puppet;
  const abi = stage.abis.puppet;
  const data = wrapped ? encodeFunctionData({ abi, functionName: 'act', args: [to, call] }) : call;
  const from = wrapped ? stage.puppetOwner : step.from;
  const receipt = await send(node, { from, to: wrapped ? puppet : to, data, at: step.at });
  if (receipt.status === '0x1') return { ok: true, happenings: happeningsOf(stage, receipt.logs) };
  const trace = await node.rpc<{ output?: Hex }>('debug_traceTransaction', receipt.hash, {
    tracer: 'callTracer',
    tracerConfig: { onlyTopCall: true },
  });
  return { ok: false, reason: reasonOf(stage, trace.output ?? '0x') };
}

async function encode(stage: Stage, signers: Signers, step: Step): Promise<[Address, Hex]> {
  const { to, fn: functionName, args } = step;
  if (to === 'exchange') return [stage.exchange, await encodeInner(stage, signers, step)];
  if (to === 'anchor')
    return [stage.anchor, encodeFunctionData({ abi: logAnchorAbi as Abi, functionName, args })];
  return [stage[to], encodeFunctionData({ abi: stage.abis[to], functionName, args })];
}

async function encodeInner(stage: Stage, signers: Signers, { fn, args }: Inner): Promise<Hex> {
  const values =
    fn === 'multicall'
      ? [await each(args[0] as readonly Inner[], (inner) => encodeInner(stage, signers, inner))]
      : await each(args, (value) => bytesOf(stage, signers, value));
  return encodeFunctionData({ abi: EXCHANGE, functionName: fn, args: values });
}
const each = <A, B>(items: readonly A[], run: (item: A) => Promise<B>): Promise<B[]> =>
  Promise.all(items.map(run));
/** The ABI tells some functions twice, by the contract and by its face. */
const EXCHANGE: Abi = [
  ...new Map(
    (exchangeAbi as Abi).map((item) => [
      item.type === 'function'
        ? toFunctionSelector(item)
        : `${item.type} ${'name' in item ? item.name : ''}`,
      item,
    ]),
  ).values(),
];

// ------------------------------------------------------------------ signatures

export type Signers = ReadonlyMap<Address, HDAccount>;

async function bytesOf(stage: Stage, signers: Signers, value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return each(value, (item) => bytesOf(stage, signers, item));
  if (isWord(value)) return wordOf(stage, signers, value);
  if (isFirstSale(value)) return packed(value);
  return isSignature(value) ? sign(stage, signers, value) : value;
}

const packed = ({ attest, listing }: FirstSale) =>
  packFirstSale(attest, { ...listing, price: listing.price % 2n ** 48n });

/** A form that two words cannot have is a signature of nobody. */
async function wordOf(stage: Stage, signers: Signers, { word, of }: Word): Promise<Hex> {
  if (!OF_KEYS.includes(of.form)) return zeroHash;
  const both = await sign(stage, signers, { ...of, form: 'COMPACT' });
  return word === 'r' ? slice(both, 0, 32) : slice(both, 32);
}

export async function sign(stage: Stage, signers: Signers, signature: Signature): Promise<Hex> {
  const { by, type, over, form, elsewhere } = signature;
  const account = signers.get(by);
  if (!account) throw new Error(`nobody has the key of ${by}`);
  const full = await account.signTypedData({
    domain: {
      name: 'Huiquan Exchange',
      version: '1',
      chainId: elsewhere?.chainId ?? stage.chainId,
      verifyingContract: elsewhere?.verifyingContract ?? stage.exchange,
    },
    types: { [type]: TYPES[type] },
    primaryType: type,
    message: over as Record<string, unknown>,
  });
  const [r, s, v] = [full.slice(2, 66), full.slice(66, 130), full.slice(130)];
  if (form === 'TORN') return full.slice(0, -4) as Hex;
  if (form === 'FULL') return full;
  const odd = v === '1c';
  if (form === 'BENT') {
    const other = (ORDER - BigInt(`0x${s}`)).toString(16).padStart(64, '0');
    return `0x${r}${other}${odd ? '1b' : '1c'}`;
  }
  // EIP-2098: the parity is the top bit of s.
  const packed = BigInt(`0x${s}`) | (odd ? 1n << 255n : 0n);
  return concat([`0x${r}`, `0x${packed.toString(16).padStart(64, '0')}`]);
}

// ------------------------------------------------------------------ what came back

const SELECTORS = new Map(
  EXCHANGE.flatMap((item) =>
    item.type === 'function' || item.type === 'error'
      ? [[toFunctionSelector(`${item.name}(${item.inputs.map(typeOf).join()})`), item.name]]
      : [],
  ),
);
function typeOf(input: { type: string; components?: readonly { type: string }[] }): string {
  if (!input.type.startsWith('tuple')) return input.type;
  return `(${(input.components ?? []).map(typeOf).join()})${input.type.slice(5)}`;
}

function happeningsOf(stage: Stage, logs: Receipt['logs']): Happening[] {
  return logs.flatMap(({ address, data, topics }) => {
    const ours = address.toLowerCase() === stage.exchange.toLowerCase();
    const theirs = address.toLowerCase() === stage.money.toLowerCase();
    if (!ours && !theirs) return [];
    const abi = ours ? EVENTS : stage.abis.money;
    const { eventName, args } = decodeEventLog({ abi, data, topics });
    const told = Object.entries((args ?? {}) as object).map(([name, value]) => [
      name,
      name === 'action' || name === 'reason' ? (SELECTORS.get(value) ?? value) : value,
    ]);
    return [
      { event: ours ? `${eventName}` : `Money.${eventName}`, args: Object.fromEntries(told) },
    ];
  });
}
const EVENTS: Abi = (EXCHANGE as readonly AbiEvent[]).filter(({ type }) => type === 'event');

function reasonOf(stage: Stage, data: Hex): Reason {
  for (const abi of [EXCHANGE, stage.abis.puppet]) {
    try {
      const { errorName, args = [] } = decodeErrorResult({ abi, data });
      return { error: errorName, args };
    } catch {
      // Not an error of this contract.
    }
  }
  return { error: 'unknown', args: [data] };
}

// ------------------------------------------------------------------ the whole state

/** One entry of the ABI by name: the whole is long, and would be searched for every view. */
const viewAbi = (fn: string): Abi =>
  VIEWS.get(fn) ?? EXCHANGE.filter((item) => item.type === 'function' && item.name === fn);
const VIEWS = new Map(
  EXCHANGE.flatMap((item) => (item.type === 'function' ? [[item.name, [item]] as const] : [])),
);

/** All views in one `eth_call`, through the exchange's own multicall; the answers as they came. */
export async function askRaw(stage: Stage, looks: readonly Look[]): Promise<Hex[]> {
  const calls = looks.map(({ fn, args }) =>
    encodeFunctionData({ abi: viewAbi(fn), functionName: fn, args }),
  );
  const all = { abi: viewAbi('multicall'), functionName: 'multicall' };
  const data = encodeFunctionData({ ...all, args: [calls] });
  const answer = await stage.node.rpc<Hex>('eth_call', { to: stage.exchange, data }, 'latest');
  return decodeFunctionResult({ ...all, data: answer }) as Hex[];
}
export const told = ({ fn }: Look, data: Hex): unknown =>
  decodeFunctionResult({ abi: viewAbi(fn), functionName: fn, data });

export async function moneyOn(stage: Stage, who: Address): Promise<[bigint, bigint]> {
  const read = async (functionName: string, ...args: Address[]): Promise<bigint> => {
    const data = encodeFunctionData({ abi: stage.abis.money, functionName, args });
    return hexToBigInt(await stage.node.rpc<Hex>('eth_call', { to: stage.money, data }, 'latest'));
  };
  return [await read('balanceOf', who), await read('allowance', who, stage.exchange)];
}
