// Goal: whatever anyone tries, in any order and at any time, money is where the state says, and no fen is lost.
// Method: seeded random walks (2 of 3 steps lawful, so they go deep) over the sample table on real PostgreSQL; a
// second, hand-written table says what must happen; books checked after every step; mutants of the table must die.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { balanceOf, post, reconcile, trialBalance } from '#ledger';
import {
  DAY,
  type Db,
  type Fen,
  fen,
  HOUR,
  inTransaction,
  MINUTE,
  newId,
  plus,
  Refused,
} from '#platform';
import { freshDatabase } from '#test/database.ts';
import { checkProcess } from './check.ts';
import type { Process, Row } from './define.ts';
import { decide } from './domain.ts';
import { look, move, start } from './move.ts';
import { sale } from './sale.fixture.ts';
import { findRow, historyOf } from './store.ts';

const T0 = new Date('2026-03-02T02:00:00Z');
const SEED = 20_260_302;
const DISPUTE_DAYS = 5;

/** What must be: state → 'role transition' → next state, and for the clock how long after the entry. */
const lawful: Record<string, Record<string, Rule>> = {
  placed: {
    'buyer pay': { to: 'paid' },
    'buyer cancel': { to: 'cancelled' },
    'clock lapse': { to: 'cancelled', afterMs: 15 * MINUTE },
  },
  paid: {
    'seller deliver': { to: 'delivered' },
    'clock give_up': { to: 'refunded', afterMs: 2 * DAY },
  },
  delivered: {
    'clock remind': { to: 'delivered', afterMs: 6 * HOUR, atMost: 2 },
    'buyer confirm': { to: 'released' },
    'clock confirm': { to: 'released', afterMs: DAY },
    'buyer dispute': { to: 'disputed' },
  },
  disputed: {
    'operator give': { to: 'released' },
    'operator refund': { to: 'refunded' },
    'clock refund': { to: 'refunded', afterMs: DISPUTE_DAYS * DAY },
    'operator split': { to: 'shared' },
  },
};
const roles = ['buyer', 'seller', 'operator', 'clock'] as const;
const anything = roles.flatMap((role) =>
  Object.keys(sale.transitions).map((transition) => `${role} ${transition}`),
);

type Amounts = Record<'price' | 'net' | 'fees' | 'back' | 'kept', Fen>;
const amountsOf = fc
  .tuple(fc.nat(99_999), fc.nat(9_999), fc.nat(9_999))
  .map(([back, kept, fees]) => ({
    price: fen(back + kept + fees),
    net: fen(back + kept),
    fees: fen(fees),
    back: fen(back),
    kept: fen(kept),
  }));
const walks = fc.array(
  fc.record({
    waitMs: fc.constantFrom(0, MINUTE, 16 * MINUTE, 6 * HOUR, DAY, 6 * DAY),
    isLawful: fc.nat(2).map((one) => one > 0),
    pick: fc.nat(9_999),
  }),
  { minLength: 1, maxLength: 9 },
);
type Walk = typeof walks extends fc.Arbitrary<infer W> ? W : never;

/** Lawful steps, those that do not end the walk three times: chance alone would hardly ever reach a dispute. */
function deepening(state: string): string[] {
  const open = Object.entries(lawful[state] ?? {});
  const on = open.filter(([, { to }]) => lawful[to]);
  const choices = [...open, ...on, ...on].map(([choice]) => choice);
  return choices.length > 0 ? choices : anything;
}

const FUNDS = 1_000_000n;

/** What each account must hold in each state; the fee is told apart from that of earlier walks. */
function booksIn(state: string, amounts: Amounts, feeBefore: bigint) {
  const { price, net, fees, back, kept } = amounts;
  const [wallet, held, escrow, payable, fee] = {
    placed: [FUNDS, price, 0n, 0n, 0n],
    cancelled: [FUNDS, 0n, 0n, 0n, 0n],
    refunded: [FUNDS, 0n, 0n, 0n, 0n],
    released: [FUNDS - price, 0n, 0n, net, fees],
    shared: [FUNDS - price + back, 0n, 0n, kept, fees],
  }[state] ?? [FUNDS - price, 0n, price, 0n, 0n];
  return { wallet, held, escrow, payable, fee: feeBefore + (fee ?? 0n) };
}

interface Model {
  state: string;
  enteredAt: Date;
  taken: number;
  seq: number;
}
type Rule = { to: string; afterMs?: number; atMost?: number };

const isOpen = (model: Model, rule: Rule | undefined, at: Date): boolean =>
  rule !== undefined &&
  at >= plus(model.enteredAt, rule.afterMs ?? 0) &&
  (rule.atMost === undefined || model.taken < rule.atMost);

/** Nobody may do anything but what is lawful, and the clock not a millisecond too early or too late. */
async function checkTurns(db: Db, table: Process, id: string, model: Model): Promise<void> {
  const found = await findRow(db, id);
  assert(found);
  for (const choice of anything) {
    const [by = '', transition = ''] = choice.split(' ');
    const rule = lawful[model.state]?.[choice];
    const due = plus(model.enteredAt, rule?.afterMs ?? 0);
    for (const at of [plus(due, -1), due]) {
      if (at < model.enteredAt) continue;
      const { ok } = decide(table, found.standing, { transition, by, at });
      assert.equal(ok, isOpen(model, rule, at), `${choice} in ${model.state}`);
    }
  }
}

async function walk(
  db: Db,
  table: Process,
  input: { amounts: Amounts; steps: Walk; reached: Set<string> },
): Promise<void> {
  const { amounts, steps, reached } = input;
  const id = newId(T0);
  const wallet = `WALLET:${id}`;
  const accounts = { WALLET: wallet, ESCROW: `ESCROW:${id}`, PAYABLE: `PAYABLE:${id}`, FEE: 'FEE' };
  const feeBefore = (await balanceOf(db, 'FEE')).balance;
  const legs = [{ from: 'CUSTODY:bank', to: wallet, amount: fen(FUNDS) }];
  await inTransaction(db, async (tx) => {
    await post(tx, { kind: 'test.top_up', ref: id, subject: id, at: T0, legs });
    await start(tx, table, { id, at: T0, by: 'buyer', accounts, amounts });
  });
  let model: Model = { state: 'placed', enteredAt: T0, taken: 0, seq: 0 };
  let at = T0;
  const check = async () => {
    reached.add(model.state);
    const [account, escrow, payable, fee] = await Promise.all(
      [wallet, accounts.ESCROW, accounts.PAYABLE, 'FEE'].map((code) => balanceOf(db, code)),
    );
    assert.deepEqual(
      {
        wallet: account?.balance,
        held: account?.held,
        escrow: escrow?.balance,
        payable: payable?.balance,
        fee: fee?.balance,
      },
      booksIn(model.state, amounts, feeBefore),
    );
    const { debit, credit } = await trialBalance(db);
    assert.equal(debit, credit);
    const now = await look(db, id);
    assert.deepEqual(
      [now?.state, now?.seq, now?.escrowFen, now?.terminal],
      [model.state, model.seq, escrow?.balance, lawful[model.state] === undefined],
    );
    await checkTurns(db, table, id, model);
  };
  await check();
  for (const { waitMs, isLawful, pick } of steps) {
    at = plus(at, waitMs);
    const choices = isLawful ? deepening(model.state) : anything;
    const [by = '', transition = ''] = (choices[(pick >> 1) % choices.length] ?? '').split(' ');
    const rule = lawful[model.state]?.[`${by} ${transition}`];
    const dueAt = plus(model.enteredAt, rule?.afterMs ?? 0);
    // Every second step of the clock waits for its time; the others may well come too early.
    if (isLawful && pick % 2 === 0 && at < dueAt) at = dueAt;
    const lawfully = isOpen(model, rule, at);
    const due = transition === 'dispute' ? plus(at, DISPUTE_DAYS * DAY) : undefined;
    const went = await inTransaction(db, (tx) =>
      move(tx, table, { id, transition, by, at, accounts, amounts, due }),
    ).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Refused) return false;
        throw error;
      },
    );
    assert.equal(went, lawfully, `${by} ${transition} in ${model.state}`);
    if (rule && went) {
      reached.add(transition);
      const taken = model.taken + (rule.atMost === undefined ? 0 : 1);
      model = { state: rule.to, enteredAt: at, taken, seq: model.seq + 1 };
    }
    await check();
  }
  assert.equal((await historyOf(db, id)).length, model.seq + 1);
}

const manyWalks = (db: Db, table: Process, numRuns: number, reached = new Set<string>()) =>
  fc.assert(
    fc.asyncProperty(amountsOf, walks, (amounts, steps) =>
      walk(db, table, { amounts, steps, reached }),
    ),
    { numRuns, seed: SEED, endOnFailure: true },
  );

test('random walks never create, lose or misplace a fen, and reach every state', async (t) => {
  const { db } = await freshDatabase(t);
  const reached = new Set<string>();
  await manyWalks(db, sale, 100, reached);
  for (const state of Object.keys(sale.states)) assert(reached.has(state), `never in ${state}`);
  for (const name of Object.keys(sale.transitions)) assert(reached.has(name), `never took ${name}`);
  assert.deepEqual(await reconcile(db), []);
});

/** The sample with some rows changed; the money of an instance follows the changed table. */
const mutant = (change: Record<string, Partial<Row>>, whole: Partial<Process> = {}): Process => {
  const transitions = Object.fromEntries(
    Object.entries<Row>(sale.transitions).map(([name, row]) => [name, { ...row, ...change[name] }]),
  );
  const versions = new Map<number, Process>();
  const made: Process = { ...sale, ...whole, transitions, versions };
  versions.set(made.version, made);
  return made;
};
const leg = (from: string, to: string, amount: string) => ({ from, to, amount });

const mutants: [string, 'check' | 'walk', Process][] = [
  [
    'the fee is forgotten',
    'check',
    mutant({ confirm: { money: [leg('ESCROW', 'PAYABLE', 'net')] } }),
  ],
  [
    'the fee is taken twice',
    'check',
    mutant({
      give: {
        money: [
          leg('ESCROW', 'PAYABLE', 'net'),
          leg('ESCROW', 'FEE', 'fees'),
          leg('ESCROW', 'FEE', 'fees'),
        ],
      },
    }),
  ],
  ['the refund is forgotten', 'check', mutant({ give_up: { money: [] } })],
  ['the hold stays after a lapse', 'check', mutant({ lapse: { money: [] } })],
  ['a cancelled order is charged', 'check', mutant({ cancel: { money: [{ do: 'capture' }] } })],
  ['paying takes nothing', 'check', mutant({ pay: { money: [] } })],
  ['a sale is released before delivery', 'check', mutant({ deliver: { to: 'released' } })],
  ['a paid order is cancelled', 'check', mutant({ cancel: { from: ['placed', 'paid'] } })],
  ['reminders never end', 'check', mutant({ remind: { atMost: 1_000_000 } })],
  ['a dispute may last a month', 'check', mutant({ refund: { within: 30 * DAY } })],
  ['the clock forgets disputes', 'check', mutant({ refund: { by: ['operator'] } })],
  [
    'the seller gets the fee',
    'walk',
    mutant({ confirm: { money: [leg('ESCROW', 'PAYABLE', 'price')] } }),
  ],
  [
    'the refund goes to the seller',
    'walk',
    mutant({ give_up: { money: [leg('ESCROW', 'PAYABLE', 'price')] } }),
  ],
  [
    'shares are swapped',
    'walk',
    mutant({
      split: {
        money: [
          leg('ESCROW', 'WALLET', 'kept'),
          leg('ESCROW', 'PAYABLE', 'back'),
          leg('ESCROW', 'FEE', 'fees'),
        ],
      },
    }),
  ],
  [
    'the fee is charged to the wallet',
    'walk',
    mutant({ deliver: { money: [leg('WALLET', 'FEE', 'fees')] } }),
  ],
  [
    'an order is held for less',
    'check',
    mutant({}, { opening: [{ do: 'hold', ...leg('WALLET', 'ESCROW', 'net') }] }),
  ],
  ['a paid sale can be confirmed', 'walk', mutant({ confirm: { from: ['paid', 'delivered'] } })],
  ['a sale cannot be disputed', 'check', mutant({ dispute: { from: ['paid'], to: 'delivered' } })],
  [
    'the seller confirms for the buyer',
    'walk',
    mutant({ confirm: { by: ['seller', 'buyer', 'clock'] } }),
  ],
  [
    'the buyer decides the dispute',
    'walk',
    mutant({ refund: { by: ['buyer', 'operator', 'clock'] } }),
  ],
  ['the buyer may no longer confirm', 'walk', mutant({ confirm: { by: ['clock'] } })],
  ['orders lapse too early', 'walk', mutant({ lapse: { after: 14 * MINUTE } })],
  ['orders lapse too late', 'walk', mutant({ lapse: { after: 17 * MINUTE } })],
  ['one reminder too few', 'walk', mutant({ remind: { atMost: 1 } })],
  ['a decision for the seller refunds', 'walk', mutant({ give: { to: 'refunded' } })],
];

for (const [name, killer, table] of mutants) {
  test(`mutant dies by the ${killer}: ${name}`, async (t) => {
    const findings = checkProcess(table);
    if (killer === 'check') {
      assert.notDeepEqual(findings, []);
      return;
    }
    const { db } = await freshDatabase(t);
    await assert.rejects(manyWalks(db, table, 100), /Property failed/);
  });
}
