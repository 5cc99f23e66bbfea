/** People who can be texted, for the tests of alerts and wants. */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { signUp } from '#parties';
import { type Db, fileKeys, inTransaction } from '#platform';

/** Each call of what it gives signs up another person. */
export function newcomers(t: TestContext, db: Db, at: Date): () => Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'huiquan-find-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const keys = fileKeys(join(folder, 'keys.json'));
  return async () => {
    const phone = `139${String(randomInt(100_000_000)).padStart(8, '0')}`;
    return await inTransaction(db, async (tx) => await signUp(tx, { keys, phone, at }));
  };
}
