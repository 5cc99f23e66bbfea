/** Stand-in for public registers: a name against an identity number, and which charities may raise money. */
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
/** What the register of charities knows; without a licence it may not raise money from the public. */
interface Charity {
  creditCode: string;
  name: string;
  licenceNo?: string;
  validUntil?: string;
}
/** Codes with a right check character; the names say what they are. */
const CHARITIES: readonly Charity[] = [
  {
    creditCode: '531000005000000014',
    name: '模拟助学基金会',
    licenceNo: '530100001',
    validUntil: '2029-06-30',
  },
  {
    creditCode: '53440000500000002U',
    name: '模拟乡村图书馆基金会',
    licenceNo: '530100002',
    validUntil: '2028-12-31',
  },
  {
    creditCode: '533300005000000034',
    name: '模拟河流保护协会',
    licenceNo: '530100003',
    validUntil: '2026-01-31',
  },
  { creditCode: '53110000500000004H', name: '模拟同乡互助会' },
];
const byCode = () => new Map(CHARITIES.map((one) => [one.creditCode, { ...one }]));

interface State {
  charities: Map<string, Charity>;
  checks: Map<string, Check>;
  mode: Mode;
  /** Checks that were decided, each of which a real provider would charge for. */
  decided: number;
}
const calm = (): Mode => ({ outage: false, timeoutsAfterCommit: 0, delayMs: 0 });

/** Port 0 picks a free one. Names with 假 in them mismatch, all others match; `/control/mode` steers the faults. */
export async function startRealNameSimulator(options: { port: number }): Promise<Simulator> {
  const app = fastify({ forceCloseConnections: true, bodyLimit: 16 * 1024 });
  const state: State = { charities: byCode(), checks: new Map(), mode: calm(), decided: 0 };
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
  app.get('/charities/:creditCode', async (request, reply) => {
    const { creditCode } = request.params as { creditCode: string };
    if (state.mode.delayMs > 0) await sleep(state.mode.delayMs);
    if (state.mode.outage) return reply.code(503).send({ error: 'outage' });
    const charity = state.charities.get(creditCode);
    return charity ?? reply.code(404).send({ error: 'unknown' });
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
    state.charities = byCode();
    state.mode = calm();
    state.decided = 0;
    return { ok: true };
  });
  /** {creditCode, name, licenceNo?, validUntil?}: enters a charity, or changes its entry. */
  app.post('/control/charities', async (request) => {
    const charity = request.body as Charity;
    state.charities.set(charity.creditCode, charity);
    return charity;
  });
  app.get('/control/state', async () => ({ decided: state.decided, mode: state.mode }));
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 200;
