/** Reads phone and id numbers however people type them, to catch a slip before it is sent. Pure. */

export const MOBILE = /^1[3-9]\d{9}$/;

/** Digits of a mainland number however it was typed: full-width, +86, spaces, hyphens. */
export const plainPhone = (typed: string): string =>
  typed
    .normalize('NFKC')
    .replace(/[\s\-()]/g, '')
    .replace(/^(\+|00)?86(?=1)/, '');

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = '10X98765432';

/** Catches a mistyped number before it is sent (GB 11643: weighted sum modulo 11). */
export function idLooksRight(typed: string): boolean {
  const plain = typed.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase();
  if (!/^\d{17}[\dX]$/.test(plain)) return false;
  const sum = WEIGHTS.reduce((all, weight, at) => all + weight * Number(plain[at]), 0);
  return CHECK_DIGITS[sum % 11] === plain[17];
}
