/** What a seller may change while nobody is buying, and what takes a listing down: by hand, by time, by us. */
import assert from 'node:assert/strict';
import { disencumber, encumber, findProduct, type Restriction } from '#cards';
import { chinaDay, type Db, type Fen, inTransaction, Refused, type Tx } from '#platform';
import { append } from '#record';
import { changeListing, type ListingStep, takeListing } from './change.ts';
import { endOfListing, markedDown } from './domain.ts';
import { project } from './find/project.ts';
import { type Charity, notListable, requireCharity } from './list.ts';
import { type Listing, type ListingChange, marksDown, saveListing } from './store.ts';

interface Act {
  readonly listingId: string;
  readonly userId: string;
  readonly at: Date;
}
export interface EditInput extends Act {
  readonly priceFen?: Fen | undefined;
  readonly restrictions?: readonly Restriction[] | undefined;
  readonly title?: string | undefined;
  readonly note?: string | undefined;
  /** null switches the markdown off. */
  readonly markdownFloorFen?: Fen | null | undefined;
  readonly charity?: Charity | null | undefined;
}

const EDITABLE = ['draft', 'live', 'paused'];

/** The same checks as for a new listing. What somebody is paying for now is not changed under their hands. */
export async function edit(db: Db, input: EditInput): Promise<Listing> {
  const { listingId, userId, at } = input;
  return await inTransaction(db, async (tx) => {
    const before = await takeListing(tx, listingId, userId);
    if (!EDITABLE.includes(before.state))
      throw new Refused('wrong_state', { state: before.state }, []);
    const product = await findProduct(tx, before.sku);
    assert(product, 'a listing has a known product');
    const floor =
      input.markdownFloorFen === undefined ? before.markdown_floor_fen : input.markdownFloorFen;
    const after = {
      faceFen: before.face_fen,
      declaredFen: before.declared_fen,
      priceFen: input.priceFen ?? before.asked_fen,
      expiresOn: before.expires_on ?? undefined,
      restrictions: input.restrictions ?? before.restrictions,
      title: input.title?.trim() ?? before.title,
      note: input.note?.trim() ?? before.note,
      markdownFloorFen: floor ?? undefined,
      at,
    };
    const no = notListable(product, after);
    if (no) throw new Refused(no);
    await requireCharity(tx, input.charity ?? undefined, at);
    await saveListing(tx, listingId, {
      price_fen: priceOn(before, { askedFen: after.priceFen, floorFen: floor, at }),
      asked_fen: after.priceFen,
      markdown_floor_fen: floor,
      restrictions: JSON.stringify(after.restrictions),
      ...{ title: after.title, note: after.note, updated_at: at },
      ...(input.charity !== undefined && {
        charity_id: input.charity?.id ?? null,
        charity_bps: input.charity?.shareBps ?? 0,
      }),
    });
    const data = { by: userId, priceFen: String(after.priceFen), fields: fieldsIn(input) };
    await append(tx, { subject: listingId, type: 'listing.edited', data, at });
    await project(tx, listingId);
    return await takeListing(tx, listingId);
  });
}

const fieldsIn = (input: EditInput): string =>
  (['priceFen', 'restrictions', 'title', 'note', 'markdownFloorFen', 'charity'] as const)
    .filter((name) => input[name] !== undefined)
    .join(',');

/** Today's price of a listing that may fall by itself. */
function priceOn(
  of: Listing,
  { askedFen, floorFen, at }: { askedFen: Fen; floorFen: Fen | null; at: Date },
): Fen {
  if (floorFen === null || !of.listed_at || !of.ends_at) return askedFen;
  return markedDown({
    ...{ askedFen, floorFen },
    listedOn: chinaDay(of.listed_at),
    endsOn: chinaDay(of.ends_at),
    day: chinaDay(at),
  });
}

const MARKDOWN_PAGE = 500;

/** Once a day is enough, more often changes nothing: the price is a function of the day. */
export async function markDown(db: Db, at: Date): Promise<number> {
  let changed = 0;
  for (let after: string | undefined; ; ) {
    const ids = await marksDown(db, after, MARKDOWN_PAGE);
    for (const id of ids) {
      const fell = await inTransaction(db, (tx) => markOneDown(tx, id, at));
      if (fell) changed++;
    }
    after = ids.at(-1);
    if (ids.length < MARKDOWN_PAGE) return changed;
  }
}

async function markOneDown(tx: Tx, id: string, at: Date): Promise<boolean> {
  const now = await takeListing(tx, id);
  if (now.state !== 'live') return false;
  const price = priceOn(now, { askedFen: now.asked_fen, floorFen: now.markdown_floor_fen, at });
  if (price === now.price_fen) return false;
  await saveListing(tx, id, { price_fen: price, updated_at: at });
  const data = { from: String(now.price_fen), to: String(price) };
  await append(tx, { subject: id, type: 'listing.marked_down', data, at });
  await project(tx, id);
  return true;
}

/** Pause and resume. */
export async function setUp(
  db: Db,
  { listingId, userId, at, transition }: Act & { transition: 'pause' | 'resume' },
): Promise<Listing> {
  return await inTransaction(db, async (tx) => {
    const before = await takeListing(tx, listingId, userId);
    return await changeListing(tx, before, { transition, by: 'seller', actor: userId, at });
  });
}

export async function withdraw(db: Db, { listingId, userId, at }: Act): Promise<Listing> {
  return await inTransaction(db, async (tx) => {
    const before = await takeListing(tx, listingId, userId);
    return await endListing(tx, before, {
      ...{ transition: 'withdraw', by: 'seller', actor: userId, at },
    });
  });
}

/**
 * Takes a listing down for good; a card in the vault goes back to its seller, the issuer willing, and one of a shop's
 * stock is promised to its purchase again in the same commit.
 */
export async function endListing(tx: Tx, before: Listing, step: ListingStep): Promise<Listing> {
  const { card_id: cardId, id, stock_id: stockId } = before;
  const { at } = step;
  if (cardId && stockId !== null) {
    await disencumber(tx, { cardId, ref: id, at });
    await encumber(tx, { cardId, kind: 'order', ref: stockId, at });
    return await changeListing(tx, before, step);
  }
  if (cardId) await disencumber(tx, { cardId, ref: id, at });
  const back: ListingChange = cardId ? { card_back: 'pending' } : {};
  return await changeListing(tx, before, {
    ...step,
    ...(cardId && { jobs: [{ task: 'market.let_go', payload: { listingId: id } }] }),
    save: { ...step.save, ...back },
  });
}

/** The operator's word: off the market with a reason, or back on it. */
export async function suspend(
  db: Db,
  input: { listingId: string; operator: string; reason: string; at: Date },
): Promise<Listing> {
  const { listingId, operator: actor, reason, at } = input;
  return await inTransaction(db, async (tx) => {
    const before = await takeListing(tx, listingId);
    return await changeListing(tx, before, {
      ...{ transition: 'suspend', by: 'operator', actor, at },
      record: { reason },
      save: { suspended_reason: reason },
    });
  });
}

export async function reinstate(
  db: Db,
  { listingId, operator: actor, at }: { listingId: string; operator: string; at: Date },
): Promise<Listing> {
  return await inTransaction(db, async (tx) => {
    const before = await takeListing(tx, listingId);
    // One that never was live starts its days now.
    const fresh = before.listed_at ? {} : { listed_at: at, ends_at: endOf(before, at) };
    return await changeListing(tx, before, {
      ...{ transition: 'reinstate', by: 'operator', actor, at },
      save: fresh,
    });
  });
}
const endOf = (of: Listing, at: Date): Date => endOfListing(at, of.expires_on ?? undefined);
