// Goal: a wallet is bound by its own signature, here, now and once; every replay of somebody else's is refused alike.
// Method: the whole house over its API; the honest message beside each change of it, and each message twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { MINUTE } from '#platform';
import { type ChainHouse, openChainHouse } from '#test/chain.ts';
import type { Person } from '#test/house.ts';

const WALLETS = '/v1/exchange/wallets';

async function bind(
  house: ChainHouse,
  as: Person,
  change: Record<string, unknown> = {},
  signer = privateKeyToAccount(generatePrivateKey()),
) {
  const account = privateKeyToAccount(generatePrivateKey());
  const key = change['own'] === false ? signer : account;
  const { own: _, ...fields } = change;
  const message = await house.siwe(as, account, fields);
  const body = { message, signature: await key.signMessage({ message }), kind: 'demo' };
  return { body, account, answer: await house.http(as, 'POST', WALLETS, body) };
}

test('only the honest message binds, and only once', async (t) => {
  const house = await openChainHouse(t);
  const [alice, mallory] = [await house.seller(), await house.seller()];
  const honest = await bind(house, alice);
  assert.equal(honest.answer.status, 200, honest.answer.text);
  assert.equal(honest.answer.body['address'], honest.account.address.toLowerCase());

  const now = house.clock.now().getTime();
  const wrong: Record<string, Record<string, unknown>> = {
    'another site': { domain: 'exchange.example', uri: 'https://exchange.example' },
    'another uri': { uri: 'https://exchange.example/login' },
    'another chain': { chainId: 1 },
    'a number that was never given': { nonce: 'abcdefgh12345678' },
    'a message that is over': { expirationTime: new Date(now - 1) },
    'a message of tomorrow': { notBefore: new Date(now + MINUTE) },
    'somebody else’s signature': { own: false },
  };
  for (const [what, change] of Object.entries(wrong)) {
    const { answer } = await bind(house, alice, change);
    assert.deepEqual([answer.status, answer.body.code], [400, 'wallet_proof'], what);
  }
  const again = await house.http(alice, 'POST', WALLETS, honest.body);
  assert.equal(again.body.code, 'wallet_proof', 'the number is used up');
  const stolen = await house.http(mallory, 'POST', WALLETS, honest.body);
  assert.equal(stolen.body.code, 'wallet_proof', 'somebody else brings it');

  // A fresh number of one person is worth nothing to another.
  const account = privateKeyToAccount(generatePrivateKey());
  const message = await house.siwe(alice, account);
  const signature = await account.signMessage({ message });
  const lent = await house.http(mallory, 'POST', WALLETS, { message, signature, kind: 'demo' });
  assert.equal(lent.body.code, 'wallet_proof');
  const late = await house.siwe(alice, account);
  house.clock.advance(11 * MINUTE);
  const body = { message: late, signature: await account.signMessage({ message: late }) };
  const over = await house.http(alice, 'POST', WALLETS, { ...body, kind: 'demo' });
  assert.equal(over.body.code, 'wallet_proof', 'after its ten minutes');

  // The same wallet for a second person is refused, and no stranger can end it.
  const taken = await house.siwe(mallory, honest.account);
  const theirs = await honest.account.signMessage({ message: taken });
  const second = { message: taken, signature: theirs, kind: 'demo' };
  assert.equal((await house.http(mallory, 'POST', WALLETS, second)).body.code, 'wallet_taken');
  const end = `${WALLETS}/${honest.answer.body.id}/end`;
  assert.equal((await house.http(mallory, 'POST', end, {})).status, 404);
  assert.equal((await house.http(alice, 'POST', end, {})).status, 200);
});
