/** What is shown and taken of charities and gifts: to anybody, to donors, to finance. */
import { type Static, Type } from 'typebox';
import { Body, Day, FenText, Id, Instant, Page } from '#platform/schema';
import { BANK_CODES, type BankCode } from '../schema.ts';

export const CharityView = Type.Object({
  id: Id,
  nameZh: Type.String(),
  nameEn: Type.String(),
  creditCode: Type.String(),
  licenceNo: Type.String(),
  /** When the public register confirmed all of this, and until when the licence runs. */
  verifiedAt: Instant,
  validUntil: Day,
});
export type CharityView = Static<typeof CharityView>;
export const CharityList = Type.Object({ items: Type.Array(CharityView) });

export const ConsoleCharity = Type.Object({
  id: Id,
  nameZh: Type.String(),
  nameEn: Type.String(),
  creditCode: Type.String(),
  licenceNo: Type.String(),
  state: Type.String(),
  /** Transitions that finance may take now. */
  allowed: Type.Array(Type.String()),
  failure: Type.Optional(Type.String()),
  verifiedAt: Type.Optional(Instant),
  validUntil: Type.Optional(Day),
  proposedBy: Type.String(),
  approvedBy: Type.Optional(Type.String()),
  accountLast4: Type.Optional(Type.String()),
  givenFen: FenText,
  /** Not yet in a batch. */
  waitingFen: FenText,
});
export type ConsoleCharity = Static<typeof ConsoleCharity>;
const ConsoleBatch = Type.Object({
  id: Id,
  batchNo: Type.String(),
  charityId: Id,
  month: Type.String(),
  amountFen: FenText,
  count: Type.Integer(),
  /** Of its payout. */
  state: Type.String(),
  createdAt: Instant,
});
export const ConsoleCharities = Type.Object({
  charities: Type.Array(ConsoleCharity),
  batches: Type.Array(ConsoleBatch),
});

export const ProposeCharity = Body({
  creditCode: Type.String({ minLength: 18, maxLength: 40 }),
  nameZh: Type.String({ minLength: 2, maxLength: 60 }),
  nameEn: Type.String({ minLength: 2, maxLength: 120 }),
  licenceNo: Type.String({ minLength: 4, maxLength: 40 }),
  bankCode: Type.Unsafe<BankCode>(Type.String({ enum: [...BANK_CODES] })),
  accountNumber: Type.String({ minLength: 1, maxLength: 64 }),
});

export const DonationView = Type.Object({
  id: Id,
  subject: Type.String(),
  charity: Type.Object({ nameZh: Type.String(), nameEn: Type.String() }),
  amountFen: FenText,
  givenAt: Instant,
  isPublic: Type.Boolean(),
  batchNo: Type.Optional(Type.String()),
  paidAt: Type.Optional(Instant),
  returnedAt: Type.Optional(Instant),
});
export const DonationPage = Page(DonationView);
export const DonationReceipt = Type.Object({
  ...DonationView.properties,
  charity: Type.Object({
    nameZh: Type.String(),
    nameEn: Type.String(),
    creditCode: Type.String(),
    licenceNo: Type.String(),
  }),
});
export const ListGift = Body({ isPublic: Type.Boolean() });

export const PublicDonation = Type.Object({
  /** The first character and dots. */
  donor: Type.String(),
  charity: Type.Object({ nameZh: Type.String(), nameEn: Type.String() }),
  amountFen: FenText,
  day: Day,
});
export const PublicDonations = Page(PublicDonation);
