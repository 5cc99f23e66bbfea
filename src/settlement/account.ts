/** The bank account a person is paid to: in their own verified name, sealed, shown only in part. */
import { inTransaction, newId, Refused, sameBytes, type Tx } from '#platform';
import { append } from '#record';
import { type Account, blankAccounts, findAccount, replaceAccount } from './account_store.ts';
import { isRecipientsFault, maskName, parseAccountNumber, promiseAt, sameName } from './domain.ts';
import type { BankCode } from './schema.ts';
import { backToCreated, type SettlementDeps } from './step.ts';
import { lockUnpaidOf } from './store.ts';

export interface AccountFacts {
  bankCode: BankCode;
  numberMasked: string;
  nameMasked: string;
  since: Date;
}
type Deps = Pick<SettlementDeps, 'db' | 'clock' | 'keys' | 'realNameOf' | 'sendSms' | 'changed'>;

export async function accountOf(
  { db, keys }: Pick<Deps, 'db' | 'keys'>,
  userId: string,
): Promise<AccountFacts | undefined> {
  const account = await findAccount(db, userId);
  return account && factsOf(account, keys);
}

const factsOf = (account: Account, keys: Deps['keys']): AccountFacts => ({
  bankCode: account.bankCode,
  numberMasked: `•••• ${account.last4}`,
  nameMasked: maskName(keys.open('payout_account_name', account.name, account.id)),
  since: account.createdAt,
});

/**
 * Takes a new account, and sets the payouts that came back on their way again. Refuses `account_number_invalid`,
 * `real_name_needed`, and `payout_name_mismatch`: only the verified person's own account is ever paid.
 */
export async function putAccount(
  deps: Deps,
  ask: { userId: string; bankCode: BankCode; accountNumber: string; accountName: string },
): Promise<AccountFacts> {
  const { db, keys, clock, changed } = deps;
  const { userId, bankCode } = ask;
  const at = clock.now();
  const number = parseAccountNumber(ask.accountNumber);
  if (number === undefined) throw new Refused('account_number_invalid');
  const account = await inTransaction(db, async (tx) => {
    const person = await deps.realNameOf(tx, keys, userId);
    if (!person) throw new Refused('real_name_needed');
    const realName = person.name.reveal();
    if (!sameName(ask.accountName, realName)) throw new Refused('payout_name_mismatch');

    const fingerprint = keys.fingerprint('payout_account', number);
    const before = await findAccount(tx, userId);
    if (before && before.bankCode === bankCode && sameBytes(before.fingerprint, fingerprint))
      return before;
    const id = newId(at);
    const made: Account = {
      ...{ id, userId, bankCode, fingerprint, last4: number.slice(-4), createdAt: at },
      number: keys.seal('payout_account_number', number, id),
      // The verified spelling, not the typed one: the bank compares by letters.
      name: keys.seal('payout_account_name', realName, id),
    };
    await replaceAccount(tx, made);
    await append(tx, {
      subject: userId,
      type: 'payout_account.changed',
      data: { accountId: id, bankCode, first: !before },
      at,
    });
    for (const payout of await lockUnpaidOf(tx, userId)) {
      if (!isRecipientsFault(payout.failure)) continue;
      const step = { transition: 'retry', by: 'seller', actor: userId, at } as const;
      await backToCreated(tx, payout, { ...step, to: promiseAt(at), isOurs: false }, changed);
    }
    await deps.sendSms?.(tx, {
      userId,
      template: 'payout_account_changed',
      params: { last4: made.last4 },
    });
    return made;
  });
  return factsOf(account, keys);
}

/** Part of erasing a person: where they were paid to is forgotten, that they were paid is not. */
export async function forgetAccounts(
  tx: Tx,
  userId: string,
  at: Date,
): Promise<{ zh: string; en: string }[]> {
  if ((await blankAccounts(tx, userId, at)) === 0) return [];
  return [
    {
      zh: '付款记录依法保存三年，不含姓名和账号',
      en: 'Records of payments are kept for three years, without name or account number',
    },
  ];
}
