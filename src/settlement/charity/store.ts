/** SQL of charities, gifts to them, and the batches in which gifts are paid out. */
import { type Selectable, sql } from 'kysely';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';

export interface Charity {
  readonly id: string;
  readonly creditCode: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly licenceNo: string;
  readonly state: string;
  readonly failure: string | undefined;
  readonly proposedBy: string;
  readonly approvedBy: string | undefined;
  readonly verifiedAt: Date | undefined;
  readonly validUntil: string | undefined;
  readonly createdAt: Date;
}

const toCharity = (row: Selectable<Database['settlement.charity']>): Charity => ({
  id: row.id,
  creditCode: row.credit_code,
  nameZh: row.name_zh,
  nameEn: row.name_en,
  licenceNo: row.licence_no,
  state: row.state,
  failure: row.failure ?? undefined,
  proposedBy: row.proposed_by,
  approvedBy: row.approved_by ?? undefined,
  verifiedAt: row.verified_at ?? undefined,
  validUntil: row.valid_until ?? undefined,
  createdAt: row.created_at,
});

/** False when its code is known. */
export async function insertCharity(
  tx: Tx,
  row: Omit<Charity, 'failure' | 'approvedBy' | 'verifiedAt' | 'validUntil'>,
): Promise<boolean> {
  const made = await tx
    .insertInto('settlement.charity')
    .values({
      id: row.id,
      credit_code: row.creditCode,
      name_zh: row.nameZh,
      name_en: row.nameEn,
      licence_no: row.licenceNo,
      state: row.state,
      proposed_by: row.proposedBy,
      created_at: row.createdAt,
    })
    .onConflict((on) => on.column('credit_code').doNothing())
    .returning('id')
    .executeTakeFirst();
  return made !== undefined;
}

export async function lockCharity(tx: Tx, id: string): Promise<Charity | undefined> {
  const row = await tx
    .selectFrom('settlement.charity')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toCharity(row);
}

export async function findCharity(reader: Reader, id: string): Promise<Charity | undefined> {
  const row = await reader
    .selectFrom('settlement.charity')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toCharity(row);
}

export async function listCharities(reader: Reader, state?: string): Promise<Charity[]> {
  let query = reader.selectFrom('settlement.charity').selectAll();
  if (state !== undefined) query = query.where('state', '=', state);
  const rows = await query.orderBy('id').limit(500).execute();
  return rows.map(toCharity);
}

export async function saveCharity(
  tx: Tx,
  id: string,
  patch: {
    state: string;
    failure?: string | null;
    proposedBy?: string;
    approvedBy?: string | null;
    verifiedAt?: Date;
    validUntil?: string;
  },
): Promise<void> {
  const { state, failure, proposedBy, approvedBy, verifiedAt, validUntil } = patch;
  await tx
    .updateTable('settlement.charity')
    .set({
      state,
      ...(failure !== undefined && { failure }),
      ...(proposedBy !== undefined && { proposed_by: proposedBy }),
      ...(approvedBy !== undefined && { approved_by: approvedBy }),
      ...(verifiedAt && { verified_at: verifiedAt }),
      ...(validUntil !== undefined && { valid_until: validUntil }),
    })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

export interface Donation {
  readonly id: string;
  readonly subject: string;
  readonly donorId: string;
  readonly charityId: string;
  readonly amount: Fen;
  readonly isPublic: boolean;
  readonly givenAt: Date;
  readonly batchId: string | undefined;
  /** The charity was struck off before it was paid. */
  readonly returnedAt: Date | undefined;
}

const toDonation = (row: Selectable<Database['settlement.donation']>): Donation => ({
  id: row.id,
  subject: row.subject,
  donorId: row.donor_id,
  charityId: row.charity_id,
  amount: fen(row.amount_fen),
  isPublic: row.is_public,
  givenAt: row.given_at,
  batchId: row.batch_id ?? undefined,
  returnedAt: row.returned_at ?? undefined,
});

/** False when this sale gave to this charity before. */
export async function insertDonation(
  tx: Tx,
  row: Omit<Donation, 'batchId' | 'returnedAt'>,
): Promise<boolean> {
  const made = await tx
    .insertInto('settlement.donation')
    .values({
      id: row.id,
      subject: row.subject,
      donor_id: row.donorId,
      charity_id: row.charityId,
      amount_fen: row.amount,
      is_public: row.isPublic,
      given_at: row.givenAt,
    })
    .onConflict((on) => on.columns(['subject', 'charity_id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return made !== undefined;
}

export async function findDonation(
  reader: Reader,
  by: { id: string } | { subject: string; charityId: string },
): Promise<Donation | undefined> {
  const query = reader.selectFrom('settlement.donation').selectAll();
  const row = await ('id' in by
    ? query.where('id', '=', by.id)
    : query.where('subject', '=', by.subject).where('charity_id', '=', by.charityId)
  ).executeTakeFirst();
  return row && toDonation(row);
}

/** Newest first, one more than `limit`. */
export async function listDonations(
  reader: Reader,
  want: { donorId?: string; isPublic?: true; before: string | undefined; limit: number },
): Promise<Donation[]> {
  const { donorId, isPublic, before, limit } = want;
  let query = reader.selectFrom('settlement.donation').selectAll();
  if (donorId !== undefined) query = query.where('donor_id', '=', donorId);
  if (isPublic) query = query.where('is_public', '=', true);
  if (before !== undefined) query = query.where('id', '<', before);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return rows.map(toDonation);
}

/** The donor may change their mind about being listed at any time. */
export async function savePublic(
  tx: Tx,
  { id, donorId, isPublic }: { id: string; donorId: string; isPublic: boolean },
): Promise<boolean> {
  const row = await tx
    .updateTable('settlement.donation')
    .set({ is_public: isPublic })
    .where('id', '=', id)
    .where('donor_id', '=', donorId)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Gifts given before `before` that no batch took yet, locked. */
export async function lockWaiting(tx: Tx, charityId: string, before: Date): Promise<Donation[]> {
  const rows = await tx
    .selectFrom('settlement.donation')
    .selectAll()
    .where('charity_id', '=', charityId)
    .where('batch_id', 'is', null)
    .where('returned_at', 'is', null)
    .where('given_at', '<', before)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(toDonation);
}

export async function saveReturned(tx: Tx, id: string, at: Date): Promise<void> {
  await tx
    .updateTable('settlement.donation')
    .set({ returned_at: at })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

export interface Batch {
  readonly id: string;
  readonly batchNo: string;
  readonly charityId: string;
  readonly month: string;
  readonly amount: Fen;
  readonly count: number;
  readonly createdAt: Date;
}

const toBatch = (row: Selectable<Database['settlement.donation_batch']>): Batch => ({
  id: row.id,
  batchNo: row.batch_no,
  charityId: row.charity_id,
  month: row.month,
  amount: fen(row.amount_fen),
  count: row.count,
  createdAt: row.created_at,
});

export async function insertBatch(
  tx: Tx,
  batch: Batch,
  donations: readonly string[],
): Promise<void> {
  await tx
    .insertInto('settlement.donation_batch')
    .values({
      id: batch.id,
      batch_no: batch.batchNo,
      charity_id: batch.charityId,
      month: batch.month,
      amount_fen: batch.amount,
      count: batch.count,
      created_at: batch.createdAt,
    })
    .execute();
  await tx
    .updateTable('settlement.donation')
    .set({ batch_id: batch.id })
    .where('id', 'in', donations)
    .execute();
}

export async function findBatch(
  reader: Reader,
  by: { id: string } | { charityId: string; month: string },
): Promise<Batch | undefined> {
  const query = reader.selectFrom('settlement.donation_batch').selectAll();
  const row = await ('id' in by
    ? query.where('id', '=', by.id)
    : query.where('charity_id', '=', by.charityId).where('month', '=', by.month)
  ).executeTakeFirst();
  return row && toBatch(row);
}

/** Newest first. */
export async function listBatches(reader: Reader, limit: number): Promise<Batch[]> {
  const rows = await reader
    .selectFrom('settlement.donation_batch')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toBatch);
}

/** By charity: given so far, and not yet in a batch. */
export async function sumDonations(
  reader: Reader,
): Promise<Map<string, { given: Fen; waiting: Fen }>> {
  const { rows } = await sql<{ id: string; given: string; waiting: string }>`
    select charity_id as id, sum(amount_fen)::text as given,
      coalesce(sum(amount_fen) filter (where batch_id is null and returned_at is null), 0)::text as waiting
    from settlement.donation group by charity_id`.execute(reader);
  return new Map(
    rows.map((row) => [
      row.id,
      { given: fen(BigInt(row.given)), waiting: fen(BigInt(row.waiting)) },
    ]),
  );
}
