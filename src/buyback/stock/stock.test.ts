// Goal: a card of the stock goes to the market and back, is sold once and to strangers only, and its money turns again.
// Method: the whole house with a real shop over the API; a buyer pays at the institution; promises and books are read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import ExcelJS from 'exceljs';
import { cardOf } from '#cards';
import { balanceOf, reconcile } from '#ledger';
import { DAY, HOUR } from '#platform';
import { type Answer, openTestHouse, type TestHouse } from '#test/house.ts';
import { marketIn } from '#test/market.ts';
import { openShop, topUpShop } from '#test/recyclers.ts';

const SKU = 'weihe-gift';
const code = ({ status, body }: Answer): string => (status < 400 ? 'ok' : body.code);

async function world(t: Parameters<typeof openTestHouse>[0]) {
  const house = await openTestHouse(t);
  const boss = await house.seller();
  const id = await openShop(house, boss);
  await topUpShop(house, boss, id, { amountFen: '60000' });
  const call = async <T = Answer['body']>(method: 'GET' | 'POST', path: string, body?: object) =>
    await house.http<T>(boss, method, `/v1/recyclers/${id}/${path}`, body);
  const placed = await call('POST', 'bids', {
    ...{ sku: SKU, faceMinFen: '10000', faceMaxFen: '10000', gradeMin: 'V2' },
    ...{ weekdays: [0, 1, 2, 3, 4, 5, 6], fromHour: 0, toHour: 24, dailyBudgetFen: '1000000' },
    curve: [{ rateBps: 9_000, quantity: 20 }],
  });
  assert.equal(placed.status, 201, placed.text);
  const seller = await house.seller();
  const buy = async (): Promise<string> => {
    const { order } = await house.sell(seller, { sku: SKU });
    await house.settle();
    return order.id;
  };
  return { house, boss, id, call, seller, buy };
}

const promiseOn = async ({ db, pool }: TestHouse, order: string) => {
  const { rows } = await pool.query<{ card_id: string }>(
    `select card_id from buyback."order" where id = $1`,
    [order],
  );
  const card = await cardOf(db, rows[0]?.card_id ?? '');
  return { custody: card?.custody, ...card?.encumbrance };
};

test('listed, taken off, listed again, sold: one promise at every moment, and the money is in the wallet', async (t) => {
  const { house, boss, id, call, seller, buy } = await world(t);
  const market = marketIn(house);
  const order = await buy();
  const { body: advice } = await call('GET', `stock/${order}/price`);
  assert.deepEqual(
    [advice['priceFen'], advice['fromSales']],
    ['9270', 0],
    'cost and three per cent',
  );
  const sell = async (priceFen: string) =>
    code(await call('POST', `stock/${order}/sell`, { priceFen }));
  const off = async () => code(await call('POST', `stock/${order}/take-off`, {}));
  assert.equal(await off(), 'wrong_state', 'nothing is up');
  assert.equal(await sell('10001'), 'price_above_balance');
  assert.equal(await sell('9500'), 'ok');
  assert.equal(await sell('9400'), 'card_resold', 'one card, one promise');
  assert.equal((await promiseOn(house, order)).kind, 'listing');
  assert.equal(code(await call('POST', `orders/${order}/card`, {})), 'card_resold');
  assert.equal(
    code(await call('POST', `orders/${order}/report`, { reason: 'USED_OR_VOID', note: 'x y z' })),
    'card_resold',
  );
  await house.settle();
  assert.equal(await off(), 'ok');
  assert.deepEqual(await promiseOn(house, order), { custody: 'vault', kind: 'order', ref: order });
  const two = await Promise.all([sell('9500'), sell('9500'), off()]);
  assert.equal(two.filter((one) => one === 'ok').length >= 1, true, two.join());
  if ((await promiseOn(house, order)).kind !== 'listing') assert.equal(await sell('9500'), 'ok');
  await house.settle();

  const stock = await call<{ items: Record<string, never>[] }>('GET', 'stock');
  const listed = Object(stock.body.items[0])['listing'] as { id: string; state: string };
  assert.equal(listed.state, 'live');
  const buyer = await house.seller();
  const { body: seen } = await house.http(buyer, 'GET', `/v1/market/listings/${listed.id}`);
  const { id: shopId, name } = seen['shop'] as { id: string; name: string };
  assert.deepEqual([seen['sellerId'], shopId], [id, id], 'the shop sells, whoever pressed');
  assert.equal(name, '模拟街角卡券店');
  const bare = { id: listed.id, priceFen: '9500' } as unknown as Answer['body'];
  assert.equal((await market.buy(boss, bare)).code, 'own_listing');
  const taken = await market.buy(buyer, bare);
  assert.equal(taken['status'], 201, JSON.stringify(taken));
  const bought = taken;
  assert.equal(await off(), 'wrong_state', 'somebody is buying it');
  await market.pay(taken as never);
  const before = (await balanceOf(house.db, `WALLET:${id}`)).balance;
  const secret = await market.see(buyer, bought);
  assert.match(secret.number, /^\d{16}$/);
  await market.act(buyer, 'orders/:id/confirm', bought.id);
  await house.settle();
  const { body: sold } = await call<{ items: Record<string, string>[] }>('GET', 'stock?place=sold');
  assert.equal(sold.items.length, 1);
  const proceeds = BigInt(sold.items[0]?.['proceedsFen'] ?? '0');
  assert.equal((await balanceOf(house.db, `WALLET:${id}`)).balance, before + proceeds);
  assert(proceeds > 9_000n && proceeds < 9_500n, String(proceeds));
  assert.deepEqual((await promiseOn(house, order)).custody, 'buyer');
  assert.equal(await sell('9500'), 'card_resold');
  const { body: figures } = await call<Record<string, Record<string, unknown>>>(
    'GET',
    'stock/figures',
  );
  assert.equal(figures['margin']?.['marginFen'], String(proceeds - 9_000n));
  assert.equal(figures['turnover']?.['costOfSalesFen'], '9000');
  assert.notEqual(seller.userId, boss.userId);
  assert.deepEqual(await reconcile(house.db), []);
});

test('an opened card is no stock; strangers find nothing; the file says what the page says', async (t) => {
  const { house, boss, id, call, buy } = await world(t);
  const [one, two] = [await buy(), await buy()];
  assert.equal(code(await call('POST', `orders/${one}/card`, {})), 'ok');
  assert.equal(
    code(await call('POST', `stock/${one}/sell`, { priceFen: '9500' })),
    'already_revealed',
  );
  const stranger = await house.seller();
  for (const [method, path, body] of [
    ['GET', 'stock', undefined],
    ['GET', 'stock/figures', undefined],
    ['GET', 'stock.csv', undefined],
    ['GET', `stock/${two}/price`, undefined],
    ['POST', `stock/${two}/sell`, { priceFen: '9500' }],
    ['POST', `stock/${two}/take-off`, {}],
    ['GET', 'scorecard', undefined],
  ] as const) {
    const said = await house.http(stranger, method, `/v1/recyclers/${id}/${path}`, body);
    assert.equal(said.status, 404, `${method} ${path}`);
  }
  await house.forward(2 * DAY + HOUR);
  const { body: figures } = await call<{ stock: { cards: number; costFen: string }[] }>(
    'GET',
    'stock/figures',
  );
  assert.deepEqual(
    figures.stock.map(({ cards, costFen }) => [cards, costFen]),
    [[1, '9000']],
  );
  const csv = await call('GET', 'stock.csv');
  const lines = csv.text.trim().split('\r\n');
  assert.equal(lines.length, 3);
  assert(lines[1]?.includes('90.00'), lines[1]);
  const reply = await house.house.app.inject({
    ...{ method: 'GET', url: `/v1/recyclers/${id}/stock.xlsx` },
    headers: { cookie: boss.cookie },
  });
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(reply.rawPayload as never);
  const sheet = book.worksheets[0];
  assert.equal(sheet?.rowCount, 3);
  assert.equal(sheet?.getRow(2).getCell(5).value, 90);
  assert.equal(typeof sheet?.getRow(2).getCell(3).value, 'string', 'digits of a card stay text');
});
