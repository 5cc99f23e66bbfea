/** Reports to the payment institution: made with the facts that it has to name, sealed, handed over under a stored number. */
import assert from 'node:assert/strict';
import { identityOf } from '#parties';
import {
  canonicalJson,
  chinaDay,
  type Fen,
  inTransaction,
  newId,
  type Reader,
  randomToken,
  sha256,
  type Tx,
  WorldError,
} from '#platform';
import { move, start, type TransitionOf } from '#process';
import { inForce, type RegulationId } from '#rules';
import type { ReportReceipt, RiskDeps } from './deps.ts';
import { type Flow, type PartyKind, workdaysAfter } from './domain.ts';
import { amlReport } from './report-life.ts';
import {
  findReport,
  insertReport,
  lockReport,
  type Report,
  type ReportKind,
  saveReport,
} from './store.ts';

export const HAND_OVER_JOB = 'risk.hand_over';
const jobFor = (reportId: string) => ({
  ...{ task: HAND_OVER_JOB, payload: { reportId } },
  key: `${HAND_OVER_JOB}/${reportId}`,
});
const boundTo = (id: string): string => `aml_report/${id}`;
const newNumber = (at: Date): string => newId(at).replaceAll('-', '');

export interface NewReport {
  readonly kind: ReportKind;
  readonly partyKind: PartyKind;
  readonly partyId: string;
  readonly day: string;
  readonly inFen: Fen;
  readonly outFen: Fen;
  readonly reasons: readonly string[];
  readonly regulation: RegulationId;
  readonly flows: readonly Flow[];
  /** What it says in words. */
  readonly note?: string;
}

/** Working days from the day of the trade, or from the decision that it is suspicious. */
const WORKING_DAYS = 5;

/** Undefined: the party has its large report of this day. The record gets the digest, and neither name nor party. */
export async function makeReport(
  tx: Tx,
  { keys }: Pick<RiskDeps, 'keys'>,
  made: NewReport & { at: Date; actor?: string },
): Promise<string | undefined> {
  const { regulation, flows, note, at, actor, ...facts } = made;
  const rule = inForce(regulation, facts.day);
  assert(rule, `${regulation} is in force`);
  const id = newId(at);
  const text = canonicalJson({
    ...{ format: 'huiquan-aml/1', reportNo: id, ...facts, note, madeAt: at },
    // Without it, whoever guesses name and sums could prove the guess by the digest in the record.
    salt: randomToken(),
    rule: { id: rule.id, version: rule.version, citation: rule.citation.zh },
    party: await partyIn(tx, keys, made),
    lines: flows.map(({ outNo, kind, way, amountFen, at: bookedAt }) => ({
      ...{ outNo, kind, way, amountFen, bookedAt },
    })),
  });
  const digest = sha256(text);
  const outNo = newNumber(at);
  const isNew = await insertReport(tx, {
    ...{ ...facts, id, rule: `${rule.id}.${rule.version}`, digest, outNo, madeAt: at },
    sealed: keys.seal('aml_report', text, boundTo(id)),
    state: amlReport.initial as Report['state'],
    dueOn: workdaysAfter(facts.kind === 'large' ? facts.day : chinaDay(at), WORKING_DAYS),
  });
  if (!isNew) return undefined;
  await start(tx, amlReport, {
    ...{ id, at, by: 'system', jobs: [jobFor(id)], ...(actor !== undefined && { actor }) },
    record: { digest: digest.toString('hex') },
  });
  return id;
}

/** As it was verified; a party that was never verified has only its number here. */
async function partyIn(
  reader: Reader,
  keys: RiskDeps['keys'],
  { partyKind: kind, partyId: id }: Pick<NewReport, 'partyKind' | 'partyId'>,
) {
  const known = await identityOf(reader, keys, { kind, id });
  return {
    ...{ kind, id },
    ...(known && { name: known.name.reveal(), number: known.number.reveal() }),
  };
}

export const textOf = (keys: RiskDeps['keys'], { id, sealed }: Report): string =>
  keys.open('aml_report', sealed, boundTo(id));

/** The task: hands the report over, or asks for its number once it may have left. */
export async function handOver(deps: RiskDeps, reportId: string): Promise<void> {
  const { db, keys, desk, log } = deps;
  const report = await findReport(db, reportId);
  if (report?.state !== 'sending' && report?.state !== 'asking') return;
  const { outNo, kind, state } = report;
  const submit = () => desk.submitReport({ outNo, kind, text: textOf(keys, report) });
  let receipt: ReportReceipt | undefined;
  try {
    receipt =
      state === 'sending' ? await submit() : ((await desk.queryReport(outNo)) ?? (await submit()));
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    const { code } = error;
    if (error.kind === 'reject')
      return await step(deps, report, { transition: 'refuse', by: 'institution', failure: code });
    log.warn({ report: reportId, code }, 'no answer about a report');
    if (state === 'sending') await step(deps, report, { transition: 'lose', by: 'system' });
    return;
  }
  // A receipt for another text is none: it is refused, and sent again under a new number.
  if (receipt.sha256 !== report.digest.toString('hex'))
    return await step(deps, report, {
      ...{ transition: 'refuse', by: 'institution', failure: 'digest_differs' },
    });
  const { receiptNo } = receipt;
  await step(deps, report, { transition: 'accept', by: 'institution', receiptNo });
}

interface Heard {
  readonly transition: TransitionOf<typeof amlReport>;
  readonly by: 'institution' | 'system';
  readonly failure?: string;
  readonly receiptNo?: string;
}

/** Only about the number that was asked for: meanwhile another one may be on its way. */
async function step(
  { db, clock }: RiskDeps,
  { id, outNo, state: asked }: Report,
  { transition, by, failure, receiptNo }: Heard,
): Promise<void> {
  const at = clock.now();
  await inTransaction(db, async (tx) => {
    const now = await lockReport(tx, id);
    if (now?.outNo !== outNo || now.state !== asked) return;
    const record = { ...(receiptNo !== undefined && { receiptNo }), ...(failure && { failure }) };
    const { state } = await move(tx, amlReport, { id, transition, by, at, record });
    await saveReport(tx, id, {
      state,
      ...(failure !== undefined && { failure }),
      ...(receiptNo !== undefined && { receiptNo, endedAt: at }),
    });
  });
}

/** What the clock does, and compliance with a report that was not taken. Refuses `not_found`, `wrong_state`. */
export async function pushReport(
  tx: Tx,
  pushed: {
    id: string;
    transition: 'lose' | 'chase' | 'resend';
    by: 'clock' | 'compliance';
    actor?: string;
    at: Date;
  },
): Promise<void> {
  const { id, transition, at } = pushed;
  const outNo = transition === 'resend' ? newNumber(at) : undefined;
  const { state } = await move(tx, amlReport, {
    ...{ ...pushed, jobs: [jobFor(id)] },
    ...(outNo !== undefined && { record: { outNo } }),
  });
  await saveReport(tx, id, { state, ...(outNo !== undefined && { outNo }) });
}
