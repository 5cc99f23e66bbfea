/** SQL of who sold which card to whom, and what for: by assignment, and on the chain by whatever way. */
import { sql } from 'kysely';
import { type Fen, fen, type Reader } from '#platform';

interface SettledSale {
  readonly cardId: string;
  /** Undefined: a contract sold for those who held shares of the card, or an address of nobody here. */
  readonly sellerId: string | undefined;
  readonly buyerId: string | undefined;
  readonly faceFen: Fen;
  readonly priceFen: Fen;
  readonly netFen: Fen;
}

/** The sales of these cards that are settled and were not undone. */
export async function settledSalesOf(
  reader: Reader,
  cardIds: readonly string[],
): Promise<SettledSale[]> {
  return [...(await assigned(reader, cardIds)), ...(await soldOnChain(reader, cardIds))];
}

async function assigned(reader: Reader, cardIds: readonly string[]): Promise<SettledSale[]> {
  const rows = await reader
    .selectFrom('exchange.assignment')
    .select(['card_id', 'seller_id', 'buyer_id', 'face_fen', 'price_fen', 'fee_fen'])
    .where(sql<boolean>`card_id = any(${cardIds}::uuid[])`)
    .where('state', '=', 'settled')
    .execute();
  return rows.map((row) => ({
    ...{ cardId: row.card_id, sellerId: row.seller_id, buyerId: row.buyer_id ?? undefined },
    ...{ faceFen: fen(row.face_fen), priceFen: fen(row.price_fen) },
    netFen: fen(row.price_fen - row.fee_fen),
  }));
}

/** An address is the person's who bound it last before the sale: the chain goes on trusting it after it was let go. */
async function soldOnChain(reader: Reader, cardIds: readonly string[]): Promise<SettledSale[]> {
  const holder = (address: 'seller' | 'buyer') => sql<string | null>`
    (select w.user_id from exchange.wallet as w
     where w.address = s.${sql.ref(address)} and w.bound_at <= s.at
     order by w.bound_at desc limit 1)`;
  const rows = await reader
    .selectFrom('exchange.sale as s')
    .innerJoin('exchange.token as t', 't.token_id', 's.token_id')
    .select(['t.card_id', 't.face_fen', 's.price_fen', 's.net_fen'])
    .select([holder('seller').as('seller_id'), holder('buyer').as('buyer_id')])
    .where(sql<boolean>`t.card_id = any(${cardIds}::uuid[])`)
    .execute();
  return rows.map((row) => ({
    ...{ cardId: row.card_id, sellerId: row.seller_id ?? undefined },
    ...{ buyerId: row.buyer_id ?? undefined, faceFen: fen(row.face_fen) },
    ...{ priceFen: fen(row.price_fen), netFen: fen(row.net_fen) },
  }));
}
