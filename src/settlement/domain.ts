/** The pure part of paying people: when, to whom, what lateness costs, and how bank and books compare. */
import assert from 'node:assert/strict';
import {
  addDays,
  chinaDay,
  chinaHour,
  chinaInstant,
  daysBetween,
  type Fen,
  fen,
  isWorkday,
  MINUTE,
  nextWorkday,
  share,
} from '#platform';
import {
  PAYOUT_FAILURES,
  PAYOUT_POLICY,
  type PayoutFailure,
  REQUEST_FAILURES,
  type RequestFailure,
} from './schema.ts';

export interface Promised {
  /** The China day whose 17:00 cut-off takes it. */
  settleOn: string;
  /** The working day after: by its end the money is there. */
  promisedOn: string;
}

/** T is today when `at` is before the cut-off of a working day, else the next working day; the promise is T+1. */
export function promiseAt(at: Date): Promised {
  const today = chinaDay(at);
  const isToday = isWorkday(today) && chinaHour(at) < PAYOUT_POLICY.cutOffHour;
  const settleOn = isToday ? today : nextWorkday(today);
  return { settleOn, promisedOn: nextWorkday(settleOn) };
}

/** The instant at which payouts of this day are taken. */
export const cutOffOf = (settleOn: string): Date =>
  chinaInstant(settleOn, PAYOUT_POLICY.cutOffHour);

/** The last China day whose cut-off has passed. */
export const lastCutOff = (at: Date): string => {
  const today = chinaDay(at);
  return chinaHour(at) < PAYOUT_POLICY.cutOffHour ? addDays(today, -1) : today;
};

/** What a payout that the bank paid on `paidDay` costs us; undefined when it was in time. A day rounds up. */
export function compensationFor(payout: {
  amount: Fen;
  promisedOn: string;
  paidDay: string;
}): { daysLate: number; amount: Fen } | undefined {
  const daysLate = daysBetween(payout.promisedOn, payout.paidDay);
  if (daysLate <= 0) return undefined;
  const rate = share(payout.amount, PAYOUT_POLICY.compensationBpsPerDay, 'up');
  const aDay =
    rate > PAYOUT_POLICY.compensationMinFenPerDay ? rate : PAYOUT_POLICY.compensationMinFenPerDay;
  const days = Math.min(daysLate, PAYOUT_POLICY.compensationDaysMax);
  return { daysLate, amount: fen(aDay * BigInt(days)) };
}

export const needsChecker = (amount: Fen): boolean => amount >= PAYOUT_POLICY.checkFromFen;

/** Dots that stand between the parts of a transliterated name, in all the forms keyboards give. */
const MIDDLE_DOTS = /[\u00b7\u0387\u2022\u2024\u2027\u2219\u22c5\u2e31\u30fb\uff65.]/gu;

/** One form per name: full-width folded, no spaces, one kind of middle dot, Latin in upper case. */
export const normalName = (name: string): string =>
  name.normalize('NFKC').replace(/\s+/gu, '').replace(MIDDLE_DOTS, '·').toUpperCase();

export const sameName = (a: string, b: string): boolean =>
  normalName(a) !== '' && normalName(a) === normalName(b);

/** 张三丰 → 张**: enough to recognise one's own account, not to learn a name. */
export const maskName = (name: string): string => {
  const [first = '', ...rest] = [...name.trim()];
  return `${first}${'*'.repeat(Math.max(1, Math.min(rest.length, 3)))}`;
};

/** Digits of a bank card number as people type it: full-width, spaces and hyphens allowed; else undefined. */
export function parseAccountNumber(typed: string): string | undefined {
  const digits = typed.normalize('NFKC').replace(/[\s-]+/gu, '');
  return /^\d{16,19}$/.test(digits) && passesLuhn(digits) ? digits : undefined;
}

function passesLuhn(digits: string): boolean {
  let total = 0;
  for (const [index, char] of [...digits].reverse().entries()) {
    const digit = Number(char) * (index % 2 === 1 ? 2 : 1);
    total += digit > 9 ? digit - 9 : digit;
  }
  return total % 10 === 0;
}

/** Where a transfer stands at the bank; each status implies the ones it follows. */
export type BankStatus = 'accepted' | 'paid' | 'failed' | 'returned';
/** What we know of one number at the bank. */
export type AttemptStatus = 'open' | 'paid' | 'failed' | 'returned';
export type BankMove = 'accept' | 'pay' | 'reject' | 'bounce';

/** The moves that each piece of news asks for, by what we knew; absent: the bank contradicts itself. */
const NEWS: Readonly<
  Record<AttemptStatus, Readonly<Partial<Record<BankStatus, readonly BankMove[]>>>>
> = {
  open: { accepted: ['accept'], paid: ['pay'], failed: ['reject'], returned: ['pay', 'bounce'] },
  paid: { accepted: [], paid: [], returned: ['bounce'] },
  failed: { accepted: [], failed: [] },
  returned: { accepted: [], paid: [], returned: [] },
};

/**
 * The moves that bring a number of ours to what the bank says, in order. News that is older than what we know
 * asks for none, so it may come twice, late and in any order. Undefined: the bank contradicts itself.
 */
export function movesTowards(
  known: AttemptStatus,
  isAccepted: boolean,
  news: BankStatus,
): readonly BankMove[] | undefined {
  const moves = NEWS[known][news];
  return isAccepted && moves?.[0] === 'accept' ? [] : moves;
}

/** When to ask the bank again after `asks` vain questions: 1, 2, 4 … minutes, at most two hours. */
export const askAgainMs = (asks: number): number => Math.min(2 ** Math.max(0, asks), 120) * MINUTE;

/** The reasons the bank gives, in our words; one we do not know is nobody's fault but ours to look into. */
export const failureOf = (reason: string | undefined): PayoutFailure =>
  BANK_REASONS[reason ?? ''] ?? 'bank_refused';
const BANK_REASONS: Readonly<Record<string, PayoutFailure>> = {
  ACCOUNT_UNKNOWN: 'account_unknown',
  NAME_DIFFERS: 'name_differs',
  ACCOUNT_CLOSED: 'account_closed',
  ACCOUNT_LIMIT: 'account_limit',
};

/** The same of a refund or a split. */
export const requestFailureOf = (reason: string | undefined): RequestFailure => {
  const word = reason?.toLowerCase() ?? '';
  return Object.hasOwn(REQUEST_FAILURES, word) ? (word as RequestFailure) : 'bank_refused';
};

/** Whether the recipient has to mend it before a new promise can be made. */
export const isRecipientsFault = (failure: string | undefined): boolean =>
  failure !== undefined &&
  Object.hasOwn(PAYOUT_FAILURES, failure) &&
  PAYOUT_FAILURES[failure as PayoutFailure].fault === 'recipient';

export const LINE_KINDS = ['transfer', 'return', 'collection', 'pay_in', 'refund'] as const;
/** `split` moves between sub-accounts of the custody account: it is told, but neither comes in nor goes out. */
export type LineKind = (typeof LINE_KINDS)[number] | 'split';
/** Kinds by which money leaves custody. */
export const isOut = (kind: LineKind): boolean => kind === 'transfer' || kind === 'refund';
export interface StatementLine {
  outNo: string;
  kind: LineKind;
  amount: Fen;
  at: Date;
}

const HEADER = 'out_no,kind,amount_fen,at';
const LINE =
  /^([0-9A-Za-z_-]{1,64}),(transfer|return|collection|pay_in|refund|split),(0|[1-9]\d{0,15}),(\S{1,40})$/;
const TRAILER = /^#(\d{1,9}),(0|[1-9]\d{0,17}),(0|[1-9]\d{0,17})$/;

/**
 * Reads the bank's CSV: header, lines, then `#count,in,out` so that a cut-off file is noticed.
 * Throws on anything else: a statement we half understand is worse than none.
 */
export function parseStatement(text: string): { lines: StatementLine[]; inFen: Fen; outFen: Fen } {
  const rows = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((row) => row !== '');
  assert(rows[0] === HEADER, 'statement has another header');
  const trailer = TRAILER.exec(rows.at(-1) ?? '');
  assert(trailer, 'statement has no trailer');
  const lines = rows.slice(1, -1).map((row, index) => {
    const [, outNo = '', kind = '', amount = '', at = ''] = LINE.exec(row) ?? [];
    assert(
      outNo !== '' && !Number.isNaN(Date.parse(at)),
      `statement line ${index + 2} is malformed`,
    );
    return { outNo, kind: kind as LineKind, amount: fen(BigInt(amount)), at: new Date(at) };
  });
  const moving = lines.filter(({ kind }) => kind !== 'split');
  const total = (out: boolean): Fen =>
    fen(moving.reduce((sum, line) => (isOut(line.kind) === out ? sum + line.amount : sum), 0n));
  const inFen = total(false);
  const outFen = total(true);
  assert(Number(trailer[1]) === lines.length, 'statement count differs from its lines');
  assert(BigInt(trailer[2] ?? '') === inFen, 'statement total in differs from its lines');
  assert(BigInt(trailer[3] ?? '') === outFen, 'statement total out differs from its lines');
  return { lines, inFen, outFen };
}

export interface OurLine {
  outNo: string;
  kind: LineKind;
  /** What the ledger moved in the custody account; undefined when the transfer is not in the ledger. */
  amount: Fen | undefined;
}
export interface Comparison {
  kind: LineKind | 'ledger';
  ref: string;
  result: 'matched' | 'missing_here' | 'missing_there' | 'amount_differs';
  ours?: Fen;
  theirs?: Fen;
}

/** Line by line, by number and kind. The same line twice at the bank is one match and one `missing_here`. */
export function compare(
  ours: readonly OurLine[],
  theirs: readonly Pick<StatementLine, 'outNo' | 'kind' | 'amount'>[],
): Comparison[] {
  const open = new Map(ours.map((line) => [`${line.kind}/${line.outNo}`, line]));
  const seen = new Map<string, number>();
  const found = theirs.map(({ outNo, kind, amount }): Comparison => {
    const key = `${kind}/${outNo}`;
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    const mine = open.get(key);
    open.delete(key);
    const ref = times === 1 ? outNo : `${outNo}#${times}`;
    if (mine?.amount === undefined) return { kind, ref, result: 'missing_here', theirs: amount };
    const result = mine.amount === amount ? 'matched' : 'amount_differs';
    return { kind, ref, result, ours: mine.amount, theirs: amount };
  });
  const left = [...open.values()].map(
    ({ outNo, kind, amount }): Comparison => ({
      kind,
      ref: outNo,
      result: 'missing_there',
      ...(amount !== undefined && { ours: amount }),
    }),
  );
  return [...found, ...left];
}
