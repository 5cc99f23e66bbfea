/** A wire to the server that can lose the answer: the server has committed, the client never hears of it. */
import { connect, createServer, type Socket } from 'node:net';

/** ReadyForQuery with status idle: the last bytes of an answer after which no transaction is open. */
const IDLE = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

export interface Proxy {
  readonly port: number;
  /** How many answers were lost so far. */
  readonly lost: number;
  close(): Promise<void>;
}

/** Asks `loses` once for each answer that ends a transaction (never for the greeting); then loses it and cuts the line. */
export async function openProxy(port: number, loses: () => boolean): Promise<Proxy> {
  let lost = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      open.add(socket);
      socket.on('close', () => {
        open.delete(socket);
        cut();
      });
      socket.on('error', cut);
    }
    let greeted = false;
    let losing = false;
    let tail = Buffer.alloc(0);
    client.on('data', (chunk) => {
      if (greeted) losing ||= loses();
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      tail = Buffer.concat([tail, chunk.subarray(-IDLE.length)]).subarray(-IDLE.length);
      const isEnd = tail.equals(IDLE);
      if (!losing) client.write(chunk);
      else if (isEnd) {
        lost++;
        cut();
      }
      greeted ||= isEnd;
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    get lost() {
      return lost;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
