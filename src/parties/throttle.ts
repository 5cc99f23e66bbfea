/** Gates: how often an address, a number or the whole house may try something. Counted in PostgreSQL, for all processes. */
import { type Config, type Db, type Keys, plus, Refused } from '#platform';
import { DEMO_GATE_FACTOR, GATES, type Gate, networkOf } from './domain.ts';
import { countPass } from './store-factors.ts';

interface Passing {
  db: Db;
  keys: Keys;
  config: Config;
  at: Date;
}

/**
 * Passes each gate in order and refuses (too_many) at the first one that is full. Runs outside the caller's
 * transaction: a try counts although what it tried is rolled back.
 */
export async function pass(
  { db, keys, config, at }: Passing,
  gates: Partial<Record<Gate, string>>,
): Promise<void> {
  for (const [gate, value] of Object.entries(gates) as [Gate, string][]) {
    const { limit, windowMs } = GATES[gate];
    const key = keys.fingerprint(
      `throttle/${gate}`,
      gate.endsWith('.address') ? networkOf(value) : value,
    );
    const { used, openedAt } = await countPass(db, {
      gate,
      key,
      at,
      windowFrom: plus(at, -windowMs),
    });
    if (used > limit * (config.DEMO ? DEMO_GATE_FACTOR : 1)) {
      const seconds = Math.ceil((plus(openedAt, windowMs).getTime() - at.getTime()) / 1000);
      throw new Refused('too_many', { seconds: Math.max(1, seconds) });
    }
  }
}
