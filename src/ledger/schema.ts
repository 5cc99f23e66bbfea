/** What of the books leaves through HTTP, and what may be asked. */
import { Type } from 'typebox';
import { Body, Day, FenText, Id, Instant, Page, PageQuery } from '#platform';

const Code = Type.String({
  pattern: '^[A-Z_]{2,20}(:[A-Za-z0-9._-]{1,64})?$',
  description: 'Account code, CLASS or CLASS:owner',
});
const Subject = Type.String({ minLength: 1, maxLength: 200 });

export const CodeParams = Body({ code: Code });
export const AccountsQuery = Body({
  prefix: Type.Optional(Type.String({ maxLength: 85, pattern: '^[A-Za-z0-9_:.-]*$' })),
  ...PageQuery,
  cursor: Type.Optional(Code),
});
export const StatementQuery = Body({
  from: Type.Optional(Day),
  to: Type.Optional({ ...Day, description: 'Last day, included; China time' }),
});
export const StatementPageQuery = Body({
  ...StatementQuery.properties,
  cursor: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{20,200}$' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_000 })),
});
export const SubjectQuery = Body({ subject: Subject });

export const AccountView = Type.Object({
  code: Code,
  class: Type.String(),
  balanceFen: FenText,
  heldFen: FenText,
  entries: Type.Integer(),
});
export const AccountsView = Page(AccountView);

export const StatementView = Type.Object({
  account: Code,
  from: Day,
  to: Day,
  openingFen: FenText,
  closingFen: FenText,
  entries: Type.Array(
    Type.Object({
      no: Type.Integer({ description: 'Counted from the first entry of the period' }),
      at: Instant,
      transferId: Id,
      kind: Type.String(),
      ref: Type.String(),
      subject: Type.String(),
      other: Code,
      amountFen: FenText,
      balanceFen: FenText,
    }),
  ),
  next: Type.Optional(Type.String({ description: 'Cursor of the next page' })),
});

const HoldStateText = Type.Union([
  Type.Literal('pending'),
  Type.Literal('posted'),
  Type.Literal('voided'),
  Type.Literal('expired'),
]);

export const TransfersView = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Id,
      kind: Type.String(),
      ref: Type.String(),
      subject: Type.String(),
      at: Instant,
      legs: Type.Array(Type.Object({ from: Code, to: Code, amountFen: FenText })),
    }),
  ),
  holds: Type.Array(
    Type.Object({
      id: Id,
      kind: Type.String(),
      ref: Type.String(),
      from: Code,
      to: Code,
      amountFen: FenText,
      state: HoldStateText,
      at: Instant,
      expiresAt: Instant,
      closedAt: Type.Optional(Instant),
    }),
  ),
});

export const TrialBalanceView = Type.Object({
  at: Instant,
  classes: Type.Array(
    Type.Object({
      class: Type.String(),
      accounts: Type.Integer(),
      balanceFen: FenText,
      heldFen: FenText,
    }),
  ),
  debitFen: FenText,
  creditFen: FenText,
  balanced: Type.Boolean(),
});

const DayClassView = Type.Object({
  class: Type.String(),
  accounts: Type.Integer({ description: 'That had an entry by then' }),
  balanceFen: FenText,
});
const dayEnd = {
  day: Day,
  takenAt: Instant,
  isFinal: Type.Boolean({ description: 'Its month is closed' }),
  classes: Type.Array(DayClassView),
  debitFen: FenText,
  creditFen: FenText,
};
export const DayEndPage = Type.Object({
  items: Type.Array(Type.Object(dayEnd)),
  next: Type.Optional(Day),
});
export const DayEndView = Type.Object({
  ...dayEnd,
  matches: Type.Boolean({ description: 'Recomputed from the entries now, it is the same' }),
  recomputed: Type.Array(DayClassView),
});
export const DayParams = Body({ day: Day });
export const DayEndsQuery = Body({ ...PageQuery, cursor: Type.Optional(Day) });

const Month = Type.String({ pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$', description: 'YYYY-MM' });
export const MonthParams = Body({ month: Month });
export const PeriodsView = Type.Object({
  items: Type.Array(
    Type.Object({
      month: Month,
      endsAt: Instant,
      state: Type.Union([Type.Literal('proposed'), Type.Literal('closed')]),
      proposedBy: Type.String(),
      proposedAt: Instant,
      closedBy: Type.Optional(Type.String()),
      closedAt: Type.Optional(Instant),
    }),
  ),
  next: Type.Optional(Type.Object({ month: Month, endsAt: Instant, isOver: Type.Boolean() })),
});
