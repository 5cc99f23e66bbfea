/** What of the record leaves through HTTP, and what may be asked. */
import { Type } from 'typebox';
import { Body, Id, Instant, Page, PageQuery } from '#platform';

export const RecordQuery = Body({
  subject: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  ...PageQuery,
  cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$' })),
});

export const RecordEntryView = Type.Object({
  id: Id,
  subject: Type.String(),
  type: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown(), {
    description: 'Ids, codes, amounts and commitments; never personal data',
  }),
  at: Instant,
  sealed: Type.Optional(
    Type.Object(
      { seq: Type.Integer(), hash: Type.String() },
      { description: 'Place in the chain' },
    ),
  ),
});
export const RecordView = Page(RecordEntryView);

const Reason = Type.Union([
  Type.Literal('link_missing'),
  Type.Literal('link_out_of_order'),
  Type.Literal('entry_missing'),
  Type.Literal('entry_changed'),
  Type.Literal('link_forged'),
  Type.Literal('entry_unchained'),
]);

export const VerdictView = Type.Object({
  ok: Type.Boolean(),
  entries: Type.Optional(Type.Integer()),
  unsealed: Type.Optional(Type.Integer()),
  head: Type.Optional(Type.Object({ seq: Type.Integer(), hash: Type.String() })),
  broken: Type.Optional(
    Type.Object({
      seq: Type.Optional(Type.Integer()),
      entryId: Type.Optional(Id),
      reason: Reason,
    }),
  ),
});
