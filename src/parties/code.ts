/** One-time codes by text message: asked for, tried, spent. Hides how they are stored and bound. */
import {
  type Db,
  inTransaction,
  type Keys,
  newId,
  plus,
  Refused,
  randomDigits,
  sameBytes,
  type Tx,
} from '#platform';
import { CODE_MS, maskPhone, tryCode } from './domain.ts';
import { printOf } from './person.ts';
import { type CodeTemplate, sendCode } from './sms.ts';
import {
  type CodePurpose,
  countWrongTry,
  deleteCode,
  lockCode,
  saveCode,
} from './store-factors.ts';

const CODE_DIGITS = 6;

/** What a code is good for: a purpose, a number, and only the session or the visit that asked, where one is named. */
interface Scope {
  keys: Keys;
  phone: string;
  purpose: CodePurpose;
  sessionId?: string;
}

const TEMPLATES = {
  sign_in: 'sign_in_code',
  step_up: 'step_up_code',
  counter: 'counter_code',
} as const satisfies Record<CodePurpose, CodeTemplate>;

/** Sends a fresh code; the one before it stops working. Does the same whether the number is known or not. */
export async function requestCode(
  tx: Tx,
  scope: Scope & { params?: Readonly<Record<string, string>> },
  at: Date,
): Promise<void> {
  const { keys, phone, purpose } = scope;
  const id = newId(at);
  const code = randomDigits(CODE_DIGITS);
  const expiresAt = plus(at, CODE_MS);
  const digest = digestOf(scope, { id, code });
  await saveCode(tx, { print: printOf(keys, phone), purpose, id, digest, expiresAt });
  const { params = {} } = scope;
  await sendCode(tx, { keys, phone, code, template: TEMPLATES[purpose], params, at, expiresAt });
}

/**
 * Spends the code and does `work` in the same transaction. A wrong try is counted in a transaction that commits,
 * so that refusing it (code_wrong, the same for wrong, late, spent and unknown) does not undo the count.
 */
export async function withCode<T>(
  db: Db,
  scope: Scope,
  { code, at }: { code: string; at: Date },
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const { keys, phone, purpose } = scope;
  const done = await inTransaction(db, async (tx) => {
    const live = await lockCode(tx, { print: printOf(keys, phone), purpose });
    // Without a live code the same HMAC is computed, so that the answer takes as long.
    const given = digestOf(scope, { id: live?.id ?? '', code });
    const outcome = tryCode(live, live !== undefined && sameBytes(live.digest, given), at);
    if (live && outcome === 'count') await countWrongTry(tx, live.id);
    if (!live || outcome !== 'accept') return undefined;
    await deleteCode(tx, live.id);
    return { result: await work(tx) };
  });
  if (!done) throw new Refused('code_wrong');
  return done.result;
}

/** HMAC under a key that is not in the database: six digits hashed without one are found in a blink. */
const digestOf = (scope: Scope, { id, code }: { id: string; code: string }): Buffer =>
  scope.keys.fingerprint(
    'code',
    [id, scope.purpose, scope.phone, scope.sessionId ?? '', code].join('|'),
  );

/** The address comes first: who floods from one place must not use up a stranger's number. */
export const codeGates = (address: string, phone: string) => ({
  'code.address': address,
  'code.phone': phone,
  'code.phone.day': phone,
  'code.all': '',
});

export const sent = (phone: string) => ({
  sentTo: maskPhone(phone),
  expiresInSeconds: CODE_MS / 1000,
});
