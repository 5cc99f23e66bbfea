/** What wallets send about split cards: all of it their own transactions. */
import { type Address, encodeFunctionData, type Hex, parseAbi, parseSignature } from 'viem';
import { FEE_BPS } from '../../../src/exchange/schema.ts';
import type { Reply } from '../../api.ts';
import type { Token } from './house.ts';
import { type By, inADay, sendOwn, signPermit, withPromised } from './own.ts';
import { confirmWords, type What } from './sign.tsx';

export type Fraction = Reply<'GET /v1/exchange/fractions/:id'>;

const ABI = parseAbi([
  'function permitMoney(address owner, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
  'function fractionalise(uint256 cardId, uint48 supply, uint96 floor, uint16 feeBps)',
  'function transferShares(uint256 shareId, address to, uint48 amount)',
  'function buyOut(uint256 cardId)',
  'function unite(uint256 cardId)',
  'function cash(uint256 shareId)',
  'function multicall(bytes[] calls)',
]);

type Fields = Readonly<Record<string, bigint | number | string>>;
const shown = async ({ chain }: By, what: What, fields: Fields): Promise<void> =>
  await confirmWords({ what, fields, chainId: chain.id, contract: chain.exchange });

const cardOf = ({ tokenId }: Token): bigint => BigInt(tokenId ?? '0x0');

export async function signSplit(
  by: By,
  { token, supply, floorFen }: { token: Token; supply: number; floorFen: string },
): Promise<void> {
  const [cardId, floor] = [cardOf(token), BigInt(floorFen)];
  await shown(by, 'split', { cardId, supply, floor, feeBps: FEE_BPS });
  const args = [cardId, supply, floor, FEE_BPS] as const;
  await sendOwn(by, encodeFunctionData({ abi: ABI, functionName: 'fractionalise', args }));
}

export async function signGive(
  by: By,
  { of, to, amount }: { of: Fraction; to: Address; amount: number },
): Promise<void> {
  await shown(by, 'giveShares', { cardId: cardOf(of.token), to, shares: amount });
  const args = [BigInt(of.id), to, amount] as const;
  await sendOwn(by, encodeFunctionData({ abi: ABI, functionName: 'transferShares', args }));
}

export async function signBuyOut(by: By, of: Fraction): Promise<void> {
  const floor = BigInt(of.floorFen);
  const deadline = inADay();
  const value = withPromised(by, floor);
  const { r, s, v } = parseSignature(await signPermit(by, { valueFen: value, deadline }));
  const cardId = cardOf(of.token);
  await shown(by, 'buyOut', { cardId, floor });
  const permit = [by.signer.address, value, BigInt(deadline), Number(v), r, s] as const;
  const calls: Hex[] = [
    encodeFunctionData({ abi: ABI, functionName: 'permitMoney', args: permit }),
    encodeFunctionData({ abi: ABI, functionName: 'buyOut', args: [cardId] }),
  ];
  await sendOwn(by, encodeFunctionData({ abi: ABI, functionName: 'multicall', args: [calls] }));
}

export async function signUnite(by: By, of: Fraction): Promise<void> {
  const cardId = cardOf(of.token);
  await shown(by, 'unite', { cardId, shares: Number(of.supply) });
  await sendOwn(by, encodeFunctionData({ abi: ABI, functionName: 'unite', args: [cardId] }));
}

export async function signCash(
  by: By,
  { of, shares, cashFen }: { of: Fraction; shares: string; cashFen: string },
): Promise<void> {
  await shown(by, 'cash', { shares: Number(shares), paid: BigInt(cashFen) });
  const args = [BigInt(of.id)] as const;
  await sendOwn(by, encodeFunctionData({ abi: ABI, functionName: 'cash', args }));
}
