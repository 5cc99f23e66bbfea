// Goal: promise, price of lateness, names, numbers, news and comparison are right at every edge.
// Method: tables of hand-checked cases over the official calendar of 2026, and properties by fast-check.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chinaInstant, type Fen, fen, isWorkday } from '#platform';
import { checkProcess } from '#process';
import {
  type AttemptStatus,
  askAgainMs,
  type BankStatus,
  compare,
  compensationFor,
  cutOffOf,
  lastCutOff,
  movesTowards,
  needsChecker,
  parseAccountNumber,
  parseStatement,
  promiseAt,
  sameName,
} from './domain.ts';
import { payoutProcess, topUpProcess } from './life.ts';

/** China time → settlement day, promised day. */
const promises: [string, string, string, string][] = [
  ['a working Tuesday morning', '2026-03-10T09:00:00+08:00', '2026-03-10', '2026-03-11'],
  ['the last second before the cut-off', '2026-03-10T16:59:59+08:00', '2026-03-10', '2026-03-11'],
  ['the last millisecond', '2026-03-10T16:59:59.999+08:00', '2026-03-10', '2026-03-11'],
  ['the cut-off itself', '2026-03-10T17:00:00+08:00', '2026-03-11', '2026-03-12'],
  ['one minute to midnight', '2026-03-10T23:59:00+08:00', '2026-03-11', '2026-03-12'],
  [
    'midnight in China, still yesterday in UTC',
    '2026-03-11T00:00:00+08:00',
    '2026-03-11',
    '2026-03-12',
  ],
  ['Friday before the cut-off', '2026-03-13T16:59:59+08:00', '2026-03-13', '2026-03-16'],
  ['Friday after the cut-off', '2026-03-13T17:00:00+08:00', '2026-03-16', '2026-03-17'],
  ['an ordinary Sunday', '2026-03-15T10:00:00+08:00', '2026-03-16', '2026-03-17'],
  ['Saturday that is worked in exchange', '2026-02-14T16:59:59+08:00', '2026-02-14', '2026-02-24'],
  ['the same Saturday after the cut-off', '2026-02-14T17:00:00+08:00', '2026-02-24', '2026-02-25'],
  ['the middle of Spring Festival', '2026-02-18T12:00:00+08:00', '2026-02-24', '2026-02-25'],
  ['the Friday before a worked Saturday', '2026-02-27T17:30:00+08:00', '2026-02-28', '2026-03-02'],
  ['the last day before National Day', '2026-09-30T16:59:59+08:00', '2026-09-30', '2026-10-08'],
  [
    'National Day, with the worked Saturday after it',
    '2026-10-01T00:00:00+08:00',
    '2026-10-08',
    '2026-10-09',
  ],
  ['Friday before that worked Saturday', '2026-10-09T16:00:00+08:00', '2026-10-09', '2026-10-10'],
  ['a worked Sunday', '2026-09-20T12:00:00+08:00', '2026-09-20', '2026-09-21'],
];
for (const [what, at, settleOn, promisedOn] of promises)
  test(`the promise on ${what}`, () =>
    assert.deepEqual(promiseAt(new Date(at)), { settleOn, promisedOn }));

test('a promise is always a working day after a working day whose cut-off is still to come', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 360 * 24 * 60 }), (minutes) => {
      const at = new Date(chinaInstant('2026-01-01').getTime() + minutes * 60_000);
      const { settleOn, promisedOn } = promiseAt(at);
      assert(isWorkday(settleOn) && isWorkday(promisedOn) && settleOn < promisedOn);
      assert(cutOffOf(settleOn) > at);
      assert(lastCutOff(at) < settleOn);
    }),
    { numRuns: 500 },
  );
});

const lateness: [string, bigint, string, string, bigint | undefined][] = [
  ['on the day', 100_000n, '2026-03-11', '2026-03-11', undefined],
  ['early', 100_000n, '2026-03-11', '2026-03-10', undefined],
  ['a day late, the minimum', 100_000n, '2026-03-11', '2026-03-12', 100n],
  ['where 5 bps are just one yuan', 200_000n, '2026-03-11', '2026-03-12', 100n],
  ['one fen more rounds up', 200_001n, '2026-03-11', '2026-03-12', 101n],
  ['over a weekend every day counts', 1_000_000n, '2026-03-13', '2026-03-16', 1_500n],
  ['the last day that counts', 1_000_000n, '2026-03-01', '2026-03-31', 15_000n],
  ['the cap', 1_000_000n, '2026-03-01', '2026-12-31', 15_000n],
  ['a single fen', 1n, '2026-03-11', '2026-03-14', 300n],
];
for (const [what, amount, promisedOn, paidDay, expected] of lateness)
  test(`lateness costs the published price: ${what}`, () =>
    assert.equal(compensationFor({ amount: fen(amount), promisedOn, paidDay })?.amount, expected));

test('a second person is needed from the published amount on', () => {
  assert.equal(needsChecker(fen(199_999n)), false);
  assert.equal(needsChecker(fen(200_000n)), true);
});

const names: [string, string, boolean][] = [
  ['张三', '张三', true],
  [' 张　三 ', '张三', true],
  ['阿卜杜拉·买买提', '阿卜杜拉•买买提', true],
  ['阿卜杜拉・买买提', '阿卜杜拉·买买提', true],
  ['阿卜杜拉．买买提', '阿卜杜拉·买买提', true],
  ['ＬＩ ＬＥＩ', 'Li Lei', true],
  ['张三', '张三丰', false],
  ['张三', '李四', false],
  ['阿卜杜拉买买提', '阿卜杜拉·买买提', false],
  ['', '', false],
  ['　', ' ', false],
];
for (const [a, b, expected] of names)
  test(`「${a}」 and 「${b}」 are ${expected ? 'one name' : 'two names'}`, () =>
    assert.equal(sameName(a, b), expected));

const numbers: [string, string | undefined][] = [
  ['6222020200112233441', undefined],
  ['4111111111111111', '4111111111111111'],
  ['4111 1111 1111 1111', '4111111111111111'],
  ['4111-1111-1111-1111', '4111111111111111'],
  ['４１１１１１１１１１１１１１１１', '4111111111111111'],
  ['4111111111111112', undefined],
  ['411111111111', undefined],
  ['41111111111111111111', undefined],
  ['4111111111111111e0', undefined],
  ['-4111111111111111', '4111111111111111'],
  ['', undefined],
];
for (const [typed, expected] of numbers)
  test(`account number ${typed || 'empty'} reads as ${expected ?? 'none'}`, () =>
    assert.equal(parseAccountNumber(typed), expected));

test('any single wrong digit of an account number is noticed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 1, max: 9 }), (at, shift) => {
      const digits = [...'4111111111111111'];
      digits[at] = String((Number(digits[at]) + shift) % 10);
      assert.equal(parseAccountNumber(digits.join('')), undefined);
    }),
    { numRuns: 144 },
  );
});

test('news of the bank, in any order and number, end where the last fact ends', () => {
  const stories: BankStatus[][] = [
    ['accepted', 'paid'],
    ['accepted', 'failed'],
    ['accepted', 'paid', 'returned'],
  ];
  const after = { accept: 'open', pay: 'paid', reject: 'failed', bounce: 'returned' } as const;
  const reached = new Set<string>();
  fc.assert(
    fc.property(
      fc.constantFrom(...stories).chain((story) =>
        fc.tuple(
          fc.constant(story),
          fc
            .array(fc.constantFrom(...story), { maxLength: 6 })
            .chain((more) =>
              fc.shuffledSubarray([...story, ...more], { minLength: story.length + more.length }),
            ),
        ),
      ),
      ([story, heard]) => {
        let known: AttemptStatus = 'open';
        let isAccepted = false;
        let paid = 0;
        for (const news of heard) {
          const moves = movesTowards(known, isAccepted, news);
          assert(moves, `${known} contradicts ${news}`);
          for (const move of moves) {
            known = after[move];
            isAccepted ||= move === 'accept';
            if (move === 'pay') paid++;
            assert(paid <= 1, 'paid twice');
          }
        }
        const last = story.at(-1);
        assert.equal(known, last === 'accepted' ? 'open' : last);
        reached.add(known);
      },
    ),
    { numRuns: 300 },
  );
  assert.deepEqual([...reached].sort(), ['failed', 'paid', 'returned']);
});

test('what the bank may not say after what it said is a contradiction', () => {
  assert.equal(movesTowards('failed', false, 'paid'), undefined);
  assert.equal(movesTowards('failed', false, 'returned'), undefined);
  assert.equal(movesTowards('paid', true, 'failed'), undefined);
  assert.equal(movesTowards('returned', true, 'failed'), undefined);
});

test('questions to the bank come later each time, and never later than two hours', () => {
  assert.deepEqual(
    [0, 1, 2, 6, 7, 50].map((asks) => askAgainMs(asks) / 60_000),
    [1, 2, 4, 64, 120, 120],
  );
});

const statement = (...rows: string[]): string =>
  ['out_no,kind,amount_fen,at', ...rows, ''].join('\n');
const AT = '2026-03-10T09:00:00.000Z';

test('a statement is read whole, or not at all', () => {
  const read = parseStatement(
    statement(
      `a1,transfer,900,${AT}`,
      `b2,collection,5000,${AT}`,
      `a1,return,900,${AT}`,
      '#3,5900,900',
    ),
  );
  assert.deepEqual([read.lines.length, read.inFen, read.outFen], [3, 5900n, 900n]);
  assert.equal(parseStatement(statement('#0,0,0')).lines.length, 0);
  const broken = [
    '',
    'out_no,kind,amount_fen\n#0,0,0\n',
    statement(`a1,transfer,900,${AT}`),
    statement(`a1,transfer,900,${AT}`, '#2,0,900'),
    statement(`a1,transfer,900,${AT}`, '#1,0,901'),
    statement(`a1,transfer,9e2,${AT}`, '#1,0,900'),
    statement(`a1,transfer,-0,${AT}`, '#1,0,0'),
    statement(`a1,gift,900,${AT}`, '#1,0,900'),
    statement('a1,transfer,900,yesterday', '#1,0,900'),
    statement(`a1,transfer,90`, '#1,0,900'),
  ];
  for (const text of broken) assert.throws(() => parseStatement(text), `accepted: ${text}`);
});

test('every line that differs is found, and every line that agrees is not', () => {
  const line = (outNo: string, amount: bigint, kind: 'transfer' | 'return' = 'transfer') => ({
    ...{ outNo, kind, amount: fen(amount) as Fen | undefined },
  });
  const theirs = (outNo: string, amount: bigint, kind: 'transfer' | 'return' = 'transfer') => ({
    ...{ outNo, kind, amount: fen(amount) },
  });
  const found = compare(
    [
      line('same', 1n),
      line('other', 2n),
      line('ours', 3n),
      line('back', 4n),
      { ...line('unbooked', 5n), amount: undefined },
    ],
    [
      theirs('same', 1n),
      theirs('other', 20n),
      theirs('theirs', 6n),
      theirs('back', 4n, 'return'),
      theirs('unbooked', 5n),
      theirs('same', 1n),
    ],
  );
  const results = found.map(({ kind, ref, result }) => `${kind} ${ref} ${result}`).sort();
  assert.deepEqual(results, [
    'return back missing_here',
    'transfer back missing_there',
    'transfer other amount_differs',
    'transfer ours missing_there',
    'transfer same matched',
    'transfer same#2 missing_here',
    'transfer theirs missing_here',
    'transfer unbooked missing_here',
  ]);
});

test('the tables are sound', () => {
  assert.deepEqual(checkProcess(payoutProcess), []);
  assert.deepEqual(checkProcess(topUpProcess), []);
});

test('money in flight is all gone at every end, on every path', () => {
  // Asking may take as long as it takes, so the table promises no number of days; of that alone it may complain.
  const strict = checkProcess({ ...payoutProcess, escrow: ['IN_FLIGHT'] });
  assert.deepEqual(
    strict.filter((finding) => !finding.startsWith('escrow_unbounded')),
    [],
  );
  for (const name of ['submit', 'pay', 'reject']) {
    const row = payoutProcess.transitions[name];
    assert(row);
    const { money: _, ...without } = row;
    const mutant = {
      ...payoutProcess,
      escrow: ['IN_FLIGHT'],
      transitions: { ...payoutProcess.transitions, [name]: without },
    };
    const found = checkProcess(mutant).filter((finding) => !finding.startsWith('escrow_unbounded'));
    assert.notDeepEqual(found, [], `${name} without its money was not noticed`);
  }
});
