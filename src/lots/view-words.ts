/** Codes as words, whichever table they come from: a row's fault, or what an issuer or a buyer said. */
import { CODES, type Code, RESULTS } from '#cards';
import { ROW_FAULTS, type RowFault } from './file/judge.ts';
import { FAULTS, REASON, type Said, UNKNOWN } from './words.ts';

export function codeSaid(code: string | null): Said | undefined {
  if (code === null) return undefined;
  return CODES.includes(code as Code) ? RESULTS[code as Code].text : UNKNOWN;
}

export function faultWords(fault: string): { said: Said; cure: Said } {
  if (ROW_FAULTS.includes(fault as RowFault)) return FAULTS[fault as RowFault];
  const known = CODES.includes(fault as Code) ? RESULTS[fault as Code] : undefined;
  return { said: known?.text ?? UNKNOWN, cure: known?.remedy ?? UNKNOWN };
}

export const reasonSaid = (reason: string): Said => REASON[reason] ?? UNKNOWN;
