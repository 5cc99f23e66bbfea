/** What risk is given by the one file that knows everybody. */
import type { Clock, Db, Keys, Log, Reader } from '#platform';
import type { Flow } from './domain.ts';
import type { TradedCard } from './exposure-domain.ts';

/** The payment institution's desk for reports; a call throws `WorldError`. */
export interface ReportDesk {
  submitReport(report: ReportPaper): Promise<ReportReceipt>;
  /** Undefined: it has never heard of this number. */
  queryReport(outNo: string): Promise<ReportReceipt | undefined>;
}
export interface ReportPaper {
  readonly outNo: string;
  readonly kind: 'large' | 'suspicious';
  readonly text: string;
}
export interface ReportReceipt {
  readonly receiptNo: string;
  /** Of the text that arrived, as hex. */
  readonly sha256: string;
}

export interface RiskDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly log: Log;
  readonly desk: ReportDesk;
  /** Lines of the custody account, with who stands behind each. */
  readonly flows: (reader: Reader, span: { from: Date; to: Date }) => Promise<Flow[]>;
  /** The settled sales of these cards, and not those that were undone. */
  readonly tradedCards: (reader: Reader, cardIds: readonly string[]) => Promise<TradedCard[]>;
  /** When the first money moved; undefined before. */
  readonly firstFlow: (reader: Reader) => Promise<Date | undefined>;
}
