/** The shapes of price tables and quotes as the console reads and edits them. */
import type { FenString, Named, Page } from './api-types.ts';

export interface QuoteLine {
  code: string;
  fen: FenString;
  basis: { rule: string; bps: number; ofFen: FenString; zh: string; en: string };
  policyVersion: string;
}
export interface QuoteDoc {
  quoteId: string;
  sku: string;
  faceFen: FenString;
  expiresOn: string | null;
  grossFen: FenString;
  lines: QuoteLine[];
  priceFen: FenString;
  feesFen: FenString;
  netFen: FenString;
  rateBps: number;
  floorBps: number;
  belowFloor: boolean;
  model: string;
  inputsHash: string;
  calendarVersion: string;
  issuedAt: string;
  validUntil: string;
  signature: string;
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
export interface SlotRow {
  code: string;
  zh: string;
  en: string;
  days: Weekday[];
  fromHour: number;
  toHour: number;
  adjBps: number;
}
export interface ExpiryRow {
  fromDays: number;
  adjBps: number;
}
export interface BandRow {
  fromFen: FenString;
  adjBps: number;
}
export interface CategoryRow {
  baseBps: number;
  floorBps: number;
  slots: SlotRow[];
  holiday?: { daysBefore: number; adjBps: number };
  expiry: ExpiryRow[];
  denominations: BandRow[];
}
export interface FeeRow {
  code: string;
  zh: string;
  en: string;
  rateBps: number;
  capFen: FenString;
}
export interface PriceTableData {
  schema: 1;
  categories: Record<string, CategoryRow>;
  products: Record<string, { baseBps?: number; floorBps?: number }>;
  fees: FeeRow[];
}
export interface PriceTableHead {
  id: string;
  state: 'draft' | 'submitted' | 'scheduled' | 'in_force' | 'past' | 'withdrawn';
  version?: number;
  title: string;
  note: string;
  author: string;
  approvedBy?: string;
  createdAt: string;
  updatedAt: string;
  submittedAt?: string;
  approvedAt?: string;
  effectiveFrom?: string;
  hash?: string;
  previousHash?: string;
}
export interface PriceTable extends PriceTableHead {
  data: PriceTableData;
  /** Of the content; sent along with an approval, so that one approves what one has read. */
  digest: string;
  problems: (Named & { path: string })[];
}
export interface PreviewRow {
  sku: string;
  name: Named;
  category: string;
  faceFen: FenString;
  oldNetFen: FenString;
  newNetFen: FenString;
  changeFen: FenString;
  changeBps: number;
  belowFloor: boolean;
}
export interface Preview {
  at: string;
  comparedWith: number;
  rows: PreviewRow[];
  count: number;
  raised: number;
  lowered: number;
  minChangeBps: number;
  maxChangeBps: number;
  meanChangeBps: number;
  belowFloorBefore: number;
  belowFloorAfter: number;
  worst: PreviewRow[];
  noticeNeeded: boolean;
  noticeBecause: Named[];
  earliestFrom: string;
}
export type PriceTables = Page<PriceTableHead>;
