// Goal: the record keeps what it was told, loses nothing, and any row changed behind its back is found and named.
// Method: appends and seals on PostgreSQL, at once where it matters; then triggers off, one lie at a time, and verify.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { type Db, inTransaction, plus, sqlState, type Tx } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { digestOf, hashOf } from './domain.ts';
import {
  append,
  commitment,
  type Data,
  entriesOf,
  type Json,
  opens,
  seal,
  verifyRecord,
} from './index.ts';

const at = new Date('2026-03-01T08:00:00.123Z');
const note = (tx: Tx, subject: string, data: Data = {}): Promise<void> =>
  append(tx, { subject, type: 'test.noted', data, at });
const noteNow = (db: Db, subject: string, data?: Data): Promise<void> =>
  inTransaction(db, (tx) => note(tx, subject, data));

test('entries of a subject come back in the order of appending, with their place in the chain', async (t) => {
  const { db } = await freshDatabase(t);
  await inTransaction(db, async (tx) => {
    for (let n = 0; n < 5; n++) await note(tx, n % 2 ? 'b' : 'a', { n });
  });
  assert.deepEqual(
    (await entriesOf(db, 'a')).map(({ data, seq }) => [data, seq]),
    [
      [{ n: 0 }, undefined],
      [{ n: 2 }, undefined],
      [{ n: 4 }, undefined],
    ],
  );
  assert.deepEqual(await seal(db, at), 5);
  assert.deepEqual(await seal(db, at), 0);
  await noteNow(db, 'a', { n: 5 });
  assert.deepEqual(
    (await entriesOf(db, 'a')).map(({ data, seq }) => [data, seq]),
    [
      [{ n: 0 }, 1],
      [{ n: 2 }, 3],
      [{ n: 4 }, 5],
      [{ n: 5 }, undefined],
    ],
  );
  const verdict = await verifyRecord(db);
  assert(verdict.ok);
  assert.deepEqual([verdict.entries, verdict.unsealed, verdict.head.seq], [6, 1, 5]);
});

test('an empty record is whole; what rolls back was never there', async (t) => {
  const { db } = await freshDatabase(t);
  const failing = inTransaction(db, async (tx) => {
    await note(tx, 'a');
    throw new Error('no');
  });
  await assert.rejects(failing, /no/);
  assert.equal(await seal(db, at), 0);
  assert.deepEqual(await verifyRecord(db), {
    ok: true,
    entries: 0,
    unsealed: 0,
    head: { seq: 0, hash: '0'.repeat(64) },
  });
});

test('whatever JSON is appended, its digest follows from the stored row', async (t) => {
  const { db } = await freshDatabase(t);
  const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((one) => !one.includes('\0'));
  const { json } = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.maxSafeInteger(),
      fc.bigInt(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined).map(() => ({ gone: undefined })),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(text, tie('json'), { maxKeys: 4 }),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.dictionary(text, json, { maxKeys: 5 }), { maxLength: 10 }),
      async (many) => {
        for (const data of many) await noteNow(db, 'any', data);
        await seal(db, at);
        const verdict = await verifyRecord(db);
        assert(verdict.ok, JSON.stringify(verdict));
      },
    ),
    { numRuns: 25 },
  );
});

test('sealing while many append, commit late or roll back: all committed are chained, each once', async (t) => {
  const { db } = await freshDatabase(t);
  let committed = 0;
  let done = false;
  const appender = async (who: number): Promise<void> => {
    for (let round = 0; round < 15; round++) {
      const rollback = (who + round) % 5 === 0;
      const work = db.transaction().execute(async (tx) => {
        await note(tx, `s${who}`, { round });
        await sql`select pg_sleep(${((who * 7 + round) % 4) / 1_000})`.execute(tx);
        await note(tx, `s${who}`, { round, half: 'two' });
        if (rollback) throw new Error('rolled back');
      });
      await work.then(
        () => {
          committed += 2;
        },
        (error) => assert.equal(error.message, 'rolled back'),
      );
    }
  };
  const sealer = async (): Promise<number> => {
    let sealed = 0;
    while (!done) {
      const now = await seal(db, at);
      sealed += now;
    }
    return sealed;
  };
  const sealers = [sealer(), sealer()];
  await Promise.all(Array.from({ length: 10 }, (_, who) => appender(who)));
  done = true;
  const counts = await Promise.all(sealers);
  const last = await seal(db, at);
  t.diagnostic(`sealed ${counts} + ${last}`);
  assert.equal(committed, 240);
  assert.equal((counts[0] ?? 0) + (counts[1] ?? 0) + last, committed);
  const verdict = await verifyRecord(db);
  assert(verdict.ok);
  assert.deepEqual([verdict.entries, verdict.unsealed, verdict.head.seq], [240, 0, 240]);
  // One appender is one after the other, so its entries are chained in the order in which it wrote them.
  for (let who = 0; who < 10; who++) {
    const seqs = (await entriesOf(db, `s${who}`)).map((entry) => entry.seq ?? 0);
    assert.deepEqual(
      seqs,
      [...seqs].sort((a, b) => a - b),
    );
  }
});

test('a long transaction holds nobody up, and is chained after it ends', async (t) => {
  const { db } = await freshDatabase(t);
  let finish = (): void => undefined;
  const until = new Promise<void>((end) => {
    finish = end;
  });
  let started = (): void => undefined;
  const running = new Promise<void>((go) => {
    started = go;
  });
  const long = inTransaction(db, async (tx) => {
    await note(tx, 'long');
    started();
    await until;
  });
  await running;
  await noteNow(db, 'short');
  assert.equal(await seal(db, at), 1);
  finish();
  await long;
  assert.equal(await seal(db, at), 1);
  assert.deepEqual(
    (await entriesOf(db, 'long')).map((entry) => entry.seq),
    [2],
  );
});

test('more than one batch is sealed and verified', async (t) => {
  const { db } = await freshDatabase(t);
  await inTransaction(db, async (tx) => {
    for (let n = 0; n < 1_010; n++) await note(tx, 'many', { n });
  });
  const before = await verifyRecord(db);
  assert(before.ok);
  assert.deepEqual([before.entries, before.unsealed], [1_010, 1_010]);
  assert.equal(await seal(db, at), 1_010);
  const verdict = await verifyRecord(db);
  assert(verdict.ok);
  assert.deepEqual([verdict.head.seq, verdict.unsealed], [1_010, 0]);
});

test('entries and links cannot be changed, deleted or truncated', async (t) => {
  const { db } = await freshDatabase(t);
  await noteNow(db, 'a');
  await seal(db, at);
  for (const statement of [
    'update record.entry set subject = subject',
    'delete from record.entry',
    'truncate record.entry cascade',
    'update record.link set hash = hash',
    'delete from record.link',
    'truncate record.link',
  ])
    await assert.rejects(sql.raw(statement).execute(db), (error) => sqlState(error) === '23001');
});

const E = (seq: number): string => `(select entry_id from record.link where seq = ${seq})`;
const digest = `digest = decode(repeat('ab', 32), 'hex')`;
/** Each lie, and where verify must stop and why. Eight entries are sealed, two wait. */
const lies: { name: string; sql: string; seq: number | null; reason: string }[] = [
  {
    name: 'data changed',
    sql: `update record.entry set data = '{"n": 99}' where id = ${E(3)}`,
    seq: 3,
    reason: 'entry_changed',
  },
  {
    name: 'subject changed',
    sql: `update record.entry set subject = 'other' where id = ${E(4)}`,
    seq: 4,
    reason: 'entry_changed',
  },
  {
    name: 'type changed',
    sql: `update record.entry set type = 'other' where id = ${E(1)}`,
    seq: 1,
    reason: 'entry_changed',
  },
  {
    name: 'time changed',
    sql: `update record.entry set at = at - interval '1 ms' where id = ${E(8)}`,
    seq: 8,
    reason: 'entry_changed',
  },
  {
    name: 'digest changed',
    sql: `update record.entry set ${digest} where id = ${E(2)}`,
    seq: 2,
    reason: 'entry_changed',
  },
  {
    name: 'entry deleted',
    sql: `delete from record.entry where id = ${E(5)}`,
    seq: 5,
    reason: 'entry_missing',
  },
  {
    name: 'link deleted',
    sql: 'delete from record.link where seq = 6',
    seq: 7,
    reason: 'link_missing',
  },
  {
    name: 'first link deleted',
    sql: 'delete from record.link where seq = 1',
    seq: 2,
    reason: 'link_missing',
  },
  {
    name: 'last link deleted',
    sql: 'delete from record.link where seq = 8',
    seq: null,
    reason: 'entry_unchained',
  },
  {
    name: 'link deleted and the numbers closed up',
    sql: `delete from record.link where seq = 6;
          update record.link set seq = 6 where seq = 7; update record.link set seq = 7 where seq = 8`,
    seq: 6,
    reason: 'link_out_of_order',
  },
  {
    name: 'two entries swapped',
    sql: `create temp table was as select seq, entry_id from record.link;
          delete from record.link where seq = 4;
          update record.link set entry_id = (select entry_id from was where seq = 4) where seq = 3;
          insert into record.link select 4, was.entry_id, at, hash, sha256(hash)
            from record.link join was on was.seq = 3 where link.seq = 3`,
    seq: 3,
    reason: 'link_forged',
  },
  {
    name: 'two links swapped',
    sql: `update record.link set seq = 100 where seq = 3; update record.link set seq = 3 where seq = 4;
          update record.link set seq = 4 where seq = 100`,
    seq: 3,
    reason: 'link_out_of_order',
  },
  {
    name: 'hash changed',
    sql: 'update record.link set hash = sha256(hash) where seq = 5',
    seq: 5,
    reason: 'link_forged',
  },
  {
    name: 'prev changed',
    sql: 'update record.link set prev = hash where seq = 5',
    seq: 5,
    reason: 'link_out_of_order',
  },
  {
    name: 'time of sealing changed',
    sql: `update record.link set at = at + interval '1 day' where seq = 2`,
    seq: 2,
    reason: 'link_forged',
  },
  {
    name: 'waiting entry taken off the list',
    sql: 'delete from record.unsealed where no = (select min(no) from record.unsealed)',
    seq: null,
    reason: 'entry_unchained',
  },
  {
    name: 'waiting entry changed',
    sql: `update record.entry set data = '{}'
          where id = (select entry_id from record.unsealed order by no limit 1)`,
    seq: null,
    reason: 'entry_changed',
  },
];

test('verify names the first broken place and what is wrong with it', async (t) => {
  const { db } = await freshDatabase(t);
  for (let n = 1; n <= 8; n++) await noteNow(db, `s${n}`, { n });
  await seal(db, at);
  for (let n = 9; n <= 10; n++) await noteNow(db, `s${n}`, { n });
  assert((await verifyRecord(db)).ok);
  const undo = new Error('undo');
  const lying = (name: string, work: (tx: Tx) => Promise<void>) =>
    assert.rejects(
      db.transaction().execute(async (tx) => {
        await sql`set local session_replication_role = replica`.execute(tx);
        await work(tx);
        throw undo;
      }),
      (error) => {
        if (error !== undo) throw new Error(name, { cause: error });
        return true;
      },
    );
  for (const { name, sql: statements, seq, reason } of lies)
    await lying(name, async (tx) => {
      for (const statement of statements.split(';')) await sql.raw(statement).execute(tx);
      const verdict = await verifyRecord(tx);
      assert(!verdict.ok, 'not noticed');
      assert.deepEqual({ seq: verdict.seq, reason: verdict.reason }, { seq, reason });
    });
  // The careful forger makes entry, digest and own hash agree: the next link still says otherwise.
  await lying('careful forger', async (tx) => {
    const link = await tx
      .selectFrom('record.link as l')
      .innerJoin('record.entry as e', 'e.id', 'l.entry_id')
      .selectAll('e')
      .select(['l.prev', 'l.at as sealedAt'])
      .where('l.seq', '=', 4n)
      .executeTakeFirstOrThrow();
    const forged = digestOf({ ...link, data: { n: 44 } });
    const hash = hashOf({ seq: 4, at: link.sealedAt, prev: link.prev, digest: forged });
    await tx
      .updateTable('record.entry')
      .set({ data: JSON.stringify({ n: 44 }), digest: forged })
      .where('id', '=', link.id)
      .execute();
    await tx.updateTable('record.link').set({ hash }).where('seq', '=', 4n).execute();
    const verdict = await verifyRecord(tx);
    assert(!verdict.ok);
    assert.deepEqual([verdict.seq, verdict.reason], [5, 'link_out_of_order']);
  });
  assert((await verifyRecord(db)).ok);
});

test('a commitment tells nothing, and opens with its salt alone', () => {
  const made = commitment('13800000000');
  assert.match(made.commitment, /^[0-9a-f]{64}$/);
  assert(opens('13800000000', made));
  assert(!opens('13800000001', made));
  assert(!opens('13800000000', { ...made, salt: commitment('x').salt }));
  assert.notEqual(commitment('13800000000').commitment, made.commitment);
});

test('sealing later changes nothing about what was sealed before', async (t) => {
  const { db } = await freshDatabase(t);
  await noteNow(db, 'a');
  await seal(db, at);
  const first = await verifyRecord(db);
  await noteNow(db, 'a');
  await seal(db, plus(at, 1));
  const { rows } = await sql<{ hash: string }>`
    select encode(prev, 'hex') as hash from record.link where seq = 2`.execute(db);
  assert(first.ok);
  assert.equal(rows[0]?.hash, first.head.hash);
});
