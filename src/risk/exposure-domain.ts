/** How much of one party's trade turned out to be a crime's, and which figures of the law that reaches (R55); pure. */
import { type Fen, fen, ZERO } from '#platform';
import type { PartyKind } from './domain.ts';

export interface TradeParty {
  readonly kind: PartyKind;
  readonly id: string;
}
/** A settled sale of a card. */
export interface TradedCard {
  readonly cardId: string;
  /** Undefined: nobody that the house knows, as where a contract sells for many. */
  readonly seller: TradeParty | undefined;
  /** Undefined: nobody that the house knows, or the house itself. */
  readonly buyer: TradeParty | undefined;
  readonly faceFen: Fen;
  readonly priceFen: Fen;
  readonly netFen: Fen;
}
/** A card that a confirmed notice names, with whoever was harmed, as a keyed digest; once for each of them. */
export interface CrimeCard {
  readonly cardId: string;
  readonly victim: string | undefined;
}
export interface Exposure {
  readonly party: TradeParty;
  readonly cards: number;
  readonly victims: number;
  readonly settledFen: Fen;
  readonly profitFen: Fen;
}
export interface ExposureRule {
  readonly victims: number;
  readonly settledFen: number;
  readonly profitFen: number;
}
export type ExposureReason = 'crime_victims' | 'crime_settled' | 'crime_profit';

/** The figure itself is reached (以上 含本数). */
export function exposureReasons(
  { victims, settledFen, profitFen }: Omit<Exposure, 'party' | 'cards'>,
  from: ExposureRule,
): ExposureReason[] {
  return [
    ...(victims >= from.victims ? (['crime_victims'] as const) : []),
    ...(settledFen >= BigInt(from.settledFen) ? (['crime_settled'] as const) : []),
    ...(profitFen >= BigInt(from.profitFen) ? (['crime_profit'] as const) : []),
  ];
}

interface Side {
  readonly party: TradeParty;
  readonly cardId: string;
  readonly faceFen: Fen;
  readonly priceFen: Fen;
  /** What the party got of it as the seller; undefined: it took the card. */
  readonly netFen: Fen | undefined;
}

/** Each party's trade in these cards, added up. Sales of other cards count for nothing. */
export function exposures(sales: readonly TradedCard[], crimes: readonly CrimeCard[]): Exposure[] {
  const victimsOf = new Map<string, Set<string>>();
  for (const { cardId, victim } of crimes) {
    const victims = victimsOf.get(cardId) ?? new Set();
    if (victim !== undefined) victims.add(victim);
    victimsOf.set(cardId, victims);
  }
  const named = sales.filter(({ cardId }) => victimsOf.has(cardId));
  const sold = new Set(named.map(({ seller, cardId }) => `${seller?.id}/${cardId}`));
  const sides = named.flatMap((sale) => sidesOf(sale, sold));
  return [...Map.groupBy(sides, ({ party }) => party.id).values()].flatMap((own) => {
    const cards = Map.groupBy(own, ({ cardId }) => cardId);
    const victims = new Set([...cards.keys()].flatMap((id) => [...(victimsOf.get(id) ?? [])]));
    const [first] = own;
    if (!first) return [];
    return [
      {
        ...{ party: first.party, cards: cards.size, victims: victims.size },
        settledFen: sum(own.map(({ priceFen }) => priceFen)),
        profitFen: sum([...cards.values()].map(profitOf)),
      },
    ];
  });
}

/** A private buyer who kept the card is harmed by it and helps nobody; one who sold it on traded in it, as a shop does. */
const sidesOf = ({ seller, buyer, netFen, ...sale }: TradedCard, sold: ReadonlySet<string>) => [
  ...(seller ? [{ ...sale, party: seller, netFen }] : []),
  ...(buyer && (buyer.kind === 'entity' || sold.has(`${buyer.id}/${sale.cardId}`))
    ? [{ ...sale, party: buyer, netFen: undefined }]
    : []),
];

/** What was got for the card, or its face while it is kept, less what was paid for it; a loss is no profit. */
function profitOf(own: readonly Side[]): Fen {
  const got = own.flatMap(({ netFen }) => (netFen === undefined ? [] : [netFen]));
  const paid = own.filter(({ netFen }) => netFen === undefined);
  const worth = got.length > 0 ? sum(got) : (paid[0]?.faceFen ?? ZERO);
  const profit = worth - sum(paid.map(({ priceFen }) => priceFen));
  return profit > 0n ? fen(profit) : ZERO;
}

const sum = (amounts: readonly Fen[]): Fen =>
  fen(amounts.reduce<bigint>((all, one) => all + one, 0n));
