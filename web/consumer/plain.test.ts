// Goal: what people type into the forms is understood as they meant it, and a slip is caught before it is sent.
// Method: tables of spellings; for the id number every single-digit slip of a right one must be noticed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fenFromYuan, yuanInput } from '../kit/yuan.ts';
import {
  accountLooksRight,
  idLooksRight,
  MOBILE,
  madeUpAccount,
  madeUpId,
  plainPhone,
} from './plain.ts';

test('a phone number is the same number however it is typed', () => {
  for (const typed of ['13800015678', '138 0001 5678', '+86 138-0001-5678', '13800015678'])
    assert.equal(plainPhone(typed), '13800015678', typed);
  assert(MOBILE.test('13800015678'));
  for (const wrong of ['1380001567', '23800015678', '12800015678'])
    assert(!MOBILE.test(plainPhone(wrong)), wrong);
});

test('every single slip in an id number is noticed', () => {
  const right = '11010519491231002X';
  assert(idLooksRight(right));
  assert(idLooksRight('110105194912 31002x'));
  for (let at = 0; at < 17; at += 1) {
    for (const digit of '0123456789') {
      if (digit === right[at]) continue;
      const slip = right.slice(0, at) + digit + right.slice(at + 1);
      assert(!idLooksRight(slip), slip);
    }
  }
});

test('made-up numbers of the demo pass the checks, and a slip in an account number is noticed', () => {
  for (let i = 0; i < 200; i += 1) {
    const [id, account] = [madeUpId(Math.random), madeUpAccount(Math.random)];
    assert(idLooksRight(id), id);
    assert(accountLooksRight(account), account);
    const slip = account.slice(0, 9) + ((Number(account[9]) + 1) % 10) + account.slice(10);
    assert(!accountLooksRight(slip), slip);
  }
});

test('yuan become fen without a float, and nonsense becomes nothing', () => {
  const cases: [string, string | undefined][] = [
    ['100', '10000'],
    ['1,234.5', '123450'],
    ['¥0.01', '1'],
    ['100元', '10000'],
    ['0.29', '29'],
    ['1e9', undefined],
    ['-1', undefined],
    ['1.005', undefined],
    ['', undefined],
    ['9999999999', undefined],
  ];
  for (const [typed, expected] of cases) assert.equal(fenFromYuan(typed), expected, typed);
  for (const fen of ['10000', '123450', '1']) assert.equal(fenFromYuan(yuanInput(fen)), fen);
});
