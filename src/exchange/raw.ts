/** Transactions that a wallet signs itself and the house only passes on: read first, and only to our own contracts. */
import type { Address, Hex, TransactionSerialized } from 'viem';
import { decodeFunctionData, parseTransaction } from 'viem/utils';
import { exchangeAbi } from '#contracts';
import { inTransaction, Refused, type Tx } from '#platform';
import type { ChainDeps } from './deps.ts';
import { moneyAbi } from './money-abi.ts';
import { passOn } from './relay.ts';
import { saveWallet, type Wallet } from './store.ts';
import { requireWallet } from './wallet.ts';

const GAS_MAX = 1_500_000n;

/** Refused bad_signature for what this wallet did not sign, or what is not for our contracts on this chain. */
export async function sendRaw(
  deps: ChainDeps,
  { userId, walletId, raw, at }: { userId: string; walletId: string; raw: Hex; at: Date },
): Promise<string> {
  const call = await readRaw(deps, raw);
  return await inTransaction(deps.db, async (tx) => {
    const wallet = await requireWallet(tx, { walletId, userId });
    return await passRaw(tx, deps, { call, raw, wallet, subject: wallet.id, at });
  });
}

/** Passes on what `readRaw` has read, for one reason or for the wallet's own. Refused bad_signature, nonce_used. */
export async function passRaw(
  tx: Tx,
  { config }: ChainDeps,
  of: {
    readonly call: RawCall;
    readonly raw: Hex;
    readonly wallet: Wallet;
    readonly subject: string;
    readonly purpose?: string;
    readonly at: Date;
  },
): Promise<string> {
  const { call, raw, wallet, subject, purpose = call.purpose, at } = of;
  if (call.sender !== wallet.address) throw new Refused('bad_signature');
  const relayId = await passOn(tx, {
    ...{ ...call, purpose, userId: wallet.user_id, subject, raw, at },
    gasPerDay: BigInt(config.RELAY_GAS_PER_DAY),
  });
  // Until the chain is asked again, the next one it signs has the next number.
  const next = call.nonce + 1n;
  if (next > wallet.next_nonce) await saveWallet(tx, wallet.id, { next_nonce: next });
  return relayId;
}
export type RawCall = Awaited<ReturnType<typeof readRaw>>;

/** What a signed transaction says. Refused bad_signature for what is not for our contracts on this chain. */
export async function readRaw({ on }: ChainDeps, raw: Hex) {
  try {
    const said = parseTransaction(raw as TransactionSerialized);
    const { recoverTransactionAddress } = await import('viem');
    const sender = await recoverTransactionAddress({
      serializedTransaction: raw as TransactionSerialized,
    });
    const to = said.to?.toLowerCase() as Address | undefined;
    const abi = to === on.exchange ? exchangeAbi : to === on.money ? moneyAbi : undefined;
    const { data, gas, value = 0n } = said;
    const ours =
      said.chainId === on.chain.id && value === 0n && gas !== undefined && gas <= GAS_MAX;
    if (!abi || !to || !data || !ours) throw new Refused('bad_signature');
    const { functionName } = decodeFunctionData({ abi, data });
    return {
      ...{ sender: sender.toLowerCase() as Address, to, data, gas },
      ...{ nonce: BigInt(said.nonce ?? 0), purpose: `wallet.${functionName}` },
    };
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused('bad_signature');
  }
}
