/** Brings the contracts to a chain for one profile, once; refuses a deployment that has other features than the profile. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Abi, Address, Hex, LocalAccount } from 'viem';
import {
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  keccak256,
  numberToHex,
  parseAbi,
  parseEther,
  stringToHex,
  toFunctionSelector,
} from 'viem/utils';
import { accessManagerAbi, exchangeAbi } from '#contracts';
import {
  type Config,
  chinaInstant,
  type Db,
  inTransaction,
  type Keys,
  newId,
  SECOND,
} from '#platform';
import { nextSigner, noteSigner, signerCall } from '../attest.ts';
import type { OnChain } from '../deps.ts';
import { exchangeDomain, ZERO_WORD } from '../domain.ts';
import { relayEnded } from '../effects.ts';
import { accountFor, relayersOf } from '../keys.ts';
import { moneyAbi } from '../money-abi.ts';
import { ADMIN, roleOf } from '../planned.ts';
import { flagsOf, type Profile } from '../profile.ts';
import { forgetRelays } from '../relay.ts';
import { insertRelayer, type Relayer, relayers, sendingRelayer } from '../relayer-store.ts';
import {
  type Deployment,
  forgetChain,
  insertDeployment,
  liveDeployment,
  type SignerRow,
  signersOf,
} from '../store.ts';
import { type Chain, ChainRefused, keepTime } from './chain.ts';

interface Artifact {
  readonly abi: Abi;
  readonly bytecode: Hex;
  readonly sourceHash: string;
}

const FOLDER = join(import.meta.dirname, '../../../contracts/artifacts');

function artifact(name: string): Artifact {
  const path = join(FOLDER, `${name}.json`);
  if (!existsSync(path))
    throw new ChainRefused(
      `contracts/artifacts/${name}.json is missing; run node contracts/build.ts`,
    );
  return JSON.parse(readFileSync(path, 'utf8')) as Artifact;
}

export interface DeployInput {
  readonly db: Db;
  readonly keys: Keys;
  readonly config: Config;
  readonly profile: Profile;
  readonly chain: Chain;
  readonly at: Date;
}

/** The contracts of this profile on this chain: those that are there, or, on a chain of our own, new ones. */
export async function contractsOf(input: DeployInput): Promise<OnChain> {
  const { db, chain, profile } = input;
  const known = await liveDeployment(db, chain.id);
  // What CN has on a chain has no exchange.
  const market = known && known.profile !== 'CN';
  if (market && (await hasCode(chain, addressIn(known, 'Exchange')))) {
    requireVersion(known);
    await requireFeatures(chain, addressIn(known, 'Exchange'), profile);
    await requireDelays(input, addressIn(known, 'AccessManager'));
    return await onChain(input, known);
  }
  if (!chain.own)
    throw new ChainRefused('the exchange is not deployed on it; run huiquan chain deploy');
  return await onChain(input, await deploy(input));
}

/** The key that sends; a house that never had one gets its first. */
async function firstRelayer({ db, keys, at }: DeployInput): Promise<Relayer> {
  const address = accountFor(keys, 'relayer').address.toLowerCase() as Address;
  const first = { version: 1, address, made_at: at, sends_from: at };
  await inTransaction(db, async (tx) => await insertRelayer(tx, first));
  const sending = await sendingRelayer(db);
  assert(sending, 'one key always sends');
  return sending;
}

const addressIn = ({ addresses }: Deployment, name: string): Address => {
  const found = (addresses as Record<string, string>)[name];
  assert(found, `the deployment names no ${name}`);
  return found as Address;
};

const hasCode = async (chain: Chain, address: Address): Promise<boolean> =>
  String(await chain.rpc('eth_getCode', [address, 'latest'])).length > 2;

/** Another version has other functions and events: what this program sends and reads would mean something else there. */
function requireVersion({ source_hash: there }: Deployment): void {
  if (there !== artifact('Exchange').sourceHash)
    throw new ChainRefused(
      'its contract is of another version of this program: run that version with these data, or start with empty data',
    );
}

async function requireFeatures(chain: Chain, address: Address, profile: Profile): Promise<void> {
  const { features } = await chain.client.readContract({
    ...{ abi: exchangeAbi, address, functionName: 'config' },
  });
  if (features !== flagsOf(profile))
    throw new ChainRefused(
      `its contract has the features ${features}, profile ${profile} has ${flagsOf(profile)}`,
    );
}

/** Who acts for the house may change neither roles nor keys before everybody could see it coming. */
async function requireDelays({ db, keys, chain }: DeployInput, manager: Address): Promise<void> {
  if (chain.own) return;
  const { address: deployer } = accountFor(keys, 'deployer');
  const waiting: [role: bigint, who: Address][] = [[ADMIN, deployer]];
  for (const { address } of await relayers(db)) waiting.push([ROLES.keeper, address]);
  for (const [role, who] of waiting) {
    const { isMember, delayS } = await roleOf({ chain, manager }, role, who);
    if (isMember && delayS < DELAY_S)
      throw new ChainRefused(
        `its manager lets ${who} act at once as role ${role}: give it the delay by grantRole(${role}, ${who}, ${DELAY_S})`,
      );
  }
}

async function onChain(input: DeployInput, of: Deployment): Promise<OnChain> {
  const { keys, chain } = input;
  const [exchange, money] = [addressIn(of, 'Exchange'), addressIn(of, 'SandboxMoney')];
  const [, name, version] = await chain.client.readContract({
    ...{ abi: moneyAbi, address: money, functionName: 'eip712Domain' },
  });
  const manager = addressIn(of, 'AccessManager');
  const sending = await firstRelayer(input);
  const [, delayS] = await chain.client.readContract({
    ...{ abi: accessManagerAbi, address: manager, functionName: 'getAccess' },
    args: [ROLES.keeper, sending.address],
  });
  return {
    ...{ chain, exchange, money, manager, from: of.block_number, keyDelayMs: delayS * SECOND },
    domains: {
      exchange: exchangeDomain(chain.id, exchange),
      money: { name, version, chainId: chain.id, verifyingContract: money },
    },
    abis: { exchange: exchangeAbi as Abi, money: moneyAbi as Abi },
    relayer: relayersOf(keys),
  };
}

/** Roles of the AccessManager that the key which sends has. */
export const ROLES = { registrar: 1n, cashier: 2n, keeper: 3n, guardian: 4n } as const;
const ACTS: Readonly<Record<keyof typeof ROLES, readonly string[]>> = {
  registrar: ['setKyc((address,uint40,uint8)[])'],
  cashier: ['mint(address,uint256)'],
  keeper: [
    'setSigner(address,(uint8,uint40,uint40,uint16))',
    'setCharity(uint16,address)',
    'setFeePayee(address)',
  ],
  guardian: [
    'pause()',
    'unpause()',
    'revokeSigner(address)',
    'setAccountFrozen(address,bool,bytes32)',
    'fileCase(uint256,bytes32)',
    'setFrozenTokens(address,uint256,bool)',
  ],
};
/** Changes of roles and keys wait two days on a chain of others; a guardian's stop waits for nobody. */
const DELAY_S = 48 * 3_600;

const managerAbi = parseAbi([
  'function setTargetFunctionRole(address target, bytes4[] selectors, uint64 roleId)',
  'function grantRole(uint64 roleId, address account, uint32 executionDelay)',
]);

const OWN_COINS = numberToHex(parseEther('1000'));

/** By hand on a chain of others: their coins pay for it, so the deployer's address is told first. */
export async function deploy(input: DeployInput): Promise<Deployment> {
  const { db, keys, profile, chain, at } = input;
  const [deployer, relayer] = [accountFor(keys, 'deployer'), await firstRelayer(input)];
  if (chain.own)
    for (const { address } of [deployer, relayer])
      await chain.rpc('anvil_setBalance', [address, OWN_COINS]);
  const before = await liveDeployment(db, chain.id);
  const sameChain =
    before !== undefined && (await hasCode(chain, addressIn(before, 'AccessManager')));
  const send = await sender(chain, deployer, at);
  const block = BigInt(String(await chain.rpc('eth_blockNumber', [])));
  const manager = await send.create('AccessManager', [deployer.address]);
  const anchor = await send.create('LogAnchor', [
    ...[relayer.address, deployer.address],
    ...[ZERO_WORD, 0n, ZERO_WORD],
  ]);
  const settlement = await send.create('AttestedSettlement', [manager]);
  // CN has no card on the chain, so neither a token nor a market, and nobody whose word they would take.
  const market =
    profile === 'CN'
      ? undefined
      : await createMarket(input, send, { manager, anchor, relayer: relayer.address });
  if (!chain.own) await send.call(manager, granting(ADMIN, deployer.address, DELAY_S));
  const addresses = {
    ...{ AccessManager: manager, LogAnchor: anchor, AttestedSettlement: settlement },
    ...market?.addresses,
  };
  const row = {
    ...{ id: newId(at), chain_id: BigInt(chain.id), profile, features: flagsOf(profile) },
    ...{ source_hash: artifact('Exchange').sourceHash, addresses: JSON.stringify(addresses) },
    ...{ block_number: block, deployed_at: at },
  };
  await inTransaction(db, async (tx) => {
    await forgetChain(tx);
    await forgetRelays(tx, { ended: relayEnded, sameChain, at });
    await insertDeployment(tx, row);
    if (market) await noteSigner(tx, market.first, at);
  });
  const made = await liveDeployment(db, chain.id);
  assert(made, 'the deployment was just stored');
  if (profile !== 'CN') await requireFeatures(chain, addressIn(made, 'Exchange'), profile);
  await requireDelays(input, manager);
  return made;
}

interface Market {
  readonly addresses: Readonly<Record<string, Address>>;
  readonly first: SignerRow;
}

/** The token, the market and the test money. */
async function createMarket(
  input: DeployInput,
  send: Sender,
  { manager, anchor, relayer }: { manager: Address; anchor: Address; relayer: Address },
): Promise<Market> {
  const { config, profile, chain } = input;
  const money = await send.create('SandboxMoney', [manager]);
  const words = contractConfig(config, profile, { money, authority: manager, logAnchor: anchor });
  const desk = await send.create('ExchangeDesk', [words]);
  const extension = await send.create('ExchangeExtension', [words, desk]);
  const exchange = await send.create('Exchange', [words, extension]);
  // Before the roles are, since whatever key comes later may have to wait; and a new one, since this contract knows none
  // of those that the house had before it.
  const first = await firstSigner(input, send, exchange);
  await grant(send, { manager, exchange, money, relayer, own: chain.own });
  const addresses = {
    ...{ SandboxMoney: money, ExchangeDesk: desk, ExchangeExtension: extension },
    Exchange: exchange,
  };
  return { addresses, first };
}

async function firstSigner(
  { db, keys, at }: DeployInput,
  send: Sender,
  exchange: Address,
): Promise<SignerRow> {
  const [last] = await signersOf(db, 'verifier');
  const version = (last?.version ?? 0) + 1;
  const row = nextSigner(keys, { kind: 'verifier', version, at, delayMs: 0 });
  await send.call(exchange, signerCall(row));
  return row;
}

function contractConfig(
  config: Config,
  profile: Profile,
  of: { money: Address; authority: Address; logAnchor: Address },
) {
  const sandbox = profile === 'SANDBOX';
  const { SANDBOX_PRICE_CAP_FEN: cap, SANDBOX_UNTIL: until, SANDBOX_APPROVAL: approval } = config;
  return {
    ...of,
    features: flagsOf(profile),
    priceCap: sandbox ? BigInt(cap) : 0n,
    approvalUntil: sandbox ? Math.floor(chinaInstant(until, 24).getTime() / 1000) : 0,
    approvalId: sandbox ? keccak256(stringToHex(approval)) : ZERO_WORD,
  };
}

interface Sender {
  create(name: string, args: readonly unknown[]): Promise<Address>;
  call(to: Address, data: Hex): Promise<void>;
}

const CREATE_GAS = 12_000_000n;
const CALL_GAS = 1_000_000n;
const RECEIPT_MS_MAX = 120_000;

/** One after the other, each waited for: a deployment is done once and by hand. */
async function sender(chain: Chain, account: LocalAccount, at: Date): Promise<Sender> {
  let nonce = Number(await chain.rpc('eth_getTransactionCount', [account.address, 'latest']));
  const send = async (to: Address | undefined, data: Hex, gas: bigint): Promise<void> => {
    const fee = 2n * BigInt(String(await chain.rpc('eth_gasPrice', [])));
    const raw = await account.signTransaction({
      ...{ type: 'eip1559', chainId: chain.id, nonce, gas, data, ...(to && { to }) },
      ...{ maxFeePerGas: fee, maxPriorityFeePerGas: fee },
    });
    await keepTime(chain, at);
    const hash = (await chain.rpc('eth_sendRawTransaction', [raw])) as Hex;
    nonce++;
    const { client } = chain;
    const receipt = await client.waitForTransactionReceipt({ hash, timeout: RECEIPT_MS_MAX });
    if (receipt.status !== 'success') throw new ChainRefused(`a step of the deployment reverted`);
  };
  return {
    create: async (name, args) => {
      const { abi, bytecode } = artifact(name);
      const at = getContractAddress({ from: account.address, nonce: BigInt(nonce) });
      await send(undefined, encodeDeployData({ abi, bytecode, args }), CREATE_GAS);
      return at.toLowerCase() as Address;
    },
    call: async (to, data) => await send(to, data, CALL_GAS),
  };
}

async function grant(
  send: Sender,
  of: { manager: Address; exchange: Address; money: Address; relayer: Address; own: boolean },
): Promise<void> {
  const { manager, exchange, money, relayer, own } = of;
  for (const [name, role] of Object.entries(ROLES) as [keyof typeof ROLES, bigint][]) {
    const target = name === 'cashier' ? money : exchange;
    const selectors = ACTS[name].map((one) => toFunctionSelector(one));
    const set = { abi: managerAbi, functionName: 'setTargetFunctionRole' } as const;
    await send.call(manager, encodeFunctionData({ ...set, args: [target, selectors, role] }));
    const delay = name === 'keeper' && !own ? DELAY_S : 0;
    await send.call(manager, granting(role, relayer, delay));
  }
}

const granting = (role: bigint, to: Address, delayS: number): Hex =>
  encodeFunctionData({ abi: managerAbi, functionName: 'grantRole', args: [role, to, delayS] });
