/** A recycler's own server: takes webhooks over real HTTP and checks them by the specification, with none of our code. */
import assert from 'node:assert/strict';
import { createHmac, createPublicKey, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Person, TestHouse } from '#test/house.ts';

export interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** Connections that were opened at all. */
  connections(): number;
  /** What it answers from now on. */
  answer(how: (response: ServerResponse, request: Received) => void): void;
}

export async function openReceiver(t: {
  after(work: () => Promise<void>): void;
}): Promise<Receiver> {
  const received: Received[] = [];
  let connections = 0;
  let how = (response: ServerResponse, _request: Received): void => void response.end('ok');
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const one = { headers: request.headers, body };
      received.push(one);
      how(response, one);
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  const { port } = server.address() as AddressInfo;
  return {
    ...{ port, received, url: `http://127.0.0.1:${port}/hooks` },
    connections: () => connections,
    answer: (next) => {
      how = next;
    },
  };
}

/** Which of the signatures are good; each is looked at by itself, as the specification has it. */
export function goodSignatures(
  { headers, body }: Received,
  by: { secret: string } | { publicKey: string },
): number {
  const [id, timestamp, list] = ['id', 'timestamp', 'signature'].map(
    (name) => headers[`webhook-${name}`],
  );
  assert(typeof id === 'string' && typeof timestamp === 'string' && typeof list === 'string');
  const content = Buffer.from(`${id}.${timestamp}.${body}`);
  return list.split(' ').filter((one) => {
    const [version, text = ''] = one.split(',');
    const signature = Buffer.from(text, 'base64');
    if ('secret' in by) {
      assert(by.secret.startsWith('whsec_'));
      const key = Buffer.from(by.secret.slice(6), 'base64');
      return (
        version === 'v1' && createHmac('sha256', key).update(content).digest().equals(signature)
      );
    }
    assert(by.publicKey.startsWith('whpk_'));
    // RFC 8410: what stands before the 32 bytes of an Ed25519 key.
    const der = Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      Buffer.from(by.publicKey.slice(5), 'base64'),
    ]);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return version === 'v1a' && verify(null, content, key, signature);
  }).length;
}

export interface Hook {
  readonly id: string;
  readonly secret: string;
}

/** An endpoint of the shop, by its owner, who proves themselves for it. */
export async function addHook(
  house: TestHouse,
  owner: Person,
  shop: string,
  wish: { url: string; events?: string[]; signsV1a?: boolean },
): Promise<Hook> {
  await house.prove(owner);
  const made = await house.http<{ secret: string; webhook: { id: string } }>(
    ...([owner, 'POST', `/v1/recyclers/${shop}/webhooks`] as const),
    { events: ['wallet.topped_up'], signsV1a: false, ...wish },
  );
  assert.equal(made.status, 201, made.text);
  return { id: made.body.webhook.id, secret: made.body.secret };
}
