// Goal: the code of docs/webhooks.md verifies what we send and refuses the rest, and the page names every event.
// Method: the code block is written to a file and run as it is, on messages of a real house.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openTestHouse } from '#test/house.ts';
import { addHook, openReceiver } from '#test/receiver.ts';
import { openShop, topUpShop } from '#test/recyclers.ts';
import { TEST_EVENT } from './domain.ts';
import { EVENTS } from './events.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/webhooks.md'), 'utf8');

test('the page names every event', () => {
  for (const type of [...EVENTS, TEST_EVENT]) assert(page.includes(`\`${type}\``), type);
});

test('the example of the page does what it says', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'huiquan-page-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const code = /```ts\n([\s\S]*?)```/.exec(page)?.[1];
  assert(code);
  const file = join(folder, 'verify.ts');
  writeFileSync(file, code);
  const { verified } = await import(pathToFileURL(file).href);

  const house = await openTestHouse(t, { config: { WEBHOOK_LOOPBACK: true } });
  const owner = await house.seller();
  const shop = await openShop(house, owner);
  const receiver = await openReceiver(t);
  const { secret } = await addHook(house, owner, shop, { url: receiver.url, signsV1a: true });
  await topUpShop(house, owner, shop, { amountFen: '123400' });
  const [got] = receiver.received;
  assert(got);
  const now = house.clock.now().getTime();
  assert.deepEqual(verified(got.headers, got.body, { secret, now }).data, { amountFen: '123400' });
  const no = (headers: object, body: string, how: object) =>
    assert.throws(() => verified({ ...got.headers, ...headers }, body, { secret, now, ...how }));
  no({}, got.body.replace('123400', '923400'), {});
  no({}, got.body, { secret: `whsec_${Buffer.alloc(32).toString('base64')}` });
  no({}, got.body, { now: now + 301_000 });
  no({ 'webhook-id': 'another' }, got.body, {});
  no({ 'webhook-timestamp': undefined }, got.body, {});
  no({ 'webhook-signature': 'v1,AAAA v1' }, got.body, {});
});
