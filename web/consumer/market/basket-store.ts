/** The basket lives on this device: what was put in, and at which price; nothing is reserved by it. */
import { useSyncExternalStore } from 'react';

export interface Item {
  readonly listingId: string;
  readonly title: string;
  /** What it cost when it was put in; nothing dearer is bought. */
  readonly priceFen: string;
}

const KEY = 'huiquan.basket';
/** As many as one order may hold. */
export const ITEMS_MAX = 20;
const listeners = new Set<() => void>();

const isItem = (one: unknown): one is Item =>
  typeof one === 'object' &&
  one !== null &&
  'listingId' in one &&
  'title' in one &&
  'priceFen' in one &&
  /^\d+$/.test(String(one.priceFen));

function read(): readonly Item[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isItem).slice(0, ITEMS_MAX) : [];
  } catch {
    return [];
  }
}

let items: readonly Item[] = read();

function write(next: readonly Item[]): void {
  items = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Private windows may refuse to store; the basket then lasts as long as the page.
  }
  for (const one of listeners) one();
}

export const useBasket = (): readonly Item[] =>
  useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => items,
  );

/** False when the basket is full. */
export function putIn(item: Item): boolean {
  if (items.some(({ listingId }) => listingId === item.listingId)) return true;
  if (items.length >= ITEMS_MAX) return false;
  write([...items, item]);
  return true;
}

export const takeOut = (listingIds: readonly string[]): void =>
  write(items.filter(({ listingId }) => !listingIds.includes(listingId)));
