// Goal: a sale that looks like fraud is paid later and its seller warned; compliance alone learns of a suspicion, which is a
// draft after a day and a report when a person says so; honest newcomers wait for nothing.
// Method: the whole house; sales of cards whose issuer tells when it sold them; then every route that the seller may read
// is read, and every other role is sent to every route of the cases.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chinaInstant, DAY, HOUR, MINUTE, plus, ROLES } from '#platform';
import { routesIn } from '#test/attack.ts';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { everything } from '#test/parties.ts';

interface Case {
  id: string;
  state: string;
  reasons: string[];
  subject: string;
  partyId: string;
  facts: Record<string, string>;
  draft: string;
  reportId?: string;
}
interface Order {
  id: string;
  state: string;
  payout?: { promisedOn: string; paidAt?: string; check?: { until: string; proved: boolean } };
}
const CASES = '/v1/console/aml/cases';

async function casesOf(house: TestHouse, as: Person): Promise<Case[]> {
  await house.prove(as);
  return (await house.http<{ items: Case[] }>(as, 'GET', CASES)).body.items;
}
async function orderOf(house: TestHouse, as: Person, id: string): Promise<Order> {
  await house.prove(as);
  return (await house.http<Order>(as, 'GET', `/v1/orders/${id}`)).body;
}

/** An electronic card that its issuer sold so long ago, or that says nothing of it. */
async function sellCode(house: TestHouse, as: Person, options: { sku?: string; ageMs?: number }) {
  const { sku = 'weihe-ecard', ageMs } = options;
  const card = house.card(sku);
  const soldAt = ageMs === undefined ? undefined : plus(house.clock.now(), -ageMs).toISOString();
  if (soldAt) await house.control('issuer', '/control/cards', { sku, number: card.number, soldAt });
  const { order } = await house.sell(as, { card });
  assert(order.id, JSON.stringify(order));
  await house.settle();
  return order.id;
}

test('a pattern is paid later, sooner after a proof, drafted in a day and reported by a person alone', async (t) => {
  const house = await openTestHouse(t);
  const officer = await house.staff('compliance');
  const [seller, plain] = [await house.seller(), await house.seller()];
  const honest = await sellCode(house, plain, {});
  const id = await sellCode(house, seller, { ageMs: 30 * MINUTE });
  await house.forward(3 * HOUR);
  const calm = await orderOf(house, plain, honest);
  assert.equal(calm.payout?.check, undefined);
  assert.equal(calm.payout?.promisedOn, '2026-11-24');
  const waiting = await orderOf(house, seller, id);
  assert.equal(waiting.state, 'settled');
  assert.equal(waiting.payout?.check?.proved, false);
  assert.equal(waiting.payout?.promisedOn, '2026-11-26', 'two days later');

  const [found, ...others] = await casesOf(house, officer);
  assert(found && others.length === 0);
  assert.deepEqual(found.reasons, ['new_account', 'fresh_card', 'instant_cash_out']);
  assert.deepEqual([found.subject, found.partyId, found.state], [id, seller.userId, 'opened']);
  // The proof needs a fresh second factor, and is the seller's own.
  const path = `/v1/orders/${id}/prove-payout`;
  assert.equal((await house.http(plain, 'POST', path, {})).body.code, 'not_found');
  await house.forward(6 * MINUTE);
  assert.equal((await house.http(seller, 'POST', path, {})).body.code, 'step_up_needed');
  await house.prove(seller);
  const proved = await house.http<Order>(seller, 'POST', path, {});
  assert.equal(proved.body.payout?.check?.proved, true, proved.text);
  assert.equal(proved.body.payout?.promisedOn, '2026-11-24');
  assert.equal((await house.http(seller, 'POST', path, {})).status, 409);
  await house.forward(chinaInstant('2026-11-23', 17.1));
  await house.forward(DAY);
  assert((await orderOf(house, seller, id)).payout?.paidAt);

  // Nobody looked for a day: it is a draft, and stays one until a person decides.
  assert.equal((await casesOf(house, officer))[0]?.state, 'drafted');
  await house.forward(3 * DAY);
  assert.equal((await casesOf(house, officer))[0]?.state, 'drafted');
  const act = async (what: string) =>
    await house.http<Case & { code: string }>(officer, 'POST', `${CASES}/${found.id}/${what}`, {
      why: '核对聊天记录与卡源',
    });
  await house.forward(6 * MINUTE);
  assert.equal((await act('report')).body.code, 'step_up_needed');
  await house.prove(officer);
  const sent = await act('report');
  assert.equal(sent.body.state, 'reported', sent.text);
  assert.match(sent.body.draft, /电子卡售出后/);
  await house.settle();
  assert.equal((await act('clear')).body.code, 'wrong_state');
  const { reports } = (await house.control('psp', '/control/state')) as {
    reports: { kind: string; text: string }[];
  };
  assert.deepEqual(
    reports.map(({ kind }) => kind),
    ['suspicious'],
  );
  const paper = JSON.parse(reports[0]?.text ?? '');
  assert.equal(paper.party.number, seller.idNumber);
  assert.match(paper.note, /核对聊天记录与卡源/);
  await hearsNothing(house, { seller, found, reportId: sent.body.reportId ?? '', orderId: id });
});

/** Whatever the seller may read says neither that there is a case nor why. */
async function hearsNothing(
  house: TestHouse,
  of: { seller: Person; found: Case; reportId: string; orderId: string },
): Promise<void> {
  const { seller, found, reportId, orderId } = of;
  assert(reportId);
  const secret = [found.id, reportId, ...found.reasons, 'risk_case', 'aml_report', '可疑'];
  await house.prove(seller);
  let read = 0;
  for (const { method, path, access, name } of routesIn(house.house.app.swagger())) {
    if (method !== 'GET' || path.endsWith('/events') || path === '/v1/rules') continue;
    const url = path.replace(/\{(\w+)\}/, orderId).replaceAll(/\{\w+\}/g, seller.userId);
    if (access === 'public' || access === 'user') {
      const { text, status } = await house.http(seller, 'GET', url);
      if (status === 200) read += 1;
      for (const word of secret) assert(!text.includes(word), `${name} says ${word}`);
    } else assert.equal((await house.http(seller, 'GET', url)).status, 403, name);
  }
  assert(read > 20, `${read} routes were read`);
  const texts = (await everything(house)).filter((row) => row.startsWith('parties.message'));
  for (const word of secret) assert(!texts.some((row) => row.includes(word)), word);
  for (const role of ROLES.filter((one) => one !== 'compliance')) {
    const other = await house.staff(role);
    for (const path of [CASES, `${CASES}/${found.id}`])
      assert.equal((await house.http(other, 'GET', path)).status, 403, role);
    for (const act of ['draft', 'report', 'clear']) {
      const url = `${CASES}/${found.id}/${act}`;
      assert.equal((await house.http(other, 'POST', url, { why: 'no reason' })).status, 403, role);
    }
  }
  const record = (await everything(house)).filter((row) => row.startsWith('record.'));
  for (const row of record.filter((one) => one.includes(found.id)))
    assert(!row.includes(seller.userId) && !row.includes(orderId), row);
}

test('the cards of three issuers in a day by a newcomer wait a day, and a cleared case stays cleared', async (t) => {
  const house = await openTestHouse(t);
  const officer = await house.staff('compliance');
  const seller = await house.seller();
  const orders: string[] = [];
  for (const sku of ['weihe-ecard', 'luyu-ecard', 'zhengliu-ecard'])
    orders.push(await sellCode(house, seller, { sku, ageMs: 3 * DAY }));
  await house.forward(3 * HOUR);
  const cases = await casesOf(house, officer);
  assert(cases.length >= 1);
  for (const one of cases) assert.deepEqual(one.reasons, ['new_account', 'many_issuers']);
  const [found] = cases;
  assert(found && orders.includes(found.subject));
  assert.equal((await orderOf(house, seller, found.subject)).payout?.promisedOn, '2026-11-25');
  await house.prove(officer);
  const path = `${CASES}/${found.id}`;
  const empty = await house.http(officer, 'POST', `${path}/clear`, { why: ' ' });
  assert.equal(empty.status, 400);
  const cleared = await house.http(officer, 'POST', `${path}/clear`, { why: '本人持卡，来源清楚' });
  assert.equal(cleared.body.state, 'cleared', cleared.text);
  await house.forward(2 * DAY);
  assert.equal((await casesOf(house, officer)).find(({ id }) => id === found.id)?.state, 'cleared');
});
