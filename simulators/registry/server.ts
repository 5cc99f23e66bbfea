/** Stand-in for the public register of companies and shops: is this licence real, and do name and legal person fit. */
import { setTimeout as sleep } from 'node:timers/promises';
import fastify, { type FastifyInstance } from 'fastify';
import { watchLists } from './watch.ts';

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
  /** Answer with something that is no answer of ours. */
  nonsense: boolean;
  /** Wait before each answer. */
  delayMs: number;
}
interface Licence {
  creditCode: string;
  name: string;
  legalPerson: string;
  status: 'valid' | 'revoked' | 'expired';
  address?: string;
  validUntil?: string;
}
type Result = 'match' | 'unknown' | 'name_mismatch' | 'person_mismatch' | 'revoked' | 'expired';
interface Check {
  readonly digest: string;
  readonly answer: { requestNo: string; result: Result; address?: string; validUntil?: string };
}
interface State {
  /** What was entered by `/control/licences`; all other codes are known by the words in the asked name. */
  licences: Map<string, Licence>;
  checks: Map<string, Check>;
  mode: Mode;
  /** Checks that were decided, each of which a real register would charge for. */
  decided: number;
}
const calm = (): Mode => ({
  ...{ outage: false, timeoutsAfterCommit: 0, nonsense: false, delayMs: 0 },
});
const ADDRESS = '模拟市示范区测试路 1 号';

/**
 * Port 0 picks a free one. A name with 查无, 假, 吊销 or 过期 in it is unknown, differs, is revoked or expired, and a
 * legal person with 假 differs; all others match. `/control/licences` enters one, `/control/mode` steers the faults.
 */
export async function startRegistrySimulator(options: { port: number }): Promise<Simulator> {
  const app = fastify({ forceCloseConnections: true, bodyLimit: 16 * 1024 });
  const state: State = { licences: new Map(), checks: new Map(), mode: calm(), decided: 0 };
  register(app, state);
  control(app, state);
  watchLists(app);
  const url = await app.listen({ port: options.port, host: '127.0.0.1' });
  return { url, port: Number(new URL(url).port), close: () => app.close() };
}

function register(app: FastifyInstance, state: State): void {
  app.post('/checks', async (request, reply) => {
    const { requestNo, creditCode, name, legalPerson } = (request.body ?? {}) as Record<
      string,
      unknown
    >;
    if (state.mode.delayMs > 0) await sleep(state.mode.delayMs);
    if (state.mode.outage) return reply.code(503).send({ error: 'outage' });
    if (state.mode.nonsense) return reply.send({ hello: 'world' });
    if (!isText(requestNo) || !isText(creditCode) || !isText(name) || !isText(legalPerson))
      return reply.code(400).send({ error: 'bad_request' });
    const digest = [creditCode, name, legalPerson].join('|');
    const known = state.checks.get(requestNo);
    if (known && known.digest !== digest)
      return reply.code(409).send({ error: 'request_no_reused' });
    const answer = known?.answer ?? {
      requestNo,
      ...judge(state, { creditCode, name, legalPerson }),
    };
    if (!known) {
      state.checks.set(requestNo, { digest, answer });
      state.decided++;
    }
    if (state.mode.timeoutsAfterCommit > 0) {
      state.mode.timeoutsAfterCommit--;
      request.raw.socket.destroy();
      return reply.hijack();
    }
    return answer;
  });
  app.get('/checks/:requestNo', async (request, reply) => {
    const { requestNo } = request.params as { requestNo: string };
    if (state.mode.outage) return reply.code(503).send({ error: 'outage' });
    const check = state.checks.get(requestNo);
    return check ? check.answer : reply.code(404).send({ error: 'unknown' });
  });
  app.get('/', async () => ({ service: 'company register simulator', decided: state.decided }));
}

function judge(
  { licences }: State,
  asked: { creditCode: string; name: string; legalPerson: string },
): Omit<Check['answer'], 'requestNo'> {
  const { creditCode, name, legalPerson } = asked;
  const entry = licences.get(creditCode);
  if (!entry) {
    if (name.includes('查无')) return { result: 'unknown' };
    if (name.includes('假')) return { result: 'name_mismatch' };
    if (name.includes('吊销')) return { result: 'revoked' };
    if (name.includes('过期')) return { result: 'expired' };
    return legalPerson.includes('假')
      ? { result: 'person_mismatch' }
      : { result: 'match', address: ADDRESS };
  }
  if (entry.status !== 'valid') return { result: entry.status };
  if (entry.name !== name) return { result: 'name_mismatch' };
  if (entry.legalPerson !== legalPerson) return { result: 'person_mismatch' };
  const { address = ADDRESS, validUntil } = entry;
  return { result: 'match', address, ...(validUntil !== undefined && { validUntil }) };
}

function control(app: FastifyInstance, state: State): void {
  app.post('/control/mode', async (request) => {
    state.mode = { ...calm(), ...(request.body as Partial<Mode>) };
    return state.mode;
  });
  app.post('/control/reset', async () => {
    Object.assign(state, { licences: new Map(), checks: new Map(), mode: calm(), decided: 0 });
    return { ok: true };
  });
  /** {creditCode, name, legalPerson, status, address?, validUntil?}: enters a licence, or changes its entry. */
  app.post('/control/licences', async (request) => {
    const licence = request.body as Licence;
    state.licences.set(licence.creditCode, licence);
    return licence;
  });
  app.get('/control/state', async () => ({ decided: state.decided, mode: state.mode }));
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 200;
