/** Charities as finance sees them: what each may do next, what it was given, and how its batches stand. */
import type { Static } from 'typebox';
import { type Reader, ZERO } from '#platform';
import { allowed } from '#process';
import { last4Of } from '../account_store.ts';
import { payoutOf } from '../create.ts';
import { payeeOf } from './domain.ts';
import { charityProcess } from './life.ts';
import type { ConsoleCharities, ConsoleCharity } from './schema.ts';
import { type Charity, listBatches, listCharities, sumDonations } from './store.ts';

const BATCHES_MAX = 60;

export async function consoleCharities(reader: Reader): Promise<Static<typeof ConsoleCharities>> {
  const rows = await listCharities(reader);
  const sums = await sumDonations(reader);
  const last4 = await last4Of(
    reader,
    rows.map(({ id }) => payeeOf(id)),
  );
  const batches = await listBatches(reader, BATCHES_MAX);
  return {
    charities: rows.map((row) => viewOf(row, sums.get(row.id), last4.get(payeeOf(row.id)))),
    batches: await Promise.all(
      batches.map(async ({ id, batchNo, charityId, month, amount, count, createdAt }) => ({
        ...{ id, batchNo, charityId, month, count, amountFen: String(amount) },
        state: (await payoutOf(reader, id))?.state ?? '',
        createdAt: createdAt.toISOString(),
      })),
    ),
  };
}

function viewOf(
  row: Charity,
  sums: { given: bigint; waiting: bigint } | undefined,
  accountLast4: string | undefined,
): ConsoleCharity {
  const { id, nameZh, nameEn, creditCode, licenceNo, state, proposedBy } = row;
  const may = [
    ...allowed(charityProcess, state, 'maker'),
    ...allowed(charityProcess, state, 'checker'),
  ];
  return {
    ...{ id, nameZh, nameEn, creditCode, licenceNo, state, proposedBy, allowed: may },
    ...(row.failure !== undefined && { failure: row.failure }),
    ...(row.verifiedAt && { verifiedAt: row.verifiedAt.toISOString() }),
    ...(row.validUntil !== undefined && { validUntil: row.validUntil }),
    ...(row.approvedBy !== undefined && { approvedBy: row.approvedBy }),
    ...(accountLast4 !== undefined && { accountLast4 }),
    givenFen: String(sums?.given ?? ZERO),
    waitingFen: String(sums?.waiting ?? ZERO),
  };
}
