/** The bank's counter: enrols merchants, checks every signature, takes transfers and collections, answers queries. */
import { createHash, type KeyObject } from 'node:crypto';
import type { Bank, Entry, Kind } from './bank.ts';
import { no, openGate, parse } from './gate.ts';
import type { Answer, Ask, BankTime } from './main.ts';
import type { Reports } from './reports.ts';
import type { Till } from './till.ts';
import { signatureHeaders } from './wire.ts';

export interface Clerk {
  answer(ask: Ask): Answer;
  /** Signs a reply to a signed request: bound to its nonce, so that no old answer fits a new question. */
  sign(answer: NonNullable<Answer>, text: string): Record<string, string>;
}

export function openClerk(options: {
  bank: Bank;
  till: Till;
  reports: Reports;
  time: BankTime;
  key: KeyObject;
  publicKeyPem: string;
}): Clerk {
  const { bank, till, reports, time } = options;
  const gate = openGate(time);
  function submit(kind: Kind, merchant: string, body: string): Answer {
    const fields = parse(body);
    const { outNo, amountFen, callbackUrl } = fields;
    if (
      typeof outNo !== 'string' ||
      !/^[0-9A-Za-z]{16,32}$/.test(outNo) ||
      typeof amountFen !== 'string' ||
      !/^[1-9]\d{0,15}$/.test(amountFen) ||
      typeof callbackUrl !== 'string'
    )
      return no(400, 'bad_body');
    if (bank.faults.dieBeforeCommit > 0) {
      bank.faults.dieBeforeCommit--;
      return undefined;
    }
    const digest = digestOf(kind, fields);
    const known = bank.entries.get(outNo);
    if (known && (known.merchant !== merchant || known.digest !== digest))
      return no(409, 'out_no_reused');
    if (known) known.submits++;
    const entry =
      known ??
      bank.open({
        ...{ kind, merchant, outNo, amountFen, callbackUrl, digest },
        account: mask(String(fields['accountNumber'] ?? fields['payer'] ?? '')),
        remark: String(fields['remark'] ?? ''),
      });
    if (bank.faults.dieAfterCommit > 0) {
      bank.faults.dieAfterCommit--;
      return undefined;
    }
    return { status: known ? 200 : 202, body: viewOf(entry) };
  }

  function signed(ask: Ask, merchant: string): Answer {
    const { method, path, body } = ask;
    const [, version, what, which] = path.split('/');
    if (version !== 'v1') return no(404, 'not_found');
    const atDesk = reports.answer(ask, merchant);
    if (atDesk !== 'no') return atDesk;
    const atTill = till.answer(ask, merchant);
    if (atTill !== 'no') return atTill === 'dead' ? undefined : atTill;
    const kind = { transfers: 'transfer', collections: 'collection' }[what ?? ''] as
      | Kind
      | undefined;
    if (kind && method === 'POST' && which === undefined) return submit(kind, merchant, body);
    if (method !== 'GET' || which === undefined) return no(404, 'not_found');
    if (kind) {
      const entry = bank.find(merchant, which);
      return entry?.kind === kind ? { status: 200, body: viewOf(entry) } : no(404, 'not_found');
    }
    if (what === 'statements') return { status: 200, body: bank.statement(merchant, which) };
    return no(404, 'not_found');
  }

  return {
    answer: (ask) => {
      const { method, path, body } = ask;
      if (bank.faults.down) return no(503, 'down');
      if (method === 'GET' && path === '/v1/public-key')
        return { status: 200, body: { publicKeyPem: options.publicKeyPem } };
      if (method === 'POST' && path === '/v1/merchants') return gate.enrol(body);
      const who = gate.signedMerchant(ask);
      if (typeof who === 'string') return no(401, who);
      bank.tick();
      till.tick();
      const answer = signed(ask, who.merchant);
      return answer && { ...answer, signFor: String(ask.headers['psp-nonce']) };
    },
    sign: ({ status, signFor }, body) =>
      signFor === undefined
        ? {}
        : signatureHeaders(options.key, 'bank', {
            subject: String(status),
            at: time.now(),
            body,
            nonce: signFor,
          }),
  };
}

const digestOf = (kind: Kind, fields: Record<string, unknown>): string =>
  createHash('sha256')
    .update(
      JSON.stringify([kind, fields['amountFen'], fields['bankCode'], fields['accountNumber']]),
    )
    .update(JSON.stringify([fields['accountName'], fields['payer']]))
    .digest('hex');
const mask = (account: string): string => account.replace(/\d(?=\d{4})/g, '*');

function viewOf(entry: Entry): Record<string, string> {
  const { outNo, kind, status, amountFen, acceptedAt, paidAt, failedAt, returnedAt } = entry;
  const times = { acceptedAt, paidAt, failedAt, returnedAt };
  const shown = Object.entries(times).flatMap(([name, at]) =>
    at === undefined ? [] : [[name, new Date(at).toISOString()]],
  );
  return {
    ...{ outNo, kind, status, amountFen },
    ...(entry.reason !== undefined && { reason: entry.reason }),
    ...Object.fromEntries(shown),
  };
}
