/** What every engine behind `LedgerBackend` has to do, asked of each of them in the same words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '#platform';
import type { LedgerBackend, Standing } from './backend.ts';
import type { AccountId, Transfer } from './batch.ts';

const at = new Date('2026-11-23T02:00:00Z');
const later = new Date('2026-11-24T02:00:00Z');

const move = (debit: AccountId, credit: AccountId, amount: bigint): Transfer => ({
  ...{ id: newId(), kind: 'post', debit, credit, amount, code: 1, at },
});
const holding = (debit: AccountId, credit: AccountId, amount: bigint): Transfer => ({
  ...move(debit, credit, amount),
  ...{ kind: 'hold', expiresAt: later },
});
const closing = (hold: Transfer, kind: 'capture' | 'void', amount = hold.amount): Transfer => ({
  ...move(hold.debit, hold.credit, amount),
  ...{ kind, pendingId: hold.id },
});

interface World {
  readonly backend: LedgerBackend;
  readonly names: (batch: readonly Transfer[]) => Promise<string[]>;
  readonly standing: (account: AccountId) => Promise<Standing | undefined>;
  /** Two wallets, the first with 100. */
  readonly pair: () => Promise<[AccountId, AccountId]>;
}

function worldOf(backend: LedgerBackend): World {
  const names: World['names'] = async (batch) =>
    (await backend.post(batch)).map(({ name, replayed }) => (replayed ? `${name} again` : name));
  return {
    backend,
    names,
    standing: async (account) => (await backend.lookup([account])).get(account),
    pair: async () => {
      const codes = [`WALLET:${newId()}`, `WALLET:${newId()}`, 'LOSS'];
      const [a, b, source] = (await backend.createAccounts(codes)) as [bigint, bigint, bigint];
      assert.deepEqual(await names([move(source, a, 100n)]), ['ok']);
      return [a, b];
    },
  };
}

export function conformance(engine: string, open: () => Promise<LedgerBackend>): void {
  for (const [title, body] of Object.entries(cases))
    test(`${engine}: ${title}`, async () => {
      const backend = await open();
      try {
        await body(worldOf(backend));
      } finally {
        await backend.close();
      }
    });
}

const cases: Readonly<Record<string, (world: World) => Promise<void>>> = {
  'accounts are opened once and found by number': async ({ backend, standing }) => {
    const code = `WALLET:${newId()}`;
    const [first] = (await backend.createAccounts([code])) as [bigint];
    assert.deepEqual(await backend.createAccounts([code]), [first]);
    assert.deepEqual(await standing(first), { balance: 0n, held: 0n, incoming: 0n });
    assert.equal(await standing(first + 1_000_000_007n), undefined);
  },

  'a bad transfer fails alone, and each sees those before it': async (world) => {
    const [a, b] = await world.pair();
    const batch = [move(a, b, 60n), move(a, b, 60n), move(b, a, 20n), move(a, b, 60n)];
    assert.deepEqual(await world.names(batch), ['ok', 'insufficient', 'ok', 'ok']);
    assert.deepEqual(await world.standing(b), { balance: 100n, held: 0n, incoming: 0n });
    assert.deepEqual(await world.names([move(a, a, 1n), move(a, 999_999_999_999n, 1n)]), [
      'same_account',
      'no_account',
    ]);
  },

  'an id is one transfer for ever': async ({ names, pair, standing }) => {
    const [a, b] = await pair();
    const first = move(a, b, 10n);
    const { id } = first;
    assert.deepEqual(await names([first]), ['ok']);
    assert.deepEqual(await names([first]), ['exists']);
    assert.deepEqual(await names([{ ...move(a, b, 11n), id }]), ['conflict']);
    assert.deepEqual(await names([{ ...first, debit: b, credit: a }]), ['conflict']);
    assert.deepEqual(await names([{ ...first, code: 2 }]), ['conflict']);
    assert.equal((await standing(b))?.balance, 10n);
  },

  'an id that was refused for want of money stays refused': async ({ names, pair }) => {
    const [a, b] = await pair();
    const tooMuch = move(a, b, 101n);
    assert.deepEqual(await names([tooMuch]), ['insufficient']);
    const [c] = await pair();
    assert.deepEqual(await names([move(c, a, 50n), tooMuch]), ['ok', 'insufficient again']);
  },

  'a chain is all or nothing': async ({ names, pair, standing }) => {
    const [a, b] = await pair();
    const linked = { linked: true };
    const bad = [
      { ...move(a, b, 10n), ...linked },
      { ...move(a, b, 91n), ...linked },
      move(b, a, 1n),
    ];
    assert.deepEqual(await names([...bad, move(a, b, 5n)]), [
      'chain',
      'insufficient',
      'chain',
      'ok',
    ]);
    const good = [{ ...move(a, b, 10n), ...linked }, move(b, a, 4n)];
    assert.deepEqual(await names(good), ['ok', 'ok']);
    assert.equal((await standing(a))?.balance, 89n);
  },

  'a hold reserves, a capture takes up to it and frees the rest': async (world) => {
    const [a, b] = await world.pair();
    const hold = holding(a, b, 80n);
    assert.deepEqual(await world.names([hold, move(a, b, 21n)]), ['ok', 'insufficient']);
    assert.deepEqual(await world.standing(a), { balance: 100n, held: 80n, incoming: 0n });
    assert.deepEqual(await world.standing(b), { balance: 0n, held: 0n, incoming: 80n });
    assert.deepEqual(await world.names([closing(hold, 'capture', 81n)]), ['hold_amount']);
    assert.deepEqual(await world.names([closing(hold, 'capture', 30n)]), ['ok']);
    assert.deepEqual(await world.standing(a), { balance: 70n, held: 0n, incoming: 0n });
  },

  'a hold ends once': async ({ names, pair, standing }) => {
    const [a, b] = await pair();
    const hold = holding(a, b, 80n);
    const kept = move(a, b, 1n);
    assert.deepEqual(await names([hold, closing(hold, 'void'), closing(hold, 'capture')]), [
      'ok',
      'ok',
      'hold_closed',
    ]);
    assert.deepEqual(await names([closing(hold, 'void'), closing(kept, 'void')]), [
      'hold_closed',
      'no_hold',
    ]);
    assert.deepEqual(await standing(a), { balance: 100n, held: 0n, incoming: 0n });
  },

  'history has what moved money, in order, seen from the account': async (world) => {
    const [a, b] = await world.pair();
    const hold = holding(a, b, 40n);
    const capture = closing(hold, 'capture', 15n);
    const [first, back] = [move(a, b, 30n), move(b, a, 7n)];
    await world.names([first, hold, back, capture, move(a, b, 1_000n)]);
    assert.deepEqual(await world.backend.history(b, 10), [
      { transfer: first.id, other: a, amount: 30n },
      { transfer: back.id, other: a, amount: -7n },
      { transfer: capture.id, other: a, amount: 15n },
    ]);
    assert.equal((await world.backend.history(b, 2)).length, 2);
  },
};
