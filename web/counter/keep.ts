/**
 * What a till keeps on its device: who it is, products, numbers of receipts, and cards in the order in which they were
 * taken. A card lies here only as a box that nobody but the house can open. Hides IndexedDB.
 */
import type { Product } from '../api.gen.ts';

export interface TillFacts {
  readonly shopId: string;
  readonly shopName: string;
  readonly till: string;
  readonly boxKey: string;
  readonly products: Product[];
}
export interface Slip {
  readonly id: string;
  readonly number: string;
  readonly token: string;
}
/** Why the house did not take it, in its words. */
export interface Trouble {
  readonly code: string;
  readonly title: string;
  readonly remedy: string;
}
export interface Taken extends Slip {
  /** Place in the queue. */
  readonly seq: number;
  readonly shopId: string;
  readonly till: string;
  readonly sku: string;
  readonly faceFen: string;
  readonly expiresOn?: string;
  readonly takenAt: string;
  readonly offline: boolean;
  /** Gone as soon as the house has answered. */
  readonly box?: string;
  readonly state: 'queued' | 'sent' | 'refused';
  readonly trouble?: Trouble;
}

const NAME = 'huiquan-counter';
const VERSION = 1;
type Store = 'facts' | 'slips' | 'taken';

let opening: Promise<IDBDatabase> | undefined;
function database(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const db = request.result;
      db.createObjectStore('facts');
      db.createObjectStore('slips', { keyPath: 'id' });
      db.createObjectStore('taken', { keyPath: 'seq', autoIncrement: true });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

/** One transaction, done when it is on the disk: a till may lose its power at any moment. */
async function within<T>(
  stores: Store[],
  work: (store: (name: Store) => IDBObjectStore) => IDBRequest<T> | undefined,
): Promise<T | undefined> {
  const db = await database();
  return await new Promise((resolve, reject) => {
    const tx = db.transaction(stores, 'readwrite', { durability: 'strict' });
    const asked = work((name) => tx.objectStore(name));
    tx.oncomplete = () => resolve(asked?.result);
    tx.onabort = () => reject(tx.error);
    tx.onerror = () => reject(tx.error);
  });
}

const listeners = new Set<() => void>();
export function onKept(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}
const tell = (): void => {
  for (const one of listeners) one();
};

export const tillFacts = async (): Promise<TillFacts | undefined> =>
  await within<TillFacts>(['facts'], (store) => store('facts').get('till'));

export async function keepFacts(facts: TillFacts): Promise<void> {
  await within(['facts'], (store) => void store('facts').put(facts, 'till'));
  tell();
}

export const countSlips = async (): Promise<number> =>
  (await within<number>(['slips'], (store) => store('slips').count())) ?? 0;

export async function keepSlips(slips: readonly Slip[]): Promise<void> {
  await within(['slips'], (store) => {
    for (const slip of slips) store('slips').put(slip);
    return undefined;
  });
  tell();
}

/** The oldest number; it is used up only when a card is kept under it. */
export const nextSlip = async (): Promise<Slip | undefined> =>
  (await within<Slip[]>(['slips'], (store) => store('slips').getAll(undefined, 1)))?.[0];

/** Card and number in one step: no number is given twice, no card is lost in between. */
export async function keepTaken(taken: Omit<Taken, 'seq'>): Promise<void> {
  await within(['slips', 'taken'], (store) => {
    store('slips').delete(taken.id);
    store('taken').add(taken);
    return undefined;
  });
  tell();
}

export const allTaken = async (): Promise<Taken[]> =>
  (await within<Taken[]>(['taken'], (store) => store('taken').getAll())) ?? [];

/** After the house's answer the box is of no more use to anybody. */
export async function saveAnswer(
  { box: _, ...taken }: Taken,
  answer: Pick<Taken, 'state' | 'trouble'>,
): Promise<void> {
  await within(['taken'], (store) => void store('taken').put({ ...taken, ...answer }));
  tell();
}

export async function dropTaken(seq: number): Promise<void> {
  await within(['taken'], (store) => void store('taken').delete(seq));
  tell();
}
