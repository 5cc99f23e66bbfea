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

/** Catches a mistyped bank card number (16 to 19 digits, Luhn). */
export function accountLooksRight(typed: string): boolean {
  const digits = typed.normalize('NFKC').replace(/[\s-]/g, '');
  return /^\d{16,19}$/.test(digits) && luhnSum(digits) % 10 === 0;
}

function luhnSum(digits: string): number {
  return [...digits].toReversed().reduce((sum, digit, at) => {
    const value = Number(digit) * (at % 2 === 1 ? 2 : 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
}

/** For the demo only: numbers that pass every check and belong to nobody. `roll` gives 0 ≤ n < 1. */
export function madeUpId(roll: () => number): string {
  const two = (from: number, count: number): string =>
    String(from + Math.floor(roll() * count)).padStart(2, '0');
  const sequence = String(Math.floor(roll() * 1000)).padStart(3, '0');
  const body = `110105${two(1960, 40)}${two(1, 12)}${two(1, 28)}${sequence}`;
  const sum = WEIGHTS.reduce((all, weight, at) => all + weight * Number(body[at]), 0);
  return body + CHECK_DIGITS[sum % 11];
}

export function madeUpAccount(roll: () => number): string {
  const body = `622200${Array.from({ length: 12 }, () => Math.floor(roll() * 10)).join('')}`;
  return body + ((10 - (luhnSum(`${body}0`) % 10)) % 10);
}
