/** The custody bank over HTTP: signed both ways, bound to nonce and time; says what a caller may conclude. */
import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import {
  type Clock,
  callWorld,
  type Fen,
  type Keys,
  MINUTE,
  newId,
  parseFen,
  type Secret,
  sha256,
  signedBy,
  WorldError,
} from '#platform';
import type { BankStatus } from './domain.ts';
import { openTill, type Till } from './payin/till.ts';

export interface Transfer {
  /** Stored by us before the call; the bank executes one number once. */
  outNo: string;
  amount: Fen;
  bankCode: string;
  accountNumber: Secret;
  accountName: Secret;
  /** Payout id: what our finance desk and theirs talk about. */
  remark: string;
}

/** Where one of our numbers stands at the bank. */
export interface BankView {
  status: BankStatus;
  amount: Fen;
  paidAt: Date | undefined;
  returnedAt: Date | undefined;
  reason: string | undefined;
}

/** A call throws `WorldError`: `retry` it did not happen, `ask` it may have, `reject` the bank said no for good. */
export interface Psp extends Till {
  submitTransfer(transfer: Transfer): Promise<BankView>;
  /** Undefined: the bank has never heard of this number. */
  queryTransfer(outNo: string): Promise<BankView | undefined>;
  submitCollection(ask: { outNo: string; amount: Fen; payer: string }): Promise<BankView>;
  queryCollection(outNo: string): Promise<BankView | undefined>;
  /** A paper for the authorities, by way of the bank; the same number again is the same receipt. */
  submitReport(report: { outNo: string; kind: string; text: string }): Promise<Receipt>;
  queryReport(outNo: string): Promise<Receipt | undefined>;
  /** CSV of one China day. */
  statement(day: string): Promise<string>;
  /** Why a callback is not believed; undefined when the bank signed these bytes, just now, for us. */
  doubt(headers: IncomingHttpHeaders, body: Buffer): Promise<'forged' | 'stale' | undefined>;
  readonly merchant: string;
}

/** For a report that was taken, with the digest of what arrived. */
export interface Receipt {
  receiptNo: string;
  sha256: string;
}

export interface PspOptions {
  url: string;
  merchant: string;
  /** Key the bank signs with; empty only with `sandbox`, where it is fetched and our key enrolled. */
  publicKeyPem: string;
  sandbox: boolean;
  keys: Keys;
  clock: Clock;
  /** Where the bank sends its events; asked at each call, since a port may be known late. */
  callbackUrl: () => string;
}

const TIMEOUT_MS = 8_000;
const CALLBACK_WINDOW_MS = 5 * MINUTE;

const PublicKeyReply = Type.Object({ publicKeyPem: Type.String() });
const ViewReply = Type.Object({
  outNo: Type.String(),
  kind: Type.Union([Type.Literal('transfer'), Type.Literal('collection')]),
  status: Type.Union([
    Type.Literal('accepted'),
    Type.Literal('paid'),
    Type.Literal('failed'),
    Type.Literal('returned'),
  ]),
  amountFen: Type.String(),
  paidAt: Type.Optional(Type.String()),
  returnedAt: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
});
type Kind = Static<typeof ViewReply>['kind'];
const ReceiptReply = Type.Object({
  outNo: Type.String(),
  receiptNo: Type.String({ minLength: 1, maxLength: 64 }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
});

export function openPsp(options: PspOptions): Psp {
  assert(options.publicKeyPem || options.sandbox, 'PSP_PUBLIC_KEY is needed outside demo mode');
  const call = signedCalls(options);
  const { callbackUrl } = options;
  const submit = async (
    kind: Kind,
    outNo: string,
    amount: Fen,
    more: Record<string, string>,
  ): Promise<BankView> => {
    const body = { outNo, amountFen: String(amount), callbackUrl: callbackUrl(), ...more };
    const reply = await call.send('POST', `/v1/${kind}s`, JSON.stringify(body));
    if (reply.status === 200 || reply.status === 202) return viewIn(reply.body, kind, outNo);
    // A number used for something else is no proof that nothing was paid under it.
    if (reply.status === 400) throw new WorldError('reject', 'bank_refused');
    throw new WorldError('ask', `bank_${reply.status}`);
  };
  const query = async (kind: Kind, outNo: string): Promise<BankView | undefined> => {
    const reply = await call.send('GET', `/v1/${kind}s/${outNo}`, '');
    if (reply.status === 404) return undefined;
    if (reply.status === 200) return viewIn(reply.body, kind, outNo);
    throw new WorldError('ask', `bank_${reply.status}`);
  };
  return {
    ...openTill((method, path, body) => call.send(method, path, body), callbackUrl),
    merchant: options.merchant,
    submitTransfer: ({ outNo, amount, bankCode, accountNumber, accountName, remark }) =>
      submit('transfer', outNo, amount, {
        bankCode,
        accountNumber: accountNumber.reveal(),
        accountName: accountName.reveal(),
        remark,
      }),
    queryTransfer: (outNo) => query('transfer', outNo),
    submitCollection: ({ outNo, amount, payer }) => submit('collection', outNo, amount, { payer }),
    queryCollection: (outNo) => query('collection', outNo),
    submitReport: async (report) => {
      const reply = await call.send('POST', '/v1/reports', JSON.stringify(report));
      if (reply.status === 200) return receiptIn(reply.body, report.outNo);
      if (reply.status === 400 || reply.status === 422)
        throw new WorldError('reject', 'report_refused');
      throw new WorldError('ask', `bank_${reply.status}`);
    },
    queryReport: async (outNo) => {
      const reply = await call.send('GET', `/v1/reports/${outNo}`, '');
      if (reply.status === 404) return undefined;
      if (reply.status === 200) return receiptIn(reply.body, outNo);
      throw new WorldError('ask', `bank_${reply.status}`);
    },
    statement: async (day) => {
      const reply = await call.send('GET', `/v1/statements/${day}`, '');
      if (reply.status !== 200) throw new WorldError('ask', `bank_${reply.status}`);
      return reply.body;
    },
    doubt: async (headers, body) => {
      const subject = `POST ${new URL(callbackUrl()).pathname}`;
      const stamp = stampIn((name) => String(headers[name] ?? ''));
      if (!signedBy(await call.bankKey(), signedText(subject, stamp, body), stamp.signature))
        return 'forged';
      const age = options.clock.now().getTime() - Number(stamp.timestamp);
      return Math.abs(age) <= CALLBACK_WINDOW_MS ? undefined : 'stale';
    },
  };
}

interface Stamp {
  timestamp: string;
  nonce: string;
  signature: Buffer;
}
const stampIn = (header: (name: string) => string): Stamp => ({
  timestamp: header('psp-timestamp'),
  nonce: header('psp-nonce'),
  signature: Buffer.from(header('psp-signature'), 'base64'),
});
const signedText = (
  subject: string,
  { timestamp, nonce }: Pick<Stamp, 'timestamp' | 'nonce'>,
  body: Buffer | string,
): Buffer => Buffer.from([subject, timestamp, nonce, sha256(body).toString('hex')].join('\n'));

interface SignedCalls {
  send(method: string, path: string, body: string): Promise<{ status: number; body: string }>;
  bankKey(): Promise<string>;
}

function signedCalls({
  url,
  merchant,
  keys,
  clock,
  sandbox,
  publicKeyPem,
}: PspOptions): SignedCalls {
  let sandboxKey: Promise<string> | undefined;
  const bankKey = (): Promise<string> => {
    if (publicKeyPem) return Promise.resolve(publicKeyPem);
    sandboxKey ??= enrol(url, merchant, keys.publicKeyPem).catch((error: unknown) => {
      sandboxKey = undefined;
      throw error;
    });
    return sandboxKey;
  };
  const once = async (method: string, path: string, body: string) => {
    const key = await bankKey();
    const stamp = {
      timestamp: String(clock.now().getTime()),
      nonce: newId(clock.now()),
    };
    const signature = keys.sign(signedText(`${method} ${path}`, stamp, body)).toString('base64');
    const reply = await callWorld(`${url}${path}`, {
      method,
      timeoutMs: TIMEOUT_MS,
      headers: {
        'psp-merchant': merchant,
        'psp-timestamp': stamp.timestamp,
        'psp-nonce': stamp.nonce,
        'psp-signature': signature,
        ...(body !== '' && { 'content-type': 'application/json' }),
      },
      ...(body !== '' && { body }),
    });
    const theirs = stampIn((name) => reply.headers.get(name) ?? '');
    const text = signedText(String(reply.status), theirs, reply.body);
    const isTheirs = theirs.nonce === stamp.nonce && signedBy(key, text, theirs.signature);
    return { status: reply.status, body: reply.body, isTheirs };
  };
  return {
    bankKey,
    send: async (method, path, body) => {
      let reply = await once(method, path, body);
      if (!reply.isTheirs && sandbox) {
        // A simulator that was started anew knows us no more, and has another key.
        sandboxKey = undefined;
        const { status } = reply;
        reply = await once(method, path, body).catch((cause: unknown) => {
          // Whatever stopped the second call, the first one may have arrived.
          throw new WorldError('ask', `unsigned_${status}`, { cause });
        });
      }
      // What the bank did not sign proves nothing, not even that nothing happened.
      if (!reply.isTheirs) throw new WorldError('ask', `unsigned_${reply.status}`);
      return reply;
    },
  };
}

/** Sandbox only: tells the bank our key and learns its own. A real bank does this on paper. */
async function enrol(url: string, merchant: string, ourKeyPem: string): Promise<string> {
  const enrolled = await callWorld(`${url}/v1/merchants`, {
    method: 'POST',
    timeoutMs: TIMEOUT_MS,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ merchant, publicKeyPem: ourKeyPem }),
  });
  const reply = await callWorld(`${url}/v1/public-key`, { method: 'GET', timeoutMs: TIMEOUT_MS });
  if (enrolled.status !== 200 || reply.status !== 200)
    throw new WorldError('retry', `not_enrolled_${enrolled.status}`);
  const value: unknown = JSON.parse(reply.body);
  if (!Value.Check(PublicKeyReply, value)) throw new WorldError('retry', 'not_enrolled');
  return value.publicKeyPem;
}

/** The reply must be about the very number we asked for; another one is as good as no answer. */
function viewIn(text: string, kind: Kind, outNo: string): BankView {
  const value: unknown = JSON.parse(text);
  if (!Value.Check(ViewReply, value)) throw new WorldError('ask', 'reply_malformed');
  const amount = parseFen(value.amountFen);
  if (value.kind !== kind || value.outNo !== outNo || amount === undefined)
    throw new WorldError('ask', 'reply_of_another');
  return {
    status: value.status,
    amount,
    paidAt: timeIn(value.paidAt),
    returnedAt: timeIn(value.returnedAt),
    reason: value.reason,
  };
}

function receiptIn(text: string, outNo: string): Receipt {
  const value: unknown = JSON.parse(text);
  if (!Value.Check(ReceiptReply, value)) throw new WorldError('ask', 'reply_malformed');
  if (value.outNo !== outNo) throw new WorldError('ask', 'reply_of_another');
  return { receiptNo: value.receiptNo, sha256: value.sha256 };
}

function timeIn(text: string | undefined): Date | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isFinite(at) ? new Date(at) : undefined;
}
