/** One round of what time brings, once a second: deadlines, lapsed holds, reminders, the seals of ledger and record. */

import { settledSellers } from '#buyback';
import { findProduct } from '#cards';
import { expireHolds, takeDayEnds } from '#ledger';
import {
  markDown,
  orderSpotChecks,
  purgeSearches,
  refreshScores,
  refreshVouches,
  remindBuyers,
} from '#market';
import { alertLowWallets, lookAtLists, recheckLicences, sendSms, sweepParties } from '#parties';
import { type Clock, type Db, HOUR, inTransaction, type Keys, type Log, yuan } from '#platform';
import { purgeQuotes, takeDueReminders } from '#pricing';
import { type ClockHandler, runClock } from '#process';
import { coverRest, dailyReconcile, disburse, watchReserve } from '#settlement';
import { announce, purgeMessages } from '#webhooks';
import { queueRewraps } from './rewrap.ts';
import { sealAll } from './seal.ts';

const ROUND_MS = 1_000;

export interface Sweep {
  readonly db: Db;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly log: Log;
  readonly handlers: Readonly<Record<string, ClockHandler>>;
  /** Rounds of the batch that are due; gives how many cards they sold. */
  readonly rounds: (at: Date) => Promise<number>;
  /** The day sums of days that are over. */
  readonly daySums: (at: Date) => Promise<unknown>;
  /** Reports whose money went back are looked at once more. */
  readonly audit: (at: Date) => Promise<unknown>;
  /** Reads the chain on; and, once an hour, keeps its keys and compares it with our books. */
  readonly chain: { tick(): Promise<void>; tend(at: Date): Promise<void> };
}

/** Gives how many instances moved. Cheap when nothing is due: a handful of indexed look-ups. */
export async function sweep({ db, clock, log, handlers, rounds, chain }: Sweep): Promise<number> {
  const at = clock.now();
  const moved = (await runClock(db, { at, handlers, log })) + (await rounds(at));
  await expireHolds(db, at);
  await remind(db, at);
  await remindBuyers(db, at);
  await sealAll(db, at);
  await chain.tick();
  return moved;
}

/** Once an hour: yesterday's statement, last month's gifts, the reserve, falling prices, spot checks, licences, watch lists, who knows whom, keys to wrap anew, and what need not be kept any longer. */
export async function tidy({
  db,
  clock,
  keys,
  log,
  audit,
  daySums,
  chain,
}: Pick<Sweep, 'db' | 'clock' | 'keys' | 'log' | 'audit' | 'daySums' | 'chain'>): Promise<void> {
  const at = clock.now();
  await takeDayEnds(db, at);
  await dailyReconcile(db, at);
  await disburse(db, at);
  await coverRest(db, at);
  await audit(at);
  await daySums(at);
  await watchReserve(db, log);
  await markDown(db, at);
  await orderSpotChecks(db, { keys, at });
  await refreshVouches(db, { anchors: await settledSellers(db), at });
  await refreshScores(db, at);
  await purgeQuotes(db, at);
  await inTransaction(db, (tx) => purgeSearches(tx, at));
  await alertLowWallets(db, { at, news: announce });
  await recheckLicences(db, { keys, at });
  await lookAtLists(db);
  await sweepParties(db, at);
  await chain.tend(at);
  await purgeMessages(db, at);
  await queueRewraps(db, keys);
}

/** Sellers who wanted to hear of a better time; pricing knows them only by an opaque reference. */
async function remind(db: Db, at: Date): Promise<void> {
  await inTransaction(db, async (tx) => {
    const find = (sku: string) => findProduct(tx, sku);
    for (const due of await takeDueReminders(tx, { at, findProduct: find })) {
      const product = (await find(due.sku))?.name.zh ?? due.sku;
      const params = { product, amount: yuan(due.netFen).slice(1) };
      await sendSms(tx, { userId: due.subscriber, template: 'price_reminder', params, at });
    }
  });
}

/** Rounds never overlap; one that fails is logged, and the next one tries again. Gives how to stop. */
export function startSweep(input: Sweep): () => Promise<void> {
  let stopped = false;
  let tidiedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> = Promise.resolve();
  const round = async (): Promise<void> => {
    if (stopped) return;
    await sweep(input);
    const now = input.clock.now().getTime();
    if (now - tidiedAt < HOUR) return;
    tidiedAt = now;
    await tidy(input);
  };
  const timer = setInterval(() => {
    running = running.then(round).catch((error: unknown) => {
      if (!stopped) input.log.error({ err: error }, 'sweep failed');
    });
  }, ROUND_MS);
  return async () => {
    stopped = true;
    clearInterval(timer);
    await running;
  };
}
