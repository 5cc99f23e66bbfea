// Goal: what a seller entrusts to us is nowhere to be read: not in a table, a log line, a queue or an answer.
// Method: a sale with numbers that exist nowhere else (canaries), paid to the end; then every place is searched for them,
// in the forms in which they could hide; the same for a lot of cards. The control: a canary put into a table is found.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { chinaInstant, DAY, HOUR, ROLES } from '#platform';
import { fitting, routesIn } from '#test/attack.ts';
import { openTestHouse } from '#test/house.ts';
import {
  type Company,
  cardsOf,
  company,
  dealFor,
  lotPath,
  readyLot,
  takeCards,
} from '#test/lots.ts';
import { everything } from '#test/parties.ts';

const house = await openTestHouse({ after: (work) => after(work) });
const { http, control } = house;
const seller = await house.seller();
const boss = await house.staff(...ROLES);
/** Every answer that the API gave. */
const answers: string[] = [];

async function call(...ask: Parameters<typeof http>) {
  const answer = await http(...ask);
  answers.push(`${ask[1]} ${ask[2]} ${answer.text} ${JSON.stringify(answer.headers)}`);
  return answer;
}

/** As text, and as the bytes that a binary column or a careless encoding would show. */
const formsOf = (secret: string): string[] => {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  return [
    secret,
    bytes.toString('hex'),
    base64,
    encodeURIComponent(secret),
    JSON.stringify(secret),
  ];
};

test('a sale from the first word to the money leaves no secret anywhere', async () => {
  const made = house.card('weihe-gift', 'good');
  const pin = made.pin ?? '';
  const bad = house.card('weihe-gift', 'used');
  await call(undefined, 'POST', '/v1/auth/otp', { phone: seller.phone });
  for (const card of [made, bad]) {
    const { body: quote } = await call(seller, 'POST', '/v1/quotes', {
      ...{ sku: card.sku, faceFen: card.faceFen },
    });
    const { quoteId, signature } = quote;
    const { body: order } = await call(seller, 'POST', '/v1/orders', { quoteId, signature });
    const path = `/v1/orders/${order.id}/card`;
    await call(seller, 'POST', path, { number: seller.accountNumber, pin: card.pin });
    await call(seller, 'POST', path, { number: card.number, pin: card.pin, extra: card.number });
    await call(seller, 'POST', path, { number: card.number, pin: card.pin });
    await call(seller, 'POST', path, { number: card.number, pin: card.pin });
    await house.settle();
  }
  await house.prove(seller);
  const { accountNumber, name: accountName } = seller;
  const account = { bankCode: 'joint', accountNumber, accountName };
  await call(seller, 'PUT', '/v1/me/payout-account', account, { 'idempotency-key': 'account-1' });
  await call(seller, 'PUT', '/v1/me/payout-account', { ...account, accountName: '赵某某' });
  const identity = { name: accountName, idNumber: seller.idNumber, consent: true };
  await call(seller, 'POST', '/v1/me/real-name', identity, { 'idempotency-key': 'name-1' });
  await house.forward(chinaInstant('2026-11-24', 17.1));
  await house.forward(HOUR);
  const { body: list } = await call(seller, 'GET', '/v1/orders');
  assert.deepEqual(list.items.map(({ state }) => state).sort(), ['rejected', 'settled']);
  // A watch list that names the seller by number: its case is read too.
  const listed = { ref: 'N-1', type: 'person', names: ['卢修斯测试'], idNumber: seller.idNumber };
  const published = { kind: 'police', version: '1', entries: [listed] };
  await control('registry', '/control/watch', published);
  await house.house.tidyUp();
  await house.settle();
  await house.prove(boss);
  const { body: matches } = await call(boss, 'GET', '/v1/console/watch/cases');
  assert.equal(matches.items.length, 1, 'the list named the seller');
  await readAll([...list.items, ...matches.items].map(({ id }) => id));

  const canaries = {
    ...{ number: made.number, badNumber: bad.number, pin },
    ...{ idNumber: seller.idNumber, phone: seller.phone, name: seller.name },
    account: seller.accountNumber,
  };
  await searchFor(canaries);
});

/** Looks for each canary in every table, log line and answer so far. */
async function searchFor(canaries: Readonly<Record<string, string>>): Promise<void> {
  const rows = await everything(house);
  assert(rows.length > 300, `${rows.length} rows were searched`);
  assert(answers.length > 60, `${answers.length} answers were searched`);
  assert(house.logged.length > 60, `${house.logged.length} log lines were searched`);
  const places = [...rows, ...house.logged, ...answers];
  const found = Object.entries(canaries).flatMap(([what, secret]) => {
    assert(secret.length > 2, what);
    const forms = formsOf(secret);
    return places
      .filter((place) => forms.some((form) => place.includes(form)))
      .map((place) => `${what} in ${place.slice(0, 160)}`);
  });
  assert.deepEqual(found, []);
}

test('a lot from its file to its statement shows its cards to the buyer and to nobody else', async () => {
  const from = answers.length;
  const owner = await company(house);
  const buyer = await company(house, { legalName: '模拟回收甲有限公司', walletFen: '1000000' });
  const cards = [...cardsOf('weihe-gift', 5), ...cardsOf('weihe-gift', 1, { state: 'used' })];
  const lotId = await readyLot(house, owner, boss, cards);
  const ids = { lotId, dealId: '' };
  await readLot(owner, ids);
  ids.dealId = await dealFor(house, { seller: owner, buyer, lotId, priceFen: '40000' });
  await house.settle();
  const shown = await takeCards(house, buyer, ids.dealId, 1);
  const lines = shown.text.trim().split('\r\n');
  assert.equal(lines.length, 1 + 5, shown.text);
  await house.settle();
  const told = { rows: [{ row: Number(lines[1]?.split(',')[0]), failing: 'USED_OR_VOID' }] };
  const report = `/v1/recyclers/${buyer.id}/lot-deals/${ids.dealId}/tranches/1/report`;
  assert.equal((await call(buyer.maker, 'POST', report, told)).status, 200);
  await house.settle();
  for (const side of [owner, buyer]) await readLot(side, ids);
  await house.forward(4 * DAY);
  await house.forward(8 * DAY);
  for (const side of [owner, buyer]) await readLot(side, ids);
  const { body } = await house.http(owner.maker, 'GET', lotPath(owner, lotId));
  assert.equal(body.state, 'closed');
  assert(answers.length - from > 60, `${answers.length - from} answers of the lot`);
  await searchFor(
    Object.fromEntries(
      cards.flatMap(({ number, pin = number }, no) => [
        [`number ${no}`, number],
        [`pin ${no}`, pin],
      ]),
    ),
  );
});

/** All that may be read about lots and deals, by a company of them and by staff, files included. */
async function readLot(
  { id, maker, checker }: Company,
  of: { lotId: string; dealId: string },
): Promise<void> {
  for (const person of [maker, checker, boss]) await house.prove(person);
  const reads = routesIn(house.house.app.swagger()).filter(
    ({ method, path }) => method === 'GET' && /\/lot/.test(path) && !path.endsWith('/events'),
  );
  assert(reads.length > 12, `${reads.length} routes`);
  for (const { path } of reads) {
    const address = path
      .replace('{id}', id)
      .replace('{lotId}', of.lotId)
      .replace('{dealId}', of.dealId);
    if (/\{/.test(address) || address.includes('//')) continue;
    for (const person of path.includes('/console/') ? [boss] : [maker, checker])
      await call(person, 'GET', address);
  }
}

/** Whatever the API shows to the seller and to staff with every role. One's own export is meant to show one's data. */
async function readAll(orders: readonly string[]): Promise<void> {
  house.clock.advance(1_000);
  await house.prove(boss);
  const reads = routesIn(house.house.app.swagger()).filter(
    ({ method, path }) => method === 'GET' && !/\/(events|export)$/.test(path),
  );
  const payouts = await call(seller, 'GET', '/v1/me/payouts');
  const ids = [...orders, ...payouts.body.items.map(({ id }) => id)];
  for (const { path, params, query } of reads) {
    const search = query.has('subject')
      ? `?subject=${orders[0]}`
      : query.has('sku')
        ? '?sku=weihe-gift'
        : '';
    for (const id of path.includes('{id}') ? ids : ['']) {
      const address = path.replace(/\{(\w+)\}/g, (_, name: string) => {
        const schema = params.get(name);
        return name === 'id' || !schema ? id : String(fitting(schema));
      });
      await call(path.includes('/console/') ? boss : seller, 'GET', address + search);
    }
  }
  assert(((await control('sms', '/messages')) as { items: unknown[] }).items.length > 0);
}

test('the control: a secret that does stand somewhere is found', async () => {
  const secret = Buffer.from(seller.idNumber);
  await house.pool.query(`update parties.real_name set name_sealed = $1`, [secret]);
  const rows = await everything(house);
  assert(rows.some((row) => formsOf(seller.idNumber).some((form) => row.includes(form))));
});
