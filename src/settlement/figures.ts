/** Figures over all payouts, for the operator's first look. */
import type { Reader } from '#platform';
import { chinaDay } from '#platform';

export interface Paid {
  readonly subject: string;
  readonly paidAt: Date;
  /** On the promised day or before. */
  readonly onTime: boolean;
}

/** Main payouts that the bank paid since then; at most 100 000. */
export async function paidSince(reader: Reader, since: Date): Promise<Paid[]> {
  const rows = await reader
    .selectFrom('settlement.payout')
    .select(['subject', 'paid_at', 'promised_on'])
    .where('part', '=', 'main')
    .where('paid_at', '>=', since)
    .limit(100_000)
    .execute();
  return rows.flatMap(({ subject, paid_at: paidAt, promised_on }) =>
    paidAt === null ? [] : [{ subject, paidAt, onTime: chinaDay(paidAt) <= promised_on }],
  );
}

export async function waitingApproval(reader: Reader): Promise<number> {
  const { count } = await reader
    .selectFrom('settlement.payout')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('state', '=', 'awaiting_approval')
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Promised before `today` and neither paid nor called off nor frozen by a case. */
export async function countLate(reader: Reader, today: string): Promise<number> {
  const { count } = await reader
    .selectFrom('settlement.payout')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('promised_on', '<', today)
    .where('state', 'not in', ['paid', 'closed', 'cancelled', 'frozen'])
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Is money still on its way to this person, or asked of them? */
export async function hasUnpaid(reader: Reader, userId: string): Promise<boolean> {
  const payout = await reader
    .selectFrom('settlement.payout')
    .select('id')
    .where('user_id', '=', userId)
    .where('state', 'not in', ['paid', 'closed', 'cancelled'])
    .limit(1)
    .executeTakeFirst();
  if (payout) return true;
  const payIn = await reader
    .selectFrom('settlement.pay_in as p')
    .leftJoin('settlement.refund as r', 'r.pay_in_id', 'p.id')
    .select('p.id')
    .where('p.payer_id', '=', userId)
    .where((eb) =>
      eb.or([
        eb('p.state', 'in', ['requested', 'open', 'closing']),
        eb('r.state', 'not in', ['refunded', 'credited']),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return payIn !== undefined;
}
