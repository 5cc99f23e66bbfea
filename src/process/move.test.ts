// Goal: a move is one commit of state, history, money, record and jobs, or none; one of many rivals wins.
// Method: the sample table on real PostgreSQL with the real ledger; rivals in parallel, failures on purpose.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { balanceOf, movementsOf, post, trialBalance } from '#ledger';
import {
  type Db,
  fen,
  inTransaction,
  MINUTE,
  newId,
  notify,
  openLive,
  plus,
  Refused,
  transitionsDone,
} from '#platform';
import { entriesOf } from '#record';
import { freshDatabase } from '#test/database.ts';
import { defineProcess } from './define.ts';
import { allowedFor, lock, look, type Move, move, start } from './move.ts';
import { sale } from './sale.fixture.ts';
import { historyOf, liveCounts } from './store.ts';

const T0 = new Date('2026-03-02T02:00:00Z');
const PRICE = fen(9_000n);
const amounts = { price: PRICE, net: fen(8_775n), fees: fen(225n) };

async function topUp(db: Db, wallet: string, amount = 1_000_000n): Promise<void> {
  const legs = [{ from: 'CUSTODY:bank', to: `WALLET:${wallet}`, amount: fen(amount) }];
  const once = { kind: 'test.top_up', ref: newId(), subject: wallet, at: T0 };
  await inTransaction(db, (tx) => post(tx, { ...once, legs }));
}

async function placed(db: Db): Promise<{ id: string; accounts: Move<typeof sale>['accounts'] }> {
  const id = newId(T0);
  const accounts = {
    WALLET: `WALLET:${id}`,
    ESCROW: `ESCROW:${id}`,
    PAYABLE: `PAYABLE:${id}`,
    FEE: 'FEE',
  };
  await topUp(db, id);
  await inTransaction(db, (tx) => start(tx, sale, { id, at: T0, by: 'buyer', accounts, amounts }));
  return { id, accounts };
}

const take = (db: Db, input: Move<typeof sale>) => inTransaction(db, (tx) => move(tx, sale, input));

async function refusalOf(work: Promise<unknown>): Promise<Refused['refusal']> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert(error instanceof Refused, `expected a refusal, got ${error}`);
  return error.refusal;
}

async function everything(db: Db, id: string) {
  const { rows } = await sql<{ task: string }>`
    select task_identifier as task from graphile_worker.jobs`.execute(db);
  return {
    instance: await look(db, id),
    history: await historyOf(db, id),
    money: await movementsOf(db, id),
    held: await balanceOf(db, `WALLET:${id}`),
    record: (await entriesOf(db, id)).map((entry) => entry.type),
    jobs: rows.map((row) => row.task),
  };
}

test('a move writes state, history, money, record and jobs', async (t) => {
  const { db } = await freshDatabase(t);
  const { id, accounts } = await placed(db);
  assert.deepEqual(await balanceOf(db, `WALLET:${id}`), { balance: 1_000_000n, held: 9_000n });

  const paid = await take(db, {
    ...{ id, accounts, amounts, transition: 'pay', by: 'buyer', actor: 'b-1', note: 'by card' },
    at: plus(T0, MINUTE),
    record: { rail: 'bank' },
    jobs: [{ task: 'test.ship', payload: { id } }],
  });
  assert.equal(paid.state, 'paid');
  assert.deepEqual(paid.dueAt, plus(T0, MINUTE + 2 * 24 * 60 * MINUTE));
  assert.equal(paid.dueTransition, 'give_up');
  assert.equal(paid.escrowFen, PRICE);
  assert.deepEqual(await balanceOf(db, `ESCROW:${id}`), { balance: 9_000n, held: 0n });
  await take(db, { id, transition: 'deliver', by: 'seller', at: plus(T0, 2 * MINUTE) });
  const at = plus(T0, 3 * MINUTE);
  const done = await take(db, { id, accounts, amounts, transition: 'confirm', by: 'buyer', at });
  assert.deepEqual([done.state, done.terminal, done.dueAt], ['released', true, undefined]);

  const all = await everything(db, id);
  assert.deepEqual(all.instance, done);
  assert.deepEqual(
    all.history.map((step) => [step.seq, step.transition, step.by, step.from, step.to]),
    [
      [0, 'start', 'buyer', undefined, 'placed'],
      [1, 'pay', 'buyer', 'placed', 'paid'],
      [2, 'deliver', 'seller', 'paid', 'delivered'],
      [3, 'confirm', 'buyer', 'delivered', 'released'],
    ],
  );
  assert.deepEqual([all.history[1]?.actor, all.history[1]?.note], ['b-1', 'by card']);
  assert.deepEqual(all.record, ['sale.start', 'sale.pay', 'sale.deliver', 'sale.confirm']);
  assert.deepEqual(all.jobs, ['test.ship']);
  assert.deepEqual((await balanceOf(db, `PAYABLE:${id}`)).balance, 8_775n);
  assert.deepEqual((await balanceOf(db, `ESCROW:${id}`)).balance, 0n);
  assert.deepEqual((await balanceOf(db, 'FEE')).balance, 225n);
  const counts = await liveCounts(db, sale);
  assert.deepEqual(
    [counts.released, counts.placed, Object.keys(counts).length],
    [1, 0, Object.keys(sale.states).length],
  );
});

test('open pages hear of a committed move, and of no other', async (t) => {
  const { db, url } = await freshDatabase(t);
  const live = await openLive(url);
  const { id, accounts } = await placed(db);
  // Notifications arrive in the order of their commits: when the mark is heard, so is all before it.
  const allHeard = async (mark: string) => {
    const marked = new Promise<void>((done) => {
      live.subscribe(mark, done);
    });
    await inTransaction(db, async (tx) => notify(tx, mark));
    await marked;
  };
  await allHeard('test:1');
  let heard = 0;
  live.subscribe(`sale:${id}`, () => heard++);
  const pay: Move<typeof sale> = { id, accounts, amounts, transition: 'pay', by: 'buyer', at: T0 };
  const counted = async () => {
    const { values } = await transitionsDone.get();
    return values.find(({ labels }) => labels.process === 'sale' && labels.transition === 'pay');
  };
  const before = (await counted())?.value ?? 0;
  await take(db, pay);
  await refusalOf(take(db, pay));
  await allHeard('test:2');
  assert.equal(heard, 1);
  assert.equal((await counted())?.value, before + 1);
  await live.close();
});

test('of twenty rivals one wins; the others are told what is allowed now', async (t) => {
  const { db } = await freshDatabase(t);
  const { id, accounts } = await placed(db);
  const at = plus(T0, MINUTE);
  const pay = { id, accounts, amounts, transition: 'pay', by: 'buyer', at } as const;
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => take(db, pay)));
  const lost = tries.filter((one) => one.status === 'rejected');
  assert.equal(lost.length, 19);
  for (const { reason } of lost) {
    assert(reason instanceof Refused);
    assert.equal(reason.refusal.code, 'wrong_state');
    assert.deepEqual(reason.refusal.allowed, []);
  }
  assert.equal((await historyOf(db, id)).length, 2);
  assert.equal((await balanceOf(db, `ESCROW:${id}`)).balance, 9_000n);

  const seller = await refusalOf(
    take(db, { ...pay, transition: 'confirm', by: 'seller', accounts, amounts }),
  );
  assert.deepEqual([seller.code, seller.allowed], ['wrong_state', ['deliver']]);
  assert.deepEqual(seller.params, { state: 'paid' });
  const turn = await refusalOf(take(db, { id, transition: 'deliver', by: 'buyer', at }));
  assert.deepEqual([turn.code, turn.allowed], ['not_your_turn', []]);
  const early = await refusalOf(take(db, { ...pay, transition: 'give_up', by: 'clock' }));
  assert.equal(early.code, 'not_due');
  const stranger = await refusalOf(take(db, { ...pay, id: newId(T0) }));
  assert.equal(stranger.code, 'not_found');
  assert.deepEqual(await allowedFor(db, sale, id, 'seller'), ['deliver']);
});

test('whatever throws leaves nothing: not in state, money, record or jobs', async (t) => {
  const { db } = await freshDatabase(t);
  const { id, accounts } = await placed(db);
  const before = await everything(db, id);
  const pay: Move<typeof sale> = {
    ...{ id, accounts, amounts, at: plus(T0, MINUTE) },
    transition: 'pay',
    by: 'buyer',
    jobs: [{ task: 'test.ship', payload: { id } }],
  };
  const broken = inTransaction(db, async (tx) => {
    await move(tx, sale, pay);
    throw new Error('after the move');
  });
  await assert.rejects(broken, /after the move/);
  assert.deepEqual(await everything(db, id), before);

  // The ledger's own no, the template's, and the table's come at different moments of a move.
  const poor = newId(T0);
  const noMoney = inTransaction(db, (tx) =>
    start(tx, sale, {
      ...{ id: poor, at: T0, by: 'buyer', amounts, jobs: pay.jobs },
      accounts: { ...accounts, WALLET: `WALLET:${poor}` },
    }),
  );
  assert.equal((await refusalOf(noMoney)).code, 'insufficient_funds');
  assert.deepEqual((await everything(db, poor)).record, []);
  assert.equal(await look(db, poor), undefined);

  await take(db, pay);
  await take(db, { id, transition: 'deliver', by: 'seller', at: pay.at });
  const delivered = await everything(db, id);
  const confirm = { ...pay, transition: 'confirm' } as const;
  const uneven = { ...amounts, fees: fen(224n) };
  await assert.rejects(take(db, { ...confirm, amounts: uneven }), /price is not net \+ fees/);
  const { price: _, ...parts } = uneven;
  await assert.rejects(take(db, { ...confirm, amounts: parts }), /would end with escrow/);
  await assert.rejects(take(db, { ...confirm, accounts: {} }), /no account for ESCROW/);
  await assert.rejects(take(db, { ...confirm, amounts: {} }), /no amount for net/);
  assert.deepEqual(await everything(db, id), delivered);
  const { debit, credit } = await trialBalance(db);
  assert.equal(debit, credit);
});

test('the schema defends itself: history stays, and nothing ends with money or waits without a deadline', async (t) => {
  const { db } = await freshDatabase(t);
  const { id, accounts } = await placed(db);
  await take(db, { id, accounts, amounts, transition: 'pay', by: 'buyer', at: T0 });
  const change = (statement: ReturnType<typeof sql>) => statement.execute(db);
  await assert.rejects(change(sql`update process.step set to_state = 'x'`), /append-only/);
  await assert.rejects(change(sql`delete from process.step`), /append-only/);
  const end = sql`update process.instance set terminal = true, due_at = null, due_transition = null,
    wake_at = null where id = ${id}`;
  await assert.rejects(change(end), /ends_without_money/);
  const wait = sql`update process.instance set due_at = null, due_transition = null, wake_at = null`;
  await assert.rejects(change(wait), /nothing_waits_forever/);
});

test('an instance is found by its own process only, and locked until commit', async (t) => {
  const { db } = await freshDatabase(t);
  const { id, accounts } = await placed(db);
  const other = { ...sale, name: 'other' } as const;
  assert.equal(await inTransaction(db, (tx) => lock(tx, other, id)), undefined);
  const order: string[] = [];
  let second: Promise<unknown> = Promise.resolve();
  await inTransaction(db, async (tx) => {
    assert.equal((await lock(tx, sale, id))?.state, 'placed');
    second = take(db, { id, accounts, amounts, transition: 'cancel', by: 'buyer', at: T0 });
    second = second.then(() => order.push('second'));
    await sql`select pg_sleep(0.2)`.execute(tx);
    order.push('first');
  });
  await second;
  assert.deepEqual(order, ['first', 'second']);
});

test('an instance keeps the version it started with', async (t) => {
  const { db } = await freshDatabase(t);
  const words = { zh: '状', en: 'state' };
  const states = { open: words, done: { ...words, terminal: true } } as const;
  const lapse = { by: ['clock'], from: ['open'], to: 'done', after: MINUTE } as const;
  const base = { name: 'toy', initial: 'open', roles: ['seller'] } as const;
  const v1 = defineProcess({ ...base, version: 1, states, transitions: { lapse } });
  const v2 = defineProcess({
    ...base,
    version: 2,
    states: { ...states, paused: words },
    transitions: {
      pause: { by: ['seller'], from: ['open'], to: 'paused' },
      finish: { by: ['clock'], from: ['open', 'paused'], to: 'done', after: 2 * MINUTE },
    },
    earlier: [v1],
  });
  const old = newId(T0);
  const fresh = newId(T0);
  const at = plus(T0, 2 * MINUTE);
  await inTransaction(db, (tx) => start(tx, v1, { id: old, at: T0, by: 'seller' }));
  await inTransaction(db, (tx) => start(tx, v2, { id: fresh, at: T0, by: 'seller' }));
  const pause = (id: string) =>
    inTransaction(db, (tx) => move(tx, v2, { id, transition: 'pause', by: 'seller', at }));
  const no = await refusalOf(pause(old));
  assert.deepEqual([no.code, no.allowed], ['wrong_state', []]);
  const paused = await pause(fresh);
  assert.deepEqual([paused.version, paused.state], [2, 'paused']);
  const ended = await inTransaction(db, (tx) =>
    move(tx, v2, { id: old, transition: 'lapse', by: 'clock', at }),
  );
  assert.deepEqual([ended.version, ended.state], [1, 'done']);
  const counts = await liveCounts(db, v2);
  assert.deepEqual(counts, { done: 1, open: 0, paused: 1 });
});
