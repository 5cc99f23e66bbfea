// Goal: what goes out in the binary form of the wire arrives as it was.
// Method: random ids, times and numbers at the ends of their types through PostgreSQL and back; what is none.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { freshDatabase } from '#test/database.ts';
import {
  bigintArray,
  int2Array,
  int4Array,
  int8Array,
  timeArray,
  uuid,
  uuidArray,
} from './wire.ts';

test('ids and times arrive as they were, in whatever number', async (t) => {
  const { pool } = await freshDatabase(t);
  for (const count of [0, 1, 1_000]) {
    const ids = Array.from({ length: count }, () => randomUUID());
    const ms = [0, -1, Date.UTC(1999, 11, 31), Date.UTC(9999, 11, 31), 1_795_000_000_001];
    const times = ids.map((_, index) => new Date(ms[index % ms.length] ?? 0));
    const { rows } = await pool.query<{ ids: string[]; times: Date[] }>(
      'select $1::uuid[]::text[] as ids, $2::timestamptz[] as times',
      [uuidArray(ids), timeArray(times.map((time) => time.getTime()))],
    );
    assert.deepEqual(rows, [{ ids, times }]);
  }
});

test('numbers arrive as they were, up to the last that their type can hold', async (t) => {
  const { pool } = await freshDatabase(t);
  const small = [0, -1, 1, 32_767, -32_768];
  const middle = [...small, 2_147_483_647, -2_147_483_648];
  const large = [...middle, 2 ** 31, -(2 ** 32), 2 ** 32 + 1, 2 ** 53 - 1, 1 - 2 ** 53, -0];
  const all = [...large.map(BigInt), 2n ** 63n - 1n, -(2n ** 63n)];
  const { rows } = await pool.query<Record<string, string>>(
    'select $1::int2[]::text as a, $2::int4[]::text as b, $3::int8[]::text as c, $4::int8[]::text as d',
    [int2Array(small), int4Array(middle), int8Array(large), bigintArray(all)],
  );
  const text = (values: readonly (number | bigint)[]): string => `{${values.join()}}`;
  assert.deepEqual(rows, [{ a: text(small), b: text(middle), c: text(large), d: text(all) }]);
  for (const value of [2 ** 53, -(2 ** 53), 0.5, Number.NaN])
    assert.throws(() => int8Array([value]), /53 bits/, `${value}`);
  for (const value of [32_768, -32_769, 0.5])
    assert.throws(() => int2Array([value]), /no int2/, `${value}`);
  for (const value of [2 ** 31, -(2 ** 31) - 1, 0.5])
    assert.throws(() => int4Array([value]), /no int4/, `${value}`);
  for (const value of [2n ** 63n, -(2n ** 63n) - 1n])
    assert.throws(() => bigintArray([value]), /no int8/, `${value}`);
});

test('what is no id or no time does not go out, nor an id in capitals', () => {
  const id = randomUUID().replace(/^./, 'a');
  const wrong = [
    '',
    id.toUpperCase(),
    id.slice(1),
    `${id}0`,
    id.replace(/^./, 'g'),
    id.replace('-', '0'),
    'é'.repeat(36),
  ];
  for (const text of wrong) {
    assert.throws(() => uuidArray([text]), /an id/, text);
    assert.throws(() => uuid(text), /an id/, text);
  }
  assert.deepEqual(uuid(id), Buffer.from(id.replaceAll('-', ''), 'hex'));
  assert.throws(() => timeArray([Number.NaN]), /a time/);
});
