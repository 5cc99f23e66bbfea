/** A report as seller, recycler and staff see it; what the seller wrote is for staff alone. */
import type { Static } from 'typebox';
import type { ReportView } from './schema.ts';
import type { Report } from './store-report.ts';

export const reportView = (report: Report): Static<typeof ReportView> => ({
  reason: report.reason,
  at: report.reportedAt.toISOString(),
  ...(report.finding && { finding: report.finding }),
  ...(report.foundAt && { foundAt: report.foundAt.toISOString() }),
  ...(report.answer && { answer: report.answer }),
  ...(report.answeredAt && { answeredAt: report.answeredAt.toISOString() }),
  ...(report.outcome && { outcome: report.outcome }),
  ...(report.refundFen !== undefined && { refundFen: String(report.refundFen) }),
  ...(report.decidedAt && { decidedAt: report.decidedAt.toISOString() }),
  mayAnswer: !report.decidedAt && !report.answer,
});
