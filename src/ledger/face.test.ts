// Goal: whatever is posted, held, captured, released or expires, in any order, the books say what arithmetic says.
// Method: random commands against PostgreSQL and against forty lines of plain arithmetic; every outcome must be seen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DAY, type Db, fen, inTransaction, MINUTE, plus, Refused, type Tx } from '#platform';
import { freshDatabase } from '#test/database.ts';
import {
  balanceOf,
  capture,
  expireHolds,
  hold,
  post,
  reconcile,
  release,
  statement,
} from './index.ts';

const START = new Date('2026-03-01T00:00:00Z');
const CODES = ['CUSTODY', 'RECEIVABLE', 'WALLET', 'ESCROW', 'PAYABLE', 'LOSS'];
const OUTCOMES = [
  'post ok',
  'post again',
  'post insufficient_funds',
  'hold ok',
  'hold again',
  'hold insufficient_funds',
  'capture whole',
  'capture part',
  'capture hold_closed',
  'capture too late',
  'capture insufficient_funds',
  'release ok',
  'release again',
  'release hold_closed',
  'expire some',
  'expire none',
];

interface Pair {
  from: number;
  to: number;
  amount: number;
}
type Step =
  | { do: 'post'; ref: number; legs: Pair[] }
  | { do: 'hold'; ref: number; leg: Pair; minutes: number }
  | { do: 'capture'; ref: number; percent: number }
  | { do: 'release'; ref: number }
  | { do: 'wait'; minutes: number }
  | { do: 'expire' };

interface ModelHold {
  leg: Pair;
  state: string;
  expires: number;
}

/** The reference: balances and holds as plain numbers, the rules as plain conditions. */
class Model {
  readonly balance = CODES.map(() => 0);
  readonly held = CODES.map(() => 0);
  readonly posted = new Set<number>();
  readonly holds = new Map<number, ModelHold>();
  minute = 0;

  private allowed(balance: number[], held: number[]): boolean {
    return CODES.every((code, i) => {
      if (code === 'LOSS') return true;
      const value = balance[i] ?? 0;
      const isAsset = code === 'CUSTODY' || code === 'RECEIVABLE';
      return isAsset ? value <= 0 : value - (held[i] ?? 0) >= 0;
    });
  }
  private apply(legs: Pair[], freed?: Pair): boolean {
    const balance = [...this.balance];
    const held = [...this.held];
    for (const { from, to, amount } of legs) {
      balance[from] = (balance[from] ?? 0) - amount;
      balance[to] = (balance[to] ?? 0) + amount;
    }
    if (freed) held[freed.from] = (held[freed.from] ?? 0) - freed.amount;
    if (!this.allowed(balance, held)) return false;
    this.balance.splice(0, CODES.length, ...balance);
    this.held.splice(0, CODES.length, ...held);
    return true;
  }
  run(step: Step): string {
    if (step.do === 'wait') {
      this.minute += step.minutes;
      return 'wait';
    }
    if (step.do === 'post') {
      if (this.posted.has(step.ref)) return 'post again';
      if (!this.apply(step.legs)) return 'post insufficient_funds';
      this.posted.add(step.ref);
      return 'post ok';
    }
    if (step.do === 'hold') return this.hold(step);
    if (step.do === 'expire') {
      const due = [...this.holds.values()].filter(
        (one) => one.state === 'pending' && one.expires <= this.minute,
      );
      for (const one of due) this.close(one, 'expired');
      return due.length > 0 ? 'expire some' : 'expire none';
    }
    return this.finish(step);
  }
  private hold(step: Step & { do: 'hold' }): string {
    if (this.holds.has(step.ref)) return 'hold again';
    const { leg } = step;
    if (!this.apply([], { ...leg, amount: -leg.amount })) return 'hold insufficient_funds';
    this.holds.set(step.ref, { leg, state: 'pending', expires: this.minute + step.minutes });
    return 'hold ok';
  }
  private finish(step: Step & { do: 'capture' | 'release' }): string {
    const one = this.holds.get(step.ref);
    if (!one) return 'unknown';
    if (step.do === 'release') {
      if (one.state === 'posted') return 'release hold_closed';
      if (one.state !== 'pending') return 'release again';
      this.close(one, 'voided');
      return 'release ok';
    }
    if (one.state !== 'pending') return 'capture hold_closed';
    if (one.expires <= this.minute) return 'capture too late';
    const amount = partOf(one.leg, step.percent);
    if (!this.apply([{ ...one.leg, amount }], one.leg)) return 'capture insufficient_funds';
    one.state = 'posted';
    return amount === one.leg.amount ? 'capture whole' : 'capture part';
  }
  private close(one: ModelHold, state: string): void {
    this.apply([], one.leg);
    one.state = state;
  }
}

const partOf = (leg: Pair, percent: number): number =>
  Math.max(1, Math.floor((leg.amount * percent) / 100));

/** The same step on the real books, its outcome in the words of the model. */
class Books {
  readonly holds = new Map<number, { leg: Pair; kind: string }>();
  readonly posts = new Map<number, Pair[]>();
  minute = 0;
  readonly db: Db;
  readonly run: string;
  constructor(db: Db, run: number) {
    this.db = db;
    this.run = `r${run}`;
  }
  get at(): Date {
    return plus(START, this.minute * MINUTE);
  }
  code = (index: number): string => `${CODES[index]}:${this.run}`;
  private leg = ({ from, to, amount }: Pair) => ({
    from: this.code(from),
    to: this.code(to),
    amount: fen(amount),
  });

  async step(step: Step): Promise<string> {
    try {
      return await inTransaction(this.db, (tx) => this.act(tx, step));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return `${step.do} ${error.refusal.code}`;
    }
  }
  private async act(tx: Tx, step: Step): Promise<string> {
    const { at, run: subject } = this;
    if (step.do === 'wait') {
      this.minute += step.minutes;
      return 'wait';
    }
    if (step.do === 'expire')
      return (await expireHolds(this.db, at)) > 0 ? 'expire some' : 'expire none';
    const ref = `${subject}/${step.ref}`;
    if (step.do === 'post') {
      const legs = (this.posts.get(step.ref) ?? step.legs).map(this.leg);
      const first = await post(tx, { kind: 'model.post', ref, subject, at, legs });
      if (first) this.posts.set(step.ref, step.legs);
      return first ? 'post ok' : 'post again';
    }
    const known = this.holds.get(step.ref);
    if (step.do === 'hold') {
      const { from, to, amount } = this.leg(known?.leg ?? step.leg);
      const expiresAt = plus(at, step.minutes * MINUTE);
      const kind = 'model.hold';
      const first = await hold(tx, { kind, ref, subject, at, from, to, amount, expiresAt });
      if (first) this.holds.set(step.ref, { leg: step.leg, kind });
      return first ? 'hold ok' : 'hold again';
    }
    if (!known) return 'unknown';
    if (step.do === 'release')
      return (await release(tx, { kind: known.kind, ref, at })) ? 'release ok' : 'release again';
    const part = partOf(known.leg, step.percent);
    const amount = step.percent === 100 ? {} : { amount: fen(part) };
    await capture(tx, { kind: known.kind, ref, at, ...amount });
    return part === known.leg.amount ? 'capture whole' : 'capture part';
  }
}

/** No circles: those are booked in the order of their legs, so that more than the end of a posting counts. */
const upwards = (pair: Pair): Pair =>
  pair.from > pair.to && pair.from < 2 === pair.to < 2
    ? { ...pair, from: pair.to, to: pair.from }
    : pair;
const pair = fc
  .record({
    from: fc.nat(CODES.length - 1),
    hop: fc.integer({ min: 1, max: CODES.length - 1 }),
    amount: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ from, hop, amount }) => ({ from, to: (from + hop) % CODES.length, amount }));
/** Money must come in before much else can happen. */
const income = fc
  .record({ to: fc.integer({ min: 2, max: 4 }), amount: fc.integer({ min: 20, max: 90 }) })
  .map(({ to, amount }) => ({ from: 0, to, amount }));
const holdRef = fc.nat(3);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('post' as const),
      ref: fc.nat(40),
      legs: fc.tuple(income),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('post' as const),
      ref: fc.nat(40),
      legs: fc.array(pair.map(upwards), { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      ref: holdRef,
      leg: pair,
      minutes: fc.integer({ min: 1, max: 20 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('capture' as const),
      ref: holdRef,
      percent: fc.constantFrom(100, 100, 50, 1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), ref: holdRef }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      minutes: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const) }) },
);

test('the books agree with plain arithmetic after every command', async (t) => {
  const { db } = await freshDatabase(t);
  const seen = new Set<string>();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }),
      async (steps) => {
        const books = new Books(db, ++runs);
        const model = new Model();
        for (const one of steps) {
          const expected = model.run(one);
          seen.add(expected);
          const found = await books.step(one);
          assert.equal(found, expected === 'capture too late' ? 'capture hold_closed' : expected);
        }
        for (const [index] of CODES.entries()) {
          const found = await balanceOf(db, books.code(index));
          assert.deepEqual(
            { balance: Number(found.balance), held: Number(found.held) },
            { balance: model.balance[index], held: model.held[index] },
            books.code(index),
          );
          const { opening, entries, closing } = await statement(db, books.code(index), {
            from: plus(START, 10 * MINUTE),
            to: plus(START, DAY),
          });
          assert.equal(closing, found.balance);
          assert.equal(
            opening + entries.reduce((total, entry) => total + entry.amount, 0n),
            closing,
          );
        }
        await expireHolds(db, plus(START, DAY)); // nothing of this run may be due in the next
      },
    ),
    { numRuns: 40 },
  );
  assert.deepEqual(await reconcile(db), []);
  for (const outcome of OUTCOMES) assert(seen.has(outcome), `never seen: ${outcome}`);
});
