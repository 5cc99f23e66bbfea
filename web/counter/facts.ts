/** What the screens of the counter ask: this till, its queue, the network, and what the house knows of a card. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import type { Product, Routes } from '../api.gen.ts';
import { call, follow } from '../api.ts';
import {
  allTaken,
  countSlips,
  keepFacts,
  keepSlips,
  onKept,
  type TillFacts,
  tillFacts,
} from './keep.ts';
import { useNet } from './net.ts';
import { onSending, type Sending, sendingNow } from './queue.ts';

export type Visit = Routes['GET /v1/recyclers/:id/counter/visits/:visitId']['reply'];

const SLIPS_WANTED = 40;
const SLIPS_LOW = 25;
const LIST = 50;

/** Null: this device was not set up. */
export function useTill() {
  return useQuery({ queryKey: ['till'], queryFn: async () => (await tillFacts()) ?? null });
}
export const useTaken = () => useQuery({ queryKey: ['taken'], queryFn: allTaken });
export const useSlips = () => useQuery({ queryKey: ['slips'], queryFn: countSlips });
export const useSending = (): Sending => useSyncExternalStore(onSending, sendingNow);

/** Looks again whenever something was kept on the device. */
export function useKeptNews(): void {
  const queries = useQueryClient();
  useEffect(
    () =>
      onKept(() => {
        for (const key of ['till', 'taken', 'slips', 'visits'])
          void queries.invalidateQueries({ queryKey: [key] });
      }),
    [queries],
  );
}

/** New receipt numbers and products, whenever there is a network and the stock is low. */
export function useProvisions(till: TillFacts | undefined): void {
  const online = useNet();
  const { data: left } = useSlips();
  const isLow = left !== undefined && left < SLIPS_LOW;
  useEffect(() => {
    if (till && online && isLow) void provide(till).catch(() => undefined);
  }, [till, online, isLow]);
}

/** Numbers, the key for boxes and the products of today; refuses as the house does. */
export async function provide(
  till: Pick<TillFacts, 'shopId' | 'shopName' | 'till'>,
): Promise<void> {
  const params = { id: till.shopId };
  const body = { count: SLIPS_WANTED };
  const { items, boxKey } = await call('POST /v1/recyclers/:id/counter/slips', { params, body });
  const products = (await call('GET /v1/products', { query: { limit: 100 } })).items;
  await keepSlips(items);
  const { shopId, shopName, till: name } = till;
  await keepFacts({ shopId, shopName, till: name, boxKey, products: sellable(products) });
}
const sellable = (products: Product[]): Product[] =>
  products.filter(({ transferability }) => transferability !== 'none');

export function useVisits(till: TillFacts) {
  const online = useNet();
  const { shopId: id, till: name } = till;
  return useQuery({
    queryKey: ['visits', id, name],
    queryFn: async () =>
      (
        await call(
          'GET /v1/recyclers/:id/counter/visits',
          { params: { id }, query: { till: name, limit: LIST } },
          { quiet: true },
        )
      ).items,
    enabled: online,
    refetchInterval: 15_000,
  });
}

/** One card, again after each change of it. */
export function useVisit(till: TillFacts, visitId: string, on: boolean) {
  const { shopId: id } = till;
  const online = useNet();
  const queries = useQueryClient();
  const enabled = on && online;
  const visit = useQuery({
    queryKey: ['visit', visitId],
    queryFn: () =>
      call('GET /v1/recyclers/:id/counter/visits/:visitId', { params: { id, visitId } }),
    enabled,
  });
  const isThere = enabled && visit.data !== undefined;
  useEffect(() => {
    if (!isThere) return;
    const address = `/v1/recyclers/${id}/counter/visits/${visitId}/events`;
    return follow(address, () => {
      void queries.invalidateQueries({ queryKey: ['visit', visitId] });
      void queries.invalidateQueries({ queryKey: ['visits'] });
    });
  }, [id, visitId, isThere, queries]);
  return visit;
}
