/** SQL of the stripes of one hub. */
import { sql } from 'kysely';
import type { Tx } from '#platform';
import type { AccountId } from './batch.ts';
import type { AccountCode } from './domain.ts';

export interface Stripe {
  readonly id: AccountId;
  readonly stripe: number;
  /** What it can pay: balance less what is held. */
  readonly available: bigint;
}

/** Locks them until commit, in the order of their ids like every batch. */
export async function lockStripes(tx: Tx, code: AccountCode): Promise<Stripe[]> {
  const { rows } = await sql<Stripe>`
    select a.id, i.stripe, a.balance - a.held as available
    from ledger.account_info i join ledger.account a on a.id = i.id
    where i.code = ${code} order by a.id for no key update of a`.execute(tx);
  return rows;
}
