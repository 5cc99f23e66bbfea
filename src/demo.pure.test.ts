// Goal: whatever takes two people of one role can be walked through in a fresh demo, and the sign-ins say who they are.
// Method: the demo's staff counted by role; the printed list searched for each of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoSignIns, STAFF } from './demo.ts';

test('two people for payouts, and two for notices and our own watch list', () => {
  for (const role of ['finance', 'compliance'] as const)
    assert(STAFF.filter(({ roles }) => roles.includes(role)).length >= 2, role);
  const said = demoSignIns();
  for (const { phone, zh } of STAFF) assert(said.includes(`${phone}  ${zh}`), phone);
  assert.equal(new Set(STAFF.map(({ phone }) => phone)).size, STAFF.length);
});
