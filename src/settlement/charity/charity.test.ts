// Goal: only charities that the register confirmed and a second person approved can be given to, and every fen given
// arrives or goes back. Method: real database, bank and register; a year of licences, batches and receipts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { post } from '#ledger';
import { DAY, fen, inTransaction, MINUTE, newId, parseCreditCode, Refused } from '#platform';
import { charityOf, choosableCharities, disburse, donate, mayGive } from '../index.ts';
import { openWorld, RECYCLER, type World } from '../world.fixture.ts';
import { recheckAt } from './domain.ts';

const GOOD = {
  creditCode: '531000005000000014',
  nameZh: '模拟助学基金会',
  nameEn: 'Model School Fund',
  licenceNo: '530100001',
  bankCode: 'state',
  accountNumber: '4111111111111111',
};

test('a credit code is right by its check character, whatever form it is typed in', () => {
  assert.equal(parseCreditCode('531000005000000014'), '531000005000000014');
  assert.equal(parseCreditCode(' 5344 0000-50000000 2u '), '53440000500000002U');
  assert.equal(parseCreditCode('5344000050000002U'), undefined, 'seventeen signs');
  assert.equal(parseCreditCode('５３１０００００５０００００００１４'), '531000005000000014');
  assert.equal(parseCreditCode('531000005000000015'), undefined);
  assert.equal(parseCreditCode('531000005000000041'), undefined, 'two signs swapped');
  assert.equal(parseCreditCode('53100000500000001I'), undefined, 'I is not among the signs');
  const verified = new Date('2026-03-10T08:00:00Z');
  assert.equal(recheckAt(verified, '2029-06-30').toISOString(), '2027-03-10T08:00:00.000Z');
  assert.equal(recheckAt(verified, '2026-06-30').toISOString(), '2026-06-30T16:00:00.000Z');
});

interface Shown {
  id: string;
  creditCode: string;
  state: string;
  failure?: string;
  givenFen: string;
  waitingFen: string;
}
const shown = async (world: World): Promise<Shown[]> =>
  (await world.call('a auditor', 'GET', '/v1/console/charities')).body['charities'] as Shown[];

async function propose(world: World, more: Record<string, string> = {}): Promise<Shown> {
  const body = { ...GOOD, ...more };
  const reply = await world.call('m finance', 'POST', '/v1/console/charities', body);
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  await world.run();
  const made = (await shown(world)).find(({ creditCode }) => creditCode === body.creditCode);
  assert(made);
  return made;
}
const act = async (world: World, who: string, id: string, what: string) =>
  await world.call(who, 'POST', `/v1/console/charities/${id}/${what}`, {});

test('register and two people let a charity in; each doubt keeps it out and is named', async (t) => {
  const world = await openWorld(t);
  const bad = (more: Record<string, string>) =>
    world.call('m finance', 'POST', '/v1/console/charities', { ...GOOD, ...more });
  assert.equal(
    (await bad({ creditCode: '531000005000000015' })).body['code'],
    'credit_code_invalid',
  );
  assert.equal(
    (await bad({ accountNumber: '4111111111111112' })).body['code'],
    'account_number_invalid',
  );
  const good = await propose(world);
  assert.equal(good.state, 'confirmed');
  assert.equal((await bad({})).body['code'], 'charity_known');
  await assert.rejects(
    charityOf(world.db, good.id, world.clock.now()),
    (error) => code(error) === 'charity_not_choosable',
  );
  assert.equal(
    (await act(world, 'm finance', good.id, 'approve')).body['code'],
    'maker_cannot_approve',
  );
  assert.equal((await act(world, 'c finance!', good.id, 'approve')).body['code'], 'step_up_needed');
  assert.equal((await act(world, 'c finance', good.id, 'approve')).status, 200);
  const listed = await world.call('', 'GET', '/v1/charities');
  const [one] = listed.body['items'] as Record<string, string>[];
  assert.equal(one?.['validUntil'], '2029-06-30');
  assert.equal(one?.['licenceNo'], GOOD.licenceNo);

  const doubts: [Record<string, string>, string][] = [
    [{ creditCode: '53440000500000002U' }, 'name_differs'],
    [
      { creditCode: '533300005000000034', nameZh: '模拟河流保护协会', licenceNo: '530100003' },
      'licence_expired',
    ],
    [{ creditCode: '53110000500000004H', nameZh: '模拟同乡互助会' }, 'licence_differs'],
    [{ creditCode: '53990000500000009X' }, 'not_registered'],
  ];
  for (const [more, doubt] of doubts) {
    const creditCode = parseCreditCode(more['creditCode'] ?? '') ?? checked('53990000500000009');
    const made = await propose(world, { ...more, creditCode });
    assert.equal(made.state, 'doubtful');
    assert.equal(made.failure, doubt);
    const no = await act(world, 'c finance', made.id, 'approve');
    assert.equal(no.status, 409);
  }
  assert.equal((await choosableCharities(world.db, world.clock.now())).length, 1);
});

test('a register that is down is asked again; a licence that ends lets nobody choose it', async (t) => {
  const world = await openWorld(t);
  const register = (path: string, body: unknown) =>
    fetch(`${world.registryUrl}/control/${path}`, {
      ...{ method: 'POST', body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json' },
    });
  await register('mode', { outage: true });
  const asked = await propose(world);
  assert.equal(asked.state, 'checking');
  await register('mode', {});
  await register('charities', {
    ...{ creditCode: GOOD.creditCode, name: GOOD.nameZh, licenceNo: GOOD.licenceNo },
    validUntil: '2026-05-31',
  });
  await world.advance(11 * MINUTE);
  await act(world, 'c finance', asked.id, 'approve');
  assert.equal(await mayGive(world.db, asked.id, world.clock.now()), true);
  await world.moveTo('2026-06-01T00:00:01+08:00');
  assert.equal(await mayGive(world.db, asked.id, world.clock.now()), false);
  assert.equal((await shown(world))[0]?.state, 'lapsed');
  await register('charities', {
    ...{ creditCode: GOOD.creditCode, name: GOOD.nameZh, licenceNo: GOOD.licenceNo },
    validUntil: '2031-05-31',
  });
  await act(world, 'c finance', asked.id, 'recheck');
  await world.run();
  const own = await act(world, 'c finance', asked.id, 'approve');
  assert.equal(own.body['code'], 'maker_cannot_approve', 'who asked anew cannot approve');
  assert.equal((await act(world, 'm finance', asked.id, 'approve')).status, 200);
  await world.advance(365 * DAY);
  assert.equal((await shown(world))[0]?.state, 'lapsed', 'asked again after a year');
});

async function give(
  world: World,
  charityId: string,
  gift: { donor: string; amount: bigint; isPublic?: boolean },
) {
  const at = world.clock.now();
  const subject = newId(at);
  const { donor, amount, isPublic = false } = gift;
  const legs = [{ from: `WALLET:${RECYCLER}`, to: `CHARITY:${charityId}`, amount: fen(amount) }];
  const { donationId } = await inTransaction(world.db, async (tx) => {
    await post(tx, { kind: 'test.gift', ref: subject, subject, at, legs });
    const row = { subject, donorId: donor, charityId, amountFen: fen(amount), isPublic, at };
    await donate(tx, row);
    return await donate(tx, row);
  });
  return donationId;
}

test('gifts of a month are paid out once, above the limit by a second person, with receipts', async (t) => {
  const world = await openWorld(t);
  const { id } = await propose(world);
  await act(world, 'c finance', id, 'approve');
  const first = await give(world, id, { donor: 'd1', amount: 150_000n, isPublic: true });
  await give(world, id, { donor: 'nobody-known', amount: 100_000n });
  assert.deepEqual(await disburse(world.db, world.clock.now()), [], 'the month is not over');
  await world.moveTo('2026-04-01T09:00:00+08:00');
  const late = await give(world, id, { donor: 'd1', amount: 7n });
  assert.deepEqual(await disburse(world.db, world.clock.now()), [`2026-04-${GOOD.creditCode}`]);
  assert.deepEqual(await disburse(world.db, world.clock.now()), [], 'once');
  assert.equal(await world.balance(`CHARITY:${id}`), 7n);
  await world.cutOff('2026-04-01');
  const { batches } = (await world.call('a auditor', 'GET', '/v1/console/charities')).body as {
    batches: { state: string; amountFen: string; count: number }[];
  };
  assert.deepEqual(
    batches.map(({ state, amountFen, count }) => `${state} ${amountFen} ${count}`),
    ['awaiting_approval 250000 2'],
  );
  const { rows } = await world.pool.query<{ id: string }>('select id from settlement.payout_run');
  await world.call('c finance', 'POST', `/v1/console/payout-runs/${rows[0]?.id}/approve`, {});
  await world.run();
  await world.control('settle', {});
  await world.run();
  const receipt = await world.call('d1 ', 'GET', `/v1/me/donations/${first}/receipt`);
  assert.equal(receipt.body['amountFen'], '150000');
  assert.equal(receipt.body['batchNo'], `2026-04-${GOOD.creditCode}`);
  assert.match(String(receipt.body['paidAt']), /^2026-04-01/);
  assert.deepEqual(receipt.body['charity'], {
    ...{ nameZh: GOOD.nameZh, nameEn: GOOD.nameEn },
    ...{ creditCode: GOOD.creditCode, licenceNo: GOOD.licenceNo },
  });
  assert.equal((await world.call('d2', 'GET', `/v1/me/donations/${first}/receipt`)).status, 404);

  const list = async () =>
    (await world.call('', 'GET', '/v1/donations')).body['items'] as unknown[];
  assert.deepEqual(await list(), [
    {
      donor: '张*',
      charity: { nameZh: GOOD.nameZh, nameEn: GOOD.nameEn },
      amountFen: '150000',
      day: '2026-03-10',
    },
  ]);
  const listing = `/v1/me/donations/${first}/listing`;
  assert.equal((await world.call('d2', 'PUT', listing, { isPublic: true })).status, 404);
  await world.call('d1', 'PUT', listing, { isPublic: false });
  assert.deepEqual(await list(), [], 'consent taken back');

  await act(world, 'c finance', id, 'strike');
  await world.account('d1');
  assert.equal(await world.balance(`CHARITY:${id}`), 0n);
  assert.equal(await world.stateOf(late), 'created', 'what was not paid goes back');
  await assert.rejects(give(world, id, { donor: 'd1', amount: 1n }), { message: /not_choosable/ });
  await world.checkBooks();
});

const checked = (body: string): string => {
  for (const sign of '0123456789ABCDEFGHJKLMNPQRTUWXY') {
    const code = parseCreditCode(body + sign);
    if (code !== undefined) return code;
  }
  assert.fail('every body has a check character');
};
const code = (error: unknown): string | undefined =>
  error instanceof Refused ? error.refusal.code : undefined;
