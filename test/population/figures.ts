/** From what really happened and what the house decided to the figures of the quarter; pure. */

/** One claim as the house ended it; `first` was decided at once or by somebody, `last` stood after the appeal. */
export interface ClaimSeen {
  readonly reason: string;
  readonly first: Verdict | undefined;
  readonly last: Verdict | undefined;
  readonly hoursToFirst: number | undefined;
  readonly hoursToEnd: number | undefined;
}
export interface Verdict {
  readonly basis: string;
  readonly rule: string;
  readonly refundFen: bigint;
  readonly fault: string;
}

/** One paid order: the simulator's truth, and what the house's records say of it. */
export interface OrderSeen {
  /** Staged so that every behaviour occurs, or of the ring: judged like any other, and no part of any rate. */
  readonly counted: boolean;
  readonly what: string;
  readonly state: string;
  readonly priceFen: bigint;
  readonly promisedFen: bigint;
  /** What others took from the buyer, of the promised balance. */
  readonly lossFen: bigint;
  readonly lossBy: 'seller' | 'issuer' | undefined;
  /** The money went back because the look before the reveal found the card bad. */
  readonly failedLook: boolean;
  readonly claims: readonly ClaimSeen[];
}

export interface Mistake {
  readonly what: string;
  readonly reason: string;
  readonly verdict: Verdict;
  readonly owedFen: bigint;
}

export interface Figures {
  readonly orders: number;
  /** Orders about which a buyer opened at least one claim, in the inspection or in the guarantee. */
  readonly disputed: number;
  readonly failedLooks: number;
  /** Claims by how they were first decided. */
  readonly bases: Readonly<Record<string, number>>;
  readonly rules: Readonly<Record<string, number>>;
  readonly claims: number;
  readonly wrongByRule: readonly Mistake[];
  readonly wrongOtherwise: readonly Mistake[];
  /** Buyers who lost something and said nothing, or were told no in the end. */
  readonly harmedUnpaid: number;
  readonly hoursToFirst: Spread;
  readonly hoursToEnd: Spread;
}
interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

/** Rounded up, as everywhere: the buyer is not to lose a part of a fen. */
export const owedTo = ({ priceFen, promisedFen, lossFen }: OrderSeen): bigint =>
  (priceFen * lossFen + promisedFen - 1n) / promisedFen;

/** What the two agreed on is theirs; nobody decided it. */
const AGREED: readonly string[] = ['agreement', 'settlement'];

/** Another amount than the truth asks for, or a fault laid at the door of somebody who has none. */
export function isWrong(order: OrderSeen, { basis, refundFen, fault }: Verdict): boolean {
  if (AGREED.includes(basis)) return false;
  if (refundFen !== owedTo(order)) return true;
  if (fault === 'seller') return order.lossBy !== 'seller';
  if (fault === 'buyer') return order.lossFen > 0n;
  return fault === 'issuer' && order.lossBy !== 'issuer';
}

export function figuresOf(all: readonly OrderSeen[]): Figures {
  const orders = all.filter(({ counted }) => counted);
  const disputed = orders.filter(({ claims }) => claims.length > 0);
  const claims = disputed.flatMap((order) => order.claims.map((claim) => ({ order, claim })));
  const firsts = claims.flatMap(({ claim }) => (claim.first ? [claim.first] : []));
  // Whatever was staged is judged too: a rare mistake is a mistake.
  const mistakes = all.flatMap((order) =>
    order.claims.flatMap((claim) =>
      [claim.first, claim.last]
        .filter((verdict, index) => verdict && (index === 0 || verdict !== claim.first))
        .flatMap((verdict) => (verdict && isWrong(order, verdict) ? [verdict] : []))
        .map((verdict) => ({
          ...{ what: order.what, reason: claim.reason, verdict, owedFen: owedTo(order) },
        })),
    ),
  );
  return {
    orders: orders.length,
    disputed: disputed.length,
    failedLooks: orders.filter(({ failedLook }) => failedLook).length,
    bases: counts(firsts.map(({ basis }) => basis)),
    rules: counts(firsts.map(({ rule }) => rule)),
    claims: claims.length,
    wrongByRule: mistakes.filter(({ verdict }) => verdict.basis === 'rule'),
    wrongOtherwise: mistakes.filter(({ verdict }) => verdict.basis !== 'rule'),
    harmedUnpaid: orders.filter(isUnpaid).length,
    hoursToFirst: spread(claims.map(({ claim }) => claim.hoursToFirst)),
    hoursToEnd: spread(claims.map(({ claim }) => claim.hoursToEnd)),
  };
}

const isUnpaid = (order: OrderSeen): boolean =>
  order.lossFen > 0n &&
  !order.claims.some(({ last }) => last !== undefined && last.refundFen >= owedTo(order)) &&
  order.state !== 'refunded';

function counts(names: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const name of names.toSorted()) found[name] = (found[name] ?? 0) + 1;
  return found;
}

function spread(hours: readonly (number | undefined)[]): Spread {
  const known = hours.filter((one) => one !== undefined).toSorted((a, b) => a - b);
  const at = (part: number): number =>
    Math.round((known[Math.ceil(part * known.length) - 1] ?? 0) * 100) / 100;
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(2)} %`;

export interface Loss {
  /** Paid out by the reserve, got back by it, and still owed to it. */
  readonly paidFen: bigint;
  readonly collectedFen: bigint;
  readonly owedFen: bigint;
  readonly turnoverFen: bigint;
}

export function report(figures: Figures, loss: Loss): string[] {
  const { orders, disputed, claims, bases, rules, wrongByRule, wrongOtherwise } = figures;
  const byRule = bases['rule'] ?? 0;
  const hours = ({ median, p95, max }: Spread) => `median ${median} h, p95 ${p95} h, max ${max} h`;
  const yuan = (amount: bigint) => (Number(amount) / 100).toFixed(2);
  const told = ({ what, reason, verdict, owedFen }: Mistake) =>
    `${what}, ${reason}: ${verdict.basis}/${verdict.rule} → ${verdict.refundFen} (${verdict.fault}), owed ${owedFen}`;
  return [
    `paid orders ${orders}`,
    `disputed ${disputed} = ${percent(disputed, orders)} (goal ≤ 2 %)`,
    `refunded by the look before the reveal ${figures.failedLooks} = ${percent(figures.failedLooks, orders)}`,
    `claims ${claims}: ${JSON.stringify(bases)}`,
    `decided by rule ${byRule} = ${percent(byRule, claims)} (goal ≥ 90 %) ${JSON.stringify(rules)}`,
    `wrong by rule ${wrongByRule.length} (goal ≤ 0.5 %), staged claims judged as well`,
    ...wrongByRule.map((one) => `  ${told(one)}`),
    `wrong otherwise ${wrongOtherwise.length}`,
    ...wrongOtherwise.map((one) => `  ${told(one)}`),
    `harmed and not made whole ${figures.harmedUnpaid}`,
    `to the first decision: ${hours(figures.hoursToFirst)}`,
    `to the money: ${hours(figures.hoursToEnd)}`,
    `reserve paid ${yuan(loss.paidFen)}, collected ${yuan(loss.collectedFen)}, owed ${yuan(loss.owedFen)} of ${yuan(loss.turnoverFen)} yuan turnover`,
  ];
}
