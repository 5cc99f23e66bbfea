/** Face of the buyback room: one sale from accepted quote to money in the bank. */
export { accept } from './accept.ts';
export { decideDispute, executeCase, openDispute } from './after-sale.ts';
export { cancel } from './cancel.ts';
export { onClock as onBuybackClock } from './clock.ts';
export { onCounterClock } from './counter/answer.ts';
export type { Price } from './counter/intake.ts';
export { counterVisit } from './counter/life.ts';
export { exportOrders } from './export.ts';
export { handOver } from './hand-over.ts';
export { buyback } from './life.ts';
export { recyclerNews } from './news.ts';
export {
  answerReport,
  auditReports,
  provedOutcome as provedByReport,
  reportBought,
} from './report.ts';
export { acceptRequote, declineRequote } from './requote.ts';
export { revealBought, revealWon } from './reveal.ts';
export { review } from './review.ts';
export { buybackRoutes } from './routes.ts';
export type { Resale } from './stock/stock.ts';
export {
  anyLive as hasLiveOrders,
  anyOpenOf as hasOpenOrders,
  findOrder,
  holdQuote,
  listOrders,
  settledSalesOf,
  settledSellers,
  soldSince,
} from './store.ts';
export { buybackTasks } from './tasks.ts';
export { freeBought, stopBought } from './told.ts';
export { fulfilWin, orderOfWin } from './win.ts';
