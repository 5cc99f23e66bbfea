/** The unified social credit code that names a company, shop or charity in China (GB 32100-2015). */

const SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const LENGTH = 18;

/** The check character of the first 17: weights are powers of 3 modulo 31. Undefined when a sign is none of the 31. */
export function creditCodeCheck(first17: string): string | undefined {
  const values = [...first17].map((sign) => SIGNS.indexOf(sign));
  if (values.length !== LENGTH - 1 || values.includes(-1)) return undefined;
  let weight = 1;
  let total = 0;
  for (const value of values) {
    total += value * weight;
    weight = (weight * 3) % SIGNS.length;
  }
  return SIGNS[(SIGNS.length - (total % SIGNS.length)) % SIGNS.length];
}

/** The code in capitals without blanks, its check character right; else undefined. */
export function parseCreditCode(typed: string): string | undefined {
  const code = typed
    .normalize('NFKC')
    .replace(/[\s-]+/gu, '')
    .toUpperCase();
  const check = creditCodeCheck(code.slice(0, LENGTH - 1));
  return check !== undefined && code.slice(LENGTH - 1) === check ? code : undefined;
}
