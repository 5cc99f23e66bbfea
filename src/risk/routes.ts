/** All routes of risk. Each is for compliance alone: that a case or a report exists is secret (arts. 7 and 54). */
import type { App } from '#platform';
import { caseRoutes } from './case-routes.ts';
import type { RiskDeps } from './deps.ts';
import { reportRoutes } from './report-routes.ts';

export function riskRoutes(app: App, deps: RiskDeps): void {
  caseRoutes(app, deps);
  reportRoutes(app, deps);
}
