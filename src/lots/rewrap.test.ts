// Goal: after the key of keys was changed, papers and half-sent files of lots open as before, under the new key alone.
// Method: a real lot in the whole house; the key is rotated, and a process that starts with it finds the work by itself.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileKeys, type Keys, openLog, rotateKek } from '#platform';
import { openTestHouse, type TestHouse } from '#test/house.ts';
import { addPapers, cardsOf, company, csvOf, lotPath, newLot } from '#test/lots.ts';
import { openHouse } from '../app.ts';
import { leftToRewrap } from '../rewrap.ts';
import { rewrapPapers } from './paper.ts';

test('keys of papers and of uploads are wrapped anew, each once, and open as before', async (t) => {
  const house = await openTestHouse(t);
  const seller = await company(house);
  const lotId = await newLot(house, seller, { rows: 2 });
  const path = lotPath(seller, lotId);
  const bytes = { 'content-type': 'application/octet-stream' };
  const file = csvOf(cardsOf('luyu-ecard', 2));
  const put = await house.http(seller.maker, 'PUT', `${path}/file/0`, file, bytes);
  assert.equal(put.status, 200, put.text);
  await addPapers(house, seller, lotId);

  const wraps = async (): Promise<{ kek_id: string; wrapped_key: Buffer }[]> =>
    (
      await house.pool.query(
        `select kek_id, wrapped_key from (
           select 1 as kind, id, kek_id, wrapped_key from lots.paper
           union all select 2, lot_id, kek_id, wrapped_key from lots.upload) as all_keys
         order by kind, id`,
      )
    ).rows;
  const opened = async (keys: Keys): Promise<string[]> =>
    (await wraps()).map((row) => keys.unwrap(row.kek_id, row.wrapped_key).toString('hex'));
  const old = await wraps();
  assert.equal(old.length, 3, 'two papers and one upload');
  const before = await opened(house.keys);
  const keysPath = join(house.config.DATA_DIR, 'keys.json');
  rotateKek(keysPath);
  const keys = fileKeys(keysPath);

  const log = openLog({ level: 'silent', name: 'test' });
  const { config, pool, clock } = house;
  const next = await openHouse({ config: { ...config, PORT: 0 }, pool, keys, clock, log });
  t.after(() => next.close());
  const left = async (): Promise<number[]> =>
    (await leftToRewrap(house.db, keys)).map(({ left }) => left);
  assert.deepEqual(await left(), [0, 0, 1, 3], 'a photo of the licence too');
  // A process that still runs with the old keys knows of nothing to do; the new one, of each once.
  await house.house.tidyUp();
  assert.deepEqual(await queued(house), []);
  await next.tidyUp();
  await next.tidyUp();
  assert.deepEqual(await queued(house), ['lots.rewrap', 'parties.rewrap']);
  await next.settleDown();
  assert.deepEqual(await left(), [0, 0, 0, 0]);
  const now = await wraps();
  assert.equal(now.length, 3);
  for (const [index, row] of now.entries()) {
    assert.equal(row.kek_id, keys.kekId);
    assert.notDeepEqual(row.wrapped_key, old[index]?.wrapped_key);
  }
  assert.deepEqual(await opened(keys), before);
  const again = await Promise.all([rewrapPapers(house.db, keys), rewrapPapers(house.db, keys)]);
  assert.deepEqual(again, [0, 0], 'nothing is left to do');
});

const queued = async ({ pool }: TestHouse): Promise<string[]> =>
  (
    await pool.query<{ task: string }>(
      `select task_identifier as task from graphile_worker.jobs
       where task_identifier like '%.rewrap' order by 1`,
    )
  ).rows.map(({ task }) => task);
