// Goal: no operation on money loses or invents a fen, and no text is read as an amount that is not one.
// Method: properties over random amounts, rates and weights; a table of texts that must be refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allocate, FEN_MAX, fen, parseFen, share, sum, yuan } from './money.ts';

const amounts = fc.bigInt({ min: 0n, max: FEN_MAX }).map((value) => fen(value));

test('a share and its rest are the whole, and the two roundings differ by at most one fen', () => {
  fc.assert(
    fc.property(amounts, fc.integer({ min: 0, max: 10_000 }), (amount, bps) => {
      const down = share(amount, bps, 'down');
      const up = share(amount, bps, 'up');
      assert(up - down === 0n || up - down === 1n);
      assert(down >= 0n && up <= amount + 1n);
      assert(down * 10_000n <= amount * BigInt(bps) && up * 10_000n >= amount * BigInt(bps));
    }),
  );
});

test('an allocation sums to the total and no part is more than one fen from its exact share', () => {
  const weights = fc
    .array(fc.bigInt({ min: 0n, max: 1_000_000n }), { minLength: 1, maxLength: 12 })
    .filter((list) => list.some((weight) => weight > 0n));
  fc.assert(
    fc.property(fc.bigInt({ min: -FEN_MAX, max: FEN_MAX }), weights, (total, list) => {
      const parts = allocate(fen(total), list);
      assert.equal(sum(parts), total);
      const whole = list.reduce((a, b) => a + b, 0n);
      for (const [index, part] of parts.entries()) {
        const off = part * whole - total * (list[index] ?? 0n);
        assert((off < 0n ? -off : off) <= whole);
      }
    }),
  );
});

test('only a plain decimal string is an amount', () => {
  for (const text of [
    '1e9',
    '-0',
    '1.5',
    ' 1',
    '1 ',
    '',
    '+1',
    '01',
    '0x10',
    'NaN',
    'Infinity',
    '９',
    '9'.repeat(17),
  ]) {
    assert.equal(parseFen(text), undefined, text);
  }
  assert.equal(
    parseFen('9007199254740993'),
    undefined,
    '2^53 + 1 is above the bound of one amount',
  );
  assert.equal(parseFen('900719925474099'), 900_719_925_474_099n);
  assert.equal(parseFen('-12'), -12n);
});

test('amounts beyond the bound are a bug, not a number', () => {
  assert.throws(() => fen(FEN_MAX + 1n));
  assert.throws(() => sum([fen(FEN_MAX), fen(1n)]));
  assert.throws(() => share(fen(1n), 10_001, 'up'));
  assert.throws(() => allocate(fen(1n), [0n]));
});

test('people read yuan', () => {
  assert.equal(yuan(fen(1_234_567n)), '¥12,345.67');
  assert.equal(yuan(fen(-5n)), '−¥0.05');
});
