/** Face of risk: large day sums and suspicious trades, what is reported of them and to whom. For compliance alone. */
export { delayOf, delayView, proveSale } from './case.ts';
export { riskCase } from './case-life.ts';
export { queueDaySums } from './day-sums.ts';
export type { ReportDesk, RiskDeps } from './deps.ts';
export { isExposed, reportExposures } from './exposure.ts';
export type { TradedCard } from './exposure-domain.ts';
export { amlReport } from './report-life.ts';
export { riskRoutes } from './routes.ts';
export { riskClock, riskTasks } from './tasks.ts';
