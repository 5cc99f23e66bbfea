/** The public register of companies over HTTP: asked under a stored number, and asked again under the same one. */
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { callWorld, WorldError } from '#platform';
import type { Doubt, Verdict } from './domain.ts';

export interface CompanyRegister {
  /** First asks whether this number was answered before: after an unknown outcome nobody is asked twice. */
  check(question: {
    requestNo: string;
    creditCode: string;
    name: string;
    legalPerson: string;
  }): Promise<Verdict>;
}

const TIMEOUT_MS = 8_000;
const Reply = Type.Object({
  requestNo: Type.String(),
  result: Type.Enum([
    ...['match', 'unknown', 'name_mismatch', 'person_mismatch', 'revoked', 'expired'],
  ]),
  address: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  validUntil: Type.Optional(Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })),
});
const DOUBT_OF: Readonly<Record<string, Doubt>> = {
  unknown: 'not_registered',
  name_mismatch: 'name_differs',
  person_mismatch: 'person_differs',
  revoked: 'revoked',
  expired: 'expired',
};

export const openCompanyRegister = (url: string): CompanyRegister => ({
  check: async (question) => {
    const { requestNo } = question;
    const earlier = await callWorld(`${url}/checks/${requestNo}`, {
      method: 'GET',
      timeoutMs: TIMEOUT_MS,
    });
    if (earlier.status !== 404) return verdictIn(earlier, requestNo);
    const reply = await callWorld(`${url}/checks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
      timeoutMs: TIMEOUT_MS,
    });
    return verdictIn(reply, requestNo);
  },
});

function verdictIn({ status, body }: { status: number; body: string }, requestNo: string): Verdict {
  if (status !== 200) throw new WorldError('ask', `register_${status}`);
  const value = parsed(body);
  if (!Value.Check(Reply, value) || value.requestNo !== requestNo)
    throw new WorldError('ask', 'register_unreadable');
  const { result, address, validUntil } = value;
  const doubt = DOUBT_OF[result];
  if (doubt) return { ok: false, doubt };
  return {
    ok: true,
    ...(address !== undefined && { address }),
    ...(validUntil !== undefined && { licenceUntil: validUntil }),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
