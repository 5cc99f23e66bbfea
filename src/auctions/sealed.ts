/**
 * Sealed auctions, pure: what a bidder commits to before the deadline, what opens it afterwards, and who wins at which
 * price. It hides the bytes that are hashed; anyone can redo both halves from the published commitments and reveals.
 */
import assert from 'node:assert/strict';
import { type Fen, sameBytes, sha256 } from '#platform';

export type SealedKind = 'first_price' | 'second_price';

/** What is inside the envelope. Bound to bidder and lot, so that a copied commitment opens for nobody else. */
export interface SealedBid {
  readonly lot: string;
  readonly bidder: string;
  readonly priceFen: Fen;
  /** 256 bits of the bidder's own, in hex: without them the few likely prices could be tried. */
  readonly salt: string;
}

const DOMAIN = 'huiquan.sealed-bid.v1';
export const SALT = /^[0-9a-f]{64}$/;

/** SHA-256, in hex, over five fields, each behind its length in four bytes: no two bids have the same bytes. */
export function commitTo({ lot, bidder, priceFen, salt }: SealedBid): string {
  assert(SALT.test(salt), 'a salt is 32 bytes in hex');
  const fields = [DOMAIN, priceFen.toString(), Buffer.from(salt, 'hex'), bidder, lot];
  const parts = fields.flatMap((field) => {
    const bytes = Buffer.from(field as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return sha256(Buffer.concat(parts)).toString('hex');
}

export const opensTo = (commitment: string, bid: SealedBid): boolean =>
  SALT.test(bid.salt) &&
  sameBytes(Buffer.from(commitment, 'hex'), Buffer.from(commitTo(bid), 'hex'));

/** One envelope a bidder: who might choose later which of several to open would see the others first. */
export interface Commitment {
  /** Place in the public log; the earlier wins a tie. */
  readonly no: number;
  readonly bidder: string;
  readonly commitment: string;
}
export interface Reveal {
  readonly bidder: string;
  readonly priceFen: Fen;
  readonly salt: string;
}

export interface SealedInput {
  readonly lot: string;
  readonly kind: SealedKind;
  readonly reserveFen: Fen;
  readonly commitments: readonly Commitment[];
  readonly reveals: readonly Reveal[];
  /** Winners who did not pay: they are passed over, and their bids no longer set a price. */
  readonly defaulted?: readonly string[];
}

export interface Sale {
  readonly winner: string;
  readonly priceFen: Fen;
}

export interface SealedOutcome {
  /** Undefined when no valid bid reached the reserve. */
  readonly sale: Sale | undefined;
  /** Valid bids, best first: price, then place in the log. */
  readonly ranking: readonly { readonly bidder: string; readonly priceFen: Fen }[];
  /** Whose bond is forfeited: not opened, or opened to something else than was committed to. */
  readonly unrevealed: readonly string[];
}

/** The winner of a second-price auction pays the next valid bid or the reserve, never more than the own bid. */
export function clearSealed(input: SealedInput): SealedOutcome {
  const { lot, kind, reserveFen, commitments, reveals, defaulted = [] } = input;
  const revealOf = new Map(reveals.map((reveal) => [reveal.bidder, reveal]));
  assert(new Set(commitments.map(({ bidder }) => bidder)).size === commitments.length);
  const opened = commitments.flatMap(({ no, bidder, commitment }) => {
    const reveal = revealOf.get(bidder);
    if (!reveal || !opensTo(commitment, { lot, ...reveal })) return [];
    return [{ no, bidder, priceFen: reveal.priceFen }];
  });
  const valid = new Set(opened.map(({ bidder }) => bidder));
  const ranking = opened
    .filter(({ bidder }) => !defaulted.includes(bidder))
    .sort((a, b) => (a.priceFen === b.priceFen ? a.no - b.no : a.priceFen > b.priceFen ? -1 : 1));
  const [first, second] = ranking;
  const unrevealed = commitments.filter(({ bidder }) => !valid.has(bidder));
  return {
    sale:
      first && first.priceFen >= reserveFen
        ? { winner: first.bidder, priceFen: priceFor(kind, first.priceFen, second, reserveFen) }
        : undefined,
    ranking: ranking.map(({ bidder, priceFen }) => ({ bidder, priceFen })),
    unrevealed: unrevealed.map(({ bidder }) => bidder),
  };
}

function priceFor(
  kind: SealedKind,
  own: Fen,
  second: { readonly priceFen: Fen } | undefined,
  reserve: Fen,
): Fen {
  if (kind === 'first_price') return own;
  const price = second && second.priceFen > reserve ? second.priceFen : reserve;
  assert(price <= own, 'nobody pays above the own bid');
  return price;
}
