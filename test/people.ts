/** People for tests of rooms that only have to find them: known by id, with no name and no phone. */
import { freshDatabase, type TestDatabase } from '#test/database.ts';

const SINCE = new Date('2026-01-01T00:00:00Z');

/** A database in which these people are known; there is no phone to text them on. */
export async function databaseOf(
  t: Parameters<typeof freshDatabase>[0],
  people: readonly string[],
): Promise<TestDatabase> {
  const made = await freshDatabase(t);
  const rows = people.map((id) => ({ id, created_at: SINCE, erased_at: SINCE }));
  await made.db.insertInto('parties.person').values(rows).execute();
  return made;
}
