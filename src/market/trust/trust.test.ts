// Goal: reviews stay blind and for good, threads stay between two people and hold no secret, deeds count once,
//   and the draw of spot checks takes the share it says, more on risk, and misses nobody for ever.
// Method: real PostgreSQL; both sides and a stranger in every order; 20,000 draws of the pure rule.
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
  inTransaction,
  newId,
  plus,
  Refused,
  SECOND,
} from '#platform';
import { freshDatabase } from '#test/database.ts';
import { readThread, say, tell, threadForCase } from './messages.ts';
import { REVIEW_DAYS, review, reviewsOf, reviewsOfOrder } from './review.ts';
import { RANDOM_SHARE, turnOf, UNCHECKED_DAYS_MAX } from './spot.ts';
import { noteDeed, refreshVouches, standingOf } from './standing.ts';
import { countUnread } from './store.ts';

const T0 = new Date('2026-11-25T04:00:00Z');
const directory = mkdtempSync(join(tmpdir(), 'huiquan-trust-'));
const keys = fileKeys(join(directory, 'keys.json'));
test.after(() => rmSync(directory, { recursive: true }));

const [buyerId, sellerId, stranger] = [newId(T0), newId(T0), newId(T0)];
const anOrder = () => ({
  ...{ orderId: newId(T0), buyerId, sellerId, valueFen: fen(20_000n), endedAt: T0 },
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (error instanceof Refused) return error.refusal.code;
    throw error;
  }
}

test('a review is blind until both wrote or the week is over, and is written once', async (t) => {
  const { db } = await freshDatabase(t);
  const order = anOrder();
  const write = (by: string, stars: number, body: string, at: Date) =>
    codeOf(inTransaction(db, (tx) => review(tx, order, { by, stars, body, at })));
  const seen = (viewer: string, at: Date) => reviewsOfOrder(db, order, { viewer, at });
  const first = plus(T0, DAY);
  assert.equal(await write(buyerId, 5, '很快，卡没问题', first), 'ok');
  assert.equal(await write(buyerId, 1, '改一下', first), 'review_written');
  assert.equal(await write(stranger, 5, '', first), 'not_found');
  assert.equal(await write(sellerId, 5, '加我微信 abc12345', first), 'text_contact');
  assert.equal((await seen(sellerId, first)).theirs, undefined, 'not yet for the other side');
  assert.equal((await reviewsOf(db, sellerId, first)).length, 0, 'nor for anybody');
  assert.equal(await write(sellerId, 4, '', plus(first, SECOND)), 'ok');
  assert.equal((await seen(sellerId, plus(first, SECOND))).theirs?.stars, 5);
  assert.deepEqual(
    (await reviewsOf(db, sellerId, first)).map(({ stars }) => stars),
    [5],
  );
  const other = anOrder();
  const late = plus(T0, REVIEW_DAYS * DAY);
  const one = { by: buyerId, stars: 2, body: '' };
  assert.equal(
    await codeOf(inTransaction(db, (tx) => review(tx, other, { ...one, at: late }))),
    'review_closed',
  );
  await inTransaction(db, (tx) => review(tx, other, { ...one, at: plus(late, -SECOND) }));
  assert.equal((await reviewsOf(db, sellerId, plus(late, -SECOND))).length, 1, 'still blind');
  assert.equal((await reviewsOf(db, sellerId, late)).length, 2, 'the week is over');
  for (const change of [sql`delete from market.review`, sql`update market.review set stars = 5`])
    await assert.rejects(change.execute(db), /append-only/);
});

test('a thread is between two people and the platform; what is refused leaves no trace', async (t) => {
  const { db } = await freshDatabase(t);
  const order = anOrder();
  const write = (by: string, text: string) =>
    codeOf(inTransaction(db, (tx) => say(tx, order, { keys, by, text, at: T0 })));
  const read = (viewer: string) =>
    inTransaction(db, (tx) => readThread(tx, order, { keys, viewer, markRead: true }));
  assert.equal(await write(buyerId, '您好，卡什么时候能用？'), 'ok');
  await inTransaction(db, (tx) => tell(tx, { orderId: order.orderId, code: 'pay', at: T0 }));
  assert.equal(await write(sellerId, '现在就能用'), 'ok');
  assert.equal(await write(sellerId, '密码是 8812-3399-0021'), 'text_card_secret');
  assert.equal(await write(stranger, '我也想看'), 'not_found');
  assert.equal(await codeOf(read(stranger)), 'not_found');
  const mine = (await read(buyerId)).map(({ from, text, code }) => [from, text ?? code]);
  const asWritten = [
    ['me', '您好，卡什么时候能用？'],
    ['platform', 'pay'],
    ['other', '现在就能用'],
  ];
  assert.deepEqual(mine, asWritten, 'though all three bear one millisecond');
  const unread = async (personId: string) =>
    (await countUnread(db, { orderIds: [order.orderId], personId })).get(order.orderId) ?? 0;
  assert.deepEqual(
    [await unread(buyerId), await unread(sellerId)],
    [0, 1],
    'only the seller has not looked',
  );
  const forCase = await threadForCase(db, keys, order);
  assert.deepEqual(
    new Set(forCase.map(({ from }) => from)),
    new Set(['buyer', 'seller', 'platform']),
  );
  const { rows } = await sql<{
    text: string;
  }>`select m::text as text from market.message m`.execute(db);
  assert(!rows.some(({ text }) => /能用|8812/.test(text)), 'sealed in the table');
  for (let sent = 0; sent < 59; sent++) await write(buyerId, `第 ${sent} 条`);
  assert.equal(await write(buyerId, '再来一条'), 'messages_too_many');
});

const deed = (db: Db, personId: string, subject: string, counterparty: string) =>
  inTransaction(db, (tx) =>
    noteDeed(tx, {
      ...{ personId, kind: 'sold', subject, counterparty, valueFen: fen(20_000n), at: T0 },
    }),
  );

test('a deed counts once; a vouched buyer counts for more than a stranger', async (t) => {
  const { db } = await freshDatabase(t);
  const subject = newId(T0);
  await deed(db, sellerId, subject, buyerId);
  const once = await standingOf(db, sellerId, T0);
  await deed(db, sellerId, subject, buyerId);
  assert.deepEqual(await standingOf(db, sellerId, T0), once);
  assert.equal(await refreshVouches(db, { anchors: [buyerId], at: T0 }), 2);
  assert((await standingOf(db, sellerId, T0)).score > once.score, 'an anchor bought from them');
  assert.equal(await refreshVouches(db, { anchors: [], at: T0 }), 0, 'once a day');
  await refreshVouches(db, { anchors: [], at: plus(T0, DAY) });
  assert((await standingOf(db, sellerId, T0)).score <= once.score, 'no anchors, no vouching');
});

test('spot checks take their share, more on risk, and nobody is missed for ever', () => {
  const draws = Array.from({ length: 20_000 }, (_, index) => (index + 0.5) / 20_000);
  const listing = {
    ...{ listingId: 'l', cardId: 'c', sellerId: 's', daysUnchecked: 3 },
    ...{ priceFen: fen(9_000n), balanceFen: fen(10_000n) },
  };
  const share = (over: Partial<typeof listing>, score: number): number =>
    draws.filter((draw) => turnOf({ ...listing, ...over }, { score, draw })).length / draws.length;
  assert.equal(share({}, 900), RANDOM_SHARE);
  assert.equal(share({ priceFen: fen(6_000n) }, 900), RANDOM_SHARE * 5);
  assert.equal(share({ priceFen: fen(6_001n) }, 900), RANDOM_SHARE);
  assert.equal(share({}, 399), RANDOM_SHARE * 5);
  assert.equal(share({ daysUnchecked: UNCHECKED_DAYS_MAX }, 900), 1);
});
