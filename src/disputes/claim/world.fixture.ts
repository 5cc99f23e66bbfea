/** Sales as the tests of claims need them: signed probes, custody and issuer events of one card, in plain words. */
import type { Probe } from '#cards';
import { canonicalJson, DAY, type Fen, fen, HOUR, type Keys, MINUTE, newId, plus } from '#platform';
import type { Custody, Facts, IssuerEvent } from './facts.ts';

/** A working Monday, 10:00 in China. */
export const T0 = new Date('2026-03-02T02:00:00Z');
export const LISTED = plus(T0, -5 * DAY);
export const PAID = plus(T0, -2 * HOUR);
export const REVEALED = plus(T0, -HOUR);
export const CARD = newId(LISTED);
export const PRICE = fen(9_000n);
export const PROMISED = fen(10_000n);

export interface Shows {
  readonly code?: string;
  readonly balance?: bigint;
  readonly expiresOn?: string;
  readonly grade?: string;
  readonly cardId?: string;
}

export function probe(keys: Pick<Keys, 'sign'>, at: Date, shows: Shows = {}): Probe {
  const { code = 'OK', balance = PROMISED, expiresOn = '2027-01-31', grade = 'V2' } = shows;
  const probeId = newId(at);
  const seen = canonicalJson({
    ...{ v: 1, probeId, cardId: shows.cardId ?? CARD, code, grade, expiresOn, at, asOf: at },
    balanceFen: balance < 0n ? undefined : balance,
  });
  const signature = keys.sign(Buffer.from(seen)).toString('base64');
  return { probeId, ref: 'order', seen, signature, at };
}

export const used = (
  at: Date,
  amount: bigint | null = PROMISED,
  by?: IssuerEvent['by'],
): IssuerEvent => ({
  ...{ at, kind: 'used', amountFen: amount === null ? null : fen(amount) },
  ...(by && { by }),
});

/** Of a vaulted card, revealed to the buyer at `handover`. */
export const handedOver = (handover: Date | null = REVEALED): Custody[] => [
  { holder: 'seller', from: plus(LISTED, -30 * DAY), to: LISTED },
  { holder: 'vault', from: LISTED, to: handover },
  ...(handover ? [{ holder: 'buyer', from: handover, to: null } as const] : []),
];

/** A good vaulted card that was revealed; nothing proves anything yet. */
export const sale = (extra: Partial<Facts> = {}): Facts => ({
  delivery: 'vault',
  ...{ verifiedAtListing: null, probeAtReveal: null, probeAtClaim: null, issuerEvents: [] },
  ...{ revealedAt: REVEALED, paidAt: PAID, priceFen: PRICE, promisedBalanceFen: PROMISED },
  custody: handedOver(),
  ...extra,
});

/** Just before the secret was shown. */
export const BEFORE_REVEAL = plus(REVEALED, -MINUTE);
export const amount = (value: bigint): Fen => fen(value);
