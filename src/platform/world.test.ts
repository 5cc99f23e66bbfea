// Goal: a stranger's reply that never ends costs a bounded number of bytes, and one within its limit arrives whole.
// Method: a real HTTP server that writes until the line is closed, and counts what it could send.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { callWorld } from './world.ts';

const CHUNK = '回'.repeat(20_000);

test('what is too long is not read to its end; signs cut by a chunk arrive whole', async (t) => {
  let sent = 0;
  const closed = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    if (request.url === '/short') return response.end(CHUNK.repeat(10));
    response.on('close', closed.resolve);
    for (; !response.destroyed && sent < 200_000_000; sent += CHUNK.length * 3)
      if (!response.write(CHUNK)) await Promise.race([once(response, 'drain'), closed.promise]);
    return response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = { method: 'GET', timeoutMs: 20_000 };
  await assert.rejects(callWorld(`${url}/endless`, ask), { code: 'reply_too_large' });
  await closed.promise;
  assert(sent < 40_000_000, `${sent} bytes were sent for a limit of 4,000,000`);
  assert.equal((await callWorld(`${url}/short`, ask)).body, CHUNK.repeat(10));
  const exact = { ...ask, replyBytesMax: 600_000 };
  assert.equal((await callWorld(`${url}/short`, exact)).body.length, 200_000);
  const tight = { ...ask, replyBytesMax: 599_999 };
  await assert.rejects(callWorld(`${url}/short`, tight), { code: 'reply_too_large' });
});
