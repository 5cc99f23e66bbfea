// Goal: every claim comes to an end in time, decided once, its money moved once and in the same commit.
// Method: real PostgreSQL; each path and each clock of the table; rivals in parallel; strangers and wrong roles.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  DAY,
  type Db,
  fileKeys,
  HOUR,
  inTransaction,
  newId,
  plus,
  Refused,
  type Tx,
} from '#platform';
import { checkProcess, historyOf, look, runClock } from '#process';
import { freshDatabase } from '#test/database.ts';
import { openClaim } from './claim.ts';
import { claimClock, type EndedClaim } from './decide.ts';
import type { Facts } from './facts.ts';
import { claimProcess } from './life.ts';
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

async function _codeOf(work: Promise<unknown>): Promise<string> {
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
  const { db } = await freshDatabase(t);
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
  const { db } = await freshDatabase(t);
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
