/** The institution's till, in memory: orders that payers pay on its page, refunds, splits, and their limits. */
import { randomUUID } from 'node:crypto';
import type { TillEvent } from './bank.ts';
import { no } from './gate.ts';
import type { Answer } from './main.ts';
import { openOrders } from './till_orders.ts';
import { openRequests } from './till_requests.ts';
import type { Counter, Order, Payment, Request } from './till_rules.ts';

export interface TillState {
  orders: Order[];
  requests: Request[];
}
export interface Till {
  orders: Map<string, Order>;
  requests: Map<string, Request>;
  /** `undefined`: not a path of the till. `'dead'`: the line went dead. */
  answer(
    ask: { method: string; path: string; body: string },
    merchant: string,
  ): Answer | 'dead' | 'no';
  byToken(token: string): Order | undefined;
  /** A payer pays; `force`: though it is closed, as a transfer that was under way does. */
  pay(outNo: string, options?: { amountFen?: string; force?: boolean }): Payment | undefined;
  /** The payer changed their mind. */
  leave(outNo: string): boolean;
  tick(): void;
  settle(outNo: string | undefined): number;
  lines(merchant: string): { outNo: string; kind: string; amountFen: string; at: number }[];
  load(state: TillState): void;
  reset(): void;
}

export function openTill(
  options: Omit<Counter, 'tell'> & { tell: (event: TillEvent) => void },
): Till {
  const counter: Counter = {
    ...options,
    tell: ({ merchant, outNo, callbackUrl }, news) =>
      options.tell({
        ...{ eventId: randomUUID(), merchant, outNo, callbackUrl, ...news },
        at: new Date(options.now()).toISOString(),
      }),
  };
  const orders = openOrders(counter);
  const requests = openRequests(counter, orders.all);
  return {
    orders: orders.all,
    requests: requests.all,
    pay: orders.pay,
    leave: orders.leave,
    settle: requests.settle,
    tick: () => {
      orders.tick();
      requests.tick();
    },
    answer: ({ method, path, body }, merchant) => {
      const [, , what, which, verb] = path.split('/');
      if (what === 'pay-ins') {
        if (which === undefined) return method === 'POST' ? orders.take(body, merchant) : 'no';
        const closes = method === 'POST' && verb === 'close';
        return closes || method === 'GET' ? orders.answer(merchant, which, closes) : 'no';
      }
      if (what !== 'refunds' && what !== 'splits') return 'no';
      const kind = what === 'refunds' ? 'refund' : 'split';
      if (which === undefined)
        return method === 'POST' ? requests.take(kind, body, merchant) : 'no';
      return method === 'GET' ? requests.answer(kind, merchant, which) : no(404, 'NOT_FOUND');
    },
    byToken: (token) => [...orders.all.values()].find((order) => order.token === token),
    lines: (merchant) => linesOf(merchant, [...orders.all.values()], [...requests.all.values()]),
    load: (state) => {
      for (const order of state.orders) orders.all.set(order.outNo, order);
      for (const request of state.requests) requests.all.set(request.outNo, request);
    },
    reset: () => {
      orders.all.clear();
      requests.all.clear();
    },
  };
}

function linesOf(merchant: string, orders: readonly Order[], requests: readonly Request[]) {
  const ins = orders
    .filter((order) => order.merchant === merchant)
    .flatMap(({ outNo, payments }) =>
      payments.map(({ tradeNo, amountFen, at }) => ({
        ...{ outNo: `${outNo}_${tradeNo}`, kind: 'pay_in', amountFen, at },
      })),
    );
  const rest = requests
    .filter((one) => one.merchant === merchant)
    .flatMap(({ outNo, kind, receivers, done, status, amountFen, at }) => {
      const isPaid = status === 'done' || status === 'partial';
      if (!isPaid || at === undefined) return [];
      const share = receivers
        .filter(({ receiver }) => done.includes(receiver))
        .reduce((sum, one) => sum + BigInt(one.amountFen), 0n);
      return [{ outNo, kind, amountFen: kind === 'split' ? String(share) : amountFen, at }];
    });
  return [...ins, ...rest];
}
