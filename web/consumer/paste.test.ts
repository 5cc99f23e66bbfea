// Goal: what people paste from a chat or an e-mail fills the right fields, and nonsense fills none.
// Method: a table of real shapes of such texts, each against the rule of its product.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPasted } from './paste.ts';

const rule = { numberLength: 16, pinLength: 6 };
const both = { number: '6188203344556677', pin: '031942' };

const cases: Record<string, [string, object]> = {
  'labels and colons': ['卡号:6188203344556677 密码:031942', both],
  'full-width digits and colons': ['卡号:6188203344556677\n卡密:031942', both],
  'groups of four': ['卡号:6188 2033 4455 6677,卡密:031942', both],
  hyphens: ['卡号 6188-2033-4455-6677\r\n密码 031942', both],
  'English labels': ['Card number: 6188203344556677\nPIN: 031942', both],
  'two lines without labels': ['6188203344556677\n031942', both],
  'one line without labels': ['6188 2033 4455 6677 031942', both],
  'a greeting around it': ['亲,您的券码为6188203344556677,密码是031942,请尽快使用', both],
  'only a number': ['6188203344556677', { number: both.number }],
  'only a labelled PIN': ['密码:031942', { pin: '031942' }],
  'labels on one line with spaces': ['卡号: 6188 2033 4455 6677 密码: 031942', both],
  nonsense: ['晚上一起吃饭吗', {}],
  'a phone number': ['13800001234', {}],
};
for (const [name, [text, expected]] of Object.entries(cases))
  test(`reads ${name}`, () => assert.deepEqual(readPasted(text, rule), expected));
