/** Clients that send the same stream and never give up, and the judge who compares what they were told with the books. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { batchQuery, POST_BATCH, reconcile, type Transfer, trialBalance } from '#ledger';
import { type Db, openDatabase, openPool, sqlState } from '#platform';
import { chance } from '../../src/demo-people.ts';
import type { Unit, World } from './world.ts';

const PAUSE_MS = 20;
const END_MS_MAX = 120_000;
/** Codes of a repetition: posted before, and refused before for the reason above it. */
const EXISTS = 1;
const CONFLICT = 2;
const REPLAYED = 100;

/** What was said of each transfer of the stream, in its order; `undefined` was not answered. */
export type Answers = (number | undefined)[];

export interface Client {
  /** Between 0 and 1. */
  readonly progress: number;
  /** Batches sent again because their answer did not come. */
  readonly repeats: number;
  readonly answers: Answers;
  /** SQLSTATEs met, `connection` where there was none. */
  readonly troubles: Map<string, number>;
  readonly done: Promise<void>;
}

/** Sends all units in order, in batches of its own random sizes, each until it is answered. `url` may change. */
export function startClient(input: {
  url: () => string;
  units: readonly Unit[];
  seed: number;
  batchMax?: number;
  /** Server settings, as in `-c name=value`; with them each batch has a connection of its own. */
  settings?: () => string;
  /** After this part of the stream it waits until that has come. */
  pause?: { at: number; until: Promise<unknown> };
}): Client {
  const answers: Answers = [];
  const troubles = new Map<string, number>();
  const total = input.units.flat().length;
  const state = { repeats: 0 };
  const run = async (): Promise<void> => {
    const line = openLine(input.url, input.settings ?? (() => ''));
    for (const batch of cut(input.units, input.seed, input.batchMax ?? 200)) {
      if (input.pause && answers.length >= input.pause.at * total) await input.pause.until;
      const deadline = Date.now() + END_MS_MAX;
      for (;;) {
        try {
          answers.push(...(await line.send(batch)));
          if (input.settings) await line.close();
          break;
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          const name = sqlState(error) ?? 'connection';
          troubles.set(name, (troubles.get(name) ?? 0) + 1);
          state.repeats++;
          assert(Date.now() < deadline, `nobody answers: ${error}`);
          await sleep(PAUSE_MS);
        }
      }
    }
    await line.close();
  };
  const done = run();
  done.catch(() => undefined);
  return {
    get progress() {
      return answers.length / total;
    },
    get repeats() {
      return state.repeats;
    },
    answers,
    troubles,
    done,
  };
}

/** One connection that is made anew after each trouble. */
function openLine(url: () => string, settings: () => string) {
  let client: pg.Client | undefined;
  const close = async (): Promise<void> => {
    const old = client;
    client = undefined;
    await old?.end().catch(() => undefined);
  };
  return {
    close,
    send: async (batch: readonly Transfer[]): Promise<number[]> => {
      try {
        if (!client) {
          const fresh = new pg.Client({
            connectionString: url(),
            connectionTimeoutMillis: 2_000,
            options: settings(),
          });
          fresh.on('error', () => undefined);
          await fresh.connect();
          client = fresh;
        }
        const { rows } = await client.query(POST_BATCH, [...batchQuery(batch)]);
        assert.equal(rows[0].answers.length, batch.length);
        return rows[0].answers;
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

function cut(units: readonly Unit[], seed: number, batchMax: number): Transfer[][] {
  const dice = chance(seed);
  const batches: Transfer[][] = [];
  for (let at = 0; at < units.length; ) {
    const next = at + dice.within(1, batchMax);
    batches.push(units.slice(at, next).flat());
    at = next;
  }
  return batches;
}

/** Whether it was the first or a later call that heard it, an answer means one of: posted, other payload, refused. */
const meaning = (answer: number): number =>
  answer === EXISTS ? 0 : answer >= REPLAYED ? answer - REPLAYED : answer;

export interface Verdict {
  /** Transfers that a client was told are posted or refused, and the books do not have so. */
  lost: number;
  /** Rows that nobody was told of, or that are there twice. */
  doubled: number;
  /** Transfers of which two clients were told different things. */
  divergent: number;
  findings: unknown[];
  total: bigint;
  posted: number;
  refused: number;
}

/** Compares what all clients were told with each other, with the rows, and with arithmetic over what was posted. */
export async function judge(db: Db, world: World, clients: readonly Answers[]): Promise<Verdict> {
  const stream = world.units.flat();
  const posted = new Map<string, Transfer>();
  const refused = new Map<string, number>();
  let divergent = 0;
  for (const [index, transfer] of stream.entries()) {
    const said = new Set(clients.map((answers) => meaning(answers[index] ?? -1)));
    if (said.size > 1) divergent++;
    const [answer = -1] = said;
    if (answer === 0) posted.set(transfer.id, posted.get(transfer.id) ?? transfer);
    else if (answer !== CONFLICT) refused.set(transfer.id, answer);
  }
  const rows = await db
    .selectFrom('ledger.transfer')
    .select(['id', 'debit', 'credit', 'amount'])
    .execute();
  const rejects = await db.selectFrom('ledger.reject').select(['id', 'answer']).execute();
  const stored = new Map(rows.map((row) => [row.id, row]));
  const burnt = new Map(rejects.map((row) => [row.id, row.answer]));
  let lost = 0;
  for (const [id, { debit, credit, amount }] of posted) {
    const row = stored.get(id);
    if (row?.debit !== debit || row.credit !== credit || row.amount !== amount) lost++;
  }
  for (const [id, answer] of refused) if (burnt.get(id) !== answer) lost++;
  const extra = rows.filter(({ id }) => !posted.has(id) || refused.has(id)).length;
  const doubled = extra + rejects.filter(({ id }) => !refused.has(id)).length;
  const { debit, credit } = await trialBalance(db);
  const findings: unknown[] = [
    ...(await reconcile(db)),
    ...(await wrongBalances(db, world, posted)),
  ];
  const total = debit - credit;
  return { lost, doubled, divergent, findings, total, posted: posted.size, refused: refused.size };
}

/** Plain addition over what clients were told, against the account rows. */
async function wrongBalances(
  db: Db,
  world: World,
  posted: Map<string, Transfer>,
): Promise<string[]> {
  const sums = new Map(world.accounts.map((id) => [id, 0n]));
  const add = (id: bigint, amount: bigint): unknown => sums.set(id, (sums.get(id) ?? 0n) + amount);
  for (const { kind, debit, credit, amount } of posted.values()) {
    if (kind !== 'post' && kind !== 'capture') continue;
    add(debit, -amount);
    add(credit, amount);
  }
  const rows = await db.selectFrom('ledger.account').select(['id', 'balance']).execute();
  return rows
    .filter(({ id, balance }) => balance !== (sums.get(id) ?? 0n))
    .map(({ id, balance }) => `account ${id}: told ${sums.get(id)}, stored ${balance}`);
}

/** Nothing lost, doubled or told differently; enough of everything happened for that to mean something. */
export function assertWhole(verdict: Verdict): void {
  const { lost, doubled, divergent, findings, total, posted, refused } = verdict;
  assert.deepEqual(
    { lost, doubled, divergent, findings, total },
    { lost: 0, doubled: 0, divergent: 0, findings: [], total: 0n },
  );
  assert(posted > 0 && refused > 0, 'some were posted and some refused');
}

/** Waits until the slowest client has come so far. */
export async function untilProgress(clients: readonly Client[], part: number): Promise<void> {
  const deadline = Date.now() + END_MS_MAX;
  while (Math.min(...clients.map(({ progress }) => progress)) < part) {
    const failed = await Promise.race([Promise.all(clients.map((one) => one.done)), sleep(3)]);
    if (failed) return;
    assert(Date.now() < deadline, 'clients go on');
  }
}

/** A pool for as long as `work` takes. */
export async function withDatabase<T>(url: string, work: (db: Db) => Promise<T>): Promise<T> {
  const pool = openPool(url, { max: 4 });
  try {
    return await work(openDatabase(pool));
  } finally {
    await pool.end();
  }
}
