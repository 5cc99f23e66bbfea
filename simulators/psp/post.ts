/** Delivers the bank's events to the merchants' callback addresses: signed, repeated until accepted, or faulty. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Bank, BankEvent, TillEvent } from './bank.ts';

type Event = BankEvent | TillEvent;

import { signatureHeaders } from './wire.ts';

export interface Delivery {
  eventId: string;
  outNo: string;
  status: string;
  /** HTTP status of the last try; 0 when nobody answered. */
  answer: number;
  tries: number;
}

/** Waits between the tries of one event, in real milliseconds; after the last one the bank gives up. */
const RETRY_MS = [300, 1_500, 6_000, 30_000];
const KEPT_MAX = 500;
/** Somebody who would like to be the bank. */
const STRANGER = generateKeyPairSync('ed25519').privateKey;

export interface Post {
  tell(event: Event): void;
  /** Sends what is held back, in the given order; resolves when all were answered or refused. */
  release(order: 'first' | 'last' | readonly string[]): Promise<number>;
  /** Resolves when nothing is on its way. */
  settled(): Promise<void>;
  readonly log: Delivery[];
  readonly held: Event[];
  close(): void;
}

export function openPost(options: {
  key: KeyObject;
  now: () => number;
  faults: () => Bank['faults'];
}): Post {
  const log: Delivery[] = [];
  const held: Event[] = [];
  const underway = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();

  const start = (event: Event): Promise<void> => {
    const copies = Math.max(1, options.faults().copies);
    const sent = Promise.all(Array.from({ length: copies }, () => attempt(event, 0))).then(
      () => undefined,
    );
    underway.add(sent);
    void sent.finally(() => underway.delete(sent));
    return sent;
  };

  async function attempt(event: Event, tries: number): Promise<void> {
    const answer = await deliver(event, options);
    log.push({ eventId: event.eventId, outNo: event.outNo, status: event.status, answer, tries });
    if (log.length > KEPT_MAX) log.shift();
    const wait = RETRY_MS[tries];
    if ((answer >= 200 && answer < 300) || wait === undefined) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void attempt(event, tries + 1);
    }, wait);
    timer.unref();
    timers.add(timer);
  }

  return {
    log,
    held,
    tell: (event) => {
      if (options.faults().drop) return;
      if (options.faults().hold) held.push(event);
      else void start(event);
    },
    release: async (order) => {
      const events = held.splice(0);
      if (order === 'last') events.reverse();
      const wanted = (event: Event): number =>
        typeof order === 'string' ? 0 : order.indexOf(event.status);
      events.sort((a, b) => wanted(a) - wanted(b));
      for (const event of events) await start(event);
      return events.length;
    },
    settled: async () => {
      while (underway.size > 0) await Promise.all(underway);
    },
    close: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

async function deliver(
  { callbackUrl, ...event }: Event,
  { key, now, faults }: { key: KeyObject; now: () => number; faults: () => Bank['faults'] },
): Promise<number> {
  try {
    const lies = faults();
    const lied = lies.lieAmount > 0 && lies.lieAmount-- > 0;
    const signer = lies.forge > 0 && lies.forge-- > 0 ? STRANGER : key;
    const body = JSON.stringify(lied ? { ...event, amountFen: `${event.amountFen}1` } : event);
    const subject = `POST ${new URL(callbackUrl).pathname}`;
    const reply = await fetch(callbackUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...signatureHeaders(signer, event.merchant, { subject, at: now(), body }),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(5_000),
    });
    await reply.arrayBuffer();
    return reply.status;
  } catch {
    return 0;
  }
}
