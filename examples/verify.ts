/** Checks a webhook by the Standard Webhooks specification; the same code as in docs/webhooks.md, to be copied. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Gives the event, or throws. `body` is the raw text of the request: parse it only afterwards. */
export function verified(
  headers: Record<string, string | undefined>,
  body: string,
  { secret, now = Date.now() }: { secret: string; now?: number },
): { type: string; timestamp: string; data: Record<string, string> } {
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  const signatures = (headers['webhook-signature'] ?? '').split(' ');
  if (!(Math.abs(now / 1000 - Number(timestamp)) <= 300)) throw new Error('too old or too new');
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  const isGood = signatures.some((one) => {
    const [version, text = ''] = one.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isGood) throw new Error('not signed with this secret');
  return JSON.parse(body);
}
