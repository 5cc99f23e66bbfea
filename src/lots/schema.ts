/** What goes in and out over HTTP about lots; safe in a browser, like all it imports. */
import { type Static, Type } from 'typebox';
import { AmountText, Body, Day, FenText, Id, Instant, Page } from '#platform/schema';

const Said = Type.Object({ zh: Type.String(), en: Type.String() });
const Part = Type.Integer({ minimum: 1, maximum: 40 });
const RowNo = Type.Integer({ minimum: 1, maximum: 1_048_576 });

export const LotStateName = Type.Enum([
  'draft',
  'validating',
  'papers',
  'kyb_pending',
  'checking',
  'sampling',
  'ready',
  'open',
  'choosing',
  'awarded',
  'closed',
  'withdrawn',
  'terminated',
]);
export const ByCompany = Body({ id: Id });
export const OnLotParams = Body({ id: Id, lotId: Id });
export const OnPiece = Body({
  id: Id,
  lotId: Id,
  piece: Type.String({ pattern: '^[0-9]{1,18}$' }),
});
export const OnPaper = Body({ id: Id, lotId: Id, paperId: Id });
export const OnDealParams = Body({ id: Id, dealId: Id });
export const OnTrancheParams = Body({
  ...{ id: Id, dealId: Id },
  tranche: Type.String({ pattern: '^[0-9]{1,18}$' }),
});
export const ConsoleLotParams = Body({ lotId: Id });
export const ConsolePaper = Body({ lotId: Id, paperId: Id });
export const ConsoleTranche = Body({
  ...{ lotId: Id, dealId: Id },
  tranche: Type.String({ pattern: '^[0-9]{1,18}$' }),
});

export const PlanName = Type.Enum(['zero', 'sprt']);
export const CreateBody = Body({
  title: Type.String({ minLength: 1, maxLength: 80 }),
  declaredRows: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    description: 'How many cards the file holds; a file that holds others is not taken',
  }),
  plan: PlanName,
});
export const CompleteBody = Body({ bytes: Type.Integer({ minimum: 1, maximum: 16_777_216 }) });
export const PaperQuery = Body({ kind: Type.Enum(['authorisation', 'purchase']) });
export const FormatQuery = Body({ format: Type.Optional(Type.Enum(['csv', 'xlsx'])) });
export const OpenBody = Body({
  kind: Type.Enum(['rfq', 'auction']),
  split: Type.Enum(['whole', 'product']),
  tranches: Type.Integer({ minimum: 1, maximum: 5 }),
  closesAt: Type.String({ format: 'date-time' }),
  /** Of each part, by its product or `all`; an auction needs one for each, asked quotes have none. */
  reserves: Type.Array(
    Body({
      part: Type.String({ pattern: '^[a-z][a-z0-9-]{2,40}$' }),
      reserveFen: AmountText,
    }),
    { maxItems: 40 },
  ),
});
export const ChooseBody = Body({ parts: Type.Array(Part, { maxItems: 40, uniqueItems: true }) });
export const BidBody = Body({ part: Part, priceFen: AmountText });
export const SignBody = Body({ contractHash: Type.String({ pattern: '^[0-9a-f]{64}$' }) });
export const FailingCode = Type.Enum([
  'BAD_CREDENTIALS',
  'NOT_ACTIVATED',
  'USED_OR_VOID',
  'EXPIRED',
  'FROZEN_BY_ISSUER',
  'FACE_MISMATCH_UNBOUND',
  'RESTRICTED',
]);
export const ReportBody = Body({
  rows: Type.Array(Body({ row: RowNo, failing: FailingCode }), { minItems: 1, maxItems: 5_000 }),
});
export const ReasonBody = Body({
  why: Type.Enum(['paper_unreadable', 'paper_wrong', 'title_unproven', 'sample_failed']),
});
export const SampleBody = Body({
  results: Type.Array(Body({ row: RowNo, ok: Type.Boolean() }), { minItems: 1, maxItems: 1_000 }),
});
/** Without `bad`: as the rule decides, by what the issuer said. */
export const JudgeBody = Body({
  bad: Type.Optional(Type.Array(RowNo, { maxItems: 5_000, uniqueItems: true })),
});

const summary = {
  id: Id,
  title: Type.String(),
  state: LotStateName,
  stateSaid: Said,
  declaredRows: Type.Integer(),
  goodRows: Type.Integer(),
  createdAt: Instant,
  closesAt: Type.Optional(Instant),
};
export const LotSummary = Type.Object(summary);
export const LotPage = Page(LotSummary);

const Group = Type.Object({
  sku: Type.String(),
  productName: Said,
  faceFen: FenText,
  expiresOn: Type.Optional(Day),
  cards: Type.Integer(),
});
const Fault = Type.Object({
  fault: Type.String(),
  said: Said,
  cure: Said,
  rows: Type.Integer(),
  firstRow: Type.Integer(),
});
export const PartView = Type.Object({
  no: Type.Integer(),
  sku: Type.Optional(Type.String()),
  productName: Type.Optional(Said),
  cards: Type.Integer(),
  faceFen: FenText,
  reserveFen: Type.Optional(FenText),
  bids: Type.Integer(),
  /** Once the bids are open. */
  bestFen: Type.Optional(FenText),
  dealId: Type.Optional(Id),
});
const Sample = Type.Object({
  plan: PlanName,
  commitment: Type.String(),
  seed: Type.Optional(Type.String()),
  size: Type.Optional(Type.Integer()),
  looked: Type.Integer(),
  failed: Type.Integer(),
});
const detail = {
  ...summary,
  isMaker: Type.Boolean(),
  progress: Type.Object({
    read: Type.Integer(),
    good: Type.Integer(),
    bad: Type.Integer(),
    checkedGood: Type.Integer(),
    checkedBad: Type.Integer(),
    receivedBytes: Type.Integer(),
  }),
  refused: Type.Optional(
    Type.Object({
      code: Type.String(),
      said: Said,
      remedy: Said,
      row: Type.Optional(Type.Integer()),
    }),
  ),
  reason: Type.Optional(Type.String()),
  reasonSaid: Type.Optional(Said),
  faults: Type.Array(Fault),
  makeUp: Type.Array(Group),
  papers: Type.Array(
    Type.Object({ id: Id, kind: Type.String(), media: Type.String(), at: Instant }),
  ),
  sample: Sample,
  kind: Type.Optional(Type.Enum(['rfq', 'auction'])),
  tranches: Type.Optional(Type.Integer()),
  parts: Type.Array(PartView),
  /** Cards that came back under a new number, to be taken from the vault. */
  reissued: Type.Integer(),
  dueAt: Type.Optional(Instant),
};
export const LotView = Type.Object(detail);
export type LotView = Static<typeof LotView>;

/** What a bidder sees: the make-up and nothing that says whose or which cards they are. */
export const OfferSummary = Type.Object({
  id: Id,
  kind: Type.Enum(['rfq', 'auction']),
  state: LotStateName,
  stateSaid: Said,
  cards: Type.Integer(),
  faceFen: FenText,
  closesAt: Instant,
});
export const OfferPage = Page(OfferSummary);
export const OfferView = Type.Object({
  ...OfferSummary.properties,
  tranches: Type.Integer(),
  sample: Sample,
  parts: Type.Array(
    Type.Object({
      ...PartView.properties,
      makeUp: Type.Array(Group),
      /** One's own. */
      bid: Type.Optional(
        Type.Object({ priceFen: FenText, state: Type.Enum(['held', 'lost', 'won']), at: Instant }),
      ),
    }),
  ),
});
export type OfferView = Static<typeof OfferView>;

export const DealStateName = Type.Enum([
  'contracting',
  'delivering',
  'paused',
  'settled',
  'lapsed',
  'stopped',
]);
export const DealSummary = Type.Object({
  id: Id,
  lotId: Id,
  part: Type.Integer(),
  side: Type.Enum(['seller', 'buyer']),
  other: Type.String(),
  state: DealStateName,
  stateSaid: Said,
  priceFen: FenText,
  createdAt: Instant,
});
export const DealPage = Page(DealSummary);
const DisputedRow = Type.Object({
  row: Type.Integer(),
  sku: Type.String(),
  priceFen: FenText,
  reported: Type.String(),
  reportedSaid: Said,
  probed: Type.Optional(Type.String()),
  probedSaid: Type.Optional(Said),
});
export const TrancheView = Type.Object({
  no: Type.Integer(),
  state: Type.Enum([
    'reserved',
    'delivered',
    'disputed',
    'kept',
    'late_disputed',
    'settled',
    'cancelled',
  ]),
  stateSaid: Said,
  cards: Type.Integer(),
  priceFen: FenText,
  paidFen: FenText,
  feeFen: FenText,
  backFen: FenText,
  failingFen: FenText,
  refundFen: FenText,
  openedByMe: Type.Boolean(),
  opened: Type.Boolean(),
  dueAt: Type.Optional(Instant),
  disputed: Type.Array(DisputedRow),
});
export const DealView = Type.Object({
  ...DealSummary.properties,
  contract: Type.String(),
  contractHash: Type.String(),
  signatures: Type.Array(
    Type.Object({
      side: Type.Enum(['seller', 'buyer']),
      role: Type.Enum(['maker', 'checker']),
      isMe: Type.Boolean(),
      at: Instant,
    }),
  ),
  tranches: Type.Array(TrancheView),
  cards: Type.Integer(),
  dueAt: Type.Optional(Instant),
});
export type DealView = Static<typeof DealView>;

export const ConsoleLotRow = Type.Object({ ...summary, company: Type.String() });
export const ConsoleLotPage = Page(ConsoleLotRow);
export const ConsoleLot = Type.Object({
  ...detail,
  company: Type.String(),
  companyId: Id,
  toLookAt: Type.Array(
    Type.Object({
      row: Type.Integer(),
      sku: Type.String(),
      faceFen: FenText,
      ok: Type.Optional(Type.Boolean()),
    }),
  ),
  deals: Type.Array(Type.Object({ ...DealSummary.properties, tranches: Type.Array(TrancheView) })),
});
export type ConsoleLot = Static<typeof ConsoleLot>;
