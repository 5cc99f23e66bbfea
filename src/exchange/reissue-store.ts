/** SQL of sales by re-issue. */
import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Address, Hex } from 'viem';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';
import { HELD_STATES, type ReissueState } from './reissue-life.ts';

type Row = Selectable<Database['exchange.reissue']>;
type Texts = 'state' | 'token_id' | 'seller' | 'buyer' | 'price_fen' | 'answer' | 'ending';
export interface Reissue extends Omit<Row, Texts> {
  readonly state: ReissueState;
  readonly token_id: Hex;
  readonly seller: Address;
  readonly buyer: Address;
  readonly price_fen: Fen;
  readonly answer: 'reissued' | 'refused' | null;
  readonly ending: Ending | null;
}
export type Ending = 'sold' | 'kept' | 'refunded';
const toReissue = (row: Row): Reissue => ({
  ...row,
  state: row.state as ReissueState,
  token_id: row.token_id as Hex,
  seller: row.seller as Address,
  buyer: row.buyer as Address,
  price_fen: fen(row.price_fen),
  answer: row.answer as Reissue['answer'],
  ending: row.ending as Ending | null,
});
const reissues = (reader: Reader) => reader.selectFrom('exchange.reissue').selectAll();

export async function insertReissue(
  tx: Tx,
  row: Insertable<Database['exchange.reissue']>,
): Promise<void> {
  await tx.insertInto('exchange.reissue').values(row).execute();
}

export async function findReissue(reader: Reader, id: string): Promise<Reissue | undefined> {
  const row = await reissues(reader).where('id', '=', id).executeTakeFirst();
  return row && toReissue(row);
}

/** Locks it until commit; after the token, never before it. */
export async function lockReissue(tx: Tx, id: string): Promise<Reissue | undefined> {
  const row = await reissues(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toReissue(row);
}

/** The one for which the contract holds a price now, locked. */
export async function lockHeld(tx: Tx, tokenId: Hex): Promise<Reissue | undefined> {
  const row = await reissues(tx)
    .where('token_id', '=', tokenId)
    .where('state', 'in', [...HELD_STATES])
    .forUpdate()
    .executeTakeFirst();
  return row && toReissue(row);
}

/** Is the card's sale by re-issue still open? */
export async function isReissuing(reader: Reader, tokenId: string): Promise<boolean> {
  const row = await reader
    .selectFrom('exchange.reissue')
    .select('id')
    .where('token_id', '=', tokenId)
    .where('state', 'in', [...HELD_STATES, 'resolving'])
    .executeTakeFirst();
  return row !== undefined;
}

/** Is it open which secret of this card is good, since its issuer may have renewed it? `but`: for another cause than this. */
export async function isUnanswered(
  reader: Reader,
  tokenId: string,
  but?: string,
): Promise<boolean> {
  let query = reader
    .selectFrom('exchange.reissue')
    .select('id')
    .where('token_id', '=', tokenId)
    .where('answer', 'is', null)
    .where('state', 'in', [...HELD_STATES, 'resolving']);
  if (but !== undefined) query = query.where('id', '<>', but);
  return (await query.executeTakeFirst()) !== undefined;
}

/** The sale whose buyer was not admitted any more when its issuer signed. */
export async function keptReissue(reader: Reader, tokenRef: string): Promise<Reissue | undefined> {
  const row = await reissues(reader)
    .where('token_ref', '=', tokenRef)
    .where('state', '=', 'kept')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return row && toReissue(row);
}

/** Has its issuer replaced the secret, so that nobody outside the vault knows it? */
export async function wasReissued(reader: Reader, tokenRef: string): Promise<boolean> {
  const row = await reader
    .selectFrom('exchange.reissue')
    .select('id')
    .where('token_ref', '=', tokenRef)
    .where('answer', '=', 'reissued')
    .executeTakeFirst();
  return row !== undefined;
}

export async function reissueOfOrder(
  reader: Reader,
  orderId: string,
): Promise<Reissue | undefined> {
  const row = await reissues(reader).where('order_id', '=', orderId).executeTakeFirst();
  return row && toReissue(row);
}

/** An issuer whose word was no good, one that does not say, a card that nobody holds, money that is not back; newest first. */
export async function troubled(reader: Reader, limit: number): Promise<Reissue[]> {
  const frozen = reader.selectFrom('exchange.token').select('id').where('state', '=', 'frozen');
  const rows = await reissues(reader)
    .where((eb) =>
      eb.or([
        eb.and([eb('answer', '=', 'reissued'), eb('reason', 'is not', null)]),
        eb('state', 'in', ['resolving', 'unresolved', 'shelved', 'stuck']),
        // Until it is handed over to its buyer.
        eb.and([eb('state', '=', 'kept'), eb('token_ref', 'in', frozen)]),
      ]),
    )
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toReissue);
}

export async function saveReissue(
  tx: Tx,
  id: string,
  change: Updateable<Database['exchange.reissue']>,
): Promise<void> {
  await tx.updateTable('exchange.reissue').set(change).where('id', '=', id).execute();
}
