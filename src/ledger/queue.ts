/**
 * The group-commit queue: many callers, few commits. Each debit account belongs to one writer, so its transfers are
 * posted in the order they were given; a caller is told the result, or within bounds that nothing is certain yet.
 */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { Counter, Gauge } from 'prom-client';
import { type Db, metrics, Refused } from '#platform';
import { type Result, resultOf, type Transfer } from './batch.ts';
import { bucketOf, type Hubs, keyAccount, onStripes } from './hub.ts';
import { findAnswers } from './queue_store.ts';
import { type Answer, type Entry, Writer } from './writer.ts';

export interface QueueOptions {
  /** Writers hold connections of their own to this database. */
  readonly url: string;
  /** Reads what became of ids. */
  readonly db: Db;
  /** Accounts kept as stripes: transfers name stripe 0, the queue finds the one to use. */
  readonly hubs?: Hubs;
  /** Connections; one core stays with the database. */
  readonly writers?: number;
  readonly batchMax?: number;
  /** Transfers not decided yet, in all writers together; beyond it callers are refused. */
  readonly waitingMax?: number;
  /** A caller that waited so long is answered `unknown`. */
  readonly answerMs?: number;
  /** `close` waits so long for what was taken. */
  readonly drainMs?: number;
}

/** What became of a transfer; `unknown`: the time was over first, it may or may not be posted yet. */
export type Outcome = Result | 'unknown';

export interface LedgerQueue {
  /**
   * Posts one transfer. After `unknown`, send the same id again (never a new one) or `ask` for it.
   * Refuses `ledger_busy` when the queue is full or closing; then nothing was taken.
   */
  post(transfer: Transfer): Promise<Outcome>;
  /** Transfers that are `linked` to each other: in one batch, all or none. */
  postChain(transfers: readonly Transfer[]): Promise<Outcome[]>;
  /** What became of an id; `unknown` while it is in this queue, undefined when nobody posted or refused it yet. */
  ask(id: string): Promise<Outcome | undefined>;
  /** Refuses new transfers, and resolves when those taken are decided, or answered `unknown` after `drainMs`. */
  close(): Promise<void>;
}

const BATCH_MAX = 1_000;
const WAITING_MAX = 20_000;
const ANSWER_MS = 10_000;
const DRAIN_MS = 15_000;
/** A full queue is empty again in about this time. */
const RETRY_SECONDS = 1;

const waitingNow = new Gauge({
  name: 'huiquan_ledger_queue_transfers',
  help: 'Transfers taken and not decided yet',
  registers: [metrics],
});
const refused = new Counter({
  name: 'huiquan_ledger_queue_refused_total',
  help: 'Transfers refused because the queue was full or closing',
  registers: [metrics],
});
const unanswered = new Counter({
  name: 'huiquan_ledger_queue_unknown_total',
  help: 'Callers who were told `unknown` because their time was over',
  registers: [metrics],
});

export function openQueue(options: QueueOptions): LedgerQueue {
  const { url, hubs = new Map(), answerMs = ANSWER_MS } = options;
  const { batchMax = BATCH_MAX, waitingMax = WAITING_MAX } = options;
  const { writers: count = Math.max(1, availableParallelism() - 1), drainMs = DRAIN_MS } = options;
  let waiting = 0;
  let isOpen = true;
  const left = (transfers: number): void => {
    waiting -= transfers;
    waitingNow.dec(transfers);
  };
  const writers = Array.from(
    { length: count },
    (_, index) => new Writer({ url, batchMax, name: `huiquan ledger ${index}`, left }),
  );
  const giveUp = (now: number): void => {
    for (const writer of writers) unanswered.inc(writer.giveUpWaiting(now));
  };
  const watch = setInterval(() => giveUp(performance.now()), answerMs / 10).unref();

  const take = (
    transfers: readonly Transfer[],
    answer: Entry['answer'],
    fail: Entry['fail'],
  ): void => {
    const [first] = transfers;
    assert(first && transfers.length <= batchMax, 'a chain fits into one batch');
    if (!isOpen || waiting + transfers.length > waitingMax) {
      refused.inc(transfers.length);
      throw new Refused('ledger_busy', { seconds: RETRY_SECONDS });
    }
    waiting += transfers.length;
    waitingNow.inc(transfers.length);
    const until = performance.now() + answerMs;
    const writer = writers[bucketOf(keyAccount(first, hubs)) % count];
    assert(writer);
    const striped = hubs.size > 0 ? transfers.map((one) => onStripes(one, hubs)) : transfers;
    writer.add({ transfers: striped, until, isAwaited: true, answer, fail });
  };
  return {
    post: (transfer) =>
      new Promise((done, fail) => take([transfer], (all) => done(outcomeOf(all[0])), fail)),
    postChain: (transfers) =>
      new Promise((done, fail) => take(transfers, (all) => done(all.map(outcomeOf)), fail)),
    ask: async (id) => {
      if (writers.some((writer) => writer.has(id))) return 'unknown';
      const answer = (await findAnswers(options.db, [id])).get(id);
      return answer === undefined ? undefined : outcomeOf(answer);
    },
    close: async () => {
      isOpen = false;
      const late = setTimeout(() => {
        giveUp(Number.POSITIVE_INFINITY);
        for (const writer of writers) writer.abandon();
      }, drainMs);
      await Promise.all(writers.map((writer) => writer.close()));
      clearTimeout(late);
      clearInterval(watch);
    },
  };
}

function outcomeOf(answer: Answer | undefined): Outcome {
  return answer === undefined || answer === 'unknown' ? 'unknown' : resultOf(answer);
}
