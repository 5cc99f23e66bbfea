// Goal: after the key of keys was changed, photos of licences open as before, wrapped under the new key alone.
// Method: a shop's real photo in the whole house; the key is rotated, the job runs as the operator would start it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { addJob, fileKeys, inTransaction, openLog, rotateKek } from '#platform';
import { openTestHouse } from '#test/house.ts';
import { readyShop } from '#test/recyclers.ts';
import { openHouse } from '../../app.ts';
import { openLicencePhoto } from './licence.ts';
import { rewrapLicencePhotos } from './rewrap.ts';

test('photos of licences are wrapped anew, each once, and open as before', async (t) => {
  const house = await openTestHouse(t);
  const shops: string[] = [];
  for (const legalName of ['模拟一号店', '模拟二号店', '模拟三号店'])
    shops.push(await readyShop(house, await house.seller(), { legalName }));
  const photos = async (keys: typeof house.keys): Promise<string[]> => {
    const opened = await Promise.all(shops.map((id) => openLicencePhoto(house.db, keys, id)));
    return opened.map((photo) => photo.toString('base64'));
  };
  const before = await photos(house.keys);
  const wraps = async () =>
    (
      await house.pool.query(
        'select kek_id, wrapped_key::text from parties.licence_photo order by 2',
      )
    ).rows;
  const old = await wraps();
  const path = join(house.config.DATA_DIR, 'keys.json');
  rotateKek(path);
  const keys = fileKeys(path);
  assert.deepEqual(await photos(keys), before, 'what the old key wrapped still opens');

  const log = openLog({ level: 'silent', name: 'test' });
  const { config, pool, clock } = house;
  const next = await openHouse({ config: { ...config, PORT: 0 }, pool, keys, clock, log });
  t.after(() => next.close());
  await inTransaction(house.db, (tx) => addJob(tx, 'parties.rewrap', {}));
  await next.settleDown();
  const now = await wraps();
  assert.equal(now.length, 3);
  for (const [index, row] of now.entries()) {
    assert.equal(row.kek_id, keys.kekId);
    assert.notEqual(row.wrapped_key, old[index].wrapped_key);
  }
  assert.deepEqual(await photos(keys), before);
  const again = await Promise.all([
    rewrapLicencePhotos(house.db, keys),
    rewrapLicencePhotos(house.db, keys),
  ]);
  assert.deepEqual(again, [0, 0], 'nothing is left to do');
});
