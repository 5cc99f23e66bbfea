/** Keeps the narrow copy that search reads in step with the listings; called in the transaction that changes one. */
import { CATEGORY_WORDS, type Category, type Restriction } from '#cards';
import { notify, type Tx } from '#platform';
import { callWatchers } from './alerts.ts';
import {
  copyLive,
  dropAll,
  dropLive,
  findListing,
  type ListingRow,
  liveIds,
  type ProductText,
  priceOfCopy,
  putProduct,
  putScore,
} from './store.ts';
import { restrictionBits, tagsOf, textsOf, titleBeside } from './text.ts';

/** The listing as it is now: in the copy when it is on sale, out of it otherwise. */
export async function project(tx: Tx, listingId: string): Promise<void> {
  const listing = await findListing(tx, listingId);
  if (listing?.state === 'live') {
    const before = await priceOfCopy(tx, listingId);
    await copy(tx, listing);
    if (before === undefined || listing.price_fen < before) await callWatchers(tx, listingId);
  } else await dropLive(tx, listingId);
  notify(tx, `listing:${listingId}`);
}

async function copy(tx: Tx, listing: ListingRow): Promise<void> {
  const productNo = await putProduct(tx, productText(listing));
  const restrictions = listing.restrictions as unknown as Restriction[];
  await copyLive(tx, {
    id: listing.id,
    productNo,
    restrictions: restrictionBits(restrictions.map(({ kind }) => kind)),
    title: titleBeside(listing.title, listing.product_name_zh),
    tags: tagsOf({ ...listing, grades: gradesUpTo(listing.grade) }),
  });
}

const gradesUpTo = (grade: number): number[] => Array.from({ length: grade }, (_, at) => at + 1);

export function productText(
  listing: Pick<ListingRow, 'sku' | 'category' | 'form' | 'product_name_zh' | 'product_name_en'>,
): ProductText {
  const { sku, category, form, product_name_zh: nameZh, product_name_en: nameEn } = listing;
  const words = CATEGORY_WORDS[category as Category] ?? { zh: '', en: category };
  return {
    sku,
    category,
    form,
    nameZh,
    nameEn,
    ...textsOf({ sku, nameZh, nameEn, category: words }),
  };
}

/** A new score of a seller reaches what they have on sale. */
export async function scoreSeller(tx: Tx, sellerId: string, score: number): Promise<void> {
  for (const id of await putScore(tx, sellerId, score)) await project(tx, id);
}

/** Everything again from nothing, e.g. after the catalogue was renamed; one transaction, search goes on meanwhile. */
export async function rebuild(tx: Tx): Promise<number> {
  await dropAll(tx);
  const ids = await liveIds(tx);
  for (const id of ids) {
    const listing = await findListing(tx, id);
    if (listing) await copy(tx, listing);
  }
  return ids.length;
}
