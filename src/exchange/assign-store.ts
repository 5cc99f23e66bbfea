/** SQL of assignments and of the documents signed for them. */
import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Hex } from 'viem';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';
import type { AssignmentState } from './life.ts';

type Row = Selectable<Database['exchange.assignment']>;
export interface Assignment
  extends Omit<Row, 'state' | 'face_fen' | 'balance_fen' | 'price_fen' | 'fee_fen'> {
  readonly state: AssignmentState;
  readonly face_fen: Fen;
  readonly balance_fen: Fen | null;
  readonly price_fen: Fen;
  readonly fee_fen: Fen;
}
const toAssignment = (row: Row): Assignment => ({
  ...row,
  state: row.state as AssignmentState,
  face_fen: fen(row.face_fen),
  balance_fen: row.balance_fen === null ? null : fen(row.balance_fen),
  price_fen: fen(row.price_fen),
  fee_fen: fen(row.fee_fen),
});
const select = (reader: Reader) => reader.selectFrom('exchange.assignment').selectAll();

export async function insertAssignment(
  tx: Tx,
  row: Insertable<Database['exchange.assignment']>,
): Promise<void> {
  await tx.insertInto('exchange.assignment').values(row).execute();
}

export async function findAssignment(reader: Reader, id: string): Promise<Assignment | undefined> {
  const row = await select(reader).where('id', '=', id).executeTakeFirst();
  return row && toAssignment(row);
}

/** Locks it until commit. */
export async function lockAssignment(tx: Tx, id: string): Promise<Assignment | undefined> {
  const row = await select(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toAssignment(row);
}

export async function assignmentByCode(
  reader: Reader,
  print: Buffer,
): Promise<Assignment | undefined> {
  const row = await select(reader).where('code_print', '=', print).executeTakeFirst();
  return row && toAssignment(row);
}

export async function saveAssignment(
  tx: Tx,
  id: string,
  change: Updateable<Database['exchange.assignment']>,
): Promise<void> {
  await tx.updateTable('exchange.assignment').set(change).where('id', '=', id).execute();
}

/** Newest first; one row more than asked for. */
export async function listAssignments(
  reader: Reader,
  { userId, cursor, limit }: { userId: string; cursor?: string | undefined; limit: number },
): Promise<Assignment[]> {
  let query = select(reader)
    .where((eb) => eb.or([eb('seller_id', '=', userId), eb('buyer_id', '=', userId)]))
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) query = query.where('id', '<', cursor);
  return (await query.execute()).map(toAssignment);
}

export interface Document {
  readonly kind: string;
  readonly message: object;
  readonly digest: Hex;
  readonly signer: string;
  readonly signature: Hex;
  readonly signedAt: Date;
}

export async function insertDocument(
  tx: Tx,
  { assignmentId, ...of }: Document & { assignmentId: string },
): Promise<void> {
  await tx
    .insertInto('exchange.document')
    .values({
      ...{ assignment_id: assignmentId, kind: of.kind, message: JSON.stringify(of.message) },
      ...{ digest: of.digest, signer: of.signer, signature: of.signature, signed_at: of.signedAt },
    })
    .execute();
}

/** In the order of signing. */
export async function documentsOf(reader: Reader, assignmentId: string): Promise<Document[]> {
  const rows = await reader
    .selectFrom('exchange.document')
    .selectAll()
    .where('assignment_id', '=', assignmentId)
    .orderBy('no')
    .execute();
  return rows.map((row) => ({
    ...{ kind: row.kind, message: row.message as object, signer: row.signer },
    ...{ digest: row.digest as Hex, signature: row.signature as Hex, signedAt: row.signed_at },
  }));
}
