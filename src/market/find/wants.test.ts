// Goal: a standing offer to buy is answered once by a card that meets it, is the buyer's for a day, and ends with its time.
// Method: sellers answer with listings that fit and that miss by one condition, two at once; the clock brings the rest.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import { publishCatalogue } from '#cards';
import { DAY, FakeClock, fen, HOUR, inTransaction, newId, Refused } from '#platform';
import { runClock, start } from '#process';
import { freshDatabase } from '#test/database.ts';
import { marketClock } from '../clock.ts';
import { listing } from '../life.ts';
import { newcomers } from './alerts.fixture.ts';
import { aListing, type Made, putListing } from './testing.ts';
import {
  answerWant,
  forgetWants,
  listWants,
  putWant,
  takeBackWant,
  WANTS_MAX,
  wantsFor,
} from './wants.ts';

const START = new Date('2026-11-23T02:00:00Z');

async function world(t: TestContext) {
  const { db } = await freshDatabase(t);
  const clock = new FakeClock(START);
  await publishCatalogue(db, START);
  const newcomer = newcomers(t, db, START);
  const person = async (): Promise<string> => {
    const id = await newcomer();
    // Who a person really is has its own tests; here it only matters that it is known.
    await sql`insert into parties.real_name (id, person_id, state, name_sealed, id_sealed, id_print, request_no,
        asked_at, decided_at)
      select gen_random_uuid(), ${id}, 'verified', sealed, sealed, sealed, gen_random_uuid(), ${START}, ${START}
      from uuid_send(gen_random_uuid()) as sealed`.execute(db);
    return id;
  };
  const put = async (buyerId: string, days = 30, maxBps = 8_600): Promise<string> =>
    await putWant(db, {
      ...{ buyerId, sku: 'weihe-gift', maxBps, gradeMin: 3, days, at: clock.now() },
      valueMinFen: fen(10_000n),
      valueMaxFen: fen(20_000n),
    });
  const list = async (part: Partial<Made>): Promise<Made> => {
    const one = aListing({ listedAt: clock.now(), ...part });
    await putListing(db, one);
    await inTransaction(db, (tx) =>
      start(tx, listing, { id: one.id, at: clock.now(), by: 'seller' }),
    );
    return one;
  };
  const answer = async (wantId: string, one: Made, priceFen = 8_500n): Promise<string> =>
    await answerWant(db, {
      ...{ wantId, listingId: one.id, sellerId: one.sellerId, at: clock.now() },
      priceFen: fen(priceFen),
    });
  const tick = async (): Promise<number> =>
    await runClock(db, {
      at: clock.now(),
      handlers: { want: marketClock.want, offer: marketClock.offer },
    });
  const stateOf = async (buyerId: string) => (await listWants(db, buyerId))[0]?.state;
  return { db, clock, person, put, list, answer, tick, stateOf };
}

const refused = (code: string) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;

test('a card that meets the wish makes an agreed offer, once, though two sellers answer together', async (t) => {
  const { db, person, put, list, answer, stateOf } = await world(t);
  const [buyer, one, two] = [await person(), await person(), await person()];
  const id = await put(buyer);
  const cards = [await list({ sellerId: one }), await list({ sellerId: two })];
  const tries = await Promise.allSettled(cards.map((card) => answer(id, card)));
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal(await stateOf(buyer), 'answered');
  const offers = await db.selectFrom('market.offer').selectAll().execute();
  assert.deepEqual(
    offers.map(({ state, price_fen, buyer_id }) => ({ state, price_fen, buyer_id })),
    [{ state: 'agreed', price_fen: 8_500n, buyer_id: buyer }],
  );
  const seen = await wantsFor(db, { sku: 'weihe-gift', valueFen: fen(10_000n), at: START });
  assert.deepEqual(seen, [], 'nobody else is shown it meanwhile');
});

test('what misses by product, value, grade or price is refused, and so are others’ cards and one’s own wish', async (t) => {
  const { person, put, list, answer, db, clock } = await world(t);
  const [buyer, seller] = [await person(), await person()];
  const id = await put(buyer);
  for (const part of [
    { sku: 'weihe-ecard' },
    { valueFen: 9_000n, priceFen: 8_000n },
    { faceFen: 50_000n, valueFen: 50_000n },
    { grade: 2 },
  ])
    await assert.rejects(
      answer(id, await list({ sellerId: seller, ...part }), 8_000n),
      refused('want_not_met'),
    );
  const card = await list({ sellerId: seller, priceFen: 8_800n });
  await assert.rejects(
    answer(id, card, 8_601n),
    refused('want_not_met'),
    'dearer than the buyer pays',
  );
  await assert.rejects(answer(newId(), card), refused('not_found'));
  await assert.rejects(answer(id, { ...card, sellerId: buyer }), refused('not_found'));
  await assert.rejects(answer(id, await list({ sellerId: buyer })), refused('own_listing'));
  await assert.rejects(takeBackWant(db, id, seller, clock.now()), refused('not_found'));
  await assert.rejects(
    answer(id, await list({ sellerId: seller, state: 'paused' })),
    refused('listing_gone'),
  );
});

test('a buyer who does not order has the wish open again after a day, and it lapses at its end', async (t) => {
  const { clock, person, put, list, answer, tick, stateOf } = await world(t);
  const [buyer, seller] = [await person(), await person()];
  const id = await put(buyer, 3);
  await answer(id, await list({ sellerId: seller }));
  clock.advance(DAY + HOUR);
  await tick();
  assert.equal(await stateOf(buyer), 'open');
  clock.advance(2 * DAY);
  await tick();
  assert.equal(await stateOf(buyer), 'lapsed');
});

test('a buyer who ordered has what was wanted', async (t) => {
  const { db, clock, person, put, list, answer, tick, stateOf } = await world(t);
  const [buyer, seller] = [await person(), await person()];
  const offerId = await answer(await put(buyer), await list({ sellerId: seller }));
  await sql`update market.offer set state = 'ordered' where id = ${offerId}`.execute(db);
  clock.advance(DAY + HOUR);
  await runClock(db, { at: clock.now(), handlers: { want: marketClock.want } });
  assert.equal(await stateOf(buyer), 'met');
  await tick();
});

test('the best payer is shown first and nameless; one person has so many; leaving ends them', async (t) => {
  const { db, clock, person, put, stateOf } = await world(t);
  const [buyer, other] = [await person(), await person()];
  await put(buyer, 30, 8_000);
  await put(other, 30, 8_800);
  const seen = await wantsFor(db, { sku: 'weihe-gift', valueFen: fen(10_000n), at: clock.now() });
  assert.deepEqual(
    seen.map(({ priceFen }) => priceFen),
    [8_800n, 8_000n],
  );
  assert(!JSON.stringify(seen, (_, value) => String(value)).includes(buyer));
  const tries = await Promise.allSettled(Array.from({ length: WANTS_MAX + 3 }, () => put(other)));
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, WANTS_MAX - 1);
  await inTransaction(db, (tx) => forgetWants(tx, buyer, clock.now()));
  assert.equal(await stateOf(buyer), 'taken_back');
});
