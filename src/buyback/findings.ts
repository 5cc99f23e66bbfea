/** What a signed look at the issuer says of a recycler's report: pure, and the only place where a report becomes a lie. */
import type { Code } from '#cards';
import { type Fen, MINUTE } from '#platform';

/** `unclear`: a person decides. */
export type Finding = 'false' | 'confirmed' | 'unclear';

export interface Look {
  /** What the issuer says now, as a canonical code. */
  readonly code: Code;
  readonly balanceFen: bigint | undefined;
  /** What the recycler bought. */
  readonly faceFen: Fen;
  /** When money was last spent from the card, where the issuer says so. */
  readonly lastUseAt: Date | undefined;
  /** When the recycler was shown the secret; undefined: it never was. */
  readonly openedAt: Date | undefined;
}

/** Codes that tell nothing of the card itself. */
const SILENT: ReadonlySet<Code> = new Set([
  'DUPLICATE',
  'IMAGE_UNREADABLE',
  'RECEIPT_REQUIRED',
  'ISSUER_EXTRA_CHECK',
  'NO_OFFER',
  'ISSUER_UNAVAILABLE',
  'OTHER',
]);
/** The clocks of issuers are not ours: so close together, nobody can say what came first. */
export const SKEW_MS = 2 * MINUTE;
/** What only spending explains. */
const SPENT: ReadonlySet<Code> = new Set([
  'USED_OR_VOID',
  'FACE_MISMATCH_BOUND',
  'FACE_MISMATCH_UNBOUND',
]);

/**
 * The card holds all that was bought: the report is false, whatever it said. Money is missing: whoever could spend it
 * then bears it, the recycler from the moment it saw the secret on. Nobody but the seller can spend an unseen card.
 */
export function judgeReport(look: Look): Finding {
  const { code, balanceFen, faceFen, lastUseAt, openedAt } = look;
  if (code === 'OK') return 'false';
  if (SILENT.has(code)) return 'unclear';
  if (!SPENT.has(code)) return openedAt && code !== 'BAD_CREDENTIALS' ? 'unclear' : 'confirmed';
  if (balanceFen !== undefined && balanceFen >= faceFen) return 'false';
  if (!openedAt) return 'confirmed';
  if (!lastUseAt) return 'unclear';
  const after = lastUseAt.getTime() - openedAt.getTime();
  if (Math.abs(after) < SKEW_MS) return 'unclear';
  return after > 0 ? 'false' : 'confirmed';
}
