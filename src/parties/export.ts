/** Everything the house holds on one person and nobody else, as one JSON document. */
import { canonicalJson, type Keys, type Reader, Refused } from '#platform';
import type { Exporter } from './deps.ts';
import { passkeyView, sessionViews } from './me.ts';
import { openPhone } from './person.ts';
import type { Export } from './schema.ts';
import { findPerson, membershipsOf } from './store.ts';
import { checksOf, consentsOf, messagesOf, type RealNameCheck } from './store-affairs.ts';
import { factorsOf, passkeysOf } from './store-factors.ts';

export async function exportAccount(
  reader: Reader,
  input: {
    keys: Keys;
    userId: string;
    sessionId: string;
    exporters: Readonly<Record<string, Exporter>>;
    at: Date;
  },
): Promise<Export> {
  const { keys, userId, exporters, at } = input;
  const person = await findPerson(reader, userId);
  if (!person) throw new Refused('not_found');
  const parts: Record<string, unknown> = {};
  for (const [room, collect] of Object.entries(exporters))
    parts[room] = JSON.parse(canonicalJson(await collect(reader, userId)));
  const checks = await checksOf(reader, userId);
  const consents = await consentsOf(reader, userId);
  const memberships = await membershipsOf(reader, userId);
  const messages = await messagesOf(reader, userId);
  return {
    exportedAt: at.toISOString(),
    person: {
      id: userId,
      phone: openPhone(keys, person).reveal(),
      createdAt: person.createdAt.toISOString(),
    },
    realNameChecks: checks.map((check) => checkOf(check, keys)),
    consents: consents.map(({ purpose, version, grantedAt, withdrawnAt }) => ({
      purpose,
      version,
      grantedAt: grantedAt.toISOString(),
      ...(withdrawnAt && { withdrawnAt: withdrawnAt.toISOString() }),
    })),
    sessions: await sessionViews(reader, input),
    passkeys: (await passkeysOf(reader, userId)).map(passkeyView),
    authenticatorApp: (await factorsOf(reader, userId)).totp,
    memberships: memberships.map(({ nameZh, roles, since }) => ({
      organisation: nameZh,
      roles,
      since: since.toISOString(),
    })),
    messages: messages.map(({ template, state, createdAt }) => ({
      template,
      state,
      createdAt: createdAt.toISOString(),
    })),
    parts,
  };
}

const checkOf = (check: RealNameCheck, keys: Keys) => ({
  state: check.state,
  askedAt: check.askedAt.toISOString(),
  ...(check.reason !== null && { reason: check.reason }),
  ...(check.decidedAt && { decidedAt: check.decidedAt.toISOString() }),
  ...(check.nameSealed && { name: keys.open('real_name', check.nameSealed, check.id) }),
  ...(check.idSealed && { idNumber: keys.open('id_number', check.idSealed, check.id) }),
});
