/**
 * One writer of the queue: a connection of its own and one batch in flight. What arrives while a batch is being
 * committed is the next batch, so that a lone caller never waits for company and a thousand share one commit.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Counter, Histogram } from 'prom-client';
import { metrics, sqlState } from '#platform';
import { batchQuery, loneQuery, type Transfer } from './batch.ts';
import { type BatchQuery, type LoneQuery, POST_BATCH, POST_ONE } from './batch_store.ts';

/** A result code of `post_batch`, or nothing certain yet: ask by the id, or send the same id again. */
export type Answer = number | 'unknown';

/** What a caller waits for: one transfer, or a chain that no batch may tear. */
export interface Entry {
  readonly transfers: readonly Transfer[];
  /** Answered `unknown` after this moment of the process's monotonic clock, in milliseconds. */
  readonly until: number;
  /** False once it was answered; the transfers go their way all the same. */
  isAwaited: boolean;
  readonly answer: (answers: readonly Answer[]) => void;
  readonly fail: (bug: unknown) => void;
}

export interface WriterOptions {
  readonly url: string;
  readonly name: string;
  readonly batchMax: number;
  /** Tells how many transfers have left the queue, whatever became of them. */
  readonly left: (transfers: number) => void;
}

const POST = { name: 'ledger.post_batch', text: POST_BATCH };
const ONE = { name: 'ledger.post_one', text: POST_ONE };
/** Below this a batch costs as much as it has commits; above, as much as it has transfers. */
const HALVES_FROM = 256;
/** Tries with pauses in between, about eight seconds in all: enough for a database that starts again. */
const TRIES_MAX = 14;
const PAUSE_MS_MAX = 1_000;
const CONNECT_MS = 5_000;
const STATEMENT_MS = 30_000;
/** Longer than the server lets a statement run: an answer later than this will not come. */
const SILENCE_MS = STATEMENT_MS + 5_000;

const batchSize = new Histogram({
  name: 'huiquan_ledger_batch_transfers',
  help: 'Transfers that shared one commit',
  buckets: [1, 3, 10, 30, 100, 300, 1_000],
  registers: [metrics],
});
const batchSeconds = new Histogram({
  name: 'huiquan_ledger_batch_seconds',
  help: 'Time from sending a batch to its commit, replays included',
  buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10],
  registers: [metrics],
});
const replays = new Counter({
  name: 'huiquan_ledger_replays_total',
  help: 'Batches sent again, by SQLSTATE or `connection`',
  labelNames: ['reason'] as const,
  registers: [metrics],
});

interface Query {
  readonly alone: LoneQuery | undefined;
  /** Written out when asked for: a lone transfer hardly ever needs it. */
  readonly all: () => BatchQuery;
}

/** What goes next, written out, or why it cannot be (a bug in one of its transfers). */
interface Load {
  readonly batch: readonly Entry[];
  readonly query: Query | { readonly bug: unknown };
}

interface Flight {
  readonly batch: readonly Entry[];
  readonly result: Promise<{ codes: readonly number[] } | { error: unknown }>;
}

export class Writer {
  readonly #options: WriterOptions;
  #client: pg.Client | undefined;
  #waiting: Entry[] = [];
  #inFlight: readonly Entry[] = [];
  /** Written out while another batch is being committed. */
  #next: Load | undefined;
  #running: Promise<void> | undefined;
  #isAbandoned = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  add(entry: Entry): void {
    this.#waiting.push(entry);
    this.#running ??= this.#run();
  }

  has(id: string): boolean {
    return this.#all().some((entries) =>
      entries.some(({ transfers }) => transfers.some((transfer) => transfer.id === id)),
    );
  }

  /** Whose time is over is told that nothing is certain; their transfers stay where they are. */
  giveUpWaiting(now: number): number {
    let given = 0;
    for (const entries of this.#all())
      for (const entry of entries) {
        if (!entry.isAwaited || entry.until > now) continue;
        reply(entry, unknown(entry));
        given += 1;
      }
    return given;
  }

  /** Nobody waits any more: what was not sent is dropped, what was sent is not sent again. */
  abandon(): void {
    this.#isAbandoned = true;
    const dropped = [...(this.#next?.batch ?? []), ...this.#waiting.splice(0)];
    this.#next = undefined;
    this.#options.left(dropped.flatMap((entry) => entry.transfers).length);
    void this.#disconnect();
  }

  /** When nothing is left to do. */
  async close(): Promise<void> {
    await this.#running;
    await this.#disconnect();
  }

  #all(): (readonly Entry[])[] {
    return [this.#inFlight, this.#next?.batch ?? [], this.#waiting];
  }

  /**
   * When a batch is done, the next one is sent first and its callers are answered then: while the database works on
   * the next, they ask again and theirs is made. A failed batch is settled before another is sent, to keep the order.
   */
  async #run(): Promise<void> {
    await new Promise(setImmediate);
    let flight = this.#send();
    while (flight) {
      const { batch, result } = flight;
      const done = await result;
      flight = undefined;
      if ('error' in done) await this.#settleFailed(batch, done.error);
      else {
        flight = this.#send();
        this.#answer(batch, done.codes);
        if (flight) setImmediate(() => this.#prepare());
      }
      if (flight) continue;
      // Whoever was answered just now may ask again at once, and joins.
      await new Promise(setImmediate);
      flight = this.#send();
    }
    this.#running = undefined;
  }

  /** A batch worth a pause of the database is written out before its turn, which then costs no time of it. */
  #prepare(): void {
    if (this.#next || this.#waiting.length < HALVES_FROM) return;
    this.#next = load(this.#take());
  }

  #send(): Flight | undefined {
    const { batch, query } = this.#next ?? load(this.#take());
    this.#next = undefined;
    this.#inFlight = batch;
    if (batch.length === 0) return undefined;
    const result = this.#commit(batch, query).then(
      (codes) => ({ codes }),
      (error: unknown) => ({ error }),
    );
    return { batch, result };
  }

  /**
   * The oldest entries that fit: half of all that come and go, so that halves take turns; few are not worth halving.
   * Whoever sends an id again is answered by the books, in the same batch too.
   */
  #take(): Entry[] {
    const half = Math.ceil((this.#waiting.length + this.#inFlight.length) / 2);
    const most = Math.min(Math.max(half, HALVES_FROM), this.#options.batchMax);
    let size = 0;
    const end = this.#waiting.findIndex(({ transfers }, index) => {
      size += transfers.length;
      return size > most && index > 0;
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  #answer(batch: readonly Entry[], codes: readonly number[]): void {
    let at = 0;
    for (const entry of batch) {
      const next = at + entry.transfers.length;
      reply(entry, codes.slice(at, next));
      at = next;
    }
    this.#options.left(at);
  }

  /** Trouble leaves callers with `unknown`. A bug in one transfer takes no other one down with it. */
  async #settleFailed(batch: readonly Entry[], error: unknown): Promise<void> {
    if (batch.length > 1 && isAboutContent(error)) {
      const middle = Math.ceil(batch.length / 2);
      for (const half of [batch.slice(0, middle), batch.slice(middle)])
        await this.#commit(half).then(
          (codes) => this.#answer(half, codes),
          (again: unknown) => this.#settleFailed(half, again),
        );
      return;
    }
    for (const entry of batch)
      if (isTrouble(error)) reply(entry, unknown(entry));
      else fail(entry, error);
    this.#options.left(batch.flatMap((entry) => entry.transfers).length);
  }

  /** Sent again as it is when the database says so or falls silent: ids make that safe, whatever became of it. */
  async #commit(batch: readonly Entry[], query = load(batch).query): Promise<readonly number[]> {
    if ('bug' in query) throw query.bug;
    const stop = batchSeconds.startTimer();
    for (let attempt = 1; ; attempt++) {
      try {
        const client = await this.#connection();
        const answers = await answersTo(client, query);
        assert(answers?.length === sizeOf(batch), 'one answer a transfer');
        batchSize.observe(answers.length);
        stop();
        return answers;
      } catch (error) {
        const state = sqlState(error);
        if (!isAlive(state)) await this.#disconnect();
        if (!isTrouble(error) || attempt === TRIES_MAX || this.#isAbandoned) throw error;
        replays.inc({ reason: state ?? 'connection' });
        if (!AT_ONCE.has(state ?? '')) await sleep(Math.min(2 ** attempt, PAUSE_MS_MAX));
      }
    }
  }

  async #connection(): Promise<pg.Client> {
    if (this.#client) return this.#client;
    const { url, name } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      application_name: name,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      query_timeout: SILENCE_MS,
      keepAlive: true,
    });
    // A connection that breaks between two batches is replaced by the next one.
    client.on('error', () => {
      if (this.#client === client) this.#client = undefined;
    });
    await client.connect();
    this.#client = client;
    return client;
  }

  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }
}

/** Deadlock, serialization failure, and an id that another process posted in this very moment. */
const AT_ONCE = new Set(['40P01', '40001', '23505']);
/** Connection, resources, operator, system: the statement was not at fault, and may or may not have been done. */
const TROUBLE = /^(08|53|57|58)|^55P03$/;
const CONTENT = /^(22|23|P0)/;

const isAlive = (state: string | undefined): boolean =>
  state !== undefined && !/^(08|57P)/.test(state);

function isTrouble(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return AT_ONCE.has(state) || TROUBLE.test(state);
  return !isOurBug(error);
}

const isAboutContent = (error: unknown): boolean =>
  isOurBug(error) || (!isTrouble(error) && CONTENT.test(sqlState(error) ?? ''));

const isOurBug = (error: unknown): boolean =>
  error instanceof assert.AssertionError ||
  error instanceof TypeError ||
  error instanceof RangeError;

function load(batch: readonly Entry[]): Load {
  try {
    const transfers = batch.flatMap((entry) => entry.transfers);
    const alone = loneQuery(transfers);
    if (alone) return { batch, query: { alone, all: () => batchQuery(transfers) } };
    const all = batchQuery(transfers);
    return { batch, query: { alone, all: () => all } };
  } catch (bug) {
    return { batch, query: { bug } };
  }
}

/** A lone transfer goes the short way first, which is half the work where it can be done at all. */
async function answersTo(client: pg.Client, { alone, all }: Query): Promise<number[] | undefined> {
  if (alone) {
    const { rows } = await client.query<{ done: boolean }>({ ...ONE, values: [...alone] });
    if (rows[0]?.done) return [0];
  }
  const { rows } = await client.query<{ answers: number[] }>({ ...POST, values: [...all()] });
  return rows[0]?.answers;
}

const sizeOf = (batch: readonly Entry[]): number =>
  batch.reduce((sum, { transfers }) => sum + transfers.length, 0);

const unknown = (entry: Entry): Answer[] => entry.transfers.map(() => 'unknown');

function reply(entry: Entry, answers: readonly Answer[]): void {
  if (entry.isAwaited) entry.answer(answers);
  entry.isAwaited = false;
}

function fail(entry: Entry, bug: unknown): void {
  if (entry.isAwaited) entry.fail(bug);
  entry.isAwaited = false;
}
