// Goal: whoever traded in cards of a confirmed crime is reported once the law's figure is reached, not before, once, whatever
//   notices are confirmed at the same moment; and neither the party nor anybody but compliance reads of it.
// Method: the whole house; three settled sales, a notice each with another victim; two confirmed at the same moment; then
//   another seller, whose notices name the same victim three times; every answer of the seller and the record is searched.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chinaInstant } from '#platform';
import type { Common, Person } from '#test/house.ts';
import { type Market, openMarket } from '#test/market.ts';
import { openShop } from '#test/recyclers.ts';
import type { MadeCard } from '../simulators/issuer/index.ts';

const NOTICES = '/v1/console/notices';
const CASES = '/v1/console/aml/cases';
interface Case {
  id: string;
  kind: string;
  state: string;
  partyId: string;
  reasons: string[];
  facts: Record<string, string>;
  draft: string;
  reportId?: string;
}

async function noticed(m: Market, officer: Person, { sku, number }: MadeCard, victim: string) {
  await m.prove(officer);
  const { body, text } = await m.http<Common>(officer, 'POST', NOTICES, {
    ...{
      source: 'police',
      receivedOn: '2026-11-23',
      sender: '测试公安分局',
      number: '测〔2026〕9号',
    },
    ...{ basis: '治安管理处罚法第七十一条', victim, cards: [{ sku, number }] },
  });
  assert(body.id, text);
  return body.id;
}

async function confirmed(m: Market, officer: Person, ...ids: unknown[]): Promise<void> {
  await m.prove(officer);
  const answers = await Promise.all(
    ids.map((id) =>
      m.http(officer, 'POST', `${NOTICES}/${String(id)}/confirm`, { reason: '已核实涉案' }),
    ),
  );
  for (const { status, text } of answers) assert.equal(status, 200, text);
  await m.settle();
}

async function exposed(m: Market, officer: Person): Promise<Case[]> {
  await m.prove(officer);
  const { body } = await m.http<{ items: Case[] }>(officer, 'GET', CASES);
  return body.items.filter(({ kind }) => kind === 'exposure');
}

async function soldBy(m: Market, seller: Person): Promise<MadeCard[]> {
  const cards: MadeCard[] = [];
  for (let count = 0; count < 3; count += 1) {
    const { card, order } = await m.sell(seller);
    assert(order.id, JSON.stringify(order));
    cards.push(card);
  }
  await m.settle();
  await m.forward(chinaInstant('2026-11-23', 17.1));
  return cards;
}

test('three people harmed: reported once, at the third, by two notices that are confirmed at the same moment', async (t) => {
  const m = await openMarket(t);
  const officer = await m.staff('compliance');
  const [seller, other] = [await m.seller(), await m.seller()];
  const victims = ['张某甲', '李某乙', '王某丙'];
  const ids = [];
  for (const [at, card] of (await soldBy(m, seller)).entries())
    ids.push(await noticed(m, officer, card, victims[at] ?? ''));
  for (const card of await soldBy(m, other)) {
    const same = await noticed(m, officer, card, '赵 某丁');
    await confirmed(m, officer, same);
  }
  assert.deepEqual(await exposed(m, officer), [], 'named three times, one person was harmed');
  await confirmed(m, officer, ids[0]);
  assert.deepEqual(await exposed(m, officer), [], 'one');
  await confirmed(m, officer, ids[1], ids[2]);
  const [found, ...more] = await exposed(m, officer);
  assert(found && more.length === 0, JSON.stringify(more));
  assert.deepEqual([found.partyId, found.state], [seller.userId, 'reported']);
  assert.deepEqual(found.reasons, ['crime_victims']);
  assert.deepEqual([found.facts['victims'], found.facts['crimeCards']], ['3', '3']);

  const { reports } = (await m.control('psp', '/control/state')) as {
    reports: { kind: string; text: string }[];
  };
  assert.deepEqual(
    reports.map(({ kind }) => kind),
    ['suspicious'],
  );
  const paper = JSON.parse(reports[0]?.text ?? '');
  assert.equal(paper.party.number, seller.idNumber);
  assert.equal(paper.rule.id, 'R55');
  assert(paper.salt);
  assert.match(paper.note, /已确认涉案卡 3 张，被害人 3 名/);

  // Nobody hears.
  const { rows } = await m.pool.query(
    `select coalesce(string_agg(subject || data::text, ' '), '') as said from record.entry
     where type like 'risk_case%' or type like 'aml_report%'`,
  );
  assert(rows[0].said.includes(found.id), 'it is on record');
  for (const secret of [seller.userId, ...victims]) assert(!rows[0].said.includes(secret), secret);
  await m.prove(seller);
  const mine = await m.http(seller, 'GET', '/v1/orders');
  assert.equal(mine.status, 200);
  for (const word of [found.id, found.reportId ?? '', 'exposure', 'crime'])
    assert(!mine.text.includes(word), word);
  for (const role of ['risk', 'finance', 'admin'] as const) {
    const staff = await m.staff(role);
    await m.prove(staff);
    assert.equal((await m.http(staff, 'GET', CASES)).status, 403, role);
  }
});

test('a shop that bought them is reported as well, and no member can erase the account until notices are lifted', async (t) => {
  const m = await openMarket(t);
  const [officer, second] = [await m.staff('compliance'), await m.staff('compliance')];
  const [owner, clerk] = [await m.seller(), await m.seller()];
  const shop = await openShop(m, owner);
  await m.pool.query(
    `insert into parties.membership (person_id, organisation_id, roles, since, changed_at)
     values ($1, $2, '{buyer}', $3, $3)`,
    [clerk.userId, shop, m.clock.now()],
  );
  const ids = [];
  for (const victim of ['张某甲', '李某乙', '王某丙']) {
    const { card, order } = await m.sell(await m.seller());
    await m.settle();
    // Bids are another test's goal: here the shop is simply whoever bought.
    await m.pool.query('update buyback."order" set recycler = $2 where id = $1', [order.id, shop]);
    ids.push(await noticed(m, officer, card, victim));
  }
  await confirmed(m, officer, ...ids);
  const found = await exposed(m, officer);
  assert.deepEqual(
    found.map(({ partyId, state }) => [partyId, state]),
    [[shop, 'reported']],
  );
  await m.prove(clerk);
  const erase = () => m.http(clerk, 'POST', '/v1/me/erasure', {});
  assert.equal((await erase()).body.code, 'open_business');
  for (const [by, act] of [
    [officer, 'propose-lift'],
    [second, 'lift'],
  ] as const) {
    await m.prove(by);
    const path: string = `${NOTICES}/${String(ids[0])}/${act}`;
    assert.equal((await m.http(by, 'POST', path, { reason: '来函有误' })).status, 200, act);
  }
  await m.prove(clerk);
  const { status, text } = await erase();
  assert.equal(status, 200, text);
});
