/** SQL of the numbers of permits that the house sent. */
import type { Address } from 'viem';
import type { Reader, Tx } from '#platform';

export async function insertPermit(
  tx: Tx,
  row: { relay_id: string; owner: Address; number: bigint },
): Promise<void> {
  await tx.insertInto('exchange.permit').values(row).execute();
}

/** The first number above all that are on their way or were used; 0 where there are none. */
export async function permitsUntil(reader: Reader, owner: Address): Promise<bigint> {
  const { last } = await reader
    .selectFrom('exchange.permit')
    .innerJoin('exchange.relay', 'exchange.relay.id', 'exchange.permit.relay_id')
    .select((eb) => eb.fn.max('exchange.permit.number').as('last'))
    .where('exchange.permit.owner', '=', owner)
    .where('exchange.relay.state', 'in', ['waiting', 'sent', 'mined'])
    .executeTakeFirstOrThrow();
  return last === null ? 0n : BigInt(last) + 1n;
}
