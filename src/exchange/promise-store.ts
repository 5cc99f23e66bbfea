/**
 * One card, one promise between settlements too: what the house has sent to the chain for a card, by whichever way, keeps
 * every other way waiting. And what a wallet has promised of its money, all ways together.
 */
import { sql } from 'kysely';
import type { Hex } from 'viem';
import { type Reader, Refused, type Tx } from '#platform';
import { isLockEnding } from './lock-store.ts';

/**
 * Locks the cards until commit, in one order for everybody and before any other row: whoever stops one of them comes
 * before or after, never in between. Refused card_frozen, card_lock_ends, and wrong_state when the house has sent something
 * else of one of them.
 */
export async function requireUnpromised(tx: Tx, tokenIds: readonly Hex[]): Promise<void> {
  const cards = await tx
    .selectFrom('exchange.token')
    .select('state')
    .where('token_id', 'in', tokenIds)
    .orderBy('id')
    .forUpdate()
    .execute();
  if (cards.some(({ state }) => state === 'frozen')) throw new Refused('card_frozen');
  if (await isLockEnding(tx, tokenIds)) throw new Refused('card_lock_ends');
  if (await isPromised(tx, tokenIds)) throw new Refused('wrong_state', { state: 'filling' });
}

/**
 * Is a sale, a bid or a swap of one of these being settled, is its auction being opened by the house, or is it open which
 * of its secrets is good?
 */
export async function isPromised(reader: Reader, tokenIds: readonly Hex[]): Promise<boolean> {
  const { rows } = await sql<{ busy: boolean }>`
    select exists (select from exchange.signed_order
                   where state = 'filling' and token_id = any(${[...tokenIds]}))
        or exists (select from exchange.bid where state = 'filling' and token_id = any(${[...tokenIds]}))
        or exists (select from exchange.swap where state = 'filling'
                   and (give_id = any(${[...tokenIds]}) or want_id = any(${[...tokenIds]})))
        or exists (select from exchange.auction
                   where kind = 'sealed' and state = 'offered' and token_id = any(${[...tokenIds]}))
        or exists (select from exchange.reissue
                   where state in ('asking', 'confirming', 'waiting', 'refunding', 'resolving')
                   and token_id = any(${[...tokenIds]}))
      as busy`.execute(reader);
  return rows[0]?.busy ?? false;
}

/** What the exchange may still take from this wallet by what it has signed. None of it is set aside. */
export async function promisedBy(reader: Reader, address: string): Promise<bigint> {
  const { rows } = await sql<{ sum: string }>`
    with promised as (
      select price_fen as fen from exchange.bid
      where bidder = ${address} and state in ('open', 'filling')
      union all
      select price_fen from exchange.delivery where buyer = ${address} and state = 'offered'
      union all
      select top_up_fen from exchange.swap
      where maker = ${address} and maker_pays and state in ('open', 'filling')
    ) select coalesce(sum(fen), 0)::text as sum from promised`.execute(reader);
  return BigInt(rows[0]?.sum ?? '0');
}
