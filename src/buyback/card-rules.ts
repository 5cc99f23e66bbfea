/** What the law says of a card before we promise anything for it. */
import type { Product } from '#cards';
import { chinaDay, type Fen, Refused } from '#platform';
import { checkFace } from '#rules';

/** Refuses what may not be bought back at all, or not with this face value. */
export function requireAccepted(product: Product, faceFen: Fen, at: Date): void {
  const no = checkFace(product, faceFen, chinaDay(at));
  if (no) throw new Refused(no);
}
