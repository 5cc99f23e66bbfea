/** Which sums of a day are large, and what of a trade looks like fraud: facts in, reasons out; pure. */
import { type Fen, fen, nextWorkday, ZERO } from '#platform';

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
