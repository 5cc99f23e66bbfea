// Goal: what goes out in the binary form of the wire arrives as it was.
// Method: random ids and times through PostgreSQL and back; text that is no id, and a time that is none.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { freshDatabase } from '#test/database.ts';
import { timeArray, uuidArray } from './wire.ts';

test('ids and times arrive as they were, in whatever number', async (t) => {
  const { pool } = await freshDatabase(t);
  for (const count of [0, 1, 1_000]) {
    const ids = Array.from({ length: count }, () => randomUUID());
    const ms = [0, -1, Date.UTC(1999, 11, 31), Date.UTC(9999, 11, 31), 1_795_000_000_001];
    const times = ids.map((_, index) => new Date(ms[index % ms.length] ?? 0));
    const { rows } = await pool.query<{ ids: string[]; times: Date[] }>(
      'select $1::uuid[]::text[] as ids, $2::timestamptz[] as times',
      [uuidArray(ids), timeArray(times)],
    );
    assert.deepEqual(rows, [{ ids, times }]);
  }
});

test('capitals are digits too; what is no id or no time does not go out', () => {
  const id = randomUUID();
  assert.deepEqual(uuidArray([id.toUpperCase()]), uuidArray([id]));
  const wrong = [
    '',
    id.slice(1),
    `${id}0`,
    id.replace(/^./, 'g'),
    id.replace('-', '0'),
    'é'.repeat(36),
  ];
  for (const text of wrong) assert.throws(() => uuidArray([text]), /an id/, text);
  assert.throws(() => timeArray([new Date(Number.NaN)]), /a time/);
});
