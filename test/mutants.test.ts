// Goal: no row of the buyback table, of its turns, deadlines or money, can be wrong without something noticing.
// Method: a second, hand-written law says who may do what, by when, and where the money stands after it. Paths that
// take every row are walked through the real kernel on PostgreSQL and compared with it. Then the table is mutated:
// a list of believable mistakes, each with the check that must kill it, and every single-point change of every row.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { buyback } from '#buyback';
import { balanceOf, post, reconcile } from '#ledger';
import { DAY, type Db, type Fen, fen, HOUR, inTransaction, MINUTE, newId, plus } from '#platform';
import { allowed, checkProcess, look, type MoneyRow, move, type Process, start } from '#process';
import { freshDatabase } from './database.ts';

type Row = Process['transitions'][string];
type Rows = Record<string, Row>;

const T0 = new Date('2026-03-02T02:00:00Z');
const FUNDS = 100_000n;

/** State → 'who does → next state', the clock's with its deadline; `≤` is the longest that a caller may name. */
const LAW: Readonly<Record<string, readonly string[]>> = {
  accepted: [
    'seller submit submitted',
    'seller cancel cancelled',
    'system win verified',
    'clock lapse cancelled 30min',
  ],
  submitted: [
    'system wait waiting_issuer',
    'system refer manual_review',
    'clock refer_late manual_review 10min',
    'system pass verified',
    'operator pass verified',
    'system requote requoted',
    'operator requote requoted',
    'system reject rejected',
    'operator reject rejected',
  ],
  waiting_issuer: ['clock ask_again submitted 2min ×15', 'clock ask_no_more manual_review 4min'],
  manual_review: [
    'system pass verified',
    'operator pass verified',
    'system requote requoted',
    'operator requote requoted',
    'system reject rejected',
    'operator reject rejected',
    'clock give_up returned 20h',
  ],
  requoted: [
    'seller accept_requote submitted',
    'seller decline_requote returned',
    'clock requote_lapse returned 20h',
  ],
  verified: [
    'system stop refunded',
    'clock settle settled ≤2h',
    'operator dispute disputed',
    'recycler dispute disputed',
  ],
  disputed: [
    'operator release settled',
    'system release settled',
    'clock release_late settled 7d',
    'operator settle_part settled',
    'system settle_part settled',
    'operator give_back refunded',
    'system give_back refunded',
  ],
  settled: ['operator contest contested', 'recycler contest contested', 'clock close closed 7d'],
  contested: [
    'operator uphold settled',
    'system uphold settled',
    'clock uphold_late settled 7d',
    'operator claw_back closed',
    'system claw_back closed',
  ],
  closed: [],
  cancelled: [],
  returned: [],
  rejected: [],
  refunded: [],
};

interface Rule {
  by: string;
  name: string;
  to: string;
  afterMs: number;
  /** A deadline that the caller names, at most so long. */
  named: boolean;
  atMost: number;
}

const UNIT = { min: MINUTE, h: HOUR, d: DAY } as const;
const ruleIn = (line: string): Rule => {
  const [by = '', name = '', to = '', due = '', times = ''] = line.split(' ');
  const [, most = '', count = '0', unit = 'd'] = /^(≤?)(\d+)(min|h|d)$/.exec(due) ?? [];
  return {
    ...{ by, name, to, named: most === '≤' },
    afterMs: Number(count) * UNIT[unit as keyof typeof UNIT],
    atMost: times === '' ? Number.POSITIVE_INFINITY : Number(times.slice(1)),
  };
};
const rulesOf = (state: string): Rule[] => (LAW[state] ?? []).map(ruleIn);

const WHOLE = { price: 10_000n, net: 9_100n, fees: 900n };
const SMALLER = { price: 5_000n, net: 4_600n, fees: 400n };
/** A recovery of 3000 from the whole: what is kept is shared as before. */
const PART = { refund: 3_000n, keptNet: 6_370n, keptFees: 630n };
const CLAIM = 2_000n;

/** What a path has to do; every word is 'who transition'. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  'sold at once': ['seller submit', 'system pass', 'clock settle', 'clock close'],
  'won at auction': ['system win', 'clock settle', 'clock close'],
  'the seller changes their mind': ['seller cancel'],
  'never handed over': ['clock lapse'],
  'rejected by the issuer': ['seller submit', 'system reject'],
  'rejected by a person': ['seller submit', 'system refer', 'operator reject'],
  'passed by a person': ['seller submit', 'system refer', 'operator pass', 'clock settle'],
  'no answer, no person': ['seller submit', 'clock refer_late', 'clock give_up'],
  'the issuer is down for good': [
    'seller submit',
    ...Array.from({ length: 15 }, () => ['system wait', 'clock ask_again']).flat(),
    'system wait',
    'clock ask_no_more',
    'operator requote',
    'seller decline_requote',
  ],
  'a new quote taken': [
    ...['seller submit', 'system requote', 'seller accept_requote', 'system pass'],
    'clock settle',
  ],
  'a new quote forgotten': ['seller submit', 'system requote', 'clock requote_lapse'],
  'told to be bad before anybody saw it': ['seller submit', 'system pass', 'system stop'],
  'a case for the seller': [
    ...['seller submit', 'system pass', 'operator dispute', 'operator release', 'clock close'],
  ],
  'a case that nobody decides': [
    'seller submit',
    'system pass',
    'operator dispute',
    'clock release_late',
  ],
  'a case for both': [
    'seller submit',
    'system pass',
    'operator dispute',
    'operator settle_part',
    'clock close',
  ],
  'a case for the recycler': [
    'seller submit',
    'system pass',
    'operator dispute',
    'operator give_back',
  ],
  'contested and upheld': [
    ...['seller submit', 'system pass', 'clock settle', 'operator contest'],
    ...['operator uphold', 'clock close'],
  ],
  'contested and left': [
    'seller submit',
    'system pass',
    'clock settle',
    'operator contest',
    'clock uphold_late',
  ],
  'contested and clawed back': [
    ...['seller submit', 'system pass', 'clock settle', 'operator contest', 'operator claw_back'],
  ],
};

interface Books {
  wallet: bigint;
  held: bigint;
  escrow: bigint;
  payable: bigint;
  fee: bigint;
}

/** Where the money stands, by the state and by what was decided on the way. */
function booksIn(state: string, taken: readonly string[]): Books {
  const money = taken.includes('accept_requote') ? SMALLER : WHOLE;
  const none = { wallet: FUNDS, held: 0n, escrow: 0n, payable: 0n, fee: 0n };
  switch (state) {
    case 'accepted':
    case 'submitted':
    case 'waiting_issuer':
    case 'manual_review':
      return { ...none, held: money.price };
    case 'verified':
    case 'disputed':
      return { ...none, wallet: FUNDS - money.price, escrow: money.price };
    case 'settled':
    case 'contested':
    case 'closed': {
      const back = taken.includes('claw_back') ? CLAIM : 0n;
      const isPart = taken.includes('settle_part');
      const refund = isPart ? PART.refund : 0n;
      const payable = (isPart ? PART.keptNet : money.net) - back;
      const fee = isPart ? PART.keptFees : money.fees;
      return { ...none, wallet: FUNDS - money.price + refund + back, payable, fee };
    }
    default:
      return none;
  }
}

/** The turns by the table alone, compared with the law: who may do what where, and to what end. */
function checkTurns(table: Process): void {
  assert.deepEqual(Object.keys(table.states).sort(), Object.keys(LAW).sort(), 'states');
  for (const state of Object.keys(LAW)) {
    assert.equal(table.states[state]?.terminal ?? false, rulesOf(state).length === 0, state);
    for (const role of ['seller', 'recycler', 'system', 'operator', 'clock']) {
      const wanted = rulesOf(state).filter(({ by }) => by === role);
      const names = wanted.map(({ name }) => name).sort();
      assert.deepEqual(allowed(table, state, role).sort(), names, `turns of ${role} in ${state}`);
      for (const { name, to } of wanted)
        assert.equal(table.transitions[name]?.to, to, `${name} leads to ${to}`);
    }
  }
}

const amountsFor = (transition: string, taken: readonly string[]): Record<string, Fen> => {
  const now = transition === 'accept_requote' || taken.includes('accept_requote') ? SMALLER : WHOLE;
  const more = transition === 'settle_part' ? PART : {};
  const claim = transition === 'claw_back' ? { refund: CLAIM } : {};
  return Object.fromEntries(
    Object.entries({ ...now, ...more, ...claim }).map(([name, value]) => [name, fen(value)]),
  );
};

/** One path through the kernel; throws at the first difference from the law. */
async function walk(db: Db, table: Process, path: readonly string[]): Promise<void> {
  const id = newId(T0);
  const wallet = `WALLET:${id}`;
  const payable = `PAYABLE:${id}`;
  const accounts = { WALLET: wallet, ESCROW: `ESCROW:${id}`, PAYABLE: payable, FEE: 'FEE' };
  const feeBefore = (await balanceOf(db, 'FEE')).balance;
  const legs = [{ from: 'CUSTODY:bank', to: wallet, amount: fen(FUNDS) }];
  await inTransaction(db, async (tx) => {
    await post(tx, { kind: 'test.top_up', ref: id, subject: id, at: T0, legs });
    const amounts = amountsFor('start', []);
    await start(tx, table, { id, at: T0, by: 'seller', accounts, amounts });
  });
  let state = 'accepted';
  let at = T0;
  const taken: string[] = [];
  const compare = async (): Promise<void> => {
    const codes = [wallet, accounts.ESCROW, payable, 'FEE'];
    const [own, escrow, owed, fee] = await Promise.all(codes.map((code) => balanceOf(db, code)));
    const found = {
      wallet: own?.balance,
      held: own?.held,
      escrow: escrow?.balance,
      payable: owed?.balance,
      fee: fee && fee.balance - feeBefore,
    };
    assert.deepEqual(found, booksIn(state, taken), `money in ${state} after ${taken.join(', ')}`);
    const now = await look(db, id);
    assert.equal(now?.state, state);
    assert.equal(now.dueAt?.getTime(), dueIn(state, at, taken)?.getTime(), `deadline of ${state}`);
  };
  await compare();
  for (const word of path) {
    const [by = '', transition = ''] = word.split(' ');
    const rule = rulesOf(state).find((one) => one.by === by && one.name === transition);
    assert(rule, `${word} is lawful in ${state}`);
    const take = (when: Date): Promise<unknown> =>
      inTransaction(db, (tx) =>
        move(tx, table, {
          ...{ id, transition, by, at: when, amounts: amountsFor(transition, taken) },
          accounts: { ...accounts, SELLER: payable },
          due: rule.to === 'verified' ? plus(when, 2 * HOUR) : undefined,
        }),
      );
    if (by === 'clock') {
      at = plus(at, rule.afterMs);
      await assert.rejects(take(plus(at, -1)), /not_due|wrong_state/, `${transition} too early`);
    }
    await take(at);
    state = rule.to;
    taken.push(transition);
    await compare();
  }
}

const count = (taken: readonly string[], name: string): number =>
  taken.filter((one) => one === name).length;

/** The earliest deadline that is still open. */
function dueIn(state: string, enteredAt: Date, taken: readonly string[]): Date | undefined {
  const open = rulesOf(state).filter(
    ({ by, name, atMost }) => by === 'clock' && count(taken, name) < atMost,
  );
  const soonest = Math.min(...open.map(({ afterMs }) => afterMs));
  return Number.isFinite(soonest) ? plus(enteredAt, soonest) : undefined;
}

/** A due date one millisecond beyond what the law allows must not be kept. */
async function checkLongestDue(db: Db, table: Process): Promise<void> {
  const id = newId(T0);
  const accounts = {
    WALLET: `WALLET:${id}`,
    ESCROW: `ESCROW:${id}`,
    PAYABLE: 'PAYABLE:x',
    FEE: 'FEE',
  };
  const amounts = amountsFor('start', []);
  const legs = [{ from: 'CUSTODY:bank', to: accounts.WALLET, amount: fen(FUNDS) }];
  await inTransaction(db, async (tx) => {
    await post(tx, { kind: 'test.top_up', ref: id, subject: id, at: T0, legs });
    await start(tx, table, { id, at: T0, by: 'seller', accounts, amounts });
    await move(tx, table, { id, transition: 'submit', by: 'seller', at: T0, accounts, amounts });
  });
  await assert.rejects(
    inTransaction(db, (tx) =>
      move(tx, table, {
        ...{ id, transition: 'pass', by: 'system', at: T0, accounts, amounts },
        due: plus(T0, 2 * HOUR + 1),
      }),
    ),
    /later than its table allows/,
  );
}

/** One database for all: every walk has accounts of its own, and only the fee account is common. */
const shared = freshDatabase({ after }).then(({ db }) => db);

type Killer = 'check' | 'turns' | 'walk';

/** What notices the mistake first: the boot check, the turns, or a walk. Undefined: it survives. */
async function killerOf(
  db: Db,
  table: Process,
  touched?: string,
): Promise<{ by: Killer; why: string } | undefined> {
  const found = checkProcess(table);
  if (found.length > 0) return { by: 'check', why: found.join('\n') };
  try {
    checkTurns(table);
  } catch (error) {
    return { by: 'turns', why: (error as Error).message };
  }
  for (const [name, path] of Object.entries(PATHS)) {
    if (touched && !path.some((word) => word.endsWith(` ${touched}`))) continue;
    try {
      await walk(db, table, path);
    } catch (error) {
      return { by: 'walk', why: `${name}: ${(error as Error).message.split('\n')[0]}` };
    }
  }
  return undefined;
}

/** The table with some rows changed; the instances that it starts follow the change. */
function mutant(change: Rows, whole: Partial<Process> = {}): Process {
  const versions = new Map<number, Process>();
  const made: Process = {
    ...buyback,
    ...whole,
    transitions: { ...buyback.transitions, ...change },
    versions,
  };
  versions.set(made.version, made);
  return made;
}

const row = (name: string): Row => {
  const found = (buyback.transitions as Rows)[name];
  assert(found, `no row ${name}`);
  return found;
};
/** One row with some of its fields replaced; undefined takes a field away. */
const changed = (
  name: string,
  change: { [Field in keyof Row]?: Row[Field] | undefined },
): Process => mutant({ [name]: { ...row(name), ...change } as Row });
const without = (name: string): Process => {
  const { [name]: _, ...rest } = buyback.transitions as Rows;
  const versions = new Map<number, Process>();
  const made: Process = { ...buyback, transitions: rest, versions };
  versions.set(made.version, made);
  return made;
};
const leg = (from: string, to: string, amount: string): MoneyRow => ({ from, to, amount });

/** Believable mistakes, and what must notice each of them first. */
const MISTAKES: readonly [string, Killer, RegExp, Process][] = [
  [
    'settling forgets the fee',
    'check',
    /^escrow_ambiguous: settled|^escrow_left/,
    changed('settle', { money: [leg('ESCROW', 'PAYABLE', 'net')] }),
  ],
  [
    'settling pays the whole price to the seller',
    'walk',
    /money in settled/,
    changed('settle', { money: [leg('ESCROW', 'PAYABLE', 'price')] }),
  ],
  [
    'settling pays the seller’s part to the wallet',
    'walk',
    /money in settled/,
    changed('settle', { money: [leg('ESCROW', 'WALLET', 'net'), leg('ESCROW', 'FEE', 'fees')] }),
  ],
  [
    'net and fees change places',
    'walk',
    /money in settled/,
    changed('settle', { money: [leg('ESCROW', 'PAYABLE', 'fees'), leg('ESCROW', 'FEE', 'net')] }),
  ],
  [
    'the fee is taken twice',
    'check',
    /^escrow/,
    changed('settle', {
      money: [
        ...[leg('ESCROW', 'PAYABLE', 'net'), leg('ESCROW', 'FEE', 'fees')],
        leg('ESCROW', 'FEE', 'fees'),
      ],
    }),
  ],
  ['a cancelled order keeps its hold', 'check', /^hold_/, changed('cancel', { money: [] })],
  ['a lapsed order keeps its hold', 'check', /^hold_/, changed('lapse', { money: [] })],
  ['a rejected card keeps its hold', 'check', /^hold_/, changed('reject', { money: [] })],
  ['a new quote keeps the old hold', 'check', /^hold_/, changed('requote', { money: [] })],
  [
    'a rejected card is charged',
    'check',
    /^escrow_left|^escrow_ambiguous/,
    changed('reject', { money: [{ do: 'capture' }] }),
  ],
  ['a card passes without money', 'check', /^hold_/m, changed('pass', { money: [] })],
  [
    'a new quote is taken without money',
    'check',
    /^(hold|escrow)_/,
    changed('accept_requote', { money: [] }),
  ],
  [
    'a promise holds only the seller’s part',
    'check',
    /^(capture_over|escrow|hold)/,
    mutant({}, { opening: [{ do: 'hold', ...leg('WALLET', 'ESCROW', 'net') }] }),
  ],
  [
    'a recovery gives the recycler what the seller keeps',
    'walk',
    /money in settled/,
    changed('settle_part', {
      money: [
        leg('ESCROW', 'WALLET', 'keptNet'),
        leg('ESCROW', 'PAYABLE', 'refund'),
        leg('ESCROW', 'FEE', 'keptFees'),
      ],
    }),
  ],
  [
    'a case for the recycler pays the seller',
    'walk',
    /money in refunded/,
    changed('give_back', { money: [leg('ESCROW', 'PAYABLE', 'price')] }),
  ],
  [
    'a clawback pays the seller again',
    'walk',
    /money in closed/,
    changed('claw_back', { money: [leg('WALLET', 'SELLER', 'refund')] }),
  ],
  ['a clawback moves nothing', 'walk', /money in closed/, changed('claw_back', { money: [] })],
  [
    'a new quote is taken by the clock, not the seller',
    'check',
    /^clock_without_deadline/,
    changed('accept_requote', { by: ['clock'] }),
  ],
  [
    'the operator hands the card over',
    'turns',
    /turns of/,
    changed('submit', { by: ['operator'] }),
  ],
  ['the seller decides the case', 'turns', /turns of/, changed('release', { by: ['seller'] })],
  [
    'the seller takes back a verified sale',
    'check',
    /^(hold|escrow)/,
    changed('cancel', { from: ['accepted', 'verified'] }),
  ],
  ['a rejected card is a sale', 'check', /^escrow|^hold/m, changed('reject', { to: 'verified' })],
  ['a referred card is rejected', 'check', /^hold_/, changed('refer', { to: 'rejected' })],
  [
    'a lapsed new quote is a sale',
    'check',
    /^escrow/,
    changed('requote_lapse', { to: 'verified' }),
  ],
  [
    'a declined quote counts as rejected',
    'turns',
    /leads to/,
    changed('decline_requote', { to: 'rejected' }),
  ],
  ['nobody ends a review', 'check', /^no_deadline: manual_review/, without('give_up')],
  ['nobody ends a case', 'check', /^no_deadline: disputed/, without('release_late')],
  [
    'the deadline of a promise is lost',
    'check',
    /^clock_without_deadline/,
    changed('lapse', { after: undefined }),
  ],
  [
    'a card may be handed over for an hour',
    'walk',
    /deadline of accepted/,
    changed('lapse', { after: HOUR }),
  ],
  [
    'a case may last a month',
    'check',
    /^escrow_too_long/,
    changed('release_late', { after: 30 * DAY }),
  ],
  [
    'the issuer is asked without end',
    'check',
    /_unbounded|shadowed/,
    changed('ask_again', { atMost: undefined }),
  ],
  [
    'the issuer is asked once less',
    'walk',
    /the issuer is down/,
    changed('ask_again', { atMost: 14 }),
  ],
];

for (const [name, by, why, table] of MISTAKES) {
  test(`killed by ${by}: ${name}`, async () => {
    const killed = await killerOf(await shared, table);
    assert(killed, 'survived');
    assert.deepEqual([killed.by, why.test(killed.why)], [by, true], `${killed.by}: ${killed.why}`);
  });
}

test('the table itself is what the law says, and every row is walked', async () => {
  const db = await shared;
  assert.equal(await killerOf(db, buyback), undefined);
  await checkLongestDue(db, buyback);
  const walked = new Set(
    Object.values(PATHS).flatMap((path) => path.map((word) => word.split(' ')[1])),
  );
  assert.deepEqual([...walked].sort(), Object.keys(buyback.transitions).sort());
  assert.deepEqual(await reconcile(db), []);
});

test('every single-point change of every row is noticed', async (t) => {
  const db = await shared;
  const killed: Record<Killer, number> = { check: 0, turns: 0, walk: 0 };
  const survivors: string[] = [];
  for (const { what, table, touched } of pointMutants()) {
    const killer = await killerOf(db, table, touched);
    if (killer) killed[killer.by]++;
    else survivors.push(what);
  }
  t.diagnostic(`killed: ${JSON.stringify(killed)}`);
  assert.deepEqual(survivors, []);
  for (const by of ['check', 'turns', 'walk'] as const) assert(killed[by] > 10, `${by} kills`);
});

interface Point {
  what: string;
  table: Process;
  touched: string;
}

/** Each row with one role, origin, target, deadline, limit or leg changed. */
function* pointMutants(): Generator<Point> {
  for (const [name, was] of Object.entries(buyback.transitions as Rows)) {
    const changes: [string, { [Field in keyof Row]?: Row[Field] | undefined }][] = [
      ...was.by.map((role): [string, Partial<Row>] => [
        `no ${role}`,
        { by: was.by.filter((one) => one !== role) },
      ]),
      ...['seller', 'recycler', 'system', 'operator']
        .filter((role) => !was.by.includes(role))
        .map((role): [string, Partial<Row>] => [`also ${role}`, { by: [...was.by, role] }]),
      ...was.from.map((state): [string, Partial<Row>] => [
        `not from ${state}`,
        { from: was.from.filter((one) => one !== state) },
      ]),
      ...Object.keys(LAW)
        .filter((state) => state !== was.to)
        .map((state): [string, Partial<Row>] => [`to ${state}`, { to: state }]),
      ...deadlineChanges(was),
      ...moneyChanges(was),
    ];
    for (const [what, change] of changes)
      yield { what: `${name}: ${what}`, table: changed(name, change), touched: name };
  }
}

function deadlineChanges({ after, atMost, within }: Row): [string, Partial<Row>][] {
  const changes: [string, Partial<Row>][] = [];
  if (typeof after === 'number')
    changes.push(['later', { after: after + 1 }], ['earlier', { after: after - 1 }]);
  if (atMost !== undefined)
    changes.push(['once more', { atMost: atMost + 1 }], ['once less', { atMost: atMost - 1 }]);
  // A longer `within` is noticed by checkLongestDue, a shorter one by every walk.
  if (within !== undefined) changes.push(['sooner', { within: within - 1 }]);
  return changes;
}

const NAMES = ['price', 'net', 'fees', 'refund', 'keptNet', 'keptFees'];
const SLOTS = ['WALLET', 'ESCROW', 'PAYABLE', 'FEE', 'SELLER'];

function moneyChanges({ money = [] }: Row): [string, Partial<Row>][] {
  const changes: [string, Partial<Row>][] = [];
  for (const [index, was] of money.entries()) {
    const put = (what: string, ...rows: MoneyRow[]): void => {
      changes.push([what, { money: money.toSpliced(index, 1, ...rows) }]);
    };
    put(`without leg ${index}`);
    if (was.from === undefined || was.to === undefined) continue;
    const { from, to, amount } = was;
    put(`leg ${index} the other way`, { ...was, from: to, to: from } as MoneyRow);
    if (was.do === 'release') continue;
    put(`leg ${index} twice`, was, was);
    for (const slot of SLOTS)
      if (slot !== from && slot !== to && !(isSeller(slot) && isSeller(to)))
        put(`leg ${index} to ${slot}`, { ...was, to: slot } as MoneyRow);
    for (const other of NAMES)
      if (other !== amount)
        put(`leg ${index} moves ${other}`, { ...was, amount: other } as MoneyRow);
  }
  return changes;
}

/** SELLER is filled with PAYABLE or RECEIVABLE of the same person: in the walks they are one account. */
const isSeller = (slot: string): boolean => slot === 'SELLER' || slot === 'PAYABLE';
