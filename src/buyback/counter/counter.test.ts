// Goal: a card taken over the counter is one sale, to the person whose number was given, or goes back; nothing of it
// lies about in plain; the day ends with a count. Method: the whole house, a till's own sealing, clocks moved.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconcile } from '#ledger';
import { counterOf, type Quote, type Visit } from '#test/counter.ts';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { openShop } from '#test/recyclers.ts';
import { AT_TILL_MS, LATER_MS } from './domain.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function stage(t: Parameters<typeof openTestHouse>[0]) {
  const house = await openTestHouse(t);
  const clerk = await house.seller();
  const shop = await openShop(house, clerk);
  const seller = await house.seller();
  return { house, clerk, shop, seller, counter: counterOf(house, clerk, shop) };
}

const answer = (house: TestHouse, as: Person | undefined, visit: Visit, act: string, body = {}) =>
  house.http<Visit & { orderId?: string }>(as, 'POST', `/v1/visits/${visit.token}/${act}`, body);
const yes = ({ quoteId, signature }: Quote) => ({ quoteId, signature });
const receipt = (house: TestHouse, number: string) =>
  house.http<{ state: string; netFen?: string; progress?: string; record?: object; code: string }>(
    undefined,
    'GET',
    `/v1/receipts/${number}`,
  );

test('the seller says yes on their own phone; it is checked and paid as every sale', async (t) => {
  const { house, counter, seller } = await stage(t);
  const card = house.card('weihe-gift');
  const visit = await counter.take(card, seller.phone);
  assert.equal(visit.state, 'waiting');
  assert.match(visit.phone ?? '', /^139\*{4}\d{4}$/);
  assert.equal((await receipt(house, visit.number)).body.netFen, undefined, 'nothing is promised');

  const agreed = await answer(house, seller, visit, 'agree', yes(visit.quote));
  assert.equal(agreed.status, 200, agreed.text);
  assert.equal(agreed.body.state, 'agreed');
  const again = await answer(house, seller, visit, 'agree', yes(visit.quote));
  assert.equal(again.body.code, 'wrong_state', 'once is once');

  const [left] = await house.pool
    .query('select box, phone_seal from buyback.visit where id = $1', [visit.id])
    .then(({ rows }) => rows);
  assert.deepEqual(left, { box: null, phone_seal: null }, 'what the till sealed is forgotten');
  await house.settle();
  await house.forward(3 * DAY);
  const seen = await receipt(house, visit.number.toLowerCase().replaceAll('-', ''));
  assert.equal(seen.body.progress, 'paid');
  assert.equal(seen.body.netFen, visit.quote.netFen, 'quote = payout');
  assert.equal((seen.body.record as { holds: boolean }).holds, true);
  const paid = await house.http<{ items: { amountFen: string }[] }>(
    ...([seller, 'GET', '/v1/me/payouts'] as const),
  );
  const amounts = paid.body.items.map(({ amountFen }) => amountFen);
  assert(amounts.includes(visit.quote.netFen), amounts.join());
  assert.deepEqual(await reconcile(house.db), []);
});

test('a code read out is the yes of who has no phone at hand, for this visit only', async (t) => {
  const { house, counter, seller } = await stage(t);
  const [one, other] = [
    await counter.take(house.card('weihe-gift'), seller.phone),
    await counter.take(house.card('weihe-gift'), seller.phone),
  ];
  const sent = await counter.post(`/visits/${one.id}/code`);
  assert.equal(sent.status, 202, sent.text);
  await house.settle();
  const text = await lastText(house, seller.phone);
  assert.match(text, /到手 [\d.]+ 元/);
  const code = /\d{6}/.exec(text.replace(/到手 [\d.]+ 元/, ''))?.[0] ?? '';
  const wrong = code === '000000' ? '000001' : '000000';
  assert.equal(
    (await counter.post(`/visits/${one.id}/confirm`, { code: wrong })).body.code,
    'code_wrong',
  );
  assert.equal(
    (await counter.post(`/visits/${other.id}/confirm`, { code })).body.code,
    'code_wrong',
  );
  const signIn = await house.http(undefined, 'POST', '/v1/auth/otp/verify', {
    phone: seller.phone,
    code,
  });
  assert.equal(signIn.body.code, 'code_wrong', 'it signs nobody in');
  const done = await counter.post(`/visits/${one.id}/confirm`, { code });
  assert.equal(done.body.state, 'agreed', done.text);
  await house.settle();
  await house.forward(3 * DAY);
  assert.equal((await counter.get(`/visits/${one.id}`)).body.order?.state, 'settled');
});

async function lastText(house: TestHouse, phone: string): Promise<string> {
  const reply = await fetch(`${house.simulators.sms}/messages?to=${phone}`);
  const { items } = (await reply.json()) as { items: { text: string }[] };
  return items[0]?.text ?? '';
}

test('whoever is not the person whose number was given, or belongs to the shop, does not sell', async (t) => {
  const { house, counter, seller, clerk } = await stage(t);
  const visit = await counter.take(house.card('weihe-gift'), seller.phone);
  const passerBy = await house.seller();
  const said = yes(visit.quote);
  assert.equal((await answer(house, passerBy, visit, 'agree', said)).body.code, 'other_phone');
  for (const act of ['decline', 'price'])
    assert.equal((await answer(house, passerBy, visit, act)).body.code, 'other_phone');
  assert.equal((await answer(house, undefined, visit, 'agree', said)).body.code, 'not_signed_in');
  const own = await counter.take(house.card('weihe-gift'), clerk.phone);
  assert.equal((await answer(house, clerk, own, 'agree', yes(own.quote))).body.code, 'own_card');

  const unnamed = await house.seller({ verified: false });
  const theirs = await counter.take(house.card('weihe-gift'), unnamed.phone);
  const no = await answer(house, unnamed, theirs, 'agree', yes(theirs.quote));
  assert.equal(no.body.code, 'real_name_needed');
  assert.equal(
    (await counter.get(`/visits/${theirs.id}`)).body.state,
    'waiting',
    'nothing happened',
  );

  const stranger = counterOf(house, passerBy, visit.id);
  assert.equal((await stranger.post('/slips', { count: 1 })).status, 404);
  assert.equal((await stranger.get(`/visits/${visit.id}`)).status, 404);
});

test('no means no, silence too, and a price is not paid after its time', async (t) => {
  const { house, counter, seller } = await stage(t);
  const [no, silent, late] = [
    await counter.take(house.card('weihe-gift'), seller.phone),
    await counter.take(house.card('weihe-gift'), seller.phone),
    await counter.take(house.card('weihe-gift'), seller.phone, { offline: true }),
  ];
  assert.equal((await answer(house, seller, no, 'decline')).body.state, 'declined');
  await house.forward(HOUR);
  const old = await answer(house, seller, silent, 'agree', yes(silent.quote));
  assert.equal(old.body.code, 'quote_expired');
  const fresh = (await answer(house, seller, silent, 'price')).body;
  const stale = await answer(house, seller, silent, 'agree', yes(silent.quote));
  assert.equal(stale.body.code, 'quote_not_found', 'the old price is not for this card any more');
  await house.forward(AT_TILL_MS - HOUR);
  assert.equal((await counter.get(`/visits/${silent.id}`)).body.state, 'lapsed');
  assert.equal(
    (await answer(house, seller, silent, 'agree', yes(fresh.quote))).body.code,
    'wrong_state',
  );
  assert.equal((await counter.get(`/visits/${late.id}`)).body.state, 'waiting', 'taken offline');
  await house.forward(LATER_MS);
  assert.equal((await counter.get(`/visits/${late.id}`)).body.state, 'lapsed');
  const boxes = await house.pool.query('select 1 from buyback.visit where box is not null');
  assert.equal(boxes.rowCount, 0);
});

test('a number is used once; what was tampered with, made up or too old is refused', async (t) => {
  const { house, counter, seller } = await stage(t);
  const card = house.card('weihe-gift');
  const { slip, body } = await counter.intakeOf(card, seller.phone, { offline: true });
  const first = await counter.post('/visits', body);
  const second = await counter.post('/visits', body);
  assert.equal(second.status, 201);
  assert.equal(second.body.quote.quoteId, first.body.quote.quoteId, 'the first answer again');
  const other = { ...body, faceFen: '20000' };
  assert.equal((await counter.post('/visits', other)).body.code, 'key_reused');

  const fresh = async (more: object = {}) => ({
    ...(await counter.intakeOf(card, seller.phone)).body,
    ...more,
  });
  const refused = async (more: object): Promise<string> =>
    (await counter.post('/visits', await fresh(more))).body.code;
  assert.equal(await refused({ box: body['box'] }), 'box_unreadable', 'the box of another visit');
  const flipped = slip.number.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  assert.equal(await refused({ number: flipped }), 'receipt_unknown');
  const longAgo = new Date(house.clock.now().getTime() - 3 * DAY).toISOString();
  assert.equal(await refused({ takenAt: longAgo }), 'till_clock_wrong');
  assert.equal((await receipt(house, flipped)).body.code, 'receipt_unknown');
  const [unused] = (await counter.slips()).items;
  assert.equal((await receipt(house, unused?.number ?? '')).body.state, 'unseen');

  const wrong = await counter.intakeOf({ ...card, number: '12345' }, seller.phone);
  assert.equal((await counter.post('/visits', wrong.body)).body.code, 'card_number_invalid');
  const nobody = await counter.intakeOf(card, '123');
  assert.equal((await counter.post('/visits', nobody.body)).body.code, 'phone_invalid');
});

test('a hundred tries to say yes at once are one sale', async (t) => {
  const { house, counter, seller } = await stage(t);
  const visit = await counter.take(house.card('weihe-gift'), seller.phone);
  const said = await Promise.all(
    Array.from({ length: 30 }, () => answer(house, seller, visit, 'agree', yes(visit.quote))),
  );
  assert.equal(said.filter(({ status }) => status === 200).length, 1);
  const orders = await house.pool.query('select 1 from buyback."order"');
  assert.equal(orders.rowCount, 1);
});

test('a day is counted, explained and closed once; later cards count tomorrow', async (t) => {
  const { house, counter, seller } = await stage(t);
  const today = '2026-11-23';
  const sell = async (state?: 'good' | 'used'): Promise<Visit> => {
    const visit = await counter.take(house.card('weihe-gift', state), seller.phone);
    assert.equal((await answer(house, seller, visit, 'agree', yes(visit.quote))).status, 200);
    return visit;
  };
  const kept = await sell();
  const used = await sell('used');
  await house.settle();
  assert.equal((await counter.get(`/visits/${used.id}`)).body.order?.giveBack, true);
  const close = (more: object) =>
    counter.post('/closes', { till: counter.till, day: today, counted: 2, unsent: 0, ...more });
  assert.equal((await close({})).body.code, 'difference_unexplained');
  const note = '=一张待退的卡还在抽屉里';
  const closed = await close({ note });
  assert.equal(closed.status, 201, closed.text);
  const { id, expected, returned, netFen, cashFen } = closed.body as unknown as Record<
    string,
    unknown
  >;
  const { netFen: owed } = kept.quote;
  assert.deepEqual(
    { expected, returned, netFen, cashFen },
    { expected: 1, returned: 1, netFen: owed, cashFen: '0' },
  );
  assert.equal((await close({ note })).body.code, 'day_closed');
  assert.equal((await close({ day: '2026-11-25', counted: 0 })).body.code, 'day_closed');

  const evening = await sell();
  assert.equal((await counter.get(`/visits/${evening.id}`)).body['bookedOn'], '2026-11-24');
  const file = await counter.get(`/closes/${String(id)}/statement.csv`);
  assert.equal(file.status, 200);
  assert(file.text.includes(kept.number) && !file.text.includes(evening.number));
  assert(file.text.includes(`'${note}`), 'a note is no formula');
  const sheet = await counter.get(`/closes/${String(id)}/statement.xlsx`);
  assert.match(sheet.text, /^PK/);
});
