import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId, Refused } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { accountIds } from './account.ts';
import type { Transfer } from './batch.ts';
import { reconcile } from './books.ts';
import { type LedgerQueue, type Outcome, openQueue, type QueueOptions } from './queue.ts';

const { db, pool, url } = await freshDatabase({ after: (work) => after(work) });
const at = new Date('2026-11-23T02:00:00Z');
const [source] = (await accountIds(db, ['LOSS'])) as [bigint];
let opened = 0;

/** Wallets of a test's own, with so much in each. */
async function wallets(count: number, amount: bigint): Promise<bigint[]> {
  const codes = Array.from({ length: count }, () => `WALLET:queue-${opened++}`);
  const ids = await accountIds(db, codes);
  const funds = ids.map((id) => move(source, id, amount));
  const queue = open();
  for (const outcome of await Promise.all(funds.map((one) => queue.post(one))))
    assert.equal(nameOf(outcome), 'ok');
  await queue.close();
  return ids;
}

const move = (debit: bigint, credit: bigint, amount: bigint, id = newId()): Transfer => ({
  ...{ id, kind: 'post', debit, credit, amount, code: 1, at },
});

const open = (options: Partial<QueueOptions> = {}): LedgerQueue =>
  openQueue({ url, db, ...options });

const nameOf = (outcome: Outcome | undefined): string | undefined =>
  typeof outcome === 'object' ? outcome.name : outcome;

const balance = async (id: bigint): Promise<bigint> => {
  const { rows } = await pool.query<{ balance: bigint }>(
    'select balance from ledger.account where id = $1',
    [id],
  );
  return rows[0]?.balance ?? -1n;
};

/** Keeps everybody off an account until it is let go. */
async function grip(account: bigint): Promise<() => Promise<void>> {
  const client = await pool.connect();
  await client.query('begin');
  await client.query('select from ledger.account where id = $1 for update', [account]);
  return async () => {
    await client.query('rollback');
    client.release();
  };
}

async function until(done: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; !(await done()); tries++) {
    assert(tries < 500, 'it did not come about');
    await sleep(10);
  }
}

test('every caller gets the answer to its own transfer, in the order of each account', async () => {
  // Goal: no answer is mixed up, whatever else is in the batch, and one account's transfers keep their order.
  // Method: 40 wallets of 10 send 7, 5 and 3 at once over 3 writers; by order 5 fails, in any other order another does.
  const from = await wallets(40, 10n);
  const [to] = (await wallets(1, 1n)) as [bigint];
  const queue = open({ writers: 3 });
  const outcomes = await Promise.all(
    [7n, 5n, 3n].flatMap((amount) => from.map((wallet) => queue.post(move(wallet, to, amount)))),
  );
  await queue.close();
  const names = outcomes.map(nameOf);
  assert.deepEqual(
    new Set([...names.slice(0, 40), ...names.slice(80)]),
    new Set(['ok']),
    '7 and 3 are posted',
  );
  assert.deepEqual(new Set(names.slice(40, 80)), new Set(['insufficient']), '5 is refused');
  assert.equal(await balance(to), 401n);
});

test('a lone caller does not wait, and those who come during a commit share the next one', async () => {
  // Goal: no timer; the batch is what came while the one before it was in flight.
  // Method: one transfer is held up by a lock; 200 come meanwhile; afterwards the batches are counted.
  const from = await wallets(20, 1_000n);
  const [to] = (await wallets(1, 1n)) as [bigint];
  const queue = open({ writers: 1 });
  await queue.post(move(from[0] as bigint, to, 1n));
  const before = await lastBatch();
  const letGo = await grip(to);
  const first = queue.post(move(from[0] as bigint, to, 1n));
  await until(isWaitingForLock);
  const rest = Array.from({ length: 200 }, (_, n) =>
    queue.post(move(from[n % 20] as bigint, to, 1n)),
  );
  await letGo();
  await Promise.all([first, ...rest]);
  await queue.close();
  const { rows } = await pool.query<{ transfers: number }>(
    'select transfers from ledger.batch where id > $1 order by id',
    [before],
  );
  assert.deepEqual(
    rows.map((row) => row.transfers),
    [1, 200],
  );
});

test('more than the bound are refused before anything is done, and told when to come again', async () => {
  // Goal: a database that cannot follow makes callers wait or refuses them; memory does not grow.
  // Method: 60 transfers while the account is locked and 50 are allowed; 10 refusals, 50 answers, then all is well.
  const [from, to] = (await wallets(2, 1_000n)) as [bigint, bigint];
  const queue = open({ writers: 1, waitingMax: 50 });
  const letGo = await grip(to);
  const calls = Array.from({ length: 60 }, () => queue.post(move(from, to, 1n)));
  const settled = Promise.allSettled(calls);
  await until(isWaitingForLock);
  await letGo();
  const results = await settled;
  const refused = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  assert.equal(refused.length, 10);
  for (const reason of refused) {
    assert(reason instanceof Refused);
    assert.deepEqual(reason.refusal.code, 'ledger_busy');
    assert.deepEqual(reason.refusal.params, { seconds: 1 });
  }
  assert.equal(await balance(to), 1_050n);
  assert.equal(nameOf(await queue.post(move(from, to, 1n))), 'ok', 'there is room again');
  await queue.close();
});

test('a caller whose time is over knows nothing, asks by the id, and the transfer is there once', async () => {
  // Goal: `unknown` is never `failed`; asking and sending again lead to the one true answer.
  // Method: an account is locked for longer than a caller waits; ask at each stage; send the same id again.
  const [from, to] = (await wallets(2, 100n)) as [bigint, bigint];
  const queue = open({ answerMs: 100 });
  const letGo = await grip(to);
  const transfer = move(from, to, 60n);
  const late = move(from, to, 60n);
  assert.equal(await queue.ask(transfer.id), undefined, 'nobody has heard of it');
  const outcomes = Promise.all([queue.post(transfer), queue.post(late)]);
  assert.deepEqual(await outcomes, ['unknown', 'unknown']);
  assert.equal(await queue.ask(transfer.id), 'unknown', 'it is still under way');
  await letGo();
  await until(async () => (await queue.ask(transfer.id)) !== 'unknown');
  assert.deepEqual(await queue.ask(transfer.id), { code: 1, name: 'exists', replayed: false });
  assert.deepEqual(await queue.ask(late.id), { code: 3, name: 'insufficient', replayed: true });
  assert.equal(nameOf(await queue.post(transfer)), 'exists');
  assert.equal(await balance(to), 160n);
  await queue.close();
});

test('connections killed again and again lose nothing and double nothing', async () => {
  // Goal: a lost connection leaves the batch done or not done; sending it again makes it done once.
  // Method: three clients send the same 1 500 ids while the writers' connections are terminated 40 times;
  // the queue itself sends again, so nobody is left with `unknown`.
  const from = await wallets(30, 1_000_000n);
  const [to] = (await wallets(1, 1n)) as [bigint];
  const transfers = Array.from({ length: 1_500 }, (_, n) => move(from[n % 30] as bigint, to, 3n));
  const queues = [1, 2, 3].map((writers) => open({ writers, answerMs: 60_000 }));
  let isDone = false;
  let killed = 0;
  const killer = (async () => {
    while (!isDone && killed < 40) {
      const { rowCount } = await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name like 'huiquan ledger %'`,
      );
      killed += rowCount ?? 0;
      await sleep(60);
    }
  })();
  const client = async (queue: LedgerQueue): Promise<(string | undefined)[]> => {
    const names: (string | undefined)[] = [];
    for (let start = 0; start < transfers.length; start += 50) {
      const part = transfers.slice(start, start + 50);
      names.push(...(await Promise.all(part.map(async (one) => nameOf(await queue.post(one))))));
    }
    return names;
  };
  const answers = await Promise.all(queues.map(client));
  isDone = true;
  await killer;
  await Promise.all(queues.map((queue) => queue.close()));
  assert(killed >= 5, `only ${killed} connections were killed`);
  for (const names of answers)
    assert.deepEqual(
      names.filter((name) => name !== 'ok' && name !== 'exists'),
      [],
    );
  assert.equal(await balance(to), 1n + 3n * 1_500n);
  const { rows } = await pool.query<{ n: number }>(
    'select count(*)::int4 as n from ledger.transfer where id = any($1::uuid[])',
    [transfers.map(({ id }) => id)],
  );
  assert.equal(rows[0]?.n, 1_500);
  assert.deepEqual(await reconcile(db), []);
});

test('one id from many callers at once is posted once, and other content under it is a conflict', async () => {
  // Goal: ids decide, within one batch and across writers and processes.
  // Method: 100 callers over two queues send one id, 50 of them with another amount or another payer.
  const [from, to, other] = (await wallets(3, 100n)) as [bigint, bigint, bigint];
  const queues = [open({ writers: 2 }), open({ writers: 2 })];
  const transfer = move(from, to, 5n);
  const kinds = [transfer, { ...transfer, amount: 6n }, transfer, { ...transfer, debit: other }];
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      (queues[n % 2] as LedgerQueue).post(kinds[Math.floor(n / 2) % 4] as Transfer),
    ),
  );
  await Promise.all(queues.map((queue) => queue.close()));
  const names = outcomes.map(nameOf);
  assert.equal(names.filter((name) => name === 'ok').length, 1);
  assert.deepEqual(new Set(names), new Set(['ok', 'exists', 'conflict']));
  const moved = (await balance(from)) + (await balance(other));
  assert([194n, 195n].includes(moved), `moved once: ${moved}`);
});

test('a transfer that only a bug can make fails alone', async () => {
  // Goal: one caller's bug takes no other caller's transfer down.
  // Method: an id that is no UUID among 64 good transfers in one batch, twice in the same queue.
  const [from, to] = (await wallets(2, 1_000n)) as [bigint, bigint];
  const queue = open({ writers: 1 });
  for (let round = 0; round < 2; round++) {
    const batch = Array.from({ length: 64 }, () => move(from, to, 1n));
    batch.splice(20 + round, 0, move(from, to, 1n, 'no uuid'));
    const results = await Promise.allSettled(batch.map((one) => queue.post(one)));
    assert.deepEqual(
      results.flatMap((result, index) => (result.status === 'rejected' ? [index] : [])),
      [20 + round],
    );
  }
  assert.equal(await balance(to), 1_128n);
  await queue.close();
});

test('a chain is never torn between two batches', async () => {
  // Goal: linked transfers are all or nothing, wherever a batch ends.
  // Method: batches of at most 4, chains of 3 between singles; each third chain breaks at its last leg.
  const from = await wallets(30, 10n);
  const [to] = (await wallets(1, 1n)) as [bigint];
  const queue = open({ writers: 1, batchMax: 4 });
  const before = await lastBatch();
  const outcomes = await Promise.all(
    from.flatMap((wallet, n) => {
      const legs = [1n, 2n, n % 3 === 0 ? 100n : 3n].map((amount) => move(wallet, to, amount));
      const linked = legs.map((leg, index) => ({ ...leg, linked: index < 2 }));
      return [queue.postChain(linked), queue.post(move(wallet, to, 1n)).then((one) => [one])];
    }),
  );
  await queue.close();
  for (let n = 0; n < 30; n++)
    assert.deepEqual(
      outcomes[2 * n]?.map(nameOf),
      n % 3 === 0 ? ['chain', 'chain', 'insufficient'] : ['ok', 'ok', 'ok'],
    );
  assert.equal(await balance(to), 1n + 30n + 20n * 6n);
  const { rows } = await pool.query<{ most: number }>(
    'select max(transfers + rejects) as most from ledger.batch where id > $1',
    [before],
  );
  assert.equal(rows[0]?.most, 4);
});

test('closing refuses newcomers and answers everybody who was let in', async () => {
  // Goal: a stop loses no answer.
  // Method: 300 transfers, close at once, one more; then close a queue whose database never answers.
  const [from, to] = (await wallets(2, 1_000n)) as [bigint, bigint];
  const queue = open({ batchMax: 50 });
  const calls = Array.from({ length: 300 }, () => queue.post(move(from, to, 1n)));
  const closing = queue.close();
  await assert.rejects(queue.post(move(from, to, 1n)), Refused);
  await closing;
  assert.deepEqual(new Set((await Promise.all(calls)).map(nameOf)), new Set(['ok']));
  assert.equal(await balance(to), 1_300n);

  const stuck = open({ drainMs: 200 });
  const letGo = await grip(to);
  const call = stuck.post(move(from, to, 1n));
  await stuck.close();
  assert.equal(await call, 'unknown');
  await letGo();
});

async function lastBatch(): Promise<bigint> {
  const { rows } = await pool.query<{ id: bigint }>('select max(id) as id from ledger.batch');
  return rows[0]?.id ?? 0n;
}

async function isWaitingForLock(): Promise<boolean> {
  const { rows } = await pool.query(
    `select from pg_stat_activity where datname = current_database()
     and application_name like 'huiquan ledger %' and wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}
