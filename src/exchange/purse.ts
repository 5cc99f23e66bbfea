/** What a wallet has in the contract's purse, as the newest log says: right again after a reorganisation by itself. */
import { sql } from 'kysely';
import type { Reader } from '#platform';

export interface Purse {
  /** May be taken out at any time, also while the contract is paused. */
  readonly freeFen: bigint;
  /** Behind bonds and sealed bids. */
  readonly lockedFen: bigint;
}

export async function purseAt(reader: Reader, address: string): Promise<Purse> {
  const { rows } = await sql<{ free: string; locked: string }>`
    select l.args ->> 'free' as free, l.args ->> 'locked' as locked from exchange.log l
    where l.event = 'PurseChanged' and l.args ->> 'account' = ${address}
    order by l.block desc, l.index desc limit 1`.execute(reader);
  const { free = '0', locked = '0' } = rows[0] ?? {};
  return { freeFen: BigInt(free), lockedFen: BigInt(locked) };
}
