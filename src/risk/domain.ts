/** Which sums of a day are large, and what of a trade looks like fraud: facts in, reasons out; pure. */
import { DAY, type Fen, fen, HOUR, nextWorkday, ZERO } from '#platform';

export type PartyKind = 'person' | 'entity';
export type Way = 'in' | 'out';

/** A line of the custody account with the party behind it. */
export interface Flow {
  readonly partyKind: PartyKind;
  readonly partyId: string;
  readonly way: Way;
  readonly amountFen: Fen;
  readonly at: Date;
  readonly outNo: string;
  readonly kind: string;
}

export interface DaySum {
  readonly partyKind: PartyKind;
  readonly partyId: string;
  readonly inFen: Fen;
  readonly outFen: Fen;
  readonly flows: readonly Flow[];
}

/** Both ways apart: what came in and what went out are never set off against each other. */
export function daySums(flows: readonly Flow[]): DaySum[] {
  const sums = new Map<string, DaySum>();
  for (const flow of flows) {
    const { partyKind, partyId, way, amountFen } = flow;
    const before = sums.get(partyId) ?? {
      ...{ partyKind, partyId, inFen: ZERO, outFen: ZERO, flows: [] },
    };
    sums.set(partyId, {
      ...before,
      inFen: fen(before.inFen + (way === 'in' ? amountFen : ZERO)),
      outFen: fen(before.outFen + (way === 'out' ? amountFen : ZERO)),
      flows: [...before.flows, flow],
    });
  }
  return [...sums.values()].sort((a, b) => (a.partyId < b.partyId ? -1 : 1));
}

export interface LargeFrom {
  readonly personFen: number;
  readonly entityFen: number;
}
export type LargeReason = 'large_in' | 'large_out';

/** The figure itself is large already (含本数). */
export function largeReasons(
  { partyKind, inFen, outFen }: Omit<DaySum, 'flows' | 'partyId'>,
  { personFen, entityFen }: LargeFrom,
): LargeReason[] {
  const from = BigInt(partyKind === 'person' ? personFen : entityFen);
  return [
    ...(inFen >= from ? (['large_in'] as const) : []),
    ...(outFen >= from ? (['large_out'] as const) : []),
  ];
}

export function workdaysAfter(day: string, count: number): string {
  let due = day;
  for (let counted = 0; counted < count; counted += 1) due = nextWorkday(due);
  return due;
}

// what of a sale looks like fraud (R53)

export interface SaleFacts {
  /** Since the seller signed up. */
  readonly accountMs: number;
  readonly isElectronic: boolean;
  /** From its sale by the issuer to its hand-over here; undefined where the issuer does not say. */
  readonly cardMs: number | undefined;
  /** Different issuers among the seller's cards of the last day, this one included. */
  readonly issuers: number;
}
export interface PatternRule {
  readonly signals: number;
  readonly issuers: number;
  readonly cardHours: number;
  readonly holdDaysMin: number;
  readonly holdDaysMax: number;
}
export const SIGNALS = ['new_account', 'fresh_card', 'instant_cash_out', 'many_issuers'] as const;
export type Signal = (typeof SIGNALS)[number];

/** Ours and not the law's, so they are not among the published rules: whoever knows them keeps below. */
export const NEW_ACCOUNT_MS = 7 * DAY;
export const INSTANT_MS = HOUR;
/** Issuers are counted over so long. */
export const ISSUERS_MS = DAY;

/** Undefined: nothing, or too little to mean anything. Each signal beyond what the rule asks for is a day more. */
export function fraudPattern(
  { accountMs, isElectronic, cardMs, issuers }: SaleFacts,
  rule: PatternRule,
): { signals: Signal[]; holdDays: number } | undefined {
  const isYoung = (ms: number): boolean => isElectronic && cardMs !== undefined && cardMs < ms;
  const holds: Record<Signal, boolean> = {
    new_account: accountMs < NEW_ACCOUNT_MS,
    fresh_card: isYoung(rule.cardHours * HOUR),
    instant_cash_out: isYoung(INSTANT_MS),
    many_issuers: issuers >= rule.issuers,
  };
  const signals = SIGNALS.filter((signal) => holds[signal]);
  if (signals.length < rule.signals) return undefined;
  const days = rule.holdDaysMin + signals.length - rule.signals;
  return { signals, holdDays: Math.min(days, rule.holdDaysMax) };
}
