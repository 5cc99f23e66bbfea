// Goal: a list that happens to be empty is no error: nothing is in it, and everything is not. Method: the real database,
// both ways in which a list is written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshDatabase } from '#test/database.ts';

test('nothing is in an empty list, and everything is not', async (t) => {
  const { db } = await freshDatabase(t);
  const at = new Date('2026-11-23T02:00:00Z');
  const issuer = { id: 'one', doc: '{}', published_at: at };
  await db.insertInto('cards.issuer').values(issuer).execute();
  const issuers = () => db.selectFrom('cards.issuer').select('id');
  const ids = [{ id: 'one' }];
  assert.deepEqual(await issuers().where('id', 'in', []).execute(), []);
  assert.deepEqual(await issuers().where('id', 'not in', []).execute(), ids);
  assert.deepEqual(await issuers().where('id', 'in', ['one', 'two']).execute(), ids);
  const inSelected = await issuers()
    .select((of) => of('id', 'in', []).as('none'))
    .where((of) => of.or([of('id', 'in', []), of('published_at', '=', at)]))
    .execute();
  assert.deepEqual(inSelected, [{ id: 'one', none: false }]);
});
