// Goal: a card goes to the chain, is sold there by two signatures, and its secret comes to the buyer and to nobody else.
// Method: the whole house with a real anvil; each step over the API; the truth read from the chain, the ledger and the
// vault after it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balanceOf } from '#ledger';
import { burning, openChainHouse } from '#test/chain.ts';
import { CHAIN_CUSTODY, onChainAccount } from './effects.ts';

test('tokenise, list, buy, burn, secret', async (t) => {
  const house = await openChainHouse(t);
  const [seller, buyer] = [await house.holder(), await house.holder()];
  const token = await house.tokenised(seller);
  assert.equal(token['owner'], seller.account.address.toLowerCase());
  const order = await house.listed(seller, token, '9000');
  const bought = await house.http(
    buyer,
    'POST',
    `/v1/exchange/listings/${order.id}/buy`,
    await house.buying(buyer, order),
  );
  assert.equal(bought.status, 200, bought.text);
  assert.equal(bought.body.state, 'filling');
  await house.mined();
  const filled = await house.http(buyer, 'GET', `/v1/exchange/listings/${order.id}`);
  assert.equal(filled.body.state, 'filled', filled.text);

  const address = (one: typeof buyer) => onChainAccount(one.account.address.toLowerCase());
  assert.equal((await balanceOf(house.db, address(seller))).balance, 100_000n + 8_775n);
  assert.equal((await balanceOf(house.db, address(buyer))).balance, 100_000n - 9_000n);
  assert.equal((await balanceOf(house.db, CHAIN_CUSTODY)).balance, -200_000n);

  const secretPath = `/v1/exchange/tokens/${token.id}/secret`;
  assert.equal((await house.http(buyer, 'POST', secretPath, {})).status, 404, 'not burnt yet');
  const burnt = await house.send(buyer, burning(token));
  assert.equal(burnt.status, 200, JSON.stringify(burnt.body));
  await house.mined();
  assert.equal((await house.http(seller, 'POST', secretPath, {})).status, 404, 'sold it');
  const secret = await house.http(buyer, 'POST', secretPath, {});
  assert.equal(secret.status, 200, secret.text);
  assert.match(String(secret.body['number']), /^\w+$/);
  assert.equal((await house.http(buyer, 'POST', secretPath, {})).status, 404, 'once');
  const { rows } = await house.pool.query(
    'select custody from cards.card where id = (select card_id from exchange.token where id = $1)',
    [token.id],
  );
  assert.equal(rows[0]?.custody, 'buyer');
});
