/** Issuing quotes, finding them again, and taking one for a sale. Hides signing and what makes a quote genuine. */
import assert from 'node:assert/strict';
import {
  canonicalJson,
  chinaDay,
  type Fen,
  HOUR,
  type Keys,
  MINUTE,
  newId,
  plus,
  type Reader,
  Refused,
  sameBytes,
  signedBy,
  type Tx,
  yuan,
} from '#platform';
import { type BidOffer, bidBehind } from './buyer.ts';
import { compiled, currentTable } from './current.ts';
import { type QuoteBody, quote } from './domain.ts';
import type { ProductFacts, QuoteBuyer, QuoteDoc } from './schema.ts';
import { deleteQuotes, insertQuote, markAccepted, publishedHeads, readQuote } from './store.ts';
import type { Table } from './table.ts';

/** Long enough to sign in and type a card, too short to wait for the market. */
export const BINDING_MS = 15 * MINUTE;
/** A quote that replaces another waits for a seller who may be asleep. */
export const REPLACEMENT_MS = 24 * HOUR;

export interface IssueInput {
  readonly keys: Keys;
  readonly product: ProductFacts;
  readonly faceFen: Fen;
  /** Last valid day; undefined or null: none. */
  readonly expiresOn?: string | null | undefined;
  readonly at: Date;
  /** The best bid of a recycler that can be executed now; whoever asks for the quote has looked. */
  readonly bid?: BidOffer | undefined;
  /** The seller wants the platform's own price. */
  readonly houseAsked?: boolean | undefined;
  /**
   * The quote this one stands in for, after the card proved to hold another balance or date. It is priced by the
   * same table at the same moment, with the same bid behind it, so that nothing but the card itself changes the amount.
   */
  readonly replaces?: string | undefined;
}

/** One insert; the caller's checks of face and product come before. Refuses: expired_card, no_prices. */
export async function issueQuote(reader: Reader, input: IssueInput): Promise<QuoteDoc> {
  const { keys, product, faceFen, expiresOn, at, replaces } = input;
  const basis = await basisOf(reader, at, replaces);
  if (expiresOn && expiresOn < chinaDay(at)) throw new Refused('expired_card');
  const facts = {
    product,
    faceFen,
    expiresOn: expiresOn ?? undefined,
    at: basis.pricedAt,
    tableUntil: basis.until,
  };
  const bids = replaces
    ? { bid: bidBehind(basis.buyer), houseAsked: basis.buyer?.because === 'asked' }
    : { bid: input.bid, houseAsked: input.houseAsked ?? false };
  const body = quote(basis.table, facts, bids);
  const unsigned = {
    type: 'huiquan.quote.v1' as const,
    quoteId: newId(at),
    ...(replaces ? { ...stillAhead(body, at), replaces } : body),
    issuedAt: at.toISOString(),
    validUntil: plus(at, replaces ? REPLACEMENT_MS : BINDING_MS).toISOString(),
  };
  const doc: QuoteDoc = {
    ...unsigned,
    signature: keys.sign(signedBytes(unsigned)).toString('base64url'),
  };
  await insertQuote(reader, doc, basis.table.version);
  return doc;
}

interface Basis {
  readonly table: Table;
  readonly pricedAt: Date;
  readonly until?: Date | undefined;
  readonly buyer?: QuoteBuyer | undefined;
}

async function basisOf(reader: Reader, at: Date, replaces: string | undefined): Promise<Basis> {
  if (replaces === undefined) return { ...(await currentTable(reader, at)), pricedAt: at };
  const first = await readQuote(reader, replaces);
  if (!first) throw new Refused('quote_not_found');
  const head = (await publishedHeads(reader)).find(
    ({ version }) => version === first.table_version,
  );
  assert(head, 'published versions stay');
  const { pricedAt, buyer } = first.doc;
  return { table: await compiled(reader, head), pricedAt: new Date(pricedAt), buyer };
}

/** A replacement is priced at an earlier moment: what was ahead then may have passed. */
function stillAhead({ betterSlot, ...body }: QuoteBody, at: Date): QuoteBody {
  const ahead = (offer: { from: string }): boolean => offer.from > at.toISOString();
  return {
    ...body,
    alternatives: body.alternatives.filter(ahead),
    ...(betterSlot && ahead(betterSlot) && { betterSlot }),
  };
}

const signedBytes = (doc: Omit<QuoteDoc, 'signature'>): Buffer => Buffer.from(canonicalJson(doc));

/** True when every field is as we signed it. Needs our public key only, so anybody can run it. */
export function verifyQuote(publicKeyPem: string, doc: QuoteDoc): boolean {
  const { signature, ...unsigned } = doc;
  if (typeof signature !== 'string') return false;
  const bytes = Buffer.from(signature, 'base64url');
  return (
    bytes.toString('base64url') === signature &&
    signedBy(publicKeyPem, signedBytes(unsigned), bytes)
  );
}

export async function findQuote(reader: Reader, id: string): Promise<QuoteDoc | undefined> {
  return (await readQuote(reader, id))?.doc;
}

/**
 * Takes a quote for one sale, in the transaction of that sale. Refuses: quote_not_found, quote_tampered (the
 * signature presented is not the one issued), quote_expired, quote_used.
 */
export async function acceptQuote(
  tx: Tx,
  input: { keys: Pick<Keys, 'publicKeyPem'>; quoteId: string; signature: string; at: Date },
): Promise<QuoteDoc> {
  const { keys, quoteId, signature, at } = input;
  const found = await readQuote(tx, quoteId);
  if (!found) throw new Refused('quote_not_found');
  const { doc } = found;
  const presented = sameBytes(Buffer.from(signature), Buffer.from(doc.signature));
  if (!presented || !verifyQuote(keys.publicKeyPem, doc)) throw new Refused('quote_tampered');
  if (at > found.valid_until) throw new Refused('quote_expired');
  if (!(await markAccepted(tx, quoteId, at))) throw new Refused('quote_used');
  return doc;
}

/** Listed denominations, and anything between the bounds of an open amount. */
export function checkDenomination(product: ProductFacts, faceFen: Fen): void {
  const { denominationsFen, openAmount } = product;
  if (denominationsFen.includes(faceFen)) return;
  if (openAmount && faceFen >= openAmount.minFen && faceFen <= openAmount.maxFen) return;
  const accepted = [
    ...denominationsFen.map(yuan),
    ...(openAmount ? [`${yuan(openAmount.minFen)}–${yuan(openAmount.maxFen)}`] : []),
  ].join(', ');
  throw new Refused('face_not_accepted', { accepted });
}

const UNTAKEN_DAYS = 30;

/** Forgets quotes that nobody took; those of a sale stay as long as the sale's own records must. */
export async function purgeQuotes(reader: Reader, at: Date): Promise<number> {
  return await deleteQuotes(reader, plus(at, -UNTAKEN_DAYS * 24 * HOUR));
}
