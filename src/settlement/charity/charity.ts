/** The list of charities: one person proposes, the register confirms, a second person approves, all of it dated. */
import assert from 'node:assert/strict';
import type { AccountCode } from '#ledger';
import {
  chinaDay,
  type Db,
  inTransaction,
  newId,
  parseCreditCode,
  type Reader,
  Refused,
  type Tx,
  WorldError,
} from '#platform';
import { type FollowUp, move, start, type TransitionOf } from '#process';
import { replaceAccount } from '../account_store.ts';
import { parseAccountNumber } from '../domain.ts';
import type { BankCode } from '../schema.ts';
import type { SettlementDeps } from '../step.ts';
import { doubtOf, type Entry, payeeOf, recheckAt } from './domain.ts';
import { charityProcess } from './life.ts';
import {
  type Charity,
  findCharity,
  insertCharity,
  listCharities,
  lockCharity,
  saveCharity,
} from './store.ts';

export type CharityDeps = Pick<SettlementDeps, 'db' | 'clock' | 'keys' | 'log' | 'registry'>;
export const CHARITY_JOB = 'settlement.check_charity';
const jobFor = (charityId: string): FollowUp => ({
  task: CHARITY_JOB,
  payload: { charityId },
  key: `${CHARITY_JOB}/${charityId}`,
});

export const charityAccount = (charityId: string): AccountCode => `CHARITY:${charityId}`;

export interface NewCharity {
  creditCode: string;
  nameZh: string;
  nameEn: string;
  licenceNo: string;
  bankCode: BankCode;
  accountNumber: string;
}

/** Refuses `credit_code_invalid`, `account_number_invalid` and `charity_known`. */
export async function proposeCharity(
  { db, keys }: Pick<CharityDeps, 'db' | 'keys'>,
  ask: NewCharity & { by: string; at: Date },
): Promise<Charity> {
  const { by: proposedBy, at, nameEn, bankCode } = ask;
  const creditCode = parseCreditCode(ask.creditCode);
  if (creditCode === undefined) throw new Refused('credit_code_invalid');
  const number = parseAccountNumber(ask.accountNumber);
  if (number === undefined) throw new Refused('account_number_invalid');
  const id = newId(at);
  const nameZh = ask.nameZh.normalize('NFKC').trim();
  const licenceNo = ask.licenceNo.normalize('NFKC').trim();
  return await inTransaction(db, async (tx) => {
    const state = charityProcess.initial;
    const row = { id, creditCode, nameZh, nameEn, licenceNo, state, proposedBy, createdAt: at };
    if (!(await insertCharity(tx, row))) throw new Refused('charity_known');
    const accountId = newId(at);
    await replaceAccount(tx, {
      ...{ id: accountId, userId: payeeOf(id), bankCode, last4: number.slice(-4), createdAt: at },
      fingerprint: keys.fingerprint('payout_account', number),
      number: keys.seal('payout_account_number', number, accountId),
      // Only to an account in the registered name: the bank compares it letter by letter.
      name: keys.seal('payout_account_name', nameZh, accountId),
    });
    await start(tx, charityProcess, {
      ...{ id, at, by: 'maker', actor: proposedBy, jobs: [jobFor(id)] },
      record: { creditCode, licenceNo },
    });
    const made = await findCharity(tx, id);
    assert(made);
    return made;
  });
}

interface Step {
  transition: TransitionOf<typeof charityProcess>;
  by: 'registry' | 'maker' | 'checker' | 'clock';
  at: Date;
  actor?: string;
  due?: Date;
  jobs?: readonly FollowUp[];
  record?: Readonly<Record<string, string>>;
  patch?: Omit<Parameters<typeof saveCharity>[2], 'state'>;
}

async function stepCharity(tx: Tx, { id }: Charity, { patch, ...step }: Step): Promise<void> {
  const { state } = await move(tx, charityProcess, { id, ...step });
  await saveCharity(tx, id, { ...patch, state });
}

/** The task: asks the register. */
export async function checkCharity(deps: CharityDeps, charityId: string): Promise<void> {
  const { db, log, clock, registry } = deps;
  const asked = await findCharity(db, charityId);
  if (asked?.state !== 'checking' || !registry) return;
  let entry: Entry | undefined;
  try {
    entry = await registry.lookUp(asked.creditCode);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    // The clock asks again soon.
    log.warn({ charity: charityId, code: error.code }, 'the register did not answer');
    return;
  }
  const at = clock.now();
  const doubt = doubtOf(asked, entry, chinaDay(at));
  await inTransaction(db, async (tx) => {
    const row = await lockCharity(tx, charityId);
    if (row?.state !== 'checking') return;
    const step = { by: 'registry', at } as const;
    if (doubt) {
      const said = { transition: 'doubt', record: { doubt }, patch: { failure: doubt } } as const;
      return await stepCharity(tx, row, { ...step, ...said });
    }
    const validUntil = entry?.validUntil;
    assert(validUntil !== undefined);
    const patch = { failure: null, verifiedAt: at, validUntil };
    const record = { creditCode: row.creditCode, licenceNo: row.licenceNo, validUntil };
    await stepCharity(tx, row, { ...step, transition: 'confirm', record, patch });
  });
}

/** A second person lets it be chosen. Refuses `maker_cannot_approve`. */
export async function approveCharity(
  tx: Tx,
  { id, actor, at }: { id: string; actor: string; at: Date },
): Promise<void> {
  const row = await lockCharity(tx, id);
  if (!row) throw new Refused('not_found');
  if (row.proposedBy === actor) throw new Refused('maker_cannot_approve');
  const { verifiedAt, validUntil } = row;
  if (!verifiedAt || validUntil === undefined) throw new Refused('wrong_state');
  const due = recheckAt(verifiedAt, validUntil);
  const step = { transition: 'approve', by: 'checker', actor, at, due } as const;
  await stepCharity(tx, row, { ...step, patch: { approvedBy: actor } });
}

/** Asked again, and to be approved again; whoever asks cannot be the one who approves. */
export async function recheckCharity(
  tx: Tx,
  { id, actor, at }: { id: string; actor?: string; at: Date },
): Promise<void> {
  const row = await lockCharity(tx, id);
  if (!row) throw new Refused('not_found');
  const by = actor === undefined ? 'clock' : 'maker';
  const who = actor === undefined ? {} : { actor };
  const patch = { approvedBy: null, ...(actor !== undefined && { proposedBy: actor }) };
  const jobs = [jobFor(id)];
  await stepCharity(tx, row, { transition: 'recheck', by, at, ...who, jobs, patch });
}

export async function strikeCharity(
  tx: Tx,
  { id, actor, at }: { id: string; actor: string; at: Date },
): Promise<Charity> {
  const row = await lockCharity(tx, id);
  if (!row) throw new Refused('not_found');
  await stepCharity(tx, row, { transition: 'strike', by: 'maker', actor, at });
  return row;
}

/** Whether a gift to it may be promised, and booked, now. */
export const isChoosable = ({ state, validUntil }: Charity, at: Date): boolean =>
  state === 'listed' && validUntil !== undefined && validUntil >= chinaDay(at);

export interface CharityFacts {
  id: string;
  nameZh: string;
  nameEn: string;
  creditCode: string;
  licenceNo: string;
  verifiedAt: Date;
  validUntil: string;
}

function factsOf(row: Charity): CharityFacts {
  const { id, nameZh, nameEn, creditCode, licenceNo, verifiedAt, validUntil } = row;
  assert(verifiedAt && validUntil !== undefined, 'a listed charity was confirmed');
  return { id, nameZh, nameEn, creditCode, licenceNo, verifiedAt, validUntil };
}

/** For choosing. Refuses `charity_not_choosable`: unknown, not approved, or its licence has ended. */
export async function charityOf(reader: Reader, id: string, at: Date): Promise<CharityFacts> {
  const row = await findCharity(reader, id);
  if (!row || !isChoosable(row, at)) throw new Refused('charity_not_choosable');
  return factsOf(row);
}

export async function choosableCharities(reader: Reader, at: Date): Promise<CharityFacts[]> {
  const rows = await listCharities(reader, 'listed');
  return rows.filter((row) => isChoosable(row, at)).map(factsOf);
}

/** The clock's part. */
export async function tickCharity(
  db: Db,
  { id, transition, at }: { id: string; transition: string; at: Date },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    if (transition === 'recheck') return await recheckCharity(tx, { id, at });
    const row = await lockCharity(tx, id);
    assert(row, 'a charity process has a charity');
    assert(transition === 'call' || transition === 'lapse');
    const jobs = transition === 'call' ? [jobFor(id)] : [];
    await stepCharity(tx, row, { transition, by: 'clock', at, jobs });
  });
}
