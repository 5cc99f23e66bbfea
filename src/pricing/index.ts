/** Face of pricing: what a card is worth now, why, and who may change that. It never learns who asks. */
export type { QuoteFacts } from './arithmetic.ts';
export { type QuoteBody, quote } from './domain.ts';
export {
  acceptQuote,
  BINDING_MS,
  checkDenomination,
  findQuote,
  type IssueInput,
  issueQuote,
  purgeQuotes,
  REPLACEMENT_MS,
  verifyQuote,
} from './issue.ts';
export * from './schema.ts';
export { seedTable } from './seed.ts';
export { compile, digestOf, problemsOf, type Table } from './table.ts';
