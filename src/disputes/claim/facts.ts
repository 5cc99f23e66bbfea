/** What the house knows about a sale when somebody complains, and what of it is proof; pure. */
import type { Code, Probe } from '#cards';
import { canonicalJson, type Fen, fen, sha256, signedBy } from '#platform';

export const HOLDERS = ['seller', 'vault', 'carrier', 'buyer', 'issuer'] as const;
export type Holder = (typeof HOLDERS)[number];
export const EVENT_KINDS = ['used', 'frozen', 'expired', 'transferred'] as const;

export interface IssuerEvent {
  readonly at: Date;
  readonly kind: (typeof EVENT_KINDS)[number];
  /** What was spent or moved; null when the issuer does not say: then all of it. */
  readonly amountFen: Fen | null;
  /** Since when the cause of a freeze exists, for instance the theft that was reported later. */
  readonly causeAt?: Date | undefined;
  /** Who it was, when the issuer can tell by the account, the phone or the till. */
  readonly by?: 'seller' | 'buyer' | undefined;
}

/** Who could use the secret, and when. Where two intervals overlap, only an event's `by` can tell them apart. */
export interface Custody {
  readonly holder: Holder;
  readonly from: Date;
  readonly to: Date | null;
}

export interface Facts {
  readonly delivery: 'vault' | 'seller' | 'mail';
  readonly verifiedAtListing: Probe | null;
  /** Taken just before the secret was shown. */
  readonly probeAtReveal: Probe | null;
  readonly probeAtClaim: Probe | null;
  /** As the issuer's own channel, authenticated on arrival, has told them. */
  readonly issuerEvents: readonly IssuerEvent[];
  readonly revealedAt: Date | null;
  readonly paidAt: Date;
  readonly priceFen: Fen;
  readonly promisedBalanceFen: Fen;
  readonly custody: readonly Custody[];
  /** When known, every probe must name this card; without it they must at least name the same one. */
  readonly cardId?: string | undefined;
  /** Last day of the card as the listing promised it. */
  readonly promisedExpiresOn?: string | undefined;
  /** What the claimant says is wrong; `openClaim` fills it in. */
  readonly reason?: Code | undefined;
}

/** What a signed probe shows of the card. */
export interface Sight {
  readonly cardId: string;
  readonly at: Date;
  readonly shows: 'holds' | 'used' | 'frozen' | 'expired' | 'bad' | 'unusable' | 'nothing';
  /** Only with `holds` and `used`. */
  readonly balanceFen: bigint;
  readonly expiresOn: string | undefined;
  /** The issuer gave it a new secret (V5, V6): nobody who knew the old one can use it any more. */
  readonly reissued: boolean;
}

const SHOWS: Partial<Record<string, Sight['shows']>> = {
  OK: 'holds',
  FACE_MISMATCH_BOUND: 'holds',
  FACE_MISMATCH_UNBOUND: 'holds',
  USED_OR_VOID: 'used',
  FROZEN_BY_ISSUER: 'frozen',
  EXPIRED: 'expired',
  BAD_CREDENTIALS: 'bad',
  NOT_ACTIVATED: 'unusable',
};

/** What the probe proves; undefined when its signature does not verify or its words make no sense. */
export function sightOf(probe: Probe, publicKeyPem: string): Sight | undefined {
  const signature = Buffer.from(probe.signature, 'base64');
  if (!signedBy(publicKeyPem, Buffer.from(probe.seen), signature)) return undefined;
  const seen = parsed(probe.seen);
  const { cardId, code, grade, at, asOf, balanceFen, expiresOn } = seen;
  const when = new Date(String(asOf ?? at));
  if (typeof cardId !== 'string' || typeof code !== 'string' || Number.isNaN(when.getTime()))
    return undefined;
  const balance = typeof balanceFen === 'string' && /^\d{1,15}$/.test(balanceFen);
  const shows = SHOWS[code] ?? 'nothing';
  return {
    cardId,
    at: when,
    shows: shows === 'holds' && !balance ? 'nothing' : shows,
    balanceFen: balance ? BigInt(balanceFen) : 0n,
    expiresOn: typeof expiresOn === 'string' ? expiresOn : undefined,
    reissued: grade === 'V5' || grade === 'V6',
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** The one text of these facts: equal facts have equal bytes, and so the same digest. */
export const textOfFacts = (facts: Facts): string => canonicalJson(facts);

export const digestOfFacts = (text: string): Buffer => sha256(text);

/** Reads back what `textOfFacts` wrote. */
export function factsOf(text: string): Facts {
  const stored = JSON.parse(text) as Stored;
  const { revealedAt, paidAt, priceFen, promisedBalanceFen } = stored;
  const probe = (one: StoredProbe | null): Probe | null => one && { ...one, at: new Date(one.at) };
  return {
    ...stored,
    verifiedAtListing: probe(stored.verifiedAtListing),
    probeAtReveal: probe(stored.probeAtReveal),
    probeAtClaim: probe(stored.probeAtClaim),
    issuerEvents: stored.issuerEvents.map(({ at, amountFen, causeAt, ...event }) => ({
      ...event,
      at: new Date(at),
      amountFen: amountFen === null ? null : fen(BigInt(amountFen)),
      ...(causeAt !== undefined && { causeAt: new Date(causeAt) }),
    })),
    revealedAt: revealedAt === null ? null : new Date(revealedAt),
    paidAt: new Date(paidAt),
    priceFen: fen(BigInt(priceFen)),
    promisedBalanceFen: fen(BigInt(promisedBalanceFen)),
    custody: stored.custody.map(({ holder, from, to }) => ({
      ...{ holder, from: new Date(from) },
      to: to === null ? null : new Date(to),
    })),
  };
}

type StoredProbe = Omit<Probe, 'at'> & { at: string };
/** The same as JSON has it: instants and amounts are text. */
type Stored = Pick<Facts, 'delivery' | 'cardId' | 'promisedExpiresOn' | 'reason'> & {
  verifiedAtListing: StoredProbe | null;
  probeAtReveal: StoredProbe | null;
  probeAtClaim: StoredProbe | null;
  issuerEvents: (Pick<IssuerEvent, 'kind' | 'by'> & {
    at: string;
    amountFen: string | null;
    causeAt?: string;
  })[];
  revealedAt: string | null;
  paidAt: string;
  priceFen: string;
  promisedBalanceFen: string;
  custody: { holder: Holder; from: string; to: string | null }[];
};
