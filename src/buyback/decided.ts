/** What a decided case means for the report behind it: written down before money moves, and counted for the recycler. */
import type { Case } from '#disputes';
import { noteDeed } from '#parties';
import { type Fen, type Tx, ZERO } from '#platform';
import { recyclerNews } from './news.ts';
import type { Order } from './store.ts';
import { findReport, saveReport } from './store-report.ts';

/** Locks the recycler, so it comes before the money of the order. */
export async function noteDecided(tx: Tx, order: Order, decided: Case, at: Date): Promise<void> {
  const report = await findReport(tx, order.id);
  const { outcome = 'release' } = decided.decision ?? {};
  if (!report || report.decidedAt) return;
  await saveReport(tx, order.id, { outcome, decided_at: at });
  const { recycler: recyclerId, id: subject } = order;
  const isLost = outcome === 'release';
  // A lie was noted when it was found.
  if (report.finding === 'false' && isLost) return;
  const kind = isLost ? 'dispute_lost' : 'report_true';
  await noteDeed(tx, { recyclerId, kind, subject, at, news: recyclerNews });
}

/** What goes back to the recycler. */
export async function noteRefund(tx: Tx, { id }: Order, refund: Fen): Promise<void> {
  if (refund > ZERO && (await findReport(tx, id))) await saveReport(tx, id, { refund_fen: refund });
}
