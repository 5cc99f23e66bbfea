// Goal: sales in lots, by assignment and on the chain count towards the figures of the law as those of the market do: not one
//   below a figure, at it, and above it; with the prices that were settled, for who sold and who traded on, and nobody else.
// Method: the whole house, one way a test; victims two, three, four; the gain of three sellers at the figure −1, 0, +1 fen;
//   a refunded card, a buyer who kept the card and a wallet that was let go among them; sums written out by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY } from '#platform';
import { type Holder, openChainHouse } from '#test/chain.ts';
import { type Common, openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { cardsOf, company, dealFor, dealOf, dealPath, readyLot, takeCards } from '#test/lots.ts';
import { marketIn } from '#test/market.ts';
import { decide, notice } from '#test/notices.ts';
import { type MadeCard, makeCard } from '../simulators/issuer/index.ts';

interface Case {
  kind: string;
  partyId: string;
  reasons: string[];
  facts: Record<string, string>;
}

/** A notice that names these cards, entered and confirmed. */
async function confirm(
  house: TestHouse,
  officer: Person,
  cards: readonly MadeCard[],
  victim = '',
): Promise<void> {
  const { body } = await notice(house, officer, cards, { victim });
  const told = await decide(house, officer, body.id, 'confirm');
  assert.equal(told.status, 200, told.text);
  await house.settle();
}

async function exposed(house: TestHouse, officer: Person): Promise<Case[]> {
  await house.prove(officer);
  const { body } = await house.http<{ items: Case[] }>(officer, 'GET', '/v1/console/aml/cases');
  return body.items.filter(({ kind }) => kind === 'exposure');
}

/** One card a notice, each with another victim: nobody is reported at two, these parties are at three, and once. */
async function atThree(
  house: TestHouse,
  { officer, cards, parties }: { officer: Person; cards: MadeCard[]; parties: string[] },
): Promise<Map<string, Case>> {
  let found: Case[] = [];
  for (const [at, card] of cards.entries()) {
    await confirm(house, officer, [card], `被害人${'甲乙丙丁'[at]}`);
    const now = await exposed(house, officer);
    const ids = now.map(({ partyId }) => partyId).sort();
    assert.deepEqual(ids, at < 2 ? [] : [...parties].sort(), `${at + 1} victims`);
    if (at === 2) found = now;
  }
  assert.equal(cards.length, 4);
  for (const { reasons } of found) assert.deepEqual(reasons, ['crime_victims']);
  return new Map(found.map((one) => [one.partyId, one]));
}
const sums = (found: Case | undefined) => [found?.facts['settledFen'], found?.facts['profitFen']];

test('a lot: the company that sold it and the one that bought it, and not for the card that was refunded', async (t) => {
  const house = await openTestHouse(t);
  const officer = await house.staff('compliance');
  const risk = await house.staff('risk');
  const seller = await company(house);
  const buyer = await company(house, { legalName: '模拟回收甲有限公司', walletFen: '200000' });
  const cards = cardsOf('luyu-ecard', 5, { faceFen: 10_000n });
  const lotId = await readyLot(house, seller, risk, cards);
  const dealId = await dealFor(house, { seller, buyer, lotId, priceFen: '45000' });
  await house.settle();
  const sheet = await takeCards(house, buyer, dealId, 1);
  assert.equal(sheet.status, 200, sheet.text);
  const [failing, ...sold] = cards as [MadeCard, ...MadeCard[]];
  const line = sheet.text.split('\r\n').find((one) => one.includes(failing.number));
  const rows = [{ row: Number(line?.split(',')[0]), failing: 'USED_OR_VOID' }];
  const path = `${dealPath(buyer, dealId)}/tranches/1`;
  const reported = await house.http(buyer.maker, 'POST', `${path}/report`, { rows });
  assert.equal(reported.status, 200, reported.text);
  await house.prove(seller.maker);
  const agree = `${dealPath(seller, dealId)}/tranches/1/agree`;
  assert.equal((await house.http(seller.maker, 'POST', agree)).status, 200);
  await house.forward(8 * DAY);
  const [tranche] = (await dealOf(house, buyer, dealId)).tranches;
  assert(tranche);
  assert.deepEqual([tranche.state, tranche.refundFen], ['settled', '9000']);
  const fee = BigInt(tranche.feeFen);
  assert(fee > 0n && fee + BigInt(tranche.paidFen) === 36_000n);

  await confirm(house, officer, [failing], '被害人戊');
  const parties = [seller.id, buyer.id];
  const found = await atThree(house, { officer, cards: sold, parties });
  // Each bears a quarter of the fee.
  assert.deepEqual(sums(found.get(seller.id)), ['27000', String(3n * (9_000n - fee / 4n))]);
  assert.deepEqual(sums(found.get(buyer.id)), ['27000', String(3n * (10_000n - 9_000n))]);
});

const ASSIGNMENTS = '/v1/exchange/assignments';
let serial = 0;

/** Offered, agreed, paid, and its secret fetched: the seller is paid. */
async function assigned(
  house: TestHouse,
  sides: { seller: Person; buyer: Person; priceFen: number },
): Promise<MadeCard> {
  const { seller, buyer, priceFen } = sides;
  const card = makeCard('weihe-banquet', { serial: 7_000 + serial++, faceFen: 500_000n });
  const { sku, faceFen, number, pin } = card;
  const body = { sku, faceFen, priceFen: String(priceFen), number, ...(pin && { pin }) };
  const made = await house.http(seller, 'POST', ASSIGNMENTS, body);
  assert.equal(made.status, 201, made.text);
  await house.settle();
  const agree = { code: String(made.body['code']), channel: 'bank' };
  const { body: agreed, text } = await house.http(buyer, 'POST', `${ASSIGNMENTS}/agree`, agree);
  assert(agreed.id, text);
  await house.settle();
  const order = (await house.http(buyer, 'GET', `${ASSIGNMENTS}/${agreed.id}`)).body;
  await marketIn(house).pay(order);
  await house.settle();
  const secret = await house.http(buyer, 'POST', `${ASSIGNMENTS}/${agreed.id}/secret`, {});
  assert.equal(secret.status, 200, secret.text);
  await house.settle();
  return card;
}

test('assignment: the gain of a seller one fen below the figure, at it, and one above; whoever kept the card gained nothing', async (t) => {
  const house = await openTestHouse(t);
  const officer = await house.staff('compliance');
  const buyer = await house.seller();
  // Of 400,000 fen 2.5 % is the fee: 390,000 are got, twice; of the third card all but 5,641.
  for (const [third, gain] of [
    [225_640, 999_999],
    [225_641, 1_000_000],
    [225_642, 1_000_001],
  ] as const) {
    const seller = await house.seller();
    const cards = [];
    for (const priceFen of [400_000, 400_000, third])
      cards.push(await assigned(house, { seller, buyer, priceFen }));
    await confirm(house, officer, cards);
    const found = (await exposed(house, officer)).filter((one) => one.partyId === seller.userId);
    assert.deepEqual(
      found.map(({ reasons, facts }) => [reasons, facts['profitFen'], facts['settledFen']]),
      gain < 1_000_000 ? [] : [[['crime_profit'], String(gain), String(800_000 + third)]],
      `${gain}`,
    );
  }
  const all = await exposed(house, officer);
  assert(!all.some(({ partyId }) => partyId === buyer.userId), 'a buyer is harmed');
});

test('the chain: who sold, and who bought to sell on, though the wallet was let go; not who kept the card', async (t) => {
  const house = await openChainHouse(t);
  const officer = await house.staff('compliance');
  const [seller, dealer, keeper] = [
    await house.holder(),
    await house.holder(),
    await house.holder(),
  ];
  const sold: { card: MadeCard; token: Common }[] = [];
  for (let count = 0; count < 4; count++) {
    const card = house.card('weihe-gift');
    sold.push({ card, token: await house.tokenised(seller, { card }) });
  }
  const pass = async (from: Holder, to: Holder, priceFen: string): Promise<void> => {
    for (const { token } of sold) {
      const now = (await house.http(from, 'GET', `/v1/exchange/tokens/${token.id}`)).body;
      const order = await house.listed(from, now, priceFen);
      const path = `/v1/exchange/listings/${order.id}/buy`;
      const bought = await house.http(to, 'POST', path, await house.buying(to, order));
      assert.equal(bought.status, 200, bought.text);
      await house.mined();
    }
  };
  await pass(seller, dealer, '9000');
  await pass(dealer, keeper, '9500');
  const end = `/v1/exchange/wallets/${seller.walletId}/end`;
  assert.equal((await house.http(seller, 'POST', end, {})).status, 200);

  const parties = [seller.userId, dealer.userId];
  const cards = sold.map(({ card }) => card);
  const found = await atThree(house, { officer, cards, parties });
  // 2.5 % of 9,000 is 225; of 9,500 it is 237, rounded down.
  assert.deepEqual(sums(found.get(seller.userId)), ['27000', String(3 * 8_775)]);
  assert.deepEqual(sums(found.get(dealer.userId)), [
    String(3 * (9_000 + 9_500)),
    String(3 * (9_263 - 9_000)),
  ]);
});
