/**
 * TigerBeetle behind `LedgerBackend`. Kinds, holds, chains and answers map one to one. What does not map:
 * - Credit lines: an account is unbounded, or never below zero, or never above zero; nothing in between.
 * - Names: it keeps numbers. An account's number is made of its code, which cannot be read back from it.
 * - `expire`: it frees a hold by its own clock, in whole seconds, and takes no such transfer.
 * - `at`: it stamps transfers itself; here `at` only says how long a hold lasts.
 * - Why an id was refused: it burns ids only where we say no money, no account or closed, and answers a burnt id
 *   without the reason. That is told as `insufficient`, the one of them that a correct caller can meet.
 * - A chain sent again: its first leg `exists` and the others break with it, where ours all exist.
 * - The bound of 10^15 on amounts is ours alone, and the caller's to keep.
 * The server is the operator's own; the client is loaded only when one is opened.
 */
import assert from 'node:assert/strict';
import type * as Tigerbeetle from 'tigerbeetle-node';
import { sha256 } from '#platform';
import type { HistoryEntry, LedgerBackend, Standing } from './backend.ts';
import {
  type AccountId,
  type Result,
  resultOf,
  type Transfer,
  type TransferKind,
} from './batch.ts';
import { type AccountCode, accountClasses, classOf, ruleOf } from './domain.ts';

type StatusName = keyof typeof Tigerbeetle.CreateTransferStatus;

/** Only the adapter's own bug can cause it. */
const BUG = 16;
const CONFLICT = 2;

/** Our answer to each of theirs. */
const ANSWERS: Readonly<Record<StatusName, number>> = {
  created: 0,
  exists: 1,
  exists_with_different_flags: CONFLICT,
  exists_with_different_pending_id: CONFLICT,
  exists_with_different_timeout: CONFLICT,
  exists_with_different_debit_account_id: CONFLICT,
  exists_with_different_credit_account_id: CONFLICT,
  exists_with_different_amount: CONFLICT,
  exists_with_different_user_data_128: CONFLICT,
  exists_with_different_user_data_64: CONFLICT,
  exists_with_different_user_data_32: CONFLICT,
  exists_with_different_ledger: CONFLICT,
  exists_with_different_code: CONFLICT,
  exceeds_credits: 3,
  exceeds_debits: 15,
  debit_account_not_found: 4,
  credit_account_not_found: 4,
  accounts_must_have_the_same_ledger: 5,
  transfer_must_have_the_same_ledger_as_accounts: 5,
  accounts_must_be_different: 7,
  linked_event_failed: 8,
  pending_transfer_not_found: 9,
  pending_transfer_not_pending: 9,
  pending_transfer_has_different_debit_account_id: 9,
  pending_transfer_has_different_credit_account_id: 9,
  pending_transfer_has_different_ledger: 9,
  pending_transfer_already_posted: 10,
  pending_transfer_already_voided: 10,
  exceeds_pending_transfer_amount: 11,
  pending_transfer_has_different_amount: 11,
  debit_account_already_closed: 12,
  credit_account_already_closed: 12,
  pending_transfer_expired: 13,
  overflows_debits_pending: 14,
  overflows_credits_pending: 14,
  overflows_debits_posted: 14,
  overflows_credits_posted: 14,
  overflows_debits: 14,
  overflows_credits: 14,
  overflows_timeout: 14,
  id_already_failed: 103,
  linked_event_chain_open: BUG,
  pending_transfer_has_different_code: BUG,
  id_must_not_be_zero: BUG,
  id_must_not_be_int_max: BUG,
  debit_account_id_must_not_be_zero: BUG,
  debit_account_id_must_not_be_int_max: BUG,
  credit_account_id_must_not_be_zero: BUG,
  credit_account_id_must_not_be_int_max: BUG,
  pending_id_must_be_zero: BUG,
  pending_id_must_not_be_zero: BUG,
  pending_id_must_not_be_int_max: BUG,
  pending_id_must_be_different: BUG,
  timeout_reserved_for_pending_transfer: BUG,
  closing_transfer_must_be_pending: BUG,
  ledger_must_not_be_zero: BUG,
  code_must_not_be_zero: BUG,
  flags_are_mutually_exclusive: BUG,
  reserved_flag: BUG,
  timestamp_must_be_zero: BUG,
  imported_event_expected: BUG,
  imported_event_not_expected: BUG,
  imported_event_timestamp_out_of_range: BUG,
  imported_event_timestamp_must_not_advance: BUG,
  imported_event_timestamp_must_not_regress: BUG,
  imported_event_timestamp_must_postdate_debit_account: BUG,
  imported_event_timestamp_must_postdate_credit_account: BUG,
  imported_event_timeout_must_be_zero: BUG,
};

export function resultOfStatus(status: string | undefined): Result {
  assert(status !== undefined && Object.hasOwn(ANSWERS, status), `a status we do not know`);
  return resultOf(ANSWERS[status as StatusName]);
}

const FLAGS: Readonly<Record<TransferKind, number>> = {
  ...{ post: 0, hold: 2, capture: 4, void: 8 },
  expire: Number.NaN,
};
const LINKED = 1;
const MOVES_NOTHING = 2 | 8;
const [NOT_BELOW_ZERO, NOT_ABOVE_ZERO] = [2, 4];
/** Their number for a currency: ours of CNY. */
const LEDGER = 1;

const numberOf = (uuid: string | undefined): bigint =>
  uuid === undefined ? 0n : BigInt(`0x${uuid.replaceAll('-', '')}`);

export function uuidOf(number: bigint): string {
  const hex = number.toString(16).padStart(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Our transfer in their words. */
export function transferOf(transfer: Transfer): Tigerbeetle.Transfer {
  const { id, kind, debit, credit, amount, pendingId, expiresAt, linked, code, ref, at } = transfer;
  assert(kind !== 'expire', 'TigerBeetle expires holds by itself');
  return {
    id: numberOf(id),
    debit_account_id: debit,
    credit_account_id: credit,
    amount,
    pending_id: numberOf(pendingId),
    user_data_128: numberOf(ref),
    user_data_64: 0n,
    user_data_32: 0,
    timeout: expiresAt ? Math.max(1, Math.ceil((expiresAt.getTime() - at.getTime()) / 1_000)) : 0,
    ledger: LEDGER,
    // Theirs begin at 1.
    code: code + 1,
    flags: FLAGS[kind] | (linked ? LINKED : 0),
    timestamp: 0n,
  };
}

/** An account in their words. Our balance is their credits less their debits. */
export function accountOf(code: AccountCode): Tigerbeetle.Account {
  const name = classOf(code.split('#')[0] ?? '');
  const { min, max } = ruleOf(name);
  const nothing = {
    debits_pending: 0n,
    debits_posted: 0n,
    credits_pending: 0n,
    credits_posted: 0n,
  };
  return {
    id: numberOf(sha256(code).toString('hex').slice(0, 32)),
    ...nothing,
    ...{ user_data_128: 0n, user_data_64: 0n, user_data_32: 0, reserved: 0 },
    ledger: LEDGER,
    code: accountClasses.indexOf(name) + 1,
    flags: (min === null ? 0 : NOT_BELOW_ZERO) | (max === null ? 0 : NOT_ABOVE_ZERO),
    timestamp: 0n,
  };
}

const standingOf = (account: Tigerbeetle.Account): Standing => ({
  balance: account.credits_posted - account.debits_posted,
  held: account.debits_pending,
  incoming: account.credits_pending,
});

function entryOf(transfer: Tigerbeetle.Transfer, account: AccountId): HistoryEntry {
  const { id, debit_account_id: debit, credit_account_id: credit, amount } = transfer;
  const isDebit = debit === account;
  return {
    transfer: uuidOf(id),
    other: isDebit ? credit : debit,
    amount: isDebit ? -amount : amount,
  };
}

const HISTORY_MAX = 8_000;

export async function tigerbeetleBackend(where: {
  addresses: readonly string[];
  cluster?: bigint;
}): Promise<LedgerBackend> {
  const library = await import('tigerbeetle-node');
  const client = library.createClient({
    cluster_id: where.cluster ?? 0n,
    replica_addresses: [...where.addresses],
  });
  return {
    createAccounts: async (codes) => {
      const accounts = codes.map(accountOf);
      for (const { status } of await client.createAccounts(accounts)) {
        const name = library.CreateAccountStatus[status];
        assert(name === 'created' || name === 'exists', `account not opened: ${name}`);
      }
      return accounts.map(({ id }) => id);
    },
    post: async (batch) => {
      const results = await client.createTransfers(batch.map(transferOf));
      return results.map(({ status }) => resultOfStatus(library.CreateTransferStatus[status]));
    },
    lookup: async (accounts) => {
      const found = await client.lookupAccounts([...accounts]);
      return new Map(found.map((account) => [account.id, standingOf(account)]));
    },
    history: async (account, limit) => {
      const all = { user_data_128: 0n, user_data_64: 0n, user_data_32: 0, code: 0 };
      const always = { timestamp_min: 0n, timestamp_max: 0n, limit: HISTORY_MAX, flags: 1 | 2 };
      const found = await client.getAccountTransfers({ account_id: account, ...all, ...always });
      const moved = found.filter(({ flags }) => (flags & MOVES_NOTHING) === 0);
      return moved.slice(0, limit).map((transfer) => entryOf(transfer, account));
    },
    close: async () => client.destroy(),
  };
}
