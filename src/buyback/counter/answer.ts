/** The seller's word at a counter: yes on their own phone or by a code, no, or nothing; the clerk may take it back. */
import { findProduct } from '#cards';
import { askSaleCode, findUser, isRelated, phoneOf, withSaleCode } from '#parties';
import {
  type Config,
  chinaDay,
  type Db,
  fen,
  inTransaction,
  notify,
  type Reader,
  Refused,
  type Tx,
  yuan,
} from '#platform';
import { move } from '#process';
import { acceptWithin } from '../accept.ts';
import type { Due } from '../clock.ts';
import { handOverWithin } from '../hand-over.ts';
import { dayToBook } from './domain.ts';
import { type CounterDeps, lookInto, quoteOf } from './intake.ts';
import { counterVisit } from './life.ts';
import { findVisit, lockTill, lockVisit, saveVisit, type Visit } from './store.ts';

export const topicOf = (id: string): string => `counter_visit:${id}`;

interface Answering {
  readonly visitId: string;
  readonly userId: string;
  readonly at: Date;
}
interface Accepting extends Answering {
  readonly quoteId: string;
  readonly signature: string;
}

/** Refuses other_phone to whoever is not the person whose number the clerk was told. */
async function requireSeller(
  tx: Tx,
  { keys }: Pick<CounterDeps, 'keys'>,
  { visit, userId }: { visit: Visit; userId: string },
): Promise<void> {
  if (!visit.phone_seal) throw new Refused('wrong_state');
  const given = keys.open('counter.phone', visit.phone_seal, visit.id);
  const own = await phoneOf(tx, { keys, userId });
  if (own?.reveal() !== given) throw new Refused('other_phone');
}

async function waiting(tx: Tx, id: string): Promise<Visit> {
  const visit = await lockVisit(tx, id);
  if (!visit) throw new Refused('not_found');
  if (visit.state !== 'waiting') throw new Refused('wrong_state');
  return visit;
}

/** On the seller's own phone. Refuses what `sell` refuses. */
export async function agree(deps: CounterDeps, input: Accepting): Promise<Visit> {
  return await inTransaction(deps.db, (tx) => sell(tx, deps, { ...input, by: 'phone' }));
}

/**
 * One commit: the order is made and its money held, the card goes from the till's box into the vault, its check is
 * queued, and it counts on the till's day. Refuses other_phone, own_card, recycler_not_active, and what accepting and handing over refuse.
 */
async function sell(
  tx: Tx,
  deps: CounterDeps,
  input: Accepting & { by: 'phone' | 'code' },
): Promise<Visit> {
  const { keys, recyclers } = deps;
  const { visitId: id, userId, quoteId, signature, by, at } = input;
  const visit = await waiting(tx, id);
  await requireSeller(tx, deps, { visit, userId });
  if (quoteId !== visit.quote_id) throw new Refused('quote_not_found');
  if (await isRelated(tx, { recyclerId: visit.recycler, userId })) throw new Refused('own_card');
  await recyclers.requireBidder(tx, { recyclerId: visit.recycler, at });
  if (!visit.box) throw new Refused('wrong_state');
  const { number, pin } = await lookInto(tx, keys, { id, sku: visit.sku, box: visit.box });
  const order = await acceptWithin(tx, { keys, recyclers }, { userId, quoteId, signature, at });
  await handOverWithin(tx, keys, { orderId: order.id, userId, number, pin, at });
  const till = await lockTill(tx, visit.recycler, visit.till);
  const bookedOn = dayToBook(chinaDay(at), till?.closed_through ?? null);
  const facts = { order: order.id, netFen: String(order.net_fen), bookedOn, by };
  return await end(tx, visit, { transition: 'agree', by: 'seller', actor: userId, at }, facts, {
    ...{ seller_id: userId, order_id: order.id, agreed_by: by, booked_on: bookedOn },
  });
}

type Ending = Omit<Parameters<typeof move<typeof counterVisit>>[2], 'id' | 'record'>;

/** However it ends, what the till sealed is forgotten: the vault has the card, or its seller does. */
async function end(
  tx: Tx,
  visit: Visit,
  step: Ending,
  record: Record<string, string> = {},
  save: Parameters<typeof saveVisit>[2] = {},
): Promise<Visit> {
  const { state } = await move(tx, counterVisit, { id: visit.id, ...step, record });
  notify(tx, topicOf(visit.id));
  const gone = { box: null, phone_seal: null, ended_at: step.at };
  return await saveVisit(tx, visit.id, { ...save, ...gone, state });
}

export async function decline(deps: CounterDeps, input: Answering): Promise<Visit> {
  const { visitId, userId, at } = input;
  return await inTransaction(deps.db, async (tx) => {
    const visit = await waiting(tx, visitId);
    await requireSeller(tx, deps, { visit, userId });
    return await end(tx, visit, { transition: 'decline', by: 'seller', actor: userId, at });
  });
}

/** A new price when the one before has run out; for the shop, or for `userId`, its seller. Refuses wrong_state. */
export async function priceAgain(
  deps: CounterDeps,
  { visitId, userId }: { visitId: string; userId?: string },
): Promise<Visit> {
  const { db, price } = deps;
  const visit = await findVisit(db, visitId);
  if (!visit) throw new Refused('not_found');
  if (visit.state !== 'waiting') throw new Refused('wrong_state');
  const { sku, face_fen: faceFen, expires_on: expiresOn } = visit;
  const quote = await price({ sku, faceFen, expiresOn: expiresOn ?? undefined });
  return await inTransaction(db, async (tx) => {
    const now = await waiting(tx, visitId);
    if (userId !== undefined) await requireSeller(tx, deps, { visit: now, userId });
    notify(tx, topicOf(visitId));
    return await saveVisit(tx, visitId, { quote_id: quote.quoteId });
  });
}

export async function withdraw(
  db: Db,
  { recycler, visitId, userId, at }: Answering & { recycler: string },
): Promise<Visit> {
  return await inTransaction(db, async (tx) => {
    const visit = await waiting(tx, visitId);
    if (visit.recycler !== recycler) throw new Refused('not_found');
    return await end(tx, visit, { transition: 'withdraw', by: 'clerk', actor: userId, at });
  });
}

export async function onCounterClock(db: Db, { id, transition, at }: Due): Promise<void> {
  await inTransaction(db, async (tx) => {
    const visit = await waiting(tx, id);
    await end(tx, visit, { transition: transition as 'lapse', by: 'clock', at });
  });
}

interface AtTill {
  readonly recycler: string;
  readonly visitId: string;
  readonly address: string;
  readonly at: Date;
}

/** Of this shop, or nothing. */
export async function visitOf(reader: Reader, recycler: string, id: string): Promise<Visit> {
  const visit = await findVisit(reader, id);
  if (visit?.recycler !== recycler) throw new Refused('not_found');
  return visit;
}

async function phoneAt(deps: CounterDeps, { recycler, visitId }: AtTill) {
  const visit = await visitOf(deps.db, recycler, visitId);
  if (!visit.phone_seal) throw new Refused('wrong_state');
  return { visit, phone: deps.keys.open('counter.phone', visit.phone_seal, visit.id) };
}

/** Texts the seller the price and a code. It says nothing about whether the number is known here. */
export async function askCode(
  deps: CounterDeps & { config: Config },
  input: AtTill,
): Promise<{ sentTo: string; expiresInSeconds: number }> {
  const { db, recyclers } = deps;
  const { visit, phone } = await phoneAt(deps, input);
  const quote = await quoteOf(db, visit);
  if (new Date(quote.validUntil) <= input.at) throw new Refused('quote_expired');
  const shop = (await recyclers.find(db, visit.recycler))?.name ?? '';
  const product = (await findProduct(db, visit.sku))?.name.zh ?? visit.sku;
  const params = { shop, product, amount: yuan(fen(BigInt(quote.netFen))).slice(1) };
  return await askSaleCode(deps, { ...input, phone, params });
}

/** The code that the seller read out is their yes to the price in the text. Refuses code_wrong, real_name_needed, … */
export async function agreeByCode(
  deps: CounterDeps & { config: Config },
  input: AtTill & { code: string },
): Promise<Visit> {
  const { visit, phone } = await phoneAt(deps, input);
  const { quoteId, signature } = await quoteOf(deps.db, visit);
  return await withSaleCode(deps, { ...input, phone }, async (tx) => {
    const userId = await findUser(tx, { keys: deps.keys, phone });
    if (userId === undefined) throw new Refused('real_name_needed');
    const { visitId, at } = input;
    return await sell(tx, deps, { visitId, userId, quoteId, signature, by: 'code', at });
  });
}
