/** The chain as the house sees it: one client, and the questions that a chain must answer right before it is trusted. */
import assert from 'node:assert/strict';
import type { Address, Hex, PublicClient, Transport } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { WorldError } from '#platform';

export interface Chain {
  readonly id: number;
  readonly client: PublicClient<Transport>;
  /** A development chain whose clock and blocks are ours to move. */
  readonly own: boolean;
  /** Any JSON-RPC call; a reply that is no answer becomes a WorldError. */
  rpc(method: string, params: readonly unknown[]): Promise<unknown>;
}

/** No signature is right under a chain with wrong facts: such a chain is refused, not worked around. */
export class ChainRefused extends Error {
  readonly expected = true;
  constructor(what: string) {
    super(`the chain is not fit for the exchange: ${what}`);
  }
}

const RPC_MS_MAX = 15_000;

/** Connects and runs the self-test; throws ChainRefused where deadlines, signatures or hashes would break. */
export async function openChain(input: {
  readonly url: string;
  readonly chainId: number;
  readonly now: () => Date;
}): Promise<Chain> {
  // The client is most of viem: a house without a chain never loads it.
  const { createPublicClient, http } = await import('viem');
  const client = createPublicClient({ transport: http(input.url, { timeout: RPC_MS_MAX }) });
  const rpc: Chain['rpc'] = async (method, params) => {
    try {
      return await client.request({ method, params } as never);
    } catch (error) {
      throw worldError(error);
    }
  };
  const version = String(await rpc('web3_clientVersion', []).catch(() => ''));
  const chain: Chain = { id: input.chainId, client, rpc, own: /^anvil/i.test(version) };
  await selfTest(chain, input.now());
  return chain;
}

/** A node that says no has certainly not done it; one that says nothing may have. */
export function worldError(error: unknown): WorldError {
  const walk = (at: unknown, depth: number): { code?: unknown; name?: string } | undefined => {
    if (depth > 8 || at === null || typeof at !== 'object') return undefined;
    const one = at as { code?: unknown; cause?: unknown; name?: string };
    return typeof one.code === 'number' ? one : walk(one.cause, depth + 1);
  };
  const refused = walk(error, 0);
  const { name = 'Error' } = error as Error;
  if (refused) return new WorldError('reject', `rpc_${String(refused.code)}`, { cause: error });
  return new WorldError('ask', name, { cause: error });
}

/** Further ahead than any honest block, and a thousand times nearer than one that counts milliseconds. */
const YEAR_2100_S = 4_102_444_800n;
const ECRECOVER: Address = '0x0000000000000000000000000000000000000001';
const SHA256: Address = '0x0000000000000000000000000000000000000002';
/** SHA-256 of "abc", FIPS 180-2. */
const SHA256_ABC = '0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
/** Anybody's key: it signs the one message by which `ecrecover` is tried. */
const TRIAL_KEY: Hex = `0x${'11'.repeat(32)}`;

export async function selfTest(chain: Chain, now: Date): Promise<void> {
  const id = Number(await chain.rpc('eth_chainId', []));
  if (id !== chain.id)
    throw new ChainRefused(`it has the id ${id}, the configuration says ${chain.id}`);
  await testTime(chain, now);
  const hashed = await chain.rpc('eth_call', [{ to: SHA256, data: '0x616263' }, 'latest']);
  if (hashed !== SHA256_ABC) throw new ChainRefused('its SHA-256 precompile is missing or wrong');
  await testRecovery(chain);
}

async function testTime(chain: Chain, now: Date): Promise<void> {
  const block = (await chain.rpc('eth_getBlockByNumber', ['latest', false])) as { timestamp?: Hex };
  const at = BigInt(block?.timestamp ?? '0x0');
  if (at > YEAR_2100_S)
    throw new ChainRefused(
      'block.timestamp counts milliseconds (FISCO BCOS: feature_evm_timestamp)',
    );
  // On a chain of our own the clock is ours to set; on others a wrong one would break every deadline.
  const aheadS = Number(at) - now.getTime() / 1000;
  if (!chain.own && aheadS > 3_600)
    throw new ChainRefused(`its newest block is ${Math.round(aheadS)} s ahead of our clock`);
}

async function testRecovery(chain: Chain): Promise<void> {
  const account = privateKeyToAccount(TRIAL_KEY);
  const hash: Hex = SHA256_ABC;
  const signature = await account.sign({ hash });
  const [r, s, v] = [signature.slice(2, 66), signature.slice(66, 130), signature.slice(130)];
  assert(v !== undefined && r !== undefined && s !== undefined);
  const data = `${hash}${v.padStart(64, '0')}${r}${s}`;
  const said = String(await chain.rpc('eth_call', [{ to: ECRECOVER, data }, 'latest']));
  if (`0x${said.slice(-40)}` !== account.address.toLowerCase())
    throw new ChainRefused('its ecrecover precompile is missing or wrong');
}

/** Our own chain lives in the house's time: a clock that was moved on moves the next block with it. */
export async function keepTime(chain: Chain, now: Date): Promise<void> {
  if (!chain.own) return;
  const { timestamp } = await chain.client.getBlock({ blockTag: 'latest' });
  const at = BigInt(Math.floor(now.getTime() / 1000));
  if (at > timestamp) await chain.rpc('evm_setNextBlockTimestamp', [Number(at)]);
}
