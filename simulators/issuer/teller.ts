/** What an issuer tells the house by itself: posted to it with the gateway's signature, and the issuer's own where it signs. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { type Issuer, issuers, products } from './world.ts';

export interface Told {
  sku: string;
  number: string;
  what: string;
  /** Sent again under the same number, it is the same event. */
  eventId?: string;
}
export interface Teller {
  /** The house; empty: nobody is told. */
  house: string;
  secret: string;
  now: () => number;
  signFacts: (text: string) => string;
}

/** Undefined for a product that is not ours. */
export async function tell(
  { house, secret, now, signFacts }: Teller,
  { sku, number, what, eventId = randomBytes(12).toString('hex') }: Told,
): Promise<{ eventId: string; status: number; answer: string } | undefined> {
  const issuer = issuers.get(products.get(sku)?.issuerId ?? '');
  if (!issuer || house === '') return undefined;
  const at = new Date(now()).toISOString();
  const facts = JSON.stringify({ eventId, issuer: issuer.id, what, sku, number, at });
  const body = JSON.stringify({ facts, ...signatureOf(issuer, facts, signFacts) });
  const path = `/v1/issuers/${issuer.id}/events`;
  // Freshness on the wire is measured in real time, as for requests that come in.
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const digest = createHash('sha256').update(body).digest('hex');
  const mac = createHmac('sha256', secret).update(`${timestamp}\nPOST\n${path}\n${digest}`);
  const reply = await fetch(`${house}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-timestamp': timestamp,
      'x-signature': mac.digest('hex'),
    },
    body,
  });
  return { eventId, status: reply.status, answer: await reply.text() };
}

const signatureOf = (issuer: Issuer, facts: string, signFacts: Teller['signFacts']) =>
  issuer.caps.includes('signed') ? { signature: signFacts(facts) } : {};
