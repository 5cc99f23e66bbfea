/** Half of the till: refunds and splits of what was paid, each number once, within the limits of its channel. */
import { no, parse } from './gate.ts';
import type { Answer } from './main.ts';
import {
  type Counter,
  diesNow,
  digestOf,
  FEN,
  isText,
  LIMITS,
  type Order,
  OUT_NO,
  type Receiver,
  type Request,
  type TillFaults,
} from './till_rules.ts';

type Kind = Request['kind'];
export interface Requests {
  all: Map<string, Request>;
  take(kind: Kind, body: string, merchant: string): Answer | 'dead';
  answer(kind: Kind, merchant: string, outNo: string): Answer;
  tick(): void;
  settle(outNo: string | undefined): number;
}

export function openRequests(counter: Counter, orders: ReadonlyMap<string, Order>): Requests {
  const { now, faults, tell, settleMs } = counter;
  const requests = new Map<string, Request>();

  /** `whole`: one receiver that fails makes all of them fail. */
  function carryOut(request: Request, whole: boolean): void {
    const { fate, receivers } = request;
    const failing = fate?.receivers ?? 0;
    const paid = receivers.slice(failing).map(({ receiver }) => receiver);
    request.at = now();
    if (!fate) Object.assign(request, { status: 'done', done: paid });
    else if (request.kind === 'refund' || whole || paid.length === 0)
      Object.assign(request, { status: 'failed', reason: fate.reason });
    else Object.assign(request, { status: 'partial', done: paid, reason: fate.reason });
    const { kind, status, amountFen } = request;
    tell(request, { kind, status, amountFen });
  }

  return {
    all: requests,
    take: (kind, body, merchant) => {
      const asked = requestIn(kind, body, merchant);
      if (!asked) return no(400, 'BAD_BODY');
      if (diesNow(faults(), 'dieBeforeCommit')) return 'dead';
      const known = requests.get(asked.outNo);
      if (known && (known.merchant !== merchant || known.digest !== asked.digest))
        return no(409, 'OUT_NO_REUSED');
      if (known) known.submits++;
      const order = orders.get(asked.payNo);
      if (order?.merchant !== merchant) return no(422, 'ORDER_UNKNOWN');
      const refusal = known ? undefined : refusalOf(order, asked, [...requests.values()]);
      if (refusal) return no(422, refusal);
      const fate = known ? {} : fateOf(kind, faults());
      const request = known ?? { ...asked, settleAt: now() + settleMs, ...fate };
      requests.set(request.outNo, request);
      if (!known && request.mode === 'sync') carryOut(request, true);
      if (diesNow(faults(), 'dieAfterCommit')) return 'dead';
      return { status: known ? 200 : 202, body: requestView(request) };
    },
    answer: (kind, merchant, outNo) => {
      const request = requests.get(outNo);
      const isTheirs = request?.kind === kind && request.merchant === merchant;
      return isTheirs ? { status: 200, body: requestView(request) } : no(404, 'NOT_FOUND');
    },
    tick: () => {
      for (const request of requests.values())
        if (request.status === 'accepted' && request.settleAt <= now()) carryOut(request, false);
    },
    settle: (outNo) => {
      const due = [...requests.values()].filter(
        (one) => one.status === 'accepted' && (outNo === undefined || one.outNo === outNo),
      );
      for (const request of due) carryOut(request, false);
      return due.length;
    },
  };
}

function requestIn(kind: Kind, body: string, merchant: string): Request | undefined {
  const fields = parse(body);
  const { outNo, payNo, tradeNo, callbackUrl } = fields;
  const receivers = kind === 'split' ? receiversIn(fields['receivers']) : [];
  const total = receivers?.reduce((sum, one) => sum + BigInt(one.amountFen), 0n);
  const amountFen = kind === 'split' ? String(total) : fields['amountFen'];
  const isWhole =
    isText(outNo, OUT_NO) &&
    isText(payNo, OUT_NO) &&
    isText(tradeNo, /^[0-9A-Za-z]{8,64}$/) &&
    isText(callbackUrl, /^https?:/) &&
    isText(amountFen, FEN);
  if (!isWhole || !receivers) return undefined;
  const mode = fields['mode'] === 'sync' ? 'sync' : 'async';
  return {
    ...{ kind, merchant, outNo, payNo, tradeNo, amountFen, callbackUrl, receivers, mode },
    digest: digestOf([kind, payNo, tradeNo, amountFen, receivers, mode]),
    ...{ status: 'accepted', settleAt: 0, submits: 1, done: [] },
  };
}

/** The institution's own no, by the rules of the order's channel. */
function refusalOf(order: Order, asked: Request, requests: readonly Request[]): string | undefined {
  const payment = order.payments.find(({ tradeNo }) => tradeNo === asked.tradeNo);
  if (!payment) return 'NOT_PAID';
  const before = requests.filter((one) => one.tradeNo === asked.tradeNo && one.status !== 'failed');
  const gone = (kind: Kind): bigint =>
    before.filter((one) => one.kind === kind).reduce((sum, one) => sum + moved(one), 0n);
  const paid = BigInt(payment.amountFen);
  if (asked.kind === 'refund')
    return gone('refund') + BigInt(asked.amountFen) > paid ? 'REFUND_EXCEEDS' : undefined;
  const limits = LIMITS[order.channel];
  if (order.thawed) return 'FREEZE_ENDED';
  const most = asked.mode === 'sync' ? limits.syncReceivers : limits.asyncReceivers;
  if (asked.receivers.length > most) return 'RECEIVERS_MAX';
  const splits = requests.filter((one) => one.kind === 'split' && one.payNo === order.outNo);
  if (splits.length >= limits.requests) return 'REQUESTS_MAX';
  if (gone('split') + gone('refund') + BigInt(asked.amountFen) > paid) return 'SPLIT_EXCEEDS';
  const others = before.flatMap(({ receivers, done }) =>
    receivers.filter(({ receiver }) => done.includes(receiver)),
  );
  const cut = [...others, ...asked.receivers]
    .filter(({ role }) => role !== 'payee')
    .reduce((sum, one) => sum + BigInt(one.amountFen), 0n);
  return cut * 10_000n > paid * BigInt(limits.othersBpsMax) ? 'SHARE_CAP' : undefined;
}

/** Of a split that was carried out in part only that part. */
const moved = ({ kind, status, receivers, done, amountFen }: Request): bigint =>
  kind === 'split' && status === 'partial'
    ? receivers
        .filter(({ receiver }) => done.includes(receiver))
        .reduce((sum, one) => sum + BigInt(one.amountFen), 0n)
    : BigInt(amountFen);

function receiversIn(value: unknown): Receiver[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > 200) return undefined;
  const rows = value as Record<string, unknown>[];
  const isWhole = rows.every(
    ({ receiver, role, amountFen }) =>
      isText(receiver, /^[0-9A-Za-z:._-]{1,100}$/) &&
      isText(role, /^(payee|platform|tax|insurer)$/) &&
      isText(amountFen, FEN),
  );
  return isWhole ? (rows as unknown as Receiver[]) : undefined;
}

function requestView({ outNo, status, amountFen, at, reason, done }: Request) {
  return {
    ...{ outNo, status, amountFen, receivers: done },
    ...(at !== undefined && { at: new Date(at).toISOString() }),
    ...(reason !== undefined && { reason }),
  };
}

function fateOf(kind: Kind, faults: TillFaults): Pick<Request, 'fate'> {
  if (kind === 'refund') {
    if (faults.failRefunds === 0) return {};
    faults.failRefunds--;
    return { fate: { reason: 'ACCOUNT_ABNORMAL', receivers: 0 } };
  }
  if (faults.failReceivers === 0) return {};
  faults.failReceivers--;
  return { fate: { reason: 'RECEIVER_ABNORMAL', receivers: 1 } };
}
