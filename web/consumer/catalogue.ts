/** Products with today's price: two public lists joined, the same for everyone. */
import { useQuery } from '@tanstack/react-query';
import type { PriceList, PriceRow, Product } from '../api.gen.ts';
import { call } from '../api.ts';

const PRICES_FRESH_MS = 60_000;

export interface Offer {
  product: Product;
  price: PriceRow | undefined;
}

export const useProducts = () =>
  useQuery({
    queryKey: ['products'],
    queryFn: async () => (await call('GET /v1/products')).items,
    staleTime: 10 * PRICES_FRESH_MS,
  });

export function useCatalogue() {
  const products = useProducts();
  const prices = useQuery({
    queryKey: ['prices'],
    queryFn: () => call('GET /v1/prices'),
    staleTime: PRICES_FRESH_MS,
    refetchInterval: PRICES_FRESH_MS,
  });
  return {
    offers: products.data && prices.data ? join(products.data, prices.data) : undefined,
    at: prices.data?.at,
    error: products.error ?? prices.error,
    retry: () => {
      void products.refetch();
      void prices.refetch();
    },
  };
}

function join(products: Product[], prices: PriceList): Offer[] {
  const rows = new Map<string, PriceRow>();
  for (const row of prices.items) if (!rows.has(row.sku)) rows.set(row.sku, row);
  const low = ({ price }: Offer): number => (price && !price.belowFloor ? 0 : 1);
  // What we buy now comes before what is better sold at another time.
  return mixed(products)
    .map((product) => ({ product, price: rows.get(product.sku) }))
    .toSorted((a, b) => low(a) - low(b));
}

/** The first product of every issuer, then the second of every issuer: no brand fills the first screen. */
function mixed(products: Product[]): Product[] {
  const seen = new Map<string, number>();
  const ranked = products.map((product) => {
    const rank = seen.get(product.issuerId) ?? 0;
    seen.set(product.issuerId, rank + 1);
    return { product, rank };
  });
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ product }) => product);
}

/** Matches brand and card names in both languages, whatever the case or width of the letters. */
export function matches({ product }: Offer, words: string): boolean {
  const plain = (text: string): string => text.normalize('NFKC').toLowerCase();
  const { name, issuerName, sku } = product;
  const haystack = plain([name.zh, name.en, issuerName.zh, issuerName.en, sku].join(' '));
  return plain(words)
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}
