/** What goes in and out over HTTP about a recycler's money. */
import { Type } from 'typebox';
import { AmountText, Body, Day, FenText, Id, Instant } from '#platform/schema';
import { BANK_CODES } from '../schema.ts';

export const ById = Body({ id: Id });
const Purse = Type.Enum(['wallet', 'deposit']);

export const CompanyAccountBody = Body({
  bankCode: Type.Enum(BANK_CODES),
  accountNumber: Type.String({ minLength: 12, maxLength: 40 }),
});
export const TopUpBody = Body({ target: Purse, amountFen: AmountText });
export const WithdrawBody = Body({ amountFen: AmountText });

const RecyclerTopUp = Type.Object({
  id: Id,
  target: Purse,
  amountFen: FenText,
  state: Type.Enum(['requested', 'waiting', 'received', 'failed']),
  createdAt: Instant,
  receivedAt: Type.Optional(Instant),
});
const Outgoing = Type.Object({
  payoutId: Id,
  what: Type.Enum(['wallet', 'wallet_refund', 'deposit_refund', 'late']),
  amountFen: FenText,
  state: Type.String(),
  promisedOn: Day,
  paidAt: Type.Optional(Instant),
  failure: Type.Optional(Type.String()),
});
export const WalletView = Type.Object({
  /** Free to be promised or withdrawn. */
  freeFen: FenText,
  heldFen: FenText,
  depositFen: FenText,
  account: Type.Optional(
    Type.Object({
      bankCode: Type.Enum(BANK_CODES),
      numberMasked: Type.String(),
      nameMasked: Type.String(),
    }),
  ),
  holds: Type.Array(
    Type.Object({
      kind: Type.String(),
      subject: Type.String(),
      amountFen: FenText,
      at: Instant,
      expiresAt: Instant,
    }),
  ),
  topUps: Type.Array(RecyclerTopUp),
  payouts: Type.Array(Outgoing),
});

const days = { from: Type.Optional(Day), to: Type.Optional(Day), of: Type.Optional(Purse) };
export const StatementQuery = Body(days);
export const RecyclerStatement = Type.Object({
  of: Purse,
  from: Day,
  to: Day,
  openingFen: FenText,
  closingFen: FenText,
  entries: Type.Array(
    Type.Object({
      at: Instant,
      kind: Type.String(),
      subject: Type.String(),
      amountFen: FenText,
      balanceFen: FenText,
    }),
  ),
});

export const DefaultBody = Body({
  payeeId: Id,
  subject: Type.String({ minLength: 1, maxLength: 64 }),
  amountFen: AmountText,
  words: Type.String({ minLength: 1, maxLength: 300 }),
});
export const OnDefault = Body({ id: Id, defaultId: Id });
const DepositDefault = Type.Object({
  id: Id,
  payeeId: Id,
  subject: Type.String(),
  amountFen: FenText,
  words: Type.String(),
  state: Type.Enum(['proposed', 'paid', 'dropped']),
  proposedBy: Id,
  proposedAt: Instant,
  decidedBy: Type.Optional(Id),
  decidedAt: Type.Optional(Instant),
});
/** A default that rules made good at once: wallet, then deposit, then the reserve. */
const Cover = Type.Object({
  id: Id,
  payeeId: Id,
  subject: Type.String(),
  reason: Type.Enum(['auction_unpaid', 'false_report']),
  owedFen: FenText,
  walletFen: FenText,
  depositFen: FenText,
  reserveFen: FenText,
  openFen: FenText,
  at: Instant,
});
export const DepositDefaults = Type.Object({
  items: Type.Array(DepositDefault),
  covers: Type.Array(Cover),
});
