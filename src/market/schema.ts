/** What the outside sees of the market; whatever is not named here does not leave. */
import { Type } from 'typebox';
import { FORMS, Restriction } from '#cards';
import { AmountText, Body, Day, FenText, Id, Instant, Page } from '#platform/schema';
import { listing, marketOrder, offer } from './life.ts';

const Words = Type.Object({ zh: Type.String(), en: Type.String() });
const Deadline = Type.Object({ at: Instant, what: Type.String() });
export const DELIVERIES = ['vault', 'seller', 'mail'] as const;
export const CHANNELS = ['alipay', 'wechat', 'bank'] as const;
const Delivery = Type.Enum(DELIVERIES);
const Channel = Type.Enum(CHANNELS);
const Grade = Type.String({ pattern: '^V[0-6]$' });
const BPS_MAX = 10_000;

const Product = Type.Object({
  sku: Type.String(),
  name: Words,
  category: Type.String(),
  form: Type.Enum(FORMS),
  issuerName: Words,
  brandColour: Type.String(),
});

const listed = {
  id: Id,
  state: Type.Enum(listing.names.states),
  sellerId: Id,
  /** The recycler that sells from its stock: its member put the card up, the shop answers for it. */
  shop: Type.Optional(Type.Object({ id: Id, name: Type.String() })),
  product: Product,
  faceFen: FenText,
  /** What the card is promised to hold. */
  declaredFen: FenText,
  priceFen: FenText,
  delivery: Delivery,
  verification: Type.Optional(
    Type.Object({ grade: Grade, balanceFen: Type.Optional(FenText), at: Type.Optional(Instant) }),
  ),
  expiresOn: Type.Optional(Day),
  restrictions: Type.Array(Restriction),
  title: Type.String(),
  note: Type.String(),
  charity: Type.Optional(Type.Object({ id: Id, shareBps: Type.Integer() })),
  /** The price falls by itself towards the end, never below a floor that only the seller sees. */
  marksDown: Type.Boolean(),
  listedAt: Type.Optional(Instant),
  endsAt: Type.Optional(Instant),
};
export const ListingView = Type.Object(
  { ...listed, isMine: Type.Boolean() },
  { $id: 'Listing', description: 'A card on sale as everybody sees it' },
);
const FeeLine = Type.Object({
  code: Type.Enum(['PRICE', 'COMMISSION', 'CHARITY', 'TAX', 'NET', 'PREMIUM', 'TOTAL']),
  fen: FenText,
  basis: Type.Optional(Type.String()),
});
export const OwnListingView = Type.Object({
  ...listed,
  stateSince: Instant,
  seq: Type.Integer(),
  deadline: Type.Optional(Deadline),
  suspendedReason: Type.Optional(Type.String()),
  markdownFloorFen: Type.Optional(FenText),
  cardLast4: Type.Optional(Type.String()),
  /** What the seller gets at this price under the policy of today. */
  lines: Type.Array(FeeLine),
  orderId: Type.Optional(Id),
  /** The card was re-issued while it was here; its owner may open the new number once. */
  canTakeBack: Type.Boolean(),
  allowed: Type.Array(Type.String()),
  createdAt: Instant,
});
export const OwnListingPage = Page(OwnListingView);

const Title = Type.String({ minLength: 2, maxLength: 40 });
const Note = Type.String({ maxLength: 500 });
/** Said in structure; "none" must be said too. */
const Restrictions = Type.Array(Restriction, { minItems: 1, maxItems: 12 });
const Charity = Type.Object(
  { id: Id, shareBps: Type.Integer({ minimum: 1, maximum: BPS_MAX }) },
  { additionalProperties: false },
);
export const DraftBody = Body({
  sku: Type.String({ minLength: 1, maxLength: 60 }),
  faceFen: AmountText,
  /** What is on it, when it was used in part; the face otherwise. */
  declaredFen: Type.Optional(AmountText),
  priceFen: AmountText,
  delivery: Delivery,
  expiresOn: Type.Optional(Day),
  restrictions: Restrictions,
  title: Title,
  note: Type.Optional(Note),
  markdownFloorFen: Type.Optional(AmountText),
  charity: Type.Optional(Charity),
});
export const EditBody = Body({
  priceFen: Type.Optional(AmountText),
  restrictions: Type.Optional(Restrictions),
  title: Type.Optional(Title),
  note: Type.Optional(Note),
  markdownFloorFen: Type.Optional(Type.Union([AmountText, Type.Null()])),
  charity: Type.Optional(Type.Union([Charity, Type.Null()])),
});
export const CardBody = Body({
  number: Type.String({ minLength: 1, maxLength: 120 }),
  pin: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
});
export const ShipBody = Body({
  carrier: Type.String({ minLength: 2, maxLength: 40 }),
  tracking: Type.String({ pattern: '^[A-Za-z0-9-]{6,40}$' }),
});

export const FeesView = Type.Object({
  version: Type.Integer(),
  commissionBps: Type.Integer(),
  capBps: Type.Integer(),
  taxBps: Type.Integer(),
  guaranteeDays: Type.Integer(),
  longerGuarantees: Type.Array(Type.Object({ days: Type.Integer(), premiumBps: Type.Integer() })),
  waiver: Type.Object({ version: Type.Integer(), zh: Type.String(), en: Type.String() }),
});

const ShipTo = Body({
  name: Type.String({ minLength: 1, maxLength: 40 }),
  phone: Type.String({ pattern: '^1[0-9]{10}$' }),
  address: Type.String({ minLength: 6, maxLength: 120 }),
});
const wanted = {
  listingId: Id,
  /** Nothing is bought above it, whatever the listing says by now. */
  maxPriceFen: AmountText,
  offerId: Type.Optional(Id),
  guaranteeDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
};
export const BuyBody = Body({ ...wanted, channel: Channel, shipTo: Type.Optional(ShipTo) });
export const BasketBody = Body({
  items: Type.Array(Body(wanted), { minItems: 1, maxItems: 20 }),
  fill: Type.Enum(['all', 'partial']),
  channel: Channel,
  shipTo: Type.Optional(ShipTo),
});

const Payment = Type.Object({
  state: Type.String(),
  payBy: Instant,
  amountFen: FenText,
  channel: Channel,
  payUrl: Type.Optional(Type.String()),
});
export const OrderView = Type.Object({
  id: Id,
  basketId: Id,
  listingId: Id,
  role: Type.Enum(['buyer', 'seller']),
  state: Type.Enum(marketOrder.names.states),
  stateSince: Instant,
  seq: Type.Integer(),
  deadline: Type.Optional(Deadline),
  product: Product,
  title: Type.String(),
  restrictions: Type.Array(Restriction),
  expiresOn: Type.Optional(Day),
  faceFen: FenText,
  promisedFen: FenText,
  delivery: Delivery,
  priceFen: FenText,
  totalFen: FenText,
  netFen: FenText,
  /** The seller's lines sum to the net, the buyer's to the total. */
  lines: Type.Array(FeeLine),
  policyVersion: Type.Integer(),
  guarantee: Type.Object({ days: Type.Integer(), until: Type.Optional(Instant) }),
  payment: Type.Optional(Payment),
  waiver: Type.Object({
    version: Type.Integer(),
    zh: Type.String(),
    en: Type.String(),
    at: Type.Optional(Instant),
  }),
  probe: Type.Optional(
    Type.Object({
      code: Type.String(),
      at: Type.Optional(Instant),
      probeId: Type.Optional(Id),
      signature: Type.Optional(Type.String()),
      seen: Type.Optional(Type.String()),
    }),
  ),
  revealedAt: Type.Optional(Instant),
  inspectUntil: Type.Optional(Instant),
  canExtend: Type.Boolean(),
  post: Type.Optional(
    Type.Object({
      carrier: Type.Optional(Type.String()),
      tracking: Type.Optional(Type.String()),
      shipTo: Type.Optional(
        Type.Object({ name: Type.String(), phone: Type.String(), address: Type.String() }),
      ),
    }),
  ),
  refund: Type.Optional(Type.Object({ fen: FenText, reason: Type.String() })),
  payout: Type.Optional(
    Type.Object({
      state: Type.String(),
      promisedOn: Type.String(),
      amountFen: FenText,
      paidAt: Type.Optional(Instant),
      check: Type.Optional(
        Type.Object(
          { until: Instant, proved: Type.Boolean() },
          { description: 'Paid after this, or sooner once the seller proved again who they are' },
        ),
      ),
    }),
  ),
  /** What the other side wrote and this one has not read. */
  unread: Type.Integer(),
  /** The latest claim about it. */
  claimId: Type.Optional(Id),
  steps: Type.Array(Type.Object({ key: Type.String(), at: Type.Optional(Instant) })),
  allowed: Type.Array(Type.String()),
  createdAt: Instant,
});
export const OrderPage = Page(OrderView);
export const BasketView = Type.Object({
  id: Id,
  fill: Type.Enum(['all', 'partial']),
  totalFen: FenText,
  payment: Payment,
  orders: Type.Array(OrderView),
  /** Left out of a partial basket, and why. */
  leftOut: Type.Array(Type.Object({ listingId: Id, code: Type.String() })),
});
export const WaiveBody = Body({ version: Type.Integer({ minimum: 1 }) });
export const DisputeBody = Body({
  /** Canonical verification code. */
  reason: Type.String({ pattern: '^[A-Z][A-Z_]{1,39}$' }),
  statement: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
});
/** The one answer that holds a secret; shown once, stored nowhere. */
export const SecretView = Type.Object({
  number: Type.String(),
  pin: Type.Optional(Type.String()),
  inspectUntil: Type.Optional(Instant),
});

export const OfferView = Type.Object({
  id: Id,
  listingId: Id,
  role: Type.Enum(['buyer', 'seller']),
  state: Type.Enum(offer.names.states),
  stateSince: Instant,
  deadline: Type.Optional(Deadline),
  priceFen: FenText,
  askedFen: FenText,
  productName: Words,
  title: Type.String(),
  allowed: Type.Array(Type.String()),
  createdAt: Instant,
});
export const OfferPage = Page(OfferView);
export const OfferBody = Body({ priceFen: AmountText });

export const ConsoleListing = Type.Object({
  ...listed,
  stateSince: Instant,
  deadline: Type.Optional(Deadline),
  suspendedReason: Type.Optional(Type.String()),
  cardId: Type.Optional(Id),
  cardLast4: Type.Optional(Type.String()),
  allowed: Type.Array(Type.String()),
});
export const ConsoleListingPage = Page(ConsoleListing);
export const ConsoleOrder = Type.Object({
  id: Id,
  basketId: Id,
  listingId: Id,
  state: Type.Enum(marketOrder.names.states),
  stateSince: Instant,
  deadline: Type.Optional(Deadline),
  buyerId: Id,
  sellerId: Id,
  sku: Type.String(),
  productName: Words,
  delivery: Delivery,
  faceFen: FenText,
  promisedFen: FenText,
  priceFen: FenText,
  feeFen: FenText,
  charityFen: FenText,
  taxFen: FenText,
  premiumFen: FenText,
  netFen: FenText,
  totalFen: FenText,
  policyVersion: Type.Integer(),
  cardId: Type.Optional(Id),
  probeCode: Type.Optional(Type.String()),
  refundFen: Type.Optional(FenText),
  refundReason: Type.Optional(Type.String()),
  paidAt: Type.Optional(Instant),
  revealedAt: Type.Optional(Instant),
  confirmedAt: Type.Optional(Instant),
  createdAt: Instant,
});
export const ConsoleOrderPage = Page(ConsoleOrder);
export const TimelineItem = Type.Object({
  at: Instant,
  kind: Type.Enum(['state', 'money', 'record', 'job']),
  title: Type.String(),
  detail: Type.String(),
});
export const ConsoleOrderDetail = Type.Object({
  order: ConsoleOrder,
  timeline: Type.Array(TimelineItem),
  allowed: Type.Array(Type.String()),
});
export const SuspendBody = Body({
  reason: Type.String({ pattern: '^[A-Z][A-Z_]{1,39}$' }),
});
