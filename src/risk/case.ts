/** Suspicions: a sale that looks like fraud is paid later and looked into (R53, R51); what compliance decides of each. */
import assert from 'node:assert/strict';
import { countIssuers, findProduct, soldAtOf } from '#cards';
import { joinedAt } from '#parties';
import {
  chinaDay,
  DAY,
  type Fen,
  HOUR,
  newId,
  plus,
  type Reader,
  Refused,
  type Tx,
  ZERO,
} from '#platform';
import { move, start } from '#process';
import { inForce } from '#rules';
import { riskCase } from './case-life.ts';
import {
  type Case,
  findCase,
  findDelay,
  insertCase,
  insertDelay,
  saveCase,
  saveProof,
} from './case-store.ts';
import type { RiskDeps } from './deps.ts';
import { fraudPattern, ISSUERS_MS, type PatternRule, type SaleFacts } from './domain.ts';
import { makeReport, type NewReport } from './report.ts';
import { storyOf } from './story.ts';

export interface Sale {
  readonly subject: string;
  readonly userId: string;
  /** A card that never came in here says nothing. */
  readonly cardId: string | null;
  readonly sku: string;
  readonly amountFen: Fen;
  readonly at: Date;
}

/** Looks at a sale in the commit that settles it. Gives until when its payout waits; undefined: it need not. */
export async function delayOf(tx: Tx, sale: Sale): Promise<Date | undefined> {
  const { subject, userId, at } = sale;
  const known = await findDelay(tx, subject);
  if (known) return known.until;
  const rule = patternRule(chinaDay(at));
  const facts = await factsOf(tx, sale);
  const found = rule && facts && fraudPattern(facts, rule);
  if (!found) return undefined;
  const until = plus(at, found.holdDays * DAY);
  await insertDelay(tx, { subject, userId, until });
  await openCase(tx, {
    ...{ kind: 'pattern', partyKind: 'person', partyId: userId, subject, at },
    ...{ amountFen: sale.amountFen, reasons: found.signals },
    facts: {
      accountDays: String(Math.floor(facts.accountMs / DAY)),
      issuers: String(facts.issuers),
      holdDays: String(found.holdDays),
      ...(facts.cardMs !== undefined && { cardHours: String(Math.floor(facts.cardMs / HOUR)) }),
    },
  });
  return until;
}

function patternRule(day: string): PatternRule | undefined {
  const params: Partial<Record<keyof PatternRule, number>> | undefined = inForce(
    'R53',
    day,
  )?.params;
  if (!params) return undefined;
  const { signals, issuers, cardHours, holdDaysMin, holdDaysMax } = params;
  assert(signals && issuers && cardHours && holdDaysMin && holdDaysMax, 'R53 has its figures');
  return { signals, issuers, cardHours, holdDaysMin, holdDaysMax };
}

async function factsOf(
  reader: Reader,
  { userId, cardId, sku, at }: Sale,
): Promise<SaleFacts | undefined> {
  const joined = await joinedAt(reader, userId);
  if (!joined || cardId === null) return undefined;
  const isElectronic = (await findProduct(reader, sku))?.form === 'code';
  const soldAt = isElectronic ? await soldAtOf(reader, cardId) : undefined;
  return {
    accountMs: Number(at) - Number(joined),
    isElectronic,
    cardMs: soldAt && Number(at) - Number(soldAt),
    issuers: await countIssuers(reader, { ownerId: userId, since: plus(at, -ISSUERS_MS) }),
  };
}

export async function openCase(
  tx: Tx,
  made: Omit<Parameters<typeof insertCase>[1], 'id' | 'state'>,
): Promise<string | undefined> {
  const { at } = made;
  const id = newId(at);
  if (!(await insertCase(tx, { ...made, id, state: riskCase.initial }))) return undefined;
  // Neither who nor which sale: the record has more readers than the case may have.
  await start(tx, riskCase, { id, at, by: 'system', record: { kind: made.kind } });
  return id;
}

/** What the seller of a delayed payout is told. */
export async function delayView(
  reader: Reader,
  subject: string,
): Promise<{ until: string; proved: boolean } | undefined> {
  const delay = await findDelay(reader, subject);
  return delay && { until: delay.until.toISOString(), proved: delay.provedAt !== undefined };
}

/** The seller proved again who they are. Refuses `wrong_state` when nothing waits for that (any more). */
export async function proveSale(
  tx: Tx,
  proved: { subject: string; userId: string; at: Date },
): Promise<void> {
  if (!(await saveProof(tx, proved))) throw new Refused('wrong_state');
}

/** Refuses `not_found`, `wrong_state`. */
export async function stepCase(
  tx: Tx,
  step:
    | { id: string; transition: 'draft' | 'remind'; by: 'clock'; at: Date }
    | { id: string; transition: 'draft'; by: 'compliance'; actor: string; at: Date },
): Promise<void> {
  const { state } = await move(tx, riskCase, step);
  await saveCase(tx, step.id, { state });
}

interface Decided {
  readonly id: string;
  readonly actor: string;
  readonly why: string;
  readonly at: Date;
}

/** Nothing is behind it; what it held goes on. Refuses `not_found`, `wrong_state`. */
export async function clearCase(tx: Tx, { id, actor, why, at }: Decided): Promise<void> {
  const { state } = await move(tx, riskCase, {
    ...{ id, transition: 'clear', by: 'compliance', actor, at },
  });
  await saveCase(tx, id, { state, decided: { by: actor, at, why } });
}

/** The draft and what the person added go to the institution as a report. Refuses `not_found`, `wrong_state`. */
export async function reportCase(
  tx: Tx,
  deps: Pick<RiskDeps, 'keys'>,
  { id, actor, why, at }: Decided,
): Promise<void> {
  const { state } = await move(tx, riskCase, {
    ...{ id, transition: 'report', by: 'compliance', actor, at },
  });
  const found = await findCase(tx, id);
  assert(found, 'a process has its case');
  const reportId = await makeReport(tx, deps, { ...reportOf(found, why), at, actor });
  assert(reportId, 'only large days are unique');
  await saveCase(tx, id, { state, decided: { by: actor, at, why }, reportId });
}

const reportOf = (found: Case, why: string): NewReport => ({
  ...{ kind: 'suspicious', partyKind: found.partyKind, partyId: found.partyId },
  ...{ day: chinaDay(found.openedAt), inFen: ZERO, outFen: found.amountFen },
  ...{ reasons: found.reasons, flows: [] },
  regulation: found.kind === 'exposure' ? 'R55' : 'R51',
  note: `${storyOf(found)}\n${why}`,
});
