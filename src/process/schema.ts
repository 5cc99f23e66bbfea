/** What leaves over HTTP: every life cycle as a table, a drawing, and how many live in each state. */
import { Type } from 'typebox';

export const StateView = Type.Object({
  name: Type.String(),
  zh: Type.String(),
  en: Type.String(),
  terminal: Type.Boolean(),
  count: Type.Integer({ description: 'Instances in this state now, all versions' }),
});

export const TransitionView = Type.Object({
  name: Type.String(),
  by: Type.Array(Type.String()),
  from: Type.Array(Type.String()),
  to: Type.String(),
  afterMs: Type.Optional(Type.Integer({ description: 'The clock takes it after so long' })),
  due: Type.Boolean({ description: 'The clock takes it at a time set when the state was entered' }),
  withinMs: Type.Optional(Type.Integer({ description: 'The latest that such a time may be' })),
  atMost: Type.Optional(Type.Integer({ description: 'An instance takes it at most so often' })),
  money: Type.Array(Type.String(), { description: 'from → to amount' }),
});

export const ProcessView = Type.Object({
  name: Type.String(),
  version: Type.Integer(),
  mermaid: Type.String(),
  states: Type.Array(StateView),
  transitions: Type.Array(TransitionView),
  escrowDaysMax: Type.Integer(),
  failing: Type.Integer({ description: 'Instances that the clock could not move at its last try' }),
});
