/** Stand-in for a real-name provider: compares a name with an identity number by a rule anybody can foresee. */
import { setTimeout as sleep } from 'node:timers/promises';
import fastify, { type FastifyInstance } from 'fastify';

export interface Simulator {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

interface Mode {
  /** Answer 503 and decide nothing. */
  outage: boolean;
  /** Decide, then cut the line without an answer, this many times. */
  timeoutsAfterCommit: number;
  /** Wait before each answer. */
  delayMs: number;
}
interface Check {
  readonly requestNo: string;
  readonly result: 'match' | 'mismatch';
  readonly digest: string;
}
interface State {
  checks: Map<string, Check>;
  mode: Mode;
  /** Checks that were decided, each of which a real provider would charge for. */
  decided: number;
}
const calm = (): Mode => ({ outage: false, timeoutsAfterCommit: 0, delayMs: 0 });

/** Port 0 picks a free one. Names with 假 in them mismatch, all others match; `/control/mode` steers the faults. */
export async function startRealNameSimulator(options: { port: number }): Promise<Simulator> {
  const app = fastify({ forceCloseConnections: true, bodyLimit: 16 * 1024 });
  const state: State = { checks: new Map(), mode: calm(), decided: 0 };
  provider(app, state);
  control(app, state);
  const url = await app.listen({ port: options.port, host: '127.0.0.1' });
  return { url, port: Number(new URL(url).port), close: () => app.close() };
}

function provider(app: FastifyInstance, state: State): void {
  app.post('/check', async (request, reply) => {
    const { requestNo, name, idNumber } = (request.body ?? {}) as Record<string, unknown>;
    if (state.mode.delayMs > 0) await sleep(state.mode.delayMs);
    if (state.mode.outage) return reply.code(503).send({ error: 'outage' });
    if (!isText(requestNo) || !isText(name) || !isText(idNumber))
      return reply.code(400).send({ error: 'bad_request' });
    const digest = `${name}|${idNumber}`;
    const known = state.checks.get(requestNo);
    if (known && known.digest !== digest)
      return reply.code(409).send({ error: 'request_no_reused' });
    const result = name.includes('假') ? 'mismatch' : 'match';
    if (!known) {
      state.checks.set(requestNo, { requestNo, result, digest });
      state.decided++;
    }
    if (state.mode.timeoutsAfterCommit > 0) {
      state.mode.timeoutsAfterCommit--;
      request.raw.socket.destroy();
      return reply.hijack();
    }
    return { requestNo, result };
  });
  app.get('/check/:requestNo', async (request, reply) => {
    const { requestNo } = request.params as { requestNo: string };
    if (state.mode.outage) return reply.code(503).send({ error: 'outage' });
    const check = state.checks.get(requestNo);
    if (!check) return reply.code(404).send({ error: 'unknown' });
    return { requestNo, result: check.result };
  });
  app.get('/', async () => ({ service: 'real-name simulator', decided: state.decided }));
}

function control(app: FastifyInstance, state: State): void {
  app.post('/control/mode', async (request) => {
    state.mode = { ...calm(), ...(request.body as Partial<Mode>) };
    return state.mode;
  });
  app.post('/control/reset', async () => {
    state.checks.clear();
    state.mode = calm();
    state.decided = 0;
    return { ok: true };
  });
  app.get('/control/state', async () => ({ decided: state.decided, mode: state.mode }));
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 200;
