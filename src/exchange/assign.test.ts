// Goal: in CN a card is attested, assigned to one invited person, settled by the bank and noticed to the issuer, with a
//   signed document for each step; without payment, or with a card gone bad, everybody is back where they began.
// Method: the whole house without a chain over its API, paid on the bank's till; each signature recovered; the books read
//   at the end; strangers and the seller try the code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recoverTypedDataAddress } from 'viem';
import { balanceOf, trialBalance } from '#ledger';
import { HOUR, MINUTE } from '#platform';
import { type Common, openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { marketIn } from '#test/market.ts';
import { SETTLEMENT_MESSAGES, settlementDomain } from './schema.ts';

const PATH = '/v1/exchange/assignments';

async function offered(house: TestHouse, seller: Person, state?: 'good' | 'used') {
  const card = house.card('weihe-gift', state);
  const { sku, faceFen, number, pin } = card;
  const body = { sku, faceFen, priceFen: '9000', number, ...(pin && { pin }) };
  const made = await house.http(seller, 'POST', PATH, body);
  assert.equal(made.status, 201, made.text);
  await house.settle();
  const { id } = made.body['assignment'] as Common;
  return { id, code: String(made.body['code']), card };
}

const see = async (house: TestHouse, as: Person, id: string): Promise<Common> =>
  (await house.http(as, 'GET', `${PATH}/${id}`)).body;

async function agreed(house: TestHouse, buyer: Person, code: string): Promise<Common> {
  const answer = await house.http(buyer, 'POST', `${PATH}/agree`, { code, channel: 'bank' });
  assert.equal(answer.status, 200, answer.text);
  await house.settle();
  return await see(house, buyer, answer.body.id);
}

test('attest, agree, bank proof, notice, secret: a signed document for each', async (t) => {
  const house = await openTestHouse(t);
  const [seller, buyer, stranger] = [
    await house.seller(),
    await house.seller(),
    await house.seller(),
  ];
  const { id, code, card } = await offered(house, seller);
  assert.equal((await see(house, seller, id)).state, 'attested');
  assert.equal((await house.http(seller, 'POST', `${PATH}/invited`, { code })).status, 404);
  const other = { code: '000000000000' };
  assert.equal((await house.http(stranger, 'POST', `${PATH}/invited`, other)).status, 404);
  const invited = await house.http(buyer, 'POST', `${PATH}/invited`, { code });
  assert.equal(invited.body['priceFen'], '9000');

  const order = await agreed(house, buyer, code);
  assert.equal(order.state, 'agreed');
  assert.equal(
    (await house.http(stranger, 'POST', `${PATH}/agree`, { code, channel: 'bank' })).status,
    404,
  );
  assert.equal((await house.http(stranger, 'GET', `${PATH}/${id}`)).status, 404);
  await marketIn(house).pay(order);
  await house.settle();
  assert.equal((await see(house, buyer, id)).state, 'noticed');
  assert.equal((await house.http(seller, 'POST', `${PATH}/${id}/secret`, {})).status, 404);
  const secret = await house.http(buyer, 'POST', `${PATH}/${id}/secret`, {});
  assert.equal(secret.status, 200, secret.text);
  assert.notEqual(secret.body['number'], undefined);
  await house.settle();
  assert.equal((await see(house, seller, id)).state, 'settled');
  assert.equal((await house.http(buyer, 'POST', `${PATH}/${id}/secret`, {})).status, 410, 'once');
  assert.equal((await balanceOf(house.db, 'FEE')).balance, 225n);
  const { debit, credit } = await trialBalance(house.db);
  assert.equal(debit, credit);

  const papers = await house.http(buyer, 'GET', `${PATH}/${id}/documents`);
  const kinds = papers.body.items.map((one) => one['kind']);
  assert.deepEqual(kinds, ['CardAttest', 'Order', 'PaymentProof', 'AssignmentNotice']);
  for (const one of papers.body.items) {
    const kind = one['kind'] as keyof typeof SETTLEMENT_MESSAGES;
    const signer = await recoverTypedDataAddress({
      ...{ domain: settlementDomain, types: { [kind]: SETTLEMENT_MESSAGES[kind] } },
      ...{ primaryType: kind, message: one['message'] as Record<string, string> },
      signature: one['signature'] as `0x${string}`,
    });
    assert.equal(signer.toLowerCase(), one['signer'], kind);
    assert(!JSON.stringify(one).includes(card.number), 'no secret in a document');
  }
  const orderIds = papers.body.items.slice(1).map((one) => (one['message'] as Common)['orderId']);
  assert.equal(new Set(orderIds).size, 1, 'one order in all three');
});

test('not paid, turned down, withdrawn: everybody is back where they began', async (t) => {
  const house = await openTestHouse(t);
  const [seller, buyer, second] = [
    await house.seller(),
    await house.seller(),
    await house.seller(),
  ];
  const { id, code, card } = await offered(house, seller);
  await agreed(house, buyer, code);
  await house.forward(31 * MINUTE);
  assert.equal((await see(house, seller, id)).state, 'attested', 'the invitation stands again');
  assert.equal((await house.http(second, 'POST', `${PATH}/invited`, { code })).status, 200);
  assert.equal((await house.http(seller, 'POST', `${PATH}/${id}/withdraw`, {})).status, 200);
  await house.settle();
  const { rows } = await house.pool.query(
    'select custody from cards.card where id in (select card_id from exchange.assignment)',
  );
  assert.equal(rows[0]?.custody === 'seller' || rows[0]?.custody === 'vault', true);
  assert.equal(
    (await house.http(second, 'POST', `${PATH}/agree`, { code, channel: 'bank' })).status,
    409,
  );

  const bad = await offered(house, seller, 'used');
  const turned = await see(house, seller, bad.id);
  assert.deepEqual([turned.state, turned['reason']], ['turned_down', 'USED_OR_VOID']);
  assert.notEqual(bad.card.number, card.number);
  await house.forward(HOUR);
  const { debit, credit } = await trialBalance(house.db);
  assert.equal(debit, credit);
});
