/** Who deals with whom in the simulated quarter: people by their kinds, and every deal with what becomes of its card. */
import type { Person, TestHouse } from '#test/house.ts';
import type { MadeCard } from '../../simulators/issuer/index.ts';
import type { Chance } from '../../src/demo-people.ts';
import {
  BUYERS,
  type BuyerKind,
  CHANCES,
  DAYS,
  DELIVERIES,
  DISHONEST,
  RING,
  SELLERS,
  type SellerKind,
  WARES,
} from './behaviours.ts';

export type Ware = (typeof WARES)[number];
export type Delivery = keyof typeof DELIVERIES;

/** One card from one person to another: what they mean to do, what has happened, and what nobody in the house knows. */
export interface Deal {
  readonly seller: Person;
  readonly sells: SellerKind;
  readonly buyer: Person;
  readonly buys: BuyerKind;
  readonly ware: Ware;
  readonly delivery: Delivery;
  readonly faceFen: bigint;
  /** A careless seller's slip. */
  readonly slip: 'face' | 'restriction' | undefined;
  readonly issuerFreezes: boolean;
  /** Days from the reveal to the spending. */
  readonly spendsAfter: number;
  /** False for what is staged, and for the ring. */
  readonly counted: boolean;
  /** `buy` to `over`: what is done next, and on which day. */
  next: 'list' | 'buy' | 'deliver' | 'look' | 'use' | 'over';
  day: number;
  card?: MadeCard;
  listingId?: string;
  orderId?: string;
  basketId?: string;
  paid: boolean;
  /** The number that the buyer was shown. */
  seen?: string;
  drained?: boolean;
  /** What others took from the buyer. */
  lossFen: bigint;
  lossBy: 'seller' | 'issuer' | undefined;
}

export interface Cast {
  readonly sellers: ReadonlyMap<SellerKind, readonly Person[]>;
  readonly buyers: ReadonlyMap<BuyerKind, readonly Person[]>;
  readonly ring: readonly Person[];
}

export function drawn<K extends string>(dice: Chance, shares: Readonly<Record<K, number>>): K {
  const list = Object.entries(shares) as [K, number][];
  let left = dice.within(
    1,
    list.reduce((sum, [, share]) => sum + share, 0),
  );
  for (const [kind, share] of list) {
    left -= share;
    if (left <= 0) return kind;
  }
  throw new Error('shares add up');
}

export const happens = (dice: Chance, thousandths: number): boolean =>
  dice.within(1, 1_000) <= thousandths;

/** People in their shares, and at least two of each kind. */
export async function cast(
  house: TestHouse,
  size: { sellers: number; buyers: number; ring: number },
): Promise<Cast> {
  const crowd = async <K extends string>(shares: Readonly<Record<K, number>>, all: number) => {
    const found = new Map<K, Person[]>();
    for (const [kind, share] of Object.entries(shares) as [K, number][]) {
      const people: Person[] = [];
      const count = Math.max(2, Math.round((share * all) / 1_000));
      while (people.length < count) people.push(await house.seller());
      found.set(kind, people);
    }
    return found;
  };
  const ring: Person[] = [];
  while (ring.length < size.ring) ring.push(await house.seller());
  return {
    ...{ sellers: await crowd(SELLERS, size.sellers), buyers: await crowd(BUYERS, size.buyers) },
    ring,
  };
}

/** What is staged once, so that each behaviour meets each kind of card that answers it in another way. */
const STAGED: readonly (Partial<Pick<Deal, 'sells' | 'buys' | 'slip' | 'issuerFreezes'>> & {
  able?: Ware['able'];
  delivery?: Delivery;
})[] = [
  { sells: 'careless', slip: 'restriction' },
  ...(['reissue', 'lock', 'ask'] as const).flatMap((able) => [
    { sells: 'drains_before' as const, able },
    { sells: 'drains_between' as const, able },
    { sells: 'drains_after' as const, able },
    { buys: 'false_claimer' as const, able },
    { buys: 'serial_disputer' as const, able },
  ]),
  ...(['vault', 'seller', 'mail'] as const).map((delivery) => ({
    ...{ sells: 'sells_used' as const, delivery },
  })),
  ...(['vault', 'seller', 'mail'] as const).map((delivery) => ({
    ...{ sells: 'careless' as const, slip: 'face' as const, delivery },
  })),
  { sells: 'never_delivers', delivery: 'seller' },
  { sells: 'never_delivers', delivery: 'mail' },
  { buys: 'never_looks' },
  { buys: 'never_confirms' },
  { buys: 'pays_late' },
  { buys: 'mistaken' },
  { issuerFreezes: true },
];

/** Before the first issuer is away. */
const STAGED_DAYS = 15;

/** Every deal of the quarter, drawn before it begins: what the house does changes no die. */
export function deals(
  dice: Chance,
  people: Cast,
  wanted: { orders: number; ringTrades: number },
): Deal[] {
  const last = DAYS - 10;
  const made = STAGED.map((staged, index) =>
    deal(dice, people, { ...staged, counted: false, day: index % STAGED_DAYS }),
  );
  for (let order = 0; order < wanted.orders; order++)
    made.push(deal(dice, people, { counted: true, day: dice.within(0, last) }));
  const perAccount = Math.max(1, Math.floor(people.ring.length / 2));
  for (let trade = 0; trade < wanted.ringTrades; trade++) {
    const [seller, buyer] = [trade, trade + 1 + (trade % perAccount)].map(
      (place) => people.ring[place % people.ring.length],
    );
    if (!seller || !buyer || seller === buyer) continue;
    const ordinary = {
      sells: 'honest',
      buys: 'honest',
      able: 'reissue',
      delivery: 'vault',
    } as const;
    const one = deal(dice, people, { ...ordinary, counted: false, day: dice.within(0, last) });
    made.push({ ...one, seller, buyer, slip: undefined, issuerFreezes: false });
  }
  return made;
}

function deal(
  dice: Chance,
  people: Cast,
  given: (typeof STAGED)[number] & { counted: boolean; day: number },
): Deal {
  const staged = !given.counted;
  const sells = given.sells ?? (staged ? 'honest' : drawn(dice, SELLERS));
  const buys = given.buys ?? (staged ? 'honest' : drawn(dice, BUYERS));
  const wares = WARES.filter(({ able }) => able === (given.able ?? able));
  const sku = drawn(dice, Object.fromEntries(wares.map((ware) => [ware.sku, ware.share])));
  const ware = wares.find((one) => one.sku === sku) ?? WARES[0];
  const delivery = given.delivery ?? (staged ? 'vault' : drawn(dice, DELIVERIES));
  const slips = sells === 'careless' && !staged;
  const slip =
    given.slip ??
    (slips && happens(dice, CHANCES.wrongFace)
      ? ('face' as const)
      : slips && happens(dice, CHANCES.forgotRestriction)
        ? ('restriction' as const)
        : undefined);
  return {
    ...{ sells, buys, ware, slip, counted: given.counted },
    seller: dice.pick(people.sellers.get(sells) ?? []),
    buyer: dice.pick(people.buyers.get(buys) ?? []),
    // Who does not mean to deliver keeps the card.
    delivery: sells === 'never_delivers' && delivery === 'vault' ? 'seller' : delivery,
    faceFen: BigInt(dice.pick<number>(ware.faces)),
    issuerFreezes: given.issuerFreezes ?? (!staged && happens(dice, CHANCES.issuerFreezes)),
    spendsAfter: happens(dice, CHANCES.spendsLater) ? dice.within(1, 9) : 0,
    ...{ next: 'list', day: given.day, paid: false, lossFen: 0n, lossBy: undefined },
  };
}

export const isDishonest = ({ sells }: Deal): boolean => DISHONEST.includes(sells);
export const ringOf = (orders: number): { accounts: number; trades: number } =>
  orders >= 1_000 ? RING : { accounts: 5, trades: 8 };
