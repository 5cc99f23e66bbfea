/** The pure part of giving: what the registry must say of a charity, and when it must say it again. */
import { addDays, chinaDay, chinaInstant, DAY, plus } from '#platform';

/** What the register of charities says. */
export interface Entry {
  readonly name: string;
  /** Licence for raising money from the public; undefined when there is none. */
  readonly licenceNo: string | undefined;
  readonly validUntil: string | undefined;
}
export type Doubt = 'not_registered' | 'name_differs' | 'licence_differs' | 'licence_expired';

export function doubtOf(
  claimed: { nameZh: string; licenceNo: string },
  entry: Entry | undefined,
  today: string,
): Doubt | undefined {
  if (!entry) return 'not_registered';
  const plain = (text: string): string => text.normalize('NFKC').replace(/\s+/gu, '');
  if (plain(entry.name) !== plain(claimed.nameZh)) return 'name_differs';
  if (!entry.licenceNo || plain(entry.licenceNo) !== plain(claimed.licenceNo))
    return 'licence_differs';
  return !entry.validUntil || entry.validUntil < today ? 'licence_expired' : undefined;
}

/** Asked again every year, and at the end of the licence. */
const RECHECK_DAYS = 365;
export function recheckAt(verifiedAt: Date, validUntil: string): Date {
  const yearly = plus(verifiedAt, RECHECK_DAYS * DAY);
  const ends = chinaInstant(addDays(validUntil, 1));
  return ends < yearly ? ends : yearly;
}

/** Gifts of the months before this one are due to be paid out. */
export const monthOf = (at: Date): string => chinaDay(at).slice(0, 7);

/** Under which a charity's bank account and payouts are kept: it is paid like a person. */
export const payeeOf = (charityId: string): string => `charity.${charityId}`;
export const isCharity = (userId: string): boolean => userId.startsWith('charity.');
