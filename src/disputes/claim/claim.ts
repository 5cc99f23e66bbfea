/** Opening a claim, what its two sides may do, and what the clock does when they do not. */
import assert from 'node:assert/strict';
import type { Code } from '#cards';
import {
  DAY,
  type Fen,
  type Keys,
  newId,
  notify,
  plus,
  type Reader,
  Refused,
  type Tx,
} from '#platform';
import { lock, move, start } from '#process';
import { append } from '#record';
import { conclude, type Execute, finish, inFull, ruleOn, theClaim, WITHDRAWN } from './decide.ts';
import { digestOfFacts, type Facts, textOfFacts } from './facts.ts';
import { APPEAL_MS, answerBy, claimProcess, DESK_MS } from './life.ts';
import { addStatement } from './statement.ts';
import {
  type Claim,
  findClaim,
  insertClaim,
  insertFacts,
  latestClaim,
  latestFacts,
  type PartyOf,
  saveClaim,
  type Venue,
} from './store.ts';
import { tellOfClaim } from './tell.ts';

/** The longest from the opening to the desk's last moment: answer, evidence, desk. */
const DECIDE_MS = 2 * DAY + DESK_MS;

export interface OpenClaim {
  /** The order it is about. */
  readonly subject: string;
  readonly venue: Venue;
  readonly claimant: PartyOf;
  readonly respondent: PartyOf;
  /** Canonical verification code: what is wrong. */
  readonly reason: Code;
  readonly atStakeFen: Fen;
  readonly facts: Facts;
  readonly statement?: string | undefined;
  readonly at: Date;
  /** Four hours by day, a day at night, unless the venue says otherwise; at most a day. */
  readonly respondBy?: Date | undefined;
  /** The desk's last moment, at most five days ahead. */
  readonly decideBy?: Date | undefined;
  readonly keys: Keys;
}

/**
 * Opens and, where the facts settle it, decides at once. Refuses `case_open`, and what a statement may not hold.
 * The money stands still until `execute` is called with the end of it: after the appeal, or when it is withdrawn.
 */
export async function openClaim(tx: Tx, input: OpenClaim): Promise<Claim> {
  const { subject, venue, claimant, respondent, reason, atStakeFen, at, keys } = input;
  const respondBy = input.respondBy ?? answerBy(at);
  const latest = new Date(at.getTime() + DECIDE_MS);
  const decideBy = input.decideBy && input.decideBy < latest ? input.decideBy : latest;
  const id = newId(at);
  await insertClaim(tx, {
    ...{ id, subject, venue, claimant, respondent, reason, atStakeFen, respondBy, decideBy },
    openedAt: at,
  });
  await start(tx, claimProcess, {
    ...{ id, at, by: 'claimant', actor: claimant.userId, due: respondBy },
    record: { venue, subject, reason, atStakeFen },
  });
  if (input.statement !== undefined)
    await addStatement(tx, keys, { id, author: claimant.userId, text: input.statement, at });
  await addFacts(tx, { id, facts: input.facts, at, keys });
  await tellOfClaim(tx, id);
  return await theClaim(tx, id);
}

/**
 * New facts, for instance the probe at the claim once the issuer has answered: frozen as the next version, and the
 * rules are asked again. Facts that are known already change nothing; those that come after the decision are kept.
 */
export async function addFacts(
  tx: Tx,
  input: { id: string; facts: Facts; at: Date; keys: Keys },
): Promise<void> {
  const { id, at, keys } = input;
  const now = await lock(tx, claimProcess, id);
  if (!now) throw new Refused('not_found');
  const claim = await theClaim(tx, id);
  const facts = { ...input.facts, reason: claim.reason };
  assert(facts.priceFen === claim.atStakeFen, 'what is at stake is the price');
  const text = textOfFacts(facts);
  const digest = digestOfFacts(text);
  const before = await latestFacts(tx, id);
  if (before?.digest.equals(digest)) return;
  const version = (before?.version ?? 0) + 1;
  await insertFacts(tx, id, { version, text, digest, at });
  await ruleOn(tx, { claim, state: now.state, facts, version, digest, at, keys });
}

interface Act {
  readonly id: string;
  readonly userId: string;
  readonly at: Date;
}

/** A claim of this person with their side in it; strangers learn not even that it exists. */
export async function ownClaim(
  reader: Reader,
  { id, userId }: { id: string; userId: string },
): Promise<{ claim: Claim; side: 'claimant' | 'respondent' }> {
  const claim = await findClaim(reader, id);
  if (claim?.claimant.userId === userId) return { claim, side: 'claimant' };
  if (claim?.respondent.userId === userId) return { claim, side: 'respondent' };
  throw new Refused('not_found');
}

/** The other side agrees, and the money goes back at once; or contests, and both bring their evidence. */
export async function respondClaim(
  tx: Tx,
  execute: Execute,
  input: Act & { answer: 'agree' | 'contest' },
): Promise<Claim> {
  const { id, userId: actor, at, answer } = input;
  const { claim, side } = await ownClaim(tx, input);
  const step = { id, at, by: side, actor };
  if (answer === 'contest') {
    await inTime(tx, id, 'awaiting_answer', at);
    await move(tx, claimProcess, { ...step, transition: 'contest' });
    return await theClaim(tx, id);
  }
  await inTime(tx, id, 'awaiting_answer', at);
  await move(tx, claimProcess, { ...step, transition: 'agree' });
  await conclude(tx, claim, { ...AGREED, ...inFull(claim), at });
  return await finish(tx, execute, id, at);
}

const AGREED = {
  basis: 'agreement',
  rule: 'agreed',
  reasons: { zh: '对方同意该诉求。', en: 'The other side agreed to the claim.' },
} as const;

/** A deadline that has passed is over, also before the clock has come round to it. */
async function inTime(tx: Tx, id: string, state: string, at: Date): Promise<void> {
  const now = await lock(tx, claimProcess, id);
  if (now?.state === state && now.dueAt && at >= now.dueAt) throw new Refused('deadline_passed');
}

/** One side offers a part; the newest offer counts, and the other side may accept it. */
export async function offerSettlement(tx: Tx, input: Act & { refundFen: Fen }): Promise<Claim> {
  const { id, userId, at, refundFen } = input;
  const { claim } = await ownClaim(tx, input);
  const now = await lock(tx, claimProcess, id);
  if (!now || !OPEN_TO_OFFERS.has(now.state))
    throw new Refused('wrong_state', { state: now?.state ?? '' });
  if (refundFen <= 0n || refundFen >= claim.atStakeFen) throw new Refused('amount_out_of_range');
  await saveClaim(tx, id, { offer: { fen: refundFen, by: userId, at } });
  await append(tx, { subject: id, type: 'claim.offer', data: { refundFen, actor: userId }, at });
  notify(tx, `claim:${id}`);
  return await theClaim(tx, id);
}

const OPEN_TO_OFFERS: ReadonlySet<string> = new Set(['awaiting_answer', 'evidence', 'arbitration']);

/** Accepts the other side's offer of exactly this amount: a newer offer is not accepted by an older page. */
export async function acceptSettlement(
  tx: Tx,
  execute: Execute,
  input: Act & { refundFen: Fen },
): Promise<Claim> {
  const { id, userId: actor, at, refundFen } = input;
  const { side } = await ownClaim(tx, input);
  await lock(tx, claimProcess, id);
  const claim = await theClaim(tx, id);
  if (!claim.offer || claim.offer.by === actor) throw new Refused('no_offer');
  if (claim.offer.fen !== refundFen) throw new Refused('content_changed');
  await move(tx, claimProcess, {
    ...{ id, at, by: side, actor, transition: 'settle' },
    record: { refundFen },
  });
  const ends = { outcome: 'partial', refundFen, fault: 'unknown' } as const;
  await conclude(tx, claim, { ...SETTLED, ...ends, at });
  return await finish(tx, execute, id, at);
}

const SETTLED = {
  basis: 'settlement',
  rule: 'settled',
  reasons: { zh: '双方达成和解，部分退款。', en: 'Both sides settled on a part.' },
} as const;

/** The claimant takes it back: the order goes on as if nothing had been said. */
export async function withdrawClaim(tx: Tx, execute: Execute, input: Act): Promise<Claim> {
  const { id, userId: actor, at } = input;
  const { side } = await ownClaim(tx, input);
  await move(tx, claimProcess, { id, at, by: side, actor, transition: 'withdraw' });
  await saveClaim(tx, id, { open: false, deskUntil: null });
  const claim = await theClaim(tx, id);
  await execute(tx, { ...claim, end: WITHDRAWN }, at);
  return claim;
}

/** Once, by either side, inside the window: another person looks at it anew. */
export async function appealClaim(
  tx: Tx,
  input: Act & { words: string; keys: Keys },
): Promise<Claim> {
  const { id, userId: actor, at, words, keys } = input;
  const { side } = await ownClaim(tx, input);
  await inTime(tx, id, 'decided', at);
  await move(tx, claimProcess, { id, at, by: side, actor, transition: 'appeal' });
  await saveClaim(tx, id, { appeal: { by: actor, at }, deskUntil: plus(at, APPEAL_MS) });
  await addStatement(tx, keys, { id, author: actor, text: words, at });
  return await theClaim(tx, id);
}

export const claimOf = (
  reader: Reader,
  about: { venue: Venue; subject: string },
): Promise<Claim | undefined> => latestClaim(reader, about);
