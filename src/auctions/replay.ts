/** Clears an auction or a round again from what was published, and says whether the result is the same to the byte. */
import type { Reader } from '#platform';
import { entriesOf } from '#record';
import { type Published, type Replayed, replay } from './outcome.ts';

export interface Clearing extends Replayed {
  readonly entryId: string;
  /** Place in the record's chain; undefined until sealed. */
  readonly seq: number | undefined;
  readonly published: Published;
}

/** One a clearing: a winner who did not pay made a second one necessary. */
export async function replayAuction(reader: Reader, id: string): Promise<Clearing[]> {
  const entries = await entriesOf(reader, id);
  return entries
    .filter(({ type }) => type === 'auctions.cleared')
    .map(({ id: entryId, seq, data }) => {
      const published = data as Published;
      return { entryId, seq, published, ...replay(published) };
    });
}
