/** Sends what the till has taken, in order, each under its own number, as soon as there is a network again. */
import { ApiProblem, call, isTransient } from '../api.ts';
import { allTaken, saveAnswer, type Taken } from './keep.ts';
import { askNet, isReached, onNet, watchNet } from './net.ts';

const AGAIN_MS = 4_000;
/** The till has to sign in, or to wait; the card stays in the queue. */
const WAITS = new Set(['not_signed_in', 'too_many', 'in_flight', 'recycler_not_active']);

export type Sending = 'idle' | 'sending' | 'offline' | 'sign_in' | 'held';
let state: Sending = 'idle';
const listeners = new Set<() => void>();
export const sendingNow = (): Sending => state;
export function onSending(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}
function say(next: Sending): void {
  if (state === next) return;
  state = next;
  for (const one of listeners) one();
}

/** Starts with the page, and goes on after a reload or a kill where it stopped. */
export function startQueue(): void {
  watchNet();
  onNet(() => void flush());
  setInterval(() => void flush(), AGAIN_MS);
  void flush();
}

/** One tab sends at a time; the house answers a repeated number with its first answer. */
export async function flush(): Promise<void> {
  await navigator.locks.request('counter-queue', { ifAvailable: true }, async (lock) => {
    if (lock) await sendAll();
  });
}

async function sendAll(): Promise<void> {
  for (const taken of await allTaken()) {
    if (taken.state !== 'queued') continue;
    if (!isReached()) return say('offline');
    say('sending');
    if (!(await send(taken))) return;
  }
  say('idle');
}

/** False when the rest has to wait. */
async function send(taken: Taken): Promise<boolean> {
  const { shopId: id, number, till, sku, faceFen, expiresOn, takenAt, offline, box = '' } = taken;
  const body = {
    number,
    till,
    sku,
    faceFen,
    takenAt,
    offline,
    box,
    ...(expiresOn && { expiresOn }),
  };
  try {
    // The number is what makes it once; a stored "not now" of the house must not be its answer for a day.
    const input = { params: { id }, body };
    await call('POST /v1/recyclers/:id/counter/visits', input, { quiet: true });
    await saveAnswer(taken, { state: 'sent' });
    return true;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    const { code, title, remedy = '' } = error.problem;
    if (isTransient(error) && code !== 'in_flight') {
      say('offline');
      void askNet();
      return false;
    }
    if (WAITS.has(code)) {
      say(code === 'not_signed_in' ? 'sign_in' : 'held');
      return false;
    }
    await saveAnswer(taken, { state: 'refused', trouble: { code, title, remedy } });
    return true;
  }
}
