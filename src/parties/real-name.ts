/** Real names: submitted with consent, sealed, checked by the provider from a task, one identity one account. */
import {
  addJob,
  type Config,
  callWorld,
  chinaDay,
  inTransaction,
  type Keys,
  newId,
  notify,
  plus,
  type Reader,
  Refused,
  Secret,
  type Task,
  type Tx,
  WorldError,
} from '#platform';
import { append } from '#record';
import { grantConsent, hasConsent } from './consent.ts';
import { maskName, parseIdNumber, parseName, REAL_NAME_OPEN_MS } from './domain.ts';
import { sendSms } from './sms.ts';
import { lockPerson } from './store.ts';
import {
  checksOf,
  decideCheck,
  findCheck,
  insertCheck,
  lockCheck,
  type RealNameCheck,
  verifiedCheck,
} from './store-affairs.ts';
import { requireFree } from './watch/hold.ts';
import { personOf, screen, type Watch } from './watch/screen.ts';

const CHECK_MS_MAX = 10_000;

/**
 * Takes name and number in, sealed; the provider is asked by a job. Refuses name_invalid, id_number_invalid,
 * not_adult, identity_taken, real_name_pending, real_name_done.
 */
export async function submitRealName(
  tx: Tx,
  input: { keys: Keys; userId: string; name: string; idNumber: string; at: Date },
): Promise<void> {
  const { keys, userId, at } = input;
  const name = parseName(input.name);
  if (name === undefined) throw new Refused('name_invalid');
  const identity = parseIdNumber(input.idNumber, chinaDay(at));
  if (typeof identity === 'string') throw new Refused(identity);
  if (!(await lockPerson(tx, userId))) throw new Refused('not_found');
  await closeStale(tx, { userId, at });
  await grantConsent(tx, { userId, purpose: 'real_name_check', at });
  const id = newId(at);
  const fresh = await insertCheck(tx, {
    id,
    personId: userId,
    requestNo: newId(at),
    nameSealed: keys.seal('real_name', name, id),
    idSealed: keys.seal('id_number', identity.idNumber, id),
    idPrint: keys.fingerprint('id_number', identity.idNumber),
    at,
  });
  if (!fresh) throw new Refused('identity_taken');
  await append(tx, { subject: userId, type: 'real_name.submitted', data: { checkId: id }, at });
  await addJob(tx, 'parties.verify_real_name', { checkId: id });
  notify(tx, `me:${userId}`);
}

/** A check that nobody decided within a day stands in nobody's way. */
async function closeStale(tx: Tx, { userId, at }: { userId: string; at: Date }): Promise<void> {
  const open = (await checksOf(tx, userId)).find((check) => check.state !== 'rejected');
  if (open?.state === 'verified') throw new Refused('real_name_done');
  if (!open) return;
  if (at < plus(open.askedAt, REAL_NAME_OPEN_MS)) throw new Refused('real_name_pending');
  await decideCheck(tx, { id: open.id, at, verified: false, reason: 'expired' });
}

type Answer = { verified: true } | { verified: false; reason: string };

export function verifyRealNameTask({
  config,
  keys,
  watch,
}: {
  config: Config;
  keys: Keys;
  watch: Watch;
}): Task {
  return async ({ checkId = '' }, { db, clock, lastAttempt }) => {
    const check = await findCheck(db, checkId);
    if (check?.state !== 'pending') return;
    const agreed = await hasConsent(db, { userId: check.personId, purpose: 'real_name_check' });
    const answer = agreed
      ? await askProvider(config.REALNAME_URL, check, keys).catch((error: unknown) => {
          if (!lastAttempt || !(error instanceof WorldError)) throw error;
          return { verified: false, reason: 'provider_unavailable' } as const;
        })
      : ({ verified: false, reason: 'consent_withdrawn' } as const);
    await inTransaction(db, (tx) => settle(tx, { checkId, answer, watch, at: clock.now() }));
  };
}

async function settle(
  tx: Tx,
  settled: { checkId: string; answer: Answer; watch: Watch; at: Date },
): Promise<void> {
  const { checkId, answer, watch, at } = settled;
  const check = await lockCheck(tx, checkId);
  if (check?.state !== 'pending') return;
  const { personId: userId } = check;
  await decideCheck(tx, { id: checkId, at, ...answer });
  const verdict = answer.verified ? 'verified' : 'rejected';
  const data = { checkId, ...(!answer.verified && { reason: answer.reason }) };
  await append(tx, { subject: userId, type: `real_name.${verdict}`, data, at });
  if (answer.verified) await screenPerson(tx, watch, { check, at });
  await sendSms(tx, { userId, template: `real_name_${verdict}`, at });
  notify(tx, `me:${userId}`);
}

/** In the commit that makes the name good: nobody trades between the two. */
async function screenPerson(
  tx: Tx,
  watch: Watch,
  { check, at }: { check: RealNameCheck; at: Date },
): Promise<void> {
  const { id, personId, nameSealed, idSealed } = check;
  if (!nameSealed || !idSealed) return;
  const name = watch.keys.open('real_name', nameSealed, id);
  const idNumber = watch.keys.open('id_number', idSealed, id);
  await screen(tx, watch, personOf(personId, { name, idNumber }), at);
}

/** Asks first whether this number was answered before: after an unknown outcome nobody is checked twice. */
async function askProvider(url: string, check: RealNameCheck, keys: Keys): Promise<Answer> {
  const { id, requestNo, nameSealed, idSealed } = check;
  const earlier = await callWorld(`${url}/check/${requestNo}`, {
    method: 'GET',
    timeoutMs: CHECK_MS_MAX,
  });
  if (earlier.status !== 404) return answerIn(earlier);
  if (!nameSealed || !idSealed) return { verified: false, reason: 'erased' };
  const body = JSON.stringify({
    requestNo,
    name: keys.open('real_name', nameSealed, id),
    idNumber: keys.open('id_number', idSealed, id),
  });
  const headers = { 'content-type': 'application/json' };
  return answerIn(
    await callWorld(`${url}/check`, { method: 'POST', headers, body, timeoutMs: CHECK_MS_MAX }),
  );
}

function answerIn({ status, body }: { status: number; body: string }): Answer {
  if (status === 400 || status === 422) return { verified: false, reason: 'provider_rejected' };
  if (status !== 200) throw new WorldError('ask', `real_name_${status}`);
  let result: unknown;
  try {
    result = (JSON.parse(body) as { result?: unknown }).result;
  } catch (error) {
    throw new WorldError('ask', 'real_name_unreadable', { cause: error });
  }
  if (result === 'match') return { verified: true };
  if (result === 'mismatch') return { verified: false, reason: 'name_mismatch' };
  throw new WorldError('ask', 'real_name_unreadable');
}

/** The verified name, sealed in memory; undefined until a check was won. */
export async function realNameOf(
  reader: Reader,
  keys: Keys,
  userId: string,
): Promise<{ name: Secret } | undefined> {
  const check = await verifiedCheck(reader, userId);
  if (!check?.nameSealed) return undefined;
  return { name: new Secret(keys.open('real_name', check.nameSealed, check.id)) };
}

export const hasRealName = async (reader: Reader, userId: string): Promise<boolean> =>
  (await verifiedCheck(reader, userId)) !== undefined;

/** Before every trade. Refuses real_name_needed, and party_on_hold. */
export async function requireRealName(reader: Reader, userId: string): Promise<void> {
  if (!(await verifiedCheck(reader, userId))) throw new Refused('real_name_needed');
  await requireFree(reader, userId);
}

export async function realNameView(reader: Reader, keys: Keys, userId: string) {
  const checks = await checksOf(reader, userId);
  const check = checks.find(({ state }) => state !== 'rejected') ?? checks[0];
  if (!check) return { state: 'none' as const };
  return {
    state: check.state,
    ...(check.nameSealed && {
      nameMasked: maskName(keys.open('real_name', check.nameSealed, check.id)),
    }),
    ...(check.reason !== null && { reason: check.reason }),
  };
}
