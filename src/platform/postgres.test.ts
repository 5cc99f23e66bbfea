/**
 * Goal: a server that stops and starts again finds its port free.
 * Method: ports are asked for, some are taken in between; their range is compared with the kernel's own.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import test from 'node:test';
import { freePort } from './postgres.ts';

test('a port asked for is below those the kernel lends to clients, is free, and is not told twice', async (t) => {
  const first = await freePort();
  const taken = createServer().listen(first + 1, '127.0.0.1');
  t.after(() => taken.close());
  await new Promise((done) => taken.once('listening', done));
  const ports = [first];
  for (let asked = 1; asked < 50; asked += 1) ports.push(await freePort());
  assert(!ports.includes(first + 1), 'one that is taken is left out');
  assert.equal(new Set(ports).size, 50);
  for (const port of ports) assert(port >= 10_000 && port < 32_768, String(port));
});
