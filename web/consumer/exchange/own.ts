/** What only an owner's wallet can send by itself, and the permit by which the contract takes money for it. */
import type { Address, Hex } from 'viem';
import { typed } from '../../../src/exchange/schema.ts';
import { call, serverNow } from '../../api.ts';
import type { Chain, Wallet } from './house.ts';
import { confirmWords } from './sign.tsx';
import type { Signer } from './wallets.ts';

export interface By {
  readonly chain: Chain;
  readonly signer: Signer;
  readonly wallet: Wallet;
}

const MS_A_SECOND = 1000;
const DAY_S = 86_400;
export const inADay = (): number => Math.floor(serverNow() / MS_A_SECOND) + DAY_S;

export async function signPermit(
  { chain, signer, wallet }: By,
  { valueFen, deadline }: { valueFen: bigint; deadline: number },
): Promise<Hex> {
  const { id: chainId, exchange, money, moneyName } = chain;
  const permit = {
    ...{ owner: signer.address, spender: exchange as Address, value: valueFen },
    ...{ nonce: BigInt(wallet.permitNonce), deadline: BigInt(deadline) },
  };
  await confirmWords({ what: 'Permit', fields: permit, chainId, contract: money });
  const domain = { name: moneyName, version: '1', chainId, verifyingContract: money as Address };
  return await signer.signTyped(typed('Permit', domain, permit));
}

/** A permit replaces the one before: what the wallet has promised already must stay within it. */
export const withPromised = ({ wallet }: Pick<By, 'wallet'>, fen: bigint): bigint =>
  fen + BigInt(wallet.promisedFen);

/** The wallet's own transaction, signed; undefined where the wallet has sent it by itself. */
export async function signOwn({ chain, signer, wallet }: By, data: Hex): Promise<Hex | undefined> {
  const { id: chainId, exchange } = chain;
  // Asked now: what was sent a moment ago has used a number up that the page may still show.
  const { items } = await call('GET /v1/exchange/wallets');
  const now = items.find(({ id }) => id === wallet.id) ?? wallet;
  const nonce = Number(now.nextNonce);
  return await signer.transact({ chainId, to: exchange as Address, data, nonce });
}

/**
 * Sends what only the wallet itself can send; the house passes it on where the wallet does not send by itself, and tells
 * under which id it is followed.
 */
export async function sendOwn(by: By, data: Hex): Promise<string | undefined> {
  const raw = await signOwn(by, data);
  if (!raw) return undefined;
  const body = { walletId: by.wallet.id, raw };
  return (await call('POST /v1/exchange/transactions', { body })).id;
}
