/** The institution's till, in memory: orders that payers pay on its page, refunds, splits, and their limits. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { TillEvent } from './bank.ts';
import { no, parse } from './gate.ts';
import type { Answer } from './main.ts';

export type Channel = 'alipay' | 'wechat' | 'bank';
interface Limits {
  freezeDays: number;
  syncReceivers: number;
  asyncReceivers: number;
  requests: number;
  othersBpsMax: number;
}
/** The institutions' own rules; whoever calls is expected to know them, and is told no when not. */
export const LIMITS: Readonly<Record<Channel, Limits>> = {
  alipay: {
    freezeDays: 30,
    syncReceivers: 5,
    asyncReceivers: 50,
    requests: 50,
    othersBpsMax: 3_000,
  },
  wechat: {
    freezeDays: 180,
    syncReceivers: 0,
    asyncReceivers: 50,
    requests: 50,
    othersBpsMax: 1e4,
  },
  bank: { freezeDays: 180, syncReceivers: 50, asyncReceivers: 50, requests: 50, othersBpsMax: 1e4 },
};

export interface Payment {
  tradeNo: string;
  amountFen: string;
  at: number;
}
export interface Order {
  merchant: string;
  outNo: string;
  amountFen: string;
  channel: Channel;
  callbackUrl: string;
  digest: string;
  status: 'open' | 'closed';
  expiresAt: number;
  /** Part of the address of the payer's page: whoever has it may pay, and nothing else. */
  token: string;
  payments: Payment[];
  submits: number;
  /** The freeze has ended by itself: what was not split is no longer kept apart. */
  thawed: boolean;
}
export interface Receiver {
  receiver: string;
  role: string;
  amountFen: string;
}
export interface Request {
  kind: 'refund' | 'split';
  merchant: string;
  outNo: string;
  payNo: string;
  tradeNo: string;
  amountFen: string;
  callbackUrl: string;
  digest: string;
  status: 'accepted' | 'done' | 'partial' | 'failed';
  settleAt: number;
  submits: number;
  receivers: Receiver[];
  /** Receivers that have their share. */
  done: string[];
  at?: number;
  reason?: string;
  fate?: { reason: string; receivers: number };
}

export interface TillFaults {
  dieAfterCommit: number;
  dieBeforeCommit: number;
  /** So many refunds fail when they should be paid. */
  failRefunds: number;
  /** So many receivers of splits fail. */
  failReceivers: number;
}

const DAY = 86_400_000;
const OUT_NO = /^[0-9A-Za-z]{16,32}$/;
const FEN = /^[1-9]\d{0,15}$/;

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

export function openTill(options: {
  now: () => number;
  settleMs: number;
  faults: () => TillFaults;
  tell: (event: TillEvent) => void;
  /** Address of the payer's page. */
  pageUrl: (token: string) => string;
}): Till {
  const { now, faults } = options;
  const orders = new Map<string, Order>();
  const requests = new Map<string, Request>();

  function tell(
    about: { merchant: string; outNo: string; callbackUrl: string },
    news: { kind: TillEvent['kind']; status: TillEvent['status']; amountFen: string },
  ): void {
    const { merchant, outNo, callbackUrl } = about;
    const at = new Date(now()).toISOString();
    options.tell({ eventId: randomUUID(), merchant, outNo, callbackUrl, at, ...news });
  }

  function takeOrder(body: string, merchant: string): Answer | 'dead' {
    const fields = parse(body);
    const { outNo, amountFen, channel, expiresAt, callbackUrl } = fields;
    const expires = Date.parse(String(expiresAt));
    const isWhole =
      isText(outNo, OUT_NO) &&
      isText(amountFen, FEN) &&
      isText(callbackUrl, /^https?:/) &&
      isText(channel, /^(alipay|wechat|bank)$/) &&
      !Number.isNaN(expires);
    if (!isWhole) return no(400, 'BAD_BODY');
    if (diesNow(faults(), 'dieBeforeCommit')) return 'dead';
    const digest = digestOf([amountFen, channel, expiresAt]);
    const known = orders.get(outNo);
    if (known && (known.merchant !== merchant || known.digest !== digest))
      return no(409, 'OUT_NO_REUSED');
    if (known) known.submits++;
    const order: Order = known ?? {
      ...{ merchant, outNo, amountFen, channel: channel as Channel, callbackUrl, digest },
      ...{ status: 'open', expiresAt: expires, token: randomBytes(18).toString('hex') },
      ...{ payments: [], submits: 1, thawed: false },
    };
    orders.set(outNo, order);
    if (diesNow(faults(), 'dieAfterCommit')) return 'dead';
    return { status: known ? 200 : 202, body: orderView(order) };
  }

  const orderView = ({ outNo, status, token, payments }: Order) => ({
    ...{ outNo, status, payUrl: options.pageUrl(token) },
    payments: payments.map(({ tradeNo, amountFen, at }) => ({
      ...{ tradeNo, amountFen, at: new Date(at).toISOString() },
    })),
  });

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

  function takeRequest(kind: Request['kind'], body: string, merchant: string): Answer | 'dead' {
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
    if (!isWhole || !receivers) return no(400, 'BAD_BODY');
    if (diesNow(faults(), 'dieBeforeCommit')) return 'dead';
    const digest = digestOf([kind, payNo, tradeNo, amountFen, receivers, fields['mode']]);
    const known = requests.get(outNo);
    if (known && (known.merchant !== merchant || known.digest !== digest))
      return no(409, 'OUT_NO_REUSED');
    if (known) known.submits++;
    const order = orders.get(payNo);
    if (!known && (!order || order.merchant !== merchant)) return no(422, 'ORDER_UNKNOWN');
    const mode = String(fields['mode'] ?? 'async');
    const asked = { kind, tradeNo, amount: BigInt(amountFen), receivers, mode };
    const refusal = known || !order ? undefined : refusalOf(order, asked, [...requests.values()]);
    if (refusal) return no(422, refusal);
    const made: Request = known ?? {
      ...{ kind, merchant, outNo, payNo, tradeNo, amountFen, callbackUrl, digest, receivers },
      ...{ status: 'accepted', settleAt: now() + options.settleMs, submits: 1, done: [] },
      ...fateOf(kind, faults()),
    };
    requests.set(outNo, made);
    if (!known && mode === 'sync') carryOut(made, true);
    if (diesNow(faults(), 'dieAfterCommit')) return 'dead';
    return { status: known ? 200 : 202, body: requestView(made) };
  }

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

  function tick(): void {
    for (const order of orders.values()) {
      if (order.status === 'open' && order.expiresAt <= now()) close(order);
      const paidAt = order.payments[0]?.at;
      if (paidAt !== undefined && now() >= paidAt + LIMITS[order.channel].freezeDays * DAY)
        order.thawed = true;
    }
    for (const request of requests.values())
      if (request.status === 'accepted' && request.settleAt <= now()) carryOut(request, false);
  }

  function orderAnswer(merchant: string, outNo: string, closes: boolean): Answer {
    const order = orders.get(outNo);
    if (order?.merchant !== merchant) return no(404, 'NOT_FOUND');
    if (closes) close(order);
    return { status: 200, body: orderView(order) };
  }

  return {
    orders,
    requests,
    pay,
    tick,
    answer: ({ method, path, body }, merchant) => {
      const [, , what, which, verb] = path.split('/');
      if (what === 'pay-ins') {
        if (which === undefined) return method === 'POST' ? takeOrder(body, merchant) : 'no';
        if (method === 'POST' && verb === 'close') return orderAnswer(merchant, which, true);
        return method === 'GET' ? orderAnswer(merchant, which, false) : 'no';
      }
      if (what !== 'refunds' && what !== 'splits') return 'no';
      const kind = what === 'refunds' ? 'refund' : 'split';
      if (which === undefined) return method === 'POST' ? takeRequest(kind, body, merchant) : 'no';
      const request = requests.get(which);
      if (method !== 'GET' || request?.kind !== kind || request.merchant !== merchant)
        return no(404, 'NOT_FOUND');
      return { status: 200, body: requestView(request) };
    },
    byToken: (token) => [...orders.values()].find((order) => order.token === token),
    leave: (outNo) => {
      const order = orders.get(outNo);
      if (order?.status !== 'open') return false;
      close(order);
      return true;
    },
    settle: (outNo) => {
      const due = [...requests.values()].filter(
        (one) => one.status === 'accepted' && (outNo === undefined || one.outNo === outNo),
      );
      for (const request of due) carryOut(request, false);
      return due.length;
    },
    lines: (merchant) => linesOf(merchant, [...orders.values()], [...requests.values()]),
    load: (state) => {
      for (const order of state.orders) orders.set(order.outNo, order);
      for (const request of state.requests) requests.set(request.outNo, request);
    },
    reset: () => {
      orders.clear();
      requests.clear();
    },
  };
}

function linesOf(merchant: string, orders: readonly Order[], requests: readonly Request[]) {
  const ins = orders
    .filter((order) => order.merchant === merchant)
    .flatMap(({ payments }) =>
      payments.map(({ tradeNo, amountFen, at }) => ({
        ...{ outNo: tradeNo, kind: 'pay_in', amountFen, at },
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

/** The institution's own no, by the rules of the order's channel. */
function refusalOf(
  order: Order,
  asked: {
    kind: 'refund' | 'split';
    tradeNo: string;
    amount: bigint;
    receivers: readonly Receiver[];
    mode: string;
  },
  requests: readonly Request[],
): string | undefined {
  const payment = order.payments.find(({ tradeNo }) => tradeNo === asked.tradeNo);
  if (!payment) return 'NOT_PAID';
  const before = requests.filter((one) => one.tradeNo === asked.tradeNo && one.status !== 'failed');
  const gone = (kind: Request['kind']): bigint =>
    before.filter((one) => one.kind === kind).reduce((sum, one) => sum + moved(one), 0n);
  const paid = BigInt(payment.amountFen);
  if (asked.kind === 'refund')
    return gone('refund') + asked.amount > paid ? 'REFUND_EXCEEDS' : undefined;
  const limits = LIMITS[order.channel];
  if (order.thawed) return 'FREEZE_ENDED';
  const most = asked.mode === 'sync' ? limits.syncReceivers : limits.asyncReceivers;
  if (asked.receivers.length > most) return 'RECEIVERS_MAX';
  const splits = requests.filter((one) => one.kind === 'split' && one.payNo === order.outNo);
  if (splits.length >= limits.requests) return 'REQUESTS_MAX';
  if (gone('split') + gone('refund') + asked.amount > paid) return 'SPLIT_EXCEEDS';
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

function fateOf(kind: Request['kind'], faults: TillFaults): Pick<Request, 'fate'> {
  if (kind === 'refund') {
    if (faults.failRefunds === 0) return {};
    faults.failRefunds--;
    return { fate: { reason: 'ACCOUNT_ABNORMAL', receivers: 0 } };
  }
  if (faults.failReceivers === 0) return {};
  faults.failReceivers--;
  return { fate: { reason: 'RECEIVER_ABNORMAL', receivers: 1 } };
}

function diesNow(faults: TillFaults, when: 'dieAfterCommit' | 'dieBeforeCommit'): boolean {
  if (faults[when] === 0) return false;
  faults[when]--;
  return true;
}

const isText = (value: unknown, pattern: RegExp): value is string =>
  typeof value === 'string' && pattern.test(value);
const digestOf = (of: unknown): string =>
  createHash('sha256').update(JSON.stringify(of)).digest('hex');
