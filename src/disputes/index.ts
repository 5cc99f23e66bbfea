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
export {
  acceptSettlement,
  addFacts,
  appealClaim,
  claimOf,
  type OpenClaim,
  offerSettlement,
  openClaim,
  respondClaim,
  withdrawClaim,
} from './claim/claim.ts';
export {
  type ClaimEnd,
  claimClock,
  type EndedClaim,
  type Execute,
  executeByVenue,
} from './claim/decide.ts';
export {
  assignClaim,
  type DeskFigures,
  decideClaim,
  deskFigures,
  hearClaim,
  penaltyOf,
  TEMPLATES,
} from './claim/desk.ts';
export type { Custody, Facts, Holder, IssuerEvent } from './claim/facts.ts';
export { answerBy, claimProcess, DISPUTE_DAYS_MAX } from './claim/life.ts';
export { countPhotosUnder, rewrapPhotos } from './claim/photo.ts';
export {
  type ClaimOutcome,
  decideByRule,
  type Fault,
  RULE_NAMES,
  type Ruling,
} from './claim/rules.ts';
export { ClaimView } from './claim/schema.ts';
export type { Claim, Decision, PartyOf } from './claim/store.ts';
export { claimView, type ThreadLine } from './claim/view.ts';
export { caseProcess, DECIDE_DAYS_MAX, OUTCOMES, type Outcome } from './domain.ts';
export { disputesRoutes, viewOf as caseView } from './routes.ts';
export { CaseView, OutcomeName } from './schema.ts';
export type { Case } from './store.ts';
export { disputesTasks } from './tasks.ts';
