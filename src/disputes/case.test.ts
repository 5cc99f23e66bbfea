// Goal: a case is opened once, decided once or lapses for the seller, and its money follows in the same commit.
// Method: real PostgreSQL; rivals in parallel; the clock with an executor that fails first and works later.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import {
  buildHttp,
  type Caller,
  DAY,
  type Db,
  fen,
  fileKeys,
  inTransaction,
  newId,
  plus,
  Refused,
  ROLES,
  type Role,
  readConfig,
  SECOND,
  silentLog,
} from '#platform';
import { checkProcess, historyOf, look, runClock } from '#process';
import { entriesOf } from '#record';
import { freshDatabase } from '#test/database.ts';
import {
  type Case,
  caseClock,
  caseOf,
  caseProcess,
  closeCase,
  DECIDE_DAYS_MAX,
  decideCase,
  disputesRoutes,
  noteOf,
  openCase,
  withdrawCase,
} from './index.ts';

const T0 = new Date('2026-03-02T02:00:00Z');
const DEADLINE = plus(T0, 3 * DAY);
const by = { role: 'operator', actor: 'staff-1' } as const;

const directory = mkdtempSync(join(tmpdir(), 'huiquan-cases-'));
const keys = fileKeys(join(directory, 'keys.json'));
test.after(() => rmSync(directory, { recursive: true }));

const open = (db: Db, subject: string, extra: { note?: string; deadline?: Date } = {}) =>
  inTransaction(db, (tx) =>
    openCase(tx, {
      ...{ subject, by, reason: 'FACE_MISMATCH_BOUND', at: T0 },
      deadline: extra.deadline ?? DEADLINE,
      note: extra.note === undefined ? undefined : { text: extra.note, keys },
    }),
  );

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => 'nothing thrown',
    (thrown: unknown) => thrown,
  );
  assert(error instanceof Refused, String(error));
  return error.refusal.code;
}

test('the table of a case is sound', () => {
  assert.deepEqual(checkProcess(caseProcess), []);
});

test('one open case a subject, whatever number of requests race for it', async (t) => {
  const { db } = await freshDatabase(t);
  const order = newId(T0);
  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => open(db, order)));
  const lost = tries.filter((one) => one.status === 'rejected');
  assert.equal(lost.length, 7);
  for (const { reason } of lost)
    assert(reason instanceof Refused && reason.refusal.code === 'case_open');
  const first = await caseOf(db, order);
  assert(first);
  assert.equal(
    (await inTransaction(db, (tx) => withdrawCase(tx, { id: first.id, by, at: T0 }))).open,
    false,
  );
  const second = await open(db, order);
  assert.notEqual(second.id, first.id);
  assert.equal((await caseOf(db, order))?.id, second.id);
  assert.equal((await look(db, first.id))?.state, 'withdrawn');
});

test('an operator decides once; a release names no amount and a part must', async (t) => {
  const { db } = await freshDatabase(t);
  const { id } = await open(db, newId(T0));
  const decide = (outcome: 'release' | 'partial' | 'clawback', amountFen?: bigint) =>
    inTransaction(db, (tx) =>
      decideCase(tx, {
        ...{ id, actor: 'staff-2', outcome, reason: 'the probe shows it', at: plus(T0, DAY) },
        amountFen: amountFen === undefined ? undefined : fen(amountFen),
      }),
    );
  assert.equal(await codeOf(decide('partial')), 'case_amount');
  assert.equal(await codeOf(decide('partial', 0n)), 'case_amount');
  assert.equal(await codeOf(decide('release', 5n)), 'case_amount');
  assert.equal(await codeOf(decide('clawback', -5n)), 'case_amount');
  const decided = await decide('partial', 500n);
  assert.deepEqual(decided.decision, {
    outcome: 'partial',
    amountFen: 500n,
    by: 'staff-2',
    at: plus(T0, DAY),
    reason: 'the probe shows it',
  });
  assert.equal(await codeOf(decide('release')), 'wrong_state');
  const closed = await inTransaction(db, (tx) => closeCase(tx, { id, at: plus(T0, DAY) }));
  assert.equal(closed.open, false);
  const steps = (await historyOf(db, id)).map((step) => step.transition);
  assert.deepEqual(steps, ['start', 'decide', 'close']);
  const record = await entriesOf(db, id);
  assert.deepEqual(
    record.map((entry) => entry.type),
    ['case.start', 'case.decide', 'case.close'],
  );
  assert.equal(JSON.stringify(record).includes('the probe shows it'), false);
});

test('undecided at its deadline a case goes to the seller, with its money or not at all', async (t) => {
  const { db } = await freshDatabase(t);
  const order = newId(T0);
  const { id } = await open(db, order);
  const executed: Case[] = [];
  let works = false;
  const handlers = caseClock(async (_tx, decided) => {
    if (!works) throw new Refused('insufficient_funds');
    executed.push(decided);
  });
  assert.equal(await runClock(db, { at: new Date(DEADLINE.getTime() - 1), handlers }), 0);
  assert.equal(await runClock(db, { at: DEADLINE, handlers }), 0);
  assert.equal((await look(db, id))?.state, 'opened');
  assert.equal((await caseOf(db, order))?.decision, undefined);
  works = true;
  assert.equal(await runClock(db, { at: plus(DEADLINE, 10 * SECOND), handlers }), 1);
  const [released] = executed;
  assert.deepEqual(
    [executed.length, released?.decision?.outcome, released?.decision?.by],
    [1, 'release', undefined],
  );
  assert.deepEqual(
    [(await caseOf(db, order))?.open, (await look(db, id))?.state],
    [false, 'closed'],
  );
  assert.equal(await runClock(db, { at: plus(DEADLINE, DAY), handlers }), 0);
});

test('a decision that nobody executed is executed by the clock a day later', async (t) => {
  const { db } = await freshDatabase(t);
  const order = newId(T0);
  const { id } = await open(db, order);
  await inTransaction(db, (tx) =>
    decideCase(tx, { id, actor: 's', outcome: 'clawback', reason: 'drained', at: T0 }),
  );
  const executed: (string | undefined)[] = [];
  const handlers = caseClock(async (_tx, decided) => {
    executed.push(decided.decision?.outcome);
  });
  assert.equal(await runClock(db, { at: plus(T0, DAY), handlers }), 1);
  assert.deepEqual(executed, ['clawback']);
  assert.equal((await caseOf(db, order))?.open, false);
});

test('a deadline is bounded, and what people write is sealed', async (t) => {
  const { db } = await freshDatabase(t);
  const late = open(db, 'order-1', { deadline: plus(T0, DECIDE_DAYS_MAX * DAY + 1) });
  await assert.rejects(late, /later than its table allows/);
  assert.equal(await caseOf(db, 'order-1'), undefined);
  const { id, hasNote } = await open(db, 'order-1', { note: '张先生 13800000000' });
  assert.equal(hasNote, true);
  assert.equal((await noteOf(db, keys, id))?.reveal(), '张先生 13800000000');
  const { rows } = await sql<{ row: string; note: Buffer }>`
    select c::text as row, c.note from disputes.case c`.execute(db);
  assert.equal(rows[0]?.row.includes('13800000000'), false);
  assert.equal(rows[0]?.note.includes('13800000000'), false);
  assert.equal(JSON.stringify(await entriesOf(db, id)).includes('13800000000'), false);
});

test('the desk lists open cases page by page; the auditor without what people wrote', async (t) => {
  const { db } = await freshDatabase(t);
  for (const nth of [1, 2, 3])
    await inTransaction(db, (tx) =>
      openCase(tx, {
        ...{ subject: `order-${nth}`, by, reason: 'OTHER', deadline: DEADLINE },
        at: plus(T0, nth * SECOND),
        note: { text: `note ${nth}`, keys },
      }),
    );
  const app = await buildHttp({
    ...{ config: readConfig({}), db, clock: { now: () => T0 }, log: silentLog },
    authenticate: async ({ headers }) => callerWith(headers['x-role']),
  });
  disputesRoutes(app, {
    ...{ db, keys, clock: { now: () => T0 } },
    live: { subscribe: () => () => undefined, close: async () => undefined },
    execute: async () => assert.fail('no claim is open'),
  });
  t.after(() => app.close());
  const get = async (role: string, query = '') => {
    const reply = await app.inject({
      url: `/v1/console/cases${query}`,
      headers: { 'x-role': role },
    });
    return { status: reply.statusCode, body: reply.json() };
  };
  for (const role of ['none', 'finance', 'compliance']) assert.equal((await get(role)).status, 403);
  const first = await get('risk', '?limit=2');
  assert.deepEqual(
    first.body.items.map((item: { subject: string; note: string }) => [item.subject, item.note]),
    [
      ['order-3', 'note 3'],
      ['order-2', 'note 2'],
    ],
  );
  assert.equal(first.body.items[0].deadline, DEADLINE.toISOString());
  const second = await get('risk', `?limit=2&cursor=${first.body.next}`);
  assert.deepEqual([second.body.items.length, second.body.next], [1, undefined]);
  const audit = await get('auditor');
  assert.deepEqual(
    [audit.body.items.length, audit.body.items[0].note, audit.body.items[0].hasNote],
    [3, undefined, true],
  );
  assert.equal((await get('risk', '?cursor=1;drop')).status, 400);
  const { id } = (await caseOf(db, 'order-3')) ?? {};
  assert(id);
  await inTransaction(db, (tx) => withdrawCase(tx, { id, by, at: plus(T0, DAY) }));
  assert.equal((await get('support')).body.items.length, 2);
});

function callerWith(role: string | string[] | undefined): Caller | undefined {
  if (role === undefined) return undefined;
  const roles = new Set(ROLES.filter((known): known is Role => known === role));
  return { userId: 'u', sessionId: 's', roles, steppedUpAt: undefined };
}
