/** Stand-in for a text-message gateway: takes messages over HTTP and shows them on a page that looks like a phone. */
import fastify, { type FastifyInstance } from 'fastify';
import { phonePage } from './page.ts';

export interface SmsMessage {
  readonly requestNo: string;
  readonly to: string;
  readonly text: string;
  readonly at: string;
}

export interface Simulator {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

interface Mode {
  /** Answer 503 and take nothing. */
  outage: boolean;
  /** Take the message, then cut the line without an answer. */
  dropAnswers: number;
}

const MESSAGES_MAX = 2_000;

/** Port 0 picks a free one. Everything is in memory; `/control/mode` and `/control/reset` steer it. */
export async function startSmsSimulator(options: {
  port: number;
  now?: () => Date;
}): Promise<Simulator> {
  const app = fastify({ forceCloseConnections: true, bodyLimit: 16 * 1024 });
  const state = { messages: new Map<string, SmsMessage>(), mode: calm() };
  gateway(app, state, options.now ?? (() => new Date()));
  control(app, state);
  const url = await app.listen({ port: options.port, host: '127.0.0.1' });
  return { url, port: Number(new URL(url).port), close: () => app.close() };
}

interface State {
  messages: Map<string, SmsMessage>;
  mode: Mode;
}
const calm = (): Mode => ({ outage: false, dropAnswers: 0 });

function gateway(app: FastifyInstance, state: State, now: () => Date): void {
  app.post('/send', async (request, reply) => {
    const letter = request.body as Partial<SmsMessage> | null;
    const { requestNo, to, text } = letter ?? {};
    if (state.mode.outage) return reply.code(503).send({ error: 'outage' });
    if (!isText(requestNo) || !isText(text) || !isText(to) || !/^1[3-9]\d{9}$/.test(to))
      return reply.code(400).send({ error: 'bad_message' });
    const known = state.messages.get(requestNo);
    if (known && (known.to !== to || known.text !== text))
      return reply.code(409).send({ error: 'request_no_reused' });
    if (!known) {
      const oldest = state.messages.keys().next().value;
      if (state.messages.size >= MESSAGES_MAX && oldest !== undefined)
        state.messages.delete(oldest);
      state.messages.set(requestNo, { requestNo, to, text, at: now().toISOString() });
    }
    if (state.mode.dropAnswers > 0) {
      state.mode.dropAnswers--;
      request.raw.socket.destroy();
      return reply.hijack();
    }
    return { state: 'accepted' };
  });
  app.get('/messages', async (request) => {
    const { to } = request.query as { to?: string };
    return { items: latest(state, to, 200) };
  });
  app.get('/', async (request, reply) => {
    const { to } = request.query as { to?: string };
    return reply.type('text/html; charset=utf-8').send(phonePage(latest(state, to, 50), to));
  });
}

function control(app: FastifyInstance, state: State): void {
  app.post('/control/mode', async (request) => {
    state.mode = { ...calm(), ...(request.body as Partial<Mode>) };
    return state.mode;
  });
  app.post('/control/reset', async () => {
    state.messages.clear();
    state.mode = calm();
    return { ok: true };
  });
}

/** Newest first. */
const latest = (state: State, to: string | undefined, count: number): SmsMessage[] =>
  [...state.messages.values()]
    .filter((message) => to === undefined || to === '' || message.to === to)
    .reverse()
    .slice(0, count);

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 500;
