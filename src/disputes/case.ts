/** Opening, deciding, withdrawing and closing a case. Whose money moves is the caller's matter, in the same transaction. */
import assert from 'node:assert/strict';
import {
  type Db,
  type Fen,
  inTransaction,
  type Keys,
  newId,
  type Reader,
  Refused,
  Secret,
  type Tx,
} from '#platform';
import { type ClockHandler, move, start } from '#process';
import { caseProcess, checkDecision, LAPSE_REASON, type Outcome } from './domain.ts';
import {
  type Case,
  findCase,
  insertCase,
  latestCase,
  saveClosed,
  saveDecision,
  sealedNote,
} from './store.ts';

const NOTE = 'disputes.note';

/** Who opens or withdraws; a person's `actor` is the user id. */
export interface Claimant {
  readonly role: 'seller' | 'recycler' | 'operator';
  readonly actor: string;
}

/** Refuses `case_open` when the subject has an open case. `deadline` is at most 12 days ahead. */
export async function openCase(
  tx: Tx,
  input: {
    subject: string;
    by: Claimant;
    /** Canonical verification code. */
    reason: string;
    at: Date;
    deadline: Date;
    /** Free text, sealed at once. */
    note?: { text: string; keys: Keys } | undefined;
  },
): Promise<Case> {
  const { subject, by, reason, at, deadline, note } = input;
  const id = newId(at);
  await insertCase(tx, {
    ...{ id, subject, reason, deadline },
    openedBy: by.actor,
    openedAt: at,
    note: note?.keys.seal(NOTE, note.text, id),
  });
  await start(tx, caseProcess, {
    ...{ id, at, actor: by.actor, by: by.role },
    due: deadline,
    record: { subject, reason, deadline: deadline.toISOString() },
  });
  return await theCase(tx, id);
}

/**
 * An operator decides, or whoever `by` says. Refuses `not_found`, `wrong_state`, `case_amount` (a part needs an amount, a release has
 * none). The caller then moves the money and calls `closeCase`, all in this transaction.
 */
export async function decideCase(
  tx: Tx,
  input: {
    id: string;
    actor?: string | undefined;
    by?: 'operator' | 'system' | 'seller';
    outcome: Outcome;
    amountFen?: Fen | undefined;
    reason: string;
    at: Date;
  },
): Promise<Case> {
  const { id, actor, by = 'operator', outcome, amountFen, reason, at } = input;
  const no = checkDecision({ outcome, amountFen });
  if (no) throw new Refused(no);
  const amount = amountFen === undefined ? {} : { amountFen };
  await move(tx, caseProcess, {
    ...{ id, actor, at, transition: 'decide', by },
    record: { outcome, ...amount },
  });
  await saveDecision(tx, id, { outcome, ...amount, ...(actor && { by: actor }), at, reason });
  return await theCase(tx, id);
}

/** The claimant takes it back; the caller frees what was frozen. */
export async function withdrawCase(
  tx: Tx,
  input: { id: string; by: Claimant; at: Date },
): Promise<Case> {
  const { id, by, at } = input;
  await move(tx, caseProcess, { id, transition: 'withdraw', by: by.role, actor: by.actor, at });
  await saveClosed(tx, id);
  return await theCase(tx, id);
}

/** The decision is executed: the money is where it belongs. */
export async function closeCase(tx: Tx, input: { id: string; at: Date }): Promise<Case> {
  await move(tx, caseProcess, { ...input, transition: 'close', by: 'system' });
  await saveClosed(tx, input.id);
  return await theCase(tx, input.id);
}

/** The open case of a subject, or else its latest. */
export const caseOf = (reader: Reader, subject: string): Promise<Case | undefined> =>
  latestCase(reader, subject);

export const caseById = (reader: Reader, id: string): Promise<Case | undefined> =>
  findCase(reader, id);

/** What the claimant wrote; for the operators who decide, never for a list or a log. */
export async function noteOf(reader: Reader, keys: Keys, id: string): Promise<Secret | undefined> {
  const sealed = await sealedNote(reader, id);
  return sealed && new Secret(keys.open(NOTE, sealed, id));
}

/**
 * The clock's part: an undecided case ends as `proved` says (for the seller where nothing was), and a decided one that
 * nobody executed is executed. `execute` moves the money as the case says; its refusal puts the case off, and nothing is half done.
 */
export function caseClock(
  execute: (tx: Tx, decided: Case, at: Date) => Promise<void>,
  proved: (reader: Reader, subject: string) => Promise<'release' | 'clawback'> = async () =>
    'release',
): Readonly<Record<'case', ClockHandler>> {
  const handler = async (db: Db, due: { id: string; transition: string; at: Date }) => {
    const { id, transition, at } = due;
    await inTransaction(db, async (tx) => {
      if (transition === 'lapse') {
        await move(tx, caseProcess, { id, at, transition: 'lapse', by: 'clock' });
        const outcome = await proved(tx, (await theCase(tx, id)).subject);
        await saveDecision(tx, id, { outcome, at, reason: LAPSE_REASON });
        await execute(tx, await theCase(tx, id), at);
        await closeCase(tx, { id, at });
        return;
      }
      assert(transition === 'close');
      await move(tx, caseProcess, { id, at, transition: 'close', by: 'clock' });
      await execute(tx, await theCase(tx, id), at);
      await saveClosed(tx, id);
    });
  };
  return { case: handler };
}

async function theCase(reader: Reader, id: string): Promise<Case> {
  const found = await findCase(reader, id);
  assert(found, 'a case has a row as long as it has a process');
  return found;
}
