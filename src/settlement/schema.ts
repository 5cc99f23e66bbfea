/** What settlement shows and takes: payout accounts, payouts, runs, reconciliation, and its published policy. */
import { type Static, Type } from 'typebox';
import { AmountText, Body, Day, FenText, Id, Instant, Page, PageQuery } from '#platform/schema';

/** Kinds of bank, not names of banks: the custody bank routes by the account number. */
export const BANKS = {
  state: { zh: '国有大型银行', en: 'State-owned bank' },
  joint: { zh: '股份制银行', en: 'Joint-stock bank' },
  city: { zh: '城市商业银行', en: 'City commercial bank' },
  rural: { zh: '农商行与农信社', en: 'Rural bank or credit union' },
  online: { zh: '民营与网络银行', en: 'Online bank' },
  foreign: { zh: '外资银行', en: 'Foreign bank' },
} as const;
export type BankCode = keyof typeof BANKS;
export const BANK_CODES = Object.keys(BANKS) as BankCode[];

/** The published promise (T+1) and what a broken one costs us. Changing a figure is a change of terms. */
export const PAYOUT_POLICY = {
  /** China time; on a working day, what is due before it settles the same day. */
  cutOffHour: 17,
  /** Each calendar day after the promised day … */
  compensationBpsPerDay: 5,
  /** … but at least one yuan a day … */
  compensationMinFenPerDay: 100n,
  /** … for at most so many days. */
  compensationDaysMax: 30,
  /** From this amount on, a second person approves: below the 5000 yuan that the dearest card may hold. */
  checkFromFen: 200_000n,
} as const;

/** The guarantee fund. Below the mark finance is told: it covers twenty of the dearest cards (5 000 yuan each). */
export const RESERVE_POLICY = { lowWaterFen: 10_000_000n } as const;

/** Why a payout came back. `recipient`: the promise starts anew once they mend it; `ours`: it keeps running. */
export const PAYOUT_FAILURES = {
  no_account: {
    fault: 'recipient',
    zh: '还没有收款账户',
    en: 'There is no account to pay to yet',
  },
  account_unknown: {
    fault: 'recipient',
    zh: '银行查无此账户',
    en: 'The bank does not know this account',
  },
  name_differs: {
    fault: 'recipient',
    zh: '户名与账户不一致',
    en: 'The name does not belong to this account',
  },
  account_closed: {
    fault: 'recipient',
    zh: '账户已销户或停用',
    en: 'The account is closed or suspended',
  },
  account_limit: {
    fault: 'recipient',
    zh: '账户超出收款限额',
    en: 'The account may not take this amount',
  },
  short_of_funds: {
    fault: 'ours',
    zh: '应付余额不足，正在核对',
    en: 'The payable balance is short; we are checking',
  },
  bank_refused: {
    fault: 'ours',
    zh: '银行拒绝了这笔付款，正在处理',
    en: 'The bank refused; we are on it',
  },
} as const;
export type PayoutFailure = keyof typeof PAYOUT_FAILURES;

/** Why a refund or a split was not carried out, as the institution says it; any other word is `bank_refused`. */
export const REQUEST_FAILURES = {
  account_abnormal: { zh: '付款人账户异常', en: 'The payer’s account does not take it' },
  receiver_abnormal: { zh: '接收方账户异常', en: 'A receiver’s account does not take it' },
  refund_exceeds: { zh: '超过可退金额', en: 'More than can go back' },
  split_exceeds: { zh: '超过可分金额', en: 'More than is left to split' },
  share_cap: { zh: '超过分账比例上限', en: 'Above the cap of the channel' },
  receivers_max: { zh: '接收方过多', en: 'Too many receivers' },
  requests_max: { zh: '分账次数过多', en: 'Too many splits of one payment' },
  freeze_ended: { zh: '渠道冻结已到期', en: 'The freeze of the channel has ended' },
  bank_refused: { zh: '渠道拒绝，请联系渠道核对', en: 'Refused; ask the institution why' },
} as const;
export type RequestFailure = keyof typeof REQUEST_FAILURES;

const oneOf = <T extends string>(values: readonly T[]) =>
  Type.Unsafe<T>(Type.String({ enum: [...values] }));

export const PutPayoutAccount = Body({
  bankCode: oneOf(BANK_CODES),
  accountNumber: Type.String({ minLength: 1, maxLength: 64 }),
  accountName: Type.String({ minLength: 1, maxLength: 60 }),
});
export const PayoutAccountView = Type.Object({
  bankCode: oneOf(BANK_CODES),
  numberMasked: Type.String(),
  nameMasked: Type.String(),
  since: Instant,
});
export const MaybePayoutAccount = Type.Object({ account: Type.Optional(PayoutAccountView) });

export const PayoutPolicyView = Type.Object({
  cutOffHour: Type.Integer(),
  /** What we would promise for something credited right now. */
  settleOn: Day,
  promisedOn: Day,
  compensationBpsPerDay: Type.Integer(),
  compensationMinFenPerDay: FenText,
  compensationDaysMax: Type.Integer(),
  checkFromFen: FenText,
});

export const PayoutView = Type.Object({
  id: Id,
  subject: Type.String(),
  part: Type.String(),
  state: Type.String(),
  amountFen: FenText,
  settleOn: Day,
  promisedOn: Day,
  paidAt: Type.Optional(Instant),
  failure: Type.Optional(Type.String()),
  compensationFen: Type.Optional(FenText),
  createdAt: Instant,
});
export type PayoutView = Static<typeof PayoutView>;
export const PayoutPage = Page(PayoutView);

export const ConsolePayout = Type.Object({
  ...PayoutView.properties,
  userId: Type.String(),
  runId: Type.Optional(Id),
  accountLast4: Type.Optional(Type.String()),
});
export type ConsolePayout = Static<typeof ConsolePayout>;
export const ConsolePayoutPage = Page(ConsolePayout);
export const ConsolePayoutQuery = Type.Object({
  ...PageQuery,
  state: Type.Optional(Type.String({ maxLength: 40 })),
});
export const ConsolePayoutDetail = Type.Object({
  payout: ConsolePayout,
  allowed: Type.Array(Type.String()),
  attempts: Type.Array(
    Type.Object({
      outNo: Type.String(),
      status: Type.String(),
      asks: Type.Integer(),
      accountLast4: Type.String(),
      startedAt: Instant,
      knownAt: Type.Optional(Instant),
    }),
  ),
  events: Type.Array(
    Type.Object({
      eventId: Type.String(),
      status: Type.String(),
      bankAt: Instant,
      receivedAt: Instant,
      handledAt: Type.Optional(Instant),
    }),
  ),
  timeline: Type.Array(
    Type.Object({ at: Instant, transition: Type.String(), by: Type.String(), to: Type.String() }),
  ),
});

export const PayoutRunView = Type.Object({
  id: Id,
  day: Day,
  maker: Type.String(),
  checker: Type.Optional(Type.String()),
  state: Type.String(),
  count: Type.Integer(),
  totalFen: FenText,
  overCount: Type.Integer(),
  overFen: FenText,
  madeAt: Instant,
  checkedAt: Type.Optional(Instant),
});
export type PayoutRunView = Static<typeof PayoutRunView>;
export const PayoutRunPage = Page(PayoutRunView);

export const ReconciliationQuery = Type.Object({ day: Type.Optional(Day) });
export const ReconciliationView = Type.Object({
  day: Day,
  state: oneOf(['none', 'queued', 'done']),
  doneAt: Type.Optional(Instant),
  matched: Type.Integer(),
  findings: Type.Integer(),
  inFen: FenText,
  outFen: FenText,
  /** Findings first, then what matched; at most 500. */
  items: Type.Array(
    Type.Object({
      /** `ledger`: a transfer of ours that no line of the bank stands behind. */
      kind: oneOf(['transfer', 'return', 'collection', 'pay_in', 'refund', 'split', 'ledger']),
      ref: Type.String(),
      result: oneOf(['matched', 'missing_here', 'missing_there', 'amount_differs']),
      oursFen: Type.Optional(FenText),
      theirsFen: Type.Optional(FenText),
    }),
  ),
});
export type ReconciliationView = Static<typeof ReconciliationView>;

export const AskTopUp = Body({
  recycler: Type.String({ minLength: 1, maxLength: 60, pattern: '^[A-Za-z0-9_-]+$' }),
  amountFen: AmountText,
});
export const TopUpView = Type.Object({
  id: Id,
  recycler: Type.String(),
  amountFen: FenText,
  state: Type.String(),
  createdAt: Instant,
  receivedAt: Type.Optional(Instant),
});
export type TopUpView = Static<typeof TopUpView>;
export const TreasuryView = Type.Object({
  /** What the custody bank holds for everybody. */
  custodyFen: FenText,
  /** Sent to the bank, outcome not known yet. */
  inFlightFen: FenText,
  /** Waiting in payouts not yet sent. */
  waitingFen: FenText,
  compensationFen: FenText,
  /** Owed to the guarantee fund by parties at fault: in the books, not at the bank. */
  claimsFen: FenText,
  topUps: Type.Array(TopUpView),
});

export const FillReserve = Body({ amountFen: AmountText });
export const ReserveView = Type.Object({
  cashFen: FenText,
  /** Owed to the fund by parties at fault. */
  claimsFen: FenText,
  lowWaterFen: FenText,
  isLow: Type.Boolean(),
  topUps: Type.Array(TopUpView),
  claims: Type.Array(
    Type.Object({
      id: Id,
      subject: Type.String(),
      reason: Type.String(),
      userId: Type.String(),
      amountFen: FenText,
      collectedFen: FenText,
      createdAt: Instant,
    }),
  ),
});

export const CallbackAnswer = Type.Object({ received: Type.Boolean() });
