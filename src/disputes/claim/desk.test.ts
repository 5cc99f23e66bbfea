// Goal: the desk decides what is assigned to it, once, and an appeal by somebody else; strangers see and do nothing.
// Method: real PostgreSQL and the real routes with callers of every kind; real pictures, good and hostile.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { sql } from 'kysely';
import sharp from 'sharp';
import {
  buildHttp,
  type Caller,
  cleanPhoto,
  DAY,
  type Db,
  FakeClock,
  fen,
  fileKeys,
  HOUR,
  inTransaction,
  newId,
  plus,
  Refused,
  ROLES,
  type Role,
  readConfig,
  rotateKek,
  silentLog,
} from '#platform';
import { runClock } from '#process';
import { entriesOf } from '#record';
import { databaseOf } from '#test/people.ts';
import { disputesRoutes } from '../routes.ts';
import { addFacts, openClaim } from './claim.ts';
import { claimClock, type EndedClaim } from './decide.ts';
import { deskFigures, penaltyOf } from './desk.ts';
import type { Facts } from './facts.ts';
import { addPhoto, openPhoto, PHOTOS_MAX, photosOf, rewrapPhotos } from './photo.ts';
import { BEFORE_REVEAL, PRICE, probe, sale, T0 } from './world.fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'huiquan-desk-'));
const keys = fileKeys(join(directory, 'keys.json'));
test.after(() => rmSync(directory, { recursive: true }));

const buyer = newId(T0);
const seller = newId(T0);
const stranger = newId(T0);
const first = newId(T0);
const second = newId(T0);

async function desk(t: { after(work: () => Promise<void>): void }) {
  const { db } = await databaseOf(t, [buyer, seller]);
  const clock = new FakeClock(T0);
  const ended: EndedClaim[] = [];
  const execute = async (_tx: unknown, claim: EndedClaim): Promise<void> => {
    ended.push(claim);
  };
  const app = await buildHttp({
    ...{ config: { ...readConfig({}), RATE_PER_MINUTE: 10_000 }, db, clock, log: silentLog },
    authenticate: async ({ headers }) => callerFrom(headers, clock.now()),
  });
  const live = { subscribe: () => () => undefined, close: async () => undefined };
  const thread = async () => [{ from: 'buyer' as const, text: '这张卡能用吗', at: T0 }];
  disputesRoutes(app, { db, keys, clock, live, execute, thread });
  t.after(() => app.close());
  const ask = async (who: string, method: 'GET' | 'POST', url: string, body?: object) => {
    const [userId = '', role = ''] = who.split(' ');
    const reply = await app.inject({
      ...{ method, url, headers: { 'x-user': userId, 'x-role': role } },
      ...(body && { payload: body }),
    });
    const json = reply.headers['content-type']?.includes('json');
    return { status: reply.statusCode, body: json ? reply.json() : reply.rawPayload };
  };
  const handlers = claimClock(keys, execute);
  const tick = async () => await runClock(db, { at: clock.now(), handlers });
  return { db, clock, ended, app, ask, tick };
}
type Desk = Awaited<ReturnType<typeof desk>>;

function callerFrom(headers: Record<string, unknown>, at: Date): Caller {
  const roles = new Set(ROLES.filter((known): known is Role => known === headers['x-role']));
  return { userId: String(headers['x-user']), sessionId: 's', roles, steppedUpAt: at };
}

const opened = async (db: Db, at: Date, facts: Facts = sale()): Promise<string> => {
  const claim = await inTransaction(db, (tx) =>
    openClaim(tx, {
      ...{ subject: newId(at), venue: 'market', reason: 'USED_OR_VOID', atStakeFen: PRICE },
      claimant: { role: 'buyer', userId: buyer },
      respondent: { role: 'seller', userId: seller },
      ...{ facts, at, keys },
    }),
  );
  return claim.id;
};

/** A claim that waits at the desk. */
async function atDesk({ db, clock, ask, tick }: Desk): Promise<string> {
  const id = await opened(db, clock.now());
  await ask(seller, 'POST', `/v1/disputes/${id}/answer`, { answer: 'contest' });
  clock.advance(DAY);
  await tick();
  return id;
}

const verdict = {
  ...{ outcome: 'partial', refundFen: '3000', fault: 'seller', penalty: true },
  ...{ template: 'both_responsible', words: '双方陈述一致，按三成退款' },
};

test('taken, decided, appealed, decided anew by another person, executed', async (t) => {
  const house = await desk(t);
  const { ask, db, ended } = house;
  const id = await atDesk(house);
  const [mine, other] = [`${first} risk`, `${second} support`];
  const queue = await ask(mine, 'GET', '/v1/console/claims');
  assert.deepEqual(
    queue.body.items.map((row: { id: string; state: string }) => [row.id, row.state]),
    [[id, 'arbitration']],
  );
  const decide = (who: string, body: object = verdict) =>
    ask(who, 'POST', `/v1/console/claims/${id}/decide`, body);
  const take = (who: string) => ask(who, 'POST', `/v1/console/claims/${id}/assign`, {});
  assert.equal((await decide(mine)).body.code, 'claim_not_assigned');
  assert.equal((await take(mine)).body.assignedTo, first);
  assert.equal((await take(mine)).status, 200);
  assert.equal((await take(other)).body.code, 'claim_taken');
  assert.equal(
    (await decide(mine, { ...verdict, refundFen: '9000' })).body.code,
    'amount_out_of_range',
  );
  assert.equal((await decide(mine, { ...verdict, outcome: 'refund' })).body.code, 'case_amount');
  assert.equal(
    (await decide(mine, { ...verdict, fault: 'issuer' })).body.code,
    'penalty_without_fault',
  );
  assert.equal(
    (await decide(mine, { ...verdict, words: '请打电话 13800001111' })).body.code,
    'text_contact',
  );
  const decided = await decide(mine);
  assert.deepEqual([decided.status, decided.body.state], [200, 'decided']);
  assert.deepEqual([ended.length, (await take(other)).body.code], [0, 'wrong_state']);

  const view = await ask(buyer, 'GET', `/v1/disputes/${id}`);
  assert.deepEqual(view.body.allowed, ['appeal']);
  assert.equal(view.body.decisions[0].reasons.en, 'Both sides share the responsibility.');
  assert.equal(view.body.decisions[0].penaltyFen, '90');
  assert.equal('assignedTo' in view.body, false);
  assert.equal(JSON.stringify(view.body).includes(first), false);
  await ask(buyer, 'POST', `/v1/disputes/${id}/appeal`, { text: '余额为零，应当全额退款' });
  assert.equal((await take(mine)).body.code, 'same_reviewer');
  assert.equal((await take(other)).body.assignedTo, second);
  assert.equal((await decide(mine)).body.code, 'claim_not_assigned');
  const final = { outcome: 'refund', fault: 'seller', penalty: false, template: 'for_buyer' };
  const closed = await decide(other, { ...final, words: '复核后支持买家' });
  assert.deepEqual([closed.body.state, closed.body.decisions.length], ['closed', 2]);
  assert.deepEqual(
    [ended[0]?.end.outcome, ended[0]?.end.refundFen, ended[0]?.end.penalty],
    ['refund', PRICE, undefined],
  );
  const record = JSON.stringify(await entriesOf(db, id));
  assert(record.includes('both_responsible') && record.includes('for_buyer'));
  assert.equal(record.includes('复核后支持买家'), false);
  const figures = await deskFigures(db, { from: T0, to: plus(T0, DAY) });
  assert.deepEqual(
    [figures.opened, figures.decided, figures.byRule, figures.appealed, figures.overturned],
    [1, 1, 0, 1, 1],
  );
  assert.equal(figures.hoursMedian, 24);
});

test('the database itself refuses the same reviewer, and a side as reviewer', async (t) => {
  const house = await desk(t);
  const id = await atDesk(house);
  const { db, ask } = house;
  await ask(`${first} risk`, 'POST', `/v1/console/claims/${id}/assign`, {});
  await ask(`${first} risk`, 'POST', `/v1/console/claims/${id}/decide`, verdict);
  await assert.rejects(
    sql`update disputes.claim set assigned_to = ${first}, assigned_at = now() where id = ${id}`.execute(
      db,
    ),
    /claim_reviewer_differs/,
  );
  await assert.rejects(
    sql`update disputes.claim set assigned_to = ${buyer}, assigned_at = now() where id = ${id}`.execute(
      db,
    ),
    /claim_reviewer_is_no_party/,
  );
  await assert.rejects(
    sql`insert into disputes.claim_decision
          select claim_id, 2, basis, outcome, refund_fen, fault, penalty_fen, rule, reason_zh,
                 reason_en, words, facts, decided_by, at from disputes.claim_decision
          where claim_id = ${id}`.execute(db),
    /claim_decider_once/,
  );
  const another = await atDesk(house);
  const own = await ask(`${buyer} risk`, 'POST', `/v1/console/claims/${another}/assign`, {});
  assert.equal(own.body.code, 'reviewer_is_party');
});

test('decide against withdraw, and two of the desk at once: one of them', async (t) => {
  const house = await desk(t);
  const { ask, ended } = house;
  for (let round = 0; round < 3; round++) {
    const id = await atDesk(house);
    const takes = await Promise.all(
      [first, second].map((who) =>
        ask(`${who} risk`, 'POST', `/v1/console/claims/${id}/assign`, {}),
      ),
    );
    const winner = takes.findIndex(({ status }) => status === 200);
    assert.deepEqual(takes.map(({ status }) => status).toSorted(), [200, 409]);
    const who = [first, second][winner];
    const before = ended.length;
    const both = await Promise.all([
      ask(`${who} risk`, 'POST', `/v1/console/claims/${id}/decide`, verdict),
      ask(buyer, 'POST', `/v1/disputes/${id}/withdraw`, {}),
    ]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 409]);
    assert.equal(ended.length - before, both[1].status === 200 ? 1 : 0);
  }
});

test('strangers, the other role and the wrong staff find nothing and do nothing', async (t) => {
  const house = await desk(t);
  const { ask } = house;
  const id = await atDesk(house);
  const acts: [string, object][] = [
    ['answer', { answer: 'agree' }],
    ['statements', { text: '我是路过的' }],
    ['offer', { refundFen: '100' }],
    ['offer/accept', { refundFen: '100' }],
    ['withdraw', {}],
    ['appeal', { text: '我不同意' }],
  ];
  for (const who of [stranger, `${stranger} risk`, `${stranger} admin`]) {
    assert.equal((await ask(who, 'GET', `/v1/disputes/${id}`)).status, 404);
    for (const [act, body] of acts)
      assert.equal((await ask(who, 'POST', `/v1/disputes/${id}/${act}`, body)).status, 404, act);
  }
  assert.equal((await ask(stranger, 'GET', '/v1/disputes')).body.items.length, 0);
  assert.equal((await ask(seller, 'GET', '/v1/disputes')).body.items[0].side, 'respondent');
  for (const who of [
    buyer,
    `${stranger} finance`,
    `${stranger} auditor`,
    `${stranger} compliance`,
  ]) {
    assert.equal((await ask(who, 'GET', `/v1/console/claims/${id}`)).status, 403);
    assert.equal((await ask(who, 'POST', `/v1/console/claims/${id}/assign`, {})).status, 403);
    assert.equal((await ask(who, 'POST', `/v1/console/claims/${id}/decide`, verdict)).status, 403);
  }
  const seen = await ask(`${first} risk`, 'GET', `/v1/console/claims/${id}`);
  assert.deepEqual([seen.body.claimantId, seen.body.thread.length], [buyer, 1]);
  assert.equal((await ask(`${first} risk`, 'GET', `/v1/console/claims/${newId(T0)}`)).status, 404);
});

test('late is late for the desk too', async (t) => {
  const house = await desk(t);
  const { ask, clock } = house;
  const id = await atDesk(house);
  await ask(`${first} risk`, 'POST', `/v1/console/claims/${id}/assign`, {});
  clock.advance(3 * DAY);
  const late = await ask(`${first} risk`, 'POST', `/v1/console/claims/${id}/decide`, verdict);
  assert.equal(late.body.code, 'deadline_passed');
  const answer = await ask(seller, 'POST', `/v1/disputes/${await opened(house.db, T0)}/answer`, {
    answer: 'agree',
  });
  assert.equal(answer.body.code, 'deadline_passed');
});

test('a penalty is one per cent, and fifty yuan at most', () => {
  assert.equal(penaltyOf(fen(9_999n)), 99n);
  assert.equal(penaltyOf(fen(10_000_000n)), 5_000n);
});

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 30, b: 60 } } });

function upload({ app }: Desk, who: string, id: string, file: Buffer) {
  const boundary = 'huiquan-test';
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="photo"; filename="a.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`;
  return app.inject({
    method: 'POST',
    url: `/v1/disputes/${id}/photos`,
    headers: { 'x-user': who, 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  });
}

test('a photo loses where and by whom it was taken, is sealed, and opens for the two and the desk', async (t) => {
  const house = await desk(t);
  const { ask, db } = house;
  const id = await opened(db, T0);
  const exif = {
    IFD0: { Make: 'SecretPhone', Copyright: 'Zhang' },
    IFD3: { GPSLatitude: '31/1 13/1 0/1' },
  };
  const jpeg = await picture(3_000, 1_000).withExif(exif).jpeg().toBuffer();
  assert(jpeg.includes('SecretPhone'));
  const kept = await upload(house, buyer, id, jpeg);
  assert.equal(kept.statusCode, 200);
  const [photo] = kept.json().photos;
  assert.deepEqual([photo.width, photo.height, photo.side], [2_000, 667, 'claimant']);
  for (const [who, url] of [
    [seller, `/v1/disputes/${id}/photos/${photo.id}`],
    [`${first} risk`, `/v1/console/claims/${id}/photos/${photo.id}`],
  ] as const) {
    const { status, body } = await ask(who, 'GET', url);
    assert.equal(status, 200);
    const { format, exif: left, width } = await sharp(body).metadata();
    assert.deepEqual([format, left, width], ['webp', undefined, 2_000]);
    assert.equal(body.includes('SecretPhone'), false);
  }
  const other = await opened(db, plus(T0, HOUR));
  assert.equal((await ask(seller, 'GET', `/v1/disputes/${other}/photos/${photo.id}`)).status, 404);
  assert.equal((await ask(stranger, 'GET', `/v1/disputes/${id}/photos/${photo.id}`)).status, 404);
  const { rows } = await sql<{ webp: boolean }>`
    select position('\\x57454250'::bytea in sealed) > 0 as webp from disputes.claim_photo`.execute(
    db,
  );
  assert.deepEqual(rows, [{ webp: false }]);
  assert.equal((await upload(house, buyer, id, jpeg)).json().photos.length, 1);
  assert.equal((await upload(house, stranger, id, jpeg)).statusCode, 404);
});

test('after the key of keys was changed, photos open as before, and their keys are wrapped under the new one', async (t) => {
  const { db } = await desk(t);
  const keyPath = join(directory, 'rotated.json');
  const old = fileKeys(keyPath);
  const claimId = await opened(db, T0);
  for (const width of [30, 40, 50]) {
    const photo = await cleanPhoto(await picture(width, 20).jpeg().toBuffer());
    await inTransaction(db, (tx) =>
      addPhoto(tx, old, { claimId, author: buyer, photo, at: plus(T0, width) }),
    );
  }
  const [{ id: photoId = '' } = {}] = await photosOf(db, claimId);
  const before = await openPhoto(db, old, { claimId, photoId });
  rotateKek(keyPath);
  const rotated = fileKeys(keyPath);
  assert.deepEqual(await openPhoto(db, rotated, { claimId, photoId }), before);
  const runs = await Promise.all([rewrapPhotos(db, rotated), rewrapPhotos(db, rotated)]);
  assert.equal(runs[0] + runs[1], 3, 'two workers share the work');
  const { rows } = await sql<{ kek: string }>`
    select distinct kek_id as kek from disputes.claim_photo`.execute(db);
  assert.deepEqual(rows, [{ kek: rotated.kekId }]);
  assert.deepEqual(await openPhoto(db, rotated, { claimId, photoId }), before);
  assert.equal(await rewrapPhotos(db, rotated), 0);
});

test('floods, programs and broken files are no photos, and a side has its number of them', async (t) => {
  const house = await desk(t);
  const id = await opened(house.db, T0);
  const codeOf = async (file: Buffer): Promise<string> =>
    await cleanPhoto(file).then(
      () => 'taken',
      (error: unknown) => (error instanceof Refused ? error.refusal.code : String(error)),
    );
  assert.equal(await codeOf(bomb(60_000, 60_000)), 'image_too_large');
  assert.equal(
    await codeOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')),
    'image_not_supported',
  );
  assert.equal(await codeOf(Buffer.from('GIF89a')), 'image_not_supported');
  const jpeg = await picture(200, 200).jpeg().toBuffer();
  assert.equal(await codeOf(jpeg.subarray(0, 300)), 'image_unreadable');
  assert.equal(await codeOf(Buffer.alloc(9 * 1024 * 1024, 0xff)), 'image_too_large');
  assert.equal(
    (await upload(house, buyer, id, bomb(60_000, 60_000))).json().code,
    'image_too_large',
  );
  for (let nth = 0; nth < PHOTOS_MAX; nth++) {
    const one = await picture(50 + nth, 50)
      .png()
      .toBuffer();
    assert.equal((await upload(house, buyer, id, one)).statusCode, 200);
  }
  const more = await upload(house, buyer, id, await picture(99, 50).png().toBuffer());
  assert.equal(more.json().code, 'file_full');
  assert.equal((await upload(house, seller, id, jpeg)).statusCode, 200);
});

/** A small PNG that claims to be enormous. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.alloc(100_000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test('a rule decides even while the file lies at the desk, and the queue is empty again', async (t) => {
  const house = await desk(t);
  const { db, clock, ask } = house;
  const id = await atDesk(house);
  const facts = sale({
    probeAtReveal: probe(keys, BEFORE_REVEAL, { code: 'USED_OR_VOID', balance: 0n }),
  });
  await inTransaction(db, (tx) => addFacts(tx, { id, facts, at: clock.now(), keys }));
  assert.deepEqual((await ask(`${first} risk`, 'GET', '/v1/console/claims')).body.items, []);
  const all = await ask(`${first} risk`, 'GET', '/v1/console/claims?queue=all');
  assert.deepEqual([all.body.items.length, all.body.items[0].state], [1, 'decided']);
});
