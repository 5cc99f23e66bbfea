// Goal: an identity number is accepted exactly when date, age and check character are right; numbers and
// addresses are read the way people and attackers write them.
// Method: properties against generated numbers, whose check character is computed by another formula.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays } from '#platform';
import {
  checkCharacter,
  networkOf,
  parseIdNumber,
  parseName,
  parsePhone,
  rolesInForce,
  SMS_TEMPLATES,
  smsText,
  stepUpMethods,
  tryCode,
} from './domain.ts';

const TODAY = '2026-11-23';

/** ISO 7064 MOD 11-2 by its recursion, not by the table of weights. */
function pureSystemCheck(digits: string): string {
  let product = 0;
  for (const digit of digits) product = ((product + Number(digit)) * 2) % 11;
  const value = (12 - product) % 11;
  return value === 10 ? 'X' : String(value);
}

const digits = (count: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count })
    .map((list) => list.join(''));
const region = fc
  .tuple(fc.integer({ min: 1, max: 9 }), digits(5))
  .map(([first, rest]) => `${first}${rest}`);
const day = (min: string, max: string) =>
  fc
    .integer({ min: Date.parse(min) / 86_400_000, max: Date.parse(max) / 86_400_000 })
    .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));
const idBornOn = (born: fc.Arbitrary<string>) =>
  fc.tuple(region, born, digits(3)).map(([place, bornOn, order]) => {
    const first17 = `${place}${bornOn.replaceAll('-', '')}${order}`;
    return { idNumber: first17 + pureSystemCheck(first17), bornOn };
  });

test('numbers of adults are accepted and give the day of birth', () => {
  fc.assert(
    fc.property(idBornOn(day('1900-01-01', '2008-11-23')), ({ idNumber, bornOn }) => {
      assert.equal(checkCharacter(idNumber.slice(0, 17)), idNumber[17]);
      assert.deepEqual(parseIdNumber(idNumber, TODAY), { idNumber, bornOn });
      assert.deepEqual(parseIdNumber(` ${idNumber.toLowerCase()} `, TODAY), { idNumber, bornOn });
    }),
    { numRuns: 300 },
  );
});

test('every single wrong character and every swap of neighbours is noticed', () => {
  let reached = 0;
  fc.assert(
    fc.property(
      idBornOn(day('1950-01-01', '2000-12-31')),
      fc.integer({ min: 0, max: 17 }),
      fc.integer({ min: 1, max: 9 }),
      ({ idNumber }, place, shift) => {
        const signs = [...idNumber];
        const old = signs[place] ?? '';
        signs[place] = old === 'X' ? String(shift) : String((Number(old) + shift) % 10);
        assert.equal(typeof parseIdNumber(signs.join(''), TODAY), 'string');
        const swapped = [...idNumber];
        const next = Math.min(place, 16);
        [swapped[next], swapped[next + 1]] = [swapped[next + 1] ?? '', swapped[next] ?? ''];
        if (swapped.join('') === idNumber) return;
        reached++;
        assert.equal(typeof parseIdNumber(swapped.join(''), TODAY), 'string');
      },
    ),
    { numRuns: 300 },
  );
  assert(reached > 50);
});

test('who turns 18 today may trade, who turns 18 tomorrow may not', () => {
  const born = (bornOn: string): string => {
    const first17 = `110105${bornOn.replaceAll('-', '')}123`;
    return first17 + pureSystemCheck(first17);
  };
  const verdict = (bornOn: string, today: string) => {
    const result = parseIdNumber(born(bornOn), today);
    return typeof result === 'string' ? result : 'adult';
  };
  assert.equal(verdict('2008-11-23', TODAY), 'adult');
  assert.equal(verdict('2008-11-24', TODAY), 'not_adult');
  assert.equal(verdict('2008-02-29', '2026-02-28'), 'not_adult');
  assert.equal(verdict('2008-02-29', '2026-03-01'), 'adult');
  assert.equal(verdict(TODAY, TODAY), 'not_adult');
  assert.equal(verdict(addDays(TODAY, 1), TODAY), 'id_number_invalid');
  for (const never of [
    '2001-02-29',
    '2000-02-30',
    '2000-13-01',
    '2000-00-10',
    '2000-01-00',
    '1879-12-31',
  ])
    assert.equal(verdict(never, TODAY), 'id_number_invalid', never);
});

test('what is no 18-character number is refused', () => {
  for (const text of [
    '',
    '11010519491231002',
    '110105194912310021',
    '1101051949123100XX',
    '０'.repeat(18),
    '110105491231002',
    '1e17',
    '-10105194912310029',
    '110105194912310\u00002X',
  ])
    assert.equal(parseIdNumber(text, TODAY), 'id_number_invalid', text);
  assert.notEqual(typeof parseIdNumber('１１０１０５１９４９１２３１００２Ｘ', TODAY), 'string');
});

test('phone numbers are read as people write them', () => {
  for (const text of [
    '13800138000',
    '138 0013 8000',
    '+86 138-0013-8000',
    '008613800138000',
    '8613800138000',
    '１３８００１３８０００',
    '138‑0013‑8000',
  ])
    assert.equal(parsePhone(text), '13800138000', text);
  for (const text of [
    '',
    '1380013800',
    '138001380000',
    '12800138000',
    '+1 4155550100',
    '+8613800138',
    '13800138000;',
    '1380013800a',
  ])
    assert.equal(parsePhone(text), undefined, text);
});

test('names of people are names', () => {
  for (const name of [
    '张三',
    '阿卜杜拉·买买提',
    '欧阳娜娜',
    '〇一',
    'Maria Jose',
    "O'Neill",
    '㐂田',
  ])
    assert.equal(parseName(name), name, name);
  assert.equal(parseName('阿卜杜拉•买买提'), '阿卜杜拉·买买提');
  for (const name of [
    '',
    '张',
    '张3',
    '<b>张三</b>',
    '·张三',
    '张三·',
    '张\n三',
    '张'.repeat(51),
    '1234',
    '张三!',
  ])
    assert.equal(parseName(name), undefined, name);
});

test('an address counts as its network: one IPv4, one IPv6 /64', () => {
  assert.equal(networkOf('203.0.113.7'), '203.0.113.7');
  assert.equal(networkOf('::ffff:203.0.113.7'), '203.0.113.7');
  assert.equal(networkOf('2001:db8:7:1::5'), networkOf('2001:0DB8:7:1:ffff:ffff:ffff:ffff'));
  assert.notEqual(networkOf('2001:db8:7:1::5'), networkOf('2001:db8:7:2::5'));
  assert.equal(networkOf('fe80::1%eth0'), networkOf('fe80::2'));
  assert.equal(networkOf('::1'), '0:0:0:0::/64');
});

test('a code is accepted only alive, untried three times, and right', () => {
  const at = new Date(1_000);
  const alive = { wrongTries: 2, expiresAt: new Date(1_001) };
  assert.equal(tryCode(alive, true, at), 'accept');
  assert.equal(tryCode(alive, false, at), 'count');
  assert.equal(tryCode({ ...alive, wrongTries: 3 }, true, at), 'gone');
  assert.equal(tryCode({ ...alive, expiresAt: at }, true, at), 'gone');
  assert.equal(tryCode(undefined, false, at), 'gone');
});

test('staff with a second factor must use it, others may choose', () => {
  const both = { totp: true, passkeys: 1 };
  const none = { totp: false, passkeys: 0 };
  const ways = (isStaff: boolean, factors: typeof both, demo = false) =>
    stepUpMethods({ isStaff, factors, demo });
  assert.deepEqual(ways(true, both), ['totp', 'passkey']);
  assert.deepEqual(ways(true, none), ['otp']);
  assert.deepEqual(ways(true, both, true), ['otp', 'totp', 'passkey']);
  assert.deepEqual(ways(false, both), ['otp', 'totp', 'passkey']);
  assert.deepEqual(rolesInForce(['admin'], { secondFactorAt: null, demo: false }), []);
});

test('every text message is one that a gateway takes', () => {
  for (const template of Object.keys(SMS_TEMPLATES) as (keyof typeof SMS_TEMPLATES)[]) {
    const text = smsText(template, { code: '123456' });
    assert(text.startsWith('【回券】'));
    assert(text.length <= 70, `${template}: more than one part`);
  }
});
