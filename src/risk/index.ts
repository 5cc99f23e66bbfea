/** Face of risk: large day sums and suspicious trades, what is reported of them and to whom. For compliance alone. */
export { queueDaySums } from './day-sums.ts';
export type { ReportDesk, RiskDeps } from './deps.ts';
export { amlReport } from './report-life.ts';
export { reportRoutes as riskRoutes } from './report-routes.ts';
export { riskClock, riskTasks } from './tasks.ts';
