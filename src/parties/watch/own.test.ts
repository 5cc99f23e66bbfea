// Goal: compliance keeps a list of the house's own: two people put an entry in force, from then on whom it names is stopped,
// joining or here; two end it, or its last day does; nobody else sees it, and no publisher can write to it.
// Method: the whole house over HTTP; people join before and after; the clock passes the last day; tables and record are
// searched for the name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, ROLES } from '#platform';
import { type Common, openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { everything } from '#test/parties.ts';

const OWN = '/v1/console/watch/own';
const entry = ({ idNumber }: Person, over: object = {}) => ({
  ...{ type: 'person', names: ['卢修斯测试'], idNumber, until: '2026-12-31' },
  ...{ reason: '多次冒用他人证件', ...over },
});

async function act(house: TestHouse, as: Person, path: string, body?: object) {
  await house.prove(as);
  return await house.http<Common>(as, 'POST', `${OWN}${path}`, body);
}
const cases = async (house: TestHouse, as: Person) =>
  (
    await house.http<{ items: { subjectId: string; kind: string }[] }>(
      as,
      'GET',
      '/v1/console/watch/cases',
    )
  ).body.items;

test('two people put an entry in force and two end it; whom it names is stopped at once, here or joining', async (t) => {
  const house = await openTestHouse(t);
  const [first, second] = [await house.staff('compliance'), await house.staff('compliance')];
  const [seller, late] = [await house.seller(), await house.seller({ verified: false })];
  const made = await act(house, first, '', entry(seller));
  assert.equal(made.status, 201, made.text);
  const { id } = made.body;
  await house.settle();
  assert.deepEqual(await cases(house, second), [], 'a proposal stops nobody');
  assert.equal((await act(house, first, `/${id}/approve`)).body.code, 'maker_cannot_approve');
  assert.equal((await act(house, second, `/${id}/approve`)).body.state, 'in_force');
  await house.settle();
  const [found] = await cases(house, second);
  assert.deepEqual([found?.subjectId, found?.kind], [seller.userId, 'internal']);
  assert.equal((await house.sell(seller)).order.code, 'party_on_hold');

  const other = await act(house, second, '', entry(late, { names: ['欧阳测试'] }));
  await act(house, first, `/${other.body.id}/approve`);
  const { name, idNumber } = late;
  await house.http(late, 'POST', '/v1/me/real-name', { name, idNumber, consent: true });
  await house.settle();
  assert.equal((await cases(house, first)).length, 2, 'compared as the name is verified');

  assert.equal((await act(house, first, `/${id}/end`)).body.code, 'wrong_state');
  await act(house, first, `/${id}/propose-end`);
  assert.equal((await act(house, first, `/${id}/end`)).body.code, 'maker_cannot_approve');
  assert.equal((await act(house, second, `/${id}/end`)).body.state, 'ended');
  await house.settle();
  const lists = await house.http<{ lists: Record<string, unknown>[] }>(
    first,
    'GET',
    '/v1/console/watch/lists',
  );
  const own = lists.body.lists.find(({ kind }) => kind === 'internal');
  assert.equal(own?.['entries'], 1, 'the other one stands');
  assert(own?.['screenedAt'], 'everybody was compared');
  assert.equal((await house.sell(seller)).order.code, 'party_on_hold', 'until a person clears it');
});

test('an entry ends on its last day, a proposal in a week, and a publisher cannot write to the list', async (t) => {
  const house = await openTestHouse(t);
  const [first, second] = [await house.staff('compliance'), await house.staff('compliance')];
  const seller = await house.seller();
  const ids = [];
  for (const until of ['2026-11-25', '2026-12-31']) {
    const { body } = await act(house, first, '', entry(seller, { until }));
    ids.push(body.id);
  }
  await act(house, second, `/${ids[0]}/approve`);
  const state = async (id: unknown) =>
    (await house.pool.query('select state from parties.own_entry where id = $1', [id])).rows[0]
      ?.state;
  await house.forward(2 * DAY);
  assert.deepEqual([await state(ids[0]), await state(ids[1])], ['in_force', 'proposed']);
  await house.forward(DAY);
  assert.equal(await state(ids[0]), 'ended');
  await house.forward(5 * DAY);
  assert.equal(await state(ids[1]), 'refused');
  await house.control('registry', '/control/watch', {
    ...{ kind: 'internal', version: '1', entries: [{ ref: 'X', type: 'person', names: ['某人'] }] },
  });
  await house.house.tidyUp();
  await house.settle();
  await house.prove(first);
  const lists = await house.http<{ lists: Record<string, unknown>[] }>(
    first,
    'GET',
    '/v1/console/watch/lists',
  );
  assert.equal(lists.body.lists.find(({ kind }) => kind === 'internal')?.['entries'], 0);
  for (const until of ['2026-11-01', '2028-01-01'])
    assert.equal(
      (await act(house, first, '', entry(seller, { until }))).body.code,
      'until_invalid',
    );
  const odd = await act(house, first, '', entry(seller, { idNumber: '12' }));
  assert.equal(odd.status, 400, odd.text);
});

test('compliance alone sees it, and no name stands in a table, the record or a log line', async (t) => {
  const house = await openTestHouse(t);
  const [first, second] = [await house.staff('compliance'), await house.staff('compliance')];
  const others = await house.staff(...ROLES.filter((role) => role !== 'compliance'));
  const seller = await house.seller();
  const { body } = await act(house, first, '', entry(seller, { names: ['卢修斯密名'] }));
  await act(house, second, `/${body.id}/approve`);
  await house.settle();
  await house.prove(others);
  for (const path of ['', `/${body.id}/approve`, `/${body.id}/end`]) {
    const method = path === '' ? 'GET' : 'POST';
    assert.equal((await house.http(others, method, `${OWN}${path}`)).status, 403, path);
  }
  const seen = await house.http<{ items: Record<string, unknown>[] }>(first, 'GET', OWN);
  assert.deepEqual(seen.body.items[0]?.['names'], ['卢修斯密名']);
  for (const place of [...(await everything(house)), ...house.logged])
    for (const secret of ['卢修斯密名', '冒用他人证件', seller.idNumber])
      assert(!place.includes(secret), secret);
});
