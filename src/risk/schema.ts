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
