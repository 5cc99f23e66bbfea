// Goal: a card of a lot that a notice names is neither sold, seen nor paid for, wherever the lot is; the rest of the lot goes on
//   at its own price, and when the notice is lifted the card goes back to whoever sent it.
// Method: the whole house over HTTP; the notice comes before the check, before the offer, under sealed bids, after the award
//   with and without a tranche, delivered and not looked at, looked at; contract, books and vault are read; then it is lifted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE } from '#platform';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import {
  addPapers,
  bid,
  type Company,
  cardsOf,
  company,
  csvOf,
  dealOf,
  dealPath,
  type LotBody,
  lotPath,
  newLot,
  openFor,
  passSample,
  readyLot,
  sign,
  takeCards,
  upload,
} from '#test/lots.ts';
import { lifted, notice } from '#test/notices.ts';
import type { MadeCard } from '../simulators/issuer/index.ts';

interface World {
  readonly house: TestHouse;
  readonly officer: Person;
  readonly staff: Person;
  readonly seller: Company;
  readonly buyer: Company;
}

async function open(t: Parameters<typeof openTestHouse>[0]): Promise<World> {
  const house = await openTestHouse(t);
  return {
    house,
    officer: await house.staff('compliance'),
    staff: await house.staff('risk'),
    seller: await company(house),
    buyer: await company(house, { legalName: '模拟回收甲有限公司', walletFen: '200000' }),
  };
}

/** A notice about these cards, and what the rooms do of it; gives its id. */
async function stop({ house, officer }: World, cards: readonly MadeCard[]): Promise<unknown> {
  const { status, body, text } = await notice(house, officer, cards);
  assert.equal(status, 200, text);
  await house.settle();
  return body.id;
}

const lotOf = async ({ house, seller }: World, lotId: string): Promise<LotBody> =>
  (await house.http<LotBody>(seller.maker, 'GET', lotPath(seller, lotId))).body;

/** Rows by the last four of the number: two cards of a test never share them. */
async function row({ house }: World, { number }: MadeCard) {
  const { rows } = await house.pool.query(
    `select r.no, r.state, r.fault, c.custody, s.wrapped_dek is not null as kept,
       exists (select from cards.encumbrance as e where e.card_id = c.id and e.ended_at is null) as promised,
       exists (select from cards.verification as v where v.card_id = c.id) as asked
     from lots.row as r join cards.card as c on c.id = r.card_id
     left join cards.secret as s on s.card_id = c.id where c.last4 = $1`,
    [number.slice(-4)],
  );
  assert.equal(rows.length, 1, `one row of ${number.slice(-4)}`);
  return rows[0];
}

const books = async ({ house }: World) =>
  (
    await house.pool.query(
      `select (select coalesce(sum(balance), 0) from ledger.book) as total,
         (select coalesce(sum(balance), 0) from ledger.book where code like 'ESCROW:%') as escrow,
         (select coalesce(sum(held), 0) from ledger.book) as held`,
    )
  ).rows[0];
const EVEN = { total: '0', escrow: '0', held: '0' };

/** The seller takes the best of these parts, and all four sign; gives the deal. */
async function award(w: World, lotId: string, parts = [1]): Promise<string> {
  const { house, seller, buyer } = w;
  await house.prove(seller.checker);
  const path = `${lotPath(seller, lotId)}/award`;
  const { body, text } = await house.http<LotBody>(seller.checker, 'POST', path, { parts });
  const dealId = body.parts.find(({ no }) => no === parts[0])?.dealId;
  assert(dealId, text);
  await sign(house, [buyer, seller], dealId);
  await house.settle();
  return dealId;
}

const numbersIn = (text: string, cards: readonly MadeCard[]): number =>
  cards.filter(({ number }) => text.includes(number)).length;

test('before the offer: not asked of its issuer, not drawn, not offered, and gone back once it is lifted', async (t) => {
  const w = await open(t);
  const { house, seller, staff, officer } = w;
  const [named, ...others] = cardsOf('luyu-ecard', 4, { faceFen: 10_000n });
  assert(named);
  const lotId = await newLot(house, seller, { rows: 4 });
  assert.equal((await upload(house, seller, lotId, csvOf([named, ...others]))).status, 200);
  await house.settle();
  const id = await stop(w, [named]);
  const first = await row(w, named);
  assert.deepEqual([first.state, first.fault], ['bad', 'card_stopped']);
  await addPapers(house, seller, lotId);
  await house.http(seller.checker, 'POST', `${lotPath(seller, lotId)}/submit`);
  await house.prove(staff);
  await house.http(staff, 'POST', `/v1/console/lots/${lotId}/approve`);
  await house.settle();
  assert.equal((await row(w, named)).asked, false, 'its issuer was not asked for us');
  await passSample(house, staff, lotId);
  // Now all of them: there is nothing to offer, and that is said.
  const all = await stop(w, others);
  const closesAt = new Date(house.clock.now().getTime() + DAY).toISOString();
  for (const split of ['whole', 'product']) {
    const offer = { kind: 'rfq', split, tranches: 2, closesAt, reserves: [] };
    const told = await house.http(seller.maker, 'POST', `${lotPath(seller, lotId)}/open`, offer);
    assert.equal(told.body.code, 'lot_no_good_rows', told.text);
  }
  await house.http(seller.checker, 'POST', `${lotPath(seller, lotId)}/withdraw`);
  await house.settle();
  assert.deepEqual([(await row(w, named)).kept, (await row(w, named)).promised], [true, true]);
  await lifted(house, officer, id);
  await lifted(house, officer, all);
  for (const card of [named, ...others]) {
    const { state, custody, kept, promised } = await row(w, card);
    assert.deepEqual([state, custody, kept, promised], ['returned', 'seller', false, false]);
  }
});

test('another file after the notice: the card stays here until it is lifted, one that its issuer told of goes back at once', async (t) => {
  const w = await open(t);
  const { house, seller, officer } = w;
  const [named, other, third] = cardsOf('luyu-ecard', 3, { faceFen: 10_000n });
  const [told] = cardsOf('manhecang-ecard', 1, { faceFen: 10_000n });
  assert(named && other && third && told);
  const lotId = await newLot(house, seller, { rows: 2 });
  await upload(house, seller, lotId, csvOf([named, told]));
  await house.settle();
  const id = await stop(w, [named]);
  const { sku, number } = told;
  const tell = { sku, number, house: house.url, what: 'blocked', eventId: 'event-00000001' };
  await house.control('issuer', '/control/tell', tell);
  await house.settle();
  assert.equal((await row(w, told)).state, 'bad');
  const again = await house.http(seller.maker, 'POST', `${lotPath(seller, lotId)}/again`);
  assert.equal(again.status, 200, again.text);
  const kept = async ({ number }: MadeCard = named): Promise<string> => {
    const { rows } = await house.pool.query(
      `select c.custody || ' ' || (s.wrapped_dek is not null) as kept from cards.card as c
       left join cards.secret as s on s.card_id = c.id where c.last4 = $1`,
      [number.slice(-4)],
    );
    return rows[0].kept;
  };
  assert.deepEqual([await kept(), await kept(told)], ['vault true', 'seller false']);
  await upload(house, seller, lotId, csvOf([named, other]));
  await house.settle();
  const brought = await lotOf(w, lotId);
  assert.deepEqual(brought.progress, { ...brought.progress, read: 2, good: 1, bad: 1 });
  await lifted(house, officer, id);
  assert.equal(await kept(), 'seller false', 'gone back');
  await house.http(seller.maker, 'POST', `${lotPath(seller, lotId)}/again`);
  await upload(house, seller, lotId, csvOf([named, third]));
  await house.settle();
  assert.equal((await lotOf(w, lotId)).progress.good, 2, 'welcome again');
});

test('under sealed bids: the winner pays for what is left of its part, and a part of which nothing is left is nobody’s', async (t) => {
  const w = await open(t);
  const { house, seller, buyer, staff } = w;
  const kept = cardsOf('luyu-ecard', 4, { faceFen: 10_000n });
  const gone = cardsOf('weihe-ecard', 2, { faceFen: 10_000n });
  const lotId = await readyLot(house, seller, staff, [...kept, ...gone]);
  await openFor(house, seller, lotId, { split: 'product', tranches: 2 });
  assert.equal((await bid(house, buyer, lotId, '36000', 1)).status, 201);
  assert.equal((await bid(house, buyer, lotId, '18000', 2)).status, 201);
  await stop(w, [kept[1] as MadeCard, ...gone]);
  await house.forward(2 * DAY + MINUTE);
  const { parts } = await lotOf(w, lotId);
  assert.deepEqual(
    parts.map(({ no, bestFen }) => [no, bestFen !== undefined]),
    [
      [1, true],
      [2, false],
    ],
  );
  const dealId = await award(w, lotId);
  const deal = await dealOf(house, buyer, dealId);
  // Three of four cards of one face: three quarters of the bid, and the contract says so.
  assert.match(deal.contract, /3 张卡券，面值合计 300\.00 元/);
  assert.match(deal.contract, /价款：270\.00 元/);
  assert.deepEqual(
    deal.tranches.map(({ priceFen }) => priceFen),
    ['18000', '9000'],
  );
  for (const no of [1, 2]) {
    await takeCards(house, buyer, dealId, no);
    await house.http(buyer.maker, 'POST', `${dealPath(buyer, dealId)}/tranches/${no}/accept`);
    await house.settle();
  }
  await house.forward(8 * DAY);
  assert.equal((await dealOf(house, buyer, dealId)).state, 'settled');
  assert.deepEqual(await books(w), EVEN);
  assert.equal((await lotOf(w, lotId)).state, 'closed');
});

test('all of an auctioned lot named: the deadline comes, the bids are free, the lot ends', async (t) => {
  const w = await open(t);
  const { house, seller, buyer, staff } = w;
  const cards = cardsOf('luyu-ecard', 2, { faceFen: 10_000n });
  const lotId = await readyLot(house, seller, staff, cards);
  const reserves = [{ part: 'all', reserveFen: '1000' }];
  await openFor(house, seller, lotId, { kind: 'auction', reserves });
  assert.equal((await bid(house, buyer, lotId, '15000')).status, 201);
  await stop(w, cards);
  await house.forward(2 * DAY + MINUTE);
  assert.equal((await lotOf(w, lotId)).state, 'withdrawn');
  assert.deepEqual(await books(w), EVEN);
});

test('awarded: delivered or not, a card that nobody looked at is refunded, whoever says nothing; one that was seen is paid', async (t) => {
  const w = await open(t);
  const { house, seller, buyer, staff, officer } = w;
  const cards = cardsOf('luyu-ecard', 8, { faceFen: 10_000n });
  const lotId = await readyLot(house, seller, staff, cards);
  await openFor(house, seller, lotId, { tranches: 4 });
  assert.equal((await bid(house, buyer, lotId, '72000')).status, 201);
  await house.forward(2 * DAY + MINUTE);
  const dealId = await award(w, lotId);
  const byTranche = await Promise.all(
    [1, 2, 3, 4].map(async (no) => {
      const { rows } = await house.pool.query(
        `select c.last4 from lots.row as r join lots.tranche as t on t.id = r.tranche_id
         join cards.card as c on c.id = r.card_id where t.deal_id = $1 and t.no = $2 order by r.no`,
        [dealId, no],
      );
      return rows.map(({ last4 }) => cards.find(({ number }) => number.endsWith(last4)));
    }),
  );
  const pair = (no: number) => byTranche[no - 1] as [MadeCard, MadeCard];
  const path = (no: number, act: string) => `${dealPath(buyer, dealId)}/tranches/${no}/${act}`;
  const at = async (no: number) => (await dealOf(house, buyer, dealId)).tranches[no - 1];
  const resume = () => house.http(buyer.maker, 'POST', `${dealPath(buyer, dealId)}/resume`);

  // The first is delivered and nobody has looked; of the second and third the money is held.
  const [delivered] = pair(1);
  const [reserved] = pair(2);
  const id = await stop(w, [delivered, reserved]);
  const sheet = await takeCards(house, buyer, dealId, 1);
  assert.equal(numbersIn(sheet.text, cards), 1, 'left out');
  assert(!sheet.text.includes(delivered.number));
  // Silence accepts what could be looked at; the other waits for the rule. One of two is many: the deal is paused.
  await house.forward(2 * DAY + MINUTE);
  assert.deepEqual([(await at(1))?.state, (await at(1))?.failingFen], ['disputed', '9000']);

  assert.equal((await resume()).status, 200);
  await house.settle();
  assert.equal((await at(2))?.state, 'delivered');
  const second = await takeCards(house, buyer, dealId, 2);
  assert.equal(numbersIn(second.text, cards), 1);
  const accepted = await house.http(buyer.maker, 'POST', path(2, 'accept'));
  assert.equal(accepted.status, 200, accepted.text);
  assert.equal((await at(2))?.state, 'disputed', 'all that it could see is accepted');
  // Staff name no row as bad: a card that nobody may see is refunded all the same.
  const console = `/v1/console/lots/${lotId}/deals/${dealId}/tranches/2/decide`;
  await house.prove(staff);
  assert.equal((await house.http(staff, 'POST', console, { bad: [] })).status, 200);
  assert.equal((await at(2))?.refundFen, '9000');

  // Seen first, named afterwards: sold.
  assert.equal((await resume()).status, 200);
  await house.settle();
  assert.equal(numbersIn((await takeCards(house, buyer, dealId, 3)).text, cards), 2);
  await stop(w, [pair(3)[0]]);
  assert.equal((await takeCards(house, buyer, dealId, 3)).text.includes(pair(3)[0].number), false);
  await house.http(buyer.maker, 'POST', path(3, 'accept'));
  assert.deepEqual([(await at(3))?.state, (await at(3))?.refundFen], ['kept', '0']);

  // Reported by its buyer among others: the others are the issuer's to judge.
  await house.settle();
  const late = await stop(w, [pair(4)[0]]);
  const shown = await takeCards(house, buyer, dealId, 4);
  const good = shown.text.split('\r\n').find((line) => line.includes(pair(4)[1].number));
  const rows = [{ row: Number(good?.split(',')[0]), failing: 'USED_OR_VOID' }];
  assert.equal((await house.http(buyer.maker, 'POST', path(4, 'report'), { rows })).status, 200);
  await house.settle();
  assert.equal((await at(4))?.failingFen, '18000');
  await house.forward(3 * DAY + HOUR);
  const first = await at(1);
  assert.deepEqual([first?.state, first?.refundFen, first?.backFen], ['kept', '9000', '900']);
  assert.equal((await at(4))?.refundFen, '9000', 'the good one is paid');
  await house.forward(8 * DAY);
  assert.equal((await dealOf(house, buyer, dealId)).state, 'settled');
  assert.deepEqual(await books(w), EVEN);

  const [one, two] = [await row(w, delivered), await row(w, reserved)];
  for (const { state, kept } of [one, two]) assert.deepEqual([state, kept], ['refunded', true]);
  await lifted(house, officer, id);
  for (const card of [delivered, reserved]) {
    const { state, custody, kept } = await row(w, card);
    assert.deepEqual([state, custody, kept], ['refunded', 'seller', false], 'gone back');
  }
  assert.equal((await row(w, pair(4)[0])).kept, true, 'of the other notice');
  await lifted(house, officer, late);
  assert.equal((await row(w, pair(4)[0])).kept, false);
});

test('awarded without it: a part that nobody took is kept from going back until the notice is lifted', async (t) => {
  const w = await open(t);
  const { house, seller, buyer, staff, officer } = w;
  const sold = cardsOf('luyu-ecard', 2, { faceFen: 10_000n });
  const [named, other] = cardsOf('weihe-ecard', 2, { faceFen: 10_000n });
  assert(named && other);
  const lotId = await readyLot(house, seller, staff, [...sold, named, other]);
  await openFor(house, seller, lotId, { split: 'product', tranches: 1 });
  assert.equal((await bid(house, buyer, lotId, '15000', 1)).status, 201);
  assert.equal((await bid(house, buyer, lotId, '15000', 2)).status, 201);
  await house.forward(2 * DAY + MINUTE);
  const id = await stop(w, [named]);
  const dealId = await award(w, lotId);
  assert.deepEqual([(await row(w, named)).state, (await row(w, other)).state], ['bad', 'returned']);
  await takeCards(house, buyer, dealId, 1);
  await house.http(buyer.maker, 'POST', `${dealPath(buyer, dealId)}/tranches/1/accept`);
  await house.forward(8 * DAY);
  assert.equal((await lotOf(w, lotId)).state, 'closed');
  const kept = await row(w, named);
  assert.deepEqual([kept.state, kept.kept, kept.promised], ['bad', true, true]);
  await lifted(house, officer, id);
  // Its issuer had re-issued it: the new number waits for its owner.
  const { state, custody, promised } = await row(w, named);
  assert.deepEqual([state, custody, promised], ['returned', 'vault', false]);
});

test('re-issued, not looked at, refunded, lifted: the new number is its owner’s to take, and locks at the issuer end', async (t) => {
  const w = await open(t);
  const { house, seller, buyer, staff, officer } = w;
  const cards = [
    ...cardsOf('luyu-ecard', 1, { faceFen: 10_000n }),
    ...cardsOf('weihe-ecard', 1, { faceFen: 10_000n }),
  ];
  const [locked, reissued] = cards;
  assert(locked && reissued);
  const lotId = await readyLot(house, seller, staff, cards);
  await openFor(house, seller, lotId, { tranches: 1 });
  assert.equal((await bid(house, buyer, lotId, '18000')).status, 201);
  await house.forward(2 * DAY + MINUTE);
  const dealId = await award(w, lotId);
  const id = await stop(w, cards);
  await house.http(buyer.maker, 'POST', `${dealPath(buyer, dealId)}/tranches/1/accept`);
  await house.forward(4 * DAY);
  await house.forward(8 * DAY);
  assert.equal((await lotOf(w, lotId)).state, 'closed');
  assert.deepEqual(await books(w), EVEN);
  const back = async () =>
    await house.http(seller.maker, 'POST', `${lotPath(seller, lotId)}/returned-cards.csv`);
  await house.prove(seller.maker);
  assert(!(await back()).text.includes('weihe'), 'nothing to take while it stands');
  await lifted(house, officer, id);
  const [one, two] = [await row(w, locked), await row(w, reissued)];
  assert.deepEqual([one.state, one.custody, one.kept], ['refunded', 'seller', false]);
  assert.deepEqual([two.state, two.custody, two.kept], ['refunded', 'vault', true]);
  const holds = await house.pool.query(
    `select op, state from cards.issuer_call where ref = $1 and op in ('lock', 'release') order by op`,
    [lotId],
  );
  assert.deepEqual(
    holds.rows.map(({ op, state }) => `${op} ${state}`),
    ['lock done', 'release done'],
  );
  await house.prove(seller.maker);
  const taken = await back();
  assert.equal(taken.status, 200, taken.text);
  assert.match(taken.text, /weihe-ecard/);
});
