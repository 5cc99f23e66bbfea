/** What a house needs before its first customer: catalogue, regulations, price table. Safe to run at every start. */
import { publishCatalogue } from '#cards';
import type { Db } from '#platform';
import { publishSeedTable } from '#pricing';
import { publishRules } from '#rules';

export async function publishAll(db: Db, at: Date): Promise<void> {
  await publishCatalogue(db, at);
  await publishRules(db, at);
  await publishSeedTable(db, at);
}
