// Goal: whatever batches come, of all kinds, good and bad, post_batch answers what arithmetic answers.
// Method: random batches on PostgreSQL and in a reference in memory; every answer, then every row compared; each
// answer must have been seen. HUIQUAN_LEDGER_BATCHES=100000 plays the long form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { reconcile, resultOf, type Transfer } from './index.ts';
import { aBatch, answersOf, compareRows, newWorld, play, randomFrom } from './model.fixture.ts';

const BATCHES = Number(process.env['HUIQUAN_LEDGER_BATCHES'] ?? 3_000);
const SEED = Number(process.env['HUIQUAN_LEDGER_SEED'] ?? 20_261_125);
const ANSWERS = Array.from({ length: 18 }, (_, code) => resultOf(code).name);

test(`${BATCHES} random batches: books and reference agree on every answer and every row`, async (t) => {
  const { db } = await freshDatabase(t);
  const seen = await play(db, SEED, BATCHES);
  for (const name of ANSWERS) assert(seen.has(name), `never answered: ${name}`);
  for (const name of ANSWERS.slice(3)) assert(seen.has(`again:${name}`), `never again: ${name}`);
  // Points of the other asset have no class of the chart; nothing else may differ.
  const findings = await reconcile(db);
  assert.deepEqual(
    findings.filter(({ what, where }) => what !== 'rule' || !/^(PREMIUM|FEE):/.test(where)),
    [],
  );
});

test('however a sequence is cut into batches, the answers and the books are the same', async (t) => {
  const { db } = await freshDatabase(t);
  const random = randomFrom(SEED);
  for (let round = 0; round < 40; round++) {
    const first = await newWorld(db);
    const sequence: Transfer[] = [];
    while (sequence.length < 60) {
      const batch = aBatch(first, random);
      if (batch.length === 0) continue;
      const last = batch.length - 1;
      batch[last] = { ...(batch[last] as Transfer), linked: false };
      sequence.push(...batch);
      first.past.push(...batch);
    }
    const answers = await played(sequence, first);
    for (let cut = 0; cut < 2; cut++) {
      const other = await newWorld(db);
      assert.deepEqual(await played(translated(sequence, first, other), other), answers);
    }
  }
  async function played(sequence: Transfer[], world: Awaited<ReturnType<typeof newWorld>>) {
    const expected = world.reference.post(sequence);
    const answers: string[] = [];
    for (let from = 0; from < sequence.length; ) {
      let to = Math.min(sequence.length, from + 1 + random(25));
      while (sequence[to - 1]?.linked) to++;
      answers.push(...(await answersOf(db, sequence.slice(from, to))));
      from = to;
    }
    assert.deepEqual(answers, expected);
    await compareRows(db, world);
    return answers;
  }
});

type World = Awaited<ReturnType<typeof newWorld>>;

/** The same sequence among other accounts and under other ids. */
function translated(sequence: readonly Transfer[], from: World, to: World): Transfer[] {
  const ids = new Map<string, string>();
  const idOf = (id: string, at: Date): string => {
    const other = ids.get(id) ?? newId(at);
    ids.set(id, other);
    return other;
  };
  const account = (id: bigint): bigint => to.accounts[from.accounts.indexOf(id)] as bigint;
  return sequence.map((one) => ({
    ...one,
    id: idOf(one.id, one.at),
    debit: account(one.debit),
    credit: account(one.credit),
    ...(one.pendingId && { pendingId: idOf(one.pendingId, one.at) }),
  }));
}
