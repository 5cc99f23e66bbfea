/** The ledger in memory, as plainly as can be: for any batches it says what `ledger.post_batch` has to answer. For tests. */
import assert from 'node:assert/strict';
import type { AccountId, ResultName, Transfer } from './batch.ts';

const BOUND = 1_000_000_000_000_000n;
const ORDER: readonly ResultName[] = [
  ...([
    'ok',
    'exists',
    'conflict',
    'insufficient',
    'no_account',
    'asset_differs',
    'amount',
  ] as const),
  ...([
    'same_account',
    'chain',
    'no_hold',
    'hold_closed',
    'hold_amount',
    'closed_account',
  ] as const),
  ...(['expired', 'overflow', 'above_maximum', 'malformed', 'not_due'] as const),
];

export interface Account {
  readonly asset: number;
  readonly min: bigint | null;
  readonly max: bigint | null;
  readonly closed: boolean;
  balance: bigint;
  held: bigint;
  incoming: bigint;
  version: bigint;
  lastAt: number;
}
interface Held {
  readonly by: Transfer;
  state: number;
}
/** As the row of `ledger.transfer`. */
export interface Posted {
  readonly transfer: Transfer;
  readonly at: number;
  readonly sides: readonly bigint[] | undefined;
}

export class Reference {
  readonly accounts = new Map<AccountId, Account>();
  readonly posted = new Map<string, Posted>();
  readonly holds = new Map<string, Held>();
  readonly rejected = new Map<string, ResultName>();
  #undo: (() => void)[] = [];

  /** Answers in words; `again:` before the reason for ids that were refused in an earlier chain. */
  post(batch: readonly Transfer[]): string[] {
    const answers: string[] = [];
    for (let from = 0; from < batch.length; ) {
      let to = from;
      while (batch[to]?.linked && to < batch.length - 1) to++;
      const chain = batch.slice(from, to + 1);
      answers.push(...this.#chain(chain, batch[to]?.linked === true));
      from = to + 1;
    }
    return answers;
  }

  #chain(chain: readonly Transfer[], isOpen: boolean): string[] {
    const answers: string[] = [];
    const posted: Posted[] = [];
    this.#undo = [];
    let over = false;
    const break_ = (): void => {
      over = true;
      for (const undo of this.#undo.reverse()) undo();
      this.#undo = [];
      for (const [index, answer] of answers.entries())
        if (answer === 'ok') answers[index] = 'chain';
      posted.length = 0;
    };
    const seen = new Set<string>();
    for (const [index, transfer] of chain.entries()) {
      const known = this.#known(transfer) ?? (seen.has(transfer.id) ? 'malformed' : undefined);
      seen.add(transfer.id);
      if (known) {
        break_();
        answers.push(known);
        continue;
      }
      const isLast = index === chain.length - 1;
      const result = over ? 'chain' : isOpen && isLast ? 'malformed' : this.#judge(transfer);
      if (typeof result !== 'string') posted.push(result);
      else if (!over) break_();
      answers.push(typeof result === 'string' ? result : 'ok');
    }
    for (const one of posted) this.posted.set(one.transfer.id, one);
    for (const [index, { id }] of chain.entries()) {
      const answer = answers[index] as ResultName;
      const isNew = !this.posted.has(id) && !this.rejected.has(id);
      if (isNew && ORDER.indexOf(answer) >= 3) this.rejected.set(id, answer);
    }
    return answers;
  }

  #known(transfer: Transfer): string | undefined {
    const rejected = this.rejected.get(transfer.id);
    if (rejected) return `again:${rejected}`;
    const first = this.posted.get(transfer.id)?.transfer;
    if (!first) return undefined;
    const fields = ['kind', 'debit', 'credit', 'amount', 'code', 'ref', 'pendingId'] as const;
    return fields.every((field) => first[field] === transfer[field]) ? 'exists' : 'conflict';
  }

  #judge(transfer: Transfer): ResultName | Posted {
    const { kind, amount, debit, credit, pendingId, expiresAt } = transfer;
    const closes = kind !== 'post' && kind !== 'hold';
    if (closes !== (pendingId !== undefined)) return 'malformed';
    if ((kind === 'hold') !== (expiresAt !== undefined)) return 'malformed';
    if (amount < 1n || amount > BOUND) return 'amount';
    if (debit === credit) return 'same_account';
    const [from, to] = [this.accounts.get(debit), this.accounts.get(credit)];
    if (!from || !to) return 'no_account';
    if (from.asset !== to.asset) return 'asset_differs';
    if (kind !== 'void' && kind !== 'expire' && (from.closed || to.closed)) return 'closed_account';
    const at = Math.max(transfer.at.getTime(), from.lastAt, to.lastAt);
    const no = closes
      ? this.#refuseClosing(transfer, from, to, at)
      : this.#refuseNew(transfer, from, to, at);
    if (no) return no;
    this.#keep(from, to);
    if (kind === 'hold') {
      from.held += amount;
      to.incoming += amount;
      this.holds.set(transfer.id, { by: transfer, state: 0 });
      this.#undo.push(() => this.holds.delete(transfer.id));
    }
    const held = this.holds.get(pendingId ?? '');
    if (held) {
      from.held -= held.by.amount;
      to.incoming -= held.by.amount;
      held.state = ['capture', 'void', 'expire'].indexOf(kind) + 1;
      this.#undo.push(() => Object.assign(held, { state: 0 }));
    }
    from.lastAt = to.lastAt = at;
    if (kind !== 'post' && kind !== 'capture') return { transfer, at, sides: undefined };
    from.balance -= amount;
    to.balance += amount;
    from.version++;
    to.version++;
    return { transfer, at, sides: [from.version, to.version, from.balance, to.balance] };
  }

  #refuseNew({ kind, amount, expiresAt }: Transfer, from: Account, to: Account, at: number) {
    if (kind === 'hold' && expiresAt && expiresAt.getTime() <= at) return 'expired';
    if (from.min !== null && from.balance - from.held - amount < from.min) return 'insufficient';
    if (kind === 'hold')
      return from.held + amount > BOUND || to.incoming + amount > BOUND ? 'overflow' : undefined;
    return refuseMove(from, to, amount);
  }

  #refuseClosing(transfer: Transfer, from: Account, to: Account, at: number) {
    const { kind, amount, debit, credit, pendingId = '' } = transfer;
    const held = this.holds.get(pendingId);
    if (held?.by.debit !== debit || held.by.credit !== credit) return 'no_hold';
    if (held.state !== 0) return 'hold_closed';
    const due = held.by.expiresAt?.getTime();
    assert(due !== undefined);
    if (kind === 'capture' && at >= due) return 'expired';
    if (kind === 'expire' && at < due) return 'not_due';
    if (kind === 'capture' ? amount > held.by.amount : amount !== held.by.amount)
      return 'hold_amount';
    return kind === 'capture' ? refuseMove(from, to, amount) : undefined;
  }

  #keep(...accounts: Account[]): void {
    for (const account of accounts) {
      const before = { ...account };
      this.#undo.push(() => Object.assign(account, before));
    }
  }
}

function refuseMove(from: Account, to: Account, amount: bigint): ResultName | undefined {
  if (to.max !== null && to.balance + amount > to.max) return 'above_maximum';
  return from.balance - amount < -BOUND || to.balance + amount > BOUND ? 'overflow' : undefined;
}
