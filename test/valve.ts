/** A server between two others that stops at a wanted request or answer, so that a test can act at that very moment. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One of the two is there: `request` before it is passed on, `answer` before it is given back. */
export interface Passing {
  readonly path: string;
  readonly request: string;
  readonly answer: string | undefined;
}
export interface Valve {
  readonly url: string;
  /** Resolves when something that `is` it has come; that one goes no further, and its line is cut. */
  stopAt(is: (passing: Passing) => boolean): Promise<void>;
}

export async function openValve(
  t: { after(work: () => Promise<void>): void },
  target: string,
): Promise<Valve> {
  let wanted: { is: (passing: Passing) => boolean; caught: () => void } | undefined;
  const stops = (passing: Passing): boolean => {
    if (!wanted?.is(passing)) return false;
    const { caught } = wanted;
    wanted = undefined;
    caught();
    return true;
  };
  /** The line stays open until its other end dies: a cut one would be noticed and answered by that end. */
  const server = createServer(async (incoming, outgoing) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const [path, request] = [incoming.url ?? '/', Buffer.concat(parts).toString('utf8')];
    if (stops({ path, request, answer: undefined })) return;
    const { host: _, connection: __, 'content-length': ___, ...headers } = incoming.headers;
    const reply = await fetch(`${target}${path}`, {
      method: incoming.method ?? 'POST',
      headers: headers as Record<string, string>,
      ...(request !== '' && { body: request }),
    });
    const answer = await reply.text();
    if (stops({ path, request, answer })) return;
    give(outgoing, reply, answer);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(async () => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stopAt: async (is) =>
      await new Promise((caught) => {
        wanted = { is, caught };
      }),
  };
}

function give(outgoing: ServerResponse, reply: Response, answer: string): void {
  for (const name of ['content-type', 'x-signature', 'retry-after']) {
    const value = reply.headers.get(name);
    if (value !== null) outgoing.setHeader(name, value);
  }
  outgoing.writeHead(reply.status);
  outgoing.end(answer);
}
