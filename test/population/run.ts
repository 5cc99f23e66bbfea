/** One run of the quarter from its seed to its figures, and what must hold at its end whatever the figures are. */
import assert from 'node:assert/strict';
import { reconcile, trialBalance } from '#ledger';
import { DAY, failedJobs } from '#platform';
import type { ClaimSeen, Loss, OrderSeen, Verdict } from './figures.ts';
import type { Deal } from './people.ts';
import { openQuarter, playQuarter } from './quarter.ts';
import { balance, type Quarter } from './world.ts';

export interface Outcome {
  readonly quarter: Quarter;
  readonly orders: readonly OrderSeen[];
  readonly loss: Loss;
  readonly longestDays: number;
}

export async function runQuarter(
  t: { after(work: () => Promise<void>): void },
  options: { seed: number; orders: number },
): Promise<Outcome> {
  const quarter = await openQuarter(t, options);
  const before = await balance(quarter, 'RESERVE:cash');
  await playQuarter(quarter);
  const { db } = quarter.house;
  const { debit, credit } = await trialBalance(db);
  assert.equal(debit, credit, 'no fen appeared or vanished');
  assert.deepEqual(await reconcile(db), [], 'every balance is what its entries make it');
  assert.deepEqual(await failedJobs(db), [], 'no job is left over');
  return {
    ...{ quarter, orders: await ordersSeen(quarter), longestDays: await longestDays(quarter) },
    loss: await lossOf(quarter, before),
  };
}

/** From the payment to the moment when nothing of an order is in escrow any more. */
async function longestDays({ house }: Quarter): Promise<number> {
  const { rows } = await house.pool.query<{ stuck: bigint; days: number }>(
    `with paid as (select instance, at from process.step where instance in (
       select id from process.instance where process = 'market_order') and to_state in ('ready', 'preparing')
       and from_state = 'placed'),
     freed as (select s.instance, min(s.at) as at from process.step s join paid p using (instance)
       where s.to_state in ('confirmed', 'refunded', 'cancelled', 'reimbursed') group by 1)
     select count(*) filter (where f.at is null) as stuck,
       extract(epoch from max(f.at - p.at))::float8 / $1 as days
     from paid p left join freed f using (instance)`,
    [DAY / 1_000],
  );
  const [row] = rows;
  assert.equal(row?.stuck, 0n, 'no order keeps money for ever');
  return row.days;
}

async function lossOf(quarter: Quarter, before: bigint): Promise<Loss> {
  const { rows } = await quarter.house.pool.query<{ owed: bigint; got: bigint; turnover: bigint }>(
    `select coalesce(sum(amount_fen - collected_fen), 0)::int8 as owed,
       coalesce(sum(collected_fen), 0)::int8 as got,
       (select coalesce(sum(price_fen), 0)::int8 from market."order" where paid_at is not null) as turnover
     from settlement.recovery`,
  );
  const { owed = 0n, got = 0n, turnover = 0n } = rows[0] ?? {};
  const spent = before - (await balance(quarter, 'RESERVE:cash'));
  return { paidFen: spent + got, collectedFen: got, owedFen: owed, turnoverFen: turnover };
}

async function ordersSeen(quarter: Quarter): Promise<OrderSeen[]> {
  const { pool } = quarter.house;
  const orders = await pool.query<{ id: string; state: string; price_fen: bigint; code: string }>(
    'select id, state, price_fen, probe_code as code from market."order" where paid_at is not null',
  );
  const claims = await claimsSeen(quarter);
  const byId = new Map(quarter.deals.map((deal) => [deal.orderId, deal]));
  return orders.rows.map(({ id, state, price_fen: priceFen, code }) => {
    const deal = byId.get(id);
    assert(deal, 'every order was planned');
    return {
      ...{ counted: deal.counted, what: told(deal), state, priceFen, promisedFen: deal.faceFen },
      ...{ lossFen: deal.lossFen, lossBy: deal.lossBy },
      failedLook: state === 'refunded' && code !== null && code !== 'OK',
      claims: claims.get(id) ?? [],
    };
  });
}

const told = ({ sells, slip, buys, ware, delivery, issuerFreezes }: Deal): string =>
  [sells, slip, '→', buys, ware.able, delivery, issuerFreezes && 'frozen']
    .filter(Boolean)
    .join(' ');

async function claimsSeen({ house }: Quarter): Promise<Map<string, ClaimSeen[]>> {
  const { rows } = await house.pool.query<{
    subject: string;
    reason: string;
    one: Verdict | null;
    two: Verdict | null;
    first: number | null;
    end: number | null;
  }>(
    `select c.subject, c.reason,
       case when one.claim_id is not null then jsonb_build_object('basis', one.basis, 'rule', one.rule,
         'refundFen', one.refund_fen::text, 'fault', one.fault) end as one,
       case when two.claim_id is not null then jsonb_build_object('basis', two.basis, 'rule', two.rule,
         'refundFen', two.refund_fen::text, 'fault', two.fault) end as two,
       extract(epoch from one.at - c.opened_at)::float8 / 3600 as first,
       extract(epoch from c.executed_at - c.opened_at)::float8 / 3600 as end
     from disputes.claim c
     left join disputes.claim_decision one on one.claim_id = c.id and one.round = 1
     left join disputes.claim_decision two on two.claim_id = c.id and two.round = 2
     order by c.id`,
  );
  const whole = (one: Verdict | null): Verdict | undefined =>
    one ? { ...one, refundFen: BigInt(one.refundFen) } : undefined;
  const found = new Map<string, ClaimSeen[]>();
  for (const { subject, reason, one, two, first, end } of rows) {
    const claim = {
      ...{ reason, first: whole(one), last: whole(two ?? one) },
      ...{ hoursToFirst: first ?? undefined, hoursToEnd: end ?? undefined },
    };
    // Whole copies differ as objects; without an appeal the first word is the last.
    const seen = two ? claim : { ...claim, last: claim.first };
    found.set(subject, [...(found.get(subject) ?? []), seen]);
  }
  return found;
}
