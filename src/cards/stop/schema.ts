/** What goes in and out over HTTP about notices; for compliance alone. */
import { Type } from 'typebox';
import { Body, Day, Id, Instant } from '#platform/schema';
import { SOURCES } from './store.ts';

export const NoticeState = Type.Enum(['in_force', 'overdue', 'confirmed', 'lifting', 'lifted']);
const Source = Type.Enum([...SOURCES]);
const text = (maxLength: number, minLength = 0) => Type.String({ minLength, maxLength });
const Sku = Type.String({ pattern: '^[a-z][a-z0-9-]{2,40}$' });
/** As many numbers as one letter names. */
const CARDS_MAX = 500;

const letter = {
  sender: Type.String({ minLength: 2, maxLength: 100, description: 'Who sent it' }),
  number: Type.String({ minLength: 1, maxLength: 100, description: 'The letter’s own number' }),
  basis: Type.String({ minLength: 2, maxLength: 300, description: 'The law it names' }),
  note: text(2_000),
  victim: Type.String({ maxLength: 100, description: 'Whoever was harmed, if it says so' }),
};

export const NewNotice = Body({
  source: Source,
  receivedOn: Day,
  ...letter,
  note: Type.Optional(letter.note),
  victim: Type.Optional(letter.victim),
  cards: Type.Array(
    Type.Union([
      Type.Object({ sku: Sku, number: text(64, 4) }, { additionalProperties: false }),
      Type.Object({ cardId: Id }, { additionalProperties: false }),
    ]),
    { minItems: 1, maxItems: CARDS_MAX },
  ),
});
export const NoticeReason = Body({ reason: text(500, 4) });
export const ById = Body({ id: Id });

export const NoticeRow = Type.Object({
  id: Id,
  source: Source,
  state: NoticeState,
  receivedOn: Day,
  enteredAt: Instant,
  enteredBy: Id,
  cards: Type.Integer(),
  matches: Type.Integer(),
});
export const NoticeView = Type.Object({
  ...NoticeRow.properties,
  ...letter,
  proposedBy: Type.Optional(Id),
  decidedBy: Type.Optional(Id),
  decidedAt: Type.Optional(Instant),
  reason: Type.Optional(Type.String()),
  named: Type.Array(Type.Object({ sku: Sku, last4: Type.String() })),
  found: Type.Array(
    Type.Object({
      how: Type.Enum(['here', 'gone', 'offered']),
      cardId: Type.Optional(Id),
      personId: Id,
      sku: Sku,
      last4: Type.String(),
      at: Instant,
      promises: Type.Array(
        Type.Object({
          kind: Type.String(),
          ref: Type.String(),
          since: Instant,
          until: Type.Optional(Instant),
        }),
      ),
    }),
  ),
});
