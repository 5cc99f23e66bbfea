/** The pure part of giving: the code that names a charity, what the registry must say, and when it must say it again. */
import { addDays, chinaDay, chinaInstant, DAY, plus } from '#platform';

const SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const LENGTH = 18;

/** A unified social credit code (GB 32100-2015) in capitals, its check character right; else undefined. */
export function parseCreditCode(typed: string): string | undefined {
  const code = typed
    .normalize('NFKC')
    .replace(/[\s-]+/gu, '')
    .toUpperCase();
  const values = [...code].map((sign) => SIGNS.indexOf(sign));
  if (values.length !== LENGTH || values.includes(-1)) return undefined;
  let weight = 1;
  let total = 0;
  for (const value of values.slice(0, -1)) {
    total += value * weight;
    weight = (weight * 3) % SIGNS.length;
  }
  return (SIGNS.length - (total % SIGNS.length)) % SIGNS.length === values[LENGTH - 1]
    ? code
    : undefined;
}

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
