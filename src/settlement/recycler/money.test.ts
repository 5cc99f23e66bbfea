// Goal: a recycler's deposit and wallet never mix, nothing is lost or paid twice, and every fen it owns comes back.
// Method: the whole house over HTTP with its bank; races, strangers, holds, a default, and the ninety days of the tail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import ExcelJS from 'exceljs';
import { balanceOf, hold, reconcile, release } from '#ledger';
import { DAY, fen, inTransaction, plus } from '#platform';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { openShop, readyShop, topUpShop } from '#test/recyclers.ts';

interface Wallet {
  code: string;
  freeFen: string;
  heldFen: string;
  depositFen: string;
  holds: { amountFen: string }[];
  topUps: { state: string; amountFen: string; target: string }[];
  payouts: { what: string; state: string; amountFen: string; promisedOn: string }[];
}
const walletOf = async (house: TestHouse, as: Person, id: string): Promise<Wallet> =>
  (await house.http<Wallet>(as, 'GET', `/v1/recyclers/${id}/wallet`)).body;
const stateOf = async (house: TestHouse, as: Person, id: string) =>
  (await house.http(as, 'GET', `/v1/recyclers/${id}`)).body;

test('a deposit opens a standard shop; it stays out of the wallet, and comes back after the tail', async (t) => {
  const house = await openTestHouse(t);
  const owner = await house.seller();
  const id = await readyShop(house, owner, { tier: 'standard' });
  const early = await house.http(owner, 'POST', `/v1/recyclers/${id}/begin`);
  assert.equal(early.body.code, 'checklist_open');
  await topUpShop(house, owner, id, { target: 'deposit', amountFen: '1999999' });
  assert.equal((await stateOf(house, owner, id)).state, 'kyb_verified', 'a fen short');
  await topUpShop(house, owner, id, { target: 'deposit', amountFen: '100' });
  assert.equal((await stateOf(house, owner, id)).state, 'deposit_paid');
  assert.equal((await house.http(owner, 'POST', `/v1/recyclers/${id}/begin`)).status, 200);
  const wallet = await walletOf(house, owner, id);
  assert.deepEqual([wallet.freeFen, wallet.depositFen], ['0', '2000099']);
  const grab = await house.http(owner, 'POST', `/v1/recyclers/${id}/withdrawals`, {
    amountFen: '1',
  });
  assert.equal(grab.body.code, 'insufficient_funds', 'the deposit is not in the wallet');

  await topUpShop(house, owner, id, { amountFen: '30000' });
  await house.prove(owner);
  const left = await house.http(owner, 'POST', `/v1/recyclers/${id}/leave`);
  assert.equal(left.body.state, 'exiting', left.text);
  assert.equal(left.body['refundOn'], '2027-02-21', 'the day is stated');
  await house.forward(89 * DAY);
  await house.prove(owner);
  assert.equal((await walletOf(house, owner, id)).depositFen, '2000099', 'not a day early');
  await house.forward(DAY);
  assert.equal((await stateOf(house, owner, id)).state, 'closed');
  const back = await walletOf(house, owner, id);
  assert.deepEqual([back.freeFen, back.depositFen], ['0', '0']);
  assert.deepEqual(back.payouts.map(({ what, amountFen }) => [what, amountFen]).sort(), [
    ['deposit_refund', '2000099'],
    ['wallet_refund', '30000'],
  ]);
  assert.deepEqual(await reconcile(house.db), []);
});

test('with something open nobody leaves, and the day is put off until it is settled', async (t) => {
  const house = await openTestHouse(t);
  const owner = await house.seller();
  const id = await openShop(house, owner);
  await topUpShop(house, owner, id, { amountFen: '50000' });
  const { db, clock } = house;
  const key = { kind: 'test.bid', ref: 'one' };
  const bid = { ...key, subject: 'one', from: `WALLET:${id}`, to: 'ESCROW:one' };
  const open = async () =>
    await inTransaction(db, (tx) =>
      hold(tx, {
        ...{ ...bid, amount: fen(20_000n), at: clock.now() },
        expiresAt: plus(clock.now(), 300 * DAY),
      }),
    );
  await open();
  const busy = await house.http(owner, 'POST', `/v1/recyclers/${id}/leave`);
  assert.equal(busy.body.code, 'open_business');
  const wallet = await walletOf(house, owner, id);
  assert.deepEqual([wallet.freeFen, wallet.heldFen, wallet.holds.length], ['30000', '20000', 1]);
  const over = await house.http(owner, 'POST', `/v1/recyclers/${id}/withdrawals`, {
    amountFen: '30001',
  });
  assert.equal(over.body.code, 'insufficient_funds');
  // Suspended and sent away with the order open: the day comes, and goes a week on.
  const risk = await house.staff('risk');
  for (const act of ['suspend', 'expel'])
    await house.http(risk, 'POST', `/v1/console/recyclers/${id}/${act}`, { reason: 'default' });
  await house.forward(90 * DAY);
  await house.prove(owner);
  const later = await stateOf(house, owner, id);
  assert.deepEqual([later.state, later['refundOn']], ['exiting', '2027-02-28']);
  await inTransaction(db, (tx) => release(tx, { ...key, at: clock.now() }));
  await house.forward(7 * DAY);
  assert.equal((await stateOf(house, owner, id)).state, 'closed');
  assert.equal((await balanceOf(db, `WALLET:${id}`)).balance, 0n);
});

test('two top-ups that race are two top-ups; one that is repeated is one; a failed one credits nothing', async (t) => {
  const house = await openTestHouse(t);
  const owner = await house.seller();
  const id = await openShop(house, owner);
  const ask = async (key?: string) =>
    await house.http<Wallet>(
      ...([owner, 'POST', `/v1/recyclers/${id}/top-ups`] as const),
      { target: 'wallet', amountFen: '10000' },
      key === undefined ? {} : { 'idempotency-key': key },
    );
  await Promise.all([ask(), ask()]);
  await ask('once');
  await ask('once');
  await house.settle();
  assert.equal((await walletOf(house, owner, id)).freeFen, '30000');
  await house.control('psp', '/control/faults', { refuseCollections: 1 });
  await ask();
  await house.settle();
  const after = await walletOf(house, owner, id);
  assert.equal(after.freeFen, '30000');
  assert.equal(after.topUps.filter(({ state }) => state === 'failed').length, 1);
  const bad = async (body: Record<string, string>) =>
    (await house.http(owner, 'POST', `/v1/recyclers/${id}/top-ups`, body)).body.code;
  for (const amountFen of ['0', '-1', '1e9', '1.5', ''])
    assert.equal(await bad({ target: 'wallet', amountFen }), 'invalid_input');
  assert.equal(await bad({ target: 'wallet', amountFen: '99' }), 'top_up_amount');
  assert.equal(await bad({ target: 'wallet', amountFen: '1000000001' }), 'top_up_amount');
  assert.equal(await bad({ target: 'reserve', amountFen: '10000' }), 'invalid_input');
  assert.deepEqual(await reconcile(house.db), []);
});

test('the statement of a day and of a month adds up, as page, CSV and XLSX; strangers get none', async (t) => {
  const house = await openTestHouse(t);
  const [owner, stranger] = [await house.seller(), await house.seller()];
  const id = await openShop(house, owner);
  await topUpShop(house, owner, id, { amountFen: '12345' });
  await house.forward(DAY);
  await house.prove(owner);
  await topUpShop(house, owner, id, { amountFen: '5500' });
  await house.http(owner, 'POST', `/v1/recyclers/${id}/withdrawals`, { amountFen: '300' });
  await house.settle();
  const path = `/v1/recyclers/${id}/statement`;
  interface Paper {
    openingFen: string;
    closingFen: string;
    entries: { amountFen: string; balanceFen: string }[];
  }
  for (const query of ['', '?from=2026-11-01&to=2026-11-30']) {
    const { body } = await house.http<Paper>(owner, 'GET', path + query);
    const moved = body.entries.reduce((sum, one) => sum + BigInt(one.amountFen), 0n);
    assert.equal(BigInt(body.openingFen) + moved, BigInt(body.closingFen));
    assert.equal(body.closingFen, '17545');
    assert.equal(body.openingFen, query === '' ? '12345' : '0');
  }
  const csv = await house.http(owner, 'GET', `${path}.csv?from=2026-11-01&to=2026-11-30`);
  assert.match(csv.text, /123\.45/);
  assert.match(csv.text, /175\.45/);
  const reply = await house.house.app.inject({
    ...{ method: 'GET', url: `${path}.xlsx?from=2026-11-01&to=2026-11-30` },
    headers: { cookie: owner.cookie },
  });
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(reply.rawPayload as unknown as ArrayBuffer);
  assert.equal(book.worksheets[0]?.rowCount, 7, 'head, opening, three entries, closing, sum');
  for (const end of ['', '.csv', '.xlsx'])
    assert.equal((await house.http(stranger, 'GET', path + end)).status, 404);
  const bad = await house.http(owner, 'GET', `${path}?from=2026-02-31`);
  assert.equal(bad.body.code, 'invalid_input');
  const long = await house.http(owner, 'GET', `${path}?from=2020-01-01`);
  assert.equal(long.body.code, 'invalid_input');
});

test('a withdrawal arrives in the company’s name; a low wallet is told once', async (t) => {
  const house = await openTestHouse(t);
  const owner = await house.seller();
  const id = await openShop(house, owner);
  await topUpShop(house, owner, id, { amountFen: '100000' });
  await house.http(owner, 'PUT', `/v1/recyclers/${id}/alert`, { belowFen: '50000' });
  await house.house.tidyUp();
  const out = await house.http<Wallet>(owner, 'POST', `/v1/recyclers/${id}/withdrawals`, {
    amountFen: '60000',
  });
  assert.equal(out.status, 200, out.text);
  await house.house.tidyUp();
  await house.house.tidyUp();
  await house.forward(3 * DAY);
  const wallet = await walletOf(house, owner, id);
  const paid = wallet.payouts.find(({ what }) => what === 'wallet');
  assert.deepEqual([wallet.freeFen, paid?.state], ['40000', 'paid']);
  const { items } = (await house.control('sms', `/messages?to=${owner.phone}`)) as {
    items: { text: string }[];
  };
  assert.equal(items.filter(({ text }) => text.includes('可用余额为 400.00 元')).length, 1);
});

test('a default is paid to the seller out of the deposit by two people, once', async (t) => {
  const house = await openTestHouse(t);
  const [owner, seller] = [await house.seller(), await house.seller()];
  const id = await readyShop(house, owner, { tier: 'standard' });
  await topUpShop(house, owner, id, { target: 'deposit', amountFen: '2000000' });
  const [maker, checker] = [await house.staff('risk'), await house.staff('finance')];
  const path = `/v1/console/recyclers/${id}/defaults`;
  const body = {
    ...{ payeeId: seller.userId, subject: 'order-1', amountFen: '50000' },
    words: '中标后未付款',
  };
  interface List {
    code: string;
    items: { id: string; state: string }[];
  }
  const made = await house.http<List>(maker, 'POST', path, body);
  assert.equal(made.status, 200, made.text);
  assert.equal((await house.http(maker, 'POST', path, body)).body.code, 'default_known');
  const nobody = { ...body, subject: 'order-2', payeeId: id };
  assert.equal((await house.http(maker, 'POST', path, nobody)).body.code, 'payee_unknown');
  const one = `${path}/${made.body.items[0]?.id}`;
  const self = await house.http(maker, 'POST', `${one}/approve`);
  assert.equal(self.body.code, 'maker_cannot_approve');
  assert.equal((await house.http(checker, 'POST', `${one}/approve`)).status, 200);
  assert.equal((await house.http(checker, 'POST', `${one}/approve`)).status, 409);
  assert.equal((await walletOf(house, owner, id)).depositFen, '1950000');
  assert.equal((await balanceOf(house.db, `PAYABLE:${seller.userId}`)).balance, 50_000n);
  assert.deepEqual(await reconcile(house.db), []);
});
