// Goal: ids are UUIDs of version 7: their time in front, all other bits random, none twice.
// Method: many ids of a few times, read back by their places; each digit takes each value it may, none else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from './ids.ts';

const COUNT = 20_000;
const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('an id begins with its time, whatever was asked before', () => {
  for (const ms of [1_795_000_000_001, 0, 2 ** 48 - 1, 1_795_000_000_001, 1]) {
    const id = newId(new Date(ms));
    assert.match(id, SHAPE);
    assert.equal(Number.parseInt(id.replace('-', '').slice(0, 12), 16), ms, id);
  }
  for (const ms of [-1, 2 ** 48, Number.NaN])
    assert.throws(() => newId(new Date(ms)), /a time/, `${ms}`);
});

test('no id comes twice, and every digit after the time is random', () => {
  const at = new Date(1_795_000_000_000);
  const ids = Array.from({ length: COUNT }, () => newId(at));
  assert.equal(new Set(ids).size, COUNT);
  for (const id of ids) assert.match(id, SHAPE);
  for (let place = 15; place < 36; place++) {
    const counts = new Map<string, number>();
    for (const id of ids) counts.set(id.charAt(place), (counts.get(id.charAt(place)) ?? 0) + 1);
    const values = place === 18 || place === 23 ? 1 : place === 19 ? 4 : 16;
    assert.equal(counts.size, values, `place ${place}`);
    // Six standard deviations of a fair digit: seen once in a million runs.
    const each = COUNT / values;
    const far = 6 * Math.sqrt(each * (1 - 1 / values));
    for (const [digit, count] of counts)
      assert(Math.abs(count - each) <= far, `${digit} at ${place}: ${count} times`);
  }
});
