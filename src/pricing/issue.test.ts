// Goal: a quote is exactly what we signed, binds for its time and for one sale, and reminders keep their word.
// Method: real database and keys, a clock moved by hand; every field of a quote tampered with in turn.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import {
  chinaInstant,
  DAY,
  type Db,
  fen,
  fileKeys,
  inTransaction,
  type Keys,
  MINUTE,
  plus,
  type Refusal,
  Refused,
  SECOND,
} from '#platform';
import { freshDatabase } from '#test/database.ts';
import {
  acceptQuote,
  checkDenomination,
  findQuote,
  issueQuote,
  purgeQuotes,
  verifyQuote,
} from './issue.ts';
import { priceHistory, priceList } from './prices.ts';
import { approveTable, createDraft, editDraft, publishSeedTable, submitTable } from './publish.ts';
import { forgetSubscriber, remindMe, takeDueReminders } from './remind.ts';
import type { PriceTableData, QuoteDoc } from './schema.ts';
import { seedTable } from './seed.ts';
import { product } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'huiquan-pricing-'));
const keys: Keys = fileKeys(join(folder, 'keys.json'));
const START = chinaInstant('2026-11-20', 9);
const NOW = chinaInstant('2026-11-25', 10);
const shop = [product('dining', 'noodle'), product('cinema', 'screen'), product('fresh', 'fruit')];
const [noodle, screen, fruit] = shop;
assert(noodle && screen && fruit);
const findProduct = async (sku: string) => shop.find((one) => one.sku === sku);

const refused = (code: Refusal['code']) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;

/** Version `n` from a changed copy of the first table, in force as soon as it may be. */
async function publish(db: Db, at: Date, change: (data: PriceTableData) => void): Promise<void> {
  const data = structuredClone(seedTable);
  change(data);
  await inTransaction(db, async (tx) => {
    const id = await createDraft(tx, { title: 'next', note: '', by: 'ann', at });
    await editDraft(tx, { id, by: 'ann', at, data });
    await submitTable(tx, { id, by: 'ann', at, products: shop });
    await approveTable(tx, { id, by: 'bob', at, products: shop });
  });
}

test('quotes', async (t) => {
  const { db } = await freshDatabase(t);
  await publishSeedTable(db, START);
  const issue = (more: Partial<Parameters<typeof issueQuote>[1]> = {}) =>
    issueQuote(db, { keys, product: noodle, faceFen: fen(10_000), at: NOW, ...more });

  await t.test('is kept as it was signed', async () => {
    const doc = await issue({ expiresOn: '2027-05-01' });
    assert.equal(verifyQuote(keys.publicKeyPem, doc), true);
    assert.deepEqual(await findQuote(db, doc.quoteId), doc);
    assert.equal(doc.validUntil, plus(NOW, 15 * MINUTE).toISOString());
    assert.match(doc.model, /^price-table\/v1@[0-9a-f]{16}$/);
  });

  await t.test('a change to any field, anywhere in it, breaks the signature', async () => {
    const doc = await issue({ at: chinaInstant('2026-11-25', 3), expiresOn: '2026-12-20' });
    assert(doc.betterSlot);
    let tried = 0;
    const tamper = (value: unknown, path: string[]): void => {
      if (value !== null && typeof value === 'object') {
        for (const [key, inner] of Object.entries(value)) tamper(inner, [...path, key]);
        return;
      }
      for (const other of [changedValue(value), undefined]) {
        const copy = structuredClone(doc);
        let holder: Record<string, unknown> = copy as unknown as Record<string, unknown>;
        for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
        const last = path.at(-1) ?? '';
        if (other === undefined) delete holder[last];
        else holder[last] = other;
        tried += 1;
        assert.equal(verifyQuote(keys.publicKeyPem, copy), false, path.join('.'));
      }
    };
    tamper(doc, []);
    assert(tried > 150, `tampered ${tried} times`);
    const extra = { ...doc, extra: 1 } as QuoteDoc;
    assert.equal(verifyQuote(keys.publicKeyPem, extra), false);
    const lines = [...doc.lines].reverse();
    assert.equal(verifyQuote(keys.publicKeyPem, { ...doc, lines }), false);
    assert.equal(verifyQuote('no key', doc), false);
    for (const signature of [`${doc.signature}=`, ` ${doc.signature}`, `${doc.signature}A`, ''])
      assert.equal(verifyQuote(keys.publicKeyPem, { ...doc, signature }), false, signature);
  });

  await t.test('binds for 15 minutes, for one sale, with its own signature', async () => {
    const doc = await issue();
    const { quoteId, signature } = doc;
    const take = (at: Date, sign = signature, id = quoteId) =>
      inTransaction(db, (tx) => acceptQuote(tx, { keys, quoteId: id, signature: sign, at }));
    const last = plus(NOW, 15 * MINUTE);
    await assert.rejects(take(plus(last, 1)), refused('quote_expired'));
    await assert.rejects(take(NOW, 'A'.repeat(86)), refused('quote_tampered'));
    await assert.rejects(take(NOW, (await issue()).signature), refused('quote_tampered'));
    const nobody = '00000000-0000-7000-8000-000000000000';
    await assert.rejects(take(NOW, signature, nobody), refused('quote_not_found'));
    assert.deepEqual(await take(last), doc);
    await assert.rejects(take(last), refused('quote_used'));
    const again = await issue();
    const race = await Promise.allSettled(
      Array.from({ length: 8 }, () => take(NOW, again.signature, again.quoteId)),
    );
    assert.equal(race.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  await t.test('a quote changed in the database is refused as tampered', async () => {
    const { quoteId, signature } = await issue();
    await db
      .updateTable('pricing.quote')
      .set(({ fn, val }) => ({
        doc: fn('jsonb_set', ['doc', val('{netFen}'), val('"10000"')]) as never,
      }))
      .where('id', '=', quoteId)
      .execute();
    await assert.rejects(
      inTransaction(db, (tx) => acceptQuote(tx, { keys, quoteId, signature, at: NOW })),
      refused('quote_tampered'),
    );
  });

  await t.test('expired cards and faces nobody listed get no quote', async () => {
    await assert.rejects(issue({ expiresOn: '2026-11-24' }), refused('expired_card'));
    assert((await issue({ expiresOn: '2026-11-25' })).quoteId);
    assert.throws(() => checkDenomination(noodle, fen(10_001)), refused('face_not_accepted'));
    checkDenomination(noodle, fen(10_000));
    const open = { ...noodle, openAmount: { minFen: fen(2_000), maxFen: fen(3_000) } };
    for (const face of [2_000, 2_999, 3_000, 5_000]) checkDenomination(open, fen(face));
    for (const face of [1, 1_999, 3_001, 50_001])
      assert.throws(() => checkDenomination(open, fen(face)), refused('face_not_accepted'));
  });

  await t.test('a replacement changes nothing but the card: same table, same hour', async () => {
    const noon = await issue({ at: chinaInstant('2026-11-22', 12) });
    const late = chinaInstant('2026-11-22', 23);
    const again = await issue({ at: late, faceFen: fen(6_327), replaces: noon.quoteId });
    const slot = (doc: QuoteDoc) => doc.lines.find(({ code }) => code === 'SLOT_ADJ')?.basis.rule;
    assert.equal(slot(again), 'slot.weekend_noon');
    assert.equal(again.model, noon.model);
    assert.equal(again.pricedAt, noon.pricedAt);
    assert.equal(again.replaces, noon.quoteId);
    assert.equal(again.validUntil, plus(late, DAY).toISOString());
    assert.equal(verifyQuote(keys.publicKeyPem, again), true);
    for (const { from } of again.alternatives) assert(from > late.toISOString());
    const same = await issue({ at: late, replaces: noon.quoteId });
    assert.equal(same.netFen, noon.netFen);
  });

  await t.test('quotes nobody took are forgotten, those of a sale stay', async () => {
    const [taken, untaken] = [await issue(), await issue()];
    const { quoteId, signature } = taken;
    const replacement = await issue({ replaces: quoteId, faceFen: fen(900) });
    await inTransaction(db, (tx) => acceptQuote(tx, { keys, quoteId, signature, at: NOW }));
    await purgeQuotes(db, plus(NOW, 29 * DAY));
    assert(await findQuote(db, untaken.quoteId));
    assert((await purgeQuotes(db, plus(NOW, 31 * DAY))) > 0);
    assert.equal(await findQuote(db, untaken.quoteId), undefined);
    assert.deepEqual(await findQuote(db, quoteId), taken);
    assert.deepEqual(await findQuote(db, replacement.quoteId), replacement);
  });
});

function changedValue(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (value === null) return '2027-01-01';
  const text = String(value);
  return `${text.slice(0, -1)}${text.endsWith('1') ? '2' : '1'}`;
}

describe('reminders', () => {
  const night = chinaInstant('2026-11-25', 3);
  test('comes when the better slot is there, once, and only if it pays what was said', async (t) => {
    const { db } = await freshDatabase(t);
    await publishSeedTable(db, START);
    const doc = await issueQuote(db, { keys, product: noodle, faceFen: fen(10_000), at: night });
    assert(doc.betterSlot);
    const ask = (subscriber: string) =>
      inTransaction(db, (tx) => remindMe(tx, { quoteId: doc.quoteId, subscriber, at: night }));
    const first = await ask('u1');
    assert.deepEqual(await ask('u1'), first, 'asking twice is asking once');
    await ask('u2');
    await ask('u3');
    await inTransaction(db, (tx) => forgetSubscriber(tx, 'u3'));
    const due = (at: Date) => inTransaction(db, (tx) => takeDueReminders(tx, { at, findProduct }));
    assert.deepEqual(await due(plus(first.dueAt, -SECOND)), []);
    const sent = await due(first.dueAt);
    assert.deepEqual(sent.map(({ subscriber }) => subscriber).sort(), ['u1', 'u2']);
    for (const one of sent) assert(one.netFen >= one.targetFen);
    assert.deepEqual(await due(plus(first.dueAt, DAY)), []);
  });

  test('a lower table in between moves or ends the reminder instead of breaking its word', async (t) => {
    const { db } = await freshDatabase(t);
    await publishSeedTable(db, START);
    const doc = await issueQuote(db, { keys, product: noodle, faceFen: fen(10_000), at: night });
    const subscriber = 'u1';
    const { dueAt } = await inTransaction(db, (tx) =>
      remindMe(tx, { quoteId: doc.quoteId, subscriber, at: night }),
    );
    await publish(db, night, ({ categories }) => {
      categories.dining.baseBps = 5_000;
    });
    const due = (at: Date) => inTransaction(db, (tx) => takeDueReminders(tx, { at, findProduct }));
    assert.deepEqual(await due(plus(dueAt, 8 * DAY)), []);
    const row = await db.selectFrom('pricing.reminder').selectAll().executeTakeFirstOrThrow();
    assert.equal(row.outcome, 'lapsed');
  });

  test('a price that only falls has nothing to wait for', async (t) => {
    const { db } = await freshDatabase(t);
    await publishSeedTable(db, START);
    const at = chinaInstant('2026-11-25', 8);
    const expiresOn = '2026-11-25';
    const card = { product: fruit, faceFen: fen(10_000), expiresOn, at };
    const doc = await issueQuote(db, { keys, ...card });
    assert.equal(doc.belowFloor, true);
    assert.equal(doc.betterSlot, undefined);
    await assert.rejects(
      inTransaction(db, (tx) => remindMe(tx, { quoteId: doc.quoteId, subscriber: 'u', at })),
      refused('no_better_slot'),
    );
  });
});

describe('prices', () => {
  test('today against yesterday, and a history that starts with the first table', async (t) => {
    const { db } = await freshDatabase(t);
    await assert.rejects(priceList(db, { products: shop, at: NOW }), refused('no_prices'));
    await publishSeedTable(db, START);
    await publish(db, chinaInstant('2026-11-25', 0), ({ categories }) => {
      categories.dining.baseBps += 100;
    });
    await publish(db, NOW, ({ categories }) => {
      categories.cinema.baseBps -= 100;
    });
    const list = await priceList(db, { products: shop, at: NOW });
    assert.equal(list.tableVersion, 2);
    assert.deepEqual(
      list.upcoming.map(({ version, effectiveFrom }) => [version, effectiveFrom]),
      [[3, plus(NOW, 7 * DAY).toISOString()]],
    );
    const row = list.items.find(({ sku }) => sku === 'noodle');
    assert(row);
    assert.equal(row.changeFen, '96', '1 % more of ¥98.50, less 2.5 % fees');
    assert.equal(list.items.find(({ sku }) => sku === 'screen')?.changeFen, '0');
    assert.equal(row.bestSlot?.slot, 'weekend_noon');
    const first = await priceList(db, { products: shop, at: plus(START, DAY / 2) });
    assert.equal(first.items[0]?.changeFen, null);
    const history = await priceHistory(db, { product: noodle, at: NOW, days: 30 });
    assert.deepEqual(
      history.days.map(({ day, tableVersion }) => [day, tableVersion]),
      [
        ['2026-11-20', 1],
        ['2026-11-21', 1],
        ['2026-11-22', 1],
        ['2026-11-23', 1],
        ['2026-11-24', 1],
        ['2026-11-25', 2],
      ],
    );
    for (const { rateBps, bestRateBps } of history.days) assert(rateBps <= bestRateBps);
  });
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
