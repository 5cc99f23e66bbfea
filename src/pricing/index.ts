/** Face of pricing: what a card is worth now, why, and who may change that. It never learns who asks. */
export { feesOf, type QuoteFacts } from './arithmetic.ts';
export type { BidOffer } from './buyer.ts';
export { currentTable } from './current.ts';
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
export { priceHistory, priceList } from './prices.ts';
export { NOTICE_DAYS, publishSeedTable, verifyChain } from './publish.ts';
export { type DueReminder, forgetSubscriber, type Reminder, takeDueReminders } from './remind.ts';
export { type PricingDeps, pricingRoutes, quoteFor } from './routes.ts';
export * from './schema.ts';
export { seedTable } from './seed.ts';
export { compile, problemsOf, type Table } from './table.ts';
