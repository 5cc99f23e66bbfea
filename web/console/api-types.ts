/** Names for what the console reads and sends; every shape is the server's own, from the generated client. */
import type { Routes } from '../api.gen.ts';

type Reply<K extends keyof Routes> = Routes[K]['reply'];
type Sent<K extends keyof Routes> = Routes[K]['body'];
type Item<K extends keyof Routes> = Reply<K> extends { items: (infer T)[] } ? T : never;

export type FenString = string;
export interface Page<T> {
  items: T[];
  next?: string;
}
export interface Named {
  zh: string;
  en: string;
}

export type Me = Reply<'GET /v1/me'>;
export type StepUpMethod = Me['stepUpMethods'][number];
export type Session = Item<'GET /v1/me/sessions'>;
export type Passkey = Item<'GET /v1/me/passkeys'>;
export type Staff = Item<'GET /v1/console/staff'>;
export type Role = Sent<'POST /v1/console/staff'>['roles'][number];
export interface Ceremony<Options> {
  ceremonyId: string;
  options: Options;
}

export type Overview = Reply<'GET /v1/console/overview'>;
export type OrderView = Reply<'GET /v1/orders/:id'>;
export type ConsoleOrder = Item<'GET /v1/console/orders'>;
export type ConsoleOrderDetail = Reply<'GET /v1/console/orders/:id'>;
export type TimelineKind = ConsoleOrderDetail['timeline'][number]['kind'];
export type FrozenCard = Item<'GET /v1/console/exchange/frozen'>;
export type TroubledReissue = Item<'GET /v1/console/exchange/reissues'>;
export type MarketListing = Item<'GET /v1/console/market/listings'>;
export type MarketOrderDetail = Reply<'GET /v1/console/market/orders/:id'>;
export type CaseView = Item<'GET /v1/console/cases'>;
export type CaseOutcome = Sent<'POST /v1/console/disputes/:id/decide'>['outcome'];

export type ClaimFile = Reply<'GET /v1/console/claims/:id'>;
export type ClaimDecision = ClaimFile['decisions'][number];
export type ClaimVerdict = Sent<'POST /v1/console/claims/:id/decide'>;

export type WatchRow = Item<'GET /v1/console/watch/cases'>;
export type OwnEntry = Item<'GET /v1/console/watch/own'>;
export type NewOwnEntry = Sent<'POST /v1/console/watch/own'>;
export type WatchFile = Reply<'GET /v1/console/watch/cases/:id'>;

export type NoticeFile = Reply<'GET /v1/console/notices/:id'>;
export type NewNotice = Sent<'POST /v1/console/notices'>;

export type AmlCaseRow = Item<'GET /v1/console/aml/cases'>;
export type AmlCase = Reply<'GET /v1/console/aml/cases/:id'>;
export type AmlReport = Reply<'GET /v1/console/aml/reports/:id'>;

export type PayoutView = Item<'GET /v1/console/payouts'>;
export type PayoutDetail = Reply<'GET /v1/console/payouts/:id'>;
export type PayoutRun = Item<'GET /v1/console/payout-runs'>;
export type TopUp = Reply<'POST /v1/console/treasury/top-ups'>;
export type RefundRow = Item<'GET /v1/console/refunds'>;
export type SplitRow = Item<'GET /v1/console/splits'>;
export type Reserve = Reply<'GET /v1/console/reserve'>;
export type Charities = Reply<'GET /v1/console/charities'>;
export type CharityRow = Charities['charities'][number];
export type NewCharity = Sent<'POST /v1/console/charities'>;
export type Treasury = Reply<'GET /v1/console/treasury'>;
export type Reconciliation = Reply<'GET /v1/console/reconciliation'>;

export type Shop = Reply<'GET /v1/recyclers/:id'>;
export type CheckItem = Shop['checklist'][number];
export type ShopWallet = Reply<'GET /v1/recyclers/:id/wallet'>;
export type TeamRole = Shop['role'];
export type AuctionStanding = Reply<'GET /v1/recyclers/:id/auctions/:auctionId'>;
export type Auction = AuctionStanding['auction'];
export type StandingBid = Item<'GET /v1/recyclers/:id/bids'>;
export type Terms = Omit<Sent<'POST /v1/recyclers/:id/bids'>, 'replaces'>;
export type HindsightView = Reply<'POST /v1/recyclers/:id/bids/try'>;
export type BoughtCard = Item<'GET /v1/recyclers/:id/orders'>;
export type StockCard = Item<'GET /v1/recyclers/:id/stock'>;
export type StockFigures = Reply<'GET /v1/recyclers/:id/stock/figures'>;
export type Scorecard = Reply<'GET /v1/recyclers/:id/scorecard'>;
export type ShopKey = Item<'GET /v1/recyclers/:id/keys'>;
export type WebhookList = Reply<'GET /v1/recyclers/:id/webhooks'>;
export type Webhook = WebhookList['items'][number];
export type WebhookDelivery = Item<'GET /v1/recyclers/:id/webhooks/:webhookId/deliveries'>;
export type RecyclerFile = Reply<'GET /v1/console/recyclers/:id'>;
export type StopReason = Sent<'POST /v1/console/recyclers/:id/restrict'>['reason'];
export type DepositDefault = Item<'GET /v1/console/recyclers/:id/defaults'>;
export type DefaultCover = Reply<'GET /v1/console/recyclers/:id/defaults'>['covers'][number];

export type LedgerAccount = Item<'GET /v1/console/ledger/accounts'>;
export type Statement = Reply<'GET /v1/console/ledger/accounts/:code/statement'>;
export type Transfers = Reply<'GET /v1/console/ledger/transfers'>;
export type LedgerPeriods = Reply<'GET /v1/console/ledger/periods'>;
export type LedgerPeriod = LedgerPeriods['items'][number];
export type DayEnd = Reply<'GET /v1/console/ledger/day-ends/:day'>;
export type TrialBalance = Reply<'GET /v1/console/ledger/trial-balance'>;
export type RecordEntry = Item<'GET /v1/console/record'>;
export type RecordCheck = Reply<'GET /v1/console/record/verify'>;
export type RecordBreak = Extract<RecordCheck, { ok: false }>['reason'];
export type ProcessView = Reply<'GET /v1/console/processes'>[number];
export type TransitionView = ProcessView['transitions'][number];

export type FailedJob = Reply<'GET /v1/console/jobs/failed'>[number];
export type Demo = Reply<'GET /v1/demo'>;
export type Reveal = Item<'GET /v1/console/reveals'>;
export type RevealReason = Sent<'POST /v1/console/reveals'>['reasonCode'];
export type OpenedReveal = Reply<'POST /v1/console/reveals/:id/open'>;

export type PriceTables = Reply<'GET /v1/console/price-tables'>;
export type PriceTableHead = PriceTables['items'][number];
export type PriceTable = Reply<'GET /v1/console/price-tables/:id'>;
export type PriceTableData = PriceTable['data'];
export type CategoryRow = PriceTableData['categories']['dining'];
export type SlotRow = CategoryRow['slots'][number];
export type ExpiryRow = CategoryRow['expiry'][number];
export type BandRow = CategoryRow['denominations'][number];
export type Weekday = SlotRow['days'][number];
export type FeeRow = PriceTableData['fees'][number];
export type Preview = Reply<'POST /v1/console/price-tables/:id/preview'>;
export type PreviewRow = Preview['rows'][number];
export type QuoteDoc = NonNullable<OrderView['quote']>;
export type QuoteLine = QuoteDoc['lines'][number];

export type LotView = Reply<'GET /v1/recyclers/:id/lots/:lotId'>;
export type LotOffer = Reply<'GET /v1/recyclers/:id/lot-offers/:lotId'>;
export type LotDeal = Reply<'GET /v1/recyclers/:id/lot-deals/:dealId'>;
export type LotTranche = LotDeal['tranches'][number];
export type LotFile = Reply<'GET /v1/console/lots/:lotId'>;
export type FailingCode =
  Sent<'POST /v1/recyclers/:id/lot-deals/:dealId/tranches/:tranche/report'>['rows'][number]['failing'];
