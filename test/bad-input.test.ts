// Goal: bad input of the kinds that sellers, thieves and banks produce gets a clear no, and nothing is lost by it.
// Method: each kind once, end to end over the API of the whole house, then a look at what stands behind it.
import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32, deflateSync } from 'node:zlib';
import { reconcile } from '#ledger';
import { chinaInstant, MINUTE } from '#platform';
import { type Answer, openTestHouse, type Person } from '#test/house.ts';
import { signatureHeaders } from '../simulators/psp/wire.ts';

const bankState = join(tmpdir(), `huiquan-bank-${process.pid}.json`);
const house = await openTestHouse({ after: (work) => after(work) }, { bankState });
after(() => rmSync(bankState, { force: true }));
const { http, card, sell, settle, pool } = house;
const seller = await house.seller();

const no = (answer: Answer, status: number, code: string): void => {
  assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text);
};
const quoteFor = async (as: Person, faceFen = '10000', sku = 'weihe-gift') =>
  (await http<{ quoteId: string; signature: string }>(as, 'POST', '/v1/quotes', { sku, faceFen }))
    .body;
const accept = async (as: Person, quote: { quoteId: string; signature: string }) =>
  await http(as, 'POST', '/v1/orders', { quoteId: quote.quoteId, signature: quote.signature });
const openOrder = async (as: Person): Promise<string> => {
  const { status, body } = await accept(as, await quoteFor(as));
  assert.equal(status, 201);
  return body.id;
};
const handOver = async (as: Person, id: string, secret: { number: string; pin?: string }) =>
  await http(as, 'POST', `/v1/orders/${id}/card`, {
    number: secret.number,
    ...(secret.pin !== undefined && { pin: secret.pin }),
  });
const orderOf = async (as: Person, id: string) =>
  (
    await http<{ state: string; verification?: { code: string }; secretSeen: boolean }>(
      ...([as, 'GET', `/v1/orders/${id}`] as const),
    )
  ).body;
const count = async (sql: string): Promise<number> =>
  Number((await pool.query<{ count: string }>(sql)).rows[0]?.count);

test('a product that nobody knows', async () => {
  no(
    await http(seller, 'POST', '/v1/quotes', { sku: 'no-such-card', faceFen: '10000' }),
    404,
    'unknown_product',
  );
  no(await http(undefined, 'GET', '/v1/products/no-such-card'), 404, 'unknown_product');
});

test('a number that breaks the rule of its product, and the number of a bank card', async () => {
  const id = await openOrder(seller);
  const before = await count('select count(*) from cards.card');
  const good = card('weihe-gift');
  const last = good.number.at(-1) === '0' ? '1' : '0';
  no(
    await handOver(seller, id, { ...good, number: good.number.slice(0, -1) + last }),
    422,
    'card_number_invalid',
  );
  no(await handOver(seller, id, { ...good, number: '123' }), 422, 'card_number_invalid');
  no(
    await handOver(seller, id, { ...good, number: seller.accountNumber }),
    422,
    'bank_card_refused',
  );
  no(await handOver(seller, id, { number: good.number, pin: '1' }), 422, 'pin_invalid');
  assert.equal(await count('select count(*) from cards.card'), before, 'nothing was kept');
  assert.equal((await orderOf(seller, id)).state, 'accepted', 'the promise stands');
  assert.equal((await handOver(seller, id, good)).status, 200, 'and the right number is taken');
});

test('one card twice: in one account, in two, and thirty times at once', async () => {
  const other = await house.seller();
  const twice = card('weihe-gift');
  assert.equal((await handOver(seller, await openOrder(seller), twice)).status, 200);
  no(await handOver(seller, await openOrder(seller), twice), 409, 'card_already_here');
  no(await handOver(other, await openOrder(other), twice), 409, 'card_already_here');

  const people = [await house.seller(), await house.seller(), await house.seller()];
  const tries: { who: Person; id: string }[] = [];
  for (const who of people)
    for (let one = 0; one < 10; one++) tries.push({ who, id: await openOrder(who) });
  const wanted = card('weihe-gift');
  const answers = await Promise.all(tries.map(({ who, id }) => handOver(who, id, wanted)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1, 'exactly one wins');
  for (const answer of answers) if (answer.status !== 200) no(answer, 409, 'card_already_here');
  await settle();
  const states = await Promise.all(
    tries.map(async ({ who, id }) => (await orderOf(who, id)).state),
  );
  assert.equal(states.filter((state) => state === 'settled').length, 1);
  assert.equal(states.filter((state) => state === 'accepted').length, 29, 'no promise was lost');
  const held = await count(
    `select coalesce(sum(held), 0) as count from ledger.book where code = 'WALLET:house'`,
  );
  const open = await count(
    `select coalesce(sum(price_fen), 0) as count from buyback."order" where state = 'accepted'`,
  );
  assert.equal(held, open, 'what is held is what is promised');
});

const BAD_CARDS = [
  ['expired', 'EXPIRED'],
  ['used', 'USED_OR_VOID'],
  ['frozen', 'FROZEN_BY_ISSUER'],
  ['inactive', 'NOT_ACTIVATED'],
] as const;
for (const [state, code] of BAD_CARDS) {
  test(`a card that is ${state} is rejected as ${code} and stays its owner's`, async () => {
    const { card: bad, order } = await sell(seller, { state });
    await settle();
    const view = await orderOf(seller, order.id);
    assert.equal(view.state, 'rejected');
    assert.equal(view.verification?.code, code);
    assert.equal(view.secretSeen, false);
    const kept = `select count(*) from cards.encumbrance e join buyback."order" o on o.card_id = e.card_id
      where o.id = '${order.id}' and e.ended_at is null`;
    assert.equal(await count(kept), 0);
    const again = await handOver(seller, await openOrder(seller), bad);
    assert.equal(again.status, 200, 'it may be offered again once it is mended');
    await settle();
  });
}

test('a face value above the legal limit', async () => {
  // No product lists such a value; what the law forbids is said first all the same.
  for (const faceFen of ['100100', '999999999999'])
    no(
      await http(seller, 'POST', '/v1/quotes', { sku: 'weihe-gift', faceFen }),
      422,
      'face_above_limit',
    );
  no(
    await http(seller, 'POST', '/v1/quotes', { sku: 'weihe-gift', faceFen: '12300' }),
    422,
    'face_not_accepted',
  );
});

test('a quote that is changed, that is of somebody else, that is used, that is old', async () => {
  const stranger = await house.seller();
  const quote = await quoteFor(seller);
  const { signature } = quote;
  const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
  no(await accept(seller, { ...quote, signature: flipped }), 422, 'quote_tampered');
  no(await accept(seller, { ...quote, signature: '' }), 422, 'quote_tampered');
  no(await accept(stranger, quote), 404, 'not_found');

  const rich = await quoteFor(seller);
  await pool.query(
    `update pricing.quote set doc = jsonb_set(doc, '{netFen}', '"9999999"') where id = $1`,
    [rich.quoteId],
  );
  no(await accept(seller, rich), 422, 'quote_tampered');

  const answers = await Promise.all(Array.from({ length: 10 }, () => accept(seller, quote)));
  assert.equal(answers.filter(({ status }) => status === 201).length, 1, 'one order');
  for (const answer of answers) if (answer.status !== 201) no(answer, 409, 'quote_used');
  no(await accept(seller, quote), 409, 'quote_used');

  const old = await quoteFor(seller);
  house.clock.advance(15 * MINUTE + 1_000);
  no(await accept(seller, old), 410, 'quote_expired');
});

test('a payout account in another name changes nothing', async () => {
  await house.prove(seller);
  const before = await http(seller, 'GET', '/v1/me/payout-account');
  const account = { bankCode: 'state', accountNumber: seller.accountNumber, accountName: '赵某某' };
  no(await http(seller, 'PUT', '/v1/me/payout-account', account), 422, 'payout_name_mismatch');
  assert.equal((await http(seller, 'GET', '/v1/me/payout-account')).text, before.text);
});

test('callbacks of the bank: forged, of long ago, repeated, about another order', async () => {
  const paid = await house.seller();
  const orders = [(await sell(paid)).order.id, (await sell(paid, { faceFen: 20_000n })).order.id];
  await settle();
  await house.control('psp', '/control/faults', { drop: true });
  await house.forward(chinaInstant('2026-11-24', 17.1));
  const sent = await pool.query<{ no: string; fen: string; id: string }>(
    `select a.out_no as no, a.amount_fen::text as fen, p.id from settlement.attempt a
     join settlement.payout p on p.id = a.payout_id where p.subject = any($1) order by p.amount_fen`,
    [orders],
  );
  const [small, large] = sent.rows;
  assert(small && large);
  const merchant = house.config.PSP_MERCHANT;
  const event = (outNo: string, amountFen: string, eventId: string) =>
    JSON.stringify({
      ...{ eventId, merchant, kind: 'transfer', outNo, status: 'failed', amountFen },
      ...{ reason: 'ACCOUNT_UNKNOWN', at: house.clock.now().toISOString() },
    });
  const bankKey = await keyOfTheBank();
  const tell = async (
    body: string,
    key: KeyObject = bankKey,
    ageMs = 0,
    headers?: Record<string, string>,
  ) => {
    const at = house.clock.now().getTime() - ageMs;
    const signed = signatureHeaders(key, merchant, { subject: 'POST /v1/psp/callback', at, body });
    return await http(undefined, 'POST', '/v1/psp/callback', body, {
      'content-type': 'application/json',
      ...(headers ?? signed),
    });
  };
  const body = event(small.no, small.fen, 'event-0001');
  no(await tell(body, bankKey, 0, {}), 401, 'callback_forged');
  no(await tell(body, generateKeyPairSync('ed25519').privateKey), 401, 'callback_forged');
  no(await tell(body, bankKey, 6 * MINUTE), 401, 'callback_forged');
  no(await tell(body.replace(merchant, 'other')), 401, 'callback_forged');
  no(await tell('[]'), 401, 'callback_forged');
  no(await tell(event('f'.repeat(32), small.fen, 'event-0002')), 404, 'callback_unknown');
  no(await tell(event(small.no, large.fen, 'event-0003')), 404, 'callback_unknown');
  const stateOf = async (id: string) =>
    (await pool.query<{ state: string }>('select state from settlement.payout where id = $1', [id]))
      .rows[0]?.state;
  await settle();
  const before = await stateOf(small.id);
  assert.notEqual(before, 'failed');

  for (let copy = 0; copy < 3; copy++) assert.equal((await tell(body)).status, 200);
  const events = `select count(*) from settlement.psp_event where event_id = 'event-0001'`;
  assert.equal(await count(events), 1, 'told three times, heard once');
  await house.control('psp', '/control/faults', { drop: false });
  await settle();
  assert.deepEqual(await reconcile(house.db), []);
});

/** The simulated bank writes its key down so that a test can speak in its name. */
async function keyOfTheBank(): Promise<KeyObject> {
  for (;;) {
    try {
      const { privateKeyPem } = JSON.parse(readFileSync(bankState, 'utf8')) as {
        privateKeyPem: string;
      };
      return createPrivateKey(privateKeyPem);
    } catch {
      await sleep(50);
    }
  }
}

test('photos: of 50 MB, of three billion pixels, and one that is a program', async () => {
  const scan = async (bytes: Uint8Array<ArrayBuffer>, type: string) => {
    const form = new FormData();
    form.set('photo', new Blob([bytes], { type }), 'photo');
    const started = performance.now();
    const reply = await fetch(`${house.url}/v1/scan?sku=weihe-gift`, {
      method: 'POST',
      headers: { cookie: seller.cookie },
      body: form,
    });
    assert(performance.now() - started < 15_000, 'and the no comes soon');
    return { status: reply.status, body: await reply.json() } as Answer;
  };
  const jpeg = new Uint8Array(50 * 1024 * 1024).fill(0xff);
  jpeg.set([0xff, 0xd8, 0xff]);
  const large = await scan(jpeg, 'image/jpeg');
  assert.deepEqual([large.status, large.body.code], [413, 'image_too_large']);
  const flood = await scan(pngOf(60_000, 50_000), 'image/png');
  assert.deepEqual([flood.status, flood.body.code], [413, 'image_too_large']);
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
  const program = await scan(new TextEncoder().encode(svg), 'image/png');
  assert.deepEqual([program.status, program.body.code], [415, 'image_not_supported']);
});

/** A few hundred bytes that say they unfold to so many pixels. */
function pngOf(width: number, height: number): Uint8Array<ArrayBuffer> {
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const start = Buffer.from('89504e470d0a1a0a', 'hex');
  const data = chunk('IDAT', deflateSync(Buffer.alloc(1_000)));
  return new Uint8Array(
    Buffer.concat([start, chunk('IHDR', header), data, chunk('IEND', Buffer.alloc(0))]),
  );
}

test('after all of this the books balance and nobody holds one card twice', async () => {
  await settle();
  assert.deepEqual(await reconcile(house.db), []);
  const twice = `select count(*) from (select card_id from cards.encumbrance where ended_at is null
    group by card_id having count(*) > 1) as twice`;
  assert.equal(await count(twice), 0);
  assert.deepEqual(
    house.logged.filter((line) => line.includes('unexpected error')),
    [],
  );
});
