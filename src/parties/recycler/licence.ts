/** The licence of a recycler: applied with, checked by the public register from a task, checked again each half year. */
import {
  addJob,
  type CleanPhoto,
  DAY,
  type Db,
  inTransaction,
  type Keys,
  newId,
  notify,
  parseCreditCode,
  plus,
  type Reader,
  Refused,
  sealPhoto,
  sha256,
  type Task,
  type Tx,
  unsealPhoto,
  WorldError,
} from '#platform';
import { start } from '#process';
import { append } from '#record';
import { parseName } from '../domain.ts';
import { realNameOf } from '../real-name.ts';
import { insertOrganisation, lockPerson, saveMembership } from '../store.ts';
import { requireFree } from '../watch/hold.ts';
import { recyclerOf, screen, type Watch } from '../watch/screen.ts';
import {
  type Doubt,
  isJoining,
  parseLegalName,
  RECHECK_AHEAD_MS,
  type Reason,
  type Tier,
  type Verdict,
  verifiedUntil,
} from './domain.ts';
import { recyclerAccount } from './life.ts';
import type { CompanyRegister } from './registry.ts';
import { graduateIfDue, step } from './standing.ts';
import {
  dueForRecheck,
  insertRecycler,
  lockRecycler,
  type RecyclerRow,
  recyclersOf,
  saveRecycler,
} from './store.ts';
import {
  answerLicenceCheck,
  findLicenceCheck,
  insertLicenceCheck,
  type LicenceCheck,
  lastLicenceCheck,
  readLicencePhoto,
  saveLicencePhoto,
} from './store-licence.ts';
import type { RecyclerNews } from './tell.ts';

export const CHECK_LICENCE_JOB = 'parties.check_licence';
/** Of one person, closed ones aside. */
const SHOPS_MAX = 5;

export interface LicenceFacts {
  readonly creditCode: string;
  readonly legalName: string;
  /** Name of the legal person, or of the owner of a shop. */
  readonly legalPerson: string;
}

/** Refuses credit_code_invalid, legal_name_invalid and name_invalid. */
function parseLicence(typed: LicenceFacts): LicenceFacts {
  const creditCode = parseCreditCode(typed.creditCode);
  if (creditCode === undefined) throw new Refused('credit_code_invalid');
  const legalName = parseLegalName(typed.legalName);
  if (legalName === undefined) throw new Refused('legal_name_invalid');
  const legalPerson = parseName(typed.legalPerson);
  if (legalPerson === undefined) throw new Refused('name_invalid');
  return { creditCode, legalName, legalPerson };
}

const sealed = (keys: Keys, id: string, name: string): Buffer =>
  keys.seal('legal_person', name, `recycler/${id}`);
export const openLegalPerson = (
  keys: Keys,
  { id, legalPerson }: Pick<RecyclerRow, 'id' | 'legalPerson'>,
): string => keys.open('legal_person', legalPerson, `recycler/${id}`);

/**
 * A person with a real name signs a company up and becomes its owner. Refuses what `parseLicence` does,
 * `real_name_needed`, `recycler_limit`, and `licence_taken`.
 */
export async function applyAsRecycler(
  tx: Tx,
  input: { keys: Keys; userId: string; tier: Tier; licence: LicenceFacts; at: Date },
): Promise<string> {
  const { keys, userId, tier, at } = input;
  const licence = parseLicence(input.licence);
  if (!(await lockPerson(tx, userId))) throw new Refused('not_found');
  const operator = await realNameOf(tx, keys, userId);
  if (!operator) throw new Refused('real_name_needed');
  await requireFree(tx, userId);
  const own = await recyclersOf(tx, userId);
  if (own.filter(({ state }) => state !== 'closed').length >= SHOPS_MAX)
    throw new Refused('recycler_limit', { most: SHOPS_MAX });
  const id = newId(at);
  const { creditCode, legalName, legalPerson } = licence;
  const name = [...legalName].slice(0, 80).join('');
  await insertOrganisation(tx, { id, kind: 'recycler', nameZh: name, nameEn: name, at });
  await insertRecycler(tx, {
    ...{ id, creditCode, legalName, tier, createdBy: userId, createdAt: at },
    legalPerson: sealed(keys, id, legalPerson),
    operatorIsLegal: operator.name.reveal() === legalPerson,
    state: 'applied',
  });
  await saveMembership(tx, { organisationId: id, personId: userId, roles: ['owner'], at });
  await start(tx, recyclerAccount, {
    ...{ id, at, by: 'owner', actor: userId, record: { creditCode, tier } },
  });
  await ask(tx, { keys, recyclerId: id, licence, at });
  return id;
}

/** While joining, or restricted, an owner may correct the licence; the register is asked anew. */
export async function correctLicence(
  tx: Tx,
  input: { keys: Keys; recyclerId: string; userId: string; licence: LicenceFacts; at: Date },
): Promise<void> {
  const { keys, recyclerId, userId, at } = input;
  const licence = parseLicence(input.licence);
  const row = await lockRecycler(tx, recyclerId);
  if (!row) throw new Refused('not_found');
  if (row.state !== 'applied' && row.state !== 'restricted')
    throw new Refused('wrong_state', { state: row.state });
  if ((await lastLicenceCheck(tx, recyclerId))?.state === 'pending')
    throw new Refused('licence_being_checked');
  // Whose licence it is does not change after the first day of business.
  if (!isJoining(row.state) && licence.creditCode !== row.creditCode)
    throw new Refused('licence_is_another');
  // Whoever is open keeps the confirmed name until the register confirms another: money goes out under it.
  if (isJoining(row.state)) {
    const operator = await realNameOf(tx, keys, userId);
    await saveRecycler(tx, recyclerId, {
      credit_code: licence.creditCode,
      legal_name: licence.legalName,
      legal_person: sealed(keys, recyclerId, licence.legalPerson),
      operator_is_legal: operator?.name.reveal() === licence.legalPerson,
    });
  }
  await ask(tx, { keys, recyclerId, licence, at });
}

async function ask(
  tx: Tx,
  asked: { keys: Keys; recyclerId: string; licence: LicenceFacts; at: Date },
): Promise<void> {
  const { keys, recyclerId, licence, at } = asked;
  const { creditCode, legalName } = licence;
  const id = newId(at);
  const requestNo = newId(at);
  await insertLicenceCheck(tx, {
    ...{ id, recyclerId, requestNo, creditCode, legalName, askedAt: at },
    legalPerson: sealed(keys, recyclerId, licence.legalPerson),
  });
  await append(tx, {
    ...{ subject: recyclerId, type: 'recycler.licence_asked', at },
    data: { checkId: id, creditCode },
  });
  await addJob(tx, CHECK_LICENCE_JOB, { checkId: id });
  notify(tx, `recycler_account:${recyclerId}`);
}

/** The task: asks the register; when it stays silent to the last try, the question is closed and may be asked anew. */
export function checkLicenceTask({
  keys,
  register,
  news,
  watch,
}: {
  keys: Keys;
  register: CompanyRegister;
  news: RecyclerNews;
  watch: Watch;
}): Task {
  return async ({ checkId = '' }, { db, clock, lastAttempt }) => {
    const check = await findLicenceCheck(db, checkId);
    if (check?.state !== 'pending') return;
    const { requestNo, creditCode, legalName: name, recyclerId } = check;
    const legalPerson = openLegalPerson(keys, { id: recyclerId, legalPerson: check.legalPerson });
    const verdict = await register
      .check({ requestNo, creditCode, name, legalPerson })
      .catch((error: unknown) => {
        if (!lastAttempt || !(error instanceof WorldError)) throw error;
        return undefined;
      });
    const at = clock.now();
    await inTransaction(db, (tx) => settle(tx, { check, verdict, at, news, watch }));
  };
}

async function settle(
  tx: Tx,
  answered: {
    check: LicenceCheck;
    verdict: Verdict | undefined;
    at: Date;
    news: RecyclerNews;
    watch: Watch;
  },
): Promise<void> {
  const { check, verdict, at, news, watch } = answered;
  const { id, recyclerId } = check;
  const row = await lockRecycler(tx, recyclerId);
  const now = await findLicenceCheck(tx, id);
  if (!row || now?.state !== 'pending') return;
  if (!verdict) await answerLicenceCheck(tx, { id, state: 'unanswered', at });
  else if (verdict.ok) {
    const legalPerson = openLegalPerson(watch.keys, {
      ...{ id: recyclerId, legalPerson: check.legalPerson },
    });
    const { legalName, creditCode } = check;
    await screen(tx, watch, recyclerOf(recyclerId, { legalName, creditCode, legalPerson }), at);
    await confirm(tx, { row, check, verdict, at, news });
  } else await doubted(tx, { row, id, doubt: verdict.doubt, at, news });
  notify(tx, `recycler_account:${recyclerId}`);
}

async function confirm(
  tx: Tx,
  seen: {
    row: RecyclerRow;
    check: LicenceCheck;
    verdict: Verdict & { ok: true };
    at: Date;
    news: RecyclerNews;
  },
): Promise<void> {
  const { row, check, verdict, at, news } = seen;
  const { id } = check;
  const { address, licenceUntil } = verdict;
  const until = verifiedUntil(at, licenceUntil);
  // A licence whose term is over is no licence, whatever the register calls it.
  if (until <= at) return await doubted(tx, { row, id, doubt: 'expired', at, news });
  await answerLicenceCheck(tx, { id, state: 'confirmed', at });
  const patch = {
    ...{ verified_at: at, verified_until: until, address: address ?? null },
    licence_until: licenceUntil ?? null,
    ...{ legal_name: check.legalName, legal_person: check.legalPerson },
  };
  const says = { by: 'registry', at, patch, record: { checkId: id } } as const;
  switch (row.state) {
    case 'applied':
      return await step(tx, row, { ...says, transition: 'verify' });
    case 'probation':
      return await step(tx, row, { ...says, transition: 'renew_trial', due: until });
    case 'active':
      return await step(tx, row, { ...says, transition: 'renew', due: until });
    case 'restricted':
      // Only what the register itself stopped is set right by its word.
      if (row.reason !== 'licence_expired' && row.reason !== 'licence_doubtful') break;
      await step(tx, row, {
        ...{ ...says, transition: 'restore', due: until, news },
        patch: { ...patch, reason: null },
      });
      return await graduateIfDue(tx, { recyclerId: row.id, at });
    default:
  }
  await saveRecycler(tx, row.id, patch);
}

async function doubted(
  tx: Tx,
  seen: { row: RecyclerRow; id: string; doubt: Doubt; at: Date; news: RecyclerNews },
): Promise<void> {
  const { row, id, doubt, at, news } = seen;
  await answerLicenceCheck(tx, { id, state: 'doubtful', doubt, at });
  await append(tx, {
    ...{ subject: row.id, type: 'recycler.licence_doubted', at },
    data: { checkId: id, doubt },
  });
  if (row.state !== 'probation' && row.state !== 'active') return;
  const reason: Reason = doubt === 'expired' ? 'licence_expired' : 'licence_doubtful';
  // A licence that was taken away ends business at once; what merely differs can be set right.
  const transition = doubt === 'revoked' ? 'suspend' : 'restrict';
  const by = { by: 'registry', at, record: { doubt }, news } as const;
  await step(tx, row, { ...by, transition, patch: { reason } });
}

/** To be called now and then: whose half year is nearly over is asked about again. Gives how many. */
export async function recheckLicences(
  db: Db,
  { keys, at }: { keys: Keys; at: Date },
): Promise<number> {
  const due = await dueForRecheck(db, { before: plus(at, RECHECK_AHEAD_MS), limit: 100 });
  let asked = 0;
  for (const { id } of due)
    asked += await inTransaction(db, async (tx) => {
      const row = await lockRecycler(tx, id);
      const last = await lastLicenceCheck(tx, id);
      // A doubt of these days is the owner's to answer; the same question would bring the same answer.
      const isRecent = last && last.askedAt > plus(at, -RECHECK_EVERY_MS);
      if (!row || last?.state === 'pending' || isRecent) return 0;
      const { creditCode, legalName } = row;
      const licence = { creditCode, legalName, legalPerson: openLegalPerson(keys, row) };
      await ask(tx, { keys, recyclerId: id, licence, at });
      return 1;
    });
  return asked;
}
const RECHECK_EVERY_MS = DAY;

/** The photo of the licence replaces the one before it. */
export async function addLicencePhoto(
  tx: Tx,
  shown: { keys: Keys; recyclerId: string; userId: string; photo: CleanPhoto; at: Date },
): Promise<void> {
  const { keys, recyclerId, userId, photo, at } = shown;
  const { webp, width, height } = photo;
  if (!(await lockRecycler(tx, recyclerId))) throw new Refused('not_found');
  const id = newId(at);
  const digest = sha256(webp);
  const kept = { recyclerId, id, digest, width, height, addedBy: userId, at };
  await saveLicencePhoto(tx, { ...kept, ...sealPhoto(keys, webp, boundTo(id)) });
  await append(tx, {
    ...{ subject: recyclerId, type: 'recycler.licence_photo', at },
    data: { id, by: userId, digest: digest.toString('hex') },
  });
  notify(tx, `recycler_account:${recyclerId}`);
}
const boundTo = (id: string): string => `licence-photo/${id}`;

/** As WebP; refuses `not_found` when there is none. */
export async function openLicencePhoto(
  reader: Reader,
  keys: Keys,
  recyclerId: string,
): Promise<Buffer> {
  const photo = await readLicencePhoto(reader, recyclerId);
  if (!photo) throw new Refused('not_found');
  return unsealPhoto(keys, photo, boundTo(photo.id));
}
