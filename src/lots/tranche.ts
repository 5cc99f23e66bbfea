/** A tranche after its delivery: handed over, reported, decided, and the hold-back paid. */
import { BULK_MAX, type Code, cardOf, handOverCards, TOLD_CODES } from '#cards';
import { noteSettled } from '#parties';
import {
  addJob,
  type Db,
  type Fen,
  fen,
  inTransaction,
  Refused,
  sum,
  type Tx,
  ZERO,
} from '#platform';
import { goOn, stepDeal, stepTranche, takeDeal, tellDelivered } from './deal.ts';
import type { LotDeps } from './deps.ts';
import { atDecision, atReport, type Failing, isFailing, pauses, splitFee } from './domain.ts';
import { LET_GO } from './lot.ts';
import { unseenStopped } from './seen.ts';
import {
  type Deal,
  findDeal,
  findTranche,
  markReported,
  moveRows,
  saveProbed,
  type Tranche,
  tranchesOf,
} from './store-deal.ts';
import { listRows, type Row, saveRowStates } from './store-rows.ts';
import { addUnlock, type OnTranche, rowsIn, takeTranche } from './take-cards.ts';

export const PROBE = 'lots.probe';

/** A job after the money was captured: the cards are the buyer's. Safe to run again. */
export async function handOverTranche({ db }: LotDeps, trancheId: string, at: Date): Promise<void> {
  const tranche = await findTranche(db, trancheId);
  const deal = tranche && (await findDeal(db, tranche.deal_id));
  if (!tranche || !deal) return;
  for (let after = 0; ; ) {
    const page = { lotId: deal.lot_id, trancheId, after, limit: BULK_MAX };
    const rows = await inTransaction(db, async (tx) => {
      const here = await listRows(tx, page);
      const good = here.filter(({ state }) => state === 'good');
      const cardIds = good.flatMap(({ card_id }) => (card_id === null ? [] : [card_id]));
      await handOverCards(tx, { cardIds, ref: deal.lot_id, custody: 'buyer', at });
      await saveRowStates(tx, {
        lotId: deal.lot_id,
        rows: good.map(({ no }) => ({ no, state: 'sold' })),
      });
      return here;
    });
    const last = rows.at(-1);
    if (!last || rows.length < BULK_MAX) return;
    after = last.no;
  }
}

/** All is well; also what silence means. */
export async function acceptTranche(tx: Tx, deps: LotDeps, on: OnTranche): Promise<Deal> {
  const { deal, tranche } = await takeTranche(tx, on, 'buyer');
  return await accept(tx, deps, { deal, tranche, by: 'buyer', actor: on.userId, at: on.at });
}

async function accept(
  tx: Tx,
  deps: LotDeps,
  input: { deal: Deal; tranche: Tranche; by: 'buyer' | 'clock'; actor?: string; at: Date },
): Promise<Deal> {
  const { deal, tranche, by, actor, at } = input;
  if (await isHandingOver(tx, deal, tranche)) throw new Refused('lot_handing_over');
  if ((await unseenStopped(tx, { lotId: deal.lot_id, tranche, state: 'sold' })).length > 0)
    return await report(tx, deps, { ...input, by: by === 'buyer' ? by : 'system', rows: [] });
  const feeOf = await deps.feesOf(tx, at);
  const { good, backFen } = atReport(tranche.price_fen, [], feeOf);
  const price = tranche.price_fen;
  await stepTranche(tx, deal, tranche, {
    ...{ transition: 'accept', by, at, ...(actor !== undefined && { actor }) },
    amounts: { price, all_net: good.net, all_fee: good.fee },
    record: { paidFen: String(good.net), feeFen: String(good.fee), backFen: String(backFen) },
    save: { back_fen: backFen, paid_fen: good.net, fee_fen: good.fee },
  });
  await paidRows(tx, tranche);
  return await goOn(tx, deps, deal, at);
}

async function paidRows(tx: Tx, { id: trancheId, opened_by: openedBy }: Tranche): Promise<void> {
  await moveRows(tx, { trancheId, from: 'sold', to: 'paid' });
  // Nobody opened it: the lock at the issuer must not outlive the sale.
  if (openedBy === null) await addUnlock(tx, trancheId);
}

const isHandingOver = async (tx: Tx, deal: Deal, tranche: Tranche): Promise<boolean> =>
  (await rowsIn(tx, deal, tranche, ['good'])).length > 0;

/**
 * Silence says nothing of cards that could not be looked at: while our own job has not handed all of them over, the
 * buyer's time begins again, and the job is done here too.
 */
async function silence(
  tx: Tx,
  deps: LotDeps,
  { deal, tranche, at }: { deal: Deal; tranche: Tranche; at: Date },
): Promise<'handing_over' | 'accepted'> {
  if (await isHandingOver(tx, deal, tranche)) {
    await stepTranche(tx, deal, tranche, { transition: 'look_anew', by: 'system', at });
    await tellDelivered(tx, deps, { deal, tranche, at });
    return 'handing_over';
  }
  await accept(tx, deps, { deal, tranche, by: 'clock', at });
  return 'accepted';
}

export interface ReportedRow {
  readonly no: number;
  readonly code: Failing;
}

/**
 * Which cards fail, and how. The others are paid at once, less the hold-back; of the failing ones the price stays
 * where it is. In the time of the hold-back late ones may follow, once, as far as it reaches. Refuses wrong_state,
 * lot_rows_unknown, lot_beyond_hold_back.
 */
export async function reportTranche(
  tx: Tx,
  deps: LotDeps,
  { rows, ...on }: OnTranche & { rows: readonly ReportedRow[] },
): Promise<Deal> {
  const { deal, tranche } = await takeTranche(tx, on, 'buyer');
  // Who has not looked cannot know.
  if (tranche.opened_by === null) throw new Refused('wrong_state', { state: tranche.state });
  return await report(tx, deps, { deal, tranche, rows, by: 'buyer', actor: on.userId, at: on.at });
}

async function report(
  tx: Tx,
  deps: LotDeps,
  input: {
    deal: Deal;
    tranche: Tranche;
    rows: readonly ReportedRow[];
    by: 'buyer' | 'system';
    actor?: string;
    at: Date;
  },
): Promise<Deal> {
  const { deal, tranche, rows: named, at } = input;
  const isLate = tranche.state === 'kept';
  const nos = new Set(named.map(({ no }) => no));
  if (nos.size !== named.length) throw new Refused('lot_rows_unknown');
  const unseen = await unseenStopped(tx, { lotId: deal.lot_id, tranche, state: 'sold' });
  const added = unseen.filter(({ no }) => !nos.has(no));
  const rows = [...named, ...added.map(({ no }) => ({ no, code: TOLD_CODES.NOTICE }))];
  const marked = await markReported(tx, {
    ...{ trancheId: tranche.id, from: isLate ? 'paid' : 'sold', rows },
  });
  if (marked.length !== rows.length) throw new Refused('lot_rows_unknown');
  const prices = marked.map(({ price_fen }) => fen(price_fen));
  const record = { rows: rows.map(({ no, code }) => [no, code]) };
  const { by: who, actor } = input;
  const by = { by: who, at, record, ...(actor !== undefined && { actor }) } as const;
  const jobs = [{ task: PROBE, payload: { trancheId: tranche.id, lotId: deal.lot_id } }];
  const failingFen = sum(prices);
  if (isLate) {
    if (failingFen > tranche.back_fen)
      throw new Refused('lot_beyond_hold_back', { backFen: String(tranche.back_fen) });
    const save = { failing_fen: failingFen };
    await stepTranche(tx, deal, tranche, { ...by, transition: 'report_late', jobs, save });
  } else await payGood(tx, deps, { deal, tranche, prices, step: { ...by, jobs }, at });
  await tellDispute(tx, deps, deal, tranche, at);
  const isMany = !isLate && pauses({ cards: tranche.cards, failing: rows.length });
  const isLast = !(await tranchesOf(tx, deal.id)).some(({ state }) => state === 'reserved');
  if (isMany && !isLast && deal.state === 'delivering')
    return await stepDeal(tx, deal, { transition: 'pause', by: 'system', at });
  return await goOn(tx, deps, deal, at);
}

async function payGood(
  tx: Tx,
  deps: LotDeps,
  input: {
    deal: Deal;
    tranche: Tranche;
    prices: readonly Fen[];
    step: Omit<Parameters<typeof stepTranche>[3], 'transition' | 'save'>;
    at: Date;
  },
): Promise<void> {
  const { deal, tranche, prices, step, at } = input;
  const feeOf = await deps.feesOf(tx, at);
  const { good, failingFen, backFen } = atReport(tranche.price_fen, prices, feeOf);
  await stepTranche(tx, deal, tranche, {
    ...{ ...step, transition: 'report' },
    amounts: { price: tranche.price_fen, good_net: good.net, good_fee: good.fee },
    save: { back_fen: backFen, failing_fen: failingFen, paid_fen: good.net, fee_fen: good.fee },
  });
  await paidRows(tx, tranche);
}

async function tellDispute(
  tx: Tx,
  deps: LotDeps,
  deal: Deal,
  tranche: Tranche,
  at: Date,
): Promise<void> {
  const data = { dealId: deal.id, trancheId: tranche.id };
  await deps.news(tx, { recycler: deal.seller_id, type: 'lot.disputed', data, at });
}

export const keepProbed = async (
  db: Db,
  told: { lotId: string; no: number; code: string },
): Promise<void> => await inTransaction(db, (tx) => saveProbed(tx, told));

/** The seller takes all failing cards back: the buyer has its money at once. */
export async function agreeTranche(tx: Tx, deps: LotDeps, on: OnTranche): Promise<Deal> {
  const { deal, tranche } = await takeTranche(tx, on, 'seller');
  return await decide(tx, deps, {
    ...{ deal, tranche, by: 'seller', actor: on.userId, at: on.at, isBad: async () => true },
  });
}

/** Staff decide by what the issuer said, or name the rows that are bad. */
export async function judgeTranche(
  tx: Tx,
  deps: LotDeps,
  input: {
    dealId: string;
    no: number;
    operator: string;
    bad?: readonly number[] | undefined;
    at: Date;
  },
): Promise<Deal> {
  const { dealId, no, operator, bad, at } = input;
  const deal = await takeDeal(tx, dealId);
  const tranche = (await tranchesOf(tx, dealId)).find((one) => one.no === no);
  if (!tranche) throw new Refused('not_found');
  const named = bad && new Set(bad);
  return await decide(tx, deps, {
    ...{ deal, tranche, by: 'operator', actor: operator, at },
    isBad: async (row) => (named ? named.has(row.no) : await byRule(tx, row)),
  });
}

async function byRule(tx: Tx, row: Row): Promise<boolean> {
  const card = row.card_id === null ? undefined : await cardOf(tx, row.card_id);
  const probed = (row.probed ?? undefined) as Code | undefined;
  return isFailing({ probed, wasReissued: (card?.grade ?? 'V0') >= 'V5' });
}

interface Deciding {
  readonly deal: Deal;
  readonly tranche: Tranche;
  readonly by: 'seller' | 'operator' | 'clock';
  readonly actor?: string;
  readonly at: Date;
  readonly isBad: (row: Row) => Promise<boolean>;
}

async function decide(tx: Tx, deps: LotDeps, input: Deciding): Promise<Deal> {
  const { deal, tranche, by, actor, at, isBad } = input;
  const isLate = tranche.state === 'late_disputed';
  if (!isLate && tranche.state !== 'disputed')
    throw new Refused('wrong_state', { state: tranche.state });
  const unseen = await unseenStopped(tx, { lotId: deal.lot_id, tranche, state: 'disputed' });
  const stopped = new Set(unseen.map(({ no }) => no));
  const claimed = [];
  for (const row of await rowsIn(tx, deal, tranche, ['disputed'])) {
    const { no, price_fen } = row;
    claimed.push({ no, priceFen: fen(price_fen), isBad: stopped.has(no) || (await isBad(row)) });
  }
  const feeOf = await deps.feesOf(tx, at);
  const { refundFen, upheld } = atDecision(claimed, feeOf);
  const rest = splitFee(fen(tranche.back_fen - refundFen), feeOf);
  const paid = isLate ? rest : upheld;
  await stepTranche(tx, deal, tranche, {
    ...{ transition: isLate ? 'decide_late' : 'decide', by, at },
    ...(actor !== undefined && { actor }),
    amounts: isLate
      ? { late_refund: refundFen, late_net: rest.net, late_fee: rest.fee }
      : { refund: refundFen, upheld_net: upheld.net, upheld_fee: upheld.fee },
    record: { refundFen: String(refundFen), rows: claimed.map((one) => [one.no, one.isBad]) },
    jobs: [{ task: LET_GO, payload: { lotId: deal.lot_id } }],
    save: {
      refund_fen: fen(tranche.refund_fen + refundFen),
      paid_fen: fen(tranche.paid_fen + paid.net),
      fee_fen: fen(tranche.fee_fen + paid.fee),
      failing_fen: ZERO,
      ...(isLate && { back_fen: ZERO }),
    },
  });
  await saveRowStates(tx, {
    lotId: deal.lot_id,
    rows: claimed.map(({ no, isBad }) => ({ no, state: isBad ? 'refunded' : 'paid' })),
  });
  if (isLate) await settled(tx, deps, { deal, trancheId: tranche.id, at });
  return await goOn(tx, deps, deal, at);
}

/** The hold-back goes to the seller; the tranche counts for the buyer's standing. */
async function releaseBack(
  tx: Tx,
  deps: LotDeps,
  deal: Deal,
  tranche: Tranche,
  at: Date,
): Promise<void> {
  const { net, fee } = splitFee(tranche.back_fen, await deps.feesOf(tx, at));
  await stepTranche(tx, deal, tranche, {
    ...{ transition: 'release', by: 'clock', at },
    amounts: { back_net: net, back_fee: fee },
    record: { paidFen: String(net), feeFen: String(fee) },
    save: {
      back_fen: ZERO,
      paid_fen: fen(tranche.paid_fen + net),
      fee_fen: fen(tranche.fee_fen + fee),
    },
  });
  await settled(tx, deps, { deal, trancheId: tranche.id, at });
  await goOn(tx, deps, deal, at);
}

async function settled(
  tx: Tx,
  deps: LotDeps,
  { deal, trancheId, at }: { deal: Deal; trancheId: string; at: Date },
): Promise<void> {
  const tranche = await findTranche(tx, trancheId);
  if (!tranche) return;
  const { price_fen, refund_fen, paid_fen } = tranche;
  const amountFen = fen(price_fen - refund_fen);
  if (amountFen > 0n) await noteSettled(tx, { recyclerId: deal.buyer_id, amountFen, at });
  const data = { dealId: deal.id, trancheId, paidFen: String(paid_fen) };
  for (const recycler of [deal.seller_id, deal.buyer_id])
    await deps.news(tx, { recycler, type: 'lot.tranche_settled', data, at });
}

export async function onTrancheClock(
  deps: LotDeps,
  db: Db,
  { id, transition, at }: { id: string; transition: string; at: Date },
): Promise<void> {
  const done = await inTransaction(db, async (tx) => {
    const dealId = (await findTranche(tx, id))?.deal_id;
    if (!dealId) throw new Refused('not_found');
    const deal = await takeDeal(tx, dealId);
    const tranche = await findTranche(tx, id);
    if (!tranche) throw new Refused('not_found');
    switch (transition) {
      case 'accept':
        return await silence(tx, deps, { deal, tranche, at });
      case 'release':
        return await releaseBack(tx, deps, deal, tranche, at);
      case 'cancel':
        await stepTranche(tx, deal, tranche, { transition, by: 'clock', at });
        await addJob(tx, LET_GO, { lotId: deal.lot_id });
        return void (await goOn(tx, deps, deal, at));
      default: {
        const isBad = (row: Row) => byRule(tx, row);
        return void (await decide(tx, deps, { deal, tranche, by: 'clock', at, isBad }));
      }
    }
  });
  if (done === 'handing_over') await handOverTranche(deps, id, at);
}
