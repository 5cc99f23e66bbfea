/**
 * The recycler says what is wrong with a card it bought, once and in time; silence accepts it. The issuer is asked what
 * is true of it, the seller what they say, and whoever is contradicted by a signed answer bears it.
 */
import { type IssuerDeps, lastUseSeen, probeCard, RESULTS } from '#cards';
import { caseOf, closeCase, decideCase } from '#disputes';
import { noteDeed } from '#parties';
import {
  DAY,
  type Db,
  inTransaction,
  type Keys,
  MINUTE,
  notify,
  plus,
  type Reader,
  Refused,
  type Tx,
} from '#platform';
import { look } from '#process';
import { append } from '#record';
import { coverDefault, payoutOf } from '#settlement';
import { contest, execute } from './after-sale.ts';
import { heldBy } from './card.ts';
import { takeOrder } from './change.ts';
import { type Finding, judgeReport } from './findings.ts';
import { recyclerNews } from './news.ts';
import { isInStock } from './reveal.ts';
import { findOrder, type Order } from './store.ts';
import { findReport, insertReport, type Report, saveReport, toAudit } from './store-report.ts';

export interface ReportInput {
  readonly orderId: string;
  readonly recyclerId: string;
  readonly userId: string;
  /** Canonical verification code; the good ones and those of an issuer that is silent report nothing. */
  readonly reason: string;
  readonly note: string;
  readonly at: Date;
}

const isReason = (reason: string): reason is keyof typeof RESULTS =>
  Object.hasOwn(RESULTS, reason) && !['pass', 'wait'].includes(outcomeOf(reason));
const outcomeOf = (reason: string) => RESULTS[reason as keyof typeof RESULTS].outcome;

/**
 * Refuses not_found for another's order, invalid_input, already_reported, card_resold, report_late from the very
 * instant on at which silence has accepted, and wrong_state before the card was theirs.
 */
export async function reportBought(db: Db, keys: Keys, input: ReportInput): Promise<Order> {
  const { orderId, recyclerId, userId: actor, reason, note, at } = input;
  if (!isReason(reason)) throw new Refused('invalid_input');
  return await inTransaction(db, async (tx) => {
    const order = await takeOrder(tx, orderId);
    if (order.recycler !== recyclerId) throw new Refused('not_found');
    if (await findReport(tx, orderId)) throw new Refused('already_reported');
    if (order.resale_id !== null && !order.opened_at && !(await isInStock(tx, order)))
      throw new Refused('card_resold');
    if (order.state === 'closed') throw new Refused('report_late');
    const instance = await look(tx, orderId);
    if (order.state === 'settled' && instance?.dueAt && instance.dueAt <= at)
      throw new Refused('report_late');
    await noteReported(tx, order, at);
    await insertReport(tx, { orderId, recycler: recyclerId, reason, reportedAt: at });
    const step = { by: 'recycler', actor, at, reason, note, keys } as const;
    return await contest(tx, order, step, [{ task: EXAMINE, payload: { orderId } }]);
  });
}

export const EXAMINE = 'buyback.examine';

async function noteReported(tx: Tx, order: Order, at: Date): Promise<void> {
  const since = order.opened_at ?? order.verified_at ?? at;
  const value = BigInt(Math.max(0, Math.floor((at.getTime() - since.getTime()) / MINUTE)));
  const { recycler: recyclerId, id: subject } = order;
  await noteDeed(tx, { recyclerId, kind: 'reported', subject, value, at, news: recyclerNews });
}

export interface ExamineDeps {
  readonly db: Db;
  readonly cards: IssuerDeps;
}

/** A job: asks the issuer, and ends the case at once where its answer contradicts the report. Safe to run again. */
export async function examine(deps: ExamineDeps, orderId: string, at: Date): Promise<void> {
  const order = await findOrder(deps.db, orderId);
  const report = await findReport(deps.db, orderId);
  if (!order || !report || report.finding) return;
  const found = await lookAgain(deps, order, { ref: `${orderId}/report`, at });
  if (found === 'later') throw new Error('the issuer has not answered yet');
  const { finding, code, probeId } = found;
  await inTransaction(deps.db, async (tx) => {
    const now = await takeOrder(tx, orderId);
    if ((await findReport(tx, orderId))?.finding) return;
    await noteFinding(tx, now, { finding, at });
    await saveReport(tx, orderId, { finding, probe_id: probeId ?? null, found_at: at });
    const data = { reason: report.reason, finding, code, ...(probeId && { probe: probeId }) };
    await append(tx, { subject: orderId, type: 'buyback.report_examined', data, at });
    notify(tx, `buyback:${orderId}`);
    if (finding === 'false') await end(tx, now, { outcome: 'release', by: 'system', at });
  });
}

async function noteFinding(
  tx: Tx,
  { recycler: recyclerId, id: subject }: Order,
  { finding, at }: { finding: Finding; at: Date },
): Promise<void> {
  if (finding === 'unclear') return;
  const kind = finding === 'false' ? 'report_false' : 'report_true';
  await noteDeed(tx, { recyclerId, kind, subject, at, news: recyclerNews });
}

async function lookAgain(
  { db, cards }: ExamineDeps,
  order: Order,
  { ref, at }: { ref: string; at: Date },
): Promise<{ finding: Finding; code: string; probeId?: string | undefined } | 'later'> {
  const { card_id: cardId, face_fen: faceFen, opened_at: openedAt } = order;
  if (cardId === null) return { finding: 'unclear', code: 'OTHER' };
  const asked = { cardId, ref, heldBy: heldBy(order), expectFen: faceFen, at };
  const { code, balanceFen, probeId } = await probeCard(cards, asked);
  if (code === 'ISSUER_UNAVAILABLE') return 'later';
  const lastUseAt = probeId ? await lastUseSeen(db, probeId) : undefined;
  const seen = { code, balanceFen, faceFen, lastUseAt, openedAt: openedAt ?? undefined };
  return { finding: judgeReport(seen), code, probeId };
}

/** Decides the open case of an order and moves its money, in the caller's transaction. */
async function end(
  tx: Tx,
  order: Order,
  decided: { outcome: 'release' | 'clawback'; by: 'system' | 'seller'; actor?: string; at: Date },
): Promise<void> {
  const { outcome, by, actor, at } = decided;
  const open = await caseOf(tx, order.id);
  if (!open?.open) return;
  const reason = by === 'seller' ? 'seller_agrees' : 'signed_probe';
  const done = await decideCase(tx, { id: open.id, by, actor, outcome, reason, at });
  await execute(tx, done, { by: 'system', at });
  await closeCase(tx, { id: open.id, at });
}

const ANSWER_NOTE = 'buyback.answer';

/** The seller's word. Refuses not_found for another's order, wrong_state once it is decided or answered. */
export async function answerReport(
  db: Db,
  keys: Keys,
  said: {
    orderId: string;
    userId: string;
    answer: 'agrees' | 'contests';
    note?: string | undefined;
    at: Date;
  },
): Promise<void> {
  const { orderId, userId, answer, note, at } = said;
  await inTransaction(db, async (tx) => {
    const order = await takeOrder(tx, orderId, userId);
    const report = await findReport(tx, orderId);
    if (!report || report.answer || report.decidedAt) throw new Refused('wrong_state');
    await saveReport(tx, orderId, {
      ...{ answer, answered_at: at },
      ...(note !== undefined && { answer_note: keys.seal(ANSWER_NOTE, note, orderId) }),
    });
    await append(tx, { subject: orderId, type: 'buyback.report_answered', data: { answer }, at });
    notify(tx, `buyback:${orderId}`);
    if (answer === 'agrees')
      await end(tx, order, { outcome: 'clawback', by: 'seller', actor: userId, at });
  });
}

export const answerNoteOf = (keys: Keys, { orderId, answerNote }: Report): string | undefined =>
  answerNote && keys.open(ANSWER_NOTE, answerNote, orderId);

/** What the clock decides when nobody did: what was proved; what was not leaves the money with the seller. */
export async function provedOutcome(
  reader: Reader,
  subject: string,
): Promise<'release' | 'clawback'> {
  return (await findReport(reader, subject))?.finding === 'confirmed' ? 'clawback' : 'release';
}

/** A card that was given back in money and spent all the same is seen a day later at the latest. */
const AUDIT_AFTER_MS = DAY;

/** To be called now and then. Gives how many reports were looked at again. */
export async function auditReports(deps: ExamineDeps, at: Date): Promise<number> {
  let done = 0;
  for (const orderId of await toAudit(deps.db, plus(at, -AUDIT_AFTER_MS))) {
    const order = await findOrder(deps.db, orderId);
    if (!order) continue;
    const found = await lookAgain(deps, order, { ref: `${orderId}/audit`, at });
    if (found === 'later') continue;
    await inTransaction(deps.db, (tx) => conclude(tx, orderId, { ...found, at }));
    done++;
  }
  return done;
}

/** It kept the money and spent the card: it owes the seller, and its own money, then the reserve's, pays. */
async function conclude(
  tx: Tx,
  orderId: string,
  {
    finding,
    code,
    probeId,
    at,
  }: { finding: Finding; code: string; probeId?: string | undefined; at: Date },
): Promise<void> {
  const order = await takeOrder(tx, orderId);
  const report = await findReport(tx, orderId);
  if (!report?.refundFen || report.auditedAt) return;
  await saveReport(tx, orderId, { audited_at: at });
  const data = { finding, code, ...(probeId && { probe: probeId }) };
  await append(tx, { subject: orderId, type: 'buyback.report_audited', data, at });
  // A card that is whole was not spent: its recycler may still do so, but has not.
  if (finding !== 'false' || code === 'OK') return;
  const { recycler: recyclerId, user_id: payeeId } = order;
  const wasPaid = (await payoutOf(tx, orderId))?.state === 'paid';
  await noteDeed(tx, {
    ...{ recyclerId, subject: orderId, at, news: recyclerNews },
    kind: 'report_false',
  });
  if (recyclerId === 'house') return;
  const { walletFen } = await coverDefault(tx, {
    ...{ recyclerId, payeeId, subject: orderId, reason: 'false_report', at },
    ...{ owedFen: report.refundFen, isDebt: wasPaid },
  });
  const value = report.refundFen - walletFen;
  if (value > 0n)
    await noteDeed(tx, {
      ...{ recyclerId, kind: 'defaulted', subject: orderId, value, at, news: recyclerNews },
    });
}
