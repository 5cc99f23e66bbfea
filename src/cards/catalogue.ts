/** The published catalogue: one versioned data file becomes rows that are only ever added; hides the versions. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import {
  canonicalJson,
  type Db,
  type Fen,
  fen,
  inTransaction,
  type Reader,
  sha256,
} from '#platform';
import { type Cap, type Category, ProductView } from './schema.ts';
import {
  currentProduct,
  currentProducts,
  lockCatalogue,
  publishedIssuers,
  publishIssuer,
  publishProduct,
  withdrawMissing,
} from './store.ts';

/** A product with money as Fen; otherwise the published shape. */
export type Product = Omit<ProductView, 'denominationsFen' | 'openAmount'> & {
  readonly denominationsFen: readonly Fen[];
  readonly openAmount?: { readonly minFen: Fen; readonly maxFen: Fen };
};

interface IssuerData {
  id: string;
  name: { zh: string; en: string };
  brandColour: string;
  icon: string;
  caps: Cap[];
}
type ProductData = Omit<
  ProductView,
  'issuerName' | 'issuerCaps' | 'brandColour' | 'icon' | 'version'
>;
export interface Catalogue {
  catalogue: string;
  issuers: IssuerData[];
  products: ProductData[];
}

/** The fictional products that come with the house; an operator publishes a file of the same shape. */
export const readCatalogue = (path = join(import.meta.dirname, 'catalogue.json')): Catalogue =>
  JSON.parse(readFileSync(path, 'utf8')) as Catalogue;

/** Idempotent: unchanged products stay, changed ones get a new version, vanished ones are withdrawn. */
export async function publishCatalogue(
  db: Db,
  at: Date,
  file: Catalogue = readCatalogue(),
): Promise<{ added: number; withdrawn: number }> {
  const issuers = new Map(file.issuers.map((issuer) => [issuer.id, issuer]));
  return inTransaction(db, async (tx) => {
    // Two processes starting together publish one after the other.
    await lockCatalogue(tx);
    for (const issuer of file.issuers) await publishIssuer(tx, { id: issuer.id, doc: issuer, at });
    let added = 0;
    for (const data of file.products) {
      const issuer = issuers.get(data.issuerId);
      assert(issuer, `${data.sku}: unknown issuer ${data.issuerId}`);
      const doc = published(data, issuer);
      const fresh = await publishProduct(tx, {
        doc,
        digest: sha256(canonicalJson(doc)),
        search: `${doc.name.zh} ${doc.name.en} ${doc.issuerName.zh} ${doc.sku}`.toLowerCase(),
        catalogue: file.catalogue,
        at,
      });
      if (fresh) added += 1;
    }
    const skus = file.products.map((product) => product.sku);
    return { added, withdrawn: await withdrawMissing(tx, skus, at) };
  });
}

/** Checked before it is published: a product that breaks its own shape is our bug, not a seller's. */
function published(data: ProductData, issuer: IssuerData): Omit<ProductView, 'version'> {
  const doc = {
    ...data,
    issuerName: issuer.name,
    issuerCaps: issuer.caps,
    brandColour: issuer.brandColour,
    icon: issuer.icon,
  };
  const [error] = Value.Errors(ProductView, { ...doc, version: 1 });
  assert(!error, `${data.sku}: ${error?.instancePath} ${error?.message}`);
  assert(doc.denominationsFen.length > 0, `${data.sku} has no denomination`);
  assert(doc.restrictions.length > 0, `${data.sku}: say its restrictions, or say there are none`);
  assert(doc.numberRule.alphabet === 'digits' || !/luhn|ean13/.test(doc.numberRule.check));
  return doc;
}

/** Issuers that can do this, as their newest word is. */
export async function issuersWith(
  reader: Reader,
  cap: Cap,
): Promise<{ id: string; caps: readonly Cap[] }[]> {
  return (await publishedIssuers(reader)).filter(({ caps }) => caps.includes(cap));
}

export async function findProduct(reader: Reader, sku: string): Promise<Product | undefined> {
  const view = await currentProduct(reader, sku);
  return view && productOf(view);
}

export async function listProducts(
  reader: Reader,
  filter: { category?: Category | undefined; q?: string | undefined } = {},
): Promise<Product[]> {
  return (await currentProducts(reader, filter)).map(productOf);
}

export function productOf(view: ProductView): Product {
  const { denominationsFen, openAmount, ...rest } = view;
  return {
    ...rest,
    denominationsFen: denominationsFen.map((text) => fen(BigInt(text))),
    ...(openAmount && {
      openAmount: {
        minFen: fen(BigInt(openAmount.minFen)),
        maxFen: fen(BigInt(openAmount.maxFen)),
      },
    }),
  };
}

/** As published; the other way of `productOf`. */
export function productView(product: Product): ProductView {
  const { denominationsFen, openAmount, ...rest } = product;
  return {
    ...rest,
    denominationsFen: denominationsFen.map(String),
    ...(openAmount && {
      openAmount: { minFen: String(openAmount.minFen), maxFen: String(openAmount.maxFen) },
    }),
  };
}
