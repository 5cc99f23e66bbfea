/** What is shown of money that comes in: to the payer, and to finance. */
import { type Static, Type } from 'typebox';
import { FenText, Id, Instant, Page, PageQuery } from '#platform/schema';

const oneOf = <T extends string>(values: readonly T[]) =>
  Type.Unsafe<T>(Type.String({ enum: [...values] }));

export const PayInView = Type.Object({
  id: Id,
  subject: Type.String(),
  channel: oneOf(['alipay', 'wechat', 'bank']),
  state: Type.String(),
  amountFen: FenText,
  expiresAt: Instant,
  /** Where to pay; a moment after the request, and as long as it can be paid. */
  payUrl: Type.Optional(Type.String()),
  paidAt: Type.Optional(Instant),
});
export type PayInView = Static<typeof PayInView>;

export const ConsolePayIn = Type.Object({
  ...Type.Omit(PayInView, ['payUrl']).properties,
  payerId: Type.String(),
  outNo: Type.String(),
  createdAt: Instant,
  thawsAt: Type.Optional(Instant),
});
export type ConsolePayIn = Static<typeof ConsolePayIn>;
export const ConsolePayInPage = Page(ConsolePayIn);

const Request = Type.Object({
  outNo: Type.String(),
  status: Type.String(),
  asks: Type.Integer(),
  startedAt: Instant,
  knownAt: Type.Optional(Instant),
});

export const ConsoleRefund = Type.Object({
  id: Id,
  payInId: Id,
  subject: Type.String(),
  reason: Type.String(),
  source: Type.String(),
  amountFen: FenText,
  state: Type.String(),
  failure: Type.Optional(Type.String()),
  createdAt: Instant,
  doneAt: Type.Optional(Instant),
});
export type ConsoleRefund = Static<typeof ConsoleRefund>;
export const ConsoleRefundPage = Page(ConsoleRefund);
export const ConsoleRefundDetail = Type.Object({
  refund: ConsoleRefund,
  allowed: Type.Array(Type.String()),
  requests: Type.Array(Request),
});

export const ConsoleSplit = Type.Object({
  id: Id,
  payInId: Id,
  key: Type.String(),
  part: Type.Integer(),
  mode: oneOf(['sync', 'async']),
  amountFen: FenText,
  state: Type.String(),
  failure: Type.Optional(Type.String()),
  createdAt: Instant,
  doneAt: Type.Optional(Instant),
});
export type ConsoleSplit = Static<typeof ConsoleSplit>;
export const ConsoleSplitPage = Page(ConsoleSplit);
export const ConsoleSplitDetail = Type.Object({
  split: ConsoleSplit,
  allowed: Type.Array(Type.String()),
  shares: Type.Array(
    Type.Object({
      receiver: Type.String(),
      role: oneOf(['payee', 'platform', 'tax', 'insurer']),
      amountFen: FenText,
      doneUnder: Type.Optional(Type.String()),
    }),
  ),
  requests: Type.Array(Request),
});

export const ConsolePayInDetail = Type.Object({
  payIn: ConsolePayIn,
  receipts: Type.Array(
    Type.Object({
      tradeNo: Type.String(),
      amountFen: FenText,
      fate: oneOf(['taken', 'late', 'twice', 'other_amount']),
      bankAt: Instant,
    }),
  ),
  refunds: Type.Array(ConsoleRefund),
  splits: Type.Array(ConsoleSplit),
  timeline: Type.Array(
    Type.Object({ at: Instant, transition: Type.String(), by: Type.String(), to: Type.String() }),
  ),
});
export const StateQuery = Type.Object({
  ...PageQuery,
  state: Type.Optional(Type.String({ maxLength: 40 })),
});
