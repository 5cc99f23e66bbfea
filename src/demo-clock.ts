/** The house's clock. In the demo it can be moved forward, so that nobody waits until tomorrow to see a payout. */
import assert from 'node:assert/strict';
import { type Clock, DAY, type Db } from '#platform';

const AHEAD_MS_MAX = 60 * DAY;

/** The real time plus an offset that is kept in the database; outside the demo the offset stays zero. */
export class DemoClock implements Clock {
  #aheadMs = 0;
  readonly #db: Db;
  constructor(db: Db) {
    this.#db = db;
  }
  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }
  /** How far this is ahead of real time, for whoever has to keep pace with it. */
  get aheadMs(): number {
    return this.#aheadMs;
  }
  async load(): Promise<void> {
    const row = await this.#db
      .selectFrom('platform.demo_clock')
      .select('ahead_ms')
      .executeTakeFirst();
    this.#aheadMs = Number(row?.ahead_ms ?? 0n);
  }
  /** Moves on to `at`; never back, and at most 60 days ahead of real time. */
  async moveTo(at: Date): Promise<void> {
    const aheadMs = at.getTime() - Date.now();
    assert(aheadMs >= this.#aheadMs - 1_000, 'time does not run backwards');
    assert(aheadMs <= AHEAD_MS_MAX, 'that is too far ahead');
    this.#aheadMs = aheadMs;
    await this.#db
      .insertInto('platform.demo_clock')
      .values({ id: true, ahead_ms: BigInt(aheadMs) })
      .onConflict((on) => on.column('id').doUpdateSet({ ahead_ms: BigInt(aheadMs) }))
      .execute();
  }
}
