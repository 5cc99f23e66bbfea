/** Face of the rules: regulation as versioned data, and the pure questions one may ask of it. */
export {
  checkFace,
  checkNotice,
  checkRestrictions,
  checkWords,
  inForce,
  noticeDays,
  type ProductFacts,
  type Treatment,
  treatExpiry,
} from './domain.ts';
export { publishRules } from './publish.ts';
export { REGULATIONS, type Regulation, type RegulationId } from './regulations.ts';
export { rulesRoutes } from './routes.ts';
export * from './schema.ts';
export { checkText, holdsContact, holdsSecret } from './text.ts';
