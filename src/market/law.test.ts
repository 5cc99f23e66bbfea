// Goal: no row of an order's table, of its turns, deadlines or money, can be wrong without something noticing.
// Method: a second, hand-written law says who may do what, by when, and where the money stands after it. Seeded walks
// (2 of 3 steps lawful, so they go deep) go through the real kernel on PostgreSQL and are compared with it after each
// step; then every row of the table is changed in every single point, and each mutant must die.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balanceOf, post, trialBalance } from '#ledger';
import { DAY, type Db, fen, HOUR, inTransaction, MINUTE, newId, plus, Refused } from '#platform';
import { allowed, checkProcess, look, move, type Process, start } from '#process';
import { freshDatabase } from '#test/database.ts';
import { marketOrder } from './index.ts';

const T0 = new Date('2026-03-02T02:00:00Z');
const ROLES = ['buyer', 'seller', 'system', 'operator', 'clock'];

/** State → 'who does → next state', the clock's with its deadline; `≤` is the longest that a caller may name. */
const LAW: Readonly<Record<string, readonly string[]>> = {
  placed: [
    'system pay ready',
    'system pay_first preparing',
    'buyer call_off cancelled',
    'system call_off cancelled',
    'clock payment_lapse payment_expired 15min',
  ],
  preparing: [
    'seller deliver ready',
    'seller ship shipped',
    'buyer cancel cancelled',
    'seller cancel cancelled',
    'clock not_delivered refunded 2d',
  ],
  ready: [
    'buyer look probing',
    'buyer cancel cancelled',
    'seller cancel cancelled',
    'clock never_seen refunded 5d',
    'system stop refunded',
  ],
  probing: [
    'system prove proven',
    'system fail refunded',
    'system stop refunded',
    'clock ask_again probing 2min ×15',
    'clock unanswered refunded 4min',
  ],
  proven: ['buyer reveal revealed', 'clock not_opened refunded 2h', 'system stop refunded'],
  revealed: [
    'buyer confirm confirmed',
    'clock confirm confirmed ≤2d',
    'buyer extend extended',
    'buyer dispute disputed',
  ],
  shipped: [
    'buyer receive confirmed',
    'clock receive confirmed 8d',
    'buyer extend extended',
    'buyer dispute disputed',
  ],
  extended: [
    'buyer confirm_extended confirmed',
    'clock confirm_extended confirmed 2d',
    'buyer dispute disputed',
  ],
  disputed: [
    'system settle_claim confirmed',
    'operator settle_claim confirmed',
    'system settle_part confirmed',
    'operator settle_part confirmed',
    'system give_back refunded',
    'operator give_back refunded',
    'system make_whole reimbursed',
    'operator make_whole reimbursed',
    'clock undecided refunded 300h',
  ],
  confirmed: ['clock complete completed ≤365d', 'buyer claim claimed ×3'],
  claimed: [
    'system deny confirmed',
    'operator deny confirmed',
    'clock deny_late confirmed 300h',
    'system reimburse reimbursed',
    'operator reimburse reimbursed',
  ],
  completed: [],
  reimbursed: [],
  payment_expired: [],
  cancelled: [],
  refunded: [],
};

interface Rule {
  by: string;
  name: string;
  to: string;
  afterMs: number | undefined;
  named: boolean;
  atMost: number | undefined;
}
const UNIT = { min: MINUTE, h: HOUR, d: DAY } as const;

function ruleIn(line: string): Rule {
  const [by = '', name = '', to = '', ...more] = line.split(' ');
  const due = more.find((word) => !word.startsWith('×'));
  const times = more.find((word) => word.startsWith('×'));
  const [, most, count = '0', unit = 'd'] = /^(≤?)(\d+)(min|h|d)$/.exec(due ?? '') ?? [];
  return {
    ...{ by, name, to, named: most === '≤' },
    afterMs: due === undefined ? undefined : Number(count) * UNIT[unit as keyof typeof UNIT],
    atMost: times === undefined ? undefined : Number(times.slice(1)),
  };
}
const rulesOf = (state: string): Rule[] => (LAW[state] ?? []).map(ruleIn);

/** The turns and deadlines by the table alone; throws at the first difference from the law. */
function checkTurns(table: Process): void {
  assert.deepEqual(Object.keys(table.states).sort(), Object.keys(LAW).sort(), 'states');
  for (const state of Object.keys(LAW)) {
    assert.equal(table.states[state]?.terminal ?? false, rulesOf(state).length === 0, state);
    for (const role of ROLES) {
      const wanted = rulesOf(state).filter(({ by }) => by === role);
      const names = wanted.map(({ name }) => name).sort();
      assert.deepEqual(allowed(table, state, role).sort(), names, `turns of ${role} in ${state}`);
      for (const { name, to, afterMs, named, atMost } of wanted) {
        const row = table.transitions[name];
        assert.equal(row?.to, to, `${name} leads to ${to}`);
        assert.equal(row.atMost, atMost, `${name} at most`);
        if (afterMs === undefined) continue;
        assert.equal(row.after, named ? 'due' : afterMs, `${name} after`);
        assert.equal(row.within, named ? afterMs : undefined, `${name} within`);
      }
    }
  }
}

const AMOUNTS = {
  ...{ total: 9_200n, net: 8_000n, fee: 225n, charity: 700n, tax: 75n, premium: 200n },
  ...{ refund: 3_000n, keptNet: 5_391n, keptFee: 152n },
  ...{ keptCharity: 471n, keptTax: 51n, keptPremium: 135n },
};
const amounts = Object.fromEntries(
  Object.entries(AMOUNTS).map(([name, value]) => [name, fen(value)]),
);

interface Books {
  incoming: bigint;
  escrow: bigint;
  back: bigint;
  net: bigint;
  charity: bigint;
}

/** Where the money stands, by the state and by what was decided on the way. */
function booksIn(state: string, taken: readonly string[]): Books {
  const { total, net, charity, refund, keptNet, keptCharity } = AMOUNTS;
  const none = { incoming: 0n, escrow: 0n, back: 0n, net: 0n, charity: 0n };
  const isPaid = taken.includes('pay') || taken.includes('pay_first');
  if (!isPaid) return { ...none, incoming: total };
  switch (state) {
    case 'refunded':
    case 'cancelled':
      return { ...none, back: total };
    case 'confirmed':
    case 'claimed':
    case 'completed':
    case 'reimbursed':
      return taken.includes('settle_part')
        ? { ...none, back: refund, net: keptNet, charity: keptCharity }
        : { ...none, net, charity };
    default:
      return { ...none, escrow: total };
  }
}

interface Walk {
  readonly id: string;
  state: string;
  at: Date;
  readonly taken: string[];
}

const accountsOf = (id: string) => ({
  ...{ BUYER_IN: `CLEARING:${id}`, ESCROW: `ESCROW:${id}`, BUYER: `PAYABLE:b-${id}` },
  ...{ PAYABLE: `PAYABLE:s-${id}`, CHARITY: `CHARITY:${id}`, PREMIUM: `PREMIUM:${id}` },
  ...{ FEE: 'FEE', TAX: 'TAX' },
});

async function begin(db: Db, table: Process): Promise<Walk> {
  const id = newId(T0);
  const { BUYER_IN } = accountsOf(id);
  const legs = [{ from: 'CUSTODY:bank', to: BUYER_IN, amount: fen(AMOUNTS.total) }];
  await inTransaction(db, async (tx) => {
    await post(tx, { kind: 'test.pay_in', ref: id, subject: id, at: T0, legs });
    await start(tx, table, { id, at: T0, by: 'buyer', accounts: accountsOf(id), amounts });
  });
  return { id, state: 'placed', at: T0, taken: [] };
}

const NAMED_DUE: Readonly<Record<string, number>> = { revealed: DAY, confirmed: 45 * DAY };

/** True when the step was taken. What the law forbids must be refused. */
async function step(db: Db, table: Process, walk: Walk, by: string, name: string): Promise<void> {
  const rule = rulesOf(walk.state).find((one) => one.by === by && one.name === name);
  const spent =
    rule?.atMost !== undefined && walk.taken.filter((one) => one === name).length >= rule.atMost;
  const wait = rule?.named ? (NAMED_DUE[walk.state] ?? 0) : (rule?.afterMs ?? 0);
  const at = by === 'clock' ? plus(walk.at, wait) : walk.at;
  const to = table.transitions[name]?.to ?? '';
  const take = () =>
    inTransaction(db, (tx) =>
      move(tx, table, {
        ...{ id: walk.id, transition: name, by, at, accounts: accountsOf(walk.id), amounts },
        due: NAMED_DUE[to] === undefined ? undefined : plus(at, NAMED_DUE[to]),
      }),
    );
  if (!rule || spent) {
    await assert.rejects(take(), Refused, `${by} ${name} in ${walk.state}`);
    return;
  }
  await take();
  Object.assign(walk, { state: rule.to, at });
  walk.taken.push(name);
}

async function compare(db: Db, walk: Walk): Promise<void> {
  const { BUYER_IN, ESCROW, BUYER, PAYABLE, CHARITY } = accountsOf(walk.id);
  const codes = [BUYER_IN, ESCROW, BUYER, PAYABLE, CHARITY];
  const [incoming, escrow, back, net, charity] = (
    await Promise.all(codes.map((code) => balanceOf(db, code)))
  ).map(({ balance }) => balance as bigint);
  const where = `in ${walk.state} after ${walk.taken.join(', ')}`;
  assert.deepEqual(
    { incoming, escrow, back, net, charity },
    booksIn(walk.state, walk.taken),
    where,
  );
  assert.equal((await look(db, walk.id))?.state, walk.state, where);
}

/** mulberry32: the same seed is the same walk. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

test('an order never creates, loses or pays a fen twice, whatever anybody tries', async (t) => {
  const { db } = await freshDatabase(t);
  assert.deepEqual(checkProcess(marketOrder), []);
  checkTurns(marketOrder);
  const throwDie = dice(20_261_125);
  const pick = <T>(list: readonly T[]): T => list[throwDie(list.length)] as T;
  const reached = new Set<string>();
  const taken = new Set<string>();
  const names = Object.keys(marketOrder.transitions);
  for (let round = 0; round < 80; round++) {
    const walk = await begin(db, marketOrder);
    for (let steps = 0; steps < 25 && rulesOf(walk.state).length > 0; steps++) {
      const rules = rulesOf(walk.state);
      const onward = rules.filter(({ to }) => rulesOf(to).length > 0);
      // Most exits end an order early; three of four steps go on, or few walks would come far.
      const fresh = rules.filter(({ name }) => !taken.has(name));
      const goesOn = onward.length > 0 && throwDie(4) > 0;
      const likely = goesOn ? onward : rules;
      const rule = pick(fresh.length > 0 && throwDie(2) > 0 ? fresh : likely);
      const lawful = throwDie(3) > 0;
      if (lawful) await step(db, marketOrder, walk, rule.by, rule.name);
      else await step(db, marketOrder, walk, pick(ROLES.slice(0, 4)), pick(names));
      await compare(db, walk);
      reached.add(walk.state);
      for (const name of walk.taken) taken.add(name);
    }
  }
  const states = Object.keys(LAW).filter((state) => state !== 'placed');
  assert.deepEqual(
    states.filter((state) => !reached.has(state)),
    [],
    'never reached',
  );
  assert.deepEqual(
    names.filter((name) => !taken.has(name)),
    [],
    'never taken',
  );
  const { debit, credit } = await trialBalance(db);
  assert.equal(debit, credit);
});

type Row = Process['transitions'][string];

/** Every single-point change of every row. */
function* mutants(table: Process): Generator<{ what: string; mutant: Process }> {
  const states = Object.keys(table.states);
  const withRow = (name: string, row: Row): Process => {
    const made = { ...table, transitions: { ...table.transitions, [name]: row } };
    return { ...made, versions: new Map([[table.version, made]]) };
  };
  for (const [name, row] of Object.entries(table.transitions)) {
    const { [name]: gone, ...rest } = table.transitions;
    assert(gone);
    const without = { ...table, transitions: rest };
    yield { what: `${name} gone`, mutant: { ...without, versions: new Map([[1, without]]) } };
    for (const to of states)
      if (to !== row.to) yield { what: `${name} to ${to}`, mutant: withRow(name, { ...row, to }) };
    for (const state of states) {
      const from = row.from.includes(state)
        ? row.from.filter((one) => one !== state)
        : [...row.from, state];
      yield { what: `${name} from ${from.join()}`, mutant: withRow(name, { ...row, from }) };
    }
    for (const role of ROLES) {
      const by = row.by.includes(role) ? row.by.filter((one) => one !== role) : [...row.by, role];
      yield { what: `${name} by ${by.join()}`, mutant: withRow(name, { ...row, by }) };
    }
    if (typeof row.after === 'number')
      yield { what: `${name} later`, mutant: withRow(name, { ...row, after: row.after + 1 }) };
    if (row.within !== undefined)
      yield { what: `${name} longer`, mutant: withRow(name, { ...row, within: row.within + 1 }) };
    for (const [nth, leg] of (row.money ?? []).entries()) {
      const money = row.money ?? [];
      const fewer = money.filter((one) => one !== leg);
      yield { what: `${name} without ${leg.to}`, mutant: withRow(name, { ...row, money: fewer }) };
      const twice = [...money.slice(0, nth), leg, ...money.slice(nth)];
      yield { what: `${name} twice ${leg.to}`, mutant: withRow(name, { ...row, money: twice }) };
    }
  }
}

test('every single-point mutant of the table dies', () => {
  let count = 0;
  const survivors: string[] = [];
  for (const { what, mutant } of mutants(marketOrder)) {
    count++;
    if (checkProcess(mutant).length > 0) continue;
    try {
      checkTurns(mutant);
      survivors.push(what);
    } catch (error) {
      if (!(error instanceof assert.AssertionError)) throw error;
    }
  }
  assert.ok(count > 1_000, `${count} mutants`);
  assert.deepEqual(survivors, []);
});
