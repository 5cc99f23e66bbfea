/** After a rotation of keys: the data keys of licence photos are wrapped anew, without touching a picture. */
import { type Db, inTransaction, type Keys } from '#platform';
import { lockOldPhotos, saveWrappedKey } from './store-licence.ts';

const BATCH = 200;

/** Gives how many were done now. */
export async function rewrapLicencePhotos(db: Db, keys: Keys): Promise<number> {
  for (let done = 0; ; ) {
    const batch = await inTransaction(db, async (tx) => {
      const rows = await lockOldPhotos(tx, { kekId: keys.kekId, limit: BATCH });
      for (const { id, kekId, wrapped } of rows) {
        const dataKey = keys.unwrap(kekId, wrapped);
        await saveWrappedKey(tx, { id, kekId: keys.kekId, wrapped: keys.wrap(dataKey) });
        dataKey.fill(0);
      }
      return rows.length;
    });
    done += batch;
    if (batch < BATCH) return done;
  }
}
