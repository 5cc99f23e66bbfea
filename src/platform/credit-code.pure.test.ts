// Goal: one wrong sign, or two neighbours swapped, never passes for a credit code.
// Method: random codes with their check character, changed in one place; the standard's own sum as the second opinion.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { creditCodeCheck, parseCreditCode } from './credit-code.ts';

const SIGNS = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'];
const sign = fc.constantFrom(...SIGNS);
const code = fc
  .array(sign, { minLength: 17, maxLength: 17 })
  .map((signs) => `${signs.join('')}${creditCodeCheck(signs.join(''))}`);
/** The weights as the standard prints them. */
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

test('the weighted sum of all 18 signs is a multiple of 31', () => {
  fc.assert(
    fc.property(code, (text) => {
      const values = [...text].map((one) => SIGNS.indexOf(one));
      const total = WEIGHTS.reduce((sum, weight, at) => sum + weight * (values[at] ?? 0), 0);
      assert.equal((total + (values[17] ?? 0)) % 31, 0);
      assert.equal(parseCreditCode(text), text);
      assert.equal(parseCreditCode(` ${text.slice(0, 6)} ${text.slice(6).toLowerCase()}`), text);
    }),
  );
});

test('one other sign anywhere is found out', () => {
  fc.assert(
    fc.property(code, fc.nat(17), sign, (text, at, other) => {
      fc.pre(text[at] !== other);
      assert.equal(parseCreditCode(text.slice(0, at) + other + text.slice(at + 1)), undefined);
    }),
  );
});

test('two neighbours swapped are found out', () => {
  fc.assert(
    fc.property(code, fc.nat(16), (text, at) => {
      const [a = '', b = ''] = text.slice(at, at + 2);
      fc.pre(a !== b);
      assert.equal(parseCreditCode(text.slice(0, at) + b + a + text.slice(at + 2)), undefined);
    }),
  );
});

test('letters that the standard leaves out, other lengths and nonsense are no codes', () => {
  for (const text of ['', '9', 'I'.repeat(18), '91110000MA0000000', '💰'.repeat(18), '\0'])
    assert.equal(parseCreditCode(text), undefined);
  fc.assert(
    fc.property(code, fc.constantFrom('I', 'O', 'S', 'V', 'Z'), fc.nat(17), (text, odd, at) => {
      assert.equal(parseCreditCode(text.slice(0, at) + odd + text.slice(at + 1)), undefined);
    }),
  );
  fc.assert(
    fc.property(code, sign, (text, more) => {
      assert.equal(parseCreditCode(text + more), undefined);
      assert.equal(parseCreditCode(text.slice(1)), undefined);
    }),
  );
});
