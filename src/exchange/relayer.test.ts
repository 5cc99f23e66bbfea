// Goal: the key from which the house sends can be changed while it works: the next one has coins and roles before it sends,
//   what the one before began and what names it still goes through under it, a house that dies between any two steps goes
//   on where it was, and in the end the old key can do nothing.
// Method: real anvils with the two days' delay of keys and roles; the hourly round run by hand, and cut off at each look at
//   the chain; the chain asked who has which role, the senders counted in the tables.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Address, encodeFunctionData, type Hex } from 'viem';
import { accessManagerAbi } from '#contracts';
import { DAY, HOUR, inTransaction } from '#platform';
import { type ChainHouse, deployedAsElsewhere, openChainHouse } from '#test/chain.ts';
import { accepting, bidding } from '#test/offers.ts';
import { ROLES } from './chain/deploy.ts';
import type { ChainDeps } from './deps.ts';
import { accountFor } from './keys.ts';
import { moneyAbi } from './money-abi.ts';
import { relay } from './relay.ts';
import { findRelay } from './relay-store.ts';
import { nextRelayer, relayersShown } from './relayer.ts';
import { relayDeps } from './tasks.ts';
import { tendExchange } from './tend.ts';

const TO = `0x${'ab'.repeat(20)}` as Hex;
const depsOf = (house: ChainHouse) => house.house.exchange as ChainDeps;
const addressOf = (house: ChainHouse, version: number) =>
  accountFor(house.keys, 'relayer', version).address.toLowerCase() as Address;
const make = async (house: ChainHouse) =>
  await inTransaction(house.db, (tx) => nextRelayer(tx, house.keys, house.clock.now()));
const states = async (house: ChainHouse) =>
  (await relayersShown(house.db)).map(({ version, state }) => `${version} ${state}`);

async function hour(house: ChainHouse): Promise<void> {
  await house.forward(HOUR);
  await tendExchange(depsOf(house), house.clock.now());
  await house.mined();
}

async function rolesOf(house: ChainHouse, version: number): Promise<number> {
  const { on } = depsOf(house);
  let count = 0;
  for (const role of Object.values(ROLES)) {
    const [isMember] = await on.chain.client.readContract({
      ...{ abi: accessManagerAbi, address: on.manager, functionName: 'hasRole' },
      args: [role, addressOf(house, version)],
    });
    if (isMember) count++;
  }
  return count;
}

const coinsOf = async (house: ChainHouse, version: number): Promise<bigint> =>
  BigInt(String(await house.rpc('eth_getBalance', addressOf(house, version), 'latest')));

const mint = async (house: ChainHouse): Promise<string> => {
  const deps = depsOf(house);
  const data = encodeFunctionData({ abi: moneyAbi, functionName: 'mint', args: [TO, 1n] });
  return await inTransaction(house.db, (tx) =>
    relay(tx, relayDeps(deps), {
      ...{ purpose: 'test_money', to: deps.on.money, data, gasMax: 200_000n },
      at: house.clock.now(),
    }),
  );
};

test('on a chain of others: the old key ends what it began and planned, and can do nothing then', async (t) => {
  const house = await openChainHouse(t, { chain: deployedAsElsewhere });
  await house.mined();
  const [ann, bob] = [await house.holder(), await house.holder()];
  const token = await house.tokenised(ann);

  await house.forward(78 * DAY - HOUR);
  assert.equal((await make(house))?.version, 2);
  assert.equal((await make(house))?.version, 2, 'one at a time');
  assert.deepEqual(await states(house), ['2 coming', '1 sending']);
  assert.deepEqual([await coinsOf(house, 2), await rolesOf(house, 2)], [0n, 0]);
  await hour(house);
  await house.forward(2 * DAY - HOUR);
  assert.equal(await rolesOf(house, 2), 0, 'its roles are planned in public, and wait');
  await house.prove(ann);
  await house.prove(bob);
  const fresh = await house.http(ann, 'GET', `/v1/exchange/tokens/${token.id}`);
  const bid = await house.http(
    ...([bob, 'POST', `/v1/exchange/tokens/${token.id}/bids`] as const),
    await bidding(house, bob, { token: fresh.body, priceFen: '9000' }),
  );
  assert.equal(bid.status, 201, bid.text);
  await house.mined();
  const signed = await accepting(house, ann, bid.body);
  await house.rpc('evm_setAutomine', false);
  const begun = await mint(house);
  await house.forward(1000);
  assert.equal((await findRelay(house.db, begun))?.state, 'sent');
  await house.rpc('evm_setAutomine', true);
  // In this round the next verifier key is planned by the old key, and nobody else may set it.
  await hour(house);
  assert.equal(await rolesOf(house, 2), 4);
  await hour(house);
  await hour(house);
  assert.deepEqual(await states(house), ['2 sending', '1 ending']);
  assert.equal(await rolesOf(house, 1), 4, 'it has to set the key that it planned');

  const later = await mint(house);
  await house.mined();
  const by = async (id: string) => {
    const found = await findRelay(house.db, id);
    return [found?.state, found?.sender];
  };
  assert.deepEqual(await by(begun), ['mined', addressOf(house, 1)]);
  assert.deepEqual(await by(later), ['mined', addressOf(house, 2)]);
  const taken = await house.http(ann, 'POST', `/v1/exchange/bids/${bid.body.id}/accept`, signed);
  assert.equal(taken.status, 200, taken.text);
  await house.mined();
  const sale = await house.http(bob, 'GET', `/v1/exchange/bids/${bid.body.id}`);
  assert.equal(sale.body.state, 'filled', 'what names the old key');
  const { body } = await house.http(ann, 'GET', '/v1/exchange');
  assert.equal((body['chain'] as { relayer: string }).relayer, addressOf(house, 2));

  for (let round = 0; round < 8 && (await states(house))[1] !== '1 retired'; round++) {
    await house.forward(DAY);
    await hour(house);
  }
  assert.deepEqual(await states(house), ['2 sending', '1 retired']);
  assert.deepEqual([await rolesOf(house, 1), await rolesOf(house, 2)], [0, 4]);
  assert.equal(await coinsOf(house, 1), 0n);
  const { rows } = await house.pool.query(
    `select array_agg(distinct sender::text) as senders, bool_and(state = 'mined') as good from exchange.relay
     where purpose in ('signer_plan', 'signer') and position(substr($1, 3) in calldata) > 0`,
    [accountFor(house.keys, 'verifier', 2).address.toLowerCase()],
  );
  assert.deepEqual(rows, [{ senders: [addressOf(house, 1)], good: true }], 'set by who planned it');
});

test('cut off after each transaction: nothing is done twice, no number is left out', async (t) => {
  const house = await openChainHouse(t, { chain: deployedAsElsewhere });
  await house.mined();
  await make(house);
  const deps = depsOf(house);
  // The first round of each hour dies at a look at the chain, each time at another one.
  for (let lives = 0; lives < 30 && (await states(house))[1] !== '1 retired'; lives++) {
    await house.forward(12 * HOUR);
    let left = lives % 4;
    const client = new Proxy(deps.on.chain.client, {
      get: (target, name) => {
        if (name === 'readContract' && left-- <= 0) throw new Error('killed');
        return Reflect.get(target, name);
      },
    });
    const dying = { ...deps, on: { ...deps.on, chain: { ...deps.on.chain, client } } };
    await tendExchange(dying, house.clock.now()).catch((error: Error) =>
      assert.equal(error.message, 'killed'),
    );
    if (lives % 2 === 0) await house.mined();
    await tendExchange(deps, house.clock.now());
    await tendExchange(deps, house.clock.now());
    await house.mined();
  }
  assert.deepEqual(await states(house), ['2 sending', '1 retired']);
  const { rows } = await house.pool.query(
    `select purpose, count(*)::int as n, bool_and(state = 'mined') as good from exchange.relay
     where purpose like 'relayer%' group by 1 order by 1`,
  );
  assert.deepEqual(rows, [
    { purpose: 'relayer_coins', n: 2, good: true },
    { purpose: 'relayer_role', n: 16, good: true },
  ]);
  const { rows: gaps } = await house.pool.query(
    `select sender from exchange.relay where nonce is not null group by sender
     having count(*) <> max(nonce) - min(nonce) + 1`,
  );
  assert.deepEqual(gaps, []);
});
