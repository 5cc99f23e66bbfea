// Goal: one card is here once and promised once, whoever races; its secret opens for its own row only and is nowhere in
// clear; shredded is gone, rotated still opens.
// Method: parallel transactions on real PostgreSQL; ciphertexts flipped, cut and swapped in the table; every column of
// every table searched for canary numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { sql } from 'kysely';
import {
  fileKeys,
  inTransaction,
  newId,
  plus,
  Refused,
  rotateKek,
  SECOND,
  Secret,
} from '#platform';
import { entriesOf } from '#record';
import { AT, type CardBench, cardBench } from '#test/cards.ts';
import { verifyCard } from '../verify.ts';
import {
  cardOf,
  disencumber,
  encumber,
  returnCard,
  rewrapSecrets,
  setCustody,
  shredCard,
  takeOut,
} from './keep.ts';
import { liveEncumbrance } from './store.ts';

const codeOf = (error: unknown): string => {
  if (error instanceof Refused) return error.refusal.code;
  throw error;
};
async function outcomes(work: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of await Promise.allSettled(work)) {
    const key = result.status === 'fulfilled' ? 'ok' : codeOf(result.reason);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

test('fifty parallel submissions of one card in two accounts: exactly one is taken', async (t) => {
  const bench = await cardBench(t);
  const card = bench.make('weihe-gift');
  const users = [newId(AT), newId(AT)];
  const spellings = [card.number, `${card.number.slice(0, 4)} ${card.number.slice(4)}`];
  const all = Array.from({ length: 50 }, (_, n) =>
    bench.seal({ ...card, number: spellings[n % 2] ?? '' }, { userId: users[n % 2] ?? '' }),
  );
  assert.deepEqual(await outcomes(all), { ok: 1, card_already_here: 49 });
});

test('a hundred promises race for one card: one wins, and the next may after it ended', async (t) => {
  const bench = await cardBench(t);
  const cardId = await bench.seal(bench.make('weihe-gift'));
  const promise = (ref: string) =>
    inTransaction(bench.db, (tx) => encumber(tx, { cardId, kind: 'order', ref, at: AT }));
  const all = Array.from({ length: 100 }, (_, n) => promise(`order-${n}`));
  assert.deepEqual(await outcomes(all), { ok: 1, card_encumbered: 99 });
  const live = await liveEncumbrance(bench.db, cardId);
  assert(live);
  await promise(live.ref);
  await inTransaction(bench.db, (tx) => disencumber(tx, { cardId, ref: 'another', at: AT }));
  assert.deepEqual(await liveEncumbrance(bench.db, cardId), live, 'only its own cause ends it');
  await inTransaction(bench.db, (tx) => disencumber(tx, { cardId, ref: live.ref, at: AT }));
  await promise('the next');
  assert.equal((await liveEncumbrance(bench.db, cardId))?.ref, 'the next');
});

test('the index alone keeps the promise, even when the code forgets to look', async (t) => {
  const bench = await cardBench(t);
  const cardId = await bench.seal(bench.make('weihe-gift'));
  const insert = (ref: string) =>
    sql`insert into cards.encumbrance (id, card_id, kind, ref, started_at)
        values (${newId(AT)}, ${cardId}, 'order', ${ref}, ${AT})`.execute(bench.db);
  await insert('a');
  await assert.rejects(insert('b'), /encumbrance_live/);
});

test('a secret opens in its own row only, whole and unchanged', async (t) => {
  const bench = await cardBench(t);
  const [one, other] = [bench.make('weihe-gift'), bench.make('weihe-gift')];
  const [a, b] = [await bench.seal(one), await bench.seal(other)];
  assert.equal((await takeOut(bench.db, bench.keys, a)).number.reveal(), one.number);
  assert.equal((await takeOut(bench.db, bench.keys, a)).pin?.reveal(), one.pin);
  const attacks = {
    'a bit of the number flipped': sql`update cards.secret
      set number_ct = set_byte(number_ct, 30, get_byte(number_ct, 30) # 1) where card_id = ${a}`,
    'a bit of the tag flipped': sql`update cards.secret
      set pin_ct = set_byte(pin_ct, 12, get_byte(pin_ct, 12) # 128) where card_id = ${a}`,
    'the nonce changed': sql`update cards.secret
      set number_ct = set_byte(number_ct, 0, get_byte(number_ct, 0) # 1) where card_id = ${a}`,
    'the tag cut off': sql`update cards.secret
      set number_ct = substring(number_ct from 1 for 20) where card_id = ${a}`,
    'the wrapped key flipped': sql`update cards.secret
      set wrapped_dek = set_byte(wrapped_dek, 40, get_byte(wrapped_dek, 40) # 1)
      where card_id = ${a}`,
    'the whole secret of another card': sql`update cards.secret s
      set number_ct = o.number_ct, pin_ct = o.pin_ct, wrapped_dek = o.wrapped_dek
      from cards.secret o where s.card_id = ${a} and o.card_id = ${b}`,
    'number and PIN exchanged': sql`update cards.secret
      set number_ct = pin_ct, pin_ct = number_ct where card_id = ${a}`,
    'another key named': sql`update cards.secret set kek_id = 'kek-9' where card_id = ${a}`,
  };
  const before = await sql<object>`select * from cards.secret where card_id = ${a}`.execute(
    bench.db,
  );
  for (const [what, attack] of Object.entries(attacks)) {
    await attack.execute(bench.db);
    await assert.rejects(takeOut(bench.db, bench.keys, a), what);
    await restore(bench, before.rows[0] as Record<string, unknown>);
  }
  assert.equal((await takeOut(bench.db, bench.keys, a)).number.reveal(), one.number);
});

const restore = (bench: CardBench, row: Record<string, unknown>) =>
  sql`update cards.secret set number_ct = ${row['number_ct']}, pin_ct = ${row['pin_ct']},
      wrapped_dek = ${row['wrapped_dek']}, kek_id = ${row['kek_id']}
      where card_id = ${row['card_id']}`.execute(bench.db);

test('equal cards are sealed unequal, and keys of another house open nothing', async (t) => {
  const bench = await cardBench(t);
  const card = bench.make('weihe-gift');
  const a = await bench.seal(card);
  await inTransaction(bench.db, (tx) => returnCard(tx, { cardId: a, ref: 'x', at: AT }));
  const b = await bench.seal(card);
  const { rows } = await sql<{ number_ct: Buffer }>`select number_ct from cards.secret
    where card_id in (${a}, ${b})`.execute(bench.db);
  assert(rows[0] && rows[1] && !rows[0].number_ct.equals(rows[1].number_ct));
  const foreign = fileKeys(`${bench.keyPath}.other`);
  await assert.rejects(takeOut(bench.db, foreign, b));
});

test('rotation re-wraps every key without opening a secret, and old and new open before and after', async (t) => {
  const bench = await cardBench(t);
  const cards = [];
  for (let n = 0; n < 5; n++) {
    const card = bench.make('weihe-gift');
    cards.push({ card, cardId: await bench.seal(card) });
  }
  assert.equal(rotateKek(bench.keyPath), 'kek-2');
  const rotated = fileKeys(bench.keyPath);
  for (const { card, cardId } of cards)
    assert.equal((await takeOut(bench.db, rotated, cardId)).number.reveal(), card.number);
  const { rows: before } = await sql<{ number_ct: Buffer }>`select number_ct from cards.secret
    order by card_id`.execute(bench.db);
  const runs = await Promise.all([
    rewrapSecrets(bench.db, rotated),
    rewrapSecrets(bench.db, rotated),
  ]);
  assert.equal(runs[0] + runs[1], 5, 'two workers share the work');
  const { rows: after } = await sql<{ number_ct: Buffer; kek_id: string }>`select number_ct, kek_id
    from cards.secret order by card_id`.execute(bench.db);
  assert.deepEqual(
    after.map((row) => row.number_ct),
    before.map((row) => row.number_ct),
  );
  assert(after.every((row) => row.kek_id === 'kek-2'));
  for (const { card, cardId } of cards)
    assert.equal((await takeOut(bench.db, rotated, cardId)).number.reveal(), card.number);
  assert.equal(await rewrapSecrets(bench.db, rotated), 0);
});

test('returned or shredded: the key is gone, the number is free, and a live promise forbids it', async (t) => {
  const bench = await cardBench(t);
  const card = bench.make('weihe-gift');
  const cardId = await bench.seal(card);
  await inTransaction(bench.db, (tx) => encumber(tx, { cardId, kind: 'order', ref: 'o', at: AT }));
  const shred = (ref?: string) =>
    inTransaction(bench.db, (tx) => shredCard(tx, { cardId, ref, at: AT }));
  await assert.rejects(shred(), (error) => codeOf(error) === 'card_encumbered');
  await assert.rejects(shred('not mine'), (error) => codeOf(error) === 'card_encumbered');
  await shred('o');
  await assert.rejects(takeOut(bench.db, bench.keys, cardId), (e) => codeOf(e) === 'card_shredded');
  const { rows } = await sql`select 1 from cards.secret where card_id = ${cardId}
    and (wrapped_dek is not null or kek_id is not null)`.execute(bench.db);
  assert.equal(rows.length, 0);
  assert.equal((await cardOf(bench.db, cardId))?.custody, 'shredded');
  await shred('o');
  assert.ok(await bench.seal(card), 'the number may be given again');
});

test('the record tells the story of a card, custody included', async (t) => {
  const bench = await cardBench(t);
  const cardId = await bench.seal(bench.make('weihe-gift'));
  await inTransaction(bench.db, async (tx) => {
    await encumber(tx, { cardId, kind: 'order', ref: 'o', at: plus(AT, SECOND) });
    await setCustody(tx, { cardId, custody: 'buyer', at: plus(AT, 2 * SECOND) });
    await setCustody(tx, { cardId, custody: 'buyer', at: plus(AT, 3 * SECOND) });
    await disencumber(tx, { cardId, ref: 'o', at: plus(AT, 4 * SECOND) });
  });
  const types = (await entriesOf(bench.db, cardId)).map((entry) => entry.type);
  assert.deepEqual(types, ['card.sealed', 'card.encumbered', 'card.custody', 'card.disencumbered']);
});

test('what the law of the catalogue forbids is not sealed', async (t) => {
  const bench = await cardBench(t);
  const odd = bench.make('weihe-gift', { faceFen: 12_300n });
  await assert.rejects(bench.seal(odd), (error) => codeOf(error) === 'face_not_offered');
  assert.ok(await bench.seal(bench.make('weihe-ecard', { faceFen: 12_300n })), 'open amounts are');
  const above = bench.make('weihe-ecard', { faceFen: 100_100n });
  await assert.rejects(bench.seal(above), (error) => codeOf(error) === 'face_not_offered');
});

test('canaries: no number and no PIN in any table or error, re-issues included', async (t) => {
  const bench = await cardBench(t);
  const canaries: string[] = [];
  for (const sku of ['weihe-gift', 'xingcha-card', 'luyu-card', 'shiju-gift'] as const) {
    const card = bench.make(sku);
    const cardId = await bench.seal(card);
    canaries.push(card.number, card.pin ?? '');
    await verifyCard(bench.deps, { cardId, ref: 'o', at: AT });
    const fresh = await takeOut(bench.db, bench.keys, cardId);
    canaries.push(fresh.number.reveal(), fresh.pin?.reveal() ?? '');
    await assert.rejects(bench.seal({ ...card, number: fresh.number.reveal() }), (error) => {
      const text = inspect(error, { depth: 9 }) + String((error as Error).stack);
      return canaries.every(
        (canary) => canary === '' || canary.length < 8 || !text.includes(canary),
      );
    });
  }
  const found = await search(
    bench,
    canaries.filter((canary) => canary.length >= 8),
  );
  assert.deepEqual(found, []);
  const { rows: copies } = await sql`select 1 from cards.issuer_call
    where secret_ct is not null`.execute(bench.db);
  assert.equal(copies.length, 0, 'a re-issued number is sealed once, in the card');
  assert.deepEqual(
    await search(bench, ['card.sealed']),
    ['record.entry'],
    'the search does search',
  );
});

test('a secret cannot be printed by accident', () => {
  const secret = new Secret('4111222233334444');
  const printed = [
    `${secret}`,
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ a: [secret] }),
  ];
  for (const text of printed) assert.match(text, /secret/);
  for (const text of printed) assert(!text.includes('4111'));
});

/** Tables that hold one of these texts in any column, binary ones as text and as hex. */
async function search(bench: CardBench, texts: string[]): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string }>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`.execute(bench.db);
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql<{ text: string }>`select t::text as text
      from ${sql.raw(name)} t`.execute(bench.db);
    const all = rows.map((row) => row.text).join('\n');
    const holds = (text: string): boolean =>
      all.includes(text) || all.includes(Buffer.from(text).toString('hex'));
    if (texts.some(holds)) found.push(name);
  }
  return found;
}
