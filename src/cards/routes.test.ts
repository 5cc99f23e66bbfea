// Goal: over HTTP nobody sees a secret but two people together, once, within a minute, and after it was recorded; scans
// and lists answer as documented.
// Method: the real app with callers of every role, a fake clock, attacks on each step, and the log lines kept unredacted.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import bwip from 'bwip-js/node';
import { pino } from 'pino';
import {
  type App,
  buildHttp,
  type Caller,
  FakeClock,
  inTransaction,
  newId,
  type Role,
  readConfig,
  SECOND,
} from '#platform';
import { entriesOf } from '#record';
import { AT, type CardBench, cardBench } from '#test/cards.ts';
import { cardsRoutes } from './routes.ts';
import { shredCard } from './vault/keep.ts';

interface Person {
  id: string;
  roles: Role[];
  fresh?: boolean;
}
const person = (...roles: Role[]): Person => ({ id: newId(AT), roles, fresh: true });

interface Stage {
  bench: CardBench;
  app: App;
  clock: FakeClock;
  logged: () => string;
  call: (
    who: Person | undefined,
    method: 'GET' | 'POST',
    url: string,
    body?: object,
  ) => Promise<{ status: number; headers: Record<string, unknown>; body: Record<string, unknown> }>;
}

async function stage(t: { after: (fn: () => unknown) => void }): Promise<Stage> {
  const bench = await cardBench(t as Parameters<typeof cardBench>[0]);
  const clock = new FakeClock(AT);
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const authenticate = async (request: { headers: Record<string, unknown> }) => {
    const text = request.headers['x-test-person'];
    if (typeof text !== 'string') return undefined;
    const who = JSON.parse(text) as Person;
    const steppedUpAt = who.fresh ? clock.now() : undefined;
    const caller: Caller = {
      userId: who.id,
      sessionId: 'session',
      roles: new Set(who.roles),
      steppedUpAt,
    };
    return caller;
  };
  const app = await buildHttp({
    config: readConfig({ HUIQUAN_RATE_PER_MINUTE: '100000' }),
    log: pino({ level: 'trace' }, stream),
    clock,
    db: bench.db,
    authenticate,
  });
  cardsRoutes(app, { db: bench.db, keys: bench.keys, clock });
  t.after(() => app.close());
  return {
    bench,
    app,
    clock,
    logged: () => lines.join(''),
    call: async (who, method, url, body) => {
      const headers = who ? { 'x-test-person': JSON.stringify(who) } : {};
      const reply = await app.inject({ method, url, headers, ...(body && { payload: body }) });
      return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
    },
  };
}

const ASK = { orderRef: 'order-1', reasonCode: 'dispute_evidence', note: 'recycler says empty' };

test('four eyes: asked, approved by another, opened once, recorded before', async (t) => {
  const { bench, clock, call, logged } = await stage(t);
  const card = bench.make('weihe-gift');
  const cardId = await bench.seal(card);
  const [asker, approver] = [person('support'), person('compliance')];
  const asked = await call(asker, 'POST', '/v1/console/reveals', { cardId, ...ASK });
  assert.equal(asked.status, 201);
  assert.equal(asked.body['state'], 'waiting');
  const at = `/v1/console/reveals/${asked.body['id']}`;
  const early = await call(asker, 'POST', `${at}/open`, {});
  assert.deepEqual([early.status, early.body['code']], [409, 'reveal_not_approved']);
  const approved = await call(approver, 'POST', `${at}/approve`, {});
  assert.deepEqual([approved.status, approved.body['state']], [200, 'approved']);
  clock.advance(59 * SECOND);
  const opened = await call(asker, 'POST', `${at}/open`, {});
  assert.equal(opened.status, 200);
  assert.deepEqual(opened.body, {
    id: asked.body['id'],
    number: card.number,
    pin: card.pin,
    showSeconds: 60,
  });
  assert.equal(opened.headers['cache-control'], 'no-store');
  const twice = await call(asker, 'POST', `${at}/open`, {});
  assert.deepEqual([twice.status, twice.body['code']], [410, 'reveal_used']);
  const types = (await entriesOf(bench.db, cardId)).map((entry) => entry.type);
  assert.deepEqual(types.slice(1), [
    'card.reveal_requested',
    'card.reveal_approved',
    'card.revealed',
  ]);
  assert(!logged().includes(card.number) && !logged().includes(card.pin ?? 'x'));
  const list = await call(person('auditor'), 'GET', '/v1/console/reveals');
  assert(!JSON.stringify(list.body).includes(card.number));
  assert.equal((list.body['items'] as { state: string }[])[0]?.state, 'opened');
  const wild = await call(person('auditor'), 'GET', '/v1/console/reveals?cursor=zzz');
  assert.equal(wild.status, 400);
});

test('attacks on a reveal: self-approval, stale approval, other person, other card, wrong role', async (t) => {
  const { bench, clock, call } = await stage(t);
  const cardId = await bench.seal(bench.make('weihe-gift'));
  const both = person('support', 'risk', 'admin');
  const [asker, approver] = [person('support'), person('risk')];
  const ask = async (who: Person) => {
    const asked = await call(who, 'POST', '/v1/console/reveals', { cardId, ...ASK });
    return `/v1/console/reveals/${asked.body['id']}`;
  };
  const own = await ask(both);
  const self = await call(both, 'POST', `${own}/approve`, {});
  assert.deepEqual([self.status, self.body['code']], [403, 'reveal_self_approval']);

  const stale = await ask(asker);
  await call(approver, 'POST', `${stale}/approve`, {});
  clock.advance(61 * SECOND);
  const late = await call(asker, 'POST', `${stale}/open`, {});
  assert.deepEqual([late.status, late.body['code']], [410, 'reveal_lapsed']);
  await call(approver, 'POST', `${stale}/approve`, {});
  const stranger = await call(person('support'), 'POST', `${stale}/open`, {});
  assert.equal(stranger.status, 404, 'somebody else’s request does not exist');
  const byApprover = await call(approver, 'POST', `${stale}/open`, {});
  assert.equal(byApprover.status, 404, 'nor does the approver open it');
  assert.equal((await call(asker, 'POST', `${stale}/open`, {})).status, 200, 'approved anew');

  const old = await ask(asker);
  clock.advance(31 * 60 * SECOND);
  const overdue = await call(approver, 'POST', `${old}/approve`, {});
  assert.deepEqual([overdue.status, overdue.body['code']], [410, 'reveal_lapsed']);

  const other = await ask(asker);
  for (const who of [person(), person('finance'), person('auditor'), person('support')])
    assert.equal((await call(who, 'POST', `${other}/approve`, {})).status, 403);
  assert.equal((await call(undefined, 'POST', `${other}/approve`, {})).status, 401);
  const tired = { ...approver, fresh: false };
  const unproven = await call(tired, 'POST', `${other}/approve`, {});
  assert.deepEqual([unproven.status, unproven.body['code']], [403, 'step_up_needed']);
  for (const who of [person(), person('finance'), person('auditor'), person('admin')])
    assert.equal((await call(who, 'POST', '/v1/console/reveals', { cardId, ...ASK })).status, 403);
});

test('twenty openings at the same moment: one sees it', async (t) => {
  const { bench, call } = await stage(t);
  const cardId = await bench.seal(bench.make('weihe-gift'));
  const [asker, approver] = [person('risk'), person('risk')];
  const asked = await call(asker, 'POST', '/v1/console/reveals', { cardId, ...ASK });
  const at = `/v1/console/reveals/${asked.body['id']}`;
  await call(approver, 'POST', `${at}/approve`, {});
  const all = await Promise.all(
    Array.from({ length: 20 }, () => call(asker, 'POST', `${at}/open`, {})),
  );
  assert.equal(all.filter((reply) => reply.status === 200).length, 1);
  assert.equal(all.filter((reply) => reply.body['code'] === 'reveal_used').length, 19);
});

test('no record, no secret: when the record cannot be written nothing is opened', async (t) => {
  const { bench, call } = await stage(t);
  const cardId = await bench.seal(bench.make('weihe-gift'));
  const [asker, approver] = [person('support'), person('risk')];
  const asked = await call(asker, 'POST', '/v1/console/reveals', { cardId, ...ASK });
  const at = `/v1/console/reveals/${asked.body['id']}`;
  await call(approver, 'POST', `${at}/approve`, {});
  await bench.pool.query('alter table record.entry rename to entry_away');
  const failed = await call(asker, 'POST', `${at}/open`, {});
  assert.equal(failed.status, 500);
  assert.deepEqual(Object.keys(failed.body).includes('number'), false);
  await bench.pool.query('alter table record.entry_away rename to entry');
  assert.equal((await call(asker, 'POST', `${at}/open`, {})).status, 200, 'it was not used up');
});

test('bad input of a reveal is refused field by field; a shredded card cannot be asked for', async (t) => {
  const { bench, call } = await stage(t);
  const cardId = await bench.seal(bench.make('weihe-gift'));
  const asker = person('support');
  const good = { cardId, ...ASK };
  for (const bad of [
    { ...good, cardId: 'x' },
    { ...good, cardId: [cardId] },
    { ...good, reasonCode: 'because' },
    { ...good, note: '' },
    { ...good, approvedBy: newId(AT) },
    { ...good, cardId: undefined },
  ])
    assert.equal((await call(asker, 'POST', '/v1/console/reveals', bad)).status, 400);
  const unknown = { ...good, cardId: newId(AT) };
  assert.equal((await call(asker, 'POST', '/v1/console/reveals', unknown)).status, 404);
  await inTransaction(bench.db, (tx) => shredCard(tx, { cardId, at: AT }));
  const gone = await call(asker, 'POST', '/v1/console/reveals', good);
  assert.deepEqual([gone.status, gone.body['code']], [410, 'card_shredded']);
});

test('anybody reads the catalogue; unknown cards and categories are refused', async (t) => {
  const { call } = await stage(t);
  const all = await call(undefined, 'GET', '/v1/products');
  assert((all.body['items'] as unknown[]).length >= 60);
  const cafe = await call(undefined, 'GET', '/v1/products?category=cafe&q=latte');
  assert.equal((cafe.body['items'] as unknown[]).length, 1);
  const one = await call(undefined, 'GET', '/v1/products/weihe-gift');
  assert.deepEqual(one.body['denominationsFen'], ['10000', '20000', '30000', '50000', '100000']);
  assert.equal((await call(undefined, 'GET', '/v1/products?category=cars')).status, 400);
  const none = await call(undefined, 'GET', '/v1/products/no-such-card');
  assert.deepEqual([none.status, none.body['code']], [404, 'unknown_product']);
  assert.equal((await call(undefined, 'GET', '/v1/products/__proto__')).status, 400);
});

test('a photo is read for a signed-in person, refused when it is not one, and never kept', async (t) => {
  const { bench, app, logged } = await stage(t);
  const card = bench.make('weihe-ecard');
  const seller = person();
  const code = await bwip.toBuffer({ bcid: 'qrcode', text: card.number, scale: 6, padding: 12 });
  const post = async (who: Person | undefined, sku: string, bytes: Buffer, type = 'image/png') => {
    const form = new FormData();
    form.append('photo', new Blob([new Uint8Array(bytes)], { type }), '../../etc/card.png');
    const request = new Request('http://x', { method: 'POST', body: form });
    const reply = await app.inject({
      method: 'POST',
      url: `/v1/scan?sku=${sku}`,
      headers: {
        'content-type': request.headers.get('content-type') ?? '',
        ...(who && { 'x-test-person': JSON.stringify(who) }),
      },
      payload: Buffer.from(await request.arrayBuffer()),
    });
    return { status: reply.statusCode, body: reply.json() as Record<string, unknown>, reply };
  };
  const read = await post(seller, 'weihe-ecard', code);
  assert.deepEqual(read.body, { text: card.number, format: 'QRCode', fits: true });
  assert.equal(read.reply.headers['cache-control'], 'no-store');
  assert(!logged().includes(card.number));
  assert.equal((await post(undefined, 'weihe-ecard', code)).status, 401);
  const refused = async (sku: string, bytes: Buffer, type?: string) =>
    (await post(seller, sku, bytes, type)).body['code'];
  assert.equal(await refused('weihe-gift', code), 'image_unreadable', 'another format');
  assert.equal(await refused('nothing-here', code), 'unknown_product');
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
  assert.equal(await refused('weihe-ecard', svg, 'image/jpeg'), 'image_not_supported');
  const large = await post(seller, 'weihe-ecard', Buffer.alloc(50_000_000, 1));
  assert.deepEqual([large.status, large.body['code']], [413, 'image_too_large']);
  const json = await app.inject({
    method: 'POST',
    url: '/v1/scan?sku=weihe-ecard',
    headers: { 'x-test-person': JSON.stringify(seller) },
    payload: { photo: 'x' },
  });
  assert.equal(json.statusCode, 415);
});
