/** What the bench's parts share: one anvil with our house on it, the same money for all, a plain card for the peers. */
import type { TestContext } from 'node:test';
import { type Abi, type Address, encodeDeployData, type Hex } from 'viem';
import { sandboxMoneyAbi } from '../../contracts/abi.gen.ts';
import { type ChainHouse, house, person } from '../../contracts/test/support/anvil.ts';
import { type Code, tokenCode } from './compile.ts';

export type Note = (flow: string, gas: bigint) => void;
/** fen; and far from zero, so that no balance of the run is ever emptied. */
export const PRICE = 10_000n;
export const FAR = 4_000_000_000n;
const GAS_MAX = 15_000_000n;

interface Place {
  readonly address: Address;
  readonly abi: Abi;
}
export interface Bench {
  readonly ours: ChainHouse;
  readonly chainId: number;
  readonly card: Place;
  readonly money: Place;
  /** A new plain card (ERC-721) of a person. */
  mint(owner: number): Promise<bigint>;
  to(place: Place): { send(by: number, fn: string, args: readonly unknown[]): Promise<bigint> };
}

export async function openBench(after: (end: () => void) => void): Promise<Bench> {
  const ours = await house({ after } as unknown as TestContext);
  const { client } = ours;
  const to: Bench['to'] = ({ address, abi }) => ({
    send: (by, functionName, args) => write(ours, by, { address, abi, functionName, args }),
  });
  const tokens = tokenCode();
  const card: Place = {
    address: await deployOn(ours, tokens['Card721']),
    abi: tokens['Card721']?.abi ?? [],
  };
  let id = 1n << 200n;
  const mint = async (owner: number): Promise<bigint> => {
    id += 1n;
    await to(card).send(owner, 'mint', [person(owner).address, id]);
    return id;
  };
  const money = { address: ours.money, abi: sandboxMoneyAbi as Abi };
  // Everybody has cards and every fee account has money before anything is measured.
  for (const n of [1, 1, 1, 2, 2, 2, 3, 3]) await mint(n);
  for (const n of [7, 8]) await to(money).send(1, 'transfer', [person(n).address, 1_000n]);
  return { ours, chainId: await client.getChainId(), card, money, mint, to };
}

export async function write(
  { client }: ChainHouse,
  by: number,
  call: { address: Address; abi: Abi; functionName: string; args: readonly unknown[] },
): Promise<bigint> {
  const request = { account: person(by), gas: GAS_MAX, ...call };
  const hash = await client.writeContract(request as never);
  const { status, gasUsed } = await client.waitForTransactionReceipt({ hash });
  if (status === 'success') return gasUsed;
  await client.simulateContract(request as never);
  throw new Error(`${call.functionName} reverted`);
}

export const deploy = (
  { ours }: Bench,
  code: Readonly<Record<string, Code>>,
  name: string,
  args: readonly unknown[] = [],
): Promise<Address> => deployOn(ours, code[name], args);

async function deployOn(
  { client }: ChainHouse,
  code: Code | undefined,
  args: readonly unknown[] = [],
): Promise<Address> {
  if (!code) throw new Error('not compiled');
  const data: Hex = encodeDeployData({ abi: code.abi, bytecode: code.bytecode, args });
  const hash = await client.sendTransaction({ data, gas: GAS_MAX } as never);
  const { contractAddress, status } = await client.waitForTransactionReceipt({ hash });
  if (!contractAddress || status !== 'success') throw new Error('the deployment failed');
  return contractAddress;
}
