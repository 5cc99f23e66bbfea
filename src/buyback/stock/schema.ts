/** What a recycler's stock looks like from outside: no number of a card, and nothing of who sold it. */
import { Type } from 'typebox';
import { AmountText, Body, Day, FenText, Id, Instant } from '#platform/schema';

const Words = Type.Object({ zh: Type.String(), en: Type.String() });
const Count = Type.Integer({ minimum: 0 });

export const StockCard = Type.Object({
  orderId: Id,
  sku: Type.String(),
  productName: Words,
  faceFen: FenText,
  costFen: FenText,
  boughtAt: Instant,
  ageDays: Count,
  expiresOn: Type.Optional(Day),
  cardLast4: Type.String(),
  place: Type.Enum(['vault', 'listed', 'sold', 'opened']),
  leftAt: Type.Optional(Instant),
  proceedsFen: Type.Optional(FenText),
  listing: Type.Optional(Type.Object({ id: Id, state: Type.String(), priceFen: FenText })),
  maySell: Type.Boolean(),
  mayTakeOff: Type.Boolean(),
});
export const StockPage = Type.Object({ items: Type.Array(StockCard), next: Type.Optional(Id) });
export const PriceAdvice = Type.Object({
  priceFen: FenText,
  netFen: FenText,
  fromSales: Type.Integer({ description: 'Sales it is the middle of; 0: cost and three per cent' }),
});
export const SellOnBody = Body({ priceFen: AmountText });

const Turnover = Type.Object({
  days: Count,
  costOfSalesFen: FenText,
  averageStockFen: FenText,
  times: Type.Optional(Type.Number({ description: 'Times a year' })),
  goal: Type.Integer(),
});
const Margin = Type.Object({
  cards: Count,
  proceedsFen: FenText,
  costFen: FenText,
  marginFen: Type.String({ pattern: '^-?[0-9]{1,18}$' }),
  marginBps: Type.Optional(Type.Integer()),
});
export const StockFigures = Type.Object({
  at: Instant,
  ages: Type.Array(Type.Integer(), { description: 'First day of each age' }),
  stock: Type.Array(
    Type.Object({
      sku: Type.String(),
      productName: Words,
      cards: Count,
      faceFen: FenText,
      costFen: FenText,
      ages: Type.Array(Type.Object({ cards: Count, costFen: FenText })),
    }),
  ),
  turnover: Turnover,
  margin: Margin,
  days: Type.Array(Type.Object({ day: Day, stockFen: FenText, leftFen: FenText })),
  expiring: Type.Array(
    Type.Object({
      orderId: Id,
      sku: Type.String(),
      productName: Words,
      costFen: FenText,
      expiresOn: Day,
      daysLeft: Type.Integer(),
    }),
  ),
  prices: Type.Array(
    Type.Object({
      sku: Type.String(),
      productName: Words,
      sales: Count,
      own: Count,
      won: Type.Array(Type.Object({ rateBps: Count, wonBps: Count })),
      suggestedBps: Type.Optional(Type.Integer()),
      cappedByResale: Type.Optional(Type.Boolean()),
      resaleNetBps: Type.Optional(Type.Integer()),
    }),
  ),
});
