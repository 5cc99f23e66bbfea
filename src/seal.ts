/** The two chains tied together: each seal of the ledger's batches is an entry of the record, and checked against it. */
import { type Seal, type SealVerdict, sealBatches, verifySeals } from '#ledger';
import type { Db, Reader } from '#platform';
import { append, seal, seriesOf } from '#record';

const SUBJECT = 'ledger';

/** Seals what the ledger has committed, then all that the record has; returns how many batches. */
export async function sealAll(db: Db, at: Date): Promise<number> {
  const batches = await sealBatches(db, at, async (tx, { no, batches, rows, root }) => {
    const data = { no, batches, rows, root };
    await append(tx, { subject: SUBJECT, type: 'ledger.sealed', data, at });
  });
  await seal(db, at);
  return batches;
}

/** Every sealed batch against its rows, and every root against the one in the record. */
export const verifyLedgerSeals = (reader: Reader): Promise<SealVerdict> =>
  verifySeals(reader, notedSeals(reader));

async function* notedSeals(reader: Reader): AsyncGenerator<Pick<Seal, 'no' | 'root'>> {
  for await (const { type, data } of seriesOf(reader, SUBJECT))
    if (type === 'ledger.sealed') yield data as Pick<Seal, 'no' | 'root'>;
}
