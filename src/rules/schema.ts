/** Shapes of the rules that leave the house. */
import { Type } from 'typebox';
import { Day } from '#platform/schema';

const Words = Type.Object({ zh: Type.String(), en: Type.String() });
export const RuleView = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  effectiveFrom: Day,
  effectiveTo: Type.Optional(Day),
  effect: Type.String(),
  title: Words,
  says: Words,
  citation: Words,
  mark: Type.Enum(['article', 'excerpt', 'unverified']),
  params: Type.Record(Type.String(), Type.Number()),
  /** When this operator first published this version. */
  publishedAt: Type.String(),
  inForce: Type.Boolean(),
});
export const RulesView = Type.Object({ day: Day, items: Type.Array(RuleView) });
export const RulesQuery = { day: Type.Optional(Day) };
