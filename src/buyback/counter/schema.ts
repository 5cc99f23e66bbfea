/** What the outside sees of the counter. A shop sees nothing of a seller but the number it was told, half hidden. */
import { Type } from 'typebox';
import { Body, Day, FenText, Id, Instant, Page, PageQuery } from '#platform/schema';
import { FaceText, QuoteDoc, RealDay, Sku } from '#pricing';
import { counterVisit } from './life.ts';

const Words = Type.Object({ zh: Type.String(), en: Type.String() });
const VisitState = Type.Enum(counterVisit.names.states);
const Product = Type.Object({ sku: Type.String(), name: Words, brandColour: Type.String() });
/** A number with or without its dashes. */
const NumberText = Type.String({ pattern: '^[A-Za-z0-9_-]{20,200}$', maxLength: 60 });

export const Till = Type.String({ minLength: 1, maxLength: 40 });
export const SlipsBody = Body({ count: Type.Integer({ minimum: 1, maximum: 50 }) });
export const Slips = Type.Object({
  items: Type.Array(Type.Object({ id: Id, number: Type.String(), token: Type.String() })),
  boxKey: Type.String({ description: 'Uncompressed P-256 point, base64url: boxes are for it' }),
});

export const IntakeBody = Body({
  number: NumberText,
  till: Till,
  sku: Sku,
  faceFen: FaceText,
  expiresOn: Type.Optional(RealDay),
  takenAt: Type.String({ format: 'date-time' }),
  offline: Type.Boolean(),
  box: Type.String({ minLength: 100, maxLength: 1_400, description: 'docs/counter.md, base64url' }),
});

/** As the shop sees it. */
export const VisitView = Type.Object({
  id: Id,
  number: Type.String(),
  token: Type.String(),
  state: VisitState,
  till: Type.String(),
  product: Product,
  faceFen: FenText,
  expiresOn: Type.Optional(Type.String()),
  offline: Type.Boolean(),
  takenAt: Instant,
  deadline: Type.Optional(Instant),
  quote: QuoteDoc,
  phone: Type.Optional(Type.String({ description: 'Half hidden, while the seller is waited for' })),
  order: Type.Optional(
    Type.Object({
      id: Id,
      state: Type.String(),
      netFen: FenText,
      giveBack: Type.Boolean({ description: 'The issuer did not accept the card' }),
    }),
  ),
  bookedOn: Type.Optional(Day),
  endedAt: Type.Optional(Instant),
});
export const VisitPage = Page(VisitView);
export const VisitQuery = Body({ ...PageQuery, till: Type.Optional(Till) });

/** As the seller sees it, before it is known who they are. */
export const SellerVisit = Type.Object({
  state: VisitState,
  number: Type.String(),
  shop: Type.Object({ id: Type.String(), name: Type.String() }),
  product: Product,
  faceFen: FenText,
  expiresOn: Type.Optional(Type.String()),
  takenAt: Instant,
  deadline: Type.Optional(Instant),
  phone: Type.Optional(Type.String()),
  quote: QuoteDoc,
  orderId: Type.Optional(Id),
});

export const CodeSent = Type.Object({ sentTo: Type.String(), expiresInSeconds: Type.Integer() });
export const CodeBody = Body({ code: Type.String({ pattern: '^[0-9]{6}$' }) });

/** For strangers: what was promised, and how far it is. Nothing of the seller, nothing of the card but its kind. */
export const ReceiptView = Type.Object({
  number: Type.String(),
  state: Type.Union([Type.Literal('unseen'), VisitState]),
  shop: Type.Optional(Type.Object({ id: Type.String(), name: Type.String() })),
  product: Type.Optional(Product),
  faceFen: Type.Optional(FenText),
  netFen: Type.Optional(FenText),
  takenAt: Type.Optional(Instant),
  agreedAt: Type.Optional(Instant),
  progress: Type.Optional(
    Type.Enum(['checking', 'secured', 'credited', 'paid', 'review', 'not_bought']),
  ),
  record: Type.Optional(
    Type.Object({
      entry: Id,
      seq: Type.Optional(Type.Integer({ description: 'Its place in the chain, once sealed' })),
      holds: Type.Boolean({ description: 'The entry says what this receipt says' }),
    }),
  ),
});

export const CloseBody = Body({
  till: Till,
  day: Day,
  counted: Type.Integer({ minimum: 0, maximum: 100_000 }),
  unsent: Type.Integer({ minimum: 0, maximum: 100_000 }),
  note: Type.Optional(Type.String({ minLength: 3, maxLength: 500 })),
});
export const DayLine = Type.Object({
  number: Type.String(),
  at: Instant,
  product: Words,
  faceFen: FenText,
  netFen: FenText,
  orderState: Type.String(),
  giveBack: Type.Boolean(),
});
export const CloseView = Type.Object({
  id: Id,
  till: Type.String(),
  day: Day,
  expected: Type.Integer(),
  counted: Type.Integer(),
  returned: Type.Integer(),
  waiting: Type.Integer(),
  unsent: Type.Integer(),
  faceFen: FenText,
  netFen: FenText,
  cashFen: FenText,
  note: Type.Optional(Type.String()),
  closedAt: Instant,
});
export const ClosePage = Page(CloseView);
export const DayQuery = Body({ day: Type.Optional(Day) });
export const DayView = Type.Object({
  till: Type.String(),
  day: Day,
  lines: Type.Array(DayLine),
  expected: Type.Integer(),
  returned: Type.Integer(),
  waiting: Type.Integer(),
  faceFen: FenText,
  netFen: FenText,
  cashFen: FenText,
  close: Type.Optional(CloseView),
});
