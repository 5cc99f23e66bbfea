// Goal: watchers of one thing are told of each change, soon and once, by one look for all of them; a "no" stays a "no".
// Method: a real server and real sockets; the topic is rung by hand, and looks are counted and held back.
import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Live } from './live.ts';
import { broadcast, stream } from './stream.ts';

function bell(): Live & { ring(): void; listeners(): number } {
  const hearers = new Set<() => void>();
  return {
    subscribe: (_topic, hear) => {
      hearers.add(hear);
      return () => void hearers.delete(hear);
    },
    close: async () => undefined,
    ring: () => {
      for (const hear of [...hearers]) hear();
    },
    listeners: () => hearers.size,
  };
}

async function serve(
  t: { after(work: () => Promise<void>): void },
  route: (request: FastifyRequest, reply: FastifyReply) => Promise<void>,
) {
  const app = fastify({ forceCloseConnections: true });
  app.get('/events', route);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  t.after(async () => void (await app.close()));
  const watch = async (): Promise<{ heard: string[]; leave: () => void; status: number }> => {
    const heard: string[] = [];
    const reply = await new Promise<IncomingMessage>((resolve) => get(`${url}/events`, resolve));
    let text = '';
    reply
      .on('error', () => undefined)
      .on('data', (chunk) => {
        text += String(chunk);
        heard.splice(
          0,
          heard.length,
          ...[...text.matchAll(/^data: (.*)$/gm)].map(([, one]) => one ?? ''),
        );
      });
    return { heard, leave: () => reply.destroy(), status: reply.statusCode ?? 0 };
  };
  return { watch };
}

async function until(is: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 5_000; !is(); await sleep(5))
    assert(Date.now() < end, `${what} did not come`);
}

test('a change is looked at once for a hundred watchers, and each is told once', async (t) => {
  const live = bell();
  const state = { value: 1, looks: 0 };
  const { watch } = await serve(t, async (request, reply) =>
    broadcast({
      ...{ request, reply, live, topic: 'a' },
      look: async () => {
        state.looks++;
        return state.value;
      },
    }),
  );
  const watchers = await Promise.all(Array.from({ length: 100 }, () => watch()));
  await until(() => watchers.every(({ heard }) => heard.at(-1) === '1'), 'the first view');
  assert.equal(live.listeners(), 1);
  const before = state.looks;
  state.value = 2;
  live.ring();
  await until(() => watchers.every(({ heard }) => heard.at(-1) === '2'), 'the change');
  live.ring();
  await sleep(50);
  assert(state.looks - before <= 4, `${state.looks - before} looks`);
  assert(
    watchers.every(({ heard }) => heard.join() === '1,2'),
    'nothing twice',
  );
  const late = await watch();
  await until(() => late.heard.join() === '2', 'the view of who comes later');
  for (const { leave } of [...watchers, late]) leave();
  await until(() => live.listeners() === 0, 'the end of listening');
});

test('what changes while it is being looked at is looked at again', async (t) => {
  const live = bell();
  const state = { value: 1 };
  let goOn: () => void = () => undefined;
  let isHeld = false;
  const { watch } = await serve(t, async (request, reply) =>
    broadcast({
      ...{ request, reply, live, topic: 'a' },
      look: async () => {
        const seen = state.value;
        if (isHeld)
          await new Promise<void>((go) => {
            goOn = go;
          });
        return seen;
      },
    }),
  );
  const { heard } = await watch();
  await until(() => heard.join() === '1', 'the first view');
  isHeld = true;
  state.value = 2;
  live.ring();
  await sleep(20);
  state.value = 3;
  live.ring();
  isHeld = false;
  goOn();
  await until(() => heard.at(-1) === '3', 'the last change');
});

test('one person’s stream is looked at for them alone; a view that may not be seen is no stream', async (t) => {
  const live = bell();
  let isAllowed = true;
  let looks = 0;
  const { watch } = await serve(t, async (request, reply) =>
    stream(request, reply, live, 'a', async () => {
      if (!isAllowed) throw new Error('no');
      return ++looks;
    }),
  );
  const [one, two] = [await watch(), await watch()];
  await until(() => one.heard.length === 1 && two.heard.length === 1, 'both views');
  assert.notEqual(one.heard[0], two.heard[0]);
  isAllowed = false;
  assert.equal((await watch()).status, 500);
  live.ring();
  await until(() => live.listeners() === 0, 'the end of streams that may not go on');
});
