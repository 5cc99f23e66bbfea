/** The levers under /control: the bank's time, its faults, and what it does out of turn. For tests and demos. */
import type { Bank, Faults, Plant } from './bank.ts';
import type { Answer, Ask, BankTime } from './main.ts';
import type { Post } from './post.ts';
import type { Reports } from './reports.ts';
import type { Till } from './till.ts';

const ok = (body: unknown): Answer => ({ status: 200, body });

export function openLevers(options: {
  bank: Bank;
  till: Till;
  reports: Reports;
  post: Post;
  time: BankTime;
}): (ask: Ask) => Promise<Answer> {
  const { bank, till, reports, post, time } = options;
  const levers: Record<string, (body: Record<string, unknown>) => Answer | Promise<Answer>> = {
    /** {now: RFC 3339} | {aheadMs} of real time | {mode: 'real' | 'follow'} */
    'POST /control/clock': async ({ now, aheadMs, mode }) => {
      const fixed = typeof now === 'string' ? { now: Date.parse(now) } : undefined;
      const ahead = typeof aheadMs === 'number' ? { aheadMs } : undefined;
      time.set(fixed ?? ahead ?? (mode === 'follow' ? 'follow' : 'real'));
      bank.tick();
      till.tick();
      await post.settled();
      return ok({ now: new Date(time.now()).toISOString() });
    },
    /** Any of `Faults`; what is not named stays. */
    'POST /control/faults': (body) => {
      const known = Object.entries(body).filter(([name]) => name in bank.faults);
      Object.assign(bank.faults, Object.fromEntries(known) as Partial<Faults>);
      return ok(bank.faults);
    },
    /** {outNo?}: pays (or fails, by its fate) now. Waits for the callbacks. */
    'POST /control/settle': async ({ outNo }) => {
      const one = typeof outNo === 'string' ? outNo : undefined;
      const settled = bank.settle(one) + till.settle(one);
      await post.settled();
      return ok({ settled });
    },
    /** {outNo, amountFen?, force?}: a payer pays an order, or another amount, or one that is closed. */
    'POST /control/pay': async ({ outNo, amountFen, force }) => {
      const paid = till.pay(String(outNo), {
        ...(typeof amountFen === 'string' && { amountFen }),
        ...(force === true && { force }),
      });
      await post.settled();
      return ok({ paid: paid ?? null });
    },
    /** {outNo}: the payer presses cancel. */
    'POST /control/leave': async ({ outNo }) => {
      const done = till.leave(String(outNo));
      await post.settled();
      return ok({ done });
    },
    /** {outNo, reason?}: money that was paid comes back. */
    'POST /control/bounce': async ({ outNo, reason }) => {
      const done = bank.bounce(String(outNo), String(reason ?? 'ACCOUNT_CLOSED'));
      await post.settled();
      return ok({ done });
    },
    /** {order: 'first' | 'last' | [status, …]}: sends the callbacks held back. */
    'POST /control/release': async ({ order }) => {
      const by = Array.isArray(order) ? order.map(String) : order === 'last' ? 'last' : 'first';
      const sent = await post.release(by);
      await post.settled();
      return ok({ sent });
    },
    /** {day, what: 'extra' | 'omit' | 'amount', outNo, amountFen?}: a mistake in the statement. */
    'POST /control/plant': (body) => {
      bank.plant(body as unknown as Plant);
      return ok({});
    },
    'POST /control/reset': () => {
      bank.reset();
      till.reset();
      reports.all.clear();
      post.held.length = 0;
      post.log.length = 0;
      return ok({});
    },
    'GET /control/state': async () => {
      await post.settled();
      return ok({
        now: new Date(time.now()).toISOString(),
        faults: bank.faults,
        entries: [...bank.entries.values()],
        orders: [...till.orders.values()],
        requests: [...till.requests.values()],
        reports: [...reports.all.values()],
        held: post.held,
        deliveries: post.log,
      });
    },
  };
  return async ({ method, path, body }) => {
    const lever = levers[`${method} ${path}`];
    if (!lever) return { status: 404, body: { code: 'not_found' } };
    return await lever(body === '' ? {} : (JSON.parse(body) as Record<string, unknown>));
  };
}
