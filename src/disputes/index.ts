/** Face of the disputes: cases about a sale, their deadlines and decisions. Moving the money is the caller's matter. */
export {
  type Claimant,
  caseById,
  caseClock,
  caseOf,
  closeCase,
  decideCase,
  noteOf,
  openCase,
  withdrawCase,
} from './case.ts';
export { caseProcess, DECIDE_DAYS_MAX, OUTCOMES, type Outcome } from './domain.ts';
export { disputesRoutes, viewOf as caseView } from './routes.ts';
export { CaseView, OutcomeName } from './schema.ts';
export type { Case } from './store.ts';
