// Goal: a buyer who pays for a re-issued card gets a PIN that nobody else has, or the money back; of seller and buyer exactly
//   one can come to a secret that works, whatever issuer, line, contract and strangers do; what was done is done once.
// Method: the whole house with a real anvil; the issuer simulator misbehaves over real HTTP; after each sale the issuer is
//   asked which secret is good, and the books are compared with the chain.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CardSecret } from '#cards';
import { balanceOf } from '#ledger';
import { DAY, HOUR, MINUTE } from '#platform';
import { type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import {
  atIssuer,
  bought,
  burnt,
  fetched,
  HELD_SKU,
  MOVED_SKU,
  mood,
  offered,
  offerOf,
  reading,
  reissuesDone,
  type Sale,
  secretOf,
  standing,
  tokenOf,
} from '#test/reissue.ts';
import type { MadeCard } from '../../simulators/issuer/index.ts';
import type { ChainDeps } from './deps.ts';
import { onChainAccount } from './effects.ts';
import { reconcileChain } from './reconcile.ts';

const GIVEN = 100_000n;
const PRICE = 9_000n;
const NET = 8_775n;
const WINDOW = 3 * DAY + HOUR;

const moneyOf = async ({ house }: Sale, of: Holder): Promise<bigint> =>
  (await balanceOf(house.db, onChainAccount(of.account.address.toLowerCase()))).balance;

/** Ledger, chain and custody say the same. */
async function agree(house: ChainHouse): Promise<void> {
  await house.mined();
  const deps = house.house.exchange as ChainDeps;
  assert.deepEqual(await reconcileChain(deps, house.clock.now()), []);
}

/** The sale is through: the buyer's PIN works, the seller's does not, the money has moved. */
async function isSold(sale: Sale): Promise<CardSecret> {
  const { house, seller, buyer, card } = sale;
  assert.deepEqual(await standing(sale), ['filled', 'sold']);
  assert.equal(await moneyOf(sale, buyer), GIVEN - PRICE);
  assert.equal(await moneyOf(sale, seller), GIVEN + NET);
  await agree(house);
  const fresh = await fetched(sale, buyer);
  assert.equal(await atIssuer(sale, fresh), 'active');
  assert.equal((await reading(sale, seller)).status, 404);
  assert.notEqual(await atIssuer(sale), 'active', 'what the seller knows is dead');
  if (card.sku === HELD_SKU) assert.notEqual(fresh.pin?.reveal(), card.pin);
  return fresh;
}

/** The money is back; the seller has the card, whichever of its secrets is good now. */
async function isPaidBack(sale: Sale, { renewed }: { renewed: boolean }): Promise<void> {
  const { house, seller, buyer } = sale;
  assert.equal(await moneyOf(sale, buyer), GIVEN);
  assert.equal(await moneyOf(sale, seller), GIVEN);
  assert.equal((await tokenOf(sale, seller))['mine'], true);
  await agree(house);
  const secret = await fetched(sale, seller);
  assert.equal(await atIssuer(sale, secret), 'active');
  assert.equal(await atIssuer(sale), renewed ? 'bad_secret' : 'active');
  assert.equal((await reading(sale, buyer)).status, 404);
}

test('sold: re-issued once, paid out on the issuer’s word, and no secret is anywhere but in the vault', async (t) => {
  const house = await openChainHouse(t);
  const sale = await offered(house);
  const { seller, buyer, token, card } = sale;
  const open = await offerOf(sale, buyer);
  assert.deepEqual([open['delivery'], open['reissue']], ['reissue', undefined]);
  assert.equal(token['ownSecret'], true);
  assert.equal(await atIssuer(sale), 'held');
  await bought(sale);
  await house.mined();
  const mine = await tokenOf(sale, buyer);
  assert.deepEqual([mine['mine'], mine['ownSecret'], mine.state], [true, false, 'on_chain']);
  assert.equal(await atIssuer(sale), 'bad_secret');
  const stranger = await house.holder();
  assert.equal(
    (await house.http(stranger, 'GET', `/v1/exchange/listings/${sale.order.id}`)).status,
    404,
  );
  assert.equal(await moneyOf(sale, seller), GIVEN + NET);
  const fresh = await isSold(sale);
  assert.equal(await reissuesDone(sale), 1);
  await t.test('a card whose secret was moved before is sold the same way', async () => {
    const other = await offered(house, MOVED_SKU);
    await bought(other);
    await house.mined();
    await isSold(other);
  });
  await t.test('no secret in log, record, calls, jobs or chain', () =>
    isTold(house, [card, fresh]),
  );
});

const TEXTS = [
  ['record.entry', 'data'],
  ['exchange.log', 'args'],
  ['exchange.relay', 'calldata'],
  ['cards.issuer_call', 'result'],
  ['graphile_worker._private_jobs', 'payload'],
] as const;

/** Nowhere a number or a PIN, as text or as the contract's word; and no copy of a new secret beside its call. */
async function isTold(house: ChainHouse, [card, fresh]: [MadeCard, CardSecret]): Promise<void> {
  const read = async (sql: string): Promise<string> =>
    String((await house.pool.query<{ text: unknown }>(sql)).rows[0]?.text);
  const texts = [house.logged.join('\n')];
  for (const [table, column] of TEXTS)
    texts.push(
      await read(`select coalesce(string_agg(${column}::text, chr(10)), '') as text from ${table}`),
    );
  const pins = [card.pin ?? '', fresh.pin?.reveal() ?? ''].map((pin) => `"${pin}"`);
  const plain = [card.number, fresh.number.reveal(), ...pins];
  const words = plain.map((text) => Buffer.from(text.replaceAll('"', '')).toString('hex'));
  for (const text of texts)
    for (const word of [...plain, ...words]) assert.equal(text.includes(word), false, word);
  const copies = 'select count(*) as text from cards.issuer_call where secret_ct is not null';
  assert.equal(await read(copies), '0');
}

test('refused: the price goes back after three days, and the seller’s own secret still works', async (t) => {
  const sale = await offered(await openChainHouse(t));
  const { house, seller, buyer } = sale;
  await mood(sale, { refused: 1 });
  await bought(sale);
  assert.deepEqual(await standing(sale), ['held', 'waiting', 'RESTRICTED']);
  assert.equal(await moneyOf(sale, buyer), GIVEN - PRICE);
  await assert.rejects(house.listed(seller, await tokenOf(sale, seller)), /wrong_state/);
  await house.forward(WINDOW);
  await house.mined();
  assert.deepEqual(await standing(sale), ['refunded', 'refunded', 'RESTRICTED']);
  assert.equal(await atIssuer(sale), 'held', 'our hold is there as before');
  const again = await house.listed(seller, await tokenOf(sale, seller), '9500', 'reissue');
  const other = { ...sale, order: again };
  await bought(other);
  await house.mined();
  assert.deepEqual(await standing(other), ['filled', 'sold'], 'the same card, sold afterwards');
  assert.equal(await reissuesDone(sale), 1);
});

test('the answer is lost after it was done: found by its number, re-issued once', async (t) => {
  const sale = await offered(await openChainHouse(t));
  await mood(sale, { timeoutAfterCommit: 1 });
  await bought(sale);
  await sale.house.mined();
  await isSold(sale);
  assert.equal(await reissuesDone(sale), 1);
});

test('the issuer is away for a day after it has done it: sold when it is back', async (t) => {
  const sale = await offered(await openChainHouse(t));
  const { house } = sale;
  await dark(sale);
  assert.deepEqual(await standing(sale), ['held', 'asking']);
  await house.forward(DAY);
  await mood(sale, { outage: false });
  await house.forward(20 * MINUTE);
  await house.mined();
  await isSold(sale);
  assert.equal(await reissuesDone(sale), 1);
});

/** Bought, re-issued, and the answer lost in an outage that goes on. */
async function dark(sale: Sale): Promise<void> {
  const { house } = sale;
  await mood(sale, { timeoutAfterCommit: 1 });
  const done = await reissuesDone(sale);
  const adapterMade = house.house.exchange.cards.issuers;
  // The line stays dead after the request went through.
  const cards = house.house.exchange.cards as { issuers: typeof adapterMade };
  cards.issuers = (issuer) => {
    const made = adapterMade(issuer);
    const reissue = made.reissue?.bind(made);
    if (!reissue) return made;
    return {
      ...made,
      reissue: async (...of) => {
        const lost = await reissue(...of);
        await mood(sale, { outage: true });
        return lost;
      },
    };
  };
  await bought(sale);
  cards.issuers = adapterMade;
  assert.equal(await reissuesDone(sale), done + 1);
}

test('silent for the whole window, though it was done: paid back, and only the new secret, which is the seller’s', async (t) => {
  const sale = await offered(await openChainHouse(t));
  const { house, seller } = sale;
  await dark(sale);
  await house.forward(WINDOW);
  await house.mined();
  assert.deepEqual(await standing(sale), ['refunded', 'resolving']);
  const held = await tokenOf(sale, seller);
  await assert.rejects(house.listed(seller, held, '9000'), /wrong_state/, 'not before it is known');
  await burnt(sale, seller);
  assert.equal((await reading(sale, seller)).body['code'], 'reissue_open');
  await house.forward(2 * DAY);
  assert.deepEqual(await standing(sale), ['refunded', 'resolving']);
  await mood(sale, { outage: false });
  await house.forward(30 * MINUTE);
  assert.deepEqual(await standing(sale), ['refunded', 'refunded']);
  const got = await reading(sale, seller);
  assert.equal(got.status, 200, got.text);
  // Held or not: our lock ends by a job that was put off in the outage.
  assert.match(await atIssuer(sale, secretOf(got.body as never)), /^(active|held)$/);
  assert.equal(await atIssuer(sale), 'bad_secret');
  assert.equal(await reissuesDone(sale), 1);
});

test('silent for ever: after thirty days the card stands still for the desk', async (t) => {
  const sale = await offered(await openChainHouse(t));
  const { house, seller } = sale;
  await dark(sale);
  await house.forward(WINDOW);
  await house.mined();
  for (let days = 0; days < 31; days += 1) await house.forward(DAY);
  await house.mined();
  await house.prove(seller);
  assert.deepEqual(await standing(sale), ['refunded', 'unresolved']);
  const token = await tokenOf(sale, seller);
  assert.deepEqual([token.state, token['reason']], ['frozen', 'ISSUER_SILENT']);
  await t.test(
    'asked again by the desk: what the issuer did is known, and the card can be freed',
    () => askedAgain(sale),
  );
});

async function askedAgain(sale: Sale): Promise<void> {
  const { house, seller } = sale;
  const [risk, auditor] = [await house.staff('risk'), await house.staff('auditor')];
  const list = '/v1/console/exchange/reissues';
  const [one] = (await house.http(risk, 'GET', list)).body.items;
  assert.equal(one?.state, 'unresolved');
  const path = `${list}/${one.id}/ask`;
  assert.equal((await house.http(auditor, 'POST', path, {})).status, 403);
  assert.equal((await house.http(risk, 'POST', `${list}/${sale.token.id}/ask`, {})).status, 404);
  // Still away: asked for thirty more days.
  assert.equal((await house.http(risk, 'POST', path, {})).status, 200);
  await house.settle();
  assert.equal((await house.http(risk, 'POST', path, {})).body['code'], 'wrong_state');
  for (let days = 0; days < 31; days += 1) await house.forward(DAY);
  await house.prove(risk);
  await house.prove(seller);
  assert.deepEqual(await standing(sale), ['refunded', 'unresolved']);
  await mood(sale, { outage: false });
  await house.forward(HOUR);
  assert.deepEqual(await standing(sale), ['refunded', 'unresolved'], 'nobody asks by itself');
  assert.equal((await house.http(risk, 'POST', path, {})).status, 200);
  await house.settle();
  assert.deepEqual(await standing(sale), ['refunded', 'refunded']);
  const { rows } = await house.pool.query(
    `select data from record.entry where subject = $1 and type like '%ask_more' order by no`,
    [one.id],
  );
  assert.equal(rows.length, 2, 'who asked is on record');
  const compliance = await house.staff('compliance');
  const thaw = `/v1/console/exchange/tokens/${sale.token.id}/thaw`;
  const reason = 'The issuer has said which PIN is good.';
  assert.equal((await house.http(compliance, 'POST', thaw, { reason })).status, 200);
  await house.mined();
  await house.prove(seller);
  const secret = await fetched(sale, seller);
  assert.equal(await atIssuer(sale, secret), 'active');
  assert.equal(await atIssuer(sale), 'bad_secret');
  assert.equal(await reissuesDone(sale), 1);
}

test('never reached in the whole window: paid back, and it is never re-issued afterwards', async (t) => {
  const sale = await offered(await openChainHouse(t));
  const { house } = sale;
  await mood(sale, { outage: true });
  await bought(sale);
  await house.forward(WINDOW);
  await house.mined();
  assert.deepEqual(await standing(sale), ['refunded', 'refunded', 'NO_ANSWER']);
  await mood(sale, { outage: false });
  await house.forward(HOUR);
  assert.equal(await reissuesDone(sale), 0);
  await isPaidBack(sale, { renewed: false });
});

test('a word that the chain would not take: paid back, said to the operators, and the seller has the new secret', async (t) => {
  const sale = await offered(await openChainHouse(t));
  const { house } = sale;
  await mood(sale, { badChainSignature: 1 });
  await bought(sale);
  assert.deepEqual(await standing(sale), ['held', 'waiting', 'REISSUED_UNSIGNED']);
  assert(house.logged.some((line) => line.includes('its word is no good')));
  await house.forward(WINDOW);
  await house.mined();
  assert.deepEqual(await standing(sale), ['refunded', 'refunded', 'REISSUED_UNSIGNED']);
  await isPaidBack(sale, { renewed: true });
});

test('emptied before it was re-issued: nobody pays for it, and the look after it stops the card', async (t) => {
  const sale = await offered(await openChainHouse(t));
  const { house, seller, buyer, card } = sale;
  const { sku, number } = card;
  await house.control('issuer', '/control/cards', { sku, number, balanceFen: '4000' });
  await bought(sale);
  assert.deepEqual(await standing(sale), ['held', 'waiting', 'REISSUED_SHORT']);
  await house.forward(WINDOW);
  await house.mined();
  await house.mined();
  assert.equal(await moneyOf(sale, buyer), GIVEN);
  const token = await tokenOf(sale, seller);
  assert.deepEqual([token.state, token['reason']], ['frozen', 'FACE_MISMATCH_UNBOUND']);
});

test('the window is over before the issuer has answered, and nobody was paid back: the sale is made', async (t) => {
  const sale = await offered(await openChainHouse(t));
  const { house } = sale;
  await dark(sale);
  await mood(sale, { outage: false });
  // The house slept for the whole window.
  await house.forward(WINDOW);
  await house.mined();
  await isSold(sale);
  assert.equal(await reissuesDone(sale), 1);
});
