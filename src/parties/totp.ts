/** Authenticator apps (RFC 6238): enrolled in two steps, each code good once. Hides the secret. */
import { base32 } from '@better-auth/utils/base32';
import { createOTP } from '@better-auth/utils/otp';
import { type Keys, Refused, randomToken, SECOND, sameBytes, sha256, type Tx } from '#platform';
import { append } from '#record';
import { deleteTotp, lockTotp, saveTotpSecret, spendTotpStep } from './store-factors.ts';

const STEP_MS = 30 * SECOND;
/** Clocks of phones are off by up to one step. */
const DRIFT_STEPS = 1;
const SECRET_BYTES = 20;
const ISSUER = '回券 Huiquan';

interface Holder {
  keys: Keys;
  userId: string;
  at: Date;
}

/** A new secret, shown once; it does nothing until a code of it is confirmed. Refuses totp_exists. */
export async function enrolTotp(
  tx: Tx,
  { keys, userId, at, label }: Holder & { label: string },
): Promise<{ secret: string; uri: string }> {
  const secret = Buffer.from(randomToken(), 'base64url').subarray(0, SECRET_BYTES);
  const secretSealed = keys.seal('totp', secret.toString('base64'), userId);
  if (!(await saveTotpSecret(tx, { personId: userId, secretSealed, at })))
    throw new Refused('totp_exists');
  return {
    secret: base32.encode(secret, { padding: false }),
    uri: createOTP(secret).url(ISSUER, label),
  };
}

/** Refuses code_wrong when the code is wrong, or right but used before; totp_missing without an app. */
export async function useTotp(
  tx: Tx,
  { keys, userId, at, code, confirm }: Holder & { code: string; confirm: boolean },
): Promise<void> {
  const totp = await lockTotp(tx, userId);
  if (!totp || (!confirm && !totp.confirmedAt)) throw new Refused('totp_missing');
  if (confirm && totp.confirmedAt) throw new Refused('totp_exists');
  const secret = Buffer.from(keys.open('totp', totp.secretSealed, userId), 'base64');
  const step = await stepOf({ secret, code, at });
  if (step === undefined || step <= totp.lastStep) throw new Refused('code_wrong');
  await spendTotpStep(tx, { personId: userId, step, confirmedAt: totp.confirmedAt ?? at });
  if (confirm) await append(tx, { subject: userId, type: 'factor.totp_added', data: {}, at });
}

export async function removeTotp(
  tx: Tx,
  { userId, at }: { userId: string; at: Date },
): Promise<void> {
  if (!(await deleteTotp(tx, userId))) throw new Refused('totp_missing');
  await append(tx, { subject: userId, type: 'factor.totp_removed', data: {}, at });
}

/** The time step whose code this is; all steps are computed, so that the time taken tells nothing. */
async function stepOf(input: {
  secret: Buffer;
  code: string;
  at: Date;
}): Promise<bigint | undefined> {
  const now = Math.floor(input.at.getTime() / STEP_MS);
  const otp = createOTP(input.secret);
  let found: bigint | undefined;
  for (let step = now - DRIFT_STEPS; step <= now + DRIFT_STEPS; step++) {
    const expected = await otp.hotp(step);
    if (sameBytes(sha256(expected), sha256(input.code))) found = BigInt(step);
  }
  return found;
}
