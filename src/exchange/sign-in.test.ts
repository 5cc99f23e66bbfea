// Goal: a bound wallet signs in to its person's account, with no more rights than a text message gives; nothing that is
//   replayed, borrowed, late, of another site or chain, or of a wallet unbound meanwhile opens a session.
// Method: the whole house over its API; the honest message beside each change of it; sessions counted in the table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import { MINUTE } from '#platform';
import { CHAIN_ID, type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import type { Person } from '#test/house.ts';

const SIGN_IN = '/v1/exchange/sign-in';

async function messageOf(
  house: ChainHouse,
  address: `0x${string}`,
  change: Record<string, unknown> = {},
) {
  const { body } = await house.http(undefined, 'POST', `${SIGN_IN}/challenge`, {});
  return createSiweMessage({
    ...{ address, chainId: CHAIN_ID, version: '1', nonce: String(body['nonce']) },
    ...{ domain: 'localhost', uri: 'http://localhost', issuedAt: house.clock.now() },
    expirationTime: new Date(String(body['expiresAt'])),
    ...change,
  });
}

async function signed(
  house: ChainHouse,
  { account }: Pick<Holder, 'account'>,
  change: Record<string, unknown> = {},
) {
  const message = await messageOf(house, account.address, change);
  return { message, signature: await account.signMessage({ message }) };
}

const enter = (house: ChainHouse, body: object, as?: Person) =>
  house.http(as, 'POST', SIGN_IN, body);

const opened = async (house: ChainHouse): Promise<bigint> => {
  const { rows } = await house.pool.query<{ n: bigint }>(
    `select count(*) as n from parties.session where opened_by = 'wallet'`,
  );
  return rows[0]?.n ?? 0n;
};

test('the bound wallet opens a session of its person, without a second factor', async (t) => {
  const house = await openChainHouse(t);
  const alice = await house.holder();
  const answer = await enter(house, await signed(house, alice));
  assert.equal(answer.status, 200, answer.text);
  const user = answer.body['user'] as { id: string; steppedUpUntil?: string };
  assert.deepEqual([user.id, user.steppedUpUntil], [alice.userId, undefined]);
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  const me = await house.http({ ...alice, cookie }, 'GET', '/v1/me');
  assert.equal(me.body['id'], alice.userId);
  const { rows } = await house.pool.query(
    `select second_factor_at, stepped_up_at from parties.session where opened_by = 'wallet'`,
  );
  assert.deepEqual(rows, [{ second_factor_at: null, stepped_up_at: null }]);

  // Whoever sat at this browser before is signed out by it.
  const bob = await house.seller();
  assert.equal((await enter(house, await signed(house, alice), bob)).status, 200);
  assert.equal((await house.http(bob, 'GET', '/v1/me')).status, 401);
});

test('no other message, signature, moment or wallet opens anything', async (t) => {
  const house = await openChainHouse(t);
  const alice = await house.holder();
  const now = house.clock.now().getTime();
  const wrong: Record<string, Record<string, unknown>> = {
    'another site': { domain: 'exchange.example', uri: 'https://exchange.example' },
    'another uri': { uri: 'https://exchange.example/login' },
    'another chain': { chainId: 1 },
    'a number that was never given': { nonce: 'abcdefgh12345678' },
    'a message that is over': { expirationTime: new Date(now) },
    'a message of tomorrow': { notBefore: new Date(now + MINUTE) },
  };
  const no = async (what: string, body: object, code = 'wallet_proof') =>
    assert.equal((await enter(house, body)).body.code, code, what);
  for (const [what, change] of Object.entries(wrong)) {
    await no(what, await signed(house, alice, change));
  }
  const stranger = privateKeyToAccount(generatePrivateKey());
  const message = await messageOf(house, alice.account.address);
  const signature = await stranger.signMessage({ message });
  await no('somebody else’s signature', { message, signature });
  const spent = { message, signature: await alice.account.signMessage({ message }) };
  await no('the number of a wrong try is used up', spent);

  // The number that binds signs nobody in, and the other way round.
  const binding = await house.siwe(alice, alice.account);
  const bindingSignature = await alice.account.signMessage({ message: binding });
  await no('a message to bind', { message: binding, signature: bindingSignature });
  const entry = await signed(house, { account: stranger });
  const bind = { ...entry, kind: 'demo' };
  const bound = await house.http(alice, 'POST', '/v1/exchange/wallets', bind);
  assert.equal(bound.body.code, 'wallet_proof');

  const late = await signed(house, alice, { expirationTime: undefined });
  house.clock.advance(11 * MINUTE);
  await no('after ten minutes', late);
  await no('a wallet of nobody', await signed(house, { account: stranger }), 'wallet_unknown');
  const contract = { ...(await signed(house, alice)) };
  const onChain = house.house.exchange.on?.exchange;
  assert(onChain);
  const theirs = await messageOf(house, onChain as `0x${string}`);
  const long = `0x${'ab'.repeat(300)}`;
  await no('a contract', { message: theirs, signature: long }, 'wallet_contract');
  await no(
    'a contract by a key’s signature',
    {
      message: await messageOf(house, onChain as `0x${string}`),
      signature: contract.signature,
    },
    'wallet_contract',
  );
  assert.equal(await opened(house), 0n);
  const answers = await Promise.all([1, 2, 3].map(() => enter(house, contract)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1, 'one of three at once');
  assert.equal(await opened(house), 1n);
});

test('a wallet unbound after its message was signed opens nothing; bound again, its new person', async (t) => {
  const house = await openChainHouse(t);
  const alice = await house.holder();
  const before = await signed(house, alice);
  const end = `/v1/exchange/wallets/${alice.walletId}/end`;
  assert.equal((await house.http(alice, 'POST', end, {})).status, 200);
  assert.equal((await enter(house, before)).body.code, 'wallet_unknown');
  assert.equal(await opened(house), 0n);
  const bob = await house.seller();
  const message = await house.siwe(bob, alice.account);
  const signature = await alice.account.signMessage({ message });
  const bind = { message, signature, kind: 'demo' };
  assert.equal((await house.http(bob, 'POST', '/v1/exchange/wallets', bind)).status, 200);
  const answer = await enter(house, await signed(house, alice));
  assert.equal((answer.body['user'] as { id: string }).id, bob.userId);
});
