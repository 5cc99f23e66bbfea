/**
 * A thousand readers of one stream, in a process of their own: plain sockets, so that what is measured is the house and
 * not a client. Told by its parent where to connect and when something was said; answers when the last has heard it.
 */
import { connect, type Socket } from 'node:net';

export type Order =
  | { readonly do: 'connect'; readonly port: number; readonly path: string; readonly count: number }
  | { readonly do: 'hear'; readonly waitMs: number }
  | { readonly do: 'leave' };
export type Heard =
  | { readonly ready: number }
  /** Nanoseconds of the monotonic clock, which all processes share, at which each reader had the whole frame. */
  | { readonly at: readonly string[] };

const BATCH = 100;
const END = Buffer.from('\n\n');
const sockets: Socket[] = [];
let heard: bigint[] = [];
let wake: (() => void) | undefined;

process.on('message', (order: Order) => {
  if (order.do === 'connect') void open(order);
  else if (order.do === 'hear') void hear(order.waitMs);
  else leave();
});

async function open({ port, path, count }: Extract<Order, { do: 'connect' }>): Promise<void> {
  for (let done = 0; done < count; done += BATCH)
    await Promise.all(Array.from({ length: BATCH }, () => reader(port, path)));
  heard = [];
  process.send?.({ ready: sockets.length } satisfies Heard);
}

/** Resolves with the first frame; an empty path is the peer, which speaks no HTTP. */
async function reader(port: number, path: string): Promise<void> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  sockets.push(socket);
  await new Promise<void>((first, failed) => {
    socket.on('error', failed);
    socket.on('data', (chunk: Buffer) => {
      // A heartbeat begins with a colon and is no news.
      if (!chunk.includes(END) || !chunk.includes('data: ')) return;
      heard.push(process.hrtime.bigint());
      first();
      if (heard.length >= sockets.length) wake?.();
    });
    if (path) socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
  });
}

async function hear(waitMs: number): Promise<void> {
  if (heard.length < sockets.length)
    await new Promise<void>((done) => {
      const timer = setTimeout(done, waitMs);
      wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  wake = undefined;
  const at = heard.map(String);
  heard = [];
  process.send?.({ at } satisfies Heard);
}

function leave(): void {
  for (const socket of sockets.splice(0)) socket.destroy();
  heard = [];
  process.send?.({ ready: 0 } satisfies Heard);
}
