/** Consents: each for one named purpose and one version of its words, withdrawn at once and for good. */
import { newId, type Reader, Refused, type Tx } from '#platform';
import { append } from '#record';
import { PURPOSES, type Purpose } from './schema.ts';
import { lockPerson } from './store.ts';
import {
  type Consent,
  consentsOf,
  insertConsent,
  liveConsent,
  withdrawConsents,
} from './store-affairs.ts';

interface Asked {
  userId: string;
  purpose: Purpose;
}

/** Only a yes to the present words counts. */
export async function hasConsent(reader: Reader, { userId, purpose }: Asked): Promise<boolean> {
  const consent = await liveConsent(reader, { personId: userId, purpose });
  return consent?.version === PURPOSES[purpose].version;
}

/** Refuses consent_needed. */
export async function requireConsent(reader: Reader, asked: Asked): Promise<void> {
  if (!(await hasConsent(reader, asked))) throw new Refused('consent_needed');
}

/** Saying yes twice is one yes; a yes to new words ends the yes to the old ones. */
export async function grantConsent(tx: Tx, asked: Asked & { at: Date }): Promise<void> {
  const { userId, purpose, at } = asked;
  await lockPerson(tx, userId);
  if (await hasConsent(tx, asked)) return;
  const { version } = PURPOSES[purpose];
  await withdrawConsents(tx, { personId: userId, purpose, at });
  await insertConsent(tx, { id: newId(at), personId: userId, purpose, version, at });
  await append(tx, { subject: userId, type: 'consent.granted', data: { purpose, version }, at });
}

export async function withdrawConsent(tx: Tx, asked: Asked & { at: Date }): Promise<void> {
  const { userId, purpose, at } = asked;
  const withdrawn = await withdrawConsents(tx, { personId: userId, purpose, at });
  if (withdrawn)
    await append(tx, { subject: userId, type: 'consent.withdrawn', data: { purpose }, at });
}

/** Every purpose, with the latest answer of this person. */
export async function consentViews(reader: Reader, userId: string) {
  const given = await consentsOf(reader, userId);
  return (Object.keys(PURPOSES) as Purpose[]).map((purpose) => viewOf(purpose, given));
}

function viewOf(purpose: Purpose, given: readonly Consent[]) {
  const latest = given.find((consent) => consent.purpose === purpose);
  const { version, zh, en } = PURPOSES[purpose];
  return {
    purpose,
    zh,
    en,
    version,
    granted: latest?.withdrawnAt === null && latest.version === version,
    ...(latest && { grantedAt: latest.grantedAt.toISOString() }),
    ...(latest?.withdrawnAt && { withdrawnAt: latest.withdrawnAt.toISOString() }),
  };
}
