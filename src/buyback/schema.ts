/** What the outside sees of an order; whatever is not named here does not leave. */
import { Type } from 'typebox';
import { AmountText, BalanceText, Body, FenText, Id, Instant, Page } from '#platform/schema';
import { QuoteDoc } from '#pricing';
import { STEPS } from './domain.ts';
import { buyback } from './life.ts';

const StateName = Type.Enum(buyback.names.states);
const Words = Type.Object({ zh: Type.String(), en: Type.String() });

/** What the recycler says is wrong, what the issuer says of that, and what the seller does. */
export const ReportView = Type.Object({
  reason: Type.String({ description: 'Canonical verification code' }),
  at: Instant,
  finding: Type.Optional(Type.Enum(['false', 'confirmed', 'unclear'])),
  foundAt: Type.Optional(Instant),
  answer: Type.Optional(Type.Enum(['agrees', 'contests'])),
  answeredAt: Type.Optional(Instant),
  outcome: Type.Optional(Type.Enum(['release', 'partial', 'clawback'])),
  refundFen: Type.Optional(FenText),
  decidedAt: Type.Optional(Instant),
  mayAnswer: Type.Boolean(),
});

export const OrderView = Type.Object({
  id: Id,
  state: StateName,
  stateSince: Instant,
  /** Grows with every step, so that whoever hears of two knows the later one. */
  seq: Type.Integer(),
  deadline: Type.Optional(Type.Object({ at: Instant, what: Type.String() })),
  product: Type.Object({
    sku: Type.String(),
    name: Words,
    category: Type.String(),
    issuerName: Words,
    brandColour: Type.String(),
  }),
  faceFen: FenText,
  expiresOn: Type.Optional(Type.String()),
  quote: Type.Optional(QuoteDoc),
  auctionId: Type.Optional(Id),
  priceFen: FenText,
  feesFen: FenText,
  requote: Type.Optional(QuoteDoc),
  netFen: FenText,
  cardLast4: Type.Optional(Type.String()),
  verification: Type.Optional(
    Type.Object({
      code: Type.String(),
      grade: Type.Optional(Type.String()),
      balanceFen: Type.Optional(FenText),
      at: Type.Optional(Instant),
    }),
  ),
  secretSeen: Type.Boolean({ description: 'Whether any person has ever been shown the secret' }),
  report: Type.Optional(ReportView),
  payout: Type.Optional(
    Type.Object({
      state: Type.String(),
      promisedOn: Type.String(),
      amountFen: FenText,
      paidAt: Type.Optional(Instant),
      compensationFen: Type.Optional(FenText),
      check: Type.Optional(
        Type.Object(
          { until: Instant, proved: Type.Boolean() },
          { description: 'Paid after this, or sooner once the seller proved again who they are' },
        ),
      ),
    }),
  ),
  steps: Type.Array(Type.Object({ key: Type.Enum(STEPS), at: Type.Optional(Instant) })),
  allowed: Type.Array(Type.String()),
  createdAt: Instant,
});
export const OrderPage = Page(OrderView);

export const AcceptBody = Body({ quoteId: Id, signature: Type.String({ maxLength: 200 }) });
export const CardBody = Body({
  number: Type.String({ minLength: 1, maxLength: 120 }),
  pin: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
});

export const ConsoleOrder = Type.Object({
  id: Id,
  state: StateName,
  stateSince: Instant,
  deadline: Type.Optional(Type.Object({ at: Instant, what: Type.String() })),
  seller: Type.String({ description: 'Opaque id of the person' }),
  recycler: Type.String(),
  sku: Type.String(),
  productName: Words,
  category: Type.String(),
  faceFen: FenText,
  priceFen: FenText,
  netFen: FenText,
  cardId: Type.Optional(Id),
  cardLast4: Type.Optional(Type.String()),
  verificationCode: Type.Optional(Type.String()),
  grade: Type.Optional(Type.String()),
  balanceFen: Type.Optional(FenText),
  waits: Type.Integer(),
  createdAt: Instant,
});
export const ConsoleOrderPage = Page(ConsoleOrder);

export const TimelineItem = Type.Object({
  at: Instant,
  kind: Type.Union([
    Type.Literal('state'),
    Type.Literal('money'),
    Type.Literal('record'),
    Type.Literal('job'),
  ]),
  title: Type.String(),
  detail: Type.String(),
});

const CaseView = Type.Object({
  id: Id,
  state: Type.String(),
  reason: Type.String(),
  openedAt: Instant,
  deadline: Type.Optional(Instant),
  outcome: Type.Optional(Type.String()),
  amountFen: Type.Optional(FenText),
  decision: Type.Optional(Type.String()),
});

export const ConsoleOrderDetail = Type.Object({
  order: ConsoleOrder,
  view: OrderView,
  timeline: Type.Array(TimelineItem),
  allowed: Type.Array(Type.String()),
  case: Type.Optional(CaseView),
  report: Type.Optional(ReportView),
  answerNote: Type.Optional(Type.String({ description: 'What the seller wrote to the report' })),
});

export const ReviewBody = Body({
  code: Type.String({ maxLength: 40 }),
  balanceFen: Type.Optional(BalanceText),
  note: Type.String({ minLength: 3, maxLength: 500 }),
});
export const AnswerBody = Body({
  answer: Type.Enum(['agrees', 'contests']),
  note: Type.Optional(Type.String({ minLength: 3, maxLength: 500 })),
});
export const DisputeBody = Body({
  reason: Type.String({ maxLength: 40 }),
  note: Type.String({ minLength: 3, maxLength: 500 }),
});
export const DecideBody = Body({
  outcome: Type.Union(
    (['release', 'partial', 'clawback'] as const).map((outcome) => Type.Literal(outcome)),
  ),
  amountFen: Type.Optional(AmountText),
  reason: Type.String({ minLength: 3, maxLength: 500 }),
});

export const Overview = Type.Object({
  days: Type.Array(
    Type.Object({ day: Type.String(), orders: Type.Integer(), faceFen: FenText, netFen: FenText }),
  ),
  categoryMix: Type.Array(
    Type.Object({ category: Type.String(), faceFen: FenText, orders: Type.Integer() }),
  ),
  priceIndex: Type.Array(
    Type.Object({ day: Type.String(), category: Type.String(), index: Type.Number() }),
  ),
  timeToCash: Type.Object({
    p50Hours: Type.Number(),
    p90Hours: Type.Number(),
    buckets: Type.Array(Type.Object({ hours: Type.Integer(), orders: Type.Integer() })),
  }),
  onTimePct: Type.Optional(Type.Number()),
  queues: Type.Object({
    reviews: Type.Integer(),
    approvals: Type.Integer(),
    failedJobs: Type.Integer(),
    cases: Type.Integer(),
    waitingIssuer: Type.Integer(),
    unsealed: Type.Integer({
      description: 'Record entries older than a minute that are not chained yet',
    }),
    latePayouts: Type.Integer({ description: 'Payouts past their promised day' }),
  }),
});
