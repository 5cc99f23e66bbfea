/** The bank's desk for reports of large and suspicious transactions: one number, one text, one receipt. */
import { createHash, randomUUID } from 'node:crypto';
import type { Faults } from './bank.ts';
import { no, parse } from './gate.ts';
import type { Answer } from './main.ts';
import { diesNow } from './till_rules.ts';

export interface Filed {
  outNo: string;
  merchant: string;
  kind: string;
  text: string;
  receiptNo: string;
  /** Times this number was handed in; it is filed once. */
  submits: number;
}

export interface Reports {
  readonly all: Map<string, Filed>;
  answer(ask: { method: string; path: string; body: string }, merchant: string): Answer | 'no';
}

export function openReports(faults: () => Faults): Reports {
  const all = new Map<string, Filed>();
  const take = (body: string, merchant: string): Answer => {
    const { outNo, kind, text } = parse(body);
    const isKind = kind === 'large' || kind === 'suspicious';
    if (typeof outNo !== 'string' || !/^[0-9a-f]{32}$/.test(outNo) || !isKind)
      return no(400, 'bad_body');
    if (typeof text !== 'string' || text === '') return no(400, 'bad_body');
    if (faults().refuseReports > 0) {
      faults().refuseReports--;
      return no(422, 'REPORT_INCOMPLETE');
    }
    if (diesNow(faults(), 'dieBeforeCommit')) return undefined;
    const known = all.get(outNo);
    if (known && (known.merchant !== merchant || known.text !== text))
      return no(409, 'out_no_reused');
    if (known) known.submits++;
    const filed = known ?? { outNo, merchant, kind, text, receiptNo: randomUUID(), submits: 1 };
    all.set(outNo, filed);
    return diesNow(faults(), 'dieAfterCommit') ? undefined : { status: 200, body: viewOf(filed) };
  };
  return {
    all,
    answer: ({ method, path, body }, merchant) => {
      const [, , what, which] = path.split('/');
      if (what !== 'reports') return 'no';
      if (which === undefined) return method === 'POST' ? take(body, merchant) : 'no';
      const filed = all.get(which);
      if (method !== 'GET' || filed?.merchant !== merchant) return no(404, 'not_found');
      return { status: 200, body: viewOf(filed) };
    },
  };
}

const viewOf = ({ outNo, receiptNo, text }: Filed) => ({
  ...{ outNo, receiptNo },
  sha256: createHash('sha256').update(text).digest('hex'),
});
