// Goal: whatever the two sides, the desk and the clock do, in any order, a claim ends once, in time, its money moved once.
// Method: seeded random walks through the use cases on real PostgreSQL; 2 of 3 steps lawful, so that they go deep;
// invariants after every walk; every state and every transition of the table must have been reached.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { DAY, type Db, fen, fileKeys, HOUR, inTransaction, newId, plus, Refused } from '#platform';
import { allowedFor, historyOf, look, runClock } from '#process';
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
import { assignClaim, type DeskDecision, decideClaim, hearClaim } from './desk.ts';
import { claimProcess, DISPUTE_DAYS_MAX } from './life.ts';
import { decisionsOf } from './store.ts';
import { BEFORE_REVEAL, PRICE, probe, sale, T0 } from './world.fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'huiquan-walk-'));
const keys = fileKeys(join(directory, 'keys.json'));
test.after(() => rmSync(directory, { recursive: true }));

const buyer = newId(T0);
const seller = newId(T0);
const desk = [newId(T0), newId(T0)] as const;
const settling = sale({
  probeAtReveal: probe(keys, BEFORE_REVEAL, { code: 'USED_OR_VOID', balance: 0n }),
});

interface Walk {
  readonly db: Db;
  readonly id: string;
  readonly ended: EndedClaim[];
  at: Date;
}

const verdict: Omit<DeskDecision, 'id' | 'actor' | 'at'> = {
  ...{ outcome: 'partial', refundFen: fen(100n), fault: 'seller', penalty: false },
  ...{ template: 'both_responsible', words: '各担一部分' },
};

/** Each step by its name in the table, taken through the use cases as the routes do. */
function stepsOf(walk: Walk): Record<string, () => Promise<unknown>> {
  const { db, id, ended } = walk;
  const execute = async (_tx: unknown, claim: EndedClaim): Promise<void> => {
    ended.push(claim);
  };
  const tx = <T>(work: Parameters<typeof inTransaction<T>>[1]): Promise<T> =>
    inTransaction(db, work);
  const who = (userId: string) => ({ id, userId, at: walk.at });
  const decide = async (): Promise<void> => {
    for (const actor of desk) {
      const act = { id, actor, at: walk.at };
      try {
        await tx((one) => assignClaim(one, act));
        await tx((one) => decideClaim(one, execute, { ...verdict, ...act }));
        return;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
    }
  };
  const handlers = claimClock(keys, execute);
  return {
    rule: () => tx((one) => addFacts(one, { id, facts: settling, at: walk.at, keys })),
    agree: () => tx((one) => respondClaim(one, execute, { ...who(seller), answer: 'agree' })),
    contest: () => tx((one) => respondClaim(one, execute, { ...who(seller), answer: 'contest' })),
    settle: async () => {
      const refundFen = fen(500n);
      await tx((one) => offerSettlement(one, { ...who(seller), refundFen }));
      await tx((one) => acceptSettlement(one, execute, { ...who(buyer), refundFen }));
    },
    withdraw: () => tx((one) => withdrawClaim(one, execute, who(buyer))),
    hear: async () => {
      const act = { id, actor: desk[0], at: walk.at };
      await tx((one) => assignClaim(one, act));
      await tx((one) => hearClaim(one, act));
    },
    decide,
    decide_appeal: decide,
    appeal: () => tx((one) => appealClaim(one, { ...who(buyer), words: '请复核一次', keys })),
    wait: async () => {
      walk.at = plus(walk.at, HOUR);
      await runClock(db, { at: walk.at, handlers });
    },
    clock: async () => {
      const { dueAt } = (await look(db, id)) ?? {};
      if (dueAt && dueAt > walk.at) walk.at = dueAt;
      await runClock(db, { at: walk.at, handlers });
    },
  };
}

const HUMAN = ['rule', 'agree', 'contest', 'settle', 'withdraw', 'hear', 'decide', 'decide_appeal'];
const DEEPER = new Set(['contest', 'hear', 'decide', 'appeal', 'decide_appeal']);
const anything = fc.constantFrom(...HUMAN, 'appeal', 'wait', 'clock');
const choice = fc.record({
  isLawful: fc.integer({ min: 0, max: 2 }),
  pick: fc.nat(99),
  any: anything,
});

/** What somebody may do now; what leads deeper comes three times as often as what ends the walk. */
async function lawful({ db, id }: Walk): Promise<string[]> {
  const roles = ['claimant', 'respondent', 'operator', 'system'] as const;
  const names = await Promise.all(roles.map((role) => allowedFor(db, claimProcess, id, role)));
  const known = new Set(names.flat());
  const may = [...HUMAN, 'appeal'].filter((name) => known.has(name));
  const deeper = may.filter((name) => DEEPER.has(name));
  return [...may, ...deeper, ...deeper];
}

async function take(walk: Walk, name: string): Promise<void> {
  try {
    await stepsOf(walk)[name]?.();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

test('random walks end once and in time, and reach everything', { timeout: 200_000 }, async (t) => {
  const { db } = await databaseOf(t, [buyer, seller]);
  const reached = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(choice, { maxLength: 7 }), async (choices) => {
      const { id, subject } = await inTransaction(db, (tx) =>
        openClaim(tx, {
          ...{ subject: newId(T0), venue: 'market', reason: 'USED_OR_VOID', atStakeFen: PRICE },
          claimant: { role: 'buyer', userId: buyer },
          respondent: { role: 'seller', userId: seller },
          ...{ facts: sale(), at: T0, keys },
        }),
      );
      const walk: Walk = { db, id, ended: [], at: T0 };
      for (const { isLawful, pick, any } of choices) {
        const may = isLawful > 0 ? [...(await lawful(walk)), 'clock'] : [];
        await take(walk, may[pick % Math.max(may.length, 1)] ?? any);
        assert((await look(db, id))?.terminal === (walk.ended.length === 1));
      }
      // Left alone it ends by itself.
      for (let rounds = 0; rounds < 10 && walk.ended.length === 0; rounds++)
        await take(walk, 'clock');
      assert.equal(walk.ended.length, 1, 'the money moves once');
      const last = (await look(db, id))?.enteredAt ?? T0;
      assert(last.getTime() - T0.getTime() <= DISPUTE_DAYS_MAX * DAY, 'in time');
      const claim = await claimOf(db, { venue: 'market', subject });
      assert.deepEqual([claim?.open, claim?.deskUntil], [false, undefined]);
      const decided = (await decisionsOf(db, id)).at(-1);
      assert.equal(walk.ended[0]?.end.refundFen, decided?.refundFen ?? 0n);
      for (const { transition, to } of await historyOf(db, id)) reached.add(transition).add(to);
    }),
    { numRuns: 120, seed: 20_260_302 },
  );
  const { states, transitions } = claimProcess.names;
  const missed = [...states, ...transitions].filter((name) => !reached.has(name));
  assert.deepEqual(missed, []);
});
