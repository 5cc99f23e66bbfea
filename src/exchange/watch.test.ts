// Goal: what is sold is attested again at delivery; a card that its issuer reports bad is frozen on the chain and cannot be
//   sold; a new verifier key takes over and an old one is worth nothing once revoked; a sandbox keeps its cap.
// Method: the whole house with a real anvil; the issuer simulator told to freeze the card; the contract asked for its own
//   view after each step.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangeAbi } from '#contracts';
import { DAY, inTransaction } from '#platform';
import { type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import { OWN_SECRET } from '#test/delivery.ts';
import type { Common } from '#test/house.ts';
import { renewSigners, revokeSigner, signerAt } from './attest.ts';
import type { ChainDeps } from './deps.ts';

const depsOf = ({ house }: ChainHouse): ChainDeps => house.exchange as ChainDeps;

const cardOnChain = async (house: ChainHouse, token: Common) => {
  const { on } = depsOf(house);
  return await on.chain.client.readContract({
    ...{ abi: exchangeAbi, address: on.exchange, functionName: 'cardOf' },
    args: [BigInt(String(token['tokenId']))],
  });
};

async function sold(house: ChainHouse, seller: Holder, buyer: Holder, token: Common) {
  const order = await house.listed(seller, token);
  const path = `/v1/exchange/listings/${order.id}/buy`;
  const bought = await house.http(buyer, 'POST', path, await house.buying(buyer, order));
  assert.equal(bought.status, 200, bought.text);
  await house.mined();
  await house.mined();
}

test('attested at delivery; frozen when the issuer says so', async (t) => {
  const house = await openChainHouse(t);
  const [seller, buyer] = [await house.holder(), await house.holder()];
  // Its issuer cannot re-issue, so its number stays the one that the test knows.
  const card = house.card(OWN_SECRET);
  const token = await house.tokenised(seller, { card });
  await sold(house, seller, buyer, token);
  const { rows } = await house.pool.query(
    `select args from exchange.log where event = 'BalanceAttested' and token_id = $1`,
    [token['tokenId']],
  );
  assert.equal(rows[0]?.args.balance, String(token['balanceFen']), 'the balance at delivery');

  const held = (await house.http(buyer, 'GET', `/v1/exchange/tokens/${token.id}`)).body;
  const order = await house.listed(buyer, held);
  const { sku, number } = card;
  await house.control('issuer', '/control/cards', { sku, number, action: 'freeze' });
  const risk = await house.staff('risk');
  const look = `/v1/console/exchange/tokens/${token.id}/look`;
  assert.equal((await house.http(buyer, 'POST', look, {})).status, 403);
  assert.equal((await house.http(risk, 'POST', look, {})).status, 200);
  await house.mined();
  const frozen = (await house.http(buyer, 'GET', `/v1/exchange/tokens/${token.id}`)).body;
  assert.equal(frozen.state, 'frozen');
  assert.equal((await cardOnChain(house, token)).state, FROZEN);
  const offer = await house.http(buyer, 'GET', `/v1/exchange/listings/${order.id}`);
  assert.equal(offer.body.state, 'void');
});
const FROZEN = 6;

test('keys come and go; a sandbox keeps its cap', async (t) => {
  const house = await openChainHouse(t, {
    profile: 'SANDBOX',
    config: { SANDBOX_PRICE_CAP_FEN: 9_500 },
  });
  const deps = depsOf(house);
  const holder = await house.holder();
  const first = await signerAt(house.db, 'verifier', house.clock.now());
  assert.equal(first?.version, 1);
  assert.equal(await renewSigners(deps, ['verifier'], house.clock.now()), 0, 'nothing to do yet');
  await house.forward(80 * DAY);
  assert.equal((await signerAt(house.db, 'verifier', house.clock.now()))?.version, 1);
  await renewSigners(deps, ['verifier'], house.clock.now());
  await house.mined();
  const second = await signerAt(house.db, 'verifier', house.clock.now());
  assert.equal(second?.version, 2, 'the newer one signs, both are valid');
  await house.prove(holder);
  const token = await house.tokenised(holder);
  const { rows } = await house.pool.query(
    `select args->>'attested' as by from exchange.log where event = 'Minted'`,
  );
  assert.equal(rows[0]?.by, second.address);

  await inTransaction(house.db, (tx) =>
    revokeSigner(tx, deps, { kind: 'verifier', version: 2, at: house.clock.now(), by: 'test' }),
  );
  await house.mined();
  assert.equal((await signerAt(house.db, 'verifier', house.clock.now()))?.version, 1);
  const { on } = deps;
  const entry = await on.chain.client.readContract({
    ...{ abi: exchangeAbi, address: on.exchange, functionName: 'signerOf' },
    args: [second.address as `0x${string}`],
  });
  assert(entry.kind === 0 || entry.until <= Number(entry.from) || entry.until < 2 ** 31);
  await assert.rejects(house.listed(holder, token, '9501'), /price_above_cap/);
  await house.listed(holder, token, '9500');
});
