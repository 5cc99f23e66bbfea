/** Face of pricing: what a card is worth now, why, and who may change that. It never learns who asks. */
export * from './schema.ts';
