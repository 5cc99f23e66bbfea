// Goal: whose money of a day reaches the figure of the rule is reported to the payment institution, once, whatever
// crashes; and nobody but compliance learns of it.
// Method: the whole house; payouts and top-ups to the fen around the figures, answers that get lost, days counted side by
// side; then tables, log lines and the answers to every other role are searched.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { post } from '#ledger';
import {
  addDays,
  chinaInstant,
  DAY,
  fen,
  HOUR,
  inTransaction,
  MINUTE,
  newId,
  ROLES,
} from '#platform';
import { createPayout, topUp } from '#settlement';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { everything } from '#test/parties.ts';
import { openShop } from '#test/recyclers.ts';

interface Report {
  id: string;
  kind: string;
  partyId: string;
  day: string;
  inFen: string;
  outFen: string;
  reasons: string[];
  sha256: string;
  outNo: string;
  state: string;
  receiptNo?: string;
  partyName?: string;
  lines?: unknown[];
}
interface Filed {
  reports: { outNo: string; kind: string; text: string; submits: number }[];
}
const REPORTS = '/v1/console/aml/reports';
const TODAY = '2026-11-23';

async function collect(house: TestHouse, recycler: string, amount: bigint): Promise<void> {
  const ask = { recycler, amountFen: fen(amount), by: 'test', at: house.clock.now() };
  await inTransaction(house.db, (tx) => topUp(tx, ask));
}

async function owe(house: TestHouse, { userId }: Person, amount: bigint): Promise<void> {
  const at = house.clock.now();
  const subject = newId(at);
  const amountFen = fen(amount);
  await inTransaction(house.db, async (tx) => {
    const legs = [{ from: 'WALLET:house', to: `PAYABLE:${userId}`, amount: amountFen }];
    await post(tx, { kind: 'test.owe', ref: subject, subject, at, legs });
    await createPayout(tx, { userId, subject, amountFen, at });
  });
}

/** Past the cut-off, with the second person's yes. */
async function payAll(house: TestHouse): Promise<void> {
  await house.forward(chinaInstant(TODAY, 17.1));
  const checker = await house.staff('finance', 'admin');
  const { body } = await house.http(checker, 'GET', '/v1/console/payout-runs');
  for (const { id, state } of body.items)
    if (state === 'awaiting_approval') {
      const yes = await house.http(checker, 'POST', `/v1/console/payout-runs/${id}/approve`, {});
      assert.equal(yes.status, 200, yes.text);
    }
  await house.settle();
}

const countAgain = async ({ pool }: TestHouse) =>
  await pool.query('select graphile_worker.add_job($1, $2)', ['risk.day_sums', { day: TODAY }]);

/** Sessions of staff end while days pass. */
async function reportsOf(house: TestHouse, as: Person): Promise<Report[]> {
  await house.prove(as);
  return (await house.http<{ items: Report[] }>(as, 'GET', REPORTS)).body.items;
}
const filed = async (house: TestHouse): Promise<Filed['reports']> =>
  ((await house.control('psp', '/control/state')) as Filed).reports;

test('a large day is reported once, to the fen, through lost answers and by as many workers as come', async (t) => {
  const house = await openTestHouse(t);
  const officer = await house.staff('compliance');
  const [large, small] = [await house.seller(), await house.seller()];
  const owner = await house.seller();
  const shop = await openShop(house, owner);
  const lesser = await openShop(house, await house.seller());
  await collect(house, 'house', 200_000_000n);
  await collect(house, shop, 150_000_000n);
  await collect(house, shop, 50_000_000n);
  await collect(house, lesser, 199_999_999n);
  await house.settle();
  await owe(house, large, 49_999_999n);
  await owe(house, large, 1n);
  await owe(house, small, 49_999_999n);
  await payAll(house);
  await house.house.tidyUp();
  await house.settle();
  assert.deepEqual(await reportsOf(house, officer), [], 'the day is not over');

  await house.forward(chinaInstant(addDays(TODAY, 1), 0.5));
  await house.house.tidyUp();
  await house.settle();
  assert.deepEqual(await reportsOf(house, officer), [], 'what books may still be under way');
  await house.forward(HOUR);
  // One answer is lost after it was filed, and one call never arrives.
  await house.control('psp', '/control/faults', { dieAfterCommit: 1, dieBeforeCommit: 1 });
  await house.house.tidyUp();
  for (let more = 0; more < 3; more += 1) await countAgain(house);
  await Promise.all([house.house.settleDown(4), house.house.settleDown(4)]);
  const waiting = await reportsOf(house, officer);
  assert.deepEqual(
    waiting.map(({ state }) => state),
    ['asking', 'asking'],
  );
  await house.forward(11 * MINUTE);

  const made = await reportsOf(house, officer);
  const byParty = new Map(made.map((one) => [one.partyId, one]));
  assert.equal(made.length, 2);
  const person = byParty.get(large.userId);
  const entity = byParty.get(shop);
  assert(person && entity);
  assert.deepEqual(
    [person.outFen, person.inFen, person.reasons, person.day, person.state],
    ['50000000', '0', ['large_out'], TODAY, 'accepted'],
  );
  assert.deepEqual([entity.inFen, entity.reasons], ['200000000', ['large_in']]);
  const papers = await filed(house);
  assert.deepEqual(papers.map(({ outNo }) => outNo).sort(), made.map(({ outNo }) => outNo).sort());
  assert(papers.every(({ submits }) => submits === 1));
  const paper = JSON.parse(papers.find(({ outNo }) => outNo === person.outNo)?.text ?? '');
  assert.deepEqual([paper.party.name, paper.party.number], [large.name, large.idNumber]);
  assert.equal(paper.lines.length, 2);

  // The same day again, and later days, bring nothing new.
  await countAgain(house);
  await house.settle();
  await house.forward(2 * DAY);
  await house.house.tidyUp();
  await house.settle();
  assert.equal((await reportsOf(house, officer)).length, 2);
  const { rows: days } = await house.pool.query('select * from risk.flow_day order by day');
  assert.deepEqual(
    days.map(({ reports }) => reports),
    [2, 0, 0],
  );
  await isSecret(house, { officer, person: large, report: person });
});

async function isSecret(
  house: TestHouse,
  { officer, person, report }: { officer: Person; person: Person; report: Report },
): Promise<void> {
  for (const role of ROLES.filter((one) => one !== 'compliance')) {
    const other = await house.staff(role);
    for (const path of [REPORTS, `${REPORTS}/${report.id}`, `${REPORTS}.csv`])
      assert.equal((await house.http(other, 'GET', path)).status, 403, `${role} ${path}`);
  }
  assert.equal((await house.http(person, 'GET', REPORTS)).status, 403);
  await house.prove(officer);
  const { body: seen } = await house.http<Report>(officer, 'GET', `${REPORTS}/${report.id}`);
  assert.deepEqual([seen.partyName, seen.lines?.length], ['欧**', 2]);
  const csv = await house.http(officer, 'GET', `${REPORTS}.csv`);
  assert.equal(csv.status, 200);
  assert(csv.text.includes('500000.00') && csv.text.includes(report.sha256));
  const rows = await everything(house);
  const public_ = rows.filter((row) => /^(record|process|graphile_worker|platform)\./.test(row));
  assert(
    public_.some((row) => row.includes(report.sha256)),
    'the digest is in the record',
  );
  for (const line of [...public_, ...house.logged])
    if (line.includes(report.id) || line.includes(report.sha256))
      assert(!line.includes(person.userId), `names the party: ${line}`);
  for (const line of [...rows, ...house.logged])
    assert(!line.includes(person.idNumber), 'a number of a person');
}

test('a report that is not taken is sent again under a new number, by a person or the next day', async (t) => {
  const house = await openTestHouse(t);
  const officer = await house.staff('compliance');
  const shop = await openShop(house, await house.seller());
  await house.control('psp', '/control/faults', { refuseReports: 2 });
  await collect(house, shop, 200_000_000n);
  await house.settle();
  await house.forward(chinaInstant(addDays(TODAY, 1), 2));
  await house.house.tidyUp();
  await house.settle();
  const [refused] = await reportsOf(house, officer);
  assert(refused);
  assert.equal(refused.state, 'refused');
  const path = `${REPORTS}/${refused.id}/resend`;
  await house.forward(6 * MINUTE);
  assert.equal((await house.http(officer, 'POST', path)).body.code, 'step_up_needed');
  await house.prove(officer);
  assert.equal((await house.http(officer, 'POST', path)).status, 200);
  await house.settle();
  assert.equal((await reportsOf(house, officer))[0]?.state, 'refused');
  await house.forward(DAY);
  const [sent] = await reportsOf(house, officer);
  assert.equal(sent?.state, 'accepted');
  assert.notEqual(sent?.outNo, refused.outNo);
  await house.prove(officer);
  assert.equal((await house.http(officer, 'POST', path)).body.code, 'wrong_state');
  assert.equal((await filed(house)).length, 1);
});
