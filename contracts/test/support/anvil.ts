/** An anvil of one's own, deployed and peopled, for tests that need real receipts. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import {
  type Account,
  type Address,
  createTestClient,
  type Hex,
  http,
  publicActions,
  walletActions,
  zeroAddress,
  zeroHash,
} from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { exchangeAbi, sandboxMoneyAbi } from '../../abi.gen.ts';
import { type DeployClient, deploy } from '../../deploy.ts';
import { foundryBinary } from '../../foundry.ts';
import { compactSignature, EXCHANGE_TYPES, exchangeDomain } from '../../typed-data.ts';

const MNEMONIC = 'test test test test test test test test test test test junk';
export const person = (addressIndex: number) => mnemonicToAccount(MNEMONIC, { addressIndex });
export const DAY = 86_400n;
export const FAR = 4_000_000_000;

export async function startAnvil(t: TestContext, hardfork = 'cancun'): Promise<string> {
  const child = spawn(foundryBinary('anvil'), [
    '--port',
    '0',
    '--hardfork',
    hardfork,
    '--code-size-limit',
    '60000',
    '--max-persisted-states',
    '0',
    '--mnemonic',
    MNEMONIC,
  ]);
  t.after(() => child.kill('SIGKILL'));
  return listening(child);
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`anvil ended with ${code}: ${text}`)));
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      const address = /Listening on (\S+)/.exec(text)?.[1];
      if (address) resolve(`http://${address}`);
    });
  });
}

export const clientOf = (url: string, account: Account) =>
  createTestClient({
    ...{ mode: 'anvil', chain: foundry, transport: http(url), account, pollingInterval: 20 },
  })
    .extend(publicActions)
    .extend(walletActions);

/** All roles in one hand, accounts 1–4 checked, rich, and with the exchange approved for everything. */
export async function house(t: TestContext, { hardfork = 'cancun' } = {}) {
  const url = await startAnvil(t, hardfork);
  const operator = person(0);
  const client = clientOf(url, operator);
  const at = new Date(Number((await client.getBlock()).timestamp) * 1000);
  const from = new Date(0);
  const until = new Date(FAR * 1000);
  const made = await deploy({
    client: client as unknown as DeployClient,
    ...{ profile: 'INTL', at, feePayee: person(8).address },
    roles: {
      ...{ admin: person(9).address, registrar: operator.address, desk: operator.address },
      ...{ guardian: operator.address, governor: person(9).address, minter: operator.address },
    },
    anchorers: { first: operator.address, backup: person(9).address },
    signers: [
      { signer: person(5).address, kind: 'verifier', from, until },
      { signer: person(6).address, kind: 'issuer', from, until, issuerClass: 7 },
    ],
    charities: [{ id: 3, payee: person(7).address }],
  });
  const { exchange = zeroAddress, money = zeroAddress } = made;
  const send = async (by: number, functionName: string, args: readonly unknown[], to = exchange) =>
    receiptOf(client, {
      ...{ account: person(by), address: to, functionName, args, gas: 15_000_000n },
      abi: to === money ? sandboxMoneyAbi : exchangeAbi,
    });
  const view = async (functionName: string, args: readonly unknown[] = []) =>
    client.readContract({ address: exchange, abi: exchangeAbi, functionName, args } as never);
  const sign = async (by: number, primaryType: keyof typeof EXCHANGE_TYPES, message: object) =>
    compactSignature(
      await person(by).signTypedData({
        ...{ domain: exchangeDomain(foundry.id, exchange), types: EXCHANGE_TYPES, primaryType },
        message: message as never,
      }),
    );
  const people = [1, 2, 3, 4].map((n) => person(n).address);
  await send(0, 'setKyc', [people.map((account) => ({ account, until: FAR, tier: 1 }))]);
  for (const n of [1, 2, 3, 4]) {
    await send(0, 'mint', [person(n).address, 10n ** 12n], money);
    await send(n, 'approve', [exchange, 2n ** 256n - 1n], money);
  }
  return { ...made, client, exchange, money, send, view, sign };
}
export type ChainHouse = Awaited<ReturnType<typeof house>>;

async function receiptOf(client: ReturnType<typeof clientOf>, request: object): Promise<bigint> {
  const hash = await client.writeContract(request as never);
  const receipt = await client.waitForTransactionReceipt({ hash });
  if (receipt.status !== 'success') {
    const { functionName = '' } = request as { functionName?: string };
    await client.simulateContract(request as never);
    throw new Error(`${functionName} reverted`);
  }
  return receipt.gasUsed;
}

// ------------------------------------------------------------------ messages with sane values

export const cardId = (n: number | bigint): bigint =>
  (BigInt(`0x${'5a'.repeat(23)}`) << 72n) | (BigInt(n) << 40n) | 3_000_000_000n;

export const attestOf = (id: bigint, holder: Address, secretCommit: Hex = zeroHash) => ({
  ...{ cardId: id, holder, issuerClass: 7, secretCommit, deadline: FAR },
});

export const listingOf = (id: bigint, nonce: number) => ({
  ...{ cardId: id, price: 10_000n, feeBps: 100, charityBps: 0, charityId: 0, delivery: 0 },
  ...{ taker: zeroAddress, deadline: FAR, nonce },
});

export const bidOf = (id: bigint, bidder: Address, nonce: number) => ({
  ...{ cardId: id, bidder, price: 10_000n, feeBps: 100, session: zeroAddress as Address },
  ...{ secretCommit: zeroHash as Hex, nonce, epoch: 0, deadline: FAR },
});

export const auctionOf = (id: bigint, nonce: number) => ({
  ...{ cardId: id, reserve: 10_000n, duration: Number(DAY), feeBps: 100, charityBps: 0 },
  ...{ charityId: 0, delivery: 0, deadline: FAR, nonce },
});
