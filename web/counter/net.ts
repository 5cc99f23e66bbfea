/**
 * Whether the house can be reached: asked every few seconds, since a browser only knows whether there is some network,
 * and after a reload without one not even that.
 */
import { useSyncExternalStore } from 'react';

const ASK_MS = 4_000;
const WAIT_MS = 3_000;

const AHEAD = 'hq-counter-ahead';
/** Headers tell whole seconds: less is noise. */
const NOISE_MS = 2_000;

let reached = navigator.onLine;
const listeners = new Set<() => void>();

function say(next: boolean): void {
  if (reached === next) return;
  reached = next;
  for (const one of listeners) one();
}

/** Asks now; whoever was refused a network calls it too. */
export async function askNet(): Promise<boolean> {
  if (!navigator.onLine) say(false);
  else {
    const asked = fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(WAIT_MS) });
    say(await asked.then(hear).catch(() => false));
  }
  return reached;
}

function hear({ ok, headers }: Response): boolean {
  const ahead = Date.parse(headers.get('date') ?? '') - Date.now();
  if (Math.abs(ahead - aheadMs()) > NOISE_MS) localStorage.setItem(AHEAD, String(ahead));
  return ok;
}

const aheadMs = (): number => Number(localStorage.getItem(AHEAD) ?? 0);

/** The house's time as this device last knew it, also after a reload without a network. */
export const tillNow = (): Date => new Date(Date.now() + aheadMs());

export function watchNet(): void {
  addEventListener('online', () => void askNet());
  addEventListener('offline', () => say(false));
  setInterval(() => void askNet(), ASK_MS);
  void askNet();
}

export const isReached = (): boolean => reached;
export function onNet(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}
export const useNet = (): boolean => useSyncExternalStore(onNet, isReached);
