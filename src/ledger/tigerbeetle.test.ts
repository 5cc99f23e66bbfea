// Goal: TigerBeetle can stand where our tables stand; nothing of it is lost in translation.
// Method: the tables of words as pure functions; and, where a server answers, the suite that all engines share.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccountFlags, CreateTransferStatus, TransferFlags } from 'tigerbeetle-node';
import { newId } from '#platform';
import { conformance } from './backend.fixture.ts';
import type { Transfer } from './batch.ts';
import {
  accountOf,
  resultOfStatus,
  tigerbeetleBackend,
  transferOf,
  uuidOf,
} from './tigerbeetle.ts';

/** `host:port` of a server that the person who runs the tests has started. */
const address = process.env['HUIQUAN_TIGERBEETLE'];
const at = new Date('2026-11-23T02:00:00Z');
const transfer: Transfer = {
  id: newId(),
  kind: 'post',
  debit: 7n,
  credit: 8n,
  amount: 5n,
  code: 0,
  at,
};

test('every status of the library has one answer of ours, and none is made up', () => {
  // Goal: a new version of the client cannot bring a status that we take for something else.
  // Method: all names of the library's own list; the ones that matter are spelled out.
  const names = Object.keys(CreateTransferStatus).filter((name) => !/^\d+$/.test(name));
  assert(names.length > 60);
  for (const name of names) assert(resultOfStatus(name).name, name);
  assert.throws(() => resultOfStatus('exists_no_more'));
  assert.throws(() => resultOfStatus(undefined));
  const expected = {
    created: 'ok',
    exists: 'exists',
    exists_with_different_amount: 'conflict',
    exceeds_credits: 'insufficient',
    exceeds_debits: 'above_maximum',
    credit_account_not_found: 'no_account',
    accounts_must_be_different: 'same_account',
    linked_event_failed: 'chain',
    pending_transfer_not_found: 'no_hold',
    pending_transfer_already_voided: 'hold_closed',
    exceeds_pending_transfer_amount: 'hold_amount',
    debit_account_already_closed: 'closed_account',
    pending_transfer_expired: 'expired',
    overflows_debits: 'overflow',
  };
  for (const [status, name] of Object.entries(expected))
    assert.equal(resultOfStatus(status).name, name);
  assert.equal(resultOfStatus('id_already_failed').replayed, true);
});

test('kinds, holds and chains become flags, and ids survive the way there and back', () => {
  // Goal: what is sent is what was meant.
  // Method: one transfer of each kind against the library's own flags.
  const { pending, post_pending_transfer, void_pending_transfer, linked, none } = TransferFlags;
  const pendingId = newId();
  const flags = (one: Partial<Transfer>): number => transferOf({ ...transfer, ...one }).flags;
  assert.equal(flags({}), none);
  assert.equal(flags({ linked: true }), linked);
  assert.equal(flags({ kind: 'hold' }), pending);
  assert.equal(flags({ kind: 'capture', pendingId }), post_pending_transfer);
  assert.equal(flags({ kind: 'void', pendingId, linked: true }), void_pending_transfer | linked);
  assert.throws(() => transferOf({ ...transfer, kind: 'expire', pendingId }));
  const sent = transferOf({ ...transfer, kind: 'hold', expiresAt: new Date(at.getTime() + 1_001) });
  assert.equal(sent.timeout, 2, 'a hold never ends early');
  assert.equal(sent.code, 1, 'never zero');
  assert.equal(uuidOf(sent.id), transfer.id);
  assert.equal(uuidOf(transferOf({ ...transfer, kind: 'void', pendingId }).pending_id), pendingId);
});

test('bounds of an account become flags, and stripes are accounts of their own', () => {
  // Goal: what must not go below or above zero does not, there as here.
  // Method: one account of each rule.
  const { debits_must_not_exceed_credits, credits_must_not_exceed_debits, none } = AccountFlags;
  assert.equal(accountOf('WALLET:house').flags, debits_must_not_exceed_credits);
  assert.equal(accountOf('CUSTODY:bank').flags, credits_must_not_exceed_debits);
  assert.equal(accountOf('LOSS').flags, none);
  assert.notEqual(accountOf('FEE').id, accountOf('FEE#1').id);
});

if (address) conformance('TigerBeetle', () => tigerbeetleBackend({ addresses: [address] }));
else
  test('TigerBeetle: the shared suite', (t) =>
    t.skip('no server is named: start one and set HUIQUAN_TIGERBEETLE=host:port'));
