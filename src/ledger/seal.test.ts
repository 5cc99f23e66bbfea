// Goal: a sealed row that is changed, removed or added behind the books' back is named, by the audit and by the seal.
// Method: a random history on PostgreSQL, sealed in pieces; then triggers off, one lie at a time, and both are asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { DAY, type Db, fen, inTransaction, plus, sqlState, type Tx } from '#platform';
import { makeWorld, type World } from '#test/crash/world.ts';
import { freshDatabase } from '#test/database.ts';
import { capture, hold, post, postBatch, reconcile } from './index.ts';
import { type Seal, type SealFinding, sealBatches, verifySeals } from './seal.ts';

const AT = new Date('2026-03-02T02:00:00Z');

/** Seals, and gives what was noted elsewhere. */
async function sealInto(db: Db, noted: Seal[]): Promise<number> {
  return await sealBatches(db, AT, async (_, seal) => void noted.push(seal));
}

async function* listed<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function send(db: Db, { units }: World, from: number, to: number): Promise<void> {
  for (let at = from; at < Math.min(to, units.length); at += 30)
    await postBatch(db, units.slice(at, Math.min(at + 30, to)).flat());
}

async function named(db: Db): Promise<void> {
  const legs = [{ from: 'CUSTODY:s', to: 'WALLET:s', amount: fen(900n) }];
  await inTransaction(db, async (tx) => {
    await post(tx, { kind: 'in', ref: '1', subject: 'order-1', at: AT, legs });
    const key = { kind: 'held', ref: '1' };
    const amount = fen(100n);
    const pair = { from: 'WALLET:s', to: 'ESCROW:s', amount };
    await hold(tx, { ...key, ...pair, subject: 'order-1', at: AT, expiresAt: plus(AT, DAY) });
    await capture(tx, { ...key, at: AT, amount });
  });
}

test('batches are sealed once each, in their order, and what is sealed verifies', async (t) => {
  const { db } = await freshDatabase(t);
  const noted: Seal[] = [];
  assert.equal(await sealInto(db, noted), 0);
  const world = await makeWorld(db, { seed: 5, count: 400 });
  for (let at = 0; at < world.units.length; at += 150) {
    await send(db, world, at, at + 150);
    assert.equal(await sealInto(db, noted), 5);
  }
  assert.equal(await sealInto(db, noted), 0);
  const verdict = await verifySeals(db, listed(noted));
  assert.deepEqual(verdict.findings, []);
  assert.equal(verdict.seals, noted.length);
  assert.equal(verdict.root, noted.at(-1)?.root);
  const { rows } = await sql<{ rows: bigint }>`
    select (select count(*) from ledger.transfer) + (select count(*) from ledger.hold)
      + (select count(*) from ledger.reject)
      + (select count(*) from ledger.account where version > 0) as rows`.execute(db);
  assert.equal(BigInt(verdict.rows), rows[0]?.rows);
});

test('a batch that commits late is sealed after others, and sealers never wait for it', async (t) => {
  const { db } = await freshDatabase(t);
  const noted: Seal[] = [];
  const early = await makeWorld(db, { seed: 1, count: 0 });
  const late = await makeWorld(db, { seed: 2, count: 0 });
  const first = (world: World) => world.units.slice(0, 1).flat();
  await inTransaction(db, async (tx) => {
    await postBatch(tx, first(late));
    await postBatch(db, first(early));
    assert.equal(await sealInto(db, noted), 1);
    const { findings } = await verifySeals(db, listed(noted));
    assert.deepEqual(findings, []);
  });
  assert.equal(await sealInto(db, noted), 1);
  assert.deepEqual((await verifySeals(db, listed(noted))).findings, []);
  const { rows } = await sql<{ seal: bigint }>`
    select seal from ledger.batch order by id`.execute(db);
  assert.deepEqual(
    rows.map(({ seal }) => seal),
    [2n, 1n],
  );
});

test('many sealers and many writers: every batch in one seal', async (t) => {
  const { db } = await freshDatabase(t);
  const noted: Seal[] = [];
  const worlds = await Promise.all([1, 2, 3].map((seed) => makeWorld(db, { seed, count: 300 })));
  let done = false;
  const sealer = async (): Promise<void> => {
    while (!done) await sealInto(db, noted);
  };
  const sealers = [sealer(), sealer()];
  await Promise.all(worlds.map((world) => send(db, world, 0, world.units.length)));
  done = true;
  await Promise.all(sealers);
  await sealInto(db, noted);
  noted.sort((a, b) => a.no - b.no);
  assert.deepEqual((await verifySeals(db, listed(noted))).findings, []);
  const { rows } = await sql`select 1 from ledger.batch where seal is null`.execute(db);
  assert.equal(rows.length, 0);
  assert.equal(
    noted.reduce((sum, { batches }) => sum + batches, 0),
    worlds.reduce((sum, { units }) => sum + Math.ceil(units.length / 30), 0),
  );
});

test('a sealed batch cannot be changed, removed or sealed anew', async (t) => {
  const { db } = await freshDatabase(t);
  await named(db);
  await sealInto(db, []);
  for (const statement of [
    'update ledger.batch set transfers = 7',
    'update ledger.batch set seal = null, digest = null, prints = null',
    `update ledger.batch set digest = sha256('x')`,
    'delete from ledger.batch',
    'truncate ledger.seal',
    'update ledger.seal set batches = 7',
    'delete from ledger.seal',
  ])
    await assert.rejects(sql.raw(statement).execute(db), (error) => sqlState(error) === '23001');
});

const ONE = 'ctid = (select min(ctid) from';
/** Each lie, and what the seal must name; `named` picks the row whose id it must be. */
const lies: { name: string; pick?: string; sql: string; what: string; found?: string }[] = [
  {
    name: 'transfer: amount',
    pick: 'select id from ledger.transfer where kind = 0 order by id limit 1',
    sql: 'update ledger.transfer set amount = amount + 1 where id = $1',
    what: 'transfer',
  },
  {
    name: 'transfer: whom it concerns',
    pick: 'select id from ledger.transfer where ref is null order by id desc limit 1',
    sql: 'update ledger.transfer set ref = $1 where id = $1',
    what: 'transfer',
  },
  {
    name: 'transfer: time',
    pick: 'select id from ledger.transfer order by id desc limit 1',
    sql: `update ledger.transfer set at = at + interval '1 microsecond' where id = $1`,
    what: 'transfer',
  },
  {
    name: 'transfer: removed',
    pick: 'select batch as id from ledger.transfer where kind = 0 order by id limit 1',
    sql: `delete from ledger.transfer where ${ONE} ledger.transfer where batch = $1 and kind = 0)`,
    what: 'batch',
    found: 'missing',
  },
  {
    name: 'hold: amount',
    pick: 'select id from ledger.hold where state = 0 order by id limit 1',
    sql: 'update ledger.hold set amount = amount + 1 where id = $1',
    what: 'hold',
  },
  {
    name: 'hold: opened again',
    pick: 'select id from ledger.hold where state = 1 order by id limit 1',
    sql: 'update ledger.hold set state = 0 where id = $1',
    what: 'hold',
  },
  {
    name: 'reject: another answer',
    pick: 'select id from ledger.reject order by id limit 1',
    sql: 'update ledger.reject set answer = answer + 1 where id = $1',
    what: 'reject',
  },
  {
    name: 'account: balance',
    pick: `select code as id from ledger.account_info where code = 'WALLET:s'`,
    sql: `update ledger.account set balance = balance + 1
          where id = (select id from ledger.account_info where code = $1)`,
    what: 'account',
  },
  {
    name: 'account: held',
    pick: `select i.code as id from ledger.account a join ledger.account_info i using (id)
           where held > 0 order by id limit 1`,
    sql: `update ledger.account set held = held - 1
          where id = (select id from ledger.account_info where code = $1)`,
    what: 'account',
  },
];

/** Runs `work` with triggers off, and undoes it. */
async function lying(db: Db, name: string, work: (tx: Tx) => Promise<void>): Promise<void> {
  const undo = new Error('undo');
  const outcome = db.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx);
    await work(tx);
    throw undo;
  });
  await assert.rejects(outcome, (error) => {
    if (error !== undo) throw new Error(name, { cause: error });
    return true;
  });
}

async function sealedHistory(db: Db): Promise<Seal[]> {
  const noted: Seal[] = [];
  const world = await makeWorld(db, { seed: 9, count: 500 });
  await send(db, world, 0, 250);
  await named(db);
  await sealInto(db, noted);
  await send(db, world, 250, world.units.length);
  await sealInto(db, noted);
  assert.deepEqual(await reconcile(db), []);
  assert.deepEqual((await verifySeals(db, listed(noted))).findings, []);
  return noted;
}

test('one changed row of each table is named by the audit and by the seal', async (t) => {
  const { db, pool } = await freshDatabase(t);
  const noted = await sealedHistory(db);
  for (const { name, pick = '', sql: lie, what, found = 'changed' } of lies) {
    const { rows } = await pool.query<{ id: string }>(pick);
    const id = String(rows[0]?.id);
    await lying(db, name, async (tx) => {
      const text = lie.replaceAll('$1', `'${id}'`);
      await sql.raw(text).execute(tx);
      const audit = await reconcile(tx);
      assert(
        audit.some(({ where }) => where.includes(id)),
        `audit: ${JSON.stringify(audit)}`,
      );
      const { findings } = await verifySeals(tx, listed(noted));
      const one = (finding: SealFinding): boolean =>
        finding.what === what && finding.where === id && finding.found === found;
      assert(findings.some(one), `seal: ${JSON.stringify(findings)}`);
    });
  }
  assert.deepEqual((await verifySeals(db, listed(noted))).findings, []);
});

test('what no other check can see: names, subjects, added rows, forged digests and roots', async (t) => {
  const { db, pool } = await freshDatabase(t);
  const noted = await sealedHistory(db);
  const expect = async (name: string, lie: string, wanted: Partial<SealFinding>): Promise<void> =>
    await lying(db, name, async (tx) => {
      for (const statement of lie.split(';')) await sql.raw(statement).execute(tx);
      const { findings } = await verifySeals(tx, listed(noted));
      const isWanted = (finding: SealFinding): boolean =>
        Object.entries(wanted).every(([key, value]) => finding[key as 'what'] === value);
      assert(findings.some(isWanted), JSON.stringify(findings));
    });
  const { rows } = await pool.query<{ id: string; account: bigint }>(
    `select p.id, (select id from ledger.account_info where code = 'WALLET:s') as account
     from ledger.posting p where kind = 'in'`,
  );
  assert(rows[0]);
  const { id, account } = rows[0];
  const changed = { found: 'changed' } as const;
  await expect(
    'subject of a posting',
    `update ledger.posting set subject = 'order-2', digest = sha256('x') where id = '${id}'`,
    { what: 'posting', where: id, ...changed },
  );
  await expect(
    'an account under another name',
    `update ledger.account_info set code = 'WALLET:thief' where id = ${account}`,
    { what: 'account', where: String(account), ...changed },
  );
  await expect(
    'a row that was never there',
    `insert into ledger.reject (id, answer, batch, mark) select gen_random_uuid(), 3, 1, 0`,
    { what: 'reject', batch: '1', ...changed },
  );
  const forged = `update ledger.transfer set amount = amount + 1 where batch = 1;
    update ledger.batch b set digest = d.digest, prints = d.prints from (
      select sha256(string_agg(h, '' order by part, id collate "C")) as digest,
        string_agg(substring(h for 4), '' order by part, id collate "C") as prints
      from (select part, id, sha256(convert_to(line, 'UTF8')) as h from ledger.leaf(1, 1)) as leaf) as d
    where b.id = 1`;
  await expect('rows and digest agree', forged, { what: 'seal', where: '1', ...changed });
  await expect(
    'rows, digest and root agree',
    `${forged}; update ledger.seal set root = (select sha256(string_agg(digest, '' order by id))
       from ledger.batch where seal = 1) where no = 1`,
    { what: 'seal', where: '2', ...changed },
  );
  await expect(
    'all roots agree, but not with those noted elsewhere',
    'delete from ledger.seal where no = 2; update ledger.batch set seal = null, digest = null, prints = null where seal = 2',
    { what: 'seal', where: '2', found: 'missing' },
  );
});
