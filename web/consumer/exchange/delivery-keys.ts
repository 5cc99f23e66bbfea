/** Where the keys of my purchases are kept: this browser, and the file that its owner has downloaded. */
import type { Hex } from 'viem';
import { makeSaleKey, type SaleKey, saleKeyOf } from './delivery-seal.ts';

const nameOf = (session: string): string => `hq-sale-key/${session.toLowerCase()}`;
const KEY = /0x[0-9a-f]{64}/;

/** Made and kept before anything is signed for it: a key that gets lost cannot be made again. */
export function newSaleKey(): SaleKey {
  const key = makeSaleKey();
  keep(key);
  return key;
}

function keep(key: SaleKey): void {
  localStorage.setItem(nameOf(key.session), key.k);
}

export function keptKey(session: string): SaleKey | undefined {
  const k = localStorage.getItem(nameOf(session));
  return k === null ? undefined : keyIn(k, session);
}

/** Takes the key out of a file's text, or of what was typed, where it is the one of this sale; and keeps it. */
export function enterKey(text: string, session: string): SaleKey | undefined {
  const [k] = KEY.exec(text.trim().toLowerCase()) ?? [];
  const key = k === undefined ? undefined : keyIn(k, session);
  if (key) keep(key);
  return key;
}

function keyIn(k: string, session: string): SaleKey | undefined {
  try {
    const key = saleKeyOf(k as Hex);
    return key.session === session.toLowerCase() ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The file that a person keeps: what it is for, and the key. */
export const keyFile = (key: SaleKey): string =>
  `data:text/plain;charset=utf-8,${encodeURIComponent(`Huiquan ${key.session}\n${key.k}\n`)}`;
