/** The rows of claims, their frozen facts and their decisions; hides the SQL. */
import type { Selectable } from 'kysely';
import type { Code } from '#cards';
import { type Database, type Fen, fen, type Reader, Refused, type Tx, violated } from '#platform';
import type { ClaimOutcome, Fault, Said } from './rules.ts';

export type Venue = 'market';
export type Party = 'buyer' | 'seller';
export interface PartyOf {
  readonly role: Party;
  readonly userId: string;
}

export type Basis = 'rule' | 'silence' | 'agreement' | 'settlement' | 'desk' | 'burden_of_proof';

export interface Decision {
  /** 2: on appeal. */
  readonly round: 1 | 2;
  readonly basis: Basis;
  readonly outcome: ClaimOutcome;
  /** What the buyer gets back; 0 for `release`. */
  readonly refundFen: Fen;
  readonly fault: Fault;
  /** From who is at fault to the other party. */
  readonly penaltyFen: Fen;
  /** Name of the rule, or of the desk's template. */
  readonly rule: string;
  readonly reasons: Said;
  /** What the desk adds in its own words. */
  readonly words?: string;
  /** Version of the facts it was decided on. */
  readonly facts?: number;
  readonly by?: string;
  readonly at: Date;
}

export interface Claim {
  readonly id: string;
  readonly venue: Venue;
  /** The order it is about. */
  readonly subject: string;
  readonly claimant: PartyOf;
  readonly respondent: PartyOf;
  readonly reason: Code;
  readonly atStakeFen: Fen;
  readonly openedAt: Date;
  readonly respondBy: Date;
  /** The desk's last moment. */
  readonly decideBy: Date;
  readonly open: boolean;
  readonly offer?: { readonly fen: Fen; readonly by: string; readonly at: Date };
  readonly assignedTo?: string;
  readonly appeal?: { readonly by: string; readonly at: Date };
  /** Waits for the desk until then; absent: not there. */
  readonly deskUntil?: Date;
  readonly executedAt?: Date;
}

export interface NewClaim {
  readonly id: string;
  readonly venue: Venue;
  readonly subject: string;
  readonly claimant: PartyOf;
  readonly respondent: PartyOf;
  readonly reason: Code;
  readonly atStakeFen: Fen;
  readonly openedAt: Date;
  readonly respondBy: Date;
  readonly decideBy: Date;
}

/** Refuses `case_open` when the subject has an open claim already. */
export async function insertClaim(tx: Tx, made: NewClaim): Promise<void> {
  const { id, venue, subject, claimant, respondent, reason } = made;
  try {
    await tx
      .insertInto('disputes.claim')
      .values({
        ...{ id, venue, subject, reason },
        claimant_id: claimant.userId,
        claimant_role: claimant.role,
        respondent_id: respondent.userId,
        respondent_role: respondent.role,
        at_stake_fen: made.atStakeFen,
        opened_at: made.openedAt,
        respond_by: made.respondBy,
        decide_by: made.decideBy,
        open: true,
      })
      .execute();
  } catch (error) {
    if (violated(error) === 'claim_one_open') throw new Refused('case_open');
    throw error;
  }
}

export interface Changes {
  readonly open?: false;
  readonly offer?: Claim['offer'];
  readonly appeal?: Claim['appeal'];
  readonly executedAt?: Date;
  readonly firstReviewer?: string;
  readonly deskUntil?: Date | null;
}

export async function saveClaim(tx: Tx, id: string, changes: Changes): Promise<void> {
  const { open, offer, appeal, executedAt, firstReviewer, deskUntil } = changes;
  await tx
    .updateTable('disputes.claim')
    .set({
      ...(open !== undefined && { open }),
      ...(offer && { offer_fen: offer.fen, offered_by: offer.by, offered_at: offer.at }),
      // The desk's part begins anew with an appeal: somebody else has to take it.
      ...(appeal && {
        ...{ appealed_by: appeal.by, appealed_at: appeal.at },
        ...{ assigned_to: null, assigned_at: null },
      }),
      ...(firstReviewer !== undefined && {
        ...{ first_reviewer: firstReviewer, assigned_to: null, assigned_at: null },
      }),
      ...(deskUntil !== undefined && { desk_until: deskUntil }),
      ...(executedAt && { executed_at: executedAt }),
    })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** Refuses `same_reviewer` and `reviewer_is_party`: the database itself says who may not. */
export async function saveAssignment(tx: Tx, id: string, to: string, at: Date): Promise<void> {
  try {
    await tx
      .updateTable('disputes.claim')
      .set({ assigned_to: to, assigned_at: at })
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
  } catch (error) {
    throw reviewerRefused(error);
  }
}

function reviewerRefused(error: unknown): unknown {
  const name = violated(error);
  if (name === 'claim_reviewer_differs' || name === 'claim_decider_once')
    return new Refused('same_reviewer');
  return name === 'claim_reviewer_is_no_party' ? new Refused('reviewer_is_party') : error;
}

export async function findClaim(reader: Reader, id: string): Promise<Claim | undefined> {
  const row = await reader
    .selectFrom('disputes.claim')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toClaim(row);
}

/** The open claim of a subject, or else its latest. */
export async function latestClaim(
  reader: Reader,
  about: { venue: Venue; subject: string },
): Promise<Claim | undefined> {
  const row = await reader
    .selectFrom('disputes.claim')
    .selectAll()
    .where('venue', '=', about.venue)
    .where('subject', '=', about.subject)
    .orderBy('open', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toClaim(row);
}

/** Claims in which this person is a party, the newest first; one more than `limit` says there is a next page. */
export async function listClaimsOf(
  reader: Reader,
  userId: string,
  page: { cursor: string | undefined; limit: number },
): Promise<Claim[]> {
  let query = reader
    .selectFrom('disputes.claim')
    .selectAll()
    .where((eb) => eb.or([eb('claimant_id', '=', userId), eb('respondent_id', '=', userId)]))
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (page.cursor !== undefined) query = query.where('id', '<', page.cursor);
  return (await query.execute()).map(toClaim);
}

const QUEUE_MAX = 100;

/** What waits for the desk, the most urgent first. */
export async function listAtDesk(reader: Reader): Promise<Claim[]> {
  const rows = await reader
    .selectFrom('disputes.claim')
    .selectAll()
    .where('desk_until', 'is not', null)
    .orderBy('desk_until')
    .orderBy('id')
    .limit(QUEUE_MAX)
    .execute();
  return rows.map(toClaim);
}

/** All claims, the newest first; one more than `limit` says there is a next page. */
export async function listClaims(
  reader: Reader,
  page: { cursor: string | undefined; limit: number },
): Promise<Claim[]> {
  let query = reader
    .selectFrom('disputes.claim')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (page.cursor !== undefined) query = query.where('id', '<', page.cursor);
  return (await query.execute()).map(toClaim);
}

export interface FrozenFacts {
  readonly version: number;
  readonly text: string;
  readonly digest: Buffer;
  readonly at: Date;
}

export async function insertFacts(tx: Tx, id: string, facts: FrozenFacts): Promise<void> {
  const { version, text, digest, at } = facts;
  await tx
    .insertInto('disputes.claim_facts')
    .values({ claim_id: id, version, doc: text, digest, at })
    .execute();
}

/** The newest version. */
export async function latestFacts(reader: Reader, id: string): Promise<FrozenFacts | undefined> {
  const row = await reader
    .selectFrom('disputes.claim_facts')
    .selectAll()
    .where('claim_id', '=', id)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { version: row.version, text: row.doc, digest: row.digest, at: row.at };
}

/** Refuses `same_reviewer`: nobody decides the same claim twice. */
export async function insertDecision(tx: Tx, id: string, made: Decision): Promise<void> {
  const { round, basis, outcome, fault, rule, reasons, at } = made;
  try {
    await tx
      .insertInto('disputes.claim_decision')
      .values({
        ...{ claim_id: id, round, basis, outcome, fault, rule, at },
        refund_fen: made.refundFen,
        penalty_fen: made.penaltyFen,
        reason_zh: reasons.zh,
        reason_en: reasons.en,
        words: made.words ?? null,
        facts: made.facts ?? null,
        decided_by: made.by ?? null,
      })
      .execute();
  } catch (error) {
    throw reviewerRefused(error);
  }
}

/** The first decision and, after an appeal, the second. */
export async function decisionsOf(reader: Reader, id: string): Promise<Decision[]> {
  const rows = await reader
    .selectFrom('disputes.claim_decision')
    .selectAll()
    .where('claim_id', '=', id)
    .orderBy('round')
    .execute();
  return rows.map((row) => ({
    round: row.round as 1 | 2,
    basis: row.basis as Basis,
    outcome: row.outcome as ClaimOutcome,
    refundFen: fen(row.refund_fen),
    fault: row.fault as Fault,
    penaltyFen: fen(row.penalty_fen),
    rule: row.rule,
    reasons: { zh: row.reason_zh, en: row.reason_en },
    ...(row.words !== null && { words: row.words }),
    ...(row.facts !== null && { facts: row.facts }),
    ...(row.decided_by !== null && { by: row.decided_by }),
    at: row.at,
  }));
}

export function toClaim(row: Selectable<Database['disputes.claim']>): Claim {
  const { id, subject, open } = row;
  return {
    ...{ id, subject, open },
    venue: row.venue as Venue,
    claimant: { role: row.claimant_role as Party, userId: row.claimant_id },
    respondent: { role: row.respondent_role as Party, userId: row.respondent_id },
    reason: row.reason as Code,
    atStakeFen: fen(row.at_stake_fen),
    openedAt: row.opened_at,
    respondBy: row.respond_by,
    decideBy: row.decide_by,
    ...(row.offer_fen !== null &&
      row.offered_by !== null &&
      row.offered_at && {
        offer: { fen: fen(row.offer_fen), by: row.offered_by, at: row.offered_at },
      }),
    ...(row.assigned_to !== null && { assignedTo: row.assigned_to }),
    ...(row.appealed_by !== null &&
      row.appealed_at && { appeal: { by: row.appealed_by, at: row.appealed_at } }),
    ...(row.desk_until && { deskUntil: row.desk_until }),
    ...(row.executed_at && { executedAt: row.executed_at }),
  };
}

/** Who decided before the appeal. */
export async function firstReviewerOf(reader: Reader, id: string): Promise<string | undefined> {
  const row = await reader
    .selectFrom('disputes.claim')
    .select('first_reviewer')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.first_reviewer ?? undefined;
}
