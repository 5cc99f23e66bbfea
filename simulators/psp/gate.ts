/** Who may speak to the bank: enrolled merchants, whose every request is signed, fresh and new. */
import type { Answer, Ask, BankTime } from './main.ts';
import { isSigned } from './wire.ts';

const WINDOW_MS = 5 * 60_000;
const NONCES_MAX = 10_000;

export interface Gate {
  /** Merchant that signed, or why it is not believed. */
  signedMerchant(ask: Ask): { merchant: string } | string;
  enrol(body: string): Answer;
}

export function openGate(time: BankTime): Gate {
  const merchants = new Map<string, string>();
  const nonces = new Set<string>();

  function signedMerchant({ method, path, headers, body }: Ask): { merchant: string } | string {
    const text = (name: string): string => String(headers[name] ?? '');
    const merchant = text('psp-merchant');
    const publicKey = merchants.get(merchant);
    if (publicKey === undefined) return 'unknown_merchant';
    const timestamp = text('psp-timestamp');
    const nonce = text('psp-nonce');
    const subject = `${method} ${path}`;
    if (!isSigned(publicKey, text('psp-signature'), { subject, timestamp, nonce, body }))
      return 'bad_signature';
    time.saw(Number(timestamp));
    if (!(Math.abs(time.now() - Number(timestamp)) <= WINDOW_MS)) return 'stale';
    if (nonces.has(`${merchant}/${nonce}`)) return 'replayed';
    nonces.add(`${merchant}/${nonce}`);
    if (nonces.size > NONCES_MAX) nonces.delete(nonces.values().next().value ?? '');
    return { merchant };
  }

  function enrol(body: string): Answer {
    const { merchant, publicKeyPem } = parse(body);
    if (typeof merchant !== 'string' || typeof publicKeyPem !== 'string')
      return no(400, 'bad_body');
    // First come: whoever wants another key talks to the bank in person.
    const known = merchants.get(merchant);
    if (known !== undefined && known !== publicKeyPem) return no(409, 'merchant_taken');
    merchants.set(merchant, publicKeyPem);
    return { status: 200, body: { merchant } };
  }

  return { signedMerchant, enrol };
}

export const no = (status: number, code: string): Answer => ({ status, body: { code } });
export function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
