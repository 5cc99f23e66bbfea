/** What goes in and out over HTTP about recyclers. */
import { type Static, Type } from 'typebox';
import { AmountText, Body, Day, FenText, Id, Instant } from '#platform/schema';
import { Phone } from '../schema.ts';

export const Tier = Type.Enum(['tiny', 'standard']);
export const TeamRole = Type.Enum(['owner', 'buyer', 'viewer']);
export const RecyclerStateName = Type.Enum([
  'applied',
  'kyb_verified',
  'deposit_paid',
  'probation',
  'active',
  'restricted',
  'suspended',
  'exiting',
  'closed',
]);
const Said = Type.Object({ zh: Type.String(), en: Type.String() });
export const Picture = Type.Unsafe<Buffer>({ type: 'string', format: 'binary' });

const licence = {
  creditCode: Type.String({
    minLength: 18,
    maxLength: 40,
    description: 'Unified social credit code; blanks, hyphens and full-width signs are understood',
  }),
  legalName: Type.String({ minLength: 2, maxLength: 120 }),
  legalPerson: Type.String({
    minLength: 1,
    maxLength: 60,
    description: 'Legal person, or owner of a shop',
  }),
};
export const ApplyBody = Body({ tier: Tier, ...licence });
export const LicenceBody = Body(licence);
export const TierBody = Body({ tier: Tier });
/** Left out: no more alerts. */
export const AlertBody = Body({ belowFen: Type.Optional(AmountText) });
export const ById = Body({ id: Id });

const CheckItem = Type.Object({
  code: Type.Enum(['real_name', 'licence', 'licence_photo', 'payout_account', 'deposit']),
  state: Type.Enum(['done', 'waiting', 'missing']),
  why: Type.Optional(Type.String()),
  whySaid: Type.Optional(Said),
  missingFen: Type.Optional(FenText),
});

const summary = {
  id: Id,
  name: Type.String(),
  creditCode: Type.String(),
  tier: Tier,
  state: RecyclerStateName,
  stateSaid: Said,
  /** Most that open bids and orders may be at once. */
  capFen: FenText,
  settledFen: FenText,
  settledCount: Type.Integer(),
  createdAt: Instant,
};
export const RecyclerSummary = Type.Object({ ...summary, role: TeamRole });
export const RecyclerList = Type.Object({
  items: Type.Array(RecyclerSummary),
  /** What each tier asks for, and the cap it begins with. */
  tiers: Type.Array(Type.Object({ tier: Tier, depositFen: FenText, capFen: FenText })),
});

const detail = {
  ...summary,
  legalPersonMasked: Type.String(),
  operatorIsLegal: Type.Boolean(),
  address: Type.Optional(Type.String()),
  licenceUntil: Type.Optional(Day),
  verifiedAt: Type.Optional(Instant),
  verifiedUntil: Type.Optional(Instant),
  openedAt: Type.Optional(Instant),
  /** The day on which the deposit goes back. */
  refundOn: Type.Optional(Day),
  reason: Type.Optional(Type.String()),
  reasonSaid: Type.Optional(Said),
  checklist: Type.Array(CheckItem),
  checklistDone: Type.Boolean(),
  depositFen: FenText,
  depositNeededFen: FenText,
  walletFen: FenText,
  heldFen: FenText,
  nextCap: Type.Optional(Type.Object({ fromFen: FenText, capFen: FenText })),
  graduation: Type.Object({ count: Type.Integer(), fen: FenText }),
  hasPhoto: Type.Boolean(),
  alertBelowFen: Type.Optional(FenText),
  /** When the clock moves it on by itself, and how. */
  dueAt: Type.Optional(Instant),
  dueTransition: Type.Optional(Type.String()),
};
export const RecyclerView = Type.Object({ ...detail, role: TeamRole });
export type RecyclerView = Static<typeof RecyclerView>;

const Bps = Type.Integer({ minimum: 0, maximum: 10_000 });
/** How a recycler keeps its word, over half a year: for itself and for staff. */
export const ScorecardView = Type.Object({
  score: Type.Integer({ minimum: 0, maximum: 100 }),
  rank: Type.Integer({
    minimum: 0,
    maximum: 2,
    description: 'Of equal bids the lower one buys first',
  }),
  honestyBps: Bps,
  speedBps: Bps,
  defaultBps: Bps,
  lossBps: Bps,
  settled: Type.Integer(),
  settledFen: FenText,
  reports: Type.Integer(),
  trueReports: Type.Integer(),
  falseReports: Type.Integer(),
  disputesLost: Type.Integer(),
  defaults: Type.Integer(),
  reportMinutes: Type.Optional(Type.Number({ description: 'Half of the reports came within' })),
  windowDays: Type.Integer(),
  limits: Type.Object({
    falseReports: Type.Object({ least: Type.Integer(), honestyBps: Bps }),
    defaults: Type.Object({ least: Type.Integer(), defaultBps: Bps }),
    disputesLost: Type.Object({ least: Type.Integer(), lossBps: Bps }),
  }),
});
/** What everybody may see of it (E-Commerce Law art. 39: a published rule, the same for all): no money, no single case. */
const PublicScore = Type.Object({
  score: Type.Integer({ minimum: 0, maximum: 100 }),
  settled: Type.Integer(),
  windowDays: Type.Integer(),
});

/** E-Commerce Law art. 15: what a business must show of its licence to everybody. */
export const LicenceView = Type.Object({
  id: Id,
  name: Type.String(),
  creditCode: Type.String(),
  legalPerson: Type.String(),
  address: Type.Optional(Type.String()),
  validUntil: Type.Optional(Day),
  verifiedAt: Instant,
  stateSaid: Said,
  scorecard: Type.Optional(PublicScore),
});

// people and programs

export const InviteBody = Body({ phone: Phone, role: TeamRole });
export const RoleBody = Body({ role: TeamRole });
export const OnInvite = Body({ id: Id, inviteId: Id });
export const OnMember = Body({ id: Id, memberId: Id });
export const OnKey = Body({ id: Id, keyId: Id });
export const TeamView = Type.Object({
  members: Type.Array(
    Type.Object({
      userId: Id,
      isMe: Type.Boolean(),
      phoneMasked: Type.String(),
      role: TeamRole,
      since: Instant,
    }),
  ),
  invites: Type.Array(
    Type.Object({ id: Id, phoneMasked: Type.String(), role: TeamRole, expiresAt: Instant }),
  ),
});
export const MyInvites = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Id,
      recyclerId: Id,
      shop: Type.String(),
      role: TeamRole,
      expiresAt: Instant,
    }),
  ),
});
export const Joined = Type.Object({ recyclerId: Id });

const Scope = Type.Enum(['read', 'bid', 'report', 'top_up', 'webhooks']);
export const KeyBody = Body({
  name: Type.String({ minLength: 1, maxLength: 60 }),
  scopes: Type.Array(Scope, { minItems: 1, maxItems: 5, uniqueItems: true }),
  networks: Type.Array(Type.String({ minLength: 2, maxLength: 50 }), {
    maxItems: 20,
    description: 'Addresses or networks it may be used from; empty: from anywhere',
  }),
  days: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 730, description: 'Good for so long; else until revoked' }),
  ),
});
const KeyView = Type.Object({
  id: Id,
  name: Type.String(),
  tail: Type.String(),
  scopes: Type.Array(Scope),
  networks: Type.Array(Type.String()),
  madeAt: Instant,
  usedAt: Type.Optional(Instant),
  expiresAt: Type.Optional(Instant),
  revokedAt: Type.Optional(Instant),
});
export const KeyList = Type.Object({ items: Type.Array(KeyView) });
export const NewKey = Type.Object({
  key: Type.String({ description: 'Shown this once' }),
  items: Type.Array(KeyView),
});

// for staff

export const ConsoleRecycler = Type.Object({
  ...detail,
  members: Type.Integer(),
  owners: Type.Array(Type.Object({ userId: Id, phoneMasked: Type.String() })),
  history: Type.Array(
    Type.Object({
      at: Instant,
      transition: Type.String(),
      by: Type.String(),
      to: Type.String(),
      toSaid: Said,
      actor: Type.Optional(Type.String()),
    }),
  ),
});
export const ConsoleRecyclerRow = Type.Object({
  ...summary,
  reason: Type.Optional(Type.String()),
  reasonSaid: Type.Optional(Said),
});
export const ReasonBody = Body({
  reason: Type.Enum(['complaints', 'default', 'false_reports', 'risk', 'authority']),
});
