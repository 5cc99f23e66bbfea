/** The bank behind the counter, in memory: transfers, collections, faults, events and the daily statement. */
import { randomUUID } from 'node:crypto';
import type { TillFaults } from './till_rules.ts';

export type Status = 'accepted' | 'paid' | 'failed' | 'returned';
export type Kind = 'transfer' | 'collection';

export interface Entry {
  kind: Kind;
  merchant: string;
  outNo: string;
  amountFen: string;
  /** Account number masked; the bank's own page shows no more than it needs. */
  account: string;
  remark: string;
  callbackUrl: string;
  /** Digest of everything asked, so that one number never means two things. */
  digest: string;
  status: Status;
  acceptedAt: number;
  settleAt: number;
  /** Times this number was submitted; it is executed once. */
  submits: number;
  fate?: { status: 'failed' | 'returned'; reason: string };
  paidAt?: number;
  failedAt?: number;
  returnedAt?: number;
  reason?: string;
}

export interface BankEvent {
  eventId: string;
  merchant: string;
  kind: Kind;
  outNo: string;
  status: Status;
  amountFen: string;
  at: string;
  reason?: string;
  callbackUrl: string;
}

/** What the till tells, on the same wire. */
export interface TillEvent {
  eventId: string;
  merchant: string;
  kind: 'pay_in' | 'refund' | 'split';
  outNo: string;
  status: 'paid' | 'closed' | 'accepted' | 'done' | 'partial' | 'failed';
  amountFen: string;
  at: string;
  callbackUrl: string;
}

export interface Faults extends TillFaults {
  /** Each event is delivered so often. */
  copies: number;
  /** Events are lost. */
  drop: boolean;
  /** Events wait for /control/release, which can send them in any order. */
  hold: boolean;
  /** So many events name another amount, though they are signed. */
  lieAmount: number;
  /** So many events carry a signature of somebody else. */
  forge: number;
  /** Everything answers 503. */
  down: boolean;
  /** So many transfers fail when they should be paid, for this reason. */
  reject: number;
  rejectReason: string;
  /** So many transfers are paid and come back afterwards. */
  bounce: number;
  /** So many reports are not taken. */
  refuseReports: number;
  /** So many collections fail: the payer's account has not enough. */
  refuseCollections: number;
}

export const NO_FAULTS: Faults = {
  copies: 1,
  drop: false,
  hold: false,
  dieAfterCommit: 0,
  dieBeforeCommit: 0,
  failRefunds: 0,
  failReceivers: 0,
  lieAmount: 0,
  forge: 0,
  down: false,
  reject: 0,
  rejectReason: 'ACCOUNT_UNKNOWN',
  bounce: 0,
  refuseReports: 0,
  refuseCollections: 0,
};

/** A line added to, or changed in, the statement of a day, for reconciliation to find. */
export interface Plant {
  day: string;
  what: 'extra' | 'omit' | 'amount';
  outNo: string;
  amountFen?: string;
}

const OUT: ReadonlySet<string> = new Set(['transfer', 'refund']);
const CHINA_MS = 8 * 3_600_000;
const chinaDay = (at: number): string => new Date(at + CHINA_MS).toISOString().slice(0, 10);

export interface Bank {
  faults: Faults;
  entries: Map<string, Entry>;
  find(merchant: string, outNo: string): Entry | undefined;
  /** The first submission of a number; the caller has checked that there is none. */
  open(entry: Omit<Entry, 'status' | 'acceptedAt' | 'settleAt' | 'submits'>): Entry;
  /** Carries out what is due by now. */
  tick(): void;
  settle(outNo: string | undefined): number;
  bounce(outNo: string, reason: string): boolean;
  plant(plant: Plant): void;
  statement(merchant: string, day: string): string;
  reset(): void;
}

export function openBank(options: {
  now: () => number;
  settleMs: number;
  tell: (event: BankEvent) => void;
  /** Statement lines of the till. */
  tillLines: (merchant: string) => Line[];
}): Bank {
  const entries = new Map<string, Entry>();
  const plants: Plant[] = [];
  const { now } = options;
  const bank: Bank = {
    faults: { ...NO_FAULTS },
    entries,
    find: (merchant, outNo) => {
      const entry = entries.get(outNo);
      return entry?.merchant === merchant ? entry : undefined;
    },
    open: (asked) => {
      const at = now();
      const fate = drawFate(bank.faults, asked.kind);
      const entry: Entry = {
        ...asked,
        status: 'accepted',
        acceptedAt: at,
        settleAt: at + options.settleMs,
        submits: 1,
        ...(fate && { fate }),
      };
      entries.set(entry.outNo, entry);
      tell(entry, at);
      return entry;
    },
    tick: () => {
      for (const entry of entries.values())
        if (entry.status === 'accepted' && entry.settleAt <= now()) settle(entry);
    },
    settle: (outNo) => {
      const due = [...entries.values()].filter(
        (entry) => entry.status === 'accepted' && (outNo === undefined || entry.outNo === outNo),
      );
      for (const entry of due) settle(entry);
      return due.length;
    },
    bounce: (outNo, reason) => {
      const entry = entries.get(outNo);
      if (entry?.kind !== 'transfer' || entry.status !== 'paid') return false;
      giveBack(entry, reason);
      return true;
    },
    plant: (plant) => void plants.push(plant),
    statement: (merchant, day) => {
      const lines = [
        ...linesOf([...entries.values()], merchant),
        ...options.tillLines(merchant).toSorted((a, b) => a.at - b.at),
      ];
      return statementOf(lines, plants, day);
    },
    reset: () => {
      entries.clear();
      plants.length = 0;
      bank.faults = { ...NO_FAULTS };
    },
  };

  function settle(entry: Entry): void {
    const at = now();
    if (entry.fate?.status === 'failed') {
      Object.assign(entry, { status: 'failed', failedAt: at, reason: entry.fate.reason });
      tell(entry, at);
      return;
    }
    Object.assign(entry, { status: 'paid', paidAt: at });
    tell(entry, at);
    if (entry.fate?.status === 'returned') giveBack(entry, entry.fate.reason);
  }
  function giveBack(entry: Entry, reason: string): void {
    const at = now();
    Object.assign(entry, { status: 'returned', returnedAt: at, reason });
    tell(entry, at);
  }
  const tell = (entry: Entry, at: number): void => options.tell(eventOf(entry, at));
  return bank;
}

function eventOf(entry: Entry, at: number): BankEvent {
  const { merchant, kind, outNo, status, amountFen, callbackUrl, reason } = entry;
  return {
    ...{ eventId: randomUUID(), merchant, kind, outNo, status, amountFen, callbackUrl },
    at: new Date(at).toISOString(),
    ...(reason !== undefined && { reason }),
  };
}

function drawFate(faults: Faults, kind: Kind): Entry['fate'] {
  if (kind === 'collection') {
    if (faults.refuseCollections === 0) return undefined;
    faults.refuseCollections--;
    return { status: 'failed', reason: 'NOT_COVERED' };
  }
  if (faults.reject > 0) {
    faults.reject--;
    return { status: 'failed', reason: faults.rejectReason };
  }
  if (faults.bounce > 0) {
    faults.bounce--;
    return { status: 'returned', reason: 'ACCOUNT_CLOSED' };
  }
  return undefined;
}

export interface Line {
  outNo: string;
  kind: string;
  amountFen: string;
  at: number;
}

function linesOf(entries: readonly Entry[], of: string): Line[] {
  const lines: Line[] = [];
  for (const { merchant, kind, outNo, amountFen, paidAt, returnedAt } of entries) {
    if (merchant !== of) continue;
    if (paidAt !== undefined) lines.push({ outNo, kind, amountFen, at: paidAt });
    if (returnedAt !== undefined) lines.push({ outNo, kind: 'return', amountFen, at: returnedAt });
  }
  return lines;
}

/** `out_no,kind,amount_fen,at` of one China day, then `#count,in,out`; splits neither come in nor go out. */
function statementOf(lines: readonly Line[], plants: readonly Plant[], day: string): string {
  let ofDay = lines.filter((line) => chinaDay(line.at) === day);
  for (const { what, outNo, amountFen = '0' } of plants.filter((plant) => plant.day === day)) {
    if (what === 'omit') ofDay = ofDay.filter((line) => line.outNo !== outNo);
    if (what === 'amount')
      for (const line of ofDay) if (line.outNo === outNo) line.amountFen = amountFen;
    if (what === 'extra')
      ofDay.push({ outNo, kind: 'transfer', amountFen, at: Date.parse(`${day}T04:00:00Z`) });
  }
  const total = (isOut: boolean): bigint =>
    ofDay
      .filter(({ kind }) => kind !== 'split' && OUT.has(kind) === isOut)
      .reduce((sum, line) => sum + BigInt(line.amountFen), 0n);
  return [
    'out_no,kind,amount_fen,at',
    ...ofDay.map((line) =>
      [line.outNo, line.kind, line.amountFen, new Date(line.at).toISOString()].join(','),
    ),
    `#${ofDay.length},${total(false)},${total(true)}`,
    '',
  ].join('\n');
}
