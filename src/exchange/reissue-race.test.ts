// Goal: a sale by re-issue ends once and well when it is cut off anywhere, taken back by the chain, raced by a stranger, or
//   when its buyer may hold no card any more; and issuers' keys come to the contract as others do.
// Method: the whole house with a real anvil that mines, orders and reorganises when told; processes that die between any two
//   steps are played by what they call throwing; contract, issuer and books asked afterwards.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { encodeFunctionData, type Hex, numberToHex, parseEther } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { settleReissue } from '#cards';
import { exchangeAbi } from '#contracts';
import { DAY, HOUR, inTransaction, MINUTE, SECOND } from '#platform';
import {
  CHAIN_ID,
  type ChainHouse,
  deployedAsElsewhere,
  type Holder,
  openChainHouse,
} from '#test/chain.ts';
import type { Person } from '#test/house.ts';
import {
  atIssuer,
  bought,
  fetched,
  HELD_SKU,
  mood,
  offered,
  reissuesDone,
  type Sale,
  standing,
  tokenOf,
} from '#test/reissue.ts';
import { revokeSigner } from './attest.ts';
import { deploy } from './chain/deploy.ts';
import type { ChainDeps } from './deps.ts';
import { follow } from './follow.ts';
import { moneyAbi } from './money-abi.ts';
import { reconcileChain } from './reconcile.ts';
import { askIssuer } from './reissue.ts';
import { followDeps } from './tasks.ts';
import { tendExchange } from './tend.ts';

const depsOf = ({ house }: ChainHouse): ChainDeps => house.exchange as ChainDeps;
const WINDOW = 3 * DAY + HOUR;

/** Exactly one secret works, and the vault gives it to whoever has the card. */
async function oneSecret(sale: Sale, owner: 'seller' | 'buyer'): Promise<void> {
  assert.equal((await tokenOf(sale, sale[owner]))['mine'], true);
  const good = await fetched(sale, sale[owner]);
  assert.equal(await atIssuer(sale, good), 'active');
  assert.equal(await atIssuer(sale), 'bad_secret', 'what the seller knew is dead');
}

const idOf = async ({ house }: Sale): Promise<string> =>
  (await house.pool.query<{ id: string }>('select id from exchange.reissue')).rows[0]?.id ?? '';

test('cut off between any two steps: one re-issue, one payment, one owner of the secret', async (t) => {
  const house = await openChainHouse(t);
  const cuts: readonly ((deps: ChainDeps) => ChainDeps)[] = [
    // Before the request leaves, and when it has left and was carried out.
    (deps) => dying(deps, 'before'),
    (deps) => dying(deps, 'after'),
    // The answer is stored, and what follows from it is not.
    (deps) => ({
      ...deps,
      on: { ...deps.on, relayer: { ...deps.on.relayer, current: () => killed() } },
    }),
  ];
  for (const cut of cuts) {
    const sale = await offered(house);
    const done = await reissuesDone(sale);
    // The sale is there, and nobody has worked on it yet.
    await mood(sale, { outage: true });
    await bought(sale);
    await mood(sale, { outage: false });
    await house.forward(MINUTE);
    const id = await lastId(sale);
    await assert.rejects(askIssuer(cut(depsOf(house)), id, house.clock.now()), /killed/);
    assert.deepEqual(await standing(sale), ['held', 'asking']);
    await house.forward(15 * MINUTE);
    await house.mined();
    assert.deepEqual(await standing(sale), ['filled', 'sold']);
    assert.equal((await reissuesDone(sale)) - done, 1);
    await oneSecret(sale, 'buyer');
  }
  const { rows } = await house.pool.query(
    `select purpose, count(*)::int as n, bool_and(state = 'mined') as good from exchange.relay
     where purpose like 'reissue%' group by 1`,
  );
  assert.deepEqual(rows, [{ purpose: 'reissue_confirm', n: cuts.length, good: true }]);
});

test('given up while the request is still on its way: it is waited for, and what it brings is kept', async (t) => {
  const house = await openChainHouse(t);
  const sale = await offered(house);
  await mood(sale, { outage: true });
  await bought(sale);
  await mood(sale, { outage: false, latencyMs: 1_500 });
  const deps = depsOf(house);
  const { rows } = await house.pool.query<{ id: string; card_id: string }>(
    'select r.id, t.card_id from exchange.reissue r join exchange.token t on t.id = r.token_ref',
  );
  const [one] = rows;
  assert(one);
  const at = house.clock.now();
  const asking = askIssuer(deps, one.id, at);
  await setTimeout(500);
  await mood(sale, { latencyMs: 0 });
  const told = await settleReissue(deps.cards, { cardId: one.card_id, ref: one.id, at });
  assert.equal(told.state, 'waiting', 'the issuer does not know it yet, and may in a second');
  await asking;
  assert.deepEqual(await standing(sale), ['held', 'confirming']);
  await house.mined();
  assert.deepEqual(await standing(sale), ['filled', 'sold']);
  await oneSecret(sale, 'buyer');
});

const killed = (): never => {
  throw new Error('killed');
};
const lastId = async ({ house }: Sale): Promise<string> =>
  (await house.pool.query<{ id: string }>('select id from exchange.reissue order by id desc'))
    .rows[0]?.id ?? '';

function dying(deps: ChainDeps, when: 'before' | 'after'): ChainDeps {
  const { issuers } = deps.cards;
  const made: typeof issuers = (issuer) => {
    const adapter = issuers(issuer);
    const reissue = adapter.reissue?.bind(adapter);
    if (!reissue) return adapter;
    return {
      ...adapter,
      reissue: async (...of) => {
        if (when === 'after') await reissue(...of);
        return killed();
      },
    };
  };
  return { ...deps, cards: { ...deps.cards, issuers: made } };
}

test('bought past the house, and taken back by the chain before it is final: the issuer is asked once it is final', async (t) => {
  const house = await openChainHouse(t);
  const sale = await offered(house);
  const deps = depsOf(house);
  const read = async (): Promise<void> => void (await follow(followDeps(deps), house.clock.now()));
  const { rows } = await house.pool.query<{ message: Record<string, string>; signature: Hex }>(
    'select message, signature from exchange.signed_order',
  );
  assert(rows[0]);
  const { cardId = '', price = '', ...rest } = rows[0].message;
  const listing = { ...rest, cardId: BigInt(cardId), price: BigInt(price) };
  const call = { abi: exchangeAbi, functionName: 'buy', args: [listing, rows[0].signature] };
  await wallet(house, sale.buyer, deps.on.money, {
    ...{ abi: moneyAbi, functionName: 'approve', args: [deps.on.exchange, 9_000n] },
  });
  await house.rpc('anvil_mine', '0x4');
  await read();
  await wallet(house, sale.buyer, deps.on.exchange, call);
  await read();
  const seen = async () =>
    (await house.pool.query(`select settled from exchange.log where event = 'Held'`)).rows;
  assert.deepEqual(await seen(), [{ settled: false }], 'seen, and not final');
  await house.rpc('anvil_reorg', 1, []);
  await read();
  await house.settle();
  assert.deepEqual([await seen(), await idOf(sale)], [[], '']);
  assert.equal(await reissuesDone(sale), 0);

  await wallet(house, sale.buyer, deps.on.exchange, call);
  await house.rpc('anvil_mine', '0x4');
  await house.mined();
  await house.mined();
  assert.deepEqual(await standing(sale), ['filled', 'sold']);
  await oneSecret(sale, 'buyer');
});

/** Sent by the wallet itself, straight to the node. */
async function wallet(
  house: ChainHouse,
  { account }: Holder,
  to: Hex,
  call: { abi: unknown; functionName: string; args: readonly unknown[] },
): Promise<void> {
  const nonce = await house.rpc('eth_getTransactionCount', account.address, 'latest');
  const raw = await account.signTransaction({
    ...{ type: 'eip1559', chainId: CHAIN_ID, to, gas: 500_000n, nonce: Number(nonce) },
    ...{ maxFeePerGas: 0n, maxPriorityFeePerGas: 0n, data: encodeFunctionData(call as never) },
  });
  const hash = await house.rpc('eth_sendRawTransaction', raw);
  for (let tries = 0; !(await house.rpc('eth_getTransactionReceipt', hash)); tries++) {
    assert(tries < 500, 'mined');
    await setTimeout(10);
  }
}

/** Somebody with coins of his own and a fee above ours, or below it. */
async function strangerRefunds(sale: Sale, feePerGas: bigint): Promise<void> {
  const { house, token } = sale;
  const { on } = depsOf(house);
  const stranger = privateKeyToAccount(generatePrivateKey());
  await house.rpc('anvil_setBalance', stranger.address, numberToHex(parseEther('10')));
  const raw = await stranger.signTransaction({
    ...{ type: 'eip1559', chainId: on.chain.id, to: on.exchange, gas: 300_000n, nonce: 0 },
    ...{ maxFeePerGas: feePerGas, maxPriorityFeePerGas: feePerGas },
    data: encodeFunctionData({
      ...{ abi: exchangeAbi, functionName: 'refundHold', args: [BigInt(String(token['tokenId']))] },
    }),
  });
  await house.rpc('eth_sendRawTransaction', raw);
}

for (const first of ['stranger', 'house'] as const)
  test(`a stranger asks for the refund while our confirmation is on its way, and the ${first} is first`, async (t) => {
    const house = await openChainHouse(t);
    const sale = await offered(house);
    await mood(sale, { outage: true });
    await bought(sale);
    await house.forward(WINDOW - HOUR - 10 * MINUTE);
    await house.rpc('evm_setAutomine', false);
    await mood(sale, { outage: false });
    await house.forward(MINUTE);
    await house.forward(2 * MINUTE);
    assert.deepEqual(await standing(sale), ['held', 'confirming']);
    const now = BigInt(Math.floor(house.clock.now().getTime() / 1000) + 1_800);
    await house.rpc('evm_setNextBlockTimestamp', numberToHex(now));
    await strangerRefunds(sale, first === 'stranger' ? 10n ** 9n : 0n);
    await house.rpc('evm_mine');
    await house.rpc('evm_setAutomine', true);
    await house.forward(HOUR);
    await house.mined();
    const sold = first === 'house';
    const [order, reissue] = await standing(sale);
    assert.deepEqual([order, reissue], sold ? ['filled', 'sold'] : ['refunded', 'refunded']);
    assert.equal(await reissuesDone(sale), 1);
    assert.deepEqual(await reconcileChain(depsOf(house), house.clock.now()), []);
    await oneSecret(sale, sold ? 'buyer' : 'seller');
  });

for (const [where, options] of [
  ['its own chain', {}],
  ['a chain of others', { chain: deployedAsElsewhere }],
] as const)
  test(`on ${where} the buyer is not admitted any more: the seller is paid, the card stands still with the contract`, async (t) => {
    const house = await openChainHouse(t, options);
    if (where === 'a chain of others') await keysIn(house);
    await kept(t, house, where === 'a chain of others');
  });

async function kept(t: TestContext, house: ChainHouse, waits: boolean): Promise<void> {
  const sale = await offered(house);
  const { on } = depsOf(house);
  await mood(sale, { outage: true });
  await bought(sale);
  const from = await on.relayer.current(house.db);
  await house.rpc('anvil_impersonateAccount', from);
  const admit = async (until: number): Promise<void> => {
    const writes = [{ account: sale.buyer.account.address, until, tier: 1 }];
    await house.rpc('eth_sendTransaction', {
      ...{ from, to: on.exchange, gasPrice: '0x0' },
      data: encodeFunctionData({ abi: exchangeAbi, functionName: 'setKyc', args: [writes] }),
    });
    await house.rpc('anvil_mine', '0x4');
    await house.mined();
  };
  await admit(1);
  await mood(sale, { outage: false });
  await house.forward(15 * MINUTE);
  await house.mined();
  assert.deepEqual(await standing(sale), ['filled', 'kept']);
  const token = await tokenOf(sale, sale.buyer);
  assert.deepEqual([token.state, token['reason']], ['frozen', 'BUYER_NOT_ADMITTED']);
  assert.equal(token['owner'], on.exchange.toLowerCase());
  const compliance = await house.staff('compliance');
  const desk = await house.http(compliance, 'GET', '/v1/console/exchange/frozen');
  assert.deepEqual(
    desk.body.items.map((one) => [one.id, one['holding']]),
    [[token.id, 'FROZEN']],
  );
  const path = `/v1/console/exchange/tokens/${token.id}/thaw`;
  const thawed = await house.http(compliance, 'POST', path, { reason: 'The buyer asks for it.' });
  assert.equal(thawed.body['code'], 'card_with_contract', thawed.text);
  const trouble = await house.http(compliance, 'GET', '/v1/console/exchange/reissues');
  assert.deepEqual(
    trouble.body.items.map((one) => [one.state, one['last4'], one['reason']]),
    [['kept', token['last4'], undefined]],
  );
  assert.equal((await house.http(sale.buyer, 'GET', '/v1/console/exchange/reissues')).status, 403);
  assert.deepEqual(await reconcileChain(depsOf(house), house.clock.now()), []);
  await t.test('handed over by compliance once the buyer is admitted again', () =>
    handedOver(sale, { compliance, admit, waits }),
  );
}

/** The key of an issuer is in force on a chain of others after its two days. */
async function keysIn(house: ChainHouse): Promise<void> {
  for (const wait of [SECOND, 2 * DAY, HOUR, HOUR]) {
    await house.forward(wait);
    await tendExchange(depsOf(house), house.clock.now());
    await house.mined();
  }
}

async function handedOver(
  sale: Sale,
  of: { compliance: Person; admit: (until: number) => Promise<void>; waits: boolean },
): Promise<void> {
  const { house, buyer } = sale;
  const { compliance } = of;
  const list = '/v1/console/exchange/reissues';
  const [kept] = (await house.http(compliance, 'GET', list)).body.items;
  const path = `${list}/${kept?.id}/hand-over`;
  const body = { reason: 'The buyer was checked anew in person.' };
  const early = await house.http(compliance, 'POST', path, body);
  assert.equal(early.body['code'], 'buyer_not_admitted', early.text);
  await of.admit(Math.floor(house.clock.now().getTime() / 1000) + 365 * 86_400);
  await house.prove(compliance);
  const risk = await house.staff('risk');
  assert.equal((await house.http(risk, 'POST', path, body)).status, 403);
  const told = await house.http(compliance, 'POST', path, body);
  assert.equal(told.status, 200, told.text);
  const twice = await house.http(compliance, 'POST', path, body);
  assert.equal(twice.body['code'], 'wrong_state', 'one case at a time');
  await house.mined();
  await house.mined();
  if (of.waits) {
    assert.equal(
      (await tokenOf(sale, buyer)).state,
      'frozen',
      'planned in public, and not done yet',
    );
    await house.forward(2 * DAY + HOUR);
    await house.mined();
    await house.mined();
    for (const one of [compliance, buyer]) await house.prove(one);
  }
  const token = await tokenOf(sale, buyer);
  assert.deepEqual([token.state, token['mine'], token['holding']], ['on_chain', true, 'ACTIVE']);
  const { rows } = await house.pool.query('select kind, state from exchange.card_case');
  assert.deepEqual(rows, [{ kind: 'hand_over', state: 'done' }]);
  assert.deepEqual((await house.http(compliance, 'GET', list)).body.items, []);
  assert.deepEqual(await reconcileChain(depsOf(house), house.clock.now()), []);
  await oneSecret(sale, 'buyer');
}

test('on a chain of others an issuer’s key waits its two days; a revoked one signs nothing more', async (t) => {
  const house = await openChainHouse(t, { chain: deployedAsElsewhere });
  const deps = depsOf(house);
  const now = () => house.clock.now();
  await house.mined();
  const seller = await house.holder();
  const token = await house.tokenised(seller, { sku: HELD_SKU });
  assert.equal(token['reissuable'], false, 'the contract does not know the key yet');
  await assert.rejects(house.listed(seller, token, '9000', 'reissue'), /no_reissue/);
  await keysIn(house);
  const sale = await offered(house);
  await bought(sale);
  await house.mined();
  assert.deepEqual(await standing(sale), ['filled', 'sold']);

  const { rows } = await house.pool.query<{ version: number }>(
    `select s.version from exchange.signer s join exchange.issuer_class c on c.class = s.issuer_class
     where c.issuer_id = 'mujing'`,
  );
  const version = rows[0]?.version;
  assert(version !== undefined && rows.length === 1);
  const other = await offered(house);
  await inTransaction(house.db, (tx) =>
    revokeSigner(tx, deps, { kind: 'reissuer', version, at: now(), by: 'test' }),
  );
  await house.mined();
  const path = `/v1/exchange/listings/${other.order.id}/buy`;
  const body = await house.buying(other.buyer, other.order);
  const refused = await house.http(other.buyer, 'POST', path, body);
  assert.equal(refused.body['code'], 'no_reissue', refused.text);
  assert.equal((await tokenOf(other, other.seller))['reissuable'], false);
  await house.forward(85 * DAY);
  await tendExchange(deps, now());
  const live = await house.pool.query(
    `select 1 from exchange.signer where kind = 'reissuer' and issuer_class =
     (select class from exchange.issuer_class where issuer_id = 'mujing') and revoked_at is null`,
  );
  assert.equal(live.rowCount, 0, 'it does not come back when its window would have ended');
});

test('a contract that is new knows no issuer: it is told again', async (t) => {
  const house = await openChainHouse(t);
  const deps = depsOf(house);
  const at = house.clock.now();
  await house.mined();
  const { chain } = deps.on;
  await deploy({ ...house, profile: 'INTL', chain, at });
  const count = async () =>
    (
      await house.pool.query(
        `select count(*)::int as n from exchange.signer where kind = 'reissuer'`,
      )
    ).rows[0]?.n;
  assert.equal(await count(), 0);
  await tendExchange(deps, at);
  assert.equal(await count(), 3, 'one for each issuer that can');
});
