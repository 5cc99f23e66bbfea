/** Shares of the face as people type and read them: percent with two digits at most, ten thousandths inside. Pure. */

/** `92.5` or `９２．５%` is 9250; undefined when it is no share above nothing and up to the whole. */
export function bpsFromPercent(typed: string): number | undefined {
  const plain = typed.normalize('NFKC').replace(/[\s%]/g, '');
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match?.[1]) return undefined;
  const bps = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return bps > 0 && bps <= 10_000 ? bps : undefined;
}

/** 9250 is `92.5`: for the value of an input. */
export const percentInput = (bps: number): string => String(bps / 100);

/** 9250 is `92.5%`. */
export const percentText = (bps: number): string => `${percentInput(bps)}%`;
