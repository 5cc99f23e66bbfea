/** SQL of the cases by which cards on the chain are stopped and freed. */
import type { Insertable, Selectable } from 'kysely';
import type { Hex } from 'viem';
import type { Database, Reader, Tx } from '#platform';
import type { CaseState } from './case-life.ts';

type Row = Selectable<Database['exchange.card_case']>;
export interface CardCase extends Omit<Row, 'state' | 'kind' | 'case_hash'> {
  readonly state: CaseState;
  readonly kind: 'freeze' | 'thaw' | 'hand_over';
  readonly case_hash: Hex;
}
const toCase = (row: Row): CardCase => row as CardCase;
const cases = (reader: Reader) => reader.selectFrom('exchange.card_case').selectAll();

export async function insertCase(
  tx: Tx,
  row: Insertable<Database['exchange.card_case']>,
): Promise<void> {
  await tx.insertInto('exchange.card_case').values(row).execute();
}

export async function findCase(reader: Reader, id: string): Promise<CardCase | undefined> {
  const row = await cases(reader).where('id', '=', id).executeTakeFirst();
  return row && toCase(row);
}

/** Locks the case until commit; after its token, never before it. */
export async function lockCase(tx: Tx, id: string): Promise<CardCase | undefined> {
  const row = await cases(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toCase(row);
}

/** The one that is being carried out on this card. */
export async function openCaseOf(reader: Reader, tokenRef: string): Promise<CardCase | undefined> {
  const row = await cases(reader)
    .where('token_ref', '=', tokenRef)
    .where('state', '=', 'sending')
    .executeTakeFirst();
  return row && toCase(row);
}

export async function caseByHash(reader: Reader, hash: string): Promise<CardCase | undefined> {
  const row = await cases(reader).where('case_hash', '=', hash).executeTakeFirst();
  return row && toCase(row);
}

export async function saveCase(
  tx: Tx,
  id: string,
  change: { state: CaseState } | { tries: number },
): Promise<void> {
  await tx.updateTable('exchange.card_case').set(change).where('id', '=', id).execute();
}

/** Newest first: why a card was stopped and freed. */
export async function casesOf(reader: Reader, tokenRef: string): Promise<CardCase[]> {
  const rows = await cases(reader)
    .where('token_ref', '=', tokenRef)
    .orderBy('id', 'desc')
    .limit(20)
    .execute();
  return rows.map(toCase);
}

/** The token by which this card is on the chain, or on its way there. */
export async function liveTokenOfCard(reader: Reader, cardId: string): Promise<string | undefined> {
  const row = await reader
    .selectFrom('exchange.token')
    .select('id')
    .where('card_id', '=', cardId)
    .where('state', 'in', ['checking', 'minting', 'on_chain', 'frozen'])
    .executeTakeFirst();
  return row?.id;
}

const stopped = (reader: Reader) =>
  reader
    .selectFrom('exchange.token as t')
    .leftJoin('exchange.holding as h', 'h.token_id', 't.token_id')
    .select(['t.id', 't.product_zh', 't.product_en', 't.face_fen', 't.last4', 't.reason'])
    .select(['t.token_id', 'h.owner', 'h.state as holding'])
    .where('t.state', '=', 'frozen')
    .orderBy('t.id', 'desc');
export type FrozenRow = Awaited<ReturnType<ReturnType<typeof stopped>['execute']>>[number];

export async function frozenCards(
  reader: Reader,
  { cursor, limit }: { cursor: string | undefined; limit: number },
): Promise<FrozenRow[]> {
  const rows = stopped(reader).limit(limit);
  return await (cursor === undefined ? rows : rows.where('t.id', '<', cursor)).execute();
}
