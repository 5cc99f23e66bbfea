// Goal: a receipt's number survives being read out and cannot be made up; a closed day never changes.
// Method: numbers written, mistyped and read again at random; the rules of days at their edges.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  dayToBook,
  ID_BYTES,
  isPlausible,
  mayClose,
  readNumber,
  TAG_BYTES,
  writeNumber,
} from './domain.ts';

const bytes = fc.uint8Array({ minLength: ID_BYTES + TAG_BYTES, maxLength: ID_BYTES + TAG_BYTES });

test('a number is read as it was written, in lower case, without dashes, with O for 0 and l for 1', () => {
  fc.assert(
    fc.property(bytes, (some) => {
      const number = writeNumber(some);
      assert.match(number, /^([0-9A-HJKMNP-TV-Z]{6}-){5}[0-9A-HJKMNP-TV-Z]{6}$/);
      const spoken = number
        .toLowerCase()
        .replaceAll('-', ' ')
        .replaceAll('0', 'o')
        .replaceAll('1', 'l');
      assert.deepEqual(readNumber(spoken), some);
    }),
  );
});

test('what is too short, too long, too large or has other symbols is no number', () => {
  const good = writeNumber(new Uint8Array(ID_BYTES + TAG_BYTES).fill(255));
  for (const bad of ['', good.slice(1), `${good}0`, `Z${good.slice(1)}`, good.replace('Z', 'U')])
    assert.equal(readNumber(bad), undefined, bad);
});

test('a card counts today, and tomorrow once today is closed', () => {
  assert.equal(dayToBook('2026-11-25', null), '2026-11-25');
  assert.equal(dayToBook('2026-11-25', '2026-11-24'), '2026-11-25');
  assert.equal(dayToBook('2026-11-30', '2026-11-30'), '2026-12-01');
});

test('a day is closed once, in order, and not before it has begun', () => {
  assert(mayClose('2026-11-25', '2026-11-25', null));
  assert(mayClose('2026-11-24', '2026-11-25', '2026-11-22'));
  assert(!mayClose('2026-11-26', '2026-11-25', null));
  assert(!mayClose('2026-11-25', '2026-11-25', '2026-11-25'));
});

test('a till may be two days late and an hour ahead', () => {
  const at = new Date('2026-11-25T02:00:00Z');
  const hours = (n: number): Date => new Date(at.getTime() + n * 3_600_000);
  assert(isPlausible(hours(-48), at) && isPlausible(hours(1), at));
  assert(!isPlausible(hours(-48.01), at) && !isPlausible(hours(1.01), at));
});
