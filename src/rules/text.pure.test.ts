// Goal: nobody passes a card secret, a contact or hidden signs to a stranger, and plain talk is not held up.
// Method: a table of what must pass and what must not, and random secrets dressed up in random separators.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkText } from './text.ts';

const DAY = '2026-11-25';
const codeOf = (text: string): string | undefined => {
  const no = checkText(text, DAY);
  return no && 'code' in no ? no.code : undefined;
};

const PLAIN = [
  '您好，这张卡还能用吗？',
  '有效期到 2027-12-31，面值 ¥1,000.00，余额 856.50 元',
  '2026年12月1日 18:30 前都可以用',
  'Valid until 2027-01-31, works in all 120 stores, 95 % of face',
  '三百块的卡，一共两张，九折',
  '一月二月三月都可以，周一到周五',
  '周末 12:00-14:00 不能用；每次限用 2 张，满 200 元可用',
  '我用支付宝付款的，没有收到卡密',
  '卡号和密码都对，可是店员说已经用过了 👨‍👩‍👧 ❤️',
  'The issuer said it was used on 2026-11-20 at 14:05:33',
  'iPhone 15 Pro Max 256 vs 12 stores',
];
const NO: readonly (readonly [string, string])[] = [
  ['卡号 6200 1234 5678 9012 密码 123456', 'text_card_secret'],
  ['8-6-0-1-2-3-4-5-6-7-8-9', 'text_card_secret'],
  ['六二零零一二三四五六七八', 'text_card_secret'],
  ['WH12A34B56C78', 'text_card_secret'],
  ['６２００１２３４５６７８', 'text_card_secret'],
  ['打我电话 138 0000 0000', 'text_contact'],
  ['一三八零零零零零零零零', 'text_contact'],
  ['加我微信详聊', 'text_contact'],
  ['vx：abc_12345', 'text_contact'],
  ['Q Q 1 2 3 4 5 6', 'text_contact'],
  ['mail me: someone@example.com', 'text_contact'],
  ['看这里 www.example.com', 'text_contact'],
  ['我们私下交易，便宜 5 块', 'text_contact'],
  ['<b>便宜</b>', 'text_markup'],
  ['<img src=x onerror=alert(1)>', 'text_markup'],
  ['&lt;script', 'text_markup'],
  ['＜script＞', 'text_markup'],
  ['便\u200b宜', 'text_hidden_signs'],
  ['\u202e卡宜便', 'text_hidden_signs'],
  ['a\u0000b', 'text_hidden_signs'],
  ['高价收银行卡', 'words_forbidden'],
];

test('plain talk passes', () => {
  for (const text of PLAIN) assert.equal(codeOf(text), undefined, text);
});

test('secrets, contacts, markup and hidden signs do not', () => {
  for (const [text, code] of NO) assert.equal(codeOf(text), code, text);
});

test('a card number is seen through any separators', () => {
  const separator = fc.constantFrom('', ' ', '-', '.', ' - ', '·', '　', '/', '*');
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 19 });
  fc.assert(
    fc.property(digits, separator, (number, between) => {
      const text = `卡号是：${number.join(between)}，请查收`;
      assert(['text_card_secret', 'text_contact'].includes(codeOf(text) ?? ''), text);
    }),
    { numRuns: 500 },
  );
});
