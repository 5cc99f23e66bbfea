/** What goes in and out over HTTP about watch lists; for compliance alone. */
import { Type } from 'typebox';
import { Body, Day, Id, Instant } from '#platform/schema';
import { CLEAR_REASONS, CONFIRM_REASONS } from './decide.ts';
import { LISTS } from './domain.ts';

const Kind = Type.Enum([...LISTS]);
export const WatchState = Type.Enum(['opened', 'overdue', 'confirmed', 'cleared']);
export const ById = Body({ id: Id });
export const ClearBody = Body({ reason: Type.Enum([...CLEAR_REASONS]) });
export const ConfirmBody = Body({ reason: Type.Enum([...CONFIRM_REASONS]) });

export const WatchLists = Type.Object({
  lists: Type.Array(
    Type.Object({
      kind: Kind,
      version: Type.Optional(Type.String({ description: 'Absent: never published yet' })),
      sha256: Type.Optional(Type.String()),
      entries: Type.Integer(),
      since: Type.Optional(Instant),
      lookedAt: Type.Optional(Instant),
      failure: Type.Optional(Type.String({ description: 'Why the last look brought nothing' })),
      screenedAt: Type.Optional(Instant),
    }),
  ),
});

export const WatchCaseRow = Type.Object({
  id: Id,
  state: WatchState,
  subjectKind: Type.Enum(['person', 'recycler']),
  subjectId: Id,
  role: Type.Enum(['real_name', 'legal_name', 'legal_person']),
  kind: Kind,
  entryRef: Type.String(),
  score: Type.Integer({ minimum: 0, maximum: 1000 }),
  features: Type.Object({
    number: Type.String(),
    name: Type.String(),
    birth: Type.String(),
    region: Type.String(),
  }),
  openedAt: Instant,
  decidedBy: Type.Optional(Type.String()),
  decidedAt: Type.Optional(Instant),
  reason: Type.Optional(Type.String()),
});

export const OwnState = Type.Enum(['proposed', 'in_force', 'ending', 'ended', 'refused']);
const name = Type.String({ minLength: 2, maxLength: 200 });
const own = {
  type: Type.Enum(['person', 'entity']),
  names: Type.Array(name, { minItems: 1, maxItems: 10 }),
  idNumber: Type.Optional(Type.String({ pattern: '^([0-9]{15}|[0-9]{17}[0-9Xx])$' })),
  creditCode: Type.Optional(Type.String({ pattern: '^[0-9A-Z]{18}$' })),
  bornOn: Type.Optional(Type.String({ pattern: '^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$' })),
  region: Type.Optional(Type.String({ pattern: '^[0-9]{2,6}$' })),
  reason: Type.String({ minLength: 4, maxLength: 500 }),
};
export const NewOwn = Body({ ...own, until: Day });
export const OwnView = Type.Object({
  ...own,
  id: Id,
  state: OwnState,
  until: Day,
  proposedBy: Id,
  proposedAt: Instant,
  decidedBy: Type.Optional(Id),
  endingBy: Type.Optional(Id),
});

/** Both sides by name: whoever decides has to compare them. */
export const WatchCaseView = Type.Object({
  ...WatchCaseRow.properties,
  subjectName: Type.Optional(Type.String({ description: 'A person’s is masked' })),
  entry: Type.Optional(
    Type.Object({
      type: Type.Enum(['person', 'entity']),
      names: Type.Array(Type.String()),
      bornOn: Type.Optional(Type.String()),
      region: Type.Optional(Type.String()),
    }),
  ),
});
