// Goal: wherever the house dies between deciding to send and hearing the outcome, each transaction happens exactly once,
//   numbers leave no gap, a stuck one is replaced and not doubled, and nobody spends more gas than their own.
// Method: a real anvil behind a line that fails before or after it delivers; automine off for what is stuck; the sender's
//   number and the events on the chain counted after each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFunctionData, type Hex } from 'viem';
import { exchangeAbi } from '#contracts';
import { HOUR, inTransaction, Refused, SECOND, WorldError } from '#platform';
import { type ChainHouse, openChainHouse } from '#test/chain.ts';
import type { ChainDeps } from './deps.ts';
import { moneyAbi } from './money-abi.ts';
import { openExchange } from './open.ts';
import { relay, sendRelay } from './relay.ts';
import { findRelay, triesOf } from './relay-store.ts';
import { relayDeps } from './tasks.ts';

const TO = `0x${'ab'.repeat(20)}` as Hex;
type Fault = 'before' | 'after' | undefined;

/** The house's chain behind a line on which sending fails before it delivers, or after. */
function behind(deps: ChainDeps, fault: () => Fault): ChainDeps {
  const { chain } = deps.on;
  const rpc: typeof chain.rpc = async (method, params) => {
    const now = method === 'eth_sendRawTransaction' ? fault() : undefined;
    if (now === 'before') throw new WorldError('ask', 'line');
    const answer = await chain.rpc(method, params);
    if (now === 'after') throw new WorldError('ask', 'line');
    return answer;
  };
  return { ...deps, on: { ...deps.on, chain: { ...chain, rpc } } };
}

async function queued(house: ChainHouse, deps: ChainDeps, amount: bigint): Promise<string> {
  const at = house.clock.now();
  const data = encodeFunctionData({ abi: moneyAbi, functionName: 'mint', args: [TO, amount] });
  return await inTransaction(house.db, (tx) =>
    relay(tx, relayDeps(deps), {
      ...{ purpose: 'test_money', to: deps.on.money, data, gasMax: 200_000n, at },
    }),
  );
}

const minted = async ({ on }: ChainDeps): Promise<bigint> =>
  await on.chain.client.readContract({
    ...{ abi: moneyAbi, address: on.money, functionName: 'balanceOf', args: [TO] },
  });

test('lost before, lost after, sent twice: mined once each', async (t) => {
  const house = await openChainHouse(t);
  await house.mined();
  const deps = house.house.exchange as ChainDeps;
  let fault: Fault;
  const lame = relayDeps(behind(deps, () => fault));
  const good = relayDeps(deps);
  let sum = 0n;
  for (const [index, kind] of (['before', 'after', undefined] as const).entries()) {
    const amount = BigInt(10 ** index);
    sum += amount;
    const id = await queued(house, deps, amount);
    fault = kind;
    await sendRelay(lame, id, house.clock.now());
    const [first] = await triesOf(house.db, id);
    assert.ok(first, 'its hash was stored before it left');
    assert.equal((await findRelay(house.db, id))?.state, 'sent');
    // The next process knows nothing but the database; two of them at once do no harm.
    await Promise.all([1, 2].map(() => sendRelay(good, id, house.clock.now())));
    for (let look = 0; look < 4; look++) await sendRelay(good, id, house.clock.now());
    assert.equal((await findRelay(house.db, id))?.state, 'mined', kind);
    assert.equal(await minted(deps), sum, `once: ${kind}`);
    assert.equal((await triesOf(house.db, id)).length, 1);
  }
  const { rows } = await house.pool.query(
    'select count(*) as n, max(nonce) - min(nonce) + 1 as span from exchange.relay where nonce is not null',
  );
  assert.equal(rows[0]?.n, rows[0]?.span, 'no number left out, none twice');
});

test('stuck: replaced under its number, and one of the two is mined', async (t) => {
  const house = await openChainHouse(t);
  await house.mined();
  const deps = house.house.exchange as ChainDeps;
  const good = relayDeps(deps);
  await house.rpc('evm_setAutomine', false);
  const id = await queued(house, deps, 5n);
  await sendRelay(good, id, house.clock.now());
  house.clock.advance(31 * SECOND);
  await sendRelay(good, id, house.clock.now());
  const tries = await triesOf(house.db, id);
  assert.equal(tries.length, 2);
  const [first, second] = tries;
  assert.ok(first && second && second.maxFee > first.maxFee, 'dearer');
  await house.rpc('evm_setAutomine', true);
  await house.rpc('evm_mine');
  for (let look = 0; look < 4; look++) await sendRelay(good, id, house.clock.now());
  assert.equal((await findRelay(house.db, id))?.state, 'mined');
  assert.equal(await minted(deps), 5n);
});

test('one person’s gas is one person’s; what the contract refuses takes no number', async (t) => {
  const house = await openChainHouse(t, { config: { RELAY_GAS_PER_DAY: 400_000 } });
  await house.mined();
  const deps = house.house.exchange as ChainDeps;
  const [one, other] = [await house.seller(), await house.seller()];
  const at = house.clock.now();
  const data = encodeFunctionData({ abi: moneyAbi, functionName: 'mint', args: [TO, 1n] });
  const spend = async (userId: string): Promise<string> => {
    try {
      return await inTransaction(house.db, (tx) =>
        relay(tx, relayDeps(deps), {
          ...{ purpose: 'test_money', userId, to: deps.on.money, data, gasMax: 150_000n, at },
        }),
      );
    } catch (error) {
      if (error instanceof Refused) return error.refusal.code;
      throw error;
    }
  };
  // Five at once: the lock of the person lets two through.
  const said = await Promise.all(Array.from({ length: 5 }, () => spend(one.userId)));
  assert.equal(said.filter((answer) => answer === 'relay_budget').length, 3);
  assert.notEqual(await spend(other.userId), 'relay_budget');

  const bad = encodeFunctionData({
    abi: moneyAbi,
    functionName: 'mint',
    args: [`0x${'0'.repeat(40)}`, 1n],
  });
  const id = await inTransaction(house.db, (tx) =>
    relay(tx, relayDeps(deps), {
      ...{ purpose: 'test_money', to: deps.on.money, data: bad, gasMax: 150_000n, at },
    }),
  );
  await sendRelay(relayDeps(deps), id, at);
  const refused = await findRelay(house.db, id);
  assert.deepEqual([refused?.state, refused?.nonce], ['refused', null]);
  assert.match(String(refused?.error), /^0x[0-9a-f]{8}$/);
});

test('sent by a house that had slept: looked at again in seconds, not in minutes', async (t) => {
  const house = await openChainHouse(t);
  await house.mined();
  const deps = house.house.exchange as ChainDeps;
  const id = await queued(house, deps, 7n);
  house.clock.advance(HOUR);
  await sendRelay(relayDeps(deps), id, house.clock.now());
  for (let look = 0; look < 2; look++) await house.forward(3 * SECOND);
  assert.equal((await findRelay(house.db, id))?.state, 'mined');
});

test('a chain that is begun anew: nothing meant for the old one reaches it, and its numbers are free', async (t) => {
  const house = await openChainHouse(t);
  const holder = await house.holder();
  await house.mined();
  const deps = house.house.exchange as ChainDeps;
  // Three on their way: one that was never sent, one that was, one that a wallet signed.
  const unsent = await queued(house, deps, 1n);
  await house.rpc('evm_setAutomine', false);
  const sent = await queued(house, deps, 2n);
  await sendRelay(relayDeps(deps), sent, house.clock.now());
  const passed = await house.send(holder, NOTHING);
  assert.equal(passed.status, 200, JSON.stringify(passed.body));
  await sendRelay(relayDeps(deps), passed.body.id, house.clock.now());
  const card = house.card('weihe-gift');
  const minting = await house.http(holder, 'POST', '/v1/exchange/tokens', {
    ...{ walletId: holder.walletId, sku: card.sku, faceFen: card.faceFen, number: card.number },
    ...(card.pin !== undefined && { pin: card.pin }),
  });
  await house.settle();

  await house.rpc('anvil_reset');
  await house.rpc('evm_setAutomine', true);
  const { db, keys, config } = house;
  const on = await openExchange({ db, keys, config, at: house.clock.now() });
  assert(on);
  assert.equal(on.exchange, deps.on.exchange, 'at the same address');
  const anew = { ...deps, on };
  for (const id of [unsent, sent, passed.body.id]) {
    await sendRelay(relayDeps(anew), id, house.clock.now());
    const { state, error, nonce } = (await findRelay(house.db, id)) ?? {};
    assert.deepEqual([error, nonce], ['chain_forgotten', null], `${state}`);
  }
  assert.equal(await minted(anew), 0n, 'nothing of the old chain arrived');
  const token = await house.http(holder, 'GET', `/v1/exchange/tokens/${minting.body.id}`);
  assert.deepEqual([token.body.state, token.body['reason']], ['turned_down', 'chain_forgotten']);

  const first = await queued(house, anew, 4n);
  for (let look = 0; look < 4; look++) await sendRelay(relayDeps(anew), first, house.clock.now());
  const { state, nonce } = (await findRelay(house.db, first)) ?? {};
  assert.deepEqual([state, nonce], ['mined', 0n]);
  assert.equal(await minted(anew), 4n);
});

/** Raises the wallet's epoch: a call that anybody may make. */
const NOTHING = encodeFunctionData({ abi: exchangeAbi, functionName: 'cancelBids' });
