/** The public register of charities over HTTP: who is registered, and may raise money until when. */
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { callWorld, WorldError } from '#platform';
import type { Entry } from './domain.ts';

export interface CharityRegistry {
  /** Undefined: not registered. A question changes nothing there, so it may be asked any number of times. */
  lookUp(creditCode: string): Promise<Entry | undefined>;
}

const TIMEOUT_MS = 8_000;
const EntryReply = Type.Object({
  creditCode: Type.String(),
  name: Type.String({ minLength: 1, maxLength: 100 }),
  licenceNo: Type.Optional(Type.String({ maxLength: 60 })),
  validUntil: Type.Optional(Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })),
});

export const openRegistry = (url: string): CharityRegistry => ({
  lookUp: async (creditCode) => {
    const reply = await callWorld(`${url}/charities/${creditCode}`, {
      method: 'GET',
      timeoutMs: TIMEOUT_MS,
    });
    if (reply.status === 404) return undefined;
    if (reply.status !== 200) throw new WorldError('retry', `registry_${reply.status}`);
    const value: unknown = JSON.parse(reply.body);
    if (!Value.Check(EntryReply, value) || value.creditCode !== creditCode)
      throw new WorldError('retry', 'reply_malformed');
    const { name, licenceNo, validUntil } = value;
    return { name, licenceNo, validUntil };
  },
});
