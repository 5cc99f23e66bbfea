/** What goes in and out over HTTP about reports and suspicious trades; for compliance alone. */
import { Type } from 'typebox';
import { Body, Day, FenText, Id, Instant } from '#platform/schema';

const Kind = Type.Enum(['large', 'suspicious']);
const State = Type.Enum(['sending', 'asking', 'refused', 'accepted']);
const PartyKind = Type.Enum(['person', 'entity']);
export const ById = Body({ id: Id });
export const ReportsQuery = { kind: Type.Optional(Kind), state: Type.Optional(State) };

export const ReportRow = Type.Object({
  id: Id,
  kind: Kind,
  partyKind: PartyKind,
  partyId: Id,
  day: Day,
  inFen: FenText,
  outFen: FenText,
  reasons: Type.Array(Type.String()),
  rule: Type.String({ description: 'Regulation and version, as R50.1' }),
  sha256: Type.String({ description: 'Of the text that was handed over; it is in the record too' }),
  outNo: Type.String(),
  state: State,
  receiptNo: Type.Optional(Type.String()),
  failure: Type.Optional(Type.String()),
  madeAt: Instant,
  dueOn: Day,
  endedAt: Type.Optional(Instant),
});
const Line = Type.Object({
  outNo: Type.String(),
  kind: Type.String(),
  way: Type.Enum(['in', 'out']),
  amountFen: FenText,
  bookedAt: Instant,
});
export const ReportView = Type.Object({
  ...ReportRow.properties,
  partyName: Type.Optional(Type.String({ description: 'A person’s is masked' })),
  note: Type.Optional(Type.String()),
  lines: Type.Array(Line),
});

const CaseState = Type.Enum(['opened', 'drafted', 'reported', 'cleared']);
export const CasesQuery = { state: Type.Optional(CaseState) };
export const CaseRow = Type.Object({
  id: Id,
  kind: Type.Enum(['pattern', 'exposure']),
  partyKind: PartyKind,
  partyId: Id,
  subject: Type.Optional(Type.String({ description: 'The sale that raised it' })),
  amountFen: FenText,
  reasons: Type.Array(Type.String()),
  facts: Type.Record(Type.String(), Type.String()),
  state: CaseState,
  openedAt: Instant,
  deadline: Type.Optional(Instant),
  decidedBy: Type.Optional(Id),
  decidedAt: Type.Optional(Instant),
  decision: Type.Optional(Type.String()),
  reportId: Type.Optional(Id),
});
export const CaseView = Type.Object({
  ...CaseRow.properties,
  partyName: Type.Optional(Type.String({ description: 'A person’s is masked' })),
  draft: Type.String({ description: 'What the report would say, in words' }),
  allowed: Type.Array(Type.String()),
});
export const WhyBody = Body({ why: Type.String({ minLength: 2, maxLength: 500 }) });
export const EmptyBody = Body({});
