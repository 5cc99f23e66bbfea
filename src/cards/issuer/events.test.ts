// Goal: of an issuer that signs what it tells, only words under its own Ed25519 key are believed, whoever knows the gateway's.
// Method: the whole house over HTTP with a key made here; every request has a good authentication of the gateway, and one
//   thing wrong with the issuer's own signature; the table of events says what was kept.
import assert from 'node:assert/strict';
import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import { openTestHouse } from '#test/house.ts';

const ISSUER = 'weihe';
const SKU = 'weihe-gift';
const pair = () => generateKeyPairSync('ed25519');
const signed = (facts: string, key: KeyObject): string =>
  sign(null, Buffer.from(facts), key).toString('base64');

test('an event counts under the key of its issuer, and under no other, nor for other words', async (t) => {
  const [own, stranger] = [pair(), pair()];
  const ISSUER_PUBLIC_KEY = own.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const house = await openTestHouse(t, { config: { ISSUER_PUBLIC_KEY } });
  const factsOf = (eventId: string, what = 'used') =>
    JSON.stringify({ eventId, issuer: ISSUER, what, sku: SKU, number: '6000000000000001' });
  const send = async (facts: string, signature?: string) => {
    const body = JSON.stringify({ facts, ...(signature !== undefined && { signature }) });
    const path = `/v1/issuers/${ISSUER}/events`;
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const digest = createHash('sha256').update(body).digest('hex');
    const mac = createHmac('sha256', house.config.ISSUER_SECRET);
    mac.update(`${timestamp}\nPOST\n${path}\n${digest}`);
    const headers = { 'x-timestamp': timestamp, 'x-signature': mac.digest('hex') };
    return (await fetch(house.url + path, { method: 'POST', headers, body })).status;
  };
  const kept = async (): Promise<string[]> => {
    const said = 'select event_id from cards.issuer_event order by event_id';
    const { rows } = await house.pool.query<{ event_id: string }>(said);
    return rows.map((row) => row.event_id);
  };
  const facts = factsOf('event-bad-1');
  const own64 = signed(facts, own.privateKey);
  assert.equal(await send(facts), 401, 'no signature');
  assert.equal(await send(facts, ''), 401, 'an empty one');
  assert.equal(await send(facts, 'not base64!'), 401, 'no signature at all');
  assert.equal(await send(facts, signed(facts, stranger.privateKey)), 401, 'another key');
  assert.equal(await send(factsOf('event-bad-1', 'stolen'), own64), 401, 'altered facts');
  assert.equal(await send(`${facts} `, own64), 401, 'the same facts in other bytes');
  assert.equal(await send(factsOf('event-bad-2'), own64), 401, 'the signature of another event');
  assert.deepEqual(await kept(), []);
  const good = factsOf('event-good-1');
  assert.equal(await send(good, signed(good, own.privateKey)), 200);
  assert.deepEqual(await kept(), ['event-good-1']);
});
