/**
 * The accidents at length, and, with `bite`, the proof that the judge sees what he must see: the same with one
 * protection taken away has to find losses. `node test/crash/long.ts [units] [times] [bite]` prints a line each.
 */
import assert from 'node:assert/strict';
import { assertWhole } from './clients.ts';
import {
  fillDisk,
  killQueue,
  killServer,
  loseAnswers,
  type Size,
  type Story,
} from './scenarios.ts';
import { failOver, restoreBackup } from './standby.ts';

const [units = '30000', times = '20', bite] = process.argv.slice(2);
const SEED = 20_261_125;
const size: Size = { seed: SEED, count: Number(units), times: Number(times) };

/** Like a test's: what was made is put away at the end. */
async function within(work: (t: { after(work: () => Promise<void>): void }) => Promise<void>) {
  const afters: (() => Promise<void>)[] = [];
  try {
    await work({ after: (one) => void afters.unshift(one) });
  } finally {
    for (const one of afters) await one();
  }
}

function tell(name: string, { verdict, seen }: Story): void {
  const { findings, total, ...counts } = verdict;
  const line = { ...counts, findings: findings.length, total: Number(total), ...seen };
  console.log(`${name}: ${JSON.stringify(line)}`);
}

const accidents: Record<
  string,
  (t: { after(work: () => Promise<void>): void }) => Promise<Story | undefined>
> = {
  'server killed': (t) => killServer(t, size),
  'answers lost': (t) => loseAnswers(t, size),
  'queue killed': (t) => killQueue(t, size),
  'data disk full': (t) => fillDisk(t, { ...size, times: 3 }, 'base'),
  'log disk full': (t) => fillDisk(t, { ...size, times: 2 }, 'pg_wal'),
  'standby promoted': (t) => failOver(t, size),
  'backup restored': (t) => restoreBackup(t, size),
};

const bites: Record<string, (t: { after(work: () => Promise<void>): void }) => Promise<Story>> = {
  'synchronous_commit=off': (t) =>
    killServer(t, size, { settings: { synchronous_commit: 'off', wal_writer_delay: '1s' } }),
  'rejections forgotten': (t) => killServer(t, size, { forget: 'delete from ledger.reject' }),
  'a transfer rewritten now and then': (t) =>
    killServer(t, size, {
      forget: `update ledger.transfer set amount = amount + 1
               where id = (select id from ledger.transfer order by id desc limit 1)`,
    }),
};

if (bite === undefined)
  for (const [name, run] of Object.entries(accidents))
    await within(async (t) => {
      const story = await run(t);
      if (!story) return console.log(`${name}: not run, this user may not mount a small disk`);
      tell(name, story);
      assertWhole(story.verdict);
    });
else
  for (const [name, run] of Object.entries(bites))
    await within(async (t) => {
      const story = await run(t);
      tell(name, story);
      assert.throws(() => assertWhole(story.verdict), `${name} must be found`);
    });
