/** What the two sides say: guarded, sealed at once, opened for the two of them and the desk. */
import { chinaDay, type Keys, newId, notify, type Reader, Refused, type Tx } from '#platform';
import { lock } from '#process';
import { append } from '#record';
import { checkText } from '#rules';
import { claimProcess, HEARING } from './life.ts';

const SEAL = 'disputes.statement';
/** Of one side in one claim: enough for everything, too few to flood the desk. */
export const STATEMENTS_MAX = 6;
export const STATEMENT_LENGTH_MAX = 2_000;

export interface Statement {
  readonly id: string;
  readonly authorId: string;
  readonly text: string;
  readonly at: Date;
}

/** Refuses `wrong_state` once nothing is heard any more, `file_full`, and what people may not write. */
export async function addStatement(
  tx: Tx,
  keys: Keys,
  said: { id: string; author: string; text: string; at: Date },
): Promise<void> {
  const { id: claimId, author, text, at } = said;
  const no = checkText(text, chinaDay(at));
  if (no) throw new Refused(no);
  await hearing(tx, claimId);
  const count = await tx
    .selectFrom('disputes.claim_statement')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('claim_id', '=', claimId)
    .where('author_id', '=', author)
    .executeTakeFirstOrThrow();
  if (count.count >= STATEMENTS_MAX) throw new Refused('file_full', { most: STATEMENTS_MAX });
  const id = newId(at);
  await tx
    .insertInto('disputes.claim_statement')
    .values({ id, claim_id: claimId, author_id: author, sealed: keys.seal(SEAL, text, id), at })
    .execute();
  await append(tx, { subject: claimId, type: 'claim.statement', data: { id, author }, at });
  notify(tx, `claim:${claimId}`);
}

/** Locks the claim; refuses `wrong_state` when its file is closed. */
export async function hearing(tx: Tx, claimId: string): Promise<void> {
  const now = await lock(tx, claimProcess, claimId);
  if (!now) throw new Refused('not_found');
  if (!(HEARING as readonly string[]).includes(now.state))
    throw new Refused('wrong_state', { state: now.state });
}

/** In the order in which they were made. */
export async function statementsOf(
  reader: Reader,
  keys: Keys,
  claimId: string,
): Promise<Statement[]> {
  const rows = await reader
    .selectFrom('disputes.claim_statement')
    .selectAll()
    .where('claim_id', '=', claimId)
    .orderBy('at')
    .orderBy('id')
    .execute();
  return rows.map(({ id, author_id, sealed, at }) => ({
    ...{ id, authorId: author_id, at },
    text: keys.open(SEAL, sealed, id),
  }));
}
