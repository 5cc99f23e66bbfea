/**
 * What the four formats must do, told a second time by brute force over small random books. The core under test is an
 * argument, so that the same laws judge the real one and each of its mutants. A broken law throws.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Fen, fen, isRefusal, plus, sha256 } from '#platform';
import type * as Batch from './clear-batch.ts';
import type * as Dutch from './dutch.ts';
import type * as English from './english.ts';
import type * as Sealed from './sealed.ts';

export type BatchCore = typeof Batch;
export type SealedCore = typeof Sealed;
export type EnglishCore = typeof English;
export type DutchCore = typeof Dutch;

const SEED = 20_261_125;
/** Mutants are not worth a small counterexample: `fast` stops at the first. */
export interface Effort {
  readonly numRuns?: number;
  readonly fast?: boolean;
}
const params = ({ numRuns = 2_000, fast = false }: Effort) => ({
  numRuns,
  seed: SEED,
  endOnFailure: fast,
});
const T0 = new Date('2026-11-23T02:00:00Z');

// --- uniform-price batch ---

/** Few prices and few cards, so that ties, margins and turns come often. */
const order = (limitMax: number, quantityMax: number) =>
  fc.record({
    limit: fc.integer({ min: 1, max: limitMax }),
    quantity: fc.integer({ min: 1, max: quantityMax }),
  });
const side = (prefix: string) =>
  fc
    .oneof(
      fc.array(order(9, 4), { maxLength: 5 }),
      // Two or three small orders a side: where the pressure turns, and where one price is all there is.
      fc.array(order(6, 2), { minLength: 2, maxLength: 3 }),
    )
    .chain((orders) =>
      fc
        .shuffledSubarray([1, 2, 3, 4, 5], { minLength: orders.length, maxLength: orders.length })
        .map((nos) =>
          orders.map(({ limit, quantity }, index): Batch.BatchOrder => {
            const no = nos[index] ?? 0;
            return { id: `${prefix}${no}`, no, limitFen: fen(limit), quantity };
          }),
        ),
    );

type Book = readonly Batch.BatchOrder[];
const total = (orders: Book): number => orders.reduce((sum, { quantity }) => sum + quantity, 0);
const buyersAt = (buys: Book, price: number) => buys.filter(({ limitFen }) => limitFen >= price);
const sellersAt = (sells: Book, price: number) => sells.filter(({ limitFen }) => limitFen <= price);

/** Every whole price is tried. */
export function bestPrices(buys: Book, sells: Book): { price: number; surplus: number }[] {
  const all = Array.from({ length: 12 }, (_, index) => index + 1).map((price) => {
    const demand = total(buyersAt(buys, price));
    const supply = total(sellersAt(sells, price));
    return { price, volume: Math.min(demand, supply), surplus: demand - supply };
  });
  const most = Math.max(...all.map(({ volume }) => volume));
  if (most === 0) return [];
  const full = all.filter(({ volume }) => volume === most);
  const least = Math.min(...full.map(({ surplus }) => Math.abs(surplus)));
  return full.filter(({ surplus }) => Math.abs(surplus) === least);
}

function pressed(best: { price: number; surplus: number }[]): number {
  const prices = best.map(({ price }) => price);
  if (best.every(({ surplus }) => surplus > 0)) return Math.max(...prices);
  if (best.every(({ surplus }) => surplus < 0)) return Math.min(...prices);
  if (best.every(({ surplus }) => surplus === 0))
    return Math.ceil((Math.min(...prices) + Math.max(...prices)) / 2);
  return Math.min(...best.filter(({ surplus }) => surplus < 0).map(({ price }) => price));
}

/** All ways to hand out so many cards; the fairest is nearest to the exact shares, the odd card to the earlier. */
export function fairest(orders: Book, cards: number): number[] {
  const sorted = [...orders].sort((a, b) => a.no - b.no);
  const wanted = total(sorted);
  let best: { parts: number[]; distance: number } | undefined;
  const give = (parts: number[], left: number): void => {
    const order = sorted[parts.length];
    if (!order) {
      if (left !== 0) return;
      const distance = parts.reduce((sum, part, index) => {
        const off = part * wanted - (sorted[index]?.quantity ?? 0) * cards;
        return sum + off * off;
      }, 0);
      if (!best || distance < best.distance) best = { parts, distance };
      return;
    }
    // The largest first, so that of two equally fair ways the one that favours the earlier is met first.
    for (let part = Math.min(order.quantity, left); part >= 0; part--)
      give([...parts, part], left - part);
  };
  give([], cards);
  assert(best);
  return best.parts;
}

function expectedFills(orders: Book, price: number, volume: number): Map<string, number> {
  const better = orders.filter(({ limitFen }) => limitFen !== fen(price));
  const fills = new Map(better.map(({ id, quantity }) => [id, quantity]));
  const margin = orders.filter(({ limitFen }) => limitFen === fen(price));
  const parts = fairest(margin, volume - total(better));
  for (const [index, order] of [...margin].sort((a, b) => a.no - b.no).entries())
    if (parts[index]) fills.set(order.id, parts[index]);
  return fills;
}

export function batchLaw(
  { clearBatch }: Pick<BatchCore, 'clearBatch'>,
  effort: Effort = { numRuns: 6_000 },
): Set<string> {
  const seen = new Set<string>();
  fc.assert(
    fc.property(side('b'), side('s'), (buys, sells) => {
      const found = clearBatch(buys, sells);
      const best = bestPrices(buys, sells);
      seen.add(found?.rule ?? 'nothing');
      assert.equal(found === undefined, best.length === 0);
      if (!found) return;
      const price = pressed(best);
      assert.equal(found.priceFen, fen(price));
      const [demand, supply] = [buyersAt(buys, price), sellersAt(sells, price)];
      assert.deepEqual([found.demand, found.supply], [total(demand), total(supply)]);
      const volume = Math.min(total(demand), total(supply));
      assert.equal(found.volume, volume);
      const fills = (list: readonly Batch.Fill[]) =>
        new Map(list.map(({ id, quantity }) => [id, quantity]));
      assert.deepEqual(
        fills(found.buys),
        inAnyOrder(expectedFills(demand, price, volume), found.buys),
      );
      assert.deepEqual(
        fills(found.sells),
        inAnyOrder(expectedFills(supply, price, volume), found.sells),
      );
    }),
    params(effort),
  );
  return seen;
}

/** deepEqual looks at the order of a map: the expected one is put into the order that was found. */
function inAnyOrder(
  expected: Map<string, number>,
  found: readonly Batch.Fill[],
): Map<string, number> {
  const rank = new Map(found.map(({ id }, index) => [id, index]));
  return new Map([...expected].sort(([a], [b]) => (rank.get(a) ?? 99) - (rank.get(b) ?? 99)));
}

const curves = fc
  .array(
    fc.record({ limit: fc.integer({ min: 1, max: 30 }), quantity: fc.integer({ min: 1, max: 6 }) }),
    {
      maxLength: 5,
    },
  )
  .map((steps) =>
    [...new Map(steps.map((step) => [step.limit, step])).values()]
      .sort((a, b) => b.limit - a.limit)
      .map(({ limit, quantity }): Batch.CurveStep => ({ limitFen: fen(limit), quantity })),
  );

export function moneyLaw(
  { affordable, worstCost }: Pick<BatchCore, 'affordable' | 'worstCost'>,
  effort: Effort = {},
): void {
  const costAt = (curve: readonly Batch.CurveStep[], price: number): number =>
    price *
    curve.filter(({ limitFen }) => limitFen >= price).reduce((sum, step) => sum + step.quantity, 0);
  const worst = (curve: readonly Batch.CurveStep[]): number =>
    Math.max(0, ...Array.from({ length: 31 }, (_, price) => costAt(curve, price)));
  fc.assert(
    fc.property(curves, fc.integer({ min: 0, max: 200 }), (curve, money) => {
      assert.equal(worstCost(curve), fen(worst(curve)));
      const kept = affordable(curve, fen(money));
      assert(worst(kept) <= money, 'what is kept can be paid at every price');
      const keptAt = (limitFen: Fen) =>
        kept.find((step) => step.limitFen === limitFen)?.quantity ?? 0;
      for (const { limitFen, quantity } of curve) {
        assert(keptAt(limitFen) <= quantity);
        if (keptAt(limitFen) === quantity) continue;
        const more = curve.map((step) => ({
          limitFen: step.limitFen,
          quantity: keptAt(step.limitFen) + (step.limitFen === limitFen ? 1 : 0),
        }));
        assert(
          worst(more.filter((step) => step.quantity > 0)) > money,
          'one more could not be paid',
        );
      }
      assert(kept.every(({ quantity }) => quantity > 0));
    }),
    params(effort),
  );
}

// --- sealed ---

const salts = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
type Move = 'opens' | 'silent' | 'lies' | 'copies' | 'bad_salt';
const envelopes = fc
  .array(
    fc.record({
      price: fc.integer({ min: 1, max: 6 }),
      salt: salts,
      does: fc.constantFrom<Move>(
        'opens',
        'opens',
        'opens',
        'silent',
        'lies',
        'copies',
        'bad_salt',
      ),
      pays: fc.boolean(),
    }),
    { maxLength: 5 },
  )
  .chain((all) =>
    fc
      .shuffledSubarray([1, 2, 3, 4, 5], { minLength: all.length, maxLength: all.length })
      .map((nos) =>
        all.map((one, index) => ({ ...one, no: nos[index] ?? 0, bidder: `r${index}` })),
      ),
  );

/** The bytes once more, written out by hand. */
export function handHash(lot: string, bidder: string, price: string, salt: string): string {
  const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex');
  const field = (body: string): string => (body.length / 2).toString(16).padStart(8, '0') + body;
  const all = [hex('huiquan.sealed-bid.v1'), hex(price), salt, hex(bidder), hex(lot)].map(field);
  return sha256(Buffer.from(all.join(''), 'hex')).toString('hex');
}

export function sealedLaw(
  { clearSealed }: Pick<SealedCore, 'clearSealed'>,
  effort: Effort = {},
): void {
  const kinds = fc.constantFrom<Sealed.SealedKind>('first_price', 'second_price');
  fc.assert(
    fc.property(kinds, envelopes, fc.integer({ min: 1, max: 5 }), (kind, all, reserve) => {
      const lot = 'lot-1';
      const commitments = all.map(({ no, bidder, price, salt, does }, index) => {
        const copied = does === 'copies' ? all[(index + 1) % all.length] : undefined;
        const from = copied ?? { bidder, price, salt };
        return { no, bidder, commitment: handHash(lot, from.bidder, `${from.price}`, from.salt) };
      });
      const reveals = all.flatMap(({ bidder, price, salt, does }, index) => {
        if (does === 'silent') return [];
        const copied = does === 'copies' ? all[(index + 1) % all.length] : undefined;
        const told = copied ?? { price: does === 'lies' ? price + 1 : price, salt };
        const shown = does === 'bad_salt' ? 'not hex' : told.salt;
        return [{ bidder, priceFen: fen(told.price), salt: shown }];
      });
      const defaulted = all.filter(({ pays }) => !pays).map(({ bidder }) => bidder);
      const out = clearSealed({
        lot,
        kind,
        reserveFen: fen(reserve),
        commitments,
        reveals,
        defaulted,
      });
      // A copy of one's own envelope is no copy.
      const honest = all.filter(
        ({ does }) => does === 'opens' || (does === 'copies' && all.length === 1),
      );
      const dishonest = all.filter((one) => !honest.includes(one));
      assert.deepEqual([...out.unrevealed].sort(), dishonest.map(({ bidder }) => bidder).sort());
      const left = honest.filter(({ pays }) => pays);
      let winner: (typeof left)[number] | undefined;
      for (const one of left)
        if (
          !winner ||
          one.price > winner.price ||
          (one.price === winner.price && one.no < winner.no)
        )
          winner = one;
      if (!winner || winner.price < reserve) return assert.equal(out.sale, undefined);
      const others = left.filter((one) => one !== winner).map(({ price }) => price);
      const second = Math.max(reserve, ...others);
      const price = kind === 'first_price' ? winner.price : second;
      assert.deepEqual(out.sale, { winner: winner.bidder, priceFen: fen(price) });
      assert(fen(price) <= fen(winner.price), 'nobody pays above the own bid');
      assert.equal(out.ranking[0]?.bidder, winner.bidder);
      assert.equal(out.ranking.length, left.length);
    }),
    params(effort),
  );
}

export function commitLaw(
  { commitTo, opensTo }: Pick<SealedCore, 'commitTo' | 'opensTo'>,
  effort: Effort = { numRuns: 500 },
): void {
  const texts = fc.string({ unit: 'grapheme', maxLength: 12 });
  fc.assert(
    fc.property(
      texts,
      texts,
      fc.bigInt({ min: 0n, max: 10n ** 15n }),
      salts,
      (lot, bidder, price, salt) => {
        const bid = { lot, bidder, priceFen: fen(price), salt };
        const hash = commitTo(bid);
        assert.equal(hash, handHash(lot, bidder, price.toString(), salt));
        assert(opensTo(hash, bid));
        assert(!opensTo(hash, { ...bid, bidder: `${bidder}x` }), 'another bidder');
        assert(!opensTo(hash, { ...bid, lot: `${lot}x` }), 'another lot');
        // Moving a letter from one field to its neighbour changes the bytes.
        if (bidder)
          assert(
            !opensTo(hash, { ...bid, bidder: bidder.slice(0, -1), lot: bidder.slice(-1) + lot }),
          );
        assert(
          !opensTo(hash, { ...bid, salt: salt.toUpperCase().replace(/^[0-9]*$/, 'zz') }),
          'one spelling',
        );
      },
    ),
    params(effort),
  );
}

// --- English ---

const terms: English.EnglishTerms = {
  reserveFen: fen(1_000),
  opensAt: T0,
  closesAt: plus(T0, 200_000),
};
const hammers = fc.array(
  fc.record({
    bidder: fc.constantFrom('a', 'b', 'c'),
    /** Around what it takes to lead, the least included, and around the own and the leading maximum. */
    over: fc.oneof(fc.integer({ min: -60, max: 400 }), fc.integer({ min: 0, max: 30_000 })),
    exact: fc.boolean(),
    /** At times the very instant of the opening, of the close, or of the first moment that moves it. */
    aim: fc.constantFrom(
      ...Array.from({ length: 9 }, () => 'none' as const),
      ...(['open', 'close', 'window', 'window'] as const),
    ),
    /** Half of the steps just reach the end that the one before has moved. */
    waitMs: fc.oneof(
      fc.integer({ min: 0, max: 30_000 }),
      fc.integer({ min: 60_000, max: 125_000 }),
    ),
  }),
  { minLength: 0, maxLength: 60, size: 'max' },
);

/** Steps as a person would read them off the page. */
const stepAt = (price: bigint): bigint =>
  price >= 1_000_000n
    ? 10_000n
    : price >= 200_000n
      ? 2_000n
      : price >= 50_000n
        ? 500n
        : price >= 20_000n
          ? 200n
          : price >= 5_000n
            ? 100n
            : 50n;

/** Where things stand after these bids, by sorting all maxima; nothing is kept from bid to bid. */
function standing(bids: readonly English.EnglishBid[]) {
  const own = ['a', 'b', 'c']
    .map((bidder) => bids.filter((bid) => bid.bidder === bidder))
    .map((list) => list.toSorted((x, y) => Number(y.maxFen - x.maxFen) || x.no - y.no)[0])
    .filter((best) => best !== undefined)
    .sort((x, y) => Number(y.maxFen - x.maxFen) || x.no - y.no);
  const [first, second] = own;
  if (!first) return { leader: undefined, price: undefined };
  const above = second ? second.maxFen + stepAt(second.maxFen) : terms.reserveFen;
  return { leader: first, price: above < first.maxFen ? above : first.maxFen };
}

function closeAfter(bids: readonly English.EnglishBid[]): Date {
  let close = terms.closesAt.getTime();
  let times = 0;
  for (const [index, bid] of bids.entries()) {
    const own = standing(bids.slice(0, index)).leader?.bidder === bid.bidder;
    if (own || bid.at.getTime() < close - 120_000 || times === 10) continue;
    close += 120_000;
    times++;
  }
  return new Date(close);
}

export function englishLaw(
  core: Pick<EnglishCore, 'openEnglish' | 'bidEnglish' | 'clearEnglish' | 'incrementAt'>,
  effort: Effort = {},
): Set<string> {
  const seen = new Set<string>();
  for (const price of [
    0n,
    4_999n,
    5_000n,
    19_999n,
    20_000n,
    49_999n,
    50_000n,
    199_999n,
    200_000n,
    999_999n,
    1_000_000n,
  ])
    assert.equal(core.incrementAt(fen(price)), stepAt(price));
  fc.assert(
    fc.property(hammers, fc.constantFrom('a', 'b', 'c', 'none'), (blows, fails) => {
      let state = core.openEnglish(terms);
      const bids: English.EnglishBid[] = [];
      let at = plus(T0, -20_000);
      for (const [no, { bidder, over, exact, aim, waitMs }] of blows.entries()) {
        const before = standing(bids);
        const close = closeAfter(bids);
        const aims = { none: undefined, open: T0, close, window: plus(close, -120_000) }[aim];
        at = aims && aims > at ? aims : plus(at, waitMs);
        const own = before.leader?.bidder === bidder;
        const least = own
          ? (before.leader?.maxFen ?? 0n) + 1n
          : before.price === undefined
            ? 1_000n
            : before.price + stepAt(before.price);
        const around = exact
          ? least
          : over % 2
            ? least + BigInt(over)
            : (before.leader?.maxFen ?? 1_000n) + BigInt(Math.trunc(over / 4));
        const bid = { no, bidder, maxFen: fen(around > 0n ? around : 1n), at };
        const code =
          at < T0
            ? 'auction_not_open'
            : at >= close
              ? 'auction_closed'
              : bid.maxFen < least
                ? 'bid_too_low'
                : undefined;
        const next = core.bidEnglish(state, bid);
        seen.add(code ?? 'ok');
        assert.equal(isRefusal(next) ? next.code : undefined, code);
        if (isRefusal(next)) continue;
        state = next;
        bids.push(bid);
        const now = standing(bids);
        assert.equal(state.leader?.bidder, now.leader?.bidder);
        assert.equal(state.leader?.maxFen, now.leader?.maxFen);
        assert.equal(state.priceFen, now.price);
        assert.deepEqual(state.closesAt, closeAfter(bids));
        seen.add(`extended ${state.extensions}`);
      }
      const sale = core.clearEnglish(terms, bids, fails === 'none' ? [] : [fails]);
      const left = standing(bids.filter(({ bidder }) => bidder !== fails));
      assert.equal(sale?.winner, left.leader?.bidder);
      assert.equal(sale?.priceFen, left.price);
      if (fails === 'none') assert.equal(sale?.priceFen, state.priceFen, 'log and state agree');
    }),
    params(effort),
  );
  return seen;
}

// --- Dutch ---

export function dutchLaw(
  core: Pick<DutchCore, 'priceAt' | 'acceptDutch' | 'functionHash' | 'checkFunction'>,
  effort: Effort = {},
): Set<string> {
  const seen = new Set<string>();
  const functions = fc.record({
    start: fc.integer({ min: 1, max: 60 }),
    step: fc.integer({ min: -1, max: 9 }),
    everyMs: fc.integer({ min: 0, max: 7 }),
    reserve: fc.integer({ min: 0, max: 40 }),
    lastsMs: fc.integer({ min: 0, max: 50 }),
  });
  fc.assert(
    fc.property(
      functions,
      fc.integer({ min: -3, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.boolean(),
      (f, ms, max, changed) => {
        const terms = {
          startFen: fen(f.start),
          stepFen: fen(f.step),
          everyMs: f.everyMs,
          reserveFen: fen(f.reserve),
          opensAt: T0,
          closesAt: plus(T0, f.lastsMs),
        };
        const sound =
          f.step >= 1 && f.everyMs >= 1 && f.reserve >= 1 && f.reserve <= f.start && f.lastsMs >= 1;
        assert.equal(core.checkFunction(terms) === undefined, sound);
        if (!sound) return;
        // Down step by step, one interval at a time.
        let price = f.start;
        for (let over = f.everyMs; over <= ms; over += f.everyMs)
          price = Math.max(f.reserve, price - f.step);
        if (ms >= 0) assert.equal(core.priceAt(terms, plus(T0, ms)), fen(price));
        const seenTerms = changed ? { ...terms, stepFen: fen(f.step + 1) } : terms;
        const yes = {
          at: plus(T0, ms),
          maxFen: fen(max),
          functionHash: core.functionHash('lot', seenTerms),
        };
        const code =
          ms < 0
            ? 'auction_not_open'
            : ms >= f.lastsMs
              ? 'auction_closed'
              : changed
                ? 'price_function_changed'
                : price > max
                  ? 'price_above_limit'
                  : undefined;
        const got = core.acceptDutch('lot', terms, yes);
        seen.add(code ?? 'ok');
        if (code) assert.equal(typeof got === 'bigint' ? 'ok' : got.code, code);
        else assert.equal(got, fen(price));
        assert.notEqual(core.functionHash('other', terms), core.functionHash('lot', terms));
        for (const other of [
          { startFen: fen(f.start + 1) },
          { everyMs: f.everyMs + 1 },
          { reserveFen: fen(f.reserve + 1) },
          { opensAt: plus(T0, 1) },
          { closesAt: T0 },
        ])
          assert.notEqual(
            core.functionHash('lot', { ...terms, ...other }),
            core.functionHash('lot', terms),
          );
      },
    ),
    params(effort),
  );
  return seen;
}
