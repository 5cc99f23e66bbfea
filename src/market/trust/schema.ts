/** What the outside sees of trust: scores with their reasons, reviews, threads, spot checks. */
import { Type } from 'typebox';
import { Body, FenText, Id, Instant } from '#platform/schema';
import { DEEDS, type DeedKind, TIERS } from './score.ts';

const kinds = Object.keys(DEEDS) as DeedKind[];
const Tier = Type.Enum([...TIERS.map(({ name }) => name), 'restricted']);
const Words = Type.Object({ zh: Type.String(), en: Type.String() });

export const PublicReview = Type.Object({
  stars: Type.Integer(),
  body: Type.String(),
  at: Instant,
});
/** Of another person: what a trade with them needs, and nothing that says who they are. */
export const TraderView = Type.Object({
  score: Type.Integer(),
  tier: Tier,
  realName: Type.Boolean({ description: 'Verified with the real-name provider' }),
  reviews: Type.Array(PublicReview),
});
export const OwnScoreView = Type.Object({
  score: Type.Integer(),
  tier: Tier,
  unlocks: Type.Object({
    liveListingsMax: Type.Integer(),
    priceFenMax: FenText,
    holdBackHours: Type.Integer(),
  }),
  reasons: Type.Array(
    Type.Object({
      kind: Type.Enum(kinds),
      text: Words,
      count: Type.Integer(),
      points: Type.Integer({ description: 'What the score would lack, or regain, without these' }),
    }),
  ),
  next: Type.Optional(Type.Object({ tier: Tier, points: Type.Integer() })),
});

const OrderReview = Type.Object({ stars: Type.Integer(), body: Type.String(), at: Instant });
export const OrderReviewsView = Type.Object({
  mine: Type.Optional(OrderReview),
  /** Only once both wrote, or the time is over. */
  theirs: Type.Optional(OrderReview),
  mayWriteUntil: Type.Optional(Instant),
});
export const ReviewBody = Body({
  stars: Type.Integer({ minimum: 1, maximum: 5 }),
  body: Type.String({ maxLength: 500 }),
});

export const ThreadView = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Id,
      from: Type.Enum(['me', 'other', 'platform']),
      text: Type.Optional(Type.String()),
      code: Type.Optional(
        Type.String({ description: 'A step of the order, told by the platform' }),
      ),
      at: Instant,
    }),
  ),
});
export const MessageBody = Body({ text: Type.String({ minLength: 1, maxLength: 500 }) });
