// Goal: what people and the console may see and do, who may not, and that nothing private leaves.
// Method: the routes through the real HTTP kit, with callers of every kind, on real PostgreSQL and the bank simulator.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, MINUTE } from '#platform';
import { CARD, NAME, openWorld } from './world.fixture.ts';

const PUT_ACCOUNT = '/v1/me/payout-account';
const account = { bankCode: 'city', accountNumber: CARD, accountName: NAME };

test('a payout account is in the verified name, sealed, and shown masked', async (t) => {
  const world = await openWorld(t);
  const put = (as: string, patch: Record<string, unknown> = {}) =>
    world.call(as, 'PUT', PUT_ACCOUNT, { ...account, ...patch });
  const codeOf = async (reply: ReturnType<typeof put>) => (await reply).body['code'];

  assert.deepEqual((await world.call('u1', 'GET', PUT_ACCOUNT)).body, {});
  assert.equal((await put('')).status, 401);
  assert.equal(await codeOf(put('u1 !')), 'step_up_needed');
  assert.equal(await codeOf(put('nobody-1')), 'real_name_needed');
  assert.equal(await codeOf(put('u1', { accountName: '李四' })), 'payout_name_mismatch');
  const wrong = [CARD.slice(1), '4111111111111112', '１'.repeat(64), '1e15', '0x4111111111111111'];
  for (const accountNumber of wrong)
    assert.equal(await codeOf(put('u1', { accountNumber })), 'account_number_invalid');
  const malformed: Record<string, unknown>[] = [
    { accountNumber: 4111111111111111 },
    { accountNumber: [CARD] },
    { accountNumber: null },
    { bankCode: 'mine' },
    { bankCode: ['city'] },
    { extra: 1 },
    { accountName: '' },
  ];
  for (const patch of malformed)
    assert.equal(await codeOf(put('u1', patch)), 'invalid_input', JSON.stringify(patch));
  assert.deepEqual((await world.call('u1', 'GET', PUT_ACCOUNT)).body, {}, 'nothing was kept');

  const made = await put('u1', {
    accountNumber: '４１１１ 1111-1111 1111',
    accountName: ' 张　三',
  });
  assert.equal(made.status, 200);
  const { since, ...shown } = made.body;
  assert.deepEqual(shown, { bankCode: 'city', numberMasked: '•••• 1111', nameMasked: '张*' });
  assert.equal(since, world.clock.now().toISOString());
  assert.deepEqual((await world.call('u1', 'GET', PUT_ACCOUNT)).body, { account: made.body });
  assert.deepEqual((await world.call('u2', 'GET', PUT_ACCOUNT)).body, {});
  assert.equal((await put('u1')).status, 200, 'the same again');
  assert.deepEqual(world.texts, ['payout_account_changed']);

  const { rows } = await world.pool.query<{ dump: string }>(
    `select string_agg(row_to_json(a)::text, '') as dump from settlement.payout_account a`,
  );
  assert(!rows[0]?.dump.includes(CARD));
  assert(!rows[0]?.dump.includes(NAME));
  const jobs = await world.pool.query<{ dump: string | null }>(
    `select string_agg(row_to_json(j)::text, '') as dump from graphile_worker._private_jobs j`,
  );
  assert(!jobs.rows[0]?.dump?.includes('1111'));
});

test('everybody sees their own payouts only, a page at a time', async (t) => {
  const world = await openWorld(t);
  const userId = '00000000-0000-7000-8000-000000000001';
  for (const yuan of [1, 2, 3]) {
    world.clock.advance(1);
    await world.owe(yuan, { userId });
  }
  await world.owe(4);
  const first = await world.call(userId, 'GET', '/v1/me/payouts?limit=2');
  const items = (reply: typeof first) => reply.body['items'] as Record<string, string>[];
  assert.deepEqual(
    items(first).map((item) => item['amountFen']),
    ['300', '200'],
  );
  assert.equal(items(first)[0]?.['promisedOn'], '2026-03-11');
  const next = await world.call(
    userId,
    'GET',
    `/v1/me/payouts?limit=2&cursor=${String(first.body['next'])}`,
  );
  assert.deepEqual(
    items(next).map((item) => item['amountFen']),
    ['100'],
  );
  assert.equal(next.body['next'], undefined);
  assert.equal((await world.call(userId, 'GET', '/v1/me/payouts?cursor=x')).status, 400);
  assert.equal((await world.call('', 'GET', '/v1/me/payouts')).status, 401);
});

test('the promise and the price of breaking it are public', async (t) => {
  const world = await openWorld(t);
  const { body } = await world.call('', 'GET', '/v1/payout-policy');
  assert.deepEqual(body, {
    ...{ cutOffHour: 17, settleOn: '2026-03-10', promisedOn: '2026-03-11' },
    ...{ compensationBpsPerDay: 5, compensationMinFenPerDay: '100', compensationDaysMax: 30 },
    checkFromFen: '200000',
  });
});

test('large payouts wait for a second person, who is not the maker', async (t) => {
  const world = await openWorld(t);
  const small = await world.owe(1_999.99);
  const large = await world.owe(2_000);
  const made = await world.call('maker finance', 'POST', '/v1/console/payout-runs', {});
  assert.equal(made.status, 200);
  const { id, ...run } = made.body;
  assert.deepEqual(run, {
    ...{ day: '2026-03-10', maker: 'maker', state: 'awaiting_approval', count: 2 },
    ...{ totalFen: '399999', overCount: 1, overFen: '200000' },
    madeAt: world.clock.now().toISOString(),
  });
  await world.run();
  assert.equal(await world.stateOf(small.subject), 'accepted');
  assert.equal(await world.stateOf(large.subject), 'awaiting_approval');
  const approve = (as: string) =>
    world.call(as, 'POST', `/v1/console/payout-runs/${String(id)}/approve`, {});
  assert.equal((await approve('maker finance')).body['code'], 'maker_cannot_approve');
  assert.equal((await approve('checker finance !')).body['code'], 'step_up_needed');
  assert.equal((await approve('checker auditor')).body['code'], 'forbidden');
  assert.equal((await approve('checker')).body['code'], 'forbidden');
  assert.equal(await world.stateOf(large.subject), 'awaiting_approval');
  const both = await Promise.all([approve('checker finance'), approve('boss admin')]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409], 'approved once');
  await world.run();
  await world.advance(MINUTE);
  assert.equal(await world.stateOf(large.subject), 'paid');
  assert.equal(await world.timesPaid(large.payoutId), 1);
  const none = await world.call('maker finance', 'POST', '/v1/console/payout-runs', {});
  assert.equal(none.body['code'], 'nothing_to_pay');
  const { body } = await world.call('a auditor', 'GET', '/v1/console/payout-runs');
  assert.equal((body['items'] as unknown[]).length, 1);
  await world.checkBooks();
});

test('a run that nobody approves in a day lapses, its payouts join the next one', async (t) => {
  const world = await openWorld(t);
  const { subject } = await world.owe(6_000);
  await world.cutOff('2026-03-10');
  assert.equal(await world.stateOf(subject), 'awaiting_approval');
  const runs = async () =>
    (await world.call('c finance', 'GET', '/v1/console/payout-runs')).body['items'] as {
      id: string;
      state: string;
      maker: string;
    }[];
  await world.advance(DAY + MINUTE);
  const [lapsed] = await runs();
  assert.deepEqual([lapsed?.state, lapsed?.maker], ['lapsed', 'clock']);
  const late = await world.call(
    'c finance',
    'POST',
    `/v1/console/payout-runs/${lapsed?.id}/approve`,
    {},
  );
  assert.equal(late.body['code'], 'wrong_state');
  await world.cutOff('2026-03-12');
  const [newest] = await runs();
  await world.call('c finance', 'POST', `/v1/console/payout-runs/${newest?.id}/approve`, {});
  await world.run();
  await world.advance(MINUTE);
  assert.equal(await world.stateOf(subject), 'paid');
  const { body } = await world.call('c finance', 'GET', '/v1/console/payouts');
  const paid = (body['items'] as Record<string, string>[]).find((item) => item['part'] === 'main');
  // Promised for the 11th, paid on the 12th, because we were slow: 5 bps of ¥6,000.00.
  assert.equal(paid?.['compensationFen'], '300');
});

test('the console shows a payout whole, and tries again only what came back', async (t) => {
  const world = await openWorld(t);
  const { payoutId, subject, userId } = await world.owe(20);
  await world.control('faults', { reject: 1, rejectReason: 'NO_IDEA' });
  await world.cutOff('2026-03-10');
  await world.advance(MINUTE);
  const url = `/v1/console/payouts/${payoutId}`;
  const { body } = await world.call('a auditor', 'GET', url);
  const payout = body['payout'] as Record<string, string>;
  assert.deepEqual(
    [payout['state'], payout['failure'], payout['userId'], payout['accountLast4']],
    ['failed', 'bank_refused', userId, '1111'],
  );
  assert.deepEqual(body['allowed'], ['retry', 'freeze', 'cancel']);
  assert.equal((body['attempts'] as unknown[]).length, 1);
  assert((body['events'] as unknown[]).length >= 1);
  const steps = (body['timeline'] as { transition: string }[]).map(({ transition }) => transition);
  assert.deepEqual(steps, ['start', 'take', 'submit', 'accept', 'reject']);
  assert(!JSON.stringify(body).includes(CARD) && !JSON.stringify(body).includes(NAME));

  assert.equal((await world.call('a auditor', 'POST', `${url}/retry`, {})).status, 403);
  assert.equal((await world.call('f finance', 'POST', `${url}/retry`, {})).status, 200);
  assert.equal((await world.call('f finance', 'POST', `${url}/retry`, {})).status, 409);
  const again = await world.call('f finance', 'GET', `${url}`);
  const { promisedOn, settleOn } = again.body['payout'] as Record<string, string>;
  assert.deepEqual([settleOn, promisedOn], ['2026-03-11', '2026-03-11'], 'our fault, our promise');
  await world.cutOff('2026-03-11');
  await world.advance(MINUTE);
  assert.equal(await world.stateOf(subject), 'paid');

  const strange = '00000000-0000-7000-8000-000000000000';
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/retry'],
  ] as const) {
    const gone = `/v1/console/payouts/${strange}${path}`;
    const body = method === 'POST' ? {} : undefined;
    assert.equal((await world.call('f finance', method, gone, body)).status, 404);
    assert.equal((await world.call('seller', method, gone, body)).status, 403);
    assert.equal((await world.call('', method, gone, body)).status, 401);
  }
  const list = await world.call('f finance', 'GET', '/v1/console/payouts?state=paid&limit=1');
  assert.equal((list.body['items'] as unknown[]).length, 1);
});

test('a top-up is credited when the bank has collected it, whatever happens on the way', async (t) => {
  const world = await openWorld(t);
  const ask = (body: Record<string, unknown>, as = 'f finance') =>
    world.call(as, 'POST', '/v1/console/treasury/top-ups', body);
  assert.equal((await ask({ recycler: 'r2', amountFen: '500000' }, 'a auditor')).status, 403);
  for (const amountFen of ['0', '-1', '1e9', '-0', 'NaN', 500, '9007199254740993000'])
    assert.equal((await ask({ recycler: 'r2', amountFen })).status, 400, String(amountFen));
  await world.control('faults', { dieAfterCommit: 1, drop: true });
  assert.equal((await ask({ recycler: 'r2', amountFen: '500000' })).status, 200);
  await world.run();
  assert.equal(await world.balance('WALLET:r2'), 0n);
  await world.advance(10 * MINUTE);
  assert.equal(await world.balance('WALLET:r2'), 500_000n);
  await world.control('faults', { drop: false, copies: 3 });
  await ask({ recycler: 'r2', amountFen: '1' });
  await world.run();
  await world.advance(MINUTE);
  assert.equal(await world.balance('WALLET:r2'), 500_001n);
  const { body } = await world.call('a auditor', 'GET', '/v1/console/treasury');
  const topUps = body['topUps'] as { state: string }[];
  assert.deepEqual(
    topUps.map(({ state }) => state),
    ['received', 'received', 'received'],
  );
  assert.equal(body['custodyFen'], '100500001');
  const collected = (await world.state()).entries.filter(({ kind }) => kind === 'collection');
  assert.equal(collected.length, 3);
  await world.checkBooks();
});
