/** The code by which a seller without a smartphone says yes at a counter: good for one visit, never for signing in. */
import { type Config, type Db, inTransaction, type Keys, type Tx } from '#platform';
import { codeGates, requestCode, sent, withCode } from './code.ts';
import { pass } from './throttle.ts';

interface Asking {
  readonly db: Db;
  readonly keys: Keys;
  readonly config: Config;
}
interface SaleCode {
  readonly phone: string;
  readonly visitId: string;
  /** Whoever calls, for the gates. */
  readonly address: string;
  readonly at: Date;
}

/** Texts what is sold, for how much, and the code. Refuses too_many. */
export async function askSaleCode(
  { db, keys, config }: Asking,
  { phone, visitId, address, at, params }: SaleCode & { params: Readonly<Record<string, string>> },
): Promise<{ sentTo: string; expiresInSeconds: number }> {
  await pass({ db, keys, config, at }, codeGates(address, phone));
  const scope = { keys, phone, purpose: 'counter', sessionId: visitId, params } as const;
  await inTransaction(db, (tx) => requestCode(tx, scope, at));
  return sent(phone);
}

/** Spends the code and does `work` in one transaction. Refuses too_many, code_wrong. */
export async function withSaleCode<T>(
  { db, keys, config }: Asking,
  { phone, visitId, address, at, code }: SaleCode & { code: string },
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  await pass({ db, keys, config, at }, { 'try.address': address, 'try.phone': phone });
  const scope = { keys, phone, purpose: 'counter', sessionId: visitId } as const;
  return await withCode(db, scope, { code, at }, work);
}
