/** Wallets: bound to a real-name account by a signed message (EIP-4361) that is good once, here and now. */
import type { Address, Hex } from 'viem';
import { parseSiweMessage } from 'viem/siwe';
import { encodeFunctionData, isAddressEqual, recoverMessageAddress } from 'viem/utils';
import { exchangeAbi } from '#contracts';
import { requireRealName } from '#parties';
import {
  addJob,
  DAY,
  inTransaction,
  MINUTE,
  newId,
  plus,
  Refused,
  randomToken,
  type Tx,
} from '#platform';
import { append } from '#record';
import type { Chain } from './chain/chain.ts';
import type { ChainDeps, ExchangeDeps } from './deps.ts';
import { moneyAbi } from './money-abi.ts';
import { permitsUntil } from './permit-store.ts';
import { relay } from './relay.ts';
import {
  findWallet,
  forgetChallenges,
  insertChallenge,
  insertWallet,
  lockWallet,
  saveWallet,
  useChallenge,
  type Wallet,
  walletAt,
  walletsOf,
} from './store.ts';

const CHALLENGE_MS = 10 * MINUTE;
const WALLETS_MAX = 5;
/** How long a real-name check lets an address receive cards before it is written again. */
const ADMITTED_MS = 365 * DAY;
const KYC_GAS = 200_000n;
const FAUCET_GAS = 150_000n;
/** Test money of a closed chain: enough for a newcomer's first deals, 1,000 yuan. */
export const TEST_MONEY_FEN = 100_000n;
export const LOOK_AT_WALLET = 'exchange.look_at_wallet';

/** A number for one message: of this person, or, to sign in, of whoever proves to be somebody by it. */
export async function challenge(
  deps: ExchangeDeps,
  { userId, at }: { userId: string | undefined; at: Date },
): Promise<{ nonce: string; expiresAt: Date }> {
  // viem's own generator is not made for secrets; EIP-4361 allows letters and digits only.
  const nonce = Buffer.from(randomToken(), 'base64url').toString('hex');
  const expiresAt = plus(at, CHALLENGE_MS);
  await inTransaction(deps.db, async (tx) => {
    await forgetChallenges(tx, plus(at, -DAY));
    await insertChallenge(tx, {
      nonce,
      user_id: userId ?? null,
      made_at: at,
      expires_at: expiresAt,
    });
  });
  return { nonce, expiresAt };
}

export interface Proof {
  readonly message: string;
  readonly signature: Hex;
  /** Where the page is: what the message must name, so that no other site's signature works here. */
  readonly site: URL;
  readonly at: Date;
}

/**
 * The address that signed, once everything in the message is as it must be. The number is used up by any try that
 * names it, so that a wrong signature cannot be tried again; one that was given to a person binds for that person, one
 * that was given to nobody signs in, and neither does the other's work. Refused wallet_proof, wallet_contract.
 */
export async function provenAddress(
  deps: ChainDeps,
  { message, signature, site, at }: Proof,
  userId: string | undefined,
): Promise<Address> {
  const { chain } = deps.on;
  const said = parseSiweMessage(message);
  const { nonce } = said;
  const used =
    nonce === undefined
      ? undefined
      : await inTransaction(deps.db, (tx) => useChallenge(tx, { nonce, at }));
  const fits =
    used !== undefined &&
    used.userId === userId &&
    used.expiresAt > at &&
    said.domain === site.host &&
    said.uri !== undefined &&
    URL.canParse(said.uri) &&
    new URL(said.uri).origin === site.origin &&
    said.version === '1' &&
    said.chainId === chain.id &&
    (said.expirationTime === undefined || said.expirationTime > at) &&
    (said.notBefore === undefined || said.notBefore <= at);
  if (!fits || said.address === undefined) throw new Refused('wallet_proof');
  const signer = await signerOf(message, signature);
  if (!signer || !isAddressEqual(signer, said.address))
    throw new Refused((await isContract(chain, said.address)) ? 'wallet_contract' : 'wallet_proof');
  return signer.toLowerCase() as Address;
}

async function signerOf(message: string, signature: Hex): Promise<Address | undefined> {
  try {
    return await recoverMessageAddress({ message, signature });
  } catch {
    return undefined;
  }
}

/** Where the chain does not answer, the plain no has to do: nobody comes in by it either way. */
const isContract = async (chain: Chain, address: Address): Promise<boolean> =>
  String(await chain.rpc('eth_getCode', [address, 'latest']).catch(() => '0x')).length > 2;

/** Binds the address to the account. Refused wallet_proof, wallet_contract, wallet_taken, too_many_wallets, real_name_needed. */
export async function bindWallet(
  deps: ChainDeps,
  input: Proof & { userId: string; kind: 'injected' | 'demo' },
): Promise<Wallet> {
  const { db } = deps;
  const { userId, kind, at } = input;
  const address = await provenAddress(deps, input, userId);
  return await inTransaction(db, async (tx) => {
    await requireRealName(tx, userId);
    const before = await walletAt(tx, address);
    if (before?.user_id === userId) return before;
    const own = await walletsOf(tx, userId);
    if (own.length >= WALLETS_MAX) throw new Refused('too_many_wallets', { max: WALLETS_MAX });
    const id = newId(at);
    const row = { id, address, user_id: userId, kind, bound_at: at };
    if (before || !(await insertWallet(tx, row))) throw new Refused('wallet_taken');
    await append(tx, { subject: userId, type: 'wallet.bound', data: { walletId: id }, at });
    await admit(tx, deps, { id, address, userId, at });
    const made = await findWallet(tx, id);
    if (!made) throw new Refused('not_found');
    return made;
  });
}

/** Writes the real-name check on the chain; on a chain of our own the newcomer gets test money, once an address. */
async function admit(
  tx: Tx,
  deps: ChainDeps,
  { id, address, userId, at }: { id: string; address: Address; userId: string; at: Date },
): Promise<void> {
  const { on } = deps;
  const gasPerDay = BigInt(deps.config.RELAY_GAS_PER_DAY);
  const until = Math.floor(plus(at, ADMITTED_MS).getTime() / 1000);
  const writes = [{ account: address, until, tier: 1 }];
  await relay(
    tx,
    { relayer: on.relayer, gasPerDay },
    {
      ...{ purpose: 'admit', subject: id, to: on.exchange, gasMax: KYC_GAS, at },
      data: encodeFunctionData({ abi: exchangeAbi, functionName: 'setKyc', args: [writes] }),
    },
  );
  if (!on.chain.own) return;
  await relay(
    tx,
    { relayer: on.relayer, gasPerDay },
    {
      ...{ purpose: 'test_money', subject: id, userId, to: on.money, gasMax: FAUCET_GAS, at },
      data: encodeFunctionData({
        ...{ abi: moneyAbi, functionName: 'mint', args: [address, TEST_MONEY_FEN] },
      }),
    },
  );
}

/** The wallet speaks for its person no more; cards and money on the chain stay where they are. */
export async function endWallet(
  deps: ExchangeDeps,
  { walletId, userId, at }: { walletId: string; userId: string; at: Date },
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const wallet = await requireWallet(tx, { walletId, userId });
    await saveWallet(tx, wallet.id, { ended_at: at });
    await append(tx, { subject: userId, type: 'wallet.ended', data: { walletId }, at });
  });
}

/** A live wallet of this very person; anybody else's does not exist. */
export async function requireWallet(
  tx: Tx,
  { walletId, userId }: { walletId: string; userId: string },
): Promise<Wallet> {
  const found = await findWallet(tx, walletId);
  if (found?.user_id !== userId || found.ended_at) throw new Refused('not_found');
  return found;
}

/** The task: by which numbers the wallet signs next, and what it has allowed the exchange. */
export async function lookAtWallet(deps: ChainDeps, walletId: string, at: Date): Promise<void> {
  const wallet = await findWallet(deps.db, walletId);
  if (!wallet || wallet.ended_at) return;
  const { chain, money, exchange } = deps.on;
  const { address } = wallet;
  const ask = { abi: moneyAbi, address: money } as const;
  const [count, permits, allowed] = await Promise.all([
    chain.rpc('eth_getTransactionCount', [address, 'latest']),
    chain.client.readContract({ ...ask, functionName: 'nonces', args: [address] }),
    chain.client.readContract({ ...ask, functionName: 'allowance', args: [address, exchange] }),
  ]);
  const account = await chain.client.readContract({
    ...{ abi: exchangeAbi, address: exchange, functionName: 'accountOf', args: [address] },
  });
  const { kycUntil, epoch } = account;
  await inTransaction(deps.db, async (tx) => {
    await lockWallet(tx, walletId);
    // The chain does not count yet what is on its way.
    const until = await permitsUntil(tx, address);
    await saveWallet(tx, walletId, {
      next_nonce: BigInt(String(count)),
      permit_nonce: until > permits ? until : permits,
      epoch: BigInt(epoch),
      allowance: allowed > ALLOWANCE_MAX ? ALLOWANCE_MAX : allowed,
      admitted_until: kycUntil === 0 ? null : new Date(kycUntil * 1000),
      looked_at: at,
    });
  });
}
/** The largest amount that our books know; an allowance without end is as good. */
const ALLOWANCE_MAX = 999_999_999_999_999n;

export async function lookSoon(tx: Tx, walletId: string): Promise<void> {
  await addJob(tx, LOOK_AT_WALLET, { walletId }, { key: `${LOOK_AT_WALLET}/${walletId}` });
}
