/** What the law says of a card before we promise anything for it. */
import type { Product } from '#cards';
import { chinaDay, type Fen, type Refusal, Refused } from '#platform';
import { checkFace } from '#rules';

/** Why the card may not be bought back at all, or not with this value; undefined: it may. */
export const notAccepted = (product: Product, valueFen: Fen, at: Date): Refusal | undefined =>
  checkFace(product, valueFen, chinaDay(at));

/** The same as a refusal on its way out. */
export function requireAccepted(product: Product, faceFen: Fen, at: Date): void {
  const no = notAccepted(product, faceFen, at);
  if (no) throw new Refused(no);
}
