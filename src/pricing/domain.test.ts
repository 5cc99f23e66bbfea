// Goal: every quote sums to the fen, follows the published table, and moves only the way a seller may expect.
// Method: random tables, cards and hours against the laws; the known facts of the trade against the first table.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  addDays,
  chinaDay,
  chinaInstant,
  daysBetween,
  daysToNextHoliday,
  type Fen,
  fen,
  isHoliday,
  isWorkday,
  plus,
} from '#platform';
import { apportion } from './arithmetic.ts';
import { type QuoteBody, quote } from './domain.ts';
import { CATEGORIES, type Category, type LineCode } from './schema.ts';
import { seedTable } from './seed.ts';
import { compile, type Table } from './table.ts';
import { cards, moments, product, tables } from './testing.ts';

const seed = compile(seedTable, { version: 1, hash: 'ab'.repeat(32), effectiveFrom: new Date(0) });
const RUNS = 300;

const netNow = (
  category: Category,
  day: string,
  hour: number,
  expiresOn?: string,
  face = 10_000n,
) =>
  quote(seed, {
    product: product(category),
    faceFen: fen(face),
    expiresOn,
    at: chinaInstant(day, hour),
  });
const lineOf = (body: QuoteBody, code: LineCode) => {
  const found = body.lines.find((line) => line.code === code);
  assert(found, code);
  return found;
};

/** What must hold for any quote of any table; says which of the rarer things it has seen. */
function checkSums(body: QuoteBody, table: Table, faceFen: Fen) {
  const [gross, price, fees, net] = [
    BigInt(body.grossFen),
    BigInt(body.priceFen),
    BigInt(body.feesFen),
    BigInt(body.netFen),
  ] as const;
  let total = gross;
  let negative = false;
  let capped = false;
  for (const line of body.lines) {
    total += BigInt(line.fen);
    assert.match(line.fen, /^(0|-?[1-9]\d*)$/);
    assert(Number.isInteger(line.basis.bps));
    assert(!/NaN|undefined|null/.test(line.basis.zh + line.basis.en), line.basis.zh);
    const fee = table.fees.find(({ code }) => code === line.code);
    if (fee) {
      const charged = -BigInt(line.fen);
      assert(charged >= 0n && charged <= fee.capFen, 'a fee is between nothing and its cap');
      capped ||= charged === fee.capFen && charged > 0n;
    } else {
      if (line.basis.bps === 0 && line.code !== 'DENOMINATION_ADJ') assert.equal(line.fen, '0');
      negative ||= BigInt(line.fen) < 0n;
    }
  }
  assert.equal(total, net, 'gross + Σ lines = net');
  assert.equal(price, net + fees);
  assert.equal(body.lines.length, 8);
  assert(net >= 0n && net <= faceFen);
  assert(fees >= 0n);
  assert.equal(body.belowFloor, net * 10_000n < faceFen * BigInt(body.floorBps));
  assert.equal(body.rateBps, Number((net * 10_000n) / faceFen));
  return { negative, capped };
}

test('gross + Σ lines = net on 100,000 quotes, and every part stays in its bounds', () => {
  const reached = { negative: 0, capped: 0 };
  const [some, many, whens] = [
    fc.sample(tables(), 25),
    fc.sample(cards(), 400),
    fc.sample(moments(), 10),
  ];
  for (const data of some) {
    const table = compile(data, { version: 7, hash: 'cd'.repeat(32), effectiveFrom: new Date(0) });
    for (const card of many) {
      for (const at of whens) {
        const body = quote(table, { ...card, at, expiresOn: card.expiresOn?.(at) });
        const seen = checkSums(body, table, card.faceFen);
        if (seen.negative) reached.negative += 1;
        if (seen.capped) reached.capped += 1;
      }
    }
  }
  assert(reached.negative > 1_000, 'reached factors that lower the price');
  assert(reached.capped > 1_000, 'reached fees at their cap');
});

test('each line is within a fen of its exact share', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt(-(10n ** 20n), 10n ** 20n), { minLength: 1, maxLength: 6 }),
      fc.bigInt(1n, 10n ** 18n),
      (numerators, denominator) => {
        const sum = numerators.reduce((a, b) => a + b, 0n);
        const floor = sum / denominator - (sum < 0n && sum % denominator !== 0n ? 1n : 0n);
        const parts = apportion(floor, numerators, denominator);
        assert.equal(
          parts.reduce((a, b) => a + b, 0n),
          floor,
        );
        for (const [index, part] of parts.entries()) {
          const off = part * denominator - (numerators[index] ?? 0n);
          assert(off < denominator && off > -denominator);
        }
      },
    ),
    { numRuns: RUNS },
  );
});

test('more days to expiry, or a larger face, never pay less', () => {
  let rose = 0;
  fc.assert(
    fc.property(tables(), cards(), moments(), fc.nat(400), fc.nat(400), (data, card, at, a, b) => {
      const table = compile(data, { version: 1, hash: '', effectiveFrom: new Date(0) });
      const net = (face: Fen, days: number | undefined): bigint =>
        BigInt(
          quote(table, {
            ...card,
            faceFen: face,
            at,
            expiresOn: days === undefined ? undefined : addDays(chinaDay(at), days),
          }).netFen,
        );
      const [few, many] = [Math.min(a, b), Math.max(a, b)];
      assert(net(card.faceFen, few) <= net(card.faceFen, many));
      assert(net(card.faceFen, many) <= net(card.faceFen, undefined));
      assert(net(card.faceFen, few) <= net(fen(card.faceFen + 1n), few));
      assert(net(card.faceFen, few) <= net(fen(card.faceFen + BigInt(b * 100)), few));
      if (net(card.faceFen, few) < net(card.faceFen, many)) rose += 1;
    }),
    { numRuns: Math.ceil(RUNS / 4) },
  );
  assert(rose > 0, 'reached cards whose expiry matters');
});

test('fees that tick up together never make a fen more of price pay less', () => {
  const data = structuredClone(seedTable);
  for (const fee of data.fees) Object.assign(fee, { rateBps: 1_000, capFen: '100000' });
  const table = compile(data, { version: 1, hash: '', effectiveFrom: new Date(0) });
  const at = chinaInstant('2026-11-25', 10);
  let before = 0n;
  for (let face = 1n; face <= 600n; face++) {
    const net = BigInt(quote(table, { product: product('fuel'), faceFen: fen(face), at }).netFen);
    assert(net >= before, `a face of ${face} pays ${net}, one fen less of face ${before}`);
    before = net;
  }
});

test('the next slot of the same day is offered, to the hour', () => {
  const body = netNow('grocery', '2026-11-25', 12.5);
  assert.equal(body.alternatives[0]?.from, chinaInstant('2026-11-25', 13).toISOString());
  const inside = netNow('grocery', '2026-11-25', 13);
  assert.deepEqual(inside.alternatives, [], 'nothing pays more than the best slot');
});

test('the floors of the trade: dining 65 %, grocery 75 %, cinema 50 %', () => {
  assert.equal(seed.categories.dining.floorBps, 6_500);
  assert.equal(seed.categories.grocery.floorBps, 7_500);
  assert.equal(seed.categories.cinema.floorBps, 5_000);
  for (const category of ['dining', 'grocery', 'cinema'] as const) {
    assert.equal(netNow(category, '2026-11-25', 10).belowFloor, false, category);
  }
  const night = netNow('dining', '2026-11-25', 3);
  assert.equal(night.belowFloor, true);
  assert(night.betterSlot);
  assert.equal(night.betterSlot.meetsFloor, true);
  assert.equal(night.betterSlot.from, chinaInstant('2026-11-25', 7).toISOString());
});

test('cinema pays 15 % more in the 7 days before a holiday and at no other time', () => {
  let near = 0;
  for (let day = '2024-01-01'; day <= '2026-12-31'; day = addDays(day, 1)) {
    const left = daysToNextHoliday(day);
    const body = netNow('cinema', day, 20, undefined, 100_000n);
    const expected = left !== undefined && left >= 1 && left <= 7;
    const line = lineOf(body, 'HOLIDAY_ADJ');
    assert.equal(line.basis.bps, expected ? 1_500 : 0, day);
    const without = BigInt(body.priceFen) - BigInt(line.fen);
    const exact = expected ? (without * 1_500n) / 10_000n : 0n;
    const off = BigInt(line.fen) - exact;
    assert(off >= -1n && off <= 1n, day);
    if (expected) near += 1;
    assert.equal(lineOf(netNow('dining', day, 20), 'HOLIDAY_ADJ').fen, '0');
  }
  assert(near > 100);
  // By the notice of 2026 the National Day stretch begins on 1 October; Mid-autumn on 25 September.
  assert.equal(lineOf(netNow('cinema', '2026-09-17', 20), 'HOLIDAY_ADJ').basis.bps, 0);
  assert.equal(lineOf(netNow('cinema', '2026-09-18', 20), 'HOLIDAY_ADJ').basis.bps, 1_500);
  assert.equal(lineOf(netNow('cinema', '2026-09-25', 20), 'HOLIDAY_ADJ').basis.bps, 0);
  assert.equal(lineOf(netNow('cinema', '2026-09-28', 20), 'HOLIDAY_ADJ').basis.bps, 1_500);
});

test('a year without a notice: holiday effects are off, and the line says why', () => {
  const line = lineOf(netNow('cinema', '2027-09-28', 20), 'HOLIDAY_ADJ');
  assert.equal(line.fen, '0');
  assert.equal(line.basis.rule, 'holiday.unknown');
  assert.equal(
    lineOf(netNow('cinema', '2026-12-30', 20), 'HOLIDAY_ADJ').basis.rule,
    'holiday.unknown',
  );
});

test('fresh food loses 40 % in its last days, and never gains by waiting', () => {
  const today = '2026-11-25';
  const last = netNow('fresh', today, 12, today);
  assert.equal(lineOf(last, 'EXPIRY_ADJ').basis.bps, -4_000);
  const full = BigInt(netNow('fresh', today, 12).priceFen);
  assert.equal(BigInt(last.priceFen), (full * 6_000n) / 10_000n);
  let before = 0n;
  for (let days = 0; days <= 400; days++) {
    const net = BigInt(netNow('fresh', today, 12, addDays(today, days)).netFen);
    assert(net >= before, `day ${days}`);
    before = net;
  }
  assert.equal(before, BigInt(netNow('fresh', today, 12).netFen));
});

test('best hours: weekend noon for dining, weekday afternoon for grocery, evening for cinema', () => {
  const best = (category: Category, days: string[]) => {
    const all = days.flatMap((day) =>
      Array.from({ length: 24 }, (_, hour) => ({ day, hour, body: netNow(category, day, hour) })),
    );
    const most = all.reduce((a, b) => (BigInt(a.body.netFen) >= BigInt(b.body.netFen) ? a : b));
    return all.filter(({ body }) => body.netFen === most.body.netFen);
  };
  // A plain week without a holiday near: 23–29 November 2026, Monday to Sunday.
  const week = Array.from({ length: 7 }, (_, index) => addDays('2026-11-23', index));
  for (const { day, hour } of best('dining', week)) {
    assert.equal(isWorkday(day), false);
    assert(hour >= 11 && hour < 14);
  }
  for (const { day, hour } of best('grocery', week)) {
    assert.equal(isWorkday(day), true);
    assert(hour >= 13 && hour < 17);
  }
  for (const { hour } of best('cinema', week)) assert(hour >= 19 && hour < 22);
});

test('slots follow the working day and not its name (调休)', () => {
  const rule = (category: Category, day: string, hour: number) =>
    lineOf(netNow(category, day, hour), 'SLOT_ADJ').basis.rule;
  assert.equal(rule('grocery', '2026-09-20', 14), 'slot.weekday_afternoon', 'a worked Sunday');
  assert.equal(rule('dining', '2026-09-20', 12), 'slot.weekday_noon', 'a worked Sunday');
  assert.equal(rule('dining', '2026-10-05', 12), 'slot.weekend_noon', 'a Monday off');
  assert.equal(isHoliday('2026-10-05'), true);
});

test('a better slot is real: the same card quoted then pays what was said', () => {
  let offered = 0;
  fc.assert(
    fc.property(tables(), cards(), moments(), (data, card, at) => {
      const table = compile(data, { version: 1, hash: '', effectiveFrom: new Date(0) });
      const facts = { ...card, expiresOn: card.expiresOn?.(at) };
      const body = quote(table, { ...facts, at });
      if (body.betterSlot) assert.equal(body.belowFloor, true);
      for (const offer of [...body.alternatives, ...(body.betterSlot ? [body.betterSlot] : [])]) {
        offered += 1;
        const from = new Date(offer.from);
        assert(from > at && from <= plus(at, 14 * 86_400_000));
        const then = quote(table, { ...facts, at: from });
        assert.equal(then.netFen, offer.netFen);
        assert.equal(then.belowFloor, !offer.meetsFloor);
        assert.equal(BigInt(offer.netFen) - BigInt(body.netFen), BigInt(offer.gainFen));
        assert(BigInt(offer.gainFen) > 0n);
        const last = quote(table, { ...facts, at: plus(new Date(offer.until), -1) });
        assert.equal(last.netFen, offer.netFen);
        if (card.expiresOn) assert(chinaDay(from) <= (facts.expiresOn ?? ''));
      }
    }),
    { numRuns: Math.ceil(RUNS / 8) },
  );
  assert(offered > 0);
});

test('no better slot is missed: hour by hour over two weeks nothing pays more', () => {
  let below = 0;
  fc.assert(
    fc.property(tables(), cards(), moments(), (data, card, at) => {
      const table = compile(data, { version: 1, hash: '', effectiveFrom: new Date(0) });
      const facts = { ...card, expiresOn: card.expiresOn?.(at) };
      const body = quote(table, { ...facts, at });
      let most = BigInt(body.netFen);
      let firstMeets: Date | undefined;
      for (let hour = 1; hour <= 14 * 24; hour++) {
        const then = plus(at, hour * 3_600_000);
        if (facts.expiresOn && daysBetween(chinaDay(then), facts.expiresOn) < 0) break;
        const net = quote(table, { ...facts, at: then });
        if (BigInt(net.netFen) > most) most = BigInt(net.netFen);
        if (!net.belowFloor) firstMeets ??= then;
      }
      assert.equal(BigInt(body.alternatives[0]?.netFen ?? body.netFen), most);
      if (!body.belowFloor) return;
      below += 1;
      if (firstMeets) {
        assert(body.betterSlot?.meetsFloor);
        assert(new Date(body.betterSlot.from) <= firstMeets);
        assert(new Date(body.betterSlot.until) > firstMeets);
      }
    }),
    { numRuns: 20 },
  );
  assert(below > 0, 'reached prices below the floor');
});

test('nothing better is promised beyond the start of another version', () => {
  const at = chinaInstant('2026-11-25', 3);
  const until = chinaInstant('2026-11-25', 7);
  const facts = { product: product('dining'), faceFen: fen(10_000), at };
  assert.equal(quote(seed, { ...facts, tableUntil: until }).betterSlot, undefined);
  assert.deepEqual(quote(seed, { ...facts, tableUntil: until }).alternatives, []);
  assert(quote(seed, { ...facts, tableUntil: plus(until, 1) }).betterSlot);
});

test('the same facts give the same quote, and every fact is in the inputs hash', () => {
  const facts = {
    product: product('cafe'),
    faceFen: fen(10_000),
    expiresOn: '2027-03-01',
    at: chinaInstant('2026-11-25', 8),
  };
  const first = quote(seed, facts);
  assert.deepEqual(quote(seed, { ...facts }), first);
  const others: Table = { ...seed, hash: 'ee'.repeat(32) };
  const changed = [
    quote(seed, { ...facts, faceFen: fen(10_001) }),
    quote(seed, { ...facts, expiresOn: '2027-03-02' }),
    quote(seed, { ...facts, expiresOn: undefined }),
    quote(seed, { ...facts, at: plus(facts.at, 1) }),
    quote(seed, { ...facts, product: { ...facts.product, sku: 'other' } }),
    quote(others, facts),
  ].map(({ inputsHash }) => inputsHash);
  assert.equal(new Set([first.inputsHash, ...changed]).size, changed.length + 1);
});

test('what cannot be priced is our bug, not a price', () => {
  const facts = {
    product: product('dining'),
    faceFen: fen(10_000),
    at: chinaInstant('2026-11-25'),
  };
  assert.throws(() => quote(seed, { ...facts, faceFen: fen(0) }));
  assert.throws(() => quote(seed, { ...facts, faceFen: fen(-1) }));
  assert.throws(() => quote(seed, { ...facts, expiresOn: '2026-11-24' }));
  for (const category of CATEGORIES) {
    const body = quote(seed, { ...facts, product: product(category), faceFen: fen(1) });
    assert(BigInt(body.netFen) >= 0n, 'a face of one fen still adds up');
  }
});
