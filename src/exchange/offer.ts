/** What bids and swaps have in common: the card they are about, and whether who signed can still stand by it. */
import { type Reader, Refused } from '#platform';
import { balanceOfAddress, findHolding, type Holding } from './log-store.ts';
import { findToken, type Token, type Wallet, walletAt } from './store.ts';

export interface Held {
  readonly token: Token & { readonly token_id: NonNullable<Token['token_id']> };
  readonly holding: Holding;
  readonly owner: Wallet;
}

/** A card that lies on the chain with somebody of this house and may change hands. Refused not_found, wrong_state. */
export async function heldCard(reader: Reader, tokenRef: string): Promise<Held> {
  const token = await findToken(reader, tokenRef);
  const holding = token?.token_id ? await findHolding(reader, token.token_id) : undefined;
  const owner = holding?.owner && (await walletAt(reader, holding.owner));
  if (!token?.token_id || !holding || !owner) throw new Refused('not_found');
  if (token.state !== 'on_chain' || holding.state !== 'ACTIVE')
    throw new Refused('wrong_state', { state: holding.state });
  return { token: { ...token, token_id: token.token_id }, holding, owner };
}

/**
 * Would the contract take this sum from who signed, now? The money is not set aside, so this is asked whenever the promise
 * is shown and when it is taken up; the contract asks once more.
 */
export async function canHonour(
  reader: Reader,
  of: { address: string; sumFen: bigint; epoch: bigint; at: Date },
): Promise<boolean> {
  const { address, sumFen, epoch, at } = of;
  const wallet = await walletAt(reader, address);
  const { admitted_until: until } = wallet ?? {};
  if (!wallet || !until || until <= at || wallet.epoch !== epoch) return false;
  if (wallet.allowance < sumFen) return false;
  return (await balanceOfAddress(reader, address)) >= sumFen;
}
