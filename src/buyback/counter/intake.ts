/** A card comes over the counter: what the till sealed is looked at, priced, and waits for its seller's word. */
import type { Recyclers } from '#auctions';
import { findProduct, parseCard } from '#cards';
import { findUser, requirePhone, sendSms } from '#parties';
import {
  canonicalJson,
  chinaMinute,
  type Db,
  type Fen,
  inTransaction,
  type Keys,
  plus,
  type Reader,
  Refused,
  Secret,
  sameBytes,
  sha256,
  type Tx,
  yuan,
} from '#platform';
import { findQuote, type QuoteDoc } from '#pricing';
import { start } from '#process';
import { AT_TILL_MS, isPlausible, LATER_MS } from './domain.ts';
import { counterVisit } from './life.ts';
import { idOfNumber } from './number.ts';
import { findVisit, insertVisit, openTill, type Visit } from './store.ts';

/** What pricing offers for such a card now; it is told nothing of whose it is. */
export type Price = (card: {
  sku: string;
  faceFen: Fen;
  expiresOn?: string | undefined;
}) => Promise<QuoteDoc>;

export interface CounterDeps {
  readonly db: Db;
  readonly keys: Keys;
  readonly recyclers: Recyclers;
  readonly price: Price;
}

export interface Intake {
  readonly recycler: string;
  readonly clerkId: string;
  readonly number: string;
  readonly till: string;
  readonly sku: string;
  readonly faceFen: Fen;
  readonly expiresOn?: string | undefined;
  readonly takenAt: Date;
  readonly isOffline: boolean;
  readonly box: Buffer;
  readonly at: Date;
}

/** What is in the box of a till. */
export interface Handed {
  readonly number: Secret;
  readonly pin: Secret | undefined;
  readonly phone: string;
}

/**
 * The same number with the same content again is the first answer again. Refuses: receipt_unknown, key_reused,
 * recycler_not_active, till_clock_wrong, box_unreadable, phone_invalid, what `parseCard` refuses, and whatever stands
 * against a price.
 */
export async function takeIn(deps: CounterDeps, intake: Intake): Promise<Visit> {
  const { db, keys, recyclers, price } = deps;
  const { recycler, at, takenAt, sku, faceFen, expiresOn } = intake;
  const id = idOfNumber(keys, intake.number);
  const digest = digestOf(intake);
  const before = await findVisit(db, id);
  if (before) return same(before, intake, digest);
  await recyclers.requireBidder(db, { recyclerId: recycler, at });
  if (!isPlausible(takenAt, at)) throw new Refused('till_clock_wrong');
  const { phone } = await lookInto(db, keys, { id, sku, box: intake.box });
  const quote = await price({ sku, faceFen, expiresOn });
  if (quote.belowFloor) throw new Refused('below_floor');
  const made = await inTransaction(db, async (tx) => {
    await openTill(tx, recycler, intake.till);
    const visit = await insertVisit(tx, {
      ...{ id, recycler, till: intake.till, clerk_id: intake.clerkId, state: 'waiting' },
      ...{ sku, face_fen: faceFen, expires_on: expiresOn ?? null, is_offline: intake.isOffline },
      ...{ taken_at: takenAt, arrived_at: at, digest, box: intake.box, quote_id: quote.quoteId },
      phone_seal: keys.seal('counter.phone', phone, id),
    });
    if (!visit) return undefined;
    const isLate = intake.isOffline || plus(takenAt, AT_TILL_MS) < at;
    const due = plus(at, isLate ? LATER_MS : AT_TILL_MS);
    await start(tx, counterVisit, {
      ...{ id, at, by: 'clerk', actor: intake.clerkId, due },
      record: { recycler, sku, faceFen: String(faceFen), offline: intake.isOffline },
    });
    if (isLate) await tellSeller(tx, deps, { visit, quote, phone, due, at });
    return visit;
  });
  if (made) return made;
  // The other of two that came at once.
  const first = await findVisit(db, id);
  if (!first) throw new Refused('in_flight');
  return same(first, intake, digest);
}

function same(before: Visit, { recycler }: Intake, digest: Buffer): Visit {
  if (before.recycler !== recycler) throw new Refused('receipt_unknown');
  if (!sameBytes(before.digest, digest)) throw new Refused('key_reused');
  return before;
}

const digestOf = ({ number: _, clerkId: __, at: ___, box, ...facts }: Intake): Buffer =>
  sha256(canonicalJson({ ...facts, box: box.toString('base64') }));

/** Opens the box of a till and checks what is in it. It is bound to its visit: moved to another one it stays shut. */
export async function lookInto(
  reader: Reader,
  keys: Keys,
  { id, sku, box }: { id: string; sku: string; box: Buffer },
): Promise<Handed> {
  const opened = keys.openBox(box, `counter/${id}`);
  const inside = opened && contentOf(opened);
  if (!inside) throw new Refused('box_unreadable');
  const product = await findProduct(reader, sku);
  if (!product) throw new Refused('unknown_product');
  const phone = requirePhone(inside.phone);
  const card = parseCard(product, { number: inside.number, pin: inside.pin });
  if (!card.ok) throw new Refused(card);
  const pin = inside.pin === undefined ? undefined : new Secret(inside.pin);
  return { number: new Secret(inside.number), pin, phone };
}

function contentOf(opened: Secret): { number: string; pin?: string; phone: string } | undefined {
  try {
    const { number, pin, phone } = JSON.parse(opened.reveal()) as Record<string, unknown>;
    if (typeof number !== 'string' || typeof phone !== 'string') return undefined;
    if (pin !== undefined && typeof pin !== 'string') return undefined;
    return { number, phone, ...(pin !== undefined && { pin }) };
  } catch {
    return undefined;
  }
}

/** Whoever has gone home is texted; who is not known here yet has the address on the slip. */
async function tellSeller(
  tx: Tx,
  { keys, recyclers }: CounterDeps,
  news: { visit: Visit; quote: QuoteDoc; phone: string; due: Date; at: Date },
): Promise<void> {
  const { visit, quote, phone, due, at } = news;
  const userId = await findUser(tx, { keys, phone });
  if (userId === undefined) return;
  const shop = (await recyclers.find(tx, visit.recycler))?.name ?? '';
  const product = (await findProduct(tx, visit.sku))?.name.zh ?? visit.sku;
  const amount = yuan(BigInt(quote.netFen) as Fen).slice(1);
  const params = { shop, product, amount, deadline: chinaMinute(due) };
  await sendSms(tx, { userId, template: 'counter_waiting', params, at });
}

/** The price that waits for the seller; it was signed for this card. */
export async function quoteOf(reader: Reader, visit: Visit): Promise<QuoteDoc> {
  const quote = await findQuote(reader, visit.quote_id);
  if (!quote) throw new Refused('quote_not_found');
  return quote;
}
