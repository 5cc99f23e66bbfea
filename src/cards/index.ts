/** Face of cards: the catalogue, the vault, what the issuer says, and the promises a card carries. */
export {
  type Catalogue,
  findProduct,
  listProducts,
  type Product,
  productView,
  publishCatalogue,
  readCatalogue,
} from './catalogue.ts';
export { type ParsedCard, parseCard } from './number.ts';
export * from './schema.ts';
