/** The payment institution's till over HTTP: orders to pay, refunds and splits, each under a number of ours. */
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { type Fen, parseFen, WorldError } from '#platform';
import type { Channel, Share } from './domain.ts';

export interface PayOrder {
  /** Stored by us before the call. */
  outNo: string;
  amount: Fen;
  channel: Channel;
  expiresAt: Date;
}
export interface Payment {
  /** The institution's own number of this payment: one order may be paid twice. */
  tradeNo: string;
  amount: Fen;
  at: Date;
}
export interface OrderView {
  /** Whether it can still be paid; what was paid already is in `payments`. */
  status: 'open' | 'closed';
  payUrl: string | undefined;
  payments: readonly Payment[];
}
export interface RefundAsk {
  outNo: string;
  /** Number of the order that was paid, and of the payment that goes back. */
  payNo: string;
  tradeNo: string;
  amount: Fen;
}
export interface SplitAsk {
  outNo: string;
  payNo: string;
  tradeNo: string;
  mode: 'sync' | 'async';
  shares: readonly Share[];
}
export interface RequestView {
  status: 'accepted' | 'done' | 'partial' | 'failed';
  at: Date | undefined;
  reason: string | undefined;
  /** Of a split: receivers that have their share. */
  receivers: readonly string[];
}

/** Throws `WorldError` as `Psp` does. Undefined: the institution has never heard of this number. */
export interface Till {
  submitOrder(order: PayOrder): Promise<OrderView>;
  queryOrder(outNo: string): Promise<OrderView | undefined>;
  /** Closes what was not paid; tells what was. */
  closeOrder(outNo: string): Promise<OrderView | undefined>;
  submitRefund(ask: RefundAsk): Promise<RequestView>;
  queryRefund(outNo: string): Promise<RequestView | undefined>;
  submitSplit(ask: SplitAsk): Promise<RequestView>;
  querySplit(outNo: string): Promise<RequestView | undefined>;
}

const OrderReply = Type.Object({
  outNo: Type.String(),
  status: Type.Union([Type.Literal('open'), Type.Literal('closed')]),
  payUrl: Type.Optional(Type.String({ pattern: '^https?://', maxLength: 500 })),
  payments: Type.Array(
    Type.Object({
      tradeNo: Type.String({ pattern: '^[0-9A-Za-z]{8,31}$' }),
      amountFen: Type.String({ pattern: '^[1-9][0-9]{0,15}$' }),
      at: Type.String(),
    }),
    { maxItems: 100 },
  ),
});
const RequestReply = Type.Object({
  outNo: Type.String(),
  status: Type.Union([
    Type.Literal('accepted'),
    Type.Literal('done'),
    Type.Literal('partial'),
    Type.Literal('failed'),
  ]),
  amountFen: Type.String(),
  at: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String({ maxLength: 64 })),
  receivers: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 200 })),
});
const NoReply = Type.Object({ code: Type.String({ pattern: '^[A-Za-z0-9_]{1,40}$' }) });

type Send = (
  method: string,
  path: string,
  body: string,
) => Promise<{ status: number; body: string }>;

export function openTill(send: Send, callbackUrl: () => string): Till {
  const post = async (path: string, body: Record<string, unknown>) => {
    const reply = await send('POST', path, JSON.stringify({ ...body, callbackUrl: callbackUrl() }));
    if (reply.status === 200 || reply.status === 202) return reply.body;
    // 422 is a reasoned no. A number used for something else proves nothing about what was done under it.
    if (reply.status === 400 || reply.status === 422)
      throw new WorldError('reject', codeIn(reply.body));
    throw new WorldError('ask', `bank_${reply.status}`);
  };
  const get = async (method: 'GET' | 'POST', path: string): Promise<string | undefined> => {
    const reply = await send(method, path, method === 'GET' ? '' : '{}');
    if (reply.status === 404) return undefined;
    if (reply.status === 200) return reply.body;
    throw new WorldError('ask', `bank_${reply.status}`);
  };
  const asOrder = (text: string | undefined, outNo: string) =>
    text === undefined ? undefined : orderIn(text, outNo);
  return {
    submitOrder: async ({ outNo, amount, channel, expiresAt }) => {
      const ask = { outNo, amountFen: String(amount), channel };
      return orderIn(
        await post('/v1/pay-ins', { ...ask, expiresAt: expiresAt.toISOString() }),
        outNo,
      );
    },
    queryOrder: async (outNo) => asOrder(await get('GET', `/v1/pay-ins/${outNo}`), outNo),
    closeOrder: async (outNo) => asOrder(await get('POST', `/v1/pay-ins/${outNo}/close`), outNo),
    submitRefund: async ({ outNo, payNo, tradeNo, amount }) =>
      viewIn(
        await post('/v1/refunds', { outNo, payNo, tradeNo, amountFen: String(amount) }),
        outNo,
      ),
    queryRefund: async (outNo) => {
      const text = await get('GET', `/v1/refunds/${outNo}`);
      return text === undefined ? undefined : viewIn(text, outNo);
    },
    submitSplit: async ({ outNo, payNo, tradeNo, mode, shares }) => {
      const receivers = shares.map(({ receiver, role, amount }) => ({
        ...{ receiver, role },
        amountFen: String(amount),
      }));
      return viewIn(await post('/v1/splits', { outNo, payNo, tradeNo, mode, receivers }), outNo);
    },
    querySplit: async (outNo) => {
      const text = await get('GET', `/v1/splits/${outNo}`);
      return text === undefined ? undefined : viewIn(text, outNo);
    },
  };
}

function codeIn(text: string): string {
  const value: unknown = JSON.parse(text);
  return Value.Check(NoReply, value) ? value.code.toLowerCase() : 'bank_refused';
}

/** The reply must be about the very number we asked for; another one is as good as no answer. */
function orderIn(text: string, outNo: string): OrderView {
  const value: unknown = JSON.parse(text);
  if (!Value.Check(OrderReply, value)) throw new WorldError('ask', 'reply_malformed');
  if (value.outNo !== outNo) throw new WorldError('ask', 'reply_of_another');
  return { status: value.status, payUrl: value.payUrl, payments: value.payments.map(paymentIn) };
}

function paymentIn(one: Static<typeof OrderReply>['payments'][number]): Payment {
  const amount = parseFen(one.amountFen);
  const at = new Date(one.at);
  if (amount === undefined || Number.isNaN(at.getTime()))
    throw new WorldError('ask', 'reply_malformed');
  return { tradeNo: one.tradeNo, amount, at };
}

function viewIn(text: string, outNo: string): RequestView {
  const value: unknown = JSON.parse(text);
  if (!Value.Check(RequestReply, value)) throw new WorldError('ask', 'reply_malformed');
  if (value.outNo !== outNo) throw new WorldError('ask', 'reply_of_another');
  const at = value.at === undefined ? undefined : new Date(value.at);
  if (at && Number.isNaN(at.getTime())) throw new WorldError('ask', 'reply_malformed');
  return { status: value.status, at, reason: value.reason, receivers: value.receivers ?? [] };
}
