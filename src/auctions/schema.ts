/** What the outside sees of bids and books; whatever is not named here does not leave. */
import { type Static, Type } from 'typebox';
import { AmountText, Body, FenText, Id, Instant } from '#platform/schema';

export const Sku = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });
const FaceFen = Type.String({ pattern: '^[1-9][0-9]{0,11}$', description: 'Fen, above zero' });
export const GRADES = ['V0', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] as const;
const Days = Type.Integer({ minimum: 0, maximum: 3_650 });

const StepShape = {
  rateBps: Type.Integer({ minimum: 1, maximum: 10_000, description: 'Share of the face' }),
  quantity: Type.Integer({ minimum: 1, maximum: 100_000, description: 'Cards a day' }),
};
const terms = {
  sku: Sku,
  faceMinFen: FaceFen,
  faceMaxFen: FaceFen,
  daysLeftMin: Type.Optional(Days),
  daysLeftMax: Type.Optional(Days),
  gradeMin: Type.Enum([...GRADES]),
  weekdays: Type.Array(Type.Integer({ minimum: 0, maximum: 6 }), {
    minItems: 1,
    maxItems: 7,
    uniqueItems: true,
    description: '0 Monday … 6 Sunday, in China',
  }),
  fromHour: Type.Integer({ minimum: 0, maximum: 23 }),
  toHour: Type.Integer({ minimum: 1, maximum: 24 }),
  dailyBudgetFen: AmountText,
};

export const TermsBody = Body({
  ...terms,
  curve: Type.Array(Body(StepShape), { minItems: 1, maxItems: 20 }),
  replaces: Type.Optional(Id),
});
export type TermsBody = Static<typeof TermsBody>;

export const BidView = Type.Object({
  id: Id,
  active: Type.Boolean(),
  ...terms,
  curve: Type.Array(Type.Object(StepShape)),
  createdAt: Instant,
  stoppedAt: Type.Optional(Instant),
  today: Type.Object({ cards: Type.Integer(), spentFen: FenText }),
});
export const BidList = Type.Object({
  items: Type.Array(BidView),
  walletFen: FenText,
  heldFen: FenText,
});

export const BookView = Type.Object({
  sku: Type.String(),
  at: Instant,
  levels: Type.Array(
    Type.Object({
      rateBps: Type.Integer(),
      quantity: Type.Integer({ description: 'Cards this level still takes today' }),
      bids: Type.Integer(),
    }),
    { description: 'The best first. Only what can be paid for at this moment' },
  ),
});

export const HindsightView = Type.Object({
  sales: Type.Integer({ description: 'Sales of the week that the bid would have wanted' }),
  won: Type.Integer(),
  paidFen: FenText,
  faceFen: FenText,
  outbid: Type.Integer({ description: 'Went for as much or more' }),
  usedUp: Type.Integer({ description: "The day's curve or budget was used up" }),
});

export const FlagView = Type.Object({
  id: Id,
  kind: Type.String(),
  sku: Type.String(),
  recyclers: Type.Array(Type.String()),
  raisedAt: Instant,
  reviewedAt: Type.Optional(Instant),
});
