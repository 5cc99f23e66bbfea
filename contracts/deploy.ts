/**
 * Brings the contracts onto a chain for one legal profile: looks at the chain first, refuses what the profile may not
 * have, hands every role over with its delay, and keeps no power for the deployer.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Abi,
  type Account,
  type Address,
  type Chain,
  type Client,
  encodeFunctionData,
  type Hex,
  keccak256,
  stringToHex,
  type Transport,
  toFunctionSelector,
  zeroAddress,
  zeroHash,
} from 'viem';
import {
  deployContract,
  getChainId,
  readContract,
  waitForTransactionReceipt,
  writeContract,
} from 'viem/actions';
import { accessManagerAbi, attestedSettlementAbi, chainProbeAbi, exchangeAbi } from './abi.gen.ts';

export type DeployClient = Client<Transport, Chain, Account>;
export type ChainProfile = 'CN' | 'SANDBOX' | 'INTL';

/** The flag word of `Features.sol`; a test compares the two. */
export const FEATURE = {
  mint: 1n << 0n,
  transfer: 1n << 1n,
  sale: 1n << 2n,
  bid: 1n << 3n,
  swap: 1n << 4n,
  dutch: 1n << 5n,
  english: 1n << 6n,
  sealed: 1n << 7n,
  reissue: 1n << 8n,
  dvp: 1n << 9n,
  fraction: 1n << 10n,
} as const;
const ALL = (1n << 11n) - 1n;
/** The most that a profile may switch on. */
export const ALLOWED: Readonly<Record<ChainProfile, bigint>> = {
  CN: 0n,
  SANDBOX: ALL ^ FEATURE.transfer,
  INTL: ALL,
};

/** Roles of the AccessManager. The admin's own acts, and all a governor does, wait this long in public. */
export const DELAY_SECONDS = 48 * 60 * 60;
export const ROLE = {
  admin: 0n,
  registrar: 1n,
  desk: 2n,
  guardian: 3n,
  governor: 4n,
  minter: 5n,
} as const;
export type Role = keyof typeof ROLE;

/** Which role may call what; whatever is missing here belongs to the admin. */
export const POWERS: readonly { role: Role; on: 'exchange' | 'settlement'; functions: string[] }[] =
  [
    { role: 'registrar', on: 'exchange', functions: ['setKyc((address,uint40,uint8)[])'] },
    {
      role: 'desk',
      on: 'exchange',
      functions: [
        'fileCase(uint256,bytes32)',
        'setAccountFrozen(address,bool,bytes32)',
        'setFrozenTokens(address,uint256,bool)',
      ],
    },
    {
      role: 'guardian',
      on: 'exchange',
      functions: ['pause()', 'unpause()', 'revokeSigner(address)'],
    },
    {
      role: 'governor',
      on: 'exchange',
      functions: [
        'setSigner(address,(uint8,uint40,uint40,uint16))',
        'setCharity(uint16,address)',
        'setFeePayee(address)',
        'setBaseUri(string)',
        'forcedTransfer(address,address,uint256)',
      ],
    },
    { role: 'guardian', on: 'settlement', functions: ['revokeSigner(address)'] },
    {
      role: 'governor',
      on: 'settlement',
      functions: ['setSigner(address,(uint8,uint40,uint40))'],
    },
  ];

export interface DeployOptions {
  readonly client: DeployClient;
  readonly profile: ChainProfile;
  /** Now, to find out in which unit the chain tells the time. */
  readonly at: Date;
  /** Default: all that the profile allows. */
  readonly features?: bigint;
  /** SANDBOX only, and there required. */
  readonly approval?: { readonly id: string; readonly until: Date };
  /** Fen, the highest price of one sale; required in SANDBOX. */
  readonly priceCapFen?: bigint;
  /** Settlement money with 2 decimals; default: our own test money, for closed chains. */
  readonly money?: Address;
  readonly roles: Readonly<Record<Exclude<Role, 'minter'>, Address>> & {
    readonly minter?: Address;
  };
  /** Hot and cold key of the log's anchor. */
  readonly anchorers: { readonly first: Address; readonly backup: Address };
  readonly feePayee: Address;
  /** Keys that sign from the start; later ones take 48 hours. Kinds as in the contracts' SignerKind. */
  readonly signers?: readonly SignerEntry[];
  readonly charities?: readonly { readonly id: number; readonly payee: Address }[];
}
export interface SignerEntry {
  readonly signer: Address;
  readonly kind: 'verifier' | 'issuer' | 'bank' | 'desk';
  readonly from: Date;
  readonly until: Date;
  readonly issuerClass?: number;
}
export interface Deployment {
  readonly profile: ChainProfile;
  readonly chainId: number;
  readonly manager: Address;
  readonly log: Address;
  readonly settlement: Address;
  /** The block of the first contract: where an indexer starts. */
  readonly block: bigint;
  /** Absent in CN. */
  readonly exchange?: Address;
  readonly money?: Address;
}

/** Why nothing was deployed. */
export class DeployRefused extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.name = 'DeployRefused';
    this.reason = reason;
  }
}

/** Throws DeployRefused when the options ask for more than the profile may have. */
export function checkProfile(options: Omit<DeployOptions, 'client'>): bigint {
  const { profile, approval, at, priceCapFen = 0n } = options;
  const features = options.features ?? ALLOWED[profile];
  const excess = Object.entries(FEATURE).filter(
    ([, bit]) => (features & ~ALLOWED[profile] & bit) !== 0n,
  );
  if (excess.length > 0 || (features & ~ALL) !== 0n)
    throw new DeployRefused(
      `profile ${profile} may not have: ${excess.map(([name]) => name).join(', ') || features}`,
    );
  if (profile === 'SANDBOX') {
    if (!approval?.id) throw new DeployRefused('profile SANDBOX needs an approval number');
    if (approval.until <= at) throw new DeployRefused('the sandbox approval has ended');
    if (priceCapFen <= 0n) throw new DeployRefused('profile SANDBOX needs a cap on prices');
  } else if (approval) throw new DeployRefused(`an approval belongs to SANDBOX, not ${profile}`);
  return features;
}

// ------------------------------------------------------------------ the chain itself

const KEY_ONE = '0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf';
const KEY_MINUS_ONE = '0x80C0dbf239224071c59dD8970ab9d542E3414aB2';
const SHA256_EMPTY = '0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** A chain's clock may lag or lead; a thousandfold it may not. */
const CLOCK_TOLERANCE_SECONDS = 24 * 60 * 60;

/**
 * Asks a deployed ChainProbe whether deadlines and signatures mean here what the contracts think. For every start.
 * `clock: 'any'` is for test chains whose time was moved: only the unit is judged.
 */
export async function selfTest(
  client: Client<Transport, Chain>,
  probe: Address,
  { at, clock = 'near' }: { at: Date; clock?: 'near' | 'any' },
): Promise<void> {
  const [[timestamp, chainId, recovered, recoveredHigh, digest], rpcChainId] = await Promise.all([
    readContract(client, { address: probe, abi: chainProbeAbi, functionName: 'probe' }),
    getChainId(client),
  ]);
  const seconds = at.getTime() / 1000;
  if (Number(timestamp) > seconds * 100)
    throw new DeployRefused(
      'the chain tells the time in milliseconds (FISCO BCOS: switch feature_evm_timestamp on)',
    );
  if (clock === 'near' && Math.abs(Number(timestamp) - seconds) > CLOCK_TOLERANCE_SECONDS)
    throw new DeployRefused(`the chain's clock is wrong: ${timestamp} s`);
  if (chainId !== BigInt(rpcChainId))
    throw new DeployRefused(`chain id ${chainId} inside, ${rpcChainId} outside`);
  if (recovered.toLowerCase() !== KEY_ONE.toLowerCase())
    throw new DeployRefused('ecrecover does not recover');
  if (recoveredHigh.toLowerCase() !== KEY_MINUS_ONE.toLowerCase())
    throw new DeployRefused('ecrecover refuses a high s: no wrong delivery could be proved');
  if (digest !== SHA256_EMPTY) throw new DeployRefused('the SHA-256 precompile is wrong');
}

// ------------------------------------------------------------------ deployment

/** Deploys what the profile has; the chain is looked at first, by a probe that stays for later starts. */
export async function deploy(
  options: DeployOptions & { readonly clock?: 'near' | 'any' },
): Promise<Deployment & { readonly probe: Address }> {
  const { client, profile, at, anchorers, clock = 'near' } = options;
  const features = checkProfile(options);
  const probe = await put(client, 'ChainProbe', []);
  await selfTest(client, probe.address, { at, clock });
  const deployer = client.account.address;
  const { address: manager } = await put(client, 'AccessManager', [deployer]);
  const { address: log } = await put(client, 'LogAnchor', [
    ...[anchorers.first, anchorers.backup],
    ...[zeroHash, 0n, zeroHash],
  ]);
  const { address: settlement } = await put(client, 'AttestedSettlement', [manager]);
  const market = profile === 'CN' ? {} : await putExchange(options, { manager, log, features });
  const made: Deployment & { probe: Address } = {
    ...{ profile, chainId: await getChainId(client), manager, log, settlement },
    ...{ ...market, block: probe.block, probe: probe.address },
  };
  await fill(options, made);
  await handOver(options, made);
  return made;
}

async function putExchange(
  { client, money: given, priceCapFen = 0n, approval }: DeployOptions,
  { manager, log, features }: { manager: Address; log: Address; features: bigint },
): Promise<{ exchange: Address; money: Address }> {
  const money = given ?? (await put(client, 'SandboxMoney', [manager])).address;
  const config = {
    ...{ money, authority: manager, logAnchor: log, features, priceCap: priceCapFen },
    approvalUntil: approval ? Math.floor(approval.until.getTime() / 1000) : 0,
    approvalId: approval ? keccak256(stringToHex(approval.id)) : zeroHash,
  };
  const { address: desk } = await put(client, 'ExchangeDesk', [config]);
  const { address: extension } = await put(client, 'ExchangeExtension', [config, desk]);
  const { address: exchange } = await put(client, 'Exchange', [config, extension]);
  return { exchange, money };
}

const EXCHANGE_KIND = { verifier: 1, issuer: 2, bank: 0, desk: 0 } as const;
const SETTLEMENT_KIND = { verifier: 1, issuer: 2, bank: 3, desk: 4 } as const;

/** Keys, charities and the fee's payee, while the deployer is still the admin without delay. */
async function fill(options: DeployOptions, made: Deployment): Promise<void> {
  const { client, signers = [], charities = [], feePayee } = options;
  const { exchange, settlement } = made;
  const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
  for (const { signer, kind, from, until, issuerClass = 0 } of signers) {
    const window = { from: seconds(from), until: seconds(until) };
    await call(client, settlement, attestedSettlementAbi, 'setSigner', [
      signer,
      { kind: SETTLEMENT_KIND[kind], ...window },
    ]);
    if (exchange && EXCHANGE_KIND[kind] !== 0)
      await call(client, exchange, exchangeAbi, 'setSigner', [
        signer,
        { kind: EXCHANGE_KIND[kind], ...window, issuerClass },
      ]);
  }
  if (!exchange) return;
  await call(client, exchange, exchangeAbi, 'setFeePayee', [feePayee]);
  for (const { id, payee } of charities)
    await call(client, exchange, exchangeAbi, 'setCharity', [id, payee]);
}

/** Powers to roles, roles to people with their delays, and the deployer out. One transaction, all or nothing. */
async function handOver({ client, roles }: DeployOptions, made: Deployment): Promise<void> {
  const { manager, exchange, settlement, money } = made;
  const deployer = client.account.address;
  const acts: Hex[] = [];
  const act = (functionName: string, args: readonly unknown[]) =>
    acts.push(encodeFunctionData({ abi: accessManagerAbi as Abi, functionName, args }));
  for (const { role, on, functions } of POWERS) {
    const target = on === 'exchange' ? exchange : settlement;
    if (!target) continue;
    act('setTargetFunctionRole', [target, functions.map(toSelector), ROLE[role]]);
  }
  if (roles.minter && money)
    act('setTargetFunctionRole', [money, [toSelector('mint(address,uint256)')], ROLE.minter]);
  for (const target of [exchange, settlement, money])
    if (target) act('setTargetAdminDelay', [target, DELAY_SECONDS]);
  act('setRoleGuardian', [ROLE.governor, ROLE.guardian]);
  for (const [role, who] of Object.entries(roles) as [Role, Address][]) {
    if (role === 'admin' || !who || who === zeroAddress) continue;
    act('grantRole', [ROLE[role], who, role === 'governor' ? DELAY_SECONDS : 0]);
    // Whoever joins later can be seen coming.
    act('setGrantDelay', [ROLE[role], DELAY_SECONDS]);
  }
  act('grantRole', [ROLE.admin, roles.admin, DELAY_SECONDS]);
  if (roles.admin.toLowerCase() !== deployer.toLowerCase())
    act('renounceRole', [ROLE.admin, deployer]);
  await call(client, manager, accessManagerAbi, 'multicall', [acts]);
}

const toSelector = (signature: string): Hex => toFunctionSelector(`function ${signature}`);

interface ArtifactFile {
  readonly abi: Abi;
  readonly bytecode: Hex;
}
export function artifact(name: string): ArtifactFile {
  return JSON.parse(readFileSync(join(import.meta.dirname, `artifacts/${name}.json`), 'utf8'));
}

async function put(
  client: DeployClient,
  name: string,
  args: readonly unknown[],
): Promise<{ address: Address; block: bigint }> {
  const { abi, bytecode } = artifact(name);
  const hash = await deployContract(client, { abi, bytecode, args } as never);
  const receipt = await waitForTransactionReceipt(client, { hash });
  if (receipt.status !== 'success' || !receipt.contractAddress)
    throw new Error(`deploying ${name} failed`);
  return { address: receipt.contractAddress, block: receipt.blockNumber };
}

async function call(
  client: DeployClient,
  address: Address,
  abi: unknown,
  functionName: string,
  args: readonly unknown[],
): Promise<void> {
  const hash = await writeContract(client, { address, abi, functionName, args } as never);
  const { status } = await waitForTransactionReceipt(client, { hash });
  if (status !== 'success') throw new Error(`${functionName} failed`);
}
