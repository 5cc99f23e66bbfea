/** Between yuan as people type them and fen text as the API takes it. Pure. */
import { parseFen, ZERO } from '../../src/platform/money.ts';

/** Reads what a person typed as yuan (full-width digits, commas and ¥ allowed) into fen text. */
export function fenFromYuan(input: string): string | undefined {
  const plain = input
    .normalize('NFKC')
    .replace(/[,\s¥元]/g, '')
    .trim();
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match?.[1]) return undefined;
  return (BigInt(match[1]) * 100n + BigInt((match[2] ?? '').padEnd(2, '0'))).toString();
}

/** The inverse of `fenFromYuan`, without trailing zeros: for the value of an input. */
export function yuanInput(fenText: string): string {
  const amount = parseFen(fenText) ?? ZERO;
  const cents = (amount % 100n).toString().padStart(2, '0');
  return cents === '00' ? `${amount / 100n}` : `${amount / 100n}.${cents}`;
}
