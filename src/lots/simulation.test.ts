// Goal: whatever companies, staff, deadlines and dying jobs do to lots at once, each fen of each party is where a plain
// reckoning over the cards puts it, and no card is sold or handed out twice. Method: seeded storms over one house: people
// act in the same moment, jobs are lost or run again, issuers lose answers, time jumps; after each moment the ledger is
// compared with the reckoning, and at the end every state of lot, deal and tranche was reached.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addJob, DAY, HOUR, inTransaction } from '#platform';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import {
  addPapers,
  bid,
  type Company,
  cardsOf,
  company,
  csvOf,
  type DealBody,
  dealOf,
  dealPath,
  type LotBody,
  lotPath,
  newLot,
  openFor,
  readyLot,
  takeCards,
  upload,
} from '#test/lots.ts';
import { topUpShop } from '#test/recyclers.ts';
import { checkLots, type Heard } from '#test/simulation/lots.ts';
import { hurry } from '#test/simulation/world.ts';
import { type Chance, chance } from '../demo-people.ts';
import { dealProcess, lotProcess, trancheProcess } from './life.ts';

const SEED = 20_261_126;
const STORMS = 2;
const LOTS = 6;
const MOMENTS = 8;
const USED = { state: 'used', balanceFen: '0' };

interface World {
  readonly house: TestHouse;
  readonly dice: Chance;
  readonly heard: Heard;
  readonly sellers: readonly Company[];
  readonly buyers: readonly Company[];
  readonly staff: Person;
  /** Deals of this storm and their two sides. */
  readonly deals: { id: string; lotId: string; seller: Company; buyer: Company }[];
}

test(`${STORMS} storms of ${LOTS} lots: every fen is where the cards put it`, async (t) => {
  const house = await openTestHouse(t);
  const world = await people(house);
  for (let storm = 0; storm < STORMS; storm++) {
    await fillUp(world);
    const lots = await offerLots(world, storm);
    await bidOnAll(world, lots);
    await checkLots(house, world.heard);
    await house.forward(2 * DAY);
    await chooseAll(world, lots);
    await checkLots(house, world.heard);
    await findDeals(world, lots);
    await signAll(world);
    await reportAll(world);
    for (let moment = 0; moment < MOMENTS; moment++) {
      if (moment === 2) {
        await house.forward(3 * DAY + HOUR);
        await reportAll(world, { late: true });
      }
      await Promise.all(Array.from({ length: 6 }, () => anAct(world)));
      if (world.dice.within(0, 2) > 0) await settleAll(world);
      await checkLots(house, world.heard);
      await house.forward(world.dice.within(1, 40) * HOUR);
      await checkLots(house, world.heard);
    }
  }
  for (let week = 0; week < 9; week++) {
    await house.forward(7 * DAY);
    await settleAll(world);
  }
  await checkLots(house, world.heard);
  await allIsOver(house);
});

async function people(house: TestHouse): Promise<World> {
  const named = async (legalName: string): Promise<Company> => await company(house, { legalName });
  // Two for each storm: how many papers one person may send in a minute is bounded.
  const sellers = [];
  for (const name of '东南西北'.slice(0, 2 * STORMS))
    sellers.push(await named(`模拟${name}方礼品有限公司`));
  const buyers = [];
  for (const name of '甲乙丙') buyers.push(await named(`模拟回收${name}有限公司`));
  const heard: Heard = {
    filled: new Map([...sellers, ...buyers].map(({ id }) => [id, 0n])),
    ...{ bids: [], failing: new Map(), given: new Map() },
  };
  const staff = await house.staff('risk');
  return { house, dice: chance(SEED), heard, sellers, buyers, staff, deals: [] };
}

/** Too little for everything that they bid on. */
async function fillUp({ house, heard, buyers }: World): Promise<void> {
  for (const [index, buyer] of buyers.entries()) {
    const amount = [680_000n, 340_000n, 160_000n][index] ?? 0n;
    await house.prove(buyer.maker);
    await topUpShop(house, buyer.maker, buyer.id, { amountFen: String(amount) });
    heard.filled.set(buyer.id, (heard.filled.get(buyer.id) ?? 0n) + amount);
  }
}

/** Nothing that anybody does may break the house: every answer is a result or a clear no. */
async function say(
  { house }: World,
  as: Person,
  line: string,
  body?: unknown,
): Promise<{ status: number; body: LotBody & DealBody }> {
  const [method = '', path = ''] = line.split(' ');
  await house.prove(as);
  const answer = await house.http<LotBody & DealBody>(as, method, path, body);
  assert(answer.status < 500, `${line}: ${answer.text}`);
  return answer;
}

interface Offered {
  readonly id: string;
  readonly seller: Company;
  readonly faceFen: bigint;
  readonly parts: number;
}

/** Cards that are locked and cards that are re-issued, a bad one now and then, whole or by product, asked or auctioned. */
async function offerLots(world: World, storm: number): Promise<Offered[]> {
  const { house, dice, staff } = world;
  const sellers = world.sellers.slice(2 * storm, 2 * storm + 2);
  const lots: Offered[] = [];
  for (let n = 0; n < LOTS; n++) {
    const seller = sellers[n % sellers.length] as Company;
    const faceFen = 20_000n;
    const cards = [
      // Cheap ones, for which the hold-back of the others is enough when they fail late.
      ...cardsOf('luyu-ecard', 2, { faceFen: faceFen / 2n }),
      ...cardsOf('luyu-ecard', dice.within(7, 9), { faceFen }),
      ...cardsOf('weihe-ecard', dice.within(4, 5), { faceFen }),
    ];
    if (n % 3 === 0) cards.push(...cardsOf('luyu-ecard', 1, { faceFen, state: 'used' }));
    await house.prove(seller.maker);
    const id = await readyLot(house, seller, staff, cards);
    const split = n % 2 === 0 ? 'whole' : 'product';
    const kind = n % 3 === 1 ? 'auction' : 'rfq';
    const names = split === 'whole' ? ['all'] : ['luyu-ecard', 'weihe-ecard'];
    const reserves = names.map((part) => ({ part, reserveFen: '24000' }));
    await openFor(house, seller, id, {
      ...{ kind, split, tranches: 1 + (n % 3), reserves: kind === 'auction' ? reserves : [] },
    });
    const total = cards.reduce((all, card) => all + BigInt(card.faceFen), 0n);
    lots.push({ id, seller, faceFen: total, parts: names.length });
  }
  await cutShort(world, sellers);
  return lots;
}

/** Lots that never come to an offer: taken back with their cards, or stopped by staff over their papers. */
async function cutShort(world: World, sellers: readonly Company[]): Promise<void> {
  const { house } = world;
  for (const [index, seller] of sellers.entries()) {
    await house.prove(seller.maker);
    const lotId = await newLot(house, seller, { rows: 3 });
    const file = csvOf(cardsOf('luyu-ecard', 3));
    assert.equal((await upload(house, seller, lotId, file)).status, 200);
    await house.settle();
    const path = lotPath(seller, lotId);
    if (index === 0) {
      await say(world, seller.checker, `POST ${path}/withdraw`);
      continue;
    }
    await addPapers(house, seller, lotId);
    await say(world, seller.checker, `POST ${path}/submit`);
    const why = { why: 'title_unproven' };
    const stopped = await say(world, world.staff, `POST /v1/console/lots/${lotId}/stop`, why);
    assert.equal(stopped.status, 200);
  }
  await house.settle();
}

/** Everybody at once, more than the money is; the last lot may be taken back in the same moment. */
async function bidOnAll(world: World, lots: readonly Offered[]): Promise<void> {
  const { house, dice, heard, buyers } = world;
  const one = async (lot: Offered, bidder: Company): Promise<void> => {
    const part = dice.within(1, lot.parts);
    const most = Number(lot.faceFen) / lot.parts;
    const priceFen = dice.within(Math.floor(most * 0.1), Math.floor(most * 0.6));
    const told = await bid(house, bidder, lot.id, String(priceFen), part);
    assert(told.status < 500, told.text);
    if (told.status === 201)
      heard.bids.push({ lotId: lot.id, part, bidder: bidder.id, priceFen: BigInt(priceFen) });
  };
  for (const lot of lots)
    await Promise.all([
      ...buyers.flatMap((buyer) => [one(lot, buyer), one(lot, buyer)]),
      one(lot, lot.seller),
      ...(lot === lots.at(-1)
        ? [say(world, lot.seller.checker, `POST ${lotPath(lot.seller, lot.id)}/take-back`)]
        : []),
    ]);
}

/** Of asked quotes some are taken, some are let lie. */
async function chooseAll(world: World, lots: readonly Offered[]): Promise<void> {
  const { dice } = world;
  await Promise.all(
    lots.map(async ({ id, seller, parts }, index) => {
      if (index % 5 === 4) return;
      const chosen = Array.from({ length: parts }, (_, n) => n + 1).slice(dice.within(0, 1));
      const path = `${lotPath(seller, id)}/award`;
      const told = await say(world, seller.checker, `POST ${path}`, { parts: chosen });
      // Nobody bid on one of them: the others alone, perhaps.
      if (told.status === 404) await say(world, seller.maker, `POST ${path}`, { parts: [1] });
    }),
  );
}

async function findDeals({ house, deals, buyers }: World, lots: readonly Offered[]): Promise<void> {
  deals.length = 0;
  const { rows } = await house.pool.query<{ id: string; lot_id: string; buyer_id: string }>(
    'select id, lot_id, buyer_id from lots.deal where lot_id = any($1) order by id',
    [lots.map(({ id }) => id)],
  );
  for (const { id, lot_id: lotId, buyer_id } of rows) {
    const seller = lots.find((lot) => lot.id === lotId)?.seller;
    const buyer = buyers.find((one) => one.id === buyer_id);
    assert(seller && buyer);
    deals.push({ id, lotId, seller, buyer });
  }
  assert(deals.length > 2, 'there is something to trade');
}

/** All four of each deal, all at once; of the last one nobody, so that it lapses. */
async function signAll(world: World): Promise<void> {
  const { house, deals } = world;
  await Promise.all(
    deals.slice(0, -1).flatMap(({ id, seller, buyer }) =>
      [seller, buyer].flatMap((side) =>
        [side.maker, side.checker].map(async (person) => {
          const { contractHash } = await dealOf(house, side, id);
          await say(world, person, `POST ${dealPath(side, id)}/sign`, { contractHash });
        }),
      ),
    ),
  );
  await settleAll(world);
}

async function settleAll({ house }: World): Promise<void> {
  await house.settle();
  await hurry(house);
  await house.settle();
}

/** Refusals are part of the game. */
async function anAct(world: World): Promise<unknown> {
  const { house, dice, deals, staff } = world;
  const deal = dice.pick(deals);
  const { seller, buyer, lotId } = deal;
  const roll = dice.within(0, 99);
  const side = dice.pick([seller, buyer]);
  const person = dice.pick([side.maker, side.checker]);
  const path = dealPath(side, deal.id);
  if (roll < 4) return await crash(world);
  if (roll < 10) return await again(world, deal);
  if (roll < 14)
    return await house.control('issuer', '/control/issuers/luyu', { timeoutAfterCommit: 1 });
  const shown = await dealOf(house, side, deal.id);
  if (shown.state === 'contracting') {
    if (deal === deals.at(-1)) return undefined;
    return await say(world, person, `POST ${path}/sign`, { contractHash: shown.contractHash });
  }
  if (shown.state === 'paused')
    return await say(world, person, `POST ${path}/${roll < 75 ? 'resume' : 'stop'}`);
  const no = dice.within(1, shown.tranches.length);
  const tranche = shown.tranches[no - 1];
  const on = `POST ${path}/tranches/${no}`;
  if (tranche?.state === 'disputed' || tranche?.state === 'late_disputed') {
    if (roll < 40) return await say(world, person, `${on}/agree`);
    const bad = tranche.disputed.filter(() => dice.within(0, 1) === 0).map(({ row }) => row);
    const decide = `POST /v1/console/lots/${lotId}/deals/${deal.id}/tranches/${no}/decide`;
    if (roll < 65) return await say(world, staff, decide, roll < 50 ? { bad } : {});
    return undefined;
  }
  if (roll < 25) return await say(world, person, `${on}/accept`);
  return await lookAndReport(world, { deal, no, late: tranche?.state === 'kept' });
}

/** So that chance cannot miss them: a failing card in every first tranche, late ones, and a deal that is ended there. */
async function reportAll(world: World, { late = false } = {}): Promise<void> {
  const { house, deals } = world;
  await Promise.all(
    deals.map(async (deal) => {
      const { tranches } = await dealOf(house, deal.buyer, deal.id);
      const wanted = late ? 'kept' : 'delivered';
      const one = tranches.find(({ state }) => state === wanted);
      if (one) await lookAndReport(world, { deal, no: one.no, late, least: 1 });
    }),
  );
  let ended = late;
  for (const { id, seller } of deals) {
    if (ended || (await dealOf(house, seller, id)).state !== 'paused') continue;
    const told = await say(world, seller.maker, `POST ${dealPath(seller, id)}/stop`);
    ended = told.body.state === 'stopped';
  }
  await settleAll(world);
  await checkLots(house, world.heard);
}

/** The buyer takes the numbers, and names some rows, rightly or not; who was given which number is kept. */
async function lookAndReport(
  { house, dice, heard }: World,
  on: { deal: World['deals'][number]; no: number; late: boolean; least?: number },
): Promise<void> {
  const { deal, no, late, least = 0 } = on;
  const { buyer } = deal;
  const sheet = await takeCards(house, buyer, deal.id, no);
  assert(sheet.status < 500, sheet.text);
  if (sheet.status !== 200) return;
  const cards = sheet.text
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(','));
  for (const [, , , number = ''] of cards) {
    const before = heard.given.get(number);
    assert(before === undefined || before === buyer.id, 'one number, one company');
    heard.given.set(number, buyer.id);
  }
  const { rows: found } = await house.pool.query<{ id: string; cheapest: number }>(
    `select id, (select no from lots.row where tranche_id = t.id and state = 'paid'
       order by price_fen, no limit 1) as cheapest
     from lots.tranche as t where deal_id = $1 and no = $2`,
    [deal.id, no],
  );
  const { id = '', cheapest } = found[0] ?? {};
  const named = cards.filter(([row], n) =>
    late ? row === String(cheapest) : n >= cards.length - least || dice.within(0, 4) === 0,
  );
  if (named.length === 0) return;
  for (const [, sku = '', , number = ''] of named)
    if (dice.within(0, 1) === 0)
      await house.control('issuer', '/control/cards', { sku, number, ...USED });
  const rows = named.map(([row]) => ({ row: Number(row), failing: 'USED_OR_VOID' }));
  const isFirst = !late && !heard.failing.has(id);
  await house.prove(buyer.maker);
  const path = `${dealPath(buyer, deal.id)}/tranches/${no}/report`;
  const told = await house.http<DealBody>(buyer.maker, 'POST', path, { rows });
  assert(told.status < 500, told.text);
  const after = told.body.tranches?.[no - 1]?.state;
  if (told.status === 200 && isFirst && after === 'disputed')
    heard.failing.set(id, new Set(rows.map(({ row }) => row)));
}

/** Work that was queued is lost for good, or comes twice. */
async function again({ house, dice }: World, { id, lotId }: World['deals'][number]): Promise<void> {
  const { rows } = await house.pool.query<{ id: string }>(
    'select id from lots.tranche where deal_id = $1',
    [id],
  );
  const trancheId = dice.pick(rows).id;
  const task = dice.pick(['let_go', 'hand_over', 'unlock', 'probe', 'import', 'check', 'lost']);
  if (task === 'lost')
    await house.pool.query(
      `select graphile_worker.permanently_fail_jobs(array_agg(id)) from graphile_worker.jobs
       where task_identifier = 'lots.hand_over' having count(*) > 0`,
    );
  else await inTransaction(house.db, (tx) => addJob(tx, `lots.${task}`, { lotId, trancheId }));
}

/** Everything is moved, and then the process dies before the commit. */
async function crash({ house }: World): Promise<void> {
  await inTransaction(house.db, async (tx) => {
    // A tranche that was refunded whole has no room for a fen more.
    await tx.updateTable('lots.tranche').set({ paid_fen: 0n, back_fen: 0n }).execute();
    throw new Error('killed');
  }).catch((error: Error) => assert.equal(error.message, 'killed'));
}

async function allIsOver(house: TestHouse): Promise<void> {
  const none = async (sql: string): Promise<void> =>
    assert.deepEqual((await house.pool.query(sql)).rows, [], sql);
  await none(`select code, balance, held from ledger.book
    where held <> 0 or (code like 'ESCROW:%' and balance <> 0)`);
  await none(`select state, count(*) from lots.row
    where state in ('sealed', 'good', 'sold', 'disputed') group by 1`);
  await none(`select e.id from cards.encumbrance as e where ended_at is null and kind = 'lot'`);
  for (const process of [lotProcess, dealProcess, trancheProcess]) {
    const { rows } = await house.pool.query<{ to_state: string; open: boolean }>(
      `select s.to_state, bool_or(not i.terminal) as open from process.step as s
       join process.instance as i on i.id = s.instance where i.process = $1 group by 1`,
      [process.name],
    );
    assert.deepEqual(
      rows.map(({ to_state }) => to_state).sort(),
      [...process.names.states].sort(),
      `${process.name}: every state was reached`,
    );
    assert(!rows.some(({ open }) => open), `a ${process.name} is still open`);
  }
}
