// Goal: a number is understood however it is typed or pasted, and what is wrong with one is named without repeating it.
// Method: every product of the catalogue with cards of the simulator's world (whose check digits are written by a second
// hand), and properties over separators, widths, typing errors and rubbish.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refusals, wordsFor } from '#platform';
import { makeCard } from '../../simulators/issuer/index.ts';
import { readCatalogue } from './catalogue.ts';
import { normalise, numberFault, parseCard } from './number.ts';

const products = readCatalogue().products;
const productOf = (sku: string) => {
  const product = products.find((one) => one.sku === sku);
  assert(product);
  return product;
};
const anyProduct = fc.constantFrom(...products.filter((one) => one.transferability !== 'none'));
const anySerial = fc.integer({ min: 0, max: 500 });

const FULL_WIDTH_OFFSET = 0xfee0;
const wide = (text: string): string =>
  [...text].map((sign) => String.fromCharCode(sign.charCodeAt(0) + FULL_WIDTH_OFFSET)).join('');
const SEPARATORS = ['', ' ', '-', '　', '–', '—', '\t', '\u200b', ' - ', '·', '\u00a0', '－'];

test('a good card is understood in every spelling', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      anyProduct,
      anySerial,
      fc.array(fc.constantFrom(...SEPARATORS), { minLength: 40, maxLength: 40 }),
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom('', '卡号：', '卡号:', ' 券码 '),
      (product, serial, gaps, isWide, isLower, label) => {
        const card = makeCard(product.sku, { serial });
        const spell = (text: string): string => {
          const cased = isLower ? text.toLowerCase() : text;
          const shaped = isWide ? wide(cased) : cased;
          return [...shaped].map((sign, at) => sign + (gaps[at % gaps.length] ?? '')).join('');
        };
        const pin = card.pin === undefined ? undefined : spell(card.pin);
        const parsed = parseCard(product, { number: label + spell(card.number), pin });
        assert(parsed.ok, JSON.stringify(parsed));
        assert.equal(parsed.number.reveal(), card.number);
        assert.equal(parsed.pin?.reveal(), card.pin);
        seen.add(`${product.numberRule.alphabet} ${product.numberRule.check}`);
      },
    ),
    { numRuns: 300 },
  );
  assert.deepEqual([...seen].sort(), ['digits ean13', 'digits luhn', 'digits mod97', 'safe mod97']);
});

// A letter counts as two digits in mod 97, so a letter typed for a digit shifts the rest and may slip by: 1 in 97.
test('one mistyped character of the same kind is always caught by alphabet or check digit', () => {
  fc.assert(
    fc.property(
      anyProduct,
      anySerial,
      fc.nat(),
      fc.integer({ min: 1, max: 9 }),
      (product, serial, at, by) => {
        const { number } = makeCard(product.sku, { serial });
        const place = at % number.length;
        const old = Number.parseInt(number[place] ?? '0', 36);
        const other = old > 9 ? 10 + ((old - 10 + by) % 26) : (old + by) % 10;
        const wrong = other.toString(36).toUpperCase();
        const typed = number.slice(0, place) + wrong + number.slice(place + 1);
        if (typed === number) return;
        assert.ok(numberFault(product.numberRule, typed), `${product.sku} ${typed}`);
      },
    ),
    { numRuns: 4_000 },
  );
});

test('what is wrong is named, in two languages, without the number', () => {
  const product = productOf('weihe-gift');
  const { number, pin } = makeCard('weihe-gift');
  const cases: [string, string | undefined, string, string][] = [
    [number.slice(1), pin, 'card_number_invalid', 'length'],
    [`${number}0`, pin, 'card_number_invalid', 'length'],
    [`${number.slice(0, 5)}X${number.slice(6)}`, pin, 'card_number_invalid', 'character'],
    [`8888${number.slice(4)}`, pin, 'card_number_invalid', 'prefix'],
    [number.slice(0, -1) + ((Number(number.at(-1)) + 1) % 10), pin, 'card_number_invalid', 'check'],
    [number, '12345', 'pin_invalid', 'length'],
    [number, '12345a', 'pin_invalid', 'character'],
    [number, undefined, 'pin_invalid', 'length'],
    ['', pin, 'card_number_invalid', 'length'],
  ];
  for (const [typed, typedPin, code, wrong] of cases) {
    const parsed = parseCard(product, { number: typed, pin: typedPin });
    assert(!parsed.ok);
    assert.deepEqual([parsed.code, parsed.params?.['wrong']], [code, wrong]);
    for (const language of ['zh', 'en'] as const) {
      const { remedy } = wordsFor(parsed, language);
      assert(!remedy.includes('{') && remedy.length > 5);
      assert(typed === '' || !remedy.includes(typed));
    }
  }
  assert.ok(refusals.card_number_invalid);
});

test('a bank card is refused as such, a product’s own number never', () => {
  const product = productOf('shiju-gift');
  const bankCards = [
    '6222021234567890128',
    '4111 1111 1111 1111',
    '5500-0000-0000-0004',
    '３５３０１１１３３３３０００００',
  ];
  for (const number of bankCards) {
    const parsed = parseCard(product, { number, pin: 'X' });
    assert(!parsed.ok);
    assert.equal(parsed.code, 'bank_card_refused', number);
  }
  for (const one of products.filter(({ transferability }) => transferability !== 'none')) {
    const card = makeCard(one.sku, { serial: 7 });
    assert.equal(parseCard(one, card).ok, true, one.sku);
  }
});

test('a card that may not be passed on is refused before anything is read', () => {
  const parsed = parseCard(productOf('hemu-bound'), { number: 'anything' });
  assert(!parsed.ok);
  assert.equal(parsed.code, 'non_transferable');
});

test('rubbish is refused quickly and never throws', () => {
  const rubbish = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('1e9', '-0', 'NaN', '9007199254740993', '[object Object]', '١٢٣٤', '𝟏𝟐𝟑𝟒'),
    fc.constant('9'.repeat(1_000_000)),
  );
  fc.assert(
    fc.property(anyProduct, rubbish, rubbish, (product, number, pin) => {
      const parsed = parseCard(product, { number, pin });
      if (parsed.ok) assert.equal(numberFault(product.numberRule, normalise(number)), undefined);
    }),
    { numRuns: 300 },
  );
});
