/** What leaves about a case over HTTP. */
import { Type } from 'typebox';
import { FenText, Id, Instant } from '#platform/schema';

export const OutcomeName = Type.Union([
  Type.Literal('release'),
  Type.Literal('partial'),
  Type.Literal('clawback'),
]);

export const CaseView = Type.Object({
  id: Id,
  subject: Type.String(),
  state: Type.Union([
    Type.Literal('opened'),
    Type.Literal('decided'),
    Type.Literal('closed'),
    Type.Literal('withdrawn'),
  ]),
  openedBy: Type.String(),
  reason: Type.String({ description: 'Canonical verification code' }),
  openedAt: Instant,
  deadline: Instant,
  hasNote: Type.Boolean(),
  note: Type.Optional(Type.String({ description: 'What the claimant wrote; not for auditors' })),
  decision: Type.Optional(
    Type.Object({
      outcome: OutcomeName,
      amountFen: Type.Optional(FenText),
      by: Type.Optional(Type.String({ description: 'Absent: the clock' })),
      at: Instant,
      reason: Type.String(),
    }),
  ),
});
