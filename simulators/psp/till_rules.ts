/** What the halves of the till share: orders, requests, the institutions' limits, and small tools. */
import { createHash } from 'node:crypto';
import type { TillEvent } from './bank.ts';

export type Channel = 'alipay' | 'wechat' | 'bank';
interface Limits {
  freezeDays: number;
  syncReceivers: number;
  asyncReceivers: number;
  requests: number;
  othersBpsMax: number;
}
/** The institutions' own rules; whoever calls is expected to know them, and is told no when not. */
export const LIMITS: Readonly<Record<Channel, Limits>> = {
  alipay: {
    freezeDays: 30,
    syncReceivers: 5,
    asyncReceivers: 50,
    requests: 50,
    othersBpsMax: 3_000,
  },
  wechat: {
    freezeDays: 180,
    syncReceivers: 0,
    asyncReceivers: 50,
    requests: 50,
    othersBpsMax: 1e4,
  },
  bank: { freezeDays: 180, syncReceivers: 50, asyncReceivers: 50, requests: 50, othersBpsMax: 1e4 },
};

export interface Payment {
  tradeNo: string;
  amountFen: string;
  at: number;
}
export interface Order {
  merchant: string;
  outNo: string;
  amountFen: string;
  channel: Channel;
  callbackUrl: string;
  digest: string;
  status: 'open' | 'closed';
  expiresAt: number;
  /** Part of the address of the payer's page: whoever has it may pay, and nothing else. */
  token: string;
  payments: Payment[];
  submits: number;
  /** The freeze has ended by itself: what was not split is no longer kept apart. */
  thawed: boolean;
}
export interface Receiver {
  receiver: string;
  role: string;
  amountFen: string;
}
export interface Request {
  kind: 'refund' | 'split';
  merchant: string;
  outNo: string;
  payNo: string;
  tradeNo: string;
  amountFen: string;
  callbackUrl: string;
  digest: string;
  status: 'accepted' | 'done' | 'partial' | 'failed';
  mode: 'sync' | 'async';
  settleAt: number;
  submits: number;
  receivers: Receiver[];
  /** Receivers that have their share. */
  done: string[];
  at?: number;
  reason?: string;
  fate?: { reason: string; receivers: number };
}

export interface TillFaults {
  dieAfterCommit: number;
  dieBeforeCommit: number;
  /** So many refunds fail when they should be paid. */
  failRefunds: number;
  /** So many receivers of splits fail. */
  failReceivers: number;
}

export const OUT_NO = /^[0-9A-Za-z]{16,32}$/;
export const FEN = /^[1-9]\d{0,15}$/;

/** What the halves of the till share. */
export interface Counter {
  now: () => number;
  settleMs: number;
  faults: () => TillFaults;
  /** Address of the payer's page. */
  pageUrl: (token: string) => string;
  tell(
    about: { merchant: string; outNo: string; callbackUrl: string },
    news: { kind: TillEvent['kind']; status: TillEvent['status']; amountFen: string },
  ): void;
}

export function diesNow(faults: TillFaults, when: 'dieAfterCommit' | 'dieBeforeCommit'): boolean {
  if (faults[when] === 0) return false;
  faults[when]--;
  return true;
}

export const isText = (value: unknown, pattern: RegExp): value is string =>
  typeof value === 'string' && pattern.test(value);
export const digestOf = (of: unknown): string =>
  createHash('sha256').update(JSON.stringify(of)).digest('hex');
