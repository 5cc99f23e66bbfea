/** Text messages: written into an outbox in the transaction that causes them, sent by a task, emptied afterwards. */
import {
  addJob,
  type Clock,
  type Config,
  callWorld,
  type Db,
  type Keys,
  newId,
  type Task,
  type Tx,
  WorldError,
} from '#platform';
import { hasConsent } from './consent.ts';
import { consentFor, SMS_TEMPLATES, type SmsTemplate, smsText } from './domain.ts';
import { phoneOf } from './person.ts';
import { closeMessage, findMessage, insertMessage, type Message } from './store-affairs.ts';

const SEND_MS_MAX = 10_000;
export type CodeTemplate = 'sign_in_code' | 'step_up_code' | 'counter_code';

/**
 * Texts a person. Params fill the template and are kept until sent: ids, amounts and dates, never a secret.
 * Templates that need a consent are dropped at sending when there is none.
 */
export async function sendSms(
  tx: Tx,
  input: {
    userId: string;
    template: Exclude<SmsTemplate, CodeTemplate>;
    params?: Readonly<Record<string, string>>;
    at: Date;
  },
): Promise<void> {
  const { userId, template, params = {}, at } = input;
  const id = newId(at);
  await insertMessage(tx, { id, personId: userId, template, params, at });
  await addJob(tx, 'parties.send_sms', { messageId: id });
}

/** Texts a code to a number that may belong to nobody yet; number and code are sealed until they left. */
export async function sendCode(
  tx: Tx,
  input: {
    keys: Keys;
    phone: string;
    code: string;
    template: CodeTemplate;
    params: Readonly<Record<string, string>>;
    at: Date;
    expiresAt: Date;
  },
): Promise<void> {
  const { keys, phone, code, template, params, at, expiresAt } = input;
  const id = newId(at);
  await insertMessage(tx, {
    id,
    template,
    params,
    toSealed: keys.seal('message.to', phone, id),
    codeSealed: keys.seal('message.code', code, id),
    at,
    expiresAt,
  });
  await addJob(tx, 'parties.send_sms', { messageId: id });
}

export function sendSmsTask({ config, keys }: { config: Config; keys: Keys }): Task {
  return async ({ messageId = '' }, { db, clock, lastAttempt }) => {
    const message = await findMessage(db, messageId);
    if (message?.state !== 'queued') return;
    const letter = await compose(message, { db, clock, keys });
    if (!letter)
      return await closeMessage(db, { id: messageId, state: 'dropped', at: clock.now() });
    try {
      await deliver(config.SMS_URL, { ...letter, requestNo: messageId });
    } catch (error) {
      if (!lastAttempt && !isRejection(error)) throw error;
      return await closeMessage(db, { id: messageId, state: 'failed', at: clock.now() });
    }
    await closeMessage(db, { id: messageId, state: 'sent', at: clock.now() });
  };
}

/** Undefined when it is too late, nobody is there any more, or the person does not agree. */
async function compose(
  message: Message,
  { db, clock, keys }: { db: Db; clock: Clock; keys: Keys },
): Promise<{ to: string; text: string } | undefined> {
  const { id, personId, template, toSealed, codeSealed, expiresAt } = message;
  if (!isTemplate(template) || (expiresAt && clock.now() >= expiresAt)) return undefined;
  const purpose = consentFor(template);
  if (purpose && personId && !(await hasConsent(db, { userId: personId, purpose })))
    return undefined;
  const to = toSealed
    ? keys.open('message.to', toSealed, id)
    : personId && (await phoneOf(db, { keys, userId: personId }))?.reveal();
  if (!to) return undefined;
  const params = (message.params ?? {}) as Record<string, string>;
  const code = codeSealed && { code: keys.open('message.code', codeSealed, id) };
  return { to, text: smsText(template, { ...params, ...code }) };
}

const isTemplate = (name: string): name is SmsTemplate => Object.hasOwn(SMS_TEMPLATES, name);
const isRejection = (error: unknown): boolean =>
  error instanceof WorldError && error.kind === 'reject';

/** The gateway answers the same request number once: sending again after an unknown outcome texts nobody twice. */
async function deliver(
  url: string,
  letter: { to: string; text: string; requestNo: string },
): Promise<void> {
  const { status } = await callWorld(`${url}/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(letter),
    timeoutMs: SEND_MS_MAX,
  });
  if (status >= 500 || status === 429) throw new WorldError('retry', `sms_${status}`);
  if (status >= 400) throw new WorldError('reject', `sms_${status}`);
}
