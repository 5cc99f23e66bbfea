// Goal: a card on the chain that a notice names is neither sold, burnt for its secret nor freed while the notice stands: on
//   offer, under bids, in an English and a sealed auction, sold and not looked at, burnt and not looked at; bidders have their
//   money back, and once two people lifted the notice compliance frees it and it trades again.
// Method: the whole house with a real anvil; wallets send what their pages would, also past the house; contract, books and
//   vault are asked after each step.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '#platform';
import { burning, type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import {
  auctionAt,
  bid,
  commit,
  englishBody,
  reveal,
  sealedBody,
} from '#test/exchange-auctions.ts';
import type { Common, Person } from '#test/house.ts';
import { lifted, notice } from '#test/notices.ts';
import { accepting, bidding, tokenNow, walletNow } from '#test/offers.ts';
import type { MadeCard } from '../simulators/issuer/index.ts';

interface Made {
  readonly card: MadeCard;
  readonly token: Common;
}

async function made(house: ChainHouse, as: Holder): Promise<Made> {
  const card = house.card('weihe-gift');
  return { card, token: await house.tokenised(as, { card }) };
}

async function stop(house: ChainHouse, officer: Person, ...cards: MadeCard[]): Promise<unknown> {
  const { status, body, text } = await notice(house, officer, cards);
  assert.equal(status, 200, text);
  return body.id;
}

const stateOf = async (house: ChainHouse, as: Holder, token: Common) => {
  const now = await tokenNow(house, as, token);
  return [now.state, now['holding']];
};

/** Cases take two transactions, one after the other, and the clock sends what was refused. */
async function carriedOut(house: ChainHouse): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await house.mined();
    await house.forward(2 * MINUTE);
  }
}

async function thaw(house: ChainHouse, officer: Person, token: Common) {
  await house.prove(officer);
  const path = `/v1/console/exchange/tokens/${token.id}/thaw`;
  return await house.http(officer, 'POST', path, { reason: 'The notice was lifted.' });
}

const buy = async (house: ChainHouse, as: Holder, order: Common) =>
  await house.http(
    as,
    'POST',
    `/v1/exchange/listings/${order.id}/buy`,
    await house.buying(as, order),
  );

test('on offer and under a bid: nobody gets it from that commit on, one person cannot free it, two can', async (t) => {
  const house = await openChainHouse(t);
  const officer = await house.staff('compliance');
  const [ann, bob] = [await house.holder(), await house.holder()];
  const [listed, wanted] = [await made(house, ann), await made(house, ann)];
  const order = await house.listed(ann, listed.token);
  const asked = await bidding(house, bob, { token: wanted.token, priceFen: '8000' });
  const bids = `/v1/exchange/tokens/${wanted.token.id}/bids`;
  const placed = await house.http(bob, 'POST', bids, asked);
  assert.equal(placed.status, 201, placed.text);

  const id = await stop(house, officer, listed.card, wanted.card);
  assert.equal((await buy(house, bob, order)).body.code, 'card_frozen', 'before the chain knows');
  const accept = `/v1/exchange/bids/${placed.body.id}/accept`;
  const yes = await accepting(house, ann, placed.body);
  assert.equal((await house.http(ann, 'POST', accept, yes)).body.code, 'card_frozen');
  await carriedOut(house);
  for (const { token } of [listed, wanted])
    assert.deepEqual(await stateOf(house, ann, token), ['frozen', 'FROZEN']);
  assert.equal((await thaw(house, officer, listed.token)).body.code, 'card_stopped');
  await carriedOut(house);
  assert.deepEqual(await stateOf(house, ann, listed.token), ['frozen', 'FROZEN']);
  const mine = await house.http(ann, 'GET', `/v1/exchange/tokens/${listed.token.id}`);
  for (const word of ['公安', 'police', '测试公经通']) assert(!mine.text.includes(word), word);

  await lifted(house, officer, id);
  await carriedOut(house);
  assert.deepEqual(await stateOf(house, ann, listed.token), ['frozen', 'FROZEN'], 'a person frees');
  assert.equal((await thaw(house, officer, listed.token)).status, 200);
  await carriedOut(house);
  assert.deepEqual(await stateOf(house, ann, listed.token), ['on_chain', 'ACTIVE']);
  const again = await house.listed(ann, await tokenNow(house, ann, listed.token));
  assert.equal((await buy(house, bob, again)).status, 200);
  await house.mined();
  assert.equal((await tokenNow(house, bob, listed.token))['mine'], true);
});

test('in an auction: it ends without a winner, and whoever bid or left a bond has all of it back', async (t) => {
  const house = await openChainHouse(t);
  const officer = await house.staff('compliance');
  const [ann, bob, cee] = [await house.holder(), await house.holder(), await house.holder()];
  const [english, sealed] = [await made(house, ann), await made(house, ann)];
  const putUp = async (kind: string, body: object): Promise<string> => {
    const answer = await house.http(ann, 'POST', `/v1/exchange/auctions/${kind}`, body);
    assert.equal(answer.status, 201, answer.text);
    return answer.body.id;
  };
  const first = await putUp('english', await englishBody(house, ann, english.token));
  const second = await putUp('sealed', await sealedBody(house, ann, sealed.token));
  await bid(house, bob, { auction: await auctionAt(house, bob, first), amount: 6_000n });
  await house.mined();
  const at = await auctionAt(house, bob, second);
  await commit(house, bob, { auction: at, amountFen: 7_000n });
  await house.mined();
  await commit(house, cee, { auction: at, amountFen: 8_000n });
  await house.mined();
  const running = [await auctionAt(house, bob, first), await auctionAt(house, bob, second)];
  assert.deepEqual(
    running.map(({ state }) => state),
    ['running', 'running'],
  );

  await stop(house, officer, english.card, sealed.card);
  await carriedOut(house);
  for (const { token } of [english, sealed])
    assert.deepEqual(await stateOf(house, ann, token), ['frozen', 'FROZEN']);
  // What wallets send all the same comes to nothing in the contract, and costs nobody money.
  await bid(house, cee, { auction: running[0] as never, amount: 7_000n });
  await house.forward(2 * HOUR + MINUTE);
  await house.mined();
  await reveal(house, cee, { auction: at, amountFen: 8_000n });
  await house.forward(3 * HOUR);
  await house.mined();
  for (const id of [first, second])
    assert.equal((await auctionAt(house, bob, id)).state, 'unwound', id);
  for (const who of [bob, cee]) {
    const wallet = await walletNow(house, who);
    const sum = ['balanceFen', 'purseFreeFen', 'purseLockedFen'].map((name) =>
      BigInt(String(wallet[name])),
    );
    assert.equal(
      sum.reduce((a, b) => a + b, 0n),
      100_000n,
      'whole',
    );
  }
});

test('sold, and burnt, before anybody looked: the secret is nobody’s until the notice is lifted', async (t) => {
  const house = await openChainHouse(t);
  const officer = await house.staff('compliance');
  const [ann, bob] = [await house.holder(), await house.holder()];
  const [sold, burnt] = [await made(house, ann), await made(house, ann)];
  for (const { token } of [sold, burnt]) {
    const order = await house.listed(ann, token);
    assert.equal((await buy(house, bob, order)).status, 200);
    await house.mined();
  }
  await house.send(bob, burning(burnt.token));
  await house.mined();
  const secret = async ({ token }: Made) =>
    await house.http(bob, 'POST', `/v1/exchange/tokens/${token.id}/secret`, {});

  const id = await stop(house, officer, sold.card, burnt.card);
  assert.equal((await secret(burnt)).body.code, 'card_stopped');
  await carriedOut(house);
  assert.deepEqual(await stateOf(house, bob, sold.token), ['frozen', 'FROZEN'], 'at its new owner');
  await house.send(bob, burning(sold.token));
  await house.mined();
  assert.deepEqual(await stateOf(house, bob, sold.token), ['frozen', 'FROZEN'], 'not burnt either');
  assert.equal((await secret(sold)).status, 404);
  const kept = await house.pool.query(
    `select count(*) from exchange.token as t join cards.secret as s on s.card_id = t.card_id
     where t.id = any($1) and s.wrapped_dek is not null`,
    [[sold.token.id, burnt.token.id]],
  );
  assert.equal(Number(kept.rows[0].count), 2, 'kept');

  await lifted(house, officer, id);
  assert.equal((await secret(burnt)).status, 200);
  assert.equal((await thaw(house, officer, sold.token)).status, 200);
  await carriedOut(house);
  await house.send(bob, burning(sold.token));
  await house.mined();
  assert.equal((await secret(sold)).status, 200);
});

test('while it is checked and while it is minted: turned down and kept; there, and stopped as soon as it is', async (t) => {
  const house = await openChainHouse(t);
  const officer = await house.staff('compliance');
  const ann = await house.holder();
  const bring = async (): Promise<Made> => {
    const card = house.card('weihe-gift');
    const { sku, number, pin, faceFen } = card;
    const body = { walletId: ann.walletId, sku, faceFen, number, ...(pin && { pin }) };
    const {
      status,
      body: token,
      text,
    } = await house.http(ann, 'POST', '/v1/exchange/tokens', body);
    assert.equal(status, 201, text);
    return { card, token };
  };
  const checking = await bring();
  const id = await stop(house, officer, checking.card);
  await house.settle();
  assert.equal((await tokenNow(house, ann, checking.token)).state, 'turned_down');
  const copy = async (): Promise<string> => {
    const { rows } = await house.pool.query(
      `select c.custody || ' ' || (s.wrapped_dek is not null) as kept from exchange.token as t
       join cards.card as c on c.id = t.card_id left join cards.secret as s on s.card_id = c.id
       where t.id = $1`,
      [checking.token.id],
    );
    return rows[0].kept;
  };
  assert.equal(await copy(), 'vault true');
  await lifted(house, officer, id);
  assert.equal(await copy(), 'seller false', 'gone back');

  const minting = await bring();
  await house.settle();
  assert.equal((await tokenNow(house, ann, minting.token)).state, 'minting');
  await stop(house, officer, minting.card);
  await carriedOut(house);
  assert.deepEqual(await stateOf(house, ann, minting.token), ['frozen', 'FROZEN']);
});
