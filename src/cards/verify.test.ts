// Goal: each fate of a card ends in its own canonical code and grade, and no crash, time-out or outage in between makes
// us do anything twice or lose a re-issued number.
// Method: the real simulator over HTTP, one card per fate; faults before and after commit; crashes cut by hand.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'kysely';
import { chinaDay, fen, inTransaction, newId, plus, Refused, SECOND, signedBy } from '#platform';
import { AT, type CardBench, cardBench } from '#test/cards.ts';
import { type MadeCard, makeCard, type State } from '../../simulators/issuer/index.ts';
import { cardOf as cardInWorld } from '../../simulators/issuer/world.ts';
import { codeOf, FAILURES_BEFORE_REST, judge, restMs, retryMs, validityAfter } from './domain.ts';
import { ERROR_KINDS, ISSUER_STATES, type IssuerAdapter } from './issuer/adapter.ts';
import { BAD_PER_DAY_MAX, BAD_PER_ISSUER_HOUR_MAX } from './issuer/guard.ts';
import { probesOf, type Verification } from './issuer/store.ts';
import { luhn } from './number.ts';
import { CODES, RESULTS } from './schema.ts';
import { cardOf, returnCard, takeOut } from './vault/keep.ts';
import { releaseAtIssuer, verifyCard } from './verify.ts';

const verify = (
  bench: CardBench,
  cardId: string,
  at = AT,
  ref = 'order-1',
): Promise<Verification> => verifyCard(bench.deps, { cardId, ref, at });

async function fate(bench: CardBench, sku: string, state: State): Promise<Verification> {
  return verify(bench, await bench.seal(bench.make(sku, { state })));
}

test('every fate of a card has its code', async (t) => {
  const bench = await cardBench(t);
  const expected: [State, string][] = [
    ['good', 'OK'],
    ['half_used', 'FACE_MISMATCH_UNBOUND'],
    ['used', 'USED_OR_VOID'],
    ['expired', 'EXPIRED'],
    ['frozen', 'FROZEN_BY_ISSUER'],
    ['inactive', 'NOT_ACTIVATED'],
    ['held_elsewhere', 'DUPLICATE'],
    ['name_bound', 'RESTRICTED'],
    ['extra_check', 'ISSUER_EXTRA_CHECK'],
    ['receipt', 'RECEIPT_REQUIRED'],
  ];
  for (const [state, code] of expected) {
    const verified = await fate(bench, 'luyu-card', state);
    assert.equal(verified.code, code, state);
    assert.equal(RESULTS[verified.code].outcome === 'pass', state === 'good');
  }
});

test('the grade is what the issuer can do', async (t) => {
  const bench = await cardBench(t);
  const expected = {
    'huiyu-card': 'V2',
    'luyu-card': 'V4',
    'xingcha-card': 'V5',
    'weihe-gift': 'V6',
  };
  for (const [sku, grade] of Object.entries(expected)) {
    const verified = await fate(bench, sku, 'good');
    assert.deepEqual([sku, verified.code, verified.grade], [sku, 'OK', grade]);
  }
});

test('an emptied card: seen where the issuer can hold it, not where it can only be asked', async (t) => {
  const bench = await cardBench(t);
  assert.equal((await fate(bench, 'luyu-card', 'drained_later')).code, 'USED_OR_VOID');
  assert.equal((await fate(bench, 'xingcha-card', 'drained_later')).code, 'USED_OR_VOID');
  assert.equal((await fate(bench, 'huiyu-card', 'drained_later')).code, 'OK');
});

test('a wrong PIN and an unknown number say the same, and five of them end the asking', async (t) => {
  const bench = await cardBench(t);
  const userId = newId(AT);
  const answers = new Set<string>();
  for (let n = 0; n < BAD_PER_DAY_MAX; n++) {
    const card = bench.make('weihe-gift');
    const wrongPin = { ...card, pin: card.pin === '111111' ? '222222' : '111111' };
    const cardId = await bench.seal(n % 2 === 0 ? wrongPin : neverIssued(), { userId });
    const verified = await verify(bench, cardId);
    answers.add(JSON.stringify({ ...verified, probeId: '' }));
    assert.equal(verified.code, 'BAD_CREDENTIALS');
  }
  assert.equal(answers.size, 1, 'constant answer');
  const next = bench.make('weihe-gift');
  await assert.rejects(bench.seal(next, { userId }), (error) => {
    assert(error instanceof Refused && error.refusal.code === 'too_many');
    return Number(error.refusal.params?.['seconds']) > 3_600;
  });
  assert.ok(await bench.seal(bench.make('luyu-card'), { userId }), 'other issuers stay open');
  const later = plus(AT, 25 * 3_600 * SECOND);
  assert.ok(await bench.seal(next, { userId, at: later }), 'free again the next day');
});

test('cards sealed before the limit was reached are not used to guess on', async (t) => {
  const bench = await cardBench(t);
  const userId = newId(AT);
  const cards: string[] = [];
  for (let n = 0; n < BAD_PER_DAY_MAX + 3; n++)
    cards.push(await bench.seal(bench.make('luyu-card'), { userId, pin: '000000' }));
  const codes: string[] = [];
  for (const cardId of cards) codes.push((await verify(bench, cardId)).code);
  assert.deepEqual(codes.slice(BAD_PER_DAY_MAX), Array(3).fill('ISSUER_EXTRA_CHECK'));
  assert.equal((await bench.done())['inquire'], undefined, 'no wrong PIN was ever answered');
});

test('a spray of wrong numbers over many accounts closes the issuer for a while', async (t) => {
  const bench = await cardBench(t);
  await sql`insert into cards.bad_attempt (id, user_id, issuer_id, at)
    select gen_random_uuid(), gen_random_uuid(), 'luyu', ${AT}
    from generate_series(1, ${BAD_PER_ISSUER_HOUR_MAX}::int)`.execute(bench.db);
  await assert.rejects(bench.seal(bench.make('luyu-card')), /too_many/);
  assert.ok(await bench.seal(bench.make('huiyu-card')));
  assert.ok(await bench.seal(bench.make('luyu-card'), { at: plus(AT, 3_601 * SECOND) }));
});

test('the answer lost after commit: one transfer, and the new number is in the vault', async (t) => {
  const bench = await cardBench(t);
  const made = bench.make('xingcha-card');
  const cardId = await bench.seal(made);
  const real = bench.deps.issuers;
  const inquired = issuersWith(real, {
    inquire: (adapter) => async (card, ctx) => {
      const outcome = await adapter.inquire?.(card, ctx);
      await bench.control('issuers/xingcha', { timeoutAfterCommit: 1 });
      assert(outcome);
      return outcome;
    },
  });
  const verified = await verifyCard(
    { ...bench.deps, issuers: inquired },
    { cardId, ref: 'o', at: AT },
  );
  assert.deepEqual([verified.code, verified.grade], ['OK', 'V5']);
  assert.equal((await bench.done())['transfer'], 1);
  const now = await takeOut(bench.db, bench.keys, cardId);
  assert.notEqual(now.number.reveal(), made.number);
  const again = await verify(bench, cardId, plus(AT, SECOND), 'order-2');
  assert.equal(again.code, 'OK', 'the number we keep is the one that works');
  assert.equal((await cardOf(bench.db, cardId))?.last4.length, 4);
});

test('a crash right after the call went out: the next run asks by the same number', async (t) => {
  const bench = await cardBench(t);
  for (const cutOff of ['before', 'after'] as const) {
    const cardId = await bench.seal(bench.make('manhecang-card'));
    const crashing = issuersWith(bench.deps.issuers, {
      transfer: (adapter) => async (card, ctx) => {
        if (cutOff === 'after') await adapter.transfer?.(card, ctx);
        throw new Error('the process died');
      },
    });
    const input = { cardId, ref: 'o', at: AT };
    await assert.rejects(verifyCard({ ...bench.deps, issuers: crashing }, input), /died/);
    // What was done is only asked for; an issuer that does not know a repeat by its number would do it twice.
    const asking = issuersWith(bench.deps.issuers, {
      transfer: (adapter) => async (card, ctx) => {
        assert.equal(cutOff, 'before', 'a transfer that was done is not sent again');
        const outcome = await adapter.transfer?.(card, ctx);
        assert(outcome);
        return outcome;
      },
    });
    const again = { ...bench.deps, issuers: asking };
    const verified = await verifyCard(again, { ...input, at: plus(AT, SECOND) });
    assert.deepEqual([verified.code, verified.grade], ['OK', 'V5']);
  }
  assert.equal((await bench.done())['transfer'], 2, 'one for each card');
});

test('many workers on one verification: one lock, one verdict', async (t) => {
  const bench = await cardBench(t);
  const cardId = await bench.seal(bench.make('luyu-card'));
  const all = await Promise.all(Array.from({ length: 8 }, () => verify(bench, cardId)));
  for (const one of all) assert.deepEqual(one, all[0]);
  assert.equal(all[0]?.grade, 'V4');
  assert.equal((await bench.done())['lock'], 1);
  assert.equal((await probesOf(bench.db, cardId)).length, 1);
});

test('an outage waits, rests the issuer after some failures, and recovers by itself', async (t) => {
  const bench = await cardBench(t);
  const cardId = await bench.seal(bench.make('luyu-card'));
  await bench.control('issuers/luyu', { outage: true });
  let at = AT;
  let last: Verification | undefined;
  for (let n = 1; n <= FAILURES_BEFORE_REST; n++) {
    last = await verify(bench, cardId, at);
    assert.equal(last.code, 'ISSUER_UNAVAILABLE');
    assert(last.retryAfterMs && last.retryAfterMs >= 3_000);
    if (n < FAILURES_BEFORE_REST) at = plus(at, last.retryAfterMs);
  }
  assert.equal(last?.retryAfterMs, restMs(FAILURES_BEFORE_REST), 'resting now');
  await bench.control('issuers/luyu', { outage: false });
  const other = await bench.seal(bench.make('luyu-card'));
  assert.equal((await verify(bench, other, at)).code, 'ISSUER_UNAVAILABLE', 'others are spared');
  const verified = await verify(bench, cardId, plus(at, restMs(FAILURES_BEFORE_REST)));
  assert.equal(verified.code, 'OK');
  assert.equal((await verify(bench, other, plus(at, 60 * SECOND))).code, 'OK');
});

test('an outage during a lock whose answer was lost is no double lock', async (t) => {
  const bench = await cardBench(t);
  const cardId = await bench.seal(bench.make('luyu-card'));
  const cutting = issuersWith(bench.deps.issuers, {
    lock: (adapter) => async (card, terms, ctx) => {
      await bench.control('issuers/luyu', { timeoutAfterCommit: 1 });
      const lost = await adapter.lock?.(card, terms, ctx);
      await bench.control('issuers/luyu', { outage: true });
      assert(lost);
      return lost;
    },
  });
  const first = await verifyCard({ ...bench.deps, issuers: cutting }, { cardId, ref: 'o', at: AT });
  assert.equal(first.code, 'ISSUER_UNAVAILABLE');
  await assert.rejects(releaseAtIssuer(bench.deps, { cardId, ref: 'o', at: AT }), /ask/);
  await bench.control('issuers/luyu', { outage: false });
  const again = await verifyCard(bench.deps, { cardId, ref: 'o', at: plus(AT, 5 * SECOND) });
  assert.deepEqual([again.code, again.grade], ['OK', 'V4']);
  assert.equal((await bench.done())['lock'], 1);
});

test('another face than declared is a mismatch; the accepted balance then passes', async (t) => {
  const bench = await cardBench(t);
  for (const [sku, grade] of [
    ['luyu-card', 'V4'],
    ['xingcha-card', 'V5'],
  ] as const) {
    const card = bench.make(sku, { faceFen: 20_000n });
    const cardId = await bench.seal(card, { faceFen: fen(50_000) });
    const first = await verify(bench, cardId);
    assert.deepEqual(
      [first.code, first.balanceFen, first.grade],
      ['FACE_MISMATCH_UNBOUND', 20_000n, 'V2'],
    );
    assert.equal((await cardOf(bench.db, cardId))?.validity, 'short');
    const accepted = { cardId, ref: 'order-1/2', at: AT, expectFen: fen(20_000) };
    const second = await verifyCard(bench.deps, accepted);
    assert.deepEqual([second.code, second.grade], ['OK', grade]);
  }
});

test('a card emptied in part between look and transfer is a mismatch that is bound already', async (t) => {
  const bench = await cardBench(t);
  const card = bench.make('xingcha-card', { faceFen: 20_000n });
  const cardId = await bench.seal(card);
  const spending = issuersWith(bench.deps.issuers, {
    transfer: (adapter) => async (ref, ctx) => {
      await bench.control('cards', { sku: card.sku, number: card.number, balanceFen: '15000' });
      const outcome = await adapter.transfer?.(ref, ctx);
      assert(outcome);
      return outcome;
    },
  });
  const verified = await verifyCard(
    { ...bench.deps, issuers: spending },
    { cardId, ref: 'o', at: AT },
  );
  assert.deepEqual(
    [verified.code, verified.balanceFen, verified.grade],
    ['FACE_MISMATCH_BOUND', 15_000n, 'V5'],
  );
});

test('a card that expires earlier than declared gets a new price, one that expired is refused', async (t) => {
  const bench = await cardBench(t);
  for (const [expiresOn, code] of [
    ['2027-01-31', 'FACE_MISMATCH_UNBOUND'],
    ['2027-03-01', 'OK'],
    ['2026-11-19', 'EXPIRED'],
  ] as const) {
    const card = bench.make('yuxiao-gift');
    await bench.control('cards', { sku: card.sku, number: card.number, expiresOn });
    const verified = await verify(bench, await bench.seal(card, { expiresOn: '2027-03-01' }));
    assert.deepEqual([verified.code, verified.expiresOn], [code, expiresOn]);
  }
});

test('releasing gives back what was taken: the lock, or the old number', async (t) => {
  const bench = await cardBench(t);
  const locked = bench.make('luyu-card');
  const lockedId = await bench.seal(locked);
  await verify(bench, lockedId);
  const release = { cardId: lockedId, ref: 'order-1', at: AT };
  assert.deepEqual(await releaseAtIssuer(bench.deps, release), { released: true });
  assert.deepEqual(await releaseAtIssuer(bench.deps, release), { released: true }, 'again');

  const moved = bench.make('weihe-gift');
  const movedId = await bench.seal(moved);
  await verify(bench, movedId);
  const undo = { cardId: movedId, ref: 'order-1', at: AT };
  assert.deepEqual(await releaseAtIssuer(bench.deps, undo), { released: true });
  for (const [card, cardId] of [
    [locked, lockedId],
    [moved, movedId],
  ] as const) {
    await inTransaction(bench.db, (tx) => returnCard(tx, { cardId, ref: 'order-1', at: AT }));
    const anew = await bench.seal(card);
    assert.equal((await verify(bench, anew)).code, 'OK', 'the seller’s own card works as before');
  }
});

test('a call that was never sent is cancelled by the release and never sent later', async (t) => {
  const bench = await cardBench(t);
  const cardId = await bench.seal(bench.make('luyu-card'));
  await bench.control('issuers/luyu', { outage: true });
  await verify(bench, cardId);
  await bench.control('issuers/luyu', { outage: false });
  const key = { cardId, ref: 'order-1', at: AT };
  assert.deepEqual(await releaseAtIssuer(bench.deps, key), { released: true });
  const late = await verify(bench, cardId, plus(AT, 60 * SECOND));
  assert.equal(late.code, 'OTHER');
  assert.deepEqual(await bench.done(), {});
});

test('a probe is signed by the house over what was seen, and holds no secret', async (t) => {
  const bench = await cardBench(t);
  const card = bench.make('weihe-gift');
  const cardId = await bench.seal(card);
  const verified = await verify(bench, cardId);
  const [probe] = await probesOf(bench.db, cardId);
  assert(probe && probe.probeId === verified.probeId);
  const signature = Buffer.from(probe.signature, 'base64');
  assert(signedBy(bench.keys.publicKeyPem, Buffer.from(probe.seen), signature));
  assert(
    !signedBy(bench.keys.publicKeyPem, Buffer.from(probe.seen.replace('OK', 'NO')), signature),
  );
  assert(!probe.seen.includes(card.number) && card.pin && !probe.seen.includes(`"${card.pin}"`));
  assert.match(probe.seen, /issuerSignature/);
});

test('every code has words, every state and error a code, and silence never settles anything', () => {
  for (const code of CODES)
    for (const words of [RESULTS[code].text, RESULTS[code].remedy])
      assert(words.zh.length > 3 && words.en.length > 3, code);
  const declared = { faceFen: 100n, expiresOn: undefined, day: chinaDay(AT) };
  for (const state of ISSUER_STATES)
    assert(CODES.includes(judge({ state, balanceFen: '100', asOf: '' }, declared)));
  for (const kind of ERROR_KINDS) {
    const code = codeOf(kind);
    assert.equal(code === 'wait', /^(rate_limited|unknown_outcome|unavailable)$/.test(kind));
  }
  for (const code of CODES) assert.ok(validityAfter(code, 1n));
  assert(retryMs(1) < retryMs(5) && retryMs(50) <= 600_000);
  assert.equal(
    judge({ state: 'active', asOf: '' }, declared),
    'OTHER',
    'no balance: a person looks',
  );
});

/** A number that fits every rule of the product and was never issued. */
function neverIssued(): MadeCard {
  for (;;) {
    const body = `9101${randomInt(1e11)}`.padEnd(15, '0');
    const number = [...'0123456789'].map((digit) => body + digit).find(luhn);
    assert(number);
    if (cardInWorld('weihe-gift', number)) continue;
    return { ...makeCard('weihe-gift'), number };
  }
}

type Patch = {
  [M in 'inquire' | 'lock' | 'transfer']?: (
    adapter: IssuerAdapter,
  ) => NonNullable<IssuerAdapter[M]>;
};
/** The real gateway with one method replaced, to cut the line at a chosen moment. */
const issuersWith =
  (real: CardBench['deps']['issuers'], patch: Patch): CardBench['deps']['issuers'] =>
  (issuer) => {
    const adapter = real(issuer);
    return {
      ...adapter,
      ...(patch.inquire && { inquire: patch.inquire(adapter) }),
      ...(patch.lock && { lock: patch.lock(adapter) }),
      ...(patch.transfer && { transfer: patch.transfer(adapter) }),
    };
  };
