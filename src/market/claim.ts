/** "This card is not what I paid for": the order freezes, the facts are gathered by themselves, a decision moves money. */
import { type Code, probeCard, RESULTS } from '#cards';
import { type ClaimEnd, type EndedClaim, openClaim } from '#disputes';
import { chinaDay, type Fen, fen, inTransaction, notify, Refused, type Tx, ZERO } from '#platform';
import { checkText } from '#rules';
import { hasPayoutAccount, payeeOfRecycler, payFromReserve, recover } from '#settlement';
import type { Act } from './act.ts';
import { changeOrder, type OrderStep, takeOrder } from './change.ts';
import type { MarketDeps } from './deps.ts';
import { splitRefund } from './domain.ts';
import { factsOf } from './facts.ts';

import { findOrder, type Order, saveOrder } from './order-store.ts';
import { giveMoneyBack, ofOrder, refundOrder, settleOrder } from './settle.ts';
import { afterClaim } from './trust/deeds.ts';

const STATEMENT = 'market.claim';

export interface ClaimInput extends Act {
  /** Canonical verification code. */
  readonly reason: string;
  readonly statement?: string | undefined;
}

/**
 * While the buyer inspects it is a dispute and the money stays in escrow; afterwards, inside the guarantee, a claim
 * on the reserve. Refused wrong_state when the clock or the buyer has confirmed first: one of the two, never both.
 */
export async function complain(deps: MarketDeps, input: ClaimInput): Promise<Order> {
  const { orderId, userId, reason, statement, at } = input;
  if (!Object.hasOwn(RESULTS, reason) || reason === 'OK') throw new Refused('invalid_input');
  const no = statement && checkText(statement, chinaDay(at));
  if (no) throw new Refused(no);
  return await inTransaction(deps.db, async (tx) => {
    const before = await takeOrder(tx, orderId, { buyerId: userId });
    const transition = before.state === 'confirmed' ? 'claim' : 'dispute';
    if (isOver(before, at)) throw new Refused('wrong_state', { state: before.state });
    return await changeOrder(tx, before, {
      ...{ transition, by: 'buyer', actor: userId, at, record: { reason } },
      jobs: [{ task: 'market.open_claim', payload: { orderId } }],
      save: {
        claims: before.claims + 1,
        claim_reason: reason,
        claim_statement: statement ? deps.keys.seal(STATEMENT, statement, orderId) : null,
      },
    });
  });
}

/** The clock may be a second behind: what is due is over. */
function isOver(order: Order, at: Date): boolean {
  if (order.state === 'confirmed')
    return order.guarantee_until !== null && at >= order.guarantee_until;
  return order.inspect_until !== null && at >= order.inspect_until;
}

/** Asks the issuer what the card holds now, then opens the claim with all that is known. Safe to run again. */
export async function openWaitingClaim(deps: MarketDeps, orderId: string, at: Date): Promise<void> {
  const asked = await findOrder(deps.db, orderId);
  if (!asked?.claim_reason) return;
  const { card_id: cardId, promised_fen: expectFen } = asked;
  // An issuer that is silent keeps nobody waiting: the claim then says that there is no probe.
  if (cardId && asked.delivery !== 'mail')
    await probeCard(deps.cards, {
      ...{
        cardId,
        ref: claimRef(asked),
        heldBy: asked.held_ref ?? asked.listing_id,
        expectFen,
        at,
      },
    });
  await inTransaction(deps.db, async (tx) => {
    const now = await takeOrder(tx, orderId);
    const { claim_reason: reason, claim_statement: sealed } = now;
    if (!reason) return;
    const statement = sealed ? deps.keys.open(STATEMENT, sealed, orderId) : undefined;
    await saveOrder(tx, orderId, { claim_reason: null, claim_statement: null });
    await openClaim(tx, {
      ...{ subject: orderId, venue: 'market', reason: reason as Code, at, statement },
      claimant: { role: 'buyer', userId: now.buyer_id },
      respondent: { role: 'seller', userId: now.seller_id },
      // The premium goes back with a full refund; what the two are at odds about is the price.
      atStakeFen: now.price_fen,
      facts: await factsOf(tx, now, claimRef(now)),
      keys: deps.keys,
    });
    // The order itself has not moved, and its page shows the way to the claim.
    notify(tx, `market_order:${orderId}`);
  });
}

/** A guarantee claim may come after an earlier dispute; each has a look of its own. */
const claimRef = (order: Order): string => `${order.id}/claim/${order.claims}`;

/**
 * Disputes has decided; the money follows in the same transaction. An order that is past its case stays as it is.
 * Nobody at fault, or us: the reserve pays the buyer and the seller keeps the sale.
 */
export async function executeClaim(tx: Tx, decided: EndedClaim, at: Date): Promise<void> {
  const order = await takeOrder(tx, decided.subject);
  await afterClaim(tx, order, { fault: decided.end.fault, at });
  if (order.state === 'disputed') await executeDispute(tx, order, decided, at);
  else if (order.state === 'claimed') await executeGuarantee(tx, order, decided, at);
  else return;
  await executePenalty(tx, order, decided, at);
}

/** What one side owes the other on top: the reserve pays it at once and is owed it from then on. */
async function executePenalty(
  tx: Tx,
  order: Order,
  { id, end }: EndedClaim,
  at: Date,
): Promise<void> {
  const { penalty } = end;
  if (!penalty || penalty.fen === ZERO) return;
  const isSellers = penalty.payer === 'seller';
  const [owedBy, userId] = isSellers
    ? [debtorOf(order), order.buyer_id]
    : [order.buyer_id, debtorOf(order)];
  const what = { subject: order.id, amountFen: penalty.fen, at, reason: `penalty.${id}` };
  await recover(tx, { ...what, userId: owedBy });
  if (await hasPayoutAccount(tx, userId)) await payFromReserve(tx, { ...what, to: { userId } });
}

/** Who owes and is owed what a decision says of the seller: the shop, where it is a shop that sells. */
const debtorOf = ({ seller_id, recycler_id }: Order): string =>
  recycler_id === null ? seller_id : payeeOfRecycler(recycler_id);

/** What the two agreed on is theirs to bear; the reserve bears what was decided for them and is nobody's fault. */
const isReserves = ({ basis, fault }: ClaimEnd): boolean =>
  basis !== 'settlement' && basis !== 'withdrawn' && fault !== 'seller' && fault !== 'buyer';

async function executeDispute(
  tx: Tx,
  order: Order,
  { id, end }: EndedClaim,
  at: Date,
): Promise<void> {
  const { outcome, refundFen } = end;
  const step = { by: 'system', at, record: recordOf(id, end) } as const;
  if (outcome === 'release') {
    await settleOrder(tx, order, { ...step, transition: 'settle_claim' });
    return;
  }
  if (isReserves(end)) {
    const whole = outcome === 'refund' || refundFen > order.total_fen ? order.total_fen : refundFen;
    const save = { refund_fen: whole, refund_reason: 'RESERVE' };
    const after = await settleOrder(tx, order, { ...step, transition: 'make_whole', save });
    await payGuarantee(tx, after, { amountFen: whole, owedBy: undefined, at });
    return;
  }
  const split = outcome === 'partial' ? splitRefund(linesIn(order), refundFen) : undefined;
  if (split) await settlePart(tx, order, split, step);
  else
    await refundOrder(tx, order, {
      step: { ...step, transition: 'give_back' },
      ...{ reason: 'CLAIM', fate: 'drop' },
    });
}

const recordOf = (id: string, { outcome, fault, basis, rule }: ClaimEnd) => ({
  ...{ claim: id, outcome, fault, basis, rule },
});

async function settlePart(
  tx: Tx,
  order: Order,
  split: NonNullable<ReturnType<typeof splitRefund>>,
  step: Pick<OrderStep, 'at' | 'record'> & { by: 'system' },
): Promise<void> {
  const partly: OrderStep = {
    ...step,
    transition: 'settle_part',
    amounts: { ...split },
    save: { refund_fen: split.refund, refund_reason: 'CLAIM' },
  };
  const after = await settleOrder(tx, order, partly, {
    ...{ net: split.keptNet, fee: split.keptFee, charity: split.keptCharity },
    ...{ tax: split.keptTax, premium: split.keptPremium },
  });
  const { at } = step;
  await giveMoneyBack(tx, after, { amountFen: split.refund, reason: ofOrder(after), at });
}

const linesIn = (order: Order) => ({
  ...{ net: order.net_fen, fee: order.fee_fen, charity: order.charity_fen },
  ...{ tax: order.tax_fen, premium: order.premium_fen, total: order.total_fen },
});

/** First from the reserve; whoever was at fault owes it to the reserve from then on. */
async function executeGuarantee(
  tx: Tx,
  order: Order,
  { id, end }: EndedClaim,
  at: Date,
): Promise<void> {
  const { outcome, refundFen, fault } = end;
  const step = { by: 'system', at, record: recordOf(id, end) } as const;
  if (outcome === 'release') {
    await changeOrder(tx, order, {
      ...{ ...step, transition: 'deny' },
      due: order.guarantee_until ?? at,
    });
    return;
  }
  // What an earlier case gave back already is not paid twice.
  const left = fen(order.price_fen - (order.refund_fen ?? ZERO));
  const amountFen = outcome === 'refund' || refundFen > left ? left : refundFen;
  const after = await changeOrder(tx, order, {
    ...{ ...step, transition: 'reimburse' },
    save: {
      refund_fen: fen(amountFen + (order.refund_fen ?? ZERO)),
      refund_reason: 'GUARANTEE',
    },
  });
  const owedBy = fault === 'seller' ? debtorOf(order) : undefined;
  await payGuarantee(tx, after, { amountFen, owedBy, at });
}

/** To the buyer's bank account where there is one: the payment itself has been split and may not be there to refund. */
async function payGuarantee(
  tx: Tx,
  order: Order,
  { amountFen, owedBy, at }: { amountFen: Fen; owedBy: string | undefined; at: Date },
): Promise<void> {
  const { buyer_id: userId, basket_id: basketId } = order;
  const reason = `guarantee.${order.id}`;
  const isPayee = await hasPayoutAccount(tx, userId);
  const way = isPayee
    ? { subject: order.id, to: { userId } }
    : { subject: basketId, to: 'refund' as const };
  await payFromReserve(tx, { ...way, amountFen, at, reason });
  if (owedBy !== undefined)
    await recover(tx, { subject: order.id, userId: owedBy, amountFen, at, reason });
}
