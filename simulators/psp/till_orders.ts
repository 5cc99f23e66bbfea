/** Half of the till: orders that payers pay on its page, until they expire or are closed. */
import { randomBytes } from 'node:crypto';
import { no, parse } from './gate.ts';
import type { Answer } from './main.ts';
import {
  type Channel,
  type Counter,
  diesNow,
  digestOf,
  FEN,
  isText,
  LIMITS,
  type Order,
  OUT_NO,
  type Payment,
} from './till_rules.ts';

const DAY = 86_400_000;

export interface Orders {
  all: Map<string, Order>;
  take(body: string, merchant: string): Answer | 'dead';
  answer(merchant: string, outNo: string, closes: boolean): Answer;
  pay(outNo: string, options?: { amountFen?: string; force?: boolean }): Payment | undefined;
  leave(outNo: string): boolean;
  tick(): void;
}

export function openOrders({ now, faults, tell, pageUrl }: Counter): Orders {
  const orders = new Map<string, Order>();

  function close(order: Order): void {
    if (order.status === 'closed') return;
    order.status = 'closed';
    tell(order, { kind: 'pay_in', status: 'closed', amountFen: order.amountFen });
  }

  function pay(
    outNo: string,
    { amountFen, force = false }: { amountFen?: string; force?: boolean } = {},
  ): Payment | undefined {
    tick();
    const order = orders.get(outNo);
    if (!order || (order.status === 'closed' && !force)) return undefined;
    const payment = { tradeNo: `T${randomBytes(12).toString('hex')}`, at: now() };
    const paid = { ...payment, amountFen: amountFen ?? order.amountFen };
    order.payments.push(paid);
    order.status = 'closed';
    tell(order, { kind: 'pay_in', status: 'paid', amountFen: paid.amountFen });
    return paid;
  }

  function tick(): void {
    for (const order of orders.values()) {
      if (order.status === 'open' && order.expiresAt <= now()) close(order);
      const paidAt = order.payments[0]?.at;
      if (paidAt !== undefined && now() >= paidAt + LIMITS[order.channel].freezeDays * DAY)
        order.thawed = true;
    }
  }

  return {
    all: orders,
    pay,
    tick,
    take: (body, merchant) => {
      const asked = orderIn(body, merchant);
      if (!asked) return no(400, 'BAD_BODY');
      if (diesNow(faults(), 'dieBeforeCommit')) return 'dead';
      const known = orders.get(asked.outNo);
      if (known && (known.merchant !== merchant || known.digest !== asked.digest))
        return no(409, 'OUT_NO_REUSED');
      if (known) known.submits++;
      const order = known ?? asked;
      orders.set(order.outNo, order);
      if (diesNow(faults(), 'dieAfterCommit')) return 'dead';
      return { status: known ? 200 : 202, body: orderView(order, pageUrl) };
    },
    answer: (merchant, outNo, closes) => {
      const order = orders.get(outNo);
      if (order?.merchant !== merchant) return no(404, 'NOT_FOUND');
      if (closes) close(order);
      return { status: 200, body: orderView(order, pageUrl) };
    },
    leave: (outNo) => {
      const order = orders.get(outNo);
      if (order?.status !== 'open') return false;
      close(order);
      return true;
    },
  };
}

function orderIn(body: string, merchant: string): Order | undefined {
  const { outNo, amountFen, channel, expiresAt, callbackUrl } = parse(body);
  const expires = Date.parse(String(expiresAt));
  const isWhole =
    isText(outNo, OUT_NO) &&
    isText(amountFen, FEN) &&
    isText(callbackUrl, /^https?:/) &&
    isText(channel, /^(alipay|wechat|bank)$/) &&
    !Number.isNaN(expires);
  if (!isWhole) return undefined;
  return {
    ...{ merchant, outNo, amountFen, channel: channel as Channel, callbackUrl },
    ...{ digest: digestOf([amountFen, channel, expiresAt]), status: 'open', expiresAt: expires },
    ...{ token: randomBytes(18).toString('hex'), payments: [], submits: 1, thawed: false },
  };
}

const orderView = (
  { outNo, status, token, payments }: Order,
  pageUrl: (token: string) => string,
) => ({
  ...{ outNo, status, payUrl: pageUrl(token) },
  payments: payments.map(({ tradeNo, amountFen, at }: Payment) => ({
    ...{ tradeNo, amountFen, at: new Date(at).toISOString() },
  })),
});
