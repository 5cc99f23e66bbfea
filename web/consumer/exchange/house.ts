/** What these pages ask the house again and again: its chain, my wallets, my cards; and how a signature is made. */
import { useQuery } from '@tanstack/react-query';
import type { Address, Hex } from 'viem';
import { exchangeDomain, listingMessage, typed } from '../../../src/exchange/schema.ts';
import { call, type Reply, serverNow } from '../../api.ts';
import { useSession } from '../session.ts';
import { confirmWords } from './sign.tsx';
import type { Signer } from './wallets.ts';

export type Exchange = Reply<'GET /v1/exchange'>;
export type Chain = NonNullable<Exchange['chain']>;
export type Wallet = Reply<'GET /v1/exchange/wallets'>['items'][number];
export type Token = Reply<'GET /v1/exchange/tokens/:id'>;
export type Offer = Reply<'GET /v1/exchange/listings/:id'>;

const SOON_MS = 2_000;
const LATER_MS = 8_000;
const HOUR_S = 3_600;
const OFFER_S = 7 * 24 * HOUR_S;

export function useWallets() {
  const { me } = useSession();
  return useQuery({
    queryKey: ['exchange-wallets'],
    queryFn: async () => (await call('GET /v1/exchange/wallets')).items,
    enabled: me !== undefined,
    refetchInterval: ({ state }) =>
      state.data?.some(({ admittedUntil }) => !admittedUntil) ? SOON_MS : LATER_MS,
  });
}

const MOVING = ['checking', 'minting'];

export function useTokens() {
  const { me } = useSession();
  return useQuery({
    queryKey: ['exchange-tokens'],
    queryFn: async () => (await call('GET /v1/exchange/tokens')).items,
    enabled: me !== undefined,
    refetchInterval: ({ state }) =>
      state.data?.some((one) => MOVING.includes(one.state)) ? SOON_MS : LATER_MS,
  });
}

const SENT_MS = 4_000;
/** What was sent to the chain for me, and the gas left for today. */
export const useSent = () =>
  useQuery({
    queryKey: ['exchange-sent'],
    queryFn: () => call('GET /v1/exchange/transactions'),
    refetchInterval: SENT_MS,
  });

export const useToken = (id: string) =>
  useQuery({
    queryKey: ['exchange-token', id],
    queryFn: () => call('GET /v1/exchange/tokens/:id', { params: { id } }),
    refetchInterval: SOON_MS,
  });

export const offerQuery = (id: string) => ({
  queryKey: ['exchange-offer', id],
  queryFn: () => call('GET /v1/exchange/listings/:id', { params: { id } }),
  refetchInterval: SOON_MS,
});
export const useOffer = (id: string) => useQuery(offerQuery(id));

export const useOffers = () =>
  useQuery({
    queryKey: ['exchange-offers'],
    queryFn: async () => (await call('GET /v1/exchange/listings')).items,
    refetchInterval: LATER_MS,
  });

export const inSeconds = (s: number): number => Math.floor(serverNow() / 1000) + s;
export const domainOf = (chain: Chain) => exchangeDomain(chain.id, chain.exchange as Address);

/** The seller's offer: shown in words, signed, ready to be sent to the house. */
export async function signListing(
  { chain, signer, wallet }: { chain: Chain; signer: Signer; wallet: Wallet },
  { token, priceFen, delivery }: { token: Token; priceFen: string; delivery: Offer['delivery'] },
) {
  const { tokenId = '0x', nonce = '0' } = token;
  const deadline = inSeconds(OFFER_S);
  const message = listingMessage({
    ...{ tokenId: tokenId as Hex, priceFen: BigInt(priceFen), deadline, nonce: BigInt(nonce) },
    delivery,
  });
  const { id: chainId, exchange: contract } = chain;
  const what = delivery === 'reissue' ? 'ListingReissue' : 'Listing';
  await confirmWords({ what, fields: message, chainId, contract });
  const signature = await signer.signTyped(typed('Listing', domainOf(chain), message));
  return { walletId: wallet.id, tokenId, priceFen, delivery, deadline, nonce, signature };
}
