/**
 * A process with the queue, made to be killed: it reads transfers that were stored before, sends them in their order,
 * and writes down each answer. Started again, it sends what was not answered, and some of the answered ones again.
 * `node test/crash/sender.ts URL UNITS ANSWERS`
 */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { openQueue, type Transfer } from '#ledger';
import { openDatabase, openPool } from '#platform';
import type { Unit } from './world.ts';

const WINDOW = 300;
const AGAIN_EACH = 10;

const [url = '', unitsFile = '', answersFile = ''] = process.argv.slice(2);

/** Dates and bigints of JSON come back as they were. */
function readUnits(text: string): Unit[] {
  const units = JSON.parse(text) as Record<string, string>[][];
  return units.map((unit) =>
    unit.map((one) => ({
      ...(one as unknown as Transfer),
      debit: BigInt(one['debit'] ?? ''),
      credit: BigInt(one['credit'] ?? ''),
      amount: BigInt(one['amount'] ?? ''),
      at: new Date(one['at'] ?? ''),
      expiresAt: one['expiresAt'] === undefined ? undefined : new Date(one['expiresAt']),
    })),
  );
}

const units = readUnits(readFileSync(unitsFile, 'utf8'));
const lines = existsSync(answersFile) ? readFileSync(answersFile, 'utf8').split('\n') : [];
// A line cut in two by the kill has no comma at its end.
const answered = new Set(
  lines.filter((line) => line.endsWith(',')).map((line) => parseInt(line, 10)),
);
const pool = openPool(url, { max: 1 });
const queue = openQueue({ url, db: openDatabase(pool), writers: 2 });
const flying = new Set<Promise<void>>();

async function send(unit: Unit, index: number): Promise<void> {
  for (;;) {
    const [first] = unit;
    assert(first);
    const outcomes = unit.length > 1 ? await queue.postChain(unit) : [await queue.post(first)];
    if (outcomes.includes('unknown')) continue;
    const codes = outcomes.map((one) => (one === 'unknown' ? -1 : one.code));
    appendFileSync(answersFile, `${index} ${codes.join(' ')},\n`);
    return;
  }
}

for (const [index, unit] of units.entries()) {
  if (answered.has(index) && index % AGAIN_EACH > 0) continue;
  while (flying.size >= WINDOW) await Promise.race(flying);
  const sending: Promise<void> = send(unit, index).finally(() => flying.delete(sending));
  flying.add(sending);
}
await Promise.all(flying);
await queue.close();
await pool.end();
