// Goal: what the chain takes back is taken back here, before it ever reaches the ledger; what is final is followed once,
//   however often it is read; and what differs between ledger, chain and custody is found.
// Method: a real anvil that reorganises itself; the mirror compared with the chain after each step; each of the three
//   sides falsified once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { encodeFunctionData } from 'viem';
import { balanceOf, post } from '#ledger';
import { fen, inTransaction, SECOND } from '#platform';
import { type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import type { ChainDeps } from './deps.ts';
import { onChainAccount } from './effects.ts';
import { follow } from './follow.ts';
import { findCursor } from './log-store.ts';
import { reconcileChain } from './reconcile.ts';
import { followDeps } from './tasks.ts';

const depsOf = ({ house }: ChainHouse): ChainDeps => house.exchange as ChainDeps;
const addressOf = (one: Holder) => one.account.address.toLowerCase();

async function pay(house: ChainHouse, from: Holder, to: Holder, amount: bigint): Promise<void> {
  const { money, chain } = depsOf(house).on;
  const nonce = await chain.rpc('eth_getTransactionCount', [from.account.address, 'latest']);
  const raw = await from.account.signTransaction({
    ...{ type: 'eip1559', chainId: chain.id, to: money, gas: 200_000n, nonce: Number(nonce) },
    ...{ maxFeePerGas: 0n, maxPriorityFeePerGas: 0n },
    data: encodeFunctionData({
      ...{ abi: transferAbi, functionName: 'transfer', args: [to.account.address, amount] },
    }),
  });
  const hash = await house.rpc('eth_sendRawTransaction', raw);
  // The chain answers before the transaction is in a block.
  for (let tries = 0; !(await house.rpc('eth_getTransactionReceipt', hash)); tries++) {
    assert(tries < 500, 'mined');
    await setTimeout(10);
  }
}
const transferAbi = [
  {
    ...{ type: 'function', name: 'transfer', stateMutability: 'nonpayable' },
    inputs: [
      { name: 'to', type: 'address' },
      { name: 'value', type: 'uint256' },
    ],
    outputs: [{ name: '', type: 'bool' }],
  },
] as const;

const mirrored = async (house: ChainHouse, of: Holder): Promise<bigint> => {
  const { rows } = await house.pool.query<{ amount: bigint }>(
    'select amount from exchange.balance where address = $1',
    [addressOf(of)],
  );
  return rows[0]?.amount ?? 0n;
};
const booked = async (house: ChainHouse, of: Holder): Promise<bigint> =>
  (await balanceOf(house.db, onChainAccount(addressOf(of)))).balance;

test('a reorganisation, a second reading, and a difference on each side', async (t) => {
  const house = await openChainHouse(t);
  const [one, other] = [await house.holder(), await house.holder()];
  const deps = depsOf(house);
  const read = async (): Promise<void> => void (await follow(followDeps(deps), house.clock.now()));
  await read();
  const before = await mirrored(house, one);

  await pay(house, one, other, 700n);
  await read();
  assert.equal(await mirrored(house, one), before - 700n, 'seen at once');
  assert.equal(await booked(house, one), before, 'not followed before it is deep enough');
  await house.rpc('anvil_reorg', 1, []);
  await read();
  assert.equal(await mirrored(house, one), before, 'taken back');
  assert.equal((await findCursor(house.db))?.rollbacks, 1n);

  await pay(house, one, other, 300n);
  await house.rpc('anvil_mine', '0x4');
  await read();
  assert.deepEqual(
    [await mirrored(house, one), await booked(house, one)],
    [before - 300n, before - 300n],
  );

  // Read again from the first block: the same mirror, and nothing is followed twice.
  const token = await house.tokenised(one);
  await house.pool.query('delete from exchange.block; delete from exchange.cursor');
  await house.pool.query('delete from exchange.balance; delete from exchange.holding');
  await read();
  assert.deepEqual(
    [await mirrored(house, one), await booked(house, one)],
    [before - 300n, before - 300n],
  );
  const { rows } = await house.pool.query(
    'select owner from exchange.holding where token_id = $1',
    [token['tokenId']],
  );
  assert.equal(rows[0]?.owner, addressOf(one));

  const findings = async () => (await reconcileChain(deps, house.clock.advance(SECOND))) ?? 'waits';
  assert.deepEqual(await findings(), [], 'ledger, chain and custody agree');
  await differences(house, { one, token: String(token['tokenId']), findings });

  // Deeper than finality: nothing is guessed, people are told.
  await house.rpc('anvil_reorg', 6, []);
  await assert.rejects(read(), /deeper than finality/);
});

async function differences(
  house: ChainHouse,
  of: { one: Holder; token: string; findings: () => Promise<unknown> },
): Promise<void> {
  const { one, token, findings } = of;
  const account = onChainAccount(addressOf(one));
  const shift = async (from: string, to: string, ref: string): Promise<void> => {
    const legs = [{ from, to, amount: fen(1n) }];
    const at = house.clock.now();
    await inTransaction(house.db, (tx) => post(tx, { kind: 'test', ref, subject: ref, at, legs }));
  };
  await shift(account, 'FEE', 'planted');
  const [money] = (await findings()) as { kind: string; subject: string }[];
  assert.deepEqual([money?.kind, money?.subject], ['money', addressOf(one)]);
  await shift('FEE', account, 'mended');
  assert.deepEqual(await findings(), []);

  await house.pool.query(`update cards.card set custody = 'vault'`);
  const [promise] = (await findings()) as { kind: string; subject: string; custody: string }[];
  assert.deepEqual(
    [promise?.kind, promise?.subject, promise?.custody],
    ['promise', token, 'vault/token'],
  );
  await house.pool.query(`update cards.card set custody = 'chain'`);
  await house.pool.query('update exchange.holding set owner = $1', [`0x${'1'.repeat(40)}`]);
  const [owner] = (await findings()) as { kind: string }[];
  assert.equal(owner?.kind, 'owner');
  await house.pool.query('update exchange.holding set owner = $1', [addressOf(one)]);

  const auditor = await house.staff('auditor');
  const shown = await house.http(auditor, 'GET', '/v1/console/exchange/reconciliations');
  const kinds = shown.body.items.map(({ findings }) =>
    (findings as { kind: string }[]).map(({ kind }) => kind).join(),
  );
  assert.deepEqual(kinds.slice(0, 5), ['owner', 'promise', '', 'money', '']);
  const chain = await house.http(auditor, 'GET', '/v1/console/exchange/chain');
  assert.deepEqual([chain.status, chain.body['lag'], chain.body['rollbacks']], [200, 0, '0']);
}
