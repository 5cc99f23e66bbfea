// Goal: whoever stands on a watch list neither trades nor is paid from the moment it is known, hears nothing of why, and is
// let go by a person of compliance alone.
// Method: the whole house with lists published by the simulator over HTTP; people join before and after a list names them,
// a payout is under way, and every table, log line and text is searched for what the lists say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireBidder } from '#parties';
import { chinaInstant, DAY, ROLES } from '#platform';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { everything } from '#test/parties.ts';
import { openShop } from '#test/recyclers.ts';

interface Case {
  id: string;
  state: string;
  score: number;
  subjectId: string;
  kind: string;
  features: Record<string, string>;
  subjectName?: string;
  entry?: { names: string[] };
}
const LISTS = '/v1/console/watch/lists';
const CASES = '/v1/console/watch/cases';

async function publish(house: TestHouse, kind: string, version: string, entries: unknown[]) {
  await house.control('registry', '/control/watch', { kind, version, entries });
  await house.house.tidyUp();
  await house.settle();
}
const casesOf = async (house: TestHouse, as: Person): Promise<Case[]> =>
  (await house.http<{ items: Case[] }>(as, 'GET', CASES)).body.items;
const naming = ({ idNumber }: Person, ref = 'P-1') => ({
  ...{ ref, type: 'person', names: ['卢修斯测试'], idNumber },
});

test('a listed person is stopped by the next version, unpaid, and let go by compliance alone', async (t) => {
  const house = await openTestHouse(t);
  const { http } = house;
  const officer = await house.staff('compliance');
  const seller = await house.seller();
  const { order } = await house.sell(seller);
  await house.settle();
  await publish(house, 'police', '2026-11', [naming(seller)]);

  const [found] = await casesOf(house, officer);
  assert(found);
  assert.deepEqual([found.subjectId, found.kind, found.score], [seller.userId, 'police', 1000]);
  assert.equal(found.features.number, 'equal');
  const blocked = await house.sell(seller);
  assert.equal(blocked.order.code, 'party_on_hold');
  // The cut-off, the clock of frozen payouts and the next cut-off pass: nothing leaves.
  await house.forward(chinaInstant('2026-11-25', 18));
  await house.forward(30 * DAY);
  await house.forward(4 * DAY);
  const paid = `select count(*)::int as n from settlement.payout where user_id = $1 and paid_at is not null`;
  assert.equal((await house.pool.query(paid, [seller.userId])).rows[0]?.n, 0);

  await house.prove(officer);
  const path = `${CASES}/${found.id}`;
  const { body: seen } = await http<Case>(officer, 'GET', path);
  assert.deepEqual([seen.state, seen.subjectName], ['overdue', '欧**']);
  assert.deepEqual(seen.entry?.names, ['卢修斯测试']);
  const reason = 'other_party';
  const cleared = await http<Case>(officer, 'POST', `${path}/clear`, { reason });
  assert.equal(cleared.body.state, 'cleared', cleared.text);
  assert.equal((await http(officer, 'POST', `${path}/clear`, { reason })).body.code, 'wrong_state');
  await house.forward(7 * DAY);
  for (const person of [officer, seller]) await house.prove(person);
  assert.equal((await house.pool.query(paid, [seller.userId])).rows[0]?.n, 1);
  assert.equal((await http(seller, 'GET', `/v1/orders/${order.id}`)).body.state, 'closed');
  assert.notEqual((await house.sell(seller)).order.code, 'party_on_hold');
  // The same entry in the next version asks nobody again; a changed one does.
  await publish(house, 'police', '2026-12', [naming(seller), naming(officer, 'P-2')]);
  assert.equal((await casesOf(house, officer)).length, 1);
  await publish(house, 'police', '2027-01', [{ ...naming(seller), region: '11' }]);
  assert.equal((await casesOf(house, officer)).length, 2);
});

test('who joins after the list is compared as the name is verified; a shop by its owner, name and legal person', async (t) => {
  const house = await openTestHouse(t);
  const officer = await house.staff('compliance');
  const late = await house.seller({ verified: false });
  const owner = await house.seller();
  const shop = await openShop(house, owner);
  const bidder = () => house.http(owner, 'GET', `/v1/recyclers/${shop}`);
  assert.equal((await bidder()).status, 200);
  await publish(house, 'pboc_risk', '1', [naming(late), naming(owner, 'P-2')]);
  assert.equal((await casesOf(house, officer)).length, 1, 'only the owner has a name yet');
  const { name, idNumber } = late;
  const consent = true;
  await house.http(late, 'POST', '/v1/me/real-name', { name, idNumber, consent });
  await house.settle();
  assert.equal((await casesOf(house, officer)).length, 2);
  const bid = await house.http(owner, 'POST', `/v1/recyclers/${shop}/top-ups`, {
    ...{ amountFen: '100000', target: 'wallet' },
  });
  assert.equal(bid.body.code, 'party_on_hold', bid.text);
  // A member looks on as before.
  assert.equal((await bidder()).status, 200);
  const other = await house.seller();
  const second = await openShop(house, other);
  const named = await house.pool.query<{ legal_name: string }>(
    'select legal_name from parties.recycler where id = $1',
    [second],
  );
  const names = named.rows.map((row) => row.legal_name);
  await publish(house, 'terror', '1', [{ ref: 'E-1', type: 'entity', names }]);
  const cases = await casesOf(house, officer);
  assert(cases.some(({ subjectId, kind }) => subjectId === second && kind === 'terror'));
  const stopped = { recyclerId: second, at: house.clock.now() };
  await assert.rejects(requireBidder(house.db, stopped), { message: 'party_on_hold' });
  const free = { recyclerId: 'house', at: house.clock.now() };
  assert((await requireBidder(house.db, free)).isHouse);
});

test('compliance alone sees it; no list, name or reason is found in any table, log line, text or record', async (t) => {
  const house = await openTestHouse(t);
  const seller = await house.seller();
  await house.sell(seller);
  const officer = await house.staff('compliance');
  const others = await house.staff(...ROLES.filter((role) => role !== 'compliance'));
  await publish(house, 'police', '2026-11', [naming(seller)]);
  const [found] = await casesOf(house, officer);
  for (const path of [LISTS, CASES, `${CASES}/${found?.id}`]) {
    assert.equal((await house.http(others, 'GET', path)).status, 403, path);
    assert.equal((await house.http(officer, 'GET', path)).status, 200, path);
  }
  const stale = await house.http(officer, 'POST', `${CASES}/${found?.id}/clear`, {
    reason: 'other_party',
  });
  assert.notEqual(stale.status, 403, stale.text);
  const rows = await everything(house);
  const messages = JSON.stringify(await house.control('sms', '/messages'));
  const places = [...rows, ...house.logged, messages];
  for (const canary of ['卢修斯测试', seller.idNumber])
    assert.deepEqual(
      places.filter((place) => place.includes(canary)),
      [],
      canary,
    );
  // The record says that a list changed and that a case began, and not about whom.
  const about = rows.filter((row) => row.startsWith('record.') && /watch/.test(row));
  assert(about.length >= 2, 'it is in the record');
  assert(!about.some((row) => row.includes(seller.userId)));
  // What the person may read says nothing either.
  for (const path of ['/v1/me', '/v1/orders', '/v1/me/payouts', '/v1/me/export']) {
    const { text } = await house.http(seller, 'GET', path);
    assert(!/watch|police|名单|compliance|on_hold/i.test(text), `${path} ${text}`);
  }
});

test('a list whose bytes are not those of its digest is not believed, and the page of lists says so', async (t) => {
  const house = await openTestHouse(t);
  const officer = await house.staff('compliance');
  const seller = await house.seller();
  const list = { kind: 'police', version: '1', entries: [naming(seller)] };
  await house.control('registry', '/control/watch', { ...list, digest: 'wrong' });
  await house.house.tidyUp();
  await house.settle();
  const { body } = await house.http<{ lists: Record<string, unknown>[] }>(officer, 'GET', LISTS);
  const published = body.lists.filter(({ kind }) => kind !== 'internal');
  assert(published.every(({ failure }) => failure === 'watch_digest_differs'));
  assert.deepEqual(await casesOf(house, officer), []);
  await publish(house, 'police', '2', [naming(seller)]);
  const after = await house.http<{ lists: Record<string, unknown>[] }>(officer, 'GET', LISTS);
  const police = after.body.lists.find(({ kind }) => kind === 'police');
  assert.deepEqual([police?.version, police?.entries, police?.failure], ['2', 1, undefined]);
  assert(police?.screenedAt, 'everybody was compared');
  assert.equal((await casesOf(house, officer)).length, 1);
});

test('a list of 100,000 entries comes whole and finds whom its last line names; a longer one is not read', async (t) => {
  const house = await openTestHouse(t);
  const [officer, seller] = [await house.staff('compliance'), await house.seller()];
  const stranger = (n: number) => ({
    ...{ ref: `S-${n}`, type: 'person', names: [`卢修斯${n}`, `LUCIUS TESTPERSON ${n}`] },
    ...{ bornOn: '1970-01-01', region: '110000' },
  });
  const entries: unknown[] = Array.from({ length: 99_999 }, (_, n) => stranger(n));
  await publish(house, 'police', '1', [...entries, naming(seller)]);
  const { body } = await house.http<{ lists: Record<string, unknown>[] }>(officer, 'GET', LISTS);
  const police = body.lists.find(({ kind }) => kind === 'police');
  assert.deepEqual([police?.['entries'], police?.['failure']], [100_000, undefined]);
  assert.deepEqual(
    (await casesOf(house, officer)).map(({ subjectId }) => subjectId),
    [seller.userId],
  );
  const long = { ...stranger(0), names: ['测'.repeat(120)] };
  await publish(
    house,
    'police',
    '2',
    Array.from({ length: 90_000 }, () => long),
  );
  const after = await house.http<{ lists: Record<string, unknown>[] }>(officer, 'GET', LISTS);
  const kept = after.body.lists.find(({ kind }) => kind === 'police');
  assert.deepEqual([kept?.['version'], kept?.['failure']], ['1', 'reply_too_large']);
});
