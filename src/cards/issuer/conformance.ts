/**
 * What every issuer adapter must do before a card is entrusted to it, as tests that run against any of them. The bench
 * gives fresh cards and lets faults happen; capabilities an issuer lacks must be absent from its adapter.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { newId } from '#platform';
import type { Cap } from '../schema.ts';
import type { CardRef, Ctx, IssuerAdapter, Outcome, ReissueOrder } from './adapter.ts';

export interface Bench {
  readonly adapter: IssuerAdapter;
  /** A card nobody has touched yet. */
  freshCard(): Promise<{ card: CardRef; balanceFen: string }>;
  /** A card whose number is right and whose PIN is not. */
  wrongPin(): Promise<CardRef>;
  /** Makes the next answer get lost after, or before, the request was carried out. */
  loseNextAnswer(when: 'after_commit' | 'before_commit'): Promise<void>;
  outage(on: boolean): Promise<void>;
}

const ctx = (): Ctx => ({ requestNo: newId() });
const HOUR_MS = 3_600_000;
const CHAIN = {
  ...{ chainId: 31_337, exchange: `0x${'e1'.repeat(20)}`, buyer: `0x${'b2'.repeat(20)}` },
  ...{ cardId: String(2n ** 255n + 7n), nonce: 3, deadline: 2_000_000_000 },
};
const ORDER: ReissueOrder = { chain: CHAIN };

export function issuerConformance(
  name: string,
  caps: readonly Cap[],
  makeBench: () => Promise<Bench>,
): void {
  const can = new Set(caps);
  describe(`issuer conformance: ${name}`, () => {
    let bench: Bench;
    before(async () => {
      bench = await makeBench();
    });

    it('has a method for each capability, and none beyond', () => {
      const { adapter } = bench;
      assert.deepEqual(adapter.caps, can);
      for (const cap of ['inquire', 'lock', 'transfer', 'reissue', 'redeem', 'void'] as const)
        assert.equal(adapter[cap] !== undefined, adapter.caps.has(cap), cap);
      assert.equal(adapter.release !== undefined, adapter.caps.has('lock'));
      assert.equal(adapter.chainKey !== undefined, adapter.caps.has('reissue'));
    });
    it('does not know a request that was never made', async () => {
      assert.deepEqual(await bench.adapter.outcomeOf('inquire', newId()), { known: false });
    });
    it('inquires without side effect, and says the same for a wrong number as for a wrong PIN', async () => {
      await inquiries(bench);
    });
    it('is unavailable in an outage, and says so for outcomes too', async () => {
      await outage(bench);
    });
    if (can.has('lock')) {
      it('grants exactly one of many concurrent locks, and frees it', () => locks(bench));
      it('answers a repeated lock with the first answer, and never twice', () =>
        repeatedLock(bench));
      it('makes a lock longer for whoever names it, and no lock that was given back', () =>
        longerLock(bench));
    }
    if (can.has('lock') || can.has('transfer')) {
      it('resolves an answer lost after commit by its number', () =>
        lostAnswer(bench, 'after_commit'));
      it('resolves an answer lost before commit by its number', () =>
        lostAnswer(bench, 'before_commit'));
    }
    if (can.has('transfer')) {
      it('kills the old number when it transfers', () => transfers(bench));
      it('moves a card once when two transfers race', () => racingTransfers(bench));
    }
    if (can.has('reissue')) {
      it('kills the old PIN when it re-issues, and keeps number and balance', () =>
        reissues(bench));
      if (can.has('transfer') && can.has('void'))
        it('does not undo a transfer whose card was re-issued since', () => noWayBack(bench));
      if (can.has('lock'))
        it('re-issues a card that is held for whoever holds it, and for nobody else', () =>
          heldReissue(bench));
      it('re-issues once when many race', () => racingReissues(bench));
      it('re-issues once when the answer is lost, and tells the same PIN by its number', () =>
        lostReissue(bench));
    }
  });
}

async function inquiries({ adapter, freshCard, wrongPin }: Bench): Promise<void> {
  const inquire = adapter.inquire?.bind(adapter);
  assert(inquire, 'an issuer that cannot be asked is of no use');
  const { card, balanceFen } = await freshCard();
  for (let look = 1; look <= 3; look++) {
    const seen: Outcome<'inquire'> = await inquire(card, ctx());
    assert(seen.ok);
    assert.equal(seen.value.state, 'active');
    assert.equal(seen.value.balanceFen, balanceFen);
  }
  const wrong = await inquire(await wrongPin(), ctx());
  assert(!wrong.ok);
  assert.match(wrong.kind, /^(bad_secret|not_found)$/);
}

async function outage({ adapter, freshCard, outage: set }: Bench): Promise<void> {
  const { card } = await freshCard();
  await set(true);
  try {
    const seen: Outcome<'inquire'> | undefined = await adapter.inquire?.(card, ctx());
    assert(seen && !seen.ok);
    assert.equal(seen.kind, 'unavailable');
    const past = await adapter.outcomeOf('inquire', newId());
    assert.equal(past.known, 'unreachable', 'an outage is not the same as a request unknown');
  } finally {
    await set(false);
  }
  assert.equal((await adapter.inquire?.(card, ctx()))?.ok, true);
}

async function locks({ adapter, freshCard }: Bench): Promise<void> {
  const { card, balanceFen } = await freshCard();
  const terms = { amountFen: balanceFen, ttlMs: HOUR_MS };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => adapter.lock?.(card, terms, ctx())),
  );
  const won = answers.filter((answer) => answer?.ok);
  assert.equal(won.length, 1, 'exactly one lock wins');
  for (const lost of answers.filter((answer) => answer && !answer.ok))
    assert.equal(lost && !lost.ok && lost.kind, 'conflict');
  const [hold] = won;
  assert(hold?.ok);
  assert.equal((await adapter.release?.(hold.value.holdId, ctx()))?.ok, true);
  assert.equal((await adapter.lock?.(card, terms, ctx()))?.ok, true, 'free again');
}

async function repeatedLock({ adapter, freshCard }: Bench): Promise<void> {
  const { card, balanceFen } = await freshCard();
  const terms = { amountFen: balanceFen, ttlMs: HOUR_MS };
  const once = ctx();
  const first = await adapter.lock?.(card, terms, once);
  const second = await adapter.lock?.(card, terms, once);
  assert(first?.ok && second?.ok);
  assert.equal(first.value.holdId, second.value.holdId);
  const other = await freshCard();
  const reused = await adapter.lock?.(other.card, terms, once);
  assert(reused && !reused.ok, 'a number used for something else is refused');
}

async function longerLock({ adapter, freshCard }: Bench): Promise<void> {
  const { card, balanceFen } = await freshCard();
  const terms = { amountFen: balanceFen, ttlMs: HOUR_MS };
  const first = await adapter.lock?.(card, terms, ctx());
  assert(first?.ok);
  const { holdId, until } = first.value;
  const other = await adapter.lock?.(card, { ...terms, holdId: `${holdId}x` }, ctx());
  assert(other && !other.ok && other.kind === 'conflict');
  const longer = await adapter.lock?.(card, { ...terms, ttlMs: 2 * HOUR_MS, holdId }, ctx());
  assert(longer?.ok);
  assert.equal(longer.value.holdId, holdId, 'the same lock');
  assert(new Date(longer.value.until) > new Date(until));
  assert.equal((await adapter.release?.(holdId, ctx()))?.ok, true);
  const late = await adapter.lock?.(card, { ...terms, holdId }, ctx());
  assert(late && !late.ok, 'what was given back stays so');
  assert.equal((await adapter.lock?.(card, terms, ctx()))?.ok, true, 'free for anybody');
}

async function lostAnswer(
  { adapter, freshCard, loseNextAnswer }: Bench,
  when: 'after_commit' | 'before_commit',
): Promise<void> {
  const { card, balanceFen } = await freshCard();
  const once = ctx();
  await loseNextAnswer(when);
  const op = adapter.transfer ? 'transfer' : 'lock';
  const send = () =>
    op === 'transfer'
      ? adapter.transfer?.(card, once)
      : adapter.lock?.(card, { amountFen: balanceFen, ttlMs: HOUR_MS }, once);
  const lost = await send();
  assert(lost && !lost.ok);
  assert.equal(lost.kind, 'unknown_outcome');
  const past = await adapter.outcomeOf(op, once.requestNo);
  assert.equal(past.known, when === 'after_commit');
  const again = await send();
  assert(again?.ok, 'the same number again succeeds, done before or not');
  const after = await adapter.outcomeOf(op, once.requestNo);
  assert(after.known === true && after.outcome.ok);
  assert.deepEqual(after.outcome.value, again.value);
}

async function transfers({ adapter, freshCard }: Bench): Promise<void> {
  const { card, balanceFen } = await freshCard();
  const moved = await adapter.transfer?.(card, ctx());
  assert(moved?.ok && moved.fresh);
  assert.equal(moved.value.balanceFen, balanceFen);
  assert.notEqual(moved.fresh.number.reveal(), card.number.reveal());
  assert.equal(moved.proven, adapter.caps.has('signed'), 'a signed commitment proves the new card');
  const fresh: CardRef = { sku: card.sku, ...moved.fresh };
  const old = await adapter.inquire?.(card, ctx());
  assert(old?.ok);
  assert.equal(old.value.state, 'void');
  const now = await adapter.inquire?.(fresh, ctx());
  assert(now?.ok);
  assert.equal(now.value.balanceFen, balanceFen);
  if (!adapter.void) return;
  assert.equal((await adapter.void(moved.value.transferId, ctx())).ok, true);
  const back = await adapter.inquire?.(card, ctx());
  assert(back?.ok);
  assert.equal(back.value.balanceFen, balanceFen, 'undone: the old number lives again');
}

async function racingTransfers({ adapter, freshCard }: Bench): Promise<void> {
  const { card } = await freshCard();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => adapter.transfer?.(card, ctx())),
  );
  assert.equal(answers.filter((answer) => answer?.ok).length, 1);
}

async function reissues({ adapter, freshCard }: Bench): Promise<void> {
  const { card, balanceFen } = await freshCard();
  const made = await adapter.reissue?.(card, ORDER, ctx());
  assert(made?.ok && made.fresh?.pin && made.salt);
  assert.equal(made.value.balanceFen, balanceFen);
  assert.equal(made.fresh.number.reveal(), card.number.reveal());
  for (const secret of [made.fresh.pin, made.salt])
    assert(!made.facts.text.includes(secret.reveal()), 'what is kept as facts tells no secret');
  const old = await adapter.inquire?.(card, ctx());
  assert(old && !old.ok && old.kind === 'bad_secret');
  const now = await adapter.inquire?.({ sku: card.sku, ...made.fresh }, ctx());
  assert(now?.ok);
  assert.deepEqual([now.value.state, now.value.balanceFen], ['active', balanceFen]);
}

async function heldReissue({ adapter, freshCard }: Bench): Promise<void> {
  const { card, balanceFen } = await freshCard();
  const held = await adapter.lock?.(card, { amountFen: balanceFen, ttlMs: HOUR_MS }, ctx());
  assert(held?.ok);
  const { holdId } = held.value;
  for (const other of [undefined, `${holdId}x`]) {
    const no = await adapter.reissue?.(card, { ...ORDER, holdId: other }, ctx());
    assert(no && !no.ok && no.kind === 'conflict');
  }
  const made = await adapter.reissue?.(card, { ...ORDER, holdId }, ctx());
  assert(made?.ok && made.fresh);
  const now = await adapter.inquire?.({ sku: card.sku, ...made.fresh }, ctx());
  assert(now?.ok && now.value.state === 'held', 'the hold stays until it is released');
  assert.equal((await adapter.release?.(holdId, ctx()))?.ok, true);
}

async function racingReissues({ adapter, freshCard }: Bench): Promise<void> {
  const { card } = await freshCard();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => adapter.reissue?.(card, ORDER, ctx())),
  );
  assert.equal(answers.filter((answer) => answer?.ok).length, 1);
}

async function lostReissue({ adapter, freshCard, loseNextAnswer }: Bench): Promise<void> {
  const { card } = await freshCard();
  const once = ctx();
  await loseNextAnswer('after_commit');
  const lost = await adapter.reissue?.(card, ORDER, once);
  assert(lost && !lost.ok && lost.kind === 'unknown_outcome');
  const past = await adapter.outcomeOf('reissue', once.requestNo);
  assert(past.known === true && past.outcome.ok);
  const again = await adapter.reissue?.(card, ORDER, once);
  assert(again?.ok);
  assert.equal(again.fresh?.pin?.reveal(), past.outcome.fresh?.pin?.reveal());
  assert.deepEqual(again.value, past.outcome.value);
  const other = await adapter.reissue?.(card, { chain: { ...CHAIN, nonce: 4 } }, once);
  assert(other && !other.ok && other.kind === 'conflict', 'the number is of one order');
}

async function noWayBack({ adapter, freshCard }: Bench): Promise<void> {
  const { card } = await freshCard();
  const moved = await adapter.transfer?.(card, ctx());
  assert(moved?.ok && moved.fresh);
  const made = await adapter.reissue?.({ sku: card.sku, ...moved.fresh }, ORDER, ctx());
  assert(made?.ok);
  const undone = await adapter.void?.(moved.value.transferId, ctx());
  assert(undone && !undone.ok && undone.kind === 'conflict', 'no second secret comes to life');
}
