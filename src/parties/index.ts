/** Face of parties: who people are, what they proved and agreed to, and how to reach them. */
export {
  consentViews,
  grantConsent,
  hasConsent,
  requireConsent,
  withdrawConsent,
} from './consent.ts';
export type { Eraser, Exporter, Kept, PartiesDeps } from './deps.ts';
export { maskName, maskPhone, parseName, type SmsTemplate } from './domain.ts';
export { enter } from './enter.ts';
export { identityOf } from './identity.ts';
export { findUser, joinedAt, phoneOf, requirePhone, signUp } from './person.ts';
export { hasRealName, realNameOf, requireRealName, submitRealName } from './real-name.ts';
export { type Deed, noteDeed, scorecardOf } from './recycler/deed.ts';
export type { RecyclerState, TeamRole, Tier } from './recycler/domain.ts';
export { recheckLicences } from './recycler/licence.ts';
export { recyclerAccount } from './recycler/life.ts';
export {
  type Company,
  findCompany,
  findRecycler,
  HOUSE,
  isRelated,
  lockedRecycler,
  type Recycler,
  requireBidder,
  requireCompany,
  requireMember,
} from './recycler/recycler.ts';
export { type CompanyRegister, openCompanyRegister } from './recycler/registry.ts';
export { recyclerRoutes } from './recycler/routes.ts';
export type { DeedKind, Scorecard } from './recycler/score.ts';
export {
  depositChanged,
  noteSettled,
  type RecyclerMoney,
  recyclerClock,
} from './recycler/standing.ts';
export { recyclersOf } from './recycler/store.ts';
export { countLicencePhotosUnder } from './recycler/store-licence.ts';
export { alertLowWallets, type RecyclerNews, tellMembers } from './recycler/tell.ts';
export { partiesRoutes } from './routes.ts';
export { askSaleCode, withSaleCode } from './sale-code.ts';
export { PURPOSES, type Purpose, SignedIn } from './schema.ts';
export {
  type Auth,
  type Device,
  deviceOf,
  makeAuth,
  openSession,
  sharesDevice,
} from './session.ts';
export { sendSms } from './sms.ts';
export {
  createOrganisation,
  createStaff,
  type OrganisationKind,
  type OrganisationOf,
  organisationsOf,
  setMember,
  setRoles,
} from './staff.ts';
export { OPERATOR_ID } from './store.ts';
export { partiesTasks, sweepParties } from './tasks.ts';
export { pass } from './throttle.ts';
export { watchClock } from './watch/decide.ts';
export { heldParties } from './watch/hold.ts';
export { watchCase } from './watch/life.ts';
export { ownClock } from './watch/own.ts';
export { ownEntry } from './watch/own-life.ts';
export { watchRoutes } from './watch/routes.ts';
export { type Holds, lookAtLists } from './watch/screen.ts';
