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
      version: Type.Integer(),
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
