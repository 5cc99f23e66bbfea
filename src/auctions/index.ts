/** Face of the auctions: what a card is worth to competing recyclers. Hides the rules of each format. */
export {
  affordable,
  type BatchOrder,
  type Clearing,
  type CurveStep,
  clearBatch,
  worstCost,
} from './clear-batch.ts';
