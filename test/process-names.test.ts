/** Life cycles are known to people by words, not by what programs call them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { PROCESSES } from '../src/app.ts';
import { texts } from '../web/console/texts.ts';

test('every life cycle has a name in words', () => {
  // Goal: a new life cycle never shows its code to staff.
  // Method: the definitions that the house runs against the keys of the console's texts.
  const nameless = PROCESSES.filter(({ name }) => !(`processes.name.${name}` in texts));
  assert.deepEqual(
    nameless.map(({ name }) => name),
    [],
  );
});
