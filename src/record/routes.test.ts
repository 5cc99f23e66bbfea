// Goal: the console reads and checks the record, newest first, and only staff may.
// Method: requests injected into the real HTTP kit on PostgreSQL, the role taken from a header.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import {
  buildHttp,
  type Caller,
  FakeClock,
  inTransaction,
  newId,
  ROLES,
  readConfig,
  silentLog,
} from '#platform';
import { freshDatabase } from '#test/database.ts';
import { append, recordRoutes, seal } from './index.ts';

test('the record over HTTP', async (t) => {
  const { db } = await freshDatabase(t);
  const clock = new FakeClock('2026-03-03T00:00:00Z');
  const app = await buildHttp({
    config: readConfig({}),
    log: silentLog,
    clock,
    db,
    authenticate: async ({ headers }): Promise<Caller | undefined> => {
      const role = ROLES.find((one) => one === headers['x-role']);
      if (!headers['x-role']) return undefined;
      const roles = new Set(role ? [role] : []);
      return { userId: newId(), sessionId: newId(), roles, steppedUpAt: undefined };
    },
  });
  recordRoutes(app, { db, clock });
  t.after(() => app.close());
  const get = (query: string, role = 'auditor') =>
    app.inject({ url: `/v1/console/record${query}`, headers: role ? { 'x-role': role } : {} });
  await inTransaction(db, async (tx) => {
    for (let n = 1; n <= 3; n++)
      await append(tx, {
        subject: 'order-1',
        type: 't',
        data: { n, amount: 5n, deep: { of: [n] } },
        at: clock.now(),
      });
    await append(tx, { subject: 'order-2', type: 't', data: {}, at: clock.now() });
  });
  await seal(db, clock.now());

  for (const role of ROLES) assert.equal((await get('', role)).statusCode, 200);
  assert.equal((await get('', 'seller')).statusCode, 403);
  assert.equal((await get('/verify', 'seller')).statusCode, 403);
  assert.equal((await get('', '')).statusCode, 401);

  const first = (await get('?subject=order-1&limit=2')).json();
  assert.deepEqual(
    first.items.map((item: { data: unknown; sealed: { seq: number } }) => [
      item.data,
      item.sealed.seq,
    ]),
    [
      [{ n: 3, amount: '5', deep: { of: [3] } }, 3],
      [{ n: 2, amount: '5', deep: { of: [2] } }, 2],
    ],
  );
  const second = (await get(`?subject=order-1&limit=2&cursor=${first.next}`)).json();
  assert.deepEqual([second.items.length, second.items[0].data.n, second.next], [1, 1, undefined]);
  assert.equal((await get('')).json().items.length, 4);
  assert.equal((await get('?cursor=x')).statusCode, 400);

  const whole = (await get('/verify')).json();
  assert.deepEqual([whole.ok, whole.entries, whole.unsealed, whole.head.seq], [true, 4, 0, 4]);
  await db.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx);
    await sql`update record.entry set data = '{"n": 7}' where data ->> 'n' = '2'`.execute(tx);
  });
  const [, , { id }] = (await get('')).json().items;
  assert.deepEqual((await get('/verify')).json(), {
    ok: false,
    broken: { seq: 2, entryId: id, reason: 'entry_changed' },
  });
});
