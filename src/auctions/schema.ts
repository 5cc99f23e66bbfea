/** What the outside sees of bids and books; whatever is not named here does not leave. */
import { type Static, Type } from 'typebox';
import { AmountText, Body, FenText, Id, Instant, Page } from '#platform/schema';
import { auctionProcess } from './auction-life.ts';

export const Sku = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });
const FaceFen = Type.String({ pattern: '^[1-9][0-9]{0,11}$', description: 'Fen, above zero' });
export const GRADES = ['V0', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] as const;
const Days = Type.Integer({ minimum: 0, maximum: 3_650 });

const StepShape = {
  rateBps: Type.Integer({ minimum: 1, maximum: 10_000, description: 'Share of the face' }),
  quantity: Type.Integer({ minimum: 1, maximum: 100_000, description: 'Cards a day' }),
};
const terms = {
  sku: Sku,
  faceMinFen: FaceFen,
  faceMaxFen: FaceFen,
  daysLeftMin: Type.Optional(Days),
  daysLeftMax: Type.Optional(Days),
  gradeMin: Type.Enum([...GRADES]),
  weekdays: Type.Array(Type.Integer({ minimum: 0, maximum: 6 }), {
    minItems: 1,
    maxItems: 7,
    uniqueItems: true,
    description: '0 Monday … 6 Sunday, in China',
  }),
  fromHour: Type.Integer({ minimum: 0, maximum: 23 }),
  toHour: Type.Integer({ minimum: 1, maximum: 24 }),
  dailyBudgetFen: AmountText,
};

export const TermsBody = Body({
  ...terms,
  curve: Type.Array(Body(StepShape), { minItems: 1, maxItems: 20 }),
  replaces: Type.Optional(Id),
});
export type TermsBody = Static<typeof TermsBody>;

export const BidView = Type.Object({
  id: Id,
  active: Type.Boolean(),
  ...terms,
  curve: Type.Array(Type.Object(StepShape)),
  createdAt: Instant,
  stoppedAt: Type.Optional(Instant),
  today: Type.Object({ cards: Type.Integer(), spentFen: FenText }),
});
export const BidList = Type.Object({
  items: Type.Array(BidView),
  walletFen: FenText,
  heldFen: FenText,
});

export const BookView = Type.Object({
  sku: Type.String(),
  at: Instant,
  levels: Type.Array(
    Type.Object({
      rateBps: Type.Integer(),
      quantity: Type.Integer({ description: 'Cards this level still takes today' }),
      bids: Type.Integer(),
    }),
    { description: 'The best first. Only what can be paid for at this moment' },
  ),
});

export const HindsightView = Type.Object({
  sales: Type.Integer({ description: 'Sales of the week that the bid would have wanted' }),
  won: Type.Integer(),
  paidFen: FenText,
  faceFen: FenText,
  outbid: Type.Integer({ description: 'Went for as much or more' }),
  usedUp: Type.Integer({ description: "The day's curve or budget was used up" }),
  suggested: Type.Optional(
    Type.Object(
      { halfBps: Type.Integer(), mostBps: Type.Integer() },
      { description: 'Shares of the face above half, and above nine in ten, of what was paid' },
    ),
  ),
});

export const FlagView = Type.Object({
  id: Id,
  kind: Type.String(),
  sku: Type.String(),
  recyclers: Type.Array(Type.String()),
  raisedAt: Instant,
  reviewedAt: Type.Optional(Instant),
});

export const AUCTION_KINDS = ['first_price', 'second_price', 'english', 'dutch', 'batch'] as const;
const Digits64 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Times = {
  opensAt: Type.String({ format: 'date-time' }),
  closesAt: Type.String({ format: 'date-time' }),
};

export const PutUpBody = Body({
  kind: Type.Enum([...AUCTION_KINDS]),
  sku: Sku,
  faceFen: FaceFen,
  expiresOn: Type.Optional(Type.String({ format: 'date', pattern: '^20[0-9]{2}-' })),
  number: Type.String({ minLength: 1, maxLength: 120 }),
  pin: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  reserveFen: FaceFen,
  ...Times,
  dutch: Type.Optional(
    Body({
      startFen: FaceFen,
      stepFen: FaceFen,
      everyMs: Type.Integer({ minimum: 1_000, maximum: 86_400_000 }),
    }),
  ),
});

export const AuctionView = Type.Object({
  id: Id,
  kind: Type.Enum([...AUCTION_KINDS]),
  state: Type.Enum(auctionProcess.names.states),
  stateZh: Type.String(),
  stateEn: Type.String(),
  sku: Type.String(),
  productName: Type.Object({ zh: Type.String(), en: Type.String() }),
  faceFen: FenText,
  expiresOn: Type.Optional(Type.String()),
  grade: Type.Optional(Type.String()),
  reserveFen: FenText,
  bondFen: FenText,
  opensAt: Instant,
  closesAt: Instant,
  endsAt: Instant,
  extensions: Type.Integer(),
  dueAt: Type.Optional(Instant),
  now: Instant,
  bids: Type.Integer(),
  bidders: Type.Integer(),
  priceFen: Type.Optional(
    Type.String({
      description: 'What the leader would pay, or what the yes costs now, or the result',
    }),
  ),
  nextFen: Type.Optional(Type.String({ description: 'The least that the next bid must be' })),
  dutch: Type.Optional(
    Type.Object({
      startFen: FenText,
      stepFen: FenText,
      everyMs: Type.Integer(),
      functionHash: Digits64,
    }),
  ),
  log: Type.Array(
    Type.Object({
      no: Type.Integer(),
      at: Instant,
      bidder: Type.String({ description: 'The same letter for the same bidder, in this auction' }),
      commitment: Type.Optional(Digits64),
      priceFen: Type.Optional(FenText),
    }),
    { description: 'The latest bids, the newest first' },
  ),
  mine: Type.Boolean({ description: 'The caller sells this card' }),
  seller: Type.Optional(
    Type.Object(
      {
        netFen: Type.Optional(Type.String({ description: 'Paid of the price, after fees' })),
        forfeitedFen: Type.String({ description: 'Bonds of bidders who did not open or pay' }),
        offer: Type.Optional(Type.Object({ priceFen: FenText, netFen: FenText })),
        houseBought: Type.Boolean(),
      },
      { description: 'Only for who sells the card; the offer is the price of the platform itself' },
    ),
  ),
});
export const AuctionPage = Page(AuctionView);

export const AuctionQuery = { sku: Type.Optional(Sku) };

export const CommitBody = Body({ commitment: Digits64 });
export const RevealBody = Body({ priceFen: AmountText, salt: Digits64 });
export const MaxBody = Body({ maxFen: AmountText });
export const YesBody = Body({ maxFen: AmountText, functionHash: Digits64 });
export const Standing = Type.Object({
  auction: AuctionView,
  leads: Type.Optional(Type.Boolean()),
  maxFen: Type.Optional(FenText),
  committed: Type.Boolean(),
  revealed: Type.Boolean(),
  won: Type.Boolean(),
  bond: Type.Optional(Type.String()),
  orderId: Type.Optional(Id),
  letter: Type.Optional(Type.String({ description: 'This recycler in the log' })),
  defaulted: Type.Boolean({ description: 'Won and did not pay in time' }),
  mayReveal: Type.Boolean({ description: 'The card is paid for and nobody has seen the secret' }),
});
export const StandingPage = Page(Standing);

export const RoundView = Type.Object({
  id: Id,
  sku: Type.String(),
  faceFen: FenText,
  expiresOn: Type.Optional(Type.String()),
  at: Instant,
  priceFen: Type.Optional(FenText),
  volume: Type.Integer({ description: 'Cards sold' }),
});
export const RoundPage = Page(RoundView);
export const ReplayView = Type.Object({
  items: Type.Array(
    Type.Object({
      entryId: Type.String(),
      seq: Type.Optional(Type.Integer()),
      inputHash: Type.String(),
      input: Type.Unknown(),
      outcome: Type.Unknown(),
      inputKept: Type.Boolean(),
      same: Type.Boolean(),
    }),
  ),
});
