// Goal: the calendar says what the State Council's notices say, on every day of every year it covers.
// Method: spot dates copied from the notices by hand, an independent package on all 1,096 days, laws on T+n.
import assert from 'node:assert/strict';
import test from 'node:test';
import chineseDays from 'chinese-days';
import fc from 'fast-check';
import {
  addDays,
  addWorkdays,
  calendarCovers,
  calendarEnd,
  calendarVersion,
  daysBetween,
  daysToNextHoliday,
  holidayName,
  isDay,
  isHoliday,
  isWorkday,
  nextWorkday,
  weekday,
} from '#platform';

const FIRST = '2024-01-01';
const DAYS = 1_096;
const everyDay = Array.from({ length: DAYS }, (_, index) => addDays(FIRST, index));

test('spot dates of the notices: worked weekends, days off, plain weekends', () => {
  const worked = ['2024-02-04', '2025-01-26', '2026-01-04', '2026-02-14', '2026-02-28'];
  for (const day of [...worked, '2026-05-09', '2026-09-20', '2026-10-10', '2025-10-09']) {
    assert.equal(isWorkday(day), true, day);
    assert.equal(isHoliday(day), false, day);
  }
  for (const day of ['2026-02-15', '2025-10-08', '2026-06-19', '2024-06-10', '2025-01-28']) {
    assert.equal(isWorkday(day), false, day);
    assert.equal(isHoliday(day), true, day);
  }
  assert.equal(isWorkday('2026-11-21'), false);
  assert.equal(isHoliday('2026-11-21'), false);
  assert.deepEqual(holidayName('2026-02-17'), { zh: '春节', en: 'Spring Festival' });
  assert.equal(holidayName('2026-02-24'), undefined);
});

test('agrees with chinese-days on all 1,096 days', () => {
  assert.equal(everyDay.at(-1), calendarEnd);
  for (const day of everyDay) {
    assert.equal(isWorkday(day), chineseDays.isWorkday(day), day);
    const weekend = weekday(day) === 0 || weekday(day) === 6;
    if (!weekend && !isWorkday(day)) assert.equal(isHoliday(day), true, day);
  }
});

test('days to the next holiday count down to 0 on its first day', () => {
  assert.equal(daysToNextHoliday('2026-09-30'), 1);
  assert.equal(daysToNextHoliday('2026-09-24'), 1);
  assert.equal(daysToNextHoliday('2026-09-23'), 2);
  assert.equal(daysToNextHoliday('2026-10-01'), 0);
  assert.equal(daysToNextHoliday('2026-10-07'), 0);
  assert.equal(daysToNextHoliday('2024-12-25'), 7);
  assert.equal(daysToNextHoliday('2026-10-08'), undefined, 'the notice for 2027 is not known');
  for (const day of everyDay) {
    const left = daysToNextHoliday(day);
    if (left !== undefined) assert.equal(isHoliday(addDays(day, left)), true, day);
  }
});

test('a year without a notice: weekday rule, no holiday, and it says so', () => {
  assert.equal(calendarCovers('2026-12-31'), true);
  assert.equal(calendarCovers('2027-01-01'), false);
  assert.equal(isWorkday('2027-01-01'), true);
  assert.equal(isWorkday('2027-01-02'), false);
  assert.equal(isHoliday('2027-10-01'), false);
  assert.equal(daysToNextHoliday('2027-01-01'), undefined);
  assert.match(calendarVersion, /^cn\/2024-2026\/[0-9a-f]{8}$/);
});

test('T+n over a long holiday, and its laws', () => {
  assert.equal(nextWorkday('2026-02-13'), '2026-02-14');
  assert.equal(nextWorkday('2026-02-14'), '2026-02-24');
  assert.equal(addWorkdays('2026-02-14', 1), '2026-02-24');
  assert.equal(addWorkdays('2026-02-15', 0), '2026-02-24');
  assert.equal(addWorkdays('2026-11-23', 0), '2026-11-23');
  assert.throws(() => addWorkdays('2026-11-23', -1));
  assert.throws(() => addWorkdays('2026-11-23', 1.5));
  const days = fc.integer({ min: 0, max: DAYS - 60 }).map((index) => addDays(FIRST, index));
  fc.assert(
    fc.property(days, fc.nat(15), fc.nat(15), (day, a, b) => {
      const end = addWorkdays(day, a);
      assert.equal(isWorkday(end), true);
      if (a > 0) assert.equal(addWorkdays(end, b), addWorkdays(day, a + b));
      const between = everyDay.filter((one) => one > day && one <= end && isWorkday(one));
      if (a > 0) assert.equal(between.length, a);
      assert.ok(daysBetween(day, end) >= a);
    }),
    { numRuns: 200 },
  );
});

test('only days that exist are days', () => {
  for (const day of ['2026-02-28', '2024-02-29', '2026-12-31']) assert.equal(isDay(day), true);
  const bad = ['2026-02-30', '2025-02-29', '2026-13-01', '2026-00-10', '2026-1-1', '', 'today'];
  for (const day of [...bad, '2026-11-23T00:00:00Z', ' 2026-11-23'])
    assert.equal(isDay(day), false);
});
