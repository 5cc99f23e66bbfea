// Goal: a tranche is handed over once, also when two jobs do it and its buyer is faster than one of them; and a card that was
//   good at the report is asked of its issuer anew when it is reported late.
// Method: the whole house; one hand-over is held between its look and its act, by the lock on the promises of its cards, while
//   the other ends and the buyer accepts; then a card that is disputed twice, and spent in between.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { handOverCards } from '#cards';
import { DAY, inTransaction, MINUTE } from '#platform';
import { openTestHouse, type TestHouse } from '#test/house.ts';
import {
  type Company,
  cardsOf,
  company,
  dealFor,
  dealOf,
  dealPath,
  readyLot,
  takeCards,
} from '#test/lots.ts';
import type { MadeCard } from '../../simulators/issuer/index.ts';
import { takeDeal } from './deal.ts';
import type { LotDeps } from './deps.ts';
import { moveRows, tranchesOf } from './store-deal.ts';
import { listRows, saveRowStates } from './store-rows.ts';
import { handOverTranche } from './tranche.ts';

interface Sold {
  readonly house: TestHouse;
  readonly seller: Company;
  readonly buyer: Company;
  readonly lotId: string;
  readonly dealId: string;
}

async function sold(
  t: Parameters<typeof openTestHouse>[0],
  cards: readonly MadeCard[],
): Promise<Sold> {
  const house = await openTestHouse(t);
  const staff = await house.staff('risk');
  const seller = await company(house);
  const buyer = await company(house, { legalName: '模拟回收甲有限公司', walletFen: '200000' });
  const lotId = await readyLot(house, seller, staff, cards);
  const faceFen = cards.reduce((sum, card) => sum + BigInt(card.faceFen), 0n);
  const priceFen = String((faceFen * 9n) / 10n);
  const dealId = await dealFor(house, { seller, buyer, lotId, priceFen });
  return { house, seller, buyer, lotId, dealId };
}

async function untilOneWaits({ pool }: TestHouse): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { rows } = await pool.query(
      `select 1 from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return;
    await sleep(25);
  }
  assert.fail('nobody waits for a lock');
}

test('two jobs hand over, the buyer accepts between them: what was accepted stays so', async (t) => {
  const { house, lotId, dealId } = await sold(t, cardsOf('luyu-ecard', 3, { faceFen: 10_000n }));
  const { db, clock } = house;
  const at = clock.now();
  const [tranche] = await tranchesOf(db, dealId);
  assert.equal(tranche?.state, 'delivered', 'and its job has not run');
  const trancheId = tranche.id;
  let late: Promise<void> | undefined;
  await inTransaction(db, async (tx) => {
    await takeDeal(tx, dealId);
    const rows = await listRows(tx, { lotId, trancheId, states: ['good'], limit: 10 });
    const cardIds = rows.flatMap(({ card_id }) => card_id ?? []);
    await handOverCards(tx, { cardIds, ref: lotId, custody: 'buyer', at });
    late = handOverTranche({ db } as LotDeps, trancheId, at);
    await untilOneWaits(house);
    const done = rows.map(({ no }) => ({ no, state: 'sold' as const }));
    await saveRowStates(tx, { lotId, rows: done });
    assert.equal(await moveRows(tx, { trancheId, from: 'sold', to: 'paid' }), 3);
  });
  await late;
  const rows = await listRows(db, { lotId, trancheId, limit: 10 });
  assert.deepEqual(
    rows.map(({ state }) => state),
    ['paid', 'paid', 'paid'],
  );
});

test('good at the report, spent before the late one: asked anew, and refunded by the rule', async (t) => {
  const cards = cardsOf('luyu-ecard', 6, { faceFen: 20_000n });
  // Cheap enough for the hold-back of the others.
  const [cheap] = cardsOf('luyu-ecard', 1, { faceFen: 10_000n });
  assert(cheap);
  const { house, buyer, dealId } = await sold(t, [...cards, cheap]);
  await house.settle();
  const at = async () => (await dealOf(house, buyer, dealId)).tranches[0];
  const sheet = await takeCards(house, buyer, dealId, 1);
  const line = sheet.text.split('\r\n').find((one) => one.includes(cheap.number));
  const rows = [{ row: Number(line?.split(',')[0]), failing: 'USED_OR_VOID' }];
  const report = async () =>
    await house.http(buyer.maker, 'POST', `${dealPath(buyer, dealId)}/tranches/1/report`, { rows });
  assert.equal((await report()).status, 200);
  await house.settle();
  assert.equal((await at())?.disputed[0]?.probed, 'OK');
  await house.forward(3 * DAY + MINUTE);
  const upheld = await at();
  assert.deepEqual([upheld?.state, upheld?.refundFen], ['kept', '0']);
  const { sku, number } = cheap;
  await house.control('issuer', '/control/cards', { sku, number, state: 'used', balanceFen: '0' });
  assert.equal((await report()).status, 200);
  await house.settle();
  assert.equal((await at())?.disputed[0]?.probed, 'USED_OR_VOID', 'as its issuer says now');
  await house.forward(3 * DAY + MINUTE);
  const last = await at();
  assert.equal(last?.state, 'settled');
  assert.equal(last?.refundFen, '9000');
});
