// Goal: a standing offer to buy is answered once by a card that meets it, is the buyer's for a day, and ends with its time.
// Method: sellers answer with listings that fit and that miss by one condition, two at once; the clock brings the rest.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import { publishCatalogue } from '#cards';
import { DAY, FakeClock, fen, HOUR, inTransaction, newId, Refused, silentLog } from '#platform';
import { runClock, start } from '#process';
import { freshDatabase } from '#test/database.ts';
import { marketClock } from '../clock.ts';
import { listing } from '../life.ts';
import { newcomers } from './alerts.fixture.ts';
import { alertTask } from './alerts.ts';
import { aListing, type Made, putListing } from './testing.ts';
import { wantPaid } from './want-move.ts';
import { isKeptFrom } from './want-store.ts';
import {
  answerWant,
  forgetWants,
  listWants,
  putWant,
  turnWant,
  WANTS_MAX,
  type WantInput,
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
  const put = async (
    buyerId: string,
    days = 30,
    maxBps = 8_600,
    more: Partial<WantInput> = {},
  ): Promise<string> =>
    await putWant(db, {
      ...{ buyerId, sku: 'weihe-gift', maxBps, gradeMin: 3, days, at: clock.now() },
      valueMinFen: fen(10_000n),
      valueMaxFen: fen(20_000n),
      ...more,
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
  const stateOf = async (buyerId: string) =>
    (await listWants(db, { buyerId, limit: 20 }))[0]?.state;
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
  await assert.rejects(
    turnWant(db, { id, buyerId: seller, transition: 'take_back', at: clock.now() }),
    refused('not_found'),
  );
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

test('one of two is paid for and the wish goes on; the second one meets it', async (t) => {
  const { db, clock, person, put, list, answer, stateOf } = await world(t);
  const [buyer, seller] = [await person(), await person()];
  const id = await put(buyer, 30, 8_600, { wished: 2 });
  const pay = async (offerId: string) =>
    await inTransaction(db, (tx) => wantPaid(tx, offerId, clock.now()));
  await pay(await answer(id, await list({ sellerId: seller })));
  assert.equal(await stateOf(buyer), 'open');
  const second = await answer(id, await list({ sellerId: seller }));
  await pay(second);
  await pay(second);
  const [mine] = await listWants(db, { buyerId: buyer, limit: 20 });
  assert.deepEqual([mine?.state, mine?.bought], ['met', 2]);
});

test('what the card may not be used for, its last day, a ceiling price and a category narrow a wish', async (t) => {
  const { person, put, list, answer, stateOf } = await world(t);
  const [buyer, seller] = [await person(), await person()];
  const id = await put(buyer, 30, 8_600, {
    ...{ sku: undefined, category: 'dining', without: ['minSpend'], expiresFrom: '2027-06-01' },
    maxPriceFen: fen(8_000n),
  });
  const part = { sellerId: seller, expiresOn: '2027-07-01' };
  for (const miss of [
    { restrictions: [{ kind: 'minSpend' }] },
    { expiresOn: '2027-05-31' },
    { category: 'fuel' },
  ])
    await assert.rejects(
      answer(id, await list({ ...part, ...miss }), 8_000n),
      refused('want_not_met'),
    );
  const card = await list({ ...part, restrictions: [{ kind: 'singleUse' }] });
  await assert.rejects(answer(id, card, 8_001n), refused('want_not_met'), 'above the ceiling');
  await answer(id, card, 8_000n);
  assert.equal(await stateOf(buyer), 'answered');
});

test('a paused wish is not seen or answered; ending an answered one frees the card', async (t) => {
  const { db, clock, person, put, list, answer, stateOf } = await world(t);
  const [buyer, seller, other] = [await person(), await person(), await person()];
  const id = await put(buyer);
  const turn = async (transition: 'pause' | 'resume' | 'take_back') =>
    await turnWant(db, { id, buyerId: buyer, transition, at: clock.now() });
  await turn('pause');
  assert.deepEqual(await wantsFor(db, { sku: 'weihe-gift', at: clock.now() }), []);
  const card = await list({ sellerId: seller });
  await assert.rejects(answer(id, card), refused('wrong_state'));
  await turn('resume');
  await answer(id, card);
  const kept = { listingId: card.id, buyerId: other };
  assert.equal(await isKeptFrom(db, kept), true, 'for a day it is the buyer’s');
  assert.equal(await isKeptFrom(db, { ...kept, buyerId: buyer }), false);
  await turn('take_back');
  assert.equal(await isKeptFrom(db, kept), false);
  assert.equal(await stateOf(buyer), 'taken_back');
});

test('a listing within the price is told of once, whatever became of the text', async (t) => {
  const { db, clock, person, put, list } = await world(t);
  const [buyer, seller] = [await person(), await person()];
  await put(buyer);
  const told = async (listingId: string) => {
    await alertTask({ listingId }, { db, clock, log: silentLog, attempt: 1, lastAttempt: false });
    const { rows } = await sql<{ n: bigint }>`select count(*) as n from parties.message
      where person_id = ${buyer} and template = 'want_on_sale'`.execute(db);
    return Number(rows[0]?.n);
  };
  const dear = await list({ sellerId: seller, priceFen: 8_601n });
  assert.equal(await told(dear.id), 0);
  const fits = await list({ sellerId: seller, priceFen: 8_600n });
  assert.equal(await told(fits.id), 1);
  assert.equal(await told(fits.id), 1);
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
