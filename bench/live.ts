/**
 * How soon do a thousand watchers of one auction see a bid? The whole house over loopback, its PostgreSQL, and the
 * watchers in a process of their own; beside it, in the same run, a bare TCP server that writes the same bytes to as
 * many sockets. Counted from before the bid is sent until a watcher has the whole frame, so that the bid itself, durable
 * and with its bond held, is in it. `node bench/live.ts [watchers] [bids]` prints a table, then JSON.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HOUR, MINUTE, plus } from '#platform';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { makeTemplate } from '#test/setup.ts';
import { fill, smallShops } from '#test/shops.ts';
import { startPostgres } from '../src/platform/postgres.ts';
import type { Heard, Order } from './live/watchers.ts';

const WATCHERS = Number(process.argv[2] ?? 1_000);
const BIDS = Number(process.argv[3] ?? 40);
const PAUSE_MS = 150;
const WAIT_MS = 10_000;
const GOAL_MS = 300;

const directory = join(tmpdir(), `huiquan-bench-live-${process.pid}`);
// Durable: a watcher sees a bid only after it is safe on the disk.
const server = await startPostgres({ directory, durable: true });
const closing: (() => Promise<void>)[] = [
  async () => rmSync(directory, { recursive: true, force: true }),
  () => server.stop(),
];
const after = { after: (work: () => Promise<void>) => void closing.push(work) };
try {
  await makeTemplate(server.url);
  process.env['HUIQUAN_TEST_PG'] = server.url;
  const shops = smallShops();
  const house = await openTestHouse(after, { recyclers: shops.recyclers });
  const rivals: { id: string; boss: Person }[] = [];
  for (const name of ['甲', '乙']) {
    const boss = await house.seller();
    const id = shops.admit(name, boss);
    await fill(house, id, 100_000_000n);
    rivals.push({ id, boss });
  }
  const auctionId = await openAuction(house);
  const watchers = fork(join(import.meta.dirname, 'live/watchers.ts'));
  closing.push(async () => void watchers.kill());

  const began = performance.now();
  const path = `/v1/auctions/${auctionId}/events`;
  await tell(watchers, { do: 'connect', port: portOf(house.url), path, count: WATCHERS });
  const connectMs = performance.now() - began;
  const bids = await rounds(watchers, async (turn) => {
    const { id, boss } = rivals[turn % 2] as (typeof rivals)[number];
    const maxFen = String(1_000 + turn * 100);
    const address = `${house.url}/v1/recyclers/${id}/auctions/${auctionId}/bid`;
    const reply = await fetch(address, {
      method: 'POST',
      headers: { cookie: boss.cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ maxFen }),
    });
    assert.equal(reply.status, 200, await reply.text());
  });
  const view = await (await fetch(`${house.url}/v1/auctions/${auctionId}`)).text();
  await tell(watchers, { do: 'leave' });

  const peer = await plainFanOut(Buffer.from(`data: ${view}\n\n`));
  await tell(watchers, { do: 'connect', port: peer.port, path: '', count: WATCHERS });
  const plain = await rounds(watchers, async () => peer.say());
  await tell(watchers, { do: 'leave' });

  report({ bids, plain, connectMs, frameBytes: Buffer.byteLength(view) + 8 });
} finally {
  for (const close of closing.reverse()) await close();
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

async function openAuction({ http, card, clock, settle, forward, seller }: TestHouse) {
  const person = await seller();
  const { number, pin } = card('weihe-gift');
  const now = clock.now();
  const made = await http(person, 'POST', '/v1/auctions', {
    ...{ kind: 'english', sku: 'weihe-gift', faceFen: '10000', reserveFen: '1000', number, pin },
    ...{ opensAt: plus(now, MINUTE), closesAt: plus(now, 12 * HOUR) },
  });
  assert.equal(made.status, 201, made.text);
  await settle();
  await forward(MINUTE);
  return made.body.id;
}

async function tell(child: ChildProcess, order: Order): Promise<Heard> {
  const answer = once(child, 'message');
  child.send(order);
  const [heard] = await answer;
  return heard as Heard;
}

/** Milliseconds from before it was said until each watcher had it. */
async function rounds(
  child: ChildProcess,
  say: (turn: number) => Promise<void>,
): Promise<number[]> {
  const all: number[] = [];
  for (let turn = 1; turn <= BIDS; turn++) {
    await sleep(PAUSE_MS);
    const said = process.hrtime.bigint();
    await say(turn);
    const heard = await tell(child, { do: 'hear', waitMs: WAIT_MS });
    assert('at' in heard);
    assert.equal(heard.at.length, WATCHERS, `everybody hears of ${turn}, once`);
    all.push(...heard.at.map((at) => Number(BigInt(at) - said) / 1e6));
  }
  return all.sort((a, b) => a - b);
}

/** The least that anybody could do: the same bytes, written to each socket by a bare server. */
async function plainFanOut(frame: Buffer): Promise<{ port: number; say: () => void }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.write(frame);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => void server.close());
  const { port } = server.address() as { port: number };
  return {
    port,
    say: () => {
      for (const socket of sockets) socket.write(frame);
    },
  };
}

interface Measured {
  bids: number[];
  plain: number[];
  connectMs: number;
  frameBytes: number;
}

function report({ bids, plain, connectMs, frameBytes }: Measured): void {
  const part = (of: number[], share: number): number =>
    Math.round((of[Math.min(of.length - 1, Math.floor(of.length * share))] ?? 0) * 10) / 10;
  const row = (of: number[]) => ({
    ...{ 'p50 ms': part(of, 0.5), 'p99 ms': part(of, 0.99), 'most ms': part(of, 1) },
  });
  console.table({ 'a bid, seen by its watchers': row(bids), 'bare TCP, same bytes': row(plain) });
  const result = {
    ...{ node: process.version, cpus: cpus().length, watchers: WATCHERS, bids: BIDS, frameBytes },
    ...{ connectMs: Math.round(connectMs), bid: row(bids), plain: row(plain) },
    ratioP99: Math.round((part(bids, 0.99) / part(plain, 0.99)) * 10) / 10,
    goalMs: GOAL_MS,
    isMet: part(bids, 0.99) <= GOAL_MS,
  };
  console.log(JSON.stringify(result));
}
