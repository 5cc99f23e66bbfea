/** The arbitration desk: who takes a claim, what they decide and say, and how well the desk does. */

import { sql } from 'kysely';
import {
  chinaDay,
  type Fen,
  fen,
  type Reader,
  Refused,
  sha256,
  share,
  type Tx,
  ZERO,
} from '#platform';
import { lock, move } from '#process';
import { checkText } from '#rules';
import { conclude, deskDue, type Execute, finish, recordOf, theClaim } from './decide.ts';
import { claimProcess } from './life.ts';
import type { ClaimOutcome, Fault, Said } from './rules.ts';
import { type Claim, latestFacts, saveAssignment, saveClaim } from './store.ts';

/** What the desk may find; both sides read the words of the template before the desk's own. */
export const TEMPLATES = {
  for_buyer: said(
    '证据支持买家：卖出的卡与承诺不符。',
    'The evidence is the buyer’s: the card was not what was promised.',
  ),
  for_seller: said(
    '证据支持卖家：卡片在交付时与承诺一致。',
    'The evidence is the seller’s: the card was as promised when it was handed over.',
  ),
  restriction_undisclosed: said(
    '挂卡时没有写明影响使用的限制。',
    'A restriction that matters was not stated in the listing.',
  ),
  both_responsible: said('双方都有责任，按比例分担。', 'Both sides share the responsibility.'),
  issuer_caused: said(
    '原因在发卡方，双方均无过错。',
    'The issuer caused it; neither side is at fault.',
  ),
  platform_caused: said(
    '原因在平台，损失由平台承担。',
    'The platform caused it and bears the loss.',
  ),
  not_proved: said(
    '诉求没有得到证明，按举证责任处理。',
    'The claim was not proved; the burden of proof decides.',
  ),
} as const satisfies Record<string, Said>;
export type Template = keyof typeof TEMPLATES;
export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as Template[];

function said(zh: string, en: string): Said {
  return { zh, en };
}

/** One per cent to the other side, at most 50 yuan: it hurts who tries often, and ruins nobody who was wrong once. */
const PENALTY_BPS = 100;
const PENALTY_MAX: Fen = fen(5_000n);

export function penaltyOf(atStakeFen: Fen): Fen {
  const part = share(atStakeFen, PENALTY_BPS, 'down');
  return part > PENALTY_MAX ? PENALTY_MAX : part;
}

interface Act {
  readonly id: string;
  readonly actor: string;
  readonly at: Date;
}

const AT_DESK: ReadonlySet<string> = new Set(['evidence', 'arbitration', 'appealed']);

/**
 * Takes the claim; taking it again is no change. Refuses claim_taken, same_reviewer, reviewer_is_party, wrong_state.
 */
export async function assignClaim(tx: Tx, { id, actor, at }: Act): Promise<Claim> {
  const now = await lock(tx, claimProcess, id);
  if (!now) throw new Refused('not_found');
  if (!AT_DESK.has(now.state)) throw new Refused('wrong_state', { state: now.state });
  const claim = await theClaim(tx, id);
  if (claim.assignedTo === actor) return claim;
  if (claim.assignedTo !== undefined) throw new Refused('claim_taken');
  await saveAssignment(tx, id, actor, at);
  return await theClaim(tx, id);
}

/** Both sides have said enough: on to the desk without waiting for the end of the day. */
export async function hearClaim(tx: Tx, { id, actor, at }: Act): Promise<Claim> {
  const now = await lock(tx, claimProcess, id);
  if (!now) throw new Refused('not_found');
  const claim = await mine(tx, id, actor);
  const due = deskDue(claim, at);
  await move(tx, claimProcess, { id, at, by: 'operator', actor, transition: 'hear', due });
  await saveClaim(tx, id, { deskUntil: due });
  return await theClaim(tx, id);
}

export interface DeskDecision extends Act {
  readonly outcome: ClaimOutcome;
  /** For `partial` only. */
  readonly refundFen?: Fen | undefined;
  readonly fault: Fault;
  readonly penalty: boolean;
  readonly template: Template;
  readonly words: string;
}

/**
 * Decides, or on appeal decides anew and for good. Refuses claim_not_assigned, same_reviewer, deadline_passed,
 * wrong_state, case_amount, amount_out_of_range, penalty_without_fault, and what may not be written.
 */
export async function decideClaim(tx: Tx, execute: Execute, input: DeskDecision): Promise<Claim> {
  const { id, actor, at, outcome, fault, template, words } = input;
  const no = checkText(words, chinaDay(at));
  if (no) throw new Refused(no);
  const now = await lock(tx, claimProcess, id);
  if (!now) throw new Refused('not_found');
  const claim = await mine(tx, id, actor);
  const isAppeal = now.state === 'appealed';
  if ((isAppeal || now.state === 'arbitration') && now.dueAt && at >= now.dueAt)
    throw new Refused('deadline_passed');
  const refundFen = refundOf(claim, input);
  if (input.penalty && fault !== 'seller' && fault !== 'buyer')
    throw new Refused('penalty_without_fault');
  const penaltyFen = input.penalty ? penaltyOf(claim.atStakeFen) : ZERO;
  const facts = (await latestFacts(tx, id))?.version;
  const ruling = { rule: template, outcome, refundFen, fault };
  await move(tx, claimProcess, {
    ...{ id, at, by: 'operator', actor },
    transition: isAppeal ? 'decide_appeal' : 'decide',
    // The reasoning in public words; the free words only as a commitment, for they may name things.
    record: {
      ...recordOf(ruling),
      ...{ penaltyFen, facts, words: sha256(words).toString('hex') },
    },
  });
  await conclude(tx, claim, {
    ...{ ...ruling, basis: 'desk', reasons: TEMPLATES[template], words, by: actor, at, penaltyFen },
    ...(facts !== undefined && { facts }),
  });
  if (isAppeal) return await finish(tx, execute, id, at);
  await saveClaim(tx, id, { firstReviewer: actor });
  return await theClaim(tx, id);
}

async function mine(tx: Tx, id: string, actor: string): Promise<Claim> {
  const claim = await theClaim(tx, id);
  if (claim.assignedTo !== actor) throw new Refused('claim_not_assigned');
  return claim;
}

function refundOf(claim: Claim, { outcome, refundFen }: DeskDecision): Fen {
  if ((refundFen !== undefined) !== (outcome === 'partial')) throw new Refused('case_amount');
  if (outcome === 'refund') return claim.atStakeFen;
  if (outcome === 'release') return ZERO;
  if (refundFen === undefined || refundFen <= 0n || refundFen >= claim.atStakeFen)
    throw new Refused('amount_out_of_range');
  return refundFen;
}

export interface DeskFigures {
  readonly opened: number;
  readonly decided: number;
  readonly withdrawn: number;
  readonly byRule: number;
  readonly appealed: number;
  /** Appeals in which the second decision differs from the first in outcome or amount. */
  readonly overturned: number;
  /** From opening to the first decision. */
  readonly hoursMedian: number | undefined;
  readonly hoursP95: number | undefined;
}

/** Of the claims opened in [from, to). */
export async function deskFigures(
  reader: Reader,
  { from, to }: { from: Date; to: Date },
): Promise<DeskFigures> {
  const { rows } = await sql<Record<keyof DeskFigures, bigint | number | null>>`
    with opened as (
      select * from disputes.claim where opened_at >= ${from} and opened_at < ${to}),
    decided as (
      select c.id, c.appealed_at, one.basis, extract(epoch from one.at - c.opened_at) / 3600 as hours,
             two.outcome is not null
               and (two.outcome, two.refund_fen) is distinct from (one.outcome, one.refund_fen) as turned
      from opened c
      join disputes.claim_decision one on one.claim_id = c.id and one.round = 1
      left join disputes.claim_decision two on two.claim_id = c.id and two.round = 2)
    select (select count(*) from opened) as opened,
           count(*) as decided,
           (select count(*) from opened o where not o.open and o.executed_at is null) as withdrawn,
           count(*) filter (where basis = 'rule') as "byRule",
           count(*) filter (where appealed_at is not null) as appealed,
           count(*) filter (where turned) as overturned,
           percentile_cont(0.5) within group (order by hours)::float8 as "hoursMedian",
           percentile_cont(0.95) within group (order by hours)::float8 as "hoursP95"
    from decided`.execute(reader);
  const row = rows[0];
  const count = (key: keyof DeskFigures): number => Number(row?.[key] ?? 0);
  const hours = (key: keyof DeskFigures): number | undefined => {
    const value = row?.[key];
    return value === null || value === undefined ? undefined : Number(value);
  };
  return {
    ...{ opened: count('opened'), decided: count('decided'), withdrawn: count('withdrawn') },
    ...{ byRule: count('byRule'), appealed: count('appealed'), overturned: count('overturned') },
    ...{ hoursMedian: hours('hoursMedian'), hoursP95: hours('hoursP95') },
  };
}
