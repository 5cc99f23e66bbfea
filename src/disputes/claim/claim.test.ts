// Goal: every claim comes to an end in time, decided once, its money moved once and in the same commit.
// Method: real PostgreSQL; each path and each clock of the table; rivals in parallel; strangers and wrong roles.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import {
  DAY,
  type Db,
  fen,
  fileKeys,
  HOUR,
  inTransaction,
  MINUTE,
  newId,
  plus,
  Refused,
  type Tx,
} from '#platform';
import { checkProcess, historyOf, look, runClock } from '#process';
import { entriesOf } from '#record';
import { databaseOf } from '#test/people.ts';
import {
  acceptSettlement,
  addFacts,
  appealClaim,
  claimOf,
  offerSettlement,
  openClaim,
  respondClaim,
  withdrawClaim,
} from './claim.ts';
import { claimClock, type EndedClaim } from './decide.ts';
import type { Facts } from './facts.ts';
import { answerBy, claimProcess, DISPUTE_DAYS_MAX } from './life.ts';
import { addStatement, STATEMENTS_MAX, statementsOf } from './statement.ts';
import { decisionsOf } from './store.ts';
import { BEFORE_REVEAL, PRICE, probe, sale, T0 } from './world.fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'huiquan-claims-'));
const keys = fileKeys(join(directory, 'keys.json'));
test.after(() => rmSync(directory, { recursive: true }));

const buyer = newId(T0);
const seller = newId(T0);
const empty = probe(keys, BEFORE_REVEAL, { code: 'USED_OR_VOID', balance: 0n });

const open = (
  db: Db,
  facts: Facts = sale(),
  extra: { subject?: string; statement?: string } = {},
) =>
  inTransaction(db, (tx) =>
    openClaim(tx, {
      ...{ subject: newId(T0), venue: 'market', reason: 'USED_OR_VOID', atStakeFen: PRICE },
      claimant: { role: 'buyer', userId: buyer },
      respondent: { role: 'seller', userId: seller },
      ...{ facts, at: T0, keys },
      ...extra,
    }),
  );

/** An executor that remembers, and refuses as long as it is told to. */
function till() {
  const ended: EndedClaim[] = [];
  const state = { works: true };
  const execute = async (_tx: Tx, claim: EndedClaim): Promise<void> => {
    if (!state.works) throw new Refused('insufficient_funds');
    ended.push(claim);
  };
  return { ended, state, execute, handlers: claimClock(keys, execute) };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => 'nothing thrown',
    (thrown: unknown) => thrown,
  );
  assert(error instanceof Refused, String(error));
  return error.refusal.code;
}

const steps = async (db: Db, id: string): Promise<string[]> =>
  (await historyOf(db, id)).map((step) => step.transition);

test('the table of a claim is sound', () => {
  assert.deepEqual(checkProcess(claimProcess), []);
});

test('proved by a signed probe, a claim is decided as it is opened, and executed after the window', async (t) => {
  const { db } = await databaseOf(t, [buyer, seller]);
  const { ended, handlers } = till();
  const { id } = await open(db, sale({ probeAtReveal: empty }));
  assert.deepEqual(await steps(db, id), ['start', 'rule']);
  const [decision] = await decisionsOf(db, id);
  assert.deepEqual(
    [decision?.basis, decision?.rule, decision?.outcome, decision?.refundFen, decision?.fault],
    ['rule', 'dead_at_reveal', 'refund', PRICE, 'seller'],
  );
  assert.equal(await runClock(db, { at: plus(T0, 3 * DAY - 1), handlers }), 0);
  await runClock(db, { at: plus(T0, 3 * DAY), handlers });
  assert.equal(ended.length, 1);
  assert.deepEqual(ended[0]?.end, {
    ...{ basis: 'rule', rule: 'dead_at_reveal', outcome: 'refund', refundFen: PRICE },
    fault: 'seller',
  });
  assert.equal((await look(db, id))?.state, 'closed');
});

test('who does not answer does not object', async (t) => {
  const { db } = await databaseOf(t, [buyer, seller]);
  const { ended, handlers } = till();
  const { id, respondBy } = await open(db);
  assert.deepEqual(respondBy, plus(T0, 4 * HOUR));
  assert.equal(await runClock(db, { at: plus(respondBy, -1), handlers }), 0);
  await runClock(db, { at: respondBy, handlers });
  const [decision] = await decisionsOf(db, id);
  assert.deepEqual([decision?.basis, decision?.outcome], ['silence', 'refund']);
  await runClock(db, { at: plus(respondBy, 3 * DAY), handlers });
  assert.equal(ended[0]?.end.refundFen, PRICE);
});

test('agreed to, the money goes back at once', async (t) => {
  const { db } = await databaseOf(t, [buyer, seller]);
  const { ended, execute } = till();
  const { id } = await open(db);
  const at = plus(T0, HOUR);
  const answer = (userId: string) =>
    inTransaction(db, (tx) => respondClaim(tx, execute, { id, userId, at, answer: 'agree' }));
  assert.equal(await codeOf(answer(newId(T0))), 'not_found');
  assert.equal(await codeOf(answer(buyer)), 'not_your_turn');
  const closed = await answer(seller);
  assert.deepEqual([closed.open, closed.executedAt], [false, at]);
  assert.deepEqual(
    [ended[0]?.end.basis, ended[0]?.end.refundFen, ended[0]?.end.fault],
    ['agreement', PRICE, 'seller'],
  );
  assert.equal(await codeOf(answer(seller)), 'wrong_state');
});

test('an answer and the clock of silence: one of them, never both', async (t) => {
  const { db } = await databaseOf(t, [buyer, seller]);
  for (const late of [-1, 0]) {
    const { execute, handlers, ended } = till();
    const { id, respondBy } = await open(db);
    const at = plus(respondBy, late);
    const answered = inTransaction(db, (tx) =>
      respondClaim(tx, execute, { id, userId: seller, at, answer: 'contest' }),
    ).then(
      () => true,
      () => false,
    );
    const [isAnswered] = await Promise.all([answered, runClock(db, { at: respondBy, handlers })]);
    // The clock passes by a process that a refused answer still holds, and comes again.
    await runClock(db, { at: respondBy, handlers });
    const taken = await steps(db, id);
    assert.equal(taken.length, 2);
    assert.equal(taken.includes('contest'), isAnswered);
    assert.equal(taken.includes('stay_silent'), !isAnswered);
    if (late === 0) assert.equal(isAnswered, false, 'one tick late is late');
    assert.equal(ended.length, 0);
  }
});

const facing = { venue: 'market' } as const;

test('contested and never decided, the burden of proof decides and the reserve bears the loss', async (t) => {
  const { db } = await databaseOf(t, [buyer, seller]);
  const { ended, execute, handlers } = till();
  const good = probe(keys, BEFORE_REVEAL);
  for (const [facts, outcome, fault] of [
    [sale(), 'refund', 'platform'],
    [sale({ probeAtReveal: good }), 'release', 'unknown'],
  ] as const) {
    const { id, subject } = await open(db, facts);
    await inTransaction(db, (tx) =>
      respondClaim(tx, execute, { id, userId: seller, at: plus(T0, HOUR), answer: 'contest' }),
    );
    await runClock(db, { at: plus(T0, HOUR + DAY), handlers });
    assert.equal((await look(db, id))?.state, 'arbitration');
    await runClock(db, { at: plus(T0, HOUR + 4 * DAY - 1), handlers });
    assert.equal((await look(db, id))?.state, 'arbitration');
    await runClock(db, { at: plus(T0, HOUR + 4 * DAY), handlers });
    const [decision] = await decisionsOf(db, id);
    assert.deepEqual(
      [decision?.basis, decision?.outcome, decision?.fault],
      ['burden_of_proof', outcome, fault],
    );
    assert.equal((await claimOf(db, { ...facing, subject }))?.deskUntil, undefined);
    await runClock(db, { at: plus(T0, HOUR + 7 * DAY), handlers });
    assert.equal(ended.at(-1)?.end.outcome, outcome);
  }
});

test('the longest way from a claim to its end is within the limit', () => {
  const { transitions, states, initial } = claimProcess;
  const rows = Object.values(transitions);
  const longest = (state: string): number => {
    if (states[state]?.terminal) return 0;
    const out = rows.filter(({ from }) => from.includes(state));
    const waits = out.flatMap(({ by, after, within }) =>
      by.includes('clock')
        ? [after === 'due' ? (within ?? Number.NaN) : (after ?? Number.NaN)]
        : [],
    );
    // A person may act just before the clock would, so every exit may come as late as the clock's.
    return Math.min(...waits) + Math.max(...out.map(({ to }) => longest(to)));
  };
  const ms = longest(initial);
  assert.equal(ms, 11 * DAY + MINUTE);
  assert(ms <= DISPUTE_DAYS_MAX * DAY);
});

test('four hours by day, a day at night and on days off', () => {
  const cases: [string, number][] = [
    ['2026-03-02T00:00:00Z', 4], // Monday 08:00
    ['2026-03-02T09:59:59Z', 4], // 17:59
    ['2026-03-02T10:00:00Z', 24], // 18:00
    ['2026-03-01T23:59:59Z', 24], // Monday 07:59
    ['2026-03-07T04:00:00Z', 24], // Saturday noon
    ['2026-02-14T04:00:00Z', 4], // a Saturday that is worked in exchange
    ['2026-10-01T04:00:00Z', 24], // National Day, a Thursday
  ];
  for (const [text, hours] of cases) {
    const at = new Date(text);
    assert.deepEqual(answerBy(at), plus(at, hours * HOUR), text);
  }
});

test('facts that come later are frozen beside the first ones, and may decide', async (t) => {
  const { db } = await databaseOf(t, [buyer, seller]);
  const { id } = await open(db);
  const add = (facts: Facts) =>
    inTransaction(db, (tx) => addFacts(tx, { id, facts, at: plus(T0, MINUTE), keys }));
  await add(sale());
  await add(sale({ probeAtReveal: empty }));
  await add(sale({ probeAtReveal: empty }));
  assert.deepEqual(await steps(db, id), ['start', 'rule']);
  const versions = (await entriesOf(db, id)).filter(({ type }) => type === 'claim.facts');
  assert.deepEqual(
    versions.map(({ data }) => (data as { version: number }).version),
    [1, 2],
  );
  const { rows } = await sql<{ ok: boolean }>`
    select digest = sha256(convert_to(doc, 'UTF8')) as ok from disputes.claim_facts`.execute(db);
  assert.deepEqual(rows, [{ ok: true }, { ok: true }]);
});

test('a part is offered and accepted; nobody accepts their own offer, or another amount than they saw', async (t) => {
  const { db } = await databaseOf(t, [buyer, seller]);
  const { ended, execute } = till();
  const { id } = await open(db);
  const at = plus(T0, HOUR);
  const offer = (userId: string, amount: bigint) =>
    inTransaction(db, (tx) => offerSettlement(tx, { id, userId, at, refundFen: fen(amount) }));
  const accept = (userId: string, amount: bigint) =>
    inTransaction(db, (tx) =>
      acceptSettlement(tx, execute, { id, userId, at, refundFen: fen(amount) }),
    );
  assert.equal(await codeOf(accept(buyer, 100n)), 'no_offer');
  assert.equal(await codeOf(offer(seller, PRICE)), 'amount_out_of_range');
  assert.equal(await codeOf(offer(seller, 0n)), 'amount_out_of_range');
  assert.equal(await codeOf(offer(newId(T0), 5n)), 'not_found');
  await offer(seller, 4_000n);
  assert.equal(await codeOf(accept(seller, 4_000n)), 'no_offer');
  await offer(seller, 4_500n);
  assert.equal(await codeOf(accept(buyer, 4_000n)), 'content_changed');
  await accept(buyer, 4_500n);
  assert.deepEqual(
    [ended[0]?.end.basis, ended[0]?.end.outcome, ended[0]?.end.refundFen],
    ['settlement', 'partial', 4_500n],
  );
  assert.deepEqual((await steps(db, id)).slice(-2), ['settle', 'execute']);
  assert.equal(await codeOf(offer(seller, 4_000n)), 'wrong_state');
});

test('one open claim a subject, and a new one after it was withdrawn', async (t) => {
  const { db } = await databaseOf(t, [buyer, seller]);
  const { ended, execute } = till();
  const subject = newId(T0);
  const tries = await Promise.allSettled(
    Array.from({ length: 6 }, () => open(db, sale(), { subject })),
  );
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  const claim = await claimOf(db, { ...facing, subject });
  assert(claim);
  const { id } = claim;
  const withdraw = (userId: string) =>
    inTransaction(db, (tx) => withdrawClaim(tx, execute, { id, userId, at: T0 }));
  assert.equal(await codeOf(withdraw(seller)), 'not_your_turn');
  await withdraw(buyer);
  assert.deepEqual([ended[0]?.end.basis, ended[0]?.end.outcome], ['withdrawn', 'release']);
  assert.notEqual((await open(db, sale(), { subject })).id, id);
});

test('while the money cannot be moved a claim stays final, and the clock tries again', async (t) => {
  const { db } = await databaseOf(t, [buyer, seller]);
  const { ended, state, handlers } = till();
  const { id } = await open(db, sale({ probeAtReveal: empty }));
  state.works = false;
  await runClock(db, { at: plus(T0, 3 * DAY), handlers });
  await runClock(db, { at: plus(T0, 3 * DAY + MINUTE), handlers });
  assert.deepEqual([(await look(db, id))?.state, ended.length], ['final', 0]);
  state.works = true;
  await runClock(db, { at: plus(T0, 3 * DAY + HOUR), handlers });
  await runClock(db, { at: plus(T0, 3 * DAY + 2 * HOUR), handlers });
  assert.deepEqual([(await look(db, id))?.state, ended.length], ['closed', 1]);
});

test('an appeal is in time or too late, once, and by a side', async (t) => {
  const { db } = await databaseOf(t, [buyer, seller]);
  const { handlers } = till();
  const { id } = await open(db, sale({ probeAtReveal: empty }));
  const appeal = (userId: string, at: Date) =>
    inTransaction(db, (tx) => appealClaim(tx, { id, userId, at, words: '我不同意这个裁决', keys }));
  assert.equal(await codeOf(appeal(seller, plus(T0, 3 * DAY))), 'deadline_passed');
  assert.equal(await codeOf(appeal(newId(T0), T0)), 'not_found');
  await appeal(seller, plus(T0, 3 * DAY - 1));
  assert.equal(await codeOf(appeal(buyer, plus(T0, 3 * DAY - 1))), 'wrong_state');
  await runClock(db, { at: plus(T0, 6 * DAY - 2), handlers });
  assert.equal((await look(db, id))?.state, 'appealed');
  // Nobody came to the appeal: a reasoned decision stands.
  await runClock(db, { at: plus(T0, 6 * DAY), handlers });
  assert.deepEqual((await steps(db, id)).slice(-3), ['appeal', 'uphold', 'execute']);
});

test('what people say is sealed, bounded, and never holds a secret', async (t) => {
  const { db } = await databaseOf(t, [buyer, seller]);
  const text = '我到店里刷卡，店员说余额为零';
  const { id } = await open(db, sale(), { statement: text });
  const say = (words: string, at = plus(T0, MINUTE)) =>
    inTransaction(db, (tx) => addStatement(tx, keys, { id, author: buyer, text: words, at }));
  assert.equal(await codeOf(say('卡号是 6222 0011 2233 4455')), 'text_card_secret');
  assert.equal(await codeOf(say('加我微信 abc12345')), 'text_contact');
  assert.equal(await codeOf(say('看<b>这里</b>')), 'text_markup');
  for (let nth = 1; nth < STATEMENTS_MAX; nth++) await say(`补充说明第${nth}条`);
  assert.equal(await codeOf(say('再补充一条')), 'file_full');
  const { rows } = await sql<{ row: string }>`
    select string_agg(s::text, '') as row from disputes.claim_statement s`.execute(db);
  assert.equal(rows[0]?.row.includes('余额为零'), false);
  assert.equal(JSON.stringify(await entriesOf(db, id)).includes('余额为零'), false);
  assert.equal((await statementsOf(db, keys, id))[0]?.text, text);
});

test('the texts of a step are written with the step: one who must answer, or two who may appeal', async (t) => {
  const { db } = await databaseOf(t, [buyer, seller]);
  const texts = async (): Promise<unknown> =>
    await db
      .selectFrom('parties.message')
      .select(['person_id as to', 'template'])
      .orderBy('id')
      .execute();
  await assert.rejects(
    inTransaction(db, async (tx) => {
      await openClaim(tx, {
        ...{ subject: newId(T0), venue: 'market', reason: 'USED_OR_VOID', atStakeFen: PRICE },
        claimant: { role: 'buyer', userId: buyer },
        respondent: { role: 'seller', userId: seller },
        ...{ facts: sale(), at: T0, keys },
      });
      throw new Error('never committed');
    }),
    /never committed/,
  );
  assert.deepEqual(await texts(), [], 'nothing happened, nobody is told');
  await open(db);
  assert.deepEqual(await texts(), [{ to: seller, template: 'claim_opened' }]);
  await open(db, sale({ probeAtReveal: empty }));
  const templates = ((await texts()) as { template: string }[]).map(({ template }) => template);
  assert.deepEqual(templates.toSorted(), ['claim_decided', 'claim_decided', 'claim_opened']);
});
