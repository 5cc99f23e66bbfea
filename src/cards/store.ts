/** SQL of the catalogue: versions are added and withdrawn, never edited. */
import { sql } from 'kysely';
import type { Reader, Tx } from '#platform';
import type { Cap, Category, ProductView } from './schema.ts';

export async function lockCatalogue(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('cards.catalogue'))`.execute(tx);
}

export async function publishIssuer(
  tx: Tx,
  { id, doc, at }: { id: string; doc: object; at: Date },
): Promise<void> {
  const text = JSON.stringify(doc);
  await tx
    .insertInto('cards.issuer')
    .values({ id, doc: text, published_at: at })
    .onConflict((on) => on.column('id').doUpdateSet({ doc: text, published_at: at }))
    .execute();
}

/** Every issuer as published. */
export async function publishedIssuers(
  reader: Reader,
): Promise<{ id: string; caps: readonly Cap[] }[]> {
  const rows = await reader
    .selectFrom('cards.issuer')
    .select(['id', 'doc'])
    .orderBy('id')
    .execute();
  return rows.map(({ id, doc }) => ({ id, caps: (doc as { caps?: Cap[] }).caps ?? [] }));
}

/** True when a new version was added; false when the current one says the same already. */
export async function publishProduct(
  tx: Tx,
  input: {
    doc: Omit<ProductView, 'version'>;
    digest: Buffer;
    search: string;
    catalogue: string;
    at: Date;
  },
): Promise<boolean> {
  const { doc, digest, search, catalogue, at } = input;
  const last = await tx
    .selectFrom('cards.product')
    .select(['version', 'digest', 'withdrawn_at'])
    .where('sku', '=', doc.sku)
    .orderBy('version', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (last && last.withdrawn_at === null) {
    if (last.digest.equals(digest)) return false;
    await withdraw(tx, [doc.sku], at);
  }
  const version = (last?.version ?? 0) + 1;
  await tx
    .insertInto('cards.product')
    .values({
      sku: doc.sku,
      version,
      issuer_id: doc.issuerId,
      category: doc.category,
      search,
      doc: JSON.stringify({ ...doc, version }),
      digest,
      catalogue,
      published_at: at,
    })
    .execute();
  return true;
}

/** Withdraws every current product that is not in `skus`; says how many. */
export async function withdrawMissing(tx: Tx, skus: string[], at: Date): Promise<number> {
  const rows = await tx
    .updateTable('cards.product')
    .set({ withdrawn_at: at })
    .where('withdrawn_at', 'is', null)
    .where(sql<boolean>`sku <> all(${skus}::text[])`)
    .returning('sku')
    .execute();
  return rows.length;
}

async function withdraw(tx: Tx, skus: string[], at: Date): Promise<void> {
  await tx
    .updateTable('cards.product')
    .set({ withdrawn_at: at })
    .where('sku', 'in', skus)
    .where('withdrawn_at', 'is', null)
    .execute();
}

export async function currentProduct(
  reader: Reader,
  sku: string,
): Promise<ProductView | undefined> {
  const row = await reader
    .selectFrom('cards.product')
    .select('doc')
    .where('sku', '=', sku)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
  return row?.doc as ProductView | undefined;
}

/** The version a card was sealed under, withdrawn or not. */
export async function productVersion(
  reader: Reader,
  { sku, version }: { sku: string; version: number },
): Promise<ProductView | undefined> {
  const row = await reader
    .selectFrom('cards.product')
    .select('doc')
    .where('sku', '=', sku)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.doc as ProductView | undefined;
}

/** All of them fit on a page (a few hundred at most), in the order of the categories' keys and skus. */
export async function currentProducts(
  reader: Reader,
  filter: { category?: Category | undefined; q?: string | undefined },
): Promise<ProductView[]> {
  let query = reader
    .selectFrom('cards.product')
    .select('doc')
    .where('withdrawn_at', 'is', null)
    .orderBy('category')
    .orderBy('sku');
  if (filter.category) query = query.where('category', '=', filter.category);
  const words = (filter.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  for (const word of words) query = query.where(sql<boolean>`position(${word} in search) > 0`);
  const rows = await query.execute();
  return rows.map((row) => row.doc as unknown as ProductView);
}
