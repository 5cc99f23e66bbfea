// Goal: only the custody bank moves money by callbacks, each of its events once, and only about numbers of ours.
// Method: real callbacks of the simulator recorded and changed in every way a forger or a faulty bank would.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { movementsOf } from '#ledger';
import { HOUR, MINUTE, plus, sha256 } from '#platform';
import { openPsp } from './index.ts';
import { openWorld, type World } from './world.fixture.ts';

interface Heard {
  headers: Record<string, string>;
  body: string;
}

/** Between the bank and us: keeps what the bank sends, so that a test can send it again or changed. */
async function tap(t: TestContext): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (text: Buffer) => (body += text.toString()));
    request.on('end', () => {
      const names = ['psp-merchant', 'psp-timestamp', 'psp-nonce', 'psp-signature'];
      heard.push({
        body,
        headers: Object.fromEntries(names.map((name) => [name, String(request.headers[name])])),
      });
      response.end('{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

async function deliver(
  world: World,
  { headers, body }: Heard,
  change: { headers?: Record<string, string>; body?: string } = {},
): Promise<string> {
  const reply = await fetch(`${world.address}/v1/psp/callback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers, ...change.headers },
    body: change.body ?? body,
  });
  const answer = (await reply.json()) as { code?: string };
  return answer.code ?? String(reply.status);
}

const refusals = async (world: World): Promise<string[]> => {
  const { rows } = await world.pool.query<{ reason: string }>(
    'select reason from settlement.callback_refusal order by reason',
  );
  return rows.map(({ reason }) => reason);
};

test('forged, stale and foreign callbacks are refused, recorded, and move nothing', async (t) => {
  const world = await openWorld(t);
  const { url, heard } = await tap(t);
  const { subject, payoutId } = await world.owe(20);
  // The bank calls the tap; we ask it ourselves nothing, so only callbacks could tell.
  const deps = {
    ...world.deps,
    psp: openPsp({
      ...{ url: world.bankUrl, merchant: 'shop', publicKeyPem: '', sandbox: true },
      ...{ keys: world.keys, clock: world.clock, callbackUrl: () => `${url}/v1/psp/callback` },
    }),
  };
  Object.assign(world.deps, { psp: deps.psp });
  await world.cutOff('2026-03-10');
  await world.advance(MINUTE);
  const paid = heard.find(({ body }) => body.includes('"paid"'));
  assert(paid);
  assert.equal(await world.stateOf(subject), 'accepted');
  const other = (patch: Record<string, unknown>) =>
    JSON.stringify({ ...(JSON.parse(paid.body) as object), ...patch });

  assert.equal(await deliver(world, paid, { body: other({ amountFen: '1' }) }), 'callback_forged');
  assert.equal(await deliver(world, paid, { body: `${paid.body} ` }), 'callback_forged');
  assert.equal(await deliver(world, paid, { body: '' }), 'callback_forged');
  assert.equal(await deliver(world, paid, { body: '[[[' }), 'callback_forged');
  for (const name of ['psp-timestamp', 'psp-nonce', 'psp-signature'])
    assert.equal(await deliver(world, paid, { headers: { [name]: '1' } }), 'callback_forged');
  assert.equal(await deliver(world, { headers: {}, body: paid.body }), 'callback_forged');
  const { privateKey } = generateKeyPairSync('ed25519');
  assert.equal(await deliver(world, resigned(paid, paid.body, privateKey)), 'callback_forged');
  await world.run();
  assert.equal(await world.stateOf(subject), 'accepted', 'nothing moved');
  const kept = await world.pool.query("select 1 from settlement.psp_event where kind = 'transfer'");
  assert.equal(kept.rowCount, 0);
  assert.deepEqual([...new Set(await refusals(world))], ['forged']);

  assert.equal(await deliver(world, paid), '200');
  assert.equal(await deliver(world, paid), '200', 'the same event again is success');
  await world.run();
  assert.equal(await world.stateOf(subject), 'paid');
  assert.equal((await movementsOf(world.db, payoutId)).length, 2);

  world.clock.moveTo(plus(world.clock.now(), HOUR));
  assert.equal(await deliver(world, paid), 'callback_forged', 'replayed an hour later');
  assert((await refusals(world)).includes('stale'));
  await world.checkBooks();
});

const resigned = ({ headers }: Heard, body: string, key: Parameters<typeof sign>[2]): Heard => {
  const { 'psp-timestamp': at, 'psp-nonce': nonce } = headers;
  const text = ['POST /v1/psp/callback', at, nonce, sha256(body).toString('hex')].join('\n');
  const signature = sign(null, Buffer.from(text), key).toString('base64');
  return { headers: { ...headers, 'psp-signature': signature }, body };
};

test('what the bank itself signs, but about another merchant, number or amount, is refused', async (t) => {
  const world = await openWorld(t);
  // A bank whose key the test has: it may sign whatever it likes.
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const mine = await world.owe(20);
  const yours = await world.owe(30);
  await world.control('faults', { drop: true });
  await world.cutOff('2026-03-10');
  Object.assign(world.deps, {
    psp: openPsp({
      ...{ url: world.bankUrl, merchant: 'shop', publicKeyPem, sandbox: false },
      ...{ keys: world.keys, clock: world.clock },
      callbackUrl: () => `${world.address}/v1/psp/callback`,
    }),
  });
  const { rows } = await world.pool.query<{ out_no: string; payout_id: string }>(
    'select out_no, payout_id from settlement.attempt',
  );
  const outNo = rows.find((row) => row.payout_id === mine.payoutId)?.out_no;
  const at = world.clock.now();
  const event = (patch: Record<string, unknown>, eventId = 'event-0001'): Heard => {
    const base = { eventId, merchant: 'shop', kind: 'transfer', outNo, status: 'paid' };
    const body = JSON.stringify({ ...base, amountFen: '2000', at: at.toISOString(), ...patch });
    const headers = {
      'psp-timestamp': String(at.getTime()),
      'psp-nonce': 'n',
      'psp-merchant': 'shop',
    };
    return resigned({ headers, body }, body, privateKey);
  };
  const cases: [Record<string, unknown>, string][] = [
    [{ merchant: 'somebody-else' }, 'callback_forged'],
    [{ outNo: 'f'.repeat(32) }, 'callback_unknown'],
    [{ amountFen: '3000' }, 'callback_unknown'],
    [{ amountFen: '2e3' }, 'callback_forged'],
    [{ amountFen: '-0' }, 'callback_forged'],
    [{ amountFen: 2000 }, 'callback_forged'],
    [{ kind: 'collection' }, 'callback_unknown'],
    [{ status: 'gone' }, 'callback_forged'],
    [{ at: 'yesterday' }, 'callback_forged'],
    [{ eventId: 'x' }, 'callback_forged'],
    [{ outNo: { toString: 'x' } }, 'callback_forged'],
    [{ __proto__: null, outNo: ['a'] }, 'callback_forged'],
  ];
  for (const [patch, code] of cases)
    assert.equal(await deliver(world, event(patch)), code, JSON.stringify(patch));
  await world.run();
  assert.equal(await world.stateOf(mine.subject), 'accepted');
  assert.equal(await world.stateOf(yours.subject), 'accepted');
  const reasons = new Set(await refusals(world));
  assert.deepEqual(
    reasons,
    new Set(['other_merchant', 'other_number', 'other_amount', 'malformed']),
  );

  assert.equal(await deliver(world, event({})), '200');
  await world.run();
  assert.equal(await world.stateOf(mine.subject), 'paid');
  // The bank contradicts itself: paid, and then failed. Nothing moves, and people are told.
  assert.equal(await deliver(world, event({ status: 'failed' }, 'event-0002')), '200');
  await world.run();
  assert.equal(await world.stateOf(mine.subject), 'paid');
  const told = await world.pool.query(
    "select 1 from record.entry where subject = $1 and type = 'payout.contradicted'",
    [mine.payoutId],
  );
  assert.equal(told.rowCount, 1);
  await world.checkBooks();
});

test('a callback is answered before anything is done about it', async (t) => {
  const world = await openWorld(t);
  const { subject } = await world.owe(20);
  await world.cutOff('2026-03-10');
  await world.control('settle', {});
  const { deliveries } = await world.state();
  assert.equal(deliveries.at(-1)?.answer, 200);
  assert.equal(await world.stateOf(subject), 'accepted', 'stored, not yet handled');
  await world.run();
  assert.equal(await world.stateOf(subject), 'paid');
});
