/** What leaves about a claim, to its two sides and to the desk, and what they may send. */
import { Type } from 'typebox';
import { CODES } from '#cards';
import { AmountText, Body, FenText, Id, Instant, Page } from '#platform/schema';
import { TEMPLATE_NAMES } from './desk.ts';
import { EVENT_KINDS, HOLDERS } from './facts.ts';
import { claimProcess } from './life.ts';
import { CLAIM_OUTCOMES, FAULTS } from './rules.ts';
import { STATEMENT_LENGTH_MAX } from './statement.ts';

export const Picture = Type.Unsafe<Buffer>({ type: 'string', format: 'binary' });

const Words = Type.Object({ zh: Type.String(), en: Type.String() });
const Side = Type.Enum(['claimant', 'respondent']);
const Party = Type.Enum(['buyer', 'seller']);
export const CLAIM_ACTIONS = [
  'agree',
  'contest',
  'offer',
  'accept_offer',
  'withdraw',
  'say',
  'appeal',
] as const;

const ProbeView = Type.Object({
  when: Type.Enum(['listing', 'reveal', 'claim']),
  probeId: Type.String(),
  at: Instant,
  genuine: Type.Boolean({ description: 'Whether the house’s signature verifies' }),
  shows: Type.Enum(['holds', 'used', 'frozen', 'expired', 'bad', 'unusable', 'nothing']),
  balanceFen: Type.Optional(FenText),
  expiresOn: Type.Optional(Type.String()),
});

/** What the system itself put into the file. */
export const EvidenceView = Type.Object({
  version: Type.Integer(),
  digest: Type.String({ description: 'SHA-256 of the frozen facts, as the record has it' }),
  delivery: Type.Enum(['vault', 'seller', 'mail']),
  promisedBalanceFen: FenText,
  promisedExpiresOn: Type.Optional(Type.String()),
  paidAt: Instant,
  revealedAt: Type.Optional(Instant),
  probes: Type.Array(ProbeView),
  events: Type.Array(
    Type.Object({
      at: Instant,
      kind: Type.Enum(EVENT_KINDS),
      amountFen: Type.Optional(FenText),
      causeAt: Type.Optional(Instant),
      by: Type.Optional(Party),
    }),
  ),
  custody: Type.Array(
    Type.Object({ holder: Type.Enum(HOLDERS), from: Instant, to: Type.Optional(Instant) }),
  ),
});

export const DecisionView = Type.Object({
  round: Type.Integer({ description: '2: on appeal' }),
  basis: Type.Enum(['rule', 'silence', 'agreement', 'settlement', 'desk', 'burden_of_proof']),
  outcome: Type.Enum(CLAIM_OUTCOMES),
  refundFen: FenText,
  fault: Type.Enum(FAULTS),
  penaltyFen: Type.Optional(FenText),
  rule: Type.String({ description: 'Name of the rule, or of the desk’s template' }),
  reasons: Words,
  words: Type.Optional(Type.String()),
  at: Instant,
});

const file = {
  id: Id,
  venue: Type.String(),
  subject: Type.String({ description: 'The order' }),
  state: Type.Enum(claimProcess.names.states),
  /** Grows with every step. */
  seq: Type.Integer(),
  claimantRole: Party,
  reason: Type.Enum(CODES),
  atStakeFen: FenText,
  openedAt: Instant,
  deadline: Type.Optional(Type.Object({ at: Instant, what: Type.String() })),
  offer: Type.Optional(Type.Object({ refundFen: FenText, side: Side, at: Instant })),
  appeal: Type.Optional(Type.Object({ side: Side, at: Instant })),
  decisions: Type.Array(DecisionView),
  evidence: EvidenceView,
  statements: Type.Array(Type.Object({ id: Id, side: Side, text: Type.String(), at: Instant })),
  photos: Type.Array(
    Type.Object({
      ...{ id: Id, side: Side, at: Instant },
      ...{ width: Type.Integer(), height: Type.Integer() },
    }),
  ),
  thread: Type.Array(
    Type.Object({
      from: Type.Enum(['buyer', 'seller', 'system']),
      text: Type.String(),
      at: Instant,
    }),
  ),
};

/** For one of its two sides. */
export const ClaimView = Type.Object({
  ...file,
  side: Side,
  allowed: Type.Array(Type.Enum(CLAIM_ACTIONS)),
});
/** For the desk: who they are by id, who has taken it, and every step. */
export const ClaimFile = Type.Object({
  ...file,
  claimantId: Id,
  respondentId: Id,
  assignedTo: Type.Optional(Id),
  firstReviewer: Type.Optional(Id),
  history: Type.Array(
    Type.Object({ transition: Type.String(), by: Type.String(), to: Type.String(), at: Instant }),
  ),
});
export const ClaimRow = Type.Object({
  ...{ id: Id, venue: Type.String(), subject: Type.String(), state: file.state },
  ...{ reason: file.reason, atStakeFen: FenText, openedAt: Instant, deadline: file.deadline },
  ...{ claimantRole: Party, assignedTo: Type.Optional(Id) },
  appealed: Type.Boolean(),
});
export const MyClaimPage = Page(
  Type.Object({
    ...{ id: Id, venue: Type.String(), subject: Type.String(), state: file.state },
    ...{ reason: file.reason, atStakeFen: FenText, openedAt: Instant, deadline: file.deadline },
    side: Side,
  }),
);
export const ClaimRows = Page(ClaimRow);

export const Figures = Type.Object({
  from: Instant,
  to: Instant,
  opened: Type.Integer(),
  decided: Type.Integer(),
  withdrawn: Type.Integer(),
  byRule: Type.Integer(),
  appealed: Type.Integer(),
  overturned: Type.Integer({ description: 'Appeals that ended in another outcome or amount' }),
  hoursMedian: Type.Optional(Type.Number({ description: 'From opening to the first decision' })),
  hoursP95: Type.Optional(Type.Number()),
  orders: Type.Optional(
    Type.Integer({ description: 'Orders of the same time, where a venue counts them' }),
  ),
});

const Text = Type.String({ minLength: 2, maxLength: STATEMENT_LENGTH_MAX });
export const AnswerBody = Body({ answer: Type.Enum(['agree', 'contest']) });
export const TextBody = Body({ text: Text });
export const OfferBody = Body({ refundFen: AmountText });
export const DecideBody = Body({
  outcome: Type.Enum(CLAIM_OUTCOMES),
  refundFen: Type.Optional(AmountText),
  fault: Type.Enum(FAULTS),
  penalty: Type.Boolean(),
  template: Type.Enum(TEMPLATE_NAMES),
  words: Text,
});
