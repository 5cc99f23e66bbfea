/** Face of the kernel by which anything with a life cycle moves: one table, one way to change a state. */
export { checkProcess } from './check.ts';
export { type ClockHandler, runClock } from './clock.ts';
export {
  type AmountOf,
  defineProcess,
  type Identities,
  type MoneyRow,
  type Process,
  type RoleOf,
  type SlotOf,
  type StateOf,
  type StateRow,
  type TransitionOf,
  type TransitionRow,
  tableOf,
} from './define.ts';
export { allowed } from './domain.ts';
export { mermaid, processPages } from './draw.ts';
export {
  allowedFor,
  type Brings,
  type FollowUp,
  lock,
  look,
  type Move,
  move,
  type Start,
  start,
} from './move.ts';
export { processRoutes } from './routes.ts';
export { ProcessView } from './schema.ts';
export { historyOf, type Instance, liveCounts, type StepTaken } from './store.ts';
